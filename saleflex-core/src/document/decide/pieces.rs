//! Pieces with serial numbers: which of them a line sells, brings in or brings back.
//!
//! A line may be rung up before anybody knows its pieces; it is not paid before they are named. As with quantities, a piece
//! that is not there is refused where the product may not be sold beyond its stock, and never once money is taken.

use alloc::{collections::BTreeSet, vec::Vec};

use rust_decimal::Decimal;

use super::{Decision, refunding};
use crate::{
    basket::LineItem,
    catalog::{Sellable, SerialNo},
    document::{Completed, Document, Event, Kind, OriginalSale, Refusal, ReturnLine},
    ids::{DocumentId, LineNo},
    quantity::Quantity,
};

/// Says which pieces a line of the open document is of.
pub(super) fn name(decision: &mut Decision<'_>, no: LineNo, serials: &[SerialNo]) -> Result<(), Refusal> {
    let line = decision.line(no)?.clone();
    if serials.is_empty() {
        return Err(count(&line.item, line.quantity, serials));
    }
    match sold_line(decision, &line) {
        Some((original, sold)) if !sold.serials.is_empty() => {
            let others = on_return(decision.document()?, original, sold.no, Some(no));
            check_count(&line.item, line.quantity, serials)?;
            check_left(&left(original, sold, &others), serials)?;
        }
        _ => check(decision, &line.item, line.quantity, serials, Some(no))?,
    }
    if line.serials != serials {
        decision.emit(Event::PiecesNamed { line: no, serials: serials.into() });
    }
    Ok(())
}

/// Checks the pieces of a thing that is sold or brought in without a receipt, where they are named. `no` is its line,
/// where it stands on the document already.
pub(super) fn check(
    decision: &Decision<'_>,
    item: &Sellable,
    quantity: Quantity,
    serials: &[SerialNo],
    no: Option<LineNo>,
) -> Result<(), Refusal> {
    if serials.is_empty() {
        return Ok(());
    }
    check_count(item, quantity, serials)?;
    let document = decision.document()?;
    let others = document.active_lines().filter(|line| Some(line.no) != no);
    let taken: BTreeSet<&SerialNo> =
        others.filter(|line| line.item.product == item.product).flat_map(|line| &line.serials).collect();
    if let Some(twice) = serials.iter().find(|serial| taken.contains(serial)) {
        return Err(Refusal::SerialTwice { serial: twice.clone() });
    }
    check_whereabouts(decision, document.kind, item, serials)
}

/// Refuses a document that is about to be paid or to end while it is not said which pieces it is about. Before money was
/// taken, what it sells must still be there.
pub(super) fn check_named(decision: &Decision<'_>, document: &Document) -> Result<(), Refusal> {
    if document.kind == Kind::Quote {
        return Ok(());
    }
    if let Some(line) = document.active_lines().find(|line| line.lacks_serials()) {
        let (line, name, quantity) = (line.no, line.item.name.clone(), line.quantity);
        return Err(Refusal::SerialsNeeded { line, name, quantity });
    }
    let mut moved = document.tenders.iter().chain(&document.goods_back().tenders);
    if moved.any(|tender| tender.void.is_none()) || document.original.is_some() {
        return Ok(());
    }
    let mut lines = document.active_lines();
    lines.try_for_each(|line| check_whereabouts(decision, document.kind, &line.item, &line.serials))
}

/// The pieces of a sold line that come back: those that are named, or all that are left where all of them come back.
pub(super) fn of_return(
    document: &Document,
    original: &OriginalSale,
    sold: &LineItem,
    back: &ReturnLine,
) -> Result<Vec<SerialNo>, Refusal> {
    if sold.serials.is_empty() {
        check_count_of_given(&sold.item, back)?;
        return Ok(back.serials.clone());
    }
    let left = left(original, sold, &on_return(document, original, sold.no, None));
    if !back.serials.is_empty() {
        check_count(&sold.item, back.quantity, &back.serials)?;
        check_left(&left, &back.serials)?;
        return Ok(back.serials.clone());
    }
    if Decimal::from(left.len()) == back.quantity.decimal() {
        return Ok(left.into_iter().cloned().collect());
    }
    Err(Refusal::SerialsNeeded { line: back.line, name: sold.item.name.clone(), quantity: back.quantity })
}

