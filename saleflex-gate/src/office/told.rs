//! What an older client tells by itself of offers and points: rows of the logs that such clients keep.
//!
//! **Invariant:** what a document says too is counted once, whichever of them comes first: a use is the document's, and so is
//! what it earned and redeemed, [`twice`].

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{content, counting::OfStore, effects, twice};
use crate::{
    db::{DatabaseError, Session},
    deliveries,
    ledger::{self, Key, flag},
    offers::uses::{self, By, Use},
    relay::Brought,
};

/// Notes a use of a campaign or a coupon that was just entered.
pub(super) fn used(
    session: &mut dyn Session,
    (key, brought, store): (&Key, Option<Brought>, OfStore<'_>),
    row: &Json,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let named = [("coupon", "coupons", "fk_coupon_id"), ("campaign", "campaigns", "fk_campaign_id")];
    let named = named
        .into_iter()
        .find_map(|(kind, resource, field)| Some((kind, resource, effects::id(&row[field])?)));
    let Some((kind, resource, offer)) = named else { return ledger::note(session, key, flag::OFFER_UNKNOWN) };
    if !is_known(session, key, (resource, offer))? {
        return ledger::note(session, key, flag::OFFER_UNKNOWN);
    }
    let amount = content::ten_thousandths(&row["discount_amount"]);
    let document = effects::id(&row["fk_transaction_head_id"]).unwrap_or(key.entity);
    // What is given in another currency than the store's is in no sum of money.
    let is_own = !store.counts_otherwise(session, key, document)?;
    let of = Use {
        kind,
        offer,
        document,
        customer: effects::id(&row["fk_customer_id"]),
        amount_e4: amount.filter(|_| is_own).unwrap_or_default(),
        sold_on: day(&row["usage_date"]),
    };
    let by = By { terminal: key.terminal, place: None, brought };
    let is_whole = uses::note_beside(session, key.company, (by, of), now)?;
    if is_own {
        store.note_beyond(session, (key, by), (offer, of.customer), now)?;
    }
    if is_whole && amount.is_some() { Ok(()) } else { ledger::note(session, key, flag::AMOUNT_UNREADABLE) }
}

/// Whether there is, or was, an offer: one row is asked for, and not all that a company has of them.
pub(super) fn is_known(
    session: &mut dyn Session,
    key: &Key,
    (resource, offer): (&str, Uuid),
) -> Result<bool, DatabaseError> {
    let sql = "SELECT 1 FROM definition WHERE company_id = $1 AND resource = $2 AND definition_id = $3";
    Ok(!session.query(sql, &[key.company.into(), resource.into(), offer.into()])?.is_empty())
}

/// Books points that were just told of. Our members are customers.
pub(super) fn moved_points(
    session: &mut dyn Session,
    key: &Key,
    row: &Json,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let (member, points) = (effects::id(&row["fk_customer_id"]), effects::whole(&row["points_amount"]));
    let kind = row["transaction_type"].as_str().map(|kind| kind.trim().to_ascii_lowercase());
    let (Some(member), Some(kind), true) = (member, kind, points != 0) else {
        return ledger::note(session, key, flag::AMOUNT_UNREADABLE);
    };
    let document = effects::id(&row["fk_transaction_head_id"]);
    let size = points.saturating_abs();
    let of_document = match kind.as_str() {
        "earned" => Some(twice::Kind::Earned),
        "redeemed" => Some(twice::Kind::Redeemed),
        _ => None,
    };
    if let Some((of_document, document)) = of_document.zip(document) {
        let said = (of_document, twice::By::Row, size);
        return twice::book(session, key, (member, document), said, now);
    }
    let booked = match kind.as_str() {
        "earned" | "bonus" | "refund" => size,
        "redeemed" | "expired" => -size,
        "adjusted" => points,
        "welcome" => {
            return deliveries::welcome(session, key.company, (member, size, None), now).map(drop);
        }
        "birthday" => {
            let year = day(&row["transaction_date"]).unwrap_or(now.date_naive()).year();
            return deliveries::birthday(session, key.company, (member, year, size), now);
        }
        _ => return ledger::note(session, key, flag::AMOUNT_UNREADABLE),
    };
    deliveries::put_points(session, key.company, (key.entity, member, kind.as_str(), booked), None, now)
}

fn day(value: &Json) -> Option<NaiveDate> {
    value.as_str()?.trim().get(..10)?.parse().ok()
}
