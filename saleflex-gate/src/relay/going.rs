//! How forwarding goes, said in the log whenever it changes: a hub whose events pile up must not be silent.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use saleflex_sync::{
    transport::{Request, Response, Transport, Unreachable},
    worker::thread::Status,
};

/// What the last request to the company's hub came to.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) enum Last {
    /// It was answered, or there was none yet.
    #[default]
    Answered,
    /// It was answered with a refusal.
    Refused {
        /// The status.
        status: u16,
        /// The code, where it says one.
        code: Option<String>,
    },
    /// It was not answered.
    Away(Unreachable),
}

impl fmt::Display for Last {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered => f.write_str("it answers"),
            Self::Refused { status, code: None } => write!(f, "it answered {status}"),
            Self::Refused { status, code: Some(code) } => write!(f, "it answered {status} {code}"),
            Self::Away(why) => write!(f, "{why}"),
        }
    }
}

impl Last {
    fn of(answer: &Result<Response, Unreachable>) -> Self {
        match answer {
            Ok(Response { status, .. }) if *status < 400 => Self::Answered,
            Ok(Response { status, body, .. }) => {
                let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
                let code = body["code"].as_str().map(str::to_owned);
                Self::Refused { status: *status, code }
            }
            Err(why) => Self::Away(why.clone()),
        }
    }
}

/// What was heard last, for whoever asks.
#[derive(Clone, Debug, Default)]
pub(super) struct Heard(Arc<Mutex<Last>>);

impl Heard {
    /// What the last request came to.
    pub(super) fn last(&self) -> Last {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Carries requests, and remembers what the last one came to.
#[derive(Debug)]
pub(super) struct Listening<T> {
    pub(super) transport: T,
    pub(super) heard: Heard,
}

impl<T: Transport> Transport for Listening<T> {
    fn send(&mut self, request: &Request<'_>) -> Result<Response, Unreachable> {
        let answer = self.transport.send(request);
        *self.heard.0.lock().unwrap_or_else(PoisonError::into_inner) = Last::of(&answer);
        answer
    }
}

/// How it goes, the worst first.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Going {
    /// The books of this hub do not answer.
    Troubled,
    /// The company's hub knows this hub no longer: nothing is sent until a person has done something.
    Refused,
    /// Nobody answers there.
    Away,
    /// What is sent is answered with an error.
    Failing,
    /// As it should.
    #[default]
    Well,
}

/// Watches a worker and tells the log.
#[derive(Debug, Default)]
pub(super) struct Log(Going);

impl Going {
    fn of(status: &Status, last: &Last) -> Self {
        if status.trouble.is_some() {
            Self::Troubled
        } else if status.is_paused {
            Self::Refused
        } else if status.failures > 0 || status.failing.is_some() {
            if matches!(last, Last::Away(_)) { Self::Away } else { Self::Failing }
        } else {
            Self::Well
        }
    }
}

impl Log {
    /// Notes how it goes now, and writes a line if that is news.
    pub(super) fn note(&mut self, status: &Status, last: &Last) {
        let Some(news) = self.news(status, last) else { return };
        let waiting = status.progress.as_ref().map(|progress| progress.waiting);
        let last = last.to_string();
        match news {
            Going::Well => tracing::info!(waiting, "events are forwarded to the company's hub again"),
            Going::Away => {
                tracing::warn!(
                    waiting,
                    last,
                    "the company's hub is not reached: what is to be forwarded waits"
                );
            }
            Going::Failing => {
                tracing::warn!(waiting, last, "the company's hub does not take what is forwarded");
            }
            Going::Refused => {
                tracing::error!(waiting, last, "the company's hub refuses this hub: nothing is forwarded");
            }
            Going::Troubled => {
                tracing::error!(waiting, trouble = status.trouble, "the queue of events cannot be worked on");
            }
        }
    }

    fn news(&mut self, status: &Status, last: &Last) -> Option<Going> {
        let now = Going::of(status, last);
        (std::mem::replace(&mut self.0, now) != now).then_some(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_is_news_and_what_stays_is_none() {
        let mut log = Log::default();
        let failing = Status { failures: 1, ..Status::default() };
        let worse = Status { failures: 2, ..Status::default() };
        let refused = Status { failures: 2, is_paused: true, ..Status::default() };
        let troubled = Status { trouble: Some("the disk is full".to_owned()), ..Status::default() };
        let news = [&Status::default(), &failing, &worse, &refused, &troubled, &Status::default()]
            .map(|status| log.news(status, &Last::Answered));
        let expected = [
            None,
            Some(Going::Failing),
            None,
            Some(Going::Refused),
            Some(Going::Troubled),
            Some(Going::Well),
        ];
        assert_eq!(news, expected);
    }

    #[test]
    fn a_hub_that_is_not_reached_is_told_from_one_that_refuses_in_plain_words() {
        let body = br#"{"code":"too_many_requests"}"#.to_vec();
        let refused = Last::of(&Ok(Response { status: 429, body, ..Response::default() }));
        assert_eq!(refused.to_string(), "it answered 429 too_many_requests");
        let broken = Last::of(&Ok(Response { status: 502, body: b"<html>".to_vec(), ..Response::default() }));
        assert_eq!(broken.to_string(), "it answered 502");
        let away = Last::of(&Err(Unreachable::TooSlow));
        assert_eq!(away.to_string(), "the hub did not answer in time");
        assert_eq!(Last::of(&Ok(Response { status: 200, ..Response::default() })), Last::Answered);
        let mut log = Log::default();
        let failing = Status { failures: 1, ..Status::default() };
        let news = [&away, &away, &refused].map(|last| log.news(&failing, last));
        assert_eq!(news, [Some(Going::Away), None, Some(Going::Failing)]);
    }
}
