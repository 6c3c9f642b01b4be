//! Products and barcodes as they lie in memory: small, because a shop may have a hundred thousand of each.
//!
//! Texts of a product share one allocation, a barcode of up to 18 digits has none.

use alloc::{boxed::Box, string::String, vec::Vec};
use core::num::{NonZeroU32, NonZeroU64};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{DepartmentNo, Permissions, PriceRule, Product, ProductBarcode, reference::UnitSlot, text};
use crate::{
    ids::ProductId,
    quantity::{Quantity, UnitPrice},
};

/// The position of a row in its table.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Slot(NonZeroU32);

impl Slot {
    /// The slot behind `rows` others; `None` beyond four thousand million.
    pub(super) fn after(rows: usize) -> Option<Self> {
        u32::try_from(rows).ok()?.checked_add(1).and_then(NonZeroU32::new).map(Self)
    }

    pub(super) const fn at(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// Stands between the texts of a product; validation keeps control characters out of them.
const SEPARATOR: char = '\n';

/// A [`UnitPrice`] in half the room: its ten-thousandths and one more, so that none of it can be told from nothing.
#[derive(Clone, Copy, Debug)]
struct Price(NonZeroU64);

impl Price {
    /// The fraction digits that a price has at most.
    const DIGITS: u32 = 4;

    fn pack(price: UnitPrice) -> Self {
        let decimal = price.decimal();
        let missing = Self::DIGITS.checked_sub(decimal.scale());
        let units = missing.and_then(|missing| decimal.mantissa().checked_mul(10_i128.pow(missing)));
        let packed = units.and_then(|units| u64::try_from(units + 1).ok()).and_then(NonZeroU64::new);
        Self(
            packed
                .expect("a price is no less than nothing, below 10^11 and has at most four fraction digits"),
        )
    }

    fn unpack(self) -> UnitPrice {
        let decimal = Decimal::from_i128_with_scale(i128::from(self.0.get() - 1), Self::DIGITS);
        UnitPrice::try_new(decimal).expect("it was a price before it was packed")
    }
}

/// What few products have.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Terms {
    taxes: Option<Vec<u16>>,
    return_days: Option<u16>,
    sellable_from: Option<NaiveDate>,
    sellable_until: Option<NaiveDate>,
    minimum_age: Option<u8>,
}

/// A [`Product`], packed.
#[derive(Clone, Debug)]
pub(super) struct ProductRow {
    pub(super) id: ProductId,
    /// Code, name and, where there is one, short name.
    texts: Box<str>,
    terms: Option<Box<Terms>>,
    price: Price,
    cost_price: Option<Price>,
    pub(super) department: DepartmentNo,
    /// The first of its barcodes; each names the next.
    pub(super) first_barcode: Option<Slot>,
    pub(super) unit: UnitSlot,
    /// Where the code ends: codes are compared at every look-up and hashed whenever a table of them grows.
    code_bytes: u8,
    pub(super) price_rule: PriceRule,
    pub(super) permissions: Permissions,
    pub(super) is_active: bool,
}

impl ProductRow {
    pub(super) fn pack(product: Product, unit: UnitSlot, first_barcode: Option<Slot>) -> Self {
        let short_name = product.short_name.as_deref();
        let length =
            product.code.len() + product.name.len() + short_name.map_or(0, |name| name.len() + 1) + 1;
        let mut texts = String::with_capacity(length);
        texts.push_str(&product.code);
        texts.push(SEPARATOR);
        texts.push_str(&product.name);
        if let Some(short_name) = short_name {
            texts.push(SEPARATOR);
            texts.push_str(short_name);
        }
        let code_bytes = u8::try_from(product.code.len());
        let terms = Terms {
            taxes: product.taxes,
            return_days: product.return_days,
            sellable_from: product.sellable_from,
            sellable_until: product.sellable_until,
            minimum_age: product.minimum_age,
        };
        Self {
            id: product.id,
            texts: texts.into_boxed_str(),
            terms: (terms != Terms::default()).then(|| Box::new(terms)),
            price: Price::pack(product.price),
            cost_price: product.cost_price.map(Price::pack),
            department: product.department,
            first_barcode,
            unit,
            code_bytes: code_bytes.expect("a code was checked: twenty characters of at most four bytes"),
            price_rule: product.price_rule,
            permissions: product.permissions,
            is_active: product.is_active,
        }
    }

    pub(super) fn unpack(&self, unit: &str) -> Product {
        let terms = self.terms.as_deref().cloned().unwrap_or_default();
        Product {
            id: self.id,
            code: self.code().into(),
            name: self.name().into(),
            short_name: self.short_name().map(String::from),
            price: self.price(),
            price_rule: self.price_rule,
            cost_price: self.cost_price(),
            department: self.department,
            taxes: terms.taxes,
            unit: unit.into(),
            permissions: self.permissions,
            minimum_age: terms.minimum_age,
            return_days: terms.return_days,
            sellable_from: terms.sellable_from,
            sellable_until: terms.sellable_until,
            is_active: self.is_active,
        }
    }

    pub(super) fn price(&self) -> UnitPrice {
        self.price.unpack()
    }

    pub(super) fn cost_price(&self) -> Option<UnitPrice> {
        self.cost_price.map(Price::unpack)
    }

    pub(super) fn minimum_age(&self) -> Option<u8> {
        self.terms.as_ref().and_then(|terms| terms.minimum_age)
    }

    pub(super) fn return_days(&self) -> Option<u16> {
        self.terms.as_ref().and_then(|terms| terms.return_days)
    }

