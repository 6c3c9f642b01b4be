//! What is doubtful about campaigns, with what the till knows of coupons and prices.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use saleflex_core::{
    campaign::{CampaignChange, CampaignSet, Coupon, Fault, Finding, LintFacts, PricedItem},
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

impl Till {
    /// What is doubtful about campaigns as if they were in force on a day, in the order they are tried: judged with the
    /// coupons on file and the prices of the catalogue.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn lint_campaigns(&self, set: &CampaignSet, today: NaiveDate) -> Result<Vec<Finding>, Error> {
        let records = coupons::all(self.connection())?;
        let on_file: Vec<Coupon> = records.into_iter().map(|record| record.coupon).collect();
        let products = self.catalog.products().filter(|product| product.is_active());
        let priced = products.filter_map(|product| {
            let sold = self.catalog.find_product(product.id(), today).ok()?;
            sold.cost_price?;
            let price = sold.price.times(Quantity::ONE, self.currency(), Rounding::HalfUp).ok()?;
            let traits = traits_of(&self.catalog, product.id());
            Some(PricedItem { item: checkout::cart_item(&sold, Some(&traits), self.currency()), price })
        });
        let items: Vec<PricedItem> = priced.collect();
        let facts = LintFacts { today: Some(today), coupons: Some(&on_file), items: &items };
        Ok(set.lint(&facts))
    }

    /// What becomes doubtful about campaigns by putting a change in force on a day: of each campaign that is saved in
    /// force, the doubts it did not have as it is in force now. Whoever put it in force accepted those, unless it comes to be
    /// looked at in another way.
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
        let doubts = |set: &CampaignSet| -> Result<Vec<(CampaignId, Fault)>, Error> {
            let found = self.lint_campaigns(set, today)?.into_iter();
            let found = found.map(|found| (set.campaign(found.campaign), found.fault));
            let in_force = found.filter(|(campaign, _)| campaign.is_active && changed.contains(&campaign.id));
            Ok(in_force.map(|(campaign, fault)| (campaign.id, fault)).collect())
        };
        // Whoever let it sleep accepted nothing of what it gives when it wakes.
        let is_looked_at_as_before = |id: CampaignId| {
            let both = self.campaigns().find(id).zip(after.find(id));
            both.is_some_and(|(before, after)| before.activation == after.activation)
        };
        let mut accepted = doubts(self.campaigns())?;
        accepted.retain(|(id, _)| is_looked_at_as_before(*id));
        Ok(doubts(&after)?.into_iter().filter(|doubt| !accepted.contains(doubt)).collect())
    }
}
