//! What a segment may ask about a customer.

use alloc::{collections::BTreeSet, string::String, vec::Vec};
use core::fmt;

use chrono::NaiveDate;

use crate::{
    catalog::DepartmentNo,
    customer::{Channel, Customer, Spending},
    ids::{ProductId, StoreId},
};

/// What is known of one customer; dates are store-local.
#[derive(Clone, Eq, PartialEq)]
pub struct SegmentFacts {
    /// When the customer was registered.
    pub registered_on: NaiveDate,
    /// The date of birth, where it is known.
    pub date_of_birth: Option<NaiveDate>,
    /// Whether a preference says VIP.
    pub prefers_vip: bool,
    /// What was bought in sum: of the loyalty membership, else of the completed sales.
    pub spending: Spending,
    /// The date of each sale, as far back as criteria look. None where only the sums are known: then a criterion on
    /// recent purchases cannot be judged and is left out.
    pub purchased_on: Option<Vec<NaiveDate>>,
    /// What was bought, as far back as criteria look.
    pub purchased: Vec<PurchasedLine>,
    /// The code of the loyalty tier; none of a member who is suspended or has left.
    pub tier: Option<String>,
    /// The town of the address.
    pub town: Option<String>,
    /// The postal code.
    pub zip: Option<String>,
    /// The stores where the customer bought.
    pub stores: BTreeSet<StoreId>,
    /// How the customer may be written to.
    pub channels: BTreeSet<Channel>,
}

impl fmt::Debug for SegmentFacts {
    /// Without birth and place.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SegmentFacts")
            .field("registered_on", &self.registered_on)
            .field("prefers_vip", &self.prefers_vip)
            .field("spending", &self.spending)
            .field("tier", &self.tier)
            .finish_non_exhaustive()
    }
}

/// One line of a completed sale.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PurchasedLine {
    /// The local date of the sale.
    pub on: NaiveDate,
    /// The product; none for a sale by department key.
    pub product: Option<ProductId>,
    /// The main department.
    pub department: DepartmentNo,
    /// The sub department.
    pub sub_department: Option<DepartmentNo>,
}

impl SegmentFacts {
    /// What a customer's record says; what was bought and the tier are still to be filled in.
    pub fn of(customer: &Customer) -> Self {
        let details = &customer.details;
        let channels = [Channel::Sms, Channel::Email];
        Self {
            registered_on: customer.registered_at.local.date(),
            date_of_birth: details.date_of_birth,
            prefers_vip: details.prefers_vip(),
            spending: Spending::default(),
            purchased_on: None,
            purchased: Vec::new(),
            tier: None,
            town: details.address.town.clone(),
            zip: details.address.zip.clone(),
            stores: BTreeSet::new(),
            channels: channels
                .into_iter()
                .filter(|channel| customer.consents.may_message(*channel))
                .collect(),
        }
    }
}