    /// The first and the last day on which it is sold.
    pub(super) fn sellable(&self) -> (Option<NaiveDate>, Option<NaiveDate>) {
        self.terms.as_ref().map_or((None, None), |terms| (terms.sellable_from, terms.sellable_until))
    }

    pub(super) fn code(&self) -> &str {
        self.texts.get(..usize::from(self.code_bytes)).unwrap_or_default()
    }

    /// The names, behind the code.
    fn names(&self) -> impl Iterator<Item = &str> {
        let behind = self.texts.get(usize::from(self.code_bytes) + SEPARATOR.len_utf8()..);
        behind.unwrap_or_default().split(SEPARATOR)
    }

    pub(super) fn name(&self) -> &str {
        self.names().next().unwrap_or_default()
    }

    pub(super) fn short_name(&self) -> Option<&str> {
        self.names().nth(1)
    }

    /// Code, name and short name with a line break between.
    pub(super) fn texts(&self) -> &str {
        &self.texts
    }

    pub(super) fn own_taxes(&self) -> &[u16] {
        self.terms.as_ref().and_then(|terms| terms.taxes.as_deref()).unwrap_or_default()
    }
}

/// The text of a barcode: digits as a number behind a leading 1, which keeps their leading zeros.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) enum BarcodeText {
    Digits(u64),
    Other(Box<str>),
}

/// Digits that fit a `u64` behind a leading 1.
const MOST_DIGITS: usize = 18;

impl BarcodeText {
    /// The packed digits of a text, `None` when it has others or too many.
    fn digits(barcode: &str) -> Option<u64> {
        if barcode.is_empty() || barcode.len() > MOST_DIGITS || !text::is_digits(barcode) {
            return None;
        }
        Some(barcode.bytes().fold(1, |number, byte| number * 10 + u64::from(byte - b'0')))
    }

    pub(super) fn pack(barcode: &str) -> Self {
        Self::digits(barcode).map_or_else(|| Self::Other(barcode.into()), Self::Digits)
    }

    pub(super) fn unpack(&self) -> String {
        let mut text = String::new();
        self.write_to(&mut text, |other, out| out.push_str(other));
        text
    }

    /// Appends the text; what is not packed digits goes through `write`.
    pub(super) fn write_to(&self, out: &mut String, write: impl FnOnce(&str, &mut String)) {
        match self {
            Self::Other(text) => write(text, out),
            Self::Digits(packed) => {
                let mut power = 10_u64.pow(packed.ilog10());
                while power > 1 {
                    power /= 10;
                    // One digit always fits.
                    out.push(char::from(b'0' + u8::try_from(packed / power % 10).unwrap_or_default()));
                }
            }
        }
    }
}

/// What few barcodes have.
#[derive(Clone, Debug, Eq, PartialEq)]
struct BarcodeTerms {
    price: Option<UnitPrice>,
    pack_quantity: Quantity,
}

/// A [`ProductBarcode`], packed.
#[derive(Clone, Debug)]
pub(super) struct BarcodeRow {
    pub(super) text: BarcodeText,
    terms: Option<Box<BarcodeTerms>>,
    pub(super) product: Slot,
    /// The product's next barcode.
    pub(super) next: Option<Slot>,
}

impl BarcodeRow {
    pub(super) fn pack(barcode: &ProductBarcode, product: Slot) -> Self {
        let mut row = Self { text: BarcodeText::pack(&barcode.barcode), terms: None, product, next: None };
        row.set_terms(barcode);
        row
    }

    pub(super) fn set_terms(&mut self, barcode: &ProductBarcode) {
        let terms = BarcodeTerms { price: barcode.price, pack_quantity: barcode.pack_quantity };
        let is_plain = terms == BarcodeTerms { price: None, pack_quantity: Quantity::ONE };
        self.terms = (!is_plain).then(|| Box::new(terms));
    }

    pub(super) fn unpack(&self, product: ProductId) -> ProductBarcode {
        ProductBarcode {
            barcode: self.text.unpack(),
            product,
            price: self.price(),
            pack_quantity: self.pack_quantity(),
        }
    }

    pub(super) fn price(&self) -> Option<UnitPrice> {
        self.terms.as_ref().and_then(|terms| terms.price)
    }

    pub(super) fn pack_quantity(&self) -> Quantity {
        self.terms.as_ref().map_or(Quantity::ONE, |terms| terms.pack_quantity)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_hundred_thousand_products_with_barcodes_take_a_quarter_of_the_tills_memory() {
        assert!(size_of::<Option<ProductRow>>() <= 72);
        assert!(size_of::<Option<BarcodeRow>>() <= 32);
    }

    #[test]
    fn leading_zeros_of_a_barcode_count() {
        assert_ne!(BarcodeText::pack("0746817004304"), BarcodeText::pack("746817004304"));
        assert_eq!(BarcodeText::pack("000").unpack(), "000");
    }

    proptest! {
        #[test]
        fn a_price_comes_out_of_its_packing_as_it_went_in(units in 0_i64..=999_999_999_999_999, digits in 0_u32..=4) {
            let price = UnitPrice::try_new(Decimal::new(units, 4).trunc_with_scale(digits)).unwrap();
            prop_assert_eq!(Price::pack(price).unpack(), price);
        }

        #[test]
        fn a_barcode_comes_out_of_its_packing_as_it_went_in(barcode in "[0-9]{0,20}|\\PC{0,50}") {
            prop_assert_eq!(BarcodeText::pack(&barcode).unpack(), barcode);
        }
    }
}
