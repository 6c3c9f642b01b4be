//! Events of our tills as they come in: each is looked at, entered once and applied, whatever is repeated.
//!
//! **Invariant:** an event that is refused or cannot be written undoes none of its neighbours.

use std::{collections::BTreeMap, iter, slice};

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use saleflex_sync::wire::{
    ItemError, ItemResult, PeriodLink, PushAnswer, PushItem, PushRequest, SCHEMA_VERSION, Verdict,
};
use uuid::Uuid;

use crate::{
    ApiError, Hub, counters,
    db::{DatabaseError, Row, Session, Statement, Tenant, savepoint},
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
        let kept = [feed::heard(scope.company, terminal.id), counters::kept(scope.company, terminal.id)];
        let kept = session.together(&kept)?;
        let [lives, numbers] = [0, 1].map(|at| kept.get(at).map(Vec::as_slice).unwrap_or_default());
        let contiguous = feed::hear(session, of, (lives, request.epoch_after))?;
        let mut taken =
            Taking { scope: &scope, sets: &sets, request: &request, now, forwards }.all(session)?;
        let open = taken.iter().filter_map(|event| event.new.as_ref()?.open).max();
        let open: Vec<(String, i64)> =
            open.map(|open| (counters::CLOSURE.to_owned(), open)).into_iter().collect();
        counters::raise_from(session, (scope.company, terminal.id), (numbers, &open), now)?;
        let mut moved = Moved::default();
        taken.iter().filter_map(|event| event.new.as_ref()).for_each(|new| moved.add(&new.moved));
        deliveries::move_stock(session, (scope.company, terminal.store), &moved, now)?;
        let ahead = flag_new(session, &mut taken, feed::ahead(of, contiguous))?;
        let high_water = Some(feed::advance(session, of, (contiguous, &ahead))?);
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
    session.later(
        "UPDATE terminal SET last_push_at = $3, epoch = $4 WHERE company_id = $1 AND terminal_id = $2",
        vec![scope.company.into(), scope.terminal.id.into(), now.timestamp_millis().into(), epoch.into()],
    )
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

/// An event whose content is what it says.
struct Sound<'a> {
    item: &'a PushItem,
    key: Key,
    seq: i64,
    digest: String,
}

impl Taking<'_> {
    /// Takes all events in together. Where the database refuses one of them, each by itself, so that its neighbours
    /// stand.
    fn all(&self, session: &mut dyn Session) -> Result<Vec<Taken>, DatabaseError> {
        let items = &self.request.items;
        match savepoint(session, |session| self.take(session, items)) {
            Err(error) if DatabaseError::is_of_a_statement(&error) => {
                items.iter().map(|item| self.by_itself(session, item)).collect()
            }
            done => done,
        }
    }

    fn by_itself(&self, session: &mut dyn Session, item: &PushItem) -> Result<Taken, DatabaseError> {
        match savepoint(session, |session| self.take(session, slice::from_ref(item))) {
            Err(error) if DatabaseError::is_of_a_statement(&error) => {
                // The till sends this one again.
                let key = &item.idempotency_key;
                tracing::error!(error = error.told(), key, "an event could not be written");
                let refused = refused(item, "internal", "the hub could not write it".to_owned());
                Ok(Taken { result: ItemResult { result: Verdict::Retry, ..refused }, new: None })
            }
            Err(error) => Err(error),
            Ok(mut taken) => taken.pop().ok_or(DatabaseError::Stopped),
        }
    }

    /// Enters all at once, then applies one after another what is new.
    fn take(&self, session: &mut dyn Session, items: &[PushItem]) -> Result<Vec<Taken>, DatabaseError> {
        let events: Vec<Result<Sound<'_>, String>> = items.iter().map(|item| self.sound(item)).collect();
        let sound = || events.iter().flatten();
        let questions = sound().map(|event| ledger::entry(&event.key, self.content(event), self.now));
        let questions: Vec<Statement> =
            questions.chain(sound().map(|event| ledger::clones(&event.key))).collect();
        let mut entered = session.together(&questions)?;
        let clones = entered.split_off(sound().count());
        let mut answers = entered.iter().zip(&clones);
        let take = |(item, event): (&PushItem, &Result<Sound<'_>, String>)| match event {
            Err(detail) => Ok(Taken { result: refused(item, "content_invalid", detail.clone()), new: None }),
            Ok(event) => {
                let (entered, clones) = answers.next().ok_or(DatabaseError::Stopped)?;
                let is = ledger::outcome(session, (&event.key, self.content(event)), entered, self.now)?;
                self.taken(session, event, (is, clones))
            }
        };
        items.iter().zip(&events).map(take).collect()
    }

    fn sound<'i>(&self, item: &'i PushItem) -> Result<Sound<'i>, String> {
        let seq = sound(self.request, item)?;
        let key = Key {
            company: self.scope.company,
            terminal: self.scope.terminal.id,
            kind: item.kind.as_str().to_owned(),
            entity: item.entity_id,
            revision: item.revision.into(),
        };
        Ok(Sound { item, key, seq, digest: item.payload_hash.to_string() })
    }

    fn content<'e>(&self, event: &'e Sound<'_>) -> Content<'e> {
        let place = Some((self.request.epoch, event.seq));
        Content { digest: &event.digest, body: event.item.payload.get(), place }
    }

    fn taken(
        &self,
        session: &mut dyn Session,
        Sound { item, key, seq, .. }: &Sound<'_>,
        (entered, clones): (Entered, &[Row]),
    ) -> Result<Taken, DatabaseError> {
        let Self { scope, sets, request, now, forwards } = *self;
        let answer =
            |result, flags| ItemResult { id: item.idempotency_key.clone(), result, flags, error: None };
        if entered == Entered::New {
            ledger::note_clones(session, key, clones)?;
            feed::set_aside(session, (key.company, key.terminal, request.epoch), &item.missing)?;
            if forwards {
                relay::queue(session, scope, request, item)?;
            }
            let from = (key, scope.terminal.store, (request.epoch, *seq));
            let moved = deliveries::apply(session, from, (item.payload.get(), sets), now)?;
            let new = New { key: key.clone(), moved, open: open_after(item) };
            return Ok(Taken { result: answer(Verdict::Accepted, Vec::new()), new: Some(new) });
        }
        let flags: Vec<String> = ledger::flags(session, key)?.into_iter().collect();
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

/// Says what was noted of each of the new events, when all are here, and answers what else is asked on the same way.
fn flag_new(
    session: &mut dyn Session,
    taken: &mut [Taken],
    asked: Statement,
) -> Result<Vec<Row>, DatabaseError> {
    let keys = taken.iter().filter_map(|event| Some(&event.new.as_ref()?.key));
    let questions: Vec<Statement> = iter::once(asked).chain(keys.map(ledger::noted)).collect();
    let mut answers = session.together(&questions)?.into_iter();
    let answer = answers.next().unwrap_or_default();
    for (event, noted) in taken.iter_mut().filter(|event| event.new.is_some()).zip(answers) {
        event.result.flags.extend(ledger::names(&noted)?);
    }
    Ok(answer)
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
