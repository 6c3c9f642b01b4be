//! Containers: the deposit on a bottle or crate is charged beside the goods in it, stays with them while the document
//! is open, and is paid out for empties.

use alloc::{boxed::Box, collections::BTreeMap, vec::Vec};

use rust_decimal::Decimal;

use super::{Decision, lines, opening, refunding, wrong_kind};
use crate::{
    adjustment::AdjustmentKind,
    authority::{Authority, Void},
    basket::{GoodsState, LineItem, PriceSource, ReturnedItem},
    catalog::Sellable,
    document::{Document, DocumentType, Event, Kind, OpenDocument, Refusal, ReturnLine, pricing},
    ids::{DocumentNumber, LineNo},
    money::Money,
    quantity::Quantity,
};

/// The line of the goods that a container is charged with; any other line is its own.
pub(super) fn goods_of(decision: &Decision<'_>, no: LineNo) -> Result<LineNo, Refusal> {
    Ok(decision.line(no)?.container_of.unwrap_or(no))
}

/// The active lines that charge the containers of a line.
pub(super) fn with(document: &Document, goods: LineNo) -> impl Iterator<Item = &LineItem> {
    document.active_lines().filter(move |line| line.container_of == Some(goods))
}

/// Charges the containers of a line that was just added; where goods come back, their containers come with them. What
/// the shop buys is paid as it is agreed on.
pub(super) fn charge(decision: &mut Decision<'_>, goods: LineNo) -> Result<(), Refusal> {
    let document = decision.document()?;
    let Some(line) = document.line(goods).filter(|_| document.kind != Kind::Purchase) else { return Ok(()) };
    let Some(article) = line.item.container.as_deref().cloned() else { return Ok(()) };
    let (quantity, returned) = (line.quantity, line.returned.clone());
    let line = container_line(decision, &article, quantity, lines::next_line(decision)?)?;
    lines::emit_line(decision, LineItem { returned, container_of: Some(goods), ..line })
}

/// A line of so many containers at their deposit.
fn container_line(
    decision: &Decision<'_>,
    article: &Sellable,
    quantity: Quantity,
    no: LineNo,
) -> Result<LineItem, Refusal> {
    if article.taxes.is_empty() {
        return Err(Refusal::NoTax { code: article.code.clone() });
    }
    if !article.unit.allows(quantity) {
        return Err(lines::not_allowed(article, quantity));
    }
    Ok(LineItem::new(no, article.clone(), quantity, decision.own_word()))
}

/// Charges as many containers as there are goods now.
pub(super) fn change_with(
    decision: &mut Decision<'_>,
    goods: LineNo,
    quantity: Quantity,
    authority: Authority,
) -> Result<(), Refusal> {
    let lines: Vec<LineItem> = with(decision.document()?, goods).cloned().collect();
    for line in lines {
        if !line.item.unit.allows(quantity) {
            return Err(lines::not_allowed(&line.item, quantity));
        }
        decision.emit(Event::QuantityChanged { line: line.no, quantity, authority });
    }
    Ok(())
}

/// What else comes back when so many of a sold line do: their containers, as far as these did not come back before. Of
/// those that were `named` beside the goods so many less come with them.
pub(super) fn back_with(
    decision: &Decision<'_>,
    sold: &Document,
    back: &ReturnLine,
    named: &mut BTreeMap<LineNo, Decimal>,
) -> Result<Vec<ReturnLine>, Refusal> {
    let Some(original) = decision.facts.original else { return Ok(Vec::new()) };
    let open = decision.document()?;
    let mut left = |line: &LineItem| {
        let gone = original.returned(line.no, Some(open));
        let named = named.entry(line.no).or_default();
        let covered = (*named).min(back.quantity.decimal());
        *named -= covered;
        Quantity::try_new((line.quantity.decimal() - gone).min(back.quantity.decimal() - covered)).ok()
    };
    let containers = with(sold, back.line);
    Ok(containers
        .filter_map(|line| Some(ReturnLine { line: line.no, quantity: left(line)?, ..back.clone() }))
        .collect())
}

/// Containers on the open return that came back with goods.
pub(super) struct Brought {
    /// Their line.
    pub(super) container: LineItem,
    /// How many of them came back beside the goods, and stay whatever becomes of these.
    pub(super) beside: Decimal,
}

