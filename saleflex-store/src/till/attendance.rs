//! Locks, breaks, work sessions and the time clock.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use saleflex_core::{
    cashier::{
        Approval,
        access::{Act, take_break},
        lock::{self, Lock, LockCause, Unlocked},
        session::{Break, BreakKind, Termination},
        time_clock::{Attendance, ClockEntry, ClockRecord, Presence, Punch, PunchNo},
    },
    document::Refusal,
    ids::CashierId,
    journal::Event,
    time::Moment,
};

use super::Till;
use crate::{
    books::index::{self, Topic},
    error::Error,
    people::cashier::Cashier,
};

/// Locks, breaks and work sessions.
impl Till {
    /// Why the till is locked, if it is. Until [`Till::unlock`] it refuses every command as [`Error::TillLocked`]; the
    /// open document stays as it is.
    pub const fn locked(&self) -> Option<&Lock> {
        self.lock.as_ref()
    }

    /// Locks the till for the cashier who leaves it.
    ///
    /// # Errors
    /// [`Error::NotLoggedIn`], [`Error::TillLocked`].
    pub fn lock(&mut self, cause: LockCause) -> Result<Lock, Error> {
        let cashier = self.cashier_at_the_till()?;
        let lock = Lock { cashier, at: self.shell.now(), cause };
        self.commit_event_at(lock.at, Event::Locked(lock), cashier.uuid(), |_, _| Ok(()))?;
        self.lock = Some(lock);
        Ok(lock)
    }

    /// Locks the till if nobody has given a command for as long as the settings allow. `touched` is when a key was
    /// last pressed, as the caller knows.
    ///
    /// # Errors
    /// [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written.
    pub fn lock_if_idle(&mut self, touched: DateTime<Utc>) -> Result<Option<Lock>, Error> {
        let Some(limit_s) = self.settings.idle.locks_after_s() else { return Ok(None) };
        let now = self.shell.now().instant;
        let is_due = self.on_duty.is_some() && self.lock.is_none() && lock::is_idle(touched, now, limit_s);
        if is_due { self.lock(LockCause::Idle).map(Some) } else { Ok(None) }
    }

    /// Unlocks the till: its cashier comes back and ends a break with it, by the time clock too, or somebody who may approve
    /// takes it over with the document that is open.
    ///
    /// # Errors
    /// As [`Till::log_in`]; [`Error::NotLocked`]; [`Error::Refused`] for anybody else.
    pub fn unlock(&mut self, user_name: &str, secret: &str) -> Result<Unlocked, Error> {
        if self.lock.is_none() {
            return Err(Error::NotLocked);
        }
        let id = self.identify(user_name, secret)?;
        self.unlock_as(id)
    }

    /// Unlocks the till for somebody who has been identified.
    pub(super) fn unlock_as(&mut self, id: CashierId) -> Result<Unlocked, Error> {
        let lock = self.lock.ok_or(Error::NotLocked)?;
        let who = self.cashier(id).map(Cashier::on_duty).ok_or(Error::NotLoggedIn)?;
        let unlocked = lock.unlock(&who).map_err(|capability| Refusal::ApprovalNeeded { capability })?;
        self.start_day_past_midnight()?;
        let is_back = matches!(unlocked, Unlocked::Resumed) && lock.cause == LockCause::Break;
        // A clock that cannot be read is no reason to keep somebody from the till.
        if is_back && self.attendance(id).is_ok_and(|clock| clock.presence == Presence::OnBreak) {
            self.punch_for(id, Punch::BreakEnd)?;
        }
        let event =
            if is_back { Event::BreakEnded { cashier: id } } else { Event::Unlocked { by: id, unlocked } };
        self.commit_event(event, id.uuid(), |_, _| Ok(()))?;
        self.lock = None;
        self.on_duty = Some(id);
        Ok(unlocked)
    }

