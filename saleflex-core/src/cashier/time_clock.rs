//! The time clock: who was at work when, whether or not they sold.
//!
//! A cashier's punches alternate; a punch that does not fit is refused. A wrong one is never changed: a
//! correction by someone who may is a record of its own, and the shifts are computed from what stands.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::session::{BreakKind, minutes, seconds, shared_s};
use crate::{authority::Authority, ids::CashierId, time::Moment};

/// What somebody does at the clock.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Punch {
    /// Comes to work.
    In,
    /// Goes on a break.
    BreakStart(BreakKind),
    /// Comes back from the break.
    BreakEnd,
    /// Leaves work.
    Out,
}

/// The number of a punch of one cashier, from 1.
pub type PunchNo = u32;

/// A record of the clock.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ClockEntry {
    /// The cashier whose presence it is about.
    pub cashier: CashierId,
    /// Its number, among this cashier's.
    pub no: PunchNo,
    /// When it was recorded.
    pub at: Moment,
    /// What it says.
    pub record: ClockRecord,
}

/// What a record of the clock says.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockRecord {
    /// Somebody punched.
    Punched(Punch),
    /// An earlier punch was at another time, or was none.
    Corrected {
        /// The number of the punch that was wrong.
        punch: PunchNo,
        /// When it should have been; none: it never was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Moment>,
        /// Who corrects it, and who approved where they may not alone.
        authority: Authority,
        /// Why it is corrected, in words.
        reason: String,
    },
    /// A punch was forgotten.
    Added {
        /// What was done and not punched.
        punch: Punch,
        /// When it should have been.
        at: Moment,
        /// Who adds it, and who approved where they may not alone.
        authority: Authority,
        /// Why it is added, in words.
        reason: String,
    },
}

/// Where somebody is by the clock.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Presence {
    /// Not at work.
    #[default]
    Out,
    /// At work.
    In,
    /// On a break.
    OnBreak,
}

/// A punch does not fit where somebody is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{punch:?} does not fit: {presence:?} by the clock")]
pub struct OutOfTurn {
    /// What was punched.
    pub punch: Punch,
    /// Where they are.
    pub presence: Presence,
}

impl Presence {
    /// Where somebody is after a punch.
    ///
    /// # Errors
    /// [`OutOfTurn`].
    pub const fn after(self, punch: Punch) -> Result<Self, OutOfTurn> {
        match (self, punch) {
            (Self::Out, Punch::In) | (Self::OnBreak, Punch::BreakEnd) => Ok(Self::In),
            (Self::In, Punch::BreakStart(_)) => Ok(Self::OnBreak),
            // Whoever goes during a break has ended it by going.
            (Self::In | Self::OnBreak, Punch::Out) => Ok(Self::Out),
            (presence, punch) => Err(OutOfTurn { punch, presence }),
        }
    }
}

/// One stay at work.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Shift {
    /// When they came.
    pub from: Moment,
    /// Until when; none while it lasts.
    pub to: Option<Moment>,
    /// Seconds on breaks, of those that are over.
    pub break_s: u32,
}

impl Shift {
    /// The day it counts for: the business date it began on, also where it passes midnight.
    pub const fn business_date(&self) -> NaiveDate {
        self.from.business_date
    }

    /// Whole minutes worked, without breaks; none while it lasts.
    pub fn worked_min(&self) -> Option<u32> {
        let to = self.to?;
        Some(minutes(seconds(self.from.instant, to.instant).saturating_sub(self.break_s)))
    }
}

/// A punch as it stands after all corrections.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct StandingPunch {
    /// Its number, by which it is corrected.
    pub no: PunchNo,
    /// When it was.
    pub at: Moment,
    /// What was done at the clock.
    pub punch: Punch,
}

/// What the clock says of one cashier.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Attendance {
    /// The punches that stand, in the order of their times.
    pub punches: Vec<StandingPunch>,
    /// Where they are.
    pub presence: Presence,
    /// Their stays, in order.
    pub shifts: Vec<Shift>,
    /// Punches that do not fit after corrections: someone has to look.
    pub open_questions: Vec<(Moment, OutOfTurn)>,
}

