//! Whom people put into a segment of customers by hand. The segment itself is a definition.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::definitions::place;
use crate::{
    ApiError, Hub,
    access::may,
    authority,
    db::Tenant,
    definitions::{
        editing, rules,
        segment_members::{self, MEMBERS, SEGMENTS, SegmentMember},
    },
    error::Refusal,
    request::{Asked, Listed, Named, Page, Sent},
    scope::Permit,
};

/// The most customers that are named at once.
const MOST: usize = 1_000;

/// Who is in a segment from now on, or kept out of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"members": [
    {"customer_id": "018f0000-0000-7000-8000-000000000001", "is_in": true},
    {"customer_id": "018f0000-0000-7000-8000-000000000002", "is_in": null},
]}))]
pub(crate) struct NewMembers {
    /// Each customer once, at most 1,000 of them.
    #[schema(min_items = 1, max_items = 1000)]
    members: Vec<NewSegmentMember>,
}

/// Whether a customer is in the segment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSegmentMember {
    /// The customer.
    customer_id: Uuid,
    /// In it, or kept out of it, whatever its rules say; null lets the rules decide again.
    is_in: Option<bool>,
}

/// What became of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MembersWritten {
    /// About how many it is decided otherwise now; the rest stood so already.
    changed: usize,
}

/// Whom somebody put into a segment or keeps out of it, in the order of the changes. Who belongs to it by its rules is worked
/// out at the tills.
#[utoipa::path(get, path = "/customer-segments/{id}/members", tag = "definitions", params(("id" = Uuid, Path, description = "The segment"), Page), responses((status = OK, body = Listed<SegmentMember>)))]
pub(crate) async fn members(
    State(hub): State<Hub>,
    permit: Permit<may::CustomerRead>,
    Named(id): Named<Uuid>,
    Asked(page): Asked<Page>,
) -> Result<Json<Listed<SegmentMember>>, ApiError> {
    let (since, limit) = (page.after()?, page.limit()?);
    let rule = rules::of(SEGMENTS).ok_or_else(ApiError::internal)?;
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        let segment = editing::one(books, permit.company, rule, id)?;
        if segment.store_id.is_some_and(|store| !permit.reach.holds_store(store)) {
            return Err(ApiError::not_found());
        }
        segment_members::list(books, (permit.company, &segment, &permit.reach), (since, limit + 1))
    });
    read.await.map(|members| Json(Listed::part(members, limit, |member| member.version.to_string())))
}

/// Puts customers into a segment, keeps them out of it, or lets its rules decide again: all or none of them. What stands so
/// already is not changed, so that doing it again does nothing.
#[utoipa::path(put, path = "/customer-segments/{id}/members", tag = "definitions", params(("id" = Uuid, Path, description = "The segment")), request_body = NewMembers, responses(
    (status = OK, body = MembersWritten),
    (status = FORBIDDEN, body = Refusal, description = "`not_allowed`, `not_the_authority`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`field_invalid`; `reference_unknown`: `detail` names a customer who is not there, or of another store than the segment"),
))]
pub(crate) async fn put_members(
    State(hub): State<Hub>,
    permit: Permit<may::CustomerWrite>,
    Named(id): Named<Uuid>,
    Sent(NewMembers { members }): Sent<NewMembers>,
) -> Result<Json<MembersWritten>, ApiError> {
    authority::decides_here(&hub, permit.company, MEMBERS).await?;
    let rule = rules::of(SEGMENTS).ok_or_else(ApiError::internal)?;
    let count = members.len();
    let new: BTreeMap<Uuid, Option<bool>> =
        members.into_iter().map(|member| (member.customer_id, member.is_in)).collect();
    if new.len() < count || !(1..=MOST).contains(&count) {
        let message = format!("`members` names 1 to {MOST} customers, each once");
        let error = ApiError::unprocessable("field_invalid", message);
        return Err(ApiError { detail: Some("members".to_owned()), ..error });
    }
    let written = hub.act((permit.company, permit.actor), move |desk| {
        let store = place(desk.session, (&permit, rule), id)?;
        let segment = editing::one(desk.session, desk.company, rule, id)?;
        let changed = segment_members::write(desk.session, (desk.company, &segment), &new, desk.now)?;
        let detail = json!({"named": count, "changed": changed});
        desk.note("members.changed", ("customer_segment", id), store, detail)?;
        Ok(MembersWritten { changed })
    });
    written.await.map(Json)
}
