//! Why each campaign gives what it gives on the open document, and what a few more pieces would bring.

use saleflex_core::money::Money;
use saleflex_store::{Error, Till};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::Effect,
    message::verdict::{self, Fate},
    text::{Key, Text},
};

/// The verdicts of campaigns.
pub(crate) struct Why;

impl Listing for Why {
    fn form(&self) -> &'static str {
        "WHY"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/why.toml")
    }

    fn event(&self) -> &'static str {
        "WHY_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &[]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleWhy, none: Key::WhyNone, hint: Key::HintWhy }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnCampaign, 15),
                Heading::below(Key::ColumnWhy),
                Heading::number(Key::ColumnTotal, 11),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        if let Some(told) = verdict::not_for_it(till) {
            let cells = vec![String::new(), text.word(told).to_owned(), String::new()];
            let row = ListRow { id: RowId::Nothing, cells, total: Money::ZERO, is_dim: false };
            return Ok(Listed { rows: vec![row], ..Listed::default() });
        }
        let Some(explained) = till.explain()? else { return Ok(Listed::default()) };
        let currency = *till.currency();
        let advice = verdict::short_advice(text, till, &explained);
        let advice = advice.into_iter().map(|(code, words)| ListRow {
            id: RowId::Nothing,
            cells: vec![code, words, String::new()],
            total: Money::ZERO,
            is_dim: false,
        });
        let verdicts = verdict::rows(text, till, &explained).into_iter().map(|row| {
            let given = row.amount.filter(|amount| !amount.is_zero() && row.outcome == Fate::Applied);
            let given = given.map(|amount| currency.format(-amount)).unwrap_or_default();
            ListRow {
                id: RowId::Nothing,
                cells: vec![row.code, row.words, given],
                total: row.amount.unwrap_or(Money::ZERO),
                is_dim: row.outcome != Fate::Applied,
            }
        });
        let gap = explained.gap.is_positive().then(|| ListRow {
            id: RowId::Nothing,
            cells: vec![String::new(), verdict::gap(text, till, &explained), String::new()],
            total: Money::ZERO,
            is_dim: false,
        });
        let rows =
            gap.into_iter().chain(advice).chain(verdicts).filter(|row| row.holds(&query.term)).collect();
        Ok(Listed { rows, ..Listed::default() })
    }

    fn act(&self, _: &mut State, _: &ListRow, _: &str) -> Vec<Effect> {
        Vec::new()
    }
}
