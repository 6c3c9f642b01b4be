//! What is doubtful about a campaign beside others and beside its coupons.

use alloc::vec::Vec;

use super::{Fault, known::Coupons, others::Others};
use crate::campaign::{compile::CampaignSet, definition::Campaign, proposal::Rank};

pub(super) fn lint(
    set: &CampaignSet,
    rank: Rank,
    others: &mut Others<'_>,
    coupons: Option<&Coupons<'_>>,
    faults: &mut Vec<Fault>,
) {
    let campaign = set.campaign(rank);
    let code = |other: Rank| set.campaign(other).code.clone();
    faults.extend(others.shadow(rank).map(|by| Fault::Shadowed { by: code(by) }));
    faults.extend(others.printed_alike(rank).map(|other| Fault::SamePrintedCode { other: code(other) }));
    faults.extend(others.unlocked_alike(rank).map(|other| Fault::SameUnlockingCode { other: code(other) }));
    for group in campaign.lane.stacks_with.iter().flatten().filter(|group| !others.has_group(group)) {
        faults.push(Fault::UnknownGroup { group: group.clone() });
    }
    if let Some(coupons) = coupons {
        lint_coupons(campaign, coupons, faults);
    }
}

fn lint_coupons(campaign: &Campaign, coupons: &Coupons<'_>, faults: &mut Vec<Fault>) {
    let mut of_this = coupons.of_campaign(campaign.id).peekable();
    if campaign.takes_coupons() && of_this.peek().is_none() {
        faults.push(Fault::NoCoupon);
    }
    for coupon in of_this {
        if let Some(other) = coupons.like(coupon) {
            let (coupon, other) = (coupon.code.clone(), other.code.clone());
            faults.push(Fault::SameCouponText { coupon, other });
        }
    }
}
