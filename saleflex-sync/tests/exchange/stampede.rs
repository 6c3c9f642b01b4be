//! Two hundred tills come back after eight hours without a hub, each with events of five requests: they come one after the other, no
//! sooner than the hub says, and everything is delivered.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    rc::Rc,
    thread,
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use saleflex_core::digest::Digest;
use saleflex_sync::{
    inbox::Inbox,
    outbox::{Claim, Origin, Outbox, Outgoing, Progress, Settlement},
    plan::{Intervals, Schedule},
    transport::{Method, Request, Response, Transport, Unreachable},
    wire::{
        ChangesPage, Cursor, EventKind, HeartbeatAnswer, ItemResult, Notification, PushAnswer, PushItem,
        PushRequest, Sender, SyncState, Verdict, notification::NotificationList,
    },
    worker::{Device, Done, Instant, Worker},
};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::support::dice::Dice;

const TILLS: u32 = 200;
const EVENTS: u64 = 250;
const OUTAGE: Duration = Duration::from_secs(8 * 3_600);
/// Requests in a second that the hub answers; more are told to wait for so long.
const LIMIT: usize = 60;
const WAIT: Duration = Duration::from_secs(5);

/// A queue without a disk: events of one till, the first of which are delivered.
struct Queue {
    sender: Sender,
    next: u64,
}

impl Outbox for Queue {
    type Error = Infallible;

    fn claim(&mut self, claim: &Claim) -> Result<Vec<Outgoing>, Infallible> {
        let last = EVENTS.min(self.next + u64::from(claim.events) - 1);
        Ok((self.next..=last).map(|seq| self.event(seq)).collect())
    }

    fn settle(&mut self, _: DateTime<Utc>, results: &[(u64, Settlement)]) -> Result<(), Infallible> {
        for (seq, settlement) in results {
            assert!(matches!(settlement, Settlement::Sent { .. }), "{settlement:?}");
            self.next = seq + 1;
        }
        Ok(())
    }

    fn next_due(&self, _: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Infallible> {
        Ok(None)
    }

    fn give_back(&mut self, _: &[u64]) -> Result<(), Infallible> {
        Ok(())
    }

    fn key_of(&self, _: u64) -> Result<Option<String>, Infallible> {
        Ok(None)
    }

    fn send_again(&mut self, _: DateTime<Utc>, _: &SyncState) -> Result<u64, Infallible> {
        Ok(0)
    }

    fn knows(&self, _: Uuid) -> Result<bool, Infallible> {
        Ok(true)
    }

    fn progress(&self) -> Result<Progress, Infallible> {
        Ok(Progress {
            epoch: Uuid::nil(),
            last_seq: EVENTS,
            waiting: EVENTS + 1 - self.next,
            oldest_waiting: None,
            quarantined: 0,
            open_period: None,
        })
    }
}

impl Queue {
    fn event(&self, seq: u64) -> Outgoing {
        let (kind, entity_id) = (EventKind::Transaction, Uuid::from_u128(u128::from(seq)));
        let payload = RawValue::from_string("{}".to_owned()).unwrap();
        Outgoing {
            no: seq,
            origin: Origin { sender: self.sender.clone(), epoch: Uuid::nil(), epoch_after: 0 },
            item: PushItem {
                seq,
                idempotency_key: PushItem::key(&self.sender, &kind, entity_id, 1),
                kind,
                entity_id,
                revision: 1,
                depends_on_closure: None,
                missing: Vec::new(),
                created_at: begin().fixed_offset(),
                schema_version: 1,
                payload_hash: Digest::of(payload.get().as_bytes()),
                payload,
                people: Vec::new(),
                forwarded: None,
            },
            attempts: 0,
            quarantined: None,
        }
    }
}

struct Nowhere;

impl Inbox for Nowhere {
    type Error = Infallible;

    fn cursor(&self) -> Result<Option<Cursor>, Infallible> {
        Ok(None)
    }

    fn keep(&mut self, _: DateTime<Utc>, _: &ChangesPage) -> Result<(), Infallible> {
        Ok(())
    }

    fn start_over(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn keep_messages(&mut self, _: &[Notification]) -> Result<u64, Infallible> {
        Ok(0)
    }

    fn read_messages(&self) -> Result<Vec<Uuid>, Infallible> {
        Ok(Vec::new())
    }

    fn message_reported(&mut self, _: Uuid) -> Result<(), Infallible> {
        Ok(())
    }
}

/// The hub's door: it counts who comes when.
#[derive(Default)]
struct Door {
    elapsed: Duration,
    /// Who stands before it.
    who: usize,
    delivered: BTreeMap<String, BTreeSet<u64>>,
    /// Requests since the hub is back, by the second.
    asked: BTreeMap<u64, usize>,
    /// How many of them were told to wait.
    refused: usize,
    /// Until when each till was told to.
    told: BTreeMap<usize, Duration>,
}

impl Door {
    /// The most requests of any ten seconds.
    fn busiest_ten_seconds(&self) -> usize {
        let from = |second: u64| self.asked.range(second..second + 10).map(|(_, asked)| asked).sum();
        self.asked.keys().map(|second| from(*second)).max().unwrap_or_default()
    }

