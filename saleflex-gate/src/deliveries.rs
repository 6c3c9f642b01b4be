//! What our own tills deliver, applied: documents and closures are found by their numbers, stock, points and uses
//! add up, and every document is derived anew.
//!
//! **Invariants:** effects are written in the transaction that enters the event, so that they happen once; a sale that
//! was made is never refused for what it says, only flagged.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use saleflex_core::{
    checkout::{Effects, SaleUsage},
    closure::Closure,
    digest::Digest,
    document::Document,
    ids::{CustomerId, ProductId},
    journal::Entry,
    loyalty::{Cause, LedgerRow, LoyaltyChange, PointsKind},
    money::{Currency, Money},
};
use uuid::Uuid;

use crate::{
    db::{DatabaseError, Session, Statement, Value},
    ledger::{self, Key, flag},
    offers::{self, gift_cards, quotas, rejudging::KnownSets},
};

/// What is asked of a number of a database when it stands for an amount or a quantity.
const TEN_THOUSAND: i64 = 10_000;

/// Applies an event that was just entered. An event that this program cannot read is kept and flagged.
pub(crate) fn apply(
    session: &mut dyn Session,
    (key, store, place): (&Key, Uuid, (Uuid, i64)),
    (body, sets): (&str, &KnownSets),
    now: DateTime<Utc>,
) -> Result<Moved, DatabaseError> {
    let Ok(entry) = Entry::from_bytes(body.as_bytes()) else {
        ledger::note(session, key, flag::UNREADABLE)?;
        return Ok(Moved::default());
    };
    for completed in &entry.effects.completed {
        let cashier = completed.completed_by.uuid();
        document(session, key, (completed.document(), "completed", cashier), now)?;
        gift_cards::book(session, (key, place), completed.document(), now)?;
        if sets.drift(session, (key.company, store), completed)? {
            ledger::note(session, key, flag::CAMPAIGN_DRIFT)?;
        }
    }
    if let Some(cancelled) = &entry.effects.cancelled {
        let cashier = cancelled.authority.cashier.uuid();
        document(session, key, (cancelled.document(), "cancelled", cashier), now)?;
    }
    if let Some(closed) = entry.closure() {
        closure(session, key, closed, now)?;
    }
    usage(session, (key, place), &entry.effects, now)?;
    points(session, key.company, &entry.effects, now)?;
    Ok(Moved::of(&entry))
}

/// What events move on the shelves of their store, summed up: on hand and reserved, in ten thousandths.
#[derive(Debug, Default)]
pub(crate) struct Moved(BTreeMap<ProductId, (i64, i64)>);

impl Moved {
    fn of(entry: &Entry) -> Self {
        let Effects { stock: sold, posting, .. } = &entry.effects;
        let by_documents = sold.iter().map(|movement| (movement.product, movement.kind, movement.change));
        let by_hand = posting.iter().flat_map(|posting| &posting.movements);
        let by_hand = by_hand.map(|movement| (movement.place.item.product, movement.kind, movement.change));
        let mut moved = Self::default();
        // What moves between places of a store adds up to nothing, so a store has one level a product here.
        for (product, kind, change) in by_documents.chain(by_hand) {
            // A quantity beyond what a column holds moves nothing; the event itself keeps it.
            let Some(change) = ten_thousandths(change.decimal()) else { continue };
            match (kind.is_on_hand(), kind.is_reservation()) {
                (true, _) => moved.change(product, (change, 0)),
                (_, true) => moved.change(product, (0, change)),
                _ => {}
            }
        }
        moved
    }

    /// Adds what other events move.
    pub(crate) fn add(&mut self, other: &Self) {
        for (product, change) in &other.0 {
            self.change(*product, *change);
        }
    }

    fn change(&mut self, product: ProductId, (on_hand, reserved): (i64, i64)) {
        let level = self.0.entry(product).or_default();
        *level = (level.0.saturating_add(on_hand), level.1.saturating_add(reserved));
    }
}

