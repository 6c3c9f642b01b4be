//! The campaigns in memory, and what is looked up to judge a document by them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::NaiveDate;
use rusqlite::Connection;
use saleflex_core::{
    adjustment::ResolutionRule,
    campaign::{CampaignSet, Coupon, Shopper, Uses},
    catalog::{Catalog, ProductRef},
    checkout::{Campaigns, Memory, ProductTraits},
    document::Document,
    ids::{CampaignId, CouponId, CustomerId, ProductId},
    time::Moment,
};

use super::{
    counts::{self, CampaignCount, Owner, Use},
    coupons,
    lent::{Lent, Standing},
    load,
    shelf::Cheapest,
};
use crate::error::Error;

/// Through what a till sells.
pub(crate) const CHANNEL: &str = "till";

type Counts = BTreeMap<CampaignId, CampaignCount>;

/// The campaigns of the till with their counts.
#[derive(Debug)]
pub(crate) struct InForce {
    set: Arc<CampaignSet>,
    in_all: Counts,
    /// The counts of the latest day that was asked about.
    day: Option<(NaiveDate, Counts)>,
    /// Of the customer on the document.
    customer: Option<(Shopper, Counts)>,
    /// What campaigns know of the products on the document beyond what its lines say.
    traits: BTreeMap<ProductId, ProductTraits>,
    /// What the last evaluation of the open document left behind.
    memory: Memory,
    /// Which goods are the cheapest of those that a campaign names, for the document.
    pub(crate) cheapest: Cheapest,
    /// What is lent of limits that hold for the whole company.
    pub(crate) standing: Standing,
    /// The coupons that the hub was asked for while something was sold, until that is over.
    pub(crate) asked: BTreeSet<CouponId>,
}

/// What a document is judged by.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) set: Arc<CampaignSet>,
    pub(crate) customer: Option<CustomerId>,
    pub(crate) coupons: Vec<(Coupon, u32)>,
    /// What the till may still use of shares; none where it counts for itself.
    pub(crate) lent: Option<Lent>,
}

impl InForce {
    pub(crate) fn load(connection: &Connection, rule: ResolutionRule) -> Result<Self, Error> {
        Ok(Self {
            set: Arc::new(CampaignSet::compile_stored(load(connection)?)?.resolved_by(rule)),
            in_all: counts::of(connection, &Owner::All)?,
            day: None,
            customer: None,
            traits: BTreeMap::new(),
            memory: Memory::default(),
            cheapest: Cheapest::default(),
            standing: Standing::default(),
            asked: BTreeSet::new(),
        })
    }

    pub(crate) const fn set(&self) -> &Arc<CampaignSet> {
        &self.set
    }

    pub(crate) fn replace(&mut self, set: CampaignSet) {
        self.set = Arc::new(set);
    }

    /// Chooses from the same campaigns by another rule, from the next document on.
    pub(crate) fn resolve_by(&mut self, rule: ResolutionRule) {
        if self.set.rule() != rule {
            self.set = Arc::new(CampaignSet::clone(&self.set).resolved_by(rule));
        }
    }

    /// What a campaign was used for in all.
    pub(crate) fn count(&self, campaign: CampaignId) -> CampaignCount {
        self.in_all.get(&campaign).copied().unwrap_or_default()
    }

    /// Whether a customer's counts are in memory.
    pub(crate) fn knows(&self, customer: Option<CustomerId>) -> bool {
        self.customer.as_ref().map(|(shopper, _)| shopper.id) == customer
    }

    /// Reads what is not in memory: the counts of the day and of the customer. `shopper` is the customer where it is
    /// another one than before.
    pub(crate) fn read(
        &mut self,
        connection: &Connection,
        moment: Moment,
        customer: Option<CustomerId>,
        shopper: Option<Shopper>,
    ) -> Result<(), Error> {
        if self.day.as_ref().is_none_or(|(day, _)| *day != moment.business_date) {
            let day = moment.business_date;
            self.day = Some((day, counts::of(connection, &Owner::Day(day))?));
        }
        if !self.knows(customer) {
            let read = |shopper: Shopper| {
                let counts = counts::of_customer(connection, shopper.id)?;
                Ok::<_, Error>((shopper, counts))
            };
            self.customer = shopper.map(read).transpose()?;
        }
        Ok(())
    }

    /// Takes note of the products on a document.
    pub(crate) fn know(&mut self, products: impl IntoIterator<Item = ProductId>, catalog: &Catalog) {
        for product in products {
            self.traits.entry(product).or_insert_with(|| traits_of(catalog, product));
        }
    }

