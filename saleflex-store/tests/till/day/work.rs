//! Work sessions over several days, the days that were read already, and drawers counted one by one.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration as Elapsed,
};

use chrono::{Duration, NaiveDate};
use saleflex_core::{
    cashier::session::{SessionStatus, Termination},
    catalog::Reference,
    closure::{
        CashCount, Declaration, Refusal,
        drawer::{CountPurpose, Drawer, DrawerNo, DrawerRule},
    },
    document::{CashMovementKind, Command, Refusal as Refused},
    ids::{ClosureNumber, LineNo},
    money::{CurrencyCode, Money},
    quantity::{ExchangeRate, Percent},
    tax::TaxRate,
};
use saleflex_store::Error;

use super::whole;
use crate::support::shop::{
    ADMIN, CASHIER, MANAGER, Shop, cash, float, minor, quantity, sell, sell_some, suspend,
};

#[test]
fn closing_the_period_ends_the_session_and_begins_another_for_whoever_closed() {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    shop.execute(cash());
    shop.log_in(MANAGER);
    shop.clock.advance(Duration::minutes(30));
    shop.till.close_period(None, None).unwrap();
    shop.clock.advance(Duration::minutes(7));
    let day = shop.till.now().business_date;
    let sessions = shop.till.work_sessions(day, day).unwrap();
    let of_manager: Vec<_> = sessions.iter().filter(|one| one.cashier == shop.manager.id).collect();
    let [before, after] = of_manager[..] else { panic!("{sessions:?}") };
    assert!(matches!(before.status, SessionStatus::Terminated { cause: Termination::Closure, .. }));
    let now = shop.till.now().instant;
    assert_eq!((before.minutes(now), after.minutes(now), after.is_open()), (30, 7, true));
    // Nobody logs in anew for it, and a restart changes nothing.
    shop.execute(sell("A"));
    shop.execute(cash());
    let shop = shop.restarted();
    assert_eq!(
        shop.till.work_sessions(day, day).unwrap()[..sessions.len() - 1],
        sessions[..sessions.len() - 1]
    );
    whole(&shop);
}

/// Three days with two cashiers, a closure each evening but the second, and a document parked overnight.
fn three_days() -> (Shop, [NaiveDate; 3]) {
    let mut shop = Shop::open();
    let mut days = Vec::new();
    for day in 0..3 {
        days.push(shop.till.now().business_date);
        shop.log_in(CASHIER);
        for _ in 0..=day {
            shop.execute(sell_some("A", "2"));
            shop.clock.advance(Duration::minutes(2));
            shop.execute(cash());
        }
        shop.log_in(MANAGER);
        shop.execute(sell("B"));
        shop.execute(cash());
        if day != 1 {
            shop.till.close_period(None, None).unwrap();
        }
        shop.till.log_out().unwrap();
        shop.clock.advance(Duration::hours(24));
    }
    (shop, days.try_into().unwrap())
}

#[test]
fn the_sessions_of_a_day_are_those_of_all_days_that_began_on_it() {
    let (mut shop, days) = three_days();
    shop.log_in(CASHIER);
    let all = shop.till.work_sessions(NaiveDate::MIN, NaiveDate::MAX).unwrap();
    assert!(all.len() > 6, "{}", all.len());
    for (from, to) in [(days[0], days[0]), (days[1], days[1]), (days[1], days[2]), (days[0], days[2])] {
        let within = |session: &&_| {
            let session: &saleflex_core::cashier::session::WorkSession = session;
            (from..=to).contains(&session.started_at.business_date)
        };
        let expected: Vec<_> = all.iter().filter(within).cloned().collect();
        assert_eq!(shop.till.work_sessions(from, to).unwrap(), expected, "{from} to {to}");
    }
}

#[test]
fn what_was_done_on_days_is_the_sum_of_the_days() {
    let (shop, days) = three_days();
    let of = |from, to| {
        let all = shop.till.performance(from, to).unwrap();
        all.into_iter().map(|one| (one.cashier, one.work)).collect::<BTreeMap<_, _>>()
    };
    let whole = of(days[0], days[2]);
    let mut summed = BTreeMap::new();
    for day in days {
        for (cashier, work) in of(day, day) {
            summed.entry(cashier).or_insert_with(saleflex_core::cashier::metrics::Work::default).merge(&work);
        }
    }
    assert_eq!(whole, summed);
    assert_eq!(whole.values().map(|work| work.documents).sum::<u64>(), 9);
    // Whoever begins anew finds the same.
    let again = shop.restarted();
    let fresh = again.till.performance(days[0], days[2]).unwrap();
    assert_eq!(fresh.into_iter().map(|one| (one.cashier, one.work)).collect::<BTreeMap<_, _>>(), whole);
}

