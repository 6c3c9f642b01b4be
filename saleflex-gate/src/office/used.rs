//! How often campaigns and coupons were used, as an older terminal is told it: it puts what the hub holds in the place of what it
//! counted itself.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{content, given::Lists};
use crate::db::{DatabaseError, Session};

/// Where the counts stand, and of which uses.
const COUNTED: [(&str, &str, &str); 2] =
    [("campaigns", "total_usage_count", "campaign"), ("coupons", "usage_count", "coupon")];

/// Adds the uses that are known here to what the rows say themselves, which came with them from elsewhere. What is held for a
/// document is used as far as others are told.
pub(super) fn count(
    session: &mut dyn Session,
    company: Uuid,
    lists: &mut Lists,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    for (resource, field, kind) in COUNTED {
        let Some(rows) = lists.get_mut(resource).filter(|rows| !rows.is_empty()) else { continue };
        let rows_of_uses = session.query(
            "SELECT offer_id, count(*) FROM offer_use WHERE company_id = $1 AND kind = $2 \
             AND (state = 'used' OR (state = 'held' AND expires_at > $3)) GROUP BY offer_id",
            &[company.into(), kind.into(), now.timestamp_millis().into()],
        )?;
        let used = rows_of_uses.iter().map(|row| Ok((row.id(0)?, row.integer(1)?)));
        let used: BTreeMap<Uuid, i64> = used.collect::<Result<_, DatabaseError>>()?;
        for row in rows {
            let id = row.get("id").and_then(Json::as_str).and_then(|id| Uuid::parse_str(id).ok());
            if let Some(uses) = id.and_then(|id| used.get(&id)) {
                let before = row.get(field).and_then(content::whole).unwrap_or_default().max(0);
                let all = before.saturating_add(*uses).min(i64::from(u32::MAX));
                row.insert(field.to_owned(), all.into());
            }
        }
    }
    Ok(())
}
