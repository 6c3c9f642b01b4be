//! Corrections of closed periods, and closures put together.

use alloc::boxed::Box;

use super::{
    days::{day, fold, mode, plans},
    *,
};
use crate::{
    closure::drawer::{ClosedDrawer, DrawerNo},
    document::Pricing,
    ids::{DocumentId, DocumentNumber},
};

fn closed(no: u32, store: u128, till: u128, date: &str, report: &Report, counted: Option<i64>) -> Closure {
    let declaration = counted.map(|counted| Declaration::amount(money(counted)));
    let period = Period {
        number: ClosureNumber(no),
        store: StoreId::new(uuid::Uuid::from_u128(store)),
        terminal: TerminalId::new(uuid::Uuid::from_u128(till)),
        left_in_drawer: Money::ZERO,
        in_drawers: None,
        foreign_left: alloc::collections::BTreeMap::new(),
        ..period()
    };
    let mark = DocumentMark::new(sold("1.00").document(), moment(&format!("{date} 10:00:00")));
    with_closing(report, |closing| {
        close(Closing {
            period: &period,
            declaration: declaration.as_ref(),
            first_document: Some(mark),
            suspended_count: 1,
            ..closing
        })
    })
    .unwrap()
}

fn correction(closure: &Closure, no: u32, change: Change) -> Correction {
    Correction {
        store: closure.period.store,
        terminal: closure.period.terminal,
        closure: closure.number(),
        no,
        at: moment("2026-03-14 09:00:00"),
        authority: authority(9),
        reason: "the till was offline".into(),
        change,
    }
}

fn number() -> (DocumentId, DocumentNumber) {
    let pen = sold("1.00");
    (pen.document().id, pen.document().number)
}

#[test]
fn a_late_document_counts_as_a_correction_and_the_closure_stays() {
    let closure = closed(7, 1, 2, "2026-03-12", &a_sale(), Some(1000));
    let late = report(&[sold("4.00").pay_rest(TenderKind::Cash).complete()]);
    let (document, number) = number();
    let change = Change::LateDocument { document, number, figures: Box::new(late), replaced: None };
    let before = closure.clone();
    let stands = closure.corrected(&[correction(&closure, 1, change)]).unwrap();
    assert_eq!((stands.report.gross_sales, closure.report.gross_sales), (money(1400), money(1000)));
    assert_eq!((stands.expected_cash, stands.difference()), (money(1400), Some(money(-400))));
    assert_eq!(stands.corrections, 1);
    assert_eq!(closure, before);
}

#[test]
fn a_late_float_is_the_opening_cash_and_a_withdrawn_one_no_longer() {
    let closure = closed(7, 1, 2, "2026-03-12", &a_sale(), None);
    let left = closure.opening_cash;
    let float = |amount| report(&[Head::sale("GBP").movement(CashMovementKind::Float, amount, "morning")]);
    let (document, number) = number();
    let late =
        |amount| Change::LateDocument { document, number, figures: Box::new(float(amount)), replaced: None };
    let withdrawn = |amount| Change::WithdrawnDocument {
        document,
        number,
        figures: Box::new(float(amount)),
        replaced: None,
    };
    let opening = |changes: Vec<Change>| {
        let corrections: Vec<_> =
            (1..).zip(changes).map(|(no, change)| correction(&closure, no, change)).collect();
        let stands = closure.corrected(&corrections).unwrap();
        assert_eq!(stands.expected_cash, stands.opening_cash + money(1000));
        stands.opening_cash
    };
    assert_eq!(opening(vec![late(5000)]), money(5000));
    assert_eq!(opening(vec![late(5000), late(200)]), money(5200));
    assert_eq!(opening(vec![late(5000), withdrawn(5000)]), left);
    assert_eq!(opening(vec![late(5000), late(200), withdrawn(5000)]), money(200));
}

