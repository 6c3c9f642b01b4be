//! Another secret in the place of one that is old.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use saleflex_store::Till;
use saleflex_sync::{
    plan::{Intervals, Schedule},
    till::TillInbox,
    transport::{Request, Response, Transport, Unreachable},
    wire::Secret,
    worker::{Device, Done, Error, Instant, Worker, secret::Keeper},
};
use tempfile::TempDir;
use uuid::Uuid;

use crate::support::{
    hub::{Hub, Sent},
    shop::{self, TillWorker},
};

const ROTATE: &str = "/auth/device/rotate";
const HOUR: u64 = 3_600;

/// A hub that answers whoever shows a secret that is good, and gives out others.
#[derive(Default)]
struct Gate {
    hub: Hub,
    /// Secrets that are void.
    void: Vec<String>,
    /// How many it gave out: `s1`, `s2` …
    given: usize,
    refuses: bool,
    /// What was shown for what.
    shown: Vec<(String, String)>,
}

impl Gate {
    /// How often it was asked for another secret.
    fn asked(&self) -> usize {
        self.shown.iter().filter(|(path, _)| path == ROTATE).count()
    }

    /// What is shown by all requests after the last one for another secret.
    fn shown_since(&self) -> Vec<&str> {
        let since = self.shown.iter().rev().take_while(|(path, _)| path != ROTATE);
        let mut shown: Vec<&str> = since.map(|(_, shown)| shown.as_str()).collect();
        shown.dedup();
        shown
    }
}

