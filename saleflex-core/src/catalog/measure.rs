//! Quantities said in another measure of the same kind: `500 g` of what is kept in kilograms, two crates of what is
//! kept in pieces.
//!
//! **Invariant:** a conversion is exact. What does not come out even is refused here, and what a quantity's digits cannot
//! hold where the quantity is made; nothing is rounded.

use alloc::string::{String, ToString};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Unit;
use crate::{
    money::{AmountError, parse_decimal},
    quantity::UnitFactor,
};

/// What a unit measures.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MeasureKind {
    /// Pieces; its base is `PCS`.
    Count,
    /// Its base is `KG`.
    Mass,
    /// Its base is `LT`.
    Volume,
    /// Its base is `M`.
    Length,
    /// Its base is `M2`.
    Area,
}

impl MeasureKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Count, Self::Mass, Self::Volume, Self::Length, Self::Area];

    /// The code of what one of its kind is said in.
    pub const fn base(self) -> &'static str {
        match self {
            Self::Count => "PCS",
            Self::Mass => "KG",
            Self::Volume => "LT",
            Self::Length => "M",
            Self::Area => "M2",
        }
    }
}

/// What a unit measures, and how much of the base of its kind one is: a pound is 0.45359237 of a kilogram, a crate twelve
/// pieces.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub struct Measure {
    /// What it measures.
    pub kind: MeasureKind,
    /// How much of the base of its kind one is.
    pub factor: UnitFactor,
}

/// The codes everybody knows a measure by, what it measures, and how many fraction digits of the base of its kind it is.
const MEASURES: [(&[&str], MeasureKind, u32); 11] = [
    (&["PCS"], MeasureKind::Count, 0),
    (&["KG"], MeasureKind::Mass, 0),
    (&["GR", "G"], MeasureKind::Mass, 3),
    (&["MG"], MeasureKind::Mass, 6),
    (&["LT", "L"], MeasureKind::Volume, 0),
    (&["CL"], MeasureKind::Volume, 2),
    (&["ML"], MeasureKind::Volume, 3),
    (&["M", "MT"], MeasureKind::Length, 0),
    (&["CM"], MeasureKind::Length, 2),
    (&["MM"], MeasureKind::Length, 3),
    (&["M2"], MeasureKind::Area, 0),
];

/// Fraction digits that a conversion may have: more than any quantity, so that the quantity says how many it takes.
const MOST_DIGITS: u32 = 12;

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
    /// The measure can be turned into the unit, and so much of it does not come out even.
    #[error("so many {measure} do not come out even in {unit}")]
    Uneven {
        /// The measure as typed.
        measure: String,
        /// The unit of what is counted.
        unit: String,
    },
}

impl Measure {
    /// The measure that everybody knows by a code, such as `KG`.
    pub fn usual(code: &str) -> Option<Self> {
        let is_it = |codes: &[&str]| codes.iter().any(|known| known.eq_ignore_ascii_case(code));
        let (_, kind, digits) = MEASURES.iter().find(|(codes, ..)| is_it(codes))?;
        Some(Self { kind: *kind, factor: UnitFactor::try_new(Decimal::new(1, *digits)).ok()? })
    }

    /// The measure that a shop knows by a code: as its unit of that code says it, else as everybody does.
    fn known(code: &str, units: &[Unit]) -> Option<Self> {
        let own = units.iter().find(|unit| unit.code.eq_ignore_ascii_case(code));
        own.and_then(|unit| unit.measure).or_else(|| Self::usual(code))
    }

    /// An amount of this measure in another; none where they are not of one kind, where it does not come out even, or
    /// beyond what a decimal holds.
    pub fn convert(self, amount: Decimal, to: Self) -> Option<Decimal> {
        if self.kind != to.kind {
            return None;
        }
        let (amount, from, to) = (amount.normalize(), self.factor.decimal(), to.factor.decimal());
        // In whole numbers, so that a remainder is seen: a decimal division would round it away.
        let over = amount.mantissa().checked_mul(from.mantissa())?;
        let (up, down) = (MOST_DIGITS + to.scale(), amount.scale() + from.scale());
        let power = 10_i128.checked_pow(up.abs_diff(down))?;
        let (over, under) = if up >= down {
            (over.checked_mul(power)?, to.mantissa())
        } else {
            (over, to.mantissa().checked_mul(power)?)
        };
        if over.checked_rem(under)? != 0 {
            return None;
        }
        let even = Decimal::try_from_i128_with_scale(over.checked_div(under)?, MOST_DIGITS).ok()?;
        Some(even.normalize())
    }
}

