//! Pieces with serial numbers: which of them a line sells, brings in or brings back.
//!
//! A line may be rung up before anybody knows its pieces; it is not paid before they are named. A piece that is known to be
//! sold or gone is sold by nobody. One that is not known to lie here is refused where the product may not be sold beyond its
//! stock, and otherwise asked for once more. Nothing of this holds up a sale that money was taken for.

use alloc::{collections::BTreeSet, vec::Vec};

use rust_decimal::Decimal;

use super::{Decision, refunding};
use crate::{
    basket::LineItem,
    catalog::{Sellable, SerialNo},
    document::{
        Completed, Document, Event, Kind, OriginalSale, PieceRefusal, Refusal, ReturnLine, Whereabouts,
    },
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
            check_away(decision, &line.item, serials)?;
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
        return Err(Refusal::Piece(PieceRefusal::Twice { serial: twice.clone() }));
    }
    check_whereabouts(decision, document.kind, item, serials)?;
    check_known(decision, document.kind, item, serials)
}

/// Refuses a document that is about to be paid or to end while it is not said which pieces it is about. Before money was
/// taken, what it sells must still be there.
pub(super) fn check_named(decision: &Decision<'_>, document: &Document) -> Result<(), Refusal> {
    if document.kind == Kind::Quote {
        return Ok(());
    }
    if let Some(line) = document.active_lines().find(|line| line.lacks_serials()) {
        let (line, name, quantity) = (line.no, line.item.name.clone(), line.quantity);
        return Err(Refusal::Piece(PieceRefusal::Needed { line, name, quantity }));
    }
    let mut moved = document.tenders.iter().chain(&document.goods_back().tenders);
    if moved.any(|tender| tender.void.is_none()) || document.original.is_some() {
        return Ok(());
    }
    check_here(decision, document)
}

/// Refuses a document whose named pieces are not here to be sold any more. One that deposits were taken for is asked at
/// every further payment and at its end: between two of them its pieces lie where anybody may sell them, and another
/// number can be named in their place.
pub(super) fn check_here(decision: &Decision<'_>, document: &Document) -> Result<(), Refusal> {
    let mut lines = document.active_lines();
    lines.try_for_each(|line| check_whereabouts(decision, document.kind, &line.item, &line.serials))
}

/// The pieces of a sold line that come back: those that are named, or all that are left where all of them come back.
pub(super) fn of_return(
    decision: &Decision<'_>,
    original: &OriginalSale,
    sold: &LineItem,
    back: &ReturnLine,
) -> Result<Vec<SerialNo>, Refusal> {
    let document = decision.document()?;
    if sold.serials.is_empty() {
        return of_return_without(decision, document, sold, back);
    }
    let left = left(original, sold, &on_return(document, original, sold.no, None));
    let serials = if !back.serials.is_empty() {
        check_count(&sold.item, back.quantity, &back.serials)?;
        check_left(&left, &back.serials)?;
        back.serials.clone()
    } else if Decimal::from(left.len()) == back.quantity.decimal() {
        left.into_iter().cloned().collect()
    } else {
        return Err(needed(sold, back));
    };
    check_away(decision, &sold.item, &serials)?;
    Ok(serials)
}

/// What was sold when its product had no numbers yet comes back with one a piece where it has them by now, since
/// without it lies here as nothing that can be sold: the number of a piece that the shop never saw. What does not go back on
/// the shelf needs none, such as a piece whose number nobody can read any more.
fn of_return_without(
    decision: &Decision<'_>,
    document: &Document,
    sold: &LineItem,
    back: &ReturnLine,
) -> Result<Vec<SerialNo>, Refusal> {
    let is_numbered = sold.item.product.is_some_and(|product| decision.facts.numbered.contains(&product));
    if !is_numbered {
        return if back.serials.is_empty() { Ok(Vec::new()) } else { Err(count_of(sold, back)) };
    }
    if back.serials.is_empty() {
        return if back.restock { Err(needed(sold, back)) } else { Ok(Vec::new()) };
    }
    let item = Sellable { has_serials: true, ..(*sold.item).clone() };
    check_count(&item, back.quantity, &back.serials)?;
    let of_product = document.active_lines().filter(|line| line.item.product == item.product);
    let taken: BTreeSet<&SerialNo> = of_product.flat_map(|line| &line.serials).collect();
    if let Some(twice) = back.serials.iter().find(|serial| taken.contains(serial)) {
        return Err(Refusal::Piece(PieceRefusal::Twice { serial: twice.clone() }));
    }
    check_away(decision, &item, &back.serials)?;
    match back.serials.iter().find(|serial| whereabouts(decision, &item, serial).is_some()) {
        Some(known) => Err(Refusal::Piece(PieceRefusal::NotSold { serial: known.clone() })),
        None => Ok(back.serials.clone()),
    }
}

