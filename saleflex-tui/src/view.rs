//! What the till holds, as far as screens show it: a copy that is taken anew after everything that was done.
//!
//! **Invariant:** screens read this and nothing else of the till, so that drawing cannot wait for a disk.

use std::{collections::BTreeSet, sync::Arc};

use chrono::NaiveDate;
use saleflex_core::{
    cashier::Capability,
    catalog::{DepartmentNo, Named, PriceRule, Unit},
    document::{Document, ReasonRules, VoucherRest},
    ids::{ClosureNumber, DocumentNumber, ProductId},
    loyalty::{NotRedeemable, Redemption},
    money::{Currency, CurrencyCode, Money, Rounding},
    quantity::{ExchangeRate, Percent, Points, UnitPrice},
    settings::Appearance,
    tender::TenderKind,
};

use crate::{effect::Secret, entry::Amounts, text::Key};

/// How many product keys are shown at once.
pub const KEYS_SHOWN: usize = 9;

/// Advice in words.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Advised {
    /// A sentence that names the campaign.
    pub whole: String,
    /// The same in few words.
    pub short: String,
}

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
    /// What becomes of the rest of a voucher.
    pub voucher_rest: VoucherRest,
    /// The number the next document gets.
    pub next_number: Option<DocumentNumber>,
    /// The open period.
    pub period: ClosureNumber,
    /// How many documents are put aside.
    pub parked: usize,
    /// What the open document came to when the till stopped, where it comes to something else now.
    pub repriced_from: Option<Money>,
    /// What whoever logged in is told first: what the till did last before it stopped, and that their break is over.
    pub told_first: Option<String>,
    /// Whether the drawer is counted before the period closes.
    pub closing_count: ClosingCount,
    /// Documents do not count.
    pub is_training: bool,
    /// The tier of the document's customer, where they are a member.
    pub tier: Option<String>,
    /// The points of the document's customer.
    pub points: Option<PointsOffer>,
    /// When the document's customer was born, where that is known.
    pub born: Option<NaiveDate>,
    /// What a few more pieces would save, the first in words.
    pub advice: Option<Advised>,
    /// That campaigns are not for the document, where it is paid like a sale and is none.
    pub no_campaigns: Option<Key>,
    /// By which ways to pay the document is cheaper, in words.
    pub cheaper: Option<String>,
    /// What one unit of the till's currency buys of others.
    pub rates: Vec<(CurrencyCode, ExchangeRate)>,
    /// The units of the shop, which a quantity may be said in.
    pub units: Vec<Unit>,
    /// The pages of product keys.
    pub pages: Arc<[Page]>,
    /// The products of which there is little or nothing left.
    pub short: Arc<BTreeSet<ProductId>>,
}

/// Whether a drawer is counted for closing.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum ClosingCount {
    /// Where people want to.
    #[default]
    Free,
    /// The period does not close without it.
    Needed,
    /// The till has several, each of which is counted by itself.
    Each,
}

/// What a customer's points are good for on the open document.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PointsOffer {
    /// What the customer has.
    pub available: Points,
    /// What all of them are worth; none where they buy nothing.
    pub worth: Option<Money>,
    /// The largest part of the document that points may pay and what that comes to, where all of them are worth more.
    pub share: Option<(Percent, Money)>,
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
    /// What their badge says; kept out of debug output, as what else is known of people.
    pub badge: Option<Secret>,
}

/// A page of product keys: a main department, or what the sale screen's definition puts together.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Page {
    /// The department; none of a page by definition.
    pub department: Option<DepartmentNo>,
    /// Its name.
    pub name: String,
    /// Its products: those of a department by sub department, then by name.
    pub keys: Vec<ProductKey>,
    /// Its groups in the order of its keys; none where it has but one.
    pub groups: Vec<Group>,
}

/// A sub department on the page of its main department.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// How many keys it has.
    pub keys: usize,
}

/// What of a page is shown at once: keys of one group.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Part<'a> {
    /// The group, from 0; the same for all where there are none.
    pub group: usize,
    /// Its keys.
    pub keys: &'a [ProductKey],
}

