//! How forwarding goes, said in the log whenever it changes: a hub whose events pile up must not be silent.

use saleflex_sync::worker::thread::Status;

/// How it goes, the worst first.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Going {
    /// The books of this hub do not answer.
    Troubled,
    /// The company's hub knows this hub no longer: nothing is sent until a person has done something.
    Refused,
    /// What is sent is not answered, or with an error.
    Failing,
    /// As it should.
    #[default]
    Well,
}

/// Watches a worker and tells the log.
#[derive(Debug, Default)]
pub(super) struct Log(Going);

impl Going {
    fn of(status: &Status) -> Self {
        if status.trouble.is_some() {
            Self::Troubled
        } else if status.is_paused {
            Self::Refused
        } else if status.failures > 0 || status.failing.is_some() {
            Self::Failing
        } else {
            Self::Well
        }
    }
}

impl Log {
    /// Notes how it goes now, and writes a line if that is news.
    pub(super) fn note(&mut self, status: &Status) {
        let Some(news) = self.news(status) else { return };
        let waiting = status.progress.as_ref().map(|progress| progress.waiting);
        let last = format!("{:?}", status.last);
        match news {
            Going::Well => tracing::info!(waiting, "events are forwarded to the company's hub again"),
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

    fn news(&mut self, status: &Status) -> Option<Going> {
        let now = Going::of(status);
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
            .map(|status| log.news(status));
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
}
