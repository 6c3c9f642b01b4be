//! Rows that fit beside what is here and not beside one another, in one page.

use saleflex_core::{customer::Standing, ids::CustomerId};
use saleflex_sync::{till::TakenOver, wire::Domain};
use serde_json::json;

use super::{CAMPAIGN, Market, campaign, grace, id, row};
use crate::support::shop;

const COUPONS: u128 = 300;

#[test]
fn of_two_people_with_one_telephone_one_waits_and_the_others_and_the_settings_are_taken() {
    let mut market = Market::open();
    let mut people = vec![grace("0532 111 22 33")];
    let person = |of: u128, phone: &str| {
        row("customers", of, json!({"name": "Ada", "last_name": "King", "phone_number": phone}))
    };
    people.push(person(501, "0532 111 22 33"));
    people.extend((502..520).map(|of| person(of, &format!("0532 000 00 {}", of - 400))));
    market.change(people);
    let terminal = market.till.identity().terminal.uuid();
    market.change([row("till_settings", terminal.as_u128(), json!({"suspended_days": 7}))]);
    market.pull();
    let taken = market.take_over();
    assert_eq!((taken.taken, taken.held), (20, 1), "{:?}", market.till.held_rows(shop::HUB, 10));
    assert_eq!(market.till.find_customers("Hopper", 10).unwrap().len(), 1);
    let held = market.till.held_rows(shop::HUB, 10).unwrap();
    assert_eq!(held[0].id, id(501), "the one that came later");
    assert_eq!(market.take_over(), TakenOver { held: 1, ..TakenOver::default() });
}

#[test]
fn of_three_coupons_of_which_two_are_alike_one_waits() {
    let mut market = Market::open();
    market.change(campaign("10.00"));
    let coupon = |of: u128, code: &str| {
        let named = json!({
            "code": code, "name": code, "fk_campaign_id": id(CAMPAIGN), "coupon_type": "SINGLE_USE", "is_active": true,
        });
        row("coupons", of, named)
    };
    market.change([coupon(COUPONS, "abc"), coupon(COUPONS + 1, "other"), coupon(COUPONS + 2, "ABC")]);
    market.pull();
    market.take_over();
    let held = market.till.held_rows(shop::HUB, 10).unwrap();
    assert_eq!(held.iter().map(|row| row.id).collect::<Vec<_>>(), [id(COUPONS + 2)], "{held:?}");
    for code in ["abc", "other"] {
        assert!(market.till.find_coupon(code).unwrap().is_some(), "{code}");
    }
}

#[test]
fn who_was_erased_elsewhere_is_erased_at_a_till_that_keeps_its_customers_too() {
    let mut market = Market::open();
    market.change([grace("0532 111 22 33")]);
    market.pull();
    market.take_over();
    let grace = market.till.find_customers("Hopper", 10).unwrap()[0].id;
    let mut erased = row("customers", grace.uuid().as_u128(), json!({"is_erased": true}));
    erased.is_deleted = true;
    let other = row("customers", 501, json!({"name": "Ada", "last_name": "King"}));
    market.change([other, erased]);
    market.pull();
    let kept = [Domain::Customers];
    assert_eq!(market.take_over_but(&kept), TakenOver { taken: 1, ..TakenOver::default() }, "that alone");
    let record = market.till.person(grace).unwrap().unwrap();
    assert!(matches!(record.standing, Standing::Erased { .. }), "{:?}", record.standing);
    assert!(market.till.person(CustomerId::new(id(501))).unwrap().is_none());
    assert_eq!(market.take_over_but(&kept), TakenOver::default());
}

#[test]
fn two_records_that_another_till_made_one_are_one_here_though_one_was_not_known() {
    let mut market = Market::open();
    let phone = "0532 111 22 33";
    market.change([grace(phone)]);
    market.pull();
    market.take_over();
    let goes = market.till.find_customers("Hopper", 10).unwrap()[0].id;
    let stays = CustomerId::new(id(501));
    let murray = json!({"name": "Grace", "last_name": "Murray", "phone_number": phone});
    let mut gone = grace(phone);
    gone.is_deleted = true;
    gone.row.insert("merged_into".to_owned(), json!(id(501)));
    // As a hub writes them: the one that stays has the number at once.
    market.change([row("customers", 501, murray), gone]);
    market.pull();
    assert_eq!(market.take_over(), TakenOver { taken: 1, held: 1, ..TakenOver::default() });
    let record = market.till.person(goes).unwrap().unwrap();
    assert_eq!(record.standing, Standing::Merged { into: stays });
    assert_eq!(market.take_over(), TakenOver { taken: 1, ..TakenOver::default() }, "the number is free");
    assert_eq!(market.till.find_customers("Murray", 10).unwrap()[0].id, stays);
    let key = market.till.person(stays).unwrap().unwrap().phone_key.map(|key| key.as_str().to_owned());
    assert!(key.is_some_and(|key| key.ends_with("5321112233")));
    assert_eq!(market.take_over(), TakenOver::default());
}
