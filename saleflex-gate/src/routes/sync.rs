//! What our tills ask: what the hub has of them, what changed, what there is to do and to read.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
};
use chrono::{DateTime, Utc};
use saleflex_sync::wire::{
    Bootstrap, Change, ChangesPage, Counter, Domain, EventKind, Heartbeat, HeartbeatAnswer, PushItem,
    SCHEMA_VERSION, Signal, SyncState,
    heartbeat::SignalKind,
    notification::NotificationList,
    pull::{ChangesQuery, LONGEST_WAIT_S, MOST_ROWS, Resource},
    refusal::CURSOR_EXPIRED,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::terminals::itself;
use crate::{
    ApiError, Hub,
    access::may,
    authority, counters,
    db::{DatabaseError, Session, Tenant},
    definitions::{self, Definition, FURTHER, RESOURCES, SEQUENCES},
    error::Refusal,
    feed,
    notices::tills,
    offers::quotas::{self, Stage},
    office::seed,
    place::Place,
    registry::{self, terminals},
    relay::{self, RELAYED, Relayed},
    request::{Asked, Named, Whole},
    scope::{Access, TerminalScope},
};

/// How often a request that waits for a change looks for one.
pub(super) const LOOK_AGAIN: std::time::Duration = std::time::Duration::from_secs(1);
/// The most signals that a heartbeat acknowledges.
const MOST_ACKNOWLEDGED: usize = 1_000;

/// What the hub has of the calling till, for as long as it may deliver.
#[utoipa::path(get, path = "/sync/state", tag = "sync", security(("device" = []), ("basic" = [])), responses(
    (status = OK, body = SyncState),
    (status = UNAUTHORIZED, body = Refusal, description = "`unauthorized`"),
    (status = FORBIDDEN, body = Refusal, description = "`terminal_revoked`"),
    (status = INTERNAL_SERVER_ERROR, body = Refusal, description = "`internal`"),
))]
pub(crate) async fn state(State(hub): State<Hub>, scope: TerminalScope) -> Result<Json<SyncState>, ApiError> {
    scope.may_push()?;
    let of = (scope.company, scope.terminal.id);
    let read = hub.books.read(Tenant::Company(scope.company), move |session| {
        let mut state = state_of(session, scope.company, (scope.terminal.id, &scope.terminal.code))?;
        if relay::is_node(session, (scope.company, scope.terminal.id))? {
            let mut relayed = Vec::new();
            for (terminal, sender) in relay::tills(session, &scope)? {
                let state = state_of(session, scope.company, (terminal, &sender.terminal_code))?;
                relayed.push(Relayed { sender, state });
            }
            let relayed = serde_json::to_value(&relayed).map_err(|_| ApiError::internal())?;
            state.further.insert(RELAYED.to_owned(), relayed);
        }
        Ok::<_, ApiError>((state, quotas::waits_for(session, of, Stage::State)?))
    });
    let (state, is_awaited) = read.await?;
    if is_awaited {
        // It hears now what these books lack of it since they were put back to a backup.
        let noted = hub.books.write(Tenant::Company(of.0), move |session| {
            Ok::<_, ApiError>(quotas::advance(session, of, Stage::State)?)
        });
        noted.await?;
    }
    Ok(Json(state))
}

/// What the hub has of a terminal.
fn state_of(
    session: &mut dyn Session,
    company: Uuid,
    (terminal, code): (Uuid, &str),
) -> Result<SyncState, DatabaseError> {
    let mut lives = feed::lives(session, (company, terminal))?;
    let present = lives.pop();
    let highest = match &present {
        Some(life) => feed::event_at(session, (company, terminal, life.epoch), life.highest_seq)?,
        None => None,
    };
    let key = |(kind, entity, revision): (String, Uuid, u32)| {
        PushItem::key_of(code, &EventKind::of(&kind), entity, revision)
    };
    Ok(SyncState {
        epoch: present.as_ref().map(|life| life.epoch),
        contiguous_seq: present.as_ref().map_or(0, |life| life.contiguous_seq),
        highest_seq: present.as_ref().map_or(0, |life| life.highest_seq),
        highest_key: highest.map(key),
        missing: present.map(|life| life.missing).unwrap_or_default(),
        earlier: Some(lives),
        counters: counters(session, company, terminal)?,
        data_version: Some(Place::last(session, company)?.cursor()),
        ..SyncState::default()
    })
}

