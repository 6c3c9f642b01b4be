//! Campaigns and coupons at the till.

use chrono::{NaiveDate, NaiveDateTime};
use saleflex_core::{
    campaign::{Batch, Campaign, CampaignChange, CampaignSet, Coupon, Shopper, unlocking},
    cashier::Capability,
    document::{BundleReturns, Command, Document, OriginalSale, Refundable},
    ids::{CampaignId, CouponId, CustomerId, ProductId},
    journal::{Entry, Event},
    time::Moment,
};

mod backtesting;
mod explaining;
mod judging;

pub(super) use self::explaining::Asked;
pub use self::{
    backtesting::{Trial, TrialDays},
    explaining::{Basket, Explained},
};
use super::{Till, selling::LookedUp};
use crate::{
    books::documents,
    error::Error,
    goods::campaigns::{self, CampaignCount, CouponRecord, Judged, counts, coupons, in_force::coupons_of},
    request::{Request, Subject},
};

/// The most coupons that one command saves.
pub const MOST_COUPONS: usize = 5_000;

/// When the coupons of a batch count, on the store's clock, for whom and how often.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Validity {
    /// The first instant.
    pub start: Option<NaiveDateTime>,
    /// The last.
    pub end: Option<NaiveDateTime>,
    /// Whose they are; a personal coupon counts for nobody else.
    pub holder: Option<CustomerId>,
    /// How often each may be used.
    pub uses: Option<u32>,
}

/// Campaigns and coupons.
impl Till {
    /// The campaigns, ready to be asked. A document that is open keeps those it began with.
    pub fn campaigns(&self) -> &CampaignSet {
        self.in_force.set()
    }

    /// Adds a campaign or puts it in the place of the one with its identity.
    ///
    /// # Errors
    /// As [`Till::change_campaigns`].
    pub fn save_campaign(&mut self, campaign: Campaign) -> Result<(), Error> {
        self.change_campaigns(CampaignChange::save(campaign))
    }

    /// Puts a campaign into force or out of it.
    ///
    /// # Errors
    /// As [`Till::change_campaigns`], and [`Error::NoSuchCampaign`].
    pub fn activate_campaign(&mut self, campaign: CampaignId, is_active: bool) -> Result<(), Error> {
        let known = self.campaigns().find(campaign).ok_or(Error::NoSuchCampaign { campaign })?;
        self.save_campaign(Campaign { is_active, ..known.clone() })
    }

    /// Saves and withdraws campaigns, all of them or none.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability; [`Error::CampaignFields`] for a definition that cannot work;
    /// [`Error::Campaigns`] when they do not stand beside each other;
    /// [`Error::NoSuchCampaign`] for one to withdraw.
    pub fn change_campaigns(&mut self, change: CampaignChange) -> Result<(), Error> {
        self.need(Capability::CampaignWrite)?;
        let unknown = change.withdrawn.iter().find(|id| self.campaigns().find(**id).is_none());
        if let Some(campaign) = unknown {
            return Err(Error::NoSuchCampaign { campaign: *campaign });
        }
        let set = self.checked_campaigns(&change)?;
        self.commit_campaigns(Event::CampaignsChanged { change: Box::new(change) })?;
        self.in_force.replace(set);
        Ok(())
    }

    /// The campaigns after a change that fits.
    pub(super) fn checked_campaigns(&self, change: &CampaignChange) -> Result<CampaignSet, Error> {
        for campaign in &change.saved {
            // One that came before there was a check can be put out of force as it is.
            let known = self.campaigns().find(campaign.id);
            let only_ends = known.is_some_and(|known| {
                !campaign.is_active && *campaign == Campaign { is_active: false, ..known.clone() }
            });
            let faults = campaign.check();
            if !faults.is_empty() && !only_ends {
                return Err(Error::CampaignFields { code: campaign.code.as_str().to_owned(), faults });
            }
        }
        Ok(change.applied_to(self.campaigns())?)
    }

    /// An identity for a campaign to be saved.
    pub fn new_campaign_id(&mut self) -> CampaignId {
        CampaignId::new(self.shell.new_id())
    }

    /// An identity for a coupon to be saved.
    pub fn new_coupon_id(&mut self) -> CouponId {
        CouponId::new(self.shell.new_id())
    }

    /// How often a campaign was used, and what it gave.
    pub fn campaign_count(&self, campaign: CampaignId) -> CampaignCount {
        self.in_force.count(campaign)
    }

    /// The business days on which a campaign was used, rising.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn campaign_days(&self, campaign: CampaignId) -> Result<Vec<(NaiveDate, CampaignCount)>, Error> {
        counts::by_day(self.connection(), campaign)
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

