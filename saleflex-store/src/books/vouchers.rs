//! Vouchers that the till gave out for the rest of others, and what is left on them.
//!
//! **Invariant:** a voucher is there from the transaction on that settles the document it was given out by. What pays by it
//! takes from it in the transaction of the tender, and gives it back in the one that takes the tender back or cancels its
//! document; what is paid back onto it is there when the document that pays it is settled.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};
use saleflex_core::{
    document::Document,
    ids::GiftCardId,
    journal::Entry,
    money::Money,
    tender::{Direction, GiftCardNumber, Rest},
};

use crate::{
    error::Error,
    exchange::quotas,
    file::codec::{Col, get},
};

/// What an entry does to vouchers.
#[derive(Debug, Default)]
pub(crate) struct Moved {
    /// Given out.
    issued: Vec<(GiftCardId, Money)>,
    /// Put back onto cards of whatever kind; below nothing where it was taken.
    put_back: Vec<(GiftCardId, Money)>,
}

/// What was given out, and what is left of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Voucher {
    amount: Money,
    balance: Money,
}

/// All of them, by what their numbers come to.
pub(crate) type Vouchers = BTreeMap<GiftCardId, Voucher>;

impl Moved {
    /// By an entry; `about` is the document it is about, as it was. In training nothing moves.
    pub(crate) fn by(entry: &Entry, about: Option<&Document>) -> Self {
        let mut moved = Self::default();
        if !quotas::is_training(entry, about) {
            let taken = quotas::taken_from_cards(entry, about);
            moved.put_back.extend(taken.into_iter().map(|(card, amount)| (card, -amount)));
            for settled in &entry.effects.completed {
                moved.settle(settled.document());
            }
        }
        moved
    }

    fn settle(&mut self, document: &Document) {
        for (_, rest) in document.rests() {
            if let Rest::NewVoucher { number, amount } = rest
                && let Ok(number) = GiftCardNumber::parse(number)
            {
                self.issued.push((number.id(), *amount));
            }
        }
        for tender in document.counted_tenders() {
            let card = tender.details.gift_card.filter(|_| tender.direction == Direction::Out);
            self.put_back.extend(card.map(|card| (card, tender.amount)));
        }
    }

    /// Does the same to vouchers that were read.
    pub(crate) fn follow(&self, vouchers: &mut Vouchers) {
        for (card, amount) in &self.issued {
            vouchers.insert(*card, Voucher { amount: *amount, balance: *amount });
        }
        for (card, amount) in &self.put_back {
            if let Some(voucher) = vouchers.get_mut(card) {
                voucher.balance += *amount;
            }
        }
    }

    /// Writes it.
    pub(crate) fn write(&self, connection: &Connection) -> Result<(), Error> {
        for (card, amount) in &self.issued {
            let sql = "INSERT INTO voucher (card, amount, balance) VALUES (?1, ?2, ?2)";
            connection.prepare_cached(sql)?.execute(params![Col(*card), Col(*amount)])?;
        }
        for (card, amount) in &self.put_back {
            let sql = "UPDATE voucher SET balance = balance + ?2 WHERE card = ?1";
            connection.prepare_cached(sql)?.execute(params![Col(*card), Col(*amount)])?;
        }
        Ok(())
    }
}

/// What is left on a voucher of the till's own; none of a card that it did not give out.
pub(crate) fn balance(connection: &Connection, card: GiftCardId) -> Result<Option<Money>, Error> {
    let mut select = connection.prepare_cached("SELECT balance FROM voucher WHERE card = ?1")?;
    Ok(select.query_row([Col(card)], |row| get(row, 0)).optional()?)
}

/// All of them.
pub(crate) fn all(connection: &Connection) -> Result<Vouchers, Error> {
    let mut select = connection.prepare("SELECT card, amount, balance FROM voucher")?;
    let rows = select
        .query_map([], |row| Ok((get(row, 0)?, Voucher { amount: get(row, 1)?, balance: get(row, 2)? })))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
