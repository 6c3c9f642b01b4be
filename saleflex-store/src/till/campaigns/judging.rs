//! What is doubtful about campaigns, with what the till knows of coupons and prices.

use chrono::NaiveDate;
use saleflex_core::{
    campaign::{CampaignSet, Coupon, Finding, LintFacts, PricedItem},
    checkout,
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
}
