//! Labels: for the shelf below a product, and for the product itself.

use alloc::format;

use super::{Align, Printout, Size, parts};
use crate::{
    money::{Currency, Rounding},
    quantity::{Quantity, UnitPrice},
};

/// What a label says.
#[derive(Clone, Copy, Debug)]
pub struct Label<'a> {
    /// The name of the product.
    pub name: &'a str,
    /// The code typed at the till.
    pub code: &'a str,
    /// Its barcode; its code where it has none.
    pub barcode: Option<&'a str>,
    /// The price of one unit.
    pub price: UnitPrice,
    /// The price before, where it is reduced.
    pub old_price: Option<UnitPrice>,
    /// What a common measure costs, and which: `3.96` a `kg`.
    pub base_price: Option<(UnitPrice, &'a str)>,
    /// The currency of the prices.
    pub currency: &'a Currency,
}

/// A label for the shelf: the name, the price in large letters, what a common measure costs, the barcode.
pub fn shelf(label: &Label<'_>) -> Printout {
    let mut out = Printout::new();
    out.paragraph(label.name, Align::Center);
    let price = |price: UnitPrice| parts::unit_price(price, label.currency);
    if let Some(old) = label.old_price {
        out.paragraph(&format!("({})", price(old)), Align::Center);
    }
    out.sized(&price(label.price), Size::Large);
    if let Some((base, measure)) = label.base_price {
        out.paragraph(&format!("{} / {measure}", price(base)), Align::Center);
    }
    out.product_barcode(label.barcode.unwrap_or(label.code));
    if label.barcode.is_some() {
        out.line(label.code);
    }
    out.cut();
    out
}

/// As many labels for the goods themselves: name, barcode, price.
pub fn product(label: &Label<'_>, copies: u16) -> Printout {
    let mut out = Printout::new();
    for _ in 0..copies {
        out.paragraph(label.name, Align::Center);
        out.product_barcode(label.barcode.unwrap_or(label.code));
        out.sized(&parts::unit_price(label.price, label.currency), Size::Tall);
        out.cut();
    }
    out
}

/// The price of one common measure of a pack that holds `content` of it, with four digits: a pack of 0.25 kg at
/// 0.99 is 3.96 a kg. None for a pack that holds nothing.
pub fn base_price(price: UnitPrice, content: Quantity) -> Option<UnitPrice> {
    let exact = price.decimal().checked_div(content.decimal())?;
    UnitPrice::try_new(Rounding::HalfUp.round(exact, 4)).ok()
}
