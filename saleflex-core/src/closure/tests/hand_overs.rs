//! Drawers that go from one cashier to another, and whose difference it is.

use alloc::collections::BTreeMap;

use super::{
    days::{day, fold, plans},
    drawers::taken,
    *,
};
use crate::closure::drawer::{
    CashByCashier, CashShare, ClosedDrawer, CountPurpose, Drawer, DrawerCash, DrawerCount, DrawerNo,
    EnteredCount, Holders, OverShort, OverShortReason, Step, Turn, hand_overs,
};

/// Which drawer goes to whom, or whether the settings name other people instead.
fn turned() -> impl Strategy<Value = (u8, u128, bool)> {
    (1..4_u8, 0..5_u128, proptest::bool::weighted(0.3))
}

fn named(no: u8, cashiers: &[u128]) -> Drawer {
    let cashiers = cashiers.iter().map(|no| cashier(*no)).collect();
    Drawer { no: DrawerNo(no), cashiers, opening: Money::ZERO }
}

/// A drawer that was counted for somebody else.
fn handed_over(
    report: &Report,
    (before, received): (&CashTotals, Money),
    counted: Money,
    to: CashierId,
) -> DrawerCount {
    DrawerCount {
        drawer: DrawerNo(1),
        purpose: CountPurpose::HandOver { to },
        at: moment("2026-03-12 14:00:00"),
        authority: authority(1),
        period: ClosureNumber(7),
        declaration: Declaration::amount(counted),
        blind: false,
        cash: report.cash.clone(),
        by_cashier: Some(report.cash_by_cashier.clone()),
        expected: report.cash.since(before).expected(received),
        counted,
        foreign_differences: BTreeMap::new(),
        foreign_expected: None,
    }
}

#[test]
fn whoever_a_drawer_was_handed_to_works_from_it_and_whoever_gave_it_away_does_not() {
    let drawers = [named(1, &[1]), named(2, &[2, 3]), named(4, &[])];
    let nothing = CashByCashier::new();
    let to = |drawer, to| Turn::HandedOver { drawer: DrawerNo(drawer), to: cashier(to), cash: &nothing };
    let of = |turns: &[Turn<'_>]| {
        let holders = Holders::after(&drawers, turns);
        [1, 2, 3, 7].map(|no| holders.drawer_of(cashier(no)).0)
    };
    assert_eq!(of(&[]), [1, 2, 2, 4]);
    assert_eq!(of(&[to(2, 7)]), [1, 4, 4, 2], "a drawer has one holder");
    assert_eq!(of(&[to(2, 7), to(2, 2)]), [1, 2, 4, 4], "and is handed back");
    assert_eq!(of(&[to(4, 1)]), [4, 2, 2, 4], "what is everybody's stays everybody's");
    assert_eq!(of(&[to(2, 7), to(1, 7)]), [4, 4, 4, 1], "the one that came last");
    assert_eq!(of(&[to(2, 7), to(1, 7), to(1, 1)]), [1, 4, 4, 2]);
    let [one, two] = [[named(1, &[]), named(2, &[2])], [named(1, &[]), named(2, &[3])]];
    let after = |now: &[Drawer]| {
        let handed = Turn::HandedOver { drawer: DrawerNo(2), to: cashier(7), cash: &nothing };
        let named = Turn::Named { was: &one, now, cash: &nothing };
        let holders = Holders::after(now, &[handed, named]);
        [2, 3, 7].map(|no| holders.drawer_of(cashier(no)).0)
    };
    assert_eq!(after(&two), [1, 2, 1], "the latest word is that of the settings");
    let third = [named(1, &[]), named(2, &[2]), named(3, &[8])];
    assert_eq!(after(&third), [1, 1, 2], "which say nothing new of the drawer that was handed on");
    assert_eq!(Holders::named(&[]).drawer_of(cashier(1)), DrawerNo(1));
}

#[test]
fn what_lay_in_a_drawer_that_is_no_longer_there_lies_in_the_first() {
    let morning = report(&[taken(1, 100), taken(2, 20)]);
    let (was, now) = ([named(1, &[1]), named(2, &[2])], [named(3, &[1]), named(1, &[2])]);
    let turn = Turn::Named { was: &was, now: &now, cash: &morning.cash_by_cashier };
    let whole = report(&[taken(1, 100), taken(2, 20), taken(1, 3)]);
    let cash = DrawerCash::of(&now, &[turn], &whole);
    let lies = |no| cash.of_drawer(DrawerNo(no)).expected(Money::ZERO);
    assert_eq!([lies(3), lies(1), lies(2)], [money(23), money(100), Money::ZERO]);
}

