//! Shares of limits that hold for a whole company, lent to this till by its hub.
//!
//! A till that is away from its hub cannot know how often a campaign or a coupon was used elsewhere. So the hub lends it
//! a share beforehand: so many uses, so much money. The till uses its share up and never more.
//!
//! **Invariants:** a share is used up in the transaction of the sale that uses it; what is given back can no longer be
//! used, whether the hub has heard of it or not; another life of the file begins without shares. Only the till uses and
//! gives back, and only [`crate::exchange::inbox::Inbox`] adds what was granted, so that neither undoes the other's work.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};
use saleflex_core::{
    campaign::{Coupon, CouponKind},
    ids::{CampaignId, CustomerId, GiftCardId},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    error::Error,
    file::codec::{Col, Name, get, get_name},
    goods::campaigns::counts::Use,
};

mod coupons;
mod exchange;
mod gift_cards;
mod withheld;

pub(crate) use self::{
    coupons::{leave_asked, leave_coupons},
    exchange::{ask_again, asked, heard_at, holds, keep, waits},
    gift_cards::{is_training, take_gift_cards, usable},
};
pub use self::{
    exchange::{Granted, Request},
    withheld::Withheld,
};

/// What is counted.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QuotaKind {
    /// Sales in which a campaign gave something.
    CampaignUses,
    /// What a campaign gave, in the smallest unit of the till's currency.
    CampaignBudget,
    /// Sales to one customer in which a campaign gave something.
    CustomerUses,
    /// Sales in which a coupon was used.
    CouponUses,
    /// What is on a gift card, in the smallest unit of the till's currency.
    GiftCardBalance,
}

impl QuotaKind {
    /// Whether every till has a share all the time; of the others one is asked for when it is needed.
    pub const fn is_standing(self) -> bool {
        matches!(self, Self::CampaignUses | Self::CampaignBudget)
    }
}

/// What a till does where it has no share.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QuotaPolicy {
    /// It gives nothing: the limit is never passed.
    Refuse,
    /// It counts for itself alone, and the hub marks the sale.
    Allow,
}

/// A limit whose uses a hub lends.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Quota {
    /// What is counted.
    pub kind: QuotaKind,
    /// The campaign, coupon or gift card.
    pub subject: Uuid,
    /// The customer whose uses are counted; none: everybody's.
    pub customer: Option<CustomerId>,
}

/// A till's share of a limit.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Share {
    /// The limit that it is a share of.
    pub quota: Quota,
    /// The last event that was queued for the hub when counting began.
    pub since: u64,
    /// How much was lent in all.
    pub granted: i64,
    /// How much was given back in all.
    pub returned: i64,
    /// How much was used.
    pub used: i64,
    /// When the till gives back what it has not used; none before the hub has answered.
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether the till has asked for more and has no answer yet.
    pub is_wanted: bool,
    /// What was left when the hub answered last; where it lent nothing of what was wanted, why, [`Withheld::number`].
    left_then: i64,
}

impl Share {
    /// What the till may still use.
    pub fn left(&self) -> i64 {
        (self.granted - self.returned - self.used).max(0)
    }

    /// Why the hub lent nothing when it answered last, where it said so.
    pub fn withheld(&self) -> Option<Withheld> {
        Withheld::of(self.left_then)
    }

    /// Whether to ask the hub for more: nothing is left, and it has not just said that there is no more.
    pub(crate) fn is_to_be_asked_for(share: Option<&Self>, now: DateTime<Utc>) -> bool {
        share.is_none_or(|share| share.left() == 0 && !share.is_wanted && !share.is_used_up(now))
    }

    /// Whether the hub has said lately that there is no more.
    fn is_used_up(&self, now: DateTime<Utc>) -> bool {
        !self.is_wanted && self.left_then <= 0 && self.expires_at.is_some_and(|until| now < until)
    }
}

impl Quota {
    /// A limit of a campaign that holds for everybody.
    pub(crate) const fn of_campaign(kind: QuotaKind, campaign: CampaignId) -> Self {
        Self { kind, subject: campaign.uuid(), customer: None }
    }

    /// How often one customer gets a campaign.
    pub(crate) const fn of_customer(campaign: CampaignId, customer: CustomerId) -> Self {
        Self { kind: QuotaKind::CustomerUses, subject: campaign.uuid(), customer: Some(customer) }
    }

    /// How often a coupon counts.
    pub(crate) const fn of_coupon(coupon: &Coupon) -> Self {
        Self { kind: QuotaKind::CouponUses, subject: coupon.id.uuid(), customer: None }
    }

    /// What is on a gift card.
    pub(crate) const fn of_gift_card(card: GiftCardId) -> Self {
        Self { kind: QuotaKind::GiftCardBalance, subject: card.uuid(), customer: None }
    }

    fn owner(&self) -> Vec<u8> {
        self.customer.map(|customer| customer.uuid().as_bytes().to_vec()).unwrap_or_default()
    }
}

/// How often a coupon counts in the whole company; none: without end.
pub(crate) fn most_uses(coupon: &Coupon) -> Option<u32> {
    let limit = coupon.uses.filter(|most| *most > 0);
    if coupon.kind == CouponKind::SingleUse { Some(1) } else { limit }
}

const COLUMNS: &str =
    "kind, owner, subject, since, granted, returned, used, expires_at, is_wanted, left_then";

