//! Drawers that go from one cashier to another: whose cash lies where, and whose difference it is.

use std::collections::BTreeSet;

use saleflex_core::{
    closure::{
        Closure, Declaration,
        drawer::{CountPurpose, DrawerNo, OverShortReason},
    },
    ids::CashierId,
    money::Money,
};
use saleflex_store::till::Amendment;

use super::{
    whole,
    work::{count, expected, two_drawers},
};
use crate::support::shop::{ADMIN, CASHIER, MANAGER, Shop, cash, float, minor, sell};

fn id(shop: &Shop, name: &str) -> CashierId {
    shop.till.cashiers().iter().find(|cashier| cashier.user_name == name).unwrap().id
}

fn sells(shop: &mut Shop, who: (&str, &str), code: &str) {
    shop.log_in(who);
    shop.execute(sell(code));
    shop.execute(cash());
}

fn hand_over(shop: &mut Shop, no: u8, to: &str, amount: i64) -> Money {
    let to = id(shop, to);
    let declared = Declaration {
        over_short: Some(OverShortReason::WrongChange),
        reason: Some("a busy hour".into()),
        ..Declaration::amount(minor(amount))
    };
    let counted =
        shop.till.count_drawer(DrawerNo(no), CountPurpose::HandOver { to }, &declared, None).unwrap();
    counted.difference()
}

fn works_from(shop: &Shop) -> [u8; 3] {
    ["ann", "mo", "ada"].map(|name| shop.till.drawer_of(id(shop, name)).unwrap().0)
}

/// Of each share: the drawer, who had it, what was received, expected and counted, and who got it.
fn shares(shop: &Shop, closure: &Closure) -> Vec<(u8, String, [i64; 3], Option<String>)> {
    let name = |id| shop.till.cashier(id).unwrap().user_name.clone();
    let told = closure.shares.iter().map(|share| {
        let figures = [share.received, share.expected, share.counted.unwrap_or_default()].map(Money::minor);
        (share.drawer.0, name(share.cashier), figures, share.handed_to.map(name))
    });
    told.collect()
}

#[test]
fn whoever_is_handed_one_of_several_drawers_works_from_it_from_then_on() {
    let mut shop = two_drawers();
    assert_eq!(works_from(&shop), [2, 1, 1]);
    sells(&mut shop, CASHIER, "A");
    assert_eq!(expected(&shop), [0, 2_250]);
    assert_eq!(hand_over(&mut shop, 2, "mo", 2_240), minor(-10));
    assert_eq!(works_from(&shop), [1, 2, 1]);
    sells(&mut shop, MANAGER, "D");
    sells(&mut shop, CASHIER, "A");
    sells(&mut shop, ADMIN, "A");
    assert_eq!(expected(&shop), [500, 14_240]);
    let mut shop = shop.restarted();
    assert_eq!((expected(&shop), works_from(&shop)), (vec![500, 14_240], [1, 2, 1]));
    shop.log_in(MANAGER);
    assert_eq!(count(&mut shop, 1, 500, None).unwrap(), minor(0));
    assert_eq!(count(&mut shop, 2, 14_200, None).unwrap(), minor(-40));
    let closure = shop.till.close_period(None, None).unwrap();
    assert_eq!(closure.difference(), Some(minor(-50)), "of the hand-over and of the closing");
    let [ann, mo] = ["ann", "mo"].map(str::to_owned);
    assert_eq!(
        shares(&shop, &closure),
        [(2, ann, [2_000, 2_250, 2_240], Some(mo.clone())), (2, mo, [2_240, 14_240, 14_200], None)]
    );
    let sums: Vec<_> = closure.over_short().iter().map(|sum| (sum.reason, sum.short.minor())).collect();
    assert_eq!(sums, [(None, 40), (Some(OverShortReason::WrongChange), 10)]);
    assert_eq!(works_from(&shop), [2, 1, 1], "the next day begins by the settings");
    whole(&shop.restarted());
}

