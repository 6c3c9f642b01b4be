//! Goods back: returns with receipt by exact shares, and the exchange for other goods.

use alloc::{boxed::Box, collections::BTreeMap, string::String, vec::Vec};

use rust_decimal::Decimal;

use super::{
    Decision,
    containers::{self, Brought},
    lines, opening, pieces, wrong_kind,
};
use crate::{
    basket::{LineItem, PriceSource, ReturnedItem},
    catalog::SerialNo,
    document::{
        BundleReturns, Document, DocumentType, Event, Kind, OpenDocument, OriginalSale, PieceRefusal,
        Refusal, ReturnLine,
        returns::{self, Bundles, LineShare},
    },
    ids::LineNo,
    money::Money,
    quantity::Quantity,
};

/// Begins the return of the original sale with all that comes back of it.
pub(super) fn take_all_back(decision: &mut Decision<'_>, lines: &[ReturnLine]) -> Result<(), Refusal> {
    if lines.is_empty() {
        return Err(Refusal::NoLines);
    }
    opening::open(decision, OpenDocument::new(DocumentType::Return, Kind::Return))?;
    lines.iter().try_for_each(|line| take_back_line(decision, line))?;
    // Containers that are named come back as they are named; goods bring only those beyond.
    let mut named: BTreeMap<LineNo, Decimal> = BTreeMap::new();
    for line in lines {
        *named.entry(line.line).or_default() += line.quantity.decimal();
    }
    let sold = original(decision)?.sale.document();
    for line in lines {
        for more in containers::back_with(decision, sold, line, &mut named)? {
            take_back_line(decision, &more)?;
        }
    }
    Ok(())
}

/// Takes goods of the original sale back, and the containers they were sold in with them.
pub(super) fn take_back(decision: &mut Decision<'_>, back: &ReturnLine) -> Result<(), Refusal> {
    opening::restamp(decision);
    take_back_line(decision, back)?;
    if decision.draft().is_none() {
        return Ok(());
    }
    let sold = original(decision)?.sale.document();
    let more = containers::back_with(decision, sold, back, &mut BTreeMap::new())?;
    more.iter().try_for_each(|more| take_back_line(decision, more))
}

fn take_back_line(decision: &mut Decision<'_>, back: &ReturnLine) -> Result<(), Refusal> {
    let original = original(decision)?;
    let sold = sold(original, back.line)?;
    if !sold.item.permissions.returns {
        return Err(Refusal::NotReturnable { code: sold.item.code.clone() });
    }
    let today = decision.facts.moment.local.date();
    if let Some(until) = original.sale.returnable_until(sold).filter(|until| today > *until) {
        return Err(Refusal::ReturnPeriodOver { until });
    }
    let returned = ReturnedItem {
        original: Some((original.sale.document().id, back.line)),
        state: back.state,
        restock: back.restock,
        reason: decision.why(back.reason.as_deref())?,
    };
    let serials = pieces::of_return(decision, original, sold, back)?;
    let mut pieces = pieces(decision.document()?, original, back.line);
    let same = |piece: &&mut Piece| {
        let known = &piece.returned;
        known.state == returned.state && known.restock == returned.restock
    };
    // More of the same in the same state is one line.
    match pieces.iter_mut().find(same) {
        Some(piece) => {
            piece.quantity = piece.quantity.plus(back.quantity)?;
            piece.serials.extend(serials);
            piece.returned.reason = returned.reason.or(piece.returned.reason.take());
        }
        None => pieces.push(Piece { line: None, quantity: back.quantity, returned, serials }),
    }
    restate_lines(decision, original, sold, pieces)?;
    end_restating(decision)
}

/// Brings back more or less of a line that is on the open return already.
pub(super) fn change_quantity(
    decision: &mut Decision<'_>,
    line: &LineItem,
    quantity: Quantity,
) -> Result<(), Refusal> {
    if !line.serials.is_empty() {
        return Err(Refusal::Piece(PieceRefusal::Named { line: line.no }));
    }
    let original = original(decision)?;
    let brought = containers::brought_with(decision, line)?;
    restate_quantity(decision, original, line, quantity)?;
    for Brought { container, beside } in brought {
        let wanted = Quantity::try_new(quantity.decimal() + beside)?;
        if wanted < container.quantity {
            restate_quantity(decision, original, &container, wanted)?;
        }
    }
    end_restating(decision)
}

fn restate_quantity<'a>(
    decision: &mut Decision<'a>,
    original: &'a OriginalSale,
    line: &LineItem,
    quantity: Quantity,
) -> Result<(), Refusal> {
    let no = sold_line(original, line).ok_or(Refusal::NotRefundable)?;
    let mut pieces = pieces(decision.document()?, original, no);
    if let Some(piece) = pieces.iter_mut().find(|piece| piece.line.as_ref() == Some(line)) {
        piece.quantity = quantity;
    }
    restate_lines(decision, original, sold(original, no)?, pieces)
}

