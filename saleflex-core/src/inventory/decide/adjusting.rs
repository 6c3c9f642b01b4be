//! Putting a level right, and setting goods apart.

use alloc::{collections::BTreeSet, vec::Vec};

use super::{
    desk::Desk,
    lines::{check_absent, check_quantity, check_serials, check_size},
};
use crate::{
    authority::Authority,
    inventory::{
        Batch, Movement, MovementKind, Place, SerialNo, Stock, StockRefusal, Tracking, Use,
        command::{Adjust, SetApart},
        pick,
    },
};

/// Books the difference between what was counted and what the counter's books said; answers the latter.
pub(super) fn adjusted(
    desk: &mut Desk<'_>,
    adjust: &Adjust,
    authority: Authority,
) -> Result<Stock, StockRefusal> {
    let &Adjust { place, counted, .. } = adjust;
    let item = place.item;
    let rules = desk.rules(item)?;
    desk.facts().check(place.location, Use::Count)?;
    if counted.is_negative() {
        return Err(StockRefusal::CountedNegative { item, counted });
    }
    check_size(item, counted, rules.decimals)?;
    check_serials(desk, item, counted, &adjust.serials)?;
    let ours = desk.counted_by_books(place, adjust.batch.as_ref());
    let expected = adjust.expected.unwrap_or(ours);
    let difference = counted - expected;
    check_approval(desk, difference, authority)?;
    if rules.tracking == Tracking::Batches && adjust.batch.is_none() && difference.is_positive() {
        return Err(StockRefusal::NoBatch { item });
    }
    if rules.tracking == Tracking::Serials {
        adjust_pieces(desk, place, &adjust.serials)?;
    } else {
        adjust_level(desk, place, adjust.batch.as_ref(), difference)?;
    }
    Ok(expected)
}

fn check_approval(desk: &Desk<'_>, difference: Stock, authority: Authority) -> Result<(), StockRefusal> {
    match desk.facts().policy.approve_above {
        Some(limit)
            if difference.abs() > limit
                && authority.approved_by.is_none_or(|approver| approver == authority.cashier) =>
        {
            Err(StockRefusal::NeedsApproval { difference, limit })
        }
        _ => Ok(()),
    }
}

/// Books a difference: of the batch that is named; otherwise what is missing goes first expired, first out.
pub(in crate::inventory) fn adjust_level(
    desk: &mut Desk<'_>,
    place: Place,
    batch: Option<&Batch>,
    difference: Stock,
) -> Result<(), StockRefusal> {
    let parts = if difference.is_negative() && batch.is_none() {
        let missing = pick(&desk.level(place), -difference, desk.facts().moment.business_date);
        missing.into_iter().map(|(batch, part)| (batch, -part)).collect()
    } else {
        Vec::from([(batch.cloned(), difference)])
    };
    for (batch, change) in parts {
        let before = desk.level(place).on_hand;
        desk.push(Movement { batch, ..Movement::new(MovementKind::Adjustment, place, change, before) })?;
    }
    Ok(())
}

/// Books the pieces that are missing out and those that turned up in.
pub(in crate::inventory) fn adjust_pieces(
    desk: &mut Desk<'_>,
    place: Place,
    there: &[SerialNo],
) -> Result<(), StockRefusal> {
    let there: BTreeSet<&SerialNo> = there.iter().collect();
    let level = desk.level(place).into_owned();
    let missing: Vec<SerialNo> = level
        .serials
        .iter()
        .filter(|(serial, times)| **times > 0 && !there.contains(serial))
        .map(|(serial, _)| serial.clone())
        .collect();
    let found: Vec<SerialNo> = there.into_iter().filter(|serial| !level.has(serial)).cloned().collect();
    check_absent(desk, place.item, &found)?;
    for (serials, sign) in [(missing, -1), (found, 1)] {
        if serials.is_empty() {
            continue;
        }
        let pieces = Stock::whole(i32::try_from(serials.len()).unwrap_or(i32::MAX));
        let change = if sign < 0 { -pieces } else { pieces };
        let before = desk.level(place).on_hand;
        desk.push(Movement { serials, ..Movement::new(MovementKind::Adjustment, place, change, before) })?;
    }
    Ok(())
}

pub(super) fn set_apart(desk: &mut Desk<'_>, set_apart: &SetApart) -> Result<(), StockRefusal> {
    let &SetApart { place, quantity, mended, .. } = set_apart;
    let Place { item, location } = place;
    check_quantity(desk, item, quantity)?;
    desk.facts().check(location, Use::Hold)?;
    let level = desk.level(place).into_owned();
    let (available, batch) = if let Some(no) = &set_apart.batch {
        let known = level.batches.get(no);
        let known = known.ok_or_else(|| StockRefusal::UnknownBatch { item, batch: no.clone(), location })?;
        let batch = Batch { no: no.clone(), produced: known.produced, expiry: known.expiry };
        (if mended { known.damaged } else { known.sound() }, Some(batch))
    } else {
        let damaged = level.damaged_unbatched();
        (if mended { damaged } else { level.unbatched() - damaged }, None)
    };
    if available < quantity {
        if batch.is_none() && desk.rules(item)?.tracking == Tracking::Batches {
            return Err(StockRefusal::NoBatch { item });
        }
        let available = available.or_zero();
        return Err(StockRefusal::NotEnough { item, location, available, requested: quantity });
    }
    let change = if mended { -quantity } else { quantity };
    desk.push(Movement { batch, ..Movement::new(MovementKind::Damage, place, change, level.damaged) })
}

impl Desk<'_> {
    /// What the books say is there: of a batch where one is named, else of all.
    fn counted_by_books(&self, place: Place, batch: Option<&Batch>) -> Stock {
        let level = self.level(place);
        match batch {
            Some(batch) => level.batches.get(&batch.no).map_or(Stock::ZERO, |batch| batch.on_hand),
            None => level.on_hand,
        }
    }
}
