//! How the cashiers did on days, the one who did best first.

use rust_decimal::Decimal;
use saleflex_store::{Error, Till, till::Performance};

use super::{
    super::{Heading, ListRow, Listed, Listing, Query, RowId, Words, audit::who, employees::hours},
    Asked, Step,
};
use crate::{
    app::State,
    effect::{Effect, Question},
    text::{Key, Text},
};

/// Cashiers on days.
pub(crate) struct People;

impl Listing for People {
    fn form(&self) -> &'static str {
        "CASHIER_PERFORMANCE"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../../forms/cashier_performance.toml")
    }

    fn event(&self) -> &'static str {
        "CASHIER_PERFORMANCE_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["PERFORMANCE_DETAIL", "CASHIER_RATE"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitlePerformance, none: Key::PerformanceNone, hint: Key::HintReport }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::number(Key::ColumnRank, 4),
                Heading::text(Key::ColumnName, 0),
                Heading::number(Key::ColumnDocuments, 11),
                Heading::number(Key::ColumnSales, 12),
                Heading::number(Key::ColumnActive, 8),
                Heading::number(Key::ColumnAnHour, 10),
                Heading::number(Key::ColumnVoids, 8),
                Heading::number(Key::ColumnAccuracy, 9),
            ]
        }
    }

    /// What people did on the days is read from the journal: not while a month or a year is being typed.
    fn is_long(&self) -> bool {
        true
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let asked = Asked::of(query, till.now().business_date, Step::Day);
        let mut people = till.performance(asked.from, asked.to)?;
        people.sort_by_key(|one| (one.rank.unwrap_or(usize::MAX), std::cmp::Reverse(one.work.sales)));
        let currency = *till.currency();
        let row = |one: &Performance| ListRow {
            id: RowId::Performance(one.cashier, asked.from, asked.to),
            cells: vec![
                one.rank.map(|rank| rank.to_string()).unwrap_or_default(),
                who(till, Some(one.cashier)),
                one.work.documents.to_string(),
                currency.format(one.work.sales),
                // What an hour is of: without breaks and idle times.
                hours(i64::try_from(one.work.active_s() / 60).unwrap_or(i64::MAX)),
                known(one.metrics.sales_per_hour),
                one.work.voids.to_string(),
                one.metrics.accuracy.to_string(),
            ],
            total: one.work.sales,
            is_dim: false,
        };
        let mut rows: Vec<ListRow> = people.iter().map(row).collect();
        rows.retain(|row| row.holds(&asked.rest));
        Ok(Listed {
            rows,
            title: Some(asked.title(text, Key::TitlePerformance)),
            back: query.back,
            ..Listed::default()
        })
    }

    fn act(&self, state: &mut State, row: &ListRow, event: &str) -> Vec<Effect> {
        let RowId::Performance(cashier, from, to) = row.id else { return Vec::new() };
        if event == "CASHIER_RATE" {
            return state.open_record("CASHIER_RATING", Some(row.id));
        }
        vec![Effect::Ask(Question::Performance(cashier, from, to))]
    }
}

/// A figure where there is one.
pub(crate) fn known(figure: Option<Decimal>) -> String {
    figure.map(|figure| figure.to_string()).unwrap_or_default()
}