#[test]
fn settings_that_name_others_at_a_drawer_move_nobodys_earlier_cash_along() {
    let mut shop = two_drawers();
    sells(&mut shop, MANAGER, "D");
    sells(&mut shop, CASHIER, "A");
    assert_eq!(expected(&shop), [12_000, 2_250]);
    let change = |shop: &mut Shop, no: usize, names: &[&str]| {
        shop.log_in(ADMIN);
        let mut settings = shop.till.settings().clone();
        settings.drawers[no].cashiers = names.iter().map(|name| id(shop, name)).collect();
        shop.till.change_settings(settings).unwrap();
    };
    change(&mut shop, 1, &["mo"]);
    assert_eq!((expected(&shop), works_from(&shop)), (vec![12_000, 2_250], [1, 2, 1]));
    sells(&mut shop, MANAGER, "A");
    sells(&mut shop, CASHIER, "A");
    assert_eq!(expected(&shop), [12_250, 2_500]);
    // A drawer that was handed on stays with its holder, until the settings say otherwise of either.
    hand_over(&mut shop, 2, "ann", 2_500);
    change(&mut shop, 0, &["ada"]);
    assert_eq!(works_from(&shop), [2, 1, 1], "nobody said anything new of the second");
    change(&mut shop, 1, &["mo", "ann"]);
    change(&mut shop, 1, &["mo"]);
    assert_eq!((expected(&shop), works_from(&shop)), (vec![12_250, 2_500], [1, 2, 1]));
    // What lay in a drawer that is taken away lies in the first.
    shop.log_in(ADMIN);
    let mut settings = shop.till.settings().clone();
    settings.drawers.truncate(1);
    shop.till.change_settings(settings).unwrap();
    assert_eq!(shop.till.drawers().unwrap()[0].cash.expected(minor(0)), minor(12_750));
    whole(&shop.restarted());
}

#[test]
fn a_till_with_one_drawer_has_in_it_what_the_period_before_left() {
    let mut shop = Shop::open();
    sells(&mut shop, CASHIER, "A");
    shop.log_in(MANAGER);
    let declared = Declaration { float_left: Some(minor(200)), ..Declaration::amount(minor(250)) };
    shop.till.close_period(Some(&declared), None).unwrap();
    assert_eq!(expected(&shop), [200]);
    sells(&mut shop, CASHIER, "A");
    assert_eq!(expected(&shop), [450]);
    let x = shop.till.x_report().unwrap();
    assert_eq!(x.period.expected_cash(&x.report), minor(450));
    assert_eq!(hand_over(&mut shop, 1, "mo", 450), minor(0));
}

#[test]
fn what_was_missing_at_a_hand_over_is_not_missing_once_more_where_nobody_counts_for_closing() {
    let mut shop = Shop::open();
    sells(&mut shop, CASHIER, "D");
    assert_eq!(hand_over(&mut shop, 1, "mo", 11_950), minor(-50));
    sells(&mut shop, MANAGER, "A");
    let closure = shop.till.close_period(None, None).unwrap();
    assert_eq!((closure.difference(), closure.float_left()), (None, minor(12_200)));
    let [ann, mo] = ["ann", "mo"].map(str::to_owned);
    assert_eq!(
        shares(&shop, &closure),
        [(1, ann, [0, 12_000, 11_950], Some(mo.clone())), (1, mo, [11_950, 12_200, 0], None)]
    );
    assert_eq!(expected(&shop), [12_200]);
    assert_eq!(expected(&shop.restarted()), [12_200]);
    let mut shop = two_drawers();
    let mut settings = shop.till.settings().clone();
    settings.closing.declaration_required = false;
    shop.till.change_settings(settings).unwrap();
    sells(&mut shop, CASHIER, "A");
    assert_eq!(hand_over(&mut shop, 2, "mo", 2_240), minor(-10));
    sells(&mut shop, MANAGER, "A");
    shop.till.close_period(None, None).unwrap();
    assert_eq!(expected(&shop), [0, 2_490]);
    let drawers: BTreeSet<_> = shop.till.drawers().unwrap().iter().map(|state| state.holder).collect();
    assert_eq!(drawers, BTreeSet::from([None]));
    whole(&shop.restarted());
}

