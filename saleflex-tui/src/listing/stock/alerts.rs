//! What needs somebody: low stock, batches that expire, what to order.

use saleflex_core::{inventory::Place, money::Money};
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

/// What needs somebody.
pub(crate) struct StockAlerts;

impl Listing for StockAlerts {
    fn form(&self) -> &'static str {
        "STOCK_ALERTS"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../../forms/stock_alerts.toml")
    }

    fn event(&self) -> &'static str {
        "STOCK_ALERTS_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["STOCK_ALERT_PRODUCT", "STOCK_LIMITS_ROW"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleStockAlerts, none: Key::StockAlertsNone, hint: Key::HintStockMovements }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnCode, 12),
                Heading::text(Key::ColumnProduct, 0),
                Heading::text(Key::ColumnLocation, 13),
                Heading::text(Key::ColumnAlert, 26),
                Heading::number(Key::ColumnOnHand, 10),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let today = till.now().business_date;
        let till = &*till;
        let mut rows = Vec::new();
        let row = |place: Place, words: String, on_hand: String| {
            let (code, name) = item_names(till, place.item);
            ListRow {
                id: RowId::Place(place),
                cells: vec![code, name, location_name(till, place), words, on_hand],
                total: Money::ZERO,
                is_dim: false,
            }
        };
        for low in till.low_stock()? {
            let minimum = low.limits.minimum.to_string();
            let words = text.fill(Key::AlertLow, &[("minimum", &minimum)]);
            rows.push(row(low.place, words, low.level.on_hand.to_string()));
        }
        for (place, batch, on_hand) in till.expiring_stock(today, None)? {
            let expiry = batch.expiry.map(|date| date.to_string()).unwrap_or_default();
            let words = text.fill(Key::AlertExpires, &[("batch", batch.no.as_str()), ("date", &expiry)]);
            rows.push(row(place, words, on_hand.to_string()));
        }
        for one in till.reorder(today)? {
            let words = text.fill(Key::AlertOrder, &[("quantity", &one.quantity.to_string())]);
            rows.push(row(one.place, words, one.free.to_string()));
        }
        rows.retain(|row| row.holds(&query.term));
        Ok(Listed { rows, ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, event: &str) -> Vec<Effect> {
        let RowId::Place(place) = row.id else { return Vec::new() };
        if event == "STOCK_LIMITS_ROW" {
            return state.open_record("STOCK_LIMITS", Some(row.id));
        }
        state.open_record("PRODUCT_DETAIL", Some(RowId::Product(place.item.product)))
    }
}
