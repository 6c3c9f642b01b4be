//! The same of points that come by joining and go by running out.

use chrono::TimeDelta;
use saleflex_core::quantity::Points;

use super::member;
use crate::support::{
    shop::{self, ADMIN, Shop, cash, sell, sell_some},
    stopping::{stop_everywhere, stop_in_stages},
};

/// A shop that welcomes with twenty points, good for a day, and whose customer is no member yet.
fn welcoming() -> Shop {
    let mut setup = shop::setup_with_points();
    setup.customers[0].points = None;
    setup.programs[0].welcome = Points::new(20);
    setup.programs[0].expiry_days = Some(1);
    let mut shop = Shop::with(setup);
    shop.log_in(ADMIN);
    shop.till.add_connector("gate").unwrap();
    shop
}

fn balance(shop: &Shop) -> Option<i64> {
    let membership = shop.till.membership(member(shop)).unwrap();
    membership.map(|membership| membership.balance().get())
}

#[test]
fn joining_on_a_sale_and_by_hand_with_a_welcome() {
    let mut shop = welcoming();
    let id = member(&shop);
    assert_eq!(balance(&shop), None);
    shop.execute(sell("A"));
    stop_everywhere(shop, |shop| {
        shop.till.assign_customer(Some(id)).unwrap();
        assert_eq!(balance(shop), Some(20));
    });
    stop_everywhere(welcoming(), |shop| {
        shop.till.enrol(id).unwrap();
        assert_eq!(balance(shop), Some(20));
    });
}

#[test]
fn points_that_run_out_as_a_day_begins() {
    let mut shop = welcoming();
    let id = member(&shop);
    shop.execute(sell_some("A", "4"));
    shop.till.assign_customer(Some(id)).unwrap();
    shop.execute(cash());
    assert!(balance(&shop).is_some_and(|points| points > 20));
    shop.clock.advance(TimeDelta::days(3));
    let stages = stop_in_stages(shop, |shop| {
        shop.till.start_day().unwrap();
        assert_eq!(balance(shop), Some(0));
    });
    assert_eq!(stages, 1, "what a day brings to one is one entry");
}
