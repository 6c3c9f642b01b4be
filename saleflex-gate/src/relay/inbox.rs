//! The definitions of a store's hub behind the port of whoever pulls: what the company's hub defines is defined here, and
//! the store's tills take it from here.

use chrono::{DateTime, Utc};
use saleflex_sync::{
    inbox::Inbox,
    wire::{Change, ChangesPage, Cursor, Notification},
};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::{
    Hub,
    db::{Books, DatabaseError, Tenant},
    definitions::{self, NewRow, RESOURCES, SEQUENCES, SETTINGS},
};

/// What comes from the company's hub.
#[derive(Debug)]
pub struct RelayInbox {
    books: Books,
    company: Uuid,
}

impl RelayInbox {
    pub(super) fn new(hub: &Hub, company: Uuid) -> Self {
        Self { books: hub.books.clone(), company }
    }

    fn place(&self, cursor: Option<&Cursor>, now: Option<DateTime<Utc>>) -> Result<(), DatabaseError> {
        let company = self.company;
        self.books.write_waiting(Tenant::Company(company), |session| place(session, company, cursor, now))
    }
}

fn place(
    session: &mut dyn crate::db::Session,
    company: Uuid,
    cursor: Option<&Cursor>,
    now: Option<DateTime<Utc>>,
) -> Result<(), DatabaseError> {
    session.execute(
        "INSERT INTO upstream (company_id, queued, cursor, pulled_at) VALUES ($1, 0, $2, $3) \
         ON CONFLICT (company_id) DO UPDATE SET cursor = excluded.cursor, pulled_at = excluded.pulled_at",
        &[
            company.into(),
            cursor.map(|cursor| cursor.as_str().to_owned()).into(),
            now.map(|now| now.timestamp_millis()).into(),
        ],
    )?;
    Ok(())
}

/// The row as this hub keeps it. A terminal's own rows and numbers are this hub's to keep.
fn row(change: &Change) -> Option<NewRow> {
    let resource = RESOURCES.into_iter().find(|known| *known == change.resource)?;
    if matches!(resource, SEQUENCES | SETTINGS) {
        return None;
    }
    let mut body = change.row.clone();
    body.insert("id".to_owned(), Json::String(change.id.to_string()));
    body.insert("is_deleted".to_owned(), change.is_deleted.into());
    Some(NewRow { resource, id: change.id, store: None, terminal: None, body })
}

impl Inbox for RelayInbox {
    type Error = DatabaseError;

    fn cursor(&self) -> Result<Option<Cursor>, DatabaseError> {
        let company = self.company;
        let rows = self.books.write_waiting(Tenant::Company(company), |session| {
            session.query("SELECT cursor FROM upstream WHERE company_id = $1", &[company.into()])
        })?;
        let Some(row) = rows.first() else { return Ok(None) };
        // One that is none was not written by this program: everything is asked for anew.
        Ok(row.optional_text(0)?.and_then(|cursor| Cursor::parse(cursor).ok()))
    }

    fn keep(&mut self, now: DateTime<Utc>, page: &ChangesPage) -> Result<(), DatabaseError> {
        let company = self.company;
        let rows: Vec<NewRow> = page.items.iter().filter_map(row).collect();
        self.books.write_waiting(Tenant::Company(company), |session| {
            definitions::put(session, company, &rows, now)?;
            place(session, company, Some(&page.next_cursor), Some(now))
        })
    }

    fn start_over(&mut self) -> Result<(), DatabaseError> {
        self.place(None, None)
    }

    /// Messages are for people at a till; a hub has none.
    fn keep_messages(&mut self, _: &[Notification]) -> Result<u64, DatabaseError> {
        Ok(0)
    }

    fn read_messages(&self) -> Result<Vec<Uuid>, DatabaseError> {
        Ok(Vec::new())
    }

    fn message_reported(&mut self, _: Uuid) -> Result<(), DatabaseError> {
        Ok(())
    }
}
