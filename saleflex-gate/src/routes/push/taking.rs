//! A push being taken in: all of its events together, or each by itself where the database refuses one.

use std::slice;

use chrono::{DateTime, Utc};
use saleflex_core::money::CurrencyCode;
use saleflex_sync::wire::{
    ItemError, ItemResult, PeriodLink, PushItem, PushRequest, Verdict, push::OLDER_PAYLOAD,
};
use uuid::Uuid;

use crate::{
    counters::{self, Counter},
    db::{DatabaseError, Row, Session, savepoint},
    definitions::rules,
    deliveries::{self, Applied, Event},
    feed,
    ledger::{
        self, Content, Entered, Key,
        flag::{self, CONTENT_MISMATCH},
    },
    offers::{in_force::InStore, rejudging::KnownSets},
    office::{
        counting::OfStore,
        intake::{self, Kind, Way},
    },
    relay::{self, Brought},
    scope::TerminalScope,
    stock::Moved,
};

/// The most numbers that an event says are set aside.
const MOST_MISSING: usize = 10_000;
/// The longest name of a kind of event.
const LONGEST_KIND: usize = 64;

/// A push being taken in.
pub(super) struct Taking<'a> {
    pub(super) scope: &'a TerminalScope,
    /// The terminals that the device had before, in other stores.
    pub(super) formers: &'a [Uuid],
    pub(super) sets: &'a KnownSets,
    /// What is in force in the store.
    pub(super) offers: &'a InStore<'a>,
    /// What the store counts in.
    pub(super) currency: Option<CurrencyCode>,
    /// How far this life of the file was here.
    pub(super) contiguous: i64,
    pub(super) request: &'a PushRequest,
    pub(super) now: DateTime<Utc>,
    /// Whether what comes in goes on to a hub above.
    pub(super) forwards: bool,
    /// The store's hub that brings it, where one does.
    pub(super) node: Option<Uuid>,
}

/// What became of an event of a push.
pub(super) struct Taken {
    pub(super) result: ItemResult,
    /// Set when it took effect now.
    pub(super) new: Option<New>,
    /// Its key, when that was taken before.
    met: Option<Key>,
    /// Set when other content came under its key for the first time.
    pub(super) differs: Option<ledger::Event>,
}

impl Taken {
    /// An event that took no effect now.
    const fn without_effect(result: ItemResult) -> Self {
        Self { result, new: None, met: None, differs: None }
    }
}

/// An event that took effect now.
pub(super) struct New {
    pub(super) key: Key,
    /// Its number in the till's sequence.
    seq: i64,
    pub(super) moved: Moved,
    /// The period that is open after it, and the receipt that comes next there.
    pub(super) open: Option<(i64, i64)>,
    is_unreadable: bool,
}

/// An event before anything of it is written.
enum Looked {
    /// It takes no effect.
    Done(ItemResult),
    /// An older terminal wrote it; its number.
    Older(i64),
    /// It is to be entered.
    Own(Own),
}

/// An event of our own tills.
struct Own {
    key: Key,
    /// Its number in the till's sequence.
    seq: i64,
    digest: String,
}

/// What is known of a push when its events are in.
pub(super) struct Known {
    /// What is here behind the place that was reached before.
    pub(super) ahead: Vec<Row>,
    /// The terminal's counters.
    pub(super) counters: Vec<Counter>,
}

