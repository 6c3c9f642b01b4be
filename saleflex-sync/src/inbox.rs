//! The port between pulling and whoever keeps what came.

use std::error::Error;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::wire::{ChangesPage, Cursor, Notification, QuotasAnswer, QuotasRequest, Signal};

/// Where a till is in the changes of its hub, and what came and was not taken over yet.
///
/// **Invariant:** a page, its cursor and who decides are kept in one transaction, so that a crash repeats at most one
/// page; and a page twice is as good as once.
pub trait Inbox {
    /// What can go wrong with the disk.
    type Error: Error + Send + Sync + 'static;

    /// Where the till is; none before the first page.
    ///
    /// # Errors
    /// A failure of the disk.
    fn cursor(&self) -> Result<Option<Cursor>, Self::Error>;

    /// When the last page came; none before the first, and of whoever does not say.
    ///
    /// # Errors
    /// A failure of the disk.
    fn pulled_at(&self) -> Result<Option<DateTime<Utc>>, Self::Error> {
        Ok(None)
    }

    /// Keeps a page, its cursor and who decides.
    ///
    /// # Errors
    /// A failure of the disk.
    fn keep(&mut self, now: DateTime<Utc>, page: &ChangesPage) -> Result<(), Self::Error>;

    /// Forgets the cursor: the next pages are a snapshot, and what it does not hold is gone when it is whole.
    ///
    /// # Errors
    /// A failure of the disk.
    fn start_over(&mut self) -> Result<(), Self::Error>;

    /// Keeps messages that are not known yet; answers how many.
    ///
    /// # Errors
    /// A failure of the disk.
    fn keep_messages(&mut self, messages: &[Notification]) -> Result<u64, Self::Error>;

    /// Keeps what a signal asks of the people at the till, once each: it stands among the messages, in the words of the
    /// till. What a till does by itself is none of it.
    ///
    /// # Errors
    /// A failure of the disk.
    fn keep_signals(&mut self, _signals: &[Signal]) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Messages that were read and the hub does not know it.
    ///
    /// # Errors
    /// A failure of the disk.
    fn read_messages(&self) -> Result<Vec<Uuid>, Self::Error>;

    /// The hub knows it now.
    ///
    /// # Errors
    /// A failure of the disk.
    fn message_reported(&mut self, id: Uuid) -> Result<(), Self::Error>;

    /// What to ask of limits that the hub lends shares of; none for whoever is lent nothing.
    ///
    /// # Errors
    /// A failure of the disk.
    fn quotas(&mut self) -> Result<Option<QuotasRequest>, Self::Error> {
        Ok(None)
    }

    /// Whether the hub must hear of a share before the usual time.
    ///
    /// # Errors
    /// A failure of the disk.
    fn quotas_wait(&self) -> Result<bool, Self::Error> {
        Ok(false)
    }

    /// Whether something is held of what the hub lends.
    ///
    /// # Errors
    /// A failure of the disk.
    fn holds_shares(&self) -> Result<bool, Self::Error> {
        Ok(false)
    }

    /// Keeps what the hub lent on a request.
    ///
    /// # Errors
    /// A failure of the disk.
    fn keep_quotas(
        &mut self,
        _now: DateTime<Utc>,
        _request: &QuotasRequest,
        _answer: &QuotasAnswer,
    ) -> Result<(), Self::Error> {
        Ok(())
    }
}
