//! Campaigns at the till.

use chrono::NaiveDate;
use saleflex_core::{
    campaign::{Campaign, CampaignChange, CampaignSet, Shopper},
    cashier::Capability,
    document::{BundleReturns, Command, Document, OriginalSale, Refundable},
    ids::{CampaignId, CustomerId, ProductId},
    journal::{Entry, Event},
    time::Moment,
};

mod backtesting;
mod coupons;
mod explaining;
mod judging;
mod paying;

pub(super) use self::explaining::Asked;
pub use self::{
    backtesting::{Trial, TrialDays},
    coupons::{MOST_COUPONS, Validity},
    explaining::{Basket, Explained},
};
use super::{Till, selling::LookedUp};
use crate::{
    books::documents,
    error::Error,
    goods::campaigns::{
        self, CampaignCount, Judged, UsageRecord, counts,
        in_force::coupons_of,
        uses::{self, Used},
        versions,
    },
    people::customer,
    request::{Request, Subject},
};

/// Campaigns.
impl Till {
    /// The campaigns, ready to be asked. A document that is open keeps those it began with.
    pub fn campaigns(&self) -> &CampaignSet {
        self.in_force.set()
    }

    /// The campaign with a code: the one in the set, else the one that had it last and was withdrawn.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn campaign_ever(&self, code: &str) -> Result<Option<Campaign>, Error> {
        let mut campaigns = self.campaigns().campaigns().iter();
        match campaigns.find(|campaign| campaign.code.as_str() == code) {
            Some(known) => Ok(Some(known.clone())),
            None => versions::find_by_code(self.connection(), code),
        }
    }

    /// Adds a campaign or puts it in the place of the one with its identity.
    ///
    /// # Errors
    /// As [`Till::change_campaigns`].
    pub fn save_campaign(&mut self, campaign: Campaign) -> Result<(), Error> {
        self.change_campaigns(CampaignChange::save(campaign))
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
        let set = checked_campaigns(self.campaigns(), &change)?;
        self.commit_campaigns(Event::CampaignsChanged { change: Box::new(change) })?;
        self.in_force.replace(set);
        Ok(())
    }

    /// An identity for a campaign to be saved.
    pub fn new_campaign_id(&mut self) -> CampaignId {
        CampaignId::new(self.shell.new_id())
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

    /// The latest sales that used a campaign, the last first, with what became of each use.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn campaign_uses(&self, campaign: CampaignId, limit: u32) -> Result<Vec<UsageRecord>, Error> {
        uses::latest(self.connection(), Used::Campaign(campaign), limit)
    }

    pub(super) fn commit_campaigns(&mut self, event: Event) -> Result<(), Error> {
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
        let records = customer::records_of(self.connection(), customer)?;
        Ok(Some(Shopper {
            segments: self.segments_of(customer)?,
            tier: self.marketing_profile(customer)?.tier,
            tags: record.as_ref().map(|record| record.details.preferences.clone()).unwrap_or_default(),
            birthday: record.and_then(|record| record.details.date_of_birth),
            purchases: documents::purchases_of(self.connection(), &records)?,
            also: records.into_iter().filter(|record| *record != customer).collect(),
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

/// The campaigns after a change that fits.
pub(super) fn checked_campaigns(set: &CampaignSet, change: &CampaignChange) -> Result<CampaignSet, Error> {
    for campaign in &change.saved {
        // One that came before there was a check can be put out of force as it is.
        let known = set.find(campaign.id);
        let only_ends = known.is_some_and(|known| {
            !campaign.is_active && *campaign == Campaign { is_active: false, ..known.clone() }
        });
        let faults = campaign.check();
        if !faults.is_empty() && !only_ends {
            return Err(Error::CampaignFields { code: campaign.code.as_str().to_owned(), faults });
        }
    }
    Ok(change.applied_to(set)?)
}
