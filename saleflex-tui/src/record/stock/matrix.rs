//! A delivery of a style: all its sizes and colours in one receipt.

use std::collections::BTreeSet;

use saleflex_core::{
    catalog::{ProductRef, Variant},
    inventory::{
        Stock,
        command::{Command, Receive, ReceiveLine},
    },
    quantity::UnitPrice,
};
use saleflex_store::{Error, Till};

use super::{
    super::{Entered, Fields, Model, Reader, Saved, Shape, Value},
    choice, chosen,
};
use crate::{
    listing::RowId,
    message,
    text::{Key, Text},
};

/// A delivery of a style.
pub(crate) struct MatrixModel;

/// Stands between two cells.
const SEPARATOR: char = '|';
/// Between size and colour of a cell.
const CELL: char = '/';
/// Between a cell and how many of it came.
const IS: char = '=';
/// What a variant without a size or a colour has in its place.
const NONE: &str = "-";

impl Model for MatrixModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "STOCK_MATRIX",
            panel: "MATRIX_PANEL",
            definition: include_str!("../../../forms/stock_matrix.toml"),
            event: "STOCK_MATRIX_FORM",
            fields: &["STYLE", "QUANTITIES", "UNIT_COST", "LOCATION", "REFERENCE", "MATRIX"],
        }
    }

    fn hint(&self) -> Key {
        Key::HintMatrix
    }

    fn money(&self) -> &'static [&'static str] {
        &["UNIT_COST"]
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let known = if let Some(RowId::Product(id)) = of { till.catalog().details(id) } else { None };
        let style = known.and_then(|known| known.variant.as_ref()).map(|variant| variant.style.clone());
        let lines = match &style {
            Some(style) => matrix(till, style)?,
            None => vec![text.word(Key::MatrixNoStyle).to_owned()],
        };
        Ok(vec![
            ("STYLE", Value::text(style)),
            ("QUANTITIES", Value::Text(String::new())),
            ("UNIT_COST", Value::Text(String::new())),
            ("LOCATION", choice(till, till.counter())),
            ("REFERENCE", Value::Text(String::new())),
            ("MATRIX", Value::Lines(lines)),
        ])
    }

    fn save(&self, till: &mut Till, text: &Text, _: Option<RowId>, entered: &Entered) -> Saved {
        let mut read = Reader::new(entered, text, till);
        let style = read.needed("STYLE", 20);
        let variants = till.catalog().variants(&style);
        if variants.is_empty() && !style.is_empty() {
            read.fault("STYLE", text.fill(Key::NoSuchStyle, &[("style", &style)]));
        }
        let unit_cost = read.price("UNIT_COST");
        let location = chosen(&read, till, "LOCATION");
        let lines = lines(&mut read, &variants, unit_cost);
        read.finish()?;
        let Some(location) = location else { return Ok(()) };
        let command = Command::Receive(Receive {
            location,
            lines,
            supplier: None,
            supplier_name: None,
            order: None,
            reference: entered.optional("REFERENCE"),
            reason: None,
        });
        till.move_goods(&command, None)?;
        Ok(())
    }
}

/// What came, cell by cell; a cell is named by size and colour, or by the variant's code or barcode.
fn lines(
    read: &mut Reader<'_>,
    variants: &[(&Variant, ProductRef<'_>)],
    unit_cost: Option<UnitPrice>,
) -> Vec<ReceiveLine> {
    let typed = read.needed("QUANTITIES", 2_000);
    let mut lines = Vec::new();
    for part in typed.split(SEPARATOR).map(str::trim).filter(|part| !part.is_empty()) {
        let Some((cell, quantity)) = part.split_once(IS) else {
            read.fault("QUANTITIES", read.text.word(Key::CellsNotRead).to_owned());
            continue;
        };
        let found = variants.iter().find(|(variant, product)| is_cell(variant, *product, cell.trim()));
        let Some((_, product)) = found else {
            read.fault("QUANTITIES", read.text.fill(Key::NoSuchCell, &[("cell", cell.trim())]));
            continue;
        };
        match Stock::parse(quantity.trim()) {
            Ok(quantity) => lines.push(ReceiveLine {
                item: product.id().into(),
                quantity,
                unit_cost,
                batch: None,
                serials: Vec::new(),
            }),
            Err(error) => read.fault("QUANTITIES", message::amount_error(read.text, error)),
        }
    }
    lines
}

fn is_cell(variant: &Variant, product: ProductRef<'_>, typed: &str) -> bool {
    let (size, colour) = axes(variant);
    let by_axes = typed.split_once(CELL).is_some_and(|(one, other)| {
        one.trim().eq_ignore_ascii_case(size) && other.trim().eq_ignore_ascii_case(colour)
    });
    let by_barcode = || product.barcodes().iter().any(|barcode| barcode.barcode == typed);
    by_axes || product.code() == typed || by_barcode()
}

fn axes(variant: &Variant) -> (&str, &str) {
    (variant.size.as_deref().unwrap_or(NONE), variant.colour.as_deref().unwrap_or(NONE))
}

/// Sizes downwards, colours across, and what is there of each.
fn matrix(till: &Till, style: &str) -> Result<Vec<String>, Error> {
    let variants = till.catalog().variants(style);
    let axes = |at: &(&Variant, ProductRef<'_>)| {
        let (size, colour) = axes(at.0);
        (size.to_owned(), colour.to_owned())
    };
    let sizes: BTreeSet<String> = variants.iter().map(|variant| axes(variant).0).collect();
    let colours: BTreeSet<String> = variants.iter().map(|variant| axes(variant).1).collect();
    let heading = colours.iter().fold(" ".repeat(12), |line, colour| format!("{line}{colour:>12.11}"));
    let mut lines = vec![heading];
    for size in sizes {
        let mut line = format!("{size:<12.11}");
        for colour in &colours {
            let cell = (size.clone(), colour.clone());
            let here = match variants.iter().find(|variant| axes(variant) == cell) {
                Some((_, product)) => {
                    let levels = till.stock_levels(product.id().into())?;
                    levels.iter().map(|(_, level)| level.on_hand).sum::<Stock>().to_string()
                }
                None => String::new(),
            };
            line = format!("{line}{here:>12}");
        }
        lines.push(line);
    }
    Ok(lines)
}
