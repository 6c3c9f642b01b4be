//! Records that may be one person.

use saleflex_core::{customer::Likeness, money::Money};
use saleflex_store::{Error, Till};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::Effect,
    text::{Key, Text},
};

/// Pairs of records, the most alike first.
pub(crate) struct Duplicates;

impl Listing for Duplicates {
    fn form(&self) -> &'static str {
        "DUPLICATE_LIST"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/duplicate_list.toml")
    }

    fn event(&self) -> &'static str {
        "DUPLICATE_LIST_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["DUPLICATE_DETAIL"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleDuplicates, none: Key::DuplicatesNone, hint: Key::HintDuplicates }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnCode, 8),
                Heading::text(Key::ColumnName, 20),
                Heading::text(Key::ColumnCode, 8),
                Heading::text(Key::ColumnName, 20),
                Heading::text(Key::ColumnAlike, 0),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let mut rows = Vec::new();
        for pair in till.possible_duplicates()? {
            let (Some(older), Some(newer)) = (till.customer(pair.older)?, till.customer(pair.newer)?) else {
                continue;
            };
            let alike: Vec<&str> = pair.likeness.iter().map(|sign| text.word(sign_key(*sign))).collect();
            rows.push(ListRow {
                id: RowId::Pair(pair.older, pair.newer),
                cells: vec![older.code, older.name, newer.code, newer.name, alike.join(", ")],
                total: Money::ZERO,
                is_dim: false,
            });
        }
        rows.retain(|row| row.holds(&query.term));
        Ok(Listed { rows, ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        state.open_record("CUSTOMER_MERGE", Some(row.id))
    }
}

/// What is alike.
const fn sign_key(sign: Likeness) -> Key {
    match sign {
        Likeness::Phone => Key::FieldPhone,
        Likeness::Email => Key::FieldEmail,
        Likeness::PublicId => Key::FieldNationalId,
        Likeness::NameAndBirth => Key::AlikeNameAndBirth,
        _ => Key::AlikeNameAndZip,
    }
}
