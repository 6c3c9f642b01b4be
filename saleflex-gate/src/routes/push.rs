//! Events of our tills as they come in: each is looked at, entered once and applied, whatever is repeated.
//!
//! **Invariant:** an event that is refused or cannot be written undoes none of its neighbours.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use saleflex_core::money::CurrencyCode;
use saleflex_sync::wire::{PushAnswer, PushRequest, SCHEMA_VERSION, Verdict};
use uuid::Uuid;

use self::{
    beside::{AskedBeside, Beside},
    looking::Looked,
    taking::{Asked, Known, Taken, TakenIn, Taking, refused},
};
use crate::{
    ApiError, Hub,
    alerts::Noticed,
    counters,
    db::{Care, Database, DatabaseError, Hold, Session, Tenant, Together, Value},
    error::Refusal,
    feed,
    ledger::flag::CONTENT_MISMATCH,
    offers::{
        in_force::{InStore, KnownOffers},
        rejudging::KnownSets,
    },
    office::intake::Kind,
    registry::terminals,
    relay::{self, Acting},
    request::Whole,
    scope::{Presented, Remembered, Shown, TerminalScope},
    stock,
};

mod beside;
mod looking;
mod taking;

/// The most events of one request.
const MOST_ITEMS: usize = 500;

/// Events of one till, in its order; each takes effect once, whatever is repeated. A store's hub that brings those of a
/// till it may not deliver for is answered event by event, with `terminal_revoked` or `scope_mismatch`.
#[utoipa::path(post, path = "/sync/push", tag = "sync", request_body(content = PushRequest, example = json!({
    "schema_version": 1,
    "sender": {"office_code": "harbour", "store_code": "QUAY", "terminal_code": "TILL-1"},
    "epoch": "018f0000-0000-7000-8000-000000000001", "epoch_after": 0, "quarantined": 0,
    "items": [{
        "seq": 41, "kind": "transaction", "entity_id": "018f0000-0000-7000-8000-000000000002", "revision": 1,
        "depends_on_closure": {"belongs_to": 2}, "created_at": "2026-11-21T15:00:00+03:00",
        "idempotency_key": "TILL-1/transaction/018f0000-0000-7000-8000-000000000002/1", "schema_version": 1,
        "payload_hash": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", "payload": {}
    }]
})), security(("device" = []), ("basic" = [])), responses(
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
    presented: Presented,
    Whole(body): Whole,
) -> Result<Json<PushAnswer>, ApiError> {
    let (scope, request) = match presented {
        Presented::Known(scope) => {
            scope.may_push()?;
            (scope, read(&body)?)
        }
        Presented::Remembered(remembered) => {
            let request = match read(&body) {
                Ok(request) if may_go_by(&remembered.scope, &request) => {
                    if let Some(answer) = by_memory(&hub, &remembered, request).await? {
                        return Ok(Json(answer));
                    }
                    read(&body)
                }
                other => other,
            };
            let scope = remembered.ask(&hub).await?;
            scope.may_push()?;
            (scope, request?)
        }
    };
    let now = hub.now();
    let (scope, node) = match relay::acting_for(&hub, scope, &request.sender).await? {
        Acting::For(scope, node) => (scope, node),
        Acting::NotFor(refusal) => return Ok(Json(all_refused(&request, &refusal, now))),
    };
    Ok(Json(take(&hub, (scope, node, None), request, now).await?))
}

/// Reads the body of a push.
fn read(body: &[u8]) -> Result<PushRequest, ApiError> {
    let request: PushRequest = serde_json::from_slice(body)
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
    Ok(request)
}

/// Whether a push is one of the device itself, as it was when it came before.
fn may_go_by(was: &TerminalScope, request: &PushRequest) -> bool {
    was.may_push().is_ok() && relay::is_of_itself(was, &request.sender)
}

/// Takes a push in by what is remembered of its device; nothing where that is no longer so, which leaves nothing behind.
async fn by_memory(
    hub: &Hub,
    Remembered { scope, shown, .. }: &Remembered,
    request: PushRequest,
) -> Result<Option<PushAnswer>, ApiError> {
    scope.note_caller();
    // Its body may have come long after its head.
    match take(hub, (scope.clone(), None, Some(shown.clone())), request, hub.now()).await {
        Err(DatabaseError::Outdated) => Ok(None),
        taken => {
            hub.limits.looked_up(&shown.digest, true);
            Ok(Some(taken?))
        }
    }
}

