//! Receipts as copies of what tills printed.

use saleflex_core::{
    document::{Cancelled, Completed, Document, Kind},
    printout::{
        self,
        receipt::{self, Frame},
        words::Words,
    },
};
use uuid::Uuid;

use super::{Delivered, finished, one};
use crate::{
    ApiError,
    access::Reach,
    closures,
    db::Session,
    registry::{self, terminals},
};

/// How a receipt is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paper {
    pub(crate) words: &'static Words,
    /// Characters of a line.
    pub(crate) width: usize,
}

/// The receipt of a document as a copy of what its till printed, in lines of text, under the number that its terminal has now;
/// names of people and the texts of the shop stay at the till.
///
/// # Errors
/// `not_found`; `no_receipt` for one that an older terminal delivered.
pub(crate) fn receipt(
    session: &mut dyn Session,
    company: Uuid,
    (reach, id): (&Reach, Uuid),
    paper: Paper,
) -> Result<String, ApiError> {
    let Delivered { head, body, .. } = one(session, company, reach, id)?;
    let store = registry::store_by_id(session, company, head.store_id)?.ok_or_else(ApiError::not_found)?;
    let entry = closures::read(&body.to_string()).map(|(entry, _)| entry);
    let effects = entry.as_ref().map(|entry| &entry.effects);
    let completed = || effects.into_iter().flat_map(|effects| &effects.completed);
    let is_meant = |document: &Document| document.id.uuid() == id;
    let other = completed().map(Completed::document).find(|document| !is_meant(document));
    let cancelled = effects.and_then(|effects| effects.cancelled.as_deref());
    let mut ended = completed().map(Completed::document).chain(cancelled.map(Cancelled::document));
    let meant = ended.find(|document| is_meant(document));
    let exchanged = meant.filter(|one| one.kind != Kind::Return);
    let returned = exchanged.and_then(|one| one.exchange.as_deref().or(other)).or(meant);
    let original = match returned.and_then(|one| one.original) {
        Some(sale) => finished(session, company, sale.uuid())?.map(|sale| sale.number),
        None => None,
    };
    // The number that its terminal has now: what stood on the paper is in no event.
    let register = terminals::one(session, company, head.terminal_id)?.number.to_string();
    let frame = Frame {
        header: &store.name,
        register: &register,
        original,
        other_half: other,
        copy: true,
        ..Frame::new(paper.words)
    };
    let sold = completed().find(|sale| is_meant(sale.document()));
    let printout = sold
        .map(|sale| receipt::completed(sale, &frame))
        .or_else(|| cancelled.map(|document| receipt::cancelled(document, &frame)));
    let printout = printout.ok_or_else(|| {
        let message = "an older terminal delivered it: what it said of it stands in its body";
        ApiError::unprocessable("no_receipt", message)
    })?;
    Ok(printout::text::render(&printout, paper.width).join("\n") + "\n")
}
