//! One request for what changed at the hub, one for shares of limits, one for messages, one to say how the till is.

use std::time::Duration;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    inbox::Inbox,
    plan::{Came, Part},
    transport::{Request, Response, Transport, Unreachable},
    wire::{
        ChangesPage, Heartbeat, HeartbeatAnswer, QuotasAnswer, RefusalBody, Secret, Signal,
        notification::NotificationList,
        refusal::{CURSOR_EXPIRED, PULL_NOT_ALLOWED},
    },
};

/// Where changes are asked for.
pub const CHANGES: &str = "/sync/changes";
/// Where messages are.
pub const NOTIFICATIONS: &str = "/notifications";
/// Where the hub hears how the till is.
pub const HEARTBEAT: &str = "/sync/heartbeat";
/// Where shares of limits are asked for.
pub const QUOTAS: &str = "/sync/quotas";
/// Rows in a page.
const ROWS: u32 = 500;

const AWAY: Came = Came::Failed { at_least: Duration::ZERO, is_breakdown: false };

/// What an answer without content means.
pub(crate) fn failed(part: Part, answer: &Result<Response, Unreachable>) -> Came {
    match answer {
        Ok(Response { status: 401, .. }) => Came::Unauthorized,
        Ok(Response { status: 403 | 404, .. }) => Came::Refused,
        Ok(Response { retry_after: Some(wait), .. }) => Came::Failed { at_least: *wait, is_breakdown: false },
        // Busy, or there is nobody behind the one who answers.
        Ok(Response { status: 408 | 425 | 429 | 502..=504, .. }) | Err(_) => AWAY,
        Ok(_) => Came::Stumbled { part },
    }
}

/// What an answer means whose content is not what was asked for: half an answer and a page of somebody else's say that
/// the hub was not reached.
pub(crate) fn unreadable(part: Part, body: &[u8]) -> Came {
    if serde_json::from_slice::<serde_json::Value>(body).is_ok() { Came::Stumbled { part } } else { AWAY }
}

/// Asks for one page of changes and keeps it with its cursor. A cursor that the hub does not know any more is
/// forgotten: the next page is the first of a snapshot.
///
/// # Errors
/// A failure of the inbox' disk.
pub fn pull<I: Inbox>(
    inbox: &mut I,
    transport: &mut dyn Transport,
    now: DateTime<Utc>,
    token: Option<&Secret>,
) -> Result<Came, I::Error> {
    let cursor = inbox.cursor()?;
    let from = cursor.as_ref().map_or_else(String::new, |cursor| format!("&cursor={cursor}"));
    let path = format!("{CHANGES}?limit={ROWS}{from}");
    let answer = transport.send(&Request::get(&path).showing(token));
    match &answer {
        Ok(Response { status: 200, body, .. }) => {
            let Ok(page) = serde_json::from_slice::<ChangesPage>(body) else {
                return Ok(unreadable(Part::Pull, body));
            };
            // A hub whose cursor stands still would be asked for ever.
            let has_more = page.has_more && cursor.as_ref() != Some(&page.next_cursor);
            inbox.keep(now, &page)?;
            Ok(Came::Pulled { has_more })
        }
        Ok(Response { status: 410, body, .. })
            if serde_json::from_slice::<RefusalBody>(body)
                .is_ok_and(|refusal| refusal.code == CURSOR_EXPIRED) =>
        {
            inbox.start_over()?;
            Ok(Came::CursorExpired)
        }
        // Whoever only delivers has a connection all the same.
        Ok(Response { status: 403, body, .. })
            if serde_json::from_slice::<RefusalBody>(body)
                .is_ok_and(|refusal| refusal.code == PULL_NOT_ALLOWED) =>
        {
            Ok(Came::NotAllowed)
        }
        _ => Ok(failed(Part::Pull, &answer)),
    }
}

