//! Foreign notes: what they are worth together.

use crate::{
    document::Document,
    money::{AmountError, Money, Rounding},
    tender::{Direction, ForeignCash},
};

/// What foreign notes are worth beside those of their currency that the document holds already: all of them are rounded
/// once, so that pieces of them are worth no more than the whole.
pub(super) fn worth(
    document: &Document,
    notes: ForeignCash,
    direction: Direction,
) -> Result<Money, AmountError> {
    // Rounded with others, no notes at all could be worth something where a piece of them was taken back.
    if !notes.amount.bounded()?.is_positive() {
        return Err(AmountError::TooSmall);
    }
    let payouts = document.exchange.iter().flat_map(|returned| returned.pledged_tenders());
    let tenders = document.pledged_tenders().chain(payouts);
    let tenders = tenders.filter(|tender| tender.direction == direction);
    let alike = tenders.filter_map(|tender| {
        let known = tender.foreign?;
        let is_alike = known.currency.code() == notes.currency.code() && known.rate == notes.rate;
        is_alike.then_some((known.amount, tender.amount))
    });
    let sum = |(amounts, worths): (Money, Money), (amount, worth)| (amounts + amount, worths + worth);
    let (amounts, worths) = alike.fold((Money::ZERO, Money::ZERO), sum);
    let all = (amounts + notes.amount).bounded()?;
    Ok(notes.rate.to_base(all, &notes.currency, &document.currency, Rounding::HalfUp)? - worths)
}
