//! Whole days of documents, at random, and what must hold of their reports.

use super::*;

mod plan;
mod tally;

use self::plan::rates;
pub(super) use self::plan::{day, plans};

/// One document of a random day.
#[derive(Clone, Debug)]
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
            let is_cash = tender.kind == TenderKind::Cash;
            let lies_there =
                |tip: &Tip| tip.kind == TipKind::Cash || tip.kind == TipKind::AutoGratuity && is_cash;
            let tip = tender.tip.filter(lies_there).map_or(Money::ZERO, |tip| tip.amount);
            let notes = if is_cash { tender.amount } else { Money::ZERO };
            let gained = notes + tip - tender.change;
            drawer += if tender.direction == Direction::In { gained } else { -gained };
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn frozen_documents_come_to_the_same_figures_as_whole_ones(plans in plans(), mode in mode()) {
        for paper in day(&plans, mode) {
            let effects = match &paper {
                Paper::Completed(it) => format!("\"completed\":[{}]", serde_json::to_string(it).unwrap()),
                Paper::Cancelled(it) => format!("\"cancelled\":{}", serde_json::to_string(it).unwrap()),
                Paper::Parked(_) => continue,
            };
            let read: FinishedOutlines = serde_json::from_str(&format!("{{{effects}}}")).unwrap();
            let read: Vec<_> = read.figures().map(|(_, figures)| figures).collect();
            prop_assert_eq!(read, Vec::from_iter(paper.figures()));
        }
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
