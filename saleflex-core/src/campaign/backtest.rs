//! What a draft set would have given on documents that were sold.
//!
//! Goods, customer and moment are those of the document; what people would have bought else, nobody knows. With the set
//! that was in force, every document comes out as it was: [`Backtest::try_on`] says whether it did.
//!
//! A document that was judged by the very set keeps the counts it was judged with; under a draft, limits and budgets
//! are counted anew from the first document tried.

use alloc::{collections::BTreeMap, string::String, vec::Vec};
use core::ops::Deref;

use chrono::NaiveDate;

use super::{
    basket::CartError,
    best::Resolution,
    cart::{Cart, Context},
    compile::{CampaignSet, ContentHash},
    evaluator::Evaluator,
    proposal::Evaluation,
};
use crate::{
    ids::{CampaignId, LineNo},
    money::{Currency, Money},
};

mod counts;
mod render;

use counts::Counts;

/// A document as it was sold.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Recorded {
    /// Its business date.
    pub day: NaiveDate,
    /// Its lines before campaigns, its tenders, and what was known then.
    pub cart: Cart,
    /// What campaigns gave.
    pub given: Vec<RecordedDiscount>,
    /// The set it was judged by, where it says.
    pub judged_by: Option<ContentHash>,
}

/// What a campaign gave on a document, as it stands there.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct RecordedDiscount {
    /// Which campaign.
    pub campaign: CampaignId,
    /// The line; none where it was the document's.
    pub line: Option<LineNo>,
    /// How much.
    pub amount: Money,
}

/// What was given, and how often.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Cost {
    /// Documents with something given.
    pub documents: u64,
    /// Σ of it.
    pub amount: Money,
    /// Σ of the lines of those documents.
    pub value: Money,
}

/// What was given as recorded, and with the draft.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Compared {
    /// As recorded.
    pub before: Cost,
    /// With the draft.
    pub after: Cost,
}

/// The outcome of a backtest.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Report {
    /// Documents tried.
    pub documents: u64,
    /// Those on which any discount differs.
    pub changed: u64,
    /// Σ of the lines of all documents.
    pub value: Money,
    /// All campaigns together.
    pub total: Compared,
    /// By campaign; those that gave nothing either way are left out.
    pub by_campaign: BTreeMap<CampaignId, Compared>,
    /// By business date.
    pub by_day: BTreeMap<NaiveDate, Compared>,
}

/// A draft set being tried on documents, one at a time, in the order they were sold.
#[derive(Clone, Debug)]
pub struct Backtest<S> {
    set: S,
    resolution: Resolution,
    report: Report,
    counts: Counts,
}

impl<S: Deref<Target = CampaignSet>> Backtest<S> {
    /// A backtest without documents yet.
    pub fn new(set: S, resolution: Resolution) -> Self {
        let counts = Counts::of(&set);
        Self { set, resolution, report: Report::default(), counts }
    }

    /// The draft.
    pub fn set(&self) -> &S {
        &self.set
    }

    /// Tries the draft on a document, and answers whether any discount differs from the recorded ones.
    ///
    /// # Errors
    /// As [`Evaluator::of`]; then the document does not count.
    pub fn try_on(&mut self, document: &Recorded) -> Result<bool, CartError> {
        let mut evaluator = Evaluator::of(&self.set, &document.cart)?;
        let context = &document.cart.context;
        let customer = context.shopper.as_ref().map(|shopper| shopper.id);
        if self.counts.are_asked() && document.judged_by != Some(self.set.hash()) {
            let uses = self.counts.uses(document.day, customer);
            evaluator.set_context(Context { uses, ..context.clone() });
        }
        let best;
        let evaluation = match self.resolution {
            Resolution::Priority => evaluator.by_priority(),
            Resolution::BestForCustomer { effort } => {
                best = evaluator.best_for_customer(effort);
                &best.evaluation
            }
        };
        let after = discounts(&self.set, evaluation);
        for (campaign, amount) in by_campaign(&after) {
            self.counts.add(campaign, document.day, customer, amount);
        }
        Ok(self.report.add(document, after))
    }

    /// What came of all documents so far.
    pub const fn report(&self) -> &Report {
        &self.report
    }
}

fn discounts(set: &CampaignSet, evaluation: &Evaluation) -> Vec<RecordedDiscount> {
    let of = |proposal: &super::Proposal| RecordedDiscount {
        campaign: set.campaign(proposal.campaign).id,
        line: proposal.line,
        amount: proposal.amount,
    };
    evaluation.proposals.iter().map(of).collect()
}

