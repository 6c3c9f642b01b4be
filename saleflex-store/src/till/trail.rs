//! The audit trail.

use saleflex_core::{audit::AuditSearch, cashier::Capability, ids::ProductId, journal::Event};

use super::Till;
use crate::{
    books::audit::{self, AuditRow, SettingChange},
    error::Error,
    goods::catalog::price_lists::{self, PriceChange},
};

/// The audit trail.
impl Till {
    /// At most `limit` sensitive acts that meet everything said, the latest first. They are written with the commands
    /// they belong to and cannot be written otherwise.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability to read the trail.
    pub fn audit_trail(&self, search: &AuditSearch, limit: usize) -> Result<Vec<AuditRow>, Error> {
        self.audit_page(search, 0, limit)
    }

    /// The same behind so many of them: the next page.
    ///
    /// # Errors
    /// As [`Till::audit_trail`].
    pub fn audit_page(
        &self,
        search: &AuditSearch,
        skip: usize,
        limit: usize,
    ) -> Result<Vec<AuditRow>, Error> {
        self.need(Capability::AuditRead)?;
        audit::search(self.connection(), search, i64::MAX, skip, limit)
    }

    /// The same before a place in the trail: whoever looks through all of it in parts goes on where the last part ended
    /// ([`AuditRow::no`]), and no part costs more for lying far back.
    ///
    /// # Errors
    /// As [`Till::audit_trail`].
    pub fn audit_before(
        &self,
        search: &AuditSearch,
        before: i64,
        limit: usize,
    ) -> Result<Vec<AuditRow>, Error> {
        self.need(Capability::AuditRead)?;
        audit::search(self.connection(), search, before, 0, limit)
    }

    /// What an entry of the journal changed of the settings, by key; nothing where it is about something else.
    ///
    /// # Errors
    /// As [`Till::audit_trail`]; [`Error::Database`] when there is no such entry.
    pub fn setting_changes(&self, seq: i64) -> Result<Vec<SettingChange>, Error> {
        self.need(Capability::AuditRead)?;
        let Event::SettingsChanged { settings, was: Some(was), .. } = self.entry(seq)?.event else {
            return Ok(Vec::new());
        };
        SettingChange::between(&was, &settings)
    }

    /// What an entry of the journal changed of tax rates, departments, units, masks and brands; nothing where it is
    /// about something else.
    ///
    /// # Errors
    /// As [`Till::setting_changes`].
    pub fn reference_changes(&self, seq: i64) -> Result<Vec<SettingChange>, Error> {
        self.need(Capability::AuditRead)?;
        let Event::ReferenceReplaced { reference, was: Some(was) } = self.entry(seq)?.event else {
            return Ok(Vec::new());
        };
        SettingChange::between_references(&was, &reference)
    }

    /// The prices that an entry of the journal changed, by product.
    ///
    /// # Errors
    /// As [`Till::audit_trail`].
    pub fn price_changes(&self, seq: i64) -> Result<Vec<(ProductId, PriceChange)>, Error> {
        self.need(Capability::AuditRead)?;
        price_lists::of_entry(self.connection(), seq)
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
