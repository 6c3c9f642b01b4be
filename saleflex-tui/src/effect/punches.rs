//! Putting the time clock right: what stands stays on record, and the correction beside it.

use chrono::NaiveDateTime;
use saleflex_core::{
    cashier::{
        Approval,
        time_clock::{Punch, PunchNo},
    },
    ids::CashierId,
};
use saleflex_store::Shell;

use super::{Denial, Desk, Outcome, denied::denial};
use crate::text::Key;

/// A correction of the time clock.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PunchCorrection {
    /// Whose punch; none: that of the cashier on duty.
    pub cashier: Option<CashierId>,
    /// What was wrong.
    pub change: PunchChange,
    /// Why.
    pub reason: String,
}

/// What was wrong at the time clock. Times are those of the store's clock.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PunchChange {
    /// A punch was at another time.
    Moved {
        /// Which.
        punch: PunchNo,
        /// When it was.
        to: NaiveDateTime,
    },
    /// A punch never was.
    TakenBack {
        /// Which.
        punch: PunchNo,
    },
    /// A punch was forgotten.
    Forgotten {
        /// What.
        punch: Punch,
        /// When it would have been.
        at: NaiveDateTime,
    },
}

impl<S: Shell + Clone + 'static> Desk<S> {
    /// Corrects the clock of a cashier.
    pub(super) fn correct_punch(
        &mut self,
        correction: &PunchCorrection,
        approval: Option<Approval>,
    ) -> Result<Outcome, Denial> {
        let text = self.text;
        let Some(till) = self.till.as_mut() else { return Ok(Outcome::default()) };
        let is_approved = approval.is_some();
        let on_duty = till.on_duty().map(|cashier| cashier.id);
        let Some(cashier) = correction.cashier.or(on_duty) else { return Ok(Outcome::default()) };
        let reason = correction.reason.clone();
        let done = match correction.change {
            PunchChange::Moved { punch, to } => {
                let to = till.at_local(to);
                till.correct_punch(cashier, punch, Some(to), reason, approval)
            }
            PunchChange::TakenBack { punch } => till.correct_punch(cashier, punch, None, reason, approval),
            PunchChange::Forgotten { punch, at } => {
                let at = till.at_local(at);
                till.add_punch(cashier, punch, at, reason, approval)
            }
        };
        let attendance = done.map_err(|error| denial(text, &error, is_approved))?;
        // What does not fit any more is told at once, and stands on the time sheet until it is put right.
        let key = if attendance.open_questions.is_empty() {
            Key::SaidPunchCorrected
        } else {
            Key::SaidPunchDoubtful
        };
        Ok(Outcome { message: Some(text.word(key).to_owned()), ..Outcome::default() })
    }
}
