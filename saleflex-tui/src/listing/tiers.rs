//! The tiers of the loyalty program.

use saleflex_core::money::Money;
use saleflex_store::{Error, Till};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::Effect,
    record::loyalty,
    text::{Key, Text},
};

/// Tiers, the highest first.
pub(crate) struct Tiers;

impl Listing for Tiers {
    fn form(&self) -> &'static str {
        "TIER_LIST"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/tier_list.toml")
    }

    fn event(&self) -> &'static str {
        "TIER_LIST_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["TIER_DETAIL"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleTiers, none: Key::TiersNone, hint: Key::HintTiers }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnName, 0),
                Heading::text(Key::ColumnCode, 14),
                Heading::number(Key::ColumnPoints, 10),
                Heading::number(Key::ColumnYear, 14),
                Heading::number(Key::ColumnTimes, 8),
                Heading::text(Key::ColumnState, 10),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let currency = *till.currency();
        let mut tiers: Vec<_> = loyalty::shown(till).tiers.into_iter().enumerate().collect();
        tiers.sort_by_key(|(_, tier)| std::cmp::Reverse((tier.level, tier.display_order)));
        let row = |(at, tier): (usize, saleflex_core::loyalty::Tier)| ListRow {
            id: RowId::Tier(at),
            cells: vec![
                tier.name,
                tier.code,
                tier.min_points.map(|points| points.to_string()).unwrap_or_default(),
                tier.min_annual_spending.map(|amount| currency.format(amount)).unwrap_or_default(),
                tier.multiplier.map(|times| times.to_string()).unwrap_or_default(),
                if tier.is_active { String::new() } else { text.word(Key::StateOff).to_owned() },
            ],
            total: Money::ZERO,
            is_dim: !tier.is_active,
        };
        let mut rows: Vec<ListRow> = tiers.into_iter().map(row).collect();
        rows.retain(|row| row.holds(&query.term));
        Ok(Listed { rows, ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        state.open_record("TIER", Some(row.id))
    }
}