impl Attendance {
    /// Computes the shifts from one cashier's records, in any order.
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a ClockEntry>) -> Self {
        let mut attendance = Self::default();
        let mut on_break_since = None;
        let punches = standing(entries);
        for StandingPunch { at, punch, .. } in punches.iter().copied() {
            match attendance.presence.after(punch) {
                Ok(presence) => {
                    attendance.apply(punch, at, &mut on_break_since);
                    attendance.presence = presence;
                }
                Err(out_of_turn) => attendance.open_questions.push((at, out_of_turn)),
            }
        }
        attendance.punches = punches;
        attendance
    }

    fn apply(&mut self, punch: Punch, at: Moment, on_break_since: &mut Option<Moment>) {
        if punch == Punch::In {
            self.shifts.push(Shift { from: at, to: None, break_s: 0 });
        }
        let Some(shift) = self.shifts.last_mut() else { return };
        match punch {
            Punch::In => {}
            Punch::BreakStart(_) => *on_break_since = Some(at),
            Punch::BreakEnd | Punch::Out => {
                if let Some(from) = on_break_since.take() {
                    shift.break_s = shift.break_s.saturating_add(seconds(from.instant, at.instant));
                }
                if punch == Punch::Out {
                    shift.to = Some(at);
                }
            }
        }
    }

    /// Minutes worked by business date, of the shifts that are over.
    pub fn worked_min(&self) -> BTreeMap<NaiveDate, u32> {
        let mut days = BTreeMap::new();
        for shift in &self.shifts {
            if let Some(worked) = shift.worked_min() {
                *days.entry(shift.business_date()).or_insert(0) += worked;
            }
        }
        days
    }

    /// Seconds worked between two instants, without breaks; a shift that lasts is worked to the later of them.
    pub fn worked_s_within(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> u32 {
        let (mut presence, mut since, mut worked_s) = (Presence::Out, None, 0_u32);
        let mut work = |since: Option<DateTime<Utc>>, until| {
            let shared = since.map_or(0, |since| shared_s((since, until), (from, to)));
            worked_s = worked_s.saturating_add(shared);
        };
        for one in &self.punches {
            // What was punched out of turn changed nothing.
            let Ok(next) = presence.after(one.punch) else { continue };
            presence = next;
            work(since.take(), one.at.instant);
            since = (presence == Presence::In).then_some(one.at.instant);
        }
        work(since, to);
        worked_s
    }
}

