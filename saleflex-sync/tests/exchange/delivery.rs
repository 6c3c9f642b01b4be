//! Delivery case by case: what poisons a queue, what a restored file does, how tokens are renewed, the thread.

use std::{
    fs,
    sync::{Arc, Condvar, Mutex},
    time::Duration,
};

use chrono::TimeDelta;
use saleflex_core::{
    campaign::{Benefit, Campaign, Per, Reward},
    ids::{CampaignId, ClosureNumber},
    quantity::Percent,
};
use saleflex_store::{
    Till,
    quotas::{Granted, QuotaPolicy, Share},
    shell::ManualShell,
};
use saleflex_sync::{
    plan::{Came, Intervals, Schedule, Step},
    reconcile::Finding,
    till::{TillInbox, heed},
    transport::{Request, Response, Transport, Unreachable},
    wire::{Secret, state::Counters},
    worker::{Device, Done, Instant, Worker, thread::Running},
};
use tempfile::TempDir;
use uuid::Uuid;

use crate::support::{
    dice::Dice,
    hub::{Hub, Sent},
    network::Network,
    shop::{self, TillWorker},
};

/// The till's file in its folder, and a copy of it.
const FILE: u32 = 0;
const COPY: u32 = 1;

struct Line {
    worker: TillWorker,
    till: Till,
    hub: Hub,
    clock: ManualShell,
    folder: TempDir,
    elapsed: Duration,
}

impl Line {
    fn open() -> Self {
        let (folder, clock) = (shop::folder(), shop::clock(7));
        let till = shop::new_till(&shop::file(&folder, FILE), &clock, "T1");
        let worker = shop::worker(&till);
        Self { worker, till, hub: Hub::default(), clock, folder, elapsed: Duration::from_secs(1) }
    }

    /// Ends the till, makes a copy of its bare file, as somebody does who knows of no other way, and goes on with the file. The
    /// log is in it when the till ends.
    fn copied(self) -> Self {
        let Self { worker, till, hub, clock, folder, elapsed } = self;
        drop((worker, till));
        fs::copy(shop::file(&folder, FILE), shop::file(&folder, COPY)).unwrap();
        Self::of((folder, FILE), hub, clock, elapsed)
    }

    /// Ends the till and goes on with another file of the folder.
    fn opened(self, file: u32) -> Self {
        let Self { worker, till, hub, clock, folder, elapsed } = self;
        drop((worker, till));
        Self::of((folder, file), hub, clock, elapsed)
    }

    fn of((folder, file): (TempDir, u32), hub: Hub, clock: ManualShell, elapsed: Duration) -> Self {
        let till = shop::opened(&shop::file(&folder, file), &clock);
        Self { worker: shop::worker(&till), till, hub, clock, folder, elapsed }
    }

    fn step(&mut self) -> Done {
        let at = Instant { elapsed: self.elapsed, now: self.till.now().instant, random: u32::MAX };
        let (mut dice, mut late) = (Dice::of(1), Vec::new());
        let mut network =
            Network { hub: &mut self.hub, dice: &mut dice, terminal: "T1", faults: 0, late: &mut late };
        self.worker.step(&mut network, at).unwrap()
    }

    fn pass(&mut self, seconds: u64) {
        self.elapsed += Duration::from_secs(seconds);
        self.clock.advance(TimeDelta::seconds(i64::try_from(seconds).unwrap()));
    }

    /// Lets so much time pass and does whatever is due in it. Answers the steps.
    fn run(&mut self, seconds: u64) -> Vec<(Step, Came, Finding)> {
        let until = self.elapsed + Duration::from_secs(seconds);
        let mut steps = Vec::new();
        self.worker.schedule_mut().wake();
        while self.elapsed < until {
            match self.step() {
                Done::Nothing(wait) => self.pass(wait.as_secs() + 1),
                Done::Step { step, came, finding, .. } => steps.push((step, came, finding)),
            }
        }
        steps
    }

    fn delivered(&self) -> usize {
        self.hub.ledger.len()
    }
}

