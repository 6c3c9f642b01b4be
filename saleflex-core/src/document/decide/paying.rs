//! Taking tenders: amounts, caps, change, cash rounding, providers' answers, tenders taken back.

use alloc::{boxed::Box, vec::Vec};

use super::{
    Decision, LONGEST_REFERENCE, change_due, details, ending, foreign, is_cut, paying_out, pieces, promoting,
    refunding, vouchers, wrong_kind,
};
use crate::{
    authority::Void,
    document::{
        ChangeMode, CustomerFacts, Document, Event, IntendedTender, Kind, Refusal, TakeTender, evolve,
    },
    ids::TenderNo,
    money::{AmountError, Money, Rounding},
    tender::{Direction, Tender, TenderDetails, TenderKind, TenderStatus},
};

/// Takes a tender, or pays one out where the shop owes.
pub(super) fn take(decision: &mut Decision<'_>, take: &TakeTender) -> Result<(), Refusal> {
    let is_cash = take.kind == TenderKind::Cash;
    let Some(document) = decision.draft().filter(|document| document.active_lines().next().is_some()) else {
        // The cash key with nothing rung up only opens the drawer.
        let is_drawer_only = is_cash && take.tip.is_none();
        return if is_drawer_only { ending::open_drawer(decision, None) } else { Err(Refusal::NoLines) };
    };
    if document.kind == Kind::Quote || document.document_type.is_delivery() {
        return wrong_kind(document.kind);
    }
    decision.refuse_cut()?;
    check_kind(take, document)?;
    check_rate(decision, take)?;
    check_details(take)?;
    details::check_buyer(decision, document)?;
    if document.kind.takes_deposits() {
        pieces::check_here(decision, document)?;
    } else {
        pieces::check_named(decision, document)?;
    }
    refunding::settle(decision)?;
    let document = decision.document()?;
    refunding::check_shares(decision, document)?;
    let whole = vouchers::taken_whole(decision, document, take)?;
    let take = whole.as_ref().unwrap_or(take);
    if document.balance().is_positive() {
        // Where all of it is asked for already nothing is left to be priced by the way it is paid.
        if !document.kind.pays_out() {
            unpromised(document, document.balance())?;
        }
        price_with(decision, take)?;
        decision.check_totals()?;
        decision.check_paid()?;
    }
    let document = decision.document()?;
    let balance = document.balance();
    check_tip(decision, document, take)?;
    if document.kind.pays_out() || (document.exchange.is_some() && balance.is_negative()) {
        return paying_out::pay_out(decision, take);
    }
    if !balance.is_positive() {
        let is_drawer_only = is_cash && !document.takes_tenders();
        return if is_drawer_only { ending::open_drawer(decision, None) } else { Err(Refusal::AlreadyPaid) };
    }
    let balance = unpromised(document, balance)?;
    let tender = incoming(decision, document, take, balance)?;
    decision.emit(Event::TenderTaken { tender: Box::new(tender), takes_back: None });
    after_tender(decision)
}

/// What is left of a balance when those who were asked for part of it pay; what was asked for once is not asked
/// for again before the answer.
pub(super) fn unpromised(document: &Document, balance: Money) -> Result<Money, Refusal> {
    let left = balance - document.promised();
    match document.tenders.iter().find(|tender| tender.is_pending()) {
        Some(waiting) if !left.is_positive() => Err(Refusal::TenderPending { tender: waiting.no }),
        _ => Ok(left),
    }
}

/// What happens once a tender counts, or does not any more: change, and completion.
fn after_tender(decision: &mut Decision<'_>) -> Result<(), Refusal> {
    let document = decision.document()?;
    let waits = document.pending_tender().is_some() || is_cut(document);
    if change_due(document).is_positive() && decision.facts.policy.change_mode == ChangeMode::Auto && !waits {
        return give_change(decision);
    }
    decision.complete_if_settled()
}

/// What a balance comes to in a tender: cash is rounded to coins.
fn due(document: &Document, kind: TenderKind, balance: Money) -> Money {
    if kind != TenderKind::Cash {
        return balance;
    }
    balance.to_step(document.currency.cash_step(), Rounding::HalfUp)
}

