//! Labels for shelves and goods, with what the catalog knows of a product today.

use chrono::NaiveDate;
use saleflex_core::{
    catalog::{Attribute, ProductRef},
    ids::ProductId,
    printout::{
        Printout,
        label::{self, Label},
        text as plain_text,
    },
    quantity::Quantity,
};
use saleflex_store::{Error, Till};

use super::{Paper, paper::RECEIPT_WIDTH};

/// The attribute that says how much a pack holds, such as `0.25 kg`.
pub(crate) const CONTENT: &str = "content";

/// Whom a label is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Use {
    /// The shelf below the product: what a common measure costs stands on it.
    Shelf,
    /// The goods themselves, so many of them.
    Goods(u16),
}

/// A shelf label to read and to print.
pub(super) fn shelf(till: &mut Till, product: ProductId) -> Result<Paper, Error> {
    let today = till.now().business_date;
    let known = till.catalog().product(product).ok_or(Error::NoSuchProduct { product })?;
    let printout = printout(till, known, today, Use::Shelf);
    let lines = plain_text::render(&printout, RECEIPT_WIDTH);
    Ok(Paper { title: known.name().to_owned(), lines, printout, of: None })
}

/// The label of a product at its price of a day; a price that a list reduces stands beside the product's own.
pub(crate) fn printout(till: &Till, product: ProductRef<'_>, on: NaiveDate, what: Use) -> Printout {
    let (price, own) = (product.price_on(on), product.to_product().price);
    let barcodes = product.barcodes();
    // The barcode of a pack would sell all that is in it.
    let single =
        barcodes.iter().find(|barcode| barcode.pack_quantity == Quantity::ONE && barcode.price.is_none());
    let content = content(till, product.id());
    let base = content.as_ref().and_then(|(held, measure)| {
        let base = label::base_price(price, *held)?;
        Some((base, measure.as_str()))
    });
    let label = Label {
        name: product.name(),
        code: product.code(),
        barcode: single.map(|barcode| barcode.barcode.as_str()),
        price,
        old_price: Some(own).filter(|own| *own > price),
        base_price: base,
        currency: till.currency(),
    };
    match what {
        Use::Shelf => label::shelf(&label),
        Use::Goods(copies) => label::product(&label, copies),
    }
}

/// How much a pack holds and of which measure, where an attribute says it.
fn content(till: &Till, product: ProductId) -> Option<(Quantity, String)> {
    let details = till.catalog().details(product)?;
    let Attribute::Text(text) = details.attributes.get(CONTENT)? else { return None };
    let (held, measure) = text.split_once(' ')?;
    Some((Quantity::parse(held).ok()?, measure.trim().to_owned()))
}
