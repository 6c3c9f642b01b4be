//! Whole days of documents, at random, and what must hold of their reports.

use super::*;

/// One document of a random day.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "a test holds a few of them")]
pub(super) enum Paper {
    Completed(Completed),
    Cancelled(crate::document::Cancelled),
    Parked(Suspended),
}

impl Paper {
    pub(super) fn figures(&self) -> Option<DocumentFigures> {
        match self {
            Self::Completed(completed) => DocumentFigures::of(completed),
            Self::Cancelled(cancelled) => DocumentFigures::cancelled(cancelled),
            Self::Parked(parked) => DocumentFigures::deposits(parked.document(), ClosureNumber(7)),
        }
    }

    pub(super) fn document(&self) -> &Document {
        match self {
            Self::Completed(completed) => completed.document(),
            Self::Cancelled(cancelled) => cancelled.document(),
            Self::Parked(parked) => parked.document(),
        }
    }
}

/// What a random document is made of.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    what: u8,
    cashier: u128,
    lines: Vec<(i64, String, u32, u16, Option<u32>, bool)>,
    discount: Option<u32>,
    surcharge: Option<i64>,
    tenders: Vec<(usize, i64)>,
    over: i64,
    tip: i64,
    step: i64,
}

pub(super) fn plans() -> impl Strategy<Value = Vec<Plan>> {
    let quantity = prop_oneof![Just("1"), Just("3"), Just("0.25"), Just("1.375")].prop_map(str::to_owned);
    let line = (1..90_000_i64, quantity, 1..5_u32, 0..4_u16, proptest::option::of(1..60_u32), any::<bool>());
    let plan = (
        (0..16_u8, 0..3_u128),
        proptest::collection::vec(line, 1..5),
        proptest::option::of(1..50_u32),
        proptest::option::of(1..900_i64),
        proptest::collection::vec((0..TenderKind::ALL.len(), 1..90_i64), 1..4),
        (0..5000_i64, 0..300_i64, prop_oneof![Just(1_i64), Just(5), Just(10)]),
    );
    let plan = plan.prop_map(|((what, cashier), lines, discount, surcharge, tenders, (over, tip, step))| {
        Plan { what, cashier, lines, discount, surcharge, tenders, over, tip, step }
    });
    proptest::collection::vec(plan, 0..9)
}

fn rates(no: u16) -> TaxRate {
    let mut rate = rate(no, ["0", "5.5", "20", "20"][usize::from(no)]);
    if no == 3 {
        // The same rate under another name.
        rate.name = "Luxury".into();
    }
    rate
}

fn write_lines(mut pen: Pen, plan: &Plan) -> Pen {
    for (at, (price, quantity, department, rate, discount, void)) in (1..).zip(&plan.lines) {
        let price = currency("GBP").format(money(*price));
        let line = Line::new("Thing", &price).weighed(quantity).within(*department).taxed(&[rates(*rate)]);
        pen = pen.line(&line);
        if let Some(discount) = discount {
            pen = pen.adjust_line(at, AdjustmentKind::Discount, percent(*discount));
        }
        if *void && at > 1 {
            pen = pen.void_line(at, plan.cashier + 1);
        }
    }
    pen
}

fn write_adjustments(mut pen: Pen, plan: &Plan) -> Pen {
    if let Some(discount) = plan.discount {
        let source = AdjustmentSource::campaign("C");
        pen = pen.adjust(AdjustmentKind::Discount, source, percent(discount), None);
    }
    if let Some(surcharge) = plan.surcharge {
        let source = AdjustmentSource::DeliveryFee;
        pen = pen.adjust(AdjustmentKind::Surcharge, source, minor(surcharge), None);
    }
    pen
}

/// Pays a share of what is due by each tender and the rest by the last, in cash with rounding and change.
fn settle(mut pen: Pen, plan: &Plan) -> Pen {
    let out = pen.document().kind.pays_out();
    for (kind, share) in &plan.tenders {
        let amount = pen.document().balance().minor() * share / 100;
        let kind = TenderKind::ALL[*kind];
        if amount > 0 {
            let tip = Tip { amount: money(plan.tip), kind: TipKind::AutoGratuity };
            let tender = pen.new_tender(kind, amount);
            pen = pen.take(Tender { tip: (!out && plan.tip > 0).then_some(tip), ..tender });
        }
    }
    let balance = pen.document().balance();
    let coins = balance.to_step(money(plan.step), Rounding::HalfUp);
    let over = if out { 0 } else { plan.over };
    let tender = pen.new_tender(TenderKind::Cash, coins.minor() + over);
    let pen = pen.take(Tender { rounding: coins - balance, ..tender });
    if over > 0 { pen.change(over) } else { pen }
}