#[test]
fn a_float_that_counts_again_leaves_the_drawers_as_they_were() {
    let float = |amount| report(&[Head::sale("GBP").movement(CashMovementKind::Float, amount, "morning")]);
    // Of two drawers, one with the float of 100.00 and one with the 30.00 that were left there.
    let mut closure = closed(7, 1, 2, "2026-03-12", &float(10_000), None);
    closure.period.left_in_drawer = money(8_000);
    (closure.opening_cash, closure.expected_cash) = (money(13_000), money(13_000));
    let drawer = |no, amount| ClosedDrawer::uncounted(DrawerNo(no), money(amount));
    closure.drawers = vec![drawer(1, 10_000), drawer(2, 3_000)];
    let (document, number) = number();
    let late = || Change::LateDocument { document, number, figures: Box::new(float(10_000)), replaced: None };
    let withdrawn =
        || Change::WithdrawnDocument { document, number, figures: Box::new(float(10_000)), replaced: None };
    let opening = |old, new| Change::OpeningCash { old: money(old), new: money(new) };
    let stands = |changes: Vec<Change>| {
        let corrections: Vec<_> =
            (1..).zip(changes).map(|(no, change)| correction(&closure, no, change)).collect();
        let stands = closure.corrected(&corrections).unwrap();
        (stands.opening_cash.minor(), stands.expected_cash.minor())
    };
    assert_eq!(stands(vec![withdrawn()]), (8_000, 8_000));
    assert_eq!(stands(vec![withdrawn(), late()]), (13_000, 13_000));
    assert_eq!(stands(vec![withdrawn(), late(), withdrawn(), late()]), (13_000, 13_000));
    let corrected = || opening(13_000, 13_500);
    assert_eq!(stands(vec![corrected(), withdrawn(), late()]), (13_500, 13_500));
    assert_eq!(stands(vec![withdrawn(), opening(8_000, 8_100), late()]), (13_100, 13_100));
}

#[test]
fn what_was_said_of_the_one_drawer_without_a_float_is_not_said_of_the_float_that_counts_again() {
    let float = || report(&[Head::sale("GBP").movement(CashMovementKind::Float, 10_000, "morning")]);
    let mut closure = closed(7, 1, 2, "2026-03-12", &float(), None);
    closure.period.left_in_drawer = money(8_000);
    (closure.opening_cash, closure.expected_cash) = (money(10_000), money(10_000));
    let (document, number) = number();
    let withdrawn =
        Change::WithdrawnDocument { document, number, figures: Box::new(float()), replaced: None };
    let opening = Change::OpeningCash { old: money(8_000), new: money(8_100) };
    let late = Change::LateDocument { document, number, figures: Box::new(float()), replaced: None };
    let changes = [withdrawn.clone(), opening, late, withdrawn];
    let corrections: Vec<_> =
        (1..).zip(changes).map(|(no, change)| correction(&closure, no, change)).collect();
    let opened = |count| closure.corrected(corrections.iter().take(count)).unwrap().opening_cash.minor();
    assert_eq!([1, 2, 3, 4].map(opened), [8_000, 8_100, 10_000, 8_000]);
}

#[test]
fn a_closure_that_names_no_campaigns_gives_none_back() {
    let happy = AdjustmentSource::Campaign { code: "HAPPY".into(), id: None, line: None, tender: None };
    let sale = sold("10.00").adjust(AdjustmentKind::Discount, happy, minor(400), None);
    let figures = DocumentFigures::of(&sale.pay_rest(TenderKind::Cash).complete()).unwrap();
    let mut known = Report::empty();
    known.add(&figures);
    let now = closed(7, 1, 2, "2026-03-12", &known, None);
    assert_eq!(now.brought(&figures), known);
    let mut older = now.clone();
    older.report.campaigns.clear();
    let (document, number) = number();
    let withdrawn = Change::WithdrawnDocument {
        document,
        number,
        figures: Box::new(older.brought(&figures)),
        replaced: None,
    };
    let stands = older.corrected(&[correction(&older, 1, withdrawn.clone())]).unwrap();
    assert_eq!(stands.report, Report::empty());
    let late =
        Change::LateDocument { document, number, figures: Box::new(older.brought(&figures)), replaced: None };
    let both = [correction(&older, 1, withdrawn), correction(&older, 2, late)];
    assert_eq!(older.corrected(&both).unwrap().report, older.report);
}

