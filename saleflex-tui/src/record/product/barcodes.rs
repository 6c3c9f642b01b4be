//! The barcodes of a product as one line of text: `5012345678900 x6 @9.99|5012345678917`, where `x6` sells six and
//! `@9.99` at a price of its own.

use saleflex_core::{
    catalog::{ProductBarcode, barcode},
    ids::ProductId,
    money::Currency,
    quantity::{Quantity, UnitPrice},
};

use super::{super::Reader, SEPARATOR, joined};
use crate::{
    entry::{self, Amounts},
    text::{Key, Text},
    view,
};

/// Stands before how many a barcode sells.
const PACK: char = 'x';
/// Stands before the price of a barcode's own.
const PRICE: char = '@';

/// All of them as they are typed.
pub(super) fn written(known: &[ProductBarcode], currency: &Currency) -> String {
    joined(known.iter().map(|barcode| write(barcode, currency)))
}

fn write(barcode: &ProductBarcode, currency: &Currency) -> String {
    let several = Some(barcode.pack_quantity).filter(|pack| *pack != Quantity::ONE);
    let pack = several.map(|pack| format!(" {PACK}{pack}")).unwrap_or_default();
    let own = barcode.price.map(|price| format!(" {PRICE}{}", view::price(currency, price)));
    format!("{}{pack}{}", barcode.barcode, own.unwrap_or_default())
}

/// A barcode, how many it sells and the price of its own.
type Typed = (String, Quantity, Option<UnitPrice>);

/// What one entry says. A barcode that stands as it stood is what it was, whatever characters it has.
fn read_one(entry: &str, known: &[ProductBarcode], amounts: &Amounts) -> Option<Typed> {
    if let Some(same) = known.iter().find(|barcode| write(barcode, &amounts.currency) == entry) {
        return Some((same.barcode.clone(), same.pack_quantity, same.price));
    }
    let (rest, price) = match last_word(entry, PRICE) {
        Some((rest, price)) => (rest, Some(entry::unit_price(price, amounts).ok()?)),
        None => (entry, None),
    };
    let (text, pack_quantity) = match last_word(rest, PACK) {
        Some((text, pack)) => (text, entry::quantity_of(pack)?),
        None => (rest, Quantity::ONE),
    };
    Some((text.to_owned(), pack_quantity, price))
}

/// The text before a last word that begins with a sign, and that word without it.
fn last_word(text: &str, sign: char) -> Option<(&str, &str)> {
    let (rest, word) = text.rsplit_once(char::is_whitespace)?;
    Some((rest.trim_end(), word.strip_prefix(sign)?))
}

fn entries(typed: &str) -> impl Iterator<Item = &str> {
    typed.split(SEPARATOR).map(str::trim).filter(|entry| !entry.is_empty())
}

/// Barcodes to take out and to put in, where all that was typed can be read; those that stay as they are are neither.
pub(super) fn read(
    read: &mut Reader<'_>,
    known: &[ProductBarcode],
    product: ProductId,
) -> (Vec<String>, Vec<ProductBarcode>) {
    let mut wanted = Vec::new();
    for entry in entries(read.entered.text("BARCODES")) {
        match read_one(entry, known, &read.amounts) {
            Some((barcode, pack_quantity, price)) => {
                wanted.push(ProductBarcode { barcode, product, price, pack_quantity });
            }
            None => read.fault("BARCODES", read.text.fill(Key::BarcodeNotRead, &[("barcode", entry)])),
        }
    }
    let is_wanted = |gone: &&ProductBarcode| wanted.iter().any(|barcode| barcode.barcode == gone.barcode);
    let gone = known.iter().filter(|barcode| !is_wanted(barcode)).map(|gone| gone.barcode.clone()).collect();
    wanted.retain(|barcode| !known.contains(barcode));
    (gone, wanted)
}

/// What looks mistyped among the barcodes that are new.
pub(super) fn warning(
    text: &Text,
    known: &[ProductBarcode],
    typed: &str,
    amounts: &Amounts,
) -> Option<String> {
    let is_new = |new: &String| !known.iter().any(|barcode| barcode.barcode == *new);
    let read = entries(typed).filter_map(|entry| read_one(entry, known, amounts));
    let odd = read.map(|(barcode, ..)| barcode).filter(|new| is_new(new) && barcode::verify(new).is_some());
    let told = odd.map(|barcode| text.fill(Key::BarcodeOdd, &[("barcode", &barcode)]));
    told.reduce(|told, more| told + " " + &more)
}