/// Gives the drawers of the settings other people, or takes drawers away.
fn settings(shop: &mut Shop, change: impl FnOnce(&mut saleflex_core::settings::Settings)) {
    shop.log_in(ADMIN);
    let mut settings = shop.till.settings().clone();
    change(&mut settings);
    shop.till.change_settings(settings).unwrap();
}

#[test]
fn what_is_taken_after_the_settings_named_others_is_nobodys_who_had_the_drawer_before() {
    let mut shop = two_drawers();
    sells(&mut shop, CASHIER, "A");
    assert_eq!(hand_over(&mut shop, 2, "mo", 2_240), minor(-10));
    sells(&mut shop, MANAGER, "A");
    let ada = id(&shop, "ada");
    settings(&mut shop, |settings| settings.drawers[1].cashiers = [ada].into());
    let holders: Vec<_> = shop.till.drawers().unwrap().iter().map(|state| state.holder).collect();
    assert_eq!(holders, [None, None]);
    sells(&mut shop, ADMIN, "D");
    assert_eq!(expected(&shop), [0, 14_490]);
    shop.log_in(MANAGER);
    assert_eq!(count(&mut shop, 1, 0, None).unwrap(), minor(0));
    assert_eq!(count(&mut shop, 2, 14_000, None).unwrap(), minor(-490));
    let closure = shop.till.close_period(None, None).unwrap();
    let [ann, mo] = ["ann", "mo"].map(str::to_owned);
    assert_eq!(
        shares(&shop, &closure),
        [(2, ann, [2_000, 2_250, 2_240], Some(mo.clone())), (2, mo, [2_240, 2_490, 0], None)]
    );
    assert_eq!(closure.difference(), Some(minor(-500)));
    whole(&shop.restarted());
}

/// Two drawers and a third for everybody, where a period may be closed without a count.
fn three_drawers() -> Shop {
    let mut shop = two_drawers();
    settings(&mut shop, |settings| {
        let third = settings.drawers[0].clone();
        settings.drawers.push(saleflex_core::closure::drawer::Drawer { no: DrawerNo(3), ..third });
        settings.closing.declaration_required = false;
    });
    shop
}

#[test]
fn what_lay_in_a_drawer_that_is_taken_away_is_in_the_first_also_where_that_was_handed_on() {
    let mut shop = three_drawers();
    sells(&mut shop, CASHIER, "A");
    shop.log_in(MANAGER);
    shop.till.close_period(None, None).unwrap();
    assert_eq!(expected(&shop), [0, 2_250, 0]);
    assert_eq!(hand_over(&mut shop, 1, "ada", 0), minor(0));
    settings(&mut shop, |settings| drop(settings.drawers.remove(1)));
    sells(&mut shop, ADMIN, "A");
    assert_eq!(expected(&shop), [2_500, 0]);
    shop.log_in(MANAGER);
    let closure = shop.till.close_period(None, None).unwrap();
    let left: Money = closure.drawers.iter().map(|drawer| drawer.left).sum();
    assert_eq!((left, closure.float_left()), (minor(2_500), minor(2_500)));
    whole(&shop.restarted());
}

#[test]
fn a_drawer_that_is_taken_away_and_put_back_is_as_it_was() {
    let mut shop = three_drawers();
    sells(&mut shop, CASHIER, "A");
    assert_eq!(hand_over(&mut shop, 2, "mo", 2_240), minor(-10));
    let back = shop.till.settings().drawers[1].clone();
    settings(&mut shop, |settings| drop(settings.drawers.remove(1)));
    settings(&mut shop, |settings| settings.drawers.insert(1, back));
    assert_eq!(expected(&shop), [0, 2_240, 0]);
    whole(&shop.restarted());
}

