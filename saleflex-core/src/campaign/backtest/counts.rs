//! How often the campaigns of a draft would have been used.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use chrono::NaiveDate;

use crate::{
    campaign::{cart::Uses, compile::CampaignSet, definition::Limits},
    ids::{CampaignId, CustomerId, DocumentId},
    money::Money,
};

/// Uses of the campaigns that have a limit of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    limited: BTreeSet<CampaignId>,
    in_all: BTreeMap<CampaignId, (u32, Money)>,
    by_customer: BTreeMap<(CampaignId, CustomerId), u32>,
    by_day: BTreeMap<(CampaignId, NaiveDate), u32>,
    /// What each document used, to be given back with it.
    by_document: BTreeMap<DocumentId, Vec<Use>>,
}

/// One use of a campaign.
#[derive(Clone, Copy, Debug)]
struct Use {
    campaign: CampaignId,
    day: NaiveDate,
    customer: Option<CustomerId>,
    amount: Money,
}

impl Counts {
    pub(super) fn of(set: &CampaignSet) -> Self {
        let limited = set.campaigns().iter().filter(|campaign| campaign.limits.count_uses());
        Self { limited: limited.map(|campaign| campaign.id).collect(), ..Self::default() }
    }

    /// Whether any campaign has a limit.
    pub(super) fn are_asked(&self) -> bool {
        !self.limited.is_empty()
    }

    /// What was used before a document of this day and customer.
    pub(super) fn uses(&self, day: NaiveDate, customer: Option<CustomerId>) -> BTreeMap<CampaignId, Uses> {
        let of = |(id, (total, spent)): (&CampaignId, &(u32, Money))| {
            let by_customer = customer.and_then(|customer| self.by_customer.get(&(*id, customer)));
            let today = self.by_day.get(&(*id, day));
            let uses = Uses {
                total: *total,
                by_customer: by_customer.copied().unwrap_or(0),
                today: today.copied().unwrap_or(0),
                spent: *spent,
                is_share: false,
            };
            (*id, uses)
        };
        self.in_all.iter().map(of).collect()
    }

    /// Counts a use of a campaign that gave an amount on a document, or points.
    pub(super) fn add(
        &mut self,
        document: DocumentId,
        campaign: CampaignId,
        (day, customer): (NaiveDate, Option<CustomerId>),
        amount: Money,
    ) {
        if !self.limited.contains(&campaign) {
            return;
        }
        let (uses, spent) = self.in_all.entry(campaign).or_default();
        *uses = uses.saturating_add(1);
        *spent += amount;
        *self.by_day.entry((campaign, day)).or_default() += 1;
        if let Some(customer) = customer {
            *self.by_customer.entry((campaign, customer)).or_default() += 1;
        }
        self.by_document.entry(document).or_default().push(Use { campaign, day, customer, amount });
    }

    /// Counts what a document used no longer.
    pub(super) fn take_back(&mut self, document: DocumentId) {
        for Use { campaign, day, customer, amount } in self.by_document.remove(&document).unwrap_or_default()
        {
            if let Some((uses, spent)) = self.in_all.get_mut(&campaign) {
                *uses = uses.saturating_sub(1);
                *spent -= amount;
            }
            let of_day = self.by_day.get_mut(&(campaign, day));
            let of_customer = customer.and_then(|customer| self.by_customer.get_mut(&(campaign, customer)));
            for uses in of_day.into_iter().chain(of_customer) {
                *uses = uses.saturating_sub(1);
            }
        }
    }
}

impl Limits {
    /// Whether how often or for how much a campaign was used matters.
    pub const fn count_uses(&self) -> bool {
        self.uses.is_some()
            || self.uses_per_customer.is_some()
            || self.uses_per_day.is_some()
            || self.budget.is_some()
    }
}