    /// At most `limit` coupons of a campaign, the latest first.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn coupons(&self, campaign: CampaignId, limit: u32) -> Result<Vec<CouponRecord>, Error> {
        coupons::of_campaign(self.connection(), campaign, limit)
    }

    pub(super) fn check_coupons(&self, coupons: &[Coupon]) -> Result<(), Error> {
        if coupons.len() > MOST_COUPONS {
            return Err(Error::TooManyCoupons { given: coupons.len(), most: MOST_COUPONS });
        }
        let mut seen = std::collections::BTreeMap::new();
        for coupon in coupons {
            if self.campaigns().find(coupon.campaign).is_none() {
                return Err(Error::NoSuchCampaign { campaign: coupon.campaign });
            }
            if !is_valid(coupon) {
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

    fn commit_campaigns(&mut self, event: Event) -> Result<(), Error> {
        let (now, terminal) = (self.shell.now(), self.identity.terminal.uuid());
        let entry = Entry::new(terminal, now, self.on_duty, self.period.period.number, event);
        self.commit(&entry, None, None, |connection, _| campaigns::write(connection, &entry))
    }

    /// Looks up what a document is judged by after a command; nothing where no campaign has a say.
    pub(super) fn judge(
        &mut self,
        request: &Request,
        found: &LookedUp,
        moment: Moment,
    ) -> Result<Option<Judged>, Error> {
        let aside = found.aside.as_ref().map(|aside| aside.document.document());
        let document = aside.or_else(|| self.draft());
        let is_priced = |document: &Document| document.adjustments.iter().any(|one| one.source.is_campaign());
        let kept = self.open.as_ref().filter(|_| aside.is_none()).map(|open| &open.campaigns);
        let set = kept.unwrap_or_else(|| self.in_force.set()).clone();
        if set.is_empty() && !document.is_some_and(is_priced) {
            return Ok(None);
        }
        let entered =
            if let Command::EnterCoupon { entered } = &request.command { Some(&**entered) } else { None };
        let mut coupons = coupons_of(self.connection(), document, entered)?;
        let customer = customer_after(request, document);
        let mut products: Vec<_> = found.item.iter().filter_map(|item| item.product).collect();
        let original = found.original.as_ref().or(self.open.as_ref().and_then(|open| open.original.as_ref()));
        let begun = original.map(|original| original.sale.document());
        let lines = document.into_iter().chain(begun).flat_map(Document::active_lines);
        products.extend(lines.filter_map(|line| line.item.product));
        self.know(products, moment, customer)?;
        let lent = self.lent(&set, (&mut coupons, entered), moment.instant)?;
        Ok(Some(Judged { set, customer, coupons, lent }))
    }

    /// What can still come back of a sale, worth what the store's rules pay for it.
    ///
    /// # Errors
    /// A failure of the disk.
    pub fn refundable(&mut self, original: &OriginalSale) -> Result<Refundable, Error> {
        if self.settings.policy.bundle_returns != BundleReturns::RepriceRest {
            return Ok(original.refundable());
        }
        let moment = self.shell.now();
        let lines = original.sale.document().active_lines();
        self.know(lines.filter_map(|line| line.item.product).collect(), moment, None)?;
        let set = self.in_force.set().clone();
        let judged = Judged { set, customer: None, coupons: Vec::new(), lent: None };
        Ok(original.refundable_repriced(&self.in_force.facts(&judged, moment)))
    }

    /// Reads what campaigns ask of products, of a customer and of the day, where it is not in memory.
    fn know(
        &mut self,
        products: Vec<ProductId>,
        moment: Moment,
        customer: Option<CustomerId>,
    ) -> Result<(), Error> {
        self.in_force.know(products, &self.catalog);
        let shopper = match customer.filter(|_| !self.in_force.knows(customer)) {
            Some(customer) => self.shopper(customer)?,
            None => None,
        };
        self.in_force.read(self.database.connection(), moment, customer, shopper)
    }

    /// What campaigns ask of a customer; nobody for the record of walk-ins (D36).
    fn shopper(&self, customer: CustomerId) -> Result<Option<Shopper>, Error> {
        let record = self.person(customer)?;
        if record.as_ref().is_some_and(|record| record.is_walk_in) {
            return Ok(None);
        }
        Ok(Some(Shopper {
            segments: self.segments_of(customer)?,
            tier: self.marketing_profile(customer)?.tier,
            birthday: record.and_then(|record| record.details.date_of_birth),
            purchases: documents::purchases_of(self.connection(), customer)?,
            ..Shopper::new(customer)
        }))
    }
}

/// Who is on the document after a command.
fn customer_after(request: &Request, document: Option<&Document>) -> Option<CustomerId> {
    match (request.subject, &request.command) {
        (Some(Subject::Customer(customer)), _) => Some(customer),
        (None, Command::AssignCustomer) => None,
        _ => document.and_then(|document| document.customer),
    }
}

/// The longest code, and the longest barcode or QR text, in characters.
const LONGEST_CODE: usize = 100;
const LONGEST_TEXT: usize = 200;

fn is_valid(coupon: &Coupon) -> bool {
    let fits = |text: &str, most| {
        !unlocking(text).is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control)
    };
    let more = [&coupon.barcode, &coupon.qr_code].into_iter().flatten();
    let dates_fit = coupon.start.zip(coupon.end).is_none_or(|(start, end)| start <= end);
    fits(&coupon.code, LONGEST_CODE) && more.into_iter().all(|text| fits(text, LONGEST_TEXT)) && dates_fit
}
