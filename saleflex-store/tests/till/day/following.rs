//! What follows of a correction in the periods after it: what nobody counted goes on as the corrected books say, and what
//! was counted, when it was closed or when a drawer was handed on, as it was counted.

use std::collections::BTreeSet;

use saleflex_core::{
    closure::{
        Closure, Declaration, Refusal,
        drawer::{CountPurpose, Drawer, DrawerNo},
    },
    document::{CashMovementKind, Command},
    ids::{ClosureNumber, DocumentId},
    money::Money,
    settings::Settings,
};
use saleflex_store::{Error, till::Amendment};

use super::{
    whole,
    work::{count, expected, two_drawers},
};
use crate::support::shop::{ADMIN, CASHIER, MANAGER, Shop, cash, float, minor, sell};

/// A sale in cash by whoever is logged in.
fn sells(shop: &mut Shop, code: &str) {
    shop.execute(sell(code));
    shop.execute(cash());
}

fn floats(shop: &mut Shop, amount: i64) -> DocumentId {
    shop.approved(float(amount)).completed()[0].document().id
}

fn closes(shop: &mut Shop) -> Closure {
    shop.till.close_period(None, None).unwrap()
}

/// Hands a drawer to the cashier; answers what it differed by.
fn hands_on(shop: &mut Shop, no: u8, amount: i64) -> Money {
    let to = shop.till.cashiers().iter().find(|one| one.user_name == CASHIER.0).unwrap().id;
    let declared = Declaration::amount(minor(amount));
    let purpose = CountPurpose::HandOver { to };
    shop.till.count_drawer(DrawerNo(no), purpose, &declared, None).unwrap().difference()
}

/// Corrects a closed period; answers what lay in its drawers at first, with its corrections.
fn corrects(shop: &mut Shop, period: u32, amendment: Amendment) -> i64 {
    let stands = shop.till.correct_closure(ClosureNumber(period), amendment, "never brought".into(), None);
    stands.unwrap().opening_cash.minor()
}

/// What a closed period left by its corrections.
fn left(shop: &Shop, period: u32) -> i64 {
    let closure = shop.till.closure(ClosureNumber(period)).unwrap();
    shop.till.corrected(closure.number()).unwrap().float_left(&closure).minor()
}

/// A shop that closed a period over one drawer, with 120.00 in it, and has a second one with 20.00 since.
fn one_drawer_then_two() -> Shop {
    let mut shop = Shop::open();
    let ann = shop.till.on_duty().unwrap().id;
    shop.log_in(MANAGER);
    sells(&mut shop, "D");
    closes(&mut shop);
    settings(&mut shop, |settings| {
        let drawer = |no, cashiers, opening| Drawer { no: DrawerNo(no), cashiers, opening: minor(opening) };
        settings.drawers = vec![drawer(1, BTreeSet::new(), 0), drawer(2, BTreeSet::from([ann]), 2_000)];
    });
    shop
}

fn settings(shop: &mut Shop, change: impl FnOnce(&mut Settings)) {
    shop.log_in(ADMIN);
    let mut settings = shop.till.settings().clone();
    change(&mut settings);
    shop.till.change_settings(settings).unwrap();
    shop.log_in(MANAGER);
}

/// A manager at a till with one drawer. A float of 100.00 was declared that nobody brought, and 120.00 were sold.
fn with_a_float_that_nobody_brought() -> (Shop, DocumentId) {
    let mut shop = Shop::open();
    shop.log_in(MANAGER);
    let float = floats(&mut shop, 10_000);
    sells(&mut shop, "D");
    (shop, float)
}

/// The same at a till with two drawers that need not be counted: the float and the sale lie in the first, 20.00 in the
/// other one. The period is closed without a count.
fn two_with_a_float_that_nobody_brought() -> (Shop, DocumentId) {
    let mut shop = two_drawers();
    settings(&mut shop, |settings| settings.closing.declaration_required = false);
    let float = floats(&mut shop, 10_000);
    sells(&mut shop, "D");
    closes(&mut shop);
    assert_eq!(expected(&shop), [22_000, 2_000]);
    (shop, float)
}

