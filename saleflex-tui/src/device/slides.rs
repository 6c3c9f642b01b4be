//! What the customer's screen says while nothing is sold: slides that time turns.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// Which of so many slides stands there at an instant, where each stays for so long; none where nothing turns, and all of
/// them stand there together.
pub fn slide_at(count: usize, stay: Duration, at: DateTime<Utc>) -> Option<usize> {
    let stay = i64::try_from(stay.as_secs()).ok().filter(|stay| *stay > 0)?;
    let count = i64::try_from(count).ok().filter(|count| *count > 1)?;
    usize::try_from(at.timestamp().div_euclid(stay).rem_euclid(count)).ok()
}
