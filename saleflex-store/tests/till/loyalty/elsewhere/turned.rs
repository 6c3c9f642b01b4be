//! Who keeps the points turns, or whose they are.

use saleflex_core::{
    document::Command,
    ids::CustomerId,
    loyalty::{LoyaltyChange, Mode, PointsKind},
    quantity::Points,
};
use saleflex_store::{customer::NewCustomer, request::Note};

use super::{EXTERNAL, GATE, Keeper, LIMIT, begun, change_program, kept_by, redeem};
use crate::{
    loyalty::{club, grace, sold, whole},
    support::shop::{ADMIN, Shop, cash, suspend},
};

/// A parked sale of Grace's that holds 100 points which the till kept itself, and somebody else keeps since.
fn held_before(mode: Mode, keeper: &Keeper) -> Shop {
    let mut shop = club(|_| ());
    begun(&mut shop);
    redeem(&mut shop, 100).unwrap();
    shop.execute(suspend());
    change_program(&mut shop, |program| program.mode = mode);
    shop.till.set_points_authority(Some(Box::new(keeper.clone())));
    shop
}

/// What the till booked as redeemed.
fn redeemed(shop: &Shop, id: CustomerId) -> Vec<i64> {
    let rows = shop.till.point_movements(id, 100).unwrap();
    rows.iter().filter(|row| row.kind == PointsKind::Redeemed).map(|row| row.points.get()).collect()
}

#[test]
fn points_that_a_sale_held_while_the_till_kept_them_are_settled_once_with_whoever_keeps_them_since() {
    for (mode, more) in [(GATE, 0), (GATE, 50), (EXTERNAL, 0), (EXTERNAL, 50)] {
        let keeper = Keeper::with(900);
        let mut shop = held_before(mode, &keeper);
        let (id, spent) = (grace(&shop), 100 + more);
        shop.till.resume(shop.till.suspended().unwrap()[0].id).unwrap();
        if more > 0 {
            redeem(&mut shop, more).unwrap();
            assert_eq!(keeper.held(), spent, "all that the sale redeems by now");
        }
        let done = shop.execute(cash());
        assert_eq!(redeemed(&shop, id), [-spent], "{mode:?}, {more} more");
        assert_eq!(shop.till.membership(id).unwrap().unwrap().held(), Points::ZERO);
        // A hub hears of it by the sale, which carries what was booked.
        let booked = |change: &&LoyaltyChange| matches!(change, LoyaltyChange::PointsBooked { .. });
        assert_eq!(done.effects().loyalty.iter().filter(booked).count(), 2, "redeemed and earned");
        assert!(done.effects().travel());
        let earned = shop.till.points_of(done.completed()[0].document().id).unwrap().unwrap().earned.get();
        let told = if mode == EXTERNAL { vec![("sale", earned, spent)] } else { Vec::new() };
        assert_eq!(keeper.told(), told);
        if mode == EXTERNAL {
            let left = Points::new(900 + earned - spent);
            assert_eq!((keeper.held(), shop.till.points_balance(id).unwrap()), (0, Some(left)));
        }
        whole(&shop);
    }
}

#[test]
fn points_that_a_sale_held_while_the_till_kept_them_are_cut_to_the_limit_while_whoever_keeps_them_since_is_away()
 {
    let keeper = Keeper::with(900);
    keeper.be_away(true);
    let mut shop = held_before(GATE, &keeper);
    let id = grace(&shop);
    assert_eq!(begun(&mut shop), [Note::PointsAway { most: Points::ZERO }], "the parked sale holds more");
    shop.execute(Command::Cancel { reason: None });
    shop.till.resume(shop.till.suspended().unwrap()[0].id).unwrap();
    assert_eq!(shop.till.draft().unwrap().redeemed_points(), LIMIT);
    shop.execute(cash());
    assert_eq!(redeemed(&shop, id), [-LIMIT.get()]);
    assert_eq!(shop.till.membership(id).unwrap().unwrap().held(), Points::ZERO);
    whole(&shop);
}

#[test]
fn what_was_said_of_two_records_that_become_one_counts_no_longer_until_whoever_keeps_the_points_is_asked_anew()
 {
    let keeper = Keeper::with(552);
    let mut shop = kept_by(GATE, &keeper);
    shop.log_in(ADMIN);
    let (id, other) =
        (grace(&shop), shop.till.add_customer(&NewCustomer::named("N1", "Ida Rhodes")).unwrap());
    shop.till.enrol(other).unwrap();
    shop.till.grant_points(other, Points::new(50), false, "late delivery", None).unwrap();
    sold(&mut shop, other, "4", 20);
    // The other one has made them one already, and says so.
    begun(&mut shop);
    shop.execute(Command::Cancel { reason: None });
    assert_eq!(shop.till.points_balance(id).unwrap(), Some(Points::new(552)));
    shop.till.take_over_merge(id, other).unwrap();
    assert_eq!(shop.till.points_elsewhere(id).unwrap(), Some((GATE, None)));
    let booked = shop.till.membership(id).unwrap().unwrap().balance();
    assert!(booked > Points::new(500));
    assert_eq!(shop.till.points_balance(id).unwrap(), Some(booked), "as far as it is known here");
    let disk = rusqlite::Connection::open(shop.path()).unwrap();
    let left = |table: &str| {
        let sql = format!("SELECT count(*) FROM {table} WHERE customer = ?1");
        disk.query_row(&sql, [other.uuid().as_bytes().as_slice()], |row| row.get::<_, i64>(0)).unwrap()
    };
    assert_eq!((left("points_elsewhere"), left("points_leave")), (0, 0));
    begun(&mut shop);
    assert_eq!(shop.till.points_balance(id).unwrap(), Some(Points::new(552)));
    shop.execute(Command::Cancel { reason: None });
    whole(&shop);
}