    /// Forgets who buys: it is read anew for the next command.
    pub(crate) fn forget_customer(&mut self) {
        self.customer = None;
    }

    /// Forgets what was read for one document: it is read anew for the next.
    pub(crate) fn forget_document(&mut self) {
        self.customer = None;
        self.traits.clear();
        self.memory.clear();
        self.cheapest.clear();
    }

    /// What deciding asks campaigns by; what it needs was read before.
    pub(crate) fn facts<'a>(&'a self, judged: &'a Judged, moment: Moment) -> Campaigns<'a> {
        Campaigns {
            set: &judged.set,
            moment,
            channel: Some(CHANNEL),
            shopper: self.shopper(judged).map(|(shopper, _)| shopper.clone()),
            uses: self.uses(judged),
            coupons: judged.coupons.clone(),
            traits: &self.traits,
            memory: Some(&self.memory),
        }
    }

    /// Who is on the document, as campaigns know them.
    pub(crate) fn shopper_id(&self) -> Option<CustomerId> {
        self.customer.as_ref().map(|(shopper, _)| shopper.id)
    }

    fn shopper(&self, judged: &Judged) -> Option<&(Shopper, Counts)> {
        self.customer.as_ref().filter(|(shopper, _)| Some(shopper.id) == judged.customer)
    }

    /// The uses of campaigns that have a limit of them.
    fn uses(&self, judged: &Judged) -> BTreeMap<CampaignId, Uses> {
        let limited = judged.set.campaigns().iter().filter(|campaign| campaign.limits.count_uses());
        let by_customer = self.shopper(judged).map(|(_, counts)| counts);
        let today = self.day.as_ref().map(|(_, counts)| counts);
        let uses_in = |counts: Option<&Counts>, id| {
            counts.and_then(|counts| counts.get(&id)).map_or(0, |count| count.uses)
        };
        let uses = limited.map(|campaign| {
            let (id, in_all) = (campaign.id, self.count(campaign.id));
            let uses = Uses {
                total: in_all.uses,
                by_customer: uses_in(by_customer, id),
                today: uses_in(today, id),
                spent: in_all.spent,
                is_share: false,
            };
            (id, judged.lent.as_ref().map_or(uses, |lent| lent.bound(campaign, uses)))
        });
        uses.filter(|(_, uses)| *uses != Uses::default()).collect()
    }

    /// Takes over what was counted on disk.
    pub(crate) fn count_uses(&mut self, uses: &[Use]) {
        if !uses.is_empty() {
            self.standing.forget();
        }
        for one in uses {
            add(&mut self.in_all, one);
            if let Some((day, counts)) = self.day.as_mut()
                && *day == one.day
            {
                add(counts, one);
            }
        }
    }
}

fn add(counts: &mut Counts, one: &Use) {
    for (campaign, uses, spent) in one.changes() {
        let count = counts.entry(campaign).or_default();
        count.uses = count.uses.saturating_add_signed(if uses < 0 { -1 } else { 1 });
        count.spent += spent;
    }
}

/// What campaigns know of a product beyond what stands on a line.
pub(crate) fn traits_of(catalog: &Catalog, product: ProductId) -> ProductTraits {
    let barcodes = catalog.product(product).map(ProductRef::barcodes).unwrap_or_default();
    let old = catalog.old_barcodes(product).iter().cloned();
    let barcodes = barcodes.into_iter().map(|barcode| barcode.barcode).chain(old).collect();
    let details = catalog.details(product);
    let (brand, tags) =
        details.map_or_else(Default::default, |details| (details.brand, details.tags.clone()));
    let style = details.and_then(|details| Some(details.variant.as_ref()?.style.clone()));
    ProductTraits { brand, style, barcodes, tags }
}

/// The coupons on a document and the one that is entered, each with its uses.
pub(crate) fn coupons_of(
    connection: &Connection,
    document: Option<&Document>,
    entered: Option<&str>,
) -> Result<Vec<(Coupon, u32)>, Error> {
    let mut found = Vec::new();
    for applied in document.into_iter().flat_map(|document| &document.coupons) {
        found.extend(coupons::by_id(connection, applied.id)?);
    }
    if let Some(entered) = entered {
        found.extend(coupons::find(connection, entered)?);
    }
    Ok(found.into_iter().map(|record| (record.coupon, record.uses)).collect())
}