#[test]
fn what_is_over_and_short_is_summed_by_reason_each_count_by_itself() {
    let report = a_sale();
    let share = |off: i64, over_short| CashShare {
        drawer: DrawerNo(1),
        cashier: cashier(1),
        is_undeclared: false,
        until: moment("2026-03-12 14:00:00"),
        received: money(10_000),
        expected: money(11_000),
        counted: Some(money(11_000 + off)),
        handed_to: Some(cashier(2)),
        over_short,
        reason: Some("a busy hour".into()),
        foreign: BTreeMap::new(),
    };
    let wrong_change = Some(OverShortReason::WrongChange);
    let hand_overs = [share(-50, wrong_change), share(0, None)];
    // 50 too much lay there at the end, which makes the day come out even.
    let declaration = Declaration { over_short: wrong_change, ..Declaration::amount(money(11_000)) };
    let closure = with_closing(&report, |closing| {
        close(Closing { hand_overs: &hand_overs, declaration: Some(&declaration), ..closing })
    })
    .unwrap();
    assert_eq!(closure.difference(), Some(Money::ZERO));
    let sum = |reason, over, short| OverShort {
        reason,
        count: u64::from(over > 0) + u64::from(short > 0),
        over: money(over),
        short: money(short),
    };
    assert_eq!(closure.over_short(), [sum(wrong_change, 50, 50)]);
    let last = closure.shares.last().unwrap();
    assert_eq!((last.cashier, last.difference(), last.handed_to), (cashier(2), Some(money(50)), None));
    let told = serde_json::to_value(view::z_view(&closure)).unwrap();
    assert_eq!(told["hand_overs"][0]["difference"], json!("-0.50"));
    assert_eq!(told["hand_overs"][0]["reason_text"], json!("a busy hour"));
    assert_eq!(told["over_short"][0]["reason"], json!("wrong_change"));
    assert_eq!(told["difference_reason"], json!("wrong_change"));

    let drawer = |no, off: i64, over_short| ClosedDrawer {
        no: DrawerNo(no),
        expected: money(500),
        counted: Some(money(500 + off)),
        left: money(0),
        over_short,
        reason: None,
        foreign: BTreeMap::new(),
    };
    let drawers = [drawer(1, 20, None), drawer(2, -30, wrong_change)];
    let several = Declaration::amount(money(10_990));
    let closure = with_closing(&report, |closing| {
        close(Closing { drawers: &drawers, declaration: Some(&several), ..closing })
    })
    .unwrap();
    assert_eq!(closure.over_short(), [sum(None, 20, 0), sum(wrong_change, 0, 30)]);
    let mut stands = closure.corrected(&[]).unwrap();
    assert_eq!(Rollup::of(&closure, &stands).over_short, closure.over_short());
    stands.counted_cash = Some(money(10_960));
    let mut rollup = Rollup::of(&closure, &stands);
    let corrected = OverShort { count: 2, ..sum(None, 20, 30) };
    assert_eq!(rollup.over_short, [corrected, sum(wrong_change, 0, 30)]);
    rollup.merge(&Rollup::of(&closure, &closure.corrected(&[]).unwrap())).unwrap();
    let summed = OverShort { count: 3, ..sum(None, 40, 30) };
    assert_eq!(rollup.over_short, [summed, OverShort { count: 2, ..sum(wrong_change, 0, 60) }]);
}

