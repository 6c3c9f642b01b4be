//! Stock by keyboard: levels, deliveries, losses, transfers, counts.

mod arrivals;
mod containers;
mod labels;
mod listed;
mod pieces;
mod places;
mod planning;
mod second;

use rust_decimal::Decimal;
use saleflex_core::{
    catalog::{CatalogChange, ProductBarcode, ProductDetails, ProductRef, Variant},
    ids::ProductId,
};
use saleflex_tui::{action::Action, app::Place};

use crate::common::harness::{Shop, at_both_sizes};

/// The demo store with its administrator in the stock menu.
fn stock(width: u16, height: u16) -> Shop {
    let mut shop = Shop::open(width, height);
    shop.keys("'1111' enter k");
    shop
}

/// Compares the screen at both sizes.
fn compare(name: &str, keys: &str) {
    for (size, screen) in at_both_sizes(name, stock, keys) {
        insta::assert_snapshot!(size, screen);
    }
}

#[test]
fn screens() {
    compare("menu", "");
    compare("levels", "1 'baguette'");
    compare("receipt", "4 '10106' enter '12' enter '0.55'");
    compare("adjustment", "1 'baguette' f6");
    compare("counts", "8");
    compare("count", "8 insert");
}

fn on_hand(shop: &mut Shop, code: &str) -> String {
    let till = shop.till();
    let id = till.catalog().product_by_code(code).unwrap().id();
    till.stock(id).unwrap().unwrap().on_hand.to_string()
}