/// How far a terminal and the hub are with one another.
#[derive(Serialize, ToSchema)]
#[schema(as = TerminalSyncState)]
pub(crate) struct Standing {
    /// What the hub has of the terminal.
    #[serde(flatten)]
    state: SyncState,
    /// When the terminal said last how it is.
    last_heartbeat_at: Option<DateTime<Utc>>,
    /// When it delivered last.
    last_push_at: Option<DateTime<Utc>>,
    /// How many events it had set aside for a person then.
    set_aside: Option<i64>,
    /// When it took everything last.
    last_bootstrap_at: Option<DateTime<Utc>>,
    /// By how many seconds its clock was ahead of the hub's when it said last how it is; below nothing: behind.
    clock_ahead_seconds: Option<i64>,
    /// What it said then of itself: how much waits at it, since when, what is set aside, when it took changes last.
    #[schema(value_type = Option<Object>)]
    telemetry: Option<Value>,
    /// What it shall do and has not acknowledged.
    signals: Vec<Signal>,
}

/// How far a terminal and the hub are with one another. A device asks of itself alone.
#[utoipa::path(get, path = "/terminals/{id}/sync-state", tag = "terminals", params(("id" = Uuid, Path, description = "The terminal")), responses((status = OK, body = Standing)))]
pub(crate) async fn standing(
    State(hub): State<Hub>,
    access: Access<may::SyncHealth>,
    Named(id): Named<Uuid>,
) -> Result<Json<Standing>, ApiError> {
    itself(&access, id)?;
    let (company, now) = (access.company(), hub.now());
    let read = hub.books.read(Tenant::Company(company), move |session| {
        access.permit.terminal(session, id)?;
        let row = terminals::one(session, company, id)?;
        Ok::<_, ApiError>(Standing {
            state: state_of(session, company, (id, &row.code))?,
            last_heartbeat_at: row.last_heartbeat_at,
            last_push_at: row.last_push_at,
            set_aside: row.set_aside,
            last_bootstrap_at: row.last_bootstrap_at,
            clock_ahead_seconds: row.clock_ahead_seconds,
            telemetry: row.telemetry,
            signals: signals(session, (company, id), now)?,
        })
    });
    read.await.map(Json)
}

fn counters(session: &mut dyn Session, company: Uuid, terminal: Uuid) -> Result<Vec<Counter>, DatabaseError> {
    let counters = counters::of(session, company, terminal)?.into_iter();
    let counters = counters.filter_map(|counter| {
        u64::try_from(counter.value).ok().map(|value| Counter { name: counter.name, value })
    });
    Ok(counters.collect())
}

