//! Why a campaign gives what it gives on a document, in the words of the language file.

use saleflex_core::{
    campaign::{CampaignSet, Closed, ConditionUnmet, Outcome, Rank, Unmet, UseLimit},
    money::{Currency, Money},
};
use saleflex_store::till::Explained;

use crate::text::{Key, Text};

/// What became of a campaign.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fate {
    /// It gave something.
    Applied,
    /// Others were better or came first.
    Beaten,
    /// It gave nothing.
    Unmet,
}

impl Fate {
    /// Its name, for programs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Beaten => "beaten",
            Self::Unmet => "unmet",
        }
    }
}

/// A verdict in words.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VerdictRow {
    /// The campaign's code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What became of it.
    pub outcome: Fate,
    /// What it gave, or would have.
    pub amount: Option<Money>,
    /// Why.
    pub words: String,
}

/// The verdicts on a document, those that gave something first.
pub fn rows(text: &Text, currency: &Currency, explained: &Explained) -> Vec<VerdictRow> {
    let set = &explained.campaigns;
    let row = |verdict: &saleflex_core::campaign::Verdict| {
        let campaign = set.campaign(verdict.campaign);
        let (outcome, amount) = match &verdict.outcome {
            Outcome::Applied { amount, .. } => (Fate::Applied, Some(*amount)),
            Outcome::Beaten { amount, .. } => (Fate::Beaten, Some(*amount)),
            _ => (Fate::Unmet, None),
        };
        VerdictRow {
            code: campaign.code.as_str().to_owned(),
            name: campaign.name.clone(),
            outcome,
            amount,
            words: words(text, currency, set, &verdict.outcome),
        }
    };
    let mut rows: Vec<VerdictRow> = explained.verdicts.iter().map(row).collect();
    rows.sort_by_key(|row| match row.outcome {
        Fate::Applied => 0,
        Fate::Beaten => 1,
        Fate::Unmet => 2,
    });
    rows
}

/// What a few more pieces would bring, a sentence each.
pub fn advice(text: &Text, currency: &Currency, explained: &Explained) -> Vec<String> {
    advised(text, currency, explained, Key::Advice).into_iter().map(|(_, words)| words).collect()
}

/// The same in few words, each with the code of its campaign.
pub fn short_advice(text: &Text, currency: &Currency, explained: &Explained) -> Vec<(String, String)> {
    advised(text, currency, explained, Key::AdviceShort)
}

fn advised(text: &Text, currency: &Currency, explained: &Explained, key: Key) -> Vec<(String, String)> {
    let sentence = |one: &saleflex_core::checkout::Advice| {
        let campaign = explained.campaigns.campaign(one.campaign);
        let line = explained.document.line(one.line);
        let values = [
            ("units", &*one.units.to_string()),
            ("name", line.map_or("", |line| &*line.item.name)),
            ("campaign", campaign.text()),
            ("amount", &*currency.show(one.saving)),
        ];
        (campaign.code.as_str().to_owned(), text.fill(key, &values))
    };
    explained.advice.iter().map(sentence).collect()
}

fn words(text: &Text, currency: &Currency, set: &CampaignSet, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Applied { amount, .. } if amount.is_zero() => text.word(Key::VerdictPoints).to_owned(),
        Outcome::Applied { amount, lines } if lines.is_empty() => {
            text.fill(Key::VerdictApplied, &[("amount", &currency.show(*amount))])
        }
        Outcome::Applied { amount, lines } => {
            let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
            let values = [("amount", &*currency.show(*amount)), ("lines", &*lines.join(", "))];
            text.fill(Key::VerdictAppliedLines, &values)
        }
        Outcome::Beaten { amount, by } => {
            let by: Vec<&str> = by.iter().map(|rank| code(set, *rank)).collect();
            let values = [("amount", &*currency.show(*amount)), ("by", &*by.join(", "))];
            text.fill(Key::VerdictBeaten, &values)
        }
        Outcome::Unmet(why) => unmet(text, currency, set, *why),
        _ => String::new(),
    }
}

fn code(set: &CampaignSet, rank: Rank) -> &str {
    set.campaign(rank).code.as_str()
}