impl Page {
    /// Its parts in order, at least one.
    pub fn parts(&self) -> Vec<Part<'_>> {
        let whole = [Group { name: String::new(), keys: self.keys.len() }];
        let groups = if self.groups.is_empty() { &whole[..] } else { &self.groups };
        let mut rest = self.keys.as_slice();
        let mut parts = Vec::new();
        for (group, counted) in groups.iter().enumerate() {
            let (keys, others) = rest.split_at_checked(counted.keys).unwrap_or((rest, &[]));
            parts.extend(keys.chunks(KEYS_SHOWN).map(|keys| Part { group, keys }));
            rest = others;
        }
        if parts.is_empty() {
            parts.push(Part::default());
        }
        parts
    }

    /// One of its parts, from 0.
    pub fn part(&self, at: usize) -> Part<'_> {
        self.parts().get(at).copied().unwrap_or_default()
    }
}

/// A product's key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ProductKey {
    /// The product; none where nobody knows what the code stands for.
    pub product: Option<ProductId>,
    /// What it is known by.
    pub code: String,
    /// What kind of code that is.
    pub named: Named,
    /// Its short name.
    pub name: String,
    /// Its price.
    pub price: UnitPrice,
    /// How it is priced.
    pub price_rule: PriceRule,
    /// Whether it is for sale; others are struck through.
    pub is_sellable: bool,
    /// What the key may mean, where the product has variants: each with its size and colour as its name. Else empty.
    pub variants: Vec<Self>,
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
            voucher_rest: VoucherRest::default(),
            next_number: None,
            period: ClosureNumber(1),
            parked: 0,
            repriced_from: None,
            told_first: None,
            closing_count: ClosingCount::default(),
            is_training: false,
            tier: None,
            points: None,
            born: None,
            advice: None,
            no_campaigns: None,
            cheaper: None,
            rates: Vec::new(),
            units: Vec::new(),
            pages: Arc::from([]),
            short: Arc::default(),
        }
    }

    /// Whether the cashier may do this alone.
    pub fn may(&self, capability: Capability) -> bool {
        self.capabilities.contains(&capability)
    }

    /// How amounts are typed.
    pub const fn amounts(&self) -> Amounts {
        Amounts { currency: self.currency, is_decimal: self.appearance.decimal_entry }
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
    fn a_part_of_a_page_has_keys_of_one_group_and_every_key_is_on_some_part() {
        let key = |no: usize| ProductKey {
            product: None,
            code: no.to_string(),
            named: Named::Code,
            name: no.to_string(),
            price: UnitPrice::ZERO,
            price_rule: PriceRule::Fixed,
            is_sellable: true,
            variants: Vec::new(),
        };
        let mut page = Page {
            department: None,
            name: String::new(),
            keys: (0..120).map(key).collect(),
            groups: Vec::new(),
        };
        let shown = |page: &Page| -> Vec<(usize, usize)> {
            page.parts().iter().map(|part| (part.group, part.keys.len())).collect()
        };
        assert_eq!(shown(&page).iter().map(|(_, keys)| keys).sum::<usize>(), 120, "more than ninety");
        page.keys.truncate(13);
        page.groups = [2, 11].map(|keys| Group { name: String::new(), keys }).to_vec();
        assert_eq!(shown(&page), [(0, 2), (1, 9), (1, 2)]);
        assert_eq!(page.part(1).keys[0].code, "2");
        page.keys.clear();
        assert_eq!(page.part(0), Part::default());
    }

    #[test]
    fn a_price_has_the_digits_of_its_currency_and_more_only_where_it_needs_them() {
        let gbp = Currency::of(CurrencyCode::parse("GBP").unwrap());
        let shown = |text: &str| price(&gbp, UnitPrice::parse(text).unwrap());
        assert_eq!([shown("0.9"), shown("12"), shown("0.0125")], ["0.90", "12.00", "0.0125"]);
    }
}
