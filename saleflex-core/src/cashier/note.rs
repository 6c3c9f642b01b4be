//! What is noted of a work session, or of a break in it: by its cashier, or by whoever supervises.
//!
//! It stands beside the session and never changes. It stays at the till, like what a break was for: neither is anybody
//! else's affair.

use alloc::string::String;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::session::WorkSession;
use crate::ids::CashierId;

/// A note on a work session.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SessionNote {
    /// Whose session.
    pub cashier: CashierId,
    /// When it began, by which it is known.
    pub started_at: DateTime<Utc>,
    /// When the break began that it is about; none: it is about the whole session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_break: Option<DateTime<Utc>>,
    /// What is noted, frozen as typed.
    pub note: String,
}

impl SessionNote {
    /// The most letters of one.
    pub const LONGEST: usize = 500;

    /// Whether it is about this session, and where it is about a break, about one of its breaks.
    pub fn is_of(&self, session: &WorkSession) -> bool {
        let has_break = |at: DateTime<Utc>| session.breaks.iter().any(|pause| pause.from.instant == at);
        self.cashier == session.cashier
            && self.started_at == session.started_at.instant
            && self.of_break.is_none_or(has_break)
    }
}
