//! What a movement of goods does that an older client tells by itself: a row of the log that such clients keep.
//!
//! **Invariant:** of each of its goods a document moves what its own lines say, where it has some of them, or else what the
//! movements of that kind say that name it, and never both, whichever comes first.

use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use saleflex_core::ids::ProductId;
use serde_json::Value as Json;

use super::{content, effects};
use crate::{
    db::{DatabaseError, Session},
    ledger::{self, Key, flag},
    stock::Moved,
};

/// Books a movement that was just entered; the answer is what it moves on the shelves of its store.
pub(super) fn book(
    session: &mut dyn Session,
    key: &Key,
    row: &Json,
    now: DateTime<Utc>,
) -> Result<Moved, DatabaseError> {
    if !has_happened(row) {
        return Ok(Moved::default());
    }
    let at = moved_at(session, key, row)?.map_or(now, |at| at.min(now));
    let moved = moved(key, row, at);
    if moved.is_none() {
        ledger::note(session, key, flag::AMOUNT_UNREADABLE)?;
    }
    Ok(moved.unwrap_or_default())
}

/// What is only meant, waits for somebody or was given up moves nothing.
pub(super) fn has_happened(row: &Json) -> bool {
    let status = row["status"].as_str().unwrap_or_default().trim();
    let is_meant = ["pending", "cancelled"].iter().any(|one| status.eq_ignore_ascii_case(one));
    let is = |field: &str| row[field].as_bool() == Some(true);
    !is_meant && !is("is_deleted") && (!is("requires_approval") || is("is_approved"))
}

/// When it moved: such clients write the clock of their store, and no zone.
fn moved_at(
    session: &mut dyn Session,
    key: &Key,
    row: &Json,
) -> Result<Option<DateTime<Utc>>, DatabaseError> {
    let written = row["movement_date"].as_str().and_then(|text| text.trim().parse::<NaiveDateTime>().ok());
    let Some(written) = written else { return Ok(None) };
    let zones = session.query(
        "SELECT s.time_zone FROM terminal t JOIN store s ON s.company_id = t.company_id AND s.store_id = t.store_id \
         WHERE t.company_id = $1 AND t.terminal_id = $2",
        &[key.company.into(), key.terminal.into()],
    )?;
    let Some(zone) = zones.first() else { return Ok(None) };
    let zone: chrono_tz::Tz = zone.text(0)?.parse().unwrap_or(chrono_tz::UTC);
    Ok(zone.from_local_datetime(&written).earliest().map(|at| at.with_timezone(&Utc)))
}

/// What it moves; none where that cannot be read.
fn moved(key: &Key, row: &Json, at: DateTime<Utc>) -> Option<Moved> {
    let product = ProductId::new(effects::id(&row["fk_product_id"])?);
    let quantity = effects::quantity(content::decimal(&row["quantity"])?)?;
    let [from, to] = ["fk_warehouse_location_from", "fk_warehouse_location_to"]
        .map(|field| effects::id(&row[field]).is_some());
    let size = quantity.saturating_abs();
    let kind = row["movement_type"].as_str()?.trim().to_ascii_uppercase();
    let (kind, change) = match (kind.as_str(), from, to) {
        ("SALE", ..) => ("sale", -size),
        ("RETURN", ..) => ("return", size),
        ("RECEIPT", ..) => ("receipt", size),
        ("ADJUSTMENT", ..) => ("adjustment", quantity),
        ("LOSS" | "DAMAGE", ..) => ("waste", -size),
        // From place to place of a store adds up to nothing.
        ("TRANSFER", true, true) => return Some(Moved::default()),
        ("TRANSFER", true, false) => ("transfer_out", -size),
        ("TRANSFER", false, true) => ("transfer_in", size),
        _ => return None,
    };
    let mut moved = Moved::default();
    match effects::id(&row["fk_transaction_head_id"]) {
        Some(document) => moved.add_beside((document, key.entity), (product, kind), change, at),
        None => moved.add((key.entity, 0), (product, kind), change, at),
    }
    Some(moved)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_movement_goes_the_way_of_its_type_and_one_that_is_only_meant_goes_nowhere() {
        let (bread, place) = (Uuid::from_u128(7), Uuid::from_u128(8));
        let key = Key {
            company: Uuid::from_u128(1),
            terminal: Uuid::from_u128(2),
            kind: "stock_movement".to_owned(),
            entity: Uuid::from_u128(3),
            revision: 1,
        };
        let row = |kind: &str, quantity: Json| json!({"fk_product_id": bread, "movement_type": kind, "quantity": quantity});
        let change = |row: &Json| {
            let moved = moved(&key, row, DateTime::UNIX_EPOCH);
            moved.map(|moved| moved.of_product(ProductId::new(bread)))
        };
        for (kind, quantity, expected) in [
            ("SALE", -2, -20_000),
            ("sale", 2, -20_000),
            ("RETURN", 2, 20_000),
            ("RECEIPT", 2, 20_000),
            ("ADJUSTMENT", -3, -30_000),
            ("LOSS", 3, -30_000),
        ] {
            assert_eq!(change(&row(kind, json!(quantity))), Some(expected), "{kind}");
        }
        let mut transfer = row("TRANSFER", json!(2));
        assert_eq!(change(&transfer), None, "from nowhere to nowhere");
        transfer["fk_warehouse_location_from"] = json!(place);
        assert_eq!(change(&transfer), Some(-20_000));
        transfer["fk_warehouse_location_to"] = json!(place);
        assert_eq!(change(&transfer), Some(0));
        for unread in
            [row("SALE", json!("two")), row("SALE", json!("10000000")), row("GIFT", json!(1)), json!({})]
        {
            assert_eq!(change(&unread), None, "{unread}");
        }
        for (field, value) in
            [("status", json!("PENDING")), ("is_deleted", json!(true)), ("requires_approval", json!(true))]
        {
            let mut meant = row("SALE", json!(-1));
            meant[field] = value;
            assert!(!has_happened(&meant), "{field}");
            meant["is_approved"] = json!(true);
            assert_eq!(has_happened(&meant), field == "requires_approval", "{field}");
        }
        assert!(has_happened(&json!({"status": "COMPLETED"})) && has_happened(&json!({})));
    }
}
