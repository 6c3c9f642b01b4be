//! Documents on forms that were printed beforehand: each value at its row and column, on as many pages as the lines need.
//!
//! A [`Design`] says what stands where. Of a document that takes several pages each has its number and what the lines
//! before it came to, and what is only known at the end stands on the last.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{Align, Printout};

mod fill;
mod numerals;

pub use self::{fill::completed, numerals::in_words};

/// Where the values of a document stand on its form. Rows and columns are counted from 1.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Design {
    /// Lines of a page.
    pub rows: u16,
    /// Letters of a line.
    pub columns: u16,
    /// What was sold.
    pub lines: Lines,
    /// Everything else.
    #[serde(default, rename = "field")]
    pub fields: Vec<Field>,
}

/// Where the lines of a document stand, one on a row.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Lines {
    /// The first row of them.
    pub first: u16,
    /// The last row of them: what is more goes to the next page.
    pub last: u16,
    /// What stands of each.
    #[serde(rename = "column")]
    pub columns: Vec<Column>,
}

/// A value of each line.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Which.
    pub value: LineValue,
    /// Where it begins.
    pub column: u16,
    /// How many letters it has: a longer name is cut, of a longer figure nothing stands there but [`TOO_NARROW`].
    pub width: u16,
}

/// What can stand of a line.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LineValue {
    /// What was sold.
    Name,
    /// The percentage of its taxes, those of state, county and city together; nothing where it has none or is exempt.
    Tax,
    /// How many.
    Quantity,
    /// What one costs.
    Price,
    /// What it comes to after its own discounts, before those of the document.
    Total,
}

/// A value of the document.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Which.
    pub value: Value,
    /// On which row, the first where it takes several.
    pub row: u16,
    /// Where it begins.
    pub column: u16,
    /// How many letters it has: longer words are cut, of a longer figure nothing stands there but [`TOO_NARROW`].
    pub width: u16,
    /// How many rows it may take: customers, payments and the total in words have several.
    #[serde(default = "one")]
    pub rows: u16,
    /// Where it stands within its width.
    #[serde(default)]
    pub align: Align,
}

const fn one() -> u16 {
    1
}

/// What can stand of a document.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Its number.
    Number,
    /// The day it was completed.
    Date,
    /// The time of day it was completed.
    Time,
    /// The customer: name, and on an invoice address and tax number, a row each.
    Customer,
    /// The till's number or name.
    Register,
    /// Who completed it.
    Cashier,
    /// The number of the page.
    Page,
    /// How many pages there are.
    Pages,
    /// What the lines of the pages before come to; nothing on the first.
    Brought,
    /// What the lines until here come to; nothing on the last.
    Carried,
    /// What all lines come to; on the last page, as all below.
    Subtotal,
    /// Surcharges less discounts on the whole document: below nothing where it is cheaper by them.
    Discount,
    /// The tax.
    Tax,
    /// What is owed.
    Total,
    /// The same in words.
    InWords,
    /// How it was paid and what was given back, a row each.
    Payments,
    /// That it is a copy, practice, or printed once more after the printer broke off, on every page. Without such a field it
    /// stands at the top of the page.
    Mark,
}

impl Value {
    /// Whether it is a figure, of which a part would be another one: an amount, a number, a day.
    const fn is_figure(self) -> bool {
        !matches!(self, Self::Customer | Self::Register | Self::Cashier | Self::Mark)
    }
}

/// Fills the place of a figure that is too narrow for it: a part of a figure would be read as another one.
pub const TOO_NARROW: char = '#';

/// A place of a form that a figure did not fit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Narrow {
    /// Its row, of lines the first.
    pub row: u16,
    /// Where it begins.
    pub column: u16,
    /// How many letters it has.
    pub width: u16,
    /// How many the figure has.
    pub needed: usize,
}

/// A document on its form.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Filled {
    /// Its pages.
    pub printout: Printout,
    /// The first place that was too narrow for its figure: [`TOO_NARROW`] stands there.
    pub narrow: Option<Narrow>,
}

/// Why a design is none.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DesignFault {
    /// Paper of this size there is not.
    #[error("a page has 1 to {most_rows} rows of 20 to {most_columns} columns, not {rows} of {columns}", most_rows = Design::MOST_ROWS, most_columns = Design::MOST_COLUMNS)]
    Page {
        /// Its rows.
        rows: u16,
        /// Its columns.
        columns: u16,
    },
    /// No room for what was sold.
    #[error("lines on the rows {first} to {last} of a page of {rows} are none")]
    NoRoom {
        /// The first row.
        first: u16,
        /// The last row.
        last: u16,
        /// Rows of the page.
        rows: u16,
    },
    /// Nothing of a line is said to stand anywhere.
    #[error("nothing of a line stands anywhere: it has no column")]
    NoColumn,
    /// Something stands beyond the page.
    #[error("what begins at row {row}, column {column} and is {width} wide is not on the page")]
    Beyond {
        /// Its row.
        row: u16,
        /// Its column.
        column: u16,
        /// Its width.
        width: u16,
    },
}

impl Design {
    /// The most lines of a page, as a printer can be told.
    pub const MOST_ROWS: u16 = 127;
    /// The most letters of a line.
    pub const MOST_COLUMNS: u16 = 200;
    const LEAST_COLUMNS: u16 = 20;

    /// Whether everything of it stands on its page.
    ///
    /// # Errors
    /// The first [`DesignFault`].
    pub fn check(&self) -> Result<(), DesignFault> {
        let (rows, columns) = (self.rows, self.columns);
        let is_page = (1..=Self::MOST_ROWS).contains(&rows)
            && (Self::LEAST_COLUMNS..=Self::MOST_COLUMNS).contains(&columns);
        if !is_page {
            return Err(DesignFault::Page { rows, columns });
        }
        let Lines { first, last, columns: of_line } = &self.lines;
        let (first, last) = (*first, *last);
        if first == 0 || last < first || last > rows {
            return Err(DesignFault::NoRoom { first, last, rows });
        }
        if of_line.is_empty() {
            return Err(DesignFault::NoColumn);
        }
        let of_lines = of_line.iter().map(|one| (first, one.column, one.width, 1));
        let others = self.fields.iter().map(|field| (field.row, field.column, field.width, field.rows));
        for (row, column, width, deep) in of_lines.chain(others) {
            let is_on = |from: u16, size: u16, most: u16| {
                from > 0 && size > 0 && from.saturating_add(size - 1) <= most
            };
            if !is_on(row, deep, rows) || !is_on(column, width, columns) {
                return Err(DesignFault::Beyond { row, column, width });
            }
        }
        Ok(())
    }
}
