//! Counting a drawer while the period is open: spot checks, hand-overs between cashiers, over and short.
//!
//! **Invariant:** every cash amount, of foreign notes too, counts for exactly one cashier, the one who took the tender or moved
//! the cash. So a till with one drawer for all, a drawer for each cashier, or one drawer handed from cashier to cashier are the
//! same figures, summed over other people; the differences of the hand-overs add up to the difference of the day.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};

use serde::{Deserialize, Serialize};

use super::{
    CashTotals, ClosingPolicy, Declaration, Refusal,
    difference::{self, Differences},
};
use crate::{
    authority::Authority,
    cashier::{Approval, Capability, OnDuty, authorise},
    ids::{CashierId, ClosureNumber},
    money::{Currency, CurrencyCode, Money},
    quantity::ExchangeRate,
    time::Moment,
};

mod closed;
mod declared;
mod holders;
mod share;

pub(super) use self::share::shares;
pub use self::{
    closed::{ClosedDrawer, ClosedForeign},
    declared::{declared, together},
    holders::{CashByCashier, DrawerCash, Holders, Turn},
    share::{CashShare, ForeignShare, OverShort, Step, hand_overs, settled, settled_foreign},
};

/// The number of a drawer of a till, from 1.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct DrawerNo(pub u8);

/// A drawer of a till and who works from it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Drawer {
    /// Its number, unique within the till.
    pub no: DrawerNo,
    /// Who works from it; everybody who has no drawer of their own where the set is empty.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub cashiers: BTreeSet<CashierId>,
    /// What was in it when the period began.
    pub opening: Money,
}

impl Drawer {
    /// The drawers of a till in a period: those its settings name, or one for everybody. `left` is what lies in all of them, what
    /// the period before left and what new ones brought: the first has it less what the others begin with. A float lies in the
    /// drawer of whoever declared it, in place of what was left there.
    pub fn of_period(configured: &[Self], left: Money, cash: &DrawerCash) -> Vec<Self> {
        let mut drawers = configured.to_vec();
        let others: Money = drawers.iter().skip(1).map(|drawer| drawer.opening).sum();
        match drawers.first_mut() {
            Some(first) => first.opening = left - others,
            None => drawers.push(Self { no: DrawerNo(1), cashiers: BTreeSet::new(), opening: left }),
        }
        Self::with_floats(drawers, |no| {
            let cash = cash.of_drawer(no);
            (cash.float_count > 0).then_some(cash.float)
        })
    }

    /// The same drawers with the floats that lie in them, each in place of what was left there.
    pub fn with_floats(drawers: Vec<Self>, float: impl Fn(DrawerNo) -> Option<Money>) -> Vec<Self> {
        if drawers.iter().all(|drawer| float(drawer.no).is_none()) {
            return drawers;
        }
        // What the others begin with may have come with the float.
        let opening = |drawer: &Self| float(drawer.no).unwrap_or_else(|| drawer.opening.or_zero());
        drawers.into_iter().map(|drawer| Self { opening: opening(&drawer), ..drawer }).collect()
    }
}

impl CashTotals {
    /// Whether anything but floats happened.
    pub fn has_moved(&self) -> bool {
        let Self { float_count, float, .. } = *self;
        *self != Self { float_count, float, ..Self::default() }
    }
}

/// When the drawer opens for a document (D-PER-02).
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DrawerRule {
    /// When cash goes in or out.
    #[default]
    #[serde(rename = "cash")]
    WithCash,
    /// For every completed document.
    Always,
    /// Never by printing; by hand it opens.
    Never,
}

impl DrawerRule {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What a count is for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CountPurpose {
    /// The float is checked before selling.
    Opening,
    /// In between, as often as anybody likes.
    SpotCheck,
    /// The drawer goes to another cashier, who begins with what was counted.
    HandOver {
        /// The cashier who takes it over.
        to: CashierId,
    },
    /// Before the period is closed.
    Closing,
}

/// Why a drawer was over or short. The words beside it are free; reports sum by this.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OverShortReason {
    /// Too much or too little change was given.
    WrongChange,
    /// Money was taken or given without a document.
    NotRecorded,
    /// A tender was recorded as another kind.
    WrongTender,
    /// A false note was taken.
    Counterfeit,
    /// The float was not what it was said to be.
    WrongFloat,
    /// Money is missing and somebody is suspected.
    Theft,
    /// Nobody knows.
    Unknown,
    /// Something else, in words.
    Other,
}

