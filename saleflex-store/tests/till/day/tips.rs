//! Tips: whose they are, and how those of a period are shared out.

use std::collections::BTreeMap;

use chrono::Duration;
use saleflex_core::{
    cashier::tip_pool::TipRule,
    closure::{CashierWork, Declaration},
    document::{CashMovementKind, Command, Refusal, TakeTender},
    ids::{CashierId, ClosureNumber},
    money::Money,
    settings::Settings,
    tender::{TenderKind, Tip, TipKind},
};
use saleflex_store::{Error, till::Amendment};

use super::whole;
use crate::support::shop::{ADMIN, CASHIER, MANAGER, Shop, minor, sell};

const FIRST: ClosureNumber = ClosureNumber(1);

/// Sells something by card, with a tip.
fn tipped(shop: &mut Shop, tip: i64) {
    shop.execute(sell("A"));
    let tip = Some(Tip { amount: minor(tip), kind: TipKind::Card });
    let tender = TakeTender { tip, ..TakeTender::balance(TenderKind::CreditCard) };
    shop.execute(Command::TakeTender(tender));
}

fn train(shop: &mut Shop, training: bool) {
    shop.log_in(ADMIN);
    let settings = Settings { training, ..shop.till.settings().clone() };
    shop.till.change_settings(settings).unwrap();
    shop.log_in(CASHIER);
}

/// Ann and Mo, each with a point.
fn both(shop: &Shop) -> BTreeMap<CashierId, u32> {
    let ann = shop.till.cashiers().into_iter().find(|one| one.user_name == CASHIER.0).unwrap().id;
    BTreeMap::from([(ann, 1), (shop.manager.id, 1)])
}

/// What Ann has and what Mo has.
fn of_each(shop: &Shop, amounts: impl Fn(CashierId) -> Money) -> [Money; 2] {
    let mo = shop.manager.id;
    let ann = both(shop).into_keys().find(|id| *id != mo).unwrap();
    [ann, mo].map(amounts)
}

fn of_ids(shop: &Shop) -> [CashierId; 2] {
    let mo = shop.manager.id;
    [both(shop).into_keys().find(|id| *id != mo).unwrap(), mo]
}

#[test]
fn tips_of_training_are_nobodys_and_never_shared_out() {
    let mut shop = Shop::open();
    tipped(&mut shop, 300);
    train(&mut shop, true);
    tipped(&mut shop, 5_000);
    train(&mut shop, false);
    let people = both(&shop);
    let pool = shop.till.tip_pool(FIRST, &people).unwrap();
    let own = |id| pool.iter().find(|one| one.cashier == id).unwrap().own;
    assert_eq!(of_each(&shop, own), [minor(300), minor(0)]);
    assert_eq!(shop.till.tips_left(FIRST).unwrap(), minor(300));
    let approval = shop.approval();
    let shared = shop.till.distribute_tips(FIRST, TipRule::Own, &people, Some(approval)).unwrap();
    assert_eq!(of_each(&shop, |id| shared.shared.shares[&id]), [minor(300), minor(0)]);
    whole(&shop);
}

#[test]
fn only_hours_within_the_period_weigh_and_the_shares_add_up() {
    let mut shop = Shop::open();
    tipped(&mut shop, 1_001);
    shop.clock.advance(Duration::minutes(90));
    shop.log_in(MANAGER);
    shop.clock.advance(Duration::minutes(30));
    shop.till.close_period(Some(&Declaration::amount(minor(0))), None).unwrap();
    // The same day, and the next period: neither the hours nor the tip are those of the first.
    shop.clock.advance(Duration::hours(5));
    tipped(&mut shop, 700);
    let people = both(&shop);
    let pool = shop.till.tip_pool(FIRST, &people).unwrap();
    assert_eq!(pool.iter().map(|one| one.worked_min).max(), Some(90));
    let shared = shop.till.distribute_tips(FIRST, TipRule::Hours, &people, None).unwrap().shared;
    assert_eq!(of_each(&shop, |id| shared.shares[&id]), [minor(751), minor(250)]);
    assert_eq!((shared.distributed(), shared.undistributed), (minor(1_001), minor(0)));
    assert_eq!(shop.till.tips_left(FIRST).unwrap(), minor(0));
    assert_eq!(shop.till.tips_left(ClosureNumber(2)).unwrap(), minor(700));
    whole(&shop);
}

#[test]
fn a_closure_keeps_who_worked_when_and_what_was_shared_out_until_then() {
    let mut shop = Shop::open();
    tipped(&mut shop, 400);
    let people = both(&shop);
    let approval = shop.approval();
    shop.till.distribute_tips(FIRST, TipRule::Even, &people, Some(approval)).unwrap();
    tipped(&mut shop, 50);
    shop.clock.advance(Duration::minutes(30));
    let [ann, mo] = of_ids(&shop);
    let now = shop.till.now();
    let so_far = shop.till.x_staff(now).unwrap();
    assert_eq!((so_far.work[&ann].worked_min(), so_far.work[&ann].clock_out), (30, None));
    shop.till.log_out().unwrap();
    shop.clock.advance(Duration::minutes(60));
    shop.log_in(CASHIER);
    shop.clock.advance(Duration::minutes(15));
    shop.log_in(MANAGER);
    shop.clock.advance(Duration::minutes(5));
    let closure = shop.till.close_period(None, None).unwrap();
    let work = |id| closure.staff.work.get(&id).map(CashierWork::worked_min);
    assert_eq!([ann, mo].map(work), [Some(45), Some(5)]);
    assert_eq!(closure.staff.work[&mo].clock_out, Some(closure.closed_at));
    assert_eq!(closure.staff.tips_distributed, Some(minor(400)));
    // The next period begins with nobody's hours of this one.
    let now = shop.till.now();
    let next = shop.till.x_staff(now).unwrap();
    assert_eq!(next.work.keys().collect::<Vec<_>>(), [&mo]);
    assert_eq!((next.work[&mo].worked_min(), next.tips_distributed), (0, Some(minor(0))));
    whole(&shop);
}