#[test]
fn whoever_had_a_drawer_last_is_judged_by_what_they_answer_for() {
    let report = a_sale();
    let handed = CashShare {
        drawer: DrawerNo(1),
        cashier: cashier(1),
        is_undeclared: false,
        until: moment("2026-03-12 14:00:00"),
        received: money(10_000),
        expected: money(10_000),
        counted: Some(money(9_000)),
        handed_to: Some(cashier(2)),
        over_short: None,
        reason: Some("stolen".into()),
        foreign: BTreeMap::new(),
    };
    let entered = EnteredCount {
        drawer: DrawerNo(1),
        purpose: CountPurpose::Closing,
        at: moment("2026-03-12 19:59:00"),
        cashier: cashier(2),
        period: ClosureNumber(7),
        expected: money(10_000),
        counted: money(10_000),
        blind: false,
    };
    let policy = ClosingPolicy { difference_limit: Some(money(500)), ..ClosingPolicy::default() };
    let counted = |amount| {
        let declaration = Declaration::amount(money(amount));
        with_closing(&report, |closing| {
            let (declaration, hand_overs) = (Some(&declaration), core::slice::from_ref(&handed));
            close(Closing { policy: &policy, declaration, hand_overs, entered: &[entered], ..closing })
        })
    };
    // 110.00 by the books, of which 10.00 were missing already.
    let closure = counted(10_000).unwrap();
    assert_eq!(closure.shares[1].difference(), Some(Money::ZERO));
    assert_eq!(closure.difference(), Some(money(-1_000)));
    assert_eq!(closure.first_counts, [], "it is the one that was accepted");
    let Err(Refusal::ReasonNeeded { difference, .. }) = counted(11_000) else { panic!("10.00 over") };
    assert_eq!(difference, currency("GBP").amount(money(1_000)));
}

#[test]
fn what_was_said_of_one_of_several_drawers_is_not_said_of_all_of_them() {
    let drawer = |no, reason: Option<&str>| ClosedDrawer {
        reason: reason.map(Into::into),
        ..ClosedDrawer::uncounted(DrawerNo(no), money(500))
    };
    let drawers = [drawer(1, Some("a coin")), drawer(2, None), drawer(3, Some("a note"))];
    let report = a_sale();
    let told = |drawers: &[ClosedDrawer], said: Option<&str>| {
        let declaration = Declaration { reason: said.map(Into::into), ..Declaration::amount(money(1_500)) };
        let closing =
            |closing: Closing<'_>| close(Closing { drawers, declaration: Some(&declaration), ..closing });
        with_closing(&report, closing).unwrap().reason().map(ToString::to_string)
    };
    assert_eq!(told(&drawers, Some("a coin; a note; late")).as_deref(), Some("late"));
    assert_eq!(told(&drawers, Some("a coin; a note")), None);
    assert_eq!(told(&drawers, Some("a coin; a notebook")).as_deref(), Some("a coin; a notebook"));
    assert_eq!(told(&drawers, None), None);
    assert_eq!(told(&[], Some("late")).as_deref(), Some("late"));
}

#[test]
fn whoever_a_drawer_is_handed_over_for_had_it_and_not_the_manager_who_counts() {
    let report = report(&[taken(2, 250), taken(4, 100)]);
    let count = handed_over(&report, (&CashTotals::default(), money(2_000)), money(2_350), cashier(9));
    let had_of = |count: &DrawerCount, cashiers: &[u128]| {
        hand_overs(&[Step::Counted(count)], &[named(1, cashiers), named(2, &[4])])[0].cashier
    };
    let had = |cashiers: &[u128]| had_of(&count, cashiers);
    assert_eq!(had(&[2]), cashier(2), "it is theirs alone");
    assert_eq!(had(&[5]), cashier(5), "whoever took cash into it");
    for people in [&[][..], &[1, 2], &[2, 3]] {
        assert_eq!(had(people), cashier(2), "nobody else took anything into it: {people:?}");
    }
    let mut floated = count.clone();
    floated.by_cashier.as_mut().unwrap().entry(cashier(3)).or_default().float_count = 1;
    assert_eq!(had_of(&floated, &[]), cashier(3), "the float is theirs");
    // What somebody took into another drawer is not of this one, though they work from it since.
    let away = DrawerCount { drawer: DrawerNo(2), ..count.clone() };
    let both = [Step::Counted(&away), Step::Counted(&count)];
    assert_eq!(hand_overs(&both, &[named(1, &[]), named(2, &[4])])[1].cashier, cashier(2));
}

