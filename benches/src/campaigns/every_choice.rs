//! The best choice found the slow way: every choice of campaigns is priced by the plain pass.

use saleflex_core::{
    campaign::{Campaign, CampaignSet, Cart, Context, Evaluator},
    money::Money,
};

use super::{
    generator::{Numbers, Shop, campaigns, cart},
    spices::spiced,
};

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
        let (definitions, cart, _) = plain(seed);
        Self::made_of(definitions, cart)
    }

    /// The case of a seed with everything in it that the plain generator leaves out.
    ///
    /// # Panics
    /// If the generator makes campaigns that are no set.
    pub(crate) fn spiced(seed: u64) -> Self {
        let (mut definitions, mut cart, mut numbers) = plain(seed);
        spiced(&mut definitions, &mut cart, &mut numbers);
        Self::made_of(definitions, cart)
    }

    fn made_of(mut definitions: Vec<Campaign>, cart: Cart) -> Self {
        // A campaign used as often as it may be takes no part: so one set serves every choice.
        for campaign in &mut definitions {
            campaign.limits.uses.get_or_insert(u32::MAX);
        }
        let set = CampaignSet::compile(definitions).expect("codes and identities are numbered");
        Self { set, cart }
    }

    /// The basket with every campaign to choose from.
    ///
    /// # Panics
    /// If the generator makes lines that are no cart.
    pub(crate) fn evaluator(&self) -> Evaluator<'_> {
        Evaluator::of(&self.set, &self.cart).expect("lines are few and numbered")
    }
}

fn plain(seed: u64) -> (Vec<Campaign>, Cart, Numbers) {
    let mut numbers = Numbers::of(seed);
    let (lines, count) = (1 + numbers.below(8), 1 + numbers.below(8));
    let definitions = campaigns(Shop::CORNER, &mut numbers, count);
    let cart = cart(Shop::CORNER, &mut numbers, lines);
    (definitions, cart, numbers)
}

/// The most that any choice saves.
pub(crate) fn by_every_choice(case: &Case) -> Money {
    let mut evaluator = case.evaluator();
    let all = case.set.campaigns();
    let choices = (0..1_u32 << all.len()).map(|choice| {
        evaluator.set_context(without(all, choice, &case.cart.context));
        evaluator.by_priority().total()
    });
    choices.max().unwrap_or(Money::ZERO)
}

/// The context in which campaigns whose bit is off are used up.
pub(crate) fn without(all: &[Campaign], choice: u32, context: &Context) -> Context {
    let mut context = context.clone();
    for (_, campaign) in all.iter().enumerate().filter(|(at, _)| choice & (1 << at) == 0) {
        context.uses.entry(campaign.id).or_default().total = u32::MAX;
    }
    context
}