/// What changed after a cursor, in the order in which it was committed, with what is gone.
#[utoipa::path(get, path = "/sync/changes", tag = "sync", params(
    ("cursor" = Option<String>, Query, description = "After this place; none: everything there is"),
    ("domains" = Option<String>, Query, description = "Names of domains with commas between; none: all that the device may have. The cursor moves over what was not asked for"),
    ("limit" = Option<u32>, Query, description = "At most so many rows, 1 to 500"),
    ("wait" = Option<u32>, Query, description = "Where there is nothing after the place: wait so many seconds for it, up to 10"),
), security(("device" = []), ("basic" = [])), responses(
    (status = OK, body = ChangesPage),
    (status = BAD_REQUEST, body = Refusal, description = "`invalid_request`, `cursor_invalid`, `domain_unknown`"),
    (status = GONE, body = Refusal, description = "`cursor_expired`: the hub was restored from a backup, or has forgotten what was taken away since; start with a snapshot"),
    (status = UNAUTHORIZED, body = Refusal, description = "`unauthorized`"),
    (status = FORBIDDEN, body = Refusal, description = "`terminal_revoked`, `pull_not_allowed`"),
    (status = INTERNAL_SERVER_ERROR, body = Refusal, description = "`internal`"),
))]
pub(crate) async fn changes(
    State(hub): State<Hub>,
    scope: TerminalScope,
    query: Result<Query<ChangesQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<ChangesPage>, ApiError> {
    scope.may_pull()?;
    let Query(query) = query.map_err(|_| ApiError::invalid("the query cannot be read"))?;
    let invalid =
        || ApiError::new(StatusCode::BAD_REQUEST, "cursor_invalid", "the cursor is not one of this hub");
    let place = query.cursor.as_ref().map(|cursor| Place::of(cursor).ok_or_else(invalid)).transpose()?;
    let after = place.unwrap_or(Place::BEGINNING).change;
    let domains = query.domains.as_deref().map(authority::domains).transpose()?;
    let limit = query.limit.unwrap_or(MOST_ROWS);
    if !(1..=MOST_ROWS).contains(&limit) {
        return Err(ApiError::invalid(format!("`limit` is 1 to {MOST_ROWS}")));
    }
    let limit = i64::from(limit);
    if query.cursor.is_some() {
        changed_after(&hub, scope.company, after, query.wait.unwrap_or(0).min(LONGEST_WAIT_S)).await?;
    }
    let (now, seal) = (hub.now(), hub.seal.clone());
    let read = hub.books.read(Tenant::Company(scope.company), move |session| {
        if let Some(place) = place
            && !place.is_here(session, (scope.company, scope.terminal.store))?
        {
            let message = "the cursor is of changes that this hub does not have: start with a snapshot";
            return Err(ApiError::new(StatusCode::GONE, CURSOR_EXPIRED, message));
        }
        let mut rows = definitions::changed_after(
            session,
            scope.company,
            (&scope.terminal, domains.as_ref()),
            (after, limit + 1),
        )?;
        let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > limit;
        rows.truncate(usize::try_from(limit).unwrap_or(0));
        let next_place = match rows.last().filter(|_| more) {
            Some(last) => {
                let snapshot_of = match place {
                    None => Some(definitions::last_change(session, scope.company)?),
                    Some(place) => place.snapshot_of,
                };
                Place::at(session, scope.company, last.version, snapshot_of)?
            }
            None => Place::last(session, scope.company)?,
        };
        let items = rows.into_iter().map(|row| change(seed::shown(row, &scope.terminal, seal.as_ref())));
        Ok::<_, ApiError>(ChangesPage {
            items: items.collect(),
            next_cursor: next_place.cursor(),
            has_more: more,
            authority: Some(authority::of(session, scope.company)?),
            quota_policy: Some(quotas::policy(session, scope.company)?),
            server_time: Some(now),
            further: BTreeMap::new(),
        })
    });
    read.await.map(Json)
}

/// Waits until the company has a change behind a place, or for so many seconds. Another process of the hub may make the
/// change, so that the books are looked at and nobody is called.
async fn changed_after(hub: &Hub, company: Uuid, after: i64, seconds: u32) -> Result<(), ApiError> {
    for _ in 0..seconds {
        let last = hub.books.read(Tenant::Company(company), move |session| {
            Ok::<_, ApiError>(definitions::last_change(session, company)?)
        });
        if last.await? > after || hub.is_stopping() {
            break;
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    Ok(())
}

fn change(definition: Definition) -> Change {
    let Definition { resource, id, version, is_deleted, mut body, .. } = definition;
    for named in ["resource", "id", "version", "is_deleted"] {
        body.remove(named);
    }
    Change { resource, id, version: u64::try_from(version).unwrap_or(0), is_deleted, row: body }
}

/// Which part of everything.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct BootstrapQuery {
    /// Names of domains with commas between; none: all that the device may have. The cursor is behind all of them.
    domains: Option<String>,
}

/// Everything a till that knows nothing needs, and the cursor from which its changes go on.
#[utoipa::path(get, path = "/sync/bootstrap", tag = "sync", params(BootstrapQuery), security(("device" = []), ("basic" = [])), responses(
    (status = OK, body = Bootstrap),
    (status = BAD_REQUEST, body = Refusal, description = "`invalid_request`, `domain_unknown`"),
    (status = UNAUTHORIZED, body = Refusal, description = "`unauthorized`"),
    (status = FORBIDDEN, body = Refusal, description = "`terminal_revoked`, `pull_not_allowed`"),
    (status = INTERNAL_SERVER_ERROR, body = Refusal, description = "`internal`"),
))]
pub(crate) async fn bootstrap(
    State(hub): State<Hub>,
    scope: TerminalScope,
    Asked(query): Asked<BootstrapQuery>,
) -> Result<Json<Bootstrap>, ApiError> {
    scope.may_pull()?;
    let domains = query.domains.as_deref().map(authority::domains).transpose()?;
    let is_wanted = move |name: &&str| {
        domains.as_ref().is_none_or(|domains| domains.contains(&authority::domain_of(name)))
    };
    let (now, seal) = (hub.now(), hub.seal.clone());
    let read = hub.books.write(Tenant::Company(scope.company), move |session| {
        let stamped = [scope.company.into(), scope.terminal.id.into(), now.timestamp_millis().into()];
        session.execute(
            "UPDATE terminal SET last_bootstrap_at = $3 WHERE company_id = $1 AND terminal_id = $2",
            &stamped,
        )?;
        let cursor = Place::last(session, scope.company)?.cursor();
        let visible = definitions::visible(session, scope.company, &scope.terminal, now)?;
        let mut resources: Vec<Resource> = RESOURCES
            .into_iter()
            .chain(FURTHER)
            .filter(|name| *name != SEQUENCES)
            .filter(&is_wanted)
            .map(|name| Resource { resource: name.to_owned(), rows: Vec::new() })
            .collect();
        for definition in visible {
            let (version, shown) =
                (definition.version, seed::shown(definition, &scope.terminal, seal.as_ref()));
            if let Some(resource) = resources.iter_mut().find(|known| known.resource == shown.resource) {
                let mut row = shown.body;
                row.insert("version".to_owned(), version.into());
                resource.rows.push(row);
            }
        }
        Ok::<_, ApiError>(Bootstrap {
            schema_version: SCHEMA_VERSION,
            terminal: registry::on_the_wire(session, scope.company, &scope.terminal)?,
            authority: authority::of(session, scope.company)?,
            counters: counters(session, scope.company, scope.terminal.id)?,
            resources,
            cursor,
            server_time: Some(now),
            further: BTreeMap::new(),
        })
    });
    read.await.map(Json)
}