impl Unit {
    /// What it measures: as the shop says it, else as everybody knows it by its code.
    pub fn measures(&self) -> Option<Measure> {
        self.measure.or_else(|| Measure::usual(&self.code))
    }
}

/// Reads a quantity with or without a measure behind it, and answers it in a unit. A measure of another kind, such as
/// litres of what is weighed, is refused. Beside the measures that everybody knows there are those of a shop's units.
///
/// ```
/// use saleflex_core::{
///     catalog::{Measure, MeasureKind, Unit, read_in},
///     quantity::UnitFactor,
/// };
///
/// let kilogram = Unit { code: "KG".into(), decimals: 3, measure: None };
/// assert_eq!(read_in("500 g", &kilogram, &[]).unwrap().to_string(), "0.5");
/// assert_eq!(read_in("1.5", &kilogram, &[]).unwrap().to_string(), "1.5");
/// assert!(read_in("1 l", &kilogram, &[]).is_err());
///
/// let twelve = Measure { kind: MeasureKind::Count, factor: UnitFactor::parse("12")? };
/// let crates = [Unit { code: "CRATE".into(), decimals: 0, measure: Some(twelve) }];
/// assert_eq!(read_in("2 crate", &Unit::piece(), &crates).unwrap().to_string(), "24");
/// # Ok::<(), saleflex_core::money::AmountError>(())
/// ```
///
/// # Errors
/// [`MeasureError::Amount`] where the number is none, [`MeasureError::OtherKind`], [`MeasureError::Uneven`].
pub fn read_in(typed: &str, unit: &Unit, units: &[Unit]) -> Result<Decimal, MeasureError> {
    let (number, code) = apart(typed);
    let amount = parse_decimal(number)?;
    if code.is_empty() || code.eq_ignore_ascii_case(&unit.code) {
        return Ok(amount);
    }
    let (measure, of) = (code.to_string(), unit.code.clone());
    match (Measure::known(code, units), unit.measures()) {
        (Some(from), Some(to)) if from.kind == to.kind => {
            from.convert(amount, to).ok_or(MeasureError::Uneven { measure, unit: of })
        }
        _ => Err(MeasureError::OtherKind { measure, unit: of }),
    }
}

/// Whether a text is an amount above nothing in a measure that is known, such as `500 g`.
pub fn is_measured(typed: &str, units: &[Unit]) -> bool {
    let (number, code) = apart(typed);
    Measure::known(code, units).is_some()
        && parse_decimal(number).is_ok_and(|amount| amount.is_sign_positive() && !amount.is_zero())
}

