//! What is noted of work sessions and breaks.

use chrono::{DateTime, Days, Utc};
use saleflex_core::{
    cashier::{access::Act, note::SessionNote, session::WorkSession},
    ids::CashierId,
    journal::Event,
    time::Moment,
};

use super::Till;
use crate::{
    books::index::{self, Topic},
    error::{Error, FieldFault},
};

/// A note as it was written down.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NotedSession {
    /// When.
    pub at: Moment,
    /// Who wrote it.
    pub by: Option<CashierId>,
    /// What it says, and of what.
    pub note: SessionNote,
}

/// Notes on work sessions.
impl Till {
    /// Notes something of a work session or of one of its breaks: of one's own whoever works here, of another's whoever may
    /// approve.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability; [`Error::BadField`] for a session or a break that there is not, and for a
    /// note that is empty or too long.
    pub fn note_session(&mut self, note: SessionNote) -> Result<(), Error> {
        if self.cashier_on_duty()?.id != note.cashier {
            self.act(Act::NoteSession)?;
        }
        let session = self.work_session(note.cashier, note.started_at)?;
        let letters = note.note.chars().count();
        let fault = if session.as_ref().is_none_or(|session| !note.is_of(session)) {
            Some(("session", FieldFault::Missing))
        } else if note.note.trim().is_empty() {
            Some(("note", FieldFault::Missing))
        } else if letters > SessionNote::LONGEST {
            Some(("note", FieldFault::TooLarge))
        } else {
            None
        };
        fault.map_or(Ok(()), |(field, fault)| Err(Error::bad_field(field, fault)))?;
        let entity = self.shell.new_id();
        self.commit_event(Event::SessionNoted(Box::new(note)), entity, |_, _| Ok(()))
    }

    /// What was noted of a work session and its breaks, in order.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn session_notes(&self, session: &WorkSession) -> Result<Vec<NotedSession>, Error> {
        let own = index::cashier(session.cashier);
        let entries = index::entries(self.connection(), Topic::SessionNote, &own)?;
        let notes = entries.into_iter().filter_map(|entry| {
            let Event::SessionNoted(note) = entry.event else { return None };
            Some(NotedSession { at: entry.at, by: entry.cashier, note: *note })
        });
        Ok(notes.filter(|noted| noted.note.is_of(session)).collect())
    }

    /// The work session of a cashier that began then.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn work_session(
        &self,
        cashier: CashierId,
        started: DateTime<Utc>,
    ) -> Result<Option<WorkSession>, Error> {
        // The day it began on is one of these, whatever the store's clock says.
        let (day, near) = (started.date_naive(), Days::new(2));
        let from = day.checked_sub_days(near).unwrap_or(day);
        let to = day.checked_add_days(near).unwrap_or(day);
        let mut sessions = self.work_sessions(from, to)?.into_iter();
        Ok(sessions.find(|one| one.cashier == cashier && one.started_at.instant == started))
    }

    /// The work session that lasts; none while nobody is logged in.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn open_session(&mut self) -> Result<Option<WorkSession>, Error> {
        let today = self.shell.now().business_date;
        let start = self.session_begun_before(self.head.seq + 1, today)?;
        Ok(self.sessions_since(start, |_, _| true)?.open().cloned())
    }
}
