//! Foreign notes and coins in a drawer that is counted: by currency a sum or its pieces, as in `EUR 3x20.00 USD 5.00`.

use std::collections::BTreeMap;

use saleflex_core::{
    closure::{CashCount, Denomination},
    money::{Currency, CurrencyCode, Money},
};
use saleflex_store::{Till, till::DrawerState};

use super::{super::Value, Fields};
use crate::{
    entry::{self, Amounts},
    message,
    text::{Key, Text},
};

/// The fields of foreign money, at a till that takes any or has some in its drawers. What should be there is told
/// where the store does not count blind; of several drawers where each is chosen.
pub(super) fn fields(till: &Till, drawers: &[DrawerState]) -> Fields {
    if drawers.iter().all(|state| state.foreign.is_empty()) && till.exchange_rates().is_empty() {
        return Fields::new();
    }
    let mut fields = Fields::new();
    if let ([only], false) = (drawers, till.settings().closing.blind_count) {
        let expected: Vec<String> = by_currency(&only.foreign).collect();
        let expected = if expected.is_empty() { "-".to_owned() } else { expected.join("  ") };
        fields.push(("FOREIGN_EXPECTED", Value::Fixed(expected)));
    }
    fields.push(("FOREIGN", Value::Text(String::new())));
    fields.push(("FOREIGN_LEFT", Value::Text(String::new())));
    fields
}

/// Each currency with its amount.
pub(super) fn by_currency(amounts: &BTreeMap<CurrencyCode, Money>) -> impl Iterator<Item = String> {
    amounts.iter().map(|(code, amount)| format!("{code} {}", Currency::of(*code).format(*amount)))
}

/// Signs between how many and which note.
const TIMES: [char; 3] = ['x', '*', '×'];

/// Reads what was counted by currency: a sum, `EUR 20.00`, or notes and coins, `EUR 3x20.00 2x0.50`; nothing where nothing
/// was typed. A sum without a point is read as on every input line; where that makes minor units of it a note or coin has its
/// point, for 3x20 would be read as three of 0.20.
pub(in crate::record) fn read(
    typed: &str,
    text: &Text,
    amounts: &Amounts,
) -> Result<BTreeMap<CurrencyCode, CashCount>, String> {
    let mut counts = BTreeMap::new();
    let mut words = typed.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let not_read = || text.fill(Key::ForeignNotRead, &[("typed", word)]);
        let code = CurrencyCode::parse(&word.to_uppercase()).map_err(|_| not_read())?;
        let amounts = amounts.in_currency(Currency::of(code));
        let is_figure = |word: &&str| word.starts_with(|first: char| first.is_ascii_digit());
        let figures: Vec<&str> = std::iter::from_fn(|| words.next_if(is_figure)).collect();
        let count = match figures.as_slice() {
            [] => return Err(not_read()),
            [sum] if !sum.contains(TIMES) => amount(sum, &amounts, text).map(CashCount::Amount)?,
            pieces => {
                let pieces = pieces.iter().map(|piece| denomination(piece, &amounts, text));
                CashCount::Denominations(pieces.collect::<Result<_, _>>()?)
            }
        };
        if counts.insert(code, count).is_some() {
            return Err(text.fill(Key::ForeignTwice, &[("code", code.as_str())]));
        }
    }
    Ok(counts)
}

/// So many of a note or coin: `3x20.00`.
fn denomination(typed: &str, amounts: &Amounts, text: &Text) -> Result<Denomination, String> {
    let parts = typed.split_once(TIMES).and_then(|(count, value)| Some((count.parse().ok()?, value)));
    let (count, value) = parts.ok_or_else(|| text.fill(Key::ForeignNotRead, &[("typed", typed)]))?;
    // Nobody means 3 × 0.20 with 3x20, and nobody who reads a sum sees that it was read so.
    let is_minor = !amounts.is_decimal && amounts.currency.minor_digits() > 0;
    if is_minor && !value.contains(['.', ',']) {
        let code = amounts.currency.code();
        let values = [("typed", typed), ("code", code.as_str())];
        return Err(text.fill(Key::ForeignPieceNoPoint, &values));
    }
    Ok(Denomination { value: amount(value, amounts, text)?, count })
}

fn amount(typed: &str, amounts: &Amounts, text: &Text) -> Result<Money, String> {
    let code = amounts.currency.code();
    entry::amount(typed, amounts).map_err(|error| format!("{code}: {}", message::amount_error(text, error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_money_is_read_by_currency_as_a_sum_or_note_by_note_and_nothing_is_guessed() {
        let text = Text::english();
        let code = |code| CurrencyCode::parse(code).unwrap();
        let amounts = Amounts { currency: Currency::of(code("GBP")), is_decimal: false };
        let counts = |typed| read(typed, text, &amounts);
        assert_eq!(counts("  "), Ok(BTreeMap::new()));
        let sum = |minor| CashCount::Amount(Money::from_minor(minor));
        let both = BTreeMap::from([(code("EUR"), sum(2000)), (code("JPY"), sum(500))]);
        assert_eq!(counts("eur 20.00 JPY 500"), Ok(both));
        let piece = |count, minor| Denomination { value: Money::from_minor(minor), count };
        let notes = CashCount::Denominations(vec![piece(3, 2000), piece(2, 50)]);
        let both = BTreeMap::from([(code("EUR"), notes), (code("USD"), sum(500))]);
        assert_eq!(counts("EUR 3x20.00 2x0.50 USD 5.00"), Ok(both));
        let yen = CashCount::Denominations(vec![piece(3, 1000)]);
        assert_eq!(counts("JPY 3x1000"), Ok(BTreeMap::from([(code("JPY"), yen)])), "yen have no point");
        for wrong in [
            "20.00",
            "EUR",
            "EUR twenty",
            "EUR 20.00 20",
            "EUR 1.00 EUR 2.00",
            "EUR 1.005",
            "EUR 3x",
            "EUR 1.5x20.00",
            "EUR 3x20.00 20.00",
            "EUR 3x20",
            "EUR 3x20.00 2x50",
        ] {
            assert!(counts(wrong).is_err(), "{wrong}");
        }
        let whole = |typed| read(typed, text, &Amounts { is_decimal: true, ..amounts });
        assert_eq!(whole("EUR 3x20 2x0.50"), counts("EUR 3x20.00 2x0.50"), "3x20 means one thing");
        assert_eq!(whole("EUR 20"), counts("EUR 20.00"));
    }
}