#[test]
fn one_event_that_the_hub_never_takes_holds_up_no_other_and_can_be_released() {
    let mut line = Line::open();
    // A receipt for money paid in is as good as one of a sale, and takes half as long.
    (0..470).for_each(|_| shop::pay_in(&mut line.till));
    shop::sell(&mut line.till);
    let seq = u64::try_from(shop::committed(&line.till).len()).unwrap();
    (0..29).for_each(|_| shop::pay_in(&mut line.till));
    line.till.close_period(None, None).unwrap();
    let committed = shop::committed(&line.till);
    let receipts = committed.iter().filter(|key| key.contains("/transaction/"));
    assert_eq!(receipts.count(), 500);
    line.hub.poison.insert(committed[usize::try_from(seq).unwrap() - 1].clone());
    let steps = line.run(60);
    assert_eq!(line.delivered(), committed.len() - 1);
    let closure = committed.last().unwrap();
    assert_eq!(line.hub.missing[closure], [seq]);
    let closed = |(_, came, _): &(Step, Came, Finding)| matches!(came, Came::Pushed { closures: 1, .. });
    let after = steps.iter().position(closed).unwrap();
    assert!(steps[after..].iter().any(|(step, ..)| *step == Step::Pull), "prices are fresh after a closure");
    let mut outbox = line.till.outbox(shop::HUB).unwrap();
    let [(aside, reason)] = &outbox.quarantined().unwrap()[..] else { panic!("not set aside") };
    assert_eq!(*aside, seq);
    assert_eq!((reason.code.as_str(), reason.detail.as_str()), ("bad_document", "because"));
    // Somebody mends the hub and releases it.
    line.hub.poison.clear();
    outbox.release(seq).unwrap();
    line.run(60);
    assert_eq!(line.delivered(), committed.len());
    assert!(line.hub.violations.is_empty(), "{:?}", line.hub.violations);
}

#[test]
fn what_the_hub_puts_off_alone_is_sent_again_in_its_own_time_and_its_closure_with_it() {
    let mut line = Line::open();
    line.run(10);
    for times in 1..=3 {
        shop::sell(&mut line.till);
        let committed = shop::committed(&line.till);
        let receipt = committed.last().unwrap().clone();
        line.till.close_period(None, None).unwrap();
        line.hub.put_off.insert(receipt.clone());
        line.worker.schedule_mut().wake();
        // The timer of the queue is half an hour away.
        line.run(10);
        assert!(line.hub.ledger.contains_key(&receipt), "put off {times} times");
        assert_eq!(line.delivered(), shop::committed(&line.till).len());
    }
}

#[test]
fn a_damaged_event_is_set_aside_and_holds_up_no_other() {
    let mut line = Line::open();
    for _ in 0..4 {
        shop::sell(&mut line.till);
    }
    let committed = shop::committed(&line.till).len();
    let entries = (1..=line.till.chain_head().seq).map(|seq| line.till.entry(seq).unwrap());
    let sales = (1..).zip(entries).filter(|(_, entry)| !entry.effects.completed.is_empty());
    let second = sales.map(|(seq, _): (i64, _)| seq).nth(1).unwrap();
    drop((line.worker, line.till));
    let path = shop::file(&line.folder, 0);
    let file = rusqlite::Connection::open(&path).unwrap();
    // What a program refuses to change a bad sector changes.
    file.execute_batch("DROP TRIGGER event_is_never_changed").unwrap();
    let damage = "UPDATE event SET payload = CAST('#' || CAST(payload AS TEXT) AS BLOB) WHERE seq = ?1";
    assert_eq!(file.execute(damage, [second]).unwrap(), 1);
    drop(file);
    let till = shop::opened(&path, &line.clock);
    let mut line = Line { worker: shop::worker(&till), till, ..line };
    line.run(20);
    assert_eq!(line.delivered(), committed - 1);
    let [(_, reason)] = &line.till.outbox(shop::HUB).unwrap().quarantined().unwrap()[..] else {
        panic!("one is set aside")
    };
    assert_eq!((reason.status, reason.code.as_str()), (None, "unreadable"));
    assert_eq!(line.worker.progress().unwrap().waiting, 0);
}

#[test]
fn an_event_over_which_the_hub_breaks_down_is_set_aside_once_others_pass() {
    let mut line = Line::open();
    for _ in 0..10 {
        shop::sell(&mut line.till);
    }
    let committed = shop::committed(&line.till);
    let seq = u64::try_from(committed.len()).unwrap() - 5;
    line.hub.deadly.insert(committed[committed.len() - 6].clone());
    line.run(4 * 3_600);
    assert_eq!(line.delivered(), committed.len() - 1);
    let outbox = line.till.outbox(shop::HUB).unwrap();
    let [(aside, reason)] = &outbox.quarantined().unwrap()[..] else { panic!("not set aside") };
    assert_eq!(*aside, seq);
    assert_eq!((reason.status, reason.code.as_str()), (Some(500), "http_500"));
    assert_eq!(line.worker.progress().unwrap().waiting, 0);
}

