//! Settings that the hub sets for this till. What somebody changes at the till afterwards stands until the hub sets
//! them anew.

use std::slice;

use saleflex_core::catalog::CatalogChange;
use saleflex_store::{
    Error, Till,
    inbox::{PulledRow, Taken},
};
use serde_json::{Map, Value};

use super::{fields, mark};
use crate::managed::{RESOURCE, TEXTS, laid_over};

/// The setting that the texts of receipts are parts of.
const PAPER: &str = "paper";

/// Takes settings over, or says why they do not fit.
pub(super) fn settings(till: &mut Till, connector: &str, most: usize) -> Result<Vec<Taken>, Error> {
    let mut marks = Vec::new();
    for row in till.waiting_rows(connector, RESOURCE, most)? {
        let wanted = if row.is_deleted { Map::new() } else { fields(&row) };
        let one = match laid_over(till.settings(), &wanted) {
            Ok(next) if next != *till.settings() => {
                let taken = mark(&row, None);
                till.take_over_settings(connector, next, slice::from_ref(&taken))?;
                marks.push(taken);
                continue;
            }
            Ok(_) => mark(&row, None),
            Err(unfit) => mark(&row, Some(unfit.to_string())),
        };
        till.take_over(connector, CatalogChange::default(), slice::from_ref(&one))?;
        marks.push(one);
    }
    Ok(marks)
}

/// Takes over what stands above and below every receipt: what the store says over what the company does, and what is set for
/// this till over both.
pub(super) fn receipt_texts(till: &mut Till, connector: &str, most: usize) -> Result<Vec<Taken>, Error> {
    let waiting = till.waiting_rows(connector, TEXTS, most)?;
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let mut paper = Map::new();
    let rows = till.pulled_rows(connector, TEXTS)?;
    for level in ["company", "store"] {
        for row in rows.iter().filter(|row| !row.is_deleted) {
            let mut said = fields(row);
            if said.get("level").and_then(Value::as_str) == Some(level) {
                said.retain(|name, text| ["header", "footer"].contains(&name.as_str()) && text.is_string());
                paper.extend(said);
            }
        }
    }
    let of_this_till = till.pulled_rows(connector, RESOURCE)?;
    for row in of_this_till.iter().filter(|row| !row.is_deleted) {
        if let Some(Value::Object(own)) = fields(row).remove(PAPER) {
            paper.extend(own);
        }
    }
    let marks = |held: Option<&str>| -> Vec<Taken> {
        waiting.iter().map(|row: &PulledRow| mark(row, held.map(str::to_owned))).collect()
    };
    let wanted = Map::from_iter([(PAPER.to_owned(), Value::Object(paper))]);
    let marks = match laid_over(till.settings(), &wanted) {
        Ok(next) if next != *till.settings() => {
            let marks = marks(None);
            till.take_over_settings(connector, next, &marks)?;
            return Ok(marks);
        }
        Ok(_) => marks(None),
        Err(unfit) => marks(Some(&unfit.to_string())),
    };
    till.take_over(connector, CatalogChange::default(), &marks)?;
    Ok(marks)
}
