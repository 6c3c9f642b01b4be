//! Who decides: the hub or the till, and which of two rows of the hub.

use saleflex_sync::{
    till::TakenOver,
    wire::{Authority, Domain},
};
use serde_json::json;

use super::{Market, RATE, barcode, grace, id, parents, row, tea};
use crate::support::shop;

#[test]
fn what_the_hub_leaves_to_the_till_waits_until_the_hub_decides_again() {
    let mut market = Market::open();
    let leaves = |who| Some([(Domain::Catalog, who)].into());
    market.hub.authority = leaves(Authority::Terminal);
    market.change(parents().into_iter().chain([tea("2.50"), barcode(), grace("0532 111 22 33")]));
    market.pull();
    assert_eq!(market.take_over(), TakenOver { taken: 1, ..TakenOver::default() }, "the customer alone");
    assert_eq!(market.price(), None);
    market.hub.authority = None;
    market.pull();
    assert_eq!(market.take_over().taken, 0, "a hub that says nothing changes nothing");
    market.hub.authority = leaves(Authority::Gate);
    market.pull();
    assert_eq!(market.take_over().taken, 6);
    assert_eq!(market.price().as_deref(), Some("2.5"));
    market.hub.authority = leaves(Authority::Terminal);
    market.change([tea("3.00")]);
    market.pull();
    market.take_over();
    assert_eq!(market.price().as_deref(), Some("2.5"));
}

#[test]
fn what_a_till_keeps_for_itself_waits_whatever_the_hub_says() {
    let mut market = Market::open();
    market.hub.authority = Some([(Domain::Catalog, Authority::Gate)].into());
    market.change(parents().into_iter().chain([tea("2.50"), grace("0532 111 22 33")]));
    market.pull();
    let catalog = [Domain::Catalog];
    assert_eq!(
        market.take_over_but(&catalog),
        TakenOver { taken: 1, ..TakenOver::default() },
        "the customer"
    );
    assert_eq!(market.price(), None);
    market.take_over();
    assert_eq!(market.price().as_deref(), Some("2.5"), "nothing is lost when the till keeps it no more");
}

#[test]
fn of_two_departments_with_one_number_one_has_it_and_the_other_says_so() {
    let department = |of, name: &str| {
        row("department_main_groups", of, json!({"code": "55", "name": name, "fk_vat_id": id(RATE)}))
    };
    let (first, second) = (department(50, "Bread"), department(51, "Books"));
    for order in [[&first, &second], [&second, &first]] {
        let mut market = Market::open();
        market.change(parents());
        for one in order {
            market.change([one.clone()]);
            market.pull();
            market.take_over();
        }
        let named = |market: &Market| {
            let reference = market.till.catalog().reference();
            let found = reference.departments.iter().find(|one| one.no.0 == 55);
            found.map(|one| one.name.clone())
        };
        assert_eq!(named(&market).as_deref(), Some("Bread"), "in whatever order they came");
        let held = market.till.held_rows(shop::HUB, 10).unwrap();
        assert_eq!(held.len(), 1);
        assert_eq!((held[0].id, held[0].held_for.contains("Bread")), (id(51), true), "{held:?}");
        let book = json!({"code": "B", "name": "Atlas", "sale_price": "9.00", "fk_department_main_group_id": id(51)});
        market.change([row("products", 60, book)]);
        market.pull();
        market.take_over();
        assert_eq!(
            market.till.held_rows(shop::HUB, 10).unwrap().len(),
            2,
            "nothing of it is booked to the other"
        );
        let mut gone = first.clone();
        gone.is_deleted = true;
        market.change([gone]);
        market.pull();
        market.take_over();
        assert_eq!(named(&market).as_deref(), Some("Books"), "the number is free");
        assert!(market.till.held_rows(shop::HUB, 10).unwrap().is_empty());
    }
}
