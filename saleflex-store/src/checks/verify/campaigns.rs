//! Campaigns and coupons as the journal says, and how often both were used.

use std::collections::BTreeMap;

use rusqlite::Connection;
use saleflex_core::{
    campaign::{Coupon, Definitions},
    ids::{CampaignId, CouponId, DocumentId},
    journal::{Entry, Event},
    money::Money,
};

use super::{Finding, Tampering, hold};
use crate::{
    books::documents,
    error::Error,
    file::codec::{get, get_json},
    goods::campaigns::{
        self,
        counts::{Owner, Use},
        coupons,
    },
};

pub(super) struct Campaigns<'a> {
    connection: &'a Connection,
    definitions: Definitions,
    coupons: BTreeMap<CouponId, Coupon>,
    counts: BTreeMap<(String, CampaignId), (i64, Money)>,
    coupon_uses: BTreeMap<CouponId, i64>,
    /// Sales that came back whole, and where it says so.
    reversed: BTreeMap<DocumentId, i64>,
}

impl<'a> Campaigns<'a> {
    pub(super) fn new(connection: &'a Connection) -> Self {
        Self {
            connection,
            definitions: Definitions::default(),
            coupons: BTreeMap::new(),
            counts: BTreeMap::new(),
            coupon_uses: BTreeMap::new(),
            reversed: BTreeMap::new(),
        }
    }

    pub(super) fn of_entry(&mut self, entry: &Entry, seq: i64) -> Result<(), Error> {
        if let Some(change) = entry.event.campaign_change() {
            self.definitions.follow(change)?;
        }
        if let Event::CouponsSaved { coupons } = &entry.event {
            self.coupons.extend(coupons.iter().map(|saved| (saved.id, saved.clone())));
        }
        for taken in Use::taken(entry) {
            self.count(&taken);
        }
        if let Some(sale) = entry.effects.usage_reversed.filter(|sale| !self.reversed.contains_key(sale)) {
            self.reversed.insert(sale, seq);
            let completing = documents::completing_entry(self.connection, sale)?;
            if let Some(back) = completing.and_then(|completing| Use::given_back(&completing, sale)) {
                self.count(&back);
            }
        }
        Ok(())
    }

    fn count(&mut self, one: &Use) {
        for owner in one.owners().map(|owner: Owner| owner.column()) {
            for (campaign, uses, spent) in one.changes() {
                let count = self.counts.entry((owner.clone(), campaign)).or_default();
                count.0 += uses;
                count.1 += spent;
            }
        }
        for (coupon, uses) in one.coupons() {
            *self.coupon_uses.entry(coupon).or_default() += uses;
        }
    }

    /// What must hold when every entry was seen.
    pub(super) fn end(&self) -> Finding {
        let definitions = campaigns::load(self.connection)?;
        hold!(definitions.iter().eq(self.definitions.campaigns()), Tampering::CampaignChanged);
        let mut select =
            self.connection.prepare("SELECT id, campaign, definition, uses FROM coupon ORDER BY id")?;
        let stored = select
            .query_map([], |row| {
                Ok((get(row, 0)?, get(row, 1)?, get_json::<Coupon>(row, 2)?, row.get::<_, i64>(3)?))
            })?
            .collect::<Result<Vec<(CouponId, CampaignId, Coupon, i64)>, _>>()?;
        hold!(stored.len() == self.coupons.len(), Tampering::CampaignChanged);
        for (id, campaign, coupon, uses) in &stored {
            let is_same = coupon.campaign == *campaign && self.coupons.get(id) == Some(coupon);
            hold!(is_same, Tampering::CampaignChanged);
            hold!(*uses == self.coupon_uses.get(id).copied().unwrap_or(0), Tampering::UsesChanged);
        }
        hold!(self.texts()? == self.expected_texts(), Tampering::CampaignChanged);
        self.uses()
    }

    fn texts(&self) -> Result<BTreeMap<String, CouponId>, Error> {
        let mut select = self.connection.prepare("SELECT text, coupon FROM coupon_text")?;
        let texts = select.query_map([], |row| Ok((row.get(0)?, get(row, 1)?)))?;
        Ok(texts.collect::<Result<_, _>>()?)
    }

    fn expected_texts(&self) -> BTreeMap<String, CouponId> {
        let coupons = self.coupons.values();
        coupons.flat_map(|coupon| coupons::texts(coupon).into_iter().map(|text| (text, coupon.id))).collect()
    }

    fn uses(&self) -> Finding {
        let mut select =
            self.connection.prepare("SELECT owner, campaign, uses, spent FROM campaign_count")?;
        let stored = select
            .query_map([], |row| Ok(((row.get(0)?, get(row, 1)?), (row.get(2)?, get(row, 3)?))))?
            .collect::<Result<BTreeMap<_, _>, _>>()?;
        hold!(stored == self.counts, Tampering::UsesChanged);
        let mut select = self.connection.prepare("SELECT document, seq FROM usage_reversal")?;
        let stored = select.query_map([], |row| Ok((get(row, 0)?, row.get(1)?)))?;
        let stored = stored.collect::<Result<BTreeMap<DocumentId, i64>, _>>()?;
        hold!(stored == self.reversed, Tampering::UsesChanged);
        Ok(Ok(()))
    }
}
