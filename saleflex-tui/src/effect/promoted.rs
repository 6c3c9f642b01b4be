//! What became of campaigns by an act: a coupon that gives nothing yet, a discount that ended, one that cannot be
//! earned any more. The rules stay the campaigns'; the cashier learns of them at the moment they matter.

use std::collections::BTreeMap;

use saleflex_core::{
    adjustment::{AdjustmentKind, AdjustmentSource, AppliedCoupon, DocumentAdjustment},
    campaign::{Outcome, TenderMethod, Unmet},
    document::Document,
    ids::{CampaignId, DocumentId},
    money::Money,
};
use saleflex_store::{Till, history::Found, till::Explained};

use super::Act;
use crate::{
    message::verdict,
    text::{Key, Text},
};

/// What campaigns gave on the open document, and how often something was taken off it otherwise.
pub(super) struct Standing {
    document: Option<DocumentId>,
    /// Each with what the customer reads of it.
    campaigns: Vec<(CampaignId, String)>,
    /// Whether it lay aside: what is gone then went for no act of the cashier.
    was_aside: bool,
    coupons: Vec<AppliedCoupon>,
    /// How many discounts people and points gave on the document as a whole.
    reductions: usize,
    /// What they come to.
    reduced: Money,
}

impl Standing {
    /// As it is before an act: on the document that it takes up, or else on the open one.
    pub(super) fn before(till: Option<&Till>, act: &Act) -> Self {
        let (Act::Resume(id) | Act::PickUp(id)) = act else { return Self::of(till) };
        // What cannot be read is refused by the act itself.
        let found = till.and_then(|till| till.find_document(*id).ok().flatten());
        let Some(Found::Suspended(aside)) = found else { return Self::on(None) };
        Self { was_aside: true, ..Self::on(Some(aside.document())) }
    }

    /// As it is now.
    fn of(till: Option<&Till>) -> Self {
        Self::on(till.and_then(Till::draft))
    }

    fn on(document: Option<&Document>) -> Self {
        let Some(document) = document else {
            return Self {
                document: None,
                campaigns: Vec::new(),
                was_aside: false,
                coupons: Vec::new(),
                reductions: 0,
                reduced: Money::ZERO,
            };
        };
        let campaign = |one: &DocumentAdjustment| {
            let AdjustmentSource::Campaign { id, code, .. } = &one.source else { return None };
            Some(((*id)?, one.reason.clone().unwrap_or_else(|| code.clone())))
        };
        Self {
            document: Some(document.id),
            campaigns: document.adjustments.iter().filter_map(campaign).collect(),
            was_aside: false,
            coupons: document.coupons.clone(),
            reductions: reductions(document).count(),
            reduced: reductions(document).map(|discount| discount.amount).sum(),
        }
    }

    /// What is to be said of campaigns after an act.
    pub(super) fn told(&self, till: &mut Till, text: &Text) -> Option<String> {
        let after = Self::of(Some(till));
        if self.document.is_none() || after.document != self.document {
            return None;
        }
        let is_there = |id: CampaignId| after.campaigns.iter().any(|(known, _)| *known == id);
        // One that gave on several lines is named once.
        let gone: BTreeMap<CampaignId, &str> = self
            .campaigns
            .iter()
            .filter(|(id, _)| !is_there(*id))
            .map(|(id, name)| (*id, name.as_str()))
            .collect();
        let new =
            after.coupons.iter().filter(|coupon| !self.coupons.iter().any(|known| known.id == coupon.id));
        let new: Vec<&AppliedCoupon> = new.collect();
        let is_reduced = after.reductions > self.reductions;
        if gone.is_empty() && new.is_empty() && !is_reduced {
            return None;
        }
        let explained = till.explain().ok()??;
        let mut told = Vec::new();
        for coupon in new {
            let why = why(till, text, &explained, coupon.campaign, |outcome| !given(outcome));
            told.extend(
                why.map(|(_, why)| text.fill(Key::SaidCouponWaits, &[("code", &coupon.code), ("why", &why)])),
            );
        }
        for (id, name) in gone {
            // That goods went away takes their discount along, which nobody needs to be told.
            let is_told = |outcome: &Outcome| {
                !given(outcome) && (is_reduced || self.was_aside || outlives_goods(outcome))
            };
            let is_known =
                explained.verdicts.iter().any(|known| explained.campaigns.campaign(known.campaign).id == id);
            let why = if is_known {
                why(till, text, &explained, id, is_told)
            } else {
                Some((name.to_owned(), text.word(Key::WhyNotInForce).to_owned()))
            };
            told.extend(
                why.map(|(name, why)| text.fill(Key::SaidCampaignEnded, &[("name", &name), ("why", &why)])),
            );
        }
        if is_reduced {
            told.extend(beyond_reach(till, text, &explained, after.reduced - self.reduced));
        }
        (!told.is_empty()).then(|| told.join(" "))
    }
}

/// A discount in percent that grows with the basket is still the same one.
fn reductions(document: &Document) -> impl Iterator<Item = &DocumentAdjustment> {
    let off = document.adjustments.iter().filter(|one| one.kind == AdjustmentKind::Discount);
    off.filter(|one| !matches!(one.source, AdjustmentSource::Campaign { .. }))
}

const fn given(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Applied { .. })
}

/// Whether a campaign gives nothing for a reason that has nothing to do with what is in the basket.
const fn outlives_goods(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Unmet(
            Unmet::Inactive
                | Unmet::NotUnlocked
                | Unmet::CouponRefused(_)
                | Unmet::Closed(_)
                | Unmet::UsedUp { .. }
                | Unmet::BudgetSpent { .. }
                | Unmet::NotLent
        )
    )
}

/// Name and reason of a campaign whose outcome is one that is to be told.
fn why(
    till: &Till,
    text: &Text,
    explained: &Explained,
    id: CampaignId,
    is_told: impl Fn(&Outcome) -> bool,
) -> Option<(String, String)> {
    let campaign = |rank| explained.campaigns.campaign(rank);
    let verdict = explained.verdicts.iter().find(|verdict| campaign(verdict.campaign).id == id)?;
    if !is_told(&verdict.outcome) {
        return None;
    }
    let code = campaign(verdict.campaign).code.as_str();
    let row = verdict::rows(text, till, explained).into_iter().find(|row| row.code == code)?;
    Some((row.name, row.words))
}

/// Campaigns for a way to pay that ask for a larger purchase than is left of it by what was taken off just now.
fn beyond_reach(till: &Till, text: &Text, explained: &Explained, taken_off: Money) -> Vec<String> {
    let mut told = Vec::new();
    for verdict in &explained.verdicts {
        let campaign = explained.campaigns.campaign(verdict.campaign);
        let methods = campaign.tender.iter().flat_map(|terms| &terms.of.include);
        let mut kinds = methods.filter(|method| matches!(method, TenderMethod::Kind(_)));
        let fell_below = |outcome: &Outcome| {
            matches!(outcome, Outcome::Unmet(Unmet::BelowPurchase { needed, actual })
                if *actual + taken_off >= *needed)
        };
        if kinds.next().is_some() && fell_below(&verdict.outcome) {
            let why = why(till, text, explained, campaign.id, fell_below);
            told.extend(
                why.map(|(name, why)| text.fill(Key::SaidCampaignEnded, &[("name", &name), ("why", &why)])),
            );
        }
    }
    told
}
