//! A small shop, and the rules of finding, changing and searching proved on it.

mod change;
mod details;
mod find;
mod price_lists;
mod search;

use alloc::string::ToString;

use uuid::Uuid;

use super::*;
use crate::money::{Currency, CurrencyCode};
use crate::quantity::Percent;

fn currency() -> Currency {
    Currency::of(CurrencyCode::parse("GBP").unwrap())
}

fn id(number: u128) -> ProductId {
    ProductId::new(Uuid::from_u128(number))
}

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 4, day).unwrap()
}

fn price(text: &str) -> UnitPrice {
    UnitPrice::parse(text).unwrap()
}

fn rate(no: u16, percent: &str) -> TaxRate {
    TaxRate {
        no,
        name: format!("VAT {percent} %"),
        percent: Percent::parse(percent).unwrap(),
        jurisdiction: None,
    }
}

fn department(no: u32, main: Option<u32>, taxes: &[u16]) -> Department {
    let main = main.map(DepartmentNo);
    Department {
        no: DepartmentNo(no),
        name: format!("Group {no}"),
        main,
        taxes: taxes.to_vec(),
        max_price: None,
    }
}

/// A product of department 2, sold by the piece.
fn product(number: u128, code: &str, name: &str, unit_price: &str) -> Product {
    Product {
        id: id(number),
        code: code.into(),
        name: name.into(),
        short_name: None,
        price: price(unit_price),
        price_rule: PriceRule::Fixed,
        cost_price: None,
        department: DepartmentNo(2),
        taxes: None,
        unit: "PCS".into(),
        permissions: Permissions::default(),
        minimum_age: None,
        return_days: None,
        sellable_from: None,
        sellable_until: None,
        is_active: true,
    }
}

fn barcode(product: u128, text: &str) -> ProductBarcode {
    ProductBarcode { barcode: text.into(), product: id(product), price: None, pack_quantity: Quantity::ONE }
}

fn mask(no: u32, length: u8, starting_digits: &str) -> MaskDefinition {
    MaskDefinition {
        no: MaskNo(no),
        description: "weighed goods".into(),
        length,
        starting_digits: starting_digits.into(),
        code: Some(Digits::new(1, 6)),
        quantity: None,
        weight: None,
        price: None,
        colour: None,
        size: None,
        has_check_digit: false,
    }
}

fn reference() -> Reference {
    Reference {
        tax_rates: vec![rate(1, "0"), rate(2, "5"), rate(3, "20")],
        departments: vec![
            department(1, None, &[3]),
            department(2, None, &[1]),
            department(101, Some(2), &[]),
            department(102, Some(2), &[2]),
        ],
        units: vec![Unit::piece(), Unit { code: "KG".into(), decimals: 3, measure: None }],
        masks: vec![
            MaskDefinition {
                weight: Some(Digits::new(7, 6)),
                price: Some(Digits::new(13, 6)),
                ..mask(1, 19, "1")
            },
            MaskDefinition { weight: Some(Digits::new(7, 6)), ..mask(2, 13, "1") },
        ],
        ..Reference::default()
    }
}

fn records() -> CatalogRecords {
    let by_weight = |product| Product { unit: "KG".into(), ..product };
    CatalogRecords {
        reference: reference(),
        products: vec![
            product(1, "1", "Baguette", "1.10"),
            by_weight(product(2, "2", "Apples", "55.00")),
            by_weight(product(3, "3", "Bananas", "95.00")),
            Product {
                short_name: Some("Cola 1l".into()),
                ..product(8, "8", "Cola in the large bottle", "110.00")
            },
        ],
        barcodes: vec![
            ProductBarcode { price: Some(price("190.00")), ..barcode(8, "5449000000996") },
            barcode(8, "746817004304"),
        ],
        ..CatalogRecords::default()
    }
}

fn shop() -> Catalog {
    Catalog::from_records(records()).unwrap()
}

/// The shop with something changed before it opened.
fn shop_with(change: impl FnOnce(&mut CatalogRecords)) -> Result<Catalog, CatalogErrors> {
    let mut records = records();
    change(&mut records);
    Catalog::from_records(records)
}

#[test]
fn of_several_departments_with_one_number_the_lowest_identity_has_it_in_whatever_order_they_come() {
    let department = |id: u128, number| (Uuid::from_u128(id), DepartmentNo(number));
    let all = [department(3, 7), department(1, 7), department(2, 8), department(4, 7)];
    let expected = [department(1, 7), department(2, 8)].into();
    assert_eq!(one_a_number(all), expected);
    assert_eq!(one_a_number(all.into_iter().rev()), expected);
}
