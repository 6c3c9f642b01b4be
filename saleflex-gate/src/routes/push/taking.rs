//! A push being taken in: all of its events together, or each by itself where the database refuses one.

use std::{mem, ops::Range, slice};

use chrono::{DateTime, Utc};
use saleflex_core::money::CurrencyCode;
use saleflex_sync::wire::{ItemError, ItemResult, PeriodLink, PushItem, PushRequest, Verdict};
use uuid::Uuid;

use super::{
    beside::Beside,
    looking::{Looked, Own},
};
use crate::{
    counters::{self, Counter},
    db::{Answers, Care, DatabaseError, Session, Together, savepoint},
    definitions::rules,
    deliveries::{
        self, Event,
        documents::{self, Documents},
    },
    feed,
    ledger::{
        self, Content, Digests, Entered, Key, Notes,
        flag::{self, CONTENT_MISMATCH},
    },
    offers::{in_force::InStore, rejudging::KnownSets},
    office::{
        counting::OfStore,
        intake::{self, Kind, Way},
    },
    relay::{self, Brought},
    scope::TerminalScope,
    stock::{self, Moved},
};

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
    /// Its events.
    pub(super) looked: &'a [Looked],
    pub(super) now: DateTime<Utc>,
    /// Whether what comes in goes on to a hub above.
    pub(super) forwards: bool,
    /// Whether anything of the company ever did, so that it is noted what does not.
    pub(super) has_queue: bool,
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
    /// The numbers of the till's sequence that are here with it, or will never come by themselves.
    numbers: Vec<i64>,
}

impl Taken {
    /// An event that took no effect now.
    const fn without_effect(result: ItemResult) -> Self {
        Self { result, new: None, met: None, differs: None, numbers: Vec::new() }
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
}

/// A push whose events are in.
pub(super) struct TakenIn {
    pub(super) events: Vec<Taken>,
    /// The terminal's counters.
    pub(super) counters: Vec<Counter>,
    /// What the events move on the shelves, and what was asked about it.
    pub(super) moved: (Moved, stock::Asked),
    /// What is here behind the place that was reached before.
    pub(super) ahead: Vec<i64>,
    pub(super) answers: Answers,
}

/// What is asked of the events of a terminal before they are taken in.
#[derive(Debug)]
pub(super) struct Asked {
    taken: Range<usize>,
    documents: documents::Asked,
}

impl Asked {
    /// Asks what the books know of these events.
    pub(super) fn of(together: &mut Together, of: (Uuid, Uuid), looked: &[Looked]) -> Self {
        let own = || looked.iter().filter_map(Looked::own);
        let keys: Vec<&Key> = own().map(|own| &own.key).collect();
        let read = own().filter_map(|own| own.read.as_deref());
        Self {
            taken: together.add(ledger::taken(&keys)),
            documents: documents::Asked::of(together, of, read),
        }
    }
}

/// What the books know of events before they are taken in.
#[derive(Debug)]
pub(super) struct Known {
    digests: Digests,
    documents: Documents,
}

impl Known {
    /// What was answered.
    pub(super) fn of(
        of: (Uuid, Uuid),
        (answers, asked): (&Answers, &Asked),
        now: DateTime<Utc>,
    ) -> Result<Self, DatabaseError> {
        let digests = Digests::of(answers, (&asked.taken, of.1))?;
        Ok(Self { digests, documents: Documents::known(of, (answers, &asked.documents), now)? })
    }

    /// What other terminals gave out too, of which nobody has to ask again.
    pub(super) fn take_others(&mut self) -> Vec<(ledger::Event, Uuid)> {
        mem::take(&mut self.digests.others)
    }
}

impl Taking<'_> {
    /// Takes all events in together, or each by itself where the database refuses one of them, so that its neighbours stand.
    pub(super) fn all(
        &self,
        session: &mut dyn Session,
        (known, beside): (Option<Known>, Option<Beside>),
        care: Care,
    ) -> Result<TakenIn, DatabaseError> {
        let items = self.request.items.as_slice();
        let taken = match care {
            Care::Usual => self.together(session, (items, self.looked), known)?,
            Care::Special => {
                let mut taken = Vec::with_capacity(items.len());
                for (item, looked) in items.iter().zip(self.looked) {
                    taken.extend(self.by_itself(session, item, looked)?);
                }
                taken
            }
        };
        self.note_new(session, taken, beside)
    }

