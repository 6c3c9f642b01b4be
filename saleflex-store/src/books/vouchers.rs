//! Vouchers that the till gave out for the rest of others, and what is left on them.
//!
//! **Invariant:** a voucher is there from the transaction on that settles the document it was given out by. What pays by it
//! takes from it in the transaction of the tender, and gives it back in the one that takes the tender back, in whatever period, or
//! cancels its document; what goods that come back pay onto it is there when the return is settled.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};
use saleflex_core::{
    document::{Document, Event},
    ids::{DocumentId, GiftCardId, TenderNo},
    journal::Entry,
    money::Money,
    tender::{Direction, GiftCardNumber, Rest, Tender, TenderStatus},
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
        if quotas::is_training(entry, about) {
            return moved;
        }
        let before =
            |no| about.and_then(|about| Some((about, about.tenders.iter().find(|one| one.no == no)?)));
        for event in entry.document_events() {
            if let Event::TenderTaken { tender, takes_back } = event {
                let is_in = tender.direction == Direction::In;
                let put = paid(tender).filter(|_| is_in || takes_back.is_some());
                moved.put_back.extend(if is_in { put.map(minus) } else { put });
            } else if let Event::TenderVoided { tender, .. }
            | Event::TenderResolved { tender, approved: false, .. } = event
            {
                let gone = before(*tender).and_then(|(about, tender)| at_once(about.id, tender));
                moved.put_back.extend(gone.map(minus));
            }
        }
        if let Some(cancelled) = &entry.effects.cancelled {
            let cancelled = cancelled.document();
            let standing = cancelled.tenders.iter().filter(|tender| tender.void.is_none());
            moved.put_back.extend(standing.filter_map(|tender| at_once(cancelled.id, tender)).map(minus));
        }
        for settled in &entry.effects.completed {
            moved.settle(settled.document());
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
            let is_refund = tender.direction == Direction::Out && !pays_back(document.id, tender);
            self.put_back.extend(paid(tender).filter(|_| is_refund));
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

/// The card and the amount of a tender that is one of a card.
fn paid(tender: &Tender) -> Option<(GiftCardId, Money)> {
    tender.details.gift_card.map(|card| (card, tender.amount))
}

fn minus((card, amount): (GiftCardId, Money)) -> (GiftCardId, Money) {
    (card, -amount)
}

/// Whether a tender of a document takes back another of it, which an earlier period counted.
fn pays_back(document: DocumentId, tender: &Tender) -> bool {
    tender.refunds.is_some_and(|(of, _)| of == document)
}

/// What a tender of a document put onto a card when it was taken, below nothing where it took it.
fn at_once(document: DocumentId, tender: &Tender) -> Option<(GiftCardId, Money)> {
    let is_declined = tender.status == TenderStatus::Declined;
    match tender.direction {
        Direction::In => paid(tender).filter(|_| !is_declined).map(minus),
        Direction::Out => paid(tender).filter(|_| pays_back(document, tender)),
    }
}

/// The voucher that would be taken from again if this tender of a document were taken back, and how much of it.
pub(crate) fn taken_again(document: &Document, no: TenderNo) -> Option<(GiftCardId, Money, &Tender)> {
    let tender = document.tenders.iter().find(|tender| tender.no == no && tender.counts())?;
    let (card, amount) = at_once(document.id, tender).filter(|(_, amount)| amount.is_positive())?;
    Some((card, amount, tender))
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