/// After lines of the open return were voided: what is left of the same sold lines is worth what it is worth without
/// them, and of the containers that came with the goods those beside them are left.
pub(super) fn after_void(
    decision: &mut Decision<'_>,
    voided: &[LineItem],
    kept: &[Brought],
) -> Result<(), Refusal> {
    let document = decision.document()?;
    if document.kind != Kind::Return || document.original.is_none() {
        return Ok(());
    }
    let original = original(decision)?;
    for line in voided {
        let no = sold_line(original, line).ok_or(Refusal::NotRefundable)?;
        let pieces = pieces(decision.document()?, original, no);
        restate_lines(decision, original, sold(original, no)?, pieces)?;
    }
    for Brought { container, beside } in kept {
        let container = decision.line(container.no)?.clone();
        restate_quantity(decision, original, &container, Quantity::try_new(*beside)?)?;
    }
    end_restating(decision)
}

/// So much of a sold line in one state, as it stands on the open return or will.
struct Piece {
    line: Option<LineItem>,
    quantity: Quantity,
    returned: ReturnedItem,
    serials: Vec<SerialNo>,
}

/// The pieces of a sold line that the open return holds.
fn pieces(document: &Document, original: &OriginalSale, no: LineNo) -> Vec<Piece> {
    let piece = |line: &LineItem| {
        let returned = line.returned.clone().filter(|_| sold_line(original, line) == Some(no))?;
        let serials = line.serials.clone();
        Some(Piece { line: Some(line.clone()), quantity: line.quantity, returned, serials })
    };
    document.active_lines().filter_map(piece).collect()
}

/// Which line of the original sale a line of a return brings back.
pub(super) fn sold_line(original: &OriginalSale, line: &LineItem) -> Option<LineNo> {
    let (sale, no) = line.returned.as_ref()?.original?;
    (sale == original.sale.document().id).then_some(no)
}

fn sold(original: &OriginalSale, no: LineNo) -> Result<&LineItem, Refusal> {
    let sold = original.sale.document().line(no).filter(|line| line.is_active());
    sold.ok_or(Refusal::NoSuchLine { line: no })
}

fn end_restating(decision: &mut Decision<'_>) -> Result<(), Refusal> {
    settle(decision)?;
    decision.check_totals()?;
    decision.check_paid()?;
    decision.complete_if_settled()
}

/// Makes the open return hold these pieces of a sold line, each with the share that follows from those before it.
/// A line whose share is another one now is stated anew; taking less of it back is a void of the difference.
fn restate_lines<'a>(
    decision: &mut Decision<'a>,
    original: &'a OriginalSale,
    sold: &'a LineItem,
    pieces: Vec<Piece>,
) -> Result<(), Refusal> {
    for (Piece { line, quantity, returned, serials }, sold, share) in
        shared(decision, original, sold, pieces)?
    {
        let open = decision.document()?;
        let is_less = |line: &LineItem| {
            let before = lines::reduced_alone(open, |no| no == line.no);
            quantity < line.quantity
                && lines::is_above_void_limit(decision, line.total - share.value + before)
        };
        let authority = decision.authorise_if(line.as_ref().is_some_and(is_less))?;
        let next = LineItem {
            no: match &line {
                Some(line) => line.no,
                None => lines::next_line(decision)?,
            },
            quantity,
            price_source: PriceSource::Original,
            fixed_gross: Some(share.value),
            adjustments: Vec::new(),
            fixed_taxes: Some(share.taxes),
            return_days: None,
            returned: Some(returned),
            // It came back by itself or with its goods: on the return it stands for itself.
            container_of: None,
            serials,
            authority,
            ..sold.clone()
        };
        match line {
            Some(line) if is_same_share(&line, &next) => {}
            Some(_) => decision.emit(Event::LineRestated { line: Box::new(next) }),
            None => lines::emit_line(decision, next)?,
        }
    }
    Ok(())
}

