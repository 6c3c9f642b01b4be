//! Deciding: a command against a draft. Everything a cashier may and may not do is answered here.
//!
//! A decision keeps a trial state beside its events: each event is applied as it is emitted, so that later checks
//! see what the document would become. Nothing outside changes until the caller commits the events.

use alloc::{string::String, vec::Vec};
use core::cell::Cell;

use super::{
    CancelCause, Command, Document, Draft, Event, Facts, Kind, Refusal, State, TaxExemption, evolve,
};
use crate::{
    adjustment::{AdjustmentKind, AdjustmentValue, DocumentAdjustment},
    authority::Authority,
    basket::LineItem,
    cashier::{Approval, Capability, authorise},
    catalog::is_unprintable,
    ids::{AdjustmentNo, LineNo},
    money::{AmountIn, Money},
};

mod adjusting;
mod ages;
mod containers;
mod dates;
mod details;
mod ending;
mod exchanging;
mod foreign;
mod lines;
mod opening;
mod paying;
mod paying_out;
mod pieces;
mod promoting;
mod refunding;
mod suspending;
mod vouchers;

/// Decides a command against the open document, or against none.
///
/// # Errors
/// Then nothing has changed. Of any command: [`Refusal::ApprovalNeeded`] for what the cashier may not do alone,
/// [`Refusal::ReasonNeeded`] where the store wants to know why, [`Refusal::NoDocument`] or [`Refusal::DocumentOpen`] where
/// it needs an open document or an empty till, [`Refusal::WrongKind`] on a document that does not allow it,
/// [`Refusal::NotLookedUp`] where the facts it works on were left out, [`Refusal::Amount`], [`Refusal::BadText`] and
/// [`Refusal::UnprintableText`] for what is out of bounds. What else stands against selling, pricing, paying or bringing back is said by its variant.
pub fn decide(draft: Option<&Draft>, command: &Command, facts: Facts<'_>) -> Result<Vec<Event>, Refusal> {
    run(draft, command, facts).map(|decided| decided.events)
}

/// What was decided: the events, the state they lead to, and the name that a document was put aside under.
pub(crate) struct Decided {
    pub(crate) events: Vec<Event>,
    pub(crate) state: State,
    pub(crate) suspended_name: Option<String>,
}

/// [`decide`], with all that was decided.
pub(crate) fn run(
    draft: Option<&Draft>,
    command: &Command,
    mut facts: Facts<'_>,
) -> Result<Decided, Refusal> {
    let approval = facts.approval.take();
    let facts = &facts;
    let state = draft.map_or(State::Idle, |draft| State::Draft(alloc::boxed::Box::new(draft.clone())));
    let mut decision = Decision {
        facts,
        approval: approval.as_ref(),
        before: draft.map(Draft::document),
        state,
        events: Vec::new(),
        suspended_name: None,
        is_approved: Cell::new(false),
        intended: None,
        asked: Asked::No,
    };
    if !facts.cashier.may(Capability::Sell) {
        return Err(Refusal::ApprovalNeeded { capability: Capability::Sell });
    }
    decision.refuse_while_change_is_due(command)?;
    decision.dispatch(command)?;
    promoting::check(&decision)?;
    decision.check_totals()?;
    decision.explain_approval()?;
    let Decision { events, state, suspended_name, .. } = decision;
    Ok(Decided { events, state, suspended_name })
}

/// A decision in the making.
struct Decision<'a> {
    facts: &'a Facts<'a>,
    /// It is spent with this decision, whatever comes of it.
    approval: Option<&'a Approval>,
    /// The open document as the command found it.
    before: Option<&'a Document>,
    state: State,
    events: Vec<Event>,
    suspended_name: Option<String>,
    /// Whether an event stands on the approval.
    is_approved: Cell<bool>,
    /// What the tender of this command was to pay when campaigns judged it last.
    intended: Option<Money>,
    /// Whether campaigns were asked in this decision.
    asked: Asked,
}

/// Whether campaigns were asked in a decision, and what they answered.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Asked {
    /// They were not.
    No,
    /// They answered what they had before.
    Alike,
    /// They answered otherwise, at least once.
    Otherwise,
}

