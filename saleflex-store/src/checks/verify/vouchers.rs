//! Vouchers: what is left on them is what the documents lead to.

use rusqlite::Connection;
use saleflex_core::{document::Document, journal::Entry};

use super::{Finding, Tampering, hold};
use crate::books::vouchers::{self, Moved, Vouchers};

pub(super) struct GivenOut<'a> {
    connection: &'a Connection,
    vouchers: Vouchers,
}

impl<'a> GivenOut<'a> {
    pub(super) const fn new(connection: &'a Connection) -> Self {
        Self { connection, vouchers: Vouchers::new() }
    }

    /// Follows an entry; `before` is its document as it was.
    pub(super) fn of_entry(&mut self, entry: &Entry, before: Option<&Document>) {
        Moved::by(entry, before).follow(&mut self.vouchers);
    }

    /// What must hold when every event was seen.
    pub(super) fn end(&self) -> Finding {
        hold!(vouchers::all(self.connection)? == self.vouchers, Tampering::VoucherChanged);
        Ok(Ok(()))
    }
}
