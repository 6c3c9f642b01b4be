//! How people shopped on days: how often, whether they came again, on which days and at which hours, and what they took together.

use chrono::NaiveDate;
use saleflex_core::{ids::ProductId, money::Money};
use saleflex_store::{Error, Till, till::Shopping};

use super::{
    super::{Heading, ListRow, Listed, Listing, Query, RowId, Words, stock::item_names},
    Asked, Step,
};
use crate::{
    app::State,
    effect::Effect,
    text::{Key, Text},
};

/// How people shopped.
pub(crate) struct Shoppers;

/// The longest bar.
const LONGEST: u64 = 30;
/// The days of a week, Monday first.
const WEEKDAYS: [Key; 7] = [
    Key::WeekdayMonday,
    Key::WeekdayTuesday,
    Key::WeekdayWednesday,
    Key::WeekdayThursday,
    Key::WeekdayFriday,
    Key::WeekdaySaturday,
    Key::WeekdaySunday,
];

impl Listing for Shoppers {
    fn form(&self) -> &'static str {
        "SHOPPING"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../../forms/shopping.toml")
    }

    fn event(&self) -> &'static str {
        "SHOPPING_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &[]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleShopping, none: Key::ReportNone, hint: Key::HintReport }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::below(Key::ColumnWhat),
                Heading::number(Key::ColumnHowMany, 10),
                Heading::text(Key::ColumnBeside, 36),
            ]
        }
    }

    /// Every sale of the days is read: not while a month or a year is being typed.
    fn is_long(&self) -> bool {
        true
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let asked = Asked::of(query, till.now().business_date, Step::Day);
        let mut rows = rows(till, text, (asked.from, asked.to))?;
        rows.retain(|row| row.holds(&asked.rest));
        Ok(Listed {
            rows,
            title: Some(asked.title(text, Key::TitleShopping)),
            back: query.back,
            ..Listed::default()
        })
    }

    fn act(&self, _: &mut State, _: &ListRow, _: &str) -> Vec<Effect> {
        Vec::new()
    }
}

/// Figures of all, then of each day of the week, of each hour, and of products that were taken together.
fn rows(till: &Till, text: &Text, (from, to): (NaiveDate, NaiveDate)) -> Result<Vec<ListRow>, Error> {
    let shopping = till.shopping(from, to)?;
    if shopping.sales == 0 {
        return Ok(Vec::new());
    }
    let row = |what: String, many: u64, beside: String| ListRow {
        id: RowId::Nothing,
        cells: vec![what, many.to_string(), beside],
        total: Money::ZERO,
        is_dim: false,
    };
    let Shopping { sales, known, customers, returning, hours, weekdays, together, .. } = &shopping;
    let average = till.currency().format(shopping.average());
    let average = text.fill(Key::BehaviourAverage, &[("amount", &average)]);
    let (returning, known) = (returning.to_string(), known.to_string());
    let again = text.fill(Key::BehaviourReturning, &[("returning", &returning), ("known", &known)]);
    let mut rows = vec![
        row(text.word(Key::BehaviourSales).to_owned(), *sales, average),
        row(text.word(Key::BehaviourCustomers).to_owned(), *customers, again),
    ];
    let busiest = weekdays.values().copied().max().unwrap_or_default();
    for (name, day) in WEEKDAYS.iter().zip(1..) {
        let sales = weekdays.get(&day).copied().unwrap_or_default();
        rows.push(row(text.word(*name).to_owned(), sales, bar(sales, busiest)));
    }
    let busiest = hours.values().copied().max().unwrap_or_default();
    rows.extend(hours.iter().map(|(hour, sales)| row(format!("{hour:02}:00"), *sales, bar(*sales, busiest))));
    let names = |product: ProductId| item_names(till, product.into());
    rows.extend(together.iter().map(|pair| {
        let ((one, one_name), (other, other_name)) = (names(pair.products.0), names(pair.products.1));
        row(format!("{one_name} + {other_name}"), pair.sales, format!("{one} + {other}"))
    }));
    Ok(rows)
}

/// A bar as long as its share of the longest; of anything at least a little.
fn bar(many: u64, most: u64) -> String {
    let long = many.saturating_mul(LONGEST).div_ceil(most.max(1));
    "█".repeat(usize::try_from(long).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_share_of_the_longest_and_of_nothing_there_is_none() {
        let long = |many, most| bar(many, most).chars().count();
        assert_eq!([long(0, 0), long(0, 9), long(1, 1000), long(5, 10), long(10, 10)], [0, 0, 1, 15, 30]);
    }
}
