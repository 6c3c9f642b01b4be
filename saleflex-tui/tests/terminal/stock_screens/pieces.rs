//! Pieces with serial numbers by keyboard: asked for when sold and when brought back, found by an inquiry.

use saleflex_core::{
    catalog::{Attribute, CatalogChange, ProductDetails, SerialNo},
    ids::ProductId,
    inventory::{
        AdjustmentKind, Place, Stock, Tracking,
        command::{Adjust, Command, Receive, ReceiveLine},
    },
};
use saleflex_tui::action::Action;

use crate::common::harness::Shop;

fn serials(texts: &[&str]) -> Vec<SerialNo> {
    texts.iter().map(|text| SerialNo::parse(text).unwrap()).collect()
}

/// A shop that sells, in which three pieces of 10106 lie, each with a number.
fn shop(width: u16, height: u16) -> (Shop, ProductId) {
    let mut shop = Shop::managed(width, height);
    let till = shop.till();
    let product = till.catalog().product_by_code("10106").unwrap().id();
    let place = Place { item: product.into(), location: till.counter().unwrap() };
    let none = Command::Adjust(Adjust {
        place,
        kind: AdjustmentKind::CycleCount,
        expected: None,
        counted: Stock::ZERO,
        batch: None,
        serials: Vec::new(),
        reason: Some("counted".to_owned()),
    });
    till.move_goods(&none, None).unwrap();
    till.set_tracking(product, Tracking::Serials).unwrap();
    let serials = serials(&["SN-1", "SN-2", "SN-3"]);
    let line = ReceiveLine {
        item: product.into(),
        quantity: Stock::whole(3),
        unit_cost: None,
        batch: None,
        serials,
    };
    let receive = Command::Receive(Receive {
        location: place.location,
        lines: vec![line],
        supplier: None,
        supplier_name: None,
        order: None,
        reference: None,
        reason: None,
    });
    till.move_goods(&receive, None).unwrap();
    let mut goods = till.catalog().product(product).unwrap().to_product();
    goods.permissions.negative_stock = false;
    goods.permissions.returns = true;
    till.change_catalog(CatalogChange { products: vec![goods], ..CatalogChange::default() }).unwrap();
    (shop, product)
}