#[test]
fn what_a_campaign_gave_is_less_what_went_back_with_goods_wherever_a_period_is_cut() {
    let happy = AdjustmentSource::Campaign { code: "HAPPY".into(), id: None, line: None, tender: None };
    let sale = sold("10.00").adjust(AdjustmentKind::Discount, happy, minor(400), None);
    let sale = sale.pay_rest(TenderKind::Cash).complete();
    let back = Head::sale("GBP").of(Kind::Return, DocumentType::Return).begin();
    let back = back.line(&Line::new("Tea", "3.00")).pay_rest(TenderKind::Cash);
    let campaigns_back = [("HAPPY".into(), money(130))].into();
    let back = back.complete_as_priced(Pricing { campaigns_back, ..Pricing::default() });
    let whole = report(&[sale.clone(), back.clone()]);
    let totals = &whole.campaigns["HAPPY"];
    assert_eq!((totals.sales, totals.on_documents, totals.back), (1, money(400), money(130)));
    assert_eq!(totals.given(), money(270));
    // What all campaigns gave on sales stands as it was.
    assert_eq!(whole.adjustments[&AdjustmentType::Campaign].amount, money(400));
    let (mut sales, returns, late) = (report(&[sale]), report(core::slice::from_ref(&back)), back);
    assert_eq!(returns.campaigns["HAPPY"].given(), money(-130), "sold in another period");
    sales.merge(&returns);
    assert_eq!(sales, whole);
    sales.take_away(&returns);
    assert_eq!(sales.campaigns["HAPPY"].given(), money(400));
    // A return that comes in late counts in a period that gave nothing of the campaign.
    let other =
        closed(7, 1, 2, "2026-03-12", &report(&[sold("1.00").pay_rest(TenderKind::Cash).complete()]), None);
    let figures = DocumentFigures::of(&late).unwrap();
    let (document, number) = number();
    let change =
        Change::LateDocument { document, number, figures: Box::new(other.brought(&figures)), replaced: None };
    let stands = other.corrected(&[correction(&other, 1, change)]).unwrap();
    assert_eq!(stands.report.campaigns["HAPPY"].given(), money(-130));
}

#[test]
fn a_late_return_counts_against_the_sales() {
    let closure = closed(7, 1, 2, "2026-03-12", &a_sale(), None);
    let back = Head::sale("GBP").of(Kind::Return, DocumentType::Return).begin();
    let late = report(&[back.line(&Line::new("Tea", "4.00")).pay_rest(TenderKind::Cash).complete()]);
    let (document, number) = number();
    let change = Change::LateDocument { document, number, figures: Box::new(late), replaced: None };
    let stands = closure.corrected(&[correction(&closure, 1, change)]).unwrap();
    assert_eq!((stands.report.net_sales, stands.expected_cash), (money(600), money(600)));
}

#[test]
fn a_withdrawn_document_takes_its_figures_with_it() {
    let twice = report(&[
        sold("10.00").pay_rest(TenderKind::Cash).complete(),
        sold("10.00").pay_rest(TenderKind::Cash).complete(),
    ]);
    let closure = closed(7, 1, 2, "2026-03-12", &twice, None);
    let (document, number) = number();
    let withdrawn = |figures: Report| Change::WithdrawnDocument {
        document,
        number,
        figures: Box::new(figures),
        replaced: None,
    };
    let stands = closure.corrected(&[correction(&closure, 1, withdrawn(a_sale()))]).unwrap();
    assert_eq!(stands.report, a_sale());
    let three = [1, 2, 3].map(|no| correction(&closure, no, withdrawn(a_sale())));
    assert_eq!(closure.corrected(&three), Err(Misfit::NotCounted { number }));
}

