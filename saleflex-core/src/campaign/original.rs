//! Campaigns in the field names of the original software, with its five types as presets of ours.
//!
//! [`OriginalCampaign::load`] takes what is stored as it stands and never fails: what cannot work gives nothing, as it
//! did there. [`OriginalCampaign::check`] is for saving: it names every field that is wrong, and why.

use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    pattern::Pattern,
    target::{DepartmentKey, TenderMethod},
};
use crate::{catalog::DepartmentNo, tender::TenderKind};

mod check;
mod export;
mod load;

pub use export::NotOriginal;
pub use load::parse_local;

/// A campaign row of the original with its rules and products. Amounts and rates are decimal texts.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
#[expect(missing_docs, reason = "fields carry the original's names; the model they load into documents them")]
#[expect(clippy::struct_excessive_bools, reason = "the original's columns")]
pub struct OriginalCampaign {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub description: Option<String>,
    pub notification_message: Option<String>,
    pub campaign_type_code: String,
    pub campaign_type_active: bool,
    pub fk_store_id: Option<Uuid>,
    pub discount_type: Option<String>,
    pub discount_value: Option<String>,
    pub discount_percentage: Option<String>,
    pub max_discount_amount: Option<String>,
    pub min_purchase_amount: Option<String>,
    pub max_purchase_amount: Option<String>,
    pub buy_quantity: Option<i64>,
    pub get_quantity: Option<i64>,
    pub start_date: Option<String>,
    pub end_date: Option<String>,
    pub start_time: Option<String>,
    pub end_time: Option<String>,
    pub days_of_week: Option<String>,
    pub priority: Option<i32>,
    pub is_combinable: bool,
    pub usage_limit_per_customer: Option<i64>,
    pub total_usage_limit: Option<i64>,
    pub total_usage_count: u32,
    pub is_active: bool,
    pub is_deleted: bool,
    pub is_auto_apply: bool,
    pub requires_coupon: bool,
    pub fk_customer_segment_id: Option<Uuid>,
    pub rules: Vec<OriginalRule>,
    pub products: Vec<OriginalProduct>,
}

impl Default for OriginalCampaign {
    fn default() -> Self {
        Self {
            id: Uuid::nil(),
            code: String::new(),
            name: String::new(),
            description: None,
            notification_message: None,
            campaign_type_code: String::new(),
            campaign_type_active: true,
            fk_store_id: None,
            discount_type: None,
            discount_value: None,
            discount_percentage: None,
            max_discount_amount: None,
            min_purchase_amount: None,
            max_purchase_amount: None,
            buy_quantity: None,
            get_quantity: None,
            start_date: None,
            end_date: None,
            start_time: None,
            end_time: None,
            days_of_week: None,
            priority: None,
            is_combinable: false,
            usage_limit_per_customer: None,
            total_usage_limit: None,
            total_usage_count: 0,
            is_active: true,
            is_deleted: false,
            is_auto_apply: false,
            requires_coupon: false,
            fk_customer_segment_id: None,
            rules: Vec::new(),
            products: Vec::new(),
        }
    }
}

/// A filter row of a campaign.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
#[expect(missing_docs, reason = "fields carry the original's names")]
pub struct OriginalRule {
    pub rule_type: String,
    pub rule_value: Option<String>,
    pub fk_product_id: Option<Uuid>,
    pub fk_department_id: Option<Uuid>,
    pub fk_payment_type_id: Option<Uuid>,
    pub fk_product_manufacturer_id: Option<Uuid>,
    pub is_include: bool,
    pub is_deleted: bool,
}

impl Default for OriginalRule {
    fn default() -> Self {
        Self {
            rule_type: String::new(),
            rule_value: None,
            fk_product_id: None,
            fk_department_id: None,
            fk_payment_type_id: None,
            fk_product_manufacturer_id: None,
            is_include: true,
            is_deleted: false,
        }
    }
}

/// A product row of a campaign.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
#[expect(missing_docs, reason = "fields carry the original's names")]
pub struct OriginalProduct {
    pub id: Option<Uuid>,
    pub fk_product_id: Uuid,
    pub is_gift_product: bool,
    pub min_quantity: Option<i64>,
    pub max_quantity: Option<i64>,
    pub discount_value: Option<String>,
    pub discount_percentage: Option<String>,
    pub is_active: bool,
    pub display_order: Option<i64>,
    pub is_deleted: bool,
}

impl Default for OriginalProduct {
    fn default() -> Self {
        Self {
            id: None,
            fk_product_id: Uuid::nil(),
            is_gift_product: false,
            min_quantity: None,
            max_quantity: None,
            discount_value: None,
            discount_percentage: None,
            is_active: true,
            display_order: None,
            is_deleted: false,
        }
    }
}

/// The type of a rule about main departments.
const DEPARTMENT: &str = "DEPARTMENT";
/// The type of a rule about sub departments, which it names in its value.
const CATEGORY: &str = "CATEGORY";
/// The type of a rule about ways to pay.
const TENDER: &str = "PAYMENT_TYPE";
/// The type of a rule about codes and barcodes, which has a pattern in its value.
const PATTERN: &str = "BARCODE_PATTERN";

/// Whether a rule is of a type, which the original compares without case.
fn is_type(written: &str, name: &str) -> bool {
    written.to_uppercase() == name
}

impl OriginalRule {
    /// The pattern over codes that it names, however its type is written; none where it is about something else.
    pub fn pattern(&self) -> Option<Pattern> {
        let value = self.rule_value.as_deref().map(str::trim).filter(|value| !value.is_empty())?;
        is_type(&self.rule_type, PATTERN).then(|| Pattern::new(value))
    }

