//! The code on a receipt or a ticket: goods are brought back, or what is parked is taken up.

use saleflex_core::{cashier::Approval, ids::DocumentId};
use saleflex_store::{
    Request, Shell, Till,
    history::{Found, parse_scanned},
};

use super::{
    Denial, Desk, Outcome, Sale,
    desk::execute,
    ringing::{find, known},
};
use crate::text::Key;

/// A receipt or a ticket that was scanned.
pub(super) enum Scanned {
    /// It is parked at this till.
    Parked(DocumentId),
    /// It is settled, under this number.
    Settled(String),
    /// It is on the screen.
    Open(String),
    /// It was closed without effect.
    Cancelled(String),
    /// It is no document of this till.
    Unknown,
}

/// The document whose code was entered; none where it is no such code, or goods have it.
pub(super) fn scanned_document(till: &mut Till, sale: &Sale) -> Option<Scanned> {
    let whole = sale.readings.first()?;
    let key = parse_scanned(&whole.code)?;
    if known(till, sale, find).is_ok() {
        return None;
    }
    let found = till.find_document(key).ok()?;
    let number = |found: &Found| found.document().number.to_string();
    Some(match &found {
        Some(Found::Suspended(suspended)) => Scanned::Parked(suspended.document().id),
        Some(settled @ Found::Completed(_)) => Scanned::Settled(number(settled)),
        Some(open @ Found::Open(_)) => Scanned::Open(number(open)),
        Some(cancelled @ Found::Cancelled(_)) => Scanned::Cancelled(number(cancelled)),
        None => Scanned::Unknown,
    })
}

impl<S: Shell + Clone + 'static> Desk<S> {
    /// A receipt or a ticket was scanned: what is parked is taken up, a sale opens for what is brought back of it.
    pub(super) fn scanned(&mut self, found: Scanned, approval: Option<Approval>) -> Result<Outcome, Denial> {
        let text = self.text;
        let Some(till) = self.till.as_mut() else { return Ok(Outcome::default()) };
        match found {
            Scanned::Parked(document) => {
                let is_approved = approval.is_some();
                let done = execute(till, Request::resume(document), approval);
                self.settled(done, is_approved)
            }
            Scanned::Settled(number) => Ok(Outcome { returned: Some(number), ..Outcome::default() }),
            Scanned::Open(number) => Err(Denial::Said(text.fill(Key::ScannedOpen, &[("number", &number)]))),
            Scanned::Cancelled(number) => {
                Err(Denial::Said(text.fill(Key::ScannedCancelled, &[("number", &number)])))
            }
            Scanned::Unknown => Err(Denial::Said(text.word(Key::ScannedUnknown).to_owned())),
        }
    }
}
