//! The tax rates of the shop.

use saleflex_core::{money::Money, tax::TaxRate};
use saleflex_store::{Error, Till};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::Effect,
    text::{Key, Text},
};

/// Tax rates by number.
pub(crate) struct TaxRates;

impl Listing for TaxRates {
    fn form(&self) -> &'static str {
        "TAX_RATE_LIST"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/tax_rate_list.toml")
    }

    fn event(&self) -> &'static str {
        "SET_VAT_DEFINITION"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["TAX_RATE_DETAIL"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleTaxRates, none: Key::TaxRatesNone, hint: Key::HintTaxRates }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::number(Key::ColumnRecordNo, 6),
                Heading::text(Key::ColumnTaxRate, 0),
                Heading::number(Key::ColumnPercent, 10),
                Heading::text(Key::ColumnArea, 14),
                Heading::number(Key::ColumnDepartments, 12),
            ]
        }
    }

    fn load(&self, till: &mut Till, _: &Text, query: &Query) -> Result<Listed, Error> {
        let today = till.now().business_date;
        let catalog = till.catalog();
        let users = |rate: &TaxRate| {
            catalog.departments().filter(|department| department.taxes.contains(&rate.no)).count()
        };
        let row = |rate: TaxRate| ListRow {
            id: RowId::TaxRate(rate.no),
            cells: vec![
                rate.no.to_string(),
                rate.name.clone(),
                rate.percent.to_string(),
                rate.jurisdiction.as_ref().map(|area| area.code.clone()).unwrap_or_default(),
                users(&rate).to_string(),
            ],
            total: Money::ZERO,
            is_dim: false,
        };
        let mut rows: Vec<ListRow> =
            catalog.tax_rates().filter_map(|rate| catalog.tax_rate_on(rate.no, today)).map(row).collect();
        rows.retain(|row| row.holds(&query.term));
        Ok(Listed { rows, ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        state.open_record("TAX_RATE", Some(row.id))
    }
}