/// Tells the hub what was read, and asks for messages.
///
/// # Errors
/// A failure of the inbox' disk.
pub fn notifications<I: Inbox>(
    inbox: &mut I,
    transport: &mut dyn Transport,
    token: Option<&Secret>,
) -> Result<Came, I::Error> {
    for id in inbox.read_messages()? {
        let path = format!("{NOTIFICATIONS}/{id}/read");
        let answer = transport.send(&Request::post(&path, b"").showing(token));
        match &answer {
            // One that the hub has dropped meanwhile is read as well.
            Ok(Response { status: 200 | 204 | 404, .. }) => inbox.message_reported(id)?,
            _ => return Ok(failed(Part::Notifications, &answer)),
        }
    }
    let path = format!("{NOTIFICATIONS}?unread=true");
    let answer = transport.send(&Request::get(&path).showing(token));
    let Ok(Response { status: 200, body, .. }) = &answer else {
        return Ok(failed(Part::Notifications, &answer));
    };
    let Ok(list) = serde_json::from_slice::<NotificationList>(body) else {
        return Ok(unreadable(Part::Notifications, body));
    };
    let is_new = inbox.keep_messages(&list.items)? > 0;
    let pull = is_new && list.items.iter().any(|message| message.kind.asks_for_a_pull());
    Ok(Came::Notified { pull })
}

/// Tells the hub what was given back of the till's shares, and asks for more.
///
/// # Errors
/// A failure of the inbox' disk.
pub fn quotas<I: Inbox>(
    inbox: &mut I,
    transport: &mut dyn Transport,
    now: DateTime<Utc>,
    token: Option<&Secret>,
) -> Result<Came, I::Error> {
    let Some(request) = inbox.quotas()? else { return Ok(Came::Lent) };
    // It holds no number that JSON lacks; were it none, the hub would refuse an empty one.
    let body = serde_json::to_vec(&request).unwrap_or_default();
    let answer = transport.send(&Request::post(QUOTAS, &body).showing(token));
    match &answer {
        Ok(Response { status: 200, body, .. }) => {
            let Ok(answer) = serde_json::from_slice::<QuotasAnswer>(body) else {
                return Ok(unreadable(Part::Quotas, body));
            };
            inbox.keep_quotas(now, &request, &answer)?;
            Ok(Came::Lent)
        }
        // A hub that lends nothing.
        Ok(Response { status: 404 | 405, .. }) => Ok(Came::Lent),
        _ => Ok(failed(Part::Quotas, &answer)),
    }
}

/// Says how the till is; answers what the hub wants done, and notes of which life it is.
pub fn heartbeat(
    transport: &mut dyn Transport,
    beat: &Heartbeat,
    (obeyed, life): (&mut Vec<Uuid>, &mut Option<Uuid>),
    token: Option<&Secret>,
) -> (Came, Vec<Signal>) {
    // Its keys are texts and it holds no number that JSON lacks; were it none, the hub would refuse an empty one.
    let body = serde_json::to_vec(beat).unwrap_or_default();
    let answer = transport.send(&Request::post(HEARTBEAT, &body).showing(token));
    let Ok(Response { status: 200, body, .. }) = &answer else {
        return (failed(Part::Heartbeat, &answer), Vec::new());
    };
    let Ok(answer) = serde_json::from_slice::<HeartbeatAnswer>(body) else {
        return (unreadable(Part::Heartbeat, body), Vec::new());
    };
    let is_valid = |signal: &Signal| signal.expires_at.is_none_or(|until| until > answer.server_time);
    let signals: Vec<Signal> = answer.signals.into_iter().filter(is_valid).collect();
    let came = Came::Beaten {
        pull: signals.iter().any(|signal| signal.kind.asks_for_a_pull()),
        push: signals.iter().any(|signal| signal.kind.asks_for_a_push()),
    };
    // The hub has heard of those; what it wants now is told to it with the next one.
    *obeyed = signals.iter().map(|signal| signal.id).collect();
    *life = answer.life.or(*life);
    (came, signals)
}
