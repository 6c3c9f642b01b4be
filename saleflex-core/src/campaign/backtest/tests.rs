use alloc::{string::ToString, vec, vec::Vec};

use uuid::Uuid;

use super::*;
use crate::{
    campaign::{
        tests::{campaign, cart, line, minor, off, percent},
        *,
    },
    money::CurrencyCode,
};

fn eur() -> Currency {
    Currency::of(CurrencyCode::parse("EUR").unwrap())
}

fn day(number: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, number).unwrap()
}

/// Ten percent from 10.00.
fn in_force() -> CampaignSet {
    let mut one = campaign(1, "TEN", off("10"));
    one.limits.least_purchase = Some(minor(1_000));
    CampaignSet::compile(vec![one]).unwrap()
}

/// Twenty percent off all, under the same identity.
fn draft() -> CampaignSet {
    CampaignSet::compile(vec![campaign(1, "TEN", off("20"))]).unwrap()
}

/// Documents of 5.00 and 20.00 each day, sold under a set.
fn sold(set: &CampaignSet) -> Vec<Recorded> {
    let of = |number: u32| {
        let cart = cart(vec![line(1, 1, "1", if number.is_multiple_of(2) { 2_000 } else { 500 })]);
        let evaluation = set.evaluate(&cart).unwrap();
        let given = discounts(set, &evaluation);
        let (document, day) = (DocumentId::new(Uuid::from_u128(number.into())), day(1 + number / 2));
        Recorded {
            document,
            day,
            cart,
            given,
            points: RecordedPoints::Nothing,
            codes: BTreeMap::new(),
            to_pay: None,
            judged_by: None,
        }
    };
    (0..6).map(of).collect()
}

fn tried(set: &CampaignSet, documents: &[Recorded]) -> Report {
    let mut backtest = Backtest::new(set, Resolution::Priority);
    for document in documents {
        backtest.try_on(document).unwrap();
    }
    backtest.report().clone()
}

#[test]
fn the_set_that_was_in_force_gives_every_document_as_it_was_recorded() {
    let set = in_force();
    let report = tried(&set, &sold(&set));
    assert_eq!((report.documents, report.changed, report.total.more()), (6, 0, Money::ZERO));
    assert_eq!(report.total.before.amount, minor(600));
    let mut best = Backtest::new(&set, Resolution::BestForCustomer { effort: DEFAULT_EFFORT });
    assert!(sold(&set).iter().all(|document| best.try_on(document) == Ok(false)));
}

#[test]
fn only_what_was_chosen_by_the_rule_of_the_set_counts_as_judged_by_it() {
    let set = in_force();
    let mut documents = sold(&set);
    for document in &mut documents {
        document.judged_by = Some(set.hash());
    }
    assert_eq!(tried(&set, &documents).own, 6);
    let mut best = Backtest::new(&set, Resolution::BEST);
    for document in &documents {
        best.try_on(document).unwrap();
    }
    assert_eq!((best.report().documents, best.report().own), (6, 0));
}

#[test]
fn a_draft_is_counted_by_campaign_and_by_day() {
    let report = tried(&draft(), &sold(&in_force()));
    assert_eq!(report.changed, 6);
    let cost = |documents, amount, value| Cost { documents, amount: minor(amount), value: minor(value) };
    let total = Compared { before: cost(3, 600, 6_000), after: cost(6, 1_500, 7_500), changed: 6 };
    assert_eq!(report.total, total);
    assert_eq!(report.by_campaign.values().collect::<Vec<_>>(), [&total]);
    let daily = Compared { before: cost(1, 200, 2_000), after: cost(2, 500, 2_500), changed: 2 };
    assert_eq!(report.by_day.keys().copied().collect::<Vec<_>>(), [day(1), day(2), day(3)]);
    assert!(report.by_day.values().all(|one| *one == daily));
}

#[test]
fn a_discount_on_another_line_is_a_change_though_it_costs_the_same() {
    let set = in_force();
    let mut documents = sold(&set);
    documents[0].given[0].line = Some(crate::ids::LineNo(1));
    let report = tried(&set, &documents);
    assert_eq!((report.changed, report.total.more()), (1, Money::ZERO));
}