impl Decision<'_> {
    fn dispatch(&mut self, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::Open(open) => opening::open(self, *open),
            Command::AddLine(add) => lines::add(self, add),
            Command::ReturnLine(back) => refunding::take_back(self, back),
            Command::TakeEmpties { quantity, .. } => containers::take_empties(self, *quantity),
            Command::VoidEmpties { line, reason } => containers::void_empties(self, *line, reason.as_deref()),
            Command::TakeBack { lines } => refunding::take_all_back(self, lines),
            Command::RepeatLine { line } => lines::repeat(self, *line),
            Command::VoidLine { line, reason } => lines::void(self, *line, reason.as_deref()),
            Command::ChangeQuantity { line, quantity } => lines::change_quantity(self, *line, *quantity),
            Command::NamePieces { line, serials } => pieces::name(self, *line, serials),
            Command::OverridePrice { line, price, reason } => {
                lines::override_price(self, *line, *price, reason.as_deref())
            }
            Command::AdjustLine { line, adjust } => adjusting::line(self, *line, adjust),
            Command::AdjustDocument { adjust, source, code } => {
                adjusting::document(self, adjust, source, code.as_deref())
            }
            Command::RemoveAdjustment { adjustment } => adjusting::remove(self, *adjustment),
            Command::RedeemPoints { points, amount } => adjusting::redeem(self, *points, *amount),
            Command::EnterCoupon { entered } => promoting::enter(self, entered),
            Command::ReleaseCoupon { coupon } => promoting::release(self, *coupon),
            Command::AddNote { kind, line, text, on_receipt } => {
                details::note(self, *kind, *line, text, *on_receipt)
            }
            Command::AssignCustomer => details::customer(self),
            Command::ExemptTax { reason, kind, certificate } => {
                details::exempt(self, reason, *kind, certificate.as_deref())
            }
            Command::TakeTender(take) => paying::take(self, take),
            Command::ResolveTender { tender, approved, authorisation } => {
                paying::resolve(self, *tender, *approved, authorisation.as_deref())
            }
            Command::VoidTender { tender, reason, reversal } => {
                paying::void(self, *tender, reason.as_deref(), reversal.as_deref())
            }
            Command::GiveChange => paying::give_change(self),
            Command::Close => ending::close(self),
            Command::Suspend { name } => suspending::suspend(self, name.as_deref()),
            Command::Resume => suspending::resume(self),
            Command::Cancel { reason } => ending::cancel(self, reason.as_deref()),
            Command::CancelSuspended { reason } => suspending::cancel_suspended(self, reason.as_deref()),
            Command::ExchangeForSale => exchanging::exchange(self),
            Command::MoveCash { kind, amount, reason } => opening::move_cash(self, *kind, *amount, reason),
            Command::OpenDrawer { reason } => ending::open_drawer(self, reason.as_deref()),
        }
    }

    /// Applies an event to the trial state and keeps it, with what campaigns make of it.
    fn emit(&mut self, event: Event) {
        let is_priced_anew = promoting::depends_on(&event);
        self.apply(event);
        if is_priced_anew {
            promoting::price(self, None);
        }
    }

    fn apply(&mut self, event: Event) {
        self.state = evolve(core::mem::take(&mut self.state), &event);
        self.events.push(event);
    }

    fn draft(&self) -> Option<&Document> {
        self.state.draft().map(Draft::document)
    }

    fn document(&self) -> Result<&Document, Refusal> {
        self.draft().ok_or(Refusal::NoDocument)
    }

    /// The open document, which must have an active line.
    fn with_lines(&self) -> Result<&Document, Refusal> {
        let document = self.document()?;
        if document.active_lines().next().is_none() { Err(Refusal::NoLines) } else { Ok(document) }
    }

    fn line(&self, no: LineNo) -> Result<&LineItem, Refusal> {
        let line = self.document()?.line(no).filter(|line| line.is_active());
        line.ok_or(Refusal::NoSuchLine { line: no })
    }

    /// The cashier's own word.
    fn own_word(&self) -> Authority {
        Authority { cashier: self.facts.cashier.id, approved_by: None }
    }

    /// The cashier's own word, or a manager's where `needed`; an approval that was not needed is not recorded.
    fn authorise_if(&self, needed: bool) -> Result<Authority, Refusal> {
        if !needed {
            return Ok(self.own_word());
        }
        let authority = authorise(self.facts.cashier, self.approval, Capability::Override)
            .map_err(|capability| Refusal::ApprovalNeeded { capability })?;
        self.is_approved.set(self.is_approved.get() || authority.approved_by.is_some());
        Ok(authority)
    }

    /// Keeps why the approver agreed, where somebody had to and said it.
    fn explain_approval(&mut self) -> Result<(), Refusal> {
        if let Some(approval) = self.approval.filter(|_| self.is_approved.get())
            && let Some(reason) = reason(approval.reason())?
        {
            self.emit(Event::ApprovalExplained { by: approval.by(), reason });
        }
        Ok(())
    }

    /// Why something is taken back, priced by hand, given back or closed without effect: people say it where the store
    /// wants it said, the till by itself never does.
    fn why(&self, entered: Option<&str>) -> Result<Option<String>, Refusal> {
        let is_needed = self.facts.policy.reasons.needed && self.facts.cause == CancelCause::Cashier;
        match reason(entered)? {
            None if is_needed => Err(Refusal::ReasonNeeded),
            why => Ok(why),
        }
    }

    fn money(&self, amount: Money) -> AmountIn {
        self.draft().map_or(self.facts.till.currency, |document| document.currency).amount(amount)
    }

    /// While change waits for its key, only it, taking a tender back or a provider's answer goes on. Where a discount
    /// is cut, what is due as change is not known before that is taken back.
    fn refuse_while_change_is_due(&self, command: &Command) -> Result<(), Refusal> {
        let due = self.draft().map_or(Money::ZERO, change_due);
        let is_cut = self.draft().is_some_and(is_cut);
        let goes_on = matches!(
            command,
            Command::GiveChange
                | Command::VoidTender { .. }
                | Command::ResolveTender { .. }
                | Command::AddNote { .. }
                | Command::OpenDrawer { .. }
        ) || (is_cut && matches!(command, Command::RemoveAdjustment { .. }));
        if due.is_positive() && !goes_on {
            return Err(Refusal::ChangeDue { change: self.money(due) });
        }
        Ok(())
    }

    /// What must hold of a document after every command.
    fn check_totals(&self) -> Result<(), Refusal> {
        let Some(document) = self.draft() else { return Ok(()) };
        let totals = &document.totals;
        totals.total.bounded()?;
        totals.net_due.bounded()?;
        totals.paid.bounded()?;
        document.active_lines().try_for_each(|line| self.check_amounts_off(line))?;
        // A discount that was cut before stands in nobody's way: whatever else is done, it stays cut until there is
        // room for it or it is taken back, and until then the document is not settled.
        if self.events.iter().any(may_cut) {
            return Ok(());
        }
        let was_cut =
            |no: AdjustmentNo| self.before.is_some_and(|before| cut(before).any(|(known, _)| known.no == no));
        // Points follow the basket: what of an earlier redemption there is no room for goes back to whoever spends them. A
        // payment that earns more off than is left beside them is no change of the basket.
        let pays = self.events.iter().any(|event| matches!(event, Event::TenderTaken { .. }));
        let was_redeemed = |known: &DocumentAdjustment| {
            let mut stood = self.before.into_iter().flat_map(|before| &before.adjustments);
            !pays && known.source.points().is_some() && stood.any(|earlier| earlier.no == known.no)
        };
        self.refuse_any(cut(document).find(|(known, _)| !was_cut(known.no) && !was_redeemed(known)))
    }

    /// Refuses to settle a document with a discount that there is no room for.
    fn refuse_cut(&self) -> Result<(), Refusal> {
        self.refuse_any(self.draft().and_then(|document| cut(document).next()))
    }

    fn refuse_any(&self, cut: Option<(&DocumentAdjustment, Money)>) -> Result<(), Refusal> {
        let Some((discount, entered)) = cut else { return Ok(()) };
        Err(Refusal::DiscountExceedsTotal {
            discount: self.money(entered),
            total: self.money(discount.amount),
        })
    }

    /// An amount off a line is never cut, but for the least that the line must still cost.
    fn check_amounts_off(&self, line: &LineItem) -> Result<(), Refusal> {
        let mut left = line.gross;
        for adjustment in &line.adjustments {
            match (adjustment.kind, adjustment.value) {
                (AdjustmentKind::Discount, AdjustmentValue::Amount(entered)) if entered > left => {
                    return Err(Refusal::DiscountExceedsTotal {
                        discount: self.money(entered),
                        total: self.money(left),
                    });
                }
                (AdjustmentKind::Discount, _) => left -= adjustment.amount,
                (AdjustmentKind::Surcharge, _) => left += adjustment.amount,
            }
        }
        Ok(())
    }

    /// Refuses when lowering what is due left more paid, or asked of a provider, than that.
    fn check_paid(&self) -> Result<(), Refusal> {
        let Some(document) = self.draft() else { return Ok(()) };
        let (promised, balance) = (document.promised(), document.balance());
        let paid = document.totals.paid + promised;
        if paid.is_positive() && balance < promised {
            let due = balance + document.totals.paid;
            return Err(Refusal::PaidExceedsDue { paid: self.money(paid), due: self.money(due) });
        }
        Ok(())
    }

    /// Completes a document whose tenders now pay exactly what is due. An order waits to be closed by hand, since
    /// its goods may not be there yet.
    fn complete_if_settled(&mut self) -> Result<(), Refusal> {
        // What campaigns were not asked for holds no longer than until the sale is over (D31).
        let is_unasked = self.asked == Asked::No && self.events.iter().any(promoting::settles_unasked);
        if is_unasked && self.is_settled() {
            promoting::price(self, None);
            self.check_totals()?;
            self.check_paid()?;
        }
        if self.is_settled() {
            ending::complete(self)?;
        }
        Ok(())
    }

    fn is_settled(&self) -> bool {
        let Some(document) = self.draft() else { return false };
        let is_paid =
            document.counted_tenders().chain(document.goods_back().counted_tenders()).next().is_some();
        let waits = document.pending_tender().is_some() || is_cut(document);
        is_paid && !waits && document.balance().is_zero() && !document.kind.takes_deposits()
    }
}

