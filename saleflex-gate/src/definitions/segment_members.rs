//! Whom people put into a segment by hand, or keep out of it. Who else belongs to it is worked out at the tills.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value as Json, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    IS_OF_THE_ERASED, NewRow,
    editing::{self, Stored},
    next_change, parts, put, rules,
};
use crate::{
    ApiError,
    access::Reach,
    db::{self, DatabaseError, Row, Session, Value},
};

/// The resource of segments.
pub(crate) const SEGMENTS: &str = "customer_segments";
/// The resource of whom people put into them.
pub(crate) const MEMBERS: &str = "customer_segment_members";
/// The field that names the segment.
pub(super) const SEGMENT: &str = "fk_customer_segment_id";
/// The field that names the customer.
const CUSTOMER: &str = "fk_customer_id";

/// A customer whom somebody put into a segment, or keeps out of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SegmentMember {
    /// The customer.
    pub(crate) customer_id: Uuid,
    /// Whether they are in it; else they are kept out of it, whatever its rules say.
    pub(crate) is_in: bool,
    /// The number of its last change.
    pub(crate) version: i64,
    /// When it last changed.
    pub(crate) updated_at: DateTime<Utc>,
}

/// Whom somebody decided about, within reach, in the order of the changes, after a number.
///
/// # Errors
/// `not_found` for a segment that is gone.
pub(crate) fn list(
    session: &mut dyn Session,
    (company, segment, reach): (Uuid, &Stored, &Reach),
    (since, limit): (i64, i64),
) -> Result<Vec<SegmentMember>, ApiError> {
    need(segment)?;
    let of = segment.id.to_string().into();
    let mut values: Vec<Value> = vec![company.into(), MEMBERS.into(), of, since.into(), limit.into()];
    let within = reach.condition("store_id", None, &mut values);
    let of_segment = parts::OF_FIRST;
    // With its plus the number is looked up in no index, which would be that of all rows.
    let sql = format!(
        "SELECT body, version, updated_at FROM definition WHERE {of_segment} AND +version > $4 \
         AND (store_id IS NULL OR {within}) ORDER BY +version LIMIT $5"
    );
    let members = session.query(&sql, &values)?.iter().map(member).collect::<Result<_, _>>();
    Ok(members?)
}

fn member(row: &Row) -> Result<SegmentMember, DatabaseError> {
    let unfit = || DatabaseError::Column { column: 0, expected: "a customer of a segment" };
    let body: Json = serde_json::from_str(row.text(0)?).map_err(|_| unfit())?;
    let customer = body[CUSTOMER].as_str().and_then(|id| Uuid::parse_str(id).ok());
    Ok(SegmentMember {
        customer_id: customer.ok_or_else(unfit)?,
        is_in: body["is_active"].as_bool().unwrap_or(true),
        version: row.integer(1)?,
        updated_at: row.time(2)?,
    })
}

/// Puts customers into a segment or keeps them out of it; about whom nothing is said the rules decide again. All or none of
/// them; answers how many changed.
///
/// # Errors
/// `not_found` for a segment that is gone; `reference_unknown` with the customer.
pub(crate) fn write(
    session: &mut dyn Session,
    (company, segment): (Uuid, &Stored),
    new: &BTreeMap<Uuid, Option<bool>>,
    now: DateTime<Utc>,
) -> Result<usize, ApiError> {
    let rule = rules::of(SEGMENTS).ok_or_else(ApiError::internal)?;
    // The counter's row is locked first: two who write one segment follow one another, and who read it before it went sees so.
    next_change(session, company)?;
    let segment = &editing::one(session, company, rule, segment.id)?;
    need(segment)?;
    let named: Vec<Uuid> = new.keys().copied().collect();
    let known = known(session, company, &named)?;
    let (mut rows, mut gone) = (Vec::new(), 0);
    for (customer, is_in) in new {
        let id = parts::identity(MEMBERS, segment.id, *customer);
        let Some(is_in) = is_in else {
            gone += usize::from(parts::take_off(session, company, (MEMBERS, id), now)?);
            continue;
        };
        // A store's own customer belongs to no other store's segment.
        let of = known.get(customer).copied();
        let is_fit =
            of.is_some_and(|of| of.is_none() || segment.store_id.is_none() || of == segment.store_id);
        let Some(of) = of.filter(|_| is_fit) else {
            let message = "a customer is not there, or not of the store of the segment";
            let error = ApiError::unprocessable("reference_unknown", message);
            return Err(ApiError { detail: Some(customer.to_string()), ..error });
        };
        let body = json!({
            "id": id, SEGMENT: segment.id, CUSTOMER: customer, "is_active": is_in, "is_deleted": false,
        });
        let Json::Object(body) = body else { continue };
        let store = segment.store_id.or(of);
        rows.push(NewRow { resource: MEMBERS, id, store, terminal: None, body });
    }
    Ok(put(session, company, &rows, now)?.saturating_add(gone))
}

fn need(segment: &Stored) -> Result<(), ApiError> {
    if segment.is_deleted { Err(ApiError::not_found()) } else { Ok(()) }
}

/// Those of these customers who are there, with the store they are of.
fn known(
    session: &mut dyn Session,
    company: Uuid,
    customers: &[Uuid],
) -> Result<BTreeMap<Uuid, Option<Uuid>>, DatabaseError> {
    let mut known = BTreeMap::new();
    for customers in customers.chunks(db::MOST_NAMED) {
        let (places, named) = db::named(2, customers);
        let sql = format!(
            "SELECT d.definition_id, d.store_id FROM definition d WHERE d.company_id = $1 \
             AND d.resource = 'customers' AND d.is_deleted = 0 AND NOT {IS_OF_THE_ERASED} \
             AND d.definition_id IN ({places})"
        );
        let mut values: Vec<Value> = vec![company.into()];
        values.extend(named);
        for row in session.query(&sql, &values)? {
            known.insert(row.id(0)?, row.optional_id(1)?);
        }
    }
    Ok(known)
}
