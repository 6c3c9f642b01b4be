//! Buyers who were too young: what a cashier learned of them is not forgotten with the next key.

use chrono::NaiveDate;
use saleflex_core::{
    document::{self, AgeRefused},
    journal::Event,
};

use super::Till;
use crate::error::Error;

impl Till {
    /// When a buyer was born who was too young for something on the open document, or on the next where none is open.
    pub(super) fn refused_birth(&self) -> Option<NaiveDate> {
        let open = self.draft().map(|document| document.id);
        let (document, born) = self.refused_birth?;
        (document == open).then_some(born)
    }

    /// Keeps that a buyer was too young, and tells the audit trail.
    pub(super) fn keep_refused_age(&mut self, born: NaiveDate, minimum_age: u8) -> Result<(), Error> {
        let document = self.draft().map(|document| document.id);
        self.refused_birth = Some((document, born));
        let entity = self.shell.new_id();
        let refused = AgeRefused { document, minimum_age };
        self.commit_event(Event::AgeRefused(refused), entity, |_, _| Ok(()))
    }

    /// Whoever was too young before anything was rung up is the buyer of the document that begins then, and not of one that
    /// waited.
    pub(super) fn follow_refused_age(&mut self, events: &[document::Event]) {
        let begins = events.iter().any(|event| matches!(event, document::Event::DocumentOpened(_)));
        if let (true, Some((None, born)), Some(open)) = (begins, self.refused_birth, &self.open) {
            self.refused_birth = Some((Some(open.draft.document().id), born));
        }
    }
}
