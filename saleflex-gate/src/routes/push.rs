//! Events of our tills as they come in: each is looked at, entered once and applied, whatever is repeated.
//!
//! **Invariant:** an event that is refused or cannot be written undoes none of its neighbours.

use std::collections::BTreeMap;

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use saleflex_core::money::CurrencyCode;
use saleflex_sync::wire::{
    EventKind, ItemError, ItemResult, PeriodLink, PushAnswer, PushItem, PushRequest, SCHEMA_VERSION, Verdict,
    push::OLDER_PAYLOAD,
};
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    alerts::Noticed,
    counters,
    db::{DatabaseError, Session, Tenant, savepoint},
    definitions::rules,
    deliveries::{self, Applied, Event},
    error::Refusal,
    feed,
    ledger::{
        self, Content, Entered, Key,
        flag::{self, CONTENT_MISMATCH},
    },
    offers::{in_force::InStore, rejudging::KnownSets},
    office::intake::{self, Kind, Way},
    registry::terminals,
    relay::{self, Acting, Brought},
    request::Whole,
    scope::TerminalScope,
    stock::{self, Moved},
};

/// The most events of one request.
const MOST_ITEMS: usize = 500;
/// The most numbers that an event says are set aside.
const MOST_MISSING: usize = 10_000;
/// The longest name of a kind of event.
const LONGEST_KIND: usize = 64;

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
    let (scope, node) = match relay::acting_for(&hub, scope, &request.sender).await? {
        Acting::For(scope, node) => (scope, node),
        Acting::NotFor(refusal) => return Ok(Json(all_refused(&request, &refusal, now))),
    };
    let forwards = hub.forwards();
    let (sets, offers) = (hub.sets.clone(), hub.offers.clone());
    let answered = hub.books.write(Tenant::Company(scope.company), move |session| {
        let terminal = &scope.terminal;
        let of = (scope.company, terminal.id, request.epoch);
        let (moved_from, currency) = note_push(session, &scope, request.epoch, now)?;
        let formers = terminals::formers(session, scope.company, moved_from)?;
        feed::hear(session, of, request.epoch_after)?;
        let (scope_of, formers) = (&scope, formers.as_slice());
        let offers = InStore::new(&offers, (scope.company, terminal.store), forwards);
        let taking = Taking {
            scope: scope_of,
            formers,
            sets: &sets,
            offers: &offers,
            currency,
            request: &request,
            now,
            forwards,
            node,
        };
        let mut taken = taking.all(session)?;
        note_new(session, of, &mut taken)?;
        noticed(&taken).raise(session, (scope.company, terminal), now)?;
        let open = taken.iter().filter_map(|event| event.new.as_ref()?.open).max();
        if let Some((closure, receipt)) = open {
            let next = [(counters::CLOSURE.to_owned(), closure), (counters::RECEIPT.to_owned(), receipt)];
            counters::raise(session, scope.company, terminal.id, &next, now)?;
        }
        let mut moved = Moved::default();
        taken.iter().filter_map(|event| event.new.as_ref()).for_each(|new| moved.append(&new.moved));
        stock::book(session, (scope.company, terminal.store, terminal.id), &moved, now)?;
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

/// Locks the terminal's row until the push is committed: pushes of one terminal follow one another. Answers which terminal
/// its device had before it was moved here, and what its store counts in.
fn note_push(
    session: &mut dyn Session,
    scope: &TerminalScope,
    epoch: Uuid,
    now: DateTime<Utc>,
) -> Result<(Option<Uuid>, Option<CurrencyCode>), DatabaseError> {
    let rows = session.query(
        "UPDATE terminal SET last_push_at = $3, epoch = $4 WHERE company_id = $1 AND terminal_id = $2 \
         RETURNING moved_from, (SELECT s.currency FROM store s WHERE s.company_id = terminal.company_id \
         AND s.store_id = terminal.store_id)",
        &[scope.company.into(), scope.terminal.id.into(), now.timestamp_millis().into(), epoch.into()],
    )?;
    let Some(row) = rows.first() else { return Ok((None, None)) };
    let currency = row.optional_text(1)?.and_then(|code| CurrencyCode::parse(code).ok());
    Ok((row.optional_id(0)?, currency))
}

/// A push being taken in.
struct Taking<'a> {
    scope: &'a TerminalScope,
    /// The terminals that the device had before, in other stores.
    formers: &'a [Uuid],
    sets: &'a KnownSets,
    /// What is in force in the store.
    offers: &'a InStore<'a>,
    /// What the store counts in.
    currency: Option<CurrencyCode>,
    request: &'a PushRequest,
    now: DateTime<Utc>,
    /// Whether what comes in goes on to a hub above.
    forwards: bool,
    /// The store's hub that brings it, where one does.
    node: Option<Uuid>,
}

/// What became of an event of a push.
struct Taken {
    result: ItemResult,
    /// Set when it took effect now.
    new: Option<New>,
    /// Set when other content came under its key for the first time.
    differs: Option<ledger::Event>,
}

impl Taken {
    /// An event that took no effect now.
    const fn without_effect(result: ItemResult) -> Self {
        Self { result, new: None, differs: None }
    }
}

/// An event that took effect now.
struct New {
    key: Key,
    /// Its number in the till's sequence.
    seq: i64,
    moved: Moved,
    /// The period that is open after it, and the receipt that comes next there.
    open: Option<(i64, i64)>,
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
                Ok(Taken::without_effect(ItemResult { result: Verdict::Retry, ..refused }))
            }
            done => done,
        }
    }

    fn take(&self, session: &mut dyn Session, item: &PushItem) -> Result<Taken, DatabaseError> {
        let Self { scope, sets, offers, currency, request, now, forwards, .. } = *self;
        let seq = match sound(request, item) {
            Ok(seq) => seq,
            Err(detail) => return Ok(Taken::without_effect(refused(item, "content_invalid", detail))),
        };
        if item.schema_version == OLDER_PAYLOAD {
            return self.older(session, item, seq);
        }
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
        if self.came_before(session, &key, &digest)? {
            // It took effect in the store where it was sold; here its number is one that never comes.
            feed::set_aside(session, (key.company, key.terminal, request.epoch), &[item.seq])?;
            return Ok(Taken::without_effect(answer(Verdict::Duplicate, Vec::new())));
        }
        let entered = ledger::enter(session, &key, content, now)?;
        if entered == Entered::New {
            if !item.missing.is_empty() {
                ledger::note(session, &key, flag::GAP)?;
            }
            feed::set_aside(session, (key.company, key.terminal, request.epoch), &item.missing)?;
            let brought = if forwards {
                Some(relay::queue(session, &key, (request, item), now)?)
            } else {
                relay::is_not_queued(session, scope.company)?;
                self.brought(item)
            };
            let (store, place) = (scope.terminal.store, (request.epoch, seq));
            let knows_customers =
                rules::of_device(scope.terminal.profile).any(|resource| resource == "customers");
            let event = Event { key: &key, store, place, brought, knows_customers, currency, offers };
            let Applied { moved, next } = deliveries::apply(session, event, (body, sets), now)?;
            let new = New { key, seq, moved, open: open_after(item).max(next) };
            let result = answer(Verdict::Accepted, Vec::new());
            return Ok(Taken { result, new: Some(new), differs: None });
        }
        let flags: Vec<String> = ledger::flags(session, &key)?.into_iter().collect();
        let result = if entered == Entered::Repeated {
            answer(Verdict::Duplicate, flags)
        } else {
            let detail =
                "the same event came with other content; the first is in force, this one is kept aside";
            ItemResult { flags, ..refused(item, CONTENT_MISMATCH, detail.to_owned()) }
        };
        let is_news = entered == Entered::Differs { is_news: true };
        Ok(Taken { result, new: None, differs: is_news.then(|| key.event()) })
    }

    /// Whether the device delivered the event as a terminal that it was before.
    fn came_before(&self, session: &mut dyn Session, key: &Key, digest: &str) -> Result<bool, DatabaseError> {
        for former in self.formers {
            if ledger::holds(session, &Key { terminal: *former, ..key.clone() }, digest)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Where the event stands in the queue of the store's hub that brings it.
    fn brought(&self, item: &PushItem) -> Option<Brought> {
        let (node, forwarded) = self.node.zip(item.forwarded.as_ref())?;
        let no = i64::try_from(forwarded.no).unwrap_or(i64::MAX);
        Some(Brought { node, life: forwarded.life, no })
    }

    /// Takes in what an older terminal wrote and its store's hub forwards: the same as by the older wire, once on both.
    fn older(&self, session: &mut dyn Session, item: &PushItem, seq: i64) -> Result<Taken, DatabaseError> {
        let Self { scope, request, now, .. } = *self;
        let invalid =
            |detail: &str| Taken::without_effect(refused(item, "content_invalid", detail.to_owned()));
        let kind = if item.kind == EventKind::Transaction {
            Kind::Document
        } else if item.kind == EventKind::Closure {
            Kind::Closure
        } else {
            return Ok(invalid("an older terminal writes documents and closures alone"));
        };
        if self.node.is_none() {
            return Ok(invalid("only a store's hub forwards what an older terminal wrote"));
        }
        if intake::identity(kind, &item.payload) != Some(item.entity_id) {
            return Ok(invalid("the identity is not that of the head"));
        }
        let way = Way::Forwarded { place: (request.epoch, seq), brought: self.brought(item) };
        let from = intake::From { company: scope.company, terminal: &scope.terminal, way };
        let taken = intake::take(session, from, kind, (0, &item.payload), now)?;
        let counters = item.forwarded.iter().flat_map(|forwarded| &forwarded.counters);
        let counters: Vec<(String, i64)> = counters
            .filter_map(|counter| Some((counter.name.clone(), i64::try_from(counter.value).ok()?)))
            .collect();
        counters::raise(session, scope.company, scope.terminal.id, &counters, now)?;
        let mut result = taken.verdict.on_the_wire(&item.idempotency_key);
        let new = taken.entered.map(|(key, moved)| New { key, seq, moved, open: None });
        if new.is_some() {
            // They are told with those of its neighbours, when all are here.
            result.flags.clear();
        }
        Ok(Taken { result, new, differs: taken.differs })
    }
}

/// What was noticed now about the events of a push.
fn noticed(taken: &[Taken]) -> Noticed {
    let mut noticed = Noticed::default();
    for Taken { result, new, differs } in taken {
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

fn refused(item: &PushItem, code: &str, detail: String) -> ItemResult {
    let error = Some(ItemError { code: code.to_owned(), detail });
    ItemResult { id: item.idempotency_key.clone(), result: Verdict::Rejected, flags: Vec::new(), error }
}

/// Notes which of the new events another terminal or another file gave out too, and says what was noted of each: for all
/// at once, since each question is a way to the database and back.
fn note_new(
    session: &mut dyn Session,
    of: (Uuid, Uuid, Uuid),
    taken: &mut [Taken],
) -> Result<(), DatabaseError> {
    let new: Vec<&New> = taken.iter().filter_map(|event| event.new.as_ref()).collect();
    let keys: Vec<&Key> = new.iter().map(|new| &new.key).collect();
    let numbers: Vec<i64> = new.iter().map(|new| new.seq).collect();
    ledger::note_clones(session, &keys)?;
    ledger::note_forks(session, of, &numbers)?;
    let mut noted = ledger::flags_of(session, &keys)?;
    for Taken { result, new, .. } in taken {
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
fn open_after(item: &PushItem) -> Option<(i64, i64)> {
    let open = match item.depends_on_closure? {
        PeriodLink::Closes(number) => i64::from(number.0) + 1,
        PeriodLink::BelongsTo(number) => number.0.into(),
    };
    Some((open, 1))
}
