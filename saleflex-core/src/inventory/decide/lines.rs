//! One line of a delivery, an issue or a transfer.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use chrono::NaiveDate;

use super::desk::Desk;
use crate::{
    ids::LocationId,
    inventory::{
        Batch, BatchLevel, IssueKind, Item, Level, Movement, MovementKind, Place, SerialNo, Stock,
        StockRefusal, Tracking,
        command::{MoveLine, ReceiveLine},
        cost::Value,
        pick,
    },
};

/// The most of one line, as of a line of a document.
const MOST_OF_A_LINE: i32 = 9_999_999;

/// Checks a quantity that has to be above nothing and within the bounds of one line.
pub(in crate::inventory) fn check_quantity(
    desk: &Desk<'_>,
    item: Item,
    given: Stock,
) -> Result<(), StockRefusal> {
    let most = desk.rules(item)?.decimals;
    if !given.is_positive() {
        return Err(StockRefusal::NotPositive { item, given });
    }
    check_size(item, given, most)
}

/// Checks what may also be nothing: fraction digits and the bounds of one line.
pub(in crate::inventory) fn check_size(item: Item, given: Stock, decimals: u8) -> Result<(), StockRefusal> {
    if !given.has_decimals(decimals) {
        return Err(StockRefusal::TooFine { item, given, most: decimals });
    }
    let most = Stock::whole(MOST_OF_A_LINE);
    if given > most {
        return Err(StockRefusal::TooMuch { item, level: given, most });
    }
    Ok(())
}

/// Checks that there is one serial number a piece and none twice, of an item that has them.
pub(in crate::inventory) fn check_serials(
    desk: &Desk<'_>,
    item: Item,
    quantity: Stock,
    serials: &[SerialNo],
) -> Result<(), StockRefusal> {
    let given = Stock::try_new(serials.len().into()).unwrap_or(Stock::MAX);
    if desk.rules(item)?.tracking == Tracking::Serials || !serials.is_empty() {
        if given != quantity {
            return Err(StockRefusal::SerialCount { item, quantity, serials: serials.len() });
        }
        let mut seen = BTreeSet::new();
        if let Some(twice) = serials.iter().find(|serial| !seen.insert(*serial)) {
            return Err(StockRefusal::SerialTwice { serial: twice.clone() });
        }
    }
    Ok(())
}

pub(super) fn check_receipt(desk: &Desk<'_>, line: &ReceiveLine) -> Result<(), StockRefusal> {
    let ReceiveLine { item, quantity, unit_cost, batch, serials } = line;
    check_quantity(desk, *item, *quantity)?;
    check_serials(desk, *item, *quantity, serials)?;
    check_absent(desk, *item, serials)?;
    if let Some(unit_cost) = *unit_cost
        && Value::of(*quantity, unit_cost) > Value::MAX
    {
        let (item, quantity) = (*item, *quantity);
        return Err(StockRefusal::TooDear { item, quantity, unit_cost, most: Value::MAX });
    }
    match batch {
        // Of goods that are kept in none it is remembered what the delivery said.
        Some(batch) => check_batch(desk, *item, batch, desk.facts().moment.business_date),
        None if desk.rules(*item)?.tracking == Tracking::Batches => {
            Err(StockRefusal::NoBatch { item: *item })
        }
        None => Ok(()),
    }
}

/// Checks that none of the pieces is anywhere yet.
pub(super) fn check_absent(desk: &Desk<'_>, item: Item, serials: &[SerialNo]) -> Result<(), StockRefusal> {
    serials.iter().try_for_each(|serial| match desk.location_of(item, serial) {
        Some(location) => Err(StockRefusal::SerialPresent { serial: serial.clone(), location }),
        None => Ok(()),
    })
}

/// Checks the dates of a batch that is delivered, against each other and against what is known of it anywhere.
pub(super) fn check_batch(
    desk: &Desk<'_>,
    item: Item,
    batch: &Batch,
    delivered: NaiveDate,
) -> Result<(), StockRefusal> {
    let Batch { no, produced, expiry } = batch;
    if let Some(expiry) = *expiry
        && expiry < delivered
    {
        return Err(StockRefusal::Expired { batch: no.clone(), expiry, delivered });
    }
    let limit = expiry.map_or(delivered, |expiry| expiry.min(delivered));
    if let Some(produced) = *produced
        && produced > limit
    {
        return Err(StockRefusal::MadeTooLate { batch: no.clone(), produced, limit });
    }
    match (desk.known_expiry(item, no), *expiry) {
        (Some(known), Some(given)) if known != given => {
            Err(StockRefusal::OtherExpiry { batch: no.clone(), known, given })
        }
        _ => Ok(()),
    }
}

/// How goods leave.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::inventory) enum Taking {
    /// For the shop's own use, or back to the supplier.
    Issued,
    /// Broken: what was set apart as damaged goes first.
    Broken,
    /// Spoilt: the same, and then what is past its date.
    Spoilt,
    /// Stolen.
    Stolen,
    /// To another location.
    Sent,
}

impl Taking {
    pub(in crate::inventory) fn of(kind: IssueKind) -> Self {
        match kind {
            IssueKind::Stolen => Self::Stolen,
            IssueKind::Broken => Self::Broken,
            IssueKind::Spoilt => Self::Spoilt,
            IssueKind::OwnUse | IssueKind::SupplierReturn => Self::Issued,
        }
    }

    /// Whether it is thrown away, what was set apart first.
    const fn is_thrown_away(self) -> bool {
        matches!(self, Self::Broken | Self::Spoilt)
    }

    const fn kind(self) -> MovementKind {
        match self {
            Self::Issued => MovementKind::Issue,
            Self::Broken | Self::Spoilt | Self::Stolen => MovementKind::Waste,
            Self::Sent => MovementKind::TransferOut,
        }
    }
}

