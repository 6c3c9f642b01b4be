//! The port between sending and whoever keeps the events: a till's store, or a hub that forwards to another.

use std::{error::Error, time::Duration};

use chrono::{DateTime, Utc};
use saleflex_core::ids::ClosureNumber;
use uuid::Uuid;

use crate::wire::{PushItem, Sender, SyncState};

/// Events that wait for one hub, in the order they were committed.
///
/// **Invariant:** an event leaves the waiting ones only by [`Outbox::settle`]. What was claimed and never settled
/// comes back when its lease is over, and when the process starts again.
pub trait Outbox {
    /// What can go wrong with the disk.
    type Error: Error + Send + Sync + 'static;

    /// Takes the next events that are due and keeps them from being taken again until the lease is over. A closure
    /// comes only when everything earlier of its period was delivered or set aside; the latter stand in its
    /// `missing`.
    ///
    /// # Errors
    /// A failure of the disk.
    fn claim(&mut self, claim: &Claim) -> Result<Vec<Outgoing>, Self::Error>;

    /// Records what became of events, by their [`Outgoing::no`], all in one transaction.
    ///
    /// # Errors
    /// A failure of the disk.
    fn settle(&mut self, now: DateTime<Utc>, results: &[(u64, Settlement)]) -> Result<(), Self::Error>;

    /// When the first of the events is due that wait for a time after `now`; none where none does.
    ///
    /// # Errors
    /// A failure of the disk.
    fn next_due(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Self::Error>;

    /// Gives events back unsent, without counting an attempt.
    ///
    /// # Errors
    /// A failure of the disk.
    fn give_back(&mut self, events: &[u64]) -> Result<(), Self::Error>;

    /// The idempotency key of the event with a number; none where there is no such event.
    ///
    /// # Errors
    /// A failure of the disk.
    fn key_of(&self, seq: u64) -> Result<Option<String>, Self::Error>;

    /// Queues every delivered event again that the hub has not by [`SyncState::holds`]; answers how many. One that was
    /// sent anew before and is still in no place there may wait for its time.
    ///
    /// # Errors
    /// A failure of the disk.
    fn send_again(&mut self, now: DateTime<Utc>, state: &SyncState) -> Result<u64, Self::Error>;

    /// Whether this is a life of the file, the present one or an earlier one.
    ///
    /// # Errors
    /// A failure of the disk.
    fn knows(&self, epoch: Uuid) -> Result<bool, Self::Error>;

    /// How far the queue is.
    ///
    /// # Errors
    /// A failure of the disk.
    fn progress(&self) -> Result<Progress, Self::Error>;
}

/// What is asked of an outbox.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Claim {
    /// When it is asked, by which leases and retries are due.
    pub now: DateTime<Utc>,
    /// How long the events are kept from others.
    pub lease: Duration,
    /// The most events.
    pub events: u32,
    /// At most so many bytes of payload; the first event may exceed it alone.
    pub payload_bytes: usize,
}

/// The most events in one request.
pub const MOST_EVENTS: u32 = 50;
/// The most bytes of payload in one request of several events.
pub const MOST_PAYLOAD_BYTES: usize = 1_024 * 1_024;
/// How long claimed events are kept from others.
pub const LEASE: Duration = Duration::from_secs(60);

impl Claim {
    /// As much as one request carries.
    pub const fn at(now: DateTime<Utc>) -> Self {
        Self { now, lease: LEASE, events: MOST_EVENTS, payload_bytes: MOST_PAYLOAD_BYTES }
    }

    /// The same, but at most so many events.
    #[must_use]
    pub const fn at_most(self, events: u32) -> Self {
        Self { events, ..self }
    }
}

/// An event that was claimed.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Its number in this outbox, by which it is settled and given back: a till's own sequence, a relay's queue.
    pub no: u64,
    /// Where it was committed.
    pub origin: Origin,
    /// The event as it is sent.
    pub item: PushItem,
    /// How often it was tried in vain.
    pub attempts: u32,
    /// How many events its till had set aside when it sent it, where another till committed it; none: as many as stand in
    /// this outbox.
    pub quarantined: Option<u64>,
}

/// Where an event was committed. A relay forwards it unchanged.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Origin {
    /// The till that committed it.
    pub sender: Sender,
    /// The life of its file.
    pub epoch: Uuid,
    /// The number of the last event before that life.
    pub epoch_after: u64,
}

/// What becomes of an event that was sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Settlement {
    /// The hub has it.
    Sent {
        /// Whether it had it before.
        is_duplicate: bool,
        /// What it noticed, such as `number_reused`.
        flags: Vec<String>,
    },
    /// Not now: it is due again at this instant.
    Retry {
        /// The instant from which it is due again.
        at: DateTime<Utc>,
        /// Why it failed.
        failure: Failure,
    },
    /// Set aside for a person.
    Quarantined(Failure),
}

impl Settlement {
    /// Set aside since its frozen bytes are no JSON: the disk or somebody damaged them.
    fn unreadable(cause: &serde_json::Error) -> Self {
        Self::Quarantined(Failure { status: None, code: "unreadable".to_owned(), detail: cause.to_string() })
    }
}

/// Leases events until some of them can be sent or none is due. One that cannot be read is set aside: it holds up nothing of
/// what comes after it. `lease` answers each event's number and what was read of it.
///
/// # Errors
/// Those of the lease, and of an outbox that cannot note what is set aside.
pub fn claim_readable<O: Outbox>(
    outbox: &mut O,
    now: DateTime<Utc>,
    mut lease: impl FnMut(&mut O) -> Result<Vec<(u64, serde_json::Result<Outgoing>)>, O::Error>,
) -> Result<Vec<Outgoing>, O::Error> {
    loop {
        let (mut outgoing, mut damaged) = (Vec::new(), Vec::new());
        for (no, read) in lease(outbox)? {
            match read {
                Ok(event) => outgoing.push(event),
                Err(cause) => damaged.push((no, Settlement::unreadable(&cause))),
            }
        }
        let is_none_damaged = damaged.is_empty();
        if !is_none_damaged {
            outbox.settle(now, &damaged)?;
        }
        if is_none_damaged || !outgoing.is_empty() {
            return Ok(outgoing);
        }
    }
}

/// Why an event was not taken.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Failure {
    /// The status of the answer, where there was one.
    pub status: Option<u16>,
    /// A stable code.
    pub code: String,
    /// What a person may read about it.
    pub detail: String,
}

/// How far a queue is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Progress {
    /// The present life of the file.
    pub epoch: Uuid,
    /// The number of the last event that was queued.
    pub last_seq: u64,
    /// Events that wait.
    pub waiting: u64,
    /// When the oldest of them was committed.
    pub oldest_waiting: Option<DateTime<Utc>>,
    /// Events set aside for a person.
    pub quarantined: u64,
    /// The number that the period closes under which is open at the till; none of an outbox that is no till's own.
    pub open_period: Option<ClosureNumber>,
}
