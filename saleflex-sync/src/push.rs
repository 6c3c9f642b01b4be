//! One request with what is due in an outbox, and what becomes of it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use crate::{
    outbox::{Claim, Failure, Outbox, Outgoing, Settlement},
    plan::{self, Came, Next, Outcome, Turn},
    transport::{Request, Response, Transport, Unreachable},
    wire::{EventKind, HighWater, ItemError, PushItem, PushRequest, Secret, SyncState},
};

/// Where events are sent.
pub const PATH: &str = "/sync/push";
/// An event that makes the hub break down so often, while others pass, is set aside.
const MOST_BREAKDOWNS: u32 = 8;

/// What a request needs besides the events.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// When it is sent, by the till's clock.
    pub now: DateTime<Utc>,
    /// Any number drawn evenly from all of them, to spread waits.
    pub random: u32,
    /// The token that the till shows; none where the hub asks for none.
    pub token: Option<&'a Secret>,
}

/// Claims what is due, sends it, and records what the hub said, in one transaction. Nothing is marked as sent but by
/// an answer that names it.
///
/// # Errors
/// A failure of the outbox' disk. What was claimed is due again when its lease is over.
///
/// # Panics
/// Never: an envelope can be written as JSON, since its payloads are JSON and its keys are texts.
pub fn push<O: Outbox>(
    outbox: &mut O,
    transport: &mut dyn Transport,
    turn: Turn,
    circumstances: &Circumstances<'_>,
) -> Result<Came, O::Error> {
    let claimed = outbox.claim(&Claim::at(circumstances.now).at_most(turn.most))?;
    let Some((batch, request)) = request_of(outbox, claimed)? else {
        let again_at = outbox.next_due(circumstances.now)?;
        let again_in = again_at.map(|at| (at - circumstances.now).to_std().unwrap_or_default());
        return Ok(Came::QueueEmpty { again_in });
    };
    let answer = send(transport, &request, circumstances.token);
    settle(outbox, &batch, &request, answer, turn, circumstances)
}

/// The envelope of the first events that come from one till and one life of it; the others are given back.
fn request_of<O: Outbox>(
    outbox: &mut O,
    mut claimed: Vec<Outgoing>,
) -> Result<Option<(Vec<Outgoing>, PushRequest)>, O::Error> {
    let Some(origin) = claimed.first().map(|event| event.origin.clone()) else { return Ok(None) };
    let together = claimed.iter().take_while(|event| event.origin == origin).count();
    let rest: Vec<u64> = claimed.drain(together..).map(|event| event.no).collect();
    if !rest.is_empty() {
        outbox.give_back(&rest)?;
    }
    let items = claimed.iter().map(|event| event.item.clone()).collect();
    // What a relay has set aside is none of the till's.
    let quarantined = match claimed.last().and_then(|event| event.quarantined) {
        Some(quarantined) => quarantined,
        None => outbox.progress()?.quarantined,
    };
    let mut request = PushRequest::new(origin.sender, origin.epoch, quarantined, items);
    request.epoch_after = origin.epoch_after;
    Ok(Some((claimed, request)))
}

fn send(
    transport: &mut dyn Transport,
    request: &PushRequest,
    token: Option<&Secret>,
) -> Result<Response, Unreachable> {
    let body =
        serde_json::to_vec(request).expect("an envelope is JSON: its payloads are, and its keys are texts");
    // The identity of a single event is also told where a proxy or a log can see it.
    let key = if let [item] = request.items.as_slice() { Some(item.idempotency_key.as_str()) } else { None };
    let request = Request { idempotency_key: key, ..Request::post(PATH, &body).showing(token) };
    transport.send(&request)
}

fn settle<O: Outbox>(
    outbox: &mut O,
    batch: &[Outgoing],
    request: &PushRequest,
    answer: Result<Response, Unreachable>,
    turn: Turn,
    circumstances: &Circumstances<'_>,
) -> Result<Came, O::Error> {
    let all: Vec<u64> = batch.iter().map(|event| event.no).collect();
    let give_back = |outbox: &mut O, came| outbox.give_back(&all).map(|()| came);
    let Ok(answer) = answer else {
        return give_back(outbox, Came::Failed { at_least: Duration::ZERO, is_breakdown: false });
    };
    match plan::next(request, answer.status, &answer.body, answer.retry_after) {
        Next::Record(outcomes) => {
            let came = record(outbox, batch, answer.status, outcomes, circumstances)?;
            told_of_a_hole(outbox, (request, &answer.body), came)
        }
        Next::Split => {
            give_back(outbox, Came::Split { events: u32::try_from(all.len()).unwrap_or(u32::MAX) })
        }
        Next::ContinueFrom(seq) => {
            outbox.give_back(&all)?;
            let held = seq.saturating_sub(1);
            let state =
                SyncState { epoch: Some(request.epoch), contiguous_seq: held, ..SyncState::default() };
            outbox.send_again(circumstances.now, &state)?;
            Ok(Came::Failed { at_least: Duration::ZERO, is_breakdown: false })
        }
        Next::RenewToken => give_back(outbox, Came::Unauthorized),
        Next::Pause => give_back(outbox, Came::Refused),
        Next::BackOff { is_breakdown: true, .. } if turn.most == 1 => {
            suspect(outbox, batch, &answer, turn, circumstances)
        }
        Next::BackOff { at_least, is_breakdown } => {
            give_back(outbox, Came::Failed { at_least, is_breakdown })
        }
    }
}