/// The punches that stand after all corrections, in the order of their times.
fn standing<'a>(entries: impl IntoIterator<Item = &'a ClockEntry>) -> Vec<StandingPunch> {
    let mut entries: Vec<&ClockEntry> = entries.into_iter().collect();
    entries.sort_by_key(|entry| entry.no);
    let mut punches: BTreeMap<PunchNo, (Moment, Punch)> = BTreeMap::new();
    for entry in entries {
        match &entry.record {
            ClockRecord::Punched(punch) => {
                punches.insert(entry.no, (entry.at, *punch));
            }
            ClockRecord::Added { punch, at, .. } => {
                punches.insert(entry.no, (*at, *punch));
            }
            ClockRecord::Corrected { punch, to: Some(to), .. } => {
                if let Some((at, _)) = punches.get_mut(punch) {
                    *at = *to;
                }
            }
            ClockRecord::Corrected { punch, to: None, .. } => {
                punches.remove(punch);
            }
        }
    }
    let standing = punches.into_iter().map(|(no, (at, punch))| StandingPunch { no, at, punch });
    let mut standing: Vec<StandingPunch> = standing.collect();
    standing.sort_by_key(|punch| punch.at.instant);
    standing
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Duration};
    use uuid::Uuid;

    use super::*;

    fn at(minute: i64) -> Moment {
        Moment::utc(DateTime::UNIX_EPOCH + Duration::minutes(minute))
    }

    fn ann() -> CashierId {
        CashierId::new(Uuid::from_u128(1))
    }

    fn records(records: Vec<(i64, ClockRecord)>) -> Vec<ClockEntry> {
        let entry = |(no, (minute, record))| ClockEntry { cashier: ann(), no, at: at(minute), record };
        (1..).zip(records).map(entry).collect()
    }

    fn punched(minute: i64, punch: Punch) -> (i64, ClockRecord) {
        (minute, ClockRecord::Punched(punch))
    }

    fn corrected(punch: PunchNo, to: Option<i64>) -> (i64, ClockRecord) {
        let authority = Authority { cashier: ann(), approved_by: Some(CashierId::new(Uuid::from_u128(9))) };
        (5000, ClockRecord::Corrected { punch, to: to.map(at), authority, reason: "forgot".into() })
    }

    #[test]
    fn punches_alternate_and_one_out_of_turn_is_refused() {
        let lunch = Punch::BreakStart(BreakKind::Lunch);
        let refused =
            |presence, punch| Presence::after(presence, punch) == Err(OutOfTurn { punch, presence });
        assert_eq!(Presence::Out.after(Punch::In), Ok(Presence::In));
        assert_eq!(Presence::In.after(lunch), Ok(Presence::OnBreak));
        assert_eq!(Presence::OnBreak.after(Punch::BreakEnd), Ok(Presence::In));
        assert_eq!(Presence::OnBreak.after(Punch::Out), Ok(Presence::Out));
        assert!(refused(Presence::In, Punch::In) && refused(Presence::Out, Punch::Out));
        assert!(refused(Presence::Out, lunch) && refused(Presence::In, Punch::BreakEnd));
    }

    #[test]
    fn a_shift_is_worked_without_its_breaks_and_counts_for_the_day_it_began() {
        let entries = records(vec![
            punched(1320, Punch::In),
            punched(1380, Punch::BreakStart(BreakKind::Lunch)),
            punched(1410, Punch::BreakEnd),
            punched(1560, Punch::Out),
        ]);
        let attendance = Attendance::of(&entries);
        assert_eq!((attendance.presence, attendance.shifts.len()), (Presence::Out, 1));
        assert_eq!(attendance.worked_min(), BTreeMap::from([(at(0).business_date, 210)]));
    }

    #[test]
    fn what_was_worked_within_a_span_leaves_out_breaks_and_whatever_lies_outside() {
        let attendance = Attendance::of(&records(vec![
            punched(0, Punch::In),
            punched(60, Punch::BreakStart(BreakKind::Lunch)),
            punched(65, Punch::In),
            punched(90, Punch::BreakEnd),
            punched(120, Punch::Out),
            punched(200, Punch::In),
        ]));
        let worked_min = |from, to| attendance.worked_s_within(at(from).instant, at(to).instant) / 60;
        assert_eq!(worked_min(0, 120), 90);
        assert_eq!(worked_min(30, 100), 40, "half an hour before lunch, ten minutes after it");
        assert_eq!((worked_min(60, 90), worked_min(120, 200)), (0, 0));
        assert_eq!(worked_min(110, 230), 40, "a shift that lasts is worked to the end of the span");
    }

    #[test]
    fn a_correction_moves_adds_or_takes_back_a_punch_and_leaves_the_record() {
        let forgotten = ClockRecord::Added {
            punch: Punch::Out,
            at: at(500),
            authority: Authority { cashier: ann(), approved_by: None },
            reason: "went home".into(),
        };
        let entries = records(vec![
            punched(10, Punch::In),
            punched(20, Punch::In),
            corrected(2, None),
            (5000, forgotten),
            corrected(1, Some(0)),
        ]);
        let attendance = Attendance::of(&entries);
        assert_eq!(attendance.shifts, [Shift { from: at(0), to: Some(at(500)), break_s: 0 }]);
        assert!(attendance.open_questions.is_empty());
        let standing: Vec<_> = attendance.punches.iter().map(|punch| (punch.no, punch.at)).collect();
        assert_eq!(standing, [(1, at(0)), (4, at(500))], "the second was taken back");
        let reversed: Vec<_> = entries.iter().rev().cloned().collect();
        assert_eq!(Attendance::of(&reversed), attendance);
    }

    #[test]
    fn a_punch_that_no_longer_fits_is_a_question_and_no_guess() {
        let entries = records(vec![punched(10, Punch::In), punched(60, Punch::Out), corrected(1, None)]);
        let attendance = Attendance::of(&entries);
        assert!(attendance.shifts.is_empty());
        let question = OutOfTurn { punch: Punch::Out, presence: Presence::Out };
        assert_eq!(attendance.open_questions, [(at(60), question)]);
    }

    #[test]
    fn a_shift_that_lasts_has_no_hours_yet() {
        let attendance = Attendance::of(&records(vec![punched(10, Punch::In)]));
        assert_eq!((attendance.presence, attendance.worked_min().is_empty()), (Presence::In, true));
    }
}