#[test]
fn where_several_took_cash_into_a_drawer_and_nobody_declared_it_nobody_is_said_to_have_had_it() {
    let report = report(&[taken(2, 250), taken(4, 100)]);
    let count = handed_over(&report, (&CashTotals::default(), money(2_000)), money(2_350), cashier(9));
    let drawers = [named(1, &[2, 4]), named(2, &[])];
    let had_after = |opened_by: &[u128], count: &DrawerCount| {
        let opening = |by: &u128| DrawerCount {
            purpose: CountPurpose::Opening,
            authority: authority(*by),
            ..count.clone()
        };
        let opened: Vec<_> = opened_by.iter().map(opening).collect();
        let steps: Vec<_> = opened.iter().chain([count]).map(Step::Counted).collect();
        let shares = hand_overs(&steps, &drawers);
        (shares[0].cashier, shares[0].is_undeclared)
    };
    let counter = cashier(1);
    assert_eq!(had_after(&[], &count), (counter, true), "two took cash: who had it is not known");
    assert_eq!(had_after(&[4], &count), (cashier(4), false), "of both, one counted it before selling");
    assert_eq!(had_after(&[2, 4], &count), (counter, true));
    assert_eq!(had_after(&[7], &count), (counter, true), "whoever took nothing into it stood in");
    let older = DrawerCount { by_cashier: None, ..count.clone() };
    assert_eq!(had_after(&[], &older), (counter, true), "it does not say whose the cash is");
    let (cash, by_cashier) = (CashTotals::default(), Some(CashByCashier::new()));
    let untouched = DrawerCount { cash, by_cashier, ..count.clone() };
    assert_eq!(had_after(&[], &untouched), (counter, false), "nobody else ever had to do with it");

    let shares = hand_overs(&[Step::Counted(&count)], &drawers);
    let closure = with_closing(&report, |closing| close(Closing { hand_overs: &shares, ..closing })).unwrap();
    let told = closure.shares.iter().map(|share| (share.cashier, share.is_undeclared));
    assert_eq!(told.collect::<Vec<_>>(), [(counter, true), (cashier(9), false)]);
    let told = serde_json::to_value(view::z_view(&closure)).unwrap();
    let told = &told["hand_overs"];
    assert_eq!((&told[0]["cashier_id"], &told[0]["counted_by_id"]), (&json!(null), &json!(counter)));
    assert_eq!((&told[1]["cashier_id"], told[1].get("counted_by_id")), (&json!(cashier(9)), None));
}

