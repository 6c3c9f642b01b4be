//! Loyalty cards in their table.

use rusqlite::{Connection, Row, params};
use saleflex_core::{
    ids::CustomerId,
    loyalty::{Card, CardNumber, CardStatus},
};

use crate::{
    error::Error,
    file::codec::{Col, get},
};

const SELECT: &str = "SELECT id, number, customer, is_valid FROM loyalty_card WHERE number IS NOT NULL";

fn read(row: &Row<'_>) -> rusqlite::Result<Option<Card>> {
    let number: String = row.get(1)?;
    let status = if row.get(3)? { CardStatus::Valid } else { CardStatus::Blocked };
    let (id, customer) = (get(row, 0)?, get(row, 2)?);
    // What was stored was a number; a row that somebody spoiled is nobody's card.
    Ok(CardNumber::parse(&number).ok().map(|number| Card { id, number, customer, status }))
}

/// The card with a number.
pub(crate) fn find(connection: &Connection, number: &CardNumber) -> Result<Option<Card>, Error> {
    let mut select = connection.prepare_cached(&format!("{SELECT} AND number = ?1"))?;
    let mut rows = select.query_map([number.as_str()], read)?;
    Ok(rows.next().transpose()?.flatten())
}

/// The cards of a customer.
pub(crate) fn of_customer(connection: &Connection, customer: CustomerId) -> Result<Vec<Card>, Error> {
    let mut select = connection.prepare_cached(&format!("{SELECT} AND customer = ?1 ORDER BY id"))?;
    let cards = select.query_map([Col(customer)], read)?.collect::<Result<Vec<_>, _>>()?;
    Ok(cards.into_iter().flatten().collect())
}

/// Writes a card, new or changed.
pub(crate) fn put(connection: &Connection, card: &Card) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO loyalty_card (id, number, customer, is_valid) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (id) DO UPDATE SET is_valid = excluded.is_valid",
        params![Col(card.id), card.number.as_str(), Col(card.customer), card.status == CardStatus::Valid],
    )?;
    Ok(())
}