/// Prices the document as if the tender had been taken. Who offers less than is due before the discount that the way to
/// pay earns, and as much as is due after it, pays all of it: exactly that, or more where change may be given back, or where
/// a card was asked for everything and holds that much.
fn price_with(decision: &mut Decision<'_>, take: &TakeTender) -> Result<(), Refusal> {
    let document = decision.document()?;
    let asked = intended(document, take)?;
    let mut all = IntendedTender { amount: document.balance() - document.promised(), ..asked };
    let held = held(take).unwrap_or(Money::MAX);
    let mut judged = IntendedTender { amount: asked.amount.min(held), ..asked };
    // Whoever is to pay the rest pays that too which the way to pay takes away, such as what is given to others alone.
    if take.amount.is_none()
        && take.foreign.is_none()
        && let Some(left) = promoting::left_unearned(decision, asked).filter(|left| *left > all.amount)
    {
        all.amount = left;
        judged.amount = left.min(held);
    }
    if judged.amount < all.amount
        && let Some(left) = promoting::left_with(decision, all)
    {
        let due = due(document, take.kind, left);
        let may_exceed = asked.amount >= all.amount || may_give(decision, take.kind, judged.amount - due);
        if due.is_positive() && (judged.amount == due || judged.amount > due && may_exceed) {
            judged = all;
        }
    }
    promoting::price_until(decision, Some(judged), is_asked_later(decision, take));
    Ok(())
}

/// Whether what completes the document may be another command than that which takes a tender, at another hour.
fn is_asked_later(decision: &Decision<'_>, take: &TakeTender) -> bool {
    take.pending || decision.facts.policy.change_mode == ChangeMode::Key
}

/// What a gift card can pay at most, where its balance is known.
fn held(take: &TakeTender) -> Option<Money> {
    let is_card = take.kind == TenderKind::PrepaidCard;
    take.details.balance_before.filter(|_| is_card).map(Money::or_zero)
}

/// Whether a tender of a kind may give so much change.
fn may_give(decision: &Decision<'_>, kind: TenderKind, change: Money) -> bool {
    let policy = decision.facts.policy;
    policy.gives_change(kind) && policy.change_limit(kind).is_none_or(|limit| change <= limit)
}

/// A tender as campaigns judge it before its amount is fixed (D25): what is offered beyond the balance pays no
/// larger share of it.
fn intended(document: &Document, take: &TakeTender) -> Result<IntendedTender, Refusal> {
    let left = (document.balance() - document.promised()).max(Money::ZERO);
    let due = due(document, take.kind, left);
    let offered = offered(document, take, due, Direction::In)?;
    let amount = if offered < due { offered } else { left };
    Ok(IntendedTender {
        no: evolve::next_tender(document, document.exchange.as_deref()),
        kind: take.kind,
        amount,
    })
}

/// The tender as it will stand on the document.
fn incoming(
    decision: &Decision<'_>,
    document: &Document,
    take: &TakeTender,
    balance: Money,
) -> Result<Tender, Refusal> {
    let policy = decision.facts.policy;
    if !policy.tenders.contains(&take.kind) {
        return Err(Refusal::TenderNotAccepted { kind: take.kind });
    }
    let is_cash = take.kind == TenderKind::Cash;
    let due = due(document, take.kind, balance);
    let offered = match take.amount {
        // The exact amount, typed, is what coins make of it.
        Some(amount) if is_cash && amount == balance => due,
        _ => offered(document, take, due, Direction::In)?,
    };
    if is_cash {
        check_coins(decision, document, offered)?;
    }
    let mut amount = accepted(decision, take.kind, offered, due)?;
    check_change(decision, take, amount, due)?;
    let mut details = take.details.clone();
    details.rest = None;
    if let Some(held) = held(take) {
        amount = amount.min(held);
        let rest = vouchers::rest_of(decision, document, take, held - amount)?;
        details.balance_after = Some(if rest.is_some() { Money::ZERO } else { held - amount });
        details.rest = rest.map(Box::new);
    }
    // Coins cannot pay two pence where the smallest is five: such a balance is settled by a tender of nothing.
    let may_be_nothing = is_cash && due.is_zero();
    if !(amount.is_positive() || may_be_nothing) {
        return Err(AmountError::TooSmall.into());
    }
    check_customer(document, take.kind)?;
    check_account(decision, document, take.kind, amount)?;
    Ok(Tender {
        no: evolve::next_tender(document, document.exchange.as_deref()),
        kind: take.kind,
        direction: Direction::In,
        amount,
        rounding: if is_cash && amount >= due { due - balance } else { Money::ZERO },
        change: Money::ZERO,
        status: if take.pending { TenderStatus::Pending } else { TenderStatus::Approved },
        asked_at: is_asked_later(decision, take).then_some(decision.facts.moment),
        judged_as: decision.intended.filter(|judged| *judged != amount),
        closure: decision.facts.till.closure,
        taken_by: decision.facts.cashier.id,
        approved_by: None,
        foreign: take.foreign,
        tip: take.tip,
        details,
        refunds: None,
        paid_with: Vec::new(),
        sets_off: false,
        reversal: None,
        void: None,
    })
}