fn unmet(text: &Text, currency: &Currency, set: &CampaignSet, why: Unmet) -> String {
    let word = |key: Key| text.word(key).to_owned();
    let figures = |key, needed: String, actual: String| {
        text.fill(key, &[("needed", needed.as_str()), ("actual", actual.as_str())])
    };
    let amounts =
        |key, needed: Money, actual: Money| figures(key, currency.show(needed), currency.show(actual));
    match why {
        Unmet::Inactive => word(Key::UnmetInactive),
        Unmet::NeverActivated => word(Key::UnmetNeverActivated),
        Unmet::NotUnlocked => word(Key::UnmetNotUnlocked),
        Unmet::OtherStore => word(Key::UnmetOtherStore),
        Unmet::Closed(closed) => word(closed_words(closed)),
        Unmet::NotInSegment { customer_known: false } => word(Key::UnmetNoCustomer),
        Unmet::NotInSegment { customer_known: true } => word(Key::UnmetOtherCustomers),
        Unmet::UsedUp { limit, most, used } => {
            let key = match limit {
                UseLimit::Total => Key::UnmetUsedUp,
                UseLimit::Customer => Key::UnmetUsedUpByCustomer,
                UseLimit::Day => Key::UnmetUsedUpToday,
            };
            text.fill(key, &[("most", &*most.to_string()), ("used", &*used.to_string())])
        }
        Unmet::BudgetSpent { budget, spent } => amounts(Key::UnmetBudget, budget, spent),
        Unmet::NoLines => word(Key::UnmetNoLines),
        Unmet::BelowPurchase { needed, actual } | Unmet::BelowTier { needed, actual } => {
            amounts(Key::UnmetBelow, needed, actual)
        }
        Unmet::AbovePurchase { most, actual } => amounts(Key::UnmetAbove, most, actual),
        Unmet::NoTender => word(Key::UnmetNoTender),
        Unmet::TenderShare { needed, actual } => amounts(Key::UnmetTenderShare, needed, actual),
        Unmet::TooFewUnits { needed, actual } => {
            figures(Key::UnmetTooFewUnits, needed.to_string(), actual.to_string())
        }
        Unmet::NothingToGive => word(Key::UnmetNothingToGive),
        Unmet::Stacking { with } => text.fill(Key::UnmetStacking, &[("with", code(set, with))]),
        Unmet::Condition(condition) => unmet_condition(text, currency, condition),
        _ => word(Key::UnmetCondition),
    }
}

const fn closed_words(closed: Closed) -> Key {
    match closed {
        Closed::Dates => Key::UnmetDates,
        Closed::Weekday => Key::UnmetWeekday,
        Closed::Hours => Key::UnmetHours,
    }
}

fn unmet_condition(text: &Text, currency: &Currency, condition: ConditionUnmet) -> String {
    let key = match condition {
        ConditionUnmet::Store => Key::UnmetOtherStore,
        ConditionUnmet::Window(closed) => closed_words(closed),
        ConditionUnmet::Customer => Key::UnmetNoCustomer,
        ConditionUnmet::Segment | ConditionUnmet::Tier | ConditionUnmet::CustomerTag => {
            Key::UnmetOtherCustomers
        }
        ConditionUnmet::FirstPurchase { .. } => Key::UnmetFirstPurchase,
        ConditionUnmet::Birthday => Key::UnmetBirthday,
        ConditionUnmet::Coupon => Key::UnmetNotUnlocked,
        ConditionUnmet::Value { needed, actual } => {
            let values = [("needed", &*currency.show(needed)), ("actual", &*currency.show(actual))];
            return text.fill(Key::UnmetBelow, &values);
        }
        ConditionUnmet::Quantity { needed, actual } => {
            let values = [("needed", &*needed.to_string()), ("actual", &*actual.to_string())];
            return text.fill(Key::UnmetTooFewUnits, &values);
        }
        ConditionUnmet::Tender { needed, actual } => {
            let values = [("needed", &*currency.show(needed)), ("actual", &*currency.show(actual))];
            return text.fill(Key::UnmetTenderShare, &values);
        }
        _ => Key::UnmetCondition,
    };
    text.word(key).to_owned()
}
