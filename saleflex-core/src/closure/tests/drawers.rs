//! Drawers, counts and who answers for the cash.

use alloc::collections::{BTreeMap, BTreeSet};

use super::{
    days::{day, drawer, fold, mode, plans},
    *,
};
use crate::closure::drawer::{
    CashByCashier, ClosedDrawer, CountPurpose, Counting, Drawer, DrawerCash, DrawerCount, DrawerNo,
    EnteredCount, OverShortReason, count, first_counts,
};

pub(super) fn taken(cashier: u128, amount: i64) -> Completed {
    let head = Head { cashier, ..Head::sale("GBP") };
    let price = currency("GBP").format(money(amount));
    head.begin().line(&Line::new("Tea", &price)).pay_rest(TenderKind::Cash).complete()
}

fn count_with(
    cash: &CashTotals,
    declaration: &Declaration,
    policy: &ClosingPolicy,
    approval: Option<Approval>,
) -> Result<DrawerCount, Refusal> {
    let cashier = OnDuty::with_role(cashier(1), Role::Cashier);
    count(Counting {
        moment: moment("2026-03-12 14:00:00"),
        cashier: &cashier,
        approval,
        policy,
        period: ClosureNumber(7),
        currency: &currency("GBP"),
        drawer: DrawerNo(1),
        purpose: CountPurpose::SpotCheck,
        received: money(10_000),
        cash,
        before: &CashTotals::default(),
        by_cashier: &CashByCashier::new(),
        foreign: &BTreeMap::new(),
        rates: &[],
        declaration,
    })
}

#[test]
fn a_spot_check_compares_what_is_there_with_what_should_be() {
    let cash = report(&[taken(1, 2500)]).cash;
    let counted = count_with(&cash, &Declaration::amount(money(12_450)), &ClosingPolicy::default(), None);
    let counted = counted.unwrap();
    assert_eq!((counted.expected, counted.difference()), (money(12_500), money(-50)));
    assert_eq!(counted.authority, authority(1));
}

#[test]
fn a_count_beyond_the_limit_needs_a_reason_and_a_manager() {
    let cash = CashTotals::default();
    let policy = ClosingPolicy { difference_limit: Some(money(100)), ..ClosingPolicy::default() };
    let manager = || Approval::of_identified(OnDuty::with_role(cashier(9), Role::Manager));
    let short = |over_short, reason: Option<&str>| Declaration {
        over_short,
        reason: reason.map(Into::into),
        ..Declaration::amount(money(9_899))
    };
    let silent = count_with(&cash, &short(None, None), &policy, Some(manager()));
    assert!(matches!(silent, Err(Refusal::ReasonNeeded { .. })));
    let other = count_with(&cash, &short(Some(OverShortReason::Other), None), &policy, Some(manager()));
    assert!(matches!(other, Err(Refusal::ReasonNeeded { .. })), "other is no reason without words");
    let wrong_change = short(Some(OverShortReason::WrongChange), None);
    assert_eq!(
        count_with(&cash, &wrong_change, &policy, None),
        Err(Refusal::ApprovalNeeded { capability: Capability::Override })
    );
    let accepted = count_with(&cash, &wrong_change, &policy, Some(manager())).unwrap();
    assert_eq!(accepted.authority.approved_by, Some(cashier(9)));
    assert!(
        count_with(&cash, &short(None, None), &ClosingPolicy::default(), None).is_ok(),
        "no limit is set"
    );
}

#[test]
fn foreign_notes_missing_from_a_drawer_are_weighed_as_its_own_money_is() {
    let eur = currency("EUR").code();
    let policy = ClosingPolicy { difference_limit: Some(money(100)), ..ClosingPolicy::default() };
    let counted = |euros| {
        let foreign = BTreeMap::from([(eur, CashCount::Amount(money(euros)))]);
        let declaration = Declaration { foreign, ..Declaration::amount(money(10_000)) };
        count_with(&CashTotals::default(), &declaration, &policy, None)
    };
    assert!(counted(0).is_ok());
    assert!(matches!(counted(1), Err(Refusal::ReasonNeeded { .. })), "there should be none");
}

