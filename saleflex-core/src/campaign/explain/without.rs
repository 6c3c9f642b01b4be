//! What those before a campaign took of what it counts on.

use alloc::{collections::BTreeSet, vec::Vec};
use core::cmp::Reverse;

use super::MOST_ROUNDS;
use crate::{
    campaign::{
        evaluator::Evaluator,
        proposal::{Evaluation, Rank},
    },
    money::Money,
};

impl Evaluator<'_> {
    /// What a campaign that gives nothing would give without others that came before it, and which: one of them where that
    /// is enough, of those the one that gave the most, else the fewest that gave the most. None where it gives nothing anyway,
    /// or where `left`, of which each question takes one, is used up.
    pub(super) fn without(
        &mut self,
        campaign: Rank,
        evaluation: &Evaluation,
        applied: &BTreeSet<Rank>,
        left: &mut usize,
    ) -> Option<(Money, Vec<Rank>)> {
        let gave = |rank: Rank| -> Money {
            let own = evaluation.proposals.iter().filter(|proposal| proposal.campaign == rank);
            own.map(|proposal| proposal.amount).sum()
        };
        let mut before: Vec<Rank> = applied.iter().copied().filter(|rank| *rank < campaign).collect();
        before.sort_by_key(|rank| (Reverse(gave(*rank)), *rank));
        let alone = before.iter().take(MOST_ROUNDS).map(|rank| Vec::from([*rank]));
        let together = (2..=before.len().min(MOST_ROUNDS)).map(|count| before[..count].to_vec());
        for mut named in alone.chain(together) {
            *left = left.checked_sub(1)?;
            let (_, mut pass) = self.pass();
            pass.begin();
            for rank in applied.iter().filter(|rank| **rank < campaign && !named.contains(rank)) {
                // One that is not given without them stands in nobody's way.
                let _unmet = pass.apply(*rank).err();
            }
            if let Ok(amount) = pass.weigh_by_itself(campaign) {
                named.sort_unstable();
                return Some((amount, named));
            }
        }
        None
    }
}
