//! Shares of limits that hold for the whole company: looked at before a sale is judged, asked for and given back.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use saleflex_core::{
    campaign::{Campaign, CampaignSet, Coupon, unlocking},
    ids::{CampaignId, CouponId},
};

use super::Till;
use crate::{
    error::Error,
    exchange::quotas::{self, Back, Quota, QuotaKind, QuotaPolicy, Share, Withheld, most_uses},
    goods::campaigns::{
        InForce,
        lent::{Left, Lent, standing_of, used_but},
    },
};

/// The coupons of a document with how often each was used here, and the code that is being entered.
pub(super) type Coupons<'a> = (&'a mut Vec<(Coupon, u32)>, Option<&'a str>);

/// For how long the hub's answer stands before a coupon that is scanned again is asked for again: a scanner that repeats a
/// code makes no stream of requests.
const FRESH: TimeDelta = TimeDelta::seconds(1);

/// Shares of limits that hold for the whole company.
impl Till {
    /// What the hub that was heard last wants of this till where it has no share; none where no hub lends anything.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn quota_policy(&self) -> Result<Option<QuotaPolicy>, Error> {
        Ok(quotas::terms(self.connection())?.map(|(_, policy)| policy))
    }

    /// The shares that a connector's hub lends to this till.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn quota_shares(&self, connector: &str) -> Result<Vec<Share>, Error> {
        quotas::shares(self.connection(), connector)
    }

    /// Asks again for what the store's hub had to ask the company's for within the last minute; whether there is any.
    ///
    /// # Errors
    /// [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written.
    pub fn ask_quotas_again(&mut self, connector: &str) -> Result<bool, Error> {
        let since = self.shell.now().instant - TimeDelta::minutes(1);
        quotas::ask_again(self.connection(), (connector, since))
    }

    /// Asks for the shares that every till has, of limits that came since, and gives back what is over, and of coupons for one
    /// use what was asked for in a sale that is. Called between two documents; it touches the disk only where there is something
    /// to do.
    ///
    /// # Errors
    /// [`Error::DocumentOpen`]; [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written.
    pub fn tend_quotas(&mut self, connector: &str) -> Result<(), Error> {
        if !self.is_between_documents() {
            return Err(Error::DocumentOpen);
        }
        let now = self.shell.now().instant;
        let connection = self.database.connection();
        self.in_force.standing.read(connection)?;
        let standing = &self.in_force.standing;
        if standing.terms().is_none_or(|(known, _)| known != connector) {
            return Ok(());
        }
        quotas::give_back(connection, Back::Expired(now))?;
        let store = self.identity.store;
        let set = self.in_force.set();
        let here = set.campaigns().iter().filter(|one| one.store.is_none_or(|only| only == store));
        let limits = here.filter(|one| one.is_active).flat_map(standing_of);
        let missing: Vec<Quota> = limits.filter(|quota| standing.share(*quota).is_none()).collect();
        quotas::want(connection, connector, &missing)?;
        let open = self.open.as_ref().map(|open| open.draft.document());
        quotas::leave_asked(connection, connector, &mut self.in_force.asked, open)?;
        self.in_force.standing.forget();
        Ok(())
    }

    /// What may still be used of the shares of a document's campaigns and coupons, and asks for those that are needed and
    /// not there. None where the till counts for itself: no hub lends, or the company allows it.
    pub(super) fn lent(
        &mut self,
        set: &CampaignSet,
        coupons: Coupons<'_>,
        now: DateTime<Utc>,
    ) -> Result<Option<Lent>, Error> {
        if self.connectors.is_empty() {
            return Ok(None);
        }
        let connection = self.database.connection();
        let Some(lending) = lending(connection, &mut self.in_force, set, coupons, now)? else {
            return Ok(None);
        };
        quotas::want(connection, &lending.connector, &lending.wanted)?;
        // What is shown before anything is sold is wanted for the sale that begins.
        if !self.is_between_documents() {
            let coupons = lending.wanted.iter().filter(|quota| quota.kind == QuotaKind::CouponUses);
            self.in_force.asked.extend(coupons.map(|quota| CouponId::new(quota.subject)));
        }
        lending.outcome
    }

    /// The same for a document that is only tried out: nothing is asked for.
    pub(super) fn lent_to_trial(
        &self,
        in_force: &mut InForce,
        set: &CampaignSet,
        coupons: Coupons<'_>,
        now: DateTime<Utc>,
    ) -> Result<Option<Lent>, Error> {
        if self.connectors.is_empty() {
            return Ok(None);
        }
        let lending = lending(self.connection(), in_force, set, coupons, now)?;
        lending.map_or(Ok(None), |lending| lending.outcome)
    }
}

/// What a hub lends for a document.
struct Lending {
    /// The connector of the hub that lends.
    connector: String,
    /// What is needed and not there.
    wanted: Vec<Quota>,
    outcome: Result<Option<Lent>, Error>,
}

