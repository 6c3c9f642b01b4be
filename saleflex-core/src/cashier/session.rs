//! Work sessions: from log-in to log-out, with breaks and idle time.
//!
//! | from | by | to |
//! |---|---|---|
//! | – | log-in | active |
//! | active | a break begins; the till is locked | on a break |
//! | on a break | the same cashier comes back | active |
//! | active | log-out, with no document open | completed |
//! | active, on a break | a manager, a crash, the closure | terminated |

use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{CashierId, TerminalId},
    time::Moment,
};

/// Idle time begins after this many seconds without a command, where the store says nothing else.
pub const IDLE_AFTER_S: u32 = 120;

/// What a break is for. Reasons of health are the cashier's affair: [`BreakKind::Sick`] stays at the till.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakKind {
    /// A meal.
    Lunch,
    /// Coffee.
    Coffee,
    /// Prayer.
    Prayer,
    /// Smoking.
    Smoke,
    /// A private matter.
    Personal,
    /// An emergency.
    Emergency,
    /// Not well.
    Sick,
    /// By plan.
    Scheduled,
    /// Outside the plan.
    Unscheduled,
}

impl BreakKind {
    /// All kinds, in the order screens list them.
    pub const ALL: [Self; 9] = [
        Self::Lunch,
        Self::Coffee,
        Self::Prayer,
        Self::Smoke,
        Self::Personal,
        Self::Emergency,
        Self::Sick,
        Self::Scheduled,
        Self::Unscheduled,
    ];
}

/// A break.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Break {
    /// What the break is for.
    pub kind: BreakKind,
    /// When it began.
    pub from: Moment,
    /// When it ended; none while it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Moment>,
    /// How long it was to last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_min: Option<u32>,
    /// Who agreed to it, or to its being longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<CashierId>,
}

impl Break {
    /// How long it lasted, in whole minutes; until `now` while it lasts.
    pub fn minutes(&self, now: DateTime<Utc>) -> u32 {
        minutes(seconds(self.from.instant, self.to.map_or(now, |to| to.instant)))
    }

    /// Whether it is longer than it was to be.
    pub fn is_over_time(&self, now: DateTime<Utc>) -> bool {
        self.planned_min.is_some_and(|planned| self.minutes(now) > planned)
    }
}

/// How a session stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionStatus {
    /// At the till.
    Active,
    /// Away; the till is locked.
    Break,
    /// Logged out.
    Completed {
        /// When the cashier logged out.
        at: Moment,
    },
    /// Ended by another.
    Terminated {
        /// When it was ended.
        at: Moment,
        /// What ended it.
        cause: Termination,
    },
}

/// What ended a session that its cashier did not end.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Termination {
    /// A manager, or whoever took the till over.
    By(CashierId),
    /// The till stopped without log-out.
    Stopped,
    /// The period was closed.
    Closure,
    /// Another cashier logged in.
    OtherLogIn,
}

/// What one cashier works at one till between log-in and log-out.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct WorkSession {
    /// The cashier who works.
    pub cashier: CashierId,
    /// The till that they work at.
    pub terminal: TerminalId,
    /// When the cashier logged in.
    pub started_at: Moment,
    /// How long it was to last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_min: Option<u32>,
    /// How it stands.
    pub status: SessionStatus,
    /// Its breaks, in order; the last one lasts while the status is [`SessionStatus::Break`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<Break>,
    /// The last command, log-in or end of a break.
    pub last_command: DateTime<Utc>,
    /// Seconds of all idle times.
    #[serde(default)]
    pub idle_s: u32,
    /// The longest of them.
    #[serde(default)]
    pub longest_idle_s: u32,
}

/// Why a session did not change.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SessionRefusal {
    /// It has ended.
    #[error("the work session has ended")]
    Ended,
    /// A break lasts already.
    #[error("a break is not over")]
    OnBreak,
    /// No break lasts.
    #[error("no break has begun")]
    NotOnBreak,
    /// Somebody else's.
    #[error("the work session is another cashier's")]
    OtherCashier,
    /// A document with lines is open: park, finish or cancel it first.
    #[error("a document is open")]
    DocumentOpen,
}