#[test]
fn what_was_counted_at_a_hand_over_goes_on_whatever_is_corrected_of_the_periods_before() {
    let (mut shop, float) = with_a_float_that_nobody_brought();
    closes(&mut shop);
    assert_eq!(hands_on(&mut shop, 1, 12_000), minor(-10_000));
    sells(&mut shop, "A");
    let second = closes(&mut shop);
    // 220.00 and the sale of 2.50, less the 100.00 that were missing at the hand-over.
    assert_eq!((second.expected_cash, second.float_left()), (minor(22_250), minor(12_250)));
    assert_eq!(expected(&shop), [12_250]);
    assert_eq!(corrects(&mut shop, 1, Amendment::Withdraw(float)), 0);
    assert_eq!(expected(&shop), [12_250], "nothing is missing twice");
    assert_eq!((left(&shop, 1), left(&shop, 2)), (12_000, 12_250));
    let shop = shop.restarted();
    assert_eq!(expected(&shop), [12_250]);
    whole(&shop);
}

#[test]
fn whoever_received_a_drawer_answers_for_what_was_counted_whatever_is_corrected_afterwards() {
    let (mut shop, float) = with_a_float_that_nobody_brought();
    closes(&mut shop);
    assert_eq!(hands_on(&mut shop, 1, 12_000), minor(-10_000));
    corrects(&mut shop, 1, Amendment::Withdraw(float));
    let state = shop.till.drawers().unwrap().remove(0);
    assert_eq!((state.drawer.opening, state.received), (minor(22_000), minor(12_000)));
    sells(&mut shop, "A");
    assert_eq!(expected(&shop), [12_250]);
    let second = closes(&mut shop);
    assert_eq!((second.opening_cash, second.followed.len()), (minor(22_000), 0));
    assert_eq!((second.float_left(), left(&shop, 2)), (minor(12_250), 12_250));
    assert_eq!(expected(&shop), [12_250]);
    // What was corrected before the hand-over was known when it was counted.
    let (mut shop, float) = with_a_float_that_nobody_brought();
    closes(&mut shop);
    corrects(&mut shop, 1, Amendment::Withdraw(float));
    assert_eq!(hands_on(&mut shop, 1, 12_000), minor(0));
    sells(&mut shop, "A");
    let second = closes(&mut shop);
    assert_eq!((second.opening_cash, second.float_left()), (minor(12_000), minor(12_250)));
    corrects(&mut shop, 1, Amendment::Reinstate(float));
    assert_eq!((expected(&shop), left(&shop, 2)), (vec![12_250], 12_250));
    whole(&shop.restarted());
}

#[test]
fn a_document_of_the_period_in_which_a_drawer_was_handed_on_takes_nothing_from_what_was_counted() {
    let (mut shop, float) = with_a_float_that_nobody_brought();
    assert_eq!(hands_on(&mut shop, 1, 12_000), minor(-10_000));
    sells(&mut shop, "A");
    closes(&mut shop);
    assert_eq!(expected(&shop), [12_250]);
    assert_eq!(corrects(&mut shop, 1, Amendment::Withdraw(float)), 0);
    assert_eq!((expected(&shop), left(&shop, 1)), (vec![12_250], 12_250));
    whole(&shop.restarted());
}

