//! What campaigns may still give of shares that a hub lent.

use std::collections::BTreeMap;

use rusqlite::Connection;
use saleflex_core::{
    campaign::{Campaign, Uses},
    ids::CampaignId,
    money::Money,
};

use crate::{
    error::Error,
    exchange::quotas::{self, Quota, QuotaKind, QuotaPolicy, Share},
};

/// The hub's terms and the standing shares, in memory until somebody changes them.
#[derive(Debug, Default)]
pub(crate) struct Standing {
    /// The version of the file when they were read.
    read_at: Option<i64>,
    terms: Option<(String, QuotaPolicy)>,
    shares: BTreeMap<Quota, Share>,
}

impl Standing {
    /// Reads them where another connection has written meanwhile, or this one has.
    pub(crate) fn read(&mut self, connection: &Connection) -> Result<(), Error> {
        let version: i64 =
            connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        if self.read_at != Some(version) {
            self.terms = quotas::terms(connection)?;
            self.shares = match &self.terms {
                Some((connector, _)) => quotas::standing(connection, connector)?,
                None => BTreeMap::new(),
            };
            self.read_at = Some(version);
        }
        Ok(())
    }

    /// This connection has changed them.
    pub(crate) const fn forget(&mut self) {
        self.read_at = None;
    }

    pub(crate) const fn terms(&self) -> Option<&(String, QuotaPolicy)> {
        self.terms.as_ref()
    }

    pub(crate) fn share(&self, quota: Quota) -> Option<&Share> {
        self.shares.get(&quota)
    }
}

/// The standing limits of a campaign.
pub(crate) fn standing_of(campaign: &Campaign) -> impl Iterator<Item = Quota> + use<> {
    let (id, limits) = (campaign.id, &campaign.limits);
    let uses = limits.uses.map(|_| QuotaKind::CampaignUses);
    let budget = limits.budget.map(|_| QuotaKind::CampaignBudget);
    [uses, budget].into_iter().flatten().map(move |kind| Quota::of_campaign(kind, id))
}

/// What is left of a campaign's shares.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Left {
    pub(crate) uses: i64,
    pub(crate) budget: i64,
    pub(crate) by_customer: i64,
}

/// What is left of the shares of each campaign with limits.
#[derive(Debug, Default)]
pub(crate) struct Lent(pub(crate) BTreeMap<CampaignId, Left>);

impl Lent {
    /// The counts by which a campaign is judged: as though all that is not lent to this till were used. Uses of a day are
    /// counted by each till for itself.
    pub(crate) fn bound(&self, campaign: &Campaign, uses: Uses) -> Uses {
        let left = self.0.get(&campaign.id).copied().unwrap_or_default();
        let limits = &campaign.limits;
        let count = |most: Option<u32>, left: i64, own| most.map_or(own, |most| used_but(most, left));
        Uses {
            total: count(limits.uses, left.uses, uses.total),
            by_customer: count(limits.uses_per_customer, left.by_customer, uses.by_customer),
            today: uses.today,
            spent: limits.budget.map_or(uses.spent, |budget| budget - Money::from_minor(left.budget)),
            is_share: true,
        }
    }
}

/// How many of `most` count as used where so many are left.
pub(crate) fn used_but(most: u32, left: i64) -> u32 {
    most.saturating_sub(u32::try_from(left).unwrap_or(if left > 0 { u32::MAX } else { 0 }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_lent_counts_as_used() {
        assert_eq!([used_but(10, 3), used_but(10, 0), used_but(10, -2), used_but(10, 11)], [7, 10, 10, 0]);
    }
}