/// The hub broke down over one event alone.
fn suspect<O: Outbox>(
    outbox: &mut O,
    batch: &[Outgoing],
    answer: &Response,
    turn: Turn,
    circumstances: &Circumstances<'_>,
) -> Result<Came, O::Error> {
    let failure = Failure {
        status: Some(answer.status),
        code: format!("http_{}", answer.status),
        detail: String::from_utf8_lossy(&answer.body).chars().take(500).collect(),
    };
    let results: Vec<_> = batch
        .iter()
        .map(|event| {
            let is_over = turn.others_pass && event.attempts + 1 >= MOST_BREAKDOWNS;
            let settlement = if is_over {
                Settlement::Quarantined(failure.clone())
            } else {
                Settlement::Retry { at: due_again(event, circumstances), failure: failure.clone() }
            };
            (event.no, settlement)
        })
        .collect();
    outbox.settle(circumstances.now, &results)?;
    Ok(Came::Suspect)
}

fn record<O: Outbox>(
    outbox: &mut O,
    batch: &[Outgoing],
    status: u16,
    outcomes: Vec<(u64, Outcome)>,
    circumstances: &Circumstances<'_>,
) -> Result<Came, O::Error> {
    let (mut delivered, mut closures) = (0, 0);
    let mut results = Vec::with_capacity(outcomes.len());
    for (event, (_, outcome)) in batch.iter().zip(outcomes) {
        let settlement = match outcome {
            Outcome::Sent { is_duplicate, flags } => {
                delivered += 1;
                closures += u32::from(closes_a_period(&event.item));
                Settlement::Sent { is_duplicate, flags }
            }
            Outcome::Retry(reason) => Settlement::Retry {
                at: due_again(event, circumstances),
                failure: failure(status, reason.unwrap_or_else(unnamed)),
            },
            Outcome::Quarantine(reason) => Settlement::Quarantined(failure(status, reason)),
        };
        results.push((event.no, settlement));
    }
    outbox.settle(circumstances.now, &results)?;
    Ok(Came::Pushed { delivered, closures, lacks: None })
}

/// Adds to what came of a request that the hub lacks more of the file's events than wait or are set aside here: it has lost what
/// it took.
fn told_of_a_hole<O: Outbox>(
    outbox: &O,
    (request, body): (&PushRequest, &[u8]),
    came: Came,
) -> Result<Came, O::Error> {
    let Came::Pushed { delivered, closures, .. } = came else { return Ok(came) };
    let mark = serde_json::from_slice::<Marked>(body).ok().and_then(|answer| answer.high_water);
    let Some(mark) = mark.filter(|mark| mark.epoch == request.epoch && !mark.missing.is_empty()) else {
        return Ok(came);
    };
    let progress = outbox.progress()?;
    let missing = u64::try_from(mark.missing.len()).unwrap_or(u64::MAX);
    let is_explained = missing <= progress.waiting.saturating_add(progress.quarantined);
    let lacks = (!is_explained).then_some((mark.epoch, mark.contiguous_seq));
    Ok(Came::Pushed { delivered, closures, lacks })
}

/// Of the answer to a push how far the hub is.
#[derive(Deserialize)]
struct Marked {
    #[serde(default)]
    high_water: Option<HighWater>,
}

fn closes_a_period(item: &PushItem) -> bool {
    item.kind == EventKind::Closure
}

fn due_again(event: &Outgoing, circumstances: &Circumstances<'_>) -> DateTime<Utc> {
    let wait = plan::wait(event.attempts.saturating_add(1), circumstances.random, Duration::ZERO);
    circumstances.now + TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX)
}

fn failure(status: u16, reason: ItemError) -> Failure {
    Failure { status: Some(status), code: reason.code, detail: reason.detail }
}

fn unnamed() -> ItemError {
    ItemError { code: "retry".to_owned(), detail: "the hub did not take it and gave no reason".to_owned() }
}
