//! A completed sale as it was judged by campaigns: every input of the evaluation, and what came of it.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::{String, ToString},
    vec::Vec,
};

use chrono::{Days, NaiveDate};

use super::{
    campaigns::{ProductTraits, cart_line, cart_tenders, traits_then},
    points::DocumentPoints,
};
use crate::{
    adjustment::{AdjustmentSource, DocumentAdjustment},
    campaign::{Cart, CartTender, ContentHash, Context, Recorded, RecordedDiscount, RecordedPoints, Shopper},
    document::{Completed, Document, Kind, Pricing},
    ids::{CampaignId, DocumentId, ProductId},
    time::Moment,
};

/// What is known of a completed sale beyond the sale itself.
#[derive(Clone, Copy, Debug)]
pub struct RecordedFacts<'a> {
    /// Through what was sold.
    pub channel: Option<&'a str>,
    /// The customer's day of birth as it is known today, which stands on no document; it counts where the sale does not
    /// say how far the birthday was.
    pub birthday: Option<NaiveDate>,
    /// Marks on the customer as they are today; they count where the sale does not say what campaigns saw.
    pub tags: Option<&'a BTreeSet<String>>,
    /// What campaigns know of products beyond what stands on a line, as it is today; it counts where the sale does not
    /// say what campaigns saw.
    pub traits: &'a BTreeMap<ProductId, ProductTraits>,
}

/// A completed sale to try other campaigns on, with what it earned where that is known; none for what campaigns are not about: returns, quotes, deliveries, and
/// what was sold in training.
pub fn recorded(
    completed: &Completed,
    facts: RecordedFacts<'_>,
    points: Option<&[DocumentPoints]>,
) -> Option<Recorded> {
    let (sale, pricing) = (completed.document(), completed.pricing());
    if sale.kind != Kind::Sale || sale.document_type.is_delivery() || sale.training {
        return None;
    }
    let moment = pricing.moment.unwrap_or(completed.completed_at());
    let mut context = Context {
        store: Some(sale.store),
        channel: facts.channel.map(ToString::to_string),
        shopper: shopper(sale, pricing, moment, facts),
        unlocked: pricing.unlocked_codes.iter().cloned().collect(),
        due: pricing.due_before_tenders,
        ..Context::at(moment)
    };
    context.uses = pricing.usage.iter().map(|(id, count)| (*id, (*count).into())).collect();
    let traits = traits_then(sale, pricing, facts.traits);
    let lines = sale.active_lines().map(|line| cart_line(line, &traits, &sale.currency));
    let given = sale.adjustments.iter().filter_map(given);
    Some(Recorded {
        document: sale.id,
        day: completed.completed_at().business_date,
        cart: Cart { context, lines: lines.collect(), tenders: tenders(sale, pricing) },
        given: given.collect(),
        codes: sale.adjustments.iter().filter_map(called).collect(),
        points: points.map_or(RecordedPoints::Unknown, |points| earned(sale.id, points)),
        to_pay: Some(sale.totals.net_due),
        judged_by: pricing.campaign_set.as_deref().and_then(ContentHash::parse),
    })
}

/// What a sale earned: nothing where nobody keeps its points, or there are none to keep.
fn earned(sale: DocumentId, points: &[DocumentPoints]) -> RecordedPoints {
    let own = points.iter().find(|points| points.document == sale).map(|points| &points.snapshot);
    own.filter(|own| own.earned.is_positive()).map_or(RecordedPoints::Nothing, |own| {
        RecordedPoints::Earned(own.campaigns.iter().copied().collect())
    })
}

/// Who bought; nobody where campaigns knew nobody, of whom they noted no purchases.
fn shopper(sale: &Document, pricing: &Pricing, moment: Moment, facts: RecordedFacts<'_>) -> Option<Shopper> {
    let (customer, purchases) = sale.customer.zip(pricing.purchases)?;
    let segments: BTreeSet<_> = pricing.segments.iter().copied().collect();
    // A day so far away stands for that of birth.
    let birthday = match pricing.birthday_away {
        Some(u16::MAX) => None,
        Some(days) => Some(moment.local.date() + Days::new(days.into())),
        None => facts.birthday,
    };
    let tags = pricing.customer_tags.as_ref().or(facts.tags).cloned().unwrap_or_default();
    let tier = pricing.tier.clone();
    Some(Shopper { segments, tier, tags, birthday, purchases, ..Shopper::new(customer) })
}

/// The tenders that settled it, the last with what it was to pay when it was judged.
fn tenders(sale: &Document, pricing: &Pricing) -> Vec<CartTender> {
    if pricing.tenders_earned_nothing {
        return Vec::new();
    }
    let mut tenders: Vec<CartTender> = cart_tenders(sale).collect();
    if let (Some(last), Some(intended)) = (tenders.last_mut(), pricing.intended) {
        last.amount = intended;
    }
    tenders
}

fn called(discount: &DocumentAdjustment) -> Option<(CampaignId, String)> {
    let AdjustmentSource::Campaign { id: Some(campaign), code, .. } = &discount.source else { return None };
    Some((*campaign, code.clone()))
}

fn given(discount: &DocumentAdjustment) -> Option<RecordedDiscount> {
    let AdjustmentSource::Campaign { id: Some(campaign), line, .. } = discount.source else { return None };
    Some(RecordedDiscount { campaign, line, amount: discount.amount })
}
