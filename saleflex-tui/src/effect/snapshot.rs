//! Taking a copy of what screens show of a till.

use std::{collections::BTreeSet, sync::Arc};

use chrono::NaiveDate;
use saleflex_core::{
    cashier::Capability,
    document::{Document, Kind},
    ids::ProductId,
    loyalty::NotRedeemable,
    money::{Currency, CurrencyCode, Money},
    quantity::Points,
    tender::TenderKind,
};
use saleflex_store::{Error, Till, cashier::Cashier, customer::Customer, demo};

use super::Secret;
use crate::{
    message::{self, verdict},
    text::{Key, Text},
    view::{Advised, ClosingCount, Page, Person, PointsOffer, View},
};

/// What there is before there is a till.
pub(super) fn none() -> View {
    View::empty(Currency::of(CurrencyCode::parse("EUR").expect("three capital letters")))
}

/// The pages of product keys, and the products of which there is little left.
pub(super) type Keys = (Arc<[Page]>, Arc<BTreeSet<ProductId>>);

pub(super) fn take(till: &mut Till, (pages, short): Keys) -> Result<View, Error> {
    let next_number = till.next_number()?;
    let document = till.draft().cloned();
    let customer = document.as_ref().and_then(|document| document.customer);
    let customer = customer.map(|id| till.customer(id)).transpose()?.flatten();
    let refundable = document.as_ref().map(|document| refundable(till, document)).transpose()?;
    let cashiers = till.cashiers();
    let approves = |cashier: &&&Cashier| {
        cashier.capabilities.contains(&Capability::Override)
            || cashier.capabilities.contains(&Capability::Closure)
    };
    let on_duty = till.on_duty();
    let is_demo = till.identity().store_code == demo::STORE_CODE;
    Ok(View {
        appearance: till.settings().appearance.clone(),
        store: till.identity().store_name.clone(),
        terminal: till.identity().terminal_code.clone(),
        currency: *till.currency(),
        demo_pins: if is_demo && on_duty.is_none() { demo_pins(till)? } else { Vec::new() },
        cashiers: cashiers.iter().map(|cashier| person(cashier)).collect(),
        approvers: cashiers.iter().filter(approves).map(|cashier| person(cashier)).collect(),
        cashier: on_duty.map(person),
        must_change_secret: on_duty.is_some_and(|cashier| cashier.must_change_secret),
        capabilities: on_duty.map(|cashier| cashier.capabilities.clone()).unwrap_or_default(),
        points: points(till, customer.as_ref())?,
        born: born(till, customer.as_ref())?,
        tier: customer.as_ref().and_then(|customer| customer.tier.clone()),
        customer: customer.map(|customer| customer.name),
        refundable: refundable.unwrap_or_default(),
        reasons: till.settings().policy.reasons.clone(),
        asks_gift_cards: till.quota_policy()?.is_some(),
        voucher_rest: till.voucher_rest(),
        next_number: Some(next_number),
        period: till.period().number,
        parked: till.suspended()?.len(),
        repriced_from: repriced_from(till),
        told_first: None,
        closing_count: closing_count(till),
        is_training: till.draft().map_or(till.settings().training, |open| open.training),
        advice: None,
        no_campaigns: no_campaigns(till),
        cheaper: None,
        rates: till.exchange_rates().to_vec(),
        units: till.catalog().units().to_vec(),
        pages,
        short,
        document,
    })
}

/// What is said of campaigns on a document that is paid like a sale and is none.
fn no_campaigns(till: &Till) -> Option<Key> {
    let open = till.draft()?;
    let is_like_a_sale = open.kind.takes_deposits() || open.kind == Kind::Quote;
    verdict::not_for_it(till).filter(|_| is_like_a_sale)
}

/// What the document that is open came to when the till stopped, where this program prices it otherwise.
fn repriced_from(till: &Till) -> Option<Money> {
    let open = till.draft()?.id;
    till.recovered().filter(|recovered| recovered.document == open)?.repriced_from
}