#[test]
fn a_note_that_does_not_exist_cannot_be_counted() {
    let pieces = |value, count| Denomination { value: money(value), count };
    let counted = |pieces| Declaration {
        counted: CashCount::Denominations(pieces),
        ..Declaration::amount(Money::ZERO)
    };
    let policy = ClosingPolicy::default();
    let strange = count_with(&CashTotals::default(), &counted(vec![pieces(300, 1)]), &policy, None);
    let value = currency("GBP").amount(money(300));
    assert_eq!(strange, Err(Refusal::NoSuchDenomination { value }));
    let known = counted(vec![pieces(2000, 4), pieces(200, 10), pieces(300, 0)]);
    assert_eq!(count_with(&CashTotals::default(), &known, &policy, None).unwrap().difference(), Money::ZERO);
}

#[test]
fn a_blind_count_hides_what_is_expected_until_it_is_entered() {
    let blind = ClosingPolicy { blind_count: true, ..ClosingPolicy::default() };
    assert!(!blind.shows_expected(false));
    assert!(blind.shows_expected(true));
    assert!(ClosingPolicy::default().shows_expected(false));
    assert!(count_with(&CashTotals::default(), &Declaration::amount(money(0)), &blind, None).unwrap().blind);
}

#[test]
fn the_first_count_stays_beside_the_one_that_was_accepted() {
    let entered = |no, purpose, counted| EnteredCount {
        drawer: DrawerNo(no),
        purpose,
        at: moment("2026-03-12 19:58:00"),
        cashier: cashier(3),
        period: ClosureNumber(7),
        expected: money(11_000),
        counted: money(counted),
        blind: true,
    };
    let tried = [
        entered(1, CountPurpose::SpotCheck, 1),
        entered(1, CountPurpose::Closing, 10_000),
        entered(1, CountPurpose::Closing, 10_900),
    ];
    let report = a_sale();
    let closed = |counted: Option<i64>, entered: &[EnteredCount]| {
        let declaration = counted.map(|counted| Declaration::amount(money(counted)));
        let declaration = declaration.as_ref();
        with_closing(&report, |closing| close(Closing { declaration, entered, ..closing })).unwrap()
    };
    let closure = closed(Some(10_950), &tried);
    assert_eq!(closure.first_counts, [tried[1]]);
    assert_eq!(closed(None, &tried).first_counts, [tried[1]], "no count at all hides nothing");
    assert_eq!(closed(Some(10_950), &[]).first_counts, []);
    assert_eq!(closed(Some(10_000), &tried).first_counts, [], "the first was accepted, with a reason");
    let told = serde_json::to_value(view::z_view(&closure)).unwrap();
    assert_eq!(told["first_counts"][0]["difference"], json!("-10.00"));

    let drawer = |no, counted| ClosedDrawer {
        no: DrawerNo(no),
        expected: money(500),
        counted: Some(money(counted)),
        left: money(0),
        over_short: None,
        reason: None,
        foreign: BTreeMap::new(),
    };
    let second = EnteredCount { expected: money(500), ..entered(2, CountPurpose::Closing, 400) };
    let of_two = |counted| first_counts(&[second], &[drawer(1, 400), drawer(2, counted)], None);
    assert_eq!((of_two(450), of_two(400)), (vec![second], vec![]));
}

#[test]
fn a_count_that_is_refused_is_another_one_only_where_it_says_something_else() {
    let first = EnteredCount {
        drawer: DrawerNo(1),
        purpose: CountPurpose::Closing,
        at: moment("2026-03-12 19:58:00"),
        cashier: cashier(3),
        period: ClosureNumber(7),
        expected: money(11_000),
        counted: money(10_000),
        blind: false,
    };
    let later = EnteredCount { at: moment("2026-03-12 19:59:00"), ..first };
    assert!(later.repeats(&first));
    assert!(!EnteredCount { counted: money(10_001), ..later }.repeats(&first));
    assert!(!EnteredCount { cashier: cashier(4), ..later }.repeats(&first));
    let capability = Capability::Override;
    assert!(Refusal::ApprovalNeeded { capability }.tells_of_difference());
    assert!(!Refusal::ApprovalNeeded { capability: Capability::Closure }.tells_of_difference());
    assert!(!Refusal::DeclarationNeeded.tells_of_difference());
}

