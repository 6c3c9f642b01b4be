//! Which batches leave: first expired, first out.

use alloc::vec::Vec;

use chrono::NaiveDate;

use super::{Batch, BatchLevel, BatchNo, Level, Stock};

/// Splits what leaves a level into batches; the parts add up to `quantity`.
///
/// Batches that are still good go by their date, the nearest first, then by when they were made, then by number;
/// batches without a date come after. What no good batch covers is taken from what belongs to none, and what is
/// still left from expired batches, the oldest first: goods that left are gone, whatever their date. Beyond all of that, no
/// batch is named. Damaged goods are never picked while there are others.
pub fn pick(level: &Level, quantity: Stock, on: NaiveDate) -> Vec<(Option<Batch>, Stock)> {
    let (expired, good): (Vec<_>, Vec<_>) = level
        .batches
        .iter()
        .filter(|(_, batch)| batch.sound().is_positive())
        .partition(|(_, batch)| batch.is_expired(on));
    let mut picked = Vec::new();
    let mut left = quantity;
    take_in_order(good, &mut left, &mut picked);
    let unbatched = (level.unbatched() - level.damaged_unbatched().or_zero()).or_zero().min(left);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_apart_of_no_batch_stays_while_there_is_anything_else() {
        let expired = BatchLevel {
            on_hand: Stock::whole(5),
            expiry: "2025-04-01".parse().ok(),
            ..BatchLevel::default()
        };
        let level = Level {
            on_hand: Stock::whole(11),
            damaged: Stock::whole(5),
            batches: [(BatchNo::parse("old").unwrap(), expired)].into(),
            ..Level::default()
        };
        let picked = pick(&level, Stock::whole(4), "2025-04-06".parse().unwrap());
        let parts: Vec<_> = picked.iter().map(|(batch, part)| (batch.is_some(), *part)).collect();
        assert_eq!(parts, [(true, Stock::whole(3)), (false, Stock::whole(1))]);
    }
}