/// None where no hub lends. Coupons that are not lent count as used afterwards.
fn lending(
    connection: &rusqlite::Connection,
    in_force: &mut InForce,
    set: &CampaignSet,
    (coupons, entered): Coupons<'_>,
    now: DateTime<Utc>,
) -> Result<Option<Lending>, Error> {
    in_force.standing.read(connection)?;
    let Some((connector, policy)) = in_force.standing.terms().cloned() else { return Ok(None) };
    let shares = Shares { connection, connector: &connector, now };
    let mut wanted = Vec::new();
    let mut lent = BTreeMap::new();
    for campaign in set.campaigns().iter().filter(|one| one.is_active && one.limits.count_uses()) {
        lent.insert(campaign.id, left_of(in_force, campaign, &shares, &mut wanted)?);
    }
    let not_lent = bind_coupons(coupons, entered, policy, &shares, &mut wanted)?;
    let outcome = match (policy, not_lent) {
        (QuotaPolicy::Allow, _) => Ok(None),
        (QuotaPolicy::Refuse, Some(NotLent { code, why: None })) => Err(Error::CouponNotLent { code }),
        (QuotaPolicy::Refuse, Some(NotLent { code, why: Some(why) })) => {
            Err(Error::CouponWithheld { code, why })
        }
        (QuotaPolicy::Refuse, None) => Ok(Some(Lent(lent))),
    };
    Ok(Some(Lending { connector, wanted, outcome }))
}

fn left_of(
    in_force: &InForce,
    campaign: &Campaign,
    shares: &Shares<'_>,
    wanted: &mut Vec<Quota>,
) -> Result<Left, Error> {
    let standing = |kind| {
        let share = in_force.standing.share(Quota::of_campaign(kind, campaign.id));
        share.map_or(0, Share::left)
    };
    let customer = campaign.limits.uses_per_customer.and(in_force.shopper_id());
    let by_customer = match customer {
        Some(customer) => shares.left(Quota::of_customer(campaign.id, customer), wanted)?,
        None => 0,
    };
    Ok(Left {
        uses: standing(QuotaKind::CampaignUses),
        budget: standing(QuotaKind::CampaignBudget),
        by_customer,
    })
}

/// The shares that are asked for when they are needed.
struct Shares<'a> {
    connection: &'a rusqlite::Connection,
    connector: &'a str,
    now: DateTime<Utc>,
}

impl Shares<'_> {
    fn find(&self, quota: Quota) -> Result<Option<Share>, Error> {
        quotas::share(self.connection, self.connector, quota)
    }

    /// What is left of a share; one that is not there is wanted.
    fn left(&self, quota: Quota, wanted: &mut Vec<Quota>) -> Result<i64, Error> {
        let share = self.find(quota)?;
        if Share::is_to_be_asked_for(share.as_ref(), self.now) {
            wanted.push(quota);
        }
        Ok(share.map_or(0, |share| share.left()))
    }

    /// Whether to ask for a coupon's share: also again when it is scanned again, unless a request is under way or was answered
    /// just now. Another till may have given it back meanwhile.
    fn asks_for_coupon(&self, share: Option<&Share>, is_entered: bool) -> Result<bool, Error> {
        if Share::is_to_be_asked_for(share, self.now) {
            return Ok(true);
        }
        if !is_entered || share.is_none_or(|share| share.is_wanted || share.left() > 0) {
            return Ok(false);
        }
        let heard_at = quotas::heard_at(self.connection, self.connector)?;
        Ok(heard_at.is_none_or(|heard_at| (self.now - heard_at).abs() >= FRESH))
    }
}

/// The code that was entered and is not lent, and why where the hub has said so.
struct NotLent {
    code: String,
    why: Option<Withheld>,
}

/// Counts of coupons as used what is not lent. Answers the code that was entered, where its share is on its way or the hub
/// keeps it for another reason than that all was used.
fn bind_coupons(
    coupons: &mut [(Coupon, u32)],
    entered: Option<&str>,
    policy: QuotaPolicy,
    shares: &Shares<'_>,
    wanted: &mut Vec<Quota>,
) -> Result<Option<NotLent>, Error> {
    let entered = entered.map(unlocking);
    let mut not_lent = None;
    for (coupon, uses) in coupons {
        // One that was used here as often as it may be needs nobody's word.
        let Some(most) = most_uses(coupon).filter(|most| *uses < *most) else { continue };
        let quota = Quota::of_coupon(coupon);
        let share = shares.find(quota)?;
        let is_entered = entered.as_ref().is_some_and(|text| coupon.answers_to(text));
        let is_asked_for = shares.asks_for_coupon(share.as_ref(), is_entered)?;
        if is_asked_for {
            wanted.push(quota);
        }
        if policy == QuotaPolicy::Allow {
            continue;
        }
        let left = share.as_ref().map_or(0, Share::left);
        let is_on_its_way = is_asked_for || share.as_ref().is_some_and(|share| share.is_wanted);
        let why = share.as_ref().and_then(Share::withheld);
        let is_told_otherwise = why.is_some_and(|why| why != Withheld::UsedUp);
        if left == 0 && is_entered && (is_told_otherwise || (why.is_none() && is_on_its_way)) {
            not_lent = Some(NotLent { code: coupon.code.clone(), why });
        }
        *uses = used_but(most, left);
    }
    Ok(not_lent)
}

/// What shares are of, as people know it.
impl Till {
    /// The name of what a share is of: a campaign's, or a coupon's code; none where it is gone.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn quota_name(&self, quota: Quota) -> Result<Option<String>, Error> {
        if quota.kind == QuotaKind::CouponUses {
            let id = CouponId::new(quota.subject);
            let record = crate::goods::campaigns::coupons::by_id(self.connection(), id)?;
            return Ok(record.map(|record| record.coupon.code));
        }
        let campaign = self.campaigns().find(CampaignId::new(quota.subject));
        Ok(campaign.map(|campaign| campaign.name.clone()))
    }
}
