//! What is doubtful about a campaign beside others and beside its coupons.

use alloc::vec::Vec;

use super::{Fault, known::Coupons};
use crate::campaign::{
    benefit::Benefit,
    compile::CampaignSet,
    definition::{Activation, Campaign, Exclusivity, Limits},
    proposal::Rank,
    target::Target,
    window::Window,
};

pub(super) fn lint(set: &CampaignSet, rank: Rank, coupons: Option<&Coupons<'_>>, faults: &mut Vec<Fault>) {
    let campaign = set.campaign(rank);
    shadowed(set, rank, faults);
    same_codes(set, rank, faults);
    for group in campaign.lane.stacks_with.iter().flatten() {
        if !set.campaigns().iter().any(|other| other.lane.group == *group) {
            faults.push(Fault::UnknownGroup { group: group.clone() });
        }
    }
    if let Some(coupons) = coupons {
        lint_coupons(campaign, coupons, faults);
    }
}

fn shadowed(set: &CampaignSet, rank: Rank, faults: &mut Vec<Fault>) {
    let campaign = set.campaign(rank);
    let compiled = &set.compiled[rank.at()];
    let mut choosy = Vec::new();
    for before in set.ranks().take(rank.at()).filter(|before| set.campaign(*before).is_active) {
        let (other, lane) = (set.campaign(before), &set.compiled[before.at()]);
        // What one with groups of its own may keep out does not always give something.
        let is_kept_out = choosy.iter().any(|one: &Rank| !set.compiled[one.at()].may_precede(lane));
        if !is_kept_out && !lane.may_precede(compiled) && is_always_before(other, campaign) {
            return faults.push(Fault::Shadowed { by: other.code.clone() });
        }
        if other.lane.stacks_with.is_some() {
            choosy.push(before);
        }
    }
}

/// Whether wherever `campaign` could give something, `other` does.
fn is_always_before(other: &Campaign, campaign: &Campaign) -> bool {
    other.is_active
        && other.activation == Activation::Automatic
        && other.lane.exclusivity != Exclusivity::Alone
        && matches!(other.benefit, Benefit::Off { .. })
        && other.limits == Limits::default()
        && other.tender.is_none()
        && (other.store.is_none() || other.store == campaign.store)
        && (other.segment.is_none() || other.segment == campaign.segment)
        && (other.window == Window::default() || other.window == campaign.window)
        && (other.condition.is_empty() || other.condition == campaign.condition)
        && (other.target == Target::all() || other.target == campaign.target)
}

fn same_codes(set: &CampaignSet, rank: Rank, faults: &mut Vec<Fault>) {
    let code = &set.campaign(rank).code;
    let (unlocking, printed) = (code.unlocking(), code.printed());
    for other in
        set.ranks().take(rank.at()).map(|before| set.campaign(before)).filter(|other| other.is_active)
    {
        if other.code.printed() == printed {
            faults.push(Fault::SamePrintedCode { other: other.code.clone() });
        }
        if other.code.as_str().len() == code.as_str().len() && other.code.unlocking() == unlocking {
            faults.push(Fault::SameUnlockingCode { other: other.code.clone() });
        }
    }
}

fn lint_coupons(campaign: &Campaign, coupons: &Coupons<'_>, faults: &mut Vec<Fault>) {
    let mut of_this = coupons.of_campaign(campaign.id).peekable();
    if campaign.activation == Activation::Coupon && of_this.peek().is_none() {
        faults.push(Fault::NoCoupon);
    }
    for coupon in of_this {
        if let Some(other) = coupons.like(coupon) {
            let (coupon, other) = (coupon.code.clone(), other.code.clone());
            faults.push(Fault::SameCouponText { coupon, other });
        }
    }
}
