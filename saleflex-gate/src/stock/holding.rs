//! Who moves goods of a store beside whom.
//!
//! **Invariant:** what follows from what others moved there, or has them reckon with it, is booked alone in its store, from
//! before anything is read until the transaction is over; whatever else moves, beside others. So of a count and a sale that
//! come at the same instant the later one knows of the earlier. People who put levels right at the hub follow one
//! another by their company, and hold the shelves beside others from before they read: what is sold meanwhile comes behind
//! what they found, and whoever counts waits for them.

use uuid::Uuid;

use super::{BESIDE, Moved, counted::ADJUSTMENT, openings::OPENING};
use crate::db::{DatabaseError, Hold, Session};

/// The number that the shelves of a store are held by. Stores that have one in common wait for each other, and that is all.
pub(crate) fn number((company, store): (Uuid, Uuid)) -> i64 {
    let folded = [company, store].map(|id| {
        let (high, low) = id.as_u64_pair();
        high ^ low
    });
    i64::from_ne_bytes((folded[0] ^ folded[1].rotate_left(1)).to_ne_bytes())
}

/// Holds the shelves of a store beside others, before it is read there what something is booked by.
pub(crate) fn hold_beside(session: &mut dyn Session, of: (Uuid, Uuid)) -> Result<(), DatabaseError> {
    session.hold(Hold::Shared, number(of))
}

impl Moved {
    /// How the shelves are held while this is booked: alone where something was put right, where what a till was made with is
    /// told, and where movements are told beside a document.
    pub(crate) fn hold(&self) -> Hold {
        let is_alone =
            self.0.iter().any(|one| one.kind == ADJUSTMENT || one.kind == OPENING || one.source.1 >= BESIDE);
        if is_alone { Hold::Alone } else { Hold::Shared }
    }
}
