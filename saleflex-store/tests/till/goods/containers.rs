//! Deposits on bottles at the till: charged, paid out, kept through a power cut, and told by the closure.

use saleflex_core::{
    catalog::{CatalogChange, Product, ProductDetails},
    document::Refusal,
    ids::DocumentNumber,
};

use super::*;
use crate::support::shop::{goods as article, minor, setup};

/// A shop whose A comes in a bottle of 0.25.
fn with_bottles() -> Shop {
    with_bottles_of("A")
}

fn with_bottles_of(code: &str) -> Shop {
    let mut setup = setup();
    let bottle = ProductId::new(Uuid::from_u128(0xB0));
    setup.catalog.products.push(article(bottle, "BOTTLE", "0.25"));
    let container = Some(bottle);
    setup.catalog.details.push(ProductDetails { container, ..ProductDetails::none(product(code)) });
    Shop::with(setup)
}

fn empties(many: &str) -> Sell {
    Sell::TakeEmpties { entered: "BOTTLE".to_owned(), quantity: Some(quantity(many)) }
}

#[test]
fn a_sale_with_bottles_and_empties_survives_a_power_cut_and_counts_once() {
    let mut shop = with_bottles();
    let before = here(&shop, "A").on_hand;
    shop.execute(sell_some("A", "2"));
    let sale = shop.till.draft().unwrap().number;
    shop.execute(empties("4"));
    shop.execute(empties("2"));
    shop.execute(Sell::VoidEmpties { line: LineNo(2), reason: None });
    let mut shop = shop.restarted();
    shop.log_in(CASHIER);
    // 5.00 for A, 0.50 for its bottles, less 1.00.
    assert_eq!(shop.till.draft().unwrap().balance(), minor(450));
    let done = shop.execute(cash());
    let [returned, sold] = done.completed() else { panic!("both complete") };
    assert_eq!(sold.document().number, sale);
    assert_eq!(returned.document().number.receipt, sale.receipt + 1);
    assert_eq!(here(&shop, "A").on_hand, before - some(2));
    shop.check_whole();
    // The next document has a number that nobody used.
    shop.execute(sell("B"));
    assert_eq!(shop.till.draft().unwrap().number.receipt, sale.receipt + 2);
    shop.execute(cash());
    shop.log_in(MANAGER);
    let closure = shop.till.close_period(None, None).unwrap();
    let containers = &closure.report.containers;
    assert_eq!((containers.charged, containers.paid_out), (minor(50), minor(100)));
    shop.restarted().check_whole();
}

#[test]
fn empties_taken_back_leave_no_hole_in_the_numbers_and_parked_ones_wait() {
    let mut shop = with_bottles();
    shop.execute(sell("A"));
    let sale = shop.till.draft().unwrap().number;
    shop.execute(empties("1"));
    shop.execute(Sell::VoidEmpties { line: LineNo(1), reason: None });
    assert!(shop.till.draft().unwrap().exchange.is_none());
    let spent = DocumentNumber { receipt: sale.receipt + 1, ..sale };
    let leads_to = |shop: &Shop| shop.till.find_document(spent).unwrap().unwrap().document().number;
    assert_eq!(leads_to(&shop), sale);
    shop.execute(empties("3"));
    assert_eq!(shop.till.draft().unwrap().exchange.as_ref().unwrap().number, spent);
    shop.execute(suspend());
    let mut shop = shop.restarted();
    assert_eq!(leads_to(&shop), sale);
    shop.log_in(CASHIER);
    // Nothing to sell: the empties are paid out by a return of their own.
    let refused = shop.till.execute(Sell::TakeEmpties { entered: "A".to_owned(), quantity: None });
    assert!(refused.is_err());
    shop.execute(empties("10"));
    assert_eq!(shop.till.draft().unwrap().number.receipt, sale.receipt + 2);
    let paid = shop.execute(cash());
    assert_eq!(paid.completed()[0].document().totals.net_due, minor(250));
    let parked = shop.till.suspended().unwrap()[0].id;
    shop.till.resume(parked).unwrap();
    assert_eq!(shop.till.draft().unwrap().balance(), minor(275 - 75));
    shop.execute(Sell::VoidEmpties { line: LineNo(1), reason: None });
    shop.execute(cash());
    assert_eq!(leads_to(&shop), sale);
    shop.check_whole();
    let shop = shop.restarted();
    assert_eq!(leads_to(&shop), sale);
    shop.check_whole();
}

#[test]
fn more_of_goods_than_there_are_is_refused_when_their_bottle_is_named() {
    let mut shop = with_bottles_of("C");
    assert_eq!(here(&shop, "C").on_hand, some(3));
    shop.execute(sell_some("C", "2"));
    let refused = shop.till.execute(Sell::ChangeQuantity { line: LineNo(2), quantity: quantity("4") });
    assert!(matches!(refused, Err(Error::Refused(Refusal::OutOfStock { .. }))), "{refused:?}");
    let refused = shop.till.execute(Sell::RepeatLine { line: LineNo(2) });
    assert!(matches!(refused, Err(Error::Refused(Refusal::OutOfStock { .. }))), "{refused:?}");
}

#[test]
fn empties_are_paid_out_though_their_article_is_not_sold_any_more() {
    let mut shop = with_bottles();
    shop.log_in(ADMIN);
    let bottle = shop.till.catalog().product_by_code("BOTTLE").unwrap().to_product();
    let stopped = Product { is_active: false, ..bottle };
    shop.till.change_catalog(CatalogChange { products: vec![stopped], ..CatalogChange::default() }).unwrap();
    shop.execute(empties("3"));
    assert_eq!(shop.execute(cash()).completed()[0].document().totals.net_due, minor(75));
    shop.execute(sell("A"));
    assert!(
        shop.till.draft().unwrap().active_lines().all(|line| !line.item.is_container),
        "no deposit on new ones"
    );
    shop.execute(empties("1"));
    shop.execute(cash());
    shop.restarted().check_whole();
}

#[test]
fn goods_forget_a_container_that_is_taken_out_for_good() {
    let mut shop = with_bottles();
    shop.log_in(ADMIN);
    let goods = product("A");
    let tags = ["still".to_owned()].into();
    let details = ProductDetails { tags, ..shop.till.catalog().details(goods).unwrap().clone() };
    let bottle = details.container.unwrap();
    let change = CatalogChange { details: vec![details], ..CatalogChange::default() };
    shop.till.change_catalog(change).unwrap();
    let removed = CatalogChange { removed_products: vec![bottle], ..CatalogChange::default() };
    shop.till.change_catalog(removed).unwrap();
    let shop = shop.restarted();
    assert!(shop.till.broken_records().is_empty(), "{:?}", shop.till.broken_records());
    let left = shop.till.catalog().details(goods).unwrap();
    assert!(left.container.is_none() && left.tags.contains("still"));
}