impl OverShortReason {
    /// All reasons, in the order screens list them.
    pub const ALL: [Self; 8] = [
        Self::WrongChange,
        Self::NotRecorded,
        Self::WrongTender,
        Self::Counterfeit,
        Self::WrongFloat,
        Self::Theft,
        Self::Unknown,
        Self::Other,
    ];
}

/// What counting a drawer looks at. An approval in it is spent by [`count`].
#[derive(Debug)]
pub struct Counting<'a> {
    /// When it is counted.
    pub moment: Moment,
    /// The cashier who counts.
    pub cashier: &'a OnDuty,
    /// A manager who stands by.
    pub approval: Option<Approval>,
    /// The store's rules.
    pub policy: &'a ClosingPolicy,
    /// The open period.
    pub period: ClosureNumber,
    /// The currency of the till.
    pub currency: &'a Currency,
    /// The drawer that is counted.
    pub drawer: DrawerNo,
    /// What the count is for.
    pub purpose: CountPurpose,
    /// What was in the drawer when whoever answers for it began.
    pub received: Money,
    /// What happened to it in the period.
    pub cash: &'a CashTotals,
    /// How it stood when it was received: what had happened to it before.
    pub before: &'a CashTotals,
    /// What each cashier has of the cash of all drawers.
    pub by_cashier: &'a CashByCashier,
    /// What should lie there of foreign currencies, with what was over or short when the drawer was handed on before.
    pub foreign: &'a BTreeMap<CurrencyCode, Money>,
    /// What that is worth.
    pub rates: &'a [(CurrencyCode, ExchangeRate)],
    /// What was counted, piece by piece or as a sum.
    pub declaration: &'a Declaration,
}

impl Counting<'_> {
    /// What should lie there of the foreign currencies that are counted.
    fn foreign_expected(&self) -> BTreeMap<CurrencyCode, Money> {
        let of = |code: &CurrencyCode| (*code, self.foreign.get(code).copied().unwrap_or_default());
        self.declaration.foreign.keys().map(of).collect()
    }
}

/// A count of a drawer: a record that never changes.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DrawerCount {
    /// The drawer that was counted.
    pub drawer: DrawerNo,
    /// What the count was for.
    pub purpose: CountPurpose,
    /// When it was counted.
    pub at: Moment,
    /// Who counted it, and who approved where the difference took a manager.
    pub authority: Authority,
    /// The period that was open.
    pub period: ClosureNumber,
    /// What was counted, piece by piece or as a sum.
    pub declaration: Declaration,
    /// Whether it was counted without seeing what should be there.
    pub blind: bool,
    /// What had happened to it in the period until then.
    #[serde(default)]
    pub cash: CashTotals,
    /// When the drawer went to somebody else: what each cashier had of the cash of all drawers until then. Counts of
    /// older tills do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_cashier: Option<CashByCashier>,
    /// What should lie there.
    pub expected: Money,
    /// What lay there, in the till's own currency.
    pub counted: Money,
    /// Of foreign currencies: what lay there less what should.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub foreign_differences: BTreeMap<CurrencyCode, Money>,
    /// What should have lain there of those that were counted, with what was over or short when the drawer was handed on
    /// before; none where no foreign money was counted. Counts of older tills do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreign_expected: Option<BTreeMap<CurrencyCode, Money>>,
}

impl DrawerCount {
    /// What it changed of who works from which drawer: a hand-over does.
    pub fn turn(&self) -> Option<Turn<'_>> {
        let CountPurpose::HandOver { to } = self.purpose else { return None };
        Some(Turn::HandedOver { drawer: self.drawer, to, cash: self.by_cashier.as_ref()? })
    }

    /// Whether whoever counted may read what should have lain there: of a blind count only once it is the one for
    /// closing, which the Z report shows beside the first that was entered.
    pub fn tells_expected(&self) -> bool {
        !self.blind || self.purpose == CountPurpose::Closing
    }

    /// Counted less expected: below nothing when the drawer was short.
    pub fn difference(&self) -> Money {
        self.counted - self.expected
    }
}

/// A count as it was entered, accepted or not. It is kept before anybody hears whether it is right, so that whoever tries
/// again until the figure fits leaves the first one behind.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct EnteredCount {
    /// The drawer that was counted.
    pub drawer: DrawerNo,
    /// What the count was for.
    pub purpose: CountPurpose,
    /// When it was entered.
    pub at: Moment,
    /// The cashier who entered it.
    pub cashier: CashierId,
    /// The period that was open.
    pub period: ClosureNumber,
    /// What should have lain there.
    pub expected: Money,
    /// What was entered, in the till's own currency.
    pub counted: Money,
    /// Whether it was counted without seeing what should be there.
    pub blind: bool,
}