#[test]
fn what_was_missing_in_a_drawer_that_is_taken_away_is_not_in_the_first() {
    let mut shop = three_drawers();
    sells(&mut shop, CASHIER, "A");
    assert_eq!(hand_over(&mut shop, 2, "mo", 2_240), minor(-10));
    sells(&mut shop, ADMIN, "D");
    settings(&mut shop, |settings| drop(settings.drawers.remove(1)));
    // With the 20.00 that the drawer began with.
    assert_eq!(expected(&shop), [14_240, 0]);
    shop.log_in(MANAGER);
    let closure = shop.till.close_period(None, None).unwrap();
    let left: Money = closure.drawers.iter().map(|drawer| drawer.left).sum();
    assert_eq!((left, closure.float_left()), (minor(14_240), minor(14_240)));
    assert_eq!(expected(&shop), [14_240, 0]);
    // Of two drawers the one that is left is not the one that was handed on.
    let mut shop = two_drawers();
    sells(&mut shop, CASHIER, "A");
    hand_over(&mut shop, 2, "mo", 2_240);
    settings(&mut shop, |settings| settings.drawers.truncate(1));
    shop.log_in(MANAGER);
    let closure = shop.till.close_period(Some(&Declaration::amount(minor(2_240))), None).unwrap();
    assert_eq!(closure.shares.last().unwrap().counted, None, "{:?}", closure.shares);
    assert_eq!(closure.difference(), Some(minor(-10)));
    whole(&shop.restarted());
}

#[test]
fn what_a_drawer_began_with_in_the_first_period_lies_in_the_first_once_it_is_taken_away() {
    let mut shop = two_drawers();
    sells(&mut shop, CASHIER, "A");
    assert_eq!(expected(&shop), [0, 2_250]);
    settings(&mut shop, |settings| settings.drawers.truncate(1));
    assert_eq!(expected(&shop), [2_250]);
    settings(&mut shop, |settings| settings.drawers.clear());
    assert_eq!(expected(&shop), [2_250]);
    shop.log_in(MANAGER);
    let closure = shop.till.close_period(Some(&Declaration::amount(minor(2_250))), None).unwrap();
    assert_eq!((closure.opening_cash, closure.difference()), (minor(2_000), Some(minor(0))));
    whole(&shop.restarted());
    // While the settings are made nobody works from a drawer.
    let mut shop = two_drawers();
    settings(&mut shop, |settings| settings.drawers.truncate(1));
    assert_eq!(expected(&shop), [0]);
}

#[test]
fn of_several_drawers_a_float_that_is_withdrawn_gives_back_what_lay_there_and_the_next_period_follows() {
    let mut shop = two_drawers();
    settings(&mut shop, |settings| settings.closing.declaration_required = false);
    sells(&mut shop, MANAGER, "D");
    shop.till.close_period(None, None).unwrap();
    assert_eq!(expected(&shop), [12_000, 2_000]);
    let first = shop.execute(float(10_000)).completed()[0].document().id;
    shop.log_in(CASHIER);
    let second = shop.approved(float(3_000)).completed()[0].document().id;
    assert_eq!(expected(&shop), [10_000, 3_000], "a float takes the place of what was left in its drawer");
    sells(&mut shop, MANAGER, "A");
    let closure = shop.till.close_period(None, None).unwrap();
    assert_eq!((closure.opening_cash, closure.expected_cash), (minor(13_000), minor(13_250)));
    // What was in the drawers at first, and what the open period begins with in each.
    for (amendment, opening, now) in [
        (Amendment::Withdraw(second), 12_000, [10_250, 2_000]),
        (Amendment::Withdraw(first), 14_000, [12_250, 2_000]),
        (Amendment::Reinstate(first), 12_000, [10_250, 2_000]),
        (Amendment::Reinstate(second), 13_000, [10_250, 3_000]),
    ] {
        let stands = shop.till.correct_closure(closure.number(), amendment, "twice".into(), None).unwrap();
        assert_eq!((stands.opening_cash, expected(&shop)), (minor(opening), now.to_vec()), "{amendment:?}");
    }
    whole(&shop.restarted());
}
