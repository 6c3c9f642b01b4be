//! Messages for people and for tills.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    access::{Reach, may},
    db::Tenant,
    desk::Desk,
    notices::{self, NewMessage, Notice},
    people::standing,
    registry::regions,
    request::{Asked, Listed, Named, Page, Sent},
    scope::{Permit, UserScope},
};

/// Which messages.
#[derive(Deserialize, IntoParams)]
pub(crate) struct NoticeQuery {
    /// Those that were not read.
    #[serde(default)]
    unread: bool,
    /// Those written at this time or later.
    since: Option<DateTime<Utc>>,
}

/// My messages, the oldest first.
#[utoipa::path(get, path = "/me/notifications", tag = "people", params(NoticeQuery, Page), responses((status = OK, body = Listed<Notice>)))]
pub(crate) async fn list(
    State(hub): State<Hub>,
    caller: UserScope,
    Asked(query): Asked<NoticeQuery>,
    Asked(page): Asked<Page>,
) -> Result<Json<Listed<Notice>>, ApiError> {
    let (after, limit) = (page.after()?, page.limit()?);
    let read = hub.books.read(Tenant::Platform, move |books| {
        let asked = (query.unread, query.since);
        Ok::<_, ApiError>(notices::list(books, caller.id, asked, (after, limit + 1))?)
    });
    read.await.map(|rows| Json(Listed::part(rows, limit, |row| row.id.to_string())))
}

/// Marks a message of mine read. Doing it again changes nothing.
#[utoipa::path(post, path = "/me/notifications/{id}/read", tag = "people", params(("id" = Uuid, Path, description = "The message")), responses((status = NO_CONTENT, description = "It is read")))]
pub(crate) async fn read(
    State(hub): State<Hub>,
    caller: UserScope,
    Named(id): Named<Uuid>,
) -> Result<StatusCode, ApiError> {
    let now = hub.now();
    let marked = hub.books.write(Tenant::Platform, move |books| {
        if notices::read(books, (caller.id, id), now)? {
            Ok(StatusCode::NO_CONTENT)
        } else {
            Err(ApiError::not_found())
        }
    });
    marked.await
}

/// Marks all messages of mine read. Doing it again changes nothing.
#[utoipa::path(post, path = "/me/notifications/read-all", tag = "people", responses((status = NO_CONTENT, description = "They are read")))]
pub(crate) async fn read_all(State(hub): State<Hub>, caller: UserScope) -> Result<StatusCode, ApiError> {
    let now = hub.now();
    let marked = hub
        .books
        .write(Tenant::Platform, move |books| Ok::<_, ApiError>(notices::read_all(books, caller.id, now)?));
    marked.await.map(|()| StatusCode::NO_CONTENT)
}

/// To how many a message went.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Reached {
    /// How many terminals.
    terminals: u64,
    /// How many people.
    people: u64,
}

/// Writes a message to tills: to one, to those of a store or a region, or to all I look after; or to people, to one or to all
/// with a role, as far as I look after all of where they work.
#[utoipa::path(post, path = "/notifications", tag = "administration", request_body = NewMessage, responses((status = ACCEPTED, body = Reached)))]
pub(crate) async fn send(
    State(hub): State<Hub>,
    permit: Permit<may::NotificationSend>,
    Sent(message): Sent<NewMessage>,
) -> Result<(StatusCode, Json<Reached>), ApiError> {
    let sent = hub.act((permit.company, permit.actor), move |desk| {
        if let Some(store) = message.store_id {
            permit.store(desk.session, store)?;
        }
        if let Some(terminal) = message.terminal_id {
            permit.terminal(desk.session, terminal)?;
        }
        let reach = match message.region_id {
            Some(region) => in_region(desk, &permit, region)?,
            None => permit.reach.clone(),
        };
        let (to, mut reached) = ((desk.company, &reach), Reached { terminals: 0, people: 0 });
        if message.user_id.is_some() || message.role.is_some() {
            reached.people = notices::send_to_people(desk.session, to, &message, desk.now)?;
        } else {
            reached.terminals = notices::send(desk.session, to, &message, desk.now)?;
        }
        let detail = json!({
            "title": message.title, "terminals": reached.terminals, "people": reached.people,
            "user_id": message.user_id, "role": message.role, "region_id": message.region_id,
        });
        desk.note("message.sent", ("store", message.store_id.unwrap_or_default()), message.store_id, detail)?;
        Ok(reached)
    });
    sent.await.map(|reached| (StatusCode::ACCEPTED, Json(reached)))
}

/// The stores of a region, all of which the sender looks after.
fn in_region(
    desk: &mut Desk<'_>,
    permit: &Permit<may::NotificationSend>,
    region: Uuid,
) -> Result<Reach, ApiError> {
    regions::one(desk.session, desk.company, region)?;
    let stores = standing::stores_of_region(desk.session, desk.company, region)?;
    let reach = Reach::of_stores(stores);
    if permit.reach.holds(&reach) { Ok(reach) } else { Err(ApiError::not_found()) }
}