/// Takes a push of a terminal in, which a store's hub may have brought, or what a device shows has yet to be looked up.
async fn take(
    hub: &Hub,
    (scope, node, shown): (TerminalScope, Option<Uuid>, Option<Shown>),
    request: PushRequest,
    now: DateTime<Utc>,
) -> Result<PushAnswer, DatabaseError> {
    let whose = (scope.company, scope.terminal.id);
    let (forwards, sets, offers) = (hub.forwards(), hub.sets.clone(), hub.offers.clone());
    let by = By { scope, shown, node, forwards, sets, offers };
    let request = Arc::new(request);
    let sent = Arc::clone(&request);
    let look = move |database: &dyn Database| looking::look(&sent, whose, database.answers_later());
    let look = (request.items.len() >= looking::MANY, look);
    let answered = hub.books.write_prepared(Tenant::Company(whose.0), look, move |session, looked, care| {
        take_in(session, &by, (&request, looked, care), now)
    });
    let answer = answered.await.inspect_err(|_| hub.sets.taken_back(whose.0))?;
    let accepted = answer.results.iter().filter(|result| result.result == Verdict::Accepted);
    hub.metrics.entered(accepted.map(|result| result.flags.as_slice()));
    Ok(answer)
}

/// Whose push it is, and what its hub knows beside its books.
struct By {
    scope: TerminalScope,
    /// What its device shows, where that is yet to be looked up.
    shown: Option<Shown>,
    /// The store's hub that brings it, where one does.
    node: Option<Uuid>,
    /// Whether it goes on to a hub above.
    forwards: bool,
    sets: KnownSets,
    offers: KnownOffers,
}

/// Takes a push in.
fn take_in(
    session: &mut dyn Session,
    by: &By,
    (request, looked, care): (&PushRequest, &[Looked], Care),
    now: DateTime<Utc>,
) -> Result<PushAnswer, DatabaseError> {
    let By { scope, node, forwards, sets, offers, .. } = by;
    if care == Care::Special {
        sets.taken_back(scope.company);
    }
    let terminal = &scope.terminal;
    let of = (scope.company, terminal.id, request.epoch);
    let begun = begin(session, by, (request, looked, care), now)?;
    let Begun { moved_from, currency, has_queue, contiguous, known, beside } = begun;
    let formers = terminals::formers(session, scope.company, moved_from)?;
    let taking = Taking {
        scope,
        formers: &formers,
        sets,
        offers: &InStore::new(offers, (scope.company, terminal.store), *forwards),
        currency,
        contiguous,
        request,
        looked,
        now,
        forwards: *forwards,
        has_queue,
        node: *node,
    };
    let TakenIn { events, counters, moved: (moved, stock), ahead, answers } =
        taking.all(session, (known, beside), care)?;
    noticed(&events).raise(session, (scope.company, terminal), now)?;
    let open = events.iter().filter_map(|event| event.new.as_ref()?.open).max();
    if let Some((closure, receipt)) = open {
        let next = [(counters::CLOSURE.to_owned(), closure), (counters::RECEIPT.to_owned(), receipt)];
        counters::raise_from(session, (scope.company, terminal.id), (&counters, &next), now)?;
    }
    let shelves = (scope.company, terminal.store, terminal.id);
    stock::book_known(session, shelves, (&moved, &answers, &stock), (care, now))?;
    let high_water = Some(feed::advance(session, of, (contiguous, &ahead))?);
    Ok(PushAnswer {
        results: events.into_iter().map(|event| event.result).collect(),
        high_water,
        server_time: Some(now),
        further: BTreeMap::new(),
    })
}

/// What a push begins with.
struct Begun {
    /// Which terminal its device had before it was moved here.
    moved_from: Option<Uuid>,
    /// What its store counts in.
    currency: Option<CurrencyCode>,
    /// Whether anything of the company was ever queued for a hub above.
    has_queue: bool,
    /// How far this life of its file was here.
    contiguous: i64,
    /// What the books know of its events; none where that changes while they are taken in.
    known: Option<Known>,
    /// What they know beside; none where others of the company are waited for before that counts.
    beside: Option<Beside>,
}