#[test]
fn a_delivery_is_taken_in_and_stands_in_the_product_and_its_movements() {
    let mut shop = stock(120, 40);
    let before: i64 = on_hand(&mut shop, "10106").parse().unwrap();
    shop.keys("4 '10106' enter '12' enter '0.55' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    assert_eq!(on_hand(&mut shop, "10106"), (before + 12).to_string());
    shop.keys("2");
    assert!(shop.shows("delivered"), "{}", shop.screen());
}

/// The number of the posting that moved a product last.
fn last_number(shop: &mut Shop, code: &str) -> String {
    let till = shop.till();
    let id = till.catalog().product_by_code(code).unwrap().id();
    let last = till.stock_movements(id, 1).unwrap().remove(0);
    till.movement_story(last).unwrap().number.unwrap()
}

#[test]
fn a_delivery_of_many_goods_is_typed_or_scanned_line_after_line_and_comes_in_under_one_number() {
    let mut shop = stock(120, 40);
    let codes = ["10106", "10101", "10102"];
    let before = codes.map(|code| level(&mut shop, code));
    // The third is scanned three times: twice as a scanner types, once beside the keyboard.
    shop.keys("4 '10106' enter '12' enter '0.55' pgdn '10101 4 0.30' enter '10102' enter '10102'");
    shop.session.perform(Action::Scan("10102".to_owned()));
    assert!(shop.message().contains("10102 is on the list"), "{}", shop.screen());
    shop.keys("ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let came = codes.map(|code| level(&mut shop, code));
    let came: Vec<_> =
        came.iter().zip(before).map(|(now, then)| (*now - then).normalize().to_string()).collect();
    assert_eq!(came, ["12", "4", "3"]);
    let numbers = codes.map(|code| last_number(&mut shop, code));
    assert!(numbers.iter().all(|number| *number == numbers[0] && number.starts_with("RCV-")), "{numbers:?}");
    let id = shop.till().catalog().product_by_code("10102").unwrap().id();
    let last = shop.till().stock_movements(id, 1).unwrap().remove(0);
    assert_eq!((last.change.to_string().as_str(), last.unit_cost), ("3", None), "one line of three");
}

#[test]
fn every_line_of_a_delivery_that_cannot_be_is_told_and_nothing_comes_in() {
    let mut shop = stock(120, 40);
    let before = level(&mut shop, "10106");
    shop.keys("4 pgdn '99999999 1' enter '10106 many' enter '10106 2 - L7 soon' enter '10106 5' ctrl+s");
    for words in ["99999999 1: nothing has the code", "10106 many: ", "10106 2 - L7 soon: Type the date"] {
        assert!(shop.shows(words), "{words}: {}", shop.screen());
    }
    assert!(!shop.shows("10106 5: "), "{}", shop.screen());
    assert_eq!(level(&mut shop, "10106"), before);
    // Nothing at all is no delivery.
    let mut shop = stock(120, 40);
    shop.keys("4 ctrl+s");
    assert_ne!(shop.message(), "Saved.", "{}", shop.screen());
}

#[test]
fn what_is_typed_after_a_fault_of_a_delivery_goes_into_its_next_line() {
    let mut shop = stock(120, 40);
    let before = ["10101", "10106"].map(|code| level(&mut shop, code));
    shop.keys("4 pgdn '99999999 1' enter '99999998 1' enter '10106 2' ctrl+s");
    assert!(shop.shows("99999998 1: nothing has the code"), "{}", shop.screen());
    shop.keys("'10101 3'");
    assert!(shop.shows("10101 3"), "{}", shop.screen());
    shop.keys("up");
    for _ in 0..2 {
        shop.keys("up end");
        for _ in 0.."99999999 1".len() {
            shop.keys("backspace");
        }
    }
    shop.keys("ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let came = ["10101", "10106"].map(|code| level(&mut shop, code));
    assert_eq!((came[0] - before[0], came[1] - before[1]), (Decimal::from(3), Decimal::from(2)));
}

#[test]
fn what_is_there_by_the_books_is_shown_as_soon_as_the_goods_and_the_place_are_said() {
    let mut shop = stock(80, 24);
    let books = |shop: &Shop| {
        let screen = shop.screen();
        let row = screen.lines().find(|line| line.contains("By the books")).unwrap();
        row.trim_matches('│').replace("By the books", "").trim().to_owned()
    };
    shop.keys("5");
    assert_eq!(books(&shop), "");
    let there = on_hand(&mut shop, "10106");
    shop.keys("'10106' tab");
    assert_eq!(books(&shop), there);
    shop.keys("right");
    assert_eq!(books(&shop), "", "nothing lies elsewhere");
    shop.keys("left up backspace");
    assert_eq!(books(&shop), "", "nobody knows 1010");
}

#[test]
fn less_than_nothing_of_a_delivery_is_not_taken_off_another_line_of_it() {
    for lines in ["'10106 24' enter '10106 -4'", "'10106 -4' enter '10106 24'"] {
        let mut shop = stock(120, 40);
        let before = level(&mut shop, "10106");
        shop.keys(&format!("4 pgdn {lines} ctrl+s"));
        assert!(shop.shows("above nothing"), "{lines}: {}", shop.screen());
        assert_eq!(level(&mut shop, "10106"), before, "{lines}");
    }
}

#[test]
fn what_the_label_of_a_scale_weighs_is_what_a_delivery_takes_in_and_what_is_typed_goes_before_it() {
    let mut shop = stock(120, 40);
    let before = level(&mut shop, "301");
    // Labels of 1.25 kg and 0.5 kg of bananas, and one more of which 2 kg came.
    shop.keys("4 pgdn '2000301012502' enter '2000301005009' enter '2000301012502 2' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    assert_eq!(level(&mut shop, "301") - before, Decimal::new(375, 2));
}

#[test]
fn labels_of_a_delivery_say_how_many_came_of_which_batch_and_what_is_typed_goes_before_them() {
    let mut shop = stock(120, 40);
    let before = ["12303", "301"].map(|code| level(&mut shop, code));
    // The first as a scanner types it, the others as one beside the keyboard is read.
    shop.keys("4 pgdn '010509812300074310L8 2' enter '12303|10:L7 3 - L9 2025-06-01' enter");
    // Between elements of any length stands what a terminal tells as a key.
    shop.keys("'010509812300074310L6' ctrl+5 '3004' enter");
    for scanned in ["12*12303=6.60@2025-05-30|10:L7", "12303@2025-05-30|10:L7", "1.25*301=1.38"] {
        shop.session.perform(Action::Scan(scanned.to_owned()));
    }
    shop.keys("ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let came = ["12303", "301"].map(|code| level(&mut shop, code));
    assert_eq!((came[0] - before[0], came[1] - before[1]), (Decimal::from(22), Decimal::new(125, 2)));
    let id = shop.till().catalog().product_by_code("12303").unwrap().id();
    let batches = shop.till().stock_levels(id.into()).unwrap().remove(0).1.batches;
    let written = |day: chrono::NaiveDate| day.to_string();
    let told = batches.iter().map(|(no, batch)| {
        format!("{no} {} {}", batch.on_hand, batch.expiry.map(written).unwrap_or_default())
    });
    let told: Vec<_> = told.collect();
    assert_eq!(told, ["L6 4 ", "L7 13 2025-05-30", "L8 2 ", "L9 3 2025-06-01"]);
    // Pounds, and the price of what is weighed, are no amount that could be counted.
    let mut shop = stock(120, 40);
    shop.keys("4 pgdn '12303|3202:000123' enter '301=1.38' ctrl+s");
    for words in
        ["12303|3202:000123: The label gives 000123 in element 3202", "301=1.38: The label gives 1.38"]
    {
        assert!(shop.shows(words), "{words}: {}", shop.screen());
    }
}

#[test]
fn a_price_inquiry_says_what_lies_in_the_other_places_too() {
    let mut shop = stock(120, 40);
    shop.keys("4 '10106' enter '12' enter '0.55' enter 'b' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    shop.keys("esc i 'baguette' enter");
    assert!(shop.shows("  BACK-001-A     12"), "{}", shop.screen());
}

#[test]
fn what_cannot_be_received_is_told_beside_its_field_or_in_words_and_nothing_moves() {
    let mut shop = stock(120, 40);
    let before = on_hand(&mut shop, "10106");
    shop.keys("4 '99999999' enter 'many' ctrl+s");
    assert!(shop.shows("nothing has the code 99999999"), "{}", shop.screen());
    let mut shop = stock(120, 40);
    shop.keys("4 '10106' enter '-3' ctrl+s");
    assert!(shop.shows("above nothing"), "{}", shop.screen());
    assert_eq!(on_hand(&mut shop, "10106"), before);
}

#[test]
fn a_level_is_put_right_with_a_reason() {
    let mut shop = stock(120, 40);
    shop.keys("1 'baguette' f6 down down down '7' down 'counted' ctrl+s");
    assert_eq!(on_hand(&mut shop, "10106"), "7", "{}", shop.screen());
}

#[test]
fn goods_that_are_not_on_the_list_of_a_count_are_noted_as_found() {
    let mut shop = stock(120, 40);
    shop.keys("8 insert down '10106' ctrl+s enter '10101' down '3' ctrl+s");
    assert!(shop.shows("not part of this count"), "{}", shop.screen());
    shop.keys("up right right right ctrl+s");
    assert!(shop.message().starts_with("Last: 3 of 10101 "), "{}", shop.screen());
    let count = shop.till().counts().unwrap()[0].1.id;
    assert_eq!(shop.till().count(count).unwrap().scope().len(), 2);
}

#[test]
fn product_after_product_is_counted_without_leaving_the_count() {
    let mut shop = stock(80, 24);
    shop.keys("8 insert down '10106 / 10101' ctrl+s enter");
    shop.keys("'10106' enter '9' enter '10101' enter");
    assert!(shop.shows("Last: 9 of 10106 "), "what was counted last stands there: {}", shop.screen());
    shop.keys("'3' enter");
    assert!(shop.shows("Last: 3 of 10101 ") && !shop.shows("9 of"), "{}", shop.screen());
    // A scanner beside the keyboard fills in the product, and sells nothing; what was typed is not written over.
    shop.session.perform(Action::Scan("6*10106|10:LOT7".to_owned()));
    shop.keys("'8'");
    shop.session.perform(Action::Scan("10101".to_owned()));
    assert!(shop.message().starts_with("10101 was scanned and not taken"), "{}", shop.screen());
    shop.keys("enter");
    assert!(shop.shows("Last: 8 of 10106 "), "{}", shop.screen());
    assert!(shop.till().draft().is_none());
    let count = shop.till().counts().unwrap()[0].1.id;
    assert!(shop.till().count(count).unwrap().uncounted().is_empty());
    shop.keys("esc");
    assert!(shop.shows("Stock counts"), "{}", shop.screen());
    let Place::List(list) = shop.session.state.place() else { panic!("{}", shop.screen()) };
    assert_eq!(list.rows[0].cells[3], "0", "the list is read anew: {}", shop.screen());
}

#[test]
fn who_may_not_count_does_not_get_into_the_stock_menu() {
    let mut shop = Shop::open(120, 40);
    shop.keys("down down '3333' enter");
    shop.keys("k");
    assert!(shop.shows("is only for those who count stock"), "{}", shop.screen());
    assert!(shop.shows("to agree."), "all of it is read: {}", shop.screen());
    shop.keys("esc");
    assert!(!shop.shows("Goods receipt"), "{}", shop.screen());
}

#[test]
fn a_supplier_is_added_and_an_order_is_written_and_answered_in_parts() {
    let mut shop = stock(120, 40);
    let before: i64 = on_hand(&mut shop, "10106").parse().unwrap();
    shop.keys("s insert 'BAKERY' enter 'Bakery' ctrl+s");
    assert!(shop.shows("Bakery"), "{}", shop.screen());
    shop.keys("esc 9 insert down down '10106 12' ctrl+s");
    assert!(shop.shows("PO-20250406"), "{}", shop.screen());
    shop.keys("enter down backspace backspace '5' ctrl+s");
    assert_eq!(on_hand(&mut shop, "10106"), (before + 5).to_string(), "{}", shop.screen());
    shop.keys("enter down backspace '8' ctrl+s");
    assert!(shop.message().contains("Only 7"), "{}", shop.screen());
}

#[test]
fn what_an_order_costs_is_what_was_agreed_on_or_what_its_delivery_says() {
    let mut shop = stock(120, 40);
    shop.keys("s insert 'BAKERY' enter 'Bakery' ctrl+s");
    shop.keys("esc 9 insert down down '10106 12 0.55 / 10101 4' ctrl+s");
    let id = |shop: &mut Shop, code: &str| shop.till().catalog().product_by_code(code).unwrap().id();
    let order = shop.till().orders(true).unwrap().remove(0);
    let costs: Vec<_> = order.lines.iter().map(|line| line.unit_cost.map(|cost| cost.to_string())).collect();
    assert_eq!(costs, [Some("0.55".to_owned()), None], "nobody agreed on the other: {}", shop.screen());
    shop.keys("enter down backspace backspace '5' ctrl+s");
    shop.keys("enter down backspace '7' down '0.58' ctrl+s");
    shop.keys("enter ctrl+s");
    let baguette = id(&mut shop, "10106");
    let movements = shop.till().stock_movements(baguette, 2).unwrap();
    let costs: Vec<_> = movements.iter().map(|one| one.unit_cost.unwrap().to_string()).collect();
    assert_eq!(costs, ["0.58", "0.55"], "{}", shop.screen());
    let orange = id(&mut shop, "10101");
    assert_eq!(shop.till().stock_movements(orange, 1).unwrap()[0].unit_cost, None);
}

#[test]
fn an_order_is_written_and_delivered_in_packs_by_their_barcode() {
    let mut shop = stock(120, 40);
    let (code, pack) = packed(&mut shop);
    let (barcode, six) = (pack.barcode, pack.pack_quantity.decimal());
    shop.keys("s insert 'WHOLE' enter 'Wholesale' ctrl+s esc");
    shop.keys(&format!("9 insert down down '{barcode} 2' ctrl+s"));
    let order = shop.till().orders(true).unwrap().remove(0);
    assert_eq!(order.lines[0].ordered.decimal(), six * Decimal::TWO, "{}", shop.screen());
    let before = level(&mut shop, &code);
    shop.keys(&format!("enter down {} '1*{barcode}' ctrl+s", "backspace ".repeat(6)));
    assert_eq!(level(&mut shop, &code) - before, six, "{}", shop.screen());
    shop.keys(&format!("enter down {} '1*99999999' ctrl+s", "backspace ".repeat(6)));
    assert!(shop.shows("nothing has the code 99999999"), "{}", shop.screen());
}

fn level(shop: &mut Shop, code: &str) -> Decimal {
    let id = shop.till().catalog().product_by_code(code).unwrap().id();
    shop.till().stock(id).unwrap().map(|level| level.on_hand.decimal()).unwrap_or_default()
}

/// A product that is sold in packs too, and the barcode of one.
fn packed(shop: &mut Shop) -> (String, ProductBarcode) {
    let pack = |product: ProductRef<'_>| {
        let barcodes = product.barcodes().into_iter();
        let mut packs = barcodes.filter(|barcode| barcode.pack_quantity.decimal() > 1.into());
        packs.next().map(|barcode| (product.code().to_owned(), barcode))
    };
    shop.till().catalog().products().find_map(pack).unwrap()
}

/// Makes products, by their codes, the sizes of one style in brown.
fn in_sizes(shop: &mut Shop, sizes: &[(&str, &str)]) -> Vec<ProductId> {
    let product = |code| shop.till().catalog().product_by_code(code).unwrap().id();
    let ids: Vec<ProductId> = sizes.iter().map(|(code, _)| *code).map(product).collect();
    let of_size = |(product, (_, size)): (&ProductId, &(&str, &str))| {
        let (size, colour) = (Some((*size).to_owned()), Some("brown".to_owned()));
        let variant = Variant { style: "LOAF".to_owned(), size, colour, is_default: false };
        ProductDetails { variant: Some(variant), ..ProductDetails::none(*product) }
    };
    let details = ids.iter().zip(sizes).map(of_size).collect();
    shop.till().change_catalog(CatalogChange { details, ..CatalogChange::default() }).unwrap();
    ids
}

#[test]
fn a_delivery_of_a_style_comes_in_by_size_and_colour_in_one_receipt() {
    let mut shop = Shop::managed(80, 24);
    let ids = in_sizes(&mut shop, &[("10101", "S"), ("10106", "M")]);
    let on_hand = |shop: &mut Shop, at: usize| shop.till().stock(ids[at]).unwrap().unwrap().on_hand;
    let before = [on_hand(&mut shop, 0), on_hand(&mut shop, 1)];
    shop.keys("esc p 'baguette' enter f8 down 'S/brown=3|L/brown=1' ctrl+s");
    assert!(shop.shows("the style has no L/brown"), "{}", shop.screen());
    assert_eq!(on_hand(&mut shop, 0), before[0], "nothing came in of a delivery that is wrong");
    shop.keys("backspace backspace backspace backspace backspace backspace backspace backspace backspace");
    shop.keys("'10106=2' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let after = [on_hand(&mut shop, 0), on_hand(&mut shop, 1)];
    assert_eq!(after[0], before[0] + saleflex_core::inventory::Stock::whole(3));
    assert_eq!(after[1], before[1] + saleflex_core::inventory::Stock::whole(2));
    shop.keys("f8");
    assert!(shop.shows("brown"), "{}", shop.screen());
}

#[test]
fn a_product_key_asks_which_variant_of_those_that_are_for_sale() {
    let mut shop = Shop::administered(80, 24);
    in_sizes(&mut shop, &[("10101", "S"), ("10106", "M"), ("10102", "L")]);
    let mut settings = shop.till().settings().clone();
    settings.favourites.chosen = vec!["10106".to_owned()];
    shop.till().change_settings(settings).unwrap();
    shop.session.perform(saleflex_tui::action::Action::ReloadForms);
    shop.keys("esc esc 1 '2' alt+1");
    let words = ["Which ", "S brown", "M brown", "L brown"];
    assert!(words.iter().all(|words| shop.shows(words)), "{}", shop.screen());
    shop.keys("'s brown' enter");
    let sold = shop.document().lines.last().unwrap().clone();
    assert_eq!((sold.item.code.as_str(), sold.quantity.to_string()), ("10101", "2".to_owned()));
}

#[test]
fn a_delivery_is_counted_in_the_unit_of_the_goods_whatever_measure_or_pack_it_came_in() {
    let mut shop = stock(120, 40);
    let weighed = {
        let catalog = shop.till().catalog();
        let kilograms = catalog.products().find(|product| product.unit().code == "KG" && product.is_active());
        kilograms.unwrap().code().to_owned()
    };
    let before = level(&mut shop, &weighed);
    shop.keys(&format!("4 '{weighed}' enter '1 l' ctrl+s"));
    assert!(shop.shows("1 l cannot be turned"), "{}", shop.screen());
    shop.keys("backspace backspace backspace '500 g' ctrl+s");
    let packed = packed(&mut shop);
    let after = level(&mut shop, &weighed);
    assert_eq!((after - before).to_string().trim_end_matches('0'), "0.5", "{}", shop.screen());
    let before = level(&mut shop, &packed.0);
    shop.keys(&format!("4 '{}' enter '2' ctrl+s", packed.1.barcode));
    let two_packs = packed.1.pack_quantity.decimal() * Decimal::TWO;
    assert_eq!(level(&mut shop, &packed.0) - before, two_packs, "{}", shop.screen());
}
