//! Whether what a till says can be added up.
//!
//! **Invariant:** an amount that does not fit stops a program, so that nothing is derived or summed up here whose parts
//! could come to more than fits, whoever sent it.

use std::str::Bytes;

use saleflex_core::{
    adjustment::{AdjustmentKind, AdjustmentValue},
    document::{Cancelled, Completed, Document},
    journal::Entry,
    loyalty::LoyaltyChange,
    money::Money,
    quantity::{Percent, Points},
    settings::MOST_LINES,
};

use crate::e4;

/// What parts may come to, in minor units: a quarter of what an amount holds, far above what any company sells.
const ROOM: i128 = 1 << 61;
/// A percentage of a hundred in ten-thousandths.
const HUNDRED_E4: i128 = 1_000_000;

/// Whether an event that came as `body` can be derived anew.
pub(super) fn holds(body: &str, entry: &Entry) -> bool {
    let said = weight(body);
    let completed = entry.effects.completed.iter().map(Completed::document);
    let cancelled = entry.effects.cancelled.as_deref().into_iter().map(Cancelled::document);
    let mut points = entry.effects.loyalty.iter().filter_map(|change| {
        if let LoyaltyChange::PointsBooked { row } = change { Some(row.points.get()) } else { None }
    });
    fits_with(0, said)
        && completed.chain(cancelled).all(|document| document_holds(said, document))
        && points.all(|points| points.saturating_abs() <= Points::MAX.get())
}

/// Whether what weighs so much is added to what weighs so much already.
pub(crate) const fn fits_with(sum: i128, more: i128) -> bool {
    sum.saturating_add(more) <= ROOM
}

/// All whole numbers of a JSON text in size, added up: no sum of amounts that stand in it is larger. Of a number that is more
/// than fits anywhere only that is said.
pub(crate) fn weight(text: &str) -> i128 {
    let (mut sum, mut number) = (0_i128, 0_u64);
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte.is_ascii_digit() {
            number = number.saturating_mul(10).saturating_add(u64::from(byte - b'0'));
            continue;
        }
        sum = sum.saturating_add(i128::from(number));
        number = 0;
        if byte == b'"' {
            pass_over_text(&mut bytes);
        }
    }
    sum.saturating_add(i128::from(number))
}

/// Goes behind the end of a text that has begun.
fn pass_over_text(bytes: &mut Bytes<'_>) {
    while let Some(byte) = bytes.next() {
        if byte == b'\\' {
            bytes.next();
        } else if byte == b'"' {
            return;
        }
    }
}

fn document_holds(said: i128, document: &Document) -> bool {
    let most = usize::try_from(MOST_LINES).unwrap_or(usize::MAX);
    let Document { lines, tenders, adjustments, .. } = document;
    if [lines.len(), tenders.len(), adjustments.len()].iter().any(|length| *length > most) {
        return false;
    }
    // What a line costs may stand nowhere but in its price and quantity; it is never above this.
    let priced = i128::try_from(lines.len()).unwrap_or(ROOM).saturating_mul(i128::from(Money::MAX.minor()));
    let start = said.saturating_add(priced);
    let on_lines = lines.iter().map(|line| {
        let surcharges = line.adjustments.iter().filter_map(|one| surcharge(one.kind, &one.value));
        let taxes = line.item.taxes.iter().map(|rate| rate.percent);
        surcharges.chain(taxes).fold(start, with)
    });
    let dearest = on_lines.max().unwrap_or(start);
    let on_document = adjustments.iter().flat_map(|one| {
        surcharge(one.kind, &one.value).into_iter().chain(one.taxes.iter().map(|rate| rate.percent))
    });
    on_document.fold(dearest, with) <= ROOM
        && document.exchange.as_deref().is_none_or(|returned| document_holds(said, returned))
}

/// The share that a surcharge adds; one of a fixed amount stands in the text.
const fn surcharge(kind: AdjustmentKind, value: &AdjustmentValue) -> Option<Percent> {
    match (kind, value) {
        (AdjustmentKind::Surcharge, AdjustmentValue::Percent(percent)) => Some(*percent),
        (AdjustmentKind::Surcharge, AdjustmentValue::Amount(_)) | (AdjustmentKind::Discount, _) => None,
    }
}

/// An amount with a share of it on top.
fn with(amount: i128, share: Percent) -> i128 {
    let share = i128::from(e4::of(share.decimal()).unwrap_or(i64::MAX));
    amount.saturating_add(amount.saturating_mul(share) / HUNDRED_E4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_weigh_what_they_are_and_texts_weigh_nothing() {
        assert_eq!(weight(r#"{"a":12,"b":[-30,4],"c":"999","d\"9":{"e":0}}"#), 46);
        assert_eq!(weight(r#"{"a\\":7,"b":"\\\"8"}"#), 7);
        assert_eq!(weight("18446744073709551615"), i128::from(u64::MAX));
        assert!(!fits_with(0, weight("184467440737095516150")), "more than any amount, however many digits");
        assert!(!fits_with(ROOM, 1) && fits_with(ROOM - 1, 1));
    }

    #[test]
    fn a_share_on_top_is_added_and_what_passes_all_bounds_stays_there() {
        let ten = Percent::parse("10").unwrap();
        assert_eq!(with(1_000, ten), 1_100);
        let most = Percent::parse("1000").unwrap();
        assert!((0..100).fold(1, |amount, _| with(amount, most)) > ROOM);
    }
}
