//! How many units of an offer a campaign lacks at least, by what it asks of the value and the units on lines.

use alloc::vec::Vec;

use super::offer::Offer;
use crate::campaign::{
    basket::{Basket, places},
    benefit::TierBy,
    compiled::{Compiled, Question, Test},
    index::TargetNo,
    plan::{BuyGet, Cut, Plan},
};

/// What there must be at least on the lines of both targets.
#[derive(Clone, Copy)]
struct Need {
    of: [TargetNo; 2],
    least: Least,
}

#[derive(Clone, Copy)]
enum Least {
    /// Fine; what is brought back lowers it.
    Signed(i64),
    /// Fine; what is brought back counts as nothing.
    Positive(i64),
    /// Whole units.
    Units(i64),
}

/// The fewest units of an offer that may bring a campaign further: with fewer of them, a campaign that gives nothing
/// still gives nothing, whatever else becomes of the others. None where nothing of that kind is lacking, or no number of
/// the offer's units is enough. `targets` are those that take the offer, which is not in the basket; `given` is what all
/// campaigns gave before, fine, where this one gave something.
pub(super) fn lacking(
    basket: &Basket,
    compiled: &Compiled,
    offer: &Offer,
    targets: &[TargetNo],
    given: Option<i64>,
) -> Option<u32> {
    let mut fewest = 0;
    for need in needs(basket, compiled, given) {
        let missing = need.missing(basket);
        if missing <= 0 {
            continue;
        }
        if !need.of.iter().all(|of| targets.contains(of)) {
            return None;
        }
        let units = match need.least {
            Least::Signed(_) | Least::Positive(_) => offer.worth(missing)?,
            Least::Units(_) => offer.holding(missing)?,
        };
        fewest = fewest.max(units);
    }
    (fewest > 0).then_some(fewest)
}

impl Need {
    const fn new(of: TargetNo, least: Least) -> Self {
        Self { of: [of, of], least }
    }

    /// How much more of it there must be, discounts left out: with them it can only be more.
    fn missing(&self, basket: &Basket) -> i64 {
        let sum = &basket.sums[self.of[0] as usize];
        match self.least {
            Least::Signed(least) => least.saturating_sub(sum.signed),
            Least::Positive(least) => least.saturating_sub(sum.positive),
            Least::Units(least) => least - units(basket, self.of),
        }
    }
}

fn units(basket: &Basket, [one, other]: [TargetNo; 2]) -> i64 {
    places(basket.lines_of(one), basket.lines_of(other)).map(|at| basket.slots[at].units()).sum()
}

/// What a campaign asks for; of one that gives something, what its next step does.
fn needs(basket: &Basket, compiled: &Compiled, given: Option<i64>) -> Vec<Need> {
    let own = compiled.target;
    let mut needs: Vec<Need> =
        compiled.least.map(|least| Need::new(own, Least::Signed(least))).into_iter().collect();
    if let Some(test) = &compiled.test {
        ask(test, &mut needs);
    }
    match &compiled.plan {
        Plan::Tiers { by, steps } => needs.extend(next_step(basket, own, (*by, steps), given)),
        Plan::Sets { parts, .. } => {
            let is_alone = parts.len() == 1;
            let of_part = |&(of, quantity): &(TargetNo, i64)| {
                let sets = if is_alone && given.is_some() { units(basket, [of, own]) / quantity } else { 0 };
                Need { of: [of, own], least: Least::Units((sets + 1).saturating_mul(quantity)) }
            };
            needs.extend(parts.iter().map(of_part));
        }
        Plan::BuyGet(BuyGet { buy, get, among, of: None, .. }) => {
            let group = buy + get;
            let groups = if given.is_some() { units(basket, [own, *among]) / group } else { 0 };
            let least = Least::Units((groups + 1).saturating_mul(group));
            needs.push(Need { of: [own, *among], least });
        }
        Plan::BuyGet(BuyGet { buy, get, among, of: Some(of), .. }) => {
            needs.push(Need { of: [own, *among], least: Least::Units(*buy) });
            needs.push(Need::new(*of, Least::Units(*get)));
        }
        Plan::Gift { of, .. } => needs.push(Need::new(*of, Least::Units(1))),
        Plan::FixedPrice { .. }
        | Plan::Nothing
        | Plan::Off { .. }
        | Plan::Points { .. }
        | Plan::Products { .. } => {}
    }
    needs
}

/// The lowest step that is not reached for certain.
fn next_step(
    basket: &Basket,
    own: TargetNo,
    (by, steps): (TierBy, &[(i64, Cut)]),
    given: Option<i64>,
) -> Option<Need> {
    let (reached, least): (i64, fn(i64) -> Least) = match by {
        TierBy::Quantity => (units(basket, [own, own]), Least::Units),
        TierBy::Value => {
            (basket.sums[own as usize].positive.saturating_sub(given.unwrap_or(0)), Least::Positive)
        }
    };
    // Of one that gives nothing the first step is lacking, or something else is.
    let next = steps.iter().find(|(from, _)| given.is_none() || *from > reached);
    next.map(|(from, _)| Need::new(own, least(*from)))
}

/// What a condition asks in any case: of several questions of which one is enough, nothing is.
fn ask(test: &Test, needs: &mut Vec<Need>) {
    match test {
        Test::All(parts) => parts.iter().for_each(|part| ask(part, needs)),
        Test::Asked(_, Question::Value { of, least: Some(least), .. }) => {
            needs.push(Need::new(*of, Least::Signed(*least)));
        }
        Test::Asked(_, Question::Quantity { of, least: Some(least), .. }) => {
            needs.push(Need::new(*of, Least::Units(*least)));
        }
        Test::Any(_) | Test::Not(_) | Test::Asked(..) => {}
    }
}
