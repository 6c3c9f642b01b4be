//! How points follow goods that come back.

use serde::{Deserialize, Serialize};

use crate::{money::Money, quantity::Points};

/// What a refund does to the points of its sale.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClawBack {
    /// Points stay as they are.
    None,
    /// All that are left of them move with a refund, however small.
    Full,
    /// They move with their share.
    #[default]
    Proportional,
}

/// How much of a sale is back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Refunded {
    /// With earlier refunds; none: this is the first.
    pub before: Option<Money>,
    /// With this one.
    pub now: Money,
    /// Whether nothing is left of the sale.
    pub is_whole: bool,
}

impl ClawBack {
    /// Of points that a sale of `whole` earned or spent, those that have to be back once a refund is counted.
    pub fn moved_until(self, points: Points, refunded: &Refunded, whole: Money) -> Points {
        match self {
            Self::None => Points::ZERO,
            Self::Proportional if !refunded.is_whole => {
                share(points, refunded.before.unwrap_or_default() + refunded.now, whole)
            }
            Self::Full | Self::Proportional => points,
        }
    }

    /// Of points that a sale of `whole` earned or spent, those that move with a refund where earlier refunds of the sale
    /// moved `already` of them, by whatever policy there was then: together never more than the sale's.
    pub fn moved(self, points: Points, already: Points, refunded: &Refunded, whole: Money) -> Points {
        (self.moved_until(points, refunded, whole) - already).or_zero()
    }
}

/// `points × part ÷ whole`, rounded down; a part beyond the whole is the whole.
fn share(points: Points, part: Money, whole: Money) -> Points {
    if !whole.is_positive() || !part.is_positive() {
        return Points::ZERO;
    }
    if part >= whole {
        return points;
    }
    let exact = i128::from(points.get()) * i128::from(part.minor()) / i128::from(whole.minor());
    Points::new(i64::try_from(exact).unwrap_or(points.get()))
}
