//! Ringing up: lines added, repeated, voided, and changed in quantity or price.

use alloc::{boxed::Box, vec::Vec};

use rust_decimal::Decimal;

use super::{Decision, adjusting, ages, containers, dates, ending, opening, pieces, refunding, wrong_kind};
use crate::{
    adjustment::LineAdjustment,
    authority::{Authority, Void},
    basket::{LineItem, PriceOverride, PriceSource, ReturnedItem},
    catalog::{PriceRule, Sellable},
    document::{AddLine, CancelCause, Document, Event, Kind, PriceCeiling, Refusal, pricing},
    ids::{LineNo, ProductId},
    money::{AmountError, Currency, Money, Rounding},
    quantity::{Quantity, UnitPrice},
};

/// Fraction digits that a unit price may have.
const PRICE_DIGITS: u32 = 4;

/// Sells a thing, or takes one back without a receipt.
pub(super) fn add(decision: &mut Decision<'_>, add: &AddLine) -> Result<(), Refusal> {
    let facts = decision.facts;
    let item = facts.item.ok_or(Refusal::NotLookedUp)?;
    let labelled = add.label.map(|label| item.clone().labelled(label, &facts.till.currency)).transpose()?;
    let item = labelled.as_ref().unwrap_or(item);
    opening::ensure_open(decision)?;
    opening::restamp(decision);
    let document = decision.document()?;
    let is_return = document.kind == Kind::Return;
    if document.original.is_some() && is_return {
        return wrong_kind(document.kind);
    }
    if item.taxes.is_empty() {
        return Err(Refusal::NoTax { code: item.code.clone() });
    }
    if is_return && !item.permissions.returns {
        return Err(Refusal::NotReturnable { code: item.code.clone() });
    }
    let quantity = quantity_of(item, add.quantity)?;
    let priced = price_of(decision, item, add)?;
    refuse_nothing(decision, item, (priced.unit_price, priced.source), quantity)?;
    let is_handed_over = !document.kind.pays_out();
    if is_handed_over {
        check_stock(decision, item, quantity.decimal())?;
        dates::check(decision, item, (quantity, quantity.decimal()), add.expiry)?;
    }
    // The total of a label alone says no weight: what it would pay for is looked at like a number that was typed.
    let is_by_total = item.is_weighed_by_total(&facts.till.currency);
    check_quantity(decision, &item.name, if is_by_total { Some(quantity) } else { add.quantity })?;
    if is_handed_over {
        ages::check(decision, item, add.age)?;
    }
    pieces::check(decision, item, quantity, &add.serials, None)?;
    let no = next_line(decision)?;
    let (state, restock) = add.returned.unwrap_or_default();
    let reason = if is_return { decision.why(add.reason.as_deref())? } else { None };
    let returned = ReturnedItem { original: None, state, restock, reason };
    let mut line = LineItem {
        unit_price: priced.unit_price,
        price_source: priced.source,
        price_override: priced.price_override,
        fixed_gross: priced.fixed_gross,
        return_days: return_days(decision, item),
        expiry: add.expiry,
        returned: is_return.then_some(returned),
        serials: add.serials.clone(),
        ..LineItem::new(no, item.clone(), quantity, priced.authority)
    };
    let document = decision.document()?;
    if containers::takes_approval(decision, document, &line) || adjusting::outgrows(decision, document) {
        line.authority = decision.authorise_if(true)?;
    }
    emit_line(decision, line)?;
    containers::charge(decision, no)
}

/// Adds a line after making sure that what it costs is within bounds.
pub(super) fn emit_line(decision: &mut Decision<'_>, line: LineItem) -> Result<(), Refusal> {
    check_bounds(&line, &decision.document()?.currency)?;
    decision.emit(Event::LineAdded { line: Box::new(line) });
    Ok(())
}

/// Refuses a line that costs more than a line can.
pub(super) fn check_bounds(line: &LineItem, currency: &Currency) -> Result<(), Refusal> {
    match line.fixed_gross {
        Some(gross) => gross.bounded()?,
        None => line.unit_price.times(line.quantity, currency, Rounding::HalfUp)?,
    };
    Ok(())
}

/// The number of the next line.
pub(super) fn next_line(decision: &Decision<'_>) -> Result<LineNo, Refusal> {
    let last = decision.document()?.lines.last().map_or(0, |line| line.no.0);
    let max = decision.facts.policy.max_lines;
    if last >= max { Err(Refusal::TooManyLines { max }) } else { Ok(LineNo(last + 1)) }
}

