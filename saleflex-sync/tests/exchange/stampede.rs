//! Two hundred tills come back after eight hours without a hub, each with a thousand events: they come one after the other, no
//! sooner than the hub says, and everything is delivered. When a till does what is its schedule's to say, so that two hundred
//! of them need no queue and no wire; one with both shows that it never holds more of them than one request.

use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use saleflex_core::digest::Digest;
use saleflex_sync::{
    inbox::Inbox,
    outbox::{Claim, MOST_EVENTS, Origin, Outbox, Outgoing, Progress, Settlement},
    plan::{Came, Intervals, Schedule, Step},
    transport::{Request, Response, Transport, Unreachable},
    wire::{
        ChangesPage, Cursor, EventKind, ItemResult, Notification, PushAnswer, PushItem, PushRequest, Sender,
        SyncState, Verdict,
    },
    worker::{Device, Done, Instant, Worker},
};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::support::dice::Dice;

const TILLS: usize = 200;
const EVENTS: u64 = 1_000;
const OUTAGE: Duration = Duration::from_secs(8 * 3_600);
/// Requests in a second that the hub answers; more are told to wait for so long.
const LIMIT: usize = 60;
const WAIT: Duration = Duration::from_secs(5);

/// A till: when it does what, and how many of its events wait.
struct Till {
    schedule: Schedule,
    waiting: u64,
}

impl Till {
    fn new() -> Self {
        Self { schedule: Schedule::new(Intervals::GATE, false), waiting: EVENTS }
    }

    /// Does the next thing that is due; answers after how long it wakes up again.
    fn step(&mut self, door: &mut Door, random: u32) -> Duration {
        let now = door.elapsed;
        let came = match self.schedule.next(now) {
            Step::Wait(wait) => return wait.max(Duration::from_millis(1)),
            Step::Push(_) if self.waiting == 0 => Came::QueueEmpty { again_in: None },
            // It holds no share of anything.
            Step::Quotas => Came::Lent,
            Step::Rotate => panic!("nobody keeps its secret"),
            step @ (Step::RenewToken
            | Step::Reconcile
            | Step::Push(_)
            | Step::Pull
            | Step::Heartbeat
            | Step::Notifications) => door.answer(step, &mut self.waiting),
        };
        self.schedule.came(now, random, came);
        // A request and its answer take so long.
        Duration::from_millis(50)
    }
}

/// The hub's door: it counts who comes when.
#[derive(Default)]
struct Door {
    elapsed: Duration,
    /// Who stands before it.
    who: usize,
    delivered: u64,
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

    fn answer(&mut self, step: Step, waiting: &mut u64) -> Came {
        let failed = |at_least| Came::Failed { at_least, is_breakdown: false };
        if self.elapsed < OUTAGE {
            return failed(Duration::ZERO);
        }
        if let Some(until) = self.told.remove(&self.who) {
            assert!(self.elapsed >= until, "till {} comes before it was told to", self.who);
        }
        let asked = self.asked.entry(self.elapsed.as_secs()).or_default();
        *asked += 1;
        if *asked > LIMIT {
            self.refused += 1;
            self.told.insert(self.who, self.elapsed + WAIT);
            return failed(WAIT);
        }
        match step {
            Step::Push(turn) => {
                let sent = u64::from(turn.most).min(*waiting);
                *waiting -= sent;
                self.delivered += sent;
                Came::Pushed { delivered: u32::try_from(sent).unwrap(), closures: 0, lacks: None }
            }
            Step::Reconcile => Came::Reconciled { again: 0 },
            Step::Pull => Came::Pulled { has_more: false },
            Step::Heartbeat => Came::Beaten { pull: false, push: false },
            Step::Notifications => Came::Notified { pull: false },
            Step::RenewToken | Step::Quotas | Step::Rotate | Step::Wait(_) => panic!("{step:?} asks nobody"),
        }
    }
}