/// What was put on the counter, in the document's currency.
pub(super) fn offered(
    document: &Document,
    take: &TakeTender,
    due: Money,
    direction: Direction,
) -> Result<Money, Refusal> {
    let offered = match (take.foreign, take.amount) {
        (Some(notes), _) => foreign::worth(document, notes, direction)?,
        (None, Some(amount)) => amount,
        (None, None) => due,
    };
    if offered.is_negative() { Err(AmountError::TooSmall.into()) } else { Ok(offered.bounded()?) }
}

/// Refuses an amount in cash that coins cannot make.
pub(super) fn check_coins(
    decision: &Decision<'_>,
    document: &Document,
    amount: Money,
) -> Result<(), Refusal> {
    let step = document.currency.cash_step();
    if amount.to_step(step, Rounding::Down) == amount {
        return Ok(());
    }
    Err(Refusal::NotInCoins { amount: decision.money(amount), step: decision.money(step) })
}

/// How much of it is accepted: all where change may be given, the balance where the tender is charged by us.
fn accepted(decision: &Decision<'_>, kind: TenderKind, offered: Money, due: Money) -> Result<Money, Refusal> {
    if offered <= due {
        return Ok(offered);
    }
    let policy = decision.facts.policy;
    let refuse = |limit| Refusal::TooMuchChange {
        kind,
        limit: decision.money(limit),
        change: decision.money(offered - due),
    };
    match policy.change_limit(kind) {
        _ if !policy.gives_change(kind) && kind.gives_change() => Err(refuse(Money::ZERO)),
        _ if !policy.gives_change(kind) => Ok(due),
        Some(limit) if offered - due > limit => Err(refuse(limit)),
        _ => Ok(offered),
    }
}

/// Asks again for notes and coins that give back more than anybody hands over: a slip of the keys, or a barcode
/// taken for an amount.
fn check_change(
    decision: &Decision<'_>,
    take: &TakeTender,
    offered: Money,
    due: Money,
) -> Result<(), Refusal> {
    let is_in_hand = matches!(take.kind, TenderKind::Cash | TenderKind::ForeignCurrency);
    let limit = decision.facts.policy.most_change.limit(&decision.facts.till.currency);
    let Some(limit) = limit.filter(|limit| is_in_hand && !take.counted && offered - due > *limit) else {
        return Ok(());
    };
    Err(Refusal::ChangeDoubted {
        kind: take.kind,
        offered: decision.money(offered),
        due: decision.money(due),
        change: decision.money(offered - due),
        limit: decision.money(limit),
    })
}

/// Credit and accounts need to know whose.
pub(super) fn check_customer(document: &Document, kind: TenderKind) -> Result<(), Refusal> {
    let is_known = document.customer.is_some() || !kind.needs_customer();
    if is_known { Ok(()) } else { Err(Refusal::CustomerNeeded { kind }) }
}

/// A customer without a limit has no account.
pub(super) fn check_has_account(
    decision: &Decision<'_>,
    document: &Document,
    kind: TenderKind,
) -> Result<(), Refusal> {
    let of_document = |customer: &CustomerFacts| document.customer == Some(customer.id);
    let account = decision.facts.customer.filter(of_document);
    let has_account = account.is_some_and(|account| account.account_limit.is_some());
    if has_account || kind != TenderKind::OnAccount { Ok(()) } else { Err(Refusal::NoAccount) }
}