/// Asks again for more of one thing than anybody buys: a slip of the keys, or a code taken for a number. What a label
/// or a pack says is no slip.
pub(super) fn check_quantity(
    decision: &Decision<'_>,
    name: &str,
    entered: Option<Quantity>,
) -> Result<(), Refusal> {
    let limit = decision.facts.policy.most_quantity.filter(|_| !decision.facts.counted);
    match (entered, limit) {
        (Some(quantity), Some(limit)) if quantity > limit => {
            Err(Refusal::QuantityDoubted { name: name.into(), quantity, limit })
        }
        _ => Ok(()),
    }
}

/// How much is sold: what was entered times what one scan sells, or what the barcode holds.
fn quantity_of(item: &Sellable, entered: Option<Quantity>) -> Result<Quantity, Refusal> {
    let once = item.embedded_quantity.unwrap_or(item.pack_quantity);
    let quantity = match entered {
        Some(times) if item.embedded_total.is_some() && !times.is_whole() => {
            return Err(not_allowed(item, times));
        }
        Some(times) => times.times(once)?,
        None => once,
    };
    if item.unit.allows(quantity) { Ok(quantity) } else { Err(not_allowed(item, quantity)) }
}

pub(super) fn not_allowed(item: &Sellable, quantity: Quantity) -> Refusal {
    Refusal::QuantityNotAllowed { quantity, unit: item.unit.code.clone(), decimals: item.unit.decimals }
}

/// The price of a line that is about to be added.
struct Priced {
    unit_price: UnitPrice,
    source: PriceSource,
    fixed_gross: Option<Money>,
    price_override: Option<PriceOverride>,
    authority: Authority,
}

fn price_of(decision: &Decision<'_>, item: &Sellable, add: &AddLine) -> Result<Priced, Refusal> {
    // What a purchase pays is agreed on the spot; the catalog's price is what the shop sells for.
    let kind = decision.document()?.kind;
    let is_purchase = kind == Kind::Purchase;
    let is_open = is_purchase || item.product.is_none() || item.price_rule == PriceRule::Open;
    let is_labelled = item.embedded_total.is_some();
    // A department has no price of its own: nothing typed is a slip, where a gift would be a product.
    let is_nothing = item.product.is_none() && add.price.is_some_and(UnitPrice::is_zero);
    if is_nothing && !is_purchase {
        return Err(Refusal::PriceNeeded { code: item.code.clone() });
    }
    let is_priceless = |price: UnitPrice| price.is_zero() && item.price_rule == PriceRule::Fixed;
    let (unit_price, source) = match add.price {
        Some(price) if is_open => (price, PriceSource::Typed),
        Some(price) if is_priceless(price) => {
            return Err(Refusal::PriceNeeded { code: item.code.clone() });
        }
        Some(price) if price == item.price && !is_labelled => (price, PriceSource::Catalog),
        Some(price) => (price, PriceSource::Override),
        None if is_labelled && !is_purchase => (item.price, PriceSource::Embedded),
        None if is_open || is_priceless(item.price) => {
            return Err(Refusal::PriceNeeded { code: item.code.clone() });
        }
        None => (item.price, PriceSource::Catalog),
    };
    check_max_price(decision, item, unit_price, source)?;
    let is_override = source == PriceSource::Override;
    let is_guarded = !is_purchase && is_below_cost(decision, item, unit_price, source);
    let is_label = source == PriceSource::Embedded || add.label.is_some();
    let is_by_hand = is_override || (is_label && is_set_by_label(kind, item));
    let reason = if is_by_hand { decision.why(add.reason.as_deref())? } else { None };
    let authority = decision.authorise_if(is_by_hand || is_guarded)?;
    let fixed_gross = match (item.embedded_total, source) {
        (Some(total), PriceSource::Embedded) => Some(multiply(total, add.quantity)?),
        _ => None,
    };
    let price_override = is_by_hand.then_some(PriceOverride { reason, authority });
    Ok(Priced { unit_price, source, fixed_gross, price_override, authority })
}

/// Refuses a price by hand that is something and comes to nothing with so many: whoever gives goods away types
/// nothing.
fn refuse_nothing(
    decision: &Decision<'_>,
    item: &Sellable,
    (price, source): (UnitPrice, PriceSource),
    quantity: Quantity,
) -> Result<(), Refusal> {
    let document = decision.document()?;
    let is_by_hand = matches!(source, PriceSource::Typed | PriceSource::Override);
    let is_slip = is_by_hand && document.kind != Kind::Purchase && !price.is_zero();
    let gross = price.times(quantity, &document.currency, Rounding::HalfUp);
    if is_slip && gross.is_ok_and(Money::is_zero) {
        return Err(Refusal::PriceNeeded { code: item.code.clone() });
    }
    Ok(())
}

