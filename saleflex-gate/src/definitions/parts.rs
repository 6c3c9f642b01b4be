//! Rows that belong to two others: a product's price on a list, a customer in a segment.
//!
//! **Invariant:** of two rows there is one such row, whoever writes it and however often: its identity follows from them. It
//! goes with either of them.

use chrono::{DateTime, Utc};
use saleflex_core::digest::Digest;
use uuid::Uuid;

use super::{next_change, price_lists, segment_members};
use crate::{
    db::{DatabaseError, Session, Value},
    ids,
};

/// The resources of such rows, each with the resources that it belongs to and the fields that name them.
const ALL: [(&str, [(&str, &str); 2]); 2] = [
    (price_lists::PRICES, [(price_lists::LISTS, price_lists::LIST), ("products", price_lists::PRODUCT)]),
    (
        segment_members::MEMBERS,
        [(segment_members::SEGMENTS, segment_members::SEGMENT), ("customers", segment_members::CUSTOMER)],
    ),
];

/// The identity of the row of two others.
pub(super) fn identity(resource: &str, one: Uuid, other: Uuid) -> Uuid {
    let parts = [resource.as_bytes(), one.as_bytes().as_slice(), other.as_bytes().as_slice()];
    ids::of_digest(&Digest::of_parts(parts))
}

/// What the body of a row is like whose field names another row.
pub(super) fn naming(field: &str, id: Uuid) -> Value {
    format!("%\"{field}\":\"{id}\"%").into()
}

/// Takes a row away; whether it was there.
pub(super) fn take_off(
    session: &mut dyn Session,
    company: Uuid,
    (resource, id): (&str, Uuid),
    now: DateTime<Utc>,
) -> Result<bool, DatabaseError> {
    let version = next_change(session, company)?;
    let changed = session.execute(
        "UPDATE definition SET is_deleted = 1, version = $4, updated_at = $5 \
         WHERE company_id = $1 AND resource = $2 AND definition_id = $3 AND is_deleted = 0",
        &[company.into(), resource.into(), id.into(), version.into(), now.timestamp_millis().into()],
    )?;
    Ok(changed > 0)
}

/// Takes away what belongs to a row that goes.
pub(super) fn follow(
    session: &mut dyn Session,
    company: Uuid,
    (resource, id): (&str, Uuid),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let fields = ALL.iter().flat_map(|(part, of)| of.iter().map(move |(of, field)| (*part, *of, *field)));
    for (part, _, field) in fields.filter(|(_, of, _)| *of == resource) {
        let sql = "SELECT definition_id FROM definition WHERE company_id = $1 AND resource = $2 \
             AND is_deleted = 0 AND body LIKE $3";
        for row in &session.query(sql, &[company.into(), part.into(), naming(field, id)])? {
            take_off(session, company, (part, row.id(0)?), now)?;
        }
    }
    Ok(())
}
