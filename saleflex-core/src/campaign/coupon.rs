//! Coupons: codes that unlock one campaign on one document.
//!
//! A coupon is *applied* to an open document, *redeemed* when the document completes with a discount of its campaign,
//! and *restored* when that document is reversed. What was applied is judged again at each evaluation (D31).

use alloc::{collections::BTreeSet, string::String, vec, vec::Vec};

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use super::{
    cart::Context,
    compile::CampaignSet,
    definition::{Campaign, unlocking},
    unmet::{Unmet, UseLimit},
    window::Closed,
};
use crate::{
    adjustment::{AppliedCoupon, CouponRefusal},
    ids::{CampaignId, CouponId, CustomerId},
    money::Money,
};

mod batch;

pub use batch::{Batch, BatchError, CodeError, check_code};

/// The longest code, in characters.
const LONGEST_CODE: usize = 100;
/// The longest barcode or QR text, in characters.
const LONGEST_TEXT: usize = 200;

/// How a coupon may be used.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CouponKind {
    /// Once, by whoever comes first, or by its holder where it has one (D29).
    SingleUse,
    /// As often as its limit says.
    MultiUse,
    /// By its holder.
    Personal,
    /// As often as its limit says; the code is no secret.
    Public,
}

/// A coupon as it is on file.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Coupon {
    /// The coupon's id.
    pub id: CouponId,
    /// The code that people type.
    pub code: String,
    /// The campaign it unlocks.
    pub campaign: CampaignId,
    /// How it may be used.
    pub kind: CouponKind,
    /// The customer it belongs to; a personal one without counts for nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<CustomerId>,
    /// Its first instant on the store's clock (A19: to the instant, other than a campaign's days).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<NaiveDateTime>,
    /// Its last instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<NaiveDateTime>,
    /// How often it may be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<u32>,
    /// Whether it is in force.
    pub is_active: bool,
    /// The barcode that a scanner reads; none: it has no other than its code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub barcode: Option<String>,
    /// What is scanned from a QR picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qr_code: Option<String>,
}

impl Coupon {
    /// A coupon in force that anybody may use at any time.
    pub fn new(id: CouponId, code: impl Into<String>, campaign: CampaignId, kind: CouponKind) -> Self {
        Self {
            id,
            code: code.into(),
            campaign,
            kind,
            holder: None,
            start: None,
            end: None,
            uses: None,
            is_active: true,
            barcode: None,
            qr_code: None,
        }
    }

    /// The texts it answers to, normalised by [`unlocking`]: its code, its barcode and its QR text (D37).
    pub fn texts(&self) -> impl Iterator<Item = String> {
        let texts = [Some(&self.code), self.barcode.as_ref(), self.qr_code.as_ref()];
        texts.into_iter().flatten().map(|text| unlocking(text))
    }

    /// The first of its fields that no till keeps as it is; none where it may be saved.
    pub fn unfit(&self) -> Option<&'static str> {
        let fits = |text: &str, most: usize| {
            !unlocking(text).is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control)
        };
        if !fits(&self.code, LONGEST_CODE) {
            return Some("code");
        }
        let more = [("barcode", &self.barcode), ("qr_code", &self.qr_code)];
        let unfit =
            more.into_iter().find(|(_, text)| text.as_ref().is_some_and(|text| !fits(text, LONGEST_TEXT)));
        let ends_early = || self.start.zip(self.end).is_some_and(|(start, end)| end < start);
        unfit.map(|(field, _)| field).or_else(|| ends_early().then_some("end"))
    }

    /// Whether a text that is normalised is one of [those](Self::texts).
    pub fn answers_to(&self, normalised: &str) -> bool {
        self.texts().any(|text| text == normalised)
    }
}

/// What stands open at the till.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OpenDocument {
    /// Nothing.
    None,
    /// A sale.
    Sale,
    /// A document of any other kind, of which coupons take nothing off.
    Other,
}

/// A coupon with how often it was used, reversed uses not counted.
#[derive(Clone, Copy, Debug)]
pub struct CouponOnFile<'a> {
    /// The coupon that was found.
    pub coupon: &'a Coupon,
    /// How often it was used, reversed uses not counted.
    pub uses: u32,
}

/// How a coupon stands: by itself, and where that is good by its campaign.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CouponStanding {
    /// Somebody blocked it.
    Blocked,
    /// It was used as often as it may be.
    UsedUp,
    /// Its first instant is yet to come.
    NotYet,
    /// Its last instant is past.
    Over,
    /// Its campaign is withdrawn, not in force, over, or opened by no coupon.
    CampaignOut,
    /// Its campaign was used as often as it may be, or gave all it may.
    CampaignUsedUp,
    /// It counts.
    Good,
}

