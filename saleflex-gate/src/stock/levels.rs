//! How much of each product is on the shelves of a store.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::{DatabaseError, Form, Rows, Session};

/// What a level comes to at most and is raised by at most, in ten-thousandths: both together fit a column.
const MOST_LEVEL_E4: i64 = 1 << 61;

/// How a level comes in.
static LEVEL: Form = Form {
    table: "stock_level",
    common: &[
        ("company_id", "uuid"),
        ("store_id", "uuid"),
        ("reserved_e4", "bigint"),
        ("updated_at", "bigint"),
    ],
    own: &[("product_id", "uuid"), ("on_hand_e4", "bigint")],
    key: &["product_id"],
};

/// Changes levels of products, each once. A level that no sum holds stays at the bound: it stops the goods of nobody else.
pub(super) fn raise(
    session: &mut dyn Session,
    (company, store): (Uuid, Uuid),
    changes: impl IntoIterator<Item = (Uuid, i64)>,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let then = format!(
        "ON CONFLICT (company_id, store_id, product_id) DO UPDATE SET on_hand_e4 = {} + {}, \
         updated_at = excluded.updated_at",
        bounded("stock_level.on_hand_e4"),
        bounded("excluded.on_hand_e4"),
    );
    let of_all = vec![company.into(), store.into(), 0_i64.into(), now.timestamp_millis().into()];
    let mut rows = Rows::new(&LEVEL, then, of_all);
    for (product, change) in changes {
        rows.push([product.into(), change.into()]);
    }
    if rows.is_empty() { Ok(()) } else { session.send_rows(rows) }
}

/// A column of quantities, no more of it than can be added to as much.
fn bounded(column: &str) -> String {
    format!(
        "CASE WHEN {column} > {MOST_LEVEL_E4} THEN {MOST_LEVEL_E4} WHEN {column} < -{MOST_LEVEL_E4} \
         THEN -{MOST_LEVEL_E4} ELSE {column} END"
    )
}
