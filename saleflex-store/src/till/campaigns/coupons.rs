//! Coupons at the till: saved, made in one go, found, and what became of them.

use chrono::NaiveDateTime;
use saleflex_core::{
    campaign::{Batch, Coupon},
    cashier::Capability,
    ids::{CampaignId, CouponId, CustomerId},
    journal::Event,
};

use super::super::Till;
use crate::{
    error::Error,
    goods::campaigns::{
        CouponRecord, UsageRecord, coupons,
        uses::{self, Used},
    },
};

/// The most coupons that one command saves.
pub const MOST_COUPONS: usize = 5_000;

/// When the coupons of a batch count, on the store's clock, for whom and how often.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Validity {
    /// The first instant; none: no beginning.
    pub start: Option<NaiveDateTime>,
    /// The last instant; none: no end.
    pub end: Option<NaiveDateTime>,
    /// The customer they belong to; a personal coupon counts for nobody else.
    pub holder: Option<CustomerId>,
    /// How often each may be used.
    pub uses: Option<u32>,
}

/// The most words of a search that count.
const MOST_WORDS: usize = 6;
/// The most customers looked at for the code of a holder.
const MOST_HOLDERS: u32 = 20;

/// Coupons.
impl Till {
    /// An identity for a coupon to be saved.
    pub fn new_coupon_id(&mut self) -> CouponId {
        CouponId::new(self.shell.new_id())
    }

    /// Adds or changes coupons, all of them or none. How often they were used stays.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability; [`Error::TooManyCoupons`]; [`Error::NoSuchCampaign`];
    /// [`Error::BadRecord`] for an empty or overlong text, [`Error::Taken`] for a text that another coupon answers to.
    pub fn save_coupons(&mut self, coupons: Vec<Coupon>) -> Result<(), Error> {
        self.need(Capability::CampaignWrite)?;
        self.check_coupons(&coupons)?;
        self.commit_campaigns(Event::CouponsSaved { coupons })
    }

    /// Makes and saves a batch of coupons with codes that nobody guesses.
    ///
    /// # Errors
    /// As [`Till::save_coupons`]; [`Error::Batch`] when the shell's identities are not random.
    pub fn mint_coupons(
        &mut self,
        batch: &Batch,
        how_many: usize,
        valid: Validity,
    ) -> Result<Vec<Coupon>, Error> {
        self.need(Capability::CampaignWrite)?;
        if how_many > MOST_COUPONS {
            return Err(Error::TooManyCoupons { given: how_many, most: MOST_COUPONS });
        }
        // A code is made from the random half of an identity of its own, which is kept nowhere.
        let seeds = (0..how_many).map(|_| {
            let (_, random) = self.shell.new_id().as_u64_pair();
            (CouponId::new(self.shell.new_id()), random.to_be_bytes())
        });
        let minted = batch.mint(seeds.collect::<Vec<_>>())?;
        let Validity { start, end, holder, uses } = valid;
        let valid = |coupon| Coupon { start, end, holder, uses, ..coupon };
        let coupons: Vec<Coupon> = minted.into_iter().map(valid).collect();
        self.save_coupons(coupons.clone())?;
        Ok(coupons)
    }

    /// The coupon that a typed or scanned text stands for, in whatever state.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn find_coupon(&self, entered: &str) -> Result<Option<CouponRecord>, Error> {
        coupons::find(self.connection(), entered)
    }

    /// At most `limit` coupons that answer to every word of a text, the latest first: words of their code, barcode or QR
    /// text, of the code of their campaign, or the whole code of whoever holds them. All of them where there is no word.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn search_coupons(&self, text: &str, limit: u32) -> Result<Vec<CouponRecord>, Error> {
        let mut words = Vec::new();
        for word in text.split_whitespace().take(MOST_WORDS) {
            let customers = self.find_customers(word, MOST_HOLDERS)?;
            let holder = customers.into_iter().find(|customer| customer.code.eq_ignore_ascii_case(word));
            words.push((word.to_owned(), holder.map(|customer| customer.id)));
        }
        coupons::search(self.connection(), &words, limit)
    }

    /// The coupon with an identity, in whatever state.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn coupon(&self, coupon: CouponId) -> Result<Option<CouponRecord>, Error> {
        coupons::by_id(self.connection(), coupon)
    }

    /// The latest sales that used a coupon, the last first, with what became of each use.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn coupon_uses(&self, coupon: CouponId, limit: u32) -> Result<Vec<UsageRecord>, Error> {
        uses::latest(self.connection(), Used::Coupon(coupon), limit)
    }

    /// At most `limit` coupons of a campaign, the latest first.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn coupons(&self, campaign: CampaignId, limit: u32) -> Result<Vec<CouponRecord>, Error> {
        coupons::of_campaign(self.connection(), campaign, limit)
    }

    pub(in crate::till) fn check_coupons(&self, coupons: &[Coupon]) -> Result<(), Error> {
        if coupons.len() > MOST_COUPONS {
            return Err(Error::TooManyCoupons { given: coupons.len(), most: MOST_COUPONS });
        }
        let mut seen = std::collections::BTreeMap::new();
        for coupon in coupons {
            if self.campaigns().find(coupon.campaign).is_none() {
                return Err(Error::NoSuchCampaign { campaign: coupon.campaign });
            }
            if coupon.unfit().is_some() {
                return Err(Error::BadRecord { record: "coupon" });
            }
            for text in coupons::texts(coupon) {
                let owner = coupons::owner_of(self.connection(), &text)?;
                let is_changed = |id: &CouponId| coupons.iter().any(|changed| changed.id == *id);
                let is_others = owner.is_some_and(|owner| owner != coupon.id && !is_changed(&owner));
                let known = seen.insert(text.clone(), coupon.id);
                if is_others || known.is_some_and(|known| known != coupon.id) {
                    return Err(Error::Taken { code: text });
                }
            }
        }
        Ok(())
    }
}
