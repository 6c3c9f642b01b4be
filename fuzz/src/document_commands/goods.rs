//! The goods of a shop, and who buys them.

use rust_decimal::Decimal;
use saleflex_core::{
    catalog::{DepartmentNo, Permissions, PriceRule, Sellable, Unit},
    customer::BuyerGaps,
    document::CustomerFacts,
    ids::{CustomerId, ProductId},
    money::{Currency, Money},
    quantity::{Percent, Quantity, UnitPrice},
    tax::TaxRate,
};
use uuid::Uuid;

pub(super) fn customer() -> CustomerFacts {
    CustomerFacts {
        id: CustomerId::new(Uuid::from_u128(5)),
        account_limit: Some(Money::from_minor(100_000)),
        account_balance: Money::ZERO,
        gaps: BuyerGaps::default(),
        is_member: true,
    }
}

pub(super) fn rate(no: u16, percent: &str) -> TaxRate {
    let percent = Percent::parse(percent).expect("a percent");
    TaxRate { no, name: format!("Tax {no}"), percent, jurisdiction: None }
}

/// Sixteen goods that differ in what a document minds.
pub(super) fn item(choice: u8, currency: &Currency) -> Sellable {
    let has = |bit: u8| choice & bit != 0;
    let price = currency.decimal(Money::from_minor(i64::from(choice) * 37 + 1));
    Sellable {
        product: (!has(1)).then(|| ProductId::new(Uuid::from_u128(choice.into()))),
        code: choice.to_string(),
        barcode: None,
        name: "Goods".into(),
        department: DepartmentNo(1),
        sub_department: None,
        unit: Unit { code: "X".into(), decimals: if has(2) { 3 } else { 0 }, measure: None },
        price: UnitPrice::try_new(price).expect("a small price"),
        price_rule: if has(4) { PriceRule::MayBeFree } else { PriceRule::Fixed },
        cost_price: None,
        max_price: has(128).then(|| UnitPrice::try_new(Decimal::TEN).expect("a price")),
        taxes: if has(8) { vec![rate(1, "20")] } else { vec![rate(2, "4"), rate(3, "4.875")] },
        permissions: Permissions { discount: !has(16), returns: !has(32), negative_stock: !has(64) },
        minimum_age: (choice.is_multiple_of(7)).then_some(18),
        return_days: None,
        pack_quantity: Quantity::parse(if choice.is_multiple_of(5) { "6" } else { "1" }).expect("a quantity"),
        embedded_quantity: (has(2) && choice.is_multiple_of(3))
            .then(|| Quantity::parse("0.345").expect("a quantity")),
        embedded_total: (has(2) && choice.is_multiple_of(3)).then(|| Money::from_minor(choice.into())),
        container: choice.is_multiple_of(11).then(|| Box::new(bottle(currency))),
        is_container: false,
        has_serials: !has(1) && !has(2) && choice > 0 && choice.is_multiple_of(13),
    }
}

/// What empties are of.
pub(super) fn bottle(currency: &Currency) -> Sellable {
    let permissions = Permissions { discount: false, ..Permissions::default() };
    Sellable {
        code: "bottle".into(),
        name: "Bottle".into(),
        taxes: vec![rate(1, "20")],
        permissions,
        container: None,
        is_container: true,
        ..item(24, currency)
    }
}
