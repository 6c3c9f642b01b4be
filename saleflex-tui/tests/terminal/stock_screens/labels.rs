//! Labels where one thing is named: in the fields of a delivery, of what is put right, and in an order.

use rust_decimal::Decimal;
use saleflex_core::catalog::CatalogChange;

use super::{level, on_hand, packed, stock};

#[test]
fn the_item_of_a_delivery_is_what_its_label_says_where_nothing_is_typed() {
    let mut shop = stock(120, 40);
    let before = ["12303", "301"].map(|code| level(&mut shop, code));
    // As a scanner beside the keyboard is read, as one types it, and the label of a scale.
    for keys in [
        "'12*12303@2025-05-30|10:L7'",
        "'010509812300074310L8' enter '2'",
        "'2000301005009'",
        "'12303@2025-05-30|10:L7' enter '3' down down down 'L9' enter '2025-06-01'",
    ] {
        shop.keys(&format!("4 {keys} ctrl+s"));
        assert_eq!(shop.message(), "Saved.", "{keys}: {}", shop.screen());
    }
    let came = ["12303", "301"].map(|code| level(&mut shop, code));
    assert_eq!((came[0] - before[0], came[1] - before[1]), (Decimal::from(17), Decimal::new(5, 1)));
    let id = shop.till().catalog().product_by_code("12303").unwrap().id();
    let batches = shop.till().stock_levels(id.into()).unwrap().remove(0).1.batches;
    let written = |day: chrono::NaiveDate| day.to_string();
    let told = batches.iter().map(|(no, batch)| {
        format!("{no} {} {}", batch.on_hand, batch.expiry.map(written).unwrap_or_default())
    });
    let told: Vec<_> = told.collect();
    assert_eq!(told, ["L7 12 2025-05-30", "L8 2 ", "L9 3 2025-06-01"]);
}

#[test]
fn a_label_that_does_not_say_how_many_needs_it_beside() {
    for (typed, words) in
        [("12303|10:L7", "needed"), ("12303|3202:000123", "The label gives 000123 in element 3202")]
    {
        let mut shop = stock(120, 40);
        let before = level(&mut shop, "12303");
        shop.keys(&format!("4 '{typed}' ctrl+s"));
        assert!(shop.shows(words), "{words}: {}", shop.screen());
        assert_eq!(level(&mut shop, "12303"), before);
    }
}

#[test]
fn a_label_names_the_goods_that_are_put_right_and_nothing_else() {
    let mut shop = stock(80, 24);
    let there = on_hand(&mut shop, "12303");
    shop.keys("5 '010509812300074310L8' tab");
    let screen = shop.screen();
    let books = screen.lines().find(|line| line.contains("By the books")).unwrap();
    let books = books.trim_matches('│').replace("By the books", "");
    assert_eq!(books.trim(), there, "{screen}");
    shop.keys("down down '7' down 'counted' ctrl+s");
    assert_eq!(on_hand(&mut shop, "12303"), "7", "{}", shop.screen());
}

#[test]
fn an_order_reads_labels_and_needs_how_many_where_they_do_not_say_it() {
    let mut shop = stock(120, 40);
    shop.keys("s insert 'BAKERY' enter 'Bakery' ctrl+s");
    shop.keys("esc 9 insert down down '2000301012502 / 010509812300074310L8' ctrl+s");
    assert!(shop.shows("What was typed is no number"), "{}", shop.screen());
    shop.keys("' 3 0.55' ctrl+s");
    let order = shop.till().orders(true).unwrap().remove(0);
    let ordered = order.lines.iter().map(|line| {
        let cost = line.unit_cost.map(|cost| cost.to_string());
        (line.ordered.decimal().normalize().to_string(), cost)
    });
    let ordered: Vec<_> = ordered.collect();
    let costs = Some("0.55".to_owned());
    assert_eq!(ordered, [("1.25".to_owned(), None), ("3".to_owned(), costs)], "{}", shop.screen());
}

#[test]
fn what_is_not_for_sale_is_ordered_by_its_barcode_all_the_same() {
    let mut shop = stock(120, 40);
    let (code, pack) = packed(&mut shop);
    let mut goods = shop.till().catalog().product_by_code(&code).unwrap().to_product();
    goods.is_active = false;
    shop.till().change_catalog(CatalogChange { products: vec![goods], ..CatalogChange::default() }).unwrap();
    shop.keys("s insert 'WHOLE' enter 'Wholesale' ctrl+s esc");
    shop.keys(&format!("9 insert down down '{} 2' ctrl+s", pack.barcode));
    let order = shop.till().orders(true).unwrap().remove(0);
    let two_packs = pack.pack_quantity.decimal() * Decimal::TWO;
    assert_eq!(order.lines[0].ordered.decimal(), two_packs, "{}", shop.screen());
}
