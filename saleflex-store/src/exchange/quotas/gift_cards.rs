//! What is taken of gift cards, off the shares of their balances that the hub lent.
//!
//! **Invariant:** a share is used up in the transaction that takes the tender, and is whole again in the one that takes
//! the tender back or cancels its document: two open documents never take the same money.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};
use saleflex_core::{
    document::{Document, Event},
    ids::{GiftCardId, TenderNo},
    journal::Entry,
    money::Money,
    tender::{Direction, Tender, TenderStatus},
};

use super::{Quota, Share, terms};
use crate::{
    books::vouchers,
    error::Error,
    file::codec::{Col, Name},
};

/// What may be taken now of a share that is not over.
pub(crate) fn usable(share: &Share, now: DateTime<Utc>) -> Money {
    let is_over = share.expires_at.is_none_or(|until| until <= now);
    if is_over { Money::ZERO } else { Money::from_minor(share.left()) }
}

/// The card and the amount of a tender that takes from one.
fn taken(tender: &Tender) -> Option<(GiftCardId, Money)> {
    let is_in = tender.direction == Direction::In && tender.status != TenderStatus::Declined;
    tender.details.gift_card.filter(|_| is_in).map(|card| (card, tender.amount))
}

/// What an entry takes from gift cards, below nothing where it leaves it on them after all. `about` is the document as it was.
fn taken_from_cards(entry: &Entry, about: Option<&Document>) -> Vec<(GiftCardId, Money)> {
    let mut moved = Vec::new();
    for event in entry.document_events() {
        if let Event::TenderTaken { tender, .. } = event {
            moved.extend(taken(tender));
        } else if let Event::TenderVoided { tender, .. }
        | Event::TenderResolved { tender, approved: false, .. } = event
        {
            moved.extend(about.and_then(|about| find(about, *tender)).map(|(card, amount)| (card, -amount)));
        }
    }
    if let Some(cancelled) = &entry.effects.cancelled {
        let standing = cancelled.document().tenders.iter().filter(|tender| tender.void.is_none());
        moved.extend(standing.filter_map(taken).map(|(card, amount)| (card, -amount)));
    }
    moved
}

/// Books what an entry takes from gift cards, off the shares of their balances. In training no card loses anything. At a
/// till on its own nobody lends: the journal alone tells then, and of a voucher of its own the voucher. What is left on a
/// card after all may find no share any more, where another life of the file began meanwhile.
pub(crate) fn take_gift_cards(
    connection: &Connection,
    seq: i64,
    entry: &Entry,
    about: Option<&Document>,
) -> Result<(), Error> {
    if is_training(entry, about) {
        return Ok(());
    }
    let newly =
        |event: &Event| if let Event::TenderTaken { tender, .. } = event { taken(tender) } else { None };
    let fresh: Vec<(GiftCardId, Money)> = entry.document_events().iter().filter_map(newly).collect();
    let moved = taken_from_cards(entry, about);
    if moved.is_empty() {
        return Ok(());
    }
    let mut update = connection.prepare_cached(
        "UPDATE quota SET used = used + ?4, is_told = 0 WHERE kind = ?1 AND owner = ?2 AND subject = ?3",
    )?;
    for (card, amount) in moved {
        let quota = Quota::of_gift_card(card);
        let key = params![Name(quota.kind), quota.owner(), Col(quota.subject), amount.minor()];
        let is_lost = update.execute(key)? == 0 && fresh.contains(&(card, amount));
        if is_lost && terms(connection)?.is_some() && vouchers::balance(connection, card)?.is_none() {
            return Err(Error::Contradiction { seq });
        }
    }
    Ok(())
}

/// Whether what an entry does is practice, its document being open already, begun by it or cancelled by it.
pub(crate) fn is_training(entry: &Entry, about: Option<&Document>) -> bool {
    let begun = entry
        .document_events()
        .iter()
        .find_map(|event| if let Event::DocumentOpened(begun) = event { Some(&**begun) } else { None });
    let cancelled = entry.effects.cancelled.as_ref().map(|cancelled| cancelled.document());
    begun.or(cancelled).or(about).is_some_and(|document| document.training)
}

fn find(document: &Document, no: TenderNo) -> Option<(GiftCardId, Money)> {
    document.tenders.iter().find(|tender| tender.no == no).and_then(taken)
}