#[test]
fn a_corrected_value_names_what_it_replaces() {
    let closure = closed(7, 1, 2, "2026-03-12", &a_sale(), Some(900));
    let recount = |old: i64, new| Change::CountedCash { old: Some(money(old)), new: money(new) };
    let stands = closure.corrected(&[correction(&closure, 1, recount(900, 1000))]).unwrap();
    assert_eq!(stands.difference(), Some(Money::ZERO));
    assert_eq!(
        closure.corrected(&[1, 2].map(|no| correction(&closure, no, recount(900, 1000)))),
        Err(Misfit::Outdated { old: Some(money(900)), stands: Some(money(1000)) })
    );
    let currency = currency("EUR").code();
    let euros = Change::CountedForeign { currency, old: None, new: money(700) };
    let stands = closure.corrected(&[correction(&closure, 1, euros.clone())]).unwrap().foreign[&currency];
    assert_eq!((stands.counted, stands.left), (Some(money(700)), money(700)));
    assert_eq!(
        closure.corrected(&[1, 2].map(|no| correction(&closure, no, euros.clone()))),
        Err(Misfit::Outdated { old: None, stands: Some(money(700)) })
    );
    let opening = Change::OpeningCash { old: Money::ZERO, new: money(500) };
    let stands = closure.corrected(&[correction(&closure, 1, opening.clone())]).unwrap();
    assert_eq!(stands.expected_cash, money(1500));
    let other = closed(8, 1, 2, "2026-03-13", &a_sale(), None);
    assert_eq!(
        other.corrected(&[correction(&closure, 1, opening)]),
        Err(Misfit::OtherClosure { correction: ClosureNumber(7), closure: ClosureNumber(8) })
    );
}

#[test]
fn tills_roll_up_to_stores_days_and_months() {
    let sale = |price: &str| report(&[sold(price).pay_rest(TenderKind::Cash).complete()]);
    let closures = [
        closed(7, 1, 10, "2026-03-12", &sale("10.00"), Some(990)),
        closed(8, 1, 10, "2026-03-12", &sale("20.00"), Some(2005)),
        closed(7, 1, 11, "2026-03-12", &sale("5.00"), None),
        closed(9, 1, 10, "2026-04-01", &sale("1.00"), None),
        closed(1, 2, 20, "2026-03-12", &sale("100.00"), None),
    ];
    let stands: Vec<_> = closures.iter().map(|closure| closure.corrected(&[]).unwrap()).collect();
    let at = |level| roll_up(closures.iter().zip(&stands), level);
    let sales =
        |level| at(level).values().map(|rollup| rollup.report.gross_sales.minor()).collect::<Vec<_>>();

    assert_eq!(sales(Level::TillDay), [3000, 500, 10_000, 100]);
    assert_eq!(sales(Level::StoreDay), [3500, 10_000, 100]);
    assert_eq!(sales(Level::StoreMonth), [3500, 10_000, 100]);
    assert_eq!(sales(Level::StoreYear), [3600, 10_000]);
    assert_eq!(sales(Level::Day), [13_500, 100]);
    assert_eq!(sales(Level::Month), [13_500, 100]);

    let till = at(Level::TillDay).into_values().next().unwrap();
    assert_eq!((till.closures, till.counted_closures, till.suspended_count), (2, 2, 2));
    assert_eq!((till.over, till.short, till.difference()), (money(5), money(10), money(-5)));
}

#[test]
fn amounts_of_two_currencies_are_not_added() {
    let [mut pounds, yen] = ["GBP", "JPY"].map(|code| Rollup::empty(currency(code)));
    let before = pounds.clone();
    assert!(pounds.merge(&yen).is_err());
    assert_eq!(pounds, before);
}

/// Rows that came to nothing are not listed after something was taken away.
fn without_empty_rows(mut report: Report) -> Report {
    report.take_away(&report.clone());
    assert_eq!(report, Report::empty());
    report
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_was_added_can_be_taken_away_again(one in plans(), other in plans(), mode in mode()) {
        let (one, other) = (fold(&day(&one, mode)), fold(&day(&other, mode)));
        let mut both = one.clone();
        both.merge(&other);
        both.take_away(&other);
        // A currency whose amounts cancel out may be a row of nothing on one side.
        let mut expected = one.clone();
        expected.currencies.retain(|_, row| row != &CurrencyTotals::default());
        both.currencies.retain(|_, row| row != &CurrencyTotals::default());
        prop_assert_eq!(both, expected);
        prop_assert_eq!(without_empty_rows(one), Report::empty());
    }

    #[test]
    fn a_month_is_the_sum_of_its_days_in_any_order(days in proptest::collection::vec(plans(), 1..5)) {
        let reports: Vec<Report> = days.iter().map(|plans| fold(&day(plans, TaxMode::Inclusive))).collect();
        let closures: Vec<Closure> = (1..).zip(&reports)
            .map(|(no, report)| closed(no, u128::from(no % 2), 3, &format!("2026-03-{:02}", no % 3 + 1), report, Some(5000)))
            .collect();
        let stands: Vec<_> = closures.iter().map(|closure| closure.corrected(&[]).unwrap()).collect();
        let month = roll_up(closures.iter().zip(&stands), Level::Month).into_values().next().unwrap();
        for level in [Level::TillDay, Level::StoreDay, Level::Day, Level::StoreMonth] {
            let mut sum = Rollup::empty(currency("GBP"));
            for rollup in roll_up(closures.iter().zip(&stands).rev(), level).values().rev() {
                sum.merge(rollup).unwrap();
            }
            prop_assert_eq!(&sum, &month);
        }
    }
}

