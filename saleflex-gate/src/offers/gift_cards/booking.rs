//! What tills deliver of gift cards.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use saleflex_core::{digest::Digest, document::Document, money::Money, tender::Direction};
use uuid::Uuid;

use super::{Entry, Move, balance, enter, put};
use crate::{
    db::{DatabaseError, Session},
    deliveries::Event,
    ledger::{self, flag},
    offers::{
        quotas,
        uses::{self, Use},
    },
};

/// Books what a finished document took of gift cards and gave back onto them. A card that these books do not know, or
/// not with so much on it, is booked all the same and noted: the sale was made.
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
        put(session, company, (card, last4, &currency, None), now)?;
        for (how, amount) in [(Move::Redeem, -taken), (Move::Refund, given)] {
            if amount.is_zero() {
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
        if taken.is_positive() {
            let amount = document.currency.decimal(taken) * Decimal::from(10_000);
            let of = Use {
                kind: "gift_card",
                offer: card,
                document: document.id.uuid(),
                customer: None,
                amount_e4: amount.to_i64().unwrap_or(i64::MAX),
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

/// An entry of a document is the same whoever delivers it.
fn identity(document: Uuid, card: Uuid, kind: &str) -> Uuid {
    let digest =
        Digest::of_parts([document.as_bytes().as_slice(), card.as_bytes().as_slice(), kind.as_bytes()]);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.bytes()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
