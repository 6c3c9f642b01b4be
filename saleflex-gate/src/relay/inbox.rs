//! The definitions of a store's hub behind the port of whoever pulls: what the company's hub defines is defined here, and
//! the store's tills take it from here.

use chrono::{DateTime, Utc};
use saleflex_sync::{
    inbox::Inbox,
    wire::{Change, ChangesPage, Cursor, Notification, QuotasAnswer, QuotasRequest},
};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::{
    Hub,
    authority::{self, Deciders},
    db::{DatabaseError, Session, Tenant},
    definitions::{self, CASHIERS, NewRow, SEQUENCES, SETTINGS, phones::CUSTOMERS},
    offers::quotas,
};

/// What comes from the company's hub.
#[derive(Debug)]
pub struct RelayInbox {
    hub: Hub,
    company: Uuid,
}

impl RelayInbox {
    pub(super) fn new(hub: &Hub, company: Uuid) -> Self {
        Self { hub: hub.clone(), company }
    }

    fn write<T>(
        &self,
        work: impl FnOnce(&mut dyn Session) -> Result<T, DatabaseError>,
    ) -> Result<T, DatabaseError> {
        self.hub.books.write_waiting(Tenant::Company(self.company), work)
    }
}

/// Where this hub is in the changes of the company's.
#[derive(Default)]
struct Place {
    /// None before the first page, and where a text stands that is no cursor: everything is asked for anew then, as a
    /// snapshot.
    cursor: Option<Cursor>,
    /// How many snapshots began.
    snapshots: i64,
    /// Whether the last of them is not whole yet.
    is_snapshot: bool,
}

impl Place {
    fn read(session: &mut dyn Session, company: Uuid) -> Result<Self, DatabaseError> {
        let rows = session.query(
            "SELECT cursor, snapshots, is_snapshot FROM upstream WHERE company_id = $1",
            &[company.into()],
        )?;
        let Some(row) = rows.first() else { return Ok(Self::default()) };
        let cursor = row.optional_text(0)?.and_then(|text| Cursor::parse(text).ok());
        Ok(Self { cursor, snapshots: row.integer(1)?, is_snapshot: row.flag(2)? })
    }

    fn write(
        &self,
        session: &mut dyn Session,
        company: Uuid,
        pulled_at: DateTime<Utc>,
    ) -> Result<(), DatabaseError> {
        session.execute(
            "INSERT INTO upstream (company_id, queued, cursor, pulled_at, snapshots, is_snapshot) \
             VALUES ($1, 0, $2, $3, $4, $5) ON CONFLICT (company_id) DO UPDATE SET cursor = excluded.cursor, \
             pulled_at = excluded.pulled_at, snapshots = excluded.snapshots, is_snapshot = excluded.is_snapshot",
            &[
                company.into(),
                self.cursor.as_ref().map(Cursor::as_str).into(),
                pulled_at.timestamp_millis().into(),
                self.snapshots.into(),
                self.is_snapshot.into(),
            ],
        )?;
        Ok(())
    }
}

/// Notes that rows came from the company's hub.
fn see(
    session: &mut dyn Session,
    company: Uuid,
    (rows, snapshot): (&[NewRow], i64),
) -> Result<(), DatabaseError> {
    for row in rows {
        session.execute(
            "INSERT INTO upstream_row (company_id, resource, definition_id, seen_in) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (company_id, resource, definition_id) DO UPDATE SET seen_in = excluded.seen_in",
            &[company.into(), row.resource.into(), row.id.into(), snapshot.into()],
        )?;
    }
    Ok(())
}

/// Takes away what came from the company's hub and a whole snapshot of it did not hold, where that hub decides. Nobody goes
/// by that: tills know people first, and a hub whose books were put back has yet to hear of them again.
fn sweep(
    session: &mut dyn Session,
    company: Uuid,
    (snapshot, deciders): (i64, &Deciders),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let unseen = session.query(
        "SELECT d.resource, d.definition_id, d.body FROM upstream_row u JOIN definition d \
         ON d.company_id = u.company_id AND d.resource = u.resource AND d.definition_id = u.definition_id \
         WHERE u.company_id = $1 AND u.seen_in < $2 AND d.is_deleted = 0 AND d.resource <> 'customers'",
        &[company.into(), snapshot.into()],
    )?;
    let mut gone = Vec::new();
    for row in &unseen {
        let name = row.text(0)?;
        let Some(resource) = definitions::named(name) else { continue };
        if !is_pulled(resource, deciders) {
            continue;
        }
        let body = serde_json::from_str::<Map<String, Json>>(row.text(2)?);
        let mut body = body.map_err(|_| DatabaseError::Column { column: 2, expected: "a JSON object" })?;
        body.insert("is_deleted".to_owned(), true.into());
        gone.push(NewRow { resource, id: row.id(1)?, store: None, terminal: None, body });
    }
    definitions::put(session, company, &gone, now).map(drop)
}

