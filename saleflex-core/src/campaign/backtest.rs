//! What a draft set would have given on documents that were sold.
//!
//! Goods, customer and moment are those of the document; what people would have bought else, nobody knows. With the set
//! that was in force, every document comes out as it was: [`Backtest::try_on`] says whether it did.
//!
//! A document that was judged by the very set keeps the counts it was judged with; under a draft, limits and budgets
//! are counted anew from the first document tried, and given back with a document that was taken back entirely:
//! [`Backtest::take_back`].

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};
use core::ops::Deref;

use chrono::NaiveDate;

use super::{
    basket::CartError,
    best::Resolution,
    cart::{Cart, Context},
    compile::CampaignSet,
    content_hash::ContentHash,
    evaluator::Evaluator,
    proposal::{Evaluation, PointsAward},
};
use crate::{
    ids::{CampaignId, DocumentId, LineNo},
    money::{Currency, Money},
    quantity::Percent,
};

mod chart;
mod counts;
mod paid;
mod render;

use counts::Counts;

/// A document as it was sold.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Recorded {
    /// The document's id.
    pub document: DocumentId,
    /// Its business date.
    pub day: NaiveDate,
    /// Its lines before campaigns, its tenders, and what was known then.
    pub cart: Cart,
    /// What campaigns gave.
    pub given: Vec<RecordedDiscount>,
    /// What the campaigns were called that gave something.
    pub codes: BTreeMap<CampaignId, String>,
    /// What is known of the points that it earned.
    pub points: RecordedPoints,
    /// What was to be paid of it in all, where it says: what a draft leaves of it is paid by the same tenders.
    pub to_pay: Option<Money>,
    /// The set it was judged by, where it says.
    pub judged_by: Option<ContentHash>,
}

/// What a campaign gave on a document, as it stands there.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct RecordedDiscount {
    /// The campaign that gave it.
    pub campaign: CampaignId,
    /// The line; none where it was the document's.
    pub line: Option<LineNo>,
    /// What it took off.
    pub amount: Money,
}

/// What is known of the points that a document earned.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RecordedPoints {
    /// Nothing: a draft is taken to give points as they were given.
    Unknown,
    /// It earned none, as nobody's sale does, or one too small for a point: no campaign gives it any.
    Nothing,
    /// It earned some, of which these campaigns gave some.
    Earned(BTreeSet<CampaignId>),
}

impl RecordedPoints {
    /// The campaigns that are known to have given some.
    pub fn campaigns(&self) -> impl Iterator<Item = CampaignId> {
        let gave = match self {
            Self::Earned(gave) => Some(gave),
            Self::Unknown | Self::Nothing => None,
        };
        gave.into_iter().flatten().copied()
    }
}

/// What was given, and how often; points count as a document with nothing taken off.
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
    /// What was given as recorded.
    pub before: Cost,
    /// What is given with the draft.
    pub after: Cost,
    /// Documents on which the two differ.
    pub changed: u64,
}

