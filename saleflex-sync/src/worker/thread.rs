//! A worker in a thread of its own: it sleeps until something is due, an event was committed, or it is told to stop.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use super::{Done, Instant, Worker, watch::News};
use crate::{
    inbox::Inbox,
    outbox::{Outbox, Progress},
    plan::{Came, Part},
    reconcile::Finding,
    transport::Transport,
};

/// What a running worker is told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Word {
    /// An event was committed.
    Wake,
    /// Do everything now.
    Force,
    /// Something changed at the hub.
    Pull,
    /// The hub was away.
    Compare,
    /// End.
    Stop,
}

/// How a running worker is doing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Status {
    /// How many requests were made.
    pub steps: u64,
    /// What came of the last one.
    pub last: Option<Came>,
    /// How often nobody answered in a row.
    pub failures: u32,
    /// What the hub fails at while it answers; all other parts go on.
    pub failing: Option<Part>,
    /// The hub refuses this till.
    pub is_paused: bool,
    /// How far the queue is, once it was looked at.
    pub progress: Option<Progress>,
    /// What comparing with the hub found last that somebody has to do something about.
    pub finding: Option<Finding>,
    /// What went wrong with the disk.
    pub trouble: Option<String>,
}

/// A running worker. Dropped, it stops after the request under way.
#[derive(Debug)]
pub struct Running {
    words: Sender<Word>,
    status: Arc<Mutex<Status>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// Starts a worker. `clock` gives the time and a random number whenever it is asked.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn start<O, I>(
        mut worker: Worker<O, I>,
        mut transport: impl Transport + Send + 'static,
        mut clock: impl FnMut() -> Instant + Send + 'static,
    ) -> std::io::Result<Self>
    where
        O: Outbox + Send + 'static,
        I: Inbox + Send + 'static,
    {
        let (words, heard) = mpsc::channel();
        let status = Arc::new(Mutex::new(Status::default()));
        let shown = Arc::clone(&status);
        let run = move || {
            loop {
                let done = worker.step(&mut transport, clock());
                let wait = note(&mut lock(&shown), &worker, &done);
                match heard.recv_timeout(wait) {
                    Ok(Word::Wake) => worker.schedule_mut().wake(),
                    Ok(Word::Pull) => worker.schedule_mut().pull_now(),
                    Ok(Word::Compare) => worker.schedule_mut().compare_now(),
                    Ok(Word::Force) => worker.schedule_mut().force(),
                    Err(RecvTimeoutError::Timeout) => {}
                    Ok(Word::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                }
            }
        };
        let thread = thread::Builder::new().name("saleflex-sync".to_owned()).spawn(run)?;
        Ok(Self { words, status, thread: Some(thread) })
    }

    /// An event was committed.
    pub fn wake(&self) {
        self.say(Word::Wake);
    }

    /// Something changed at the hub, or it is back: says so whenever it is called, from whatever thread.
    pub fn watched(&self) -> impl Fn(News) + Send + use<> {
        let words = self.words.clone();
        move |news| {
            let _ = words.send(match news {
                News::Change => Word::Pull,
                News::Back => Word::Compare,
            });
        }
    }

    /// Tells how it is doing whenever it is asked, from whatever thread.
    pub fn statuses(&self) -> impl Fn() -> Status + Send + Sync + use<> {
        let status = Arc::clone(&self.status);
        move || lock(&status).clone()
    }

    /// Somebody wants everything now.
    pub fn force(&self) {
        self.say(Word::Force);
    }

    fn say(&self, word: Word) {
        // A worker that has ended hears nothing; its status says why.
        let _ = self.words.send(word);
    }

    /// How it is doing.
    pub fn status(&self) -> Status {
        lock(&self.status).clone()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.say(Word::Stop);
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was reported where it happened.
            drop(thread.join());
        }
    }
}

fn lock(status: &Mutex<Status>) -> MutexGuard<'_, Status> {
    status.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How long a worker rests whose disk does not answer.
const AFTER_TROUBLE: Duration = Duration::from_secs(5);

/// Notes what a step did; answers how long to wait for the next one.
fn note<O: Outbox, I: Inbox, E: std::error::Error>(
    status: &mut Status,
    worker: &Worker<O, I>,
    done: &Result<Done, E>,
) -> Duration {
    status.failures = worker.schedule().failures();
    status.failing = worker.schedule().failing();
    status.is_paused = worker.schedule().is_paused();
    match worker.progress() {
        Ok(progress) => status.progress = Some(progress),
        Err(cause) => status.trouble = Some(cause.to_string()),
    }
    match done {
        Err(cause) => {
            status.trouble = Some(cause.to_string());
            AFTER_TROUBLE
        }
        Ok(Done::Nothing(wait)) => *wait,
        Ok(Done::Step { came, finding, .. }) => {
            status.trouble = None;
            status.steps += 1;
            status.last = Some(*came);
            if *finding != Finding::InStep {
                status.finding = Some(finding.clone());
            } else if matches!(came, Came::Reconciled { .. }) {
                status.finding = None;
            }
            Duration::ZERO
        }
    }
}
