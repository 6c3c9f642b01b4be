//! Each thing a network can do, at each request of a short day: in the end the hub holds what it holds without any of it,
//! and nobody was asked more often or sooner than agreed.

use std::{collections::BTreeMap, fs, sync::OnceLock, time::Duration};

use chrono::TimeDelta;
use saleflex_core::digest::Digest;
use saleflex_store::Till;
use saleflex_sync::{
    transport::{Request, Response, Transport, Unreachable},
    worker::{Done, Instant},
};

use crate::support::{
    hub::{Hub, Sent},
    shop,
};

/// What happens to one request.
#[derive(Clone, Copy, Debug)]
enum Fault {
    DroppedBefore,
    DroppedAfter,
    Doubled,
    /// It arrives after the one that follows it.
    Overtaken,
    Cut,
    Html,
    Status(u16),
    Wait(u64),
}

const FAULTS: [Fault; 19] = [
    Fault::DroppedBefore,
    Fault::DroppedAfter,
    Fault::Doubled,
    Fault::Overtaken,
    Fault::Cut,
    Fault::Html,
    Fault::Status(400),
    Fault::Status(401),
    Fault::Status(403),
    Fault::Status(404),
    Fault::Status(408),
    Fault::Status(409),
    Fault::Status(413),
    Fault::Status(422),
    Fault::Status(500),
    Fault::Status(502),
    Fault::Status(503),
    Fault::Status(504),
    Fault::Wait(40),
];

/// A way on which one request meets a fault.
struct Way<'a> {
    hub: &'a mut Hub,
    fault: Fault,
    /// Which request, from 0.
    at: usize,
    sent: usize,
    held: Option<Sent>,
}

fn said(status: u16, wait: Option<u64>) -> Response {
    Response { status, retry_after: wait.map(Duration::from_secs), body: Vec::new() }
}

impl Transport for Way<'_> {
    fn send(&mut self, request: &Request<'_>) -> Result<Response, Unreachable> {
        let (sent, at) = (Sent::of(request), self.sent);
        self.sent += 1;
        if at != self.at {
            let answer = self.hub.handle(&sent, "T1");
            if let Some(held) = self.held.take() {
                self.hub.handle(&held, "T1");
            }
            return Ok(answer);
        }
        match self.fault {
            Fault::DroppedBefore => Err(Unreachable::NoConnection { reason: "no route".to_owned() }),
            Fault::DroppedAfter => {
                self.hub.handle(&sent, "T1");
                Err(Unreachable::TooSlow)
            }
            Fault::Doubled => {
                self.hub.handle(&sent, "T1");
                Ok(self.hub.handle(&sent, "T1"))
            }
            Fault::Overtaken => {
                self.held = Some(sent);
                Err(Unreachable::TooSlow)
            }
            Fault::Cut => {
                let mut answer = self.hub.handle(&sent, "T1");
                answer.body.truncate(answer.body.len() / 2);
                Ok(answer)
            }
            Fault::Html => Ok(Response { body: b"<html>".to_vec(), ..said(200, None) }),
            Fault::Status(status) => Ok(said(status, None)),
            Fault::Wait(seconds) => Ok(said(429, Some(seconds))),
        }
    }
}

/// What a day comes to at the hub, and what it took.
struct Day {
    ledger: BTreeMap<String, Digest>,
    requests: usize,
    /// From the fault to the next request.
    pause: Option<Duration>,
}

/// The file of a till with five sales and a closure that nobody was told of yet. It is made once: making a shop takes
/// longer than sending its day.
fn unsent() -> &'static [u8] {
    static FILE: OnceLock<Vec<u8>> = OnceLock::new();
    FILE.get_or_init(|| {
        let (folder, clock) = (shop::folder(), shop::clock(7));
        let mut till = shop::new_till(&shop::file(&folder, 0), &clock, "T1");
        for _ in 0..5 {
            shop::sell(&mut till);
        }
        till.close_period(None, None).unwrap();
        drop(till);
        fs::read(shop::file(&folder, 0)).unwrap()
    })
}

