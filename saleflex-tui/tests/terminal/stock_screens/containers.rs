//! Bottles with a deposit, empties, and quantities in another measure, by keyboard.

use saleflex_core::{
    catalog::{CatalogChange, DepartmentNo, Measure, MeasureKind, Product, ProductDetails, Unit},
    document::Kind,
    quantity::{UnitFactor, UnitPrice},
};

use crate::common::harness::Shop;

/// The demo store, whose baguettes come in a bottle of 0.25, with its administrator at the sale.
fn bottled() -> Shop {
    let mut shop = Shop::open(120, 40);
    shop.keys("'1111' enter");
    let till = shop.till();
    let baguette = till.catalog().product_by_code("10106").unwrap();
    let (id, department): (_, DepartmentNo) = (baguette.id(), baguette.department());
    let bottle = till.new_product_id();
    let price = UnitPrice::parse("0.25").unwrap();
    let article = Product::new(bottle, "BOTTLE", "Bottle", price, department, "PCS");
    let details = ProductDetails { container: Some(bottle), ..ProductDetails::none(id) };
    let change =
        CatalogChange { products: vec![article], details: vec![details], ..CatalogChange::default() };
    till.change_catalog(change).unwrap();
    shop.keys("enter");
    shop
}

#[test]
fn a_bottle_is_charged_below_its_goods_and_empties_lower_the_sale_until_they_are_given_back() {
    let mut shop = bottled();
    shop.keys("'2*10106' enter");
    assert_eq!(shop.lines(), ["2 Baguette 1.90", "2 Bottle 0.50"], "{}", shop.screen());
    assert!(shop.message().contains("Baguette"), "{}", shop.message());
    shop.keys("'500g*BOTTLE' f2 'empties, d' enter");
    assert!(shop.message().contains("PCS"), "{}", shop.screen());
    shop.keys("esc '3*BOTTLE' f2 'empties, d' enter");
    assert!(shop.shows("Empties") && shop.message().contains("0.75"), "{}", shop.screen());
    shop.keys("f2 'give empties' enter");
    assert!(shop.till().draft().unwrap().exchange.is_none(), "{}", shop.screen());
    assert_eq!(shop.message(), "No empties are set off against this sale.");
    shop.keys("f2 'give empties' enter");
    assert_eq!(shop.message(), "No empties are set off against this sale.");
    // Nothing typed: there is only one container.
    shop.keys("f2 'empties, d' enter '10106' f2 'empties, d' enter");
    assert!(shop.message().contains("no bottle or crate"), "{}", shop.screen());
    shop.keys("esc plus");
    let kinds: Vec<Kind> = shop.settled().iter().map(|one| one.document().kind).collect();
    assert_eq!(kinds, [Kind::Return, Kind::Sale], "{}", shop.screen());
}

#[test]
fn empties_alone_are_paid_out_and_the_void_of_goods_takes_their_bottle_along() {
    let mut shop = bottled();
    shop.keys("'10106' enter '10101' enter up up f2 'void' enter");
    assert_eq!(shop.till().draft().unwrap().active_lines().count(), 1, "{}", shop.screen());
    let mut shop = bottled();
    shop.keys("'4*BOTTLE' f2 'empties, d' enter");
    let document = shop.till().draft().cloned().unwrap();
    assert_eq!((document.kind, document.totals.net_due.minor()), (Kind::Return, 100));
}

#[test]
fn half_a_kilo_is_sold_as_500_g_in_one_go_and_changed_to_750_g() {
    let mut shop = Shop::selling(120, 40);
    let weighed = "301";
    assert_eq!(shop.till().catalog().product_by_code(weighed).unwrap().unit().code, "KG");
    let sold = |shop: &mut Shop| {
        assert!(shop.till().draft().is_some(), "{}", shop.screen());
        shop.document().active_lines().last().unwrap().quantity.to_string()
    };
    shop.keys(&format!("'500 g*{weighed}' enter"));
    assert_eq!(sold(&mut shop), "0.5", "{}", shop.screen());
    shop.keys("'750 g' f2 'quantity of' enter");
    assert_eq!(sold(&mut shop), "0.75", "{}", shop.screen());
    shop.keys(&format!("'1 l*{weighed}' enter"));
    assert!(shop.message().contains("KG"), "{}", shop.screen());
    shop.keys("'10106*500g' enter");
    assert!(shop.message().contains("PCS"), "{}", shop.screen());
    assert_eq!(shop.lines().len(), 1);
}

#[test]
fn a_crate_of_the_shops_own_is_sold_as_twelve_pieces_and_a_pound_as_half_a_kilo() {
    let mut shop = bottled();
    let own = |code: &str, kind, factor: &str| {
        let factor = UnitFactor::parse(factor).unwrap();
        Unit { code: code.to_owned(), decimals: 0, measure: Some(Measure { kind, factor }) }
    };
    let mut reference = shop.till().catalog().reference();
    reference.units.push(own("CRATE", MeasureKind::Count, "12"));
    reference.units.push(own("POUND", MeasureKind::Mass, "0.5"));
    shop.till().replace_reference(&reference).unwrap();
    let sold = |shop: &mut Shop| shop.document().active_lines().last().unwrap().quantity.to_string();
    // The screen learns of the units with the next thing that is done.
    shop.keys("'10101' enter '1 crate*10101' enter");
    assert_eq!(sold(&mut shop), "12", "{}", shop.screen());
    shop.keys("'2 crate' f2 'quantity of' enter");
    assert_eq!(sold(&mut shop), "24", "{}", shop.screen());
    shop.keys("'3 pound*301' enter");
    assert_eq!(sold(&mut shop), "1.5", "{}", shop.screen());
    shop.keys("'1 crate*301' enter");
    assert!(shop.message().contains("1 crate cannot be turned into KG"), "{}", shop.screen());
}

#[test]
fn more_empties_than_anybody_brings_are_asked_for_once_more() {
    let mut shop = bottled();
    let mut settings = shop.till().settings().clone();
    settings.policy.most_quantity = saleflex_core::quantity::Quantity::parse("1000").ok();
    shop.till().change_settings(settings).unwrap();
    shop.keys("'10106' enter '5000*BOTTLE' f2 'empties, d' enter");
    assert!(shop.shows("Are there really so many?"), "{}", shop.screen());
    shop.keys("esc");
    assert!(shop.document().exchange.is_none(), "{}", shop.screen());
    shop.keys("f2 'empties, d' enter y");
    assert!(shop.document().exchange.is_some(), "{}", shop.screen());
}

#[test]
fn empties_stand_on_the_receipt_of_their_sale_and_an_exchange_names_its_halves() {
    let mut shop = bottled();
    shop.keys("'10106' enter '3*BOTTLE' f2 'empties, d' enter plus");
    let receipt = shop.session.state.last_receipt.clone().unwrap().lines.join("\n");
    assert!(receipt.contains("Set off against") && receipt.contains("EMPTIES"), "{receipt}");
    assert!(receipt.contains("3 x Bottle"), "{receipt}");
    shop.keys("esc '14101' enter plus enter");
    let sold = shop.settled().last().unwrap().document().number;
    shop.keys("ctrl+b");
    shop.keys(&format!("'{sold}' enter a f10 f2 'exchange' enter '10101' enter f10 plus"));
    let receipt = shop.session.state.last_receipt.clone().unwrap().lines.join("\n");
    assert!(receipt.contains("EXCHANGE") && receipt.contains(&format!("Exchange of: {sold}")), "{receipt}");
    let sale = shop.settled().last().unwrap().document().number;
    assert!(receipt.contains(&format!("Exchanged for: {sale}")), "{receipt}");
}
