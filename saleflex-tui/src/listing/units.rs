//! The units that goods are counted and measured in.

use saleflex_core::{
    catalog::{MeasureKind, Unit},
    money::Money,
};
use saleflex_store::{Error, Till};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::Effect,
    text::{Key, Text},
};

/// Units in the order they were made in.
pub(crate) struct Units;

impl Listing for Units {
    fn form(&self) -> &'static str {
        "UNIT_LIST"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/unit_list.toml")
    }

    fn event(&self) -> &'static str {
        "UNIT_LIST_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["UNIT_DETAIL"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleUnits, none: Key::UnitsNone, hint: Key::HintUnits }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnCode, 12),
                Heading::number(Key::ColumnUnitDigits, 10),
                Heading::text(Key::ColumnUnitKind, 16),
                Heading::text(Key::ColumnUnitWorth, 0),
                Heading::number(Key::ColumnUnitProducts, 10),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let row = |(at, unit): (usize, &Unit)| ListRow {
            id: RowId::Unit(at),
            cells: vec![
                unit.code.clone(),
                unit.decimals.to_string(),
                unit.measures().map(|measure| kind(text, measure.kind).to_owned()).unwrap_or_default(),
                worth(unit),
                products(till, &unit.code).to_string(),
            ],
            total: Money::ZERO,
            is_dim: false,
        };
        let mut rows: Vec<ListRow> = till.catalog().units().iter().enumerate().map(row).collect();
        rows.retain(|row| row.holds(&query.term));
        Ok(Listed { rows, ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        state.open_record("UNIT", Some(row.id))
    }
}

/// What a kind of measure is called.
pub(crate) fn kind(text: &Text, kind: MeasureKind) -> &str {
    text.word(match kind {
        MeasureKind::Count => Key::MeasureCount,
        MeasureKind::Mass => Key::MeasureMass,
        MeasureKind::Volume => Key::MeasureVolume,
        MeasureKind::Length => Key::MeasureLength,
        MeasureKind::Area => Key::MeasureArea,
    })
}

/// How much of the base of its kind one is, such as `1 LB = 0.45359237 KG`.
pub(crate) fn worth(unit: &Unit) -> String {
    let worth = unit.measures().map(|one| format!("1 {} = {} {}", unit.code, one.factor, one.kind.base()));
    worth.unwrap_or_default()
}

/// How many products are kept in a unit.
pub(crate) fn products(till: &Till, code: &str) -> usize {
    till.catalog().products().filter(|product| product.unit().code == code).count()
}