/// The containers that came back with goods of the original sale in the same state; other goods bring none this way.
pub(super) fn brought_with(decision: &Decision<'_>, goods: &LineItem) -> Result<Vec<Brought>, Refusal> {
    if goods.price_source != PriceSource::Original {
        return Ok(Vec::new());
    }
    // Goods whose sale nobody looked up can still be taken off: the return ends, or is refused for what is left.
    let Ok(original) = refunding::original(decision) else { return Ok(Vec::new()) };
    let sold = refunding::sold_line(original, goods).ok_or(Refusal::NotRefundable)?;
    let containers: Vec<LineNo> = with(original.sale.document(), sold).map(|line| line.no).collect();
    let state = |line: &LineItem| line.returned.as_ref().map(|known| (known.state, known.restock));
    let is_one = |line: &&LineItem| {
        let sold = refunding::sold_line(original, line);
        state(line) == state(goods) && sold.is_some_and(|no| containers.contains(&no))
    };
    let brought = |container: &LineItem| {
        let beside = container.quantity.decimal() - goods.quantity.decimal();
        Brought { container: container.clone(), beside: beside.max(Decimal::ZERO) }
    };
    Ok(decision.document()?.active_lines().filter(is_one).map(brought).collect())
}

/// Takes empties: their deposit is paid out by a return of its own, or lowers what the open sale comes to.
pub(super) fn take_empties(decision: &mut Decision<'_>, quantity: Option<Quantity>) -> Result<(), Refusal> {
    let item = decision.facts.item.ok_or(Refusal::NotLookedUp)?;
    if !item.is_container {
        return Err(Refusal::NoContainer { code: item.code.clone() });
    }
    lines::check_quantity(decision, &item.name, quantity)?;
    let quantity = match quantity {
        Some(times) => times.times(item.pack_quantity)?,
        None => item.pack_quantity,
    };
    match decision.draft().filter(|document| !document.is_blank()) {
        None => {
            let customer = decision.draft().and_then(|document| document.customer);
            opening::refuse_open_document(decision)?;
            let head = empties_head(decision);
            decision.emit(Event::DocumentOpened(Box::new(Document { customer, ..head })));
            add_to_return(decision, item, quantity)
        }
        Some(document) if document.kind == Kind::Return && document.original.is_none() => {
            add_to_return(decision, item, quantity)
        }
        // What goes out on a waybill is owed for later: there is nothing to set empties off against.
        Some(document) if document.kind == Kind::Sale && !document.document_type.is_delivery() => {
            add_to_sale(decision, item, quantity)
        }
        Some(document) => wrong_kind(document.kind),
    }
}

fn empties_head(decision: &Decision<'_>) -> Document {
    opening::head(decision, OpenDocument::new(DocumentType::Return, Kind::Return), decision.own_word())
}

fn add_to_return(decision: &mut Decision<'_>, item: &Sellable, quantity: Quantity) -> Result<(), Refusal> {
    let line = empties_line(decision, decision.document()?, item, quantity, lines::next_line(decision)?)?;
    lines::emit_line(decision, line)?;
    decision.complete_if_settled()
}

/// Empties go back on the shelf of empties.
fn empties_line(
    decision: &Decision<'_>,
    returned_on: &Document,
    item: &Sellable,
    quantity: Quantity,
    no: LineNo,
) -> Result<LineItem, Refusal> {
    let line = container_line(decision, item, quantity, no)?;
    let returned = ReturnedItem { original: None, state: GoodsState::New, restock: true, reason: None };
    let line = LineItem { returned: Some(returned), ..line };
    let currency = decision.facts.till.currency;
    let mut priced = line.clone();
    pricing::price_line(&mut priced, &currency, Money::ZERO);
    let authority = decision.authorise_if(is_above_limit(decision, returned_on, &priced))?;
    Ok(LineItem { authority, ..line })
}

/// Whether a line takes a manager's word on a return without a receipt: what it pays out where a cashier typed that or put
/// it on top, since whoever agreed to the return had seen no goods; other goods where nobody gave it for the whole return,
/// since empties begin one without it; and empties beyond what a cashier pays out alone.
pub(super) fn takes_approval(decision: &Decision<'_>, document: &Document, line: &LineItem) -> bool {
    if !is_without_receipt(document) {
        return false;
    }
    let is_marked_up = line.adjustments.iter().any(|known| known.kind == AdjustmentKind::Surcharge);
    if line.price_source == PriceSource::Typed || is_marked_up {
        return true;
    }
    if !line.item.is_container {
        return document.opened_by.approved_by.is_none();
    }
    let mut priced = line.clone();
    pricing::price_line(&mut priced, &document.currency, Money::ZERO);
    is_above_limit(decision, document, &priced)
}

/// Whether goods come back on a document without the receipt of their sale.
pub(super) fn is_without_receipt(document: &Document) -> bool {
    document.kind == Kind::Return && document.original.is_none()
}