#[test]
fn the_country_figures_of_a_closure_are_nested_and_amounts_are_text_d_clo_16() {
    use crate::closure::template::{BUILT_IN, Inputs, Region, Template, Templates};

    let templates = BUILT_IN.iter().map(|(_, text)| toml::from_str::<Template>(text).unwrap());
    let templates = Templates::new(templates).unwrap();
    let closure = closed(7, 1, 2, "2026-03-12", &a_sale(), None);
    let britain = templates.resolve(&Region::parse("GB").unwrap());
    let closure = closure.with_country(&britain, &Inputs::default());
    let view = serde_json::to_value(view::z_view(&closure)).unwrap();
    assert_eq!(view["country_data"]["vat_by_rate"]["standard_vat"], json!("1.67"));
    assert_eq!(view["country_data"]["vat_by_rate"]["reduced_rate"], json!("5"));
    assert_eq!(view["country_data"]["reverse_charge_count"], json!(0));
    assert_eq!(view["country_data"]["template"], json!(["GB 1"]));
    let california = templates.resolve(&Region::parse("US-CA").unwrap());
    let closure = closure.with_country(&california, &Inputs::default());
    let view = serde_json::to_value(view::z_view(&closure)).unwrap();
    assert_eq!(view["country_data"]["special_rules"]["bottle_deposit"], json!("0.00"));
    assert_eq!(view["country_data"]["sales_tax_by_state"], json!({}));
    assert_eq!(view["country_data"]["template"], json!(["US 2", "US-CA 1"]));
    let text = serde_json::to_string(&closure).unwrap();
    assert_eq!(serde_json::from_str::<Closure>(&text).unwrap(), closure);
}

#[test]
fn one_of_two_floats_that_is_withdrawn_gives_back_what_lay_in_its_drawer() {
    let float = |amount| report(&[Head::sale("GBP").movement(CashMovementKind::Float, amount, "morning")]);
    let mut both = float(10_000);
    both.merge(&float(6_000));
    // The floats took the place of the 50.00 and 30.00 that had been left in their drawers.
    let mut closure = closed(7, 1, 2, "2026-03-12", &both, None);
    closure.period.left_in_drawer = money(8_000);
    (closure.opening_cash, closure.expected_cash) = (money(16_000), money(16_000));
    let (_, number) = number();
    let changed = |is_late: bool, (id, amount, beside): (u128, i64, i64)| {
        let (document, figures) = (DocumentId::new(uuid::Uuid::from_u128(id)), Box::new(float(amount)));
        let replaced = Some(money(beside));
        if is_late {
            Change::LateDocument { document, number, figures, replaced }
        } else {
            Change::WithdrawnDocument { document, number, figures, replaced }
        }
    };
    let (first, second) = ((1, 10_000, 5_000), (2, 6_000, 3_000));
    let opening = |changes: &[Change]| {
        let corrections: Vec<_> =
            (1..).zip(changes).map(|(no, change)| correction(&closure, no, change.clone())).collect();
        closure.corrected(&corrections).unwrap().opening_cash.minor()
    };
    let all = [changed(false, second), changed(false, first), changed(true, first), changed(true, second)];
    let opened: Vec<i64> = (0..=4).map(|count| opening(&all[..count])).collect();
    assert_eq!(opened, [16_000, 13_000, 8_000, 13_000, 16_000]);
}

