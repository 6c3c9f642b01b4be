//! Foreign notes and coins in a drawer that is counted: a sum of each currency, as in `EUR 20.00 USD 5.00`.

use std::collections::BTreeMap;

use saleflex_core::money::{Currency, CurrencyCode, Money};
use saleflex_store::{Error, Till};

use super::{super::Value, Fields};
use crate::{
    entry, message,
    text::{Key, Text},
};

/// The fields of foreign money, at a till that takes any or has some in its drawer. What should be there is told
/// where the store does not count blind.
pub(super) fn fields(till: &mut Till) -> Result<Fields, Error> {
    let so_far = till.x_report()?;
    let expected = so_far.period.expected_foreign(&so_far.report);
    if expected.is_empty() && till.exchange_rates().is_empty() {
        return Ok(Fields::new());
    }
    let mut fields = Fields::new();
    if !till.settings().closing.blind_count {
        let expected =
            expected.iter().map(|(code, amount)| format!("{code} {}", Currency::of(*code).format(*amount)));
        let expected: Vec<String> = expected.collect();
        let expected = if expected.is_empty() { "-".to_owned() } else { expected.join("  ") };
        fields.push(("FOREIGN_EXPECTED", Value::Fixed(expected)));
    }
    fields.push(("FOREIGN", Value::Text(String::new())));
    fields.push(("FOREIGN_LEFT", Value::Text(String::new())));
    Ok(fields)
}

/// Reads currencies and amounts in turns, `EUR 20.00 USD 5.00`; nothing where nothing was typed. An amount without a
/// point is in minor units, as on every input line.
pub(super) fn read(typed: &str, text: &Text) -> Result<BTreeMap<CurrencyCode, Money>, String> {
    let mut sums = BTreeMap::new();
    let mut pieces = typed.split_whitespace();
    while let Some(code) = pieces.next() {
        let code = CurrencyCode::parse(&code.to_uppercase())
            .map_err(|_| text.fill(Key::ForeignNotRead, &[("typed", code)]))?;
        let amount =
            pieces.next().ok_or_else(|| text.fill(Key::ForeignNotRead, &[("typed", code.as_str())]))?;
        let amount = entry::amount(amount, &Currency::of(code))
            .map_err(|error| format!("{code}: {}", message::amount_error(text, error)))?;
        if sums.insert(code, amount).is_some() {
            return Err(text.fill(Key::ForeignTwice, &[("code", code.as_str())]));
        }
    }
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_sums_are_read_by_currency_and_nothing_is_guessed() {
        let text = Text::english();
        let code = |code| CurrencyCode::parse(code).unwrap();
        let sums = |typed| read(typed, text);
        assert_eq!(sums("  "), Ok(BTreeMap::new()));
        let both =
            BTreeMap::from([(code("EUR"), Money::from_minor(2000)), (code("JPY"), Money::from_minor(500))]);
        assert_eq!(sums("eur 20.00 JPY 500"), Ok(both));
        for wrong in ["20.00", "EUR", "EUR twenty", "EUR 20.00 20", "EUR 1.00 EUR 2.00", "EUR 1.005"] {
            assert!(sums(wrong).is_err(), "{wrong}");
        }
    }
}