#[test]
fn a_drawer_that_the_settings_take_from_its_holder_is_theirs_until_then() {
    let (was, now) = ([named(1, &[]), named(2, &[1])], [named(1, &[]), named(2, &[3])]);
    let morning = report(&[taken(1, 250)]);
    let count = DrawerCount {
        drawer: DrawerNo(2),
        ..handed_over(&morning, (&CashTotals::default(), money(2_000)), money(2_240), cashier(2))
    };
    let noon = report(&[taken(1, 250), taken(2, 1_000)]);
    let step =
        Step::Named { at: moment("2026-03-12 15:00:00"), was: &was, now: &now, cash: &noon.cash_by_cashier };
    let shares = hand_overs(&[Step::Counted(&count), step], &[]);
    let told: Vec<_> = shares
        .iter()
        .map(|share| (share.cashier, share.received.minor(), share.expected.minor(), share.difference()))
        .collect();
    let (first, second) = (cashier(1), cashier(2));
    assert_eq!(told, [(first, 2_000, 2_250, Some(money(-10))), (second, 2_240, 3_240, None)]);
    let whole = report(&[taken(1, 250), taken(2, 1_000), taken(3, 400)]);
    let closure = with_closing(&whole, |closing| close(Closing { hand_overs: &shares, ..closing })).unwrap();
    assert_eq!(
        closure.shares, shares,
        "what comes after it is not theirs, nor that of a drawer that is gone"
    );
    // Whoever it is handed to next has it from those whom the settings named.
    let next = DrawerCount { expected: money(3_640), counted: money(3_640), ..count.clone() };
    let shares = hand_overs(&[Step::Counted(&count), step, Step::Counted(&next)], &[]);
    let last = shares.last().unwrap();
    let third = cashier(3);
    assert_eq!((last.cashier, last.received, last.difference()), (third, money(3_240), Some(Money::ZERO)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whoever a drawer is handed to works from it, settings are changed in between, and each amount lies where whoever
    /// took it worked from then: as a naive look at each sale by itself says.
    #[test]
    fn every_amount_lies_in_one_drawer_whoever_they_are_handed_to(
        parts in proptest::collection::vec((plans(), turned()), 1..6),
        last in plans(),
    ) {
        let mut drawers = vec![named(1, &[0]), named(2, &[1, 2]), named(3, &[])];
        let (mut snapshots, mut report): (Vec<CashByCashier>, _) = (Vec::new(), Report::empty());
        let mut settings = vec![drawers.clone()];
        for (plans, (_, _, renamed)) in &parts {
            report.merge(&fold(&day(plans, TaxMode::Inclusive)));
            snapshots.push(report.cash_by_cashier.clone());
            if *renamed {
                let (first, second) = (drawers[0].cashiers.clone(), drawers[1].cashiers.clone());
                (drawers[0].cashiers, drawers[1].cashiers) = (second, first);
            }
            settings.push(drawers.clone());
        }
        let turns: Vec<Turn<'_>> = parts
            .iter()
            .enumerate()
            .map(|(at, (_, (no, to, renamed)))| {
                let cash = &snapshots[at];
                if *renamed {
                    Turn::Named { was: &settings[at], now: &settings[at + 1], cash }
                } else {
                    Turn::HandedOver { drawer: DrawerNo(*no), to: cashier(*to), cash }
                }
            })
            .collect();
        // Each sale of the last part by itself, under the drawer of its cashier then.
        let mut naive: BTreeMap<DrawerNo, CashTotals> = BTreeMap::new();
        let whole = parts.iter().map(|(plans, _)| plans).chain([&last]);
        for (at, plans) in whole.enumerate() {
            let holders = Holders::after(&settings[at], &turns[..at]);
            for paper in day(plans, TaxMode::Inclusive) {
                for (by, cash) in fold(&[paper]).cash_by_cashier {
                    naive.entry(holders.drawer_of(by)).or_default().merge(&cash);
                }
            }
        }
        report.merge(&fold(&day(&last, TaxMode::Inclusive)));
        let cash = DrawerCash::of(&drawers, &turns, &report);
        let mut together = CashTotals::default();
        for drawer in &drawers {
            let own = cash.of_drawer(drawer.no);
            let there = naive.remove(&drawer.no).unwrap_or_default();
            prop_assert_eq!(&own, &there, "drawer {}", drawer.no.0);
            together.merge(&own);
        }
        prop_assert_eq!(together, report.cash);
    }

    #[test]
    fn the_differences_of_hand_overs_add_up_to_the_difference_of_the_day(
        shifts in proptest::collection::vec((plans(), -500..500_i64), 1..5),
        float in 0..50_000_i64,
    ) {
        let (mut whole, mut before) = (Report::empty(), CashTotals::default());
        whole.merge(&a_sale());
        let (mut received, mut counts) = (money(float), Vec::new());
        for (no, (plans, off)) in (2..).zip(&shifts) {
            whole.merge(&fold(&day(plans, TaxMode::Inclusive)));
            let counted = whole.cash.since(&before).expected(received) + money(*off);
            counts.push(handed_over(&whole, (&before, received), counted, cashier(no)));
            (received, before) = (counted, whole.cash.clone());
        }
        let steps: Vec<Step<'_>> = counts.iter().map(Step::Counted).collect();
        let hand_overs = hand_overs(&steps, &[]);
        let period = Period { in_drawers: Some(money(float)), ..period() };
        let declaration = Declaration::amount(received.or_zero() + money(77));
        let closure = with_closing(&whole, |closing| {
            close(Closing { period: &period, declaration: Some(&declaration), hand_overs: &hand_overs, ..closing })
        }).unwrap();
        let differences: Vec<Money> = closure.shares.iter().filter_map(CashShare::difference).collect();
        for (share, (_, off)) in closure.shares.iter().zip(&shifts) {
            prop_assert_eq!(share.difference(), Some(money(*off)));
        }
        prop_assert_eq!(differences.len(), shifts.len() + 1);
        prop_assert_eq!(differences.into_iter().sum::<Money>(), closure.difference().unwrap());
        let by_reason: Money = closure.over_short().iter().map(|sum| sum.over - sum.short).sum();
        prop_assert_eq!(by_reason, closure.difference().unwrap());
        // Without a count what was counted last and what came since stays.
        let uncounted = with_closing(&whole, |closing| {
            close(Closing { period: &period, hand_overs: &hand_overs, ..closing })
        }).unwrap();
        prop_assert_eq!(uncounted.float_left(), received);
    }
}
