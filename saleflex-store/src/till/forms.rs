//! The screens of this till.

use saleflex_core::{cashier::Capability, journal::Event};

use super::Till;
use crate::{
    error::Error,
    file::connection::Transaction,
    forms::{self, FormRecord, StoredForm},
};

/// Screens.
impl Till {
    /// Every stored form, by number; one that cannot be read says why.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn forms(&self) -> Result<Vec<StoredForm>, Error> {
        forms::load(self.connection())
    }

    /// Takes over what the program delivers: forms that are not there yet, and newer ones in the place of those that
    /// nobody changed. What a shop changed stays, and is the answer, by number. Where nothing is new, nothing is written.
    ///
    /// # Errors
    /// [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written.
    pub fn deliver_forms(&mut self, delivered: &[FormRecord]) -> Result<Vec<StoredForm>, Error> {
        let mut newer: Vec<&FormRecord> = delivered.iter().collect();
        let mut own = Vec::new();
        for kept in forms::kept(self.connection())? {
            let is_same = |form: &&FormRecord| form.form_no == kept.form_no || form.name == kept.name;
            // What reads as it is delivered needs no digest to tell whose it is.
            let is_as_delivered = |form| kept.definition.as_ref().is_ok_and(|known| known == form);
            if delivered.iter().find(is_same).is_some_and(is_as_delivered) {
                newer.retain(|form| !is_same(form));
                continue;
            }
            let stored = kept.stored();
            if stored.is_own {
                newer.retain(|form| form.form_no != stored.form_no && form.name != stored.name);
                own.push(stored);
            }
        }
        if newer.is_empty() {
            return Ok(own);
        }
        let transaction = Transaction::begin(self.database.connection_mut())?;
        for form in newer {
            forms::write(&transaction, form, Some(&form.digest().to_string()))?;
        }
        transaction.commit()?;
        Ok(own)
    }

    /// Stores a form of the shop's own, in the place of the one with its number. Whoever calls this has checked it.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability; [`Error::Taken`] when a form of another number has its name.
    pub fn change_form(&mut self, form: &FormRecord) -> Result<(), Error> {
        self.put_form(form, None)
    }

    /// Puts the form that the program delivers in the place of the shop's own.
    ///
    /// # Errors
    /// As [`Till::change_form`].
    pub fn restore_form(&mut self, delivered: &FormRecord) -> Result<(), Error> {
        let digest = delivered.digest().to_string();
        self.put_form(delivered, Some(&digest))
    }

    /// Takes a form of the shop's own out. Whoever calls this has looked that no other leads to it.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability; where there is no form of this number, nothing happens.
    pub fn remove_form(&mut self, form_no: u16) -> Result<(), Error> {
        self.need(Capability::FormWrite)?;
        let known = self.forms()?.into_iter().find(|known| known.form_no == form_no);
        let Some(known) = known else { return Ok(()) };
        let terminal = self.identity.terminal.uuid();
        let event = Event::FormRemoved { form_no, name: known.name };
        self.commit_event(event, terminal, |connection, _| forms::remove(connection, form_no))
    }

    fn put_form(&mut self, form: &FormRecord, delivered: Option<&str>) -> Result<(), Error> {
        self.need(Capability::FormWrite)?;
        let is_taken =
            self.forms()?.iter().any(|known| known.name == form.name && known.form_no != form.form_no);
        if is_taken {
            return Err(Error::Taken { code: form.name.clone() });
        }
        let terminal = self.identity.terminal.uuid();
        let event = Event::FormChanged { form_no: form.form_no, digest: form.digest() };
        self.commit_event(event, terminal, |connection, _| forms::write(connection, form, delivered))
    }
}
