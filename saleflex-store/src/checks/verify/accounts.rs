//! What customers owe: the sum of what their documents put on account, less what came back.

use std::collections::BTreeMap;

use rusqlite::Connection;
use saleflex_core::{
    customer::CustomerChange,
    ids::CustomerId,
    journal::{Entry, Event},
    money::Money,
};

use super::{Finding, Tampering, hold};
use crate::{file::codec::get, people::customer::owed_by};

pub(super) struct Accounts<'a> {
    connection: &'a Connection,
    balances: BTreeMap<CustomerId, Money>,
    merged: BTreeMap<CustomerId, CustomerId>,
}

impl<'a> Accounts<'a> {
    pub(super) const fn new(connection: &'a Connection) -> Self {
        Self { connection, balances: BTreeMap::new(), merged: BTreeMap::new() }
    }

    /// Follows an entry.
    pub(super) fn of_entry(&mut self, entry: &Entry) {
        for completed in &entry.effects.completed {
            let document = completed.document();
            if let Some(customer) = document.customer.filter(|_| !document.training) {
                let customer = self.in_use(customer);
                *self.balances.entry(customer).or_default() += owed_by(document);
            }
        }
        if let Event::Customer(CustomerChange::Merged { from, into }) = &entry.event {
            let owed = self.balances.remove(from).unwrap_or_default();
            *self.balances.entry(*into).or_default() += owed;
            self.merged.insert(*from, *into);
        }
    }

    /// A record is merged only while it is in use, so no chain of merges turns in a circle.
    fn in_use(&self, customer: CustomerId) -> CustomerId {
        let mut at = customer;
        while let Some(next) = self.merged.get(&at) {
            at = *next;
        }
        at
    }

    /// What must hold when every entry was seen.
    pub(super) fn end(&self) -> Finding {
        let mut open = self.balances.clone();
        open.retain(|_, owed| !owed.is_zero());
        let mut select =
            self.connection.prepare("SELECT id, account_balance FROM customer WHERE account_balance <> 0")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let customer: CustomerId = get(row, 0)?;
            let owed = open.remove(&customer);
            hold!(owed == Some(get(row, 1)?), Tampering::BalanceChanged { customer });
        }
        if let Some(customer) = open.keys().next() {
            return Ok(Err(Tampering::BalanceChanged { customer: *customer }));
        }
        Ok(Ok(()))
    }
}
