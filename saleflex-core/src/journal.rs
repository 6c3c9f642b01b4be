//! The journal: an entry for every committed command, frozen as bytes under a chain of digests.
//!
//! An [`Entry`] says who did what and when ([`Event`]) and everything that followed ([`Effects`]). Its canonical
//! JSON is what a till freezes, what the chain of digests is over, and what a hub receives and applies in one
//! transaction.
//!
//! **Invariant:** the bytes carry identities of customers, never what a customer table knows of them, so that a
//! person can be erased and the chain stays whole. The name a document is put aside under is no part of them. What a
//! cashier types freely besides (a note, a reason, a reference) is frozen as typed.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    checkout::Effects,
    closure::{Closure, Correction, DocumentFigures, DocumentMark, FinishedOutlines},
    customer::CustomerChange,
    digest::Digest,
    document::{self, ENGINE_VERSION},
    ids::{CashierId, ClosureNumber},
    time::Moment,
    written,
};

mod event;
mod made_with;
#[cfg(test)]
mod tests;

pub use self::{
    event::{CopyOf, Event, EventKind, UsedFunction},
    made_with::{FirstShelves, MadeWith, Opening, opening_stock},
};

/// The version of the frozen bytes.
pub const SCHEMA_VERSION: u32 = 1;

/// Bytes that an entry mostly has at least, and for each line of a document that it completed.
const ROOM: usize = 2_048;
const ROOM_OF_A_LINE: usize = 1_024;

/// What one committed command left behind.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Entry {
    /// The version of this shape.
    pub schema: u32,
    /// The version of the rules it was priced by, [`ENGINE_VERSION`].
    pub engine: u32,
    /// What it is about: a document, a closure, a customer's record; of an exchange, the return it began with. An event
    /// that replaces none before it has an identity of its own, so that no two that travel share kind, entity and
    /// revision.
    pub entity: Uuid,
    /// When it was committed.
    pub at: Moment,
    /// Who was logged in; none when the till did it by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cashier: Option<CashierId>,
    /// The period that was open.
    pub period: ClosureNumber,
    /// The command as its caller identified it, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<CommandMark>,
    /// What happened.
    pub event: Event,
    /// What followed from it.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub effects: Effects,
}

fn is_nothing(effects: &Effects) -> bool {
    *effects == Effects::default()
}

/// The identity a caller gave to a command, and what it was: asked again under it, a till answers what came of it
/// the first time, and refuses another command.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CommandMark {
    /// The id that the caller gave the command.
    pub id: Uuid,
    /// The digest of the command's canonical JSON, without the name a document is put aside under.
    pub digest: Digest,
}

/// Bytes that are no entry of a journal, or an entry that JSON cannot hold.
#[derive(Debug, thiserror::Error)]
#[error("not an entry of a journal")]
pub struct NotAnEntry(#[source] serde_json::Error);

impl Entry {
    /// An entry of the present version from which nothing else followed.
    pub fn new(
        entity: Uuid,
        at: Moment,
        cashier: Option<CashierId>,
        period: ClosureNumber,
        event: Event,
    ) -> Self {
        let (schema, engine) = (SCHEMA_VERSION, ENGINE_VERSION);
        let effects = Effects::default();
        Self { schema, engine, entity, at, cashier, period, command: None, event, effects }
    }

    /// The same with what followed.
    #[must_use]
    pub fn with_effects(self, effects: Effects) -> Self {
        Self { effects, ..self }
    }

    /// The same under a caller's identity.
    #[must_use]
    pub fn marked(self, command: Option<CommandMark>) -> Self {
        Self { command, ..self }
    }

    /// What kind of event it is about.
    pub fn kind(&self) -> EventKind {
        let is_finished = !self.effects.completed.is_empty() || self.effects.cancelled.is_some();
        self.event.kind(is_finished)
    }

    /// What happened to a document; nothing in an entry about something else.
    pub fn document_events(&self) -> &[document::Event] {
        if let Event::Document(events) = &self.event { events } else { &[] }
    }

    /// The period it closed.
    pub fn closure(&self) -> Option<&Closure> {
        if let Event::PeriodClosed(closure) = &self.event { Some(closure) } else { None }
    }

    /// The correction of a closed period that it made.
    pub fn correction(&self) -> Option<&Correction> {
        if let Event::ClosureCorrected(correction) | Event::ClosureAmended(correction) = &self.event {
            Some(correction)
        } else {
            None
        }
    }

    /// Among entries of one kind about one entity the higher is the later; none where entries of a kind do not
    /// replace each other. A finished document and a closure have 1: they never change.
    pub fn revision(&self) -> Option<u32> {
        if let Event::Customer(CustomerChange::Saved { revision, .. }) = self.event {
            return Some(revision);
        }
        self.kind().travels().then_some(1)
    }

    /// The period that a document belongs to or that a closure closes.
    pub fn depends_on_closure(&self) -> Option<ClosureNumber> {
        matches!(self.kind(), EventKind::Transaction | EventKind::Closure).then_some(self.period)
    }

    /// The frozen bytes: JSON with the fields in the order of the types and without blanks.
    ///
    /// # Errors
    /// [`NotAnEntry`] for a value that JSON cannot hold; no type of this crate has one.
    pub fn to_bytes(&self) -> Result<Vec<u8>, NotAnEntry> {
        written::json::to_bytes(self, self.room()).map_err(NotAnEntry)
    }

    /// About how many bytes it is frozen as: bytes that grow are copied over and over.
    fn room(&self) -> usize {
        let lines = self.effects.completed.iter().map(|completed| completed.document().lines.len());
        ROOM + ROOM_OF_A_LINE * lines.sum::<usize>()
    }

    /// Reads frozen bytes.
    ///
    /// # Errors
    /// [`NotAnEntry`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NotAnEntry> {
        serde_json::from_slice(bytes).map_err(NotAnEntry)
    }
}

/// The figures of the documents that an entry finished and that count somewhere, in the order they are numbered, with
/// their marks. They are those of [`DocumentFigures::of`] and [`DocumentFigures::cancelled`], but of the frozen bytes nothing
/// is made that no report asks for: what a period adds up to is read so, sooner than from whole documents.
///
/// # Errors
/// [`NotAnEntry`].
pub fn finished_figures(
    bytes: &[u8],
) -> Result<impl Iterator<Item = (DocumentMark, DocumentFigures)> + use<>, NotAnEntry> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct OfEntry {
        effects: FinishedOutlines,
    }
    let entry: OfEntry = serde_json::from_slice(bytes).map_err(NotAnEntry)?;
    Ok(entry.effects.figures())
}

/// The end of a chain of digests.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ChainHead {
    /// The last entry's place.
    pub seq: i64,
    /// Its link of the chain; zeros before the first entry.
    pub link: Digest,
}

impl ChainHead {
    /// The end of the chain when one more payload is appended: its link is the digest over the link before and the
    /// digest of the payload.
    #[must_use]
    pub fn then(&self, payload: &Digest) -> Self {
        let link = Digest::of_parts([self.link.bytes().as_slice(), payload.bytes()]);
        Self { seq: self.seq + 1, link }
    }
}
