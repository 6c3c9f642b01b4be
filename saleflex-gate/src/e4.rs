//! Amounts and quantities as the books keep them: whole ten-thousandths in one column.

use rust_decimal::Decimal;

/// A number in whole ten-thousandths; none where it is finer than that, or more than a column holds.
pub(crate) fn of(number: Decimal) -> Option<i64> {
    let scaled = number.checked_mul(Decimal::from(10_000))?.normalize();
    if scaled.is_integer() { i64::try_from(scaled).ok() } else { None }
}

/// A sum of such a column in SQL, whatever stands in its rows: exact up to 4 * 10^18, and so much where it would be more,
/// so that two of them add up as well. A plain `sum` that is beyond a column refuses the whole question.
pub(crate) fn sum(column: &str) -> String {
    let [millions, rest] =
        [format!("COALESCE(sum({column} / 1000000), 0)"), format!("COALESCE(sum({column} % 1000000), 0)")];
    format!(
        "CAST(CASE WHEN {millions} > 4000000000000 THEN 4000000000000000000 \
         WHEN {millions} < -4000000000000 THEN -4000000000000000000 \
         ELSE {millions} * 1000000 + {rest} END AS bigint)"
    )
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

    #[test]
    fn a_sum_is_exact_and_never_fails() {
        let database = rusqlite::Connection::open_in_memory().unwrap();
        let summed = |amounts: &[i64]| -> i64 {
            let rows = amounts.iter().map(|amount| format!("SELECT {amount} AS a"));
            let rows = rows.chain(["SELECT 0 AS a WHERE 1 = 0".to_owned()]).collect::<Vec<_>>();
            let sql = format!("SELECT {} FROM ({})", sum("a"), rows.join(" UNION ALL "));
            database.query_row(&sql, [], |row| row.get(0)).unwrap()
        };
        assert_eq!(summed(&[]), 0);
        assert_eq!(summed(&[12_345_678, -2_345_679, 1]), 10_000_000);
        assert_eq!(summed(&[i64::MAX, i64::MAX, 1]), 4_000_000_000_000_000_000);
        assert_eq!(summed(&[i64::MIN, i64::MIN]), -4_000_000_000_000_000_000);
    }
}
