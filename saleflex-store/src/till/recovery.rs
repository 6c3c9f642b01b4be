//! What the till was doing when it stopped.

use saleflex_core::{
    cashier::{OnDuty, Role},
    document::{CancelCause, Command, Facts, State},
    ids::{CashierId, DocumentId},
    money::Money,
    settings::RecoveryRule,
};
use uuid::Uuid;

use super::{OpenDocument, Till, selling::LookedUp};
use crate::{drafts, error::Error};

/// A document that was open when the till stopped.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Recovered {
    /// Which.
    pub document: DocumentId,
    /// What became of it.
    pub outcome: RecoveryOutcome,
    /// What was owed for it when it was written, where that differs from what is owed now: this program prices it
    /// otherwise than the one that wrote it. Look at it before going on.
    pub repriced_from: Option<Money>,
}

/// What became of a document that was open when the till stopped.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RecoveryOutcome {
    /// It is open again.
    Continued,
    /// It was put aside.
    Parked,
    /// It was closed without effect.
    Cancelled,
}

/// Recovery.
impl Till {
    /// The document that was open when the till stopped, and what became of it.
    pub const fn recovered(&self) -> Option<&Recovered> {
        self.recovered.as_ref()
    }

    /// Brings the open document back from its snapshot and the journal.
    pub(super) fn recover(&mut self) -> Result<(), Error> {
        let Some(rebuilt) = drafts::rebuild(self.connection())? else { return Ok(()) };
        let State::Draft(draft) = rebuilt.state else {
            return Err(Error::Contradiction { seq: rebuilt.seq });
        };
        let totals = draft.document().totals;
        let is_as_written = rebuilt.written.is_none_or(|written| written == (totals.net_due, totals.paid));
        let document = draft.document().id;
        let campaigns = self.in_force.set().clone();
        self.open = Some(OpenDocument { draft: *draft, root: rebuilt.root, original: None, campaigns });
        let outcome = match self.settings.recovery {
            RecoveryRule::Continue => RecoveryOutcome::Continued,
            RecoveryRule::Park => self.end(&Command::Suspend { name: None }, RecoveryOutcome::Parked)?,
            RecoveryRule::Cancel => {
                let command = Command::Cancel { cause: CancelCause::PowerLoss, reason: None };
                self.end(&command, RecoveryOutcome::Cancelled)?
            }
        };
        let repriced_from = rebuilt.written.filter(|_| !is_as_written).map(|(net_due, _)| net_due);
        self.recovered = Some(Recovered { document, outcome, repriced_from });
        Ok(())
    }

    /// Ends the open document by the till's own hand. One that cannot be ended so, because money was taken, goes
    /// on.
    fn end(&mut self, command: &Command, ended: RecoveryOutcome) -> Result<RecoveryOutcome, Error> {
        let moment = self.shell.now();
        let next = self.next_document()?;
        let system = OnDuty::with_role(SYSTEM, Role::Administrator);
        let facts = Facts {
            moment,
            cashier: &system,
            approval: None,
            policy: &self.settings.policy,
            till: self.facts(),
            next,
            item: None,
            stock: &[],
            customer: None,
            original: None,
            suspended: None,
            promotions: None,
        };
        let draft = self.open.as_ref().map(|open| &open.draft);
        let points = self.look_up_points(self.draft(), None, None, moment)?;
        match self.decide(draft, command, facts, &points) {
            Ok(outcome) => {
                self.keep(outcome, moment, None, None, LookedUp::default())?;
                Ok(ended)
            }
            Err(Error::Refused(_)) => Ok(RecoveryOutcome::Continued),
            Err(error) => Err(error),
        }
    }

    /// Leaves an open document that never had a line; its number is free again.
    pub(super) fn leave_empty_document(&mut self) -> Result<(), Error> {
        if self.draft().is_some_and(saleflex_core::document::Document::is_blank) {
            let command = Command::Cancel { cause: CancelCause::Application, reason: None };
            self.end(&command, RecoveryOutcome::Cancelled)?;
        }
        Ok(())
    }
}

/// Whose word stands for what the till does by itself.
const SYSTEM: CashierId = CashierId::new(Uuid::nil());
