//! What the till was doing when it stopped.

use chrono::{Days, TimeDelta};
use saleflex_core::{
    cashier::{OnDuty, Role},
    document::{CancelCause, Command, Document, Event, Facts, State},
    ids::{CashierId, DocumentId},
    journal::Event as JournalEvent,
    money::Money,
    settings::RecoveryRule,
    time::Moment,
};
use uuid::Uuid;

use super::{OpenDocument, Till, selling::LookedUp};
use crate::{
    books::{
        drafts::{self, Aside},
        journal,
    },
    error::Error,
};

/// How far a clock is put right without anybody being told.
const MOST_SET_BACK: TimeDelta = TimeDelta::minutes(5);

/// A document that was open when the till stopped.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Recovered {
    /// The document that was open.
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

/// What was done to a document last before the till stopped.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LastDone {
    /// The document.
    pub document: DocumentId,
    /// Whether it was completed.
    pub is_complete: bool,
    /// The change that was handed out with it.
    pub change: Money,
}

/// Recovery.
impl Till {
    /// What the journal ends with, where that completed a document or gave change out: of what the power went away with
    /// nobody may have seen it. Nothing where something else was done since, such as logging out, an open document that the
    /// start itself put aside, or what came from the hub.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn last_done(&self) -> Result<Option<LastDone>, Error> {
        let last = journal::read(self.connection(), self.head.seq)?;
        let JournalEvent::Document(events) = &last.event else { return Ok(None) };
        let is_complete = events.iter().any(|event| matches!(event, Event::DocumentCompleted { .. }));
        let given = events.iter().filter_map(|event| {
            if let Event::ChangeGiven { amount, .. } = event { Some(*amount) } else { None }
        });
        let done = LastDone { document: DocumentId::new(last.entity), is_complete, change: given.sum() };
        Ok((is_complete || done.change.is_positive()).then_some(done))
    }

    /// Whether the clock shows an hour before that of the last entry, by itself or by another time zone: what is sold would
    /// stand before what was sold already. That a clock is put right by some minutes, and the hour that summer time ends
    /// with, is nothing to tell of.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn clock_went_back(&mut self) -> Result<bool, Error> {
        let last = journal::read(self.connection(), self.head.seq)?.at;
        let now = self.shell.now();
        let is_set_back = last.instant - now.instant > MOST_SET_BACK;
        Ok(is_set_back || last.local - now.local > MOST_SET_BACK + TimeDelta::hours(1))
    }

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
        let now = self.shell.now();
        let outcome = match self.settings.recovery {
            RecoveryRule::Continue => RecoveryOutcome::Continued,
            RecoveryRule::Park => {
                let command = Command::Suspend { name: None };
                self.end(&command, CancelCause::PowerLoss, None, now)?.unwrap_or(RecoveryOutcome::Parked)
            }
            RecoveryRule::Cancel => self
                .end(&Command::Cancel { reason: None }, CancelCause::PowerLoss, None, now)?
                .unwrap_or(RecoveryOutcome::Cancelled),
        };
        let repriced_from = rebuilt.written.filter(|_| !is_as_written).map(|(net_due, _)| net_due);
        self.recovered = Some(Recovered { document, outcome, repriced_from });
        Ok(())
    }

    /// Ends a document by the till's own hand: one that is put aside, else the open one. One that cannot be ended so,
    /// because money was taken, goes on.
    fn end(
        &mut self,
        command: &Command,
        cause: CancelCause,
        aside: Option<Aside>,
        moment: Moment,
    ) -> Result<Option<RecoveryOutcome>, Error> {
        let next = self.next_document()?;
        let system = OnDuty::with_role(SYSTEM, Role::Administrator);
        let facts = Facts {
            suspended: aside.as_ref().map(|aside| &aside.document),
            cause,
            ..Facts::new(moment, &system, &self.settings.policy, self.facts(), next)
        };
        let draft = self.open.as_ref().filter(|_| aside.is_none()).map(|open| &open.draft);
        let about = aside.as_ref().map_or_else(|| self.draft(), |aside| Some(aside.document.document()));
        let points = self.look_up_points(about, None, None, moment)?;
        match self.decide(draft, command, facts, &points) {
            Ok(outcome) => {
                self.keep(outcome, moment, None, None, LookedUp::of_aside(aside))?;
                Ok(None)
            }
            Err(Error::Refused(_)) => Ok(Some(RecoveryOutcome::Continued)),
            Err(error) => Err(error),
        }
    }

    /// Leaves an open document that never had a line; its number is free again.
    pub(super) fn leave_empty_document(&mut self, now: Moment) -> Result<(), Error> {
        if self.draft().is_some_and(Document::is_blank) {
            self.end(&Command::Cancel { reason: None }, CancelCause::Application, None, now)?;
        }
        Ok(())
    }

    /// Closes the sales that were put aside longer ago than the store lets one wait. An order waits for its goods,
    /// and what money was taken for waits for its customer. What cannot be read stays: it keeps nobody from logging in, and
    /// whoever asks for the list hears of it. Whether one was closed.
    pub(super) fn cancel_outlived(&mut self, now: Moment) -> Result<bool, Error> {
        let Some(days) = self.settings.suspended_days else { return Ok(false) };
        let oldest = now.local.date().checked_sub_days(Days::new(days.into()));
        let mut is_any = false;
        for aside in drafts::readable_aside(self.connection())? {
            let suspended = &aside.document;
            let is_outlived = oldest.is_some_and(|oldest| suspended.suspended_at().local.date() < oldest);
            if is_outlived && !suspended.document().kind.takes_deposits() {
                let command = Command::CancelSuspended { reason: None };
                is_any |= self.end(&command, CancelCause::TooOld, Some(aside), now)?.is_none();
            }
        }
        Ok(is_any)
    }
}

/// Whose word stands for what the till does by itself.
pub(super) const SYSTEM: CashierId = CashierId::new(Uuid::nil());
