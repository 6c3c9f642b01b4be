//! Goods that the hub moved in this till's books.

use std::slice;

use saleflex_core::{
    catalog::CatalogChange,
    ids::{CashierId, PostingId},
    inventory::{Cause, Item, NumberKind, Place, Tracking},
};
use saleflex_store::{
    Error, Till,
    inbox::{PulledRow, Taken},
    till::{PulledMovement, PulledPosting},
};

use super::mark;
use crate::goods::{HubLine, HubPosting, RESOURCE};

/// Books what the hub moved, row by row in the order it did, or says why it cannot be.
pub(super) fn goods(till: &mut Till, connector: &str, most: usize) -> Result<Vec<Taken>, Error> {
    let mut marks = Vec::new();
    let mut rows = till.waiting_rows(connector, RESOURCE, most)?;
    rows.sort_by_key(|row| row.version);
    for row in rows {
        // What the till delivered back is told of no more.
        let fitting = if row.is_deleted { Ok(None) } else { posting(till, &row).map(Some) };
        let one = match fitting {
            Ok(Some(posting)) => {
                let taken = mark(&row, None);
                till.take_over_posting(connector, posting, slice::from_ref(&taken))?;
                marks.push(taken);
                continue;
            }
            Ok(None) => mark(&row, None),
            Err(why) => mark(&row, Some(why)),
        };
        till.take_over(connector, CatalogChange::default(), slice::from_ref(&one))?;
        marks.push(one);
    }
    Ok(marks)
}

fn posting(till: &Till, row: &PulledRow) -> Result<PulledPosting, String> {
    let posting: HubPosting =
        serde_json::from_str(&row.fields).map_err(|cause| format!("it cannot be read: {cause}"))?;
    let location = match &posting.location {
        Some(code) => till.sites().by_code(code).map(|known| known.id),
        None => till.counter(),
    };
    let named = posting.location.as_deref().unwrap_or("to sell from");
    let location = location.ok_or_else(|| format!("location {named} is missing"))?;
    let mut movements = Vec::new();
    for HubLine { product_id, kind, change, unit_cost } in posting.lines {
        if till.catalog().product(product_id).is_none() {
            return Err(format!("product {product_id} is missing"));
        }
        if till.tracking(product_id) != Tracking::Quantity {
            return Err(format!(
                "product {product_id} is kept by batches or pieces, of which the hub knows none"
            ));
        }
        let place = Place { item: Item::from(product_id), location };
        movements.push(PulledMovement { kind, place, change, unit_cost });
    }
    Ok(PulledPosting {
        id: PostingId::new(row.id),
        at: posting.at,
        number: number(&posting.cause),
        by: CashierId::new(posting.by),
        cause: posting.cause,
        reason: posting.reason,
        reference: posting.reference,
        movements,
    })
}

/// Which counter numbers it.
const fn number(cause: &Cause) -> NumberKind {
    if matches!(cause, Cause::Receipt { .. }) {
        NumberKind::Receipt
    } else if matches!(cause, Cause::Issue { .. }) {
        NumberKind::Issue
    } else if matches!(cause, Cause::Transfer { .. }) {
        NumberKind::Transfer
    } else {
        NumberKind::Adjustment
    }
}