/// The outcome of a backtest.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Report {
    /// The documents that were tried.
    pub documents: u64,
    /// Those on which any discount differs.
    pub changed: u64,
    /// Of all documents those that were judged by the very set.
    pub own: u64,
    /// Those of them on which any discount differs: none, where the engine gives what it gave.
    pub own_changed: u64,
    /// Σ of the lines of all documents.
    pub value: Money,
    /// All campaigns together.
    pub total: Compared,
    /// By campaign; those that gave nothing either way are left out.
    pub by_campaign: BTreeMap<CampaignId, Compared>,
    /// By business date.
    pub by_day: BTreeMap<NaiveDate, Compared>,
    /// What campaigns were called on the documents, which the draft need not know.
    pub codes: BTreeMap<CampaignId, String>,
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

    /// The set with the draft in it.
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
        let evaluation = if document.judged_by == Some(self.set.hash()) {
            evaluator.resolve(self.resolution).evaluation
        } else {
            paid::evaluate(&mut evaluator, document, self.resolution)
        };
        // Its digest names the set with the rule that it is chosen from by.
        let is_own_rule = self.resolution == self.set.rule().resolution();
        let is_own = is_own_rule && document.judged_by == Some(self.set.hash());
        let after = discounts(&self.set, &evaluation);
        let points = giving_points(&evaluator, &document.points, is_own);
        for (campaign, amount) in with_points(by_campaign(&after), &points) {
            self.counts.add(document.document, campaign, (document.day, customer), amount);
        }
        let is_changed = self.report.add(document, &after, &points);
        if is_own {
            self.report.own += 1;
            self.report.own_changed += u64::from(is_changed);
        }
        Ok(is_changed)
    }

    /// A document tried before was taken back entirely: what it used of limits and budgets is there again.
    pub fn take_back(&mut self, document: DocumentId) {
        self.counts.take_back(document);
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

/// The campaigns of which the customer keeps points. What comes to less than a point, or is cut off by a limit of the program,
/// is no use of its campaign: the document says so of the set it was judged by, and of another nobody knows.
fn giving_points(evaluator: &Evaluator<'_>, recorded: &RecordedPoints, is_own: bool) -> BTreeSet<CampaignId> {
    // The program pays once by itself: so many times are only more above that.
    let gives_more = |award: &&PointsAward| {
        award.percent > Percent::HUNDRED && evaluator.points_base(award.campaign).is_positive()
    };
    let given = evaluator.evaluation().points.iter().filter(gives_more);
    let giving = given.map(|award| evaluator.set().campaign(award.campaign).id);
    match recorded {
        RecordedPoints::Nothing => BTreeSet::new(),
        RecordedPoints::Earned(gave) if is_own => giving.filter(|id| gave.contains(id)).collect(),
        RecordedPoints::Earned(_) | RecordedPoints::Unknown => giving.collect(),
    }
}

/// Discounts whatever their order.
fn sorted(discounts: &[RecordedDiscount]) -> Vec<RecordedDiscount> {
    let mut sorted = discounts.to_vec();
    sorted.sort_unstable();
    sorted
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
        Ok(settled.map(|evaluation| sorted(&document.given) != sorted(&discounts(self, &evaluation))))
    }
}

impl Report {
    /// Adds the outcome of other documents, such as those another core has tried.
    pub fn merge(&mut self, other: &Self) {
        self.documents += other.documents;
        self.changed += other.changed;
        self.own += other.own;
        self.own_changed += other.own_changed;
        self.value += other.value;
        self.total.merge(&other.total);
        for (campaign, compared) in &other.by_campaign {
            self.by_campaign.entry(*campaign).or_default().merge(compared);
        }
        for (day, compared) in &other.by_day {
            self.by_day.entry(*day).or_default().merge(compared);
        }
        self.codes.extend(other.codes.iter().map(|(id, code)| (*id, code.clone())));
    }

    /// What a campaign is called: by the draft, or else by the documents.
    pub fn code<'a>(&'a self, set: &'a CampaignSet, campaign: CampaignId) -> Option<&'a str> {
        let in_draft = set.find(campaign).map(|one| one.code.as_str());
        in_draft.or_else(|| self.codes.get(&campaign).map(String::as_str))
    }

    /// How a table by campaign and then by day reads: cost before and with the draft, documents, those that change, lift.
    pub fn table(&self, set: &CampaignSet, currency: &Currency) -> String {
        render::table(self, set, currency)
    }

    /// Two bar charts of the cost, by campaign and by day: before and with the draft, side by side.
    pub fn svg(&self, set: &CampaignSet, currency: &Currency) -> String {
        chart::svg(self, set, currency)
    }

