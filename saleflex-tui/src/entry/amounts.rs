//! Amounts and prices as they are typed: what digits without a separator are.

use saleflex_core::{
    money::{AmountError, Currency, Money},
    quantity::UnitPrice,
};
use saleflex_store::Till;

use super::point;

/// How amounts are typed: in which currency, and what digits without a separator are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Amounts {
    /// The currency.
    pub currency: Currency,
    /// Digits without a separator are whole units instead of minor ones: `10` is 10.00 and not 0.10.
    pub is_decimal: bool,
}

impl Amounts {
    /// As they are typed at a till.
    pub fn of(till: &Till) -> Self {
        Self { currency: *till.currency(), is_decimal: till.settings().appearance.decimal_entry }
    }

    /// The same in another currency.
    #[must_use]
    pub const fn in_currency(self, currency: Currency) -> Self {
        Self { currency, ..self }
    }
}

/// An amount as typed. With a separator it is in whole units wherever it is typed; digits alone are as the store has it:
/// minor units (10000 is 100.00), or whole ones (100 is 100.00).
///
/// # Errors
/// [`AmountError`] when it is no amount of the currency.
pub fn amount(text: &str, amounts: &Amounts) -> Result<Money, AmountError> {
    let text = point(text);
    if text.contains('.') {
        return amounts.currency.parse(&text);
    }
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty();
    if !is_digits {
        return Err(AmountError::Malformed);
    }
    if amounts.is_decimal {
        return amounts.currency.parse(&text)?.bounded();
    }
    let minor = text.parse().map_err(|_| AmountError::TooLarge)?;
    Money::from_minor(minor).bounded()
}

/// A unit price as typed: as [`amount`], but with a separator it may have four fraction digits.
///
/// # Errors
/// [`AmountError`] when it is no price.
pub fn unit_price(text: &str, amounts: &Amounts) -> Result<UnitPrice, AmountError> {
    let pointed = point(text);
    if pointed.contains('.') {
        return UnitPrice::parse(&pointed);
    }
    amount(text, amounts).and_then(|amount| UnitPrice::from_money(amount, &amounts.currency))
}

/// What was typed as the amount or price that it is read as, `£0.10` of `10`; nothing where it is neither.
pub fn echo(text: &str, amounts: &Amounts) -> Option<String> {
    let price = || unit_price(text, amounts).ok().map(|price| price.to_string());
    amount(text, amounts).ok().map(|amount| amounts.currency.show(amount)).or_else(price)
}

#[cfg(test)]
mod tests {
    use saleflex_core::money::CurrencyCode;

    use super::*;

    fn amounts(code: &str, is_decimal: bool) -> Amounts {
        Amounts { currency: Currency::of(CurrencyCode::parse(code).unwrap()), is_decimal }
    }

    /// What is typed, in which currency, and the minor units it is by digits as minor units and as whole ones.
    const TYPED: [(&str, &str, i64, i64); 14] = [
        ("10", "GBP", 10, 1_000),
        ("10000", "GBP", 10_000, 1_000_000),
        ("0", "GBP", 0, 0),
        ("007", "GBP", 7, 700),
        // A separator says it all.
        ("10.00", "GBP", 1_000, 1_000),
        ("10.", "GBP", 1_000, 1_000),
        ("7,5", "GBP", 750, 750),
        ("0.07", "GBP", 7, 7),
        // Currencies of other minor digits; one without any reads the same either way.
        ("2000", "JPY", 2_000, 2_000),
        ("2000.", "JPY", 2_000, 2_000),
        ("10", "KWD", 10, 10_000),
        ("1.234", "KWD", 1_234, 1_234),
        ("1,2", "KWD", 1_200, 1_200),
        (" 10 ", "EUR", 10, 1_000),
    ];

    #[test]
    fn digits_are_minor_units_or_whole_ones_as_the_store_has_it_and_a_separator_makes_whole_ones() {
        for (typed, code, minor, whole) in TYPED {
            for (is_decimal, wanted) in [(false, minor), (true, whole)] {
                let read = amount(typed, &amounts(code, is_decimal));
                let wanted = Money::from_minor(wanted);
                assert_eq!(read, Ok(wanted), "{typed} {code} {is_decimal}");
                let price = unit_price(typed, &amounts(code, is_decimal)).unwrap();
                let currency = amounts(code, false).currency;
                assert_eq!(
                    price.decimal(),
                    currency.decimal(wanted),
                    "a price of {typed} {code} {is_decimal}"
                );
            }
        }
    }

    #[test]
    fn what_is_no_amount_is_none_whichever_digits_are_typed() {
        for is_decimal in [false, true] {
            let gbp = amounts("GBP", is_decimal);
            assert_eq!(amount("1.234", &gbp), Err(AmountError::TooPrecise { digits: 2 }));
            for typed in ["", "12a", "-5", "+5", "1e3", "."] {
                assert_eq!(amount(typed, &gbp), Err(AmountError::Malformed), "{typed}");
            }
            for typed in ["9".repeat(10_000), "9".repeat(18)] {
                assert_eq!(amount(&typed, &gbp), Err(AmountError::TooLarge), "{is_decimal}");
            }
            assert_eq!(unit_price("0.0125", &gbp).map(|price| price.to_string()), Ok("0.0125".into()));
        }
        assert_eq!(unit_price("1234", &amounts("GBP", false)).map(|it| it.to_string()), Ok("12.34".into()));
    }

    #[test]
    fn what_is_typed_is_shown_as_it_is_read() {
        let shown = |typed: &str, is_decimal| echo(typed, &amounts("GBP", is_decimal));
        let read = |is_decimal| ["10", "10.00", "7,5", "0.0125", "", "3*"].map(|it| shown(it, is_decimal));
        let wanted = [Some("£0.10"), Some("£10.00"), Some("£7.50"), Some("0.0125"), None, None];
        assert_eq!(read(false).each_ref().map(Option::as_deref), wanted);
        assert_eq!(shown("10", true).as_deref(), Some("£10.00"));
        assert_eq!(read(true)[1..], read(false)[1..]);
        assert_eq!(echo("10", &amounts("JPY", true)).as_deref(), Some("¥10"));
    }
}