impl WorkSession {
    /// The session that begins with a log-in.
    pub const fn begin(cashier: CashierId, terminal: TerminalId, at: Moment) -> Self {
        Self {
            cashier,
            terminal,
            started_at: at,
            planned_min: None,
            status: SessionStatus::Active,
            breaks: Vec::new(),
            last_command: at.instant,
            idle_s: 0,
            longest_idle_s: 0,
        }
    }

    /// Whether it lasts, be it on a break.
    pub const fn is_open(&self) -> bool {
        matches!(self.status, SessionStatus::Active | SessionStatus::Break)
    }

    /// A command was given; a gap of more than `idle_after_s` seconds before it was idle time.
    ///
    /// # Errors
    /// [`SessionRefusal::OnBreak`]: the till is locked; [`SessionRefusal::Ended`].
    pub fn touch(&self, at: DateTime<Utc>, idle_after_s: u32) -> Result<Self, SessionRefusal> {
        self.need_active()?;
        let gap_s = seconds(self.last_command, at);
        let idle_s = if gap_s > idle_after_s { gap_s } else { 0 };
        Ok(Self {
            last_command: at.max(self.last_command),
            idle_s: self.idle_s.saturating_add(idle_s),
            longest_idle_s: self.longest_idle_s.max(idle_s),
            ..self.clone()
        })
    }

    /// A break begins. The document on screen stays as it is, behind the lock.
    ///
    /// # Errors
    /// [`SessionRefusal::OnBreak`], [`SessionRefusal::Ended`].
    pub fn start_break(
        &self,
        kind: BreakKind,
        planned_min: Option<u32>,
        approved_by: Option<CashierId>,
        at: Moment,
    ) -> Result<Self, SessionRefusal> {
        let mut session = self.touch(at.instant, IDLE_AFTER_S)?;
        session.breaks.push(Break { kind, from: at, to: None, planned_min, approved_by });
        session.status = SessionStatus::Break;
        Ok(session)
    }

    /// The break is over: the same cashier has identified themselves.
    ///
    /// # Errors
    /// [`SessionRefusal::NotOnBreak`], [`SessionRefusal::OtherCashier`], [`SessionRefusal::Ended`].
    pub fn end_break(&self, who: CashierId, at: Moment) -> Result<Self, SessionRefusal> {
        match self.status {
            SessionStatus::Break if who == self.cashier => {}
            SessionStatus::Break => return Err(SessionRefusal::OtherCashier),
            SessionStatus::Active => return Err(SessionRefusal::NotOnBreak),
            SessionStatus::Completed { .. } | SessionStatus::Terminated { .. } => {
                return Err(SessionRefusal::Ended);
            }
        }
        let mut session = self.clone();
        session.close_break(at);
        session.status = SessionStatus::Active;
        session.last_command = at.instant.max(session.last_command);
        Ok(session)
    }

    /// The cashier logs out.
    ///
    /// # Errors
    /// [`SessionRefusal::DocumentOpen`], [`SessionRefusal::OnBreak`], [`SessionRefusal::Ended`].
    pub fn complete(&self, has_open_document: bool, at: Moment) -> Result<Self, SessionRefusal> {
        let session = self.touch(at.instant, IDLE_AFTER_S)?;
        if has_open_document {
            return Err(SessionRefusal::DocumentOpen);
        }
        Ok(Self { status: SessionStatus::Completed { at }, ..session })
    }

    /// Another ends it. A break that lasts ends with it.
    ///
    /// # Errors
    /// [`SessionRefusal::Ended`].
    pub fn terminate(&self, cause: Termination, at: Moment) -> Result<Self, SessionRefusal> {
        if !self.is_open() {
            return Err(SessionRefusal::Ended);
        }
        let mut session = self.clone();
        session.close_break(at);
        Ok(Self { status: SessionStatus::Terminated { at, cause }, ..session })
    }

