//! What deliveries tell of customers, applied to the hub's rows of them, as far as the device may have them.

use chrono::{DateTime, Utc};
use saleflex_core::customer::CustomerChange;

use super::Event;
use crate::{
    db::{DatabaseError, Session},
    definitions::{
        self, people,
        told::{self, Told},
    },
};

/// Applies a change of a customer, and what the till tells of them beside it. Who is in a segment is worked out at each till:
/// that is not told here.
pub(super) fn apply(
    session: &mut dyn Session,
    event: Event<'_>,
    (change, at): (&CustomerChange, DateTime<Utc>),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    if !event.knows_customers {
        return Ok(());
    }
    let place = (event.key.company, event.store);
    if let CustomerChange::Erased { customers, .. } = change {
        for customer in customers {
            definitions::erase(session, place, customer.uuid(), now)?;
        }
    } else if let CustomerChange::ConsentRecorded { customer, consent } = change {
        people::agree(session, place, (customer.uuid(), consent), now)?;
    } else if let CustomerChange::Deleted { customer } = change {
        people::remove(session, place, customer.uuid(), now)?;
    } else if let CustomerChange::Merged { from, into } = change {
        people::merge(session, place, (from.uuid(), into.uuid()), now)?;
    }
    // Of two that are one the row that stays lacks less now.
    told::take(session, place, Told { people: event.people, change, at }, now)
}
