//! What tills deliver of gift cards.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use saleflex_core::{digest::Digest, document::Document, ids::DocumentId, money::Money, tender::Direction};
use uuid::Uuid;

use super::{Entry, Known, Move, balance, enter, lock, put, returnable};
use crate::{
    db::{DatabaseError, Session},
    deliveries::Event,
    e4, ids,
    ledger::flag,
    offers::{
        quotas,
        uses::{self, Use},
    },
};

/// Books what a finished document took of gift cards and gave back onto them. A card that these books do not know, or
/// not with so much on it, is booked all the same and noted: the sale was made. What was taken or given back here for the
/// document before it came is booked already. A card of another currency is left as it is, which is noted too.
pub(crate) fn book(
    session: &mut dyn Session,
    event: Event<'_>,
    document: &Document,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let mut moved = BTreeMap::<Uuid, Said>::new();
    for tender in document.counted_tenders() {
        let Some(card) = tender.details.gift_card else { continue };
        let last4 = tender.details.last4.as_deref().unwrap_or_default();
        let said = moved.entry(card.uuid()).or_insert(Said { last4, taken: Money::ZERO, given: Money::ZERO });
        match tender.direction {
            Direction::In => said.taken += tender.amount,
            Direction::Out => said.given += tender.amount,
        }
    }
    let company = event.key.company;
    for (card, said) in moved {
        lock(session, company)?;
        put(session, company, (card, said.last4, document.currency.code().as_str(), None), now)?;
        let known = Known::find(session, company, card)?;
        let Some(known) = known.filter(|known| known.currency.code() == document.currency.code()) else {
            event.note(flag::CURRENCY_DIFFERS);
            continue;
        };
        let taken = take(session, (event, document), (card, said.taken), now)?;
        if taken.is_positive() {
            if !known.is_good(document.opened_at.instant) {
                event.note(flag::CARD_UNUSABLE);
            }
            note_use(session, (event, document), (card, taken), now)?;
        }
        give(session, (event, document), (card, said.given), now)?;
    }
    Ok(())
}

/// What the tenders of a document say of a card.
struct Said<'a> {
    last4: &'a str,
    taken: Money,
    given: Money,
}

/// Books what a document took of a card, and answers what of it nobody had asked for here before.
fn take(
    session: &mut dyn Session,
    (event, document): (Event<'_>, &Document),
    (card, taken): (Uuid, Money),
    now: DateTime<Utc>,
) -> Result<Money, DatabaseError> {
    let company = event.key.company;
    let before = -moved_here(session, company, (document.id.uuid(), card, Move::Redeem))?;
    let rest = taken - before;
    if !taken.is_zero() || !rest.is_zero() {
        let entry = Entry { amount: -rest.minor(), ..delivered((event, document), card, Move::Redeem) };
        enter(session, (company, card), &entry, now)?;
    }
    Ok(rest)
}

/// Books what a document gave back onto a card, whole: the customer's receipt says so. More than cards had paid of the sale
/// is noted. A till bounds it by all cards together, the credit of an exchange among them, so that one card may get what
/// another had paid.
fn give(
    session: &mut dyn Session,
    (event, document): (Event<'_>, &Document),
    (card, given): (Uuid, Money),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let company = event.key.company;
    let before = moved_here(session, company, (document.id.uuid(), card, Move::Refund))?;
    let rest = given - before;
    if given.is_zero() && rest.is_zero() {
        return Ok(());
    }
    let is_news = !is_delivered(session, company, (document.id.uuid(), card, Move::Refund))?;
    let paid = document.original.map(DocumentId::uuid);
    let entry = Entry { amount: rest.minor(), paid, ..delivered((event, document), card, Move::Refund) };
    enter(session, (company, card), &entry, now)?;
    if let Some(paid) = paid.filter(|_| is_news)
        && returnable::in_all(session, company, paid)?.is_some_and(|left| left < 0)
    {
        event.note(flag::OVER_REFUND);
    }
    Ok(())
}

/// An entry that a document brings.
fn delivered<'a>((event, document): (Event<'_>, &Document), card: Uuid, how: Move) -> Entry<'a> {
    Entry {
        id: Some(identity(document.id.uuid(), card, how.kind())),
        kind: how.kind(),
        document: Some(document.id.uuid()),
        terminal: Some(event.key.terminal),
        ..Entry::default()
    }
}

/// Notes what was taken of a card against what was lent of it.
fn note_use(
    session: &mut dyn Session,
    (event, document): (Event<'_>, &Document),
    (card, taken): (Uuid, Money),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let company = event.key.company;
    let amount_e4 = e4::of(document.currency.decimal(taken));
    if amount_e4.is_none() {
        event.note(flag::AMOUNT_UNREADABLE);
    }
    let of = Use {
        kind: "gift_card",
        offer: card,
        document: document.id.uuid(),
        customer: None,
        amount_e4: amount_e4.unwrap_or_default(),
        sold_on: Some(document.opened_at.business_date),
    };
    if !uses::note(session, company, (event.by(), of), now)? {
        event.note(flag::AMOUNT_UNREADABLE);
    }
    if quotas::is_beyond_of_card(session, (company, event.by()), (card, &document.currency))?
        // What is on it is the company's hub's to know.
        || (!event.offers.lends_on && balance(session, company, card)? < 0)
    {
        event.note(flag::OVER_QUOTA);
    }
    Ok(())
}

/// What was moved of a card for a document by a request of its own.
fn moved_here(
    session: &mut dyn Session,
    company: Uuid,
    (document, card, how): (Uuid, Uuid, Move),
) -> Result<Money, DatabaseError> {
    let rows = session.query(
        "SELECT CAST(COALESCE(sum(amount), 0) AS bigint) FROM gift_card_entry WHERE company_id = $1 \
         AND card_id = $2 AND document_id = $3 AND kind = $4 AND terminal_id IS NULL",
        &[company.into(), card.into(), document.into(), how.kind().into()],
    )?;
    rows.first().map_or(Ok(Money::ZERO), |row| row.integer(0).map(Money::from_minor))
}

/// Whether a document was delivered that says this of a card.
pub(super) fn is_delivered(
    session: &mut dyn Session,
    company: Uuid,
    (document, card, how): (Uuid, Uuid, Move),
) -> Result<bool, DatabaseError> {
    let rows = session.query(
        "SELECT 1 FROM gift_card_entry WHERE company_id = $1 AND entry_id = $2",
        &[company.into(), identity(document, card, how.kind()).into()],
    )?;
    Ok(!rows.is_empty())
}

/// An entry of a document is the same whoever delivers it.
fn identity(document: Uuid, card: Uuid, kind: &str) -> Uuid {
    let parts = [document.as_bytes().as_slice(), card.as_bytes().as_slice(), kind.as_bytes()];
    ids::of_digest(&Digest::of_parts(parts))
}