/// Whether rows of a resource are taken from the company's hub.
fn is_pulled(resource: &str, deciders: &Deciders) -> bool {
    authority::is_of_the_company(deciders, &authority::domain_of(resource))
}

/// Follows the company's hub in who decides; whether there is a domain that comes from it now and did not before.
fn heed(session: &mut dyn Session, company: Uuid, told: &Deciders) -> Result<bool, DatabaseError> {
    let before = authority::of(session, company)?;
    authority::put(session, company, told)?;
    let comes = |domain| authority::is_of_the_company(told, domain);
    Ok(before.keys().any(|domain| !authority::is_of_the_company(&before, domain) && comes(domain)))
}

/// The row as this hub keeps it. A terminal's own rows and numbers are this hub's to keep.
fn row(change: &Change) -> Option<NewRow> {
    let resource = definitions::named(&change.resource)?;
    if matches!(resource, SEQUENCES | SETTINGS) {
        return None;
    }
    let mut body = change.row.clone();
    if resource == CASHIERS {
        // What stands for a passcode is of whom the row was made for: this hub makes its own for each of its terminals.
        body.remove("password");
    }
    body.insert("id".to_owned(), Json::String(change.id.to_string()));
    body.insert("is_deleted".to_owned(), change.is_deleted.into());
    Some(NewRow { resource, id: change.id, store: None, terminal: None, body })
}

impl Inbox for RelayInbox {
    type Error = DatabaseError;

    fn cursor(&self) -> Result<Option<Cursor>, DatabaseError> {
        Ok(self.write(|session| Place::read(session, self.company))?.cursor)
    }

    fn pulled_at(&self) -> Result<Option<DateTime<Utc>>, DatabaseError> {
        self.write(|session| {
            let sql = "SELECT pulled_at FROM upstream WHERE company_id = $1";
            let rows = session.query(sql, &[self.company.into()])?;
            rows.first().map_or(Ok(None), |row| row.optional_time(0))
        })
    }

    /// Keeps a page. The first page without a cursor before it begins a snapshot; with its last one, whatever came from
    /// the company's hub before and is not in it is gone. Rows of a domain in which that hub does not decide are not taken;
    /// when it decides again, everything is asked for anew.
    fn keep(&mut self, now: DateTime<Utc>, page: &ChangesPage) -> Result<(), DatabaseError> {
        let company = self.company;
        let rows: Vec<NewRow> = page.items.iter().filter_map(row).collect();
        self.write(|session| {
            let told = page.authority.as_ref();
            let is_behind = told.map_or(Ok(false), |told| heed(session, company, told))?;
            if let Some(policy) = &page.quota_policy {
                let values = [company.into(), policy.as_str().into()];
                session.execute("UPDATE company SET quota_policy = $2 WHERE company_id = $1", &values)?;
            }
            let deciders = authority::of(session, company)?;
            let mut place = Place::read(session, company)?;
            if place.cursor.is_none() {
                place.snapshots += 1;
                place.is_snapshot = true;
            }
            // Who is erased is erased, whoever decides about customers.
            let is_taken = |row: &&NewRow| {
                is_pulled(row.resource, &deciders)
                    || (row.resource == CUSTOMERS && definitions::is_erased(&row.body))
            };
            let taken = rows.iter().filter(is_taken).cloned();
            definitions::put(session, company, &taken.collect::<Vec<_>>(), now)?;
            see(session, company, (&rows, place.snapshots))?;
            if place.is_snapshot && !page.has_more {
                sweep(session, company, (place.snapshots, &deciders), now)?;
                place.is_snapshot = false;
            }
            place.cursor = (!is_behind).then(|| page.next_cursor.clone());
            place.write(session, company, now)
        })
    }

    fn start_over(&mut self) -> Result<(), DatabaseError> {
        self.write(|session| {
            let sql = "UPDATE upstream SET cursor = NULL WHERE company_id = $1";
            session.execute(sql, &[self.company.into()]).map(drop)
        })
    }

    /// What this hub borrows for its tills.
    fn quotas(&mut self) -> Result<Option<QuotasRequest>, DatabaseError> {
        let now = self.hub.now();
        self.write(|session| quotas::asks(session, (self.company, &self.hub.offers), now))
    }

    fn quotas_wait(&self) -> Result<bool, DatabaseError> {
        self.write(|session| quotas::waits(session, self.company))
    }

    fn holds_shares(&self) -> Result<bool, DatabaseError> {
        self.write(|session| quotas::holds(session, self.company))
    }

    fn keep_quotas(
        &mut self,
        _: DateTime<Utc>,
        request: &QuotasRequest,
        answer: &QuotasAnswer,
    ) -> Result<(), DatabaseError> {
        self.write(|session| quotas::keep(session, self.company, request, answer))
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