/// The documents of one plan; a deposit of period 6 is on every order.
fn write(plan: &Plan, tax_mode: TaxMode) -> Vec<Paper> {
    let head = Head { cashier: plan.cashier, tax_mode, ..Head::sale("GBP") };
    let sale = |head: &Head| write_adjustments(write_lines(head.begin(), plan), plan);
    let order = || {
        let head = head.clone().of(Kind::Order, DocumentType::Invoice);
        let pen = sale(&head).in_closure(6);
        let deposit = pen.document().balance().minor() / 3;
        pen.pay(TenderKind::Cash, deposit).in_closure(7)
    };
    let finish = |pen: Pen| vec![Paper::Completed(settle(pen, plan).complete())];
    match plan.what {
        0 => vec![Paper::Cancelled(sale(&head).cancel())],
        1 => {
            let head = head.clone().of(Kind::Return, DocumentType::Return);
            finish(write_lines(head.begin(), plan))
        }
        2 => finish(order()),
        3 => {
            let pen = order();
            let deposit = pen.document().balance().minor() / 2;
            vec![Paper::Parked(pen.pay(TenderKind::Cash, deposit).suspend())]
        }
        4 => {
            let pen = order();
            let deposit = pen.document().totals.paid.minor();
            let back = Tender { direction: Direction::Out, ..pen.new_tender(TenderKind::Cash, deposit) };
            vec![Paper::Cancelled(pen.take(back).cancel())]
        }
        5 => vec![Paper::Completed(
            sale(&head.clone().of(Kind::Quote, DocumentType::NonFiscalReceipt)).complete(),
        )],
        6 => finish(sale(&Head { training: true, ..head.clone() })),
        7 => {
            let kinds = [CashMovementKind::PaidIn, CashMovementKind::PaidOut, CashMovementKind::CashDrop];
            let kind = kinds[plan.tenders.len() - 1];
            vec![Paper::Completed(head.movement(kind, plan.over + 1, "coins"))]
        }
        8 => {
            vec![Paper::Completed(sale(&head.clone().of(Kind::Sale, DocumentType::DeliveryNote)).complete())]
        }
        9 => finish(write_lines(
            head.clone().of(Kind::Purchase, DocumentType::SelfBillingInvoice).begin(),
            plan,
        )),
        10 => write_exchange(&head, plan),
        // An order that is paid whole, with change, and put aside until its goods are there.
        11 => vec![Paper::Parked(settle(sale(&head.of(Kind::Order, DocumentType::Invoice)), plan).suspend())],
        12 => {
            let order = sale(&head.of(Kind::Order, DocumentType::Invoice)).in_closure(6);
            vec![Paper::Completed(settle(order, plan).in_closure(7).complete())]
        }
        13 => {
            let order = settle(sale(&head.of(Kind::Order, DocumentType::Invoice)), plan);
            vec![Paper::Cancelled(pay_back(order).cancel())]
        }
        _ => finish(sale(&head)),
    }
}

/// Each tender is paid back by one that mirrors it.
fn pay_back(mut pen: Pen) -> Pen {
    let (id, taken) = (pen.document().id, pen.document().tenders.clone());
    for tender in taken {
        let back = Tender {
            no: pen.new_tender(tender.kind, 0).no,
            direction: Direction::Out,
            rounding: -tender.rounding,
            refunds: Some((id, tender.no)),
            ..tender
        };
        pen = pen.take(back);
    }
    pen
}

/// What is brought back is exchanged for the same and one thing more.
fn write_exchange(head: &Head, plan: &Plan) -> Vec<Paper> {
    let back = write_lines(head.clone().of(Kind::Return, DocumentType::Return).begin(), plan);
    let sale = write_lines(back.exchange_for(head), plan).line(&Line::new("More", "12.34"));
    sale.pay_rest(TenderKind::Cheque).complete_exchange().into_iter().map(Paper::Completed).collect()
}

