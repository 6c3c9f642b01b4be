//! Settings that the hub sets for this till. What somebody changes at the till afterwards stands until the hub sets
//! them anew.

use std::slice;

use saleflex_core::catalog::CatalogChange;
use saleflex_store::{Error, Till, inbox::Taken};
use serde_json::Map;

use super::{fields, mark};
use crate::managed::{RESOURCE, laid_over};

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
