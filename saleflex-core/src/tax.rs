//! What the state takes: tax contained in a price, tax added on top, several taxes on one line.
//!
//! Tax is computed and rounded **per line**; a document's tax is the sum of its lines' (never a recomputation
//! per rate).

use alloc::{string::String, vec::Vec};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    money::{Money, Rounding},
    quantity::Percent,
};

/// Whether shelf prices contain tax (Europe, Turkey, Japan) or tax is added at the till (most of the USA).
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxMode {
    /// Prices contain the tax.
    #[default]
    Inclusive,
    /// Tax is added to prices.
    Exclusive,
}

/// One rate of one tax, as it stood when a line was sold.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct TaxRate {
    /// The number the shop gives the rate; unique among its rates.
    pub no: u16,
    /// What receipts call it: `VAT 20 %`, `NY state`.
    pub name: String,
    /// The percentage of the rate; 0 % is a rate as well.
    pub percent: Percent,
    /// Who levies it, where that matters: `US-NY`, a county, a city.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<Jurisdiction>,
}

/// What a rate becomes from a business date on. What was sold before keeps the rate that it was sold at, so a rate is
/// never edited once it was used: a change follows it.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct TaxChange {
    /// The number of the rate.
    pub no: u16,
    /// The first business date of documents that it is for.
    pub valid_from: NaiveDate,
    /// What receipts call it from then on.
    pub name: String,
    /// The rate from then on.
    pub percent: Percent,
}

/// Who levies a tax.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Jurisdiction {
    /// The level of government.
    pub level: JurisdictionLevel,
    /// Its code, ISO 3166-2 for states and provinces, the local code below.
    pub code: String,
}

/// The level of government that levies a tax.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JurisdictionLevel {
    /// The country.
    Federal,
    /// A state or province.
    State,
    /// A county.
    County,
    /// A city or district.
    City,
}

/// The tax of one rate on one line.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TaxPart {
    /// The rate as it stood when the line was sold.
    pub rate: TaxRate,
    /// What the rate was applied to, without tax.
    pub taxable: Money,
    /// The tax, rounded to minor units.
    pub tax: Money,
    /// The document was exempt: `tax` is nothing although the rate is not.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub exempt: bool,
}

/// The tax contained in a tax-inclusive amount: `round(gross × rate / (100 + rate))`, half up.
pub fn contained(gross: Money, rate: Percent) -> Money {
    contained_at(gross, rate.decimal())
}

fn contained_at(gross: Money, percent: Decimal) -> Money {
    let exact = Decimal::from(gross.minor()) * percent / (Decimal::ONE_HUNDRED + percent);
    let minor = Rounding::HalfUp.round(exact, 0);
    // The part of an `i64` that a rate takes out is smaller than the `i64`.
    Money::from_minor(i64::try_from(minor).unwrap_or_default())
}

/// The taxes on what a line costs after all its adjustments, rounded per line and rate.
///
/// Inclusive: the tax is taken out at the sum of the rates, then split between them in proportion. Exclusive:
/// each rate is computed on the value by itself. Exempt: every rate is listed with a tax of nothing; an
/// inclusive price stays as it is.
pub fn on_line(value: Money, rates: &[TaxRate], mode: TaxMode, exempt: bool) -> Vec<TaxPart> {
    if exempt {
        let part = |rate: &TaxRate| TaxPart { rate: rate.clone(), taxable: value, tax: Money::ZERO, exempt };
        return rates.iter().map(part).collect();
    }
    match mode {
        TaxMode::Inclusive => contained_in_line(value, rates),
        TaxMode::Exclusive => rates
            .iter()
            .map(|rate| TaxPart {
                rate: rate.clone(),
                taxable: value,
                tax: rate.percent.of(value, Rounding::HalfUp),
                exempt,
            })
            .collect(),
    }
}

/// Whether [`on_line`] would answer these parts, told without computing them. They are parts that it answered once, for
/// these rates or others.
pub(crate) fn is_on_line(
    parts: &[TaxPart],
    value: Money,
    rates: &[TaxRate],
    mode: TaxMode,
    exempt: bool,
) -> bool {
    let contained = if mode == TaxMode::Inclusive { total(parts) } else { Money::ZERO };
    parts.len() == rates.len()
        && parts.iter().zip(rates).all(|(part, rate)| {
            part.exempt == exempt && part.taxable + contained == value && part.rate == *rate
        })
}

