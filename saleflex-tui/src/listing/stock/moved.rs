//! What moved, the latest first: when, why, by whose paper.

use saleflex_core::{inventory::MovementKind, money::Money};
use saleflex_store::{Error, Till};

use super::{
    super::{Heading, ListRow, Listed, Listing, Query, RowId, Words},
    item_names, location_name,
};
use crate::{
    app::State,
    effect::Effect,
    text::{Key, Text},
};

/// Movements of stock.
pub(crate) struct StockMovements;

/// Most movements listed.
const MOST: u32 = 200;

impl Listing for StockMovements {
    fn form(&self) -> &'static str {
        "STOCK_MOVEMENTS"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../../forms/stock_movements.toml")
    }

    fn event(&self) -> &'static str {
        "STOCK_MOVEMENTS_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["STOCK_MOVEMENT_PRODUCT"]
    }

    fn words(&self) -> Words {
        Words {
            title: Key::TitleStockMovements,
            none: Key::StockMovementsNone,
            hint: Key::HintStockMovements,
        }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnTime, 12),
                Heading::text(Key::ColumnKind, 14),
                Heading::text(Key::ColumnProduct, 0),
                Heading::text(Key::ColumnLocation, 12),
                Heading::number(Key::ColumnMoved, 9),
                Heading::number(Key::ColumnAfter, 9),
            ]
        }
    }

    /// The movements of the first product that what was typed finds; of all where nothing is typed.
    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let found = till.catalog().search(&query.term, 1).first().map(|product| product.id());
        let movements = match found.filter(|_| !query.term.is_empty()) {
            Some(product) => till.stock_movements(product, MOST)?,
            None if query.term.is_empty() => till.latest_stock_movements(MOST)?,
            None => Vec::new(),
        };
        let mut rows = Vec::new();
        for movement in movements {
            let story = till.movement_story(movement)?;
            let movement = &story.movement;
            let (_, name) = item_names(till, movement.place.item);
            rows.push(ListRow {
                id: RowId::Place(movement.place),
                cells: vec![
                    story.at.local.format("%m-%d %H:%M").to_string(),
                    text.word(movement_key(movement.kind)).to_owned(),
                    name,
                    location_name(till, movement.place),
                    movement.change.to_string(),
                    movement.after.to_string(),
                ],
                total: Money::ZERO,
                is_dim: false,
            });
        }
        Ok(Listed { rows, ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        let RowId::Place(place) = row.id else { return Vec::new() };
        state.open_record("PRODUCT_DETAIL", Some(RowId::Product(place.item.product)))
    }
}

/// What a movement is called.
pub(crate) const fn movement_key(kind: MovementKind) -> Key {
    match kind {
        MovementKind::Sale => Key::MovementSale,
        MovementKind::Return => Key::MovementReturn,
        MovementKind::Purchase => Key::MovementPurchase,
        MovementKind::Reserve => Key::MovementReserve,
        MovementKind::Release => Key::MovementRelease,
        MovementKind::Receipt => Key::MovementReceipt,
        MovementKind::Issue => Key::MovementIssue,
        MovementKind::Waste => Key::MovementWaste,
        MovementKind::Adjustment => Key::MovementAdjustment,
        MovementKind::TransferOut => Key::MovementTransferOut,
        MovementKind::TransferIn => Key::MovementTransferIn,
        MovementKind::Damage => Key::MovementDamage,
        _ => Key::MovementOther,
    }
}