/// Pieces with the sold lines they are of and what each is worth: those given, and where the sold line is one of several
/// that were priced together, the pieces of the others too, which may be worth something else now.
fn shared<'a>(
    decision: &Decision<'a>,
    original: &'a OriginalSale,
    sold: &'a LineItem,
    pieces: Vec<Piece>,
) -> Result<Vec<(Piece, &'a LineItem, LineShare)>, Refusal> {
    let too_many = |line: &LineItem, before: Decimal| Refusal::MoreThanSold {
        line: line.no,
        left: line.quantity.decimal() - before,
    };
    if let Some(piece) = pieces.iter().find(|piece| !sold.item.unit.allows(piece.quantity)) {
        return Err(lines::not_allowed(&sold.item, piece.quantity));
    }
    let Some(bundles) = bundles(decision, original).filter(|bundles| bundles.lines().any(|no| no == sold.no))
    else {
        let mut before = original.returned(sold.no, None);
        let shared = pieces.into_iter().map(|piece| {
            let share = returns::share(original.sale.document(), sold, before, piece.quantity);
            let share = share.ok_or_else(|| too_many(sold, before))?;
            before += piece.quantity.decimal();
            Ok::<_, Refusal>((piece, sold, share))
        });
        return shared.collect();
    };
    let document = decision.document()?;
    let mut all: Vec<(Piece, &LineItem)> = pieces.into_iter().map(|piece| (piece, sold)).collect();
    for no in bundles.lines().filter(|no| *no != sold.no) {
        let other = self::sold(original, no)?;
        all.extend(self::pieces(document, original, no).into_iter().map(|piece| (piece, other)));
    }
    all.sort_by_key(|(piece, _)| piece.line.as_ref().map_or(u32::MAX, |line| line.no.0));
    let quantities: Vec<(LineNo, Quantity)> = all.iter().map(|(piece, of)| (of.no, piece.quantity)).collect();
    let shares =
        bundles.shares(&quantities).ok_or_else(|| too_many(sold, original.returned(sold.no, None)))?;
    Ok(all.into_iter().zip(shares).map(|((piece, of), share)| (piece, of, share)).collect())
}

/// What was priced together, where the store prices the rest of it anew.
fn bundles<'a>(decision: &Decision<'a>, original: &'a OriginalSale) -> Option<Bundles<'a>> {
    let is_asked = decision.facts.policy.bundle_returns == BundleReturns::RepriceRest;
    let promotions = decision.facts.promotions.filter(|_| is_asked)?;
    Bundles::of(original, promotions)
}

fn is_same_share(line: &LineItem, next: &LineItem) -> bool {
    line.quantity == next.quantity
        && line.fixed_gross == next.fixed_gross
        && line.fixed_taxes == next.fixed_taxes
        && line.returned == next.returned
        && line.serials == next.serials
}

/// Brings the rounding and the points that a return carries up to date with its lines and with what came back
/// elsewhere in the meantime.
pub(super) fn settle(decision: &mut Decision<'_>) -> Result<(), Refusal> {
    let returned = decision.document()?.goods_back();
    if returned.kind != Kind::Return || returned.original.is_none() {
        return Ok(());
    }
    let original = original_of(decision, returned)?;
    let carried_rounding = original.carried_rounding(returned);
    let points = original.points_back(returned);
    if carried_rounding != returned.carried_rounding || points != returned.points_returned {
        decision.emit(Event::RefundSettled { carried_rounding, points });
    }
    Ok(())
}

/// Refuses when, since its lines were taken, so much came back elsewhere that this return would bring back more
/// than was sold.
pub(super) fn check_shares(decision: &Decision<'_>, document: &Document) -> Result<(), Refusal> {
    let returned = document.goods_back();
    if returned.kind != Kind::Return || returned.original.is_none() {
        return Ok(());
    }
    let original = original_of(decision, returned)?;
    for line in returned.active_lines() {
        let no = sold_line(original, line).ok_or(Refusal::NotRefundable)?;
        let sold = sold(original, no)?.quantity.decimal();
        if original.returned(no, Some(returned)) > sold {
            let left = (sold - original.returned(no, None)).max(Decimal::ZERO);
            return Err(Refusal::MoreThanSold { line: no, left });
        }
    }
    Ok(())
}

/// What of each campaign's discounts goes back with the goods of a return, open or exchanged for a sale.
pub(super) fn campaigns_back(
    decision: &Decision<'_>,
    document: &Document,
) -> Result<BTreeMap<String, Money>, Refusal> {
    let returned = document.goods_back();
    if returned.kind != Kind::Return || returned.original.is_none() {
        return Ok(BTreeMap::new());
    }
    Ok(original_of(decision, returned)?.campaigns_back(returned))
}

/// The original sale of the facts, which must be the one the open return is for.
pub(super) fn original<'a>(decision: &Decision<'a>) -> Result<&'a OriginalSale, Refusal> {
    let document = decision.document()?;
    if document.kind != Kind::Return {
        return wrong_kind(document.kind);
    }
    original_of(decision, document)
}

pub(super) fn original_of<'a>(
    decision: &Decision<'a>,
    returned: &Document,
) -> Result<&'a OriginalSale, Refusal> {
    let known = decision.facts.original;
    known.filter(|known| returned.original == Some(known.sale.document().id)).ok_or(Refusal::NotRefundable)
}
