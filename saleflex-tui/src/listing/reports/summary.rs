//! What the closed periods of each day come to, or of each month of a year.

use chrono::{Months, NaiveDate};
use saleflex_core::{
    closure::{Level, Rollup, RollupKey, Span},
    money::Money,
};
use saleflex_store::{Error, Till};

use super::{
    super::{Heading, ListRow, Listed, Listing, Query, RowId, Words},
    Asked, Step,
};
use crate::{
    app::State,
    effect::{Effect, Question},
    text::{Key, Text},
};

/// The days of a month, or the months of a year.
pub(crate) struct Summary;

impl Listing for Summary {
    fn form(&self) -> &'static str {
        "SALES_SUMMARY"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../../forms/sales_summary.toml")
    }

    fn event(&self) -> &'static str {
        "POS_SUMMARY_REPORT"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["SUMMARY_DETAIL"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleSummary, none: Key::SummaryNone, hint: Key::HintSummary }
    }

    fn is_searched(&self) -> bool {
        false
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnDay, 0),
                Heading::number(Key::ColumnClosures, 6),
                Heading::number(Key::ColumnDocuments, 9),
                Heading::number(Key::ColumnReturns, 9),
                Heading::number(Key::ColumnNet, 11),
                Heading::number(Key::ColumnTax, 9),
                Heading::number(Key::ColumnGross, 11),
                Heading::number(Key::ColumnOverShort, 10),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let asked = Asked::of(query, till.now().business_date, Step::Month);
        let level = if asked.step == Step::Year { Level::StoreMonth } else { Level::StoreDay };
        let rollups = till.rollups(asked.from, asked.to, level)?;
        let mut rows: Vec<ListRow> =
            rollups.iter().rev().map(|(key, rollup)| row(shown(key.span), key, rollup)).collect();
        rows.retain(|row| row.holds(&asked.rest));
        // What they come to together leads the list; a week may lie in two months.
        let whole = if asked.step == Step::Year { Level::StoreYear } else { Level::StoreMonth };
        if rows.len() > 1 && asked.rest.is_empty() && asked.step != Step::Week {
            let whole = till.rollups(asked.from, asked.to, whole)?;
            let totals = whole.iter().map(|(key, rollup)| {
                let name = format!("{} {}", shown(key.span), text.word(Key::WholeSpan));
                row(name, key, rollup)
            });
            rows.splice(0..0, totals);
        }
        Ok(Listed {
            rows,
            title: Some(asked.title(text, Key::TitleSummary)),
            back: query.back,
            ..Listed::default()
        })
    }

    fn act(&self, _: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        let RowId::Span(span) = row.id else { return Vec::new() };
        vec![Effect::Ask(Question::Rollup(span))]
    }
}

fn row(name: String, key: &RollupKey, rollup: &Rollup) -> ListRow {
    let money = |amount: Money| rollup.currency.format(amount);
    let report = &rollup.report;
    ListRow {
        id: RowId::Span(key.span),
        cells: vec![
            name,
            rollup.closures.to_string(),
            report.document_count().to_string(),
            money(report.returns),
            money(report.net_excluding_tax()),
            money(report.tax),
            money(report.net_sales),
            money(rollup.difference()),
        ],
        total: report.net_sales,
        is_dim: false,
    }
}

/// The days of a day, month or year, from the first to the last.
pub(crate) fn days(span: Span) -> (NaiveDate, NaiveDate) {
    let month = |year, month| NaiveDate::from_ymd_opt(year, month, 1).unwrap_or_default();
    let (from, long) = match span {
        Span::Day(day) => return (day, day),
        Span::Month(year, no) => (month(year, no), 1),
        Span::Year(year) => (month(year, 1), 12),
    };
    let next = from.checked_add_months(Months::new(long));
    (from, next.and_then(|next| next.pred_opt()).unwrap_or(from))
}

/// A day, month or year as lists write it.
pub(crate) fn shown(span: Span) -> String {
    match span {
        Span::Day(day) => day.to_string(),
        Span::Month(year, month) => format!("{year}-{month:02}"),
        Span::Year(year) => year.to_string(),
    }
}
