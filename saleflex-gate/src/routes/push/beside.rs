//! What a push needs to know beside what its events are entered by: how the till's sequence, its counters and the shelves of
//! its store are, and who else gave out what it brings.
//!
//! **Invariant:** the same is told and written whether it is asked before the events are entered or after that. It is asked
//! before, on the way that locks the terminal, where nobody else is waited for in between.

use saleflex_sync::wire::PushRequest;
use uuid::Uuid;

use super::looking::Looked;
use crate::{
    counters,
    db::{Answers, DatabaseError, Session, Together},
    feed,
    ledger::{self, Digests, Key, Noted},
    scope::TerminalScope,
    stock::{self, Moved},
};

/// What is asked.
#[derive(Debug)]
pub(super) struct AskedBeside {
    pub(super) ahead: usize,
    pub(super) counters: usize,
    pub(super) stock: stock::Asked,
}

impl AskedBeside {
    /// Asks about a push whose events move this.
    fn of(
        together: &mut Together,
        (scope, request): (&TerminalScope, &PushRequest),
        moved: &[&Moved],
    ) -> Self {
        let (company, terminal) = (scope.company, &scope.terminal);
        Self {
            ahead: together.add_one(feed::ahead((company, terminal.id, request.epoch))),
            counters: together.add_one(counters::asked(company, terminal.id)),
            stock: stock::ask(together, (company, terminal.store, terminal.id), moved),
        }
    }

    /// Asks before any of the events is entered, also about those that turn out to be here already.
    pub(super) fn before(
        together: &mut Together,
        of: (&TerminalScope, &PushRequest),
        looked: &[Looked],
    ) -> Self {
        let read = looked.iter().filter_map(|looked| looked.own()?.read.as_deref());
        let moved: Vec<&Moved> = read.map(|read| &read.moved).collect();
        Self::of(together, of, &moved)
    }
}

/// What the books know.
#[derive(Debug)]
pub(super) struct Beside {
    pub(super) answers: Answers,
    pub(super) asked: AskedBeside,
    /// What other terminals gave out too.
    pub(super) others: Vec<(ledger::Event, Uuid)>,
    /// What is noted of new events, as far as that was asked.
    pub(super) noted: Noted,
    /// Whether it was asked before anything was entered.
    pub(super) is_before: bool,
}

impl Beside {
    /// What was answered before anything was entered, and who else gave out what, which is known from the same time.
    pub(super) fn before(answers: Answers, asked: AskedBeside, others: Vec<(ledger::Event, Uuid)>) -> Self {
        Self { answers, asked, others, noted: Noted::new(), is_before: true }
    }

    /// Asks after these new events were entered, which move this.
    pub(super) fn after(
        session: &mut dyn Session,
        of @ (scope, _): (&TerminalScope, &PushRequest),
        (new, moved): (&[&Key], &Moved),
    ) -> Result<Self, DatabaseError> {
        let mut together = Together::default();
        let taken = together.add(ledger::taken(new));
        let flags = together.add(ledger::noted(new));
        let asked = AskedBeside::of(&mut together, of, &[moved]);
        let answers = together.ask(session)?;
        let Digests { others, .. } = Digests::of(&answers, (&taken, scope.terminal.id))?;
        let mut noted = Noted::new();
        ledger::add_noted(&mut noted, answers.of(&flags))?;
        Ok(Self { answers, asked, others, noted, is_before: false })
    }
}
