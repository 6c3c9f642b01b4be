//! What people agree to.

use saleflex_core::{
    cashier::Capability,
    checkout::Effects,
    customer::{Consent, CustomerChange, Purpose, Source},
    ids::CustomerId,
};

use super::Till;
use crate::{
    error::Error,
    people::{customer, loyalty},
};

/// Agreements.
impl Till {
    /// Records what a customer agrees to or takes back here and now, in which words.
    ///
    /// # Errors
    /// As [`Till::record_statement`].
    pub fn record_consent(
        &mut self,
        customer: CustomerId,
        purpose: Purpose,
        given: bool,
        wording: &str,
    ) -> Result<(), Error> {
        let (at, wording) = (self.shell.now(), wording.to_owned());
        self.record_statement(customer, &Consent { purpose, given, at, source: Source::Pos, wording })
    }

    /// Records what a customer agreed to or took back, wherever and whenever that was said: on a form of paper, in an
    /// application. Of one purpose what was said last holds.
    ///
    /// # Errors
    /// [`Error::NoSuchCustomer`]; [`Error::BadRecord`] without the words, or where that is still to come.
    pub fn record_statement(&mut self, customer: CustomerId, said: &Consent) -> Result<(), Error> {
        self.need(Capability::Sell)?;
        let mut record = self.live_customer(customer)?;
        let now = self.shell.now();
        let consent = Consent { wording: said.wording.trim().to_owned(), ..said.clone() };
        if consent.wording.is_empty() || consent.at.instant > now.instant {
            return Err(Error::BadRecord { record: "consent" });
        }
        record.consents.record(consent.clone());
        let member = loyalty::membership(self.connection(), customer)?;
        let segments = self.segments_of_record(&record, member.as_ref(), &[], now)?;
        let change = CustomerChange::ConsentRecorded { customer, consent: consent.clone() };
        let effects = Effects { segments, ..Effects::default() };
        let entry = self.customer_entry(change, now).with_effects(effects);
        self.commit(&entry, None, None, |connection, _| customer::consent(connection, customer, &consent))
    }
}
