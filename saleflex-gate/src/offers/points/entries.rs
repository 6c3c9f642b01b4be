//! The entries of a member, as whoever looks after members reads them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    db::{self, DatabaseError, Session, Value},
    offers::known::records_of,
};

/// One entry.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct PointEntry {
    /// Its identity.
    pub(crate) id: Uuid,
    /// Such as `earned`, `redeemed`, `adjusted`, `reversed`.
    pub(crate) kind: String,
    /// How many; below nothing were taken.
    pub(crate) points: i64,
    /// The document it came with.
    pub(crate) document_id: Option<Uuid>,
    /// Why, where a person gave a reason.
    pub(crate) reason: Option<String>,
    /// When.
    pub(crate) created_at: DateTime<Utc>,
}

/// A member's entries after one of them, by their identities; those of records that were made one with theirs too.
pub(crate) fn entries(
    session: &mut dyn Session,
    (company, member): (Uuid, Uuid),
    (after, limit): (Uuid, i64),
) -> Result<Vec<PointEntry>, DatabaseError> {
    let records = records_of(session, company, member)?;
    let mut entries = Vec::new();
    for records in records.chunks(db::MOST_NAMED) {
        let (places, named) = db::named(4, records);
        let sql = format!(
            "SELECT entry_id, kind, points, document_id, reason, created_at FROM point_entry \
             WHERE company_id = $1 AND entry_id > $2 AND member_id IN ({places}) ORDER BY entry_id LIMIT $3"
        );
        let values = [Value::from(company), after.into(), limit.into()].into_iter().chain(named);
        for row in session.query(&sql, &values.collect::<Vec<_>>())? {
            entries.push(PointEntry {
                id: row.id(0)?,
                kind: row.text(1)?.to_owned(),
                points: row.integer(2)?,
                document_id: row.optional_id(3)?,
                reason: row.optional_text(4)?.map(str::to_owned),
                created_at: row.time(5)?,
            });
        }
    }
    entries.sort_by_key(|entry| entry.id);
    entries.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(entries)
}
