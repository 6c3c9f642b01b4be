//! Whatever a person or a file gives as an amount, it is read or refused, never misread and never a panic.

use saleflex_core::{
    money::{Currency, CurrencyCode, Money, Rounding},
    quantity::{ExchangeRate, Percent, Quantity, UnitPrice},
};
use saleflex_tui::entry::{self, Amounts};

/// Holds for any text.
///
/// # Panics
/// Where it does not: a finding.
pub fn run(text: &str) {
    for code in ["JPY", "GBP", "KWD"] {
        let currency = Currency::of(CurrencyCode::parse(code).expect("three letters"));
        if let Ok(amount) = currency.parse(text) {
            assert!(amount.minor().abs() <= Money::MAX.minor());
            assert_eq!(currency.parse(&currency.format(amount)), Ok(amount));
        }
        if let (Ok(price), Ok(quantity)) = (UnitPrice::parse(text), Quantity::parse(text)) {
            let _ = price.times(quantity, &currency, Rounding::HalfUp);
        }
    }
    if let Ok(percent) = Percent::parse(text) {
        assert_eq!(Percent::parse(&percent.to_string()), Ok(percent));
        let share = percent.of(Money::MAX, Rounding::HalfUp);
        assert!(!share.is_negative());
    }
    if let Ok(rate) = ExchangeRate::parse(text) {
        assert_eq!(ExchangeRate::parse(&rate.to_string()), Ok(rate));
    }
    let _ = CurrencyCode::parse(text);
    for code in ["JPY", "GBP", "KWD"] {
        let currency = Currency::of(CurrencyCode::parse(code).expect("three letters"));
        for is_decimal in [false, true] {
            typed(text, &Amounts { currency, is_decimal });
        }
    }
}

/// What a cashier types for an amount, a price, how many of what, a weight.
fn typed(text: &str, amounts: &Amounts) {
    if let Ok(amount) = entry::amount(text, amounts) {
        assert!(amount.minor().abs() <= Money::MAX.minor());
        let again = amounts.currency.format(amount);
        // Digits alone have no sign; where the currency has none, they are the same.
        let is_read = !amount.is_negative() || again.contains('.');
        assert!(!is_read || entry::amount(&again, amounts) == Ok(amount), "{again}");
        assert!(entry::echo(text, amounts).is_some());
    }
    if let Ok(price) = entry::unit_price(text, amounts) {
        assert!(UnitPrice::parse(&price.to_string()).is_ok());
    }
    if let Ok(percent) = entry::percent(text) {
        assert_eq!(entry::percent(&percent.to_string()), Ok(percent));
    }
    if let Some(quantity) = entry::quantity_of(text) {
        assert_eq!(entry::quantity_of(&quantity.to_string()), Some(quantity));
        assert_eq!(entry::multiplier(&format!("{quantity}*")), Some(quantity));
    }
    let _ = entry::measure_of(text, &[]);
    for reading in entry::readings(text, &[]) {
        assert!(!reading.code.trim().is_empty(), "nothing is looked for: {text:?}");
    }
}