impl CouponOnFile<'_> {
    /// How the coupon stands at an instant of the store's clock: the first that is so, in the order of
    /// [`CouponStanding`].
    pub fn standing(&self, now: NaiveDateTime) -> CouponStanding {
        if !self.coupon.is_active {
            CouponStanding::Blocked
        } else if self.check_uses().is_err() {
            CouponStanding::UsedUp
        } else if self.coupon.start.is_some_and(|start| now < start) {
            CouponStanding::NotYet
        } else if self.coupon.end.is_some_and(|end| now > end) {
            CouponStanding::Over
        } else {
            CouponStanding::Good
        }
    }

    /// How the coupon stands at an instant beside the campaign it opens, which was used so often and gave so much: first by
    /// itself.
    pub fn standing_with(
        &self,
        campaign: Option<&Campaign>,
        (used, given): (u32, Money),
        now: NaiveDateTime,
    ) -> CouponStanding {
        let own = self.standing(now);
        if own != CouponStanding::Good {
            return own;
        }
        let is_looked_at = |one: &&Campaign| one.is_active && one.takes_coupons();
        let is_over = |one: &Campaign| one.window.end.is_some_and(|end| one.window.day_of(now) > end);
        match campaign.filter(is_looked_at) {
            None => CouponStanding::CampaignOut,
            Some(one) if is_over(one) => CouponStanding::CampaignOut,
            Some(one)
                if one.limits.uses.is_some_and(|most| used >= most)
                    || one.limits.budget.is_some_and(|budget| given >= budget) =>
            {
                CouponStanding::CampaignUsedUp
            }
            Some(_) => CouponStanding::Good,
        }
    }

    /// Whether the coupon counts on this document now: asked on entry, at each evaluation and on completion.
    ///
    /// # Errors
    /// [`CouponRefusal`]: the first of the checks that fails.
    pub fn check(&self, set: &CampaignSet, context: &Context) -> Result<(), CouponRefusal> {
        self.check_standing(set, context)?;
        self.check_occasion(set, context)
    }

    /// The checks of the original, in its order.
    fn check_standing(&self, set: &CampaignSet, context: &Context) -> Result<(), CouponRefusal> {
        let coupon = self.coupon;
        if !coupon.is_active {
            return Err(CouponRefusal::Blocked);
        }
        let campaign = set.find(coupon.campaign).filter(|campaign| campaign.is_active);
        let campaign = campaign.ok_or(CouponRefusal::CampaignUnavailable)?;
        if !campaign.takes_coupons() {
            return Err(CouponRefusal::CampaignNotCouponBased);
        }
        campaign.check_uses(context).map_err(|unmet| {
            let is_customers = matches!(unmet, Unmet::UsedUp { limit: UseLimit::Customer, .. });
            if is_customers {
                CouponRefusal::CampaignUsedByCustomer
            } else {
                CouponRefusal::CampaignUsageLimit
            }
        })?;
        let now = context.moment.local;
        if coupon.start.is_some_and(|start| now < start) || coupon.end.is_some_and(|end| now > end) {
            return Err(CouponRefusal::CouponDates);
        }
        if campaign.window.check(now) == Err(Closed::Dates) {
            return Err(CouponRefusal::CampaignDates);
        }
        self.check_holder(context)?;
        self.check_uses()
    }

    /// What the original forgot at entry: holder of a coupon for one use (D29), store, weekday and hours, segment
    /// (D28). Asked last, because another customer or another hour mends it.
    fn check_occasion(&self, set: &CampaignSet, context: &Context) -> Result<(), CouponRefusal> {
        if self.coupon.kind == CouponKind::SingleUse && self.coupon.holder.is_some() {
            self.check_presenter(context)?;
        }
        let campaign = set.find(self.coupon.campaign).ok_or(CouponRefusal::CampaignUnavailable)?;
        campaign.check_store(context).map_err(|_: Unmet| CouponRefusal::CampaignStore)?;
        campaign.window.check(context.moment.local).map_err(|_| CouponRefusal::CampaignHours)?;
        campaign.check_segment(context).map_err(|_| CouponRefusal::CampaignSegment)
    }

    fn check_holder(&self, context: &Context) -> Result<(), CouponRefusal> {
        match (self.coupon.kind, self.coupon.holder) {
            (CouponKind::Personal, None) => Err(CouponRefusal::PersonalUnassigned),
            (CouponKind::Personal, Some(_)) => self.check_presenter(context),
            (CouponKind::SingleUse | CouponKind::MultiUse | CouponKind::Public, _) => Ok(()),
        }
    }

    fn check_presenter(&self, context: &Context) -> Result<(), CouponRefusal> {
        let is_theirs = |holder| context.shopper.as_ref().is_some_and(|shopper| shopper.is(holder));
        if self.coupon.holder.is_some_and(is_theirs) {
            Ok(())
        } else if context.shopper.is_none() {
            Err(CouponRefusal::PersonalNoCustomer)
        } else {
            Err(CouponRefusal::PersonalOtherCustomer)
        }
    }

    fn check_uses(&self) -> Result<(), CouponRefusal> {
        if self.coupon.uses.is_some_and(|most| most > 0 && self.uses >= most) {
            return Err(CouponRefusal::CouponUsageLimit);
        }
        if self.coupon.kind == CouponKind::SingleUse && self.uses > 0 {
            return Err(CouponRefusal::SingleUseUsed);
        }
        Ok(())
    }
}

