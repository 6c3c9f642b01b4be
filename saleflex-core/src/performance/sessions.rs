//! Work sessions read from the journal: nothing about them is stored that the entries do not say.

use alloc::vec::Vec;

use chrono::{DateTime, Utc};

use crate::{
    cashier::{
        lock::Unlocked,
        session::{Termination, WorkSession},
    },
    ids::{CashierId, TerminalId},
    journal::{Entry, Event},
    time::Moment,
};

/// The work sessions of a till, in the order they began.
#[derive(Clone, Debug)]
pub struct Sessions {
    terminal: TerminalId,
    idle_after_s: u32,
    over: Vec<WorkSession>,
    open: Option<WorkSession>,
    /// Whoever came last came for one command.
    is_command: bool,
}

impl Sessions {
    /// Before the first log-in. A gap of more than `idle_after_s` seconds between commands is idle time.
    pub const fn new(terminal: TerminalId, idle_after_s: u32) -> Self {
        Self { terminal, idle_after_s, over: Vec::new(), open: None, is_command: false }
    }

    /// Whether an entry begins, ends or interrupts a session; others only show that somebody works.
    pub const fn concern(event: &Event) -> bool {
        matches!(
            event,
            Event::LoggedIn { .. }
                | Event::LoggedOut { .. }
                | Event::BreakStarted { .. }
                | Event::BreakEnded { .. }
                | Event::SessionTerminated { .. }
                | Event::Unlocked { unlocked: Unlocked::TakenOver { .. }, .. }
        )
    }

    /// The next entry that concerns them, in order.
    #[expect(clippy::wildcard_enum_match_arm, reason = "what is not named here does not concern it")]
    pub fn follow(&mut self, entry: &Entry) {
        let at = entry.at;
        // That a till stopped is noticed long after anybody worked at it.
        if !matches!(entry.event, Event::SessionTerminated { cause: Termination::Stopped, .. }) {
            self.touch(at.instant);
        }
        match &entry.event {
            Event::LoggedIn { for_command: true, .. } => self.is_command = true,
            Event::LoggedIn { cashier, .. } if self.is_open_for(*cashier) => {}
            Event::LoggedIn { cashier, planned_min, .. } => {
                self.terminate(Termination::OtherLogIn, at);
                self.begin(*cashier, *planned_min, at);
            }
            Event::LoggedOut { .. } => self.change(|open| open.complete(false, at).ok()),
            Event::BreakStarted { pause, .. } => self
                .change(|open| open.start_break(pause.kind, pause.planned_min, pause.approved_by, at).ok()),
            Event::BreakEnded { cashier } => self.change(|open| open.end_break(*cashier, at).ok()),
            Event::SessionTerminated { cause, .. } => self.terminate(*cause, at),
            Event::PeriodClosed(_) if self.is_command => {}
            // The next period's begins with it: whoever closed stays at the till.
            Event::PeriodClosed(closure) => {
                self.terminate(Termination::Closure, at);
                self.begin(closure.closed_by.cashier, None, at);
            }
            Event::Unlocked { by, unlocked: Unlocked::TakenOver { .. } } => {
                self.terminate(Termination::By(*by), at);
                self.begin(*by, None, at);
            }
            _ => {}
        }
    }

    /// A command was given at the till.
    pub fn touch(&mut self, at: DateTime<Utc>) {
        let idle_after_s = self.idle_after_s;
        self.change(|open| open.touch(at, idle_after_s).ok());
    }

    /// The session that lasts.
    pub const fn open(&self) -> Option<&WorkSession> {
        self.open.as_ref()
    }

    /// All of them.
    pub fn into_all(self) -> Vec<WorkSession> {
        let Self { mut over, open, .. } = self;
        over.extend(open);
        over
    }

    fn is_open_for(&self, cashier: CashierId) -> bool {
        self.open.as_ref().is_some_and(|open| open.cashier == cashier)
    }

    fn begin(&mut self, cashier: CashierId, planned_min: Option<u32>, at: Moment) {
        self.is_command = false;
        self.open = Some(WorkSession { planned_min, ..WorkSession::begin(cashier, self.terminal, at) });
    }

    /// What does not fit leaves the session as it is.
    fn change(&mut self, change: impl FnOnce(&WorkSession) -> Option<WorkSession>) {
        let Some(changed) = self.open.as_ref().and_then(change) else { return };
        if changed.is_open() {
            self.open = Some(changed);
        } else {
            self.open = None;
            self.over.push(changed);
        }
    }

    fn terminate(&mut self, cause: Termination, at: Moment) {
        self.change(|open| {
            // Nobody knows how long a till that stopped was still worked at: to its last command.
            let at = if cause == Termination::Stopped { last_sign_of(open, at) } else { at };
            open.terminate(cause, at).ok()
        });
    }
}

/// The last command of a session as a moment of the clock that `later` is on.
fn last_sign_of(session: &WorkSession, later: Moment) -> Moment {
    let ago = later.instant - session.last_command;
    Moment::new(session.last_command, later.local - ago, session.started_at.business_date)
}