#[test]
fn what_is_taken_back_is_the_work_of_whoever_takes_it_as_the_closure_counts_it() {
    let mut shop = Shop::open();
    let void = |line| Command::VoidLine { line: LineNo(line), reason: None };
    shop.execute(sell_some("A", "2"));
    shop.execute(sell("B"));
    shop.execute(void(2));
    shop.execute(Command::ChangeQuantity { line: LineNo(1), quantity: quantity("1") });
    shop.execute(cash());
    // Rung up by Ann, parked, and cancelled by the manager.
    shop.execute(sell("A"));
    shop.execute(sell("A"));
    shop.execute(void(1));
    shop.execute(suspend());
    shop.log_in(MANAGER);
    let parked = shop.till.suspended().unwrap()[0].id;
    shop.till.resume(parked).unwrap();
    shop.execute(Command::Cancel { reason: None });
    let day = shop.till.now().business_date;
    let voids = |shop: &Shop| {
        let all = shop.till.performance(day, day).unwrap();
        all.iter().map(|one| (one.cashier, one.work.voids)).collect::<BTreeMap<_, _>>()
    };
    let ann = shop.till.cashiers().iter().find(|cashier| cashier.user_name == "ann").unwrap().id;
    let expected = BTreeMap::from([(ann, 3), (shop.manager.id, 1)]);
    assert_eq!(voids(&shop), expected);
    let closure = shop.till.close_period(None, None).unwrap();
    let counted: BTreeMap<_, _> =
        closure.report.cashiers.iter().map(|(cashier, totals)| (*cashier, totals.void_count)).collect();
    assert_eq!(counted, expected);
    // The day is over, and is told as it was.
    shop.clock.advance(Duration::hours(24));
    shop.execute(sell("A"));
    shop.execute(cash());
    assert_eq!((voids(&shop), voids(&shop)), (expected.clone(), expected));
}

#[test]
fn what_was_done_in_a_work_session_is_what_its_cashier_did_from_its_beginning_to_its_end() {
    let mut shop = Shop::open();
    let minute = |shop: &mut Shop| shop.clock.advance(Duration::minutes(1));
    let sold = |shop: &mut Shop, times: usize| {
        for _ in 0..times {
            minute(shop);
            shop.execute(sell("A"));
            minute(shop);
            shop.execute(cash());
        }
    };
    minute(&mut shop);
    shop.till.log_out().unwrap();
    minute(&mut shop);
    shop.log_in(CASHIER);
    sold(&mut shop, 2);
    // The line is hers, and so is the void of it, whoever finishes the sale.
    shop.execute(sell("A"));
    shop.execute(sell("B"));
    shop.execute(Command::VoidLine { line: LineNo(2), reason: None });
    minute(&mut shop);
    shop.execute(cash());
    minute(&mut shop);
    shop.log_in(MANAGER);
    sold(&mut shop, 1);
    minute(&mut shop);
    shop.log_in(CASHIER);
    sold(&mut shop, 4);
    let now = shop.till.now();
    let ann = shop.till.on_duty().unwrap().id;
    let sessions = shop.till.work_sessions(now.business_date, now.business_date).unwrap();
    let own: Vec<_> = sessions.iter().filter(|one| one.cashier == ann).collect();
    let work = |at: usize| {
        let work = shop.till.work_of_session(own[own.len() - at], now).unwrap();
        (work.documents, work.voids, work.sales.minor())
    };
    assert_eq!(work(2), (3, 1, 750), "{sessions:?}");
    assert_eq!(work(1), (4, 0, 1_000));
}

static READ: AtomicUsize = AtomicUsize::new(0);

