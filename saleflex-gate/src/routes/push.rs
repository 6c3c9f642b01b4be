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
    relay,
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

/// Events of one till, in its order; each takes effect once, whatever is repeated.
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
    let scope = relay::acting_for(&hub, scope, &request.sender).await?;
    let now = hub.now();
    let forwards = hub.settings.profile == Profile::Office;
    let sets = hub.sets.clone();
    let answered = hub.books.write(Tenant::Company(scope.company), move |session| {
        note_push(session, &scope, request.epoch, now)?;
        feed::hear(session, (scope.company, scope.terminal.id, request.epoch), request.epoch_after)?;
        let (mut results, mut moved) = (Vec::new(), Moved::default());
        for item in &request.items {
            let circumstances = (now, forwards, &mut moved);
            results.push(take(session, (&scope, &sets), &request, item, circumstances)?);
        }
        deliveries::move_stock(session, (scope.company, scope.terminal.store), &moved, now)?;
        let of = (scope.company, scope.terminal.id, request.epoch);
        let high_water = Some(feed::advance(session, of)?);
        Ok::<_, ApiError>(PushAnswer {
            results,
            high_water,
            server_time: Some(now),
            further: BTreeMap::new(),
        })
    });
    answered.await.map(Json)
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

fn take(
    session: &mut dyn Session,
    (scope, sets): (&TerminalScope, &KnownSets),
    request: &PushRequest,
    item: &PushItem,
    (now, forwards, moved): (DateTime<Utc>, bool, &mut Moved),
) -> Result<ItemResult, DatabaseError> {
    let id = item.idempotency_key.clone();
    let refused = |code: &str, detail: String| {
        let error = Some(ItemError { code: code.to_owned(), detail });
        ItemResult { id: id.clone(), result: Verdict::Rejected, flags: Vec::new(), error }
    };
    let seq = match sound(request, item) {
        Ok(seq) => seq,
        Err(detail) => return Ok(refused("content_invalid", detail)),
    };
    let key = Key {
        company: scope.company,
        terminal: scope.terminal.id,
        kind: item.kind.as_str().to_owned(),
        entity: item.entity_id,
        revision: item.revision.into(),
    };
    let digest = item.payload_hash.to_string();
    let content = Content { digest: &digest, body: item.payload.get(), place: Some((request.epoch, seq)) };
    let entered = savepoint(session, |session| {
        let entered = ledger::enter(session, &key, content, now)?;
        if entered == Entered::New {
            ledger::note_clones(session, &key)?;
            feed::set_aside(session, (key.company, key.terminal, request.epoch), &item.missing)?;
            raise(session, scope, item, now)?;
            if forwards {
                relay::queue(session, scope, request, item)?;
            }
            let from = (&key, scope.terminal.store, (request.epoch, seq));
            let stock = deliveries::apply(session, from, (item.payload.get(), sets), now)?;
            return Ok::<_, DatabaseError>((entered, stock));
        }
        Ok((entered, Moved::default()))
    });
    let (entered, stock) = match entered {
        Ok(entered) => entered,
        Err(error) if error.is_of_a_statement() => {
            // Its neighbours stand; the till sends this one again.
            tracing::error!(error = error.told(), key = id, "an event could not be written");
            let detail = "the hub could not write it".to_owned();
            return Ok(ItemResult { result: Verdict::Retry, ..refused("internal", detail) });
        }
        Err(error) => return Err(error),
    };
    moved.add(&stock);
    let flags: Vec<String> = ledger::flags(session, &key)?.into_iter().collect();
    let result = match entered {
        Entered::New => Verdict::Accepted,
        Entered::Repeated => Verdict::Duplicate,
        Entered::Differs => {
            let detail =
                "the same event came with other content; the first is in force, this one is kept aside";
            return Ok(ItemResult { flags, ..refused(ledger::flag::CONTENT_MISMATCH, detail.to_owned()) });
        }
    };
    Ok(ItemResult { id, result, flags, error: None })
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

/// A closure closes its period: the next one is open, with receipt 1.
fn raise(
    session: &mut dyn Session,
    scope: &TerminalScope,
    item: &PushItem,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let open = match item.depends_on_closure {
        Some(PeriodLink::Closes(number)) => i64::from(number.0) + 1,
        Some(PeriodLink::BelongsTo(number)) => number.0.into(),
        None => return Ok(()),
    };
    let sent = [(counters::CLOSURE.to_owned(), open)];
    counters::raise(session, scope.company, scope.terminal.id, &sent, now)
}