/// Five sales and a closure, sent with one fault at one request.
fn day(fault: Fault, at: usize) -> Day {
    let (folder, clock) = (shop::folder(), shop::clock(8));
    fs::write(shop::file(&folder, 0), unsent()).unwrap();
    let till = Till::open(shop::file(&folder, 0), clock.clone()).unwrap();
    let mut worker = shop::worker(&till);
    let mut hub = Hub::default();
    let mut way = Way { hub: &mut hub, fault, at, sent: 0, held: None };
    let (mut elapsed, mut hit, mut pause) = (Duration::from_secs(1), None, None);
    while elapsed < Duration::from_secs(3_000) {
        let now = clock_at(&clock, elapsed);
        let done = worker.step(&mut way, Instant { elapsed, now, random: u32::MAX / 2 }).unwrap();
        match done {
            Done::Nothing(wait) => elapsed += wait + Duration::from_millis(1),
            Done::Step { .. } => match way.sent.checked_sub(at) {
                Some(1) => hit = hit.or(Some(elapsed)),
                Some(2..) => pause = pause.or_else(|| Some(elapsed.saturating_sub(hit?))),
                Some(0) | None => {}
            },
        }
        let mut outbox = till.outbox(shop::HUB).unwrap();
        for (no, _) in outbox.quarantined().unwrap() {
            // Somebody looks after what a refusal of a single event set aside.
            outbox.release(no).unwrap();
        }
    }
    let requests = way.sent;
    assert!(hub.violations.is_empty(), "{fault:?} at {at}: {:?}", hub.violations);
    let ledger = hub.ledger.iter().map(|(key, (digest, _))| (key.clone(), *digest)).collect();
    Day { ledger, requests, pause }
}

fn clock_at(clock: &saleflex_store::shell::ManualShell, elapsed: Duration) -> chrono::DateTime<chrono::Utc> {
    use saleflex_store::Shell;

    clock.clone().now().instant + TimeDelta::from_std(elapsed).unwrap()
}

#[test]
fn whatever_the_network_does_to_any_request_the_hub_ends_as_without_it() {
    let quiet = day(Fault::Doubled, usize::MAX);
    assert_eq!(quiet.ledger.len(), 6 + extra(&quiet));
    for fault in FAULTS {
        for at in 0..5 {
            let day = day(fault, at);
            assert_eq!(day.ledger, quiet.ledger, "{fault:?} at request {at}");
            // A batch that is refused goes one by one once; everything else is one request more.
            let most = quiet.requests + 2 * quiet.ledger.len() + 4;
            assert!(day.requests <= most, "{fault:?} at {at}: {} requests", day.requests);
        }
    }
}

/// Events of the demonstration shop that travel beside the sales.
fn extra(day: &Day) -> usize {
    day.ledger.keys().filter(|key| !key.contains("/transaction/") && !key.contains("/closure/")).count()
}

#[test]
fn after_a_fault_nobody_is_asked_sooner_than_agreed_and_never_later_than_five_minutes() {
    for fault in FAULTS {
        let pause = day(fault, 1).pause;
        let Some(pause) = pause else { panic!("{fault:?}: nothing was asked any more") };
        let least = match fault {
            Fault::Wait(seconds) => Duration::from_secs(seconds),
            // One that breaks down over the events sends them later, and does everything else at once.
            Fault::Doubled | Fault::Status(400 | 401 | 413 | 422 | 500) => Duration::ZERO,
            Fault::Status(403 | 404) => Duration::from_secs(300),
            Fault::DroppedBefore
            | Fault::DroppedAfter
            | Fault::Overtaken
            | Fault::Cut
            | Fault::Html
            | Fault::Status(_) => Duration::from_secs(1),
        };
        assert!(pause >= least, "{fault:?}: asked again after {pause:?}");
        assert!(pause <= Duration::from_secs(301), "{fault:?}: asked again after {pause:?}");
    }
}