#[test]
fn an_amount_that_is_declared_fits_an_amount_and_is_not_below_nothing() {
    let report = a_sale();
    let closed = |amount: i64| {
        let declared = BTreeMap::from([("reported_tips".into(), money(amount))]);
        let declaration = Declaration { declared, ..Declaration::amount(money(11_000)) };
        with_closing(&report, |closing| close(Closing { declaration: Some(&declaration), ..closing }))
            .map(drop)
    };
    assert_eq!(closed(1_000), Ok(()));
    assert_eq!(closed(-1), Err(Refusal::Count(AmountError::TooSmall)));
    assert_eq!(closed(Money::MAX.minor() + 1), Err(Refusal::Count(AmountError::TooLarge)));
    assert_eq!(closed(-Money::MAX.minor() - 1), Err(Refusal::Count(AmountError::TooLarge)));
}

#[test]
fn foreign_notes_are_counted_in_their_own_currency() {
    let [eur, usd] = ["EUR", "USD"].map(|code| CurrencyCode::parse(code).unwrap());
    let expected = BTreeMap::from([(eur, money(2000)), (usd, money(500))]);
    let foreign =
        BTreeMap::from([(eur, CashCount::Amount(money(1500))), (usd, CashCount::Amount(money(500)))]);
    let declaration = Declaration { foreign, ..Declaration::amount(Money::ZERO) };
    assert_eq!(declaration.foreign_differences(&expected), Ok(BTreeMap::from([(eur, money(-500))])));
    let uncounted = Declaration { foreign: BTreeMap::new(), ..declaration };
    assert_eq!(uncounted.foreign_differences(&expected), Ok(BTreeMap::new()), "nobody looked");
}

#[test]
fn cashiers_without_a_drawer_of_their_own_share_the_first_that_names_nobody() {
    let report = report(&[taken(1, 100), taken(2, 20), taken(3, 3)]);
    let drawer = |no, cashiers: &[u128]| Drawer {
        no: DrawerNo(no),
        cashiers: cashiers.iter().map(|no| cashier(*no)).collect::<BTreeSet<_>>(),
        opening: Money::ZERO,
    };
    let drawers = [drawer(1, &[2]), drawer(2, &[]), drawer(3, &[])];
    let cash = DrawerCash::of(&drawers, &[], &report);
    let cash = |at: usize| cash.of_drawer(drawers[at].no).expected(Money::ZERO);
    assert_eq!([cash(0), cash(1), cash(2)], [money(20), money(103), Money::ZERO]);
}

