//! What tills deliver of gift cards.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use saleflex_core::{digest::Digest, document::Document, money::Money, tender::Direction};
use uuid::Uuid;

use super::{Entry, Move, balance, enter, lock, put};
use crate::{
    db::{DatabaseError, Session},
    deliveries::Event,
    e4, ids,
    ledger::{self, flag},
    offers::{
        quotas,
        uses::{self, Use},
    },
};

/// Books what a finished document took of gift cards and gave back onto them. A card that these books do not know, or
/// not with so much on it, is booked all the same and noted: the sale was made. What was taken or given back here for the
/// document before it came is booked already.
pub(crate) fn book(
    session: &mut dyn Session,
    event: Event<'_>,
    document: &Document,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let key = event.key;
    let (company, mut moved) = (key.company, BTreeMap::<Uuid, (Money, Money, &str)>::new());
    for tender in document.counted_tenders() {
        let Some(card) = tender.details.gift_card else { continue };
        let last4 = tender.details.last4.as_deref().unwrap_or_default();
        let (taken, given, _) = moved.entry(card.uuid()).or_insert((Money::ZERO, Money::ZERO, last4));
        match tender.direction {
            Direction::In => *taken += tender.amount,
            Direction::Out => *given += tender.amount,
        }
    }
    for (card, (taken, given, last4)) in moved {
        let currency = document.currency.code().to_string();
        lock(session, company)?;
        let here =
            |session: &mut dyn Session, how| moved_here(session, company, (document.id.uuid(), card, how));
        let (taken_here, given_here) = (-here(session, Move::Redeem)?, here(session, Move::Refund)?);
        let rest = taken - taken_here;
        put(session, company, (card, last4, &currency, None), now)?;
        for (how, said, amount) in [(Move::Redeem, taken, -rest), (Move::Refund, given, given - given_here)] {
            if said.is_zero() && amount.is_zero() {
                continue;
            }
            let id = identity(document.id.uuid(), card, how.kind());
            let (document, terminal) = (Some(document.id.uuid()), Some(key.terminal));
            let entry = Entry {
                id: Some(id),
                kind: how.kind(),
                amount: amount.minor(),
                document,
                terminal,
                reason: None,
            };
            enter(session, (company, card), &entry, now)?;
        }
        if rest.is_positive() {
            let amount_e4 = e4::of(document.currency.decimal(rest));
            if amount_e4.is_none() {
                ledger::note(session, key, flag::AMOUNT_UNREADABLE)?;
            }
            let of = Use {
                kind: "gift_card",
                offer: card,
                document: document.id.uuid(),
                customer: None,
                amount_e4: amount_e4.unwrap_or_default(),
                sold_on: Some(document.opened_at.business_date),
            };
            uses::note(session, company, (event.by(), of), now)?;
            if quotas::is_overdrawn(session, (company, event.by()), (card, &document.currency))?
                || balance(session, company, card)? < 0
            {
                ledger::note(session, key, flag::OVER_QUOTA)?;
            }
        }
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

/// What a document took of a card and did not give back yet, as it was delivered or asked for here.
pub(super) fn taken_for(
    session: &mut dyn Session,
    company: Uuid,
    (document, card): (Uuid, Uuid),
) -> Result<i64, DatabaseError> {
    let rows = session.query(
        "SELECT CAST(COALESCE(-sum(amount), 0) AS bigint) FROM gift_card_entry WHERE company_id = $1 \
         AND card_id = $2 AND document_id = $3 AND kind IN ('redeemed', 'refunded')",
        &[company.into(), card.into(), document.into()],
    )?;
    rows.first().map_or(Ok(0), |row| row.integer(0))
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
