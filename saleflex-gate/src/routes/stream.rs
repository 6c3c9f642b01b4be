//! What a device is told as soon as it is there, without asking again.

use std::{
    collections::{BTreeSet, VecDeque},
    convert::Infallible,
};

use axum::{
    extract::State,
    http::HeaderMap,
    response::{
        Sse,
        sse::{Event, KeepAlive},
    },
};
use futures_util::{Stream, stream};
use saleflex_sync::wire::{Cursor, Signal};
use serde_json::json;
use uuid::Uuid;

use super::sync::{LOOK_AGAIN, signals};
use crate::{
    ApiError, Hub,
    credential::Credential,
    db::Tenant,
    error::Refusal,
    place::Place,
    scope::{self, TerminalScope},
    streams::OpenStream,
};

/// How often the books are looked at for one device; it then asks for another stream.
const LOOKS: u32 = 300;

/// Tells a device what it shall do (`signal`) and where the changes are (`changes`), at once and whenever there is
/// something new, for five minutes or until the device may ask no more. A signal is done with when a heartbeat
/// acknowledges it.
#[utoipa::path(get, path = "/sync/stream", tag = "sync", security(("device" = []), ("basic" = [])), responses(
    (status = OK, body = String, content_type = "text/event-stream", example = "event: changes\ndata: {\"cursor\":\"c17\"}\n\n"),
    (status = UNAUTHORIZED, body = Refusal, description = "`unauthorized`"),
    (status = FORBIDDEN, body = Refusal, description = "`terminal_revoked`, `pull_not_allowed`"),
    (status = TOO_MANY_REQUESTS, body = Refusal, description = "`too_many_requests`; `too_many_streams`: two of the device, a thousand of the company, or all that the hub has room for; `Retry-After` says how long to wait"),
    (status = INTERNAL_SERVER_ERROR, body = Refusal, description = "`internal`"),
))]
pub(crate) async fn stream(
    State(hub): State<Hub>,
    scope: TerminalScope,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    scope.may_pull()?;
    let credential = Credential::of(&headers).ok_or_else(ApiError::unauthorized)?;
    let told = Told {
        _open: hub.streams.open((scope.company, scope.terminal.id))?,
        hub,
        credential,
        place: None,
        signals: BTreeSet::new(),
        waiting: VecDeque::new(),
        looks: 0,
    };
    Ok(Sse::new(stream::unfold(told, next)).keep_alive(KeepAlive::default()))
}

/// What a device was told in its stream.
struct Told {
    hub: Hub,
    credential: Credential,
    _open: OpenStream,
    place: Option<Cursor>,
    signals: BTreeSet<Uuid>,
    /// Found and not sent yet.
    waiting: VecDeque<Event>,
    looks: u32,
}

async fn next(mut told: Told) -> Option<(Result<Event, Infallible>, Told)> {
    loop {
        if let Some(event) = told.waiting.pop_front() {
            return Some((Ok(event), told));
        }
        if told.looks == LOOKS || told.hub.is_stopping() {
            return None;
        }
        if told.looks > 0 {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        told.looks += 1;
        // A device whose stream ends asks again, and hears what is the matter.
        told.look().await.ok()?;
    }
}

impl Told {
    /// Looks for what the device does not know, as long as it may ask.
    async fn look(&mut self) -> Result<(), ApiError> {
        let device = scope::of_credential(&self.hub, self.credential.clone()).await?;
        let device = device.ok_or_else(ApiError::unauthorized)?;
        device.may_pull()?;
        let (company, terminal) = (device.company, device.terminal.id);
        let now = self.hub.now();
        let read = self.hub.books.read(Tenant::Company(company), move |session| {
            let place = Place::last(session, company)?.cursor();
            Ok::<_, ApiError>((place, signals(session, (company, terminal), now)?))
        });
        let (place, signals) = read.await?;
        let unknown: Vec<Signal> =
            signals.into_iter().filter(|signal| self.signals.insert(signal.id)).collect();
        for signal in &unknown {
            self.tell("signal", signal)?;
        }
        if self.place.as_ref() != Some(&place) {
            self.tell("changes", &json!({"cursor": place}))?;
            self.place = Some(place);
        }
        Ok(())
    }

    fn tell(&mut self, name: &str, what: &impl serde::Serialize) -> Result<(), ApiError> {
        let event = Event::default().event(name).json_data(what).map_err(|_| ApiError::internal())?;
        self.waiting.push_back(event);
        Ok(())
    }
}
