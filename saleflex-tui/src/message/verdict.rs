//! Why a campaign gives what it gives on a document, in the words of the language file.

use rust_decimal::Decimal;
use saleflex_core::{
    campaign::{Benefit, Campaign, Outcome, Rank, Verdict},
    checkout::{Advice, Advised},
    ids::LineNo,
    money::Money,
    quantity::Percent,
};
use saleflex_store::{Till, till::Explained};

use crate::text::{Key, Text};

mod condition;
mod unmet;

/// The most names that one reason lists.
const MOST_NAMES: usize = 3;

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
    /// The lines that bear what it gives, or earn points by it.
    pub lines: Vec<LineNo>,
    /// Why.
    pub words: String,
}

/// The verdicts on a document, those that gave something first. Goods, segments and campaigns are called by the names
/// that the till knows.
pub fn rows(text: &Text, till: &Till, explained: &Explained) -> Vec<VerdictRow> {
    let telling = Telling { text, till, explained };
    let mut rows: Vec<VerdictRow> = explained.verdicts.iter().map(|verdict| telling.row(verdict)).collect();
    rows.sort_by_key(|row| match row.outcome {
        Fate::Applied => 0,
        Fate::Beaten => 1,
        Fate::Unmet => 2,
    });
    rows
}

/// That campaigns are not for the open document, where there are campaigns and it is such a one.
pub fn not_for_it(till: &Till) -> Option<Key> {
    let document = till.draft().filter(|_| !till.campaigns().is_empty())?;
    let bears = document.kind.bears_campaigns(document.document_type);
    (!bears).then_some(Key::WhyNotForIt)
}

/// That a better choice was not ruled out, and how much more it could give at most.
pub fn gap(text: &Text, till: &Till, explained: &Explained) -> String {
    text.fill(Key::VerdictGap, &[("amount", &till.currency().show(explained.gap))])
}

/// What a little more would bring, a sentence each.
pub fn advice(text: &Text, till: &Till, explained: &Explained) -> Vec<String> {
    let sentences = Sentences { goods: Key::Advice, points: Key::AdvicePoints, kind: Key::AdviceKind };
    let telling = Telling { text, till, explained };
    telling.advised(&sentences).into_iter().map(|(_, words)| words).collect()
}

/// The same in few words, each with the code of its campaign.
pub fn short_advice(text: &Text, till: &Till, explained: &Explained) -> Vec<(String, String)> {
    let sentences =
        Sentences { goods: Key::AdviceShort, points: Key::AdvicePointsShort, kind: Key::AdviceKindShort };
    Telling { text, till, explained }.advised(&sentences)
}

/// In which words advice is given.
struct Sentences {
    /// About goods, with what they save.
    goods: Key,
    /// About goods, with what they earn.
    points: Key,
    /// About goods of a kind.
    kind: Key,
}

/// What verdicts are told from.
struct Telling<'a> {
    text: &'a Text,
    till: &'a Till,
    explained: &'a Explained,
}

