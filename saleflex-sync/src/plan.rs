//! What to do next, what an answer means for what was sent, and how long to wait after a failure. Pure: status,
//! bytes, the time and random bits come in, decisions go out.

use std::time::Duration;

use crate::wire::{
    ItemError, PushAnswer, PushItem, PushRequest, RefusalBody, Verdict, refusal::OUT_OF_ORDER,
};

mod authority;
mod schedule;

pub use self::{
    authority::{Mode, Switches},
    schedule::{Came, Intervals, Schedule, Side, Step, Turn},
};

/// What the sender does next.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Next {
    /// The hub spoke about items: record each outcome.
    Record(Vec<(u64, Outcome)>),
    /// The request as a whole was refused for good: send its items one by one to find the culprit.
    Split,
    /// The hub lacks earlier events: continue from this number.
    ContinueFrom(u64),
    /// The token is no longer good: renew it once and repeat. No attempt is counted.
    RenewToken,
    /// The till or store is not known, or revoked: stop and tell a person. No attempt is counted.
    Pause,
    /// Nothing can be said about any item: stop the cycle and wait.
    BackOff {
        /// Not sooner than this, as the hub asked.
        at_least: Duration,
        /// Whether the hub broke down over the request itself.
        is_breakdown: bool,
    },
}

/// What becomes of one item.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// Delivered; the flags are what the hub noticed about it.
    Sent {
        /// Whether the hub had it before.
        is_duplicate: bool,
        /// What the hub noticed, such as `number_reused`.
        flags: Vec<String>,
    },
    /// Not now; it stays in its place, with the hub's reason where it gave one.
    Retry(Option<ItemError>),
    /// Set aside for a person, with the hub's reason.
    Quarantine(ItemError),
}

/// Reads the answer to `request`.
///
/// An item counts as sent only when an answer names it with a verdict that says so; an item the answer does not
/// name, or with a verdict of a newer version, is retried.
pub fn next(request: &PushRequest, status: u16, body: &[u8], retry_after: Option<Duration>) -> Next {
    let at_least = retry_after.unwrap_or_default();
    let back_off = || Next::BackOff { at_least, is_breakdown: false };
    match status {
        200 | 201 | 207 => match serde_json::from_slice::<PushAnswer>(body) {
            Ok(answer) => Next::Record(outcomes(&request.items, &answer)),
            Err(_) => back_off(),
        },
        400 | 413 | 422 => match request.items.as_slice() {
            [item] => Next::Record(vec![(item.seq, Outcome::Quarantine(refusal(status, body)))]),
            _ => Next::Split,
        },
        401 => Next::RenewToken,
        403 | 404 => Next::Pause,
        409 => match serde_json::from_slice::<RefusalBody>(body) {
            Ok(RefusalBody { code, expected_seq: Some(expected), .. }) if code == OUT_OF_ORDER => {
                Next::ContinueFrom(expected)
            }
            _ => back_off(),
        },
        500 => Next::BackOff { at_least, is_breakdown: true },
        _ => back_off(),
    }
}

fn outcomes(items: &[PushItem], answer: &PushAnswer) -> Vec<(u64, Outcome)> {
    let outcome = |item: &PushItem| {
        let Some(result) = answer.results.iter().find(|result| result.id == item.idempotency_key) else {
            return Outcome::Retry(None);
        };
        match &result.result {
            Verdict::Accepted => Outcome::Sent { is_duplicate: false, flags: result.flags.clone() },
            Verdict::Duplicate => Outcome::Sent { is_duplicate: true, flags: result.flags.clone() },
            Verdict::Rejected => Outcome::Quarantine(result.error.clone().unwrap_or_else(|| ItemError {
                code: "rejected".to_owned(),
                detail: "the hub gave no reason".to_owned(),
            })),
            Verdict::Retry | Verdict::Unknown(_) => Outcome::Retry(result.error.clone()),
        }
    };
    items.iter().map(|item| (item.seq, outcome(item))).collect()
}

fn refusal(status: u16, body: &[u8]) -> ItemError {
    match serde_json::from_slice::<RefusalBody>(body) {
        Ok(RefusalBody { code, message, detail, .. }) => {
            let said = detail.map(|detail| detail.as_str().map_or_else(|| detail.to_string(), str::to_owned));
            let detail = if message.is_empty() { said.unwrap_or_default() } else { message };
            ItemError { code, detail }
        }
        Err(_) => ItemError {
            code: format!("http_{status}"),
            detail: String::from_utf8_lossy(body).chars().take(500).collect(),
        },
    }
}

/// The longest wait between attempts.
const LONGEST_WAIT_MS: u64 = 300_000;
/// The shortest.
const SHORTEST_WAIT_MS: u64 = 1_000;

/// How long to wait after `failures` transient failures in a row: evenly spread between nothing and
/// 2 s · 2^(failures − 1), at most 300 s, at least 1 s and at least what the hub asked for. `random` is any number
/// drawn evenly from all of them; waits that differ keep tills from coming back all at once.
pub fn wait(failures: u32, random: u32, at_least: Duration) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    let most = (2_000_u64 << doublings).min(LONGEST_WAIT_MS);
    let spread = (most * u64::from(random)) >> u32::BITS;
    Duration::from_millis(spread.max(SHORTEST_WAIT_MS)).max(at_least)
}

#[cfg(test)]
mod tests;
