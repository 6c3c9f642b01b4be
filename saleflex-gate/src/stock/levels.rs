//! How much of each product is on the shelves of a store.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::{self, DatabaseError, Session, Value};

/// What a level comes to at most and is raised by at most, in ten-thousandths: both together fit a column.
const MOST_LEVEL_E4: i64 = 1 << 61;

/// Changes levels of products. A level that no sum holds stays at the bound: it stops the goods of nobody else.
pub(super) fn raise(
    session: &mut dyn Session,
    (company, store): (Uuid, Uuid),
    mut changes: &[(Uuid, i64)],
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    while let Some((piece, behind)) = db::piece(changes) {
        let mut values: Vec<Value> = vec![company.into(), store.into(), now.timestamp_millis().into()];
        let mut places = Vec::with_capacity(piece.len());
        for (product, change) in piece {
            places.push(format!("($1, $2, ${}, ${}, 0, $3)", values.len() + 1, values.len() + 2));
            values.extend([(*product).into(), (*change).into()]);
        }
        let sql = format!(
            "INSERT INTO stock_level (company_id, store_id, product_id, on_hand_e4, reserved_e4, updated_at) \
             VALUES {} ON CONFLICT (company_id, store_id, product_id) \
             DO UPDATE SET on_hand_e4 = {} + {}, updated_at = excluded.updated_at",
            places.join(", "),
            bounded("stock_level.on_hand_e4"),
            bounded("excluded.on_hand_e4"),
        );
        session.send(&sql, &values)?;
        changes = behind;
    }
    Ok(())
}

/// A column of quantities, no more of it than can be added to as much.
fn bounded(column: &str) -> String {
    format!(
        "CASE WHEN {column} > {MOST_LEVEL_E4} THEN {MOST_LEVEL_E4} WHEN {column} < -{MOST_LEVEL_E4} \
         THEN -{MOST_LEVEL_E4} ELSE {column} END"
    )
}