#[test]
fn reports_of_two_halves_merge_to_the_report_of_all() {
    let documents = sold(&in_force());
    let mut halves = tried(&draft(), &documents[..3]);
    halves.merge(&tried(&draft(), &documents[3..]));
    assert_eq!(halves, tried(&draft(), &documents));
}

#[test]
fn lift_is_the_average_document_with_the_campaign_over_those_without() {
    let set = in_force();
    let report = tried(&set, &sold(&set));
    assert_eq!(report.total.after.lift(&report), Some(400));
    let all = tried(&draft(), &sold(&set));
    assert_eq!(all.total.after.lift(&all), None);
}

#[test]
fn a_draft_counts_its_own_uses_and_the_set_in_force_keeps_those_it_was_judged_with() {
    let mut limited = campaign(1, "TEN", off("20"));
    limited.limits.uses_per_day = Some(1);
    limited.limits.budget = Some(minor(300));
    let draft = CampaignSet::compile(vec![limited]).unwrap();
    let mut documents = sold(&in_force());
    // A fifth of the 20.00 of the first document is cut to the budget; then nothing is left of it.
    assert_eq!(tried(&draft, &documents).total.after.amount, minor(300));
    for document in &mut documents {
        document.judged_by = Some(draft.hash());
    }
    assert_eq!(tried(&draft, &documents).total.after.documents, 6);
}

#[test]
fn what_was_taken_back_entirely_gives_its_use_and_its_money_back() {
    let mut limited = campaign(1, "TEN", off("20"));
    (limited.limits.uses, limited.limits.budget) = (Some(2), Some(minor(450)));
    let draft = CampaignSet::compile(vec![limited]).unwrap();
    let documents = sold(&in_force());
    let mut backtest = Backtest::new(&draft, Resolution::Priority);
    // 4.00 and 0.50 of the budget of 4.50, and both uses.
    let given = |backtest: &Backtest<&CampaignSet>| backtest.report().total.after.amount;
    for document in &documents[..3] {
        backtest.try_on(document).unwrap();
    }
    assert_eq!(given(&backtest), minor(450));
    backtest.take_back(documents[0].document);
    backtest.take_back(documents[0].document);
    backtest.try_on(&documents[4]).unwrap();
    assert_eq!(given(&backtest), minor(850), "the 4.00 of the first once more");
    backtest.try_on(&documents[5]).unwrap();
    assert_eq!(given(&backtest), minor(850), "used twice");
}

#[test]
fn points_are_a_use_and_a_change_though_they_take_nothing_off() {
    let mut double = campaign(2, "DOUBLE", Benefit::Points { percent: percent("200") });
    double.limits.uses = Some(4);
    let draft = CampaignSet::compile(vec![double.clone()]).unwrap();
    let mut documents = sold(&CampaignSet::compile(vec![]).unwrap());
    for document in &mut documents {
        document.points = RecordedPoints::Earned(BTreeSet::new());
    }
    let report = tried(&draft, &documents);
    let points = report.by_campaign[&double.id];
    assert_eq!((report.changed, points.changed, points.after.documents), (4, 4, 4));
    assert_eq!((points.before.documents, points.more()), (0, Money::ZERO));
    for document in &mut documents {
        document.points = RecordedPoints::Earned(BTreeSet::from([double.id]));
    }
    assert_eq!(tried(&draft, &documents).changed, 2);
    for document in &mut documents {
        document.points = RecordedPoints::Unknown;
    }
    assert_eq!(tried(&draft, &documents).changed, 0, "where nobody knows who gave points");
}