#[test]
fn handing_on_one_of_several_drawers_stops_no_correction_of_the_others() {
    let (mut shop, float) = two_with_a_float_that_nobody_brought();
    assert_eq!(hands_on(&mut shop, 2, 2_000), minor(0));
    corrects(&mut shop, 1, Amendment::Withdraw(float));
    assert_eq!(expected(&shop), [12_000, 2_000], "nobody counted the first");
    let sale = |shop: &mut Shop| {
        shop.execute(sell("A"));
        shop.execute(cash()).completed()[0].document().id
    };
    let of_first = sale(&mut shop);
    shop.log_in(CASHIER);
    let of_second = sale(&mut shop);
    shop.log_in(MANAGER);
    let second = closes(&mut shop);
    assert_eq!((second.opening_cash, second.float_left()), (minor(14_000), minor(14_500)));
    // Of the period itself: what nobody counted follows, what was counted when it was handed on goes on.
    corrects(&mut shop, 2, Amendment::Withdraw(of_first));
    assert_eq!((expected(&shop), left(&shop, 2)), (vec![12_000, 2_250], 14_250));
    corrects(&mut shop, 2, Amendment::Withdraw(of_second));
    assert_eq!((expected(&shop), left(&shop, 2)), (vec![12_000, 2_250], 14_250));
    corrects(&mut shop, 1, Amendment::Reinstate(float));
    assert_eq!((expected(&shop), left(&shop, 2)), (vec![22_000, 2_250], 24_250));
    let shop = shop.restarted();
    assert_eq!((expected(&shop), left(&shop, 2)), (vec![22_000, 2_250], 24_250));
    whole(&shop);
}

#[test]
fn a_drawer_that_was_counted_for_closing_is_counted_again_where_what_should_lie_there_was_corrected() {
    let (mut shop, float) = two_with_a_float_that_nobody_brought();
    sells(&mut shop, "A");
    assert_eq!(count(&mut shop, 1, 22_250, None).unwrap(), minor(0));
    assert_eq!(count(&mut shop, 2, 2_000, None).unwrap(), minor(0));
    assert_eq!(shop.till.drawers_to_count().unwrap(), []);
    corrects(&mut shop, 1, Amendment::Withdraw(float));
    assert_eq!(expected(&shop), [12_250, 2_000]);
    assert_eq!(shop.till.drawers_to_count().unwrap(), [DrawerNo(1)]);
    let refused = shop.till.close_period(None, None);
    let drawer = DrawerNo(1);
    assert!(
        matches!(refused, Err(Error::NotClosed(Refusal::DrawerNotCounted { drawer: no })) if no == drawer),
        "{refused:?}"
    );
    assert_eq!(count(&mut shop, 1, 12_250, None).unwrap(), minor(0));
    let closure = closes(&mut shop);
    assert_eq!((closure.opening_cash, closure.difference()), (minor(14_000), Some(minor(0))));
    assert_eq!(closure.followed.into_iter().collect::<Vec<_>>(), [(drawer, minor(-10_000))]);
    whole(&shop.restarted());
}

#[test]
fn what_followed_in_a_drawer_into_which_a_float_came_is_there_again_without_the_float() {
    let (mut shop, never) = with_a_float_that_nobody_brought();
    closes(&mut shop);
    corrects(&mut shop, 1, Amendment::Withdraw(never));
    let float = floats(&mut shop, 5_000);
    sells(&mut shop, "A");
    let second = closes(&mut shop);
    assert_eq!((second.opening_cash, second.followed.len()), (minor(5_000), 0));
    // 120.00 lay there, and 2.50 were sold.
    assert_eq!(corrects(&mut shop, 2, Amendment::Withdraw(float)), 12_000);
    assert_eq!((expected(&shop), left(&shop, 2)), (vec![12_250], 12_250));
    assert_eq!(corrects(&mut shop, 2, Amendment::Reinstate(float)), 5_000);
    assert_eq!(expected(&shop), [5_250]);
    // What was said of the opening while the float was there was said of the float.
    assert_eq!(corrects(&mut shop, 2, Amendment::OpeningCash(minor(4_900))), 4_900);
    assert_eq!(corrects(&mut shop, 2, Amendment::Withdraw(float)), 12_000);
    whole(&shop.restarted());
}

