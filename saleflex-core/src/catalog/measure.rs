//! Quantities said in another measure of the same kind: `500 g` of what is kept in kilograms.
//!
//! **Invariant:** a conversion is exact. All factors are powers of ten, and what a quantity's digits cannot hold is
//! refused where the quantity is made, never rounded here.

use alloc::string::{String, ToString};

use rust_decimal::Decimal;

use crate::money::{AmountError, parse_decimal};

/// What a measure measures.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Mass,
    Volume,
    Length,
}

/// The codes a measure goes by, what it measures, and how many fraction digits of the largest of its kind it is.
const MEASURES: [(&[&str], Kind, u32); 9] = [
    (&["KG"], Kind::Mass, 0),
    (&["GR", "G"], Kind::Mass, 3),
    (&["MG"], Kind::Mass, 6),
    (&["LT", "L"], Kind::Volume, 0),
    (&["CL"], Kind::Volume, 2),
    (&["ML"], Kind::Volume, 3),
    (&["M", "MT"], Kind::Length, 0),
    (&["CM"], Kind::Length, 2),
    (&["MM"], Kind::Length, 3),
];

/// Why a quantity is not one of a unit.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MeasureError {
    /// The number is none.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// The measure cannot be turned into the unit.
    #[error("{measure} cannot be turned into {unit}")]
    OtherKind {
        /// The measure as typed.
        measure: String,
        /// The unit of what is counted.
        unit: String,
    },
}

/// Reads a quantity with or without a measure behind it, and answers it in a unit. A measure of another kind, such as
/// litres of what is weighed, is refused.
///
/// ```
/// use saleflex_core::catalog::read_in;
///
/// assert_eq!(read_in("500 g", "KG").unwrap().to_string(), "0.5");
/// assert_eq!(read_in("1.5", "KG").unwrap().to_string(), "1.5");
/// assert!(read_in("1 l", "KG").is_err());
/// ```
///
/// # Errors
/// [`MeasureError::Amount`] where the number is none, [`MeasureError::OtherKind`].
pub fn read_in(typed: &str, unit: &str) -> Result<Decimal, MeasureError> {
    let typed = typed.trim();
    let number = typed.trim_end_matches(|character: char| character.is_alphabetic());
    let measure = typed.strip_prefix(number).unwrap_or_default();
    let amount = parse_decimal(number.trim())?;
    if measure.is_empty() {
        return Ok(amount);
    }
    convert(amount, measure, unit)
        .ok_or_else(|| MeasureError::OtherKind { measure: measure.to_string(), unit: unit.to_string() })
}

/// Whether a text is an amount above nothing in a measure that is known, such as `500 g`.
pub fn is_measured(typed: &str) -> bool {
    let typed = typed.trim();
    let number = typed.trim_end_matches(|character: char| character.is_alphabetic());
    let code = typed.strip_prefix(number).unwrap_or_default();
    measure(code).is_some()
        && parse_decimal(number.trim()).is_ok_and(|amount| amount.is_sign_positive() && !amount.is_zero())
}

/// An amount of one measure in another; none where they are not of one kind, or beyond what a decimal holds.
pub fn convert(amount: Decimal, from: &str, to: &str) -> Option<Decimal> {
    if from.eq_ignore_ascii_case(to) {
        return Some(amount);
    }
    let ((from_kind, from_digits), (to_kind, to_digits)) = (measure(from)?, measure(to)?);
    if from_kind != to_kind {
        return None;
    }
    let scaled = amount.checked_mul(Decimal::from(10_u64.checked_pow(to_digits)?))?;
    Some(scaled.checked_mul(Decimal::new(1, from_digits))?.normalize())
}

/// Whether a code is that of a measure, not of pieces.
pub(super) fn is_known(code: &str) -> bool {
    measure(code).is_some()
}

fn measure(code: &str) -> Option<(Kind, u32)> {
    let is_it = |codes: &[&str]| codes.iter().any(|known| known.eq_ignore_ascii_case(code));
    MEASURES.iter().find(|(codes, ..)| is_it(codes)).map(|(_, kind, digits)| (*kind, *digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measure_turns_into_each_other_of_its_kind_and_back_to_what_it_was() {
        for (from, kind, _) in MEASURES {
            for (to, other, _) in MEASURES {
                let there = convert(Decimal::new(125, 2), from[0], to[0]);
                assert_eq!(there.is_some(), kind == other, "{from:?} {to:?}");
                if let Some(there) = there {
                    assert_eq!(convert(there, to[0], from[0]), Some(Decimal::new(125, 2)), "{from:?} {to:?}");
                }
            }
        }
    }

    #[test]
    fn a_quantity_is_read_in_its_unit_with_and_without_a_measure() {
        let read = |typed, unit| read_in(typed, unit).map(|amount| amount.to_string());
        assert_eq!(read("250g", "KG").as_deref(), Ok("0.25"));
        assert_eq!(read(" 2 Kg ", "GR").as_deref(), Ok("2000"));
        assert_eq!(read("33 cl", "LT").as_deref(), Ok("0.33"));
        assert_eq!(read("50 cm", "MT").as_deref(), Ok("0.5"));
        assert_eq!(read("12", "PCS").as_deref(), Ok("12"));
        assert_eq!(read("12 pcs", "PCS").as_deref(), Ok("12"));
        assert!(matches!(read("12 kg", "PCS"), Err(MeasureError::OtherKind { .. })));
        assert!(matches!(read("kg", "KG"), Err(MeasureError::Amount(AmountError::Malformed))));
        assert!(matches!(read("1 stone", "KG"), Err(MeasureError::OtherKind { .. })));
    }
}
