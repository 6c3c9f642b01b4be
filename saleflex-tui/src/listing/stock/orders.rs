//! Orders to suppliers.

use saleflex_core::{
    inventory::{
        Stock,
        order::{OrderLine, OrderState},
    },
    money::Money,
};
use saleflex_store::{Error, Till};

use super::super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::Effect,
    text::{Key, Text},
};

/// Orders, the latest first.
pub(crate) struct Orders;

impl Listing for Orders {
    fn form(&self) -> &'static str {
        "STOCK_ORDERS"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../../forms/stock_orders.toml")
    }

    fn event(&self) -> &'static str {
        "STOCK_ORDERS_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["STOCK_ORDER_ROW"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleOrders, none: Key::OrdersNone, hint: Key::HintOrders }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnNumber, 22),
                Heading::text(Key::ColumnSupplier, 0),
                Heading::text(Key::ColumnState, 12),
                Heading::number(Key::ColumnToCome, 12),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let suppliers = till.suppliers()?;
        let mut rows = Vec::new();
        for order in till.orders(false)? {
            let supplier = suppliers.iter().find(|known| known.id == order.supplier);
            let is_open = order.state == OrderState::Open;
            let to_come: Stock = order.lines.iter().map(OrderLine::open).sum();
            rows.push(ListRow {
                id: RowId::Order(order.id),
                cells: vec![
                    order.number.clone(),
                    supplier.map(|known| known.name.clone()).unwrap_or_default(),
                    text.word(order_key(order.state)).to_owned(),
                    if is_open { to_come.to_string() } else { String::new() },
                ],
                total: Money::ZERO,
                is_dim: !is_open,
            });
        }
        rows.retain(|row| row.holds(&query.term));
        Ok(Listed { rows, ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        state.open_record("STOCK_ORDER", Some(row.id))
    }
}

/// Where an order stands.
pub(crate) const fn order_key(state: OrderState) -> Key {
    match state {
        OrderState::Open => Key::OrderOpen,
        OrderState::Received => Key::OrderReceived,
        OrderState::Closed => Key::OrderClosed,
    }
}
