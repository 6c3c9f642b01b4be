//! Rules as other terminals keep them: a type and free JSON settings. Each is read once, when it is saved or received:
//! a bad one is refused and reported, the others stay.

use alloc::{
    collections::BTreeSet,
    string::{String, ToString},
    vec::Vec,
};

use serde::Deserialize;
use uuid::Uuid;

use super::{Award, EarnRule, RuleTarget};
use crate::{
    catalog::DepartmentNo,
    ids::ProductId,
    quantity::{PointRate, Points},
    scalar::{Object, Scalar},
    tender::TenderKind,
};

/// A rule as another terminal keeps it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub struct LegacyRule {
    /// The rule's code.
    #[serde(rename = "rule_code")]
    pub code: String,
    /// Its type, such as `LINE_ITEM`.
    #[serde(rename = "rule_type", default = "document_total")]
    pub rule_type: String,
    /// Its place in lists.
    #[serde(default = "usual_priority")]
    pub priority: i32,
    /// Whether it is switched on.
    #[serde(default = "yes")]
    pub is_active: bool,
    /// Its settings; what is no JSON object reads as one without members.
    #[serde(default)]
    pub config: Object,
}

fn document_total() -> String {
    "DOCUMENT_TOTAL".into()
}

const fn usual_priority() -> i32 {
    100
}

const fn yes() -> bool {
    true
}

/// A rule that was refused.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the rule {code} was refused: {fault}")]
pub struct RuleError {
    /// The code of the rule.
    pub code: String,
    /// What is wrong with it.
    pub fault: RuleFault,
}

/// What is wrong with a rule.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RuleFault {
    /// No rule is of this type.
    #[error("there is no type {rule_type}")]
    UnknownType {
        /// The type as it was given.
        rule_type: String,
    },
    /// Not a whole number of points, or one below nothing.
    #[error("`{name}` must be a whole number of points, not below nothing")]
    Points {
        /// The name of the setting.
        name: &'static str,
    },
    /// Not a rate, or one out of bounds.
    #[error("`{name}` must be a rate of points, not below nothing")]
    Rate {
        /// The name of the setting.
        name: &'static str,
    },
    /// Not the id of a product, or a list of them.
    #[error("`{name}` must name products by their ids")]
    Product {
        /// The name of the setting.
        name: &'static str,
    },
    /// Not the id of a known department.
    #[error("`{name}` names no known department")]
    Department {
        /// The name of the setting.
        name: &'static str,
    },
}

/// Reads rules; `department` finds the number of a department by the id another system gave it.
pub fn read_rules(
    rules: &[LegacyRule],
    department: impl Fn(&str) -> Option<DepartmentNo>,
) -> (Vec<EarnRule>, Vec<RuleError>) {
    let (mut read, mut refused) = (Vec::new(), Vec::new());
    for rule in rules {
        match read_rule(rule, &department) {
            Ok(rule) => read.push(rule),
            Err(fault) => refused.push(RuleError { code: rule.code.clone(), fault }),
        }
    }
    (read, refused)
}

fn read_rule(
    rule: &LegacyRule,
    department: &impl Fn(&str) -> Option<DepartmentNo>,
) -> Result<EarnRule, RuleFault> {
    let config = &rule.config;
    let (target, flat, rate) = match rule.rule_type.as_str() {
        "DOCUMENT_TOTAL" => {
            (RuleTarget::Document { min_amount: None }, points(config, "extra_points", "bonus_points")?, None)
        }
        "LINE_ITEM" => (
            RuleTarget::Line { product: product(config)?, code: code(config) },
            points(config, "extra_points", "bonus_points_per_line")?,
            rate(config)?,
        ),
        "CATEGORY" | "DEPARTMENT" => {
            let find = |name| department_no(config, name, department);
            let main = find("fk_department_main_group_id")?;
            let sub = find("fk_department_sub_group_id")?;
            let flat = points(config, "extra_points", "extra_points")?;
            (RuleTarget::Category { main, sub }, flat, rate(config)?)
        }
        "PRODUCT_SET" | "BUNDLE" => (
            RuleTarget::ProductSet { products: products(config)? },
            points(config, "bonus_points", "extra_points")?,
            None,
        ),
        _ => return Err(RuleFault::UnknownType { rule_type: rule.rule_type.clone() }),
    };
    Ok(EarnRule {
        code: rule.code.clone(),
        priority: rule.priority,
        is_active: rule.is_active,
        starts: None,
        ends: None,
        stores: BTreeSet::new(),
        target,
        award: Award { flat, rate, times: None },
        cap: None,
    })
}

