//! What a sale earns.
//!
//! Each part is rounded down once, on the exact product of amount, rate and multiplier: 99.99 at 0.10 and 1.25 earns
//! 12, not 9 × 1.25.

use alloc::{string::String, vec::Vec};

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{EarnBase, EarnRule, Mode, Program, Redemption, RuleTarget, Tier};
use crate::{
    basket::LineItem,
    catalog::DepartmentNo,
    ids::{CampaignId, LineNo, ProductId, StoreId},
    money::{Currency, Money, Rounding},
    quantity::{Multiplier, Percent, PointRate, Points},
    tender::TenderKind,
};

/// A sale that would earn.
#[derive(Clone, Copy, Debug)]
pub struct EarnRequest<'a> {
    /// Whether the document sells.
    pub is_sale: bool,
    /// Who would earn.
    pub earner: Earner<'a>,
    /// The amount that counts; below nothing counts as nothing.
    pub base: Money,
    /// The product lines that count: not voided, not sold by department key.
    pub lines: &'a [EarnLine<'a>],
    /// The kinds of the tenders that were not taken back. None at all: points paid for everything.
    pub tenders: &'a [TenderKind],
    /// How many times over campaigns make the member earn; [`Multiplier::ONE`] without one.
    pub campaign: Multiplier,
    /// What campaigns give more for some lines.
    pub campaigns: &'a [CampaignAward],
    /// What the member earned on this local day before.
    pub earned_today: Points,
    /// The store of the sale.
    pub store: StoreId,
    /// The instant by which rules and programs are in force.
    pub at: DateTime<Utc>,
}

/// More points for the lines of a campaign.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CampaignAward {
    /// The campaign that gives them.
    pub campaign: CampaignId,
    /// What the lines count for; of it no more than the whole document does.
    pub base: Money,
    /// How many times the program's points, in percent: 200 % pays them once more, 100 % and less nothing more.
    pub percent: Percent,
}

/// Who would earn.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Earner<'a> {
    /// Nobody is on the document.
    NoCustomer,
    /// The customer everyone is who gives no name.
    WalkIn,
    /// A customer without a membership.
    NoMembership,
    /// A member who is suspended or left.
    Inactive,
    /// A member.
    Member {
        /// The code of the tier **before** this sale.
        tier: Option<&'a str>,
    },
}

/// A product line as rules see it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct EarnLine<'a> {
    /// The product of the line.
    pub product: ProductId,
    /// The product's code.
    pub code: &'a str,
    /// Its main department, where it has one.
    pub department: Option<DepartmentNo>,
    /// Its sub department, where it has one.
    pub sub_department: Option<DepartmentNo>,
    /// What the line counts for.
    pub total: Money,
}

impl<'a> EarnLine<'a> {
    /// A line of a document; none for one that was voided, sold by department key or charges a container.
    pub fn of(line: &'a LineItem, base: EarnBase) -> Option<Self> {
        Some(Self {
            product: line.item.product.filter(|_| line.is_active() && !line.item.is_container)?,
            code: &line.item.code,
            department: Some(line.item.department),
            sub_department: line.item.sub_department,
            total: match base {
                EarnBase::Net => line.value(),
                EarnBase::Gross => line.total,
            },
        })
    }
}

/// What a sale earns, by where it comes from.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct EarnParts {
    /// By the program's rate.
    pub base: Points,
    /// By rules for documents.
    pub document: Points,
    /// By rules for lines and departments.
    pub lines: Points,
    /// By rules for sets of products.
    pub sets: Points,
    /// By campaigns.
    #[serde(default)]
    pub campaigns: Points,
}

impl EarnParts {
    /// All of them; one sale earns at most [`Points::MAX`].
    pub fn total(&self) -> Points {
        (self.base + self.document + self.lines + self.sets + self.campaigns).min(Points::MAX)
    }

    /// Each of them within the bound, however many rules and campaigns pay.
    fn bounded(self) -> Self {
        let Self { base, document, lines, sets, campaigns } = self;
        let [base, document, lines, sets, campaigns] =
            [base, document, lines, sets, campaigns].map(|part| part.min(Points::MAX));
        Self { base, document, lines, sets, campaigns }
    }
}

/// What a sale earns.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Earned {
    /// The points; what `parts` add up to, less what a limit cut off.
    pub points: Points,
    /// Where they come from.
    pub parts: EarnParts,
    /// The multiplier of the tier.
    pub multiplier: Multiplier,
    /// The name of the tier.
    pub tier: Option<String>,
    /// The tender that earns nothing, so that the document earns nothing.
    pub blocked_by: Option<TenderKind>,
    /// The campaigns that gave some of the points, and how many each gave; what a limit cuts off, they lose before the rest.
    pub campaigns: Vec<(CampaignId, Points)>,
}