/// Whether the empties of one kind on a return come to more with a line than a cashier pays out alone.
fn is_above_limit(decision: &Decision<'_>, returned: &Document, line: &LineItem) -> bool {
    let is_same_kind = |known: &&LineItem| match known.item.product {
        Some(_) => known.item.product == line.item.product,
        None => known.item.code == line.item.code,
    };
    let others = returned.active_lines().filter(|known| known.no != line.no && is_empties(known));
    let of_kind: Money = others.filter(is_same_kind).map(|known| known.total).sum();
    decision.facts.limits.empties.is_some_and(|limit| of_kind + line.total > limit)
}

/// Whether a line pays a deposit out for empties, not with the goods that were in them.
fn is_empties(line: &LineItem) -> bool {
    line.item.is_container && line.container_of.is_none()
}

/// The return of the empties is set off against the sale, as goods that are exchanged are.
fn add_to_sale(decision: &mut Decision<'_>, item: &Sellable, quantity: Quantity) -> Result<(), Refusal> {
    match decision.document()?.exchange.as_deref() {
        Some(returned) if returned.original.is_some() => return wrong_kind(returned.kind),
        Some(_) => {}
        None => begin_beside_sale(decision)?,
    }
    let returned = decision.document()?.goods_back();
    let last = returned.lines.last().map_or(0, |line| line.no.0);
    let max = decision.facts.policy.max_lines;
    if last >= max {
        return Err(Refusal::TooManyLines { max });
    }
    let mut line = empties_line(decision, returned, item, quantity, LineNo(last + 1))?;
    lines::check_bounds(&line, &returned.currency)?;
    pricing::price_line(&mut line, &returned.currency, Money::ZERO);
    decision.emit(Event::EmptiesTaken { line: Box::new(line) });
    check_set_off(decision)
}

/// A number that an earlier return beside the sale spent today is used before another is.
fn begin_beside_sale(decision: &mut Decision<'_>) -> Result<(), Refusal> {
    let (sale, head) = (decision.document()?, empties_head(decision));
    let is_current =
        |spent: &&DocumentNumber| (spent.date, spent.closure) == (head.number.date, head.number.closure);
    let number = sale.spent_numbers.iter().rev().find(is_current).copied().unwrap_or(head.number);
    let (customer, training) = (sale.customer, sale.training);
    let returned = Box::new(Document { number, customer, training, ..head });
    decision.emit(Event::EmptiesBegun { returned });
    Ok(())
}

/// Takes empties back that were set off against the open sale; with the last ones their return goes.
pub(super) fn void_empties(
    decision: &mut Decision<'_>,
    no: LineNo,
    why: Option<&str>,
) -> Result<(), Refusal> {
    let reason = decision.why(why)?;
    let sale = decision.document()?;
    let returned = sale.exchange.as_deref().filter(|returned| returned.original.is_none());
    let Some(mut left) = returned.cloned() else { return Err(Refusal::NoSuchLine { line: no }) };
    let line = left.lines.iter_mut().find(|line| line.no == no && line.is_active() && is_empties(line));
    let Some(line) = line else { return Err(Refusal::NoSuchLine { line: no }) };
    let authority = decision.authorise_if(lines::is_above_void_limit(decision, line.total))?;
    let void = Void { reason, authority };
    line.void = Some(void.clone());
    let is_last = left.active_lines().next().is_none();
    if is_last && left.counted_tenders().next().is_some() {
        return Err(Refusal::TendersTaken { paid: decision.money(left.totals.paid) });
    }
    pricing::recompute(&mut left);
    check_paid_out(decision, &left)?;
    decision.emit(Event::EmptiesVoided { line: no, void });
    check_set_off(decision)
}

/// Refuses when more is paid out, or asked of a provider, than the empties come to.
fn check_paid_out(decision: &Decision<'_>, returned: &Document) -> Result<(), Refusal> {
    let pending = returned.tenders.iter().filter(|tender| tender.is_pending());
    let paid = returned.totals.paid + pending.map(|tender| tender.amount).sum();
    let due = returned.totals.net_due;
    if paid > due {
        return Err(Refusal::PaidExceedsDue { paid: decision.money(paid), due: decision.money(due) });
    }
    Ok(())
}

/// What must hold of a sale after the empties it is set off against became others.
fn check_set_off(decision: &mut Decision<'_>) -> Result<(), Refusal> {
    decision.document()?.goods_back().totals.total.bounded()?;
    decision.check_paid()?;
    decision.complete_if_settled()
}
