//! Customers: who they are, that two of them are one, and that they are to be forgotten. What they owe, their points and
//! what they agreed to are not taken from here.

use saleflex_core::{
    customer::{Customer, CustomerDetails, Standing},
    ids::CustomerId,
};
use saleflex_store::{
    Error, Till,
    inbox::{PulledRow, Taken},
    till::PulledCustomer,
};
use uuid::Uuid;

use super::{fields, mark, parts};
use crate::fitting::{self, CUSTOMERS, Person, rows::Fields};

/// Customers. One whose record was changed here and has not reached the hub yet waits: the hub's word is older.
pub(super) fn customers(till: &mut Till, connector: &str, most: usize) -> Result<Vec<Taken>, Error> {
    let waiting = till.waiting_rows(connector, CUSTOMERS, most)?;
    let mut rows = Vec::new();
    for row in &waiting {
        if let Some(fits) = beyond(till, connector, row)? {
            rows.push((None, mark(row, fits.err())));
            continue;
        }
        let fits = match customer(row) {
            // The till has one of its own.
            Ok(None) => Ok(None),
            Ok(Some(mut customer)) => {
                // A hub that says nothing of preferences leaves those of the till.
                if fields(row).get("preferences_json").is_none() {
                    let known = till.person(customer.id)?.map(|record| record.details.preferences);
                    customer.details.preferences = known.unwrap_or_default();
                }
                fit(till, connector, customer)?
            }
            Err(why) => Err(why),
        };
        let (customer, held_for) = fits.map_or_else(|why| (None, Some(why)), |customer| (customer, None));
        rows.push((customer, mark(row, held_for)));
    }
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    parts::take(till, connector, rows, Till::take_over_customers)
}

/// Of people who are left to the till it takes over from a hub that they were erased, and nothing else.
pub(super) fn erasures(till: &mut Till, connector: &str, most: usize) -> Result<Vec<Taken>, Error> {
    let mut marks = Vec::new();
    for row in &till.waiting_erasures(connector, most)? {
        if let Some(fits) = beyond(till, connector, row)? {
            marks.push(mark(row, fits.err()));
        }
    }
    if !marks.is_empty() {
        till.take_over_customers(connector, &[], &marks)?;
    }
    Ok(marks)
}

/// What becomes of a row of somebody who was erased or merged into somebody else, here or elsewhere; none of anybody else.
/// Nothing more of the row is looked at.
fn beyond(till: &mut Till, connector: &str, row: &PulledRow) -> Result<Option<Result<(), String>>, Error> {
    let id = CustomerId::new(row.id);
    let map = fields(row);
    if Fields(&map).flag("is_erased", false) != Ok(true) {
        let leads_elsewhere =
            |record: Customer| matches!(record.standing, Standing::Erased { .. } | Standing::Merged { .. });
        if till.person(id)?.is_some_and(leads_elsewhere) {
            return Ok(Some(Ok(())));
        }
        let into = Fields(&map).text("merged_into").and_then(|text| Uuid::parse_str(&text).ok());
        let into = into.filter(|_| row.is_deleted).map(CustomerId::new);
        return into.map(|into| merged(till, connector, (id, into))).transpose();
    }
    match till.take_over_erasure(id) {
        Ok(()) => Ok(Some(Ok(()))),
        // Somebody settles the account, or ends the document, and the row is tried again.
        Err(cause @ (Error::NotErasable(_) | Error::Locked)) => Ok(Some(Err(cause.to_string()))),
        Err(other) => Err(other),
    }
}

/// Makes one of two records that another till found to be one person, with what is owed and the points of both here.
fn merged(
    till: &mut Till,
    connector: &str,
    (from, into): (CustomerId, CustomerId),
) -> Result<Result<(), String>, Error> {
    // Of one that is not in use here there is nothing to hand over.
    let Some(gone) = till.person(from)?.filter(Customer::is_live) else { return Ok(Ok(())) };
    if till.person(into)?.is_none() {
        // Its row comes with the telephone of the one that goes, and would wait for it.
        let details = CustomerDetails { phone: None, ..gone.details };
        let stays = PulledCustomer { id: into, code: None, details, is_gone: false };
        till.take_over_customers(connector, &[stays], &[])?;
    }
    match till.take_over_merge(into, from) {
        Ok(()) => Ok(Ok(())),
        Err(cause @ (Error::NotMerged(_) | Error::PointsHeld(_) | Error::NoMember { .. })) => {
            Ok(Err(cause.to_string()))
        }
        Err(other) => Err(other),
    }
}

/// The customer that is written; none where nothing of the row concerns the till.
fn fit(
    till: &mut Till,
    connector: &str,
    mut customer: PulledCustomer,
) -> Result<Result<Option<PulledCustomer>, String>, Error> {
    if till.is_unsent(connector, customer.id)? {
        return Ok(Err("it was changed here and the hub has not heard of it".to_owned()));
    }
    let is_known = till.customer(customer.id)?.is_some();
    if customer.is_gone && !is_known {
        return Ok(Ok(None));
    }
    let mut fits = till.check_customer(&customer);
    if matches!(fits, Err(Error::Taken { .. })) {
        // Tills give codes out by themselves: whoever has one that is another's here is found by another one.
        customer.code = None;
        fits = till.check_customer(&customer);
    }
    Ok(fits.map(|()| Some(customer)).map_err(|cause| cause.to_string()))
}

/// The customer of a row; none where it is the one who gives no name.
fn customer(row: &PulledRow) -> Result<Option<PulledCustomer>, String> {
    let id = CustomerId::new(row.id);
    let person = fitting::person(&Fields(&fields(row)))?;
    Ok(person.map(|Person { code, details, is_active }| PulledCustomer {
        id,
        code,
        details,
        is_gone: row.is_deleted || !is_active,
    }))
}
