//! An event as it is read, before anything is asked of the books.
//!
//! **Invariant:** what is worked out here follows from the event alone, whichever hub reads it and when.

use std::sync::OnceLock;

use saleflex_core::{
    document::{Cancelled, Document, ENGINE_VERSION},
    ids::DocumentId,
    journal::{Entry, SCHEMA_VERSION},
};

use super::bounds;
use crate::stock::Moved;

/// An event that this program can read.
#[derive(Debug)]
pub(crate) struct Read {
    pub(super) entry: Entry,
    /// What it moves on the shelves.
    pub(crate) moved: Moved,
    /// Whether that is all that it moves.
    pub(super) is_moved_whole: bool,
    /// Those of its documents whose figures are not what they come to when they are derived anew.
    drifting: OnceLock<Vec<DocumentId>>,
    /// The version of its shape.
    shape: u32,
}

impl Read {
    /// Reads what came as `body` in a version of its shape; none where this program cannot.
    pub(crate) fn of(body: &str, shape: u32) -> Option<Box<Self>> {
        let entry = Entry::from_bytes(body.as_bytes()).ok().filter(|entry| bounds::holds(body, entry))?;
        let (moved, is_moved_whole) = Moved::of(&entry);
        Some(Box::new(Self { entry, moved, is_moved_whole, drifting: OnceLock::new(), shape }))
    }

    /// Derives its documents anew. That is done once, and by whoever needs it where nobody did before.
    pub(crate) fn derive(&self) -> &[DocumentId] {
        self.drifting.get_or_init(|| {
            let is_derived = |(_, rules): &(&Document, u32)| is_known(self.shape, *rules);
            let derived = finished(&self.entry).filter(is_derived).map(|(document, _)| document);
            let drifting = derived.filter(|document| document.derived_anew() != **document);
            drifting.map(|document| document.id).collect()
        })
    }

    /// The documents that it finished.
    pub(super) fn finished(&self) -> impl Iterator<Item = &Document> {
        finished(&self.entry).map(|(document, _)| document)
    }

    /// Whether the figures of one of its documents are not what it comes to.
    pub(super) fn drifts(&self, document: &Document) -> bool {
        self.derive().contains(&document.id)
    }
}

/// Whether this program knows all that an event of a shape may hold, and derives by these rules.
pub(super) const fn is_known(shape: u32, rules: u32) -> bool {
    shape <= SCHEMA_VERSION && rules == ENGINE_VERSION
}

/// The documents that an event finished, each with the version of the rules it was priced by.
fn finished(entry: &Entry) -> impl Iterator<Item = (&Document, u32)> {
    let completed = entry.effects.completed.iter();
    let completed = completed.map(|sale| (sale.document(), sale.pricing().engine_version));
    let cancelled = entry.effects.cancelled.as_deref().map(Cancelled::document);
    completed.chain(cancelled.map(|document| (document, entry.engine)))
}