/// Whether discounts differ, whatever their order.
fn is_changed(before: &[RecordedDiscount], mut after: Vec<RecordedDiscount>) -> bool {
    let mut before = before.to_vec();
    before.sort_unstable();
    after.sort_unstable();
    before != after
}

impl CampaignSet {
    /// Whether this set gives something else than stands on a document that was judged by it. None where its own rule
    /// searches for the best choice and does not come to an end within `effort`: then nothing can be said, and a larger
    /// effort might.
    ///
    /// # Errors
    /// As [`Evaluator::of`].
    pub fn drifts(&self, document: &Recorded, effort: u32) -> Result<Option<bool>, CartError> {
        let mut evaluator = Evaluator::of(self, &document.cart)?;
        let settled = match self.rule().resolution() {
            Resolution::Priority => Some(evaluator.by_priority().clone()),
            Resolution::BestForCustomer { .. } => evaluator.settled_best(effort),
        };
        Ok(settled.map(|evaluation| is_changed(&document.given, discounts(self, &evaluation))))
    }
}

impl Report {
    /// Adds the outcome of other documents, such as those another core has tried.
    pub fn merge(&mut self, other: &Self) {
        self.documents += other.documents;
        self.changed += other.changed;
        self.value += other.value;
        self.total.merge(&other.total);
        for (campaign, compared) in &other.by_campaign {
            self.by_campaign.entry(*campaign).or_default().merge(compared);
        }
        for (day, compared) in &other.by_day {
            self.by_day.entry(*day).or_default().merge(compared);
        }
    }

    /// How a table of all campaigns reads: cost before and with the draft, documents, lift.
    pub fn table(&self, set: &CampaignSet, currency: &Currency) -> String {
        render::table(self, set, currency)
    }

    /// A bar chart of the cost by day: before and with the draft, side by side.
    pub fn svg(&self, currency: &Currency) -> String {
        render::svg(self, currency)
    }

    fn add(&mut self, document: &Recorded, after: Vec<RecordedDiscount>) -> bool {
        let value: Money = document.cart.lines.iter().map(|line| line.total.whole()).sum();
        self.documents += 1;
        self.value += value;
        let day = self.by_day.entry(document.day).or_default();
        for (discounts, is_after) in [(&document.given, false), (&after, true)] {
            let total: Money = discounts.iter().map(|one| one.amount).sum();
            self.total.side(is_after).add(total, value);
            day.side(is_after).add(total, value);
            for (campaign, amount) in by_campaign(discounts) {
                self.by_campaign.entry(campaign).or_default().side(is_after).add(amount, value);
            }
        }
        let is_changed = is_changed(&document.given, after);
        self.changed += u64::from(is_changed);
        is_changed
    }
}

fn by_campaign(discounts: &[RecordedDiscount]) -> BTreeMap<CampaignId, Money> {
    let mut sums = BTreeMap::new();
    for one in discounts {
        *sums.entry(one.campaign).or_insert(Money::ZERO) += one.amount;
    }
    sums
}

impl Compared {
    /// With the draft less as recorded: what the draft costs more.
    pub fn more(&self) -> Money {
        self.after.amount - self.before.amount
    }

    const fn side(&mut self, is_after: bool) -> &mut Cost {
        if is_after { &mut self.after } else { &mut self.before }
    }

    fn merge(&mut self, other: &Self) {
        self.before.merge(&other.before);
        self.after.merge(&other.after);
    }
}

impl Cost {
    fn add(&mut self, amount: Money, value: Money) {
        if amount.is_positive() {
            self.merge(&Self { documents: 1, amount, value });
        }
    }

    fn merge(&mut self, other: &Self) {
        self.documents += other.documents;
        self.amount += other.amount;
        self.value += other.value;
    }

    /// The average document with something given over the average of the others, in hundredths rounded down: 150 is
    /// half as large again. None where there is only one kind, or the others come to nothing.
    pub fn lift(&self, report: &Report) -> Option<i64> {
        let others = i128::from(report.documents.checked_sub(self.documents)?);
        let value = i128::from((report.value - self.value).minor());
        if self.documents == 0 || others == 0 || value <= 0 {
            return None;
        }
        let lift = 100 * i128::from(self.value.minor()) * others / (i128::from(self.documents) * value);
        i64::try_from(lift).ok()
    }
}

#[cfg(test)]
mod tests;
