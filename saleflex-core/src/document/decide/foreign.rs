//! Foreign notes: what they are worth together.

use crate::{
    document::Document,
    ids::TenderNo,
    money::{AmountError, Money, Rounding},
    tender::{Direction, ForeignCash, Tender},
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
    let (amounts, worths) = sums(alike(document, notes, direction));
    let all = (amounts + notes.amount).bounded()?;
    Ok(notes.rate.to_base(all, &notes.currency, &document.currency, Rounding::HalfUp)? - worths)
}

/// The last of the notes that stay where others of their currency are taken back, and what it is worth then, where that is not
/// what it was: those that stay are rounded once, without the others.
pub(super) fn without(document: &Document, gone: &Tender) -> Option<(TenderNo, Money)> {
    let notes = gone.foreign?;
    let stay = || alike(document, notes, gone.direction).filter(|tender| tender.no != gone.no);
    let (amounts, worths) = sums(stay());
    let worth = notes.rate.to_base(amounts, &notes.currency, &document.currency, Rounding::HalfUp).ok()?;
    // What was counted in an earlier period, or gave change, stays as it was.
    let last = stay().filter(|tender| tender.closure == gone.closure && tender.change.is_zero()).last()?;
    let amount = last.amount + worth - worths;
    (amount != last.amount && amount.is_positive()).then_some((last.no, amount))
}

/// The tenders of notes of the same currency, at the same rate, in the same direction.
fn alike(document: &Document, notes: ForeignCash, direction: Direction) -> impl Iterator<Item = &Tender> {
    let payouts = document.exchange.iter().flat_map(|returned| returned.pledged_tenders());
    document.pledged_tenders().chain(payouts).filter(move |tender| {
        let is_alike =
            |known: ForeignCash| known.currency.code() == notes.currency.code() && known.rate == notes.rate;
        tender.direction == direction && tender.foreign.is_some_and(is_alike)
    })
}

/// What they are of their own currency, and what they are worth.
fn sums<'a>(tenders: impl Iterator<Item = &'a Tender>) -> (Money, Money) {
    let sum = |(amounts, worths): (Money, Money), tender: &Tender| {
        let amount = tender.foreign.map_or(Money::ZERO, |notes| notes.amount);
        (amounts + amount, worths + tender.amount)
    };
    tenders.fold((Money::ZERO, Money::ZERO), sum)
}