    /// The cashier goes on a break, by the time clock too where they are in by it, and the till is locked. [`Till::unlock`]
    /// ends it.
    ///
    /// # Errors
    /// [`Error::NotLoggedIn`], [`Error::TillLocked`]; [`Error::Refused`] where the store wants somebody to agree and nobody
    /// does.
    pub fn start_break(
        &mut self,
        kind: BreakKind,
        planned_min: Option<u32>,
        approval: Option<&Approval>,
    ) -> Result<Lock, Error> {
        let cashier = self.cashier_at_the_till()?;
        let approved_by = self.agreed_to_break(approval)?;
        if self.attendance(cashier)?.presence == Presence::In {
            self.punch_for(cashier, Punch::BreakStart(kind))?;
        }
        let at = self.shell.now();
        let pause = Break { kind, from: at, to: None, planned_min, approved_by };
        self.commit_event_at(at, Event::BreakStarted { cashier, pause }, cashier.uuid(), |_, _| Ok(()))?;
        let lock = Lock { cashier, at, cause: LockCause::Break };
        self.lock = Some(lock);
        Ok(lock)
    }

    /// Who agrees to a break: whoever was asked, and somebody who may where the store wants that.
    fn agreed_to_break(&self, approval: Option<&Approval>) -> Result<Option<CashierId>, Error> {
        if !self.settings.idle.breaks_approved {
            return Ok(approval.map(Approval::by));
        }
        let authority = take_break(&self.cashier_on_duty()?, approval);
        Ok(authority.map_err(|capability| Refusal::ApprovalNeeded { capability })?.approved_by)
    }

    /// A session that a power cut interrupted ends with its last command, before another begins.
    #[expect(clippy::wildcard_enum_match_arm, reason = "what is not named here does not concern it")]
    pub(super) fn end_stopped_session(&mut self) -> Result<(), Error> {
        if self.on_duty.is_some() {
            return Ok(());
        }
        let last = index::last_places(self.connection(), Topic::Session, "", 1)?;
        let Some(last) = last.first() else { return Ok(()) };
        let cashier = match self.entry(*last)?.event {
            Event::LoggedIn { cashier, for_command: false, .. }
            | Event::BreakStarted { cashier, .. }
            | Event::BreakEnded { cashier } => cashier,
            Event::Unlocked { by, .. } => by,
            _ => return Ok(()),
        };
        self.terminate(cashier, Termination::Stopped)
    }

    /// Ends a session for its cashier.
    pub(super) fn terminate(&mut self, cashier: CashierId, cause: Termination) -> Result<(), Error> {
        let event = Event::SessionTerminated { cashier, cause };
        self.commit_event(event, cashier.uuid(), |_, _| Ok(()))?;
        self.on_duty = None;
        self.lock = None;
        Ok(())
    }

    /// Who is logged in, at a till that is not locked.
    pub(super) fn cashier_at_the_till(&self) -> Result<CashierId, Error> {
        let cashier = self.on_duty.ok_or(Error::NotLoggedIn)?;
        if self.lock.is_some() { Err(Error::TillLocked) } else { Ok(cashier) }
    }
}

/// The time clock.
impl Till {
    /// Punches the clock for the cashier who is logged in.
    ///
    /// # Errors
    /// [`Error::OutOfTurn`] for a punch that does not fit where they are; [`Error::NotLoggedIn`].
    pub fn punch(&mut self, punch: Punch) -> Result<Presence, Error> {
        let cashier = self.cashier_at_the_till()?;
        self.punch_for(cashier, punch)
    }

    /// Punches the clock for whoever this is, without logging in: whoever works here may, sells or not.
    ///
    /// # Errors
    /// As [`Till::log_in`] and [`Till::punch`].
    pub fn punch_as(&mut self, user_name: &str, secret: &str, punch: Punch) -> Result<Presence, Error> {
        let cashier = self.identify(user_name, secret)?;
        self.punch_for(cashier, punch)
    }

    fn punch_for(&mut self, cashier: CashierId, punch: Punch) -> Result<Presence, Error> {
        let presence = self.attendance(cashier)?.presence.after(punch)?;
        self.record_punch(cashier, ClockRecord::Punched(punch))?;
        Ok(presence)
    }