fn count_reads(statement: &str, _: Elapsed) {
    if statement.contains("entity_id IN") {
        READ.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_day_that_is_over_is_read_once() {
    let (mut shop, days) = three_days();
    shop.log_in(CASHIER);
    shop.till.performance(days[0], days[1]).unwrap();
    shop.till.trace(Some(count_reads));
    for _ in 0..5 {
        shop.till.performance(days[0], days[1]).unwrap();
    }
    assert_eq!(READ.swap(0, Ordering::Relaxed), 0, "both days lie in memory");
    let today = shop.till.now().business_date;
    shop.till.performance(days[0], today).unwrap();
    assert_eq!(READ.load(Ordering::Relaxed), 1, "today is read");
    shop.till.trace(None);
}

/// A till with a drawer for Ann and one for everybody else.
pub(super) fn two_drawers() -> Shop {
    let mut shop = Shop::open();
    let ann = shop.till.on_duty().unwrap().id;
    shop.log_in(ADMIN);
    let mut settings = shop.till.settings().clone();
    let drawer = |no, cashiers, opening| Drawer { no: DrawerNo(no), cashiers, opening: minor(opening) };
    settings.drawers = vec![drawer(1, BTreeSet::new(), 0), drawer(2, BTreeSet::from([ann]), 2_000)];
    settings.closing.declaration_required = true;
    shop.till.change_settings(settings).unwrap();
    shop
}

/// The same with 120.00 taken by the manager, where a difference of more than 5.00 needs a reason.
fn two_drawers_with_a_sale_where_five_may_be_missing() -> Shop {
    let mut shop = two_drawers();
    let mut settings = shop.till.settings().clone();
    settings.closing.difference_limit = Some(minor(500));
    shop.till.change_settings(settings).unwrap();
    shop.log_in(MANAGER);
    shop.execute(sell("D"));
    shop.execute(cash());
    shop
}

/// What should lie in each of them.
pub(super) fn expected(shop: &Shop) -> Vec<i64> {
    shop.till.drawers().unwrap().iter().map(|one| one.expected().minor()).collect()
}

pub(super) fn count(shop: &mut Shop, no: u8, amount: i64, left: Option<i64>) -> Result<Money, Error> {
    let declared = Declaration { float_left: left.map(minor), ..Declaration::amount(minor(amount)) };
    let counted = shop.till.count_drawer(DrawerNo(no), CountPurpose::Closing, &declared, None)?;
    Ok(counted.difference())
}

#[test]
fn each_of_several_drawers_is_counted_for_closing_and_keeps_what_it_was_left_with() {
    let mut shop = two_drawers();
    shop.log_in(MANAGER);
    shop.execute(float(10_000));
    shop.execute(sell("D"));
    shop.execute(cash());
    shop.log_in(CASHIER);
    shop.execute(sell_some("A", "2"));
    shop.execute(cash());
    shop.log_in(MANAGER);
    let missing = |shop: &mut Shop| match shop.till.close_period(None, None) {
        Err(Error::NotClosed(Refusal::DrawerNotCounted { drawer })) => drawer.0,
        other => panic!("{other:?}"),
    };
    assert_eq!(missing(&mut shop), 1);
    assert_eq!(count(&mut shop, 1, 22_000, Some(8_000)).unwrap(), minor(0));
    assert_eq!(shop.till.drawers_to_count().unwrap(), [DrawerNo(2)]);
    assert_eq!(missing(&mut shop), 2);
    assert_eq!(count(&mut shop, 2, 2_480, Some(2_100)).unwrap(), minor(-20));
    // Cash that moves after its count makes a drawer uncounted.
    shop.execute(sell("A"));
    shop.execute(cash());
    assert_eq!(missing(&mut shop), 1);
    assert_eq!(count(&mut shop, 1, 22_250, Some(8_000)).unwrap(), minor(0));
    let closure = shop.till.close_period(None, None).unwrap();
    let drawers: Vec<_> = closure
        .drawers
        .iter()
        .map(|one| (one.no.0, one.difference().map(Money::minor), one.left.minor()))
        .collect();
    assert_eq!(drawers, [(1, Some(0), 8_000), (2, Some(-20), 2_100)]);
    assert_eq!((closure.counted_cash, closure.difference()), (Some(minor(24_730)), Some(minor(-20))));
    assert_eq!((closure.float_left(), closure.moved_to_safe()), (minor(10_100), minor(14_630)));
    let next: Vec<_> = shop.till.drawers().unwrap().iter().map(|one| one.expected().minor()).collect();
    assert_eq!(next, [8_000, 2_100]);
    assert_eq!(shop.till.closure(ClosureNumber(1)).unwrap(), closure);
    whole(&shop.restarted());
}

#[test]
fn the_differences_of_several_drawers_are_judged_drawer_by_drawer_and_not_once_more() {
    let mut shop = two_drawers_with_a_sale_where_five_may_be_missing();
    assert_eq!(shop.till.counted_in_drawers().map_err(|error| error.to_string()).ok(), None);
    assert_eq!(count(&mut shop, 1, 11_700, None).unwrap(), minor(-300));
    assert!(matches!(count(&mut shop, 2, 1_400, None), Err(Error::NotClosed(Refusal::ReasonNeeded { .. }))));
    assert_eq!(count(&mut shop, 2, 1_600, None).unwrap(), minor(-400));
    assert_eq!(shop.till.counted_in_drawers().unwrap(), Some(minor(13_300)));
    let closure = shop.till.close_period(None, None).unwrap();
    assert_eq!(closure.difference(), Some(minor(-700)));
    whole(&shop.restarted());
}

#[test]
fn foreign_money_of_each_of_several_drawers_is_judged_when_it_is_counted_and_adds_up() {
    let mut shop = two_drawers_with_a_sale_where_five_may_be_missing();
    let sek = CurrencyCode::parse("SEK").unwrap();
    let says = |own, foreign, left: Option<i64>, why: Option<&str>| Declaration {
        foreign: BTreeMap::from([(sek, CashCount::Amount(minor(foreign)))]),
        foreign_left: left.map(|left| (sek, minor(left))).into_iter().collect(),
        reason: why.map(Into::into),
        ..Declaration::amount(minor(own))
    };
    let mut counted =
        |no, said: &Declaration| shop.till.count_drawer(DrawerNo(no), CountPurpose::Closing, said, None);
    let refused = counted(1, &says(12_000, 6_000, Some(1_000), None));
    assert!(matches!(refused, Err(Error::NotClosed(Refusal::ReasonNeeded { .. }))), "{refused:?}");
    let why = Some("a tourist");
    let first = counted(1, &says(12_000, 6_000, Some(1_000), why)).unwrap();
    assert_eq!(first.foreign_differences, BTreeMap::from([(sek, minor(6_000))]));
    counted(2, &says(2_000, 4_000, None, why)).unwrap();
    let closure = shop.till.close_period(None, None).unwrap();
    let of_drawers: Vec<_> = closure.drawers.iter().map(|one| one.foreign[&sek].left.minor()).collect();
    assert_eq!(of_drawers, [1_000, 4_000]);
    let foreign = closure.foreign_cash().unwrap()[&sek];
    assert_eq!((foreign.counted, foreign.left), (Some(minor(10_000)), minor(5_000)));
    assert_eq!(shop.till.period().foreign_left, BTreeMap::from([(sek, minor(5_000))]));
    let next: Vec<_> = shop.till.drawers().unwrap().iter().map(|one| one.foreign[&sek].minor()).collect();
    assert_eq!(next, [1_000, 4_000]);
    whole(&shop.restarted());
}

#[test]
fn before_anything_was_left_each_drawer_begins_with_what_is_said_to_lie_in_it() {
    let mut shop = two_drawers();
    let mut settings = shop.till.settings().clone();
    settings.drawers[0].opening = minor(10_000);
    settings.drawers[1].opening = minor(5_000);
    shop.till.change_settings(settings).unwrap();
    assert_eq!(expected(&shop), [10_000, 5_000]);
    shop.log_in(MANAGER);
    shop.execute(sell("D"));
    shop.execute(cash());
    assert_eq!(count(&mut shop, 1, 22_000, Some(3_000)).unwrap(), minor(0));
    assert_eq!(count(&mut shop, 2, 5_000, None).unwrap(), minor(0));
    let closure = shop.till.close_period(None, None).unwrap();
    assert_eq!((closure.opening_cash, closure.difference()), (minor(15_000), Some(minor(0))));
    assert_eq!(expected(&shop), [3_000, 5_000], "what was left counts from now on");
    whole(&shop.restarted());
}

#[test]
fn a_new_drawer_brings_what_lies_in_it_and_takes_nothing_from_the_others() {
    let mut shop = Shop::open();
    let ann = shop.till.on_duty().unwrap().id;
    let manager = shop.till.cashiers().iter().find(|one| one.user_name == MANAGER.0).unwrap().id;
    let nobody = BTreeSet::new();
    let drawer = |no, who: &BTreeSet<_>, opening| Drawer {
        no: DrawerNo(no),
        cashiers: who.clone(),
        opening: minor(opening),
    };
    let sells = |shop: &mut Shop| {
        shop.log_in(MANAGER);
        shop.execute(sell("D"));
        shop.execute(cash());
    };
    let names = |shop: &mut Shop, drawers: Vec<Drawer>| {
        shop.log_in(ADMIN);
        let mut settings = shop.till.settings().clone();
        settings.drawers = drawers;
        shop.till.change_settings(settings).unwrap();
        shop.log_in(MANAGER);
    };
    sells(&mut shop);
    shop.till.close_period(None, None).unwrap();
    // What is said of the first is what lay there before anything was left.
    let two = vec![drawer(1, &nobody, 700), drawer(2, &BTreeSet::from([ann]), 2_000)];
    names(&mut shop, two.clone());
    assert_eq!(expected(&shop), [12_000, 2_000]);
    sells(&mut shop);
    let closure = shop.till.close_period(None, None).unwrap();
    assert_eq!((closure.opening_cash, closure.expected_cash), (minor(14_000), minor(26_000)));
    // Where the others were counted before as well.
    let mut three = two.clone();
    three.push(drawer(3, &BTreeSet::from([manager]), 3_000));
    names(&mut shop, three);
    assert_eq!(expected(&shop), [24_000, 2_000, 3_000]);
    sells(&mut shop);
    // What it brought lies in the first once it is taken away.
    names(&mut shop, two);
    assert_eq!(expected(&shop), [39_000, 2_000]);
    let closure = shop.till.close_period(None, None).unwrap();
    assert_eq!((closure.opening_cash, closure.difference()), (minor(29_000), None));
    assert_eq!(expected(&shop), [39_000, 2_000]);
    whole(&shop.restarted());
}

#[test]
fn several_drawers_that_nobody_counted_begin_with_what_should_be_in_each() {
    let mut shop = two_drawers();
    let mut settings = shop.till.settings().clone();
    settings.closing.declaration_required = false;
    settings.drawers[0].opening = minor(10_000);
    settings.drawers[1].opening = minor(5_000);
    shop.till.change_settings(settings).unwrap();
    let day = |shop: &mut Shop| {
        shop.log_in(MANAGER);
        shop.execute(sell("D"));
        shop.execute(cash());
        shop.log_in(CASHIER);
        shop.execute(sell("A"));
        shop.execute(cash());
        shop.log_in(MANAGER);
    };
    day(&mut shop);
    let closure = shop.till.close_period(None, None).unwrap();
    assert!(closure.drawers.iter().all(|drawer| drawer.counted.is_none() && drawer.difference().is_none()));
    assert_eq!((closure.counted_cash, closure.float_left()), (None, minor(27_250)));
    assert_eq!(expected(&shop), [22_000, 5_250]);
    let mut shop = shop.restarted();
    assert_eq!(expected(&shop), [22_000, 5_250]);
    // Counted on the second evening, and not on the third.
    day(&mut shop);
    assert_eq!(count(&mut shop, 1, 34_000, Some(3_000)).unwrap(), minor(0));
    assert_eq!(count(&mut shop, 2, 5_500, Some(2_000)).unwrap(), minor(0));
    shop.till.close_period(None, None).unwrap();
    day(&mut shop);
    shop.till.close_period(None, None).unwrap();
    assert_eq!(expected(&shop), [15_000, 2_250]);
    whole(&shop.restarted());
}

#[test]
fn a_float_lies_in_the_drawer_of_whoever_declared_it() {
    let mut shop = two_drawers();
    shop.log_in(MANAGER);
    shop.execute(sell("D"));
    shop.execute(cash());
    shop.log_in(CASHIER);
    // Cash moved in another drawer only.
    shop.approved(float(5_000));
    shop.execute(sell("A"));
    shop.execute(cash());
    assert_eq!(expected(&shop), [12_000, 5_250]);
    let x = shop.till.x_report().unwrap();
    assert_eq!(x.period.expected_cash(&x.report), minor(17_250));
    shop.log_in(MANAGER);
    assert_eq!(count(&mut shop, 1, 12_000, Some(1_000)).unwrap(), minor(0));
    assert_eq!(count(&mut shop, 2, 5_250, Some(500)).unwrap(), minor(0));
    let closure = shop.till.close_period(None, None).unwrap();
    assert_eq!((closure.opening_cash, closure.difference()), (minor(5_000), Some(minor(0))));
    // The next day one drawer begins with a float and the other with what was left there.
    shop.execute(float(7_000));
    assert_eq!(expected(&shop), [7_000, 500]);
    assert_eq!(expected(&shop.restarted()), [7_000, 500]);
}

#[test]
fn a_float_after_cash_moved_is_refused_and_paid_in_counts() {
    let mut shop = Shop::open();
    shop.log_in(MANAGER);
    shop.execute(float(6_000));
    shop.execute(float(4_000));
    shop.execute(sell("A"));
    shop.execute(cash());
    let late = shop.till.execute(float(5_000));
    assert!(matches!(late, Err(Error::Refused(Refused::FloatTooLate))), "{late:?}");
    let paid_in = Command::MoveCash {
        kind: CashMovementKind::PaidIn,
        amount: minor(5_000),
        reason: "rolls".to_owned(),
    };
    shop.execute(paid_in);
    assert_eq!(shop.till.drawers().unwrap()[0].expected(), minor(15_250));
    let closure = shop.till.close_period(Some(&Declaration::amount(minor(15_250))), None).unwrap();
    assert_eq!(closure.difference(), Some(minor(0)));
    // A drawer that was handed on begins with what was counted, and with no float.
    let to = shop.till.cashiers().iter().find(|cashier| cashier.user_name == "ann").unwrap().id;
    let counted = Declaration::amount(minor(15_250));
    shop.till.count_drawer(DrawerNo(1), CountPurpose::HandOver { to }, &counted, None).unwrap();
    let late = shop.till.execute(float(5_000));
    assert!(matches!(late, Err(Error::Refused(Refused::FloatTooLate))), "{late:?}");
    whole(&shop.restarted());
}

#[test]
fn a_till_with_one_drawer_closes_as_it_did_and_says_when_its_drawer_opens() {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    shop.execute(cash());
    assert!(shop.till.drawers_to_count().unwrap().is_empty());
    shop.log_in(MANAGER);
    let closure = shop.till.close_period(Some(&Declaration::amount(minor(250))), None).unwrap();
    assert!(closure.drawers.is_empty());
    assert_eq!(shop.till.settings().closing.drawer_opens, DrawerRule::WithCash);
}

#[test]
fn reference_records_and_rates_come_in_together_or_not_at_all() {
    let mut shop = Shop::open();
    let before = shop.till.catalog().reference();
    let sek = CurrencyCode::parse("SEK").unwrap();
    let rates = BTreeMap::from([(sek, ExchangeRate::parse("13.5").unwrap())]);
    let with = |percent: &str| Reference {
        tax_rates: vec![TaxRate { percent: Percent::parse(percent).unwrap(), ..before.tax_rates[0].clone() }],
        ..before.clone()
    };
    let refused = shop.till.import_reference(&with("18"), &rates);
    assert!(matches!(refused, Err(Error::Refused(Refused::ApprovalNeeded { .. }))));
    shop.log_in(ADMIN);
    let seq = shop.till.chain_head().seq;
    let broken = Reference { tax_rates: Vec::new(), ..before.clone() };
    assert!(matches!(shop.till.import_reference(&broken, &rates), Err(Error::Catalog(_))));
    assert_eq!(shop.till.chain_head().seq, seq, "nothing of it was written");
    shop.till.import_reference(&with("18"), &rates).unwrap();
    // The records, the currency that came and the one that went: three entries.
    assert_eq!(shop.till.chain_head().seq, seq + 3);
    assert_eq!(shop.till.exchange_rates(), [(sek, rates[&sek])]);
    let changes = shop.till.reference_changes(seq + 1).unwrap();
    let told: Vec<_> = changes.iter().map(|one| (one.key.as_str(), one.became.as_deref())).collect();
    assert_eq!(told, [("tax_rate.1.percent", Some("\"18\""))]);
    // The same once more writes nothing.
    let seq = shop.till.chain_head().seq;
    shop.till.import_reference(&with("18"), &rates).unwrap();
    assert_eq!(shop.till.chain_head().seq, seq);
    whole(&shop.restarted());
}