/// Locks the terminal's row until the push is committed: pushes of one terminal follow one another. The shelves of its store
/// are held with it, before anything is read. What the terminal says of itself is noted there, and what the books know of its events is asked with it, and whether its device is who it was.
///
/// # Errors
/// [`DatabaseError::Outdated`] where it is not.
fn begin(
    session: &mut dyn Session,
    By { scope, shown, forwards, .. }: &By,
    (request, looked, care): (&PushRequest, &[Looked], Care),
    now: DateTime<Utc>,
) -> Result<Begun, DatabaseError> {
    let lock = format!(
        "UPDATE terminal SET last_push_at = $3, epoch = $4, set_aside = $5 WHERE company_id = $1 AND terminal_id = $2 \
         RETURNING moved_from, (SELECT s.currency FROM store s WHERE s.company_id = terminal.company_id \
         AND s.store_id = terminal.store_id), {}",
        session.holding(hold(request, looked), 6),
    );
    let (company, terminal, epoch) = (scope.company, scope.terminal.id, request.epoch);
    let set_aside = i64::try_from(request.quarantined).unwrap_or(i64::MAX);
    let shelves = stock::number((company, scope.terminal.store));
    let values: Vec<Value> = vec![
        company.into(),
        terminal.into(),
        now.timestamp_millis().into(),
        epoch.into(),
        set_aside.into(),
        shelves.into(),
    ];
    let mut together = Together::default();
    let terminals = together.add_one((lock, values));
    let bearer = shown.as_ref().map(|shown| (shown, shown.ask(&mut together, now)));
    let queue = together.add_one(relay::asked(company));
    let lives = together.add_one(feed::known(company, terminal));
    let is_known = care == Care::Usual && !looked.iter().any(Looked::is_older);
    let asked = is_known.then(|| Asked::of(&mut together, (company, terminal), looked));
    let beside =
        (is_known && !*forwards).then(|| AskedBeside::before(&mut together, (scope, request), looked));
    let answers = together.ask_while(session, &|| looking::finish(looked))?;
    if let Some((shown, asked)) = bearer
        && !shown.is_still(scope, answers.of_one(asked))?
    {
        return Err(DatabaseError::Outdated);
    }
    let known = asked.map(|asked| Known::of((company, terminal), (&answers, &asked), now)).transpose()?;
    let contiguous =
        feed::hear(session, (company, terminal, epoch), request.epoch_after, answers.of_one(lives))?;
    let has_queue = !answers.of_one(queue).is_empty();
    let mut begun = Begun { moved_from: None, currency: None, has_queue, contiguous, known, beside: None };
    if let Some(row) = answers.of_one(terminals).first() {
        begun.moved_from = row.optional_id(0)?;
        begun.currency = row.optional_text(1)?.and_then(|code| CurrencyCode::parse(code).ok());
    }
    // Where there is a queue its row is waited for once something is entered: what others of the company did until then counts.
    if let Some((asked, known)) = beside.filter(|_| !begun.has_queue).zip(begun.known.as_mut()) {
        begun.beside = Some(Beside::before(answers, asked, known.take_others()));
    }
    Ok(begun)
}

/// How a push holds the shelves of its store: what it moves there says it, and of what an older terminal wrote its kind.
fn hold(request: &PushRequest, looked: &[Looked]) -> Hold {
    let is_alone = request.items.iter().zip(looked).any(|(item, looked)| match looked {
        Looked::Own(own) => own.read.as_ref().is_some_and(|read| read.moved.hold() == Hold::Alone),
        Looked::Older(_) => Kind::of(&item.kind) == Some(Kind::Movement),
        Looked::Done(_) => false,
    });
    if is_alone { Hold::Alone } else { Hold::Shared }
}

/// What was noticed now about the events of a push.
fn noticed(taken: &[Taken]) -> Noticed {
    let mut noticed = Noticed::default();
    for Taken { result, new, differs, .. } in taken {
        if let Some(new) = new {
            noticed.add(&new.key.event(), &result.flags);
        }
        if let Some(event) = differs {
            noticed.add(event, [&CONTENT_MISMATCH.to_owned()]);
        }
    }
    noticed
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