/// Moves the stock of a store, product by product in the order of their identities: two tills that sold the same things
/// in another order do not wait for each other for ever.
pub(crate) fn move_stock(
    session: &mut dyn Session,
    (company, store): (Uuid, Uuid),
    Moved(moved): &Moved,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    for (product, (on_hand, reserved)) in moved {
        session.later(
            "INSERT INTO stock_level (company_id, store_id, product_id, on_hand_e4, reserved_e4, updated_at) \
             VALUES ($1, $2, $3, $4, $6, $5) ON CONFLICT (company_id, store_id, product_id) \
             DO UPDATE SET on_hand_e4 = stock_level.on_hand_e4 + excluded.on_hand_e4, \
             reserved_e4 = stock_level.reserved_e4 + excluded.reserved_e4, updated_at = excluded.updated_at",
            vec![
                company.into(),
                store.into(),
                product.uuid().into(),
                (*on_hand).into(),
                now.timestamp_millis().into(),
                (*reserved).into(),
            ],
        )?;
    }
    Ok(())
}

fn ten_thousandths(number: Decimal) -> Option<i64> {
    number.checked_mul(Decimal::from(TEN_THOUSAND))?.to_i64()
}

fn amount(currency: &Currency, amount: Money) -> Value {
    ten_thousandths(currency.decimal(amount)).into()
}

fn document(
    session: &mut dyn Session,
    key: &Key,
    (document, status, cashier): (&Document, &str, Uuid),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let number = document.number;
    let entry = Statement::new(
        "INSERT INTO document (company_id, terminal_id, document_id, unique_id, closure_number, receipt_number, \
         status, document_type, transaction_type, occurred_at, total_e4, received_at, entity_id, cashier_id, \
         customer_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
         ON CONFLICT (company_id, terminal_id, document_id) DO NOTHING RETURNING document_id",
        [
            key.company.into(),
            key.terminal.into(),
            document.id.uuid().into(),
            number.to_string().into(),
            i64::from(number.closure.0).into(),
            i64::from(number.receipt).into(),
            status.into(),
            document.document_type.code().into(),
            serde_json::to_value(document.kind).ok().and_then(|kind| kind.as_str().map(str::to_owned)).into(),
            document.opened_at.local.format("%Y-%m-%dT%H:%M:%S").to_string().into(),
            amount(&document.currency, document.totals.net_due),
            now.timestamp_millis().into(),
            key.entity.into(),
            cashier.into(),
            // What was rung up in training is nobody's purchase.
            document.customer.filter(|_| !document.training).map(CustomerId::uuid).into(),
        ],
    );
    let reused = Statement::new(
        "SELECT 1 FROM document WHERE company_id = $1 AND terminal_id = $2 AND unique_id = $3 AND document_id <> $4",
        [key.company.into(), key.terminal.into(), number.to_string().into(), document.id.uuid().into()],
    );
    let closed = Statement::new(
        "SELECT 1 FROM closure WHERE company_id = $1 AND terminal_id = $2 AND closure_number = $3 LIMIT 1",
        [key.company.into(), key.terminal.into(), i64::from(number.closure.0).into()],
    );
    let found = session.together(&[entry, closed, reused])?;
    let [entered, closed, reused] = [0, 1, 2].map(|at| found.get(at).is_some_and(|rows| !rows.is_empty()));
    if !entered {
        return Ok(());
    }
    rows(session, key, document)?;
    if document.derived_anew() != *document {
        ledger::note(session, key, flag::DRIFT)?;
        tracing::warn!(document = %document.id, terminal = %key.terminal, "figures are not what their document comes to");
    }
    if closed {
        ledger::note(session, key, flag::LATE)?;
    }
    if reused { ledger::note(session, key, flag::NUMBER_REUSED) } else { Ok(()) }
}

/// Writes the amounts of a document's lines and tenders.
fn rows(session: &mut dyn Session, key: &Key, document: &Document) -> Result<(), DatabaseError> {
    let lines = document.active_lines().map(|line| ("products", line.total));
    let tenders = document.counted_tenders().map(|tender| ("payments", tender.amount));
    for (position, (kind, sum)) in (0_i64..).zip(lines.chain(tenders)) {
        session.later(
            "INSERT INTO document_row (company_id, terminal_id, document_id, kind, position, amount_e4) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            vec![
                key.company.into(),
                key.terminal.into(),
                document.id.uuid().into(),
                kind.into(),
                position.into(),
                amount(&document.currency, sum),
            ],
        )?;
    }
    Ok(())
}