#[test]
fn of_several_drawers_what_followed_is_there_again_without_the_float_that_came_in_its_place() {
    let (mut shop, never) = two_with_a_float_that_nobody_brought();
    let float = floats(&mut shop, 5_000);
    sells(&mut shop, "A");
    closes(&mut shop);
    assert_eq!(expected(&shop), [5_250, 2_000]);
    corrects(&mut shop, 1, Amendment::Withdraw(never));
    assert_eq!(expected(&shop), [5_250, 2_000], "the float took its place");
    // 120.00 and 20.00 lay there, and 2.50 were sold.
    assert_eq!(corrects(&mut shop, 2, Amendment::Withdraw(float)), 14_000);
    assert_eq!((expected(&shop), left(&shop, 2)), (vec![12_250, 2_000], 14_250));
    assert_eq!(corrects(&mut shop, 2, Amendment::Reinstate(float)), 7_000);
    assert_eq!(expected(&shop), [5_250, 2_000]);
    whole(&shop.restarted());
}

#[test]
fn a_float_gives_back_what_lay_there_also_where_the_period_before_had_one_drawer() {
    let mut shop = one_drawer_then_two();
    assert_eq!(expected(&shop), [12_000, 2_000]);
    let float = floats(&mut shop, 5_000);
    sells(&mut shop, "A");
    assert_eq!(closes(&mut shop).opening_cash, minor(7_000));
    assert_eq!(corrects(&mut shop, 2, Amendment::Withdraw(float)), 14_000);
    assert_eq!((expected(&shop), left(&shop, 2)), (vec![12_250, 2_000], 14_250));
    whole(&shop.restarted());
}

#[test]
fn what_lay_in_a_drawer_of_a_closed_period_is_told_by_the_drawers_of_then() {
    let mut shop = two_drawers();
    settings(&mut shop, |settings| settings.closing.declaration_required = false);
    sells(&mut shop, "D");
    closes(&mut shop);
    floats(&mut shop, 10_000);
    shop.log_in(CASHIER);
    let second = floats(&mut shop, 3_000);
    shop.log_in(MANAGER);
    sells(&mut shop, "A");
    assert_eq!(closes(&mut shop).opening_cash, minor(13_000));
    settings(&mut shop, |settings| settings.drawers.clear());
    assert_eq!(expected(&shop), [13_250]);
    // 30.00 were declared in place of 20.00.
    assert_eq!(corrects(&mut shop, 2, Amendment::Withdraw(second)), 12_000);
    assert_eq!(expected(&shop), [12_250]);
    whole(&shop.restarted());
    // What follows in the first drawer does so whatever becomes of the one with the float.
    let (mut shop, never) = two_with_a_float_that_nobody_brought();
    shop.log_in(CASHIER);
    floats(&mut shop, 3_000);
    shop.log_in(MANAGER);
    sells(&mut shop, "A");
    assert_eq!(closes(&mut shop).opening_cash, minor(25_000));
    corrects(&mut shop, 1, Amendment::Withdraw(never));
    let opening = |shop: &Shop| shop.till.corrected(ClosureNumber(2)).unwrap().opening_cash;
    assert_eq!(opening(&shop), minor(15_000));
    settings(&mut shop, |settings| settings.drawers.clear());
    assert_eq!(opening(&shop), minor(15_000));
    assert_eq!(expected(&shop), [15_250]);
}

#[test]
fn what_was_said_of_the_opening_of_one_drawer_is_not_said_of_a_float_that_counts_again() {
    let (mut shop, never) = with_a_float_that_nobody_brought();
    closes(&mut shop);
    corrects(&mut shop, 1, Amendment::Withdraw(never));
    let float = floats(&mut shop, 5_000);
    sells(&mut shop, "A");
    closes(&mut shop);
    assert_eq!(corrects(&mut shop, 2, Amendment::Withdraw(float)), 12_000);
    assert_eq!(corrects(&mut shop, 2, Amendment::OpeningCash(minor(12_100))), 12_100);
    assert_eq!(expected(&shop), [12_350]);
    assert_eq!(corrects(&mut shop, 2, Amendment::Reinstate(float)), 5_000);
    assert_eq!((expected(&shop), left(&shop, 2)), (vec![5_250], 5_250));
    whole(&shop.restarted());
}