fn needed(sold: &LineItem, back: &ReturnLine) -> Refusal {
    Refusal::Piece(PieceRefusal::Needed {
        line: back.line,
        name: sold.item.name.clone(),
        quantity: back.quantity,
    })
}

fn count_of(sold: &LineItem, back: &ReturnLine) -> Refusal {
    count(&sold.item, back.quantity, &back.serials)
}

/// One number for each piece, none twice, of a product that has them.
fn check_count(item: &Sellable, quantity: Quantity, serials: &[SerialNo]) -> Result<(), Refusal> {
    if !item.has_serials || Decimal::from(serials.len()) != quantity.decimal() {
        return Err(count(item, quantity, serials));
    }
    let mut seen = BTreeSet::new();
    match serials.iter().find(|serial| !seen.insert(*serial)) {
        Some(twice) => Err(Refusal::Piece(PieceRefusal::Twice { serial: twice.clone() })),
        None => Ok(()),
    }
}

fn count(item: &Sellable, quantity: Quantity, serials: &[SerialNo]) -> Refusal {
    Refusal::Piece(PieceRefusal::Count { name: item.name.clone(), quantity, given: serials.len() })
}

/// What is known of a piece.
fn whereabouts(decision: &Decision<'_>, item: &Sellable, serial: &SerialNo) -> Option<Whereabouts> {
    let mut known = decision.facts.pieces.iter();
    let piece = known.find(|piece| Some(piece.product) == item.product && piece.serial == *serial);
    piece.map(|piece| piece.whereabouts)
}

/// Goods that come in do not lie in the shop.
fn check_away(decision: &Decision<'_>, item: &Sellable, serials: &[SerialNo]) -> Result<(), Refusal> {
    let lies = |serial: &&SerialNo| whereabouts(decision, item, serial).is_some_and(Whereabouts::is_in_shop);
    let present = serials.iter().find(lies);
    present.map_or(Ok(()), |serial| Err(Refusal::Piece(PieceRefusal::Present { serial: serial.clone() })))
}

/// Goods that leave are not gone already, and are here where they must be; goods that come in are not.
fn check_whereabouts(
    decision: &Decision<'_>,
    kind: Kind,
    item: &Sellable,
    serials: &[SerialNo],
) -> Result<(), Refusal> {
    if kind.pays_out() {
        return check_away(decision, item, serials);
    }
    let is_strict = decision.facts.checks_pieces && !item.permissions.negative_stock;
    serials.iter().try_for_each(|serial| {
        let is_absent = match whereabouts(decision, item, serial) {
            Some(Whereabouts::Sold { on, document }) => {
                return Err(Refusal::Piece(PieceRefusal::Sold { serial: serial.clone(), on, document }));
            }
            Some(Whereabouts::Here) => false,
            Some(Whereabouts::Gone) => true,
            Some(Whereabouts::Elsewhere) | None => is_strict,
        };
        if is_absent { Err(Refusal::Piece(PieceRefusal::Absent { serial: serial.clone() })) } else { Ok(()) }
    })
}

/// Asks once more for a piece that may be sold although it is not known to lie here: a number is soon mistyped.
fn check_known(
    decision: &Decision<'_>,
    kind: Kind,
    item: &Sellable,
    serials: &[SerialNo],
) -> Result<(), Refusal> {
    let facts = decision.facts;
    if kind.pays_out() || facts.counted || !facts.checks_pieces {
        return Ok(());
    }
    let is_here = |serial: &SerialNo| whereabouts(decision, item, serial) == Some(Whereabouts::Here);
    match serials.iter().find(|serial| !is_here(serial)) {
        Some(serial) => {
            Err(Refusal::Piece(PieceRefusal::Doubted { serial: serial.clone(), name: item.name.clone() }))
        }
        None => Ok(()),
    }
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
        Some(other) => Err(Refusal::Piece(PieceRefusal::NotSold { serial: other.clone() })),
        None => Ok(()),
    }
}