/// Why a document earns nothing by its nature. An answer, not a fault.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NotEarned {
    /// The document does not sell.
    #[error("only sales earn points")]
    NotASale,
    /// Nobody is on the document.
    #[error("nobody is on the document")]
    NoCustomer,
    /// The customer is the anonymous one.
    #[error("a customer without a name earns no points")]
    WalkIn,
    /// The customer is no member.
    #[error("the customer is no member")]
    NoMembership,
    /// The membership is suspended or ended.
    #[error("the membership is not active")]
    Inactive,
    /// The member's program is not in force here and now.
    #[error("the loyalty program is not active")]
    ProgramInactive,
}

/// What a sale earns in the **member's** program.
///
/// # Errors
/// Why it earns nothing by its nature, in the order of [`NotEarned`]'s variants.
pub fn earn(
    request: &EarnRequest<'_>,
    program: Option<&Program>,
    currency: &Currency,
) -> Result<Earned, NotEarned> {
    if !request.is_sale {
        return Err(NotEarned::NotASale);
    }
    let tier = match request.earner {
        Earner::NoCustomer => return Err(NotEarned::NoCustomer),
        Earner::WalkIn => return Err(NotEarned::WalkIn),
        Earner::NoMembership => return Err(NotEarned::NoMembership),
        Earner::Inactive => return Err(NotEarned::Inactive),
        Earner::Member { tier } => tier,
    };
    let program = program
        .filter(|program| program.is_in_force(request.store, request.at))
        .ok_or(NotEarned::ProgramInactive)?;
    let tier = tier.and_then(|code| program.tier(code));
    let multiplier = tier.and_then(|tier| tier.multiplier).unwrap_or(Multiplier::ONE);
    let earned = |points, parts, blocked_by| Earned {
        points,
        parts,
        multiplier,
        tier: tier.map(|tier: &Tier| tier.name.clone()),
        blocked_by,
        campaigns: Vec::new(),
    };
    if let Some(eligible) = &program.earn.eligible_tenders {
        let other = request.tenders.iter().find(|kind| !eligible.contains(kind));
        if let Some(kind) = other {
            return Ok(earned(Points::ZERO, EarnParts::default(), Some(*kind)));
        }
    }
    let sum = Sum { request, program, currency, factors: [multiplier.decimal(), request.campaign.decimal()] };
    let parts = sum.parts();
    let points = limited(parts.total(), request, program);
    let others = EarnParts { campaigns: Points::ZERO, ..parts };
    let campaigns = sum.giving((points - others.total()).or_zero());
    Ok(Earned { campaigns, ..earned(points, parts, None) })
}

/// What the program's limits leave.
fn limited(points: Points, request: &EarnRequest<'_>, program: &Program) -> Points {
    let limits = program.earn.limits;
    let left_today = limits.per_day.map(|most| (most - request.earned_today).or_zero());
    [limits.per_document, left_today].into_iter().flatten().fold(points, Ord::min).or_zero()
}

struct Sum<'a> {
    request: &'a EarnRequest<'a>,
    program: &'a Program,
    currency: &'a Currency,
    /// What every part is multiplied with: the tier's multiplier and the campaigns'.
    factors: [Decimal; 2],
}