#[test]
fn a_file_put_back_by_hand_is_found_out_begins_another_life_and_loses_nothing() {
    let mut line = Line::open();
    shop::sell(&mut line.till);
    line.run(10);
    let mut line = line.copied();
    shop::sell(&mut line.till);
    shop::sell(&mut line.till);
    line.run(10);
    let seen = line.delivered();
    let mut line = line.opened(COPY);
    // It goes on with numbers that the hub has already, of other documents.
    for _ in 0..5 {
        shop::sell(&mut line.till);
    }
    let steps = line.run(10);
    let older = steps.iter().any(|(.., finding)| matches!(finding, Finding::TillIsOlder { .. }));
    assert!(older, "{steps:?}");
    line.till.begin_another_life().unwrap();
    shop::sell(&mut line.till);
    line.run(10);
    assert_eq!(line.delivered(), seen + 6);
    let numbers = line.hub.entries("T1");
    let numbers = numbers.iter().flat_map(|entry| &entry.effects.completed);
    let last = numbers.map(|completed| completed.document().number.receipt).max().unwrap();
    assert!(last > 100_000, "the new life has numbers of its own: {last}");
    // Found once, and not again.
    let steps = line.run(2 * 3_600);
    assert!(!steps.iter().any(|(.., finding)| *finding != Finding::InStep), "{steps:?}");
}

#[test]
fn a_file_put_back_is_found_out_also_where_the_hub_heard_of_an_earlier_life_after_the_present_one() {
    let mut line = Line::open();
    shop::sell(&mut line.till);
    line.run(10);
    line.till.begin_another_life().unwrap();
    shop::sell(&mut line.till);
    line.run(10);
    let mut line = line.copied();
    (0..3).for_each(|_| shop::sell(&mut line.till));
    line.run(10);
    // It forgot both, and what was sent of them came in another order.
    line.hub.lives.get_mut("T1").unwrap().reverse();
    let open = line.till.period().closing_number();
    line.hub.counters = Counters { closure: open.0, receipt: 9 }.to_list();
    let steps = line.run(2 * 3_600);
    assert!(!steps.iter().any(|(.., finding)| *finding != Finding::InStep), "its own period: {steps:?}");
    let mut line = line.opened(COPY);
    let steps = line.run(10);
    let older = steps.iter().any(|(.., finding)| matches!(finding, Finding::TillIsOlder { .. }));
    assert!(older, "{steps:?}");
}

#[test]
fn a_till_that_is_behind_its_own_periods_takes_the_next_number_that_nobody_used() {
    let mut line = Line::open();
    shop::sell(&mut line.till);
    line.run(10);
    line.hub.counters = Counters { closure: 4, receipt: 1 }.to_list();
    let steps = line.run(2 * 3_600);
    let next = ClosureNumber(5);
    let found = steps.iter().any(|(.., finding)| *finding == Finding::PeriodIsBehind { next });
    assert!(found, "{steps:?}");
    line.till.lift_period(next).unwrap();
    let closure = line.till.close_period(None, None).unwrap();
    assert_eq!(closure.period.closing_number(), next);
    let steps = line.run(2 * 3_600);
    assert!(!steps.iter().any(|(.., finding)| *finding != Finding::InStep), "{steps:?}");
}

#[test]
fn a_copys_period_closes_under_a_number_behind_what_another_life_is_known_to_have() {
    let mut line = Line::open();
    shop::sell(&mut line.till);
    line.run(10);
    line.till.backup(shop::file(&line.folder, COPY)).unwrap();
    // The original closes the first period and has another one open when its disk dies.
    line.hub.counters = Counters { closure: 2, receipt: 1 }.to_list();
    let mut line = line.opened(COPY);
    assert_eq!(line.till.period().closing_number(), ClosureNumber(2), "offline, by one");
    let steps = line.run(10);
    let found = steps.iter().map(|(.., finding)| finding).find(|finding| **finding != Finding::InStep);
    assert!(heed(&mut line.till, found.unwrap()).unwrap());
    assert_eq!(line.till.period().closing_number(), ClosureNumber(3));
    assert!(!heed(&mut line.till, found.unwrap()).unwrap(), "once");
    // By a copy that somebody made of the bare file, too.
    let older = Finding::TillIsOlder { counters: Some(Counters { closure: 7, receipt: 3 }) };
    assert!(heed(&mut line.till, &older).unwrap());
    assert_eq!(line.till.period().closing_number(), ClosureNumber(8));
}

