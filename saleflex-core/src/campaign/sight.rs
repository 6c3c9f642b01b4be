//! Which campaigns of a set see what of a basket, so that a change is told to these and to no others.

use alloc::{vec, vec::Vec};

use super::{
    basket::{ALL, clear_bit},
    benefit::Per,
    compiled::Compiled,
    eligible::set_bit,
    index::{Readers, TargetNo},
    plan::Plan,
    proposal::Rank,
};

/// What each campaign sees.
#[derive(Clone, Debug, Default)]
pub(super) struct Sight {
    /// For each target, the campaigns that look at its lines; those that look at every line are left out.
    by_target: Readers,
    /// A bit for each campaign that looks at every line.
    all_lines: Vec<u64>,
    /// A bit for each campaign to which it matters what was taken off the document before it.
    document: Vec<u64>,
    /// A bit for each campaign that sees more than this: its condition, its ways to pay, the money it may still give.
    beyond: Vec<u64>,
}

impl Sight {
    pub(super) fn of(compiled: &[Compiled], targets: usize) -> Self {
        let none: Vec<u64> = vec![0; compiled.len().div_ceil(64)];
        let (mut all_lines, mut document, mut beyond) = (none.clone(), none.clone(), none);
        let mut by_target = Vec::new();
        for (rank, campaign) in (0..).map(Rank).zip(compiled) {
            let looked_at = campaign.looked_at();
            if looked_at.contains(&ALL) {
                set_bit(&mut all_lines, rank);
            } else {
                by_target.extend(looked_at.into_iter().map(|target| (target, rank)));
            }
            if campaign.sees_document() {
                set_bit(&mut document, rank);
            }
            if campaign.test.is_some() || campaign.tender.is_some() || campaign.budget.is_some() {
                set_bit(&mut beyond, rank);
            }
        }
        Self { by_target: Readers::sorted(by_target, targets), all_lines, document, beyond }
    }

    /// A bit for each campaign that sees more than lines, what was taken off them, and what was taken off the document.
    pub(super) fn beyond(&self) -> &[u64] {
        &self.beyond
    }

    /// Clears the bits, from a campaign on, of those that look at a line of these targets.
    pub(super) fn clear_lookers(&self, bits: &mut [u64], targets: &[TargetNo], from: usize) {
        // A line without targets is one that campaigns leave alone; every other is in that of all lines.
        if targets.is_empty() {
            return;
        }
        clear_from(bits, &self.all_lines, from);
        let lookers = targets.iter().flat_map(|target| self.by_target.of_target(*target));
        for rank in lookers.filter(|rank| rank.at() >= from) {
            clear_bit(bits, *rank);
        }
    }

    /// Clears the bits, from a campaign on, of those to which it matters what was taken off the document.
    pub(super) fn clear_of_document(&self, bits: &mut [u64], from: usize) {
        clear_from(bits, &self.document, from);
    }
}

/// Clears the bits of `others` from a campaign on.
fn clear_from(bits: &mut [u64], others: &[u64], from: usize) {
    let mut ahead = u64::MAX << (from % 64);
    for (word, other) in bits.iter_mut().zip(others).skip(from / 64) {
        *word &= !(other & ahead);
        ahead = u64::MAX;
    }
}

impl Compiled {
    /// The targets whose lines decide what it gives, conditions left aside; one may stand more than once.
    fn looked_at(&self) -> Vec<TargetNo> {
        let mut targets = Vec::from([self.target]);
        match &self.plan {
            Plan::Products { of, .. } | Plan::Gift { of, .. } => targets.push(*of),
            Plan::Sets { parts, .. } => targets.extend(parts.iter().map(|(target, _)| *target)),
            Plan::BuyGet(terms) => targets.extend(terms.of.into_iter().chain([terms.among])),
            Plan::Nothing
            | Plan::Off { .. }
            | Plan::FixedPrice { .. }
            | Plan::Tiers { .. }
            | Plan::Points { .. } => {}
        }
        targets
    }

    /// Whether what it gives depends on what was taken off the document before it: by a bound of its base, a floor, or
    /// because the base is what it takes from.
    const fn sees_document(&self) -> bool {
        let takes_from_base = match &self.plan {
            Plan::Off { per: Per::Document, .. } | Plan::Sets { .. } | Plan::Tiers { .. } => true,
            Plan::BuyGet(terms) => terms.of.is_none(),
            Plan::Nothing
            | Plan::Off { per: Per::Line | Per::Unit, .. }
            | Plan::Products { .. }
            | Plan::FixedPrice { .. }
            | Plan::Gift { .. }
            | Plan::Points { .. } => false,
        };
        takes_from_base || self.least.is_some() || self.most.is_some() || self.has_floor()
    }
}