#[test]
fn of_a_sale_that_earned_no_points_no_campaign_gives_any_and_none_is_used_up_by_it() {
    let mut double = campaign(2, "DOUBLE", Benefit::Points { percent: percent("200") });
    double.limits.uses = Some(1);
    let draft = CampaignSet::compile(vec![double.clone()]).unwrap();
    // The first was sold to nobody, the second to a member.
    let mut documents = sold(&CampaignSet::compile(vec![]).unwrap());
    documents.truncate(2);
    documents[1].points = RecordedPoints::Earned(BTreeSet::new());
    let mut backtest = Backtest::new(&draft, Resolution::Priority);
    assert_eq!(backtest.try_on(&documents[0]), Ok(false), "nobody keeps points of it");
    assert_eq!(backtest.try_on(&documents[1]), Ok(true), "the one use is still there");
    assert_eq!(backtest.report().by_campaign[&double.id].after.documents, 1);
    // What the program pays anyway is no more.
    double.benefit = Benefit::Points { percent: percent("100") };
    let once = CampaignSet::compile(vec![double]).unwrap();
    assert_eq!(tried(&once, &documents).changed, 0);
}

#[test]
fn what_came_to_no_whole_point_is_no_change_under_the_very_set() {
    let double = campaign(2, "DOUBLE", Benefit::Points { percent: percent("200") });
    let set = CampaignSet::compile(vec![double.clone()]).unwrap();
    let mut document = sold(&set).remove(0);
    document.points = RecordedPoints::Earned(BTreeSet::new());
    document.judged_by = Some(set.hash());
    let report = tried(&set, core::slice::from_ref(&document));
    assert_eq!((report.own, report.own_changed, report.changed), (1, 0, 0));
    document.points = RecordedPoints::Earned(BTreeSet::from([double.id]));
    assert_eq!(tried(&set, &[document]).changed, 0);
}

#[test]
fn a_cart_that_cannot_be_priced_does_not_count() {
    let set = in_force();
    let mut document = sold(&set).remove(0);
    document.cart.lines = vec![line(1, 1, "1", 100), line(1, 1, "1", 100)];
    let mut backtest = Backtest::new(&set, Resolution::Priority);
    assert_eq!(backtest.try_on(&document), Err(CartError::SameNumber(1)));
    assert_eq!(*backtest.report(), Report::default());
}

#[test]
fn a_report_reads_as_a_table_and_as_a_picture() {
    let (set, draft) = (in_force(), draft());
    let report = tried(&draft, &sold(&set));
    let table = report.table(&draft, &eur());
    let rows: Vec<&str> = table.lines().collect();
    assert_eq!(rows.len(), 10);
    assert_eq!(
        rows[1],
        "TEN                          6.00        15.00         9.00         6       6      -"
    );
    assert_eq!(
        rows[5],
        "2026-03-01                   2.00         5.00         3.00         2       2   1.00"
    );
    assert_eq!(rows[9], "6 of 6 documents change");
    let picture = report.svg(&draft, &eur());
    assert_eq!(picture.matches("<rect").count(), 2 + 6);
    assert!(picture.contains("height=\"200\" fill=\"#06c\"><title>2026-03-01: 5.00</title>"), "{picture}");
    assert!(picture.contains("height=\"200\" fill=\"#06c\"><title>TEN: 15.00</title>"), "{picture}");
    assert!(picture.contains("height=\"80\" fill=\"#999\""), "{picture}");
    assert!(picture.ends_with(&"</svg>\n".to_string()));
}

#[test]
fn lift_is_rounded_and_a_campaign_that_the_draft_does_not_know_is_called_as_on_the_documents() {
    let report = Report { documents: 2, value: minor(5_620 + 1_975), ..Report::default() };
    let cost = Cost { documents: 1, value: minor(5_620), ..Cost::default() };
    assert_eq!(cost.lift(&report), Some(285), "2.8456");
    let set = in_force();
    let mut documents = sold(&set);
    let id = set.campaigns()[0].id;
    for document in &mut documents {
        document.codes = [(id, "TEN".into())].into();
    }
    let other = CampaignSet::compile(vec![campaign(2, "OTHER", off("20"))]).unwrap();
    let table = tried(&other, &documents).table(&other, &eur());
    assert!(table.contains("\nTEN ") && table.contains("\nOTHER "), "{table}");
}
