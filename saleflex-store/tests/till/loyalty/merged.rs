//! What comes once a person comes once, whatever records the person has.

use saleflex_core::{ids::CustomerId, loyalty::ReferralPoints, quantity::Points};
use saleflex_store::customer::NewCustomer;

use super::{balance, club, whole};
use crate::support::shop::{ADMIN, Shop};

fn member(shop: &mut Shop, code: &str, born: Option<&str>) -> CustomerId {
    let mut new = NewCustomer::named(code, "Ada King");
    new.details.date_of_birth = born.map(|born| born.parse().unwrap());
    let id = shop.till.add_customer(&new).unwrap();
    shop.till.enrol(id).unwrap();
    id
}

fn days_later(shop: &mut Shop, days: i64) {
    shop.clock.advance(chrono::Duration::days(days));
    shop.log_in(ADMIN);
    shop.till.start_day().unwrap();
}

#[test]
fn a_birthday_that_was_given_under_a_merged_record_is_not_given_again() {
    let mut shop = club(|program| program.birthday = Points::new(50));
    shop.log_in(ADMIN);
    let (keeps, goes) = (member(&mut shop, "N1", None), member(&mut shop, "N2", Some("1990-04-08")));
    days_later(&mut shop, 2);
    assert_eq!((balance(&shop, keeps), balance(&shop, goes)), (Points::new(0), Points::new(50)));
    shop.till.merge_customers(keeps, goes).unwrap();
    days_later(&mut shop, 1);
    assert_eq!(balance(&shop, keeps), Points::new(50), "it was given yesterday");
    days_later(&mut shop, 364);
    assert_eq!(balance(&shop, keeps), Points::new(100), "another year");
    whole(&shop);
}

#[test]
fn somebody_who_was_brought_under_a_merged_record_is_not_brought_again() {
    for (referrer, referred) in [(100, 30), (100, 0), (0, 30)] {
        let points = ReferralPoints { referrer: Points::new(referrer), referred: Points::new(referred) };
        let mut shop = club(|program| program.referral = points);
        shop.log_in(ADMIN);
        let [by, also_by, new, also_new] = ["N1", "N2", "N3", "N4"].map(|code| member(&mut shop, code, None));
        shop.till.refer(new, by).unwrap();
        shop.till.merge_customers(also_new, new).unwrap();
        shop.till.merge_customers(also_by, by).unwrap();
        shop.till.refer(also_new, also_by).unwrap();
        assert_eq!(
            (balance(&shop, also_by), balance(&shop, also_new)),
            (Points::new(referrer), Points::new(referred))
        );
        whole(&shop);
    }
}

#[test]
fn whoever_is_brought_is_brought_once_also_where_nothing_is_given_for_being_brought() {
    let mut shop = club(|program| {
        program.referral =
            saleflex_core::loyalty::ReferralPoints { referrer: Points::new(100), referred: Points::ZERO };
    });
    let [other, new] = ["N1", "N2"].map(|code| {
        let id = shop.till.add_customer(&NewCustomer::named(code, "Ada King")).unwrap();
        shop.till.enrol(id).unwrap();
        id
    });
    let by = grace(&shop);
    shop.till.refer(new, by).unwrap();
    shop.till.refer(new, other).unwrap();
    assert_eq!((balance(&shop, by), balance(&shop, other)), (Points::new(600), Points::ZERO));
    whole(&shop);
}
