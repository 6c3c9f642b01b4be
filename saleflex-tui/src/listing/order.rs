//! The order of a list by one of its columns.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use super::{Heading, ListRow, RowId};

/// By which column a list is ordered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Order {
    /// The column, from 0.
    pub column: usize,
    /// The largest first.
    pub is_falling: bool,
}

impl Order {
    /// The sign behind the heading of the column, in letters that every terminal has.
    pub const fn mark(self) -> char {
        if self.is_falling { 'v' } else { '^' }
    }

    /// Orders rows; those that are alike stay as they were. A column of numbers is ordered by them, any other by its words,
    /// whatever their case.
    pub(super) fn sort(self, rows: &mut [ListRow], headings: &[Heading]) {
        // What is no row of its own, such as what all come to together, stays at the end.
        let end = rows.iter().rposition(|row| row.id != RowId::Nothing).map_or(rows.len(), |last| last + 1);
        let rows = &mut rows[..end];
        let is_number = headings.get(self.column).is_some_and(|heading| heading.is_right);
        rows.sort_by(|one, other| {
            let [one, other] = [one, other].map(|row| row.cells.get(self.column).map_or("", String::as_str));
            let order = if is_number { by_number(one, other) } else { by_words(one, other) };
            if self.is_falling { order.reverse() } else { order }
        });
    }
}

/// What is no number comes before any, by its words.
fn by_number(one: &str, other: &str) -> Ordering {
    number(one).cmp(&number(other)).then_with(|| by_words(one, other))
}

fn by_words(one: &str, other: &str) -> Ordering {
    one.to_lowercase().cmp(&other.to_lowercase())
}

/// The number in a cell, without the sign of a currency or a unit beside it.
fn number(cell: &str) -> Option<Decimal> {
    let is_figure = |sign: &char| sign.is_ascii_digit() || matches!(sign, '.' | '-');
    let figures: String = cell.replace(',', ".").chars().filter(is_figure).collect();
    figures.parse().ok()
}

#[cfg(test)]
mod tests {
    use saleflex_core::money::Money;

    use super::*;
    use crate::{listing::RowId, text::Key};

    fn ordered(column: usize, is_falling: bool) -> Vec<String> {
        let row = |cells: [&str; 2]| ListRow {
            id: RowId::Nothing,
            cells: cells.map(str::to_owned).to_vec(),
            total: Money::ZERO,
            is_dim: false,
        };
        let mut rows = vec![
            row(["pear", "£9.50"]),
            row(["Apple", "-£10.00"]),
            row(["fig", ""]),
            row(["apple", "£100.00"]),
        ];
        let headings = [Heading::text(Key::ColumnName, 0), Heading::number(Key::ColumnTotal, 9)];
        Order { column, is_falling }.sort(&mut rows, &headings);
        rows.into_iter().map(|row| row.cells[0].clone()).collect()
    }

    #[test]
    fn words_are_ordered_whatever_their_case_and_numbers_by_what_they_are_worth() {
        assert_eq!(ordered(0, false), ["Apple", "apple", "fig", "pear"]);
        assert_eq!(ordered(0, true), ["pear", "fig", "Apple", "apple"]);
        assert_eq!(ordered(1, false), ["fig", "Apple", "pear", "apple"]);
        assert_eq!(ordered(1, true), ["apple", "pear", "Apple", "fig"]);
    }
}
