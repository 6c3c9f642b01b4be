//! What may still go back onto gift cards for a document that they had paid.

use saleflex_core::{
    document::{Completed, Document},
    ids::DocumentId,
    money::Money,
    tender::{Direction, Tender, TenderKind},
};
use uuid::Uuid;

use crate::{
    db::{DatabaseError, Session},
    deliveries::Event,
    documents,
    ledger::flag,
};

/// How many exchanges are followed back to the sale that a card paid.
const FOLLOWED: usize = 8;

/// What a request may give back onto a card for a document: what that took of it and nobody gave back yet, as it was
/// delivered or asked for here, what exchanges carried on to it of what the card had paid, and no more than what is left of
/// all cards together.
pub(super) fn onto_card(
    session: &mut dyn Session,
    company: Uuid,
    (document, card): (Uuid, Uuid),
) -> Result<i64, DatabaseError> {
    let left = paid_by(session, company, (document, card), FOLLOWED)?;
    Ok(in_all(session, company, document)?.map_or(left, |all| left.min(all)).max(0))
}

/// What a card paid of a document and nobody gave back, itself or by the credit of an exchange.
fn paid_by(
    session: &mut dyn Session,
    company: Uuid,
    (document, card): (Uuid, Uuid),
    followed: usize,
) -> Result<i64, DatabaseError> {
    let rows = session.query(
        "SELECT CAST(COALESCE(-sum(amount), 0) AS bigint) FROM gift_card_entry WHERE company_id = $1 \
         AND card_id = $2 AND COALESCE(paid_id, document_id) = $3 AND kind IN ('redeemed', 'refunded')",
        &[company.into(), card.into(), document.into()],
    )?;
    let of_card = rows.first().map_or(Ok(0), |row| row.integer(0))?;
    let mut left = of_card.saturating_sub(by_unnamed(session, company, (document, card))?);
    let carried = session.query(
        "SELECT paid_id, amount FROM card_credit WHERE company_id = $1 AND sale_id = $2",
        &[company.into(), document.into()],
    )?;
    for row in carried.iter().filter(|_| followed > 0) {
        let before = paid_by(session, company, (row.id(0)?, card), followed - 1)?;
        left = left.saturating_add(row.integer(1)?.min(before).max(0));
    }
    Ok(left)
}

/// Notes what the credit of an exchange carries on of what cards had paid of the sale whose goods came back: it is the new
/// sale's to give back from then on.
pub(crate) fn carry(
    session: &mut dyn Session,
    event: Event<'_>,
    completed: &[Completed],
) -> Result<(), DatabaseError> {
    let half = |direction: Direction| {
        let mut documents = completed.iter().map(Completed::document).filter(|document| !document.training);
        documents.find(|document| credits(document, direction).next().is_some())
    };
    let (Some(returned), Some(sale)) = (half(Direction::Out), half(Direction::In)) else { return Ok(()) };
    let Some(paid) = returned.original.map(DocumentId::uuid) else { return Ok(()) };
    let card = TenderKind::PrepaidCard;
    let carried: Money = credits(sale, Direction::In).map(|tender| tender.of_kind(card, false)).sum();
    if !carried.is_positive() {
        return Ok(());
    }
    let company = event.key.company;
    let entered = session.execute(
        "INSERT INTO card_credit (company_id, document_id, paid_id, sale_id, amount) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (company_id, document_id) DO NOTHING",
        &[
            company.into(),
            returned.id.uuid().into(),
            paid.into(),
            sale.id.uuid().into(),
            carried.minor().into(),
        ],
    )?;
    if entered > 0 && in_all(session, company, paid)?.is_some_and(|left| left < 0) {
        event.note(flag::OVER_REFUND);
    }
    Ok(())
}

/// The tenders by which the halves of an exchange settle each other.
fn credits(document: &Document, direction: Direction) -> impl Iterator<Item = &Tender> {
    document.counted_tenders().filter(move |tender| tender.sets_off && tender.direction == direction)
}

/// What is left of what all cards together paid of a document, below nothing where more went back, what exchanges carried
/// on among it; none where these books do not know what they paid.
pub(super) fn in_all(
    session: &mut dyn Session,
    company: Uuid,
    document: Uuid,
) -> Result<Option<i64>, DatabaseError> {
    let rows = session.query(
        "SELECT CAST(COALESCE(sum(CASE WHEN kind = 'redeemed' THEN -amount ELSE 0 END), 0) AS bigint), \
         CAST(COALESCE(sum(CASE WHEN kind = 'refunded' THEN amount ELSE 0 END), 0) AS bigint) FROM \
         (SELECT kind, amount FROM gift_card_entry WHERE company_id = $1 AND paid_id = $2 UNION ALL \
         SELECT kind, amount FROM gift_card_entry WHERE company_id = $1 AND document_id = $2 AND paid_id IS NULL) e",
        &[company.into(), document.into()],
    )?;
    let Some(row) = rows.first() else { return Ok(None) };
    let (taken, back) = (row.integer(0)?, row.integer(1)?);
    let carried = session.query(
        "SELECT CAST(COALESCE(sum(amount), 0) AS bigint) FROM card_credit WHERE company_id = $1 AND paid_id = $2",
        &[company.into(), document.into()],
    )?;
    let carried = carried.first().map_or(Ok(0), |row| row.integer(0))?;
    let taken = match documents::finished(session, company, document)? {
        Some(sold) => Some(paid_by_card(&sold).minor()),
        None => Some(taken).filter(|taken| *taken > 0),
    };
    Ok(taken.map(|taken| taken.saturating_sub(back).saturating_sub(carried)))
}

/// What cards paid of a document. The credit of an exchange in it counts as what it was paid with.
fn paid_by_card(document: &Document) -> Money {
    let card = TenderKind::PrepaidCard;
    let paid = document.counted_tenders().filter(|tender| tender.direction == Direction::In);
    paid.map(|tender| tender.of_kind(card, tender.kind == card)).sum()
}

/// What returns gave back onto a card for a document before their entries named it: they name it themselves.
fn by_unnamed(
    session: &mut dyn Session,
    company: Uuid,
    (document, card): (Uuid, Uuid),
) -> Result<i64, DatabaseError> {
    let rows = session.query(
        "SELECT document_id, amount FROM gift_card_entry WHERE company_id = $1 AND card_id = $2 \
         AND kind = 'refunded' AND paid_id IS NULL AND terminal_id IS NOT NULL AND document_id <> $3",
        &[company.into(), card.into(), document.into()],
    )?;
    let mut sum = 0_i64;
    for row in &rows {
        let back = documents::finished(session, company, row.id(0)?)?;
        if back.and_then(|back| back.original).is_some_and(|original| original.uuid() == document) {
            sum = sum.saturating_add(row.integer(1)?);
        }
    }
    Ok(sum)
}
