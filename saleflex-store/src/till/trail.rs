//! The audit trail.

use saleflex_core::{audit::AuditSearch, cashier::Capability};

use super::Till;
use crate::{
    books::audit::{self, AuditRow},
    error::Error,
};

/// The audit trail.
impl Till {
    /// At most `limit` sensitive acts that meet everything said, the latest first. They are written with the commands
    /// they belong to and cannot be written otherwise.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability to read the trail.
    pub fn audit_trail(&self, search: &AuditSearch, limit: usize) -> Result<Vec<AuditRow>, Error> {
        self.need(Capability::AuditRead)?;
        audit::search(self.connection(), search, limit)
    }

    /// The sensitive acts of one entry of the journal, in order.
    ///
    /// # Errors
    /// As [`Till::audit_trail`].
    pub fn audit_of(&self, seq: i64) -> Result<Vec<AuditRow>, Error> {
        self.need(Capability::AuditRead)?;
        audit::of_entry(self.connection(), seq)
    }
}