fn contained_in_line(value: Money, rates: &[TaxRate]) -> Vec<TaxPart> {
    let sum: Decimal = rates.iter().map(|rate| rate.percent.decimal()).sum();
    let tax = contained_at(value, sum);
    let weights: Vec<Money> = rates.iter().map(|rate| weight(rate.percent)).collect();
    let parts = if sum.is_zero() { tax.split(&[]) } else { tax.split(&weights) };
    rates
        .iter()
        .zip(parts.into_iter().chain(core::iter::repeat(Money::ZERO)))
        .map(|(rate, part)| TaxPart { rate: rate.clone(), taxable: value - tax, tax: part, exempt: false })
        .collect()
}

/// A percent as a whole number of ten-thousandths, to split by.
fn weight(percent: Percent) -> Money {
    Money::from_minor(i64::try_from(percent.decimal() * Decimal::from(10_000)).unwrap_or_default())
}

/// The sum of the parts' tax.
pub fn total(parts: &[TaxPart]) -> Money {
    parts.iter().map(|part| part.tax).sum()
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    fn rate(no: u16, percent: &str) -> TaxRate {
        TaxRate { no, name: no.to_string(), percent: Percent::parse(percent).unwrap(), jurisdiction: None }
    }

    #[test]
    fn contained_tax_falls_on_the_right_side_of_a_tie_d_doc_02() {
        let tax =
            |gross, percent| contained(Money::from_minor(gross), Percent::parse(percent).unwrap()).minor();
        assert_eq!(tax(99, "20"), 17);
        assert_eq!(tax(2997, "20"), 500);
        assert_eq!(tax(1234, "5.5"), 64);
        assert_eq!(tax(18_183, "22"), 3279);
        assert_eq!(tax(1000, "0"), 0);
    }

    #[test]
    fn several_inclusive_rates_are_extracted_at_their_sum_and_split() {
        let parts =
            on_line(Money::from_minor(10_888), &[rate(1, "4"), rate(2, "4.875")], TaxMode::Inclusive, false);
        assert_eq!(total(&parts), contained(Money::from_minor(10_888), Percent::parse("8.875").unwrap()));
        assert_eq!(parts.iter().map(|part| part.tax.minor()).collect::<Vec<_>>(), [400, 488]);
    }

    #[test]
    fn exclusive_taxes_are_each_computed_on_the_value() {
        let parts =
            on_line(Money::from_minor(999), &[rate(1, "4"), rate(2, "4.5")], TaxMode::Exclusive, false);
        assert_eq!(parts.iter().map(|part| part.tax.minor()).collect::<Vec<_>>(), [40, 45]);
        assert!(parts.iter().all(|part| part.taxable.minor() == 999));
    }

    #[test]
    fn an_exempt_line_lists_its_rates_without_tax() {
        let parts = on_line(Money::from_minor(999), &[rate(1, "20")], TaxMode::Inclusive, true);
        assert_eq!(
            (parts[0].tax, parts[0].taxable, parts[0].exempt),
            (Money::ZERO, Money::from_minor(999), true)
        );
    }

    #[test]
    fn parts_stand_as_long_as_value_rates_mode_and_exemption_do() {
        let rates = [rate(1, "4"), rate(2, "4.875")];
        for (mode, exempt) in
            [TaxMode::Inclusive, TaxMode::Exclusive].map(|mode| [(mode, false), (mode, true)]).as_flattened()
        {
            for minor in [-1999, -1, 0, 1, 49, 50, 99, 10_888] {
                let value = Money::from_minor(minor);
                let parts = on_line(value, &rates, *mode, *exempt);
                assert!(is_on_line(&parts, value, &rates, *mode, *exempt));
                let more = value + Money::from_minor(1);
                assert!(!is_on_line(&parts, more, &rates, *mode, *exempt));
                assert!(!is_on_line(&parts, value, &rates, *mode, !exempt));
                assert!(!is_on_line(&parts, value, &rates[..1], *mode, *exempt));
                assert!(!is_on_line(&parts, value, &[rate(1, "4"), rate(2, "5")], *mode, *exempt));
            }
        }
    }
}
