//! What a campaign gives.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::target::Target;
use crate::{ids::ProductId, money::Money, quantity::Percent};

/// A reduction: a share or an amount.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reward {
    /// A share of what it is taken from.
    Percent(Percent),
    /// An amount, at most what it is taken from.
    Amount(Money),
}

/// What a reward is taken from.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// All lines of the target together; the proposal is the document's.
    #[default]
    Document,
    /// Each line of the target.
    Line,
    /// Each whole unit on the lines of the target; the proposal is the line's.
    Unit,
}

/// What a campaign gives. "The lines" are those of the campaign's target.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Benefit {
    /// Nothing: a definition that cannot give anything.
    Nothing,
    /// A reduction of the lines.
    Off {
        /// What is taken off.
        reward: Reward,
        /// What it is taken from: all lines together, each line or each unit.
        #[serde(default)]
        per: Per,
    },
    /// A reduction of the products listed, each with a reward of its own or the common one.
    Products {
        /// The products, in the order tried.
        rows: Vec<ProductRow>,
        /// The reward of rows without one of their own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reward: Option<Reward>,
    },
    /// Each unit on the lines for this price, where it costs more.
    FixedPrice {
        /// The price of one unit.
        price: Money,
    },
    /// `quantity` units of the lines for this price, the dearest first, as often as there are so many.
    PriceFor {
        /// How many units make one lot.
        quantity: u32,
        /// For how much together.
        price: Money,
    },
    /// The reward of the highest step reached.
    Tiers {
        /// What the steps are measured by.
        by: TierBy,
        /// The steps.
        steps: Vec<Tier>,
    },
    /// Whoever buys `buy` units gets `get` more cheaper, as often as there are enough.
    BuyGet {
        /// How many are paid.
        buy: u32,
        /// How many are cheaper.
        get: u32,
        /// How much cheaper: 100 % is free.
        percent: Percent,
        /// The lines whose units count, of those in the campaign's target; without, all of them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        among: Option<Target>,
        /// The units that get cheaper; without, the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<Target>,
        /// Which units get cheaper.
        #[serde(default)]
        choice: Choice,
    },
    /// A set of different things together.
    Bundle {
        /// What a set is made of. The dearest units fill the parts in their order; where a part then lacks what another
        /// took, units stand for whichever part makes a whole set.
        parts: Vec<BundlePart>,
        /// What the set costs.
        price: BundlePrice,
    },
    /// Units of these for nothing.
    Gift {
        /// The lines whose units are given.
        of: Target,
        /// How many units are given at most.
        quantity: u32,
    },
    /// More points for the lines; no money.
    Points {
        /// How many times the points, in percent: 200 % doubles them.
        percent: Percent,
    },
}

/// A product with its own reward and the quantity its line must have.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ProductRow {
    /// The product that the line sells.
    pub product: ProductId,
    /// The least quantity of the line (A6: the range gates the line, it does not cap units).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<i64>,
    /// The highest quantity of the line; none: no upper end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<i64>,
    /// Its own reward.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward: Option<Reward>,
}

/// What the steps of tiers count.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TierBy {
    /// Whole units on the lines.
    Quantity,
    /// The value of the lines, in minor units.
    Value,
}

/// A step: from here on, this reward.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// The count or value it begins at.
    pub from: i64,
    /// What it gives on all lines together.
    pub reward: Reward,
}

/// Which units get cheaper.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// The cheapest of all (A5).
    #[default]
    Cheapest,
    /// The cheapest of each group, where groups are made from the dearest down.
    CheapestOfGroup,
}

/// A part of a set.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BundlePart {
    /// The lines whose units fit.
    pub of: Target,
    /// How many units of it one set has.
    pub quantity: u32,
}

/// What a set costs.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BundlePrice {
    /// So much together.
    Fixed(Money),
    /// So much less than its parts.
    Off(Reward),
}
