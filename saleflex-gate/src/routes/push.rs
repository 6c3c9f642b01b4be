//! Events of our tills as they come in: each is looked at, entered once and applied, whatever is repeated.
//!
//! **Invariant:** an event that is refused or cannot be written undoes none of its neighbours.

use std::collections::BTreeMap;

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use saleflex_sync::wire::{
    ItemError, ItemResult, PeriodLink, PushAnswer, PushItem, PushRequest, SCHEMA_VERSION, Verdict,
};
use uuid::Uuid;

use crate::{
    ApiError, Hub, counters,
    db::{DatabaseError, Session, Tenant, savepoint},
    deliveries::{self, Moved},
    error::Refusal,
    feed,
    ledger::{self, Content, Entered, Key},
    offers::rejudging::KnownSets,
    relay::{self, Acting},
    request::Whole,
    scope::TerminalScope,
    settings::Profile,
};

/// The most events of one request.
const MOST_ITEMS: usize = 500;
/// The most numbers that an event says are set aside.
const MOST_MISSING: usize = 10_000;
/// The longest name of a kind of event.
const LONGEST_KIND: usize = 64;

/// Events of one till, in its order; each takes effect once, whatever is repeated. A store's hub that brings those of a
/// till it may not deliver for is answered event by event, with `terminal_revoked` or `scope_mismatch`.
#[utoipa::path(post, path = "/sync/push", tag = "sync", request_body = PushRequest, security(("device" = []), ("basic" = [])), responses(
    (status = OK, body = PushAnswer),
    (status = BAD_REQUEST, body = Refusal, description = "`invalid_request`, `too_many_items`"),
    (status = UNAUTHORIZED, body = Refusal, description = "`unauthorized`"),
    (status = FORBIDDEN, body = Refusal, description = "`terminal_revoked`, `scope_mismatch`"),
    (status = PAYLOAD_TOO_LARGE, body = Refusal, description = "`too_large`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`schema_version_unknown`"),
    (status = INTERNAL_SERVER_ERROR, body = Refusal, description = "`internal`"),
))]
pub(crate) async fn push(
    State(hub): State<Hub>,
    scope: TerminalScope,
    Whole(body): Whole,
) -> Result<Json<PushAnswer>, ApiError> {
    scope.may_push()?;
    let request: PushRequest = serde_json::from_slice(&body)
        .map_err(|error| ApiError::invalid(format!("the body is no push: {error}")))?;
    if request.schema_version > SCHEMA_VERSION {
        let message = "the envelope is of a newer version than this hub reads";
        return Err(ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "schema_version_unknown", message));
    }
    if request.epoch_after > feed::HIGHEST {
        return Err(ApiError::invalid("`epoch_after` is beyond what a sequence counts to"));
    }
    if request.items.len() > MOST_ITEMS {
        let message = format!("a push carries at most {MOST_ITEMS} events");
        return Err(ApiError::new(StatusCode::BAD_REQUEST, "too_many_items", message));
    }
    let now = hub.now();
    let scope = match relay::acting_for(&hub, scope, &request.sender).await? {
        Acting::For(scope) => scope,
        Acting::NotFor(refusal) => return Ok(Json(all_refused(&request, &refusal, now))),
    };
    let forwards = hub.settings.profile == Profile::Office;
    let sets = hub.sets.clone();
    let answered = hub.books.write(Tenant::Company(scope.company), move |session| {
        let terminal = &scope.terminal;
        let of = (scope.company, terminal.id, request.epoch);
        note_push(session, &scope, request.epoch, now)?;
        feed::hear(session, of, request.epoch_after)?;
        let mut taken =
            Taking { scope: &scope, sets: &sets, request: &request, now, forwards }.all(session)?;
        note_new(session, &mut taken)?;
        let open = taken.iter().filter_map(|event| event.new.as_ref()?.open).max();
        let open: Vec<(String, i64)> =
            open.map(|open| (counters::CLOSURE.to_owned(), open)).into_iter().collect();
        counters::raise(session, scope.company, terminal.id, &open, now)?;
        let mut moved = Moved::default();
        taken.iter().filter_map(|event| event.new.as_ref()).for_each(|new| moved.add(&new.moved));
        deliveries::move_stock(session, (scope.company, terminal.store), &moved, now)?;
        let high_water = Some(feed::advance(session, of)?);
        Ok::<_, ApiError>(PushAnswer {
            results: taken.into_iter().map(|event| event.result).collect(),
            high_water,
            server_time: Some(now),
            further: BTreeMap::new(),
        })
    });
    let answer = answered.await?;
    let accepted = answer.results.iter().filter(|result| result.result == Verdict::Accepted);
    hub.metrics.entered(accepted.map(|result| result.flags.as_slice()));
    Ok(Json(answer))
}

/// Locks the terminal's row until the push is committed: pushes of one terminal follow one another.
fn note_push(
    session: &mut dyn Session,
    scope: &TerminalScope,
    epoch: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    session.execute(
        "UPDATE terminal SET last_push_at = $3, epoch = $4 WHERE company_id = $1 AND terminal_id = $2",
        &[scope.company.into(), scope.terminal.id.into(), now.timestamp_millis().into(), epoch.into()],
    )?;
    Ok(())
}

/// A push being taken in.
struct Taking<'a> {
    scope: &'a TerminalScope,
    sets: &'a KnownSets,
    request: &'a PushRequest,
    now: DateTime<Utc>,
    /// Whether what comes in goes on to a hub above.
    forwards: bool,
}

/// What became of an event of a push.
struct Taken {
    result: ItemResult,
    /// Set when it took effect now.
    new: Option<New>,
}