/// The discounts of an amount that there is no room for, each with the amount: they are cut to what is there.
fn cut(document: &Document) -> impl Iterator<Item = (&DocumentAdjustment, Money)> {
    document.adjustments.iter().filter_map(|known| match (known.kind, known.value) {
        (AdjustmentKind::Discount, AdjustmentValue::Amount(entered)) if known.amount < entered => {
            Some((known, entered))
        }
        _ => None,
    })
}

fn is_cut(document: &Document) -> bool {
    cut(document).next().is_some()
}

/// Whether an event may leave a discount cut. A parked document opens whatever campaigns leave of it; and what is taken
/// back is taken back, what a provider answered is answered, whatever campaigns make of that.
const fn may_cut(event: &Event) -> bool {
    matches!(
        event,
        Event::DocumentResumed { .. }
            | Event::AdjustmentRemoved { .. }
            | Event::TenderVoided { .. }
            | Event::TenderResolved { .. }
            | Event::TenderTaken { takes_back: Some(_), .. }
    )
}

/// What is to be handed back: paid beyond what is due, on a document that takes money.
fn change_due(document: &Document) -> Money {
    if document.kind.pays_out() || !document.totals.paid.is_positive() {
        return Money::ZERO;
    }
    (-document.balance()).or_zero()
}

