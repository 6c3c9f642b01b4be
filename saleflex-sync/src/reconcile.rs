//! Comparing what the hub has with what was sent: either of them may have come back from a backup.

use chrono::{DateTime, Utc};
use saleflex_core::ids::ClosureNumber;
use uuid::Uuid;

use crate::{
    outbox::{Outbox, Progress},
    plan::{Came, Part},
    pull,
    transport::{Request, Response, Transport},
    wire::{Secret, SyncState, state::Counters},
};

/// Where it is asked.
pub const PATH: &str = "/sync/state";

/// What comparing found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Finding {
    /// The hub has what it was sent, or lacks what is queued again now.
    InStep,
    /// The hub has events of the present life that the till never had: the till is an older copy of itself. It has to
    /// begin another life, [`saleflex_store::Till::begin_another_life`], and its numbers go on behind those seen.
    TillIsOlder {
        /// What the hub has seen.
        counters: Option<Counters>,
    },
    /// The till is in step, but the hub has seen a later period of it than the open one, in another life of the file:
    /// numbers up to that one are given out, [`saleflex_store::Till::lift_period`].
    PeriodIsBehind {
        /// The first number that nobody has used.
        next: ClosureNumber,
    },
    /// The hub last heard another file under this till's name: a re-installed till, or two that say they are one.
    AnotherFile {
        /// The life of that other file.
        epoch: Uuid,
        /// What the hub has seen.
        counters: Option<Counters>,
        /// Whether nothing of this file was delivered: then it is the one that was put in the other's place, and its numbers
        /// go on behind the other's, [`saleflex_store::Till::lift_period`].
        is_unheard: bool,
    },
}

impl Finding {
    /// The first period that nobody has used under the till's name, where the file has to go on from there. The one that the
    /// hub knows as open may have been closed elsewhere without its hearing of it.
    pub fn goes_on_from(&self) -> Option<ClosureNumber> {
        match self {
            Self::PeriodIsBehind { next } => Some(*next),
            Self::TillIsOlder { counters } | Self::AnotherFile { counters, is_unheard: true, .. } => {
                counters.map(behind)
            }
            Self::InStep | Self::AnotherFile { is_unheard: false, .. } => None,
        }
    }
}

fn behind(counters: Counters) -> ClosureNumber {
    ClosureNumber(counters.closure.saturating_add(1))
}

/// Asks the hub what it has, and queues again what it lost.
///
/// # Errors
/// A failure of the outbox' disk.
pub fn reconcile<O: Outbox>(
    outbox: &mut O,
    transport: &mut dyn Transport,
    now: DateTime<Utc>,
    token: Option<&Secret>,
) -> Result<(Came, Finding), O::Error> {
    let answer = transport.send(&Request::get(PATH).showing(token));
    let Ok(Response { status: 200, body, .. }) = &answer else {
        return Ok((pull::failed(Part::Reconcile, &answer), Finding::InStep));
    };
    let Ok(state) = serde_json::from_slice::<SyncState>(body) else {
        return Ok((pull::unreadable(Part::Reconcile, body), Finding::InStep));
    };
    let finding = compare(outbox, &state)?;
    // Of a till that is not the file the hub heard, numbers say nothing: all of it is sent once more, and the hub
    // tells by the keys what it has.
    let held = if matches!(finding, Finding::TillIsOlder { .. }) { SyncState::default() } else { state };
    let again = outbox.send_again(now, &held)?;
    Ok((Came::Reconciled { again }, finding))
}

fn compare<O: Outbox>(outbox: &O, state: &SyncState) -> Result<Finding, O::Error> {
    let Some(epoch) = state.epoch else { return Ok(Finding::InStep) };
    let counters = Counters::of(&state.counters);
    let progress = outbox.progress()?;
    if epoch != progress.epoch && !outbox.knows(epoch)? {
        let is_unheard = progress.last_seq <= progress.waiting.saturating_add(progress.quarantined);
        return Ok(Finding::AnotherFile { epoch, counters, is_unheard });
    }
    let Some((highest, key)) = seen(state, progress.epoch) else {
        // Nothing of the present life is there: whatever the hub knows as open is another life's.
        return Ok(period(&progress, counters, |open, seen| open <= seen));
    };
    let is_same = match key {
        Some(key) if highest > 0 => outbox.key_of(highest)?.as_ref() == Some(key),
        _ => highest <= progress.last_seq,
    };
    let found = || period(&progress, counters, |open, seen| open < seen);
    Ok(if is_same { found() } else { Finding::TillIsOlder { counters } })
}

/// The highest number that the hub has of a life, with the key of that event where it says it. A hub that came back from a backup
/// may hear of lives in another order than the file had them: the one that it heard of last need not be the present one.
fn seen(state: &SyncState, epoch: Uuid) -> Option<(u64, Option<&String>)> {
    if state.epoch == Some(epoch) {
        return Some((state.contiguous_seq.max(state.highest_seq), state.highest_key.as_ref()));
    }
    let mark = state.earlier.iter().flatten().find(|mark| mark.epoch == epoch)?;
    Some((mark.contiguous_seq.max(mark.highest_seq), None))
}

/// Whether the number that the open period closes under was passed in another life.
fn period(progress: &Progress, counters: Option<Counters>, is_passed: impl Fn(u32, u32) -> bool) -> Finding {
    let (Some(open), Some(counters)) = (progress.open_period, counters) else { return Finding::InStep };
    if is_passed(open.0, counters.closure) {
        Finding::PeriodIsBehind { next: behind(counters) }
    } else {
        Finding::InStep
    }
}
