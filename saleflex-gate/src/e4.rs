//! Amounts and quantities as the books keep them: whole ten-thousandths in one column.

use rust_decimal::Decimal;

/// A number in whole ten-thousandths; none where it is finer than that, or more than a column holds.
pub(crate) fn of(number: Decimal) -> Option<i64> {
    let scaled = number.checked_mul(Decimal::from(10_000))?.normalize();
    if scaled.is_integer() { i64::try_from(scaled).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_kept_exactly_or_not_at_all() {
        let parsed = |text: &str| of(text.parse().unwrap());
        assert_eq!([parsed("8.4500"), parsed("-3.4"), parsed("0")], [Some(84_500), Some(-34_000), Some(0)]);
        assert_eq!(parsed("0.00005"), None, "finer than a ten-thousandth");
        assert_eq!(parsed("922337203685477.5807"), Some(i64::MAX));
        assert_eq!([parsed("922337203685477.5808"), parsed("79228162514264337593543950335")], [None, None]);
    }
}