#[test]
fn a_float_lies_in_the_drawer_of_whoever_declared_it_and_the_others_keep_what_was_left_there() {
    let head = |by| Head { cashier: by, ..Head::sale("GBP") };
    let drawer = |no, cashiers: &[u128], opening| Drawer {
        no: DrawerNo(no),
        cashiers: cashiers.iter().map(|no| cashier(*no)).collect::<BTreeSet<_>>(),
        opening: money(opening),
    };
    let openings = |drawers: &[Drawer], left, floats: &[(u128, i64)]| {
        let floats =
            floats.iter().map(|(by, amount)| head(*by).movement(CashMovementKind::Float, *amount, "morning"));
        let report = report(&floats.collect::<Vec<_>>());
        let drawers = Drawer::of_period(drawers, money(left), &DrawerCash::of(drawers, &[], &report));
        drawers.iter().map(|drawer| drawer.opening.minor()).collect::<Vec<_>>()
    };
    let two = [drawer(1, &[], 0), drawer(2, &[2], 2_000)];
    assert_eq!(openings(&two, 10_000, &[]), [8_000, 2_000]);
    assert_eq!(openings(&two, 10_000, &[(2, 5_000)]), [8_000, 5_000]);
    assert_eq!(openings(&two, 10_000, &[(1, 5_000)]), [5_000, 2_000]);
    assert_eq!(openings(&two, 10_000, &[(1, 5_000), (2, 700), (1, 1)]), [5_001, 700]);
    assert_eq!(openings(&two, 0, &[(2, 5_000)]), [0, 5_000], "nothing was left");
    assert_eq!(openings(&[], 10_000, &[(2, 5_000)]), [5_000], "one drawer is everybody's");
    // Who is named at no drawer, where every drawer names somebody, works from the first.
    assert_eq!(openings(&[drawer(1, &[3], 0), drawer(2, &[2], 0)], 0, &[(9, 100)]), [100, 0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Float + cash tenders - change - refunds + paid in - paid out - drops = expected.
    #[test]
    fn the_cash_identity_holds_for_any_day(plans in plans(), mode in mode(), float in 0..50_000_i64) {
        let papers = day(&plans, mode);
        let CashTotals { tendered, change, refunds, paid_in, paid_out, drops, tips, .. } = fold(&papers).cash;
        let expected = money(float) + tendered - change - refunds + paid_in - paid_out - drops + tips;
        prop_assert_eq!(expected, money(float) + drawer(&papers));
        prop_assert_eq!(expected, fold(&papers).cash.expected(money(float)));
    }

    #[test]
    fn the_cash_of_the_cashiers_is_the_cash_of_the_till(plans in plans(), mode in mode()) {
        let report = fold(&day(&plans, mode));
        let mut together = CashTotals::default();
        report.cash_by_cashier.values().for_each(|cash| together.merge(cash));
        let notes: BTreeMap<_, _> = together.foreign.amounts().collect();
        let mut by_currency = report.foreign_cash();
        by_currency.retain(|_, amount| !amount.is_zero());
        prop_assert_eq!(notes, by_currency);
        prop_assert_eq!(together, report.cash);
    }

    #[test]
    fn every_amount_lies_in_exactly_one_of_several_drawers(
        plans in plans(),
        own in proptest::collection::vec(0..4_u128, 0..4),
        floats in proptest::collection::vec((0..4_u128, 0..50_000_i64), 0..4),
        left in 0..50_000_i64,
    ) {
        let mut report = fold(&day(&plans, TaxMode::Inclusive));
        for (by, amount) in &floats {
            let head = Head { cashier: *by, ..Head::sale("GBP") };
            let float = head.movement(CashMovementKind::Float, *amount, "morning");
            report.add(&DocumentFigures::of(&float).unwrap());
        }
        // Cashiers 0 to 3 each at one drawer at most; the last drawer is everybody's.
        let mut drawers: Vec<Drawer> = Vec::new();
        for (no, at) in (1..).zip(&own) {
            let taken = drawers.iter().any(|drawer| drawer.cashiers.contains(&cashier(*at)));
            let cashiers = if taken { BTreeSet::from([cashier(90 + u128::from(no))]) } else { BTreeSet::from([cashier(*at)]) };
            drawers.push(Drawer { no: DrawerNo(no), cashiers, opening: money(i64::from(no) * 100) });
        }
        drawers.push(Drawer { no: DrawerNo(99), cashiers: BTreeSet::new(), opening: Money::ZERO });
        let cash = DrawerCash::of(&drawers, &[], &report);
        let drawers = Drawer::of_period(&drawers, money(left), &cash);
        let opening: Money = drawers.iter().map(|drawer| drawer.opening).sum();
        let expected: Money =
            drawers.iter().map(|drawer| cash.of_drawer(drawer.no).expected(drawer.opening)).sum();
        prop_assert_eq!(expected, report.cash.expected(opening));
        let in_drawers = Some(opening);
        prop_assert_eq!(expected, Period { in_drawers, ..period() }.expected_cash(&report));
        if floats.is_empty() {
            prop_assert_eq!(opening, money(left));
        }
        for drawer in &drawers {
            let declared = floats.iter().filter(|(by, _)| cash.drawer_of(cashier(*by)) == drawer.no);
            let declared: Vec<Money> = declared.map(|(_, amount)| money(*amount)).collect();
            if !declared.is_empty() {
                prop_assert_eq!(drawer.opening, declared.into_iter().sum::<Money>(), "drawer {}", drawer.no.0);
            }
        }
    }
}
