//! Which kinds of tender are taken, paid back by and give change, each by its words.

use std::collections::{BTreeMap, BTreeSet};

use saleflex_core::{
    document::Policy,
    money::{Currency, Money},
    tax::TaxRate,
    tender::TenderKind,
};
use saleflex_store::Till;

use super::{
    super::{Reader, Value},
    BETWEEN_REASONS,
};
use crate::{
    entry,
    message::{amount_error, tender_kind},
    text::{Key, Text},
};

/// What stands between two numbers of tax rates.
const BETWEEN_TAXES: &str = "|";

/// Kinds of tender by their words.
pub(in crate::record) fn shown(text: &Text, kinds: &BTreeSet<TenderKind>) -> Value {
    Value::Text(words(text, kinds))
}

/// The kinds that give change, each with the most of it where it has a limit of its own.
pub(super) fn change_shown(text: &Text, policy: &Policy, currency: &Currency) -> Value {
    let one = |kind: &TenderKind| {
        let word = tender_kind(text, *kind);
        match policy.change_limits.get(kind) {
            Some(limit) => format!("{word} {}", currency.format(*limit)),
            None => word.to_owned(),
        }
    };
    Value::Text(policy.change_allowed.iter().map(one).collect::<Vec<_>>().join(BETWEEN_REASONS))
}

/// The tax rates of surcharges by their numbers.
pub(super) fn taxes_shown(policy: &Policy) -> Value {
    let numbers = policy.surcharge_taxes.iter().map(|rate| rate.no.to_string());
    Value::Text(numbers.collect::<Vec<_>>().join(BETWEEN_TAXES))
}

/// Reads all of them.
pub(super) fn read(read: &mut Reader<'_>, till: &mut Till, policy: &mut Policy) {
    policy.tenders = read.tenders("TENDERS");
    if policy.tenders.is_empty() {
        read.fault("TENDERS", read.text.word(Key::TendersNeeded).to_owned());
    }
    policy.refund_tenders = read.tenders("REFUND_TENDERS");
    let change = read.change("CHANGE_OF");
    if let Some(kind) = change.keys().find(|kind| !kind.may_give_change()) {
        let words = read.text.fill(Key::NeverGivesChange, &[("kind", tender_kind(read.text, *kind))]);
        read.fault("CHANGE_OF", words);
    }
    policy.change_allowed = change.keys().copied().collect();
    policy.change_limits = change.into_iter().filter_map(|(kind, limit)| Some((kind, limit?))).collect();
    policy.surcharge_taxes = read.taxes("SURCHARGE_TAXES", till);
}

fn words(text: &Text, kinds: &BTreeSet<TenderKind>) -> String {
    kinds.iter().map(|kind| tender_kind(text, *kind)).collect::<Vec<_>>().join(BETWEEN_REASONS)
}

/// The kind of a word, in whatever case it was typed.
fn kind_of(text: &Text, word: &str) -> Option<TenderKind> {
    let is_meant = |kind: &TenderKind| tender_kind(text, *kind).to_lowercase() == word.to_lowercase();
    TenderKind::ALL.into_iter().find(is_meant)
}

impl Reader<'_> {
    /// Kinds of tender by their words.
    pub(in crate::record) fn tenders(&mut self, field: &'static str) -> BTreeSet<TenderKind> {
        let typed = self.entered.text(field).to_owned();
        let mut kinds = BTreeSet::new();
        for word in parts(&typed) {
            match kind_of(self.text, word) {
                Some(kind) => drop(kinds.insert(kind)),
                None => self.no_such_tender(field, word),
            }
        }
        kinds
    }

    /// Kinds of tender, each with an amount where one stands behind it.
    fn change(&mut self, field: &'static str) -> BTreeMap<TenderKind, Option<Money>> {
        let typed = self.entered.text(field).to_owned();
        let mut kinds = BTreeMap::new();
        for part in parts(&typed) {
            if let Some(kind) = kind_of(self.text, part) {
                kinds.insert(kind, None);
                continue;
            }
            let (word, amount) = part.rsplit_once(' ').unwrap_or((part, ""));
            match (kind_of(self.text, word.trim_end()), entry::amount(amount, &self.amounts)) {
                (None, _) => self.no_such_tender(field, part),
                (Some(_), Err(error)) => {
                    let words = amount_error(self.text, error);
                    self.fault(field, words);
                }
                (Some(kind), Ok(limit)) => drop(kinds.insert(kind, Some(limit))),
            }
        }
        kinds
    }

    fn no_such_tender(&mut self, field: &'static str, word: &str) {
        let known = words(self.text, &TenderKind::ALL.into_iter().collect());
        let words = self.text.fill(Key::NoTenderCalled, &[("word", word), ("known", &known)]);
        self.fault(field, words);
    }

    /// Tax rates by their numbers, as they are in force today.
    fn taxes(&mut self, field: &'static str, till: &mut Till) -> Vec<TaxRate> {
        let today = till.now().business_date;
        let typed = self.entered.text(field).to_owned();
        let mut rates = Vec::new();
        for number in typed.split(BETWEEN_TAXES).map(str::trim).filter(|number| !number.is_empty()) {
            let known = number.parse().ok().and_then(|no| till.catalog().tax_rate_on(no, today));
            match known {
                Some(rate) if rates.contains(&rate) => {}
                Some(rate) => rates.push(rate),
                None => self.fault(field, self.text.fill(Key::NoSuchTaxRate, &[("number", number)])),
            }
        }
        rates
    }
}

fn parts(typed: &str) -> impl Iterator<Item = &str> {
    typed.split(BETWEEN_REASONS.trim()).map(str::trim).filter(|part| !part.is_empty())
}