/// What was sold without naming its pieces comes back without numbers, or with one each where it had them at its sale.
fn check_count_of_given(item: &Sellable, back: &ReturnLine) -> Result<(), Refusal> {
    if back.serials.is_empty() { Ok(()) } else { check_count(item, back.quantity, &back.serials) }
}

/// One number for each piece, none twice, of a product that has them.
fn check_count(item: &Sellable, quantity: Quantity, serials: &[SerialNo]) -> Result<(), Refusal> {
    if !item.has_serials || Decimal::from(serials.len()) != quantity.decimal() {
        return Err(count(item, quantity, serials));
    }
    let mut seen = BTreeSet::new();
    match serials.iter().find(|serial| !seen.insert(*serial)) {
        Some(twice) => Err(Refusal::SerialTwice { serial: twice.clone() }),
        None => Ok(()),
    }
}

fn count(item: &Sellable, quantity: Quantity, serials: &[SerialNo]) -> Refusal {
    Refusal::SerialCount { name: item.name.clone(), quantity, given: serials.len() }
}

/// Goods that leave are here, goods that come in are not.
fn check_whereabouts(
    decision: &Decision<'_>,
    kind: Kind,
    item: &Sellable,
    serials: &[SerialNo],
) -> Result<(), Refusal> {
    let Some(known) = decision.facts.pieces else { return Ok(()) };
    let find = |serial: &SerialNo| {
        known.iter().find(|piece| Some(piece.product) == item.product && piece.serial == *serial)
    };
    if kind.pays_out() {
        let present = serials.iter().find(|serial| find(serial).is_some());
        return present.map_or(Ok(()), |serial| Err(Refusal::SerialPresent { serial: serial.clone() }));
    }
    if item.permissions.negative_stock {
        return Ok(());
    }
    let absent = serials.iter().find(|serial| !find(serial).is_some_and(|piece| piece.is_here));
    absent.map_or(Ok(()), |serial| Err(Refusal::SerialAbsent { serial: serial.clone() }))
}

/// The sold line that a line of the open return brings back.
fn sold_line<'a>(decision: &Decision<'a>, line: &LineItem) -> Option<(&'a OriginalSale, &'a LineItem)> {
    let original = decision.facts.original?;
    let no = refunding::sold_line(original, line)?;
    Some((original, original.sale.document().line(no)?))
}

/// The pieces of a sold line that the open return holds, but for those of one of its lines.
fn on_return<'d>(
    document: &'d Document,
    original: &OriginalSale,
    sold: LineNo,
    without: Option<LineNo>,
) -> Vec<&'d SerialNo> {
    let lines = document.active_lines().filter(|line| Some(line.no) != without);
    pieces_back(lines, original.sale.document().id, sold).collect()
}

fn pieces_back<'d>(
    lines: impl Iterator<Item = &'d LineItem>,
    sale: DocumentId,
    sold: LineNo,
) -> impl Iterator<Item = &'d SerialNo> {
    let of_line = move |line: &&LineItem| {
        line.returned.as_ref().is_some_and(|returned| returned.original == Some((sale, sold)))
    };
    lines.filter(of_line).flat_map(|line| &line.serials)
}

/// The pieces of a sold line that did not come back in earlier returns nor stand on the open one.
fn left<'s>(original: &OriginalSale, sold: &'s LineItem, open: &[&SerialNo]) -> Vec<&'s SerialNo> {
    let earlier = original.earlier.iter().map(Completed::document).flat_map(Document::active_lines);
    let mut back: BTreeSet<&SerialNo> = pieces_back(earlier, original.sale.document().id, sold.no).collect();
    back.extend(open);
    sold.serials.iter().filter(|serial| !back.contains(serial)).collect()
}

fn check_left(left: &[&SerialNo], serials: &[SerialNo]) -> Result<(), Refusal> {
    match serials.iter().find(|serial| !left.contains(serial)) {
        Some(other) => Err(Refusal::SerialNotSold { serial: other.clone() }),
        None => Ok(()),
    }
}
