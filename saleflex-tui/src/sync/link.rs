//! A connection at work beside the till: one thread sends and asks, another hears at once what changes at the hub.

use std::time::Instant as Clock;

use saleflex_store::{Shell, Till};
use saleflex_sync::{
    till::TillInbox,
    worker::{
        Instant,
        thread::{Running, Status},
        watch::Watching,
    },
};

use super::{SyncError, SyncSettings, read_token};

/// A connection at work. Dropped, it ends with the request under way.
#[derive(Debug)]
pub struct Link {
    connector: &'static str,
    running: Running,
    _watching: Watching,
}

impl Link {
    /// Starts the connection that the settings name.
    ///
    /// # Errors
    /// [`SyncError`].
    pub fn start(
        settings: &SyncSettings,
        till: &Till,
        mut shell: impl Shell + 'static,
    ) -> Result<Self, SyncError> {
        let connector = settings.connector()?;
        let began = clock();
        let at = move || {
            // The last half of a new identity is random.
            let (_, random) = shell.new_id().as_u64_pair();
            let random = u32::try_from(random & u64::from(u32::MAX)).unwrap_or_default();
            Instant { elapsed: clock().duration_since(began), now: shell.now().instant, random }
        };
        let running = Running::start(settings.connect(till)?, settings.transport()?, at)?;
        let inbox = TillInbox::new(till.inbox(connector)?);
        let token = read_token(till.path())?;
        let watching = Watching::start(inbox, settings.transport()?, token, running.watched())?;
        Ok(Self { connector, running, _watching: watching })
    }

    /// The connector that events are queued for.
    pub const fn connector(&self) -> &'static str {
        self.connector
    }

    /// Something was committed at the till.
    pub fn wake(&self) {
        self.running.wake();
    }

    /// Somebody wants everything now.
    pub fn force(&self) {
        self.running.force();
    }

    /// How it is doing.
    pub fn status(&self) -> Status {
        self.running.status()
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where waits between requests are measured")]
fn clock() -> Clock {
    Clock::now()
}