pub(super) fn day(plans: &[Plan], tax_mode: TaxMode) -> Vec<Paper> {
    plans.iter().flat_map(|plan| write(plan, tax_mode)).collect()
}

pub(super) fn fold(papers: &[Paper]) -> Report {
    papers.iter().filter_map(Paper::figures).collect()
}

/// What the drawer gained in period 7, tender by tender.
pub(super) fn drawer(papers: &[Paper]) -> Money {
    let mut drawer = Money::ZERO;
    for document in papers.iter().map(Paper::document).filter(|document| !document.training) {
        if document.kind == Kind::Quote {
            continue;
        }
        for tender in document.counted_tenders().filter(|tender| tender.closure == ClosureNumber(7)) {
            let tip = tender.tip.map_or(Money::ZERO, |tip| tip.amount);
            let is_cash = tender.kind == TenderKind::Cash;
            match tender.direction {
                Direction::In if is_cash => drawer += tender.amount + tip - tender.change,
                Direction::In => drawer -= tender.change,
                Direction::Out if is_cash => drawer += tender.change - tender.amount - tip,
                Direction::Out => drawer += tender.change,
            }
        }
        if let Some(movement) = &document.cash_movement {
            drawer += if movement.kind.is_in() { movement.amount } else { -movement.amount };
        }
    }
    drawer
}