    /// The identity in its value, which a rule about a sub department has there.
    fn category(&self) -> Option<Uuid> {
        Uuid::parse_str(self.rule_value.as_deref()?.trim()).ok()
    }
}

/// The five types that are evaluated, as they are written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Type {
    Basket,
    Time,
    Product,
    BuyGet,
    Payment,
}

impl Type {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Basket, "BASKET_DISCOUNT"),
        (Self::Time, "TIME_BASED"),
        (Self::Product, "PRODUCT_DISCOUNT"),
        (Self::BuyGet, "BUY_X_GET_Y"),
        (Self::Payment, "PAYMENT_DISCOUNT"),
    ];

    /// Compared exactly; any other code is never evaluated.
    fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, name)| *name == code).map(|(kind, _)| kind)
    }
}

/// The original's table of tender types: identity → name. Rules name a type, documents name an event; both are
/// brought to one [`TenderMethod`] here.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PaymentTypes(pub BTreeMap<Uuid, String>);

/// The names of tender types, in lower case without blanks.
const TYPE_NAMES: [(&str, TenderMethod); 10] = [
    ("cash", TenderMethod::Kind(TenderKind::Cash)),
    ("creditcard", TenderMethod::Kind(TenderKind::CreditCard)),
    ("check", TenderMethod::Kind(TenderKind::Cheque)),
    ("credit", TenderMethod::Kind(TenderKind::StoreCredit)),
    ("prepaidcard", TenderMethod::Kind(TenderKind::PrepaidCard)),
    ("mobile", TenderMethod::Kind(TenderKind::Mobile)),
    ("foreigncurrency", TenderMethod::Kind(TenderKind::ForeignCurrency)),
    ("paymentoncredit", TenderMethod::Kind(TenderKind::OnAccount)),
    ("other", TenderMethod::Kind(TenderKind::Other)),
    ("bonus", TenderMethod::Points),
];

/// The events of payments.
const EVENTS: [(&str, TenderMethod); 8] = [
    ("CASH_PAYMENT", TenderMethod::Kind(TenderKind::Cash)),
    ("CREDIT_PAYMENT", TenderMethod::Kind(TenderKind::CreditCard)),
    ("CHECK_PAYMENT", TenderMethod::Kind(TenderKind::Cheque)),
    ("CHARGE_SALE_PAYMENT", TenderMethod::Kind(TenderKind::OnAccount)),
    ("PREPAID_PAYMENT", TenderMethod::Kind(TenderKind::PrepaidCard)),
    ("EXCHANGE_PAYMENT", TenderMethod::Kind(TenderKind::ForeignCurrency)),
    ("OTHER_PAYMENT", TenderMethod::Kind(TenderKind::Other)),
    ("BONUS_PAYMENT", TenderMethod::Points),
];

impl PaymentTypes {
    /// What a rule's type means; an identity or a name that is not known names nothing.
    pub fn method(&self, id: Uuid) -> TenderMethod {
        let name: String = self
            .0
            .get(&id)
            .map(|name| name.to_lowercase().chars().filter(|one| one.is_alphanumeric()).collect())
            .unwrap_or_default();
        TYPE_NAMES
            .into_iter()
            .find(|(known, _)| *known == name)
            .map_or(TenderMethod::Unknown, |found| found.1)
    }

    /// The identity of a method, the smallest where several have it.
    fn id(&self, method: TenderMethod) -> Option<Uuid> {
        self.0.keys().copied().find(|id| self.method(*id) == method)
    }
}

impl TenderMethod {
    /// The method behind a payment of a cart: the original's event, or the code of a [`TenderKind`] as our tills write
    /// it; one that is not known matches no rule.
    pub fn of_event(event: &str) -> Self {
        let known = EVENTS.into_iter().find(|(known, _)| *known == event).map(|found| found.1);
        known.or_else(|| TenderKind::from_code(event).map(Self::Kind)).unwrap_or(Self::Unknown)
    }
}

impl OriginalCampaign {
    /// Names the departments of its rules as lines of tills name theirs: by [`DepartmentKey`]s made of numbers. `number`
    /// tells a department's number by its identity; where there is none the identity stays, and no such line comes.
    pub fn number_departments(&mut self, number: impl Fn(Uuid) -> Option<DepartmentNo>) {
        self.rename_departments(|id| number(id).map(|number| DepartmentKey::from(number).uuid()));
    }

    /// Puts others in the place of the identities that its rules name departments by. Where there is none it stays.
    pub fn rename_departments(&mut self, key: impl Fn(Uuid) -> Option<Uuid>) {
        for rule in &mut self.rules {
            if let Some(id) = &mut rule.fk_department_id
                && let Some(key) = key(*id)
            {
                *id = key;
            }
            let is_category = is_type(&rule.rule_type, CATEGORY);
            let named = rule.category().filter(|_| is_category);
            if let Some(key) = named.and_then(&key) {
                rule.rule_value = Some(key.to_string());
            }
        }
    }

    /// The departments that its rules name, each with the path of its field.
    pub fn departments(&self) -> Vec<(String, Uuid)> {
        let live = self.rules.iter().enumerate().filter(|(_, rule)| !rule.is_deleted);
        let named = live.filter_map(|(at, rule)| {
            let (field, id) = if is_type(&rule.rule_type, DEPARTMENT) {
                ("fk_department_id", rule.fk_department_id?)
            } else {
                ("rule_value", rule.category().filter(|_| is_type(&rule.rule_type, CATEGORY))?)
            };
            Some((format!("rules[{at}].{field}"), id))
        });
        named.collect()
    }
}
