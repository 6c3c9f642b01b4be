//! Why a campaign gives nothing: the first thing that is not met, with the figures.

use super::{proposal::Rank, window::Closed};
use crate::{adjustment::CouponRefusal, money::Money};

/// The first thing that is not met. Figures are what was needed and what was there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Unmet {
    /// The campaign is not in force, or cannot give anything.
    Inactive,
    /// It is neither automatic nor opened by a coupon.
    NeverActivated,
    /// Its code was not unlocked.
    NotUnlocked,
    /// Its coupon is on the document, and does not count any more.
    CouponRefused(CouponRefusal),
    /// It belongs to another store.
    OtherStore,
    /// The moment is outside its window.
    Closed(Closed),
    /// Nobody is known to be in its segment.
    NotInSegment {
        /// Whether a customer is on the document.
        customer_known: bool,
    },
    /// It was used as often as it may be.
    UsedUp {
        /// The limit that was reached.
        limit: UseLimit,
        /// How often it may be used.
        most: u32,
        /// How often it was.
        used: u32,
    },
    /// Its money is spent.
    BudgetSpent {
        /// How much there was.
        budget: Money,
        /// How much was given.
        spent: Money,
    },
    /// Of a limit that holds for the whole company, the hub lent this till nothing that is left.
    NotLent,
    /// A further condition does not hold.
    Condition {
        /// The question of it that decided: see [`Condition::question`](super::Condition::question).
        question: QuestionNo,
        /// How it was answered.
        why: ConditionUnmet,
    },
    /// No line is one it is about.
    NoLines,
    /// The base is below its least purchase.
    BelowPurchase {
        /// The least purchase.
        needed: Money,
        /// What was there, rounded down.
        actual: Money,
    },
    /// The base is above its most purchase.
    AbovePurchase {
        /// The most purchase.
        most: Money,
        /// What was there, rounded up.
        actual: Money,
    },
    /// No tender is one that earns it.
    NoTender,
    /// The tenders that earn it pay too small a share.
    TenderShare {
        /// At least, rounded up: so much is enough.
        needed: Money,
        /// What they pay.
        actual: Money,
    },
    /// Too few whole units.
    TooFewUnits {
        /// Whose units.
        of: UnitsOf,
        /// The fewest units that would do.
        needed: i64,
        /// The whole units on the lines.
        actual: i64,
    },
    /// The value is below the first step.
    BelowTier {
        /// Where the first step begins.
        needed: Money,
        /// What was there, rounded down.
        actual: Money,
    },
    /// What it gives comes to nothing: too small to pay, cut by its own ceilings, or nothing is left to reduce.
    NothingToGive,
    /// It does not stand beside this one, which came first.
    Stacking {
        /// The campaign applied before it.
        with: Rank,
    },
}

/// Whose units are counted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum UnitsOf {
    /// The goods the campaign is about, or what must be bought of them.
    Bought,
    /// The goods that get cheaper or are given beside what is bought.
    Got,
    /// The goods of one part of a set, by its place.
    Part(usize),
}

/// A limit of uses.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum UseLimit {
    /// Of all documents.
    Total,
    /// Of the customer on the document.
    Customer,
    /// Of the business date.
    Day,
}

/// The place of a question among all that a condition asks, in the order they are written.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct QuestionNo(pub(in crate::campaign) u16);

/// How a question of a further condition was answered. What is needed stands in the question itself; what is there
/// instead is here, where the document's context does not say it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ConditionUnmet {
    /// The store is not one of those.
    Store,
    /// The moment is outside.
    Window(Closed),
    /// The document came another way.
    Channel,
    /// No customer is known.
    Customer,
    /// The customer is not in the segment.
    Segment,
    /// The customer stands in another tier.
    Tier,
    /// The customer has no such word.
    CustomerTag,
    /// The customer bought before.
    FirstPurchase {
        /// The sales completed before.
        purchases: u32,
    },
    /// The birthday is not near, or not known.
    Birthday,
    /// The code was not unlocked.
    Coupon,
    /// The value of the lines is outside.
    Value {
        /// The bound that does not hold.
        needed: Money,
        /// What was there, rounded towards the bound's other side: down below the least, up above the most.
        actual: Money,
    },
    /// The units on the lines are outside.
    Quantity {
        /// The bound that does not hold.
        needed: i64,
        /// The whole units on the lines.
        actual: i64,
    },
    /// The tenders pay too small a share.
    Tender {
        /// At least, rounded up: so much is enough.
        needed: Money,
        /// What the tenders pay.
        actual: Money,
    },
    /// Any of nothing is asked for, which never holds.
    NothingToHold,
    /// It holds, and must not.
    Opposite,
}