/// An account stretches as far as its limit. Store credit is what the shop owes on it, and where a limit was agreed on,
/// what may be bought on credit; without one it stretches as far as what goods that came back left there.
fn check_account(
    decision: &Decision<'_>,
    document: &Document,
    kind: TenderKind,
    amount: Money,
) -> Result<(), Refusal> {
    if !kind.needs_customer() {
        return Ok(());
    }
    check_has_account(decision, document, kind)?;
    let Some(account) = decision.facts.customer else { return Err(Refusal::CustomerNeeded { kind }) };
    let limit = account.account_limit.unwrap_or_default();
    let pledged: Money = document.pledged_tenders().map(Tender::adds_to_account).sum();
    let owed = account.account_balance.bounded()? + pledged;
    if owed + amount > limit {
        return Err(Refusal::AccountLimit {
            limit: decision.money(limit),
            owed: decision.money(owed),
            amount: decision.money(amount),
        });
    }
    Ok(())
}

/// Foreign notes are a tender kind of their own, of a currency that is said, since no report would expect others in the
/// drawer; and what is in hand waits for nobody.
fn check_kind(take: &TakeTender, document: &Document) -> Result<(), Refusal> {
    let kind = take.kind;
    let is_foreign = kind == TenderKind::ForeignCurrency;
    let is_own = take.foreign.is_some_and(|foreign| foreign.currency.code() == document.currency.code());
    let is_in_hand = is_foreign || kind == TenderKind::Cash;
    if (take.foreign.is_some() && !is_foreign) || is_own || (take.pending && is_in_hand) {
        return Err(Refusal::TenderNotAccepted { kind });
    }
    if is_foreign && take.foreign.is_none() { Err(Refusal::ForeignNotesNeeded) } else { Ok(()) }
}

/// Foreign notes are taken and handed out at the rate of the day and no other, and only of currencies that have one.
fn check_rate(decision: &Decision<'_>, take: &TakeTender) -> Result<(), Refusal> {
    let Some(foreign) = take.foreign else { return Ok(()) };
    match decision.facts.rate {
        None => Err(Refusal::TenderNotAccepted { kind: take.kind }),
        Some(rate) if rate != foreign.rate => {
            Err(Refusal::RateChanged { currency: foreign.currency.code(), rate })
        }
        Some(_) => Ok(()),
    }
}

/// Keeps card numbers out of the till: at most four digits of one, and no long run of digits as its reference.
fn check_details(take: &TakeTender) -> Result<(), Refusal> {
    const FEWEST_CARD_DIGITS: usize = 12;
    const MOST_LAST_DIGITS: usize = 4;
    let TenderDetails { reference, authorisation, last4, bank, .. } = &take.details;
    for entered in [reference, authorisation, bank].into_iter().flatten() {
        super::text(entered, LONGEST_REFERENCE)?;
    }
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    if take.kind == TenderKind::CreditCard {
        let entered = reference.as_deref().map_or(0, digits);
        if entered >= FEWEST_CARD_DIGITS {
            return Err(Refusal::CardNumber { digits: entered });
        }
    }
    let is_last4 = |last4: &str| last4.len() <= MOST_LAST_DIGITS && digits(last4) == last4.len();
    if !last4.as_deref().is_none_or(is_last4) {
        return Err(Refusal::NotLastDigits { max: MOST_LAST_DIGITS });
    }
    if take.details.installments == Some(0) {
        return Err(AmountError::TooSmall.into());
    }
    for balance in [take.details.balance_before, take.details.balance_after].into_iter().flatten() {
        balance.bounded()?;
    }
    Ok(())
}

/// Refuses a tip that the tender brings none of, and one that was rather mistyped: it would be charged to a card.
fn check_tip(decision: &Decision<'_>, document: &Document, take: &TakeTender) -> Result<(), Refusal> {
    let Some(tip) = take.tip else { return Ok(()) };
    let takes_none = document.kind.pays_out() || !document.balance().is_positive() || !take.kind.takes_tip();
    if takes_none {
        return Err(Refusal::TipNotTaken { kind: take.kind });
    }
    let share = decision.facts.policy.most_tip;
    let most = share.map_or(Money::MAX, |share| share.of(document.totals.net_due, Rounding::HalfUp));
    let most = most.min(Money::MAX);
    if tip.amount.is_negative() || tip.amount > most {
        return Err(Refusal::TipOutOfRange { tip: decision.money(tip.amount), most: decision.money(most) });
    }
    Ok(())
}

