//! The till's store behind the ports.

use chrono::{DateTime, TimeDelta, Utc};
use saleflex_store::{Till, outbox as stored};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::{
    outbox::{Claim, Failure, Origin, Outbox, Outgoing, Progress, Settlement, claim_readable},
    reconcile::Finding,
    wire::{EventKind, PeriodLink, PushItem, Sender, SyncState},
};

mod inbox;
mod people;
mod take_over;

pub use self::{
    inbox::TillInbox,
    take_over::{TakenOver, take_over},
};

/// The outbox of a till, with the names under which the hub knows the till.
#[derive(Debug)]
pub struct TillOutbox {
    outbox: stored::Outbox,
    sender: Sender,
}

/// What can go wrong with a till's outbox.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutboxError {
    /// The store.
    #[error(transparent)]
    Store(#[from] saleflex_store::Error),
}

impl TillOutbox {
    /// The outbox of a connector, [`saleflex_store::Till::outbox`].
    pub const fn new(outbox: stored::Outbox, sender: Sender) -> Self {
        Self { outbox, sender }
    }

    /// The store's outbox, to look at what was set aside and to release it.
    pub const fn stored(&mut self) -> &mut stored::Outbox {
        &mut self.outbox
    }

    fn outgoing(&self, event: stored::OutgoingEvent) -> Result<Outgoing, serde_json::Error> {
        let seq = event.no;
        let payload: Box<RawValue> = serde_json::from_slice(&event.payload)?;
        let kind = EventKind::of(&event.kind);
        let link = if kind == EventKind::Closure { PeriodLink::Closes } else { PeriodLink::BelongsTo };
        Ok(Outgoing {
            no: seq,
            origin: Origin {
                sender: self.sender.clone(),
                epoch: event.epoch,
                epoch_after: event.epoch_after,
            },
            item: PushItem {
                seq,
                idempotency_key: PushItem::key(&self.sender, &kind, event.entity_id, event.revision),
                kind,
                entity_id: event.entity_id,
                revision: event.revision,
                depends_on_closure: event.depends_on_closure.map(link),
                missing: event.missing,
                created_at: event.created_at,
                schema_version: event.schema_version,
                payload_hash: event.payload_hash,
                payload,
                people: event.people.iter().map(people::row).collect(),
                forwarded: None,
            },
            attempts: event.attempts,
            quarantined: None,
        })
    }
}

/// Does what comparing found out about a till: a copy begins another life, and numbers go on behind those that others gave
/// out under its name. Answers whether anything changed.
///
/// # Errors
/// [`saleflex_store::Error::DocumentOpen`]; [`saleflex_store::Error::DiskFull`] or [`saleflex_store::Error::Database`] when
/// the file cannot be written.
pub fn heed(till: &mut Till, finding: &Finding) -> Result<bool, saleflex_store::Error> {
    let is_older = matches!(finding, Finding::TillIsOlder { .. });
    if is_older {
        till.begin_another_life()?;
    }
    let Some(next) = finding.goes_on_from() else { return Ok(is_older) };
    Ok(till.lift_period(next)? || is_older)
}

impl Outbox for TillOutbox {
    type Error = OutboxError;

    fn claim(&mut self, claim: &Claim) -> Result<Vec<Outgoing>, OutboxError> {
        let until = claim.now + TimeDelta::from_std(claim.lease).unwrap_or(TimeDelta::MAX);
        let limits = stored::Limits { events: claim.events, payload_bytes: claim.payload_bytes };
        claim_readable(self, claim.now, |own| {
            let events = own.outbox.claim(claim.now, until, limits)?;
            Ok(events.into_iter().map(|event| (event.no, own.outgoing(event))).collect())
        })
    }

    fn settle(&mut self, now: DateTime<Utc>, results: &[(u64, Settlement)]) -> Result<(), OutboxError> {
        let failure = |failure: &Failure| stored::Failure {
            status: failure.status,
            code: failure.code.clone(),
            detail: failure.detail.clone(),
        };
        let results = results.iter().map(|(seq, settlement)| {
            let settlement = match settlement {
                Settlement::Sent { is_duplicate, flags } => {
                    stored::Settlement::Sent { is_duplicate: *is_duplicate, flags: flags.clone() }
                }
                Settlement::Retry { at, failure: reason } => {
                    stored::Settlement::Retry { at: *at, failure: failure(reason) }
                }
                Settlement::Quarantined(reason) => stored::Settlement::Quarantined(failure(reason)),
            };
            (*seq, settlement)
        });
        Ok(self.outbox.settle(now, &results.collect::<Vec<_>>())?)
    }

    fn next_due(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, OutboxError> {
        Ok(self.outbox.next_due(now)?)
    }

    fn give_back(&mut self, events: &[u64]) -> Result<(), OutboxError> {
        Ok(self.outbox.give_back(events)?)
    }

    fn send_again(&mut self, _: DateTime<Utc>, state: &SyncState) -> Result<u64, OutboxError> {
        Ok(self.outbox.send_again(|epoch, seq| state.holds(epoch, seq))?)
    }

    fn key_of(&self, seq: u64) -> Result<Option<String>, OutboxError> {
        let identity = self.outbox.identity_of(seq)?;
        let key = |identity: stored::EventIdentity| {
            let kind = EventKind::of(&identity.kind);
            PushItem::key(&self.sender, &kind, identity.entity_id, identity.revision)
        };
        Ok(identity.map(key))
    }

    fn knows(&self, epoch: Uuid) -> Result<bool, OutboxError> {
        Ok(self.outbox.knows(epoch)?)
    }

    fn progress(&self) -> Result<Progress, OutboxError> {
        let stored = self.outbox.progress()?;
        Ok(Progress {
            epoch: stored.epoch,
            last_seq: stored.last_no,
            waiting: stored.waiting,
            oldest_waiting: stored.oldest_waiting,
            quarantined: stored.quarantined,
            open_period: Some(stored.open_period),
        })
    }
}
