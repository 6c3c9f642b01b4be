//! How often campaigns and coupons were used, and how many points customers have, as an older terminal is told it: it puts what
//! the hub holds in the place of what it has itself.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{content, given::Lists};
use crate::{
    db::{DatabaseError, Session, Value},
    offers::{expiring, points},
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
        if has_any(lists, resource) {
            let values: [Value; 3] = [company.into(), kind.into(), now.timestamp_millis().into()];
            add(lists, (resource, field), &known(session, uses, &values)?);
        }
    }
    if has_any(lists, POINTS.0) {
        add(lists, POINTS, &balances(session, company, lists, now)?);
    }
    Ok(())
}

/// What the points of all customers add up to, less what ran out of them and is not written off yet.
fn balances(
    session: &mut dyn Session,
    company: Uuid,
    lists: &Lists,
    now: DateTime<Utc>,
) -> Result<BTreeMap<Uuid, i64>, DatabaseError> {
    let sum = points::SUM;
    let sums = format!("SELECT member_id, {sum} FROM point_entry WHERE company_id = $1 GROUP BY member_id");
    let mut balances = known(session, &sums, &[company.into()])?;
    let told: BTreeSet<Uuid> = lists.get(POINTS.0).into_iter().flatten().filter_map(id_of).collect();
    let due = "SELECT DISTINCT member_id FROM point_entry WHERE company_id = $1 AND due_at <= $2";
    for row in session.query(due, &[company.into(), now.timestamp_millis().into()])? {
        let member = row.id(0)?;
        if let Some(balance) = balances.get_mut(&member).filter(|_| told.contains(&member)) {
            *balance = balance.saturating_sub(expiring::run_out(session, (company, member), now)?);
        }
    }
    Ok(balances)
}

fn has_any(lists: &Lists, resource: &str) -> bool {
    lists.get(resource).is_some_and(|rows| !rows.is_empty())
}

/// What a statement answers by identities.
fn known(
    session: &mut dyn Session,
    sql: &str,
    values: &[Value],
) -> Result<BTreeMap<Uuid, i64>, DatabaseError> {
    session.query(sql, values)?.iter().map(|row| Ok((row.id(0)?, row.integer(1)?))).collect()
}

fn id_of(row: &Map<String, Json>) -> Option<Uuid> {
    Uuid::parse_str(row.get("id")?.as_str()?).ok()
}

/// Adds what is known of rows by their identities to a field of theirs.
fn add(lists: &mut Lists, (resource, field): (&str, &str), known: &BTreeMap<Uuid, i64>) {
    for row in lists.get_mut(resource).into_iter().flatten() {
        if let Some(here) = id_of(row).and_then(|id| known.get(&id)) {
            let before = row.get(field).and_then(content::whole).unwrap_or_default().max(0);
            // Their columns hold so much.
            let all = before.saturating_add(*here).clamp(i32::MIN.into(), i32::MAX.into());
            row.insert(field.to_owned(), all.into());
        }
    }
}
