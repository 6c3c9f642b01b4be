//! The small shop with campaigns.

use saleflex_core::{
    campaign::{
        Activation, Benefit, Campaign, Choice, Coupon, CouponKind, Exclusivity, Per, Reward, Selector,
        Target, TenderMethod, TenderTarget, TenderTerms,
    },
    ids::{CampaignId, CouponId},
    quantity::Percent,
    tender::TenderKind::CreditCard,
};
use uuid::Uuid;

use super::shop::{Shop, product, setup};

pub(crate) const CODE: &str = "WELCOME10-DEMO";

/// A shop with these campaigns, and the coupon where its campaign is one of them.
pub(crate) fn promoted(campaigns: Vec<Campaign>) -> Shop {
    let mut setup = setup();
    if campaigns.iter().any(|campaign| campaign.id == with_coupon().id) {
        setup.coupons.push(coupon());
    }
    setup.campaigns = campaigns;
    Shop::with(setup)
}

pub(crate) fn share(number: u128, code: &str, rate: &str, per: Per) -> Campaign {
    let reward = Reward::Percent(Percent::parse(rate).unwrap());
    campaign(number, code, Benefit::Off { reward, per })
}

fn campaign(number: u128, code: &str, benefit: Benefit) -> Campaign {
    let mut campaign = Campaign::new(CampaignId::new(Uuid::from_u128(number)), code, benefit);
    campaign.lane.exclusivity = Exclusivity::Combinable;
    campaign
}

/// A tenth off everything.
pub(crate) fn tenth() -> Campaign {
    share(1, "TENTH", "10", Per::Document)
}

/// The third of product A for nothing, before all others.
pub(crate) fn thirds() -> Campaign {
    let benefit = Benefit::BuyGet {
        buy: 2,
        get: 1,
        percent: Percent::HUNDRED,
        among: None,
        of: None,
        choice: Choice::Cheapest,
    };
    let mut thirds = campaign(4, "3FOR2", benefit);
    thirds.target = Target::of(vec![Selector::Product(product("A"))]);
    thirds.lane.priority = 9;
    thirds
}

/// A twentieth off for whoever pays by card.
pub(crate) fn by_card() -> Campaign {
    let of = TenderTarget { include: vec![TenderMethod::Kind(CreditCard)], exclude: Vec::new() };
    let terms = TenderTerms { of, least_share: Percent::ZERO };
    Campaign { tender: Some(terms), ..share(2, "CARD", "5", Per::Document) }
}

/// A tenth off with a coupon.
pub(crate) fn with_coupon() -> Campaign {
    Campaign { activation: Activation::Coupon, ..share(3, "WELCOME10", "10", Per::Document) }
}

/// The coupon.
pub(crate) fn coupon() -> Coupon {
    let (id, barcode) = (CouponId::new(Uuid::from_u128(0xC0)), Some("2800100000001".to_owned()));
    Coupon { barcode, ..Coupon::new(id, CODE, with_coupon().id, CouponKind::SingleUse) }
}