#[test]
fn what_the_period_before_left_follows_until_somebody_counts_says_otherwise_or_declares_a_float() {
    let with = |report: &Report, counted| {
        let mut closure = closed(7, 1, 2, "2026-03-12", report, counted);
        closure.period.left_in_drawer = money(500);
        closure
    };
    // 10.00 were sold; 5.00 lay there at first, and 3.00 as was found out later.
    let mut closure = with(&a_sale(), None);
    (closure.opening_cash, closure.expected_cash) = (money(500), money(1_500));
    let stands = closure.corrected_after(money(-200), []).unwrap();
    assert_eq!((stands.opening_cash, stands.said_opening()), (money(300), money(500)));
    assert_eq!((stands.float_left(&closure), closure.float_left()), (money(1_300), money(1_500)));
    let opening = Change::OpeningCash { old: money(500), new: money(450) };
    let stands = closure.corrected_after(money(-200), &[correction(&closure, 1, opening)]).unwrap();
    assert_eq!((stands.opening_cash, stands.expected_cash), (money(450), money(1_450)));
    let counted = with(&a_sale(), Some(1_400));
    let stands = counted.corrected_after(money(-200), []).unwrap();
    assert_eq!(stands.float_left(&counted), money(1_400), "what was counted stays");
    let float = report(&[Head::sale("GBP").movement(CashMovementKind::Float, 10_000, "morning")]);
    let floated = with(&float, None);
    let stands = floated.corrected_after(money(-200), []).unwrap();
    assert_eq!(stands.opening_cash, money(10_000), "a float takes the place of what was left");
    // What was said of the opening while the float was there was said of the float.
    let (document, number) = number();
    let figures = Box::new(float);
    let changes = [
        Change::OpeningCash { old: money(10_000), new: money(9_900) },
        Change::WithdrawnDocument { document, number, figures, replaced: None },
    ];
    let corrections: Vec<_> =
        (1..).zip(changes).map(|(no, change)| correction(&floated, no, change)).collect();
    let stands = floated.corrected_after(money(-200), &corrections).unwrap();
    assert_eq!(stands.opening_cash, money(300), "5.00 were left, less the 2.00");
}

#[test]
fn what_older_tills_counted_of_an_exchange_goes_with_both_of_its_halves() {
    let back = Head::sale("GBP").of(Kind::Return, DocumentType::Return).begin();
    let exchange = back.line(&Line::new("Kettle", "30.00")).exchange_for(&Head::sale("GBP"));
    let exchange = exchange.line(&Line::new("Toaster", "20.00"));
    let difference = Tender { direction: Direction::Out, ..exchange.new_tender(TenderKind::Cash, 1000) };
    let documents = exchange.take(difference).complete_exchange();
    let older =
        |one: &Completed| DocumentFigures::of(one).unwrap().with_set_offs(one.document(), one.closure());
    let mut was = Report::empty();
    for one in &documents {
        was.add(&older(one));
    }
    let credit = &was.tenders[&TenderKind::StoreCredit];
    assert_eq!((credit.count, credit.tendered, credit.refunds), (2, money(2_000), money(2_000)));
    let set_offs = documents.iter().map(|one| DocumentFigures::set_offs(one.document(), one.closure()));
    assert_eq!(set_offs.sum::<usize>(), 2);
    let today = report(&documents);
    let closure = closed(7, 1, 2, "2026-03-12", &was, None);
    let given = documents.iter().map(|one| DocumentFigures::set_off_given(one.document(), one.closure()));
    assert_eq!(given.sum::<Money>(), money(2_000), "by the return");
    assert!(closure.counts_set_offs(&today, money(2_000)) && !closure.counts_set_offs(&today, Money::ZERO));
    assert!(!closed(7, 1, 2, "2026-03-12", &today, None).counts_set_offs(&today, money(2_000)));
    // Deposits of what is parked are in the closure and in no document: two of 10.00 make no older program of it.
    let mut with_deposits = today.clone();
    let credit = with_deposits.tenders.entry(TenderKind::StoreCredit).or_default();
    (credit.count, credit.tendered) = (credit.count + 2, credit.tendered + money(2_000));
    let parked = closed(7, 1, 2, "2026-03-12", &with_deposits, None);
    assert!(!parked.counts_set_offs(&today, money(2_000)));
    let mut stands = was.clone();
    for one in &documents {
        stands.take_away(&closure.brought(&older(one)));
    }
    assert_eq!(stands, Report::empty());
}