/// Whether the total of a label, in its barcode or beside it, takes the place of a price that is fixed: what it says need
/// not have been scanned. What is sold by measure or at an open price has its price from a label; what is taken back has
/// none.
fn is_set_by_label(kind: Kind, item: &Sellable) -> bool {
    let is_free = item.unit.decimals > 0 || item.price_rule == PriceRule::Open;
    !is_free || kind == Kind::Return
}

/// Whether a price is below cost where a manager has to agree to it: always where it was typed, else by the store's
/// rule.
fn is_below_cost(decision: &Decision<'_>, item: &Sellable, price: UnitPrice, source: PriceSource) -> bool {
    let is_guarded = source == PriceSource::Typed || decision.facts.policy.guard_cost;
    is_guarded && source != PriceSource::Embedded && item.cost_price.is_some_and(|cost| price < cost)
}

/// A total printed on a label, for so many labels.
fn multiply(total: Money, labels: Option<Quantity>) -> Result<Money, Refusal> {
    let labels = labels.unwrap_or(Quantity::ONE).decimal().trunc();
    let labels = i64::try_from(labels).map_err(|_| AmountError::TooLarge)?;
    let minor = total.minor().checked_mul(labels).ok_or(AmountError::TooLarge)?;
    Ok(Money::from_minor(minor).bounded()?)
}

/// The department's highest price holds for typed prices and for overrides; where the store says so, for those
/// of the catalog and of labels too.
fn check_max_price(
    decision: &Decision<'_>,
    item: &Sellable,
    price: UnitPrice,
    source: PriceSource,
) -> Result<(), Refusal> {
    let is_typed = matches!(source, PriceSource::Typed | PriceSource::Override);
    let document = decision.document()?;
    let is_held =
        is_typed || (decision.facts.policy.price_ceiling == PriceCeiling::All && !document.kind.pays_out());
    let Some(max) = item.max_price.filter(|_| is_held) else { return Ok(()) };
    let currency = document.currency;
    // Where the weight was worked out from the total, the price is that of the catalog.
    let says_price = source == PriceSource::Embedded && !item.is_weighed_by_total(&currency);
    let price = match item.embedded_total.filter(|_| says_price) {
        None => price,
        Some(total) => {
            // A total is rounded; what the highest price comes to is not above it.
            let on_label = item.embedded_quantity.unwrap_or(item.pack_quantity);
            if max.times(on_label, &currency, Rounding::Up).is_ok_and(|most| total <= most) {
                return Ok(());
            }
            labelled_price(total, on_label, &currency)?
        }
    };
    if price <= max {
        return Ok(());
    }
    let department = item.sub_department.unwrap_or(item.department);
    Err(Refusal::AboveMaxPrice { price, max, department, currency })
}

/// The price of one by the total of a label.
fn labelled_price(total: Money, on_label: Quantity, currency: &Currency) -> Result<UnitPrice, AmountError> {
    let price = currency.decimal(total).checked_div(on_label.decimal()).ok_or(AmountError::TooLarge)?;
    UnitPrice::try_new(Rounding::HalfUp.round(price, PRICE_DIGITS))
}

/// Counts what the document holds already (D-DOC-15), so that a repeat is checked like a first sale. `wanted` is
/// what the document would hold in addition.
pub(super) fn check_stock(decision: &Decision<'_>, item: &Sellable, wanted: Decimal) -> Result<(), Refusal> {
    let Some(product) = item.product else { return Ok(()) };
    let kept = decision.facts.stock.iter().find(|(known, _)| *known == product);
    let Some((_, stock)) = kept else { return Ok(()) };
    let document = decision.document()?;
    if item.permissions.negative_stock || document.kind == Kind::Quote {
        return Ok(());
    }
    let held = held(document, product);
    let available = (stock - held).max(Decimal::ZERO);
    if wanted > available {
        return Err(Refusal::OutOfStock { code: item.code.clone(), available, held, wanted });
    }
    Ok(())
}