/// An event that took effect now.
struct New {
    key: Key,
    moved: Moved,
    /// The period that is open after it.
    open: Option<i64>,
}

impl Taking<'_> {
    /// Takes all events in together. Where the database refuses one of them, each by itself, so that its neighbours
    /// stand.
    fn all(&self, session: &mut dyn Session) -> Result<Vec<Taken>, DatabaseError> {
        let items = &self.request.items;
        let together =
            savepoint(session, |session| items.iter().map(|item| self.take(session, item)).collect());
        match together {
            Err(error) if DatabaseError::is_of_a_statement(&error) => {
                items.iter().map(|item| self.by_itself(session, item)).collect()
            }
            done => done,
        }
    }

    fn by_itself(&self, session: &mut dyn Session, item: &PushItem) -> Result<Taken, DatabaseError> {
        match savepoint(session, |session| self.take(session, item)) {
            Err(error) if DatabaseError::is_of_a_statement(&error) => {
                // The till sends this one again.
                let key = &item.idempotency_key;
                tracing::error!(error = error.told(), key, "an event could not be written");
                let refused = refused(item, "internal", "the hub could not write it".to_owned());
                Ok(Taken { result: ItemResult { result: Verdict::Retry, ..refused }, new: None })
            }
            done => done,
        }
    }

    fn take(&self, session: &mut dyn Session, item: &PushItem) -> Result<Taken, DatabaseError> {
        let Self { scope, sets, request, now, forwards } = *self;
        let seq = match sound(request, item) {
            Ok(seq) => seq,
            Err(detail) => return Ok(Taken { result: refused(item, "content_invalid", detail), new: None }),
        };
        let key = Key {
            company: scope.company,
            terminal: scope.terminal.id,
            kind: item.kind.as_str().to_owned(),
            entity: item.entity_id,
            revision: item.revision.into(),
        };
        let (digest, body) = (item.payload_hash.to_string(), item.payload.get());
        let content = Content { digest: &digest, body, place: Some((request.epoch, seq)) };
        let answer =
            |result, flags| ItemResult { id: item.idempotency_key.clone(), result, flags, error: None };
        let entered = ledger::enter(session, &key, content, now)?;
        if entered == Entered::New {
            feed::set_aside(session, (key.company, key.terminal, request.epoch), &item.missing)?;
            if forwards {
                relay::queue(session, scope, request, item)?;
            }
            let from = (&key, scope.terminal.store, (request.epoch, seq));
            let moved = deliveries::apply(session, from, (body, sets), now)?;
            let new = New { key, moved, open: open_after(item) };
            return Ok(Taken { result: answer(Verdict::Accepted, Vec::new()), new: Some(new) });
        }
        let flags: Vec<String> = ledger::flags(session, &key)?.into_iter().collect();
        let result = if entered == Entered::Repeated {
            answer(Verdict::Duplicate, flags)
        } else {
            let detail =
                "the same event came with other content; the first is in force, this one is kept aside";
            ItemResult { flags, ..refused(item, ledger::flag::CONTENT_MISMATCH, detail.to_owned()) }
        };
        Ok(Taken { result, new: None })
    }
}

/// The answer to an envelope of a till that its bringer may not deliver for.
fn all_refused(request: &PushRequest, refusal: &ApiError, now: DateTime<Utc>) -> PushAnswer {
    let items = request.items.iter();
    PushAnswer {
        results: items.map(|item| refused(item, refusal.code, refusal.message.clone())).collect(),
        high_water: None,
        server_time: Some(now),
        further: BTreeMap::new(),
    }
}

fn refused(item: &PushItem, code: &str, detail: String) -> ItemResult {
    let error = Some(ItemError { code: code.to_owned(), detail });
    ItemResult { id: item.idempotency_key.clone(), result: Verdict::Rejected, flags: Vec::new(), error }
}

/// Notes which of the new events another terminal gave out too, and says what was noted of each: for all at once, since
/// each question is a way to the database and back.
fn note_new(session: &mut dyn Session, taken: &mut [Taken]) -> Result<(), DatabaseError> {
    let keys: Vec<&Key> = taken.iter().filter_map(|event| Some(&event.new.as_ref()?.key)).collect();
    ledger::note_clones(session, &keys)?;
    let mut noted = ledger::flags_of(session, &keys)?;
    for Taken { result, new } in taken {
        let flags = new.as_ref().and_then(|new| noted.remove(&new.key.event()));
        result.flags.extend(flags.into_iter().flatten());
    }
    Ok(())
}

/// The number of an event whose content is what it says.
fn sound(request: &PushRequest, item: &PushItem) -> Result<i64, String> {
    item.verify(&request.sender).map_err(|mismatch| mismatch.to_string())?;
    let beyond = || "the sequence number is beyond what counts".to_owned();
    if item.seq > feed::HIGHEST {
        return Err(beyond());
    }
    if item.missing.len() > MOST_MISSING {
        return Err(format!(
            "{} numbers are missing at once, at most {MOST_MISSING} are named",
            item.missing.len()
        ));
    }
    let kind = item.kind.as_str();
    if kind.len() > LONGEST_KIND || kind.chars().any(char::is_control) {
        return Err("no kind of event is called so".to_owned());
    }
    i64::try_from(item.seq).map_err(|_| beyond())
}

/// The period that is open after an event: a closure closes its own, and the next one is open with receipt 1.
fn open_after(item: &PushItem) -> Option<i64> {
    Some(match item.depends_on_closure? {
        PeriodLink::Closes(number) => i64::from(number.0) + 1,
        PeriodLink::BelongsTo(number) => number.0.into(),
    })
}
