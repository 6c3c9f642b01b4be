//! What is doubtful about campaigns, with what the till knows of coupons and prices.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use saleflex_core::{
    campaign::{Campaign, CampaignChange, CampaignSet, Coupon, Fault, Finding, LintFacts, PricedItem},
    checkout,
    ids::CampaignId,
    money::Rounding,
    quantity::Quantity,
};

use super::super::Till;
use crate::{
    error::Error,
    goods::campaigns::{coupons, traits_of},
};

/// What lint may know at a till.
struct Known {
    today: NaiveDate,
    coupons: Vec<Coupon>,
    items: Vec<PricedItem>,
    /// None at a till without a program: another system may know them.
    tiers: Option<Vec<String>>,
}

impl Known {
    fn facts(&self) -> LintFacts<'_> {
        LintFacts {
            today: Some(self.today),
            coupons: Some(&self.coupons),
            items: &self.items,
            tiers: self.tiers.as_deref(),
        }
    }
}

impl Till {
    /// What is doubtful about campaigns as if they were in force on a day, in the order they are tried: judged with the
    /// coupons on file and the prices of the catalogue.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn lint_campaigns(&self, set: &CampaignSet, today: NaiveDate) -> Result<Vec<Finding>, Error> {
        Ok(set.lint(&self.known(today)?.facts()))
    }

    /// What is doubtful about one campaign as if it were in force among the till's on a day; nothing where it cannot
    /// stand among them, which is refused when it is saved.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn doubts_about(&self, campaign: &Campaign, today: NaiveDate) -> Result<Vec<Fault>, Error> {
        let in_force = Campaign { is_active: true, ..campaign.clone() };
        let Ok(set) = CampaignChange::save(in_force).applied_to(self.campaigns()) else {
            return Ok(Vec::new());
        };
        let found = set.lint_of(&self.known(today)?.facts(), |one| one.id == campaign.id);
        Ok(found.into_iter().map(|found| found.fault).collect())
    }

    /// What lint may know at this till.
    fn known(&self, today: NaiveDate) -> Result<Known, Error> {
        let records = coupons::all(self.connection())?;
        let coupons: Vec<Coupon> = records.into_iter().map(|record| record.coupon).collect();
        let products = self.catalog.products().filter(|product| product.is_active());
        let priced = products.filter_map(|product| {
            let sold = self.catalog.find_product(product.id(), today).ok()?;
            let price = sold.price.times(Quantity::ONE, self.currency(), Rounding::HalfUp).ok()?;
            let traits = traits_of(&self.catalog, product.id());
            Some(PricedItem { item: checkout::cart_item(&sold, Some(&traits), self.currency()), price })
        });
        let tiers = self.programs().iter().flat_map(|program| &program.tiers);
        let tiers: Vec<String> = tiers.map(|tier| tier.code.clone()).collect();
        let tiers = (!self.programs().is_empty()).then_some(tiers);
        Ok(Known { today, coupons, items: priced.collect(), tiers })
    }

    /// What becomes doubtful about campaigns by putting a change in force on a day: of each campaign that is saved in
    /// force, the doubts it did not have as it is in force now. Whoever put it in force accepted those, unless it comes to be
    /// looked at in another way. That no coupon opens a campaign is no doubt about putting it in force: coupons are made for one
    /// that is there.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn new_doubts(
        &self,
        change: &CampaignChange,
        today: NaiveDate,
    ) -> Result<Vec<(CampaignId, Fault)>, Error> {
        // What does not stand together is refused when it is saved, and says why then.
        let Ok(after) = change.applied_to(self.campaigns()) else { return Ok(Vec::new()) };
        let changed = change.saved.iter().filter(|campaign| campaign.is_active).map(|campaign| campaign.id);
        let changed: BTreeSet<CampaignId> = changed.collect();
        if changed.is_empty() {
            return Ok(Vec::new());
        }
        let known = self.known(today)?;
        let doubts = |set: &CampaignSet| -> Vec<(CampaignId, Fault)> {
            let found = set.lint_of(&known.facts(), |campaign| changed.contains(&campaign.id)).into_iter();
            found.map(|found| (set.campaign(found.campaign).id, found.fault)).collect()
        };
        // Whoever let it sleep accepted nothing of what it gives when it wakes.
        let is_looked_at_as_before = |id: CampaignId| {
            let both = self.campaigns().find(id).zip(after.find(id));
            both.is_some_and(|(before, after)| before.activation == after.activation)
        };
        let mut accepted = doubts(self.campaigns());
        accepted.retain(|(id, _)| is_looked_at_as_before(*id));
        Ok(doubts(&after)
            .into_iter()
            .filter(|doubt| doubt.1 != Fault::NoCoupon && !accepted.contains(doubt))
            .collect())
    }
}