/// How much of a product a document holds.
pub(super) fn held(document: &Document, product: ProductId) -> Decimal {
    let of_product = document.active_lines().filter(|line| line.item.product == Some(product));
    of_product.map(|line| line.quantity.decimal()).sum()
}

/// The days a thing sold now may be brought back within: its own, else the store's.
pub(super) fn return_days(decision: &Decision<'_>, item: &Sellable) -> Option<u16> {
    item.return_days.or(decision.facts.policy.return_days)
}

/// Copies a line as a new last line: same quantity, price and adjustments.
pub(super) fn repeat(decision: &mut Decision<'_>, no: LineNo) -> Result<(), Refusal> {
    let line = decision.line(containers::goods_of(decision, no)?)?.clone();
    refuse_share_of_sale(&line)?;
    if !decision.document()?.kind.pays_out() {
        check_stock(decision, &line.item, line.quantity.decimal())?;
        dates::check(decision, &line.item, (line.quantity, line.quantity.decimal()), line.expiry)?;
    }
    let no = next_line(decision)?;
    let line = LineItem { no, serials: Vec::new(), ..line };
    let authority = decision.authorise_if(takes_approval(decision, &line)?)?;
    let price_override = line.price_override.map(|known| PriceOverride { authority, ..known });
    let adjustments = line.adjustments.into_iter().map(|known| LineAdjustment { authority, ..known });
    let adjustments = adjustments.collect();
    emit_line(decision, LineItem { price_override, adjustments, authority, ..line })?;
    containers::charge(decision, no)
}

/// Whether goods like these take a manager's word, whoever gave it for those before: an approval serves the goods it
/// was given for.
fn takes_approval(decision: &Decision<'_>, line: &LineItem) -> Result<bool, Refusal> {
    let document = decision.document()?;
    let is_purchase = document.kind == Kind::Purchase;
    // A price is quoted for what was quoted: more of it below the list price, or below cost, is another decision.
    let is_quoted = line.price_source == PriceSource::Quoted;
    let is_override = line.price_override.is_some() || (is_quoted && line.unit_price < line.list_price);
    let source = if is_quoted { PriceSource::Typed } else { line.price_source };
    let is_guarded = !is_purchase && is_below_cost(decision, &line.item, line.unit_price, source);
    let is_refund = containers::takes_approval(decision, document, line);
    let mut anew = line.clone();
    anew.adjustments.iter_mut().for_each(|known| known.authority = decision.own_word());
    let is_for_others =
        adjusting::outgrows(decision, document) || adjusting::is_above_limit_with_document(decision, &anew)?;
    Ok(is_override || is_guarded || is_refund || is_for_others || adjusting::is_above_limit(decision, &anew)?)
}

/// Whether so much is taken back that a manager has to agree.
pub(super) fn is_above_void_limit(decision: &Decision<'_>, amount: Money) -> bool {
    decision.facts.limits.void_line.is_some_and(|limit| amount > limit)
}

/// What was taken off lines by selling less of them, and no manager agreed to: it counts together with what is taken off
/// now, so that a large void does not pass in small ones.
pub(super) fn reduced_alone(document: &Document, is_meant: impl Fn(LineNo) -> bool) -> Money {
    let alone = document.reductions.iter().filter(|known| known.authority.approved_by.is_none());
    alone.filter(|known| is_meant(known.line)).map(|known| known.amount).sum()
}

/// Takes a line back with the containers that were charged or came back with it; with the last one the document is
/// cancelled.
pub(super) fn void(decision: &mut Decision<'_>, no: LineNo, why: Option<&str>) -> Result<(), Refusal> {
    let line = decision.line(containers::goods_of(decision, no)?)?.clone();
    let document = decision.document()?;
    let brought = containers::brought_with(decision, &line)?;
    let (kept, brought): (Vec<_>, Vec<_>) = brought.into_iter().partition(|one| !one.beside.is_zero());
    let charged = containers::with(document, line.no).cloned();
    let voided: Vec<LineItem> =
        [line].into_iter().chain(charged).chain(brought.into_iter().map(|one| one.container)).collect();
    let total: Money = voided.iter().map(|line| line.total).sum();
    let before = reduced_alone(document, |no| voided.iter().any(|line| line.no == no));
    let is_above_limit = is_above_void_limit(decision, total + before);
    let reason = decision.why(why)?;
    let is_last = document.active_lines().count() == voided.len();
    if is_last {
        ending::refuse_tenders(decision, document)?;
    }
    let ends = is_last && document.exchange.is_none();
    let needed = is_above_limit || (ends && ending::is_above_limit(decision, document));
    let authority = decision.authorise_if(needed)?;
    let void = Void { reason: reason.clone(), authority };
    for line in &voided {
        decision.emit(Event::LineVoided { line: line.no, void: void.clone() });
    }
    if ends {
        ending::emit_cancelled(decision, authority, CancelCause::Cashier, reason);
        return Ok(());
    }
    refunding::after_void(decision, &voided, &kept)?;
    decision.check_totals()?;
    decision.check_paid()?;
    decision.complete_if_settled()
}

