//! Promotions: which campaigns apply to a basket, what they give, and exactly how much.
//!
//! A [`Campaign`] is written down, checked and stored; a [`CampaignSet`] is made of all of them once; an [`Evaluator`]
//! follows a basket and answers with an [`Evaluation`]. Nothing here knows a clock, a store or a customer file: the
//! [`Context`] brings them.
//!
//! **Invariants:** the order of lines never matters; the sum of all proposals never exceeds the value of the lines;
//! an amount is rounded once, half up, to the currency's minor unit; the same input gives the same answer.

mod allocate;
mod backtest;
mod basket;
mod benefit;
mod best;
mod cart;
mod change;
mod check;
mod compile;
mod compiled;
mod condition;
mod content_hash;
mod coupon;
mod definition;
mod definitions;
mod eligible;
mod evaluator;
mod exact;
mod explain;
mod field;
mod hint;
mod index;
mod lint;
mod original;
mod pass;
mod pattern;
mod plan;
mod proposal;
mod rows;
mod sight;
mod snapshot;
mod target;
mod triggers;
mod units;
mod unmet;
mod usage;
mod window;

pub use allocate::Allocation;
pub use backtest::{Backtest, Compared, Cost, Recorded, RecordedDiscount, RecordedPoints, Report};
pub use basket::{CartError, MOST_LINES};
pub use benefit::{Benefit, BundlePart, BundlePrice, Choice, Per, ProductRow, Reward, Tier, TierBy};
pub use best::{Best, DEFAULT_EFFORT, Proof, Resolution};
pub use cart::{Cart, CartItem, CartLine, CartTender, Context, Shopper, Uses};
pub use change::CampaignChange;
pub use check::{DEEPEST_CONDITION, MOST_CONDITIONS, MOST_NAMED, MOST_PATTERNS};
pub use compile::{AskedOfCustomers, CampaignSet, CompileError, MOST_CAMPAIGNS};
pub use condition::Condition;
pub use content_hash::{ContentHash, ENGINE_VERSION};
pub use coupon::{
    AppliedCoupons, Batch, BatchError, CodeError, Coupon, CouponKind, CouponOnFile, CouponStanding,
    OpenDocument, check_code,
};
pub use definition::{Activation, Campaign, CampaignCode, Exclusivity, Lane, Limits, TenderTerms, unlocking};
pub use definitions::Definitions;
pub use eligible::days_to_birthday;
pub use evaluator::{Evaluator, Remembered};
pub use exact::{FineMoney, FineQuantity};
pub use explain::{Outcome, Verdict};
pub use field::{FieldError, FieldReason};
pub use hint::{Hint, Offer};
pub use index::{MOST_PATTERN_BYTES, Selection};
pub use lint::{Fault, Finding, LintFacts, PricedItem};
pub use original::{NotOriginal, OriginalCampaign, OriginalProduct, OriginalRule, PaymentTypes, parse_local};
pub use pattern::{Pattern, PatternError};
pub use proposal::{Evaluation, PointsAward, Proposal, Rank};
pub use rows::{DiscountRow, RowChanges, RowSource, discount_total, synchronise};
pub use snapshot::{
    CartSnapshot, SchemaVersion, SnapshotLine, SnapshotLineMore, SnapshotLineSource, SnapshotPayment,
    SnapshotSource, SnapshotTax, SnapshotTotals,
};
pub use target::{DepartmentKey, Selector, Target, TenderMethod, TenderTarget};
pub use unmet::{ConditionUnmet, QuestionNo, UnitsOf, Unmet, UseLimit};
pub use usage::{CampaignUse, CouponUse, Usage, distinct_campaigns};
pub use window::{Closed, Weekdays, Window};

pub use crate::adjustment::{AppliedCoupon, CouponRefusal};

#[cfg(test)]
mod tests;
