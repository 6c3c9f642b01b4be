//! Closing a period: who may, what stands in the way, what is counted, and what the next period begins with.

use super::*;

#[test]
fn foreign_money_that_stays_in_the_drawer_is_expected_in_the_next_period() {
    let eur = currency("EUR");
    let foreign =
        ForeignCash { currency: eur, amount: money(2000), rate: ExchangeRate::parse("1.25").unwrap() };
    let pen = sold("16.00");
    let notes = Tender { foreign: Some(foreign), ..pen.new_tender(TenderKind::ForeignCurrency, 1600) };
    let report = report(&[pen.take(notes).complete()]);
    let closed = |declaration: Option<&Declaration>| {
        with_closing(&report, |closing| close(Closing { declaration, ..closing }))
    };
    let uncounted = closed(None).unwrap().next_period();
    assert_eq!(uncounted.foreign_left, BTreeMap::from([(eur.code(), money(2000))]));
    assert_eq!(uncounted.expected_foreign(&Report::empty())[&eur.code()], money(2000));
    assert_eq!(uncounted.expected_foreign(&report)[&eur.code()], money(4000), "and what comes on top");

    let at_home = closed(Some(&Declaration::amount(money(10_000)))).unwrap();
    assert_eq!(at_home.foreign_differences(), Ok(Some(BTreeMap::new())), "nobody counted them");
    assert_eq!(at_home.next_period().foreign_left[&eur.code()], money(2000), "nor did they go away");

    let counted = Declaration {
        foreign: BTreeMap::from([(eur.code(), CashCount::Amount(money(1900)))]),
        ..Declaration::amount(money(10_000))
    };
    let closure = closed(Some(&counted)).unwrap();
    assert_eq!(closure.foreign_differences(), Ok(Some(BTreeMap::from([(eur.code(), money(-100))]))));
    assert_eq!(closure.next_period().foreign_left[&eur.code()], money(1900), "what lay there stays");

    let told = serde_json::to_value(view::z_view(&closure)).unwrap();
    let cash = &told["foreign_cash"][0];
    let figures =
        ["currency", "expected_amount", "counted_amount", "difference", "left_amount", "safe_amount"];
    let figures = figures.map(|name| cash[name].as_str().unwrap());
    assert_eq!(figures, ["EUR", "20.00", "19.00", "-1.00", "19.00", "0.00"]);

    let float =
        |left| Declaration { foreign_left: BTreeMap::from([(eur.code(), money(left))]), ..counted.clone() };
    assert_eq!(closed(Some(&float(500))).unwrap().next_period().foreign_left[&eur.code()], money(500));
    assert_eq!(closed(Some(&float(0))).unwrap().next_period().foreign_left, BTreeMap::new());
    assert!(matches!(closed(Some(&float(1901))), Err(Refusal::FloatAboveCount { .. })));
    assert!(matches!(closed(Some(&float(-1))), Err(Refusal::FloatAboveCount { .. })));
}