/// A text a person typed: trimmed, 1 to `max` characters, each of which can be printed.
fn text(entered: &str, max: usize) -> Result<String, Refusal> {
    let entered = entered.trim();
    if entered.is_empty() || entered.chars().count() > max {
        return Err(Refusal::BadText { max });
    }
    match entered.chars().find(|character| is_unprintable(*character)) {
        Some(bad) => Err(Refusal::UnprintableText { code_point: u32::from(bad) }),
        None => Ok(entered.into()),
    }
}

/// The longest reason, in characters.
const LONGEST_REASON: usize = 200;

/// The longest name of a provider, reference of a payment or authorisation, in characters.
const LONGEST_REFERENCE: usize = 64;

/// A reason, where one was given.
fn reason(entered: Option<&str>) -> Result<Option<String>, Refusal> {
    entered.map(|entered| text(entered, LONGEST_REASON)).transpose()
}

fn wrong_kind<T>(kind: Kind) -> Result<T, Refusal> {
    Err(Refusal::WrongKind { kind })
}

/// The exemption a document of its type begins with.
fn exemption_of_type(is_diplomatic: bool, authority: Authority) -> Option<TaxExemption> {
    let reason = || "diplomatic".into();
    is_diplomatic.then(|| TaxExemption { reason: reason(), kind: None, certificate: None, authority })
}
