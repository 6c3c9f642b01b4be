//! What campaigns that price lines together give on a part of them.

use alloc::{boxed::Box, collections::BTreeMap, vec::Vec};

use super::campaigns::{ProductTraits, cart_line, traits_then};
use crate::{
    adjustment::AdjustmentSource,
    basket::LineItem,
    campaign::{
        Activation, Benefit, Campaign, CampaignSet, Cart, Condition, Context, Evaluator, Limits, Per,
        QuestionNo, Reward, Window,
    },
    document::{Completed, Document, PricedTogether, portion},
    ids::{CampaignId, LineNo, ProductId},
    money::Money,
    quantity::{Percent, Quantity},
};

/// The lines that a campaign prices together; none for one that looks at lines or at the whole basket.
pub(super) fn priced_together(
    campaign: &Campaign,
    sale: &Completed,
    traits: &BTreeMap<ProductId, ProductTraits>,
) -> Option<PricedTogether> {
    let (set, lines) = (alone(campaign, sale)?, sale.document().active_lines());
    let whole = lines.map(|line| (line.no, line.quantity)).collect();
    let cart = cart_of(sale, &whole, traits, |document, line| left_of(document, line, campaign.id));
    let giving = Evaluator::of(&set, &cart).ok()?;
    let (cheaper, mut bought) = (giving.bearers(), giving.triggers());
    if let Some(asking) = asking(campaign) {
        bought.extend(Evaluator::of(&asking, &cart).ok()?.triggers());
    }
    Some(PricedTogether { cheaper, bought })
}

/// What a campaign gives on so much of each line of a sale; none for one that looks at lines or at the whole basket.
pub(super) fn on_the_rest(
    campaign: &Campaign,
    sale: &Completed,
    kept: &BTreeMap<LineNo, Quantity>,
    traits: &BTreeMap<ProductId, ProductTraits>,
) -> Option<Money> {
    let set = alone(campaign, sale)?;
    if let Some(asking) = asking(campaign) {
        // Asked of the prices before any campaign, as it was when the sale was made.
        let answer = asking.evaluate(&cart_of(sale, kept, traits, |_, line| line.total)).ok()?;
        if !answer.total().is_positive() {
            return Some(Money::ZERO);
        }
    }
    let cart = cart_of(sale, kept, traits, |document, line| left_of(document, line, campaign.id));
    set.evaluate(&cart).ok().map(|evaluation| evaluation.total())
}

/// What the condition of a campaign asks of the goods of a basket, as one that gives something where they answer it; none
/// where it asks nothing of them.
fn asking(campaign: &Campaign) -> Option<CampaignSet> {
    let condition = of_goods(&campaign.condition, true);
    condition.question(QuestionNo::default())?;
    let benefit = Benefit::Off { reward: Reward::Percent(Percent::HUNDRED), per: Per::Document };
    let asking = Campaign { condition, ..Campaign::new(campaign.id, campaign.code.as_str(), benefit) };
    CampaignSet::compile(Vec::from([asking])).ok()
}

/// A condition as far as it is about goods. What else it asks was answered by the sale, and counts as answered so that the
/// whole holds, or does not.
fn of_goods(condition: &Condition, holds: bool) -> Condition {
    match condition {
        Condition::All(parts) => Condition::All(parts.iter().map(|part| of_goods(part, holds)).collect()),
        Condition::Any(parts) => Condition::Any(parts.iter().map(|part| of_goods(part, holds)).collect()),
        Condition::Not(part) => Condition::Not(Box::new(of_goods(part, !holds))),
        Condition::Value { .. } | Condition::Quantity { .. } => condition.clone(),
        Condition::Stores(_)
        | Condition::Window(_)
        | Condition::Channel(_)
        | Condition::CustomerKnown
        | Condition::Segment(_)
        | Condition::Tier(_)
        | Condition::CustomerTag(_)
        | Condition::FirstPurchase
        | Condition::Birthday { .. }
        | Condition::Coupon
        | Condition::Tender { .. } => {
            if holds {
                Condition::All(Vec::new())
            } else {
                Condition::Any(Vec::new())
            }
        }
    }
}

/// A campaign by itself. When, to whom and how often it applies was answered by the sale and is not asked again; what its
/// condition asks of the goods is [asked apart](asking), the least purchase of what campaigns on lines before it left of
/// them; what was taken off the whole document is not counted.
fn alone(campaign: &Campaign, sale: &Completed) -> Option<CampaignSet> {
    let prices_together = matches!(
        campaign.benefit,
        Benefit::Bundle { .. } | Benefit::PriceFor { .. } | Benefit::BuyGet { .. } | Benefit::Gift { .. }
    );
    if !prices_together {
        return None;
    }
    let alone = Campaign {
        activation: Activation::Automatic,
        store: None,
        window: Window::default(),
        segment: None,
        condition: Condition::default(),
        tender: None,
        limits: Limits {
            most_purchase: None,
            uses: None,
            uses_per_customer: None,
            uses_per_day: None,
            budget: None,
            ..campaign.limits.clone()
        },
        ..campaign.clone()
    };
    let mut set = CampaignSet::compile(Vec::from([alone])).ok()?;
    // Part of it is worth what it was worth to the engine that priced the whole.
    if matches!(sale.pricing().campaign_engine.as_deref(), None | Some("1" | "2" | "3")) {
        set = set.part_by_part();
    }
    Some(set)
}

/// So much of each line of a sale, at its part of what counts as the line's worth.
fn cart_of(
    sale: &Completed,
    kept: &BTreeMap<LineNo, Quantity>,
    traits: &BTreeMap<ProductId, ProductTraits>,
    worth: impl Fn(&Document, &LineItem) -> Money,
) -> Cart {
    let document = sale.document();
    let traits = traits_then(document, sale.pricing(), traits);
    let lines = document.active_lines().filter_map(|line| {
        let quantity = *kept.get(&line.no)?;
        let total = portion(worth(document, line), quantity.decimal(), line.quantity.decimal());
        Some(cart_line(&LineItem { quantity, total, ..line.clone() }, &traits, &document.currency))
    });
    let context = Context::at(sale.pricing().moment.unwrap_or(sale.completed_at()));
    Cart { context, lines: lines.collect(), tenders: Vec::new() }
}

/// What is left of a line without what campaigns before this one took off the line itself: they stand in the order they
/// were given in.
fn left_of(sale: &Document, line: &LineItem, campaign: CampaignId) -> Money {
    let before = sale.adjustments.iter().take_while(|discount| {
        !matches!(discount.source, AdjustmentSource::Campaign { id: Some(id), .. } if id == campaign)
    });
    let of_line = before.filter(|discount| {
        matches!(discount.source, AdjustmentSource::Campaign { line: Some(no), .. } if no == line.no)
    });
    (line.total - of_line.map(|discount| discount.amount).sum::<Money>()).or_zero()
}
