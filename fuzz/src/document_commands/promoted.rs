//! The campaigns of a shop that has some: on lines, on the document, for a card, for goods together, and by coupon.

use std::collections::BTreeMap;

use saleflex_core::{
    campaign::{
        Activation, Benefit, Campaign, CampaignSet, Coupon, CouponKind, Exclusivity, Per, Reward,
        TenderMethod, TenderTarget, TenderTerms,
    },
    checkout::{Campaigns, Memory, ProductTraits},
    ids::{CampaignId, CouponId, ProductId},
    money::Money,
    quantity::Percent,
    tender::TenderKind,
    time::Moment,
};
use uuid::Uuid;

/// The code of the coupon.
pub(super) const COUPON: &str = "TENTH-OFF";

/// The identity of the coupon, or of none.
pub(super) fn coupon_id(is_known: bool) -> CouponId {
    CouponId::new(Uuid::from_u128(if is_known { 0xC0 } else { 0xC1 }))
}

/// Campaigns in force, and a coupon on file.
pub(super) struct Promoted {
    set: CampaignSet,
    coupon: Coupon,
    traits: BTreeMap<ProductId, ProductTraits>,
    memory: Memory,
}

impl Promoted {
    /// What a byte asks to be in force: nothing, the usual, or so much that an amount off may have no room.
    pub(super) fn by(byte: u8) -> Self {
        match byte & 3 {
            1 => Self::of(Vec::new()),
            2 => Self::new(),
            _ => Self::of(vec![campaign(5, off("50", Per::Line)), campaign(6, off("60", Per::Document))]),
        }
    }

    pub(super) fn new() -> Self {
        let together = Benefit::PriceFor { quantity: 2, price: Money::from_minor(500) };
        let by_coupon = Campaign { activation: Activation::Coupon, ..campaign(4, off("10", Per::Document)) };
        let of =
            TenderTarget { include: vec![TenderMethod::Kind(TenderKind::CreditCard)], exclude: Vec::new() };
        let terms = TenderTerms { of, least_share: Percent::ZERO };
        let by_card = Campaign { tender: Some(terms), ..campaign(3, off("5", Per::Document)) };
        let campaigns = vec![campaign(1, off("12.5", Per::Line)), campaign(2, together), by_card, by_coupon];
        Self::of(campaigns)
    }

    fn of(campaigns: Vec<Campaign>) -> Self {
        let by_coupon = CampaignId::new(Uuid::from_u128(4));
        let coupon = Coupon::new(coupon_id(true), COUPON, by_coupon, CouponKind::SingleUse);
        let set = CampaignSet::compile(campaigns).expect("campaigns that are right");
        Self { set, coupon, traits: BTreeMap::new(), memory: Memory::default() }
    }

    pub(super) fn facts(&self, moment: Moment) -> Campaigns<'_> {
        Campaigns {
            set: &self.set,
            moment,
            channel: None,
            shopper: None,
            uses: BTreeMap::new(),
            coupons: vec![(self.coupon.clone(), 0)],
            traits: &self.traits,
            memory: Some(&self.memory),
        }
    }
}

fn off(percent: &str, per: Per) -> Benefit {
    Benefit::Off { reward: Reward::Percent(Percent::parse(percent).expect("a percent")), per }
}

fn campaign(number: u128, benefit: Benefit) -> Campaign {
    let id = CampaignId::new(Uuid::from_u128(number));
    let mut campaign = Campaign::new(id, format!("C{number}"), benefit);
    campaign.lane.exclusivity = Exclusivity::Combinable;
    campaign
}