impl Taking<'_> {
    /// Takes all events in together. Where the database refuses one of them, each by itself, so that its neighbours
    /// stand.
    pub(super) fn all(&self, session: &mut dyn Session) -> Result<(Vec<Taken>, Known), DatabaseError> {
        let items = &self.request.items;
        let together = savepoint(session, |session| {
            let mut taken = self.together(session, items)?;
            let known = self.note_new(session, &mut taken)?;
            Ok::<_, DatabaseError>((taken, known))
        });
        match together {
            Err(error) if DatabaseError::is_of_a_statement(&error) => {
                let mut taken = Vec::with_capacity(items.len());
                for item in items {
                    taken.extend(self.by_itself(session, item)?);
                }
                let known = self.note_new(session, &mut taken)?;
                Ok((taken, known))
            }
            done => done,
        }
    }

    fn by_itself(&self, session: &mut dyn Session, item: &PushItem) -> Result<Vec<Taken>, DatabaseError> {
        match savepoint(session, |session| self.together(session, slice::from_ref(item))) {
            Err(error) if DatabaseError::is_of_a_statement(&error) => {
                // The till sends this one again.
                let key = &item.idempotency_key;
                tracing::error!(error = error.told(), key, "an event could not be written");
                let refused = refused(item, "internal", "the hub could not write it".to_owned());
                Ok(vec![Taken::without_effect(ItemResult { result: Verdict::Retry, ..refused })])
            }
            done => done,
        }
    }

    /// Enters events, then applies those that are new, in their order.
    fn together(&self, session: &mut dyn Session, items: &[PushItem]) -> Result<Vec<Taken>, DatabaseError> {
        let mut looked = Vec::with_capacity(items.len());
        for item in items {
            looked.push(self.look(session, item)?);
        }
        let own = items.iter().zip(&looked).filter_map(|(item, looked)| match looked {
            Looked::Own(Own { key, seq, digest }) => {
                let place = Some((self.request.epoch, *seq));
                Some((key, Content { digest, body: item.payload.get(), place }))
            }
            Looked::Done(_) | Looked::Older(_) => None,
        });
        let own: Vec<(&Key, Content<'_>)> = own.collect();
        let entered = ledger::enter_all(session, &own, self.now)?;
        let takes_older = looked.iter().any(|looked| matches!(looked, Looked::Older(_)));
        if !self.forwards && (takes_older || entered.contains(&Entered::New)) {
            // Before anything else of the company is locked, as on the older wire: neither waits for the other for ever.
            relay::is_not_queued(session, self.scope.company)?;
        }
        let mut entered = entered.into_iter();
        let mut taken = Vec::with_capacity(items.len());
        for (item, looked) in items.iter().zip(looked) {
            taken.push(match looked {
                Looked::Done(result) => Taken::without_effect(result),
                Looked::Older(seq) => self.older(session, item, seq)?,
                Looked::Own(own) => {
                    let none = DatabaseError::Column { column: 0, expected: "an entry" };
                    match entered.next().ok_or(none)? {
                        Entered::New => self.apply(session, item, own)?,
                        Entered::Repeated => met_before(answered(item, Verdict::Duplicate), own.key, false),
                        Entered::Differs { is_news } => met_before(differs(item), own.key, is_news),
                    }
                }
            });
        }
        let new = taken.iter().filter_map(|event| event.new.as_ref());
        let unreadable: Vec<&Key> = new.filter(|new| new.is_unreadable).map(|new| &new.key).collect();
        ledger::note_all(session, &unreadable, flag::UNREADABLE)?;
        Ok(taken)
    }

    /// Looks at an event. One that took effect under a terminal that the device had before takes none here, where its
    /// number is one that never comes.
    fn look(&self, session: &mut dyn Session, item: &PushItem) -> Result<Looked, DatabaseError> {
        let Self { scope, request, .. } = *self;
        let seq = match sound(request, item) {
            Ok(seq) => seq,
            Err(detail) => return Ok(Looked::Done(refused(item, "content_invalid", detail))),
        };
        if item.schema_version == OLDER_PAYLOAD {
            return Ok(Looked::Older(seq));
        }
        let key = Key {
            company: scope.company,
            terminal: scope.terminal.id,
            kind: item.kind.as_str().to_owned(),
            entity: item.entity_id,
            revision: item.revision.into(),
        };
        let digest = item.payload_hash.to_string();
        if self.came_before(session, &key, &digest)? {
            feed::set_aside(session, (key.company, key.terminal, request.epoch), &[item.seq])?;
            return Ok(Looked::Done(answered(item, Verdict::Duplicate)));
        }
        Ok(Looked::Own(Own { key, seq, digest }))
    }

    /// Applies an event that was just entered.
    fn apply(
        &self,
        session: &mut dyn Session,
        item: &PushItem,
        Own { key, seq, .. }: Own,
    ) -> Result<Taken, DatabaseError> {
        let Self { scope, sets, offers, currency, request, now, forwards, .. } = *self;
        if !item.missing.is_empty() {
            ledger::note(session, &key, flag::GAP)?;
        }
        feed::set_aside(session, (key.company, key.terminal, request.epoch), &item.missing)?;
        let brought = if forwards {
            Some(relay::queue(session, &key, (request, item), now)?)
        } else {
            self.brought(item)
        };
        let (store, place) = (scope.terminal.store, (request.epoch, seq));
        let knows_customers =
            rules::of_device(scope.terminal.profile).any(|resource| resource == "customers");
        let (people, shape) = (item.people.as_slice(), item.schema_version);
        let event =
            Event { key: &key, store, place, shape, brought, knows_customers, people, currency, offers };
        let applied = deliveries::apply(session, event, (item.payload.get(), sets), now)?;
        let Applied { moved, next, is_unreadable } = applied;
        let new = New { key, seq, moved, open: open_after(item).max(next), is_unreadable };
        let result = answered(item, Verdict::Accepted);
        Ok(Taken { result, new: Some(new), met: None, differs: None })
    }

    /// Notes which of the new events another terminal or another file gave out too, and says of each event what was noted.
    fn note_new(&self, session: &mut dyn Session, taken: &mut [Taken]) -> Result<Known, DatabaseError> {
        let (company, terminal) = (self.scope.company, self.scope.terminal.id);
        let of = (company, terminal, self.request.epoch);
        let new: Vec<&New> = taken.iter().filter_map(|event| event.new.as_ref()).collect();
        let keys: Vec<&Key> = new.iter().map(|new| &new.key).collect();
        let met: Vec<&Key> = taken.iter().filter_map(|event| event.met.as_ref()).collect();
        let further = [feed::ahead(of, self.contiguous), counters::asked(company, terminal)];
        let (mut noted, mut answers) = ledger::note_clones(session, (&keys, &met), further)?;
        let (counters, ahead) = (answers.pop().unwrap_or_default(), answers.pop().unwrap_or_default());
        let doubtful = feed::doubtful(new.iter().map(|new| new.seq), (self.contiguous, &ahead))?;
        ledger::note_forks(session, of, &doubtful, &mut noted)?;
        for Taken { result, new, met, .. } in taken {
            let key = new.as_ref().map(|new| &new.key).or(met.as_ref());
            let flags = key.and_then(|key| noted.get(&key.event()));
            result.flags.extend(flags.into_iter().flatten().cloned());
        }
        Ok(Known { ahead, counters: counters::read(&counters)? })
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
        let Some(kind) = Kind::of(&item.kind) else {
            return Ok(invalid(
                "an older terminal writes documents, closures, movements of goods, uses and points alone",
            ));
        };
        if self.node.is_none() {
            return Ok(invalid("only a store's hub forwards what an older terminal wrote"));
        }
        if intake::identity(kind, &item.payload) != Some(item.entity_id) {
            return Ok(invalid("the identity is not that of the head"));
        }
        let way = Way::Forwarded { place: (request.epoch, seq), brought: self.brought(item) };
        let store = OfStore { currency: self.currency, offers: self.offers };
        let from = intake::From { company: scope.company, terminal: &scope.terminal, store, way };
        let taken = intake::take(session, from, kind, (0, &item.payload), now)?;
        let counters = item.forwarded.iter().flat_map(|forwarded| &forwarded.counters);
        let counters: Vec<(String, i64)> = counters
            .filter_map(|counter| Some((counter.name.clone(), i64::try_from(counter.value).ok()?)))
            .collect();
        counters::raise(session, scope.company, scope.terminal.id, &counters, now)?;
        let mut result = taken.verdict.on_the_wire(&item.idempotency_key);
        let new = taken.entered.map(|(key, moved)| New { key, seq, moved, open: None, is_unreadable: false });
        if new.is_some() {
            // They are told with those of its neighbours, when all are here.
            result.flags.clear();
        }
        Ok(Taken { result, new, met: None, differs: taken.differs })
    }
}

pub(super) fn refused(item: &PushItem, code: &str, detail: String) -> ItemResult {
    let error = Some(ItemError { code: code.to_owned(), detail });
    ItemResult { id: item.idempotency_key.clone(), result: Verdict::Rejected, flags: Vec::new(), error }
}

/// An event whose key was taken.
fn met_before(result: ItemResult, key: Key, is_news: bool) -> Taken {
    let differs = is_news.then(|| key.event());
    Taken { result, new: None, met: Some(key), differs }
}

fn answered(item: &PushItem, result: Verdict) -> ItemResult {
    ItemResult { id: item.idempotency_key.clone(), result, flags: Vec::new(), error: None }
}

fn differs(item: &PushItem) -> ItemResult {
    let detail = "the same event came with other content; the first is in force, this one is kept aside";
    refused(item, CONTENT_MISMATCH, detail.to_owned())
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
