//! Comparing what the hub has with what was sent: either of them may have come back from a backup.

use std::time::Duration;

use uuid::Uuid;

use crate::{
    outbox::Outbox,
    plan::Came,
    transport::{Request, Transport},
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
    /// begin another life, [`saleflex_store::Till::begin_another_life`].
    TillIsOlder {
        /// What the hub has seen.
        counters: Option<Counters>,
    },
    /// The hub last heard another file under this till's name: a re-installed till, or two that say they are one.
    AnotherFile {
        /// Its life.
        epoch: Uuid,
        /// What the hub has seen.
        counters: Option<Counters>,
    },
}

/// Asks the hub what it has, and queues again what it lost.
///
/// # Errors
/// A failure of the outbox' disk.
pub fn reconcile<O: Outbox>(
    outbox: &mut O,
    transport: &mut dyn Transport,
    token: Option<&Secret>,
) -> Result<(Came, Finding), O::Error> {
    let failed = |at_least| (Came::Failed { at_least, is_breakdown: false }, Finding::InStep);
    let Ok(answer) = transport.send(&Request::get(PATH).showing(token)) else {
        return Ok(failed(Duration::ZERO));
    };
    match answer.status {
        200 => {}
        401 => return Ok((Came::Unauthorized, Finding::InStep)),
        403 | 404 => return Ok((Came::Refused, Finding::InStep)),
        _ => return Ok(failed(answer.retry_after.unwrap_or_default())),
    }
    let Ok(state) = serde_json::from_slice::<SyncState>(&answer.body) else {
        return Ok(failed(Duration::ZERO));
    };
    let finding = compare(outbox, &state)?;
    // Of a till that is not the file the hub heard, numbers say nothing: all of it is sent once more, and the hub
    // tells by the keys what it has.
    let held = if matches!(finding, Finding::TillIsOlder { .. }) { SyncState::default() } else { state };
    let again = outbox.send_again(&held)?;
    Ok((Came::Reconciled { again }, finding))
}

fn compare<O: Outbox>(outbox: &O, state: &SyncState) -> Result<Finding, O::Error> {
    let Some(epoch) = state.epoch else { return Ok(Finding::InStep) };
    let counters = Counters::of(&state.counters);
    let progress = outbox.progress()?;
    if epoch != progress.epoch {
        let is_ours = outbox.knows(epoch)?;
        return Ok(if is_ours { Finding::InStep } else { Finding::AnotherFile { epoch, counters } });
    }
    let highest = state.contiguous_seq.max(state.highest_seq);
    let is_same = match &state.highest_key {
        Some(key) if highest > 0 => outbox.key_of(highest)?.as_ref() == Some(key),
        _ => highest <= progress.last_seq,
    };
    Ok(if is_same { Finding::InStep } else { Finding::TillIsOlder { counters } })
}