impl Sum<'_> {
    fn parts(&self) -> EarnParts {
        let mut parts = EarnParts { base: self.base(), campaigns: self.campaigns(), ..EarnParts::default() };
        // Flat points of document rules are added up before they are multiplied and rounded.
        let mut flat = Points::ZERO;
        let (store, at) = (self.request.store, self.request.at);
        for rule in self.program.rules.iter().filter(|rule| rule.is_in_force(store, at)) {
            match &rule.target {
                RuleTarget::Document { min_amount } => {
                    if min_amount.is_some_and(|least| self.request.base < least) {
                        continue;
                    }
                    let by_amount = self.by_amount(rule, self.request.base);
                    if rule.cap.is_some() {
                        // A rule with a limit of its own is rounded by itself.
                        let points = self.flat(rule.award.flat) + by_amount;
                        parts.document = parts.document + rule.capped(points);
                    } else {
                        flat = flat + rule.award.flat;
                        parts.document = parts.document + by_amount;
                    }
                }
                RuleTarget::Line { .. } | RuleTarget::Category { .. } => {
                    parts.lines = parts.lines + rule.capped(self.lines(rule));
                }
                RuleTarget::ProductSet { products } => {
                    let is_there = |id: &ProductId| self.request.lines.iter().any(|line| line.product == *id);
                    if !products.is_empty() && products.iter().all(is_there) {
                        parts.sets = parts.sets + rule.capped(self.flat(rule.award.flat));
                    }
                }
            }
        }
        parts.document = parts.document + self.flat(flat);
        parts.bounded()
    }

    fn base(&self) -> Points {
        if self.is_too_small() {
            return Points::ZERO;
        }
        self.on(self.request.base, self.program.earn.rate.decimal())
    }

    /// Whether the document earns nothing at the program's rate.
    fn is_too_small(&self) -> bool {
        self.program.earn.min_purchase.is_some_and(|least| self.request.base.or_zero() < least)
    }

    /// What campaigns give beside the program's rate.
    fn campaigns(&self) -> Points {
        self.request.campaigns.iter().map(|award| self.more(award)).sum()
    }

    /// The campaigns that give anything where a limit leaves them so many points, the first first.
    fn giving(&self, mut left: Points) -> Vec<(CampaignId, Points)> {
        let mut given = Vec::new();
        for award in self.request.campaigns {
            let points = self.more(award).min(left);
            left = left - points;
            if points.is_positive() {
                given.push((award.campaign, points));
            }
        }
        given
    }

    /// So many times the program's rate on the lines of a campaign; each campaign is rounded down by itself.
    fn more(&self, award: &CampaignAward) -> Points {
        if self.is_too_small() {
            return Points::ZERO;
        }
        let [tier, campaign] = self.factors;
        let rate = self.program.earn.rate.decimal();
        let times = award.percent.decimal() / Decimal::ONE_HUNDRED - Decimal::ONE;
        let amount = self.currency.decimal(award.base.min(self.request.base));
        Points::floor_product(&[amount, rate, times, tier, campaign])
    }

    fn lines(&self, rule: &EarnRule) -> Points {
        let matching = self.request.lines.iter().filter(|line| rule.target.matches(line));
        matching.map(|line| self.flat(rule.award.flat) + self.by_amount(rule, line.total)).sum()
    }

    /// What a rule pays on an amount: at its own rate, and at the program's so many times over.
    fn by_amount(&self, rule: &EarnRule, amount: Money) -> Points {
        let own = rule.award.rate.unwrap_or(PointRate::ZERO).decimal();
        let more = rule.award.times.map_or(Decimal::ZERO, |times| times.decimal() - Decimal::ONE);
        let [tier, campaign] = self.factors;
        let amount_major = self.currency.decimal(amount);
        let rate = self.program.earn.rate.decimal();
        self.on(amount, own) + Points::floor_product(&[amount_major, rate, more, tier, campaign])
    }

    fn on(&self, amount: Money, rate: Decimal) -> Points {
        let [tier, campaign] = self.factors;
        Points::floor_product(&[self.currency.decimal(amount), rate, tier, campaign])
    }

    fn flat(&self, points: Points) -> Points {
        let [tier, campaign] = self.factors;
        Points::floor_product(&[points.get().into(), tier, campaign])
    }
}

/// What a completed document of a member keeps of its points.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PointsSnapshot {
    /// Points earned.
    pub earned: Points,
    /// Points redeemed.
    pub redeemed: Points,
    /// The balance when earning was computed, what is held for documents counted as there.
    pub balance_before: Points,
    /// Those, less the redeemed, with the earned.
    pub balance_after: Points,
    /// What the redeemed points paid.
    pub redemption_amount: Money,
    /// The name of the tier that multiplied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// The multiplier used.
    pub multiplier: Multiplier,
    /// Points earned beyond the program's rate.
    pub bonus: Points,
    /// What the earned points are worth, rounded down.
    pub worth: Money,
    /// Who keeps the points.
    #[serde(default, skip_serializing_if = "Mode::is_local")]
    pub keeper: Mode,
    /// The campaigns that gave some of the points.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub campaigns: Vec<CampaignId>,
    /// What of the earned points each of them gave, and on what; sales of before that was kept do not say it, and their
    /// points go back with goods of any line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_lines: Vec<PointsOnLines>,
}

/// Points that a campaign gave on some lines; they go back with those.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PointsOnLines {
    /// The campaign.
    pub campaign: CampaignId,
    /// How many.
    pub points: Points,
    /// What each line counted for.
    pub lines: Vec<(LineNo, Money)>,
}

impl Earned {
    /// What the document keeps of it.
    pub fn snapshot(
        &self,
        balance_before: Points,
        redeemed: Redemption,
        program: &Program,
        currency: &Currency,
    ) -> PointsSnapshot {
        let worth = Decimal::from(self.points.get()) * program.redemption.point_value.decimal();
        PointsSnapshot {
            earned: self.points,
            redeemed: redeemed.points,
            balance_before,
            balance_after: balance_before + self.points - redeemed.points,
            redemption_amount: redeemed.amount,
            tier: self.tier.clone(),
            multiplier: self.multiplier,
            bonus: (self.points - self.parts.base).or_zero(),
            worth: currency.round(worth, Rounding::Down).unwrap_or(Money::MAX),
            keeper: program.mode,
            campaigns: self.campaigns.iter().map(|(campaign, _)| *campaign).collect(),
            on_lines: Vec::new(),
        }
    }
}
