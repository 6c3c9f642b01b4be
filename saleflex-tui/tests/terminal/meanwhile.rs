//! What came in while a record was shown is neither put back nor taken for something else.

use saleflex_core::{
    catalog::{CatalogChange, Department, DepartmentNo, Product},
    ids::ProductId,
    quantity::UnitPrice,
};
use uuid::Uuid;

use crate::common::harness::Shop;

fn baguette(shop: &mut Shop) -> Product {
    shop.till().catalog().product_by_code("10106").unwrap().to_product()
}

#[test]
fn a_price_that_came_in_while_its_product_was_shown_is_not_put_back() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("esc p 'baguette' enter down ' X'");
    let dearer = UnitPrice::parse("3.00").unwrap();
    let product = Product { price: dearer, ..baguette(&mut shop) };
    let change = CatalogChange { products: vec![product], ..CatalogChange::default() };
    shop.till().change_catalog(change).unwrap();
    shop.keys("ctrl+s");
    assert!(shop.message().contains("changed meanwhile"), "{}", shop.screen());
    let product = baguette(&mut shop);
    assert_eq!((product.name.as_str(), product.price), ("Baguette", dearer));
    // Opened again it shows what is so now.
    shop.keys("esc y enter down ' X' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let product = baguette(&mut shop);
    assert_eq!((product.name.as_str(), product.price), ("Baguette X", dearer));
}

#[test]
fn a_department_that_came_in_before_the_one_shown_gets_no_product_by_its_place() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("esc p 'baguette' enter down ' X'");
    let mut reference = shop.till().catalog().reference();
    let taxes = reference.tax_rates.last().map(|rate| rate.no).into_iter().collect();
    let (no, name) = (DepartmentNo(55), "Wine".to_owned());
    reference.departments.push(Department { no, name, main: None, taxes, max_price: None });
    shop.till().replace_reference(&reference).unwrap();
    shop.keys("ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let product = baguette(&mut shop);
    assert_eq!((product.name.as_str(), product.department), ("Baguette X", DepartmentNo(101)));
}

#[test]
fn a_rule_of_the_store_that_came_in_while_the_rules_were_shown_is_not_put_back() {
    let mut shop = Shop::administered(120, 40);
    shop.keys("s 2");
    let mut settings = shop.till().settings().clone();
    settings.policy.return_days = Some(9);
    shop.till().change_settings(settings).unwrap();
    shop.keys("backspace backspace '15' ctrl+s");
    assert!(shop.message().contains("changed meanwhile"), "{}", shop.screen());
    shop.keys("esc y 2 backspace backspace '15' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    assert_eq!(shop.till().settings().policy.return_days, Some(9));
}

#[test]
fn a_code_that_is_out_of_sale_is_never_so_many_of_another() {
    let mut shop = Shop::managed(80, 24);
    let goods = |id, code: &str, is_active, product: Product| Product {
        id: ProductId::new(Uuid::from_u128(id)),
        code: code.to_owned(),
        name: format!("Shirt {code}"),
        short_name: None,
        is_active,
        ..product
    };
    let shirt = baguette(&mut shop);
    let products = vec![goods(1, "2XL", false, shirt.clone()), goods(2, "L", true, shirt)];
    shop.till().change_catalog(CatalogChange { products, ..CatalogChange::default() }).unwrap();
    shop.keys("'2XL' enter");
    assert_eq!(shop.message(), "Shirt 2XL is not for sale.", "{}", shop.screen());
    assert!(shop.lines().is_empty(), "{}", shop.screen());
    shop.keys("esc '3XL' enter");
    assert_eq!(shop.lines(), ["3 Shirt L 2.85"], "{}", shop.screen());
}
