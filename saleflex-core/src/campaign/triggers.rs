//! The lines by which a campaign comes to give something on others: what was bought so that these get cheaper, what a
//! question about the basket counts, and what makes up the least purchase.

use alloc::vec::Vec;

use super::{
    basket::{Basket, places},
    compiled::{Compiled, Question, Test},
    index::TargetNo,
    plan::Plan,
};

impl Compiled {
    /// The places of these lines; a line may stand more than once.
    pub(super) fn triggers(&self, basket: &Basket) -> Vec<usize> {
        let among = match &self.plan {
            Plan::BuyGet(terms) => terms.of.map(|_| terms.among),
            Plan::Gift { .. } => Some(self.target),
            // The lines that count are those that get cheaper.
            Plan::Nothing
            | Plan::Off { .. }
            | Plan::Products { .. }
            | Plan::FixedPrice { .. }
            | Plan::Sets { .. }
            | Plan::Tiers { .. }
            | Plan::Points { .. } => None,
        };
        let own = basket.lines_of(self.target);
        let bought = among.into_iter().flat_map(|among| places(own, basket.lines_of(among)));
        let mut asked = Vec::new();
        if let Some(test) = &self.test {
            test.targets(&mut asked);
        }
        let counted = asked.into_iter().flat_map(|of| places(basket.lines_of(of), basket.lines_of(of)));
        let purchased = self.least.iter().flat_map(|_| places(own, own));
        bought.chain(counted).chain(purchased).collect()
    }
}

impl Test {
    /// The targets that questions about the basket count.
    fn targets(&self, found: &mut Vec<TargetNo>) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.targets(found)),
            Self::Not(part) => part.targets(found),
            Self::Asked(_, Question::Value { of, .. } | Question::Quantity { of, .. }) => found.push(*of),
            Self::Asked(_, Question::Context(_) | Question::Tender { .. }) => {}
        }
    }
}