/// How a till is; the answer says what it shall do, until it has acknowledged it.
#[utoipa::path(post, path = "/sync/heartbeat", tag = "sync", request_body(content = Heartbeat, example = json!({
    "schema_version": 1, "software_version": "0.1.0", "operating_system": "linux", "epoch": "018f0000-0000-7000-8000-000000000001",
    "last_seq": 41, "queue_depth": 0, "quarantined": 0, "clock": "2026-11-21T12:00:00Z"
})), security(("device" = []), ("basic" = [])), responses(
    (status = OK, body = HeartbeatAnswer),
    (status = BAD_REQUEST, body = Refusal, description = "`invalid_request`"),
    (status = UNAUTHORIZED, body = Refusal, description = "`unauthorized`"),
    (status = FORBIDDEN, body = Refusal, description = "`terminal_revoked`"),
    (status = PAYLOAD_TOO_LARGE, body = Refusal, description = "`too_large`"),
    (status = INTERNAL_SERVER_ERROR, body = Refusal, description = "`internal`"),
))]
pub(crate) async fn heartbeat(
    State(hub): State<Hub>,
    scope: TerminalScope,
    Whole(body): Whole,
) -> Result<Json<HeartbeatAnswer>, ApiError> {
    scope.may_push()?;
    let heard: Heartbeat = serde_json::from_slice(&body)
        .map_err(|error| ApiError::invalid(format!("the body is no heartbeat: {error}")))?;
    if heard.acknowledged.len() > MOST_ACKNOWLEDGED {
        return Err(ApiError::invalid(format!(
            "at most {MOST_ACKNOWLEDGED} signals are acknowledged at once"
        )));
    }
    let now = hub.now();
    let answered = hub.books.write(Tenant::Company(scope.company), move |session| {
        let (company, terminal) = (scope.company, scope.terminal.id);
        let telemetry = serde_json::to_string(&heard).map_err(|_| ApiError::internal())?;
        session.execute(
            "UPDATE terminal SET last_heartbeat_at = $3, telemetry = $4 \
             WHERE company_id = $1 AND terminal_id = $2",
            &[company.into(), terminal.into(), now.timestamp_millis().into(), telemetry.into()],
        )?;
        for signal in &heard.acknowledged {
            session.execute(
                "UPDATE signal SET acknowledged_at = $4 WHERE company_id = $1 AND terminal_id = $2 \
                 AND signal_id = $3 AND acknowledged_at IS NULL",
                &[company.into(), terminal.into(), (*signal).into(), now.timestamp_millis().into()],
            )?;
        }
        if heard.queue_depth == 0 {
            quotas::caught_up(session, (company, terminal), &heard)?;
        }
        let signals = signals(session, (company, terminal), now)?;
        let life = Place::at(session, company, 0, None)?.life();
        let life = Some(quotas::life_told(session, (company, terminal), (life, now))?);
        Ok::<_, ApiError>(HeartbeatAnswer { server_time: now, signals, life, further: BTreeMap::new() })
    });
    answered.await.map(Json)
}

