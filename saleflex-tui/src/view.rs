//! What the till holds, as far as screens show it: a copy that is taken anew after everything that was done.
//!
//! **Invariant:** screens read this and nothing else of the till, so that drawing cannot wait for a disk.

use std::{collections::BTreeSet, sync::Arc};

use saleflex_core::{
    cashier::Capability,
    catalog::{DepartmentNo, PriceRule},
    document::{Document, ReasonRules},
    ids::{ClosureNumber, DocumentNumber},
    loyalty::{NotRedeemable, Redemption},
    money::{Currency, CurrencyCode, Money, Rounding},
    quantity::{ExchangeRate, Points, UnitPrice},
    settings::Appearance,
    tender::TenderKind,
};

/// What the till holds.
#[derive(Clone, Debug)]
pub struct View {
    /// How the screen speaks and looks.
    pub appearance: Appearance,
    /// The store's name.
    pub store: String,
    /// The till's code.
    pub terminal: String,
    /// The currency it sells in.
    pub currency: Currency,
    /// Names and PINs of the demo store's cashiers, for whoever tries it out; no other till shows any.
    pub demo_pins: Vec<(String, String)>,
    /// Who may log in, by name.
    pub cashiers: Vec<Person>,
    /// Who may approve what a cashier may not do alone.
    pub approvers: Vec<Person>,
    /// Who is logged in.
    pub cashier: Option<Person>,
    /// They must choose another secret before anything else.
    pub must_change_secret: bool,
    /// What they may do.
    pub capabilities: BTreeSet<Capability>,
    /// The open document.
    pub document: Option<Document>,
    /// The name of its customer.
    pub customer: Option<String>,
    /// What is left of what was paid by each kind, on a return of a known sale.
    pub refundable: Vec<(TenderKind, Money)>,
    /// What cashiers say why.
    pub reasons: ReasonRules,
    /// Whether a hub keeps the balances of gift cards, so that their numbers are asked for.
    pub asks_gift_cards: bool,
    /// The number the next document gets.
    pub next_number: Option<DocumentNumber>,
    /// The open period.
    pub period: ClosureNumber,
    /// How many documents are put aside.
    pub parked: usize,
    /// What the open document came to when the till stopped, where it comes to something else now.
    pub repriced_from: Option<Money>,
    /// Whether the drawer is counted before the period closes.
    pub closing_count: ClosingCount,
    /// Documents do not count.
    pub is_training: bool,
    /// The tier of the document's customer, where they are a member.
    pub tier: Option<String>,
    /// The points of the document's customer.
    pub points: Option<PointsOffer>,
    /// What a few more pieces would save, the first in words.
    pub advice: Option<String>,
    /// What one unit of the till's currency buys of others.
    pub rates: Vec<(CurrencyCode, ExchangeRate)>,
    /// The pages of product keys.
    pub pages: Arc<[Page]>,
}

/// Whether a drawer is counted for closing.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum ClosingCount {
    /// Where people want to.
    #[default]
    Free,
    /// The period does not close without it.
    Needed,
}

/// What a customer's points are good for on the open document.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PointsOffer {
    /// What the customer has.
    pub available: Points,
    /// The most that the document takes now, or why it takes none.
    pub most: Result<Redemption, NotRedeemable>,
}

/// Somebody who may log in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Person {
    /// The name typed at log-in.
    pub user_name: String,
    /// The name shown.
    pub name: String,
    /// What they may do.
    pub capabilities: BTreeSet<Capability>,
}

/// A page of product keys: a main department, or what the sale screen's definition puts together.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Page {
    /// The department; none of a page by definition.
    pub department: Option<DepartmentNo>,
    /// Its name.
    pub name: String,
    /// Its products, those of a department by name, as many as pages can show.
    pub keys: Vec<ProductKey>,
}

/// A product's key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ProductKey {
    /// The product's code.
    pub code: String,
    /// Its short name.
    pub name: String,
    /// Its price.
    pub price: UnitPrice,
    /// How it is priced.
    pub price_rule: PriceRule,
    /// Whether it is for sale; others are struck through.
    pub is_sellable: bool,
}

impl View {
    /// What there is before there is a till.
    pub fn empty(currency: Currency) -> Self {
        Self {
            appearance: Appearance::default(),
            store: String::new(),
            terminal: String::new(),
            currency,
            demo_pins: Vec::new(),
            cashiers: Vec::new(),
            approvers: Vec::new(),
            cashier: None,
            must_change_secret: false,
            capabilities: BTreeSet::new(),
            document: None,
            customer: None,
            refundable: Vec::new(),
            reasons: ReasonRules::default(),
            asks_gift_cards: false,
            next_number: None,
            period: ClosureNumber(1),
            parked: 0,
            repriced_from: None,
            closing_count: ClosingCount::default(),
            is_training: false,
            tier: None,
            points: None,
            advice: None,
            rates: Vec::new(),
            pages: Arc::from([]),
        }
    }

    /// Whether the cashier may do this alone.
    pub fn may(&self, capability: Capability) -> bool {
        self.capabilities.contains(&capability)
    }

    /// An amount in the till's currency, without its sign.
    pub fn money(&self, amount: Money) -> String {
        self.currency.format(amount)
    }

    /// The last line that counts: the one that is meant where none is selected.
    pub fn last_line(&self) -> Option<&saleflex_core::basket::LineItem> {
        self.document.as_ref()?.lines.iter().rev().find(|line| line.is_active())
    }
}

/// A unit price with at least the currency's digits: `0.90`, `0.0125`.
pub fn price(currency: &Currency, price: UnitPrice) -> String {
    match currency.round(price.decimal(), Rounding::HalfUp) {
        Ok(rounded) if currency.decimal(rounded) == price.decimal() => currency.format(rounded),
        _ => price.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_has_the_digits_of_its_currency_and_more_only_where_it_needs_them() {
        let gbp = Currency::of(CurrencyCode::parse("GBP").unwrap());
        let shown = |text: &str| price(&gbp, UnitPrice::parse(text).unwrap());
        assert_eq!([shown("0.9"), shown("12"), shown("0.0125")], ["0.90", "12.00", "0.0125"]);
    }
}