    /// Corrects the time of a punch, or takes it back where `to` is none. The record stays; the shifts are computed
    /// from what stands.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability or an approval; [`Error::NoSuchPunch`]; [`Error::PunchToCome`];
    /// [`Error::BadRecord`] without a reason.
    pub fn correct_punch(
        &mut self,
        cashier: CashierId,
        punch: PunchNo,
        to: Option<Moment>,
        reason: String,
        approval: Option<Approval>,
    ) -> Result<Attendance, Error> {
        let authority = self.authorise(Act::CorrectAttendance, approval)?;
        let is_punch =
            |entry: &ClockEntry| entry.no == punch && !matches!(entry.record, ClockRecord::Corrected { .. });
        if !self.clock_entries(cashier)?.iter().any(is_punch) {
            return Err(Error::NoSuchPunch { punch });
        }
        let reason = needed(reason)?;
        to.map_or(Ok(()), |to| self.check_past(to))?;
        self.record_punch(cashier, ClockRecord::Corrected { punch, to, authority, reason })?;
        self.attendance(cashier)
    }

    /// Records a punch that was forgotten.
    ///
    /// # Errors
    /// As [`Till::correct_punch`]; [`Error::NoSuchCashier`].
    pub fn add_punch(
        &mut self,
        cashier: CashierId,
        punch: Punch,
        at: Moment,
        reason: String,
        approval: Option<Approval>,
    ) -> Result<Attendance, Error> {
        let authority = self.authorise(Act::CorrectAttendance, approval)?;
        self.cashier(cashier).ok_or(Error::NoSuchCashier { cashier })?;
        let reason = needed(reason)?;
        self.check_past(at)?;
        self.record_punch(cashier, ClockRecord::Added { punch, at, authority, reason })?;
        self.attendance(cashier)
    }

    /// What the clock says of a cashier: where they are, their shifts, and what does not fit.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn attendance(&self, cashier: CashierId) -> Result<Attendance, Error> {
        Ok(Attendance::of(&self.clock_entries(cashier)?))
    }

    /// A cashier's records of the clock, in order.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn clock_entries(&self, cashier: CashierId) -> Result<Vec<ClockEntry>, Error> {
        let entries = index::entries(self.connection(), Topic::Punch, &index::cashier(cashier))?;
        let punches = entries.into_iter().filter_map(|entry| {
            if let Event::ClockPunched(punched) = entry.event { Some(*punched) } else { None }
        });
        Ok(punches.collect())
    }

    /// Minutes worked by the clock, by cashier and business date.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn hours_worked(
        &self,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<BTreeMap<CashierId, BTreeMap<NaiveDate, u32>>, Error> {
        let mut hours = BTreeMap::new();
        for cashier in &self.cashiers {
            let mut days = self.attendance(cashier.id)?.worked_min();
            days.retain(|date, _| (from..=to).contains(date));
            if !days.is_empty() {
                hours.insert(cashier.id, days);
            }
        }
        Ok(hours)
    }

    /// Nobody was at the clock at a time that is yet to come.
    fn check_past(&mut self, at: Moment) -> Result<(), Error> {
        if at.instant <= self.shell.now().instant { Ok(()) } else { Err(Error::PunchToCome { at: at.local }) }
    }

    fn record_punch(&mut self, cashier: CashierId, record: ClockRecord) -> Result<(), Error> {
        let earlier = self.clock_entries(cashier)?.len();
        let no = PunchNo::try_from(earlier).unwrap_or(PunchNo::MAX).saturating_add(1);
        let at = self.shell.now();
        let event = Event::ClockPunched(Box::new(ClockEntry { cashier, no, at, record }));
        self.commit_event_at(at, event, cashier.uuid(), |_, _| Ok(()))
    }
}

/// A reason that says something.
fn needed(reason: String) -> Result<String, Error> {
    if reason.trim().is_empty() { Err(Error::BadRecord { record: "reason" }) } else { Ok(reason) }
}