#[test]
fn a_file_that_was_put_in_the_place_of_another_goes_on_behind_its_numbers() {
    let mut line = Line::open();
    shop::sell(&mut line.till);
    line.run(10);
    line.hub.counters = Counters { closure: 1, receipt: 2 }.to_list();
    // The disk dies on the first day: a new file under the till's name, of which the hub has heard nothing.
    let till = shop::new_till(&shop::file(&line.folder, 1), &shop::clock(8), "T1");
    let mut line = Line { worker: shop::worker(&till), till, ..line };
    shop::sell(&mut line.till);
    let found = |steps: &[(Step, Came, Finding)]| {
        let another = |finding: &&Finding| matches!(finding, Finding::AnotherFile { .. });
        steps.iter().map(|(.., finding)| finding).find(another).map(Finding::goes_on_from)
    };
    let steps = line.run(10);
    assert_eq!(found(&steps), Some(Some(ClosureNumber(2))), "{steps:?}");
    // Two files that both deliver under one name are told apart by a person: neither jumps ahead of the other.
    line.hub.lives.get_mut("T1").unwrap().reverse();
    let steps = line.run(2 * 3_600);
    assert_eq!(found(&steps), Some(None), "{steps:?}");
}

#[test]
fn a_hub_that_came_back_from_a_backup_gets_what_it_lost() {
    let mut line = Line::open();
    shop::sell(&mut line.till);
    line.run(10);
    let yesterday = line.hub.clone();
    for _ in 0..3 {
        shop::sell(&mut line.till);
    }
    line.run(10);
    line.hub = yesterday;
    // Nothing new is sold: the hour brings it out.
    line.run(2 * 3_600);
    let committed = shop::committed(&line.till).len();
    assert_eq!(line.delivered(), committed);
    line.hub = Hub::default();
    line.run(2 * 3_600);
    assert_eq!(line.delivered(), committed);
}

#[test]
fn a_hub_that_was_put_back_while_nobody_asked_is_found_out_at_the_next_contact() {
    let mut line = Line::open();
    let started = |no: u128| Some(Uuid::from_u128(no));
    line.hub.started = started(1);
    shop::sell(&mut line.till);
    line.run(10);
    let yesterday = line.hub.clone();
    shop::sell(&mut line.till);
    line.run(10);
    // Nothing new is sold: the next heartbeat brings it out.
    line.hub = Hub { started: started(2), ..yesterday.clone() };
    let steps = line.run(120);
    assert_eq!(line.delivered(), shop::committed(&line.till).len());
    let compared = steps.iter().position(|(step, ..)| *step == Step::Reconcile).unwrap();
    assert!(steps[compared..].iter().any(|(step, ..)| *step == Step::Quotas), "it waits to hear of shares");
    // It does not say that it was started anew: of the next sale it tells that it lacks one before.
    line.hub = Hub { started: started(2), ..yesterday };
    shop::sell(&mut line.till);
    line.run(1);
    assert_eq!(line.delivered(), shop::committed(&line.till).len());
}

#[test]
fn a_heartbeat_says_when_changes_came_last_and_where_the_till_is_in_them() {
    let mut line = Line::open();
    line.run(120);
    let beat = line.hub.beat.as_ref().unwrap();
    let inbox = line.till.inbox(shop::HUB).unwrap().state().unwrap();
    assert!(inbox.pulled_at.is_some());
    assert_eq!(
        (beat.pulled_at, beat.cursor.as_ref().map(ToString::to_string)),
        (inbox.pulled_at, inbox.cursor)
    );
}