/// The tills' day from the beginning of the outage until half an hour after it; answers how often one of them woke up.
fn come_back(door: &mut Door, dice: &mut Dice) -> u32 {
    let mut tills: Vec<Till> = (0..TILLS).map(|_| Till::new()).collect();
    let mut awake: BTreeSet<(Duration, usize)> =
        (0..TILLS).map(|no| (Duration::from_millis(u64::try_from(no).unwrap()), no)).collect();
    let (over, mut steps) = (OUTAGE + Duration::from_secs(1_800), 0);
    while let Some((elapsed, no)) = awake.pop_first()
        && elapsed < over
    {
        (door.elapsed, door.who) = (elapsed, no);
        let wait = tills[no].step(door, dice.number());
        awake.insert((elapsed + wait, no));
        steps += 1;
    }
    assert!(tills.iter().all(|till| till.waiting == 0), "everything is delivered within half an hour");
    steps
}

#[test]
fn two_hundred_tills_that_come_back_at_once_do_not_stampede_and_deliver_everything() {
    for seed in 1..=2 {
        let mut door = Door::default();
        let steps = come_back(&mut door, &mut Dice::of(seed));
        assert_eq!(door.delivered, EVENTS * u64::try_from(TILLS).unwrap());
        // Tills know nothing of each other: by chance a few come in the same second, but never many for long.
        let busiest = door.busiest_ten_seconds();
        assert!(busiest <= 10 * LIMIT, "seed {seed}: {busiest} requests came in ten seconds");
        let asked: usize = door.asked.values().sum();
        assert!(door.refused * 100 <= asked, "seed {seed}: {} of {asked} had to wait", door.refused);
        // During the outage each till asks about twenty times an hour, and not without a pause.
        assert!(steps < 200 * 8 * 60 * 2, "seed {seed}: {steps} steps");
    }
}

/// A queue without a disk: events of one till, the first of which are delivered.
struct Queue {
    sender: Sender,
    next: u64,
}

impl Outbox for Queue {
    type Error = Infallible;

    fn claim(&mut self, claim: &Claim) -> Result<Vec<Outgoing>, Infallible> {
        // More than this is never in memory, however much waits.
        assert!(claim.events <= MOST_EVENTS, "{} at once", claim.events);
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

/// A hub that counts what it is sent.
#[derive(Default)]
struct Taken {
    requests: u64,
    events: BTreeSet<u64>,
    largest: usize,
}

impl Transport for Taken {
    fn send(&mut self, request: &Request<'_>) -> Result<Response, Unreachable> {
        let away = || Unreachable::NoConnection { reason: "nothing else is asked".to_owned() };
        let body = request.body.filter(|_| request.path == "/sync/push").ok_or_else(away)?;
        let push: PushRequest = serde_json::from_slice(body).unwrap();
        let results = push.items.iter().map(|item| {
            assert!(self.events.insert(item.seq), "{} came twice", item.idempotency_key);
            let id = item.idempotency_key.clone();
            ItemResult { id, result: Verdict::Accepted, flags: Vec::new(), error: None }
        });
        let results = results.collect();
        self.requests += 1;
        self.largest = self.largest.max(body.len());
        let (high_water, server_time, further) = (None, None, BTreeMap::new());
        let answer = PushAnswer { results, high_water, server_time, further };
        Ok(Response { status: 200, retry_after: None, body: serde_json::to_vec(&answer).unwrap() })
    }
}

fn begin() -> DateTime<Utc> {
    "2025-04-06T08:00:00Z".parse().unwrap()
}

#[test]
fn a_thousand_events_leave_in_requests_of_fifty_and_no_more_of_them_are_held_at_once() {
    let sender =
        Sender { office_code: "OFC".to_owned(), store_code: "S".to_owned(), terminal_code: "T1".to_owned() };
    let device = Device { terminal: Uuid::from_u128(1), token: None, software_version: "0.1.0".to_owned() };
    let mut schedule = Schedule::new(Intervals::GATE, false);
    // What comes before the queue is done.
    schedule.came(Duration::ZERO, 0, Came::Reconciled { again: 0 });
    let mut worker = Worker::new(Queue { sender, next: 1 }, Nowhere, schedule, device);
    let mut taken = Taken::default();
    let at = Instant { elapsed: Duration::from_secs(1), now: begin() + TimeDelta::seconds(1), random: 0 };
    while taken.events.len() < 1_000 {
        let done = worker.step(&mut taken, at).unwrap();
        assert!(matches!(done, Done::Step { came: Came::Pushed { .. }, .. }), "{done:?}");
    }
    assert_eq!(taken.requests, EVENTS / u64::from(MOST_EVENTS));
    assert!(taken.largest <= 1 << 20, "{} bytes", taken.largest);
}
