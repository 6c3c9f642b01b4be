//! Customers: found by name, card or telephone, put on the document, looked at and changed.

use saleflex_core::money::Money;
use saleflex_store::{Error, Till};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::{Act, Effect},
    text::{Key, Text},
};

/// Customers.
pub(crate) struct Customers;

/// Most customers listed; typing on narrows them.
const MOST: u32 = 500;

impl Listing for Customers {
    fn form(&self) -> &'static str {
        "CUSTOMER_LIST"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/customer_list.toml")
    }

    fn event(&self) -> &'static str {
        "CUSTOMER_LIST_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["CUSTOMER_DETAIL", "CUSTOMER_SELECT"]
    }

    fn words(&self) -> Words {
        Words { title: Key::CustomersTitle, none: Key::PickNone, hint: Key::HintCustomers }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnName, 0),
                Heading::text(Key::ColumnCode, 12),
                Heading::text(Key::ColumnPhone, 18),
                Heading::text(Key::ColumnTier, 9),
                Heading::number(Key::ColumnPoints, 9),
                Heading::number(Key::ColumnOwed, 11),
            ]
        }
    }

    fn load(&self, till: &mut Till, _: &Text, query: &Query) -> Result<Listed, Error> {
        let found = till.find_customers(&query.term, MOST)?;
        let rows = found.into_iter().map(|customer| {
            let owed = if customer.account_balance.is_zero() {
                String::new()
            } else {
                till.currency().format(customer.account_balance)
            };
            let points = customer.points.map(|points| points.to_string()).unwrap_or_default();
            ListRow {
                id: RowId::Customer(customer.id),
                cells: vec![
                    customer.name,
                    customer.code,
                    customer.phone.unwrap_or_default(),
                    customer.tier.unwrap_or_default(),
                    points,
                    owed,
                ],
                total: Money::ZERO,
                is_dim: false,
            }
        });
        Ok(Listed { rows: rows.collect(), ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, event: &str) -> Vec<Effect> {
        match row.id {
            RowId::Customer(id) if event == "CUSTOMER_SELECT" => State::act(Act::AssignCustomer(Some(id))),
            _ => state.open_record("CUSTOMER_DETAIL", Some(row.id)),
        }
    }
}