impl Transport for Gate {
    fn send(&mut self, request: &Request<'_>) -> Result<Response, Unreachable> {
        let said = |status, body: String| Ok(Response { status, retry_after: None, body: body.into_bytes() });
        let shown = request.token.unwrap().reveal().to_owned();
        self.shown.push((request.path.to_owned(), shown.clone()));
        if self.void.contains(&shown) {
            return said(401, String::new());
        }
        if request.path != ROTATE {
            return Ok(self.hub.handle(&Sent::of(request), "T1"));
        }
        if self.refuses {
            return said(403, r#"{"code":"short_lived","message":"no"}"#.to_owned());
        }
        let lost = format!("s{}", self.given);
        if self.given > 0 && shown != lost {
            self.void.push(lost);
        }
        self.given += 1;
        said(201, format!(r#"{{"token":"s{}","old_until":"2025-04-13T08:00:00Z"}}"#, self.given))
    }
}

/// Where a secret is kept; a copy of it is the same.
#[derive(Clone, Debug)]
struct Safe(Arc<Mutex<Kept>>);

#[derive(Debug)]
struct Kept {
    secret: Secret,
    since: DateTime<Utc>,
    is_full: bool,
}

impl Keeper for Safe {
    fn since(&self) -> Option<DateTime<Utc>> {
        Some(self.0.lock().unwrap().since)
    }

    fn keep(&mut self, shown: &Secret, next: &Secret, now: DateTime<Utc>) -> io::Result<()> {
        let mut kept = self.0.lock().unwrap();
        assert_eq!(kept.secret, *shown);
        if kept.is_full {
            return Err(io::ErrorKind::StorageFull.into());
        }
        (kept.secret, kept.since) = (next.clone(), now);
        Ok(())
    }
}

/// A till with a secret that is old in an hour.
struct Line {
    worker: TillWorker,
    till: Till,
    safe: Safe,
    gate: Gate,
    elapsed: Duration,
    _folder: TempDir,
}

fn at(elapsed: Duration) -> Instant {
    let began: DateTime<Utc> = "2025-04-06T08:00:00Z".parse().unwrap();
    Instant { elapsed, now: began + TimeDelta::from_std(elapsed).unwrap(), random: 0 }
}

fn bare(till: &Till, safe: &Safe) -> TillWorker {
    let device = Device {
        terminal: Uuid::from_u128(5),
        token: Some(safe.0.lock().unwrap().secret.clone()),
        software_version: "0.1.0".to_owned(),
    };
    let hour = Duration::from_secs(HOUR);
    let rarely =
        Intervals { push: hour, pull: hour, heartbeat: hour, notifications: hour, ..Intervals::GATE };
    let inbox = TillInbox::new(till.inbox(shop::HUB).unwrap());
    Worker::new(shop::outbox(till), inbox, Schedule::new(rarely, false), device)
}

fn worker(till: &Till, safe: &Safe) -> TillWorker {
    bare(till, safe).keeping(safe.clone())
}

impl Line {
    fn open() -> Self {
        let elapsed = Duration::from_secs(1);
        let old = TimeDelta::from_std(Intervals::GATE.rotate).unwrap();
        let since = at(elapsed).now - old + TimeDelta::hours(1);
        let kept = Kept { secret: Secret::new("s0"), since, is_full: false };
        let (folder, safe) = (shop::folder(), Safe(Arc::new(Mutex::new(kept))));
        let till = shop::new_till(&shop::file(&folder, 0), &shop::clock(7), "T1");
        Self { worker: worker(&till, &safe), till, safe, gate: Gate::default(), elapsed, _folder: folder }
    }

    /// Starts the connection again, with what is kept.
    fn started_again(self) -> Self {
        Self { worker: worker(&self.till, &self.safe), ..self }
    }

    /// Lets so many hours pass and does what is due in them; answers how often a secret could not be kept.
    fn run(&mut self, hours: u64) -> usize {
        let until = self.elapsed + Duration::from_secs(hours * HOUR);
        let mut lost = 0;
        while self.elapsed < until {
            match self.worker.step(&mut self.gate, at(self.elapsed)) {
                Ok(Done::Nothing(wait)) => self.elapsed += wait.max(Duration::from_secs(1)),
                Ok(Done::Step { .. }) => {}
                Err(Error::Secret(_)) => lost += 1,
                Err(error) => panic!("{error}"),
            }
        }
        lost
    }

    fn kept(&self) -> String {
        self.safe.0.lock().unwrap().secret.reveal().to_owned()
    }
}

#[test]
fn a_secret_that_is_old_is_replaced_once_and_the_new_one_is_shown_from_then_on() {
    let mut line = Line::open();
    while !matches!(line.worker.step(&mut line.gate, at(line.elapsed)).unwrap(), Done::Nothing(_)) {}
    assert_eq!(line.gate.asked(), 0, "it is not old yet");
    line.run(50);
    assert_eq!((line.gate.asked(), line.kept().as_str()), (1, "s1"));
    assert_eq!(line.gate.shown_since(), ["s1"]);
    let mut line = line.started_again();
    line.run(50);
    assert_eq!((line.gate.asked(), line.gate.shown_since()), (1, vec!["s1"]));
}

#[test]
fn what_could_not_be_kept_is_never_shown_and_another_is_asked_for_with_the_one_before() {
    let mut line = Line::open();
    line.safe.0.lock().unwrap().is_full = true;
    assert_eq!(line.run(24 + 12), 2, "once a day");
    assert_eq!((line.gate.asked(), line.kept().as_str()), (2, "s0"));
    assert_eq!(line.gate.shown_since(), ["s0"]);
    // As one does that died before it kept the answer: it knows of nothing.
    let mut line = line.started_again();
    line.safe.0.lock().unwrap().is_full = false;
    assert_eq!(line.run(12), 0);
    let with = line.gate.shown.iter().filter(|(path, _)| path == ROTATE).map(|(_, shown)| shown.as_str());
    assert_eq!(with.collect::<Vec<_>>(), ["s0"; 3]);
    assert_eq!(
        (line.kept().as_str(), line.gate.void.as_slice()),
        ("s3", &["s1", "s2"].map(str::to_owned)[..])
    );
    assert_eq!(line.gate.shown_since(), ["s3"]);
}

#[test]
fn a_hub_that_gives_no_other_secret_is_asked_again_the_next_day_and_all_else_goes_on() {
    let mut line = Line::open();
    line.gate.refuses = true;
    // An hour until it is old, then three days but an hour.
    line.run(72);
    assert_eq!((line.gate.asked(), line.kept().as_str()), (3, "s0"));
    assert_eq!((line.worker.schedule().is_paused(), line.worker.schedule().failures()), (false, 0));
    assert!(line.gate.shown.len() > 3 * 72, "it is heard each hour");
    line.gate.refuses = false;
    line.run(2);
    assert_eq!((line.gate.asked(), line.kept().as_str()), (4, "s1"));
}

#[test]
fn where_nobody_keeps_the_secret_none_is_asked_for() {
    let mut line = Line::open();
    line.worker = bare(&line.till, &line.safe);
    line.run(30);
    assert_eq!((line.gate.asked(), line.gate.shown_since()), (0, vec!["s0"]));
}