#[test]
fn a_program_that_starts_with_shares_tells_them_once_the_hub_has_heard_how_it_is_and_without_asks_no_more() {
    let mut line = Line::open();
    let asked = |steps: &[(Step, Came, Finding)]| {
        let last = steps.iter().rposition(|(step, ..)| *step == Step::Quotas).unwrap();
        let beat = steps.iter().position(|(step, ..)| *step == Step::Heartbeat).unwrap();
        (steps.iter().filter(|(step, ..)| *step == Step::Quotas).count(), last > beat)
    };
    assert_eq!(asked(&line.run(10)), (1, false));
    let reward = Reward::Percent(Percent::parse("10").unwrap());
    let benefit = Benefit::Off { reward, per: Per::Document };
    let mut limited = Campaign::new(CampaignId::new(Uuid::from_u128(1)), "LIMITED", benefit);
    limited.limits.uses = Some(9);
    line.till.save_campaign(limited).unwrap();
    let (mut inbox, now) = (line.till.inbox(shop::HUB).unwrap(), line.till.now().instant);
    let request = inbox.quotas().unwrap();
    inbox.keep_quotas(now, (&request, QuotaPolicy::Refuse), &[]).unwrap();
    line.till.tend_quotas(shop::HUB).unwrap();
    let request = inbox.quotas().unwrap();
    let until = Some(now + TimeDelta::hours(1));
    let lent = |share: &Share| Granted { quota: share.quota, granted: 3, expires_at: until, withheld: None };
    let lent: Vec<Granted> = request.shares.iter().map(lent).collect();
    inbox.keep_quotas(now, (&request, QuotaPolicy::Refuse), &lent).unwrap();
    line.worker = shop::worker(&line.till);
    assert_eq!(asked(&line.run(10)), (2, true));
}

/// Wants a short-lived token, and forgets every other one it gave out.
#[derive(Debug, Default)]
struct Gate {
    hub: Hub,
    given: u32,
    renewals: u32,
}

impl Transport for Gate {
    fn send(&mut self, request: &Request<'_>) -> Result<Response, Unreachable> {
        let shown = request.token.map(Secret::reveal).unwrap_or_default();
        let said = |status, body: String| Ok(Response { status, retry_after: None, body: body.into_bytes() });
        if request.path == "/auth/device/token" {
            if shown != "device" {
                return said(401, String::new());
            }
            self.renewals += 1;
            self.given += 1;
            return said(200, format!(r#"{{"access":"t{}","expires_in":900}}"#, self.given));
        }
        if shown != format!("t{}", self.given) {
            return said(401, String::new());
        }
        Ok(self.hub.handle(&Sent::of(request), "T1"))
    }
}

#[test]
fn a_refused_token_is_renewed_and_the_request_repeated() {
    let Line { till, folder, .. } = Line::open();
    let device = Device {
        terminal: Uuid::from_u128(5),
        token: Some(Secret::new("device")),
        software_version: "0.1.0".to_owned(),
    };
    let inbox = TillInbox::new(till.inbox(shop::HUB).unwrap());
    let schedule = Schedule::new(Intervals::GATE, true);
    let mut worker = Worker::new(shop::outbox(&till), inbox, schedule, device);
    let mut till = till;
    shop::sell(&mut till);
    let mut gate = Gate::default();
    let at = Instant { elapsed: Duration::from_secs(1), now: till.now().instant, random: 0 };
    worker.step(&mut gate, at).unwrap();
    // The hub drops the token it has just given out.
    gate.given += 1;
    let mut steps = 0;
    while gate.hub.ledger.is_empty() {
        worker.step(&mut gate, at).unwrap();
        steps += 1;
        assert!(steps < 10);
    }
    assert_eq!(gate.renewals, 2);
    let _folder = folder;
}

/// A hub that other threads can watch.
#[derive(Clone, Debug, Default)]
struct Shared(Arc<(Mutex<Hub>, Condvar)>);

impl Transport for Shared {
    fn send(&mut self, request: &Request<'_>) -> Result<Response, Unreachable> {
        let answer = self.0.0.lock().unwrap().handle(&Sent::of(request), "T1");
        self.0.1.notify_all();
        Ok(answer)
    }
}

impl Shared {
    fn wait_for(&self, events: usize) {
        let hub = self.0.0.lock().unwrap();
        let waited =
            self.0.1.wait_timeout_while(hub, Duration::from_secs(30), |hub| hub.ledger.len() < events);
        assert!(!waited.unwrap().1.timed_out(), "nothing came");
    }
}

#[test]
fn a_running_worker_sends_what_is_sold_and_ends_when_it_is_dropped() {
    let Line { worker, mut till, folder, .. } = Line::open();
    let hub = Shared::default();
    shop::sell(&mut till);
    let now = till.now().instant;
    let at = Instant { elapsed: Duration::from_secs(1), now, random: 0 };
    let running = Running::start(worker, hub.clone(), move || at).unwrap();
    hub.wait_for(shop::committed(&till).len());
    shop::sell(&mut till);
    running.wake();
    let committed = shop::committed(&till).len();
    hub.wait_for(committed);
    drop(running);
    assert_eq!(hub.0.0.lock().unwrap().ledger.len(), committed);
    let _folder = folder;
}
