//! What is done about a customer beyond the record: points by hand, cards, who brought whom, two records made one, a
//! person forgotten.

use saleflex_store::{Error, Till, customer::Customer};

use super::{Reader, Value, customer::customer_id};
use crate::{listing::RowId, text::Key};

pub(crate) mod card;
pub(crate) mod erase;
pub(crate) mod grant;
pub(crate) mod merge;
pub(crate) mod referral;

/// The customer that a screen was opened for.
fn opened_for(till: &Till, of: Option<RowId>) -> Result<Option<Customer>, Error> {
    customer_id(of).map_or(Ok(None), |id| till.customer(id))
}

/// The code of the customer that a screen was opened for; it can be typed as well.
fn code(known: Option<&Customer>) -> Value {
    Value::text(known.map(|known| &known.code))
}

/// The customer whose code was typed.
fn customer(read: &mut Reader<'_>, till: &Till, name: &'static str) -> Result<Option<Customer>, Error> {
    let code = read.needed(name, 50);
    if code.is_empty() {
        return Ok(None);
    }
    let known = till.customer_with_code(&code)?;
    if known.is_none() {
        read.fault(name, read.text.fill(Key::NoSuchCustomer, &[("code", &code)]));
    }
    Ok(known)
}