#[test]
fn of_several_drawers_what_was_said_of_the_opening_was_said_with_what_followed_by_then() {
    // Said while the float was there: 69.00 are 1.00 less than the float of 50.00 and the 20.00 of the other drawer.
    let (mut shop, never) = two_with_a_float_that_nobody_brought();
    let float = floats(&mut shop, 5_000);
    sells(&mut shop, "A");
    closes(&mut shop);
    corrects(&mut shop, 1, Amendment::Withdraw(never));
    assert_eq!(corrects(&mut shop, 2, Amendment::OpeningCash(minor(6_900))), 6_900);
    // 120.00 lay where the float lies: 69.00 + 120.00 - 50.00.
    assert_eq!(corrects(&mut shop, 2, Amendment::Withdraw(float)), 13_900);
    assert_eq!((expected(&shop), left(&shop, 2)), (vec![12_150, 2_000], 14_150));
    // What is corrected afterwards of the period before takes nothing from what was said.
    corrects(&mut shop, 1, Amendment::Reinstate(never));
    assert_eq!(expected(&shop), [12_150, 2_000]);
    assert_eq!(corrects(&mut shop, 2, Amendment::Reinstate(float)), 6_900);
    assert_eq!(expected(&shop), [5_150, 2_000]);
    whole(&shop.restarted());
    // Said after the float went: 141.00 are 1.00 more than the 120.00 and 20.00 that lay there.
    let (mut shop, never) = two_with_a_float_that_nobody_brought();
    let float = floats(&mut shop, 5_000);
    sells(&mut shop, "A");
    closes(&mut shop);
    corrects(&mut shop, 1, Amendment::Withdraw(never));
    assert_eq!(corrects(&mut shop, 2, Amendment::Withdraw(float)), 14_000);
    assert_eq!(corrects(&mut shop, 2, Amendment::OpeningCash(minor(14_100))), 14_100);
    assert_eq!(expected(&shop), [12_350, 2_000]);
    assert_eq!(corrects(&mut shop, 2, Amendment::Reinstate(float)), 7_100);
    assert_eq!((expected(&shop), left(&shop, 2)), (vec![5_350, 2_000], 7_350));
    whole(&shop.restarted());
}

#[test]
fn a_float_beside_a_drawer_below_nothing_leaves_a_closed_period_as_it_is_until_another_correction() {
    let mut shop = two_drawers();
    settings(&mut shop, |settings| settings.closing.declaration_required = false);
    shop.execute(sell("D"));
    let sale = shop.execute(cash()).completed()[0].document().id;
    let kind = CashMovementKind::PaidOut;
    shop.approved(Command::MoveCash { kind, amount: minor(5_000), reason: "bread".to_owned() });
    closes(&mut shop);
    assert_eq!(expected(&shop), [7_000, 2_000]);
    corrects(&mut shop, 1, Amendment::Withdraw(sale));
    assert_eq!(expected(&shop), [-5_000, 2_000]);
    shop.log_in(CASHIER);
    floats(&mut shop, 4_000);
    assert_eq!(expected(&shop), [0, 4_000], "less than nothing lies nowhere where somebody counted a float");
    shop.log_in(MANAGER);
    sells(&mut shop, "A");
    assert_eq!(closes(&mut shop).opening_cash, minor(4_000));
    assert_eq!((left(&shop, 2), expected(&shop)), (4_250, vec![250, 4_000]));
    whole(&shop.restarted());
}

#[test]
fn what_lay_in_a_drawer_by_the_settings_of_then_is_known_where_its_opening_alone_was_changed() {
    let mut shop = one_drawer_then_two();
    settings(&mut shop, |settings| settings.drawers[1].opening = minor(5_000));
    assert_eq!(expected(&shop), [12_000, 5_000]);
    let float = floats(&mut shop, 5_000);
    sells(&mut shop, "A");
    assert_eq!(closes(&mut shop).opening_cash, minor(10_000));
    // 120.00 lay where the float lies.
    assert_eq!(corrects(&mut shop, 2, Amendment::Withdraw(float)), 17_000);
    assert_eq!((expected(&shop), left(&shop, 2)), (vec![12_250, 5_000], 17_250));
    whole(&shop.restarted());
}
