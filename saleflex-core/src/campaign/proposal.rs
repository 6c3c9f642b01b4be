//! What an evaluation answers: proposals in order, exact to the minor unit.

use alloc::vec::Vec;

use crate::{
    ids::{LineNo, TenderNo},
    money::Money,
    quantity::Percent,
};

/// The place of a campaign in its set: by priority downwards, then by code. Valid for that set only.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Rank(pub(super) u32);

impl Rank {
    /// The campaign at a place; beyond what a set can hold there is none.
    pub(super) fn nth(at: usize) -> Self {
        Self(u32::try_from(at).unwrap_or(u32::MAX))
    }

    /// The place, from 0.
    pub const fn at(self) -> usize {
        self.0 as usize
    }
}

/// One computed discount, not yet on the document.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Proposal {
    /// The campaign that gives it.
    pub campaign: Rank,
    /// The line it is taken from; none where it is the document's.
    pub line: Option<LineNo>,
    /// The tender that earned it.
    pub tender: Option<TenderNo>,
    /// How much; above nothing.
    pub amount: Money,
    /// The share used, for a percentage.
    pub rate: Option<Percent>,
}

/// Points instead of money. On what they are given is worked out when it is asked for: [`super::Evaluator::points_base`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PointsAward {
    /// The campaign that gives them.
    pub campaign: Rank,
    /// How many times the points, in percent.
    pub percent: Percent,
}

/// What came of a pass.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Evaluation {
    /// The discounts, in the order of the pass.
    pub proposals: Vec<Proposal>,
    /// The points given instead of money.
    pub points: Vec<PointsAward>,
    /// What sets were made of, of the proposals that make sets.
    pub(super) in_sets: Vec<InSet>,
}

/// Units of a line that are in the sets of a proposal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct InSet {
    /// The place of the proposal.
    pub(super) proposal: usize,
    pub(super) line: LineNo,
    /// Fine, rounded up: what they cost.
    pub(super) worth: i64,
}

impl Evaluation {
    /// Σ of the amounts.
    pub fn total(&self) -> Money {
        self.proposals.iter().map(|proposal| proposal.amount).sum()
    }
}