fn closure(
    session: &mut dyn Session,
    key: &Key,
    closed: &Closure,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let currency = &closed.period.currency;
    session.later(
        "INSERT INTO closure (company_id, terminal_id, closure_id, unique_id, closure_number, closed_on, \
         document_count, gross_e4, received_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (company_id, terminal_id, closure_id) DO NOTHING",
        vec![
            key.company.into(),
            key.terminal.into(),
            key.entity.into(),
            closed.period.label().to_string().into(),
            i64::from(closed.number().0).into(),
            closed.business_date.to_string().into(),
            Value::Null,
            amount(currency, closed.report.gross_sales),
            now.timestamp_millis().into(),
        ],
    )?;
    let twice = session.query(
        "SELECT 1 FROM closure WHERE company_id = $1 AND terminal_id = $2 AND closure_number = $3 AND closure_id <> $4",
        &[
            key.company.into(),
            key.terminal.into(),
            i64::from(closed.number().0).into(),
            key.entity.into(),
        ],
    )?;
    if twice.is_empty() { Ok(()) } else { ledger::note(session, key, flag::NUMBER_REUSED) }
}

fn usage(
    session: &mut dyn Session,
    (key, (epoch, seq)): (&Key, (Uuid, i64)),
    effects: &Effects,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let company = key.company;
    for SaleUsage { document, usage } in &effects.usage {
        let sale = effects.completed.iter().find(|sale| sale.document().id == *document);
        let customer = sale.and_then(|sale| sale.document().customer).map(CustomerId::uuid);
        let currency = sale.map(|sale| sale.document().currency);
        let campaigns = usage.campaigns.iter().map(|one| ("campaign", one.campaign.uuid(), one.amount));
        let coupons = usage.coupons.iter().map(|one| ("coupon", one.coupon.uuid(), one.amount));
        for (kind, offer, given) in campaigns.chain(coupons) {
            let given = currency.as_ref().map_or(Value::Integer(0), |currency| amount(currency, given));
            session.later(
                "INSERT INTO offer_use (company_id, offer_id, document_id, kind, customer_id, amount_e4, state, \
                 created_at, terminal_id, epoch, seq) VALUES ($1, $2, $3, $4, $5, $6, 'used', $7, $8, $9, $10) \
                 ON CONFLICT (company_id, offer_id, document_id) DO UPDATE SET state = 'used', \
                 amount_e4 = excluded.amount_e4, expires_at = NULL, customer_id = excluded.customer_id, \
                 terminal_id = excluded.terminal_id, epoch = excluded.epoch, seq = excluded.seq",
                vec![
                    company.into(),
                    offer.into(),
                    document.uuid().into(),
                    kind.into(),
                    customer.into(),
                    given,
                    now.timestamp_millis().into(),
                    key.terminal.into(),
                    epoch.into(),
                    seq.into(),
                ],
            )?;
            if let Some(currency) = &currency
                && quotas::is_overdrawn(session, (company, key.terminal, epoch), (offer, currency))?
            {
                ledger::note(session, key, flag::OVER_QUOTA)?;
            }
        }
    }
    if let Some(reversed) = effects.usage_reversed {
        session.later(
            "UPDATE offer_use SET state = 'returned' WHERE company_id = $1 AND document_id = $2",
            vec![company.into(), reversed.uuid().into()],
        )?;
    }
    Ok(())
}

fn points(
    session: &mut dyn Session,
    company: Uuid,
    effects: &Effects,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    for change in &effects.loyalty {
        if let LoyaltyChange::PointsBooked { row } = change {
            book(session, company, row, now)?;
            if let (PointsKind::Redeemed, Cause::Sale { document }) = (row.kind, row.cause) {
                offers::points::spent(session, company, (row.customer.uuid(), document.uuid()))?;
            }
        }
    }
    Ok(())
}

/// Books a row of a till's ledger under an identity that follows from it: whoever sends it again adds nothing.
fn book(
    session: &mut dyn Session,
    company: Uuid,
    row: &LedgerRow,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let text = serde_json::to_string(row).unwrap_or_default();
    let id = identity(&text);
    let kind = serde_json::to_value(row.kind).ok().and_then(|kind| kind.as_str().map(str::to_owned));
    session.later(
        "INSERT INTO point_entry (company_id, entry_id, member_id, kind, points, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (company_id, entry_id) DO NOTHING",
        vec![
            company.into(),
            id.into(),
            row.customer.uuid().into(),
            kind.unwrap_or_default().into(),
            row.points.0.into(),
            now.timestamp_millis().into(),
        ],
    )
}

fn identity(text: &str) -> Uuid {
    let digest = Digest::of(text.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.bytes()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
