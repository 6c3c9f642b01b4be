//! The best choice found the slow way: every choice of campaigns is priced by the plain pass.

use saleflex_core::{
    campaign::{Campaign, CampaignSet, Cart, Context, Evaluator, Uses},
    money::Money,
};

use super::generator::{Numbers, Shop, campaigns, cart};

/// A small basket under a few campaigns that can each be switched off.
pub(crate) struct Case {
    set: CampaignSet,
    cart: Cart,
}

impl Case {
    /// The case of a seed: up to 8 lines and 8 campaigns.
    ///
    /// # Panics
    /// If the generator makes campaigns that are no set.
    pub(crate) fn of(seed: u64) -> Self {
        let mut numbers = Numbers::of(seed);
        let (lines, count) = (1 + numbers.below(8), 1 + numbers.below(8));
        let mut definitions = campaigns(Shop::CORNER, &mut numbers, count);
        // A campaign used as often as it may be takes no part: so one set serves every choice.
        for campaign in &mut definitions {
            campaign.limits.uses = Some(1);
        }
        let set = CampaignSet::compile(definitions).expect("codes and identities are numbered");
        Self { set, cart: cart(Shop::CORNER, &mut numbers, lines) }
    }

    /// The basket with every campaign to choose from.
    ///
    /// # Panics
    /// If the generator makes lines that are no cart.
    pub(crate) fn evaluator(&self) -> Evaluator<'_> {
        Evaluator::of(&self.set, &self.cart).expect("lines are few and numbered")
    }
}

/// The most that any choice saves.
pub(crate) fn by_every_choice(case: &Case) -> Money {
    let mut evaluator = case.evaluator();
    let all = case.set.campaigns();
    let choices = (0..1_u32 << all.len()).map(|choice| {
        evaluator.set_context(without(all, choice, &case.cart.context));
        evaluator.evaluate().total()
    });
    choices.max().unwrap_or(Money::ZERO)
}

/// The context in which campaigns whose bit is off are used up.
fn without(all: &[Campaign], choice: u32, context: &Context) -> Context {
    let left_out = all.iter().enumerate().filter(|(at, _)| choice & (1 << at) == 0);
    let used = |campaign: &Campaign| (campaign.id, Uses { total: 1, ..Uses::default() });
    Context { uses: left_out.map(|(_, campaign)| used(campaign)).collect(), ..context.clone() }
}
