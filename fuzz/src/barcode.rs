//! Whatever a scanner sends under whatever mask somebody defined: something is found or refused, never a panic,
//! and what is found can be sold.
//!
//! The first line is masks with `;` between, each: length, starting digits, then start and length of code, weight and
//! price, 1 for a check digit, start and length of quantity, colour and size. The other lines are scans.

use chrono::NaiveDate;
use saleflex_core::{
    catalog::{
        Catalog, CatalogRecords, Department, DepartmentNo, Digits, LookupError, MaskDefinition, MaskNo,
        Permissions, PriceRule, Product, ProductBarcode, Reference, Unit,
    },
    ids::ProductId,
    money::{Currency, CurrencyCode, Money},
    quantity::{Percent, Quantity, UnitPrice},
    tax::TaxRate,
};
use uuid::Uuid;

/// Holds for any text.
///
/// # Panics
/// Where it does not: a finding.
pub fn run(text: &str) {
    let mut lines = text.lines();
    let masks = lines.next().unwrap_or_default().split(';').zip(1..).filter_map(|(line, no)| mask(line, no));
    // A mask that is refused is as if there was none.
    let masks = masks.filter(|mask| mask.check().is_empty()).take(8).collect();
    let catalog = catalog(masks);
    let currencies = ["JPY", "GBP", "KWD"].map(|code| CurrencyCode::parse(code).expect("three letters"));
    for entered in lines.take(20) {
        for currency in currencies.map(Currency::of) {
            scan(&catalog, entered, &currency);
        }
    }
}

fn scan(catalog: &Catalog, entered: &str, currency: &Currency) {
    let found = catalog.find(entered, NaiveDate::MIN, currency);
    assert_eq!(found, catalog.find(entered.trim(), NaiveDate::MIN, currency), "blanks around it matter");
    match found {
        Ok(item) => {
            assert!(item.product.is_some() && !item.taxes.is_empty());
            assert!(item.embedded_total.is_none_or(|total| !total.is_negative() && total <= Money::MAX));
            // The digits of the code are part of what was scanned.
            let is_known = ["12345", "4006381333931", "036000291452"].contains(&entered.trim());
            assert!(is_known || entered.contains(&item.code) || item.barcode.is_some());
        }
        Err(error) => assert!(error != LookupError::NothingEntered || entered.trim().is_empty()),
    }
}

fn mask(line: &str, no: u32) -> Option<MaskDefinition> {
    let mut parts = line.split(',');
    let length = parts.next()?.parse().ok()?;
    let starting_digits = parts.next()?.to_owned();
    let numbers: Vec<u8> = parts.map_while(|part| part.parse().ok()).collect();
    let digits = |at: usize| match (numbers.get(at), numbers.get(at + 1)) {
        (Some(&start), Some(&length)) if length > 0 => Some(Digits::new(start, length)),
        _ => None,
    };
    Some(MaskDefinition {
        no: MaskNo(no),
        description: String::new(),
        length,
        starting_digits,
        code: digits(0),
        quantity: digits(7),
        weight: digits(2),
        price: digits(4),
        colour: digits(9),
        size: digits(11),
        has_check_digit: numbers.get(6) == Some(&1),
    })
}

fn catalog(masks: Vec<MaskDefinition>) -> Catalog {
    let reference = Reference {
        tax_rates: vec![TaxRate { no: 1, name: "VAT".into(), percent: Percent::HUNDRED, jurisdiction: None }],
        departments: vec![Department {
            no: DepartmentNo(1),
            name: "Goods".into(),
            main: None,
            taxes: vec![1],
            max_price: None,
        }],
        units: vec![Unit { code: "KG".into(), decimals: 3, measure: None }, Unit::piece()],
        masks,
        ..Reference::default()
    };
    let products = ["12345", "000001", "7"].iter().zip(1..).map(|(code, id)| product(code, id));
    // Variants of the last, in a colour and a size, sold by the piece.
    let variants = ["70102", "70203"]
        .iter()
        .zip(11..)
        .map(|(code, id)| Product { unit: Unit::piece().code, ..product(code, id) });
    let products = products.chain(variants).collect();
    let barcode = |(barcode, id): (&str, u128)| ProductBarcode {
        barcode: barcode.into(),
        product: ProductId::new(Uuid::from_u128(id)),
        price: None,
        pack_quantity: Quantity::ONE,
    };
    let barcodes = [("4006381333931", 1), ("036000291452", 2)].map(barcode).to_vec();
    Catalog::from_records(CatalogRecords { reference, products, barcodes, ..CatalogRecords::default() })
        .expect("a valid catalog")
}

fn product(code: &str, id: u128) -> Product {
    Product {
        id: ProductId::new(Uuid::from_u128(id)),
        code: code.into(),
        name: "Cheese".into(),
        short_name: None,
        price: UnitPrice::parse("12.99").expect("a price"),
        price_rule: PriceRule::Fixed,
        cost_price: None,
        department: DepartmentNo(1),
        taxes: None,
        unit: "KG".into(),
        permissions: Permissions::default(),
        minimum_age: None,
        return_days: None,
        sellable_from: None,
        sellable_until: None,
        is_active: true,
    }
}