/// A number and the measure behind it.
fn apart(typed: &str) -> (&str, &str) {
    let typed = typed.trim();
    let end = typed.find(char::is_alphabetic).unwrap_or(typed.len());
    let (number, code) = typed.split_at_checked(end).unwrap_or((typed, ""));
    (number.trim(), code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(code: &str) -> Unit {
        Unit { code: code.to_string(), decimals: 3, measure: None }
    }

    fn own(code: &str, kind: MeasureKind, factor: &str) -> Unit {
        Unit { measure: Some(Measure { kind, factor: UnitFactor::parse(factor).unwrap() }), ..unit(code) }
    }

    /// What a shop in pounds and crates has.
    fn shop() -> [Unit; 4] {
        [
            own("LB", MeasureKind::Mass, "0.45359237"),
            own("OZ", MeasureKind::Mass, "0.028349523125"),
            own("CRATE", MeasureKind::Count, "12"),
            unit("BOX"),
        ]
    }

    #[test]
    fn a_measure_turns_into_each_other_of_its_kind_and_back_to_what_it_was() {
        let quarters = Decimal::new(125, 2);
        for (from, kind, _) in MEASURES {
            for (to, other, _) in MEASURES {
                let (one, two) = (Measure::usual(from[0]).unwrap(), Measure::usual(to[0]).unwrap());
                let there = one.convert(quarters, two);
                assert_eq!(there.is_some(), kind == other, "{from:?} {to:?}");
                if let Some(there) = there {
                    assert_eq!(two.convert(there, one), Some(quarters), "{from:?} {to:?}");
                }
            }
        }
    }

    #[test]
    fn a_quantity_is_read_in_its_unit_with_and_without_a_measure() {
        let read = |typed, code| read_in(typed, &unit(code), &[]).map(|amount| amount.to_string());
        assert_eq!(read("250g", "KG").as_deref(), Ok("0.25"));
        assert_eq!(read(" 2 Kg ", "GR").as_deref(), Ok("2000"));
        assert_eq!(read("33 cl", "LT").as_deref(), Ok("0.33"));
        assert_eq!(read("50 cm", "MT").as_deref(), Ok("0.5"));
        assert_eq!(read("3 m2", "M2").as_deref(), Ok("3"));
        assert_eq!(read("12", "PCS").as_deref(), Ok("12"));
        assert_eq!(read("12 pcs", "PCS").as_deref(), Ok("12"));
        assert!(matches!(read("12 kg", "PCS"), Err(MeasureError::OtherKind { .. })));
        assert!(matches!(read("kg", "KG"), Err(MeasureError::Amount(AmountError::Malformed))));
        assert!(matches!(read("1,5 g", "KG"), Err(MeasureError::Amount(AmountError::Malformed))));
        assert!(matches!(read("1 stone", "KG"), Err(MeasureError::OtherKind { .. })));
    }

    #[test]
    fn a_unit_of_the_shops_own_is_turned_by_its_kind_and_factor() {
        let units = shop();
        let read = |typed, unit: &Unit| read_in(typed, unit, &units).map(|amount| amount.to_string());
        let [pound, ounce, crates, boxes] = &units;
        assert_eq!(read("8 oz", pound).as_deref(), Ok("0.5"), "sixteen ounces a pound");
        assert_eq!(read("1.5 lb", ounce).as_deref(), Ok("24"));
        assert_eq!(read("2 LB", &unit("KG")).as_deref(), Ok("0.90718474"), "exactly, however many digits");
        assert_eq!(read("453.59237 g", pound).as_deref(), Ok("1"));
        assert_eq!(read("2 crate", &Unit::piece()).as_deref(), Ok("24"));
        assert_eq!(read("18 pcs", crates).as_deref(), Ok("1.5"));
        assert_eq!(read("3 box", boxes).as_deref(), Ok("3"));
        // 500 g are 1.1023113… pounds, five pieces 0.41666… of a crate.
        assert!(matches!(read("500 g", pound), Err(MeasureError::Uneven { .. })));
        assert!(matches!(read("5 pcs", crates), Err(MeasureError::Uneven { .. })));
        assert!(matches!(read("2 crate", pound), Err(MeasureError::OtherKind { .. })));
        assert!(matches!(read("2 box", &Unit::piece()), Err(MeasureError::OtherKind { .. })));
        assert!(matches!(read_in("8 oz", pound, &[]), Err(MeasureError::OtherKind { .. })));
    }

    #[test]
    fn a_unit_of_the_shops_own_says_whether_it_measures_and_what_is_an_amount_in_it() {
        let units = shop();
        let whole = |unit: &Unit| Unit { decimals: 0, ..unit.clone() }.is_measure();
        assert_eq!(units.each_ref().map(whole), [true, true, false, false]);
        for (typed, is_one) in
            [("8 oz", true), ("2CRATE", true), ("2 box", false), ("0 oz", false), ("oz", false)]
        {
            assert_eq!(is_measured(typed, &units), is_one, "{typed}");
        }
        assert!(!is_measured("8 oz", &[]));
        // What a shop says of a code holds before what everybody means by it.
        let gallon = [own("G", MeasureKind::Volume, "3.785411784")];
        assert_eq!(
            read_in("2 g", &unit("LT"), &gallon).map(|amount| amount.to_string()),
            Ok("7.570823568".into())
        );
    }

    #[test]
    fn one_of_the_base_of_a_kind_is_one_of_it() {
        for kind in MeasureKind::ALL {
            let one = Measure { kind, factor: UnitFactor::parse("1").unwrap() };
            assert_eq!(Measure::usual(kind.base()), Some(one));
        }
    }

    #[test]
    fn a_factor_is_above_nothing_and_written_as_a_text() {
        assert_eq!(UnitFactor::parse("0"), Err(AmountError::TooSmall));
        assert_eq!(UnitFactor::parse("1000001"), Err(AmountError::TooLarge));
        assert_eq!(UnitFactor::parse("0.0283495231255"), Err(AmountError::TooPrecise { digits: 12 }));
        let written = r#"{"code":"LB","decimals":3,"measure":{"kind":"mass","factor":"0.45359237"}}"#;
        let [pound, ..] = shop();
        assert_eq!(serde_json::to_string(&pound).unwrap(), written);
        assert_eq!(serde_json::from_str::<Unit>(written).unwrap(), pound);
        let plain = r#"{"code":"BOX","decimals":3}"#;
        assert_eq!(serde_json::to_string(&unit("BOX")).unwrap(), plain);
        for broken in ["0.45", "\"-1\"", "\"0\"", "null"] {
            let unit =
                format!(r#"{{"code":"LB","decimals":3,"measure":{{"kind":"mass","factor":{broken}}}}}"#);
            assert!(serde_json::from_str::<Unit>(&unit).is_err(), "{unit}");
        }
    }
}
