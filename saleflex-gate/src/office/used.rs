//! How often campaigns and coupons were used, and how many points customers have, as an older terminal is told it: it puts what
//! the hub holds in the place of what it has itself.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{content, given::Lists};
use crate::{
    db::{DatabaseError, Session, Value},
    offers::points,
};

/// Where the counts stand, and of which uses.
const COUNTED: [(&str, &str, &str); 2] =
    [("campaigns", "total_usage_count", "campaign"), ("coupons", "usage_count", "coupon")];

/// Where the points of a customer stand.
const POINTS: (&str, &str) = ("customers", "total_bonus_point");

/// Adds the uses and the points that are known here to what the rows say themselves, which came with them from elsewhere. What is
/// held for a document is used as far as others are told; points that are held are still their customer's.
pub(super) fn count(
    session: &mut dyn Session,
    company: Uuid,
    lists: &mut Lists,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let uses = "SELECT offer_id, count(*) FROM offer_use WHERE company_id = $1 AND kind = $2 \
                AND (state = 'used' OR (state = 'held' AND expires_at > $3)) GROUP BY offer_id";
    for (resource, field, kind) in COUNTED {
        let values: [Value; 3] = [company.into(), kind.into(), now.timestamp_millis().into()];
        add(session, lists, (resource, field), (uses, &values))?;
    }
    let sum = points::SUM;
    let points = format!("SELECT member_id, {sum} FROM point_entry WHERE company_id = $1 GROUP BY member_id");
    add(session, lists, POINTS, (points.as_str(), &[company.into()]))
}

/// Adds what a statement answers by the identities of rows to a field of theirs.
fn add(
    session: &mut dyn Session,
    lists: &mut Lists,
    (resource, field): (&str, &str),
    (sql, values): (&str, &[Value]),
) -> Result<(), DatabaseError> {
    let Some(rows) = lists.get_mut(resource).filter(|rows| !rows.is_empty()) else { return Ok(()) };
    let known = session.query(sql, values)?;
    let known = known.iter().map(|row| Ok((row.id(0)?, row.integer(1)?)));
    let known: BTreeMap<Uuid, i64> = known.collect::<Result<_, DatabaseError>>()?;
    for row in rows {
        let id = row.get("id").and_then(Json::as_str).and_then(|id| Uuid::parse_str(id).ok());
        if let Some(here) = id.and_then(|id| known.get(&id)) {
            let before = row.get(field).and_then(content::whole).unwrap_or_default().max(0);
            // Their columns hold so much.
            let all = before.saturating_add(*here).clamp(i32::MIN.into(), i32::MAX.into());
            row.insert(field.to_owned(), all.into());
        }
    }
    Ok(())
}