fn read(row: &Row<'_>) -> rusqlite::Result<Share> {
    let owner: Vec<u8> = row.get(1)?;
    Ok(Share {
        quota: Quota {
            kind: get_name(row, 0)?,
            subject: get(row, 2)?,
            customer: Uuid::from_slice(&owner).ok().map(CustomerId::new),
        },
        since: u64::try_from(row.get::<_, i64>(3)?).unwrap_or_default(),
        granted: row.get(4)?,
        returned: row.get(5)?,
        used: row.get(6)?,
        expires_at: get(row, 7)?,
        is_wanted: row.get(8)?,
        left_then: row.get(9)?,
    })
}

/// The shares of a connector, all of them.
pub(crate) fn shares(connection: &Connection, connector: &str) -> Result<Vec<Share>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM quota WHERE connector = ?1 ORDER BY kind, owner, subject");
    let mut select = connection.prepare_cached(&sql)?;
    let shares = select.query_map([connector], read)?;
    Ok(shares.collect::<Result<_, _>>()?)
}

/// The share of one limit.
pub(crate) fn share(connection: &Connection, connector: &str, quota: Quota) -> Result<Option<Share>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM quota WHERE kind = ?1 AND owner = ?2 AND subject = ?3 AND connector = ?4"
    );
    let mut select = connection.prepare_cached(&sql)?;
    let mut shares =
        select.query_map(params![Name(quota.kind), quota.owner(), Col(quota.subject), connector], read)?;
    Ok(shares.next().transpose()?)
}

/// The hub that was heard last, and what it wants of this till; none where no hub lends anything.
pub(crate) fn terms(connection: &Connection) -> Result<Option<(String, QuotaPolicy)>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT connector, policy FROM quota_terms ORDER BY heard_at DESC, connector LIMIT 1",
    )?;
    let terms = select.query_row([], |row| Ok((row.get(0)?, get_name(row, 1)?)));
    Ok(terms.optional()?)
}

/// The standing shares of a connector: those that every till has all the time.
pub(crate) fn standing(connection: &Connection, connector: &str) -> Result<BTreeMap<Quota, Share>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM quota WHERE kind IN ('campaign_uses', 'campaign_budget') AND connector = ?1"
    );
    let mut select = connection.prepare_cached(&sql)?;
    let shares = select.query_map([connector], read)?;
    Ok(shares.map(|share| share.map(|share| (share.quota, share))).collect::<Result<_, _>>()?)
}

/// Asks the hub for a share, or for more of it. Counting begins with the first time.
pub(crate) fn want(connection: &Connection, connector: &str, quotas: &[Quota]) -> Result<(), Error> {
    let mut upsert = connection.prepare_cached(
        "INSERT INTO quota (kind, owner, subject, connector, since) \
         SELECT ?1, ?2, ?3, name, queued FROM connector WHERE name = ?4 \
         ON CONFLICT (kind, owner, subject, connector) DO UPDATE SET is_wanted = 1, is_told = 0",
    )?;
    for quota in quotas {
        upsert.execute(params![Name(quota.kind), quota.owner(), Col(quota.subject), connector])?;
    }
    Ok(())
}

/// Uses shares up, in the transaction of the sales that did. A sale that came back gives nothing back here: the hub
/// counts it as free again, for everybody.
pub(crate) fn use_up(connection: &Connection, uses: &[Use]) -> Result<(), Error> {
    let mut update = connection.prepare_cached(
        "UPDATE quota SET used = used + ?4, \
         is_told = CASE WHEN 2 * (granted - returned - used - ?4) > max(left_then, 0) THEN is_told ELSE 0 END \
         WHERE kind = ?1 AND owner = ?2 AND subject = ?3",
    )?;
    let mut charge = |quota: Quota, units: i64| {
        update.execute(params![Name(quota.kind), quota.owner(), Col(quota.subject), units])
    };
    for one in uses.iter().filter(|one| !one.is_back) {
        for used in &one.usage.campaigns {
            charge(Quota::of_campaign(QuotaKind::CampaignUses, used.campaign), 1)?;
            charge(Quota::of_campaign(QuotaKind::CampaignBudget, used.campaign), used.amount.minor())?;
            if let Some(customer) = one.customer {
                charge(Quota::of_customer(used.campaign, customer), 1)?;
            }
        }
        for used in &one.usage.coupons {
            charge(Quota { kind: QuotaKind::CouponUses, subject: used.coupon.uuid(), customer: None }, 1)?;
        }
    }
    Ok(())
}

/// Which shares are given back.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Back {
    /// Those that are over.
    Expired(DateTime<Utc>),
    /// Those that were asked for one customer, coupon or gift card: the period they were asked in is closed.
    Asked,
}

/// Gives back what is left of shares. Called while no document is open.
pub(crate) fn give_back(connection: &Connection, back: Back) -> Result<(), Error> {
    const SET: &str =
        "UPDATE quota SET returned = granted - used, is_told = 0 WHERE granted - returned - used > 0";
    match back {
        Back::Expired(now) => {
            let sql = format!("{SET} AND expires_at <= ?1");
            connection.prepare_cached(&sql)?.execute([Col(now)])?;
        }
        Back::Asked => {
            let sql = format!("{SET} AND kind IN ('customer_uses', 'coupon_uses', 'gift_card_balance')");
            connection.prepare_cached(&sql)?.execute([])?;
        }
    }
    Ok(())
}

/// Forgets every share: they were lent to an earlier life of the file, and another copy of it may be using them.
pub(crate) fn forget(connection: &Connection) -> Result<(), Error> {
    connection.execute("DELETE FROM quota", [])?;
    Ok(())
}
