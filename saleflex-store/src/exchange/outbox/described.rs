//! The people whom an event is about, read when it is sent: the frozen bytes hold their ids alone.
//!
//! **Invariant:** nobody is described who was erased, taken out of use or made one with somebody else, however long ago
//! the event was committed; a record that cannot be read holds up no event.

use std::fmt;

use rusqlite::Connection;
use saleflex_core::{
    customer::Customer as Record,
    ids::CustomerId,
    journal::{Entry, Event, EventKind},
};

use super::OutgoingEvent;
use crate::{error::Error, people::customer};

/// What one of them adds to a request, roughly.
const BYTES: usize = 1_024;

/// A person whom an event is about, as the file knows them when the event is sent.
#[derive(Clone, Eq, PartialEq)]
pub struct Described {
    /// What is known of them.
    pub record: Record,
    /// The code they are found by.
    pub code: String,
}

impl fmt::Debug for Described {
    /// Without what identifies a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Described").field("record", &self.record).finish_non_exhaustive()
    }
}

/// The people whom an event is about.
pub(super) fn described(connection: &Connection, event: &OutgoingEvent) -> Result<Vec<Described>, Error> {
    if event.kind != EventKind::Customer.name() {
        return Ok(Vec::new());
    }
    // What no entry can be read from is sent as it is frozen, and says of nobody.
    let entry = Entry::from_bytes(&event.payload).ok().map(|entry| entry.event);
    let Some(Event::Customer(change)) = entry else { return Ok(Vec::new()) };
    let mut people = Vec::new();
    for id in change.described() {
        match one(connection, *id) {
            Ok(person) => people.extend(person),
            // A record that is damaged holds up nothing of what was sold.
            Err(Error::Database(cause)) if cause.sqlite_error_code().is_none() => {}
            Err(other) => return Err(other),
        }
    }
    Ok(people)
}

fn one(connection: &Connection, id: CustomerId) -> Result<Option<Described>, Error> {
    let record = customer::record(connection, id)?;
    let Some(record) = record.filter(|record| record.is_live() && !record.is_walk_in) else {
        return Ok(None);
    };
    let code = customer::find(connection, id)?.map(|known| known.code).unwrap_or_default();
    Ok(Some(Described { record, code }))
}

/// What is sent of an event, in bytes.
pub(super) fn size(event: &OutgoingEvent) -> usize {
    event.payload.len() + event.people.len() * BYTES
}