impl Telling<'_> {
    /// What a little more would bring, each with the code of its campaign.
    fn advised(&self, sentences: &Sentences) -> Vec<(String, String)> {
        let sentence = |one: &Advice| {
            let campaign = self.explained.campaigns.campaign(one.campaign);
            let name = self.advised_name(&one.of);
            let all = [one.campaign].into_iter().chain(one.with.iter().copied());
            let campaigns = names(all.map(|rank| self.explained.campaigns.campaign(rank).text().to_owned()));
            let mut quantity = one.quantity.to_string();
            let mut amount = one.of.saving().map(|saving| self.money(saving)).unwrap_or_default();
            let mut factor = String::new();
            let key = match &one.of {
                Advised::Goods { item, earns, .. } => {
                    if item.unit.decimals > 0 {
                        quantity = format!("{quantity} {}", item.unit.code.to_lowercase());
                    }
                    if let Some((percent, value)) = earns {
                        factor = times(*percent);
                        amount = self.money(*value);
                    }
                    if earns.is_some() { sentences.points } else { sentences.goods }
                }
                Advised::Kind(_) => sentences.kind,
            };
            let values = [
                ("units", &*quantity),
                ("name", &*name),
                ("campaign", &*campaigns),
                ("amount", &*amount),
                ("times", &*factor),
            ];
            // Head office may know a department that this till cannot name.
            (!name.is_empty()).then(|| (campaign.code.as_str().to_owned(), self.text.fill(key, &values)))
        };
        self.explained.advice.iter().filter_map(sentence).collect()
    }

    /// What the goods are called that are advised, or their kind.
    fn advised_name(&self, of: &Advised) -> String {
        match of {
            Advised::Goods { item, beside: None, .. } => item.name.clone(),
            Advised::Goods { item, beside: Some((other, units)), .. } => {
                let units = units.to_string();
                let values = [("name", &*item.name), ("units", &*units), ("other", &*other.name)];
                self.text.fill(Key::AdviceBeside, &values)
            }
            Advised::Kind(selector) => self.selected(selector),
        }
    }

    fn row(&self, verdict: &Verdict) -> VerdictRow {
        let campaign = self.explained.campaigns.campaign(verdict.campaign);
        let (outcome, amount, lines) = match &verdict.outcome {
            Outcome::Applied { amount, lines } => (Fate::Applied, Some(*amount), lines.clone()),
            Outcome::Beaten { amount, .. } | Outcome::NothingLeft { amount, .. } => {
                (Fate::Beaten, Some(*amount), Vec::new())
            }
            _ => (Fate::Unmet, None, Vec::new()),
        };
        VerdictRow {
            code: campaign.code.as_str().to_owned(),
            name: campaign.name.clone(),
            outcome,
            amount,
            lines,
            words: self.words(campaign, &verdict.outcome),
        }
    }

    fn words(&self, campaign: &Campaign, outcome: &Outcome) -> String {
        match outcome {
            Outcome::Applied { amount, lines } => {
                // What is sold by a key has no name.
                let goods = self.goods(lines);
                let key = match (amount.is_zero(), goods.is_empty()) {
                    (false, false) => Key::VerdictAppliedLines,
                    (false, true) => Key::VerdictApplied,
                    (true, false) => Key::VerdictPointsLines,
                    (true, true) => Key::VerdictPoints,
                };
                self.text.fill(key, &[("amount", &*self.money(*amount)), ("lines", &*goods)])
            }
            Outcome::Beaten { amount, by } => {
                self.beside(campaign, (Key::VerdictBeaten, Key::VerdictBeatenPoints), *amount, by)
            }
            Outcome::NothingLeft { amount, by } => {
                self.beside(campaign, (Key::VerdictNothingLeft, Key::VerdictNothingLeftPoints), *amount, by)
            }
            Outcome::Unmet(why) => self.unmet(campaign, *why),
            _ => String::new(),
        }
    }

    /// What it would give but for others: an amount, or more points.
    fn beside(
        &self,
        campaign: &Campaign,
        (of_money, of_points): (Key, Key),
        amount: Money,
        by: &[Rank],
    ) -> String {
        let by = names(by.iter().map(|rank| self.campaign(*rank).to_owned()));
        if let Benefit::Points { percent } = campaign.benefit {
            return self.text.fill(of_points, &[("times", &*times(percent)), ("by", &*by)]);
        }
        self.text.fill(of_money, &[("amount", &*self.money(amount)), ("by", &*by)])
    }

    /// What a campaign is called.
    fn campaign(&self, rank: Rank) -> &str {
        &self.explained.campaigns.campaign(rank).name
    }

    /// The names of the goods on some lines.
    fn goods(&self, lines: &[LineNo]) -> String {
        names(lines.iter().filter_map(|no| Some(self.explained.document.line(*no)?.item.name.clone())))
    }

    fn word(&self, key: Key) -> String {
        self.text.word(key).to_owned()
    }

    fn money(&self, amount: Money) -> String {
        self.till.currency().show(amount)
    }
}

/// How many times the points a percentage of them is.
fn times(percent: Percent) -> String {
    (percent.decimal() / Decimal::ONE_HUNDRED).normalize().to_string()
}

/// A few names, each once, and a sign that there are more.
fn names(names: impl Iterator<Item = String>) -> String {
    let mut listed: Vec<String> = Vec::new();
    for name in names {
        if !name.is_empty() && !listed.contains(&name) {
            listed.push(name);
        }
    }
    let has_more = listed.len() > MOST_NAMES;
    listed.truncate(MOST_NAMES);
    let listed = listed.join(", ");
    if has_more { format!("{listed}, ...") } else { listed }
}