impl EnteredCount {
    /// The one that was accepted.
    pub fn of(count: &DrawerCount) -> Self {
        Self {
            drawer: count.drawer,
            purpose: count.purpose,
            at: count.at,
            cashier: count.authority.cashier,
            period: count.period,
            expected: count.expected,
            counted: count.counted,
            blind: count.blind,
        }
    }

    /// Counted less expected: below nothing when the drawer was short.
    pub fn difference(&self) -> Money {
        self.counted - self.expected
    }

    /// Whether the same person entered the same of the same drawer, which stood as it does now: an attempt with a reason
    /// or a manager added, and no other count.
    pub fn repeats(&self, earlier: &Self) -> bool {
        *self == Self { at: self.at, ..*earlier }
    }
}

/// The first that was entered of each drawer for closing, where another was accepted in its place or none. Where only
/// cash moved since, and the drawer is as much over or short as it was, nothing else was accepted. `of_one` is what the
/// last holder of a till's only drawer was over or short by.
pub(super) fn first_counts(
    entered: &[EnteredCount],
    drawers: &[ClosedDrawer],
    of_one: Option<Money>,
) -> Vec<EnteredCount> {
    let mut first = BTreeMap::new();
    for count in entered.iter().filter(|count| count.purpose == CountPurpose::Closing) {
        first.entry(count.drawer).or_insert(*count);
    }
    let accepted = |no| match drawers.iter().find(|drawer| drawer.no == no) {
        Some(drawer) => drawer.difference(),
        None => of_one.filter(|_| drawers.is_empty()),
    };
    first.into_values().filter(|count| accepted(count.drawer) != Some(count.difference())).collect()
}

/// Decides on a count. Nobody needs a capability to count the drawer they sell from; a difference above the store's
/// limit needs a reason and a manager. The shell stores the count; money moves only by cash movements.
///
/// # Errors
/// The first [`Refusal`] that stands against it: [`Refusal::Count`], [`Refusal::NoSuchDenomination`] and
/// [`Refusal::FloatAboveCount`] for what cannot have been counted; [`Refusal::StaysAtClosingOnly`] and
/// [`Refusal::DeclaredInBetween`] for what its purpose does not ask for; [`Refusal::ReasonNeeded`], before anybody has to
/// agree; [`Refusal::ApprovalNeeded`] without the capability, which comes first where drawers are counted blind, or,
/// beyond the limit, without a manager.
pub fn count(mut counting: Counting<'_>) -> Result<DrawerCount, Refusal> {
    let approval = counting.approval.take();
    let approval = approval.as_ref();
    let Counting { cashier, declaration, currency, policy, .. } = counting;
    let capability = match counting.purpose {
        CountPurpose::Closing => Capability::Closure,
        CountPurpose::Opening | CountPurpose::SpotCheck | CountPurpose::HandOver { .. } => Capability::Sell,
    };
    let authority =
        authorise(cashier, approval, capability).map_err(|capability| Refusal::ApprovalNeeded { capability });
    if policy.blind_count {
        authority.clone()?;
    }
    declared::fits(declaration, counting.purpose)?;
    let counted = super::checked_count(declaration, currency)?;
    let expected = counting.cash.since(counting.before).expected(counting.received);
    let foreign = declaration.foreign_differences(counting.foreign)?;
    let is_foreign_counted = !declaration.foreign.is_empty();
    let foreign_expected = is_foreign_counted.then(|| counting.foreign_expected());
    let differences =
        Differences { own: counted - expected, currency, foreign: foreign.clone(), rates: counting.rates };
    let explained = difference::explain(&differences, declaration, policy)?;
    let mut authority = authority?;
    let approver = explained.accept(cashier, approval)?;
    authority.approved_by = approver.or(authority.approved_by);
    let is_handed_over = matches!(counting.purpose, CountPurpose::HandOver { .. });
    Ok(DrawerCount {
        drawer: counting.drawer,
        purpose: counting.purpose,
        at: counting.moment,
        authority,
        period: counting.period,
        declaration: declaration.clone(),
        blind: policy.blind_count,
        cash: counting.cash.clone(),
        by_cashier: is_handed_over.then(|| counting.by_cashier.clone()),
        expected,
        counted,
        foreign_differences: foreign,
        foreign_expected,
    })
}

/// The words of a reason, checked where a reason is asked for.
pub(super) fn has_reason(declaration: &Declaration) -> bool {
    let in_words = declaration.reason.as_ref().is_some_and(|reason: &String| !reason.trim().is_empty());
    match declaration.over_short {
        // A reason that says nothing by itself needs words.
        Some(OverShortReason::Other) | None => in_words,
        Some(_) => true,
    }
}
