//! What may still go back onto gift cards for a document that they had paid.

use saleflex_core::{
    document::Document,
    money::Money,
    tender::{Direction, TenderKind},
};
use uuid::Uuid;

use crate::{
    db::{DatabaseError, Session},
    documents,
};

/// What a request may give back onto a card for a document: what that took of it and nobody gave back yet, as it was
/// delivered or asked for here, and no more than what is left of all cards together.
pub(super) fn onto_card(
    session: &mut dyn Session,
    company: Uuid,
    (document, card): (Uuid, Uuid),
) -> Result<i64, DatabaseError> {
    let rows = session.query(
        "SELECT CAST(COALESCE(-sum(amount), 0) AS bigint) FROM gift_card_entry WHERE company_id = $1 \
         AND card_id = $2 AND COALESCE(paid_id, document_id) = $3 AND kind IN ('redeemed', 'refunded')",
        &[company.into(), card.into(), document.into()],
    )?;
    let of_card = rows.first().map_or(Ok(0), |row| row.integer(0))?;
    let left = of_card.saturating_sub(by_unnamed(session, company, (document, card))?);
    Ok(in_all(session, company, document)?.map_or(left, |all| left.min(all)).max(0))
}

/// What is left of what all cards together paid of a document, below nothing where more went back; none where these books
/// do not know what they paid.
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
    let taken = match documents::finished(session, company, document)? {
        Some(sold) => Some(paid_by_card(&sold).minor()),
        None => Some(taken).filter(|taken| *taken > 0),
    };
    Ok(taken.map(|taken| taken.saturating_sub(back)))
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
