//! What deliveries tell of customers, applied to the hub's rows of them, as far as the device may have them.

use chrono::{DateTime, Utc};
use saleflex_core::customer::CustomerChange;

use super::Event;
use crate::{
    db::{DatabaseError, Session},
    definitions::{self, people},
};

/// Applies a change of a customer. What they are called and where they live travels beside the journal, and who is in a
/// segment is worked out at each till: neither is told here.
pub(super) fn apply(
    session: &mut dyn Session,
    event: Event<'_>,
    change: &CustomerChange,
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
    Ok(())
}