/// Hands out the change that is due, and completes. Change for anything but cash is rounded to coins here.
pub(super) fn give_change(decision: &mut Decision<'_>) -> Result<(), Refusal> {
    let document = decision.document()?;
    let due = change_due(document);
    if !due.is_positive() {
        return Err(Refusal::NoChangeDue);
    }
    if let Some(waiting) = document.pending_tender() {
        return Err(Refusal::TenderPending { tender: waiting.no });
    }
    decision.refuse_cut()?;
    let policy = decision.facts.policy;
    let incoming = document.counted_tenders().filter(|tender| tender.direction == Direction::In);
    let tender = incoming.filter(|tender| policy.gives_change(tender.kind)).last();
    let step = document.currency.cash_step();
    let rounded = due.to_step(step, Rounding::HalfUp);
    // More than was given never goes back.
    let is_too_much = tender.is_some_and(|tender| rounded > tender.amount);
    let amount = if is_too_much { due.to_step(step, Rounding::Down) } else { rounded };
    let (rounding, tender) = (due - amount, tender.map(|tender| tender.no));
    decision.emit(Event::ChangeGiven { amount, rounding, tender });
    decision.complete_if_settled()
}

/// Records a provider's answer.
pub(super) fn resolve(
    decision: &mut Decision<'_>,
    no: TenderNo,
    approved: bool,
    authorisation: Option<&str>,
) -> Result<(), Refusal> {
    let document = decision.document()?;
    let mut tenders = document.tenders.iter().chain(&document.goods_back().tenders);
    if !tenders.any(|tender| tender.no == no && tender.is_pending()) {
        return Err(Refusal::NoSuchTender { tender: no });
    }
    let authorisation = authorisation.map(|entered| super::text(entered, LONGEST_REFERENCE)).transpose()?;
    decision.emit(Event::TenderResolved { tender: no, approved, authorisation });
    after_tender(decision)
}

/// Takes a tender back, with the change that was given out of it. What an earlier period counted is paid back
/// instead, by a tender that mirrors it.
pub(super) fn void(
    decision: &mut Decision<'_>,
    no: TenderNo,
    why: Option<&str>,
    reversal: Option<&str>,
) -> Result<(), Refusal> {
    let document = decision.document()?;
    let payouts = document.exchange.iter().flat_map(|returned| &returned.tenders);
    let known = document.tenders.iter().chain(payouts).find(|tender| tender.no == no);
    let tender = known.filter(|tender| tender.counts() || tender.is_pending()).cloned();
    let tender = tender.ok_or(Refusal::NoSuchTender { tender: no })?;
    let reason = decision.why(why)?;
    let closure = decision.facts.till.closure;
    let reversal = reversal.map(|entered| super::text(entered, LONGEST_REFERENCE)).transpose()?;
    if let Some(authorisation) = tender.details.authorisation.clone().filter(|_| reversal.is_none()) {
        return Err(Refusal::ReversalNeeded { tender: no, authorisation });
    }
    let is_of_now = tender.closure == closure || tender.is_pending();
    if !is_of_now && (tender.direction == Direction::Out || document.is_paid_back(&tender)) {
        return Err(Refusal::NoSuchTender { tender: no });
    }
    // What was only asked for, nobody has paid yet.
    let limit = decision.facts.limits.void_tender.filter(|_| tender.counts());
    let authority = decision.authorise_if(limit.is_some_and(|limit| tender.amount > limit))?;
    let void = Void { reason, authority };
    if is_of_now {
        let pays_back = tender.refunds.is_some_and(|(of, _)| of == document.id);
        let revalued = foreign::without(document, &tender);
        decision.emit(Event::TenderVoided { tender: no, void, reversal, revalued });
        if pays_back {
            decision.check_paid()?;
        }
        return after_tender(decision);
    }
    let back = Tender {
        no: evolve::next_tender(document, document.exchange.as_deref()),
        direction: Direction::Out,
        rounding: -tender.rounding,
        closure,
        taken_by: decision.facts.cashier.id,
        approved_by: authority.approved_by,
        refunds: Some((document.id, no)),
        reversal,
        asked_at: None,
        judged_as: None,
        details: TenderDetails { rest: None, ..tender.details },
        ..tender
    };
    decision.emit(Event::TenderTaken { tender: Box::new(back), takes_back: Some(void) });
    promoting::price(decision, None);
    Ok(())
}