/// The coupons applied to one document, in the order they were; part of the document (D32).
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct AppliedCoupons(Vec<AppliedCoupon>);

impl AppliedCoupons {
    /// Coupons that stand on a document already. One that is listed twice stands there once.
    pub fn of(applied: Vec<AppliedCoupon>) -> Self {
        let mut seen = BTreeSet::new();
        Self(applied.into_iter().filter(|coupon| seen.insert(coupon.id)).collect())
    }

    /// The coupons, in the order they were applied.
    pub fn iter(&self) -> impl Iterator<Item = &AppliedCoupon> {
        self.0.iter()
    }

    /// What each coupon of a campaign has of a sum that the campaign gave or got back: even shares, exact to the minor
    /// unit (D33).
    pub fn shares(&self, campaign: CampaignId, sum: Money) -> Vec<(CouponId, Money)> {
        let opened: Vec<_> = self.0.iter().filter(|coupon| coupon.campaign == campaign).collect();
        let shares = sum.split(&vec![Money::ONE_MINOR; opened.len()]);
        opened.iter().map(|coupon| coupon.id).zip(shares).collect()
    }

    /// Judges what a cashier typed or scanned, and applies the coupon it names. `find` answers with the coupon of a
    /// normalised text, see [`Coupon::answers_to`].
    ///
    /// # Errors
    /// [`CouponRefusal`]; then nothing changed, [`CouponRefusal::Mistyped`] where the last sign of a batch's code does not fit
    /// the others. An accepted coupon need not earn anything: amounts and products are
    /// judged by the evaluation.
    pub fn enter<'a>(
        &mut self,
        input: &str,
        open: OpenDocument,
        find: impl FnOnce(&str) -> Option<CouponOnFile<'a>>,
        set: &CampaignSet,
        context: &Context,
    ) -> Result<&'a Coupon, CouponRefusal> {
        match open {
            OpenDocument::None => return Err(CouponRefusal::NoDocument),
            OpenDocument::Other => return Err(CouponRefusal::NotSale),
            OpenDocument::Sale => {}
        }
        let text = unlocking(input);
        if text.is_empty() {
            return Err(CouponRefusal::EmptyInput);
        }
        let found = find(&text).ok_or_else(|| match check_code(&text) {
            // Digits alone are rather the barcode of goods than a code that a batch has drawn.
            Err(CodeError::CheckCharacter) if text.contains(char::is_alphabetic) => CouponRefusal::Mistyped,
            Ok(()) | Err(CodeError::CheckCharacter | CodeError::Malformed) => CouponRefusal::NotFound,
        })?;
        found.check_standing(set, context)?;
        let coupon = found.coupon;
        if self.0.iter().any(|applied| applied.id == coupon.id) {
            return Err(CouponRefusal::AlreadyApplied);
        }
        if self.0.iter().any(|applied| applied.campaign == coupon.campaign) {
            return Err(CouponRefusal::CampaignAlreadyApplied);
        }
        found.check_occasion(set, context)?;
        let code = coupon.code.clone();
        self.0.push(AppliedCoupon { id: coupon.id, code, campaign: coupon.campaign });
        Ok(coupon)
    }

    /// Takes a coupon off; whether it was on.
    pub fn release(&mut self, id: CouponId) -> bool {
        let before = self.0.len();
        self.0.retain(|applied| applied.id != id);
        self.0.len() < before
    }

    /// The codes of the campaigns that the coupons still unlock, and those coupons that no longer count, with the
    /// reason. A coupon that is not on file any more counts as not found.
    pub fn unlock<'a>(
        &self,
        find: impl Fn(CouponId) -> Option<CouponOnFile<'a>>,
        set: &CampaignSet,
        context: &Context,
    ) -> (BTreeSet<String>, Vec<(CouponId, CouponRefusal)>) {
        let mut unlocked = BTreeSet::new();
        let mut dropped = Vec::new();
        for applied in &self.0 {
            let checked =
                find(applied.id).ok_or(CouponRefusal::NotFound).and_then(|found| found.check(set, context));
            match (checked, set.find(applied.campaign)) {
                (Ok(()), Some(campaign)) => {
                    unlocked.insert(campaign.code.unlocking());
                }
                (Ok(()), None) => dropped.push((applied.id, CouponRefusal::CampaignUnavailable)),
                (Err(refusal), _) => dropped.push((applied.id, refusal)),
            }
        }
        (unlocked, dropped)
    }
}