/// Calls with the inputs of an ordinary evening.
pub(super) fn with_closing<T>(report: &Report, call: impl FnOnce(Closing<'_>) -> T) -> T {
    let (period, policy) = (period(), ClosingPolicy::default());
    let mark = |text| Some(DocumentMark::new(sold("1.00").document(), moment(text)));
    let manager = OnDuty::with_role(cashier(9), Role::Manager);
    call(Closing {
        moment: moment("2026-03-12 20:00:00"),
        cashier: &manager,
        approval: None,
        policy: &policy,
        rates: &[],
        period: &period,
        open_document: None,
        report,
        first_document: mark("2026-03-12 08:10:00"),
        last_document: mark("2026-03-12 19:55:00"),
        suspended_count: 0,
        declaration: None,
        drawers: &[],
        entered: &[],
        hand_overs: &[],
        staff: &Staff::default(),
    })
}

pub(super) fn a_sale() -> Report {
    report(&[sold("10.00").pay_rest(TenderKind::Cash).complete()])
}

#[test]
fn closing_needs_the_capability_or_the_approval_of_someone_who_has_it() {
    let plain = OnDuty::with_role(cashier(1), Role::Cashier);
    let approval = Approval::of_identified(OnDuty::with_role(cashier(9), Role::Manager));
    let report = a_sale();
    let alone = with_closing(&report, |closing| close(Closing { cashier: &plain, ..closing }));
    assert_eq!(alone, Err(Refusal::ApprovalNeeded { capability: Capability::Closure }));
    let approved = with_closing(&report, |closing| {
        close(Closing { cashier: &plain, approval: Some(approval), ..closing })
    });
    assert_eq!(approved.unwrap().closed_by, Authority { cashier: cashier(1), approved_by: Some(cashier(9)) });
}

#[test]
fn an_empty_period_is_refused_and_one_with_only_suspended_documents_is_not() {
    let empty = Report::empty();
    let refused = with_closing(&empty, close);
    assert_eq!(refused, Err(Refusal::EmptyPeriod { closure: ClosureNumber(7) }));
    let parked = with_closing(&empty, |closing| close(Closing { suspended_count: 1, ..closing })).unwrap();
    assert_eq!((parked.suspended_count, parked.report), (1, Report::empty()));
}

#[test]
fn an_open_document_with_lines_stands_in_the_way_and_an_empty_one_does_not_d_clo_02() {
    let report = a_sale();
    let with_lines = sold("1.00");
    let number = with_lines.document().number;
    let close_with = |pen: &Pen| {
        with_closing(&report, |closing| close(Closing { open_document: pen.state.draft(), ..closing }))
    };
    assert_eq!(close_with(&with_lines), Err(Refusal::DocumentOpen { number }));
    assert_eq!(close_with(&with_lines.void_line(1, 1)), Err(Refusal::DocumentOpen { number }));
    assert!(close_with(&Head::sale("GBP").begin()).is_ok());
}

#[test]
fn why_a_drawer_differs_is_asked_before_anybody_has_to_agree() {
    let policy = ClosingPolicy { difference_limit: Some(money(100)), ..ClosingPolicy::default() };
    let plain = OnDuty::with_role(cashier(1), Role::Cashier);
    let report = a_sale();
    let attempt = |policy: &ClosingPolicy, reason: Option<&str>| {
        let declaration = Declaration { reason: reason.map(Into::into), ..Declaration::amount(money(9_000)) };
        with_closing(&report, |closing| {
            let declaration = Some(&declaration);
            close(Closing { cashier: &plain, policy, declaration, ..closing })
        })
    };
    assert!(matches!(attempt(&policy, None), Err(Refusal::ReasonNeeded { .. })));
    let may_not = Err(Refusal::ApprovalNeeded { capability: Capability::Closure });
    assert_eq!(attempt(&policy, Some("a note")), may_not);
    let blind = ClosingPolicy { blind_count: true, ..policy };
    assert_eq!(attempt(&blind, None), may_not, "who may not close is told nothing of a blind count");
}

#[test]
fn a_difference_above_the_limit_needs_a_reason_and_a_manager() {
    let policy = ClosingPolicy {
        declaration_required: true,
        difference_limit: Some(money(100)),
        ..ClosingPolicy::default()
    };
    let closer = OnDuty {
        id: cashier(3),
        capabilities: [Capability::Sell, Capability::Closure].into_iter().collect(),
    };
    let approval = || Approval::of_identified(OnDuty::with_role(cashier(9), Role::Manager));
    let report = a_sale();
    let attempt = |counted: i64, reason: Option<&str>, approval: Option<Approval>| {
        let declaration =
            Declaration { reason: reason.map(Into::into), ..Declaration::amount(money(counted)) };
        with_closing(&report, |closing| {
            let declaration = Some(&declaration);
            close(Closing { cashier: &closer, policy: &policy, approval, declaration, ..closing })
        })
    };
    // 110.00 is expected; a difference of exactly the limit passes.
    assert_eq!(attempt(10_900, None, None).unwrap().difference(), Some(money(-100)));
    assert_eq!(attempt(11_100, None, None).unwrap().difference(), Some(money(100)));
    let gbp = currency("GBP");
    assert_eq!(
        attempt(10_899, Some(" "), None),
        Err(Refusal::ReasonNeeded {
            difference: gbp.amount(money(-101)),
            limit: gbp.amount(money(100)),
            is_blind: false,
        })
    );
    assert_eq!(
        attempt(11_101, Some("found a note"), None),
        Err(Refusal::ApprovalNeeded { capability: Capability::Override })
    );
    let accepted = attempt(11_101, Some("found a note"), Some(approval())).unwrap();
    assert_eq!(accepted.closed_by, Authority { cashier: cashier(3), approved_by: Some(cashier(9)) });
    let uncounted = with_closing(&report, |closing| close(Closing { policy: &policy, ..closing }));
    assert_eq!(uncounted, Err(Refusal::DeclarationNeeded));
}

#[test]
fn foreign_money_that_is_missing_needs_a_reason_and_a_manager_by_what_it_is_worth() {
    let (eur, gbp) = (currency("EUR"), currency("GBP"));
    let rate = ExchangeRate::parse("1.25").unwrap();
    let foreign = ForeignCash { currency: eur, amount: money(2000), rate };
    let pen = sold("16.00");
    let notes = Tender { foreign: Some(foreign), ..pen.new_tender(TenderKind::ForeignCurrency, 1600) };
    let report = report(&[pen.take(notes).complete()]);
    let policy = ClosingPolicy { difference_limit: Some(money(100)), ..ClosingPolicy::default() };
    let attempt = |counted: i64, reason: Option<&str>, rates: &[(CurrencyCode, ExchangeRate)]| {
        let declaration = Declaration {
            foreign: BTreeMap::from([(eur.code(), CashCount::Amount(money(counted)))]),
            reason: reason.map(Into::into),
            ..Declaration::amount(money(10_000))
        };
        with_closing(&report, |closing| {
            let cashier = &OnDuty {
                id: cashier(3),
                capabilities: [Capability::Sell, Capability::Closure].into_iter().collect(),
            };
            close(Closing { declaration: Some(&declaration), policy: &policy, rates, cashier, ..closing })
        })
    };
    let rates = [(eur.code(), rate)];
    assert!(attempt(1875, None, &rates).is_ok(), "1.25 EUR are 1.00");
    let needed = |difference| Refusal::ReasonNeeded {
        difference: eur.amount(money(difference)),
        limit: gbp.amount(money(100)),
        is_blind: false,
    };
    assert_eq!(attempt(1874, None, &rates), Err(needed(-126)), "a cent more is above the limit");
    assert_eq!(attempt(2126, None, &rates), Err(needed(126)), "over as well as short");
    let unapproved = Err(Refusal::ApprovalNeeded { capability: Capability::Override });
    assert_eq!(attempt(1874, Some("stolen"), &rates), unapproved);
    assert_eq!(attempt(1999, None, &[]), Err(needed(-1)), "nobody knows what it is worth");
    assert!(attempt(2000, None, &[]).is_ok());
}

#[test]
fn denominations_add_up_and_what_stays_in_the_drawer_was_counted() {
    let pieces = |value, count| Denomination { value: money(value), count };
    let count = CashCount::Denominations(vec![pieces(5000, 2), pieces(200, 3), pieces(1, 7)]);
    assert_eq!(count.total(), Ok(money(10_607)));
    assert_eq!(CashCount::Amount(money(-1)).total(), Err(AmountError::TooSmall));
    let negative = CashCount::Denominations(vec![pieces(-5, 1), pieces(10, 1)]);
    assert_eq!(negative.total(), Err(AmountError::TooSmall));
    let huge = CashCount::Denominations(vec![pieces(i64::MAX, u32::MAX); 3]);
    assert_eq!(huge.total(), Err(AmountError::TooLarge));

    let report = a_sale();
    let declaration =
        Declaration { counted: count, float_left: Some(money(10_608)), ..Declaration::amount(Money::ZERO) };
    let refused =
        with_closing(&report, |closing| close(Closing { declaration: Some(&declaration), ..closing }));
    let gbp = currency("GBP");
    assert_eq!(
        refused,
        Err(Refusal::FloatAboveCount {
            float: gbp.amount(money(10_608)),
            counted: gbp.amount(money(10_607))
        })
    );
    let negative = Declaration { float_left: Some(money(-1)), ..declaration };
    let refused = with_closing(&report, |closing| close(Closing { declaration: Some(&negative), ..closing }));
    assert!(matches!(refused, Err(Refusal::FloatAboveCount { .. })));
}

#[test]
fn a_closures_times_are_those_of_opening_and_closing_with_its_documents_beside_d_clo_04() {
    let closure = with_closing(&a_sale(), close).unwrap();
    assert_eq!(
        (closure.period.opened_at, closure.closed_at),
        (period().opened_at, moment("2026-03-12 20:00:00"))
    );
    let documents = [closure.first_document, closure.last_document].map(|mark| mark.unwrap().at);
    assert_eq!(documents, [moment("2026-03-12 08:10:00"), moment("2026-03-12 19:55:00")]);
}

#[test]
fn every_reason_against_closing_is_told_as_itself_d_clo_03() {
    let (sales, empty) = (a_sale(), Report::empty());
    let plain = OnDuty::with_role(cashier(1), Role::Cashier);
    let counted = ClosingPolicy { declaration_required: true, ..ClosingPolicy::default() };
    let open = sold("1.00");
    let reasons = [
        with_closing(&sales, |closing| close(Closing { cashier: &plain, ..closing })),
        with_closing(&sales, |closing| close(Closing { open_document: open.state.draft(), ..closing })),
        with_closing(&empty, close),
        with_closing(&sales, |closing| close(Closing { policy: &counted, ..closing })),
    ];
    assert_eq!(
        reasons.map(|refused| refused.unwrap_err().to_string()),
        [
            "needs the approval of someone with pos.closure",
            "document 20260312-0007-000001 is open",
            "period 7 has no documents",
            "count the drawer first",
        ]
    );
}

#[test]
fn without_a_count_the_next_period_starts_with_what_should_be_there() {
    let closure = with_closing(&a_sale(), close).unwrap();
    assert_eq!((closure.difference(), closure.moved_to_safe()), (None, Money::ZERO));
    let next = closure.next_period();
    assert_eq!((next.number, next.left_in_drawer), (ClosureNumber(8), money(11_000)));
    assert_eq!((next.opened_at, next.opened_by), (closure.closed_at, Some(cashier(9))));
    assert_eq!(closure.label().to_string(), "20260312-0007");
}

/// An event that carries a closure is tagged inside, so its maps are read from a buffer.
#[test]
fn a_closure_is_stored_and_read_back_also_within_a_tagged_event() {
    #[derive(Debug, serde::Deserialize, PartialEq, serde::Serialize)]
    #[serde(tag = "event", rename_all = "snake_case")]
    enum Stored {
        PeriodClosed(Box<Closure>),
    }
    let closure = with_closing(&days::busy_day(), close).unwrap();
    let stored = Stored::PeriodClosed(Box::new(closure));
    let text = serde_json::to_string(&stored).unwrap();
    assert_eq!(serde_json::from_str::<Stored>(&text).unwrap(), stored);
}
