//! Companies that were deleted so long ago that no law keeps their books any more, where the operator says how long that is.
//!
//! **Invariant:** nothing goes of a company that is not deleted, or was deleted for less long. What is left of one that went is
//! its name, who deleted it, and its audit log, in which it stands that its books are gone.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    audit::Actor,
    db::{DatabaseError, Session, Tenant},
    moving::TABLES,
    people::deletion,
};

/// Tables that stay: what is left of a company, and what is of people, who may belong to others.
const STAY: [&str; 10] = [
    "company",
    "company_slug",
    "company_deletion",
    "company_deletion_approval",
    "audit",
    "hub_user",
    "second_factor",
    "recovery_code",
    "user_picture",
    "password_reset",
];

/// Takes away the books of companies that were deleted before so long; answers of how many. Each table goes in a transaction of
/// its own, what refers to others first: where one fails, the rest goes the next time.
pub(super) async fn purge(hub: &Hub, after: TimeDelta) -> Result<u64, ApiError> {
    let before = hub.now() - after;
    let due = hub.books.read(Tenant::Platform, move |session| Ok::<_, ApiError>(due(session, before)?));
    let mut count = 0;
    for company in due.await? {
        let mut rows = 0;
        for table in TABLES.into_iter().rev().filter(|table| !STAY.contains(table)) {
            let gone = hub.books.write(Tenant::Platform, move |session| {
                Ok::<_, ApiError>(session.execute(&statement(table), &[company.into()])?)
            });
            rows += gone.await?;
        }
        let noted = hub.act((company, Actor::Operator), move |desk| {
            deletion::purged(desk.session, company)?;
            Ok(desk.note("company.purged", ("company", company), None, json!({"rows": rows}))?)
        });
        noted.await?;
        count += 1;
    }
    Ok(count)
}

/// Companies that were deleted, each time before an instant: a wish to delete is counted from the day on which it would have been
/// over.
fn due(session: &mut dyn Session, before: DateTime<Utc>) -> Result<Vec<Uuid>, DatabaseError> {
    let rows = session.query(
        "SELECT c.company_id FROM company c WHERE c.state = 'deleted' AND (SELECT max(d.expires_at) \
         FROM company_deletion d WHERE d.company_id = c.company_id AND d.state = 'deleted') < $1 \
         ORDER BY c.company_id",
        &[before.timestamp_millis().into()],
    )?;
    rows.iter().map(|row| row.id(0)).collect()
}

fn statement(table: &str) -> String {
    if table == "refresh_token" {
        return "DELETE FROM refresh_token WHERE session_id IN \
                (SELECT session_id FROM user_session WHERE company_id = $1)"
            .to_owned();
    }
    format!("DELETE FROM {table} WHERE company_id = $1")
}