/// Sells more or less of a line; less is a void of the difference.
pub(super) fn change_quantity(
    decision: &mut Decision<'_>,
    no: LineNo,
    quantity: Quantity,
) -> Result<(), Refusal> {
    let line = decision.line(containers::goods_of(decision, no)?)?.clone();
    let no = line.no;
    if line.price_source == PriceSource::Original {
        return refunding::change_quantity(decision, &line, quantity);
    }
    refuse_label(&line)?;
    if !line.item.unit.allows(quantity) {
        return Err(not_allowed(&line.item, quantity));
    }
    if !decision.document()?.kind.pays_out() {
        let more = quantity.decimal() - line.quantity.decimal();
        check_stock(decision, &line.item, more)?;
        dates::check(decision, &line.item, (quantity, more), line.expiry)?;
    }
    check_quantity(decision, &line.item.name, Some(quantity))?;
    refuse_nothing(decision, &line.item, (line.unit_price, line.price_source), quantity)?;
    let document = decision.document()?;
    line.unit_price.times(quantity, &document.currency, Rounding::HalfUp)?;
    let with_quantity = |line: &LineItem| {
        let mut changed = LineItem { quantity, ..line.clone() };
        pricing::price_line(&mut changed, &document.currency, document.min_line_total);
        changed
    };
    let changed = with_quantity(&line);
    let containers = containers::with(document, no);
    let of_containers: Money = containers.map(|known| known.total - with_quantity(known).total).sum();
    let before = reduced_alone(document, |reduced| {
        reduced == no || document.line(reduced).is_some_and(|line| line.container_of == Some(no))
    });
    // An amount taken off ten pieces may be more than a cashier may take off one.
    let needed = adjusting::is_above_limit(decision, &changed)?
        || if quantity < line.quantity {
            is_above_void_limit(decision, line.total - changed.total + of_containers + before)
        } else {
            quantity > line.quantity && takes_approval(decision, &changed)?
        };
    let authority = decision.authorise_if(needed)?;
    decision.emit(Event::QuantityChanged { line: no, quantity, authority });
    containers::change_with(decision, no, quantity, authority)?;
    decision.check_totals()?;
    decision.check_paid()?;
    decision.complete_if_settled()
}

/// Sells a line at another price; a manager's decision.
pub(super) fn override_price(
    decision: &mut Decision<'_>,
    no: LineNo,
    price: UnitPrice,
    why: Option<&str>,
) -> Result<(), Refusal> {
    let no = containers::goods_of(decision, no)?;
    let line = decision.line(no)?;
    refuse_share_of_sale(line)?;
    refuse_label(line)?;
    if price.is_zero() && line.item.price_rule == PriceRule::Fixed && line.item.product.is_some() {
        return Err(Refusal::PriceNeeded { code: line.item.code.clone() });
    }
    check_max_price(decision, &line.item, price, PriceSource::Override)?;
    refuse_nothing(decision, &line.item, (price, PriceSource::Override), line.quantity)?;
    price.times(line.quantity, &decision.document()?.currency, Rounding::HalfUp)?;
    let reason = decision.why(why)?;
    let authority = decision.authorise_if(true)?;
    let price_override = PriceOverride { reason, authority };
    decision.emit(Event::PriceOverridden { line: no, price, price_override });
    decision.check_totals()?;
    decision.check_paid()?;
    decision.complete_if_settled()
}

/// A share of a sold line is worth what it is worth; it can be voided, not changed.
pub(super) fn refuse_share_of_sale(line: &LineItem) -> Result<(), Refusal> {
    if line.price_source == PriceSource::Original {
        return Err(Refusal::ShareOfSale { line: line.no });
    }
    Ok(())
}

/// A total that a label states is not multiplied anew.
fn refuse_label(line: &LineItem) -> Result<(), Refusal> {
    if line.fixed_gross.is_some() { Err(Refusal::PriceOnLabel { line: line.no }) } else { Ok(()) }
}