#[test]
fn a_label_with_a_serial_number_brings_that_piece_into_a_delivery() {
    let (mut shop, product) = shop(120, 40);
    shop.keys("esc k 4 pgdn");
    for scanned in ["10106|21:SN-7", "10106|10:L7|21:SN-8"] {
        shop.session.perform(Action::Scan(scanned.to_owned()));
    }
    shop.keys("ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let there = shop.till().stock_levels(product.into()).unwrap().remove(0).1.serials;
    assert!(serials(&["SN-7", "SN-8"]).iter().all(|no| there.get(no) == Some(&1)), "{there:?}");
}

#[test]
fn selling_goods_with_serial_numbers_asks_for_one_a_piece_and_prints_it() {
    let (mut shop, _) = shop(80, 24);
    shop.keys("'2*' enter '10106' enter");
    assert!(shop.shows("Serial numbers are needed: 2 × Baguette."), "{}", shop.screen());
    shop.keys("'SN-1' enter 'SN-9' enter");
    assert!(shop.shows("Serial number SN-9 is not in stock here."), "{}", shop.screen());
    shop.keys("backspace '2' enter");
    assert_eq!(shop.document().lines[0].serials, serials(&["SN-1", "SN-2"]), "{}", shop.screen());
    // The number itself is known as the piece.
    shop.keys("'SN-3' enter");
    assert_eq!(shop.document().lines[1].serials, serials(&["SN-3"]), "{}", shop.screen());
    shop.keys("plus");
    assert!(shop.shows("Serial no: SN-3"), "{}", shop.screen());
    assert_eq!(shop.settled().len(), 1);
}

#[test]
fn a_line_whose_pieces_nobody_named_is_asked_for_them_when_it_is_paid() {
    let (mut shop, _) = shop(80, 24);
    shop.keys("'SN-3' enter");
    let line = shop.document().lines[0].no;
    let repeat = saleflex_core::document::Command::RepeatLine { line };
    shop.till().execute(repeat).unwrap();
    shop.keys("plus");
    assert!(shop.shows("Serial numbers are needed: 1 × Baguette."), "{}", shop.screen());
    shop.keys("'SN-2' enter");
    let sale = shop.settled().pop().unwrap();
    assert_eq!(sale.document().lines[1].serials, serials(&["SN-2"]), "{}", shop.screen());
}

#[test]
fn a_return_asks_which_of_two_pieces_comes_back_and_takes_none_that_was_not_sold() {
    let (mut shop, _) = shop(80, 24);
    shop.keys("'2*' enter '10106' enter 'SN-1' enter 'SN-2' enter plus enter");
    shop.keys("'SN-2' enter");
    let sold = shop.settled();
    assert_eq!(sold.len(), 1, "{}", shop.screen());
    assert!(shop.till().draft().is_none(), "a piece that was sold is none that lies here: {}", shop.screen());
    let number = sold[0].document().number;
    let words = format!("SN-2 was sold on 2025-04-06, document {number}.");
    assert_eq!(shop.message(), words, "{}", shop.screen());
    shop.keys("esc ctrl+b '1' enter '1' enter f10");
    assert!(shop.shows("Serial numbers are needed: 1 × Baguette."), "{}", shop.screen());
    shop.keys("'SN-3' enter");
    let words = "Serial number SN-3 is none of those sold and not yet back.";
    assert!(shop.shows(words), "{}", shop.screen());
    shop.keys("backspace '2' enter plus");
    let back = shop.settled().pop().unwrap();
    assert_eq!(back.document().lines[0].serials, serials(&["SN-2"]), "{}", shop.screen());
    assert!(shop.shows("Serial no: SN-2"), "{}", shop.screen());
    // It lies here again, and is sold again; the other is still gone.
    shop.keys("enter 'SN-2' enter");
    assert_eq!(shop.document().lines[0].serials, serials(&["SN-2"]), "{}", shop.screen());
}

#[test]
fn an_inquiry_tells_what_became_of_a_piece() {
    let (mut shop, product) = shop(80, 24);
    let mut details = ProductDetails::none(product);
    let months = Attribute::read("12");
    details.attributes.insert(saleflex_store::till::WARRANTY_MONTHS.to_owned(), months);
    let change = CatalogChange { details: vec![details], ..CatalogChange::default() };
    shop.till().change_catalog(change).unwrap();
    shop.keys("f4 'SN-1' enter");
    assert!(shop.shows("Serial no SN-1: in stock at SALES-001-A."), "{}", shop.screen());
    shop.keys("esc 'SN-1' enter plus esc f4 'SN-1' enter");
    assert!(shop.shows("Serial no SN-1: sold 2025-04-06."), "{}", shop.screen());
    assert!(shop.shows("Warranty until 2026-04-06."), "{}", shop.screen());
}

#[test]
fn a_refused_number_stays_to_be_mended_and_the_payment_waits_for_it() {
    let (mut shop, _) = shop(80, 24);
    shop.keys("'SN-3' enter");
    let line = shop.document().lines[0].no;
    shop.till().execute(saleflex_core::document::Command::RepeatLine { line }).unwrap();
    shop.keys("plus 'SN-8' enter");
    assert!(shop.shows("Serial number SN-8 is not in stock here."), "{}", shop.screen());
    assert!(shop.shows("SN-8") && shop.settled().is_empty(), "{}", shop.screen());
    shop.keys("backspace '2' enter");
    let sale = shop.settled().pop().unwrap_or_else(|| panic!("{}", shop.screen()));
    assert_eq!(sale.document().lines[1].serials, serials(&["SN-2"]));
}

#[test]
fn a_number_that_nobody_knows_is_asked_for_once_more_where_stock_may_fall_below_nothing() {
    let (mut shop, product) = shop(80, 24);
    let mut goods = shop.till().catalog().product(product).unwrap().to_product();
    goods.permissions.negative_stock = true;
    shop.till().change_catalog(CatalogChange { products: vec![goods], ..CatalogChange::default() }).unwrap();
    shop.keys("'10106' enter 'SN-8' enter");
    assert!(shop.shows("Baguette: serial number SN-8 is not known here."), "{}", shop.screen());
    shop.keys("esc '10106' enter 'SN-8' enter y");
    assert_eq!(shop.document().lines[0].serials, serials(&["SN-8"]), "{}", shop.screen());
    shop.keys("plus enter '10106' enter 'SN-8' enter");
    assert!(shop.shows("SN-8 was sold on 2025-04-06"), "whatever the stock may be: {}", shop.screen());
}

#[test]
fn what_is_known_of_pieces_is_chosen_on_the_product_while_there_is_none() {
    let (mut shop, product) = shop(120, 40);
    shop.keys("esc p 'baguette' enter pgdn pgdn pgdn");
    assert!(shop.shows("serial number of each"), "{}", shop.screen());
    shop.keys("left ctrl+s");
    assert!(shop.shows("3 in stock: only while there is none"), "{}", shop.screen());
    assert!(shop.till().has_serials(product));
    shop.keys("esc y backspace backspace backspace backspace backspace backspace backspace backspace");
    shop.keys("insert '9901' down 'Phone' down down '199.00' down down down right pgdn pgdn pgdn right right ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let phone = shop.till().catalog().product_by_code("9901").unwrap().id();
    assert!(shop.till().has_serials(phone));
}

#[test]
fn the_department_of_a_new_product_is_chosen_and_says_its_tax() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("esc p insert '9901' down 'Phone' down down '199.00' ctrl+s");
    assert!(shop.shows("needed"), "nobody said which department: {}", shop.screen());
    assert!(shop.till().catalog().product_by_code("9901").is_none());
    // The cursor stands on what is wrong.
    shop.keys("right");
    assert!(shop.shows(" %"), "{}", shop.screen());
    shop.keys("ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
}

#[test]
fn pieces_are_put_right_by_their_numbers_and_a_count_leaves_them_out() {
    let (mut shop, product) = shop(120, 40);
    shop.keys("esc k 1 'baguette' f6 down down down '2' down 'looked' down down 'SN-2, SN-9' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let level = shop.till().stock(product).unwrap().unwrap();
    let there: Vec<_> = level.serials.keys().map(ToString::to_string).collect();
    assert_eq!(there, ["SN-2", "SN-9"]);
    shop.keys("esc esc 8 insert down '10106' ctrl+s");
    assert!(shop.shows("serial numbers"), "{}", shop.screen());
    shop.keys("backspace backspace backspace backspace backspace ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let counts = shop.till().counts().unwrap();
    assert!(counts[0].1.scope().iter().all(|place| place.item != product.into()));
}

#[test]
fn numbers_of_what_is_set_apart_or_mended_are_refused_and_not_lost() {
    let (mut shop, product) = shop(120, 40);
    let damaged = |shop: &mut Shop| shop.till().stock(product).unwrap().unwrap().damaged;
    shop.keys("esc k 1 'baguette' f6 down down right right right right right right right right right");
    shop.keys("down '1' down 'torn' down down 'SN-2' ctrl+s");
    let words = "Set apart by how many, without numbers.";
    assert!(shop.shows(words), "of what is good again: {}", shop.screen());
    shop.keys("up up up up left ctrl+s");
    assert!(shop.shows(words), "{}", shop.screen());
    assert_eq!(damaged(&mut shop), Stock::ZERO);
    // The cursor stands on the numbers.
    shop.keys("backspace backspace backspace backspace ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    assert_eq!(damaged(&mut shop), Stock::whole(1));
}