    fn by_itself(
        &self,
        session: &mut dyn Session,
        item: &PushItem,
        looked: &Looked,
    ) -> Result<Vec<Taken>, DatabaseError> {
        let alone = (slice::from_ref(item), slice::from_ref(looked));
        match savepoint(session, |session| self.together(session, alone, None)) {
            Err(error) if DatabaseError::is_of_a_statement(&error) => {
                self.sets.taken_back(self.scope.company);
                // The till sends this one again.
                let key = &item.idempotency_key;
                tracing::error!(error = error.told(), key, "an event could not be written");
                let refused = refused(item, "internal", "the hub could not write it".to_owned());
                Ok(vec![Taken::without_effect(ItemResult { result: Verdict::Retry, ..refused })])
            }
            done => done,
        }
    }

    /// Takes events in, in their order. What an older terminal wrote changes what the books know of those behind it.
    fn together(
        &self,
        session: &mut dyn Session,
        (items, looked): (&[PushItem], &[Looked]),
        mut known: Option<Known>,
    ) -> Result<Vec<Taken>, DatabaseError> {
        if self.is_passed_over() && looked.iter().any(Looked::is_older) {
            // Before anything else of the company is locked, as on the older wire: neither waits for the other for ever.
            relay::is_not_queued(session, self.scope.company)?;
        }
        let mut taken = Vec::with_capacity(items.len());
        let mut rest = items;
        for run in looked.chunk_by(|one, next| !one.is_older() && !next.is_older()) {
            let (of_run, behind) = rest.split_at_checked(run.len()).unwrap_or((rest, &[]));
            rest = behind;
            if let ([item], [Looked::Older(seq)]) = (of_run, run) {
                taken.push(self.older(session, item, *seq)?);
            } else {
                taken.extend(self.own(session, (of_run, run), known.take())?);
            }
        }
        Ok(taken)
    }