fn points(config: &Object, name: &'static str, alias: &str) -> Result<Points, RuleFault> {
    let value = config.first_of(&[name, alias]);
    if value.is_blank() {
        return Ok(Points::ZERO);
    }
    let points = value.whole().map(Points::new);
    points
        .filter(|points| !points.is_negative() && points.bounded().is_ok())
        .ok_or(RuleFault::Points { name })
}

fn rate(config: &Object) -> Result<Option<PointRate>, RuleFault> {
    let name = "points_per_currency";
    let value = config.member(name);
    if value.is_blank() {
        return Ok(None);
    }
    let rate = value.decimal().and_then(|rate| PointRate::try_new(rate).ok());
    rate.map(Some).ok_or(RuleFault::Rate { name })
}

fn product(config: &Object) -> Result<Option<ProductId>, RuleFault> {
    let value = config.first_of(&["fk_product_id", "product_id"]);
    if value.is_blank() {
        return Ok(None);
    }
    product_id(value).map(Some).ok_or(RuleFault::Product { name: "fk_product_id" })
}

fn products(config: &Object) -> Result<BTreeSet<ProductId>, RuleFault> {
    let refused = RuleFault::Product { name: "product_ids" };
    match config.first_of(&["product_ids", "required_product_ids"]) {
        Scalar::Null => Ok(BTreeSet::new()),
        Scalar::List(ids) => ids.iter().map(product_id).collect::<Option<_>>().ok_or(refused),
        Scalar::Flag(_) | Scalar::Number(_) | Scalar::Text(_) | Scalar::Other => Err(refused),
    }
}

fn product_id(value: &Scalar) -> Option<ProductId> {
    Uuid::parse_str(value.text()?.trim()).ok().map(ProductId::new)
}

/// A code, which may have been written as a number.
fn code(config: &Object) -> Option<String> {
    match config.first_of(&["product_code", "plu"]) {
        Scalar::Text(code) => Some(code.trim().to_string()),
        Scalar::Number(code) => Some(code.to_string()),
        Scalar::Null | Scalar::Flag(_) | Scalar::List(_) | Scalar::Other => None,
    }
}

fn department_no(
    config: &Object,
    name: &'static str,
    find: &impl Fn(&str) -> Option<DepartmentNo>,
) -> Result<Option<DepartmentNo>, RuleFault> {
    let value = config.member(name);
    if value.is_blank() {
        return Ok(None);
    }
    let found = value.text().and_then(|id| find(id.trim()));
    found.map(Some).ok_or(RuleFault::Department { name })
}

/// The tenders that earn, as other terminals list them in `earn_eligible_payment_types` (older:
/// `earn_allowed_payment_types`). Missing, no list, or empty: no filter.
pub fn eligible_tenders(settings: &Object) -> Option<BTreeSet<TenderKind>> {
    let names = settings.first_of(&["earn_eligible_payment_types", "earn_allowed_payment_types"]);
    let Scalar::List(names) = names else { return None };
    let kinds = |name: &Scalar| match name.text().map(str::trim) {
        Some("CASH_PAYMENT") => &[TenderKind::Cash][..],
        Some("CREDIT_PAYMENT") => &[TenderKind::CreditCard],
        Some("CHECK_PAYMENT") => &[TenderKind::Cheque],
        Some("EXCHANGE_PAYMENT") => &[TenderKind::ForeignCurrency],
        Some("PREPAID_PAYMENT") => &[TenderKind::PrepaidCard],
        Some("CHARGE_SALE_PAYMENT") => &[TenderKind::OnAccount, TenderKind::StoreCredit],
        Some("OTHER_PAYMENT") => &[TenderKind::Other, TenderKind::Mobile, TenderKind::BankTransfer],
        _ => &[],
    };
    Some(names.iter().flat_map(kinds).copied().collect())
}
