//! Whom people put into a segment of customers by hand. The segment itself is a definition.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::definitions::{each_once, place, within_reach};
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
        let segment = within_reach(books, (permit.company, segment), &permit.reach)?;
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
    let said = members.into_iter().map(|member| (member.customer_id, member.is_in));
    let new = each_once(("members", "customers"), said)?;
    let written = hub.act((permit.company, permit.actor), move |desk| {
        let segment = place(desk.session, (&permit, rule), id)?;
        let changed = segment_members::write(desk.session, (desk.company, &segment), &new, desk.now)?;
        let detail = json!({"named": new.len(), "changed": changed});
        desk.note("members.changed", ("customer_segment", id), segment.store_id, detail)?;
        Ok(MembersWritten { changed })
    });
    written.await.map(Json)
}