    /// Enters events of our own tills, then applies those that are new.
    fn own(
        &self,
        session: &mut dyn Session,
        (items, looked): (&[PushItem], &[Looked]),
        known: Option<Known>,
    ) -> Result<Vec<Taken>, DatabaseError> {
        let Known { digests, mut documents } = match known {
            Some(known) => known,
            None => self.known(session, looked)?,
        };
        let mut came_before = Vec::with_capacity(items.len());
        let mut own: Vec<(&Key, Content<'_>)> = Vec::with_capacity(items.len());
        for (item, looked) in items.iter().zip(looked) {
            let event = looked.own();
            came_before.push(event.map_or(Ok(false), |event| self.came_before(session, event))?);
            if let Some(Own { key, seq, digest, .. }) = event
                && came_before.last() == Some(&false)
            {
                let place = Some((self.request.epoch, *seq));
                own.push((key, Content { digest, body: item.payload.get(), place }));
            }
        }
        let entered = ledger::enter_all(session, &own, digests, self.now)?;
        if self.is_passed_over() && entered.contains(&Entered::New) {
            // Before anything else of the company is locked, as above.
            relay::is_not_queued(session, self.scope.company)?;
        }
        let (mut entered, notes) = (entered.into_iter(), Notes::default());
        let mut taken = Vec::with_capacity(items.len());
        for ((item, looked), came_before) in items.iter().zip(looked).zip(came_before) {
            taken.push(match looked {
                Looked::Done(result) => Taken::without_effect(result.clone()),
                Looked::Older(_) => {
                    return Err(DatabaseError::Column { column: 0, expected: "an own event" });
                }
                Looked::Own(Own { key, .. }) if came_before => {
                    let numbers = self.set_aside(session, key, &[item.seq])?;
                    Taken { numbers, ..Taken::without_effect(answered(item, Verdict::Duplicate)) }
                }
                Looked::Own(own) => {
                    let none = DatabaseError::Column { column: 0, expected: "an entry" };
                    match entered.next().ok_or(none)? {
                        Entered::New => self.apply(session, item, own, (&mut documents, &notes))?,
                        Entered::Repeated => met_before(answered(item, Verdict::Duplicate), &own.key, false),
                        Entered::Differs { is_news } => met_before(differs(item), &own.key, is_news),
                    }
                }
            });
        }
        documents.write(session)?;
        let kept = notes.write(session, (self.scope.company, self.scope.terminal.id))?;
        for Taken { result, new, .. } in &mut taken {
            let flags = new.as_ref().and_then(|new| kept.get(&new.key.event()));
            result.flags.extend(flags.into_iter().flatten().cloned());
        }
        Ok(taken)
    }

    /// Whether what comes in stays here while something of the company went on to a hub above.
    const fn is_passed_over(&self) -> bool {
        self.has_queue && !self.forwards
    }

    /// Notes numbers that will never come by themselves, and answers them.
    fn set_aside(
        &self,
        session: &mut dyn Session,
        key: &Key,
        numbers: &[u64],
    ) -> Result<Vec<i64>, DatabaseError> {
        feed::set_aside(session, (key.company, key.terminal, self.request.epoch), numbers)?;
        Ok(numbers.iter().filter_map(|seq| i64::try_from(*seq).ok()).collect())
    }

    /// What the books know of events of our own tills.
    fn known(&self, session: &mut dyn Session, looked: &[Looked]) -> Result<Known, DatabaseError> {
        let of = (self.scope.company, self.scope.terminal.id);
        let mut together = Together::default();
        let asked = Asked::of(&mut together, of, looked);
        Known::of(of, (&together.ask(session)?, &asked), self.now)
    }

    /// Applies an event that was just entered.
    fn apply(
        &self,
        session: &mut dyn Session,
        item: &PushItem,
        Own { key, seq, read, .. }: &Own,
        (documents, notes): (&mut Documents, &Notes),
    ) -> Result<Taken, DatabaseError> {
        let Self { scope, sets, offers, currency, request, now, forwards, .. } = *self;
        if !item.missing.is_empty() {
            notes.add(key, flag::GAP);
        }
        let mut numbers = self.set_aside(session, key, &item.missing)?;
        numbers.push(*seq);
        let brought = if forwards {
            Some(relay::queue(session, key, (request, item), now)?)
        } else {
            self.brought(item)
        };
        let mut new = New { key: key.clone(), seq: *seq, moved: Moved::default(), open: open_after(item) };
        if let Some(read) = read {
            let (store, place) = (scope.terminal.store, (request.epoch, *seq));
            let knows_customers =
                rules::of_device(scope.terminal.profile).any(|resource| resource == "customers");
            let (people, shape) = (item.people.as_slice(), item.schema_version);
            let event =
                Event { key, store, place, shape, brought, knows_customers, people, currency, offers, notes };
            let next = deliveries::apply(session, event, (read, sets), documents, now)?;
            new.moved = read.moved.clone();
            new.open = new.open.max(next);
        } else {
            notes.add(key, flag::UNREADABLE);
        }
        let result = answered(item, Verdict::Accepted);
        Ok(Taken { result, new: Some(new), met: None, differs: None, numbers })
    }

    /// Notes which of the new events another terminal or another file gave out too, and says of each event what was noted.
    fn note_new(
        &self,
        session: &mut dyn Session,
        mut events: Vec<Taken>,
        before: Option<Beside>,
    ) -> Result<TakenIn, DatabaseError> {
        let of = (self.scope.company, self.scope.terminal.id, self.request.epoch);
        let new: Vec<&New> = events.iter().filter_map(|event| event.new.as_ref()).collect();
        let keys: Vec<&Key> = new.iter().map(|new| &new.key).collect();
        let met: Vec<&Key> = events.iter().filter_map(|event| event.met.as_ref()).collect();
        let mut moved = Moved::default();
        moved.append_all(new.iter().map(|new| &new.moved));
        let beside = match before {
            Some(beside) => beside,
            None => Beside::after(session, (self.scope, self.request), (&keys, &moved))?,
        };
        let Beside { answers, asked, others, mut noted, is_before } = beside;
        if !met.is_empty() {
            let mut together = Together::default();
            let flags = together.add(ledger::noted(&met));
            ledger::add_noted(&mut noted, together.ask(session)?.of(&flags))?;
        }
        ledger::note_clones(session, (&keys, &others), &mut noted)?;
        let mut ahead = feed::numbers(answers.of_one(asked.ahead))?;
        if is_before {
            let numbers = events.iter().flat_map(|event| &event.numbers);
            feed::came_since(self.contiguous, &mut ahead, numbers.copied());
        }
        let doubtful = feed::doubtful(new.iter().map(|new| new.seq), (self.contiguous, &ahead));
        ledger::note_forks(session, of, &doubtful, &mut noted)?;
        for Taken { result, new, met, .. } in &mut events {
            let Some(key) = new.as_ref().map(|new| &new.key).or(met.as_ref()) else { continue };
            let flags = noted.entry(key.event()).or_default();
            flags.extend(result.flags.drain(..));
            result.flags.extend(flags.iter().cloned());
        }
        let counters = counters::read(answers.of_one(asked.counters))?;
        Ok(TakenIn { events, counters, moved: (moved, asked.stock), ahead, answers })
    }

    /// Whether the device delivered the event as a terminal that it was before: here it takes no effect, and its number is
    /// one that never comes.
    fn came_before(
        &self,
        session: &mut dyn Session,
        Own { key, digest, .. }: &Own,
    ) -> Result<bool, DatabaseError> {
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
        if taken.differs.is_some() {
            // What is kept aside has no place among what is in force: its number is one that does not come there.
            let of = (scope.company, scope.terminal.id, request.epoch);
            feed::set_aside(session, of, &[item.seq])?;
        }
        let new = taken.entered.map(|(key, moved)| New { key, seq, moved, open: None });
        if new.is_some() {
            // They are told with those of its neighbours, when all are here.
            result.flags.clear();
        }
        Ok(Taken { result, new, met: None, differs: taken.differs, numbers: vec![seq] })
    }
}

pub(super) fn refused(item: &PushItem, code: &str, detail: String) -> ItemResult {
    let error = Some(ItemError { code: code.to_owned(), detail });
    ItemResult { id: item.idempotency_key.clone(), result: Verdict::Rejected, flags: Vec::new(), error }
}

/// An event whose key was taken.
fn met_before(result: ItemResult, key: &Key, is_news: bool) -> Taken {
    let differs = is_news.then(|| key.event());
    Taken { met: Some(key.clone()), differs, ..Taken::without_effect(result) }
}

fn answered(item: &PushItem, result: Verdict) -> ItemResult {
    ItemResult { id: item.idempotency_key.clone(), result, flags: Vec::new(), error: None }
}

fn differs(item: &PushItem) -> ItemResult {
    let detail = "the same event came with other content; the first is in force, this one is kept aside";
    refused(item, CONTENT_MISMATCH, detail.to_owned())
}

/// The period that is open after an event: a closure closes its own, and the next one is open with receipt 1.
fn open_after(item: &PushItem) -> Option<(i64, i64)> {
    let open = match item.depends_on_closure? {
        PeriodLink::Closes(number) => i64::from(number.0) + 1,
        PeriodLink::BelongsTo(number) => number.0.into(),
    };
    Some((open, 1))
}