/// What is left of what was paid by each kind, where the shop owes for goods of a known sale.
fn refundable(till: &Till, document: &Document) -> Result<Vec<(TenderKind, Money)>, Error> {
    let is_owed = document.kind == Kind::Return || document.balance().is_negative();
    let returned = document.exchange.as_deref().unwrap_or(document);
    match returned.original.filter(|_| is_owed && returned.kind == Kind::Return) {
        Some(sale) => Ok(till.original_sale(sale)?.tenders_left(document)),
        None => Ok(Vec::new()),
    }
}

/// The first of what a few more pieces would save.
pub(super) fn advice(till: &mut Till, text: &Text) -> Result<Option<Advised>, Error> {
    let Some(explained) = till.advise()? else { return Ok(None) };
    let whole = verdict::advice(text, till, &explained).into_iter().next();
    let short = verdict::short_advice(text, till, &explained).into_iter().next();
    Ok(whole.zip(short).map(|(whole, (_, short))| Advised { whole, short }))
}

/// How many ways to pay are named at most, the cheapest: they stand on one line.
const MOST_WAYS: usize = 3;

/// By which ways to pay campaigns make the document cheaper, and what is then paid.
pub(super) fn cheaper(till: &mut Till, text: &Text) -> Result<Option<String>, Error> {
    let ways = till.cheaper_by()?;
    let currency = till.currency();
    let way = |(kind, amount): &(TenderKind, Money)| {
        format!("{} {}", message::tender_kind(text, *kind), currency.show(*amount))
    };
    let ways: Vec<String> = ways.iter().take(MOST_WAYS).map(way).collect();
    Ok((!ways.is_empty()).then(|| text.fill(Key::CheaperBy, &[("ways", &ways.join(", "))])))
}

/// The PINs that the demo store began with, of those who did not change theirs.
fn demo_pins(till: &Till) -> Result<Vec<(String, String)>, Error> {
    let unchanged = till.with_first_secret()?;
    let has_it = |user_name: &str| {
        let known = till.cashiers().into_iter().find(|cashier| cashier.user_name == user_name);
        known.is_some_and(|cashier| unchanged.contains(&cashier.id))
    };
    Ok(demo::pins().into_iter().filter(|(user_name, _)| has_it(user_name)).collect())
}

/// What the customer's points are good for: asked for all, the till says how many the document takes.
fn points(till: &mut Till, customer: Option<&Customer>) -> Result<Option<PointsOffer>, Error> {
    let Some(available) = customer.and_then(|customer| customer.points) else { return Ok(None) };
    let mut ask = |points| match till.worth_of_points(points) {
        Ok(worth) => Ok(Ok(worth)),
        Err(Error::NotRedeemable(why)) => Ok(Err(why)),
        Err(error) => Err(error),
    };
    // Whoever has none asks for one, so that the reason is theirs and not that of what was asked.
    let most = match ask(available.max(Points::new(1)))? {
        // A program that takes all or none is asked for as many as it would take.
        Err(NotRedeemable::PartialNotAllowed { applicable, .. }) => ask(applicable)?,
        most => most,
    };
    let worth = till.value_of_points(available)?;
    let share = till.share_for_points()?.filter(|(_, part)| worth.is_some_and(|worth| worth > *part));
    Ok(Some(PointsOffer { available, worth, share, most }))
}

/// When a customer was born, where that is known.
fn born(till: &Till, customer: Option<&Customer>) -> Result<Option<NaiveDate>, Error> {
    let record = customer.map(|customer| till.person(customer.id)).transpose()?.flatten();
    Ok(record.and_then(|record| record.details.date_of_birth))
}

fn person(cashier: &Cashier) -> Person {
    Person {
        user_name: cashier.user_name.clone(),
        name: cashier.name.clone(),
        capabilities: cashier.capabilities.clone(),
        badge: cashier.badge.clone().map(Secret),
    }
}

/// Several drawers are counted one by one before the period closes.
fn closing_count(till: &Till) -> ClosingCount {
    let settings = till.settings();
    if settings.drawers.len() > 1 {
        return ClosingCount::Each;
    }
    if settings.closing.declaration_required { ClosingCount::Needed } else { ClosingCount::Free }
}
