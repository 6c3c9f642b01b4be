//! Periods that were closed, to print their Z reports once more and to look into their receipts.

use saleflex_core::{closure::Closure, ids::ClosureNumber, money::Money};
use saleflex_store::{Error, Till};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::{Effect, Question},
    text::{Key, Text},
};

/// Most periods listed.
const MOST: u32 = 400;

/// Closed periods.
pub(crate) struct Closures;

impl Listing for Closures {
    fn form(&self) -> &'static str {
        "CLOSURE_LIST"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/closures.toml")
    }

    fn event(&self) -> &'static str {
        "CLOSURE_LIST_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["CLOSURE_DETAIL_OF", "REPRINT_Z", "RECEIPTS_OF_CLOSURE", "TIPS_OF_CLOSURE", "CORRECT_CLOSURE"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleClosures, none: Key::ClosuresNone, hint: Key::HintClosures }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnNumber, 7),
                Heading::text(Key::ColumnClosedAt, 17),
                Heading::text(Key::ColumnName, 0),
                Heading::number(Key::ColumnDocuments, 9),
                Heading::number(Key::ColumnGross, 11),
                Heading::number(Key::ColumnOpening, 10),
                Heading::number(Key::ColumnClosing, 10),
            ]
        }
    }

    fn load(&self, till: &mut Till, _: &Text, query: &Query) -> Result<Listed, Error> {
        let closures = till.closures(MOST)?;
        let rows = closures.iter().map(|closure| row(till, closure));
        Ok(Listed { rows: rows.filter(|row| row.holds(&query.term)).collect(), ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, event: &str) -> Vec<Effect> {
        let RowId::Closure(number) = row.id else { return Vec::new() };
        match event {
            "CLOSURE_DETAIL_OF" => state.open_record("CLOSURE_DETAIL", Some(row.id)),
            _ => of_period(state, number, event),
        }
    }
}

/// What can be done about a closed period, in the list and beside its figures.
pub(crate) fn of_period(state: &mut State, number: ClosureNumber, event: &str) -> Vec<Effect> {
    let id = Some(RowId::Closure(number));
    match event {
        "REPRINT_Z" => vec![Effect::Ask(Question::ZCopy(number))],
        "TIPS_OF_CLOSURE" => state.open_record("TIP_POOL", id),
        "CORRECT_CLOSURE" => state.open_record("CLOSURE_CORRECTION", id),
        _ => {
            let back = state.view.period.0.saturating_sub(number.0);
            state.open_list(super::RECEIPTS, back)
        }
    }
}

fn row(till: &Till, closure: &Closure) -> ListRow {
    let ClosureNumber(number) = closure.period.number;
    // With tax, discounts and returns taken off: what every list calls gross.
    let total: Money = closure.report.net_sales;
    ListRow {
        id: RowId::Closure(closure.period.number),
        cells: vec![
            number.to_string(),
            closure.closed_at.local.format("%Y-%m-%d %H:%M").to_string(),
            till.cashier(closure.closed_by.cashier).map(|cashier| cashier.name.clone()).unwrap_or_default(),
            closure.report.document_count().to_string(),
            till.currency().format(total),
            till.currency().format(closure.opening_cash),
            closure.counted_cash.map_or_else(|| "-".to_owned(), |counted| till.currency().format(counted)),
        ],
        total,
        is_dim: false,
    }
}