    fn handle(&mut self, request: &Request<'_>) -> Result<Response, Unreachable> {
        if self.elapsed < OUTAGE {
            return Err(Unreachable::NoConnection { reason: "the hub is away".to_owned() });
        }
        if let Some(until) = self.told.remove(&self.who) {
            assert!(self.elapsed >= until, "till {} comes before it was told to", self.who);
        }
        let asked = self.asked.entry(self.elapsed.as_secs()).or_default();
        *asked += 1;
        if *asked > LIMIT {
            self.refused += 1;
            self.told.insert(self.who, self.elapsed + WAIT);
            return Ok(Response { status: 429, retry_after: Some(WAIT), body: Vec::new() });
        }
        let body = match (request.method, request.path.split('?').next().unwrap()) {
            (Method::Post, "/sync/push") => self.take(request.body.unwrap()),
            (_, "/sync/state") => serde_json::to_vec(&SyncState::default()),
            (_, "/sync/changes") => serde_json::to_vec(&ChangesPage {
                items: Vec::new(),
                next_cursor: Cursor::of_change(1),
                has_more: false,
                authority: None,
                quota_policy: None,
                server_time: None,
                further: BTreeMap::new(),
            }),
            (_, "/sync/heartbeat") => serde_json::to_vec(&HeartbeatAnswer {
                server_time: begin(),
                signals: Vec::new(),
                further: BTreeMap::new(),
            }),
            _ => serde_json::to_vec(&NotificationList { items: Vec::new(), further: BTreeMap::new() }),
        };
        Ok(Response { status: 200, retry_after: None, body: body.unwrap() })
    }

    fn take(&mut self, body: &[u8]) -> serde_json::Result<Vec<u8>> {
        let request: PushRequest = serde_json::from_slice(body)?;
        let delivered = self.delivered.entry(request.sender.terminal_code).or_default();
        let results = request.items.iter().map(|item| {
            assert!(delivered.insert(item.seq), "{} came twice", item.idempotency_key);
            ItemResult {
                id: item.idempotency_key.clone(),
                result: Verdict::Accepted,
                flags: Vec::new(),
                error: None,
            }
        });
        let results = results.collect();
        serde_json::to_vec(&PushAnswer {
            results,
            high_water: None,
            server_time: None,
            further: BTreeMap::new(),
        })
    }
}

#[derive(Clone)]
struct Way(Rc<RefCell<Door>>);

impl Transport for Way {
    fn send(&mut self, request: &Request<'_>) -> Result<Response, Unreachable> {
        self.0.borrow_mut().handle(request)
    }
}

fn begin() -> DateTime<Utc> {
    "2025-04-06T08:00:00Z".parse().unwrap()
}

fn till(no: u32) -> Worker<Queue, Nowhere> {
    let sender =
        Sender { office_code: "OFC".to_owned(), store_code: "S".to_owned(), terminal_code: format!("T{no}") };
    let device = Device {
        terminal: Uuid::from_u128(u128::from(no)),
        token: None,
        software_version: "0.1.0".to_owned(),
    };
    let schedule = Schedule::new(Intervals::GATE, false);
    Worker::new(Queue { sender, next: 1 }, Nowhere, schedule, device)
}

/// The tills' day from the beginning of the outage until half an hour after it; answers how often one of them woke up.
fn come_back(door: &Rc<RefCell<Door>>, dice: &mut Dice) -> u32 {
    let mut way = Way(Rc::clone(door));
    let mut workers: Vec<_> = (0..TILLS).map(till).collect();
    // Who is awake when: a request and its answer take a twentieth of a second.
    let mut awake: BTreeSet<(Duration, usize)> =
        (0..workers.len()).map(|no| (Duration::from_millis(u64::try_from(no).unwrap()), no)).collect();
    let (over, mut steps) = (OUTAGE + Duration::from_secs(1_800), 0);
    while let Some((elapsed, no)) = awake.pop_first()
        && elapsed < over
    {
        (door.borrow_mut().elapsed, door.borrow_mut().who) = (elapsed, no);
        let now = begin() + TimeDelta::from_std(elapsed).unwrap();
        let random = dice.number();
        let wait = match workers[no].step(&mut way, Instant { elapsed, now, random }).unwrap() {
            Done::Nothing(wait) => wait.max(Duration::from_millis(1)),
            Done::Step { .. } => Duration::from_millis(50),
        };
        awake.insert((elapsed + wait, no));
        steps += 1;
    }
    steps
}

/// The tills of one seed come back, on one thread.
fn deliver_everything(seed: u64) {
    let door = Rc::new(RefCell::new(Door::default()));
    let steps = come_back(&door, &mut Dice::of(seed));
    let door = door.borrow();
    let whole = |seen: &BTreeSet<u64>| u64::try_from(seen.len()).unwrap() == EVENTS;
    assert_eq!(door.delivered.len(), TILLS as usize);
    assert!(door.delivered.values().all(whole), "everything is delivered within half an hour");
    // Tills know nothing of each other: by chance a few come in the same second, but never many for long.
    let busiest = door.busiest_ten_seconds();
    assert!(busiest <= 10 * LIMIT, "seed {seed}: {busiest} requests came in ten seconds");
    let asked: usize = door.asked.values().sum();
    assert!(door.refused * 100 <= asked, "seed {seed}: {} of {asked} had to wait", door.refused);
    // During the outage each till asks about twenty times an hour, and not without a pause.
    assert!(steps < 200 * 8 * 60 * 2, "seed {seed}: {steps} steps");
}

#[test]
fn two_hundred_tills_that_come_back_at_once_do_not_stampede_and_deliver_everything() {
    thread::scope(|scope| {
        for seed in 1..=3 {
            scope.spawn(move || deliver_everything(seed));
        }
    });
}