    /// When it ended; none while it lasts.
    pub const fn ended_at(&self) -> Option<Moment> {
        match self.status {
            SessionStatus::Completed { at } | SessionStatus::Terminated { at, .. } => Some(at),
            SessionStatus::Active | SessionStatus::Break => None,
        }
    }

    /// How long it lasted, in whole minutes, rounded down; until `now` while it lasts.
    pub fn minutes(&self, now: DateTime<Utc>) -> u32 {
        minutes(seconds(self.started_at.instant, self.ended_at().map_or(now, |at| at.instant)))
    }

    /// Whether it is longer than it was to be.
    pub fn is_over_time(&self, now: DateTime<Utc>) -> bool {
        self.planned_min.is_some_and(|planned| self.minutes(now) > planned)
    }

    /// Minutes of its breaks.
    pub fn break_min(&self, now: DateTime<Utc>) -> u32 {
        self.breaks.iter().map(|one| one.minutes(now)).sum()
    }

    /// Minutes of work: without breaks and idle times.
    pub fn active_min(&self, now: DateTime<Utc>) -> u32 {
        self.minutes(now).saturating_sub(self.break_min(now)).saturating_sub(minutes(self.idle_s))
    }

    /// Seconds of it that lie between two instants, without its breaks; one that lasts is worked to the later of them.
    pub fn worked_s_within(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> u32 {
        let end = self.ended_at().map_or(to, |at| at.instant);
        let breaks = self
            .breaks
            .iter()
            .map(|one| shared_s((one.from.instant, one.to.map_or(end, |to| to.instant)), (from, to)));
        shared_s((self.started_at.instant, end), (from, to)).saturating_sub(breaks.sum())
    }

    fn need_active(&self) -> Result<(), SessionRefusal> {
        match self.status {
            SessionStatus::Active => Ok(()),
            SessionStatus::Break => Err(SessionRefusal::OnBreak),
            SessionStatus::Completed { .. } | SessionStatus::Terminated { .. } => Err(SessionRefusal::Ended),
        }
    }

    fn close_break(&mut self, at: Moment) {
        if let Some(last) = self.breaks.last_mut().filter(|last| last.to.is_none()) {
            last.to = Some(at);
        }
    }
}

/// Seconds between two instants; none where a clock was set back.
pub(super) fn seconds(from: DateTime<Utc>, to: DateTime<Utc>) -> u32 {
    u32::try_from((to - from).num_seconds().max(0)).unwrap_or(u32::MAX)
}

/// Seconds that a span of time shares with another.
pub(super) fn shared_s(
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    (first, last): (DateTime<Utc>, DateTime<Utc>),
) -> u32 {
    seconds(from.max(first), to.min(last))
}

pub(super) const fn minutes(seconds: u32) -> u32 {
    seconds / 60
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use uuid::Uuid;

    use super::*;

    fn at(minute: i64, second: i64) -> Moment {
        Moment::utc(DateTime::UNIX_EPOCH + Duration::seconds(minute * 60 + second))
    }

    fn ann() -> CashierId {
        CashierId::new(Uuid::from_u128(1))
    }

    fn session() -> WorkSession {
        WorkSession::begin(ann(), TerminalId::new(Uuid::from_u128(9)), at(0, 0))
    }

    #[test]
    fn a_session_goes_from_log_in_over_breaks_to_log_out() {
        let session = session().start_break(BreakKind::Lunch, Some(30), None, at(1, 0)).unwrap();
        assert_eq!(session.status, SessionStatus::Break);
        assert!(session.breaks[0].is_over_time(at(32, 0).instant));
        let session = session.end_break(ann(), at(25, 30)).unwrap();
        let session = session.complete(false, at(27, 10)).unwrap();
        let later = at(900, 0).instant;
        assert_eq!(
            (session.minutes(later), session.break_min(later), session.active_min(later)),
            (27, 24, 3)
        );
        assert_eq!(session.ended_at(), Some(at(27, 10)));
    }

    #[test]
    fn only_the_same_cashier_ends_a_break_and_nothing_is_done_on_it() {
        let away = session().start_break(BreakKind::Coffee, None, None, at(1, 0)).unwrap();
        let bob = CashierId::new(Uuid::from_u128(2));
        assert_eq!(away.end_break(bob, at(2, 0)), Err(SessionRefusal::OtherCashier));
        assert_eq!(away.touch(at(2, 0).instant, 60), Err(SessionRefusal::OnBreak));
        assert_eq!(away.start_break(BreakKind::Smoke, None, None, at(2, 0)), Err(SessionRefusal::OnBreak));
        assert_eq!(away.complete(false, at(2, 0)), Err(SessionRefusal::OnBreak));
        assert_eq!(session().end_break(ann(), at(2, 0)), Err(SessionRefusal::NotOnBreak));
    }

    #[test]
    fn log_out_is_refused_while_a_document_has_lines() {
        assert_eq!(session().complete(true, at(1, 0)), Err(SessionRefusal::DocumentOpen));
    }

    #[test]
    fn whoever_ends_a_session_ends_its_break_and_it_stays_ended() {
        let away = session().start_break(BreakKind::Lunch, None, None, at(1, 0)).unwrap();
        let ended = away.terminate(Termination::Closure, at(11, 0)).unwrap();
        assert_eq!((ended.break_min(at(99, 0).instant), ended.is_open()), (10, false));
        assert_eq!(ended.terminate(Termination::Stopped, at(12, 0)), Err(SessionRefusal::Ended));
        assert_eq!(ended.touch(at(12, 0).instant, 60), Err(SessionRefusal::Ended));
        assert_eq!(ended.end_break(ann(), at(12, 0)), Err(SessionRefusal::Ended));
    }

    #[test]
    fn what_was_worked_within_a_span_leaves_out_breaks_and_whatever_lies_outside() {
        let lunch = session().start_break(BreakKind::Lunch, None, None, at(60, 0)).unwrap();
        let back = lunch.end_break(ann(), at(90, 0)).unwrap();
        let ended = back.complete(false, at(120, 0)).unwrap();
        let worked_min =
            |one: &WorkSession, from, to| one.worked_s_within(at(from, 0).instant, at(to, 0).instant) / 60;
        assert_eq!((worked_min(&ended, 0, 200), worked_min(&ended, 30, 100)), (90, 40));
        assert_eq!((worked_min(&ended, 60, 90), worked_min(&ended, 120, 200)), (0, 0));
        assert_eq!((worked_min(&back, 0, 200), worked_min(&lunch, 0, 200)), (170, 60), "one that lasts");
    }

    #[test]
    fn idle_time_is_what_lies_between_commands_beyond_the_limit_and_no_break() {
        let session = session().touch(at(2, 0).instant, IDLE_AFTER_S).unwrap();
        assert_eq!(session.idle_s, 0, "two minutes are not yet idle");
        let session = session.touch(at(4, 1).instant, IDLE_AFTER_S).unwrap();
        assert_eq!((session.idle_s, session.longest_idle_s), (121, 121));
        let session = session.touch(at(9, 1).instant, IDLE_AFTER_S).unwrap();
        assert_eq!((session.idle_s, session.longest_idle_s), (421, 300));
        let back = session.start_break(BreakKind::Lunch, None, None, at(9, 30)).unwrap();
        let back = back.end_break(ann(), at(60, 0)).unwrap().touch(at(61, 0).instant, IDLE_AFTER_S).unwrap();
        assert_eq!(back.idle_s, 421, "a break is not idle");
        let set_back = back.touch(at(5, 0).instant, IDLE_AFTER_S).unwrap();
        assert_eq!((set_back.idle_s, set_back.last_command), (421, at(61, 0).instant));
    }
}
