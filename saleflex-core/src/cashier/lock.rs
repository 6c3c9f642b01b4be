//! A till that its cashier left: locked, with the document as it was.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::{Capability, OnDuty};
use crate::{ids::CashierId, time::Moment};

/// Why a till is locked.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LockCause {
    /// Nobody touched it for the time that the store allows.
    Idle,
    /// The cashier asked for it.
    Asked,
    /// The cashier is on a break.
    Break,
}

/// A locked till. The document on screen stays open and untouched; nothing is decided until somebody unlocks.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Lock {
    /// Who was logged in.
    pub cashier: CashierId,
    /// When it was locked.
    pub at: Moment,
    /// What locked it.
    pub cause: LockCause,
}

/// How a locked till was unlocked.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unlocked {
    /// The cashier came back.
    Resumed,
    /// Somebody who may approve took the till over, with the document that was open; whoever opened it stays named
    /// on it.
    TakenOver {
        /// The cashier who was logged in.
        from: CashierId,
    },
}

impl Lock {
    /// What follows when somebody has identified themselves at the locked till.
    ///
    /// # Errors
    /// [`Capability::Override`] for anybody but the cashier and those who hold it.
    pub fn unlock(&self, who: &OnDuty) -> Result<Unlocked, Capability> {
        if who.id == self.cashier {
            Ok(Unlocked::Resumed)
        } else if who.may(Capability::Override) {
            Ok(Unlocked::TakenOver { from: self.cashier })
        } else {
            Err(Capability::Override)
        }
    }
}

/// Whether a till has been idle long enough to be locked. A clock that was set back locks nobody out.
pub fn is_idle(last_touched: DateTime<Utc>, now: DateTime<Utc>, limit_s: u32) -> bool {
    now - last_touched >= Duration::seconds(i64::from(limit_s))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::cashier::Role;

    #[test]
    fn a_locked_till_opens_to_its_cashier_or_to_someone_who_may_take_it_over() {
        let [ann, bob, max] = [1, 2, 3].map(|no| CashierId::new(Uuid::from_u128(no)));
        let lock = Lock { cashier: ann, at: Moment::utc(DateTime::UNIX_EPOCH), cause: LockCause::Idle };
        assert_eq!(lock.unlock(&OnDuty::with_role(ann, Role::Cashier)), Ok(Unlocked::Resumed));
        assert_eq!(lock.unlock(&OnDuty::with_role(bob, Role::Cashier)), Err(Capability::Override));
        let taken = lock.unlock(&OnDuty::with_role(max, Role::Manager));
        assert_eq!(taken, Ok(Unlocked::TakenOver { from: ann }));
    }

    #[test]
    fn a_till_is_idle_after_the_limit_and_not_because_its_clock_was_set_back() {
        let touched = DateTime::UNIX_EPOCH + Duration::seconds(1000);
        let after = |seconds| is_idle(touched, touched + Duration::seconds(seconds), 120);
        assert_eq!([119, 120, -5000].map(after), [false, true, false]);
    }
}
