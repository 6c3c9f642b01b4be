//! What campaigns that price lines together give on a part of them.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use super::campaigns::{ProductTraits, cart_line, traits_then};
use crate::{
    adjustment::AdjustmentSource,
    basket::LineItem,
    campaign::{
        Activation, Benefit, Campaign, CampaignSet, Cart, Condition, Context, Evaluator, Limits, Window,
    },
    document::{Completed, Document, portion},
    ids::{LineNo, ProductId},
    money::Money,
    quantity::Quantity,
};

/// The lines that a campaign prices together; none for one that looks at lines or at the whole basket.
pub(super) fn priced_together(
    campaign: &Campaign,
    sale: &Completed,
    traits: &BTreeMap<ProductId, ProductTraits>,
) -> Option<BTreeSet<LineNo>> {
    let (set, lines) = (alone(campaign, sale)?, sale.document().active_lines());
    let whole = lines.map(|line| (line.no, line.quantity)).collect();
    Some(Evaluator::of(&set, &cart_of(sale, &whole, traits)).ok()?.bearers())
}

/// What a campaign gives on so much of each line of a sale; none for one that looks at lines or at the whole basket.
pub(super) fn on_the_rest(
    campaign: &Campaign,
    sale: &Completed,
    kept: &BTreeMap<LineNo, Quantity>,
    traits: &BTreeMap<ProductId, ProductTraits>,
) -> Option<Money> {
    let set = alone(campaign, sale)?;
    set.evaluate(&cart_of(sale, kept, traits)).ok().map(|evaluation| evaluation.total())
}

/// A campaign by itself. When, to whom and how often it applies was answered by the sale and is not asked again.
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

/// So much of each line of a sale.
fn cart_of(
    sale: &Completed,
    kept: &BTreeMap<LineNo, Quantity>,
    traits: &BTreeMap<ProductId, ProductTraits>,
) -> Cart {
    let document = sale.document();
    let traits = traits_then(document, sale.pricing(), traits);
    let lines = document.active_lines().filter_map(|line| {
        let part = part(document, line, *kept.get(&line.no)?);
        Some(cart_line(&part, &traits, &document.currency))
    });
    let context = Context::at(sale.pricing().moment.unwrap_or(sale.completed_at()));
    Cart { context, lines: lines.collect(), tenders: Vec::new() }
}

/// So much of a line, without what campaigns took off the line itself.
fn part(sale: &Document, line: &LineItem, kept: Quantity) -> LineItem {
    let of_line = sale.adjustments.iter().filter(|discount| {
        matches!(discount.source, AdjustmentSource::Campaign { line: Some(no), .. } if no == line.no)
    });
    let left = line.total - of_line.map(|discount| discount.amount).sum::<Money>();
    let total = portion(left.or_zero(), kept.decimal(), line.quantity.decimal());
    LineItem { quantity: kept, total, ..line.clone() }
}
