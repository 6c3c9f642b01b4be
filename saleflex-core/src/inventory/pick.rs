//! Which batches leave: first expired, first out.

use alloc::vec::Vec;

use chrono::NaiveDate;

use super::{Batch, BatchLevel, BatchNo, Level, Stock};

/// Splits what leaves a level into batches; the parts add up to `quantity`.
///
/// Batches that are still good go by their date, the nearest first, then by when they were made, then by number;
/// batches without a date come after. What no good batch covers is taken from what belongs to none, and what is
/// still left from expired batches, the oldest first: goods that left are gone, whatever their date. Beyond all of that, no
/// batch is named. Damaged goods are never picked.
pub fn pick(level: &Level, quantity: Stock, on: NaiveDate) -> Vec<(Option<Batch>, Stock)> {
    let (expired, good): (Vec<_>, Vec<_>) = level
        .batches
        .iter()
        .filter(|(_, batch)| batch.sound().is_positive())
        .partition(|(_, batch)| batch.is_expired(on));
    let mut picked = Vec::new();
    let mut left = quantity;
    take_in_order(good, &mut left, &mut picked);
    let unbatched = level.unbatched().or_zero().min(left);
    left -= unbatched;
    take_in_order(expired, &mut left, &mut picked);
    let without = unbatched + left;
    if without.is_positive() {
        picked.push((None, without));
    }
    picked
}

fn take_in_order(
    mut batches: Vec<(&BatchNo, &BatchLevel)>,
    left: &mut Stock,
    picked: &mut Vec<(Option<Batch>, Stock)>,
) {
    batches.sort_by_key(|(no, batch)| {
        (batch.expiry.is_none(), batch.expiry, batch.produced.is_none(), batch.produced, *no)
    });
    for (no, batch) in batches {
        let taken = batch.sound().min(*left);
        if !taken.is_positive() {
            return;
        }
        *left -= taken;
        let batch = Batch { no: no.clone(), produced: batch.produced, expiry: batch.expiry };
        picked.push((Some(batch), taken));
    }
}
