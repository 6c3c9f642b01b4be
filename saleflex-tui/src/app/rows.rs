//! Moving between the rows of a record: what is only shown is passed over.

use crate::{
    action::Move,
    dialog,
    record::{Record, Value},
};

/// Rows passed by the first or last key of a field that is only shown.
const ALL: usize = usize::MAX;
/// Rows passed by the keys for a page.
const PAGE: usize = 10;

/// The row that a step leads to, among those of the tab shown: the field of each, and which of its lines where it has several.
/// Where nothing beyond takes anything the cursor stays; a tab on which nothing can be changed is moved through row by row.
pub(super) fn stepped(record: &Record, rows: &[(usize, Option<usize>)], step: Move) -> usize {
    let page = if matches!(step, Move::Start | Move::End) { ALL } else { PAGE };
    let to = dialog::stepped(record.at, rows.len(), step, page);
    let stops = |at: &usize| {
        let field = rows.get(*at).and_then(|(field, _)| record.fields.get(*field));
        field.is_some_and(|field| !matches!(field.value, Value::Fixed(_)))
    };
    if matches!(step, Move::To(_)) {
        return to;
    }
    let (before, behind) = ((0..=to).rev().find(stops), (to..rows.len()).find(stops));
    let found = if to < record.at { before.or(behind) } else { behind.or(before) };
    found.unwrap_or(to)
}
