//! Whatever a person or a file gives as an amount, it is read or refused, never misread and never a panic.

use saleflex_core::{
    money::{Currency, CurrencyCode, Money, Rounding},
    quantity::{ExchangeRate, Percent, Quantity, UnitPrice},
};

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
}