/// Takes a line away: what is free, of the batch or the pieces that are named, or first expired, first out.
pub(in crate::inventory) fn take(
    desk: &mut Desk<'_>,
    how: Taking,
    place: Place,
    line: &MoveLine,
    counterpart: Option<LocationId>,
) -> Result<(), StockRefusal> {
    let &MoveLine { item, quantity, .. } = line;
    let today = desk.facts().moment.business_date;
    check_quantity(desk, item, quantity)?;
    check_serials(desk, item, quantity, &line.serials)?;
    check_present(desk, place, &line.serials)?;
    let level = desk.level(place);
    let (kind, is_waste) = (how.kind(), how.kind() == MovementKind::Waste);
    let parts = if let Some(no) = &line.batch {
        let location = place.location;
        let known = level.batches.get(no);
        let known = known.ok_or_else(|| StockRefusal::UnknownBatch { item, batch: no.clone(), location })?;
        // What is wasted may be damaged; what is sent may not.
        let there = if is_waste { known.on_hand } else { known.sound() };
        check_enough(place, there.or_zero(), quantity)?;
        let batch = Batch { no: no.clone(), produced: known.produced, expiry: known.expiry };
        Vec::from([(Some(batch), quantity)])
    } else if how.is_thrown_away() {
        pick_waste(&level, quantity, (how, today))
    } else {
        pick(&level, quantity, today)
    };
    let may_go_below = desk.rules(item)?.negative_stock && kind != MovementKind::TransferOut;
    // What is past its date is not for sale, but it is there to be thrown away or sent back.
    let damaged = if is_waste { Stock::ZERO } else { level.damaged };
    let takeable = level.on_hand - level.reserved - damaged;
    if !may_go_below {
        check_enough(place, takeable.or_zero(), quantity)?;
    }
    let mut serials = line.serials.iter();
    for (batch, part) in parts {
        let before = desk.level(place).on_hand;
        let pieces = usize::try_from(part.decimal().trunc().mantissa()).unwrap_or(usize::MAX);
        let serials = serials.by_ref().take(pieces).cloned().collect();
        let movement = Movement {
            counterpart,
            batch: batch.clone(),
            serials,
            ..Movement::new(kind, place, -part, before)
        };
        desk.push(movement)?;
        if is_waste {
            forget_damaged(desk, place, batch, (part, how))?;
        }
    }
    Ok(())
}

/// What is thrown away of goods in no certain batch: what was set apart as damaged, of spoilt goods what is past its date,
/// and then as goods leave otherwise.
fn pick_waste(
    level: &Level,
    quantity: Stock,
    (how, today): (Taking, NaiveDate),
) -> Vec<(Option<Batch>, Stock)> {
    let (mut left, mut rest, mut picked) = (quantity, level.clone(), Vec::new());
    let goes_first = |batch: &BatchLevel| how == Taking::Spoilt && batch.is_expired(today);
    let mut expired: Vec<_> = level.batches.iter().filter(|(_, batch)| goes_first(batch)).collect();
    expired.sort_by_key(|(no, batch)| (batch.expiry, *no));
    let damaged = level.batches.iter().map(|(no, batch)| (Some((no, batch)), batch.damaged));
    let undamaged = expired.into_iter().map(|(no, batch)| (Some((no, batch)), batch.sound()));
    for (batch, most) in damaged.chain([(None, level.damaged_unbatched())]).chain(undamaged) {
        let taken = most.min(left);
        if !taken.is_positive() {
            continue;
        }
        left -= taken;
        rest.on_hand -= taken;
        // Of what belongs to none, only what was set apart is looked at here.
        let mut apart = taken;
        let batch = batch.map(|(no, known)| {
            if let Some(known) = rest.batches.get_mut(no) {
                apart = known.damaged.min(taken);
                known.on_hand -= taken;
                known.damaged -= apart;
            }
            Batch { no: no.clone(), produced: known.produced, expiry: known.expiry }
        });
        rest.damaged -= apart;
        picked.push((batch, taken));
    }
    if left.is_positive() {
        picked.extend(pick(&rest, left, today));
    }
    picked
}

/// What was lost is damaged no more.
fn forget_damaged(
    desk: &mut Desk<'_>,
    place: Place,
    batch: Option<Batch>,
    (part, how): (Stock, Taking),
) -> Result<(), StockRefusal> {
    let level = desk.level(place);
    let (apart, there) = match &batch {
        Some(batch) => {
            let known = level.batches.get(&batch.no);
            known.map_or((Stock::ZERO, Stock::ZERO), |known| (known.damaged, known.on_hand))
        }
        None => (level.damaged_unbatched(), level.unbatched()),
    };
    // Nobody steals what was set apart while there is anything else.
    let gone = if how.is_thrown_away() { apart.min(part) } else { apart - there.or_zero() };
    let before = level.damaged;
    if !gone.is_positive() {
        return Ok(());
    }
    desk.push(Movement { batch, ..Movement::new(MovementKind::Damage, place, -gone, before) })
}

fn check_enough(place: Place, available: Stock, requested: Stock) -> Result<(), StockRefusal> {
    let Place { item, location } = place;
    if available < requested {
        return Err(StockRefusal::NotEnough { item, location, available, requested });
    }
    Ok(())
}

/// Checks that all of the pieces are at a place.
pub(in crate::inventory) fn check_present(
    desk: &Desk<'_>,
    place: Place,
    serials: &[SerialNo],
) -> Result<(), StockRefusal> {
    let level = desk.level(place);
    match serials.iter().find(|serial| !level.has(serial)) {
        Some(absent) => Err(StockRefusal::SerialAbsent { serial: absent.clone(), location: place.location }),
        None => Ok(()),
    }
}