pub(super) fn mode() -> impl Strategy<Value = TaxMode> {
    prop_oneof![Just(TaxMode::Inclusive), Just(TaxMode::Exclusive)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn parts_of_a_day_merged_are_the_whole_in_any_grouping_and_order(
        (plans, order, cuts) in plans().prop_flat_map(|plans| {
            let keys = proptest::collection::vec(any::<u32>(), 20);
            let cuts = proptest::collection::vec(0..3_usize, 20);
            (Just(plans), keys, cuts)
        }),
        mode in mode(),
    ) {
        let papers = day(&plans, mode);
        let whole = fold(&papers);
        let mut shuffled: Vec<_> = papers.iter().cloned().zip(order.iter().cycle()).collect();
        shuffled.sort_by_key(|(_, key)| **key);
        let mut parts = vec![Report::empty(); 3];
        for ((paper, _), part) in shuffled.iter().zip(cuts.iter().cycle()) {
            if let Some(figures) = paper.figures() {
                parts[*part].add(&figures);
            }
        }
        let [a, b, c] = &parts[..] else { unreachable!("three parts") };
        let merged = |first: &Report, then: &Report| {
            let mut report = first.clone();
            report.merge(then);
            report
        };
        prop_assert_eq!(&merged(&merged(a, b), c), &whole);
        prop_assert_eq!(&merged(a, &merged(b, c)), &whole);
        prop_assert_eq!(&merged(&merged(c, a), b), &whole);
        prop_assert_eq!(&merged(&whole, &Report::empty()), &whole);
        prop_assert_eq!(&merged(&Report::empty(), &whole), &whole);
    }

    #[test]
    fn the_sections_of_a_report_add_up_to_its_totals(plans in plans(), mode in mode()) {
        let report = fold(&day(&plans, mode));
        let sum = |amounts: &mut dyn Iterator<Item = Money>| amounts.sum::<Money>();

        prop_assert_eq!(sum(&mut report.departments.values().map(|row| row.net)), report.net_excluding_tax());
        prop_assert_eq!(sum(&mut report.departments.values().map(|row| row.tax)), report.tax);
        prop_assert_eq!(
            sum(&mut report.departments.values().map(|row| row.gross)),
            report.gross_sales - report.returns
        );
        prop_assert_eq!(sum(&mut report.taxes.values().map(|row| row.tax)), report.tax);
        prop_assert_eq!(sum(&mut report.taxes.values().map(|row| row.taxable + row.tax)), report.net_sales);
        prop_assert_eq!(sum(&mut report.cashiers.values().map(CashierTotals::total_sales)), report.net_sales);
        prop_assert_eq!(sum(&mut report.tips_by_tender.values().map(|row| row.total)), report.tips);
        let by_type = |kind: AdjustmentType| report.adjustments.get(&kind).map_or(Money::ZERO, |row| row.amount);
        prop_assert_eq!(by_type(AdjustmentType::Campaign), report.discounts);
        prop_assert_eq!(by_type(AdjustmentType::DeliveryFee), report.surcharges);
        let types = report.document_types.values();
        let (valid, cancelled) = types.fold((0, 0), |sum, row| (sum.0 + row.valid_count, sum.1 + row.cancelled_count));
        prop_assert_eq!(valid, report.counts.valid + report.counts.returns);
        prop_assert_eq!(cancelled, report.counts.cancelled);

        let net = report.tenders.values().map(TenderTotals::net).sum::<Money>();
        let currencies = report.currencies.values().map(|row| row.base).sum::<Money>();
        prop_assert_eq!(currencies - report.cash.change, net);
    }

    #[test]
    fn what_was_paid_is_what_was_owed_and_what_is_held(plans in plans(), mode in mode()) {
        let papers = day(&plans, mode);
        let report = fold(&papers);
        let bought: Money = papers
            .iter()
            .map(Paper::document)
            .filter(|document| document.kind == Kind::Purchase)
            .map(|document| document.totals.net_due + document.totals.rounding)
            .sum();
        let held = report.deposits.taken - report.deposits.refunded - report.deposits.applied;
        let paid = report.tenders.values().map(TenderTotals::net).sum::<Money>();
        prop_assert_eq!(paid, report.net_sales + report.rounding + held - bought);
    }

    #[test]
    fn the_drawer_holds_what_went_into_it_less_what_came_out(plans in plans(), float in 0..50_000_i64) {
        let papers = day(&plans, TaxMode::Inclusive);
        let report = fold(&papers);
        prop_assert_eq!(report.cash.expected(money(float)), money(float) + drawer(&papers));
    }
}

/// A fixed day with something in every section.
pub(crate) fn busy_day() -> Report {
    let head = Head::sale("GBP");
    let tea = Line::new("Tea", "3.50").times("2");
    let beans = Line::new("Beans", "12.40").weighed("0.755").within(2).taxed(&[rates(1)]);
    let lunch = head.begin().line(&tea).line(&beans).line(&Line::new("Cake", "4.00"));
    let lunch = lunch.void_line(3, 1).adjust_line(1, AdjustmentKind::Discount, percent(10));
    let source = AdjustmentSource::campaign("LUNCH");
    let lunch = lunch.adjust(AdjustmentKind::Discount, source, minor(100), Some("LUNCH"));
    let lunch = lunch.adjust(AdjustmentKind::Surcharge, AdjustmentSource::ServiceCharge, percent(5), None);
    let tip = Tip { amount: money(200), kind: TipKind::Card };
    let lunch = lunch.tip(TenderKind::CreditCard, 1000, tip).pay(TenderKind::Cash, 1000);
    let change = -lunch.document().balance().minor();

    let eur = currency("EUR");
    let notes = head.begin().line(&Line::new("Mug", "16.94").within(3));
    let rate = ExchangeRate::parse("1.18").unwrap();
    let foreign = Some(ForeignCash { currency: eur, amount: money(2000), rate });
    let tender = Tender { foreign, ..notes.new_tender(TenderKind::ForeignCurrency, 1695) };

    let order =
        head.clone().of(Kind::Order, DocumentType::Invoice).begin().line(&Line::new("Sofa", "300.00"));
    let back = Head { cashier: 2, ..head.clone() }.of(Kind::Return, DocumentType::Return).begin().line(&tea);
    let papers = [
        Paper::Completed(head.movement(CashMovementKind::Float, 10_000, "morning")),
        Paper::Completed(lunch.change(change).complete()),
        Paper::Completed(notes.take(tender).change(1).complete()),
        Paper::Completed(back.pay_rest(TenderKind::Cash).complete()),
        Paper::Completed(
            order
                .clone()
                .in_closure(6)
                .pay(TenderKind::Cash, 5000)
                .in_closure(7)
                .pay_rest(TenderKind::BankTransfer)
                .complete(),
        ),
        Paper::Parked(order.pay(TenderKind::Cash, 2500).suspend()),
        Paper::Cancelled(head.begin().line(&tea).cancel()),
        Paper::Completed(head.movement(CashMovementKind::PaidIn, 2000, "coins")),
        Paper::Completed(head.movement(CashMovementKind::PaidOut, 1500, "window cleaner")),
        Paper::Completed(head.movement(CashMovementKind::CashDrop, 8000, "safe")),
    ];
    fold(&papers)
}
