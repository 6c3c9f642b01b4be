//! The store's inbox behind the port.

use chrono::{DateTime, Utc};
use saleflex_store::inbox::{self as stored, PulledPage, PulledRow};
use uuid::Uuid;

use crate::{
    inbox::Inbox,
    wire::{ChangesPage, Cursor, Notification},
};

/// The inbox of a till.
#[derive(Debug)]
pub struct TillInbox(stored::Inbox);

impl TillInbox {
    /// The inbox of a connector, [`saleflex_store::Till::inbox`].
    pub const fn new(inbox: stored::Inbox) -> Self {
        Self(inbox)
    }
}

impl Inbox for TillInbox {
    type Error = saleflex_store::Error;

    fn cursor(&self) -> Result<Option<Cursor>, Self::Error> {
        // One that is none was not written by this program: everything is asked for anew.
        Ok(self.0.state()?.cursor.and_then(|cursor| Cursor::parse(&cursor).ok()))
    }

    fn keep(&mut self, now: DateTime<Utc>, page: &ChangesPage) -> Result<(), Self::Error> {
        let rows = page.items.iter().map(|change| PulledRow {
            resource: change.resource.clone(),
            id: change.id,
            version: change.version,
            is_deleted: change.is_deleted,
            fields: serde_json::Value::Object(change.row.clone()).to_string(),
        });
        let (cursor, has_more) = (page.next_cursor.to_string(), page.has_more);
        self.0.keep(now, &PulledPage { rows: rows.collect(), cursor, has_more })
    }

    fn start_over(&mut self) -> Result<(), Self::Error> {
        self.0.start_over()
    }

    fn keep_messages(&mut self, messages: &[Notification]) -> Result<u64, Self::Error> {
        let messages = messages.iter().map(|message| stored::Message {
            id: message.id,
            kind: message.kind.to_string(),
            title: message.title.clone(),
            body: message.body.clone(),
            created_at: message.created_at,
            expires_at: message.expires_at,
            requires_ack: message.requires_ack,
        });
        self.0.keep_messages(&messages.collect::<Vec<_>>())
    }

    fn read_messages(&self) -> Result<Vec<Uuid>, Self::Error> {
        self.0.read_messages()
    }

    fn message_reported(&mut self, id: Uuid) -> Result<(), Self::Error> {
        self.0.message_reported(id)
    }
}
