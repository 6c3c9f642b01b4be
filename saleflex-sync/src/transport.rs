//! Bytes there and back. What an answer means is [`crate::plan`]'s.

use std::time::Duration;

#[cfg(feature = "push")]
mod http;

#[cfg(feature = "push")]
pub use self::http::{Address, BadAddress, HttpTransport};

use crate::wire::Secret;

/// Carries one request to a hub and its answer back. A test's does what a bad network does.
pub trait Transport {
    /// Sends a request and waits for the whole answer.
    ///
    /// # Errors
    /// [`Unreachable`]: whether the hub has seen the request is not known.
    fn send(&mut self, request: &Request<'_>) -> Result<Response, Unreachable>;
}

/// A request to a hub, not sent yet.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// `GET` or `POST`.
    pub method: Method,
    /// Behind the prefix, with what is asked for: `/sync/push`.
    pub path: &'a str,
    /// The body, JSON; none of a question.
    pub body: Option<&'a [u8]>,
    /// The token that the till shows; none where it has none to show.
    pub token: Option<&'a Secret>,
    /// The identity under which a repeat of it is known.
    pub idempotency_key: Option<&'a str>,
    /// How long the hub was asked to wait before it answers.
    pub held_for: Duration,
}

/// The two methods a till needs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Method {
    /// Reads.
    Get,
    /// Writes.
    Post,
}

impl<'a> Request<'a> {
    /// A question.
    pub const fn get(path: &'a str) -> Self {
        let held_for = Duration::ZERO;
        Self { method: Method::Get, path, body: None, token: None, idempotency_key: None, held_for }
    }

    /// Something to take.
    pub const fn post(path: &'a str, body: &'a [u8]) -> Self {
        Self { method: Method::Post, body: Some(body), ..Self::get(path) }
    }

    /// The same, showing a token.
    #[must_use]
    pub const fn showing(self, token: Option<&'a Secret>) -> Self {
        Self { token, ..self }
    }

    /// The same to a hub that waits so long for something to say.
    #[must_use]
    pub const fn held(self, held_for: Duration) -> Self {
        Self { held_for, ..self }
    }

    /// How long the whole of it may take: ten seconds, one for each hundred kibibytes sent, and what the hub waits.
    pub fn patience(&self) -> Duration {
        let sent = self.body.map_or(0, <[u8]>::len) / (100 * 1_024);
        let sent = Duration::from_secs(10 + u64::try_from(sent).unwrap_or(u64::MAX / 2));
        sent.saturating_add(self.held_for)
    }
}

/// The answer of a hub, whatever its status.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// How long the hub asks to be left alone.
    pub retry_after: Option<Duration>,
    /// The body, whole.
    pub body: Vec<u8>,
}

/// No answer, or not a whole one.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreachable {
    /// Nobody answers at the address.
    #[error("the hub cannot be reached: {reason}")]
    NoConnection {
        /// What the network said.
        reason: String,
    },
    /// The answer did not come in time.
    #[error("the hub did not answer in time")]
    TooSlow,
    /// The answer broke off.
    #[error("the answer of the hub broke off: {reason}")]
    Broken {
        /// What the network said.
        reason: String,
    },
    /// The answer is longer than any that makes sense.
    #[error("the answer of the hub is longer than {most} bytes")]
    TooLong {
        /// The most that is read.
        most: u64,
    },
}