    /// Whether anything differs.
    fn add(
        &mut self,
        document: &Recorded,
        after: &[RecordedDiscount],
        points: &BTreeSet<CampaignId>,
    ) -> bool {
        let value: Money = document.cart.lines.iter().map(|line| line.total.whole()).sum();
        self.documents += 1;
        self.value += value;
        self.codes.extend(document.codes.iter().map(|(id, code)| (*id, code.clone())));
        // Where nobody noted who gave points, the draft is taken to give them as before.
        let points_before = match &document.points {
            RecordedPoints::Unknown => points.clone(),
            RecordedPoints::Nothing | RecordedPoints::Earned(_) => document.points.campaigns().collect(),
        };
        let day = self.by_day.entry(document.day).or_default();
        for (discounts, points, is_after) in
            [(document.given.as_slice(), &points_before, false), (after, points, true)]
        {
            let sums = with_points(by_campaign(discounts), points);
            if !sums.is_empty() {
                let cost = Cost { documents: 1, amount: sums.values().copied().sum(), value };
                self.total.side(is_after).merge(&cost);
                day.side(is_after).merge(&cost);
            }
            for (campaign, amount) in sums {
                let cost = Cost { documents: 1, amount, value };
                self.by_campaign.entry(campaign).or_default().side(is_after).merge(&cost);
            }
        }
        let changed = changed((&document.given, &points_before), (after, points));
        for campaign in &changed {
            self.by_campaign.entry(*campaign).or_default().changed += 1;
        }
        let is_changed = u64::from(!changed.is_empty());
        self.changed += is_changed;
        self.total.changed += is_changed;
        day.changed += is_changed;
        is_changed > 0
    }
}

/// The campaigns that gave something else, or on another line.
fn changed(
    (before, points_before): (&[RecordedDiscount], &BTreeSet<CampaignId>),
    (after, points): (&[RecordedDiscount], &BTreeSet<CampaignId>),
) -> BTreeSet<CampaignId> {
    let mut changed: BTreeSet<CampaignId> = points_before.symmetric_difference(points).copied().collect();
    let (before, after) = (sorted(before), sorted(after));
    let campaigns: BTreeSet<CampaignId> = before.iter().chain(&after).map(|one| one.campaign).collect();
    let of = |discounts: &[RecordedDiscount], id: CampaignId| -> Vec<RecordedDiscount> {
        discounts.iter().filter(|one| one.campaign == id).copied().collect()
    };
    changed.extend(campaigns.into_iter().filter(|id| of(&before, *id) != of(&after, *id)));
    changed
}

fn by_campaign(discounts: &[RecordedDiscount]) -> BTreeMap<CampaignId, Money> {
    let mut sums = BTreeMap::new();
    for one in discounts {
        *sums.entry(one.campaign).or_insert(Money::ZERO) += one.amount;
    }
    sums
}

/// The same with the campaigns that gave points, which take nothing off.
fn with_points(
    mut sums: BTreeMap<CampaignId, Money>,
    points: &BTreeSet<CampaignId>,
) -> BTreeMap<CampaignId, Money> {
    for campaign in points {
        sums.entry(*campaign).or_insert(Money::ZERO);
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
        self.changed += other.changed;
    }
}

impl Cost {
    fn merge(&mut self, other: &Self) {
        self.documents += other.documents;
        self.amount += other.amount;
        self.value += other.value;
    }

    /// The average document with something given over the average of the others, in hundredths rounded half up: 150 is
    /// half as large again. None where there is only one kind, or the others come to nothing.
    pub fn lift(&self, report: &Report) -> Option<i64> {
        let others = i128::from(report.documents.checked_sub(self.documents)?);
        let value = i128::from((report.value - self.value).minor());
        if self.documents == 0 || others == 0 || value <= 0 {
            return None;
        }
        let (own, rest) = (100 * i128::from(self.value.minor()) * others, i128::from(self.documents) * value);
        i64::try_from((2 * own + rest).div_euclid(2 * rest)).ok()
    }
}

#[cfg(test)]
mod tests;