pub(super) fn signals(
    session: &mut dyn Session,
    (company, terminal): (Uuid, Uuid),
    now: DateTime<Utc>,
) -> Result<Vec<Signal>, DatabaseError> {
    let rows = session.query(
        "SELECT signal_id, kind, created_at, domains, expires_at FROM signal \
         WHERE company_id = $1 AND terminal_id = $2 AND acknowledged_at IS NULL \
         AND (expires_at IS NULL OR expires_at > $3) ORDER BY created_at, signal_id",
        &[company.into(), terminal.into(), now.timestamp_millis().into()],
    )?;
    let signals = rows.iter().map(|row| {
        Ok(Signal {
            id: row.id(0)?,
            kind: SignalKind::of(row.text(1)?),
            domains: row
                .optional_text(3)?
                .into_iter()
                .flat_map(|names| names.split(','))
                .map(Domain::of)
                .collect(),
            created_at: row.time(2)?,
            expires_at: row.optional_time(4)?,
        })
    });
    signals.collect()
}

/// Which messages.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct NotificationQuery {
    /// `false`: those that were read too.
    unread: Option<bool>,
    /// Those written at this time or later.
    since: Option<DateTime<Utc>>,
}

/// Messages for the people at the calling till, until they are read or expire; at most 500 at once, the oldest first.
#[utoipa::path(get, path = "/notifications", tag = "sync", params(NotificationQuery), security(("device" = []), ("basic" = [])), responses(
    (status = OK, body = NotificationList),
    (status = UNAUTHORIZED, body = Refusal, description = "`unauthorized`"),
    (status = FORBIDDEN, body = Refusal, description = "`terminal_revoked`"),
    (status = INTERNAL_SERVER_ERROR, body = Refusal, description = "`internal`"),
))]
pub(crate) async fn notifications(
    State(hub): State<Hub>,
    scope: TerminalScope,
    Asked(query): Asked<NotificationQuery>,
) -> Result<Json<NotificationList>, ApiError> {
    scope.may_hear()?;
    let now = hub.now();
    let read = hub.books.read(Tenant::Company(scope.company), move |session| {
        let (of, asked) = ((scope.company, scope.terminal.id), (query.unread.unwrap_or(true), query.since));
        let items = tills::list(session, of, asked, now)?;
        // Older clients look for the messages under this name.
        let results = serde_json::to_value(&items).map_err(|_| ApiError::internal())?;
        let further = [("results".to_owned(), results)].into();
        Ok::<_, ApiError>(NotificationList { items, further })
    });
    read.await.map(Json)
}

/// Marks a message read. Doing it again changes nothing.
#[utoipa::path(post, path = "/notifications/{id}/read", tag = "sync", params(("id" = Uuid, Path, description = "The message")), security(("device" = []), ("basic" = [])), responses(
    (status = NO_CONTENT, description = "It is read"),
    (status = UNAUTHORIZED, body = Refusal, description = "`unauthorized`"),
    (status = FORBIDDEN, body = Refusal, description = "`terminal_revoked`"),
    (status = NOT_FOUND, body = Refusal, description = "`not_found`: none of this terminal's"),
    (status = INTERNAL_SERVER_ERROR, body = Refusal, description = "`internal`"),
))]
pub(crate) async fn read(
    State(hub): State<Hub>,
    scope: TerminalScope,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    scope.may_push()?;
    let id = Uuid::parse_str(&id).map_err(|_| ApiError::not_found())?;
    let marked = mark(&hub, &scope, Some(id)).await?;
    if marked == 0 { Err(ApiError::not_found()) } else { Ok(StatusCode::NO_CONTENT) }
}

/// Marks all messages of the calling till read. Doing it again changes nothing.
#[utoipa::path(post, path = "/notifications/read-all", tag = "sync", security(("device" = []), ("basic" = [])), responses(
    (status = NO_CONTENT, description = "They are read"),
    (status = UNAUTHORIZED, body = Refusal, description = "`unauthorized`"),
    (status = FORBIDDEN, body = Refusal, description = "`terminal_revoked`"),
    (status = INTERNAL_SERVER_ERROR, body = Refusal, description = "`internal`"),
))]
pub(crate) async fn read_all(State(hub): State<Hub>, scope: TerminalScope) -> Result<StatusCode, ApiError> {
    scope.may_push()?;
    mark(&hub, &scope, None).await.map(|_| StatusCode::NO_CONTENT)
}

async fn mark(hub: &Hub, scope: &TerminalScope, one: Option<Uuid>) -> Result<u64, ApiError> {
    let (of, now) = ((scope.company, scope.terminal.id), hub.now());
    let marked = hub
        .books
        .write(Tenant::Company(of.0), move |session| Ok::<_, ApiError>(tills::read(session, of, one, now)?));
    marked.await
}