#[test]
fn what_came_in_after_tips_were_shared_is_shared_as_well_and_nobody_gets_their_own_twice() {
    let mut shop = Shop::open();
    tipped(&mut shop, 400);
    let people = both(&shop);
    let share = |shop: &mut Shop, rule| {
        let approval = shop.approval();
        shop.till.distribute_tips(FIRST, rule, &people, Some(approval)).map(|one| one.shared)
    };
    assert_eq!(share(&mut shop, TipRule::Even).unwrap().distributed(), minor(400));
    tipped(&mut shop, 50);
    let own = share(&mut shop, TipRule::Own);
    assert!(matches!(own, Err(Error::TooManyTips { .. })), "Mo has half of what Ann took before: {own:?}");
    assert_eq!(share(&mut shop, TipRule::Even).unwrap().distributed(), minor(50));
    assert_eq!(share(&mut shop, TipRule::Even).unwrap().distributed(), minor(0));
}

#[test]
fn tips_of_a_copys_period_are_shared_once_whichever_of_its_two_numbers_is_named() {
    let mut shop = Shop::open();
    tipped(&mut shop, 400);
    shop.log_in(MANAGER);
    shop.till.begin_another_life().unwrap();
    let (people, closes_as) = (both(&shop), shop.till.period().closing_number());
    assert_eq!(closes_as, ClosureNumber(2));
    let shared = shop.till.distribute_tips(closes_as, TipRule::Even, &people, None).unwrap().shared;
    assert_eq!(shared.distributed(), minor(400));
    shop.till.close_period(Some(&Declaration::amount(minor(0))), None).unwrap();
    for number in [closes_as, FIRST] {
        assert_eq!(shop.till.tips_left(number).unwrap(), minor(0));
        let again = shop.till.distribute_tips(number, TipRule::Even, &people, None).unwrap().shared;
        assert_eq!(again.distributed(), minor(0));
    }
    assert_eq!(shop.till.tip_distributions(closes_as).unwrap().len(), 3);
    whole(&shop);
}

#[test]
fn the_tip_of_a_document_that_was_withdrawn_is_nobodys() {
    let mut shop = Shop::open();
    tipped(&mut shop, 400);
    shop.log_in(MANAGER);
    let sale = shop.till.documents(FIRST).unwrap()[0].id;
    shop.till.close_period(Some(&Declaration::amount(minor(0))), None).unwrap();
    shop.till.correct_closure(FIRST, Amendment::Withdraw(sale), "rung up twice".to_owned(), None).unwrap();
    let pool = shop.till.tip_pool(FIRST, &both(&shop)).unwrap();
    assert!(pool.iter().all(|one| one.own.is_zero()));
    assert_eq!(shop.till.tips_left(FIRST).unwrap(), minor(0));
}

#[test]
fn tips_that_are_shared_and_paid_out_in_one_step_leave_the_drawer_right() {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    let tip = Some(Tip { amount: minor(300), kind: TipKind::Cash });
    let tender = TakeTender { tip, ..TakeTender::balance(TenderKind::Cash) };
    shop.execute(Command::TakeTender(tender));
    let expected = |shop: &Shop| shop.till.drawers().unwrap()[0].expected();
    assert_eq!(expected(&shop), minor(550));
    let people = both(&shop);
    let pay_out =
        |shop: &mut Shop, approval| shop.till.pay_out_tips(FIRST, TipRule::Even, &people, "tips", approval);
    // Neither half is done without the other.
    let seq = shop.till.chain_head().seq;
    assert!(matches!(pay_out(&mut shop, None), Err(Error::Refused(Refusal::ApprovalNeeded { .. }))));
    shop.execute(sell("B"));
    let approval = shop.approval();
    let open = pay_out(&mut shop, Some(approval));
    assert!(matches!(open, Err(Error::Refused(Refusal::DocumentOpen { .. }))), "{open:?}");
    assert_eq!(shop.till.tips_left(FIRST).unwrap(), minor(300));
    shop.execute(Command::Cancel { reason: None });
    assert!(shop.till.chain_head().seq > seq);
    let approval = shop.approval();
    let (shared, paid) = pay_out(&mut shop, Some(approval)).unwrap();
    assert_eq!((shared.distributed(), shared.authority.approved_by), (minor(300), Some(shop.manager.id)));
    let movement = paid.unwrap().completed()[0].document().cash_movement.clone().unwrap();
    assert_eq!((movement.kind, movement.amount), (CashMovementKind::PaidOut, minor(300)));
    assert_eq!(movement.authority, shared.authority);
    assert_eq!((expected(&shop), shop.till.tips_left(FIRST).unwrap()), (minor(250), minor(0)));
    // Where nothing is left nothing is paid out.
    let approval = shop.approval();
    assert!(pay_out(&mut shop, Some(approval)).unwrap().1.is_none());
    let mut shop = shop.restarted();
    shop.log_in(MANAGER);
    let closure = shop.till.close_period(Some(&Declaration::amount(minor(250))), None).unwrap();
    assert_eq!((closure.difference(), closure.staff.tips_distributed), (Some(minor(0)), Some(minor(300))));
    whole(&shop);
}
