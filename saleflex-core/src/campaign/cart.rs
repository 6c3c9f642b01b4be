//! What a campaign is judged by: everything that evaluation reads, given by the caller.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    sync::Arc,
    vec::Vec,
};

use chrono::NaiveDate;

use super::{
    exact::{FineMoney, FineQuantity},
    target::{DepartmentKey, TenderMethod},
};
use crate::{
    ids::{BrandId, CampaignId, CustomerId, LineNo, ProductId, SegmentId, StoreId, TenderNo},
    money::Money,
    time::Moment,
};

/// A basket with everything around it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Cart {
    /// What holds for the whole document.
    pub context: Context,
    /// The lines that count: not voided. Each number stands once.
    pub lines: Vec<CartLine>,
    /// The tenders that count: not removed.
    pub tenders: Vec<CartTender>,
}

/// What holds for the whole document.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Context {
    /// Now, with the store's clock.
    pub moment: Moment,
    /// The store it is sold in; none where no store is said.
    pub store: Option<StoreId>,
    /// Through what: `till`, `kiosk`, `web`.
    pub channel: Option<String>,
    /// Who buys; nobody for the walk-in customer (D36).
    pub shopper: Option<Shopper>,
    /// Codes of campaigns unlocked by coupons or directly, in the form of [`super::unlocking`].
    pub unlocked: BTreeSet<String>,
    /// How often campaigns were used before this document; those not listed never were.
    pub uses: BTreeMap<CampaignId, Uses>,
    /// What is to be paid in all where no way to pay earns anything: after other campaigns, points and whatever else lowers
    /// it. The share that a tender must pay is one of this, where it is less than what the share is asked of; where it is
    /// not known, it never is.
    pub due: Option<Money>,
}

impl Context {
    /// A document of nobody, nowhere, with nothing unlocked and nothing used.
    pub const fn at(moment: Moment) -> Self {
        Self {
            moment,
            store: None,
            channel: None,
            shopper: None,
            unlocked: BTreeSet::new(),
            uses: BTreeMap::new(),
            due: None,
        }
    }
}

/// The buyer, as campaigns see them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Shopper {
    /// The customer's id.
    pub id: CustomerId,
    /// Other records of the same person, made one with this: what belonged to one of them is this customer's (D35).
    pub also: BTreeSet<CustomerId>,
    /// The segments the customer belongs to now.
    pub segments: BTreeSet<SegmentId>,
    /// The tier of the customer's membership.
    pub tier: Option<String>,
    /// Words such as `employee`.
    pub tags: BTreeSet<String>,
    /// The day of birth, where known.
    pub birthday: Option<NaiveDate>,
    /// Sales completed before this one.
    pub purchases: u32,
}

impl Shopper {
    /// A customer of whom nothing is known.
    pub const fn new(id: CustomerId) -> Self {
        Self {
            id,
            also: BTreeSet::new(),
            segments: BTreeSet::new(),
            tier: None,
            tags: BTreeSet::new(),
            birthday: None,
            purchases: 0,
        }
    }

    /// Whether a record is this customer's.
    pub fn is(&self, record: CustomerId) -> bool {
        self.id == record || self.also.contains(&record)
    }
}

/// How often a campaign was used, reversed uses not counted.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Uses {
    /// Documents in all.
    pub total: u32,
    /// Documents of the customer on this document.
    pub by_customer: u32,
    /// Documents of the business date.
    pub today: u32,
    /// Σ of what it took off on them.
    pub spent: Money,
    /// The counts of uses in all, by the customer and of money are bound by what a hub lent this till: what is not lent
    /// counts as used.
    pub is_share: bool,
}

/// A line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CartLine {
    /// Its position; ties between lines go by it.
    pub no: LineNo,
    /// What is sold.
    pub item: Arc<CartItem>,
    /// How much of it.
    pub quantity: FineQuantity,
    /// What it comes to after line discounts; below nothing for what is brought back.
    pub total: FineMoney,
}

/// What is sold, as campaigns see it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct CartItem {
    /// The product; none for a sale by department key.
    pub product: Option<ProductId>,
    /// The main department.
    pub department: Option<DepartmentKey>,
    /// The sub department.
    pub category: Option<DepartmentKey>,
    /// The maker.
    pub brand: Option<BrandId>,
    /// The product's code and all its barcodes, old ones too.
    pub codes: Vec<String>,
    /// The style it is a variant of.
    pub style: Option<String>,
    /// Words on the product.
    pub tags: BTreeSet<String>,
    /// What one unit cost the shop, where known.
    pub cost: Option<FineMoney>,
    /// Set for what campaigns must leave alone (D21).
    pub is_excluded: bool,
}

/// A tender, given or intended (D25).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CartTender {
    /// Its position; the smallest that passes carries the discount.
    pub no: TenderNo,
    /// The method of paying, as campaigns know them.
    pub method: TenderMethod,
    /// What it pays.
    pub amount: Money,
}
