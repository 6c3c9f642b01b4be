//! What is wrong with a row of the original, field by field, before it is saved.

use alloc::{format, string::String, vec::Vec};

use rust_decimal::Decimal;
use uuid::Uuid;

use super::{
    CATEGORY, DEPARTMENT, OriginalCampaign, OriginalProduct, OriginalRule, PATTERN, PaymentTypes, TENDER,
    Type, is_type,
    load::{Kind, parse_local, parse_time},
};
use crate::{
    campaign::{
        check::MOST_PATTERNS,
        field::{FieldError, FieldReason, Findings},
        pattern::Pattern,
        target::TenderMethod,
    },
    money::parse_number,
};

impl OriginalCampaign {
    /// Everything that is wrong with the row; nothing where it may be saved. A rule about tenders names one of `types`.
    pub fn check(&self, types: &PaymentTypes) -> Vec<FieldError> {
        let mut found = Findings::default();
        if self.id.is_nil() {
            found.add("id", FieldReason::Missing);
        }
        found.text("code", &self.code, 50);
        found.text("name", &self.name, 250);
        self.check_reward(&mut found);
        self.check_bounds(&mut found);
        self.check_window(&mut found);
        let tenders = if self.is_of_payment() { Tenders::Of(types) } else { Tenders::Forbidden };
        for (at, rule) in self.rules.iter().enumerate().filter(|(_, rule)| !rule.is_deleted) {
            check_rule(&mut found, &format!("rules[{at}]."), rule, tenders);
        }
        for includes in [true, false] {
            let patterns = self.rules.iter().filter(|rule| rule.is_include == includes);
            let patterns = patterns.filter(|rule| !rule.is_deleted && rule.pattern().is_some()).count();
            found.need(patterns <= MOST_PATTERNS, "rules", FieldReason::TooMany { most: MOST_PATTERNS });
        }
        for (at, row) in self.products.iter().enumerate().filter(|(_, row)| !row.is_deleted) {
            check_product(&mut found, &format!("products[{at}]."), row);
        }
        found.into_errors()
    }

    /// What is wrong with the row by itself, for who writes rows one by one: its type, its rules and its products stand in
    /// others. A reward may still come; two at once, or one that nobody knows, may not.
    pub fn check_row(&self) -> Vec<FieldError> {
        let mut found = Findings::default();
        rate(&mut found, "discount_percentage", self.discount_percentage.as_ref());
        positive(&mut found, "discount_value", self.discount_value.as_ref());
        if self.discount_percentage.is_some() && self.discount_value.is_some() {
            let (field, other) = match self.kind() {
                Some(Kind::FixedAmount) => ("discount_percentage", "discount_value"),
                Some(Kind::Percentage | Kind::BuyGet) | None => ("discount_value", "discount_percentage"),
            };
            found.add(field, FieldReason::NotBeside { other: other.into() });
        }
        let says_nothing = self.discount_type.as_ref().is_none_or(|kind| kind.trim().is_empty());
        found.need(says_nothing || self.kind().is_some(), "discount_type", FieldReason::Unknown);
        self.check_bounds(&mut found);
        self.check_window(&mut found);
        found.into_errors()
    }

    /// What of a row in force gives more, or to more, than was meant, as [`load`](Self::load) takes it: a rate above the whole,
    /// days and hours that name none, a rule that names nothing. Who takes a row over from elsewhere asks first. Of two rewards
    /// the original's `discount_type` says which counts, so they are no fault here.
    pub fn unfit(&self, types: &PaymentTypes) -> Vec<FieldError> {
        let mut found = Findings::default();
        if !self.is_active || self.is_deleted {
            return Vec::new();
        }
        at_most_whole(&mut found, "discount_percentage", self.discount_percentage.as_ref());
        self.check_window(&mut found);
        // A rule about tenders means nothing where the campaign asks for none (A16).
        let is_asked = |rule: &OriginalRule| self.is_of_payment() || !is_type(&rule.rule_type, TENDER);
        let rules = self.rules.iter().enumerate().filter(|(_, rule)| !rule.is_deleted && is_asked(rule));
        for (at, rule) in rules {
            check_rule(&mut found, &format!("rules[{at}]."), rule, Tenders::Of(types));
        }
        let rows = self.products.iter().enumerate().filter(|(_, row)| row.is_active && !row.is_deleted);
        for (at, row) in rows {
            let field = format!("products[{at}].discount_percentage");
            at_most_whole(&mut found, &field, row.discount_percentage.as_ref());
        }
        found.into_errors()
    }

    fn is_of_payment(&self) -> bool {
        Type::of(&self.campaign_type_code) == Some(Type::Payment)
    }

    fn check_reward(&self, found: &mut Findings) {
        let Some(kind) = Type::of(&self.campaign_type_code) else {
            return found.add("campaign_type_code", FieldReason::Unknown);
        };
        rate(found, "discount_percentage", self.discount_percentage.as_ref());
        positive(found, "discount_value", self.discount_value.as_ref());
        let is_live = |row: &&OriginalProduct| row.is_active && !row.is_deleted && !row.is_gift_product;
        let rows: Vec<_> = self.products.iter().filter(is_live).collect();
        if kind == Type::Product && rows.is_empty() {
            found.add("products", FieldReason::Missing);
        }
        let inherits =
            rows.iter().any(|row| row.discount_percentage.is_none() && row.discount_value.is_none());
        match (kind, self.kind()) {
            (Type::BuyGet, Some(Kind::BuyGet)) => {
                for (field, count) in
                    [("buy_quantity", self.buy_quantity), ("get_quantity", self.get_quantity)]
                {
                    match count {
                        None => found.add(field, FieldReason::Missing),
                        Some(count) if count <= 0 => found.add(field, FieldReason::TooSmall),
                        Some(_) => {}
                    }
                }
                for (field, text) in [
                    ("discount_percentage", &self.discount_percentage),
                    ("discount_value", &self.discount_value),
                ] {
                    if text.is_some() {
                        found.add(field, FieldReason::NotBeside { other: "discount_type".into() });
                    }
                }
            }
            (Type::Product, None) if !inherits && self.discount_type.is_none() => {}
            (Type::BuyGet, _) | (_, Some(Kind::BuyGet) | None) => {
                let absent = self.discount_type.is_none();
                found.add("discount_type", if absent { FieldReason::Missing } else { FieldReason::Unknown });
            }
            (_, Some(Kind::Percentage)) => self.only(found, "discount_percentage", "discount_value"),
            (_, Some(Kind::FixedAmount)) => self.only(found, "discount_value", "discount_percentage"),
        }
    }

    /// The one reward that fits is there, the other is not.
    fn only(&self, found: &mut Findings, needed: &str, other: &str) {
        let set = |field: &str| {
            let text =
                if field == "discount_value" { &self.discount_value } else { &self.discount_percentage };
            text.is_some()
        };
        if !set(needed) {
            found.add(needed, FieldReason::Missing);
        }
        if set(other) {
            found.add(other, FieldReason::NotBeside { other: needed.into() });
        }
    }

    fn check_bounds(&self, found: &mut Findings) {
        positive(found, "max_discount_amount", self.max_discount_amount.as_ref());
        let least = not_negative(found, "min_purchase_amount", self.min_purchase_amount.as_ref());
        let most = not_negative(found, "max_purchase_amount", self.max_purchase_amount.as_ref());
        if let (Some(least), Some(most)) = (least, most)
            && most < least
        {
            found.add("max_purchase_amount", FieldReason::Before { of: "min_purchase_amount".into() });
        }
    }

    fn check_window(&self, found: &mut Findings) {
        let start = read(found, "start_date", self.start_date.as_ref(), parse_local);
        let end = read(found, "end_date", self.end_date.as_ref(), parse_local);
        if let (Some(start), Some(end)) = (start, end)
            && end.date() < start.date()
        {
            found.add("end_date", FieldReason::Before { of: "start_date".into() });
        }
        match (&self.start_time, &self.end_time) {
            (Some(_), None) => found.add("end_time", FieldReason::Missing),
            (None, Some(_)) => found.add("start_time", FieldReason::Missing),
            _ => {}
        }
        let from = read(found, "start_time", self.start_time.as_ref(), parse_time);
        let until = read(found, "end_time", self.end_time.as_ref(), parse_time);
        if from.is_some() && from == until {
            found.add("end_time", FieldReason::Same { of: "start_time".into() });
        }
        let days = self.days_of_week.iter().flat_map(|days| days.split(',')).map(str::trim);
        for day in days {
            match day.parse::<u8>() {
                Ok(1..=7) => {}
                Ok(_) => {
                    let reason = FieldReason::OutOfRange { least: "1".into(), most: "7".into() };
                    found.add("days_of_week", reason);
                }
                Err(_) => found.add("days_of_week", FieldReason::Malformed),
            }
        }
    }
}

impl OriginalRule {
    /// What is wrong with the row by itself: of its campaign, and of which tenders there are, it knows nothing.
    pub fn check(&self) -> Vec<FieldError> {
        let mut found = Findings::default();
        check_rule(&mut found, "", self, Tenders::Any);
        found.into_errors()
    }
}

impl OriginalProduct {
    /// What is wrong with the row by itself.
    pub fn check(&self) -> Vec<FieldError> {
        let mut found = Findings::default();
        check_product(&mut found, "", self);
        found.into_errors()
    }
}

/// Which tenders a rule may name.
#[derive(Clone, Copy)]
enum Tenders<'a> {
    /// None: its campaign asks for no tender.
    Forbidden,
    /// One of these.
    Of(&'a PaymentTypes),
    /// Any: which there are is not known.
    Any,
}

fn check_rule(found: &mut Findings, prefix: &str, rule: &OriginalRule, tenders: Tenders<'_>) {
    let path = |field: &str| format!("{prefix}{field}");
    let mut need = |field: &str, id: Option<Uuid>| {
        if id.is_none() {
            found.add(path(field), FieldReason::Missing);
        }
    };
    let value = rule.rule_value.as_deref().map(str::trim).unwrap_or_default();
    match rule.rule_type.to_uppercase().as_str() {
        "PRODUCT" => need("fk_product_id", rule.fk_product_id),
        DEPARTMENT => need("fk_department_id", rule.fk_department_id),
        "BRAND" => need("fk_product_manufacturer_id", rule.fk_product_manufacturer_id),
        TENDER => match (tenders, rule.fk_payment_type_id) {
            (Tenders::Of(types), Some(id)) => {
                let is_known = types.method(id) != TenderMethod::Unknown;
                found.need(is_known, path("fk_payment_type_id"), FieldReason::Unknown);
            }
            (Tenders::Any, Some(_)) => {}
            (Tenders::Of(_) | Tenders::Any, None) => {
                found.add(path("fk_payment_type_id"), FieldReason::Missing);
            }
            (Tenders::Forbidden, _) => {
                found.add(path("rule_type"), FieldReason::NotBeside { other: "campaign_type_code".into() });
            }
        },
        CATEGORY | PATTERN if value.is_empty() => {
            found.add(path("rule_value"), FieldReason::Missing);
        }
        CATEGORY => {
            if Uuid::parse_str(value).is_err() {
                found.add(path("rule_value"), FieldReason::Malformed);
            }
        }
        PATTERN => found.pattern(&path("rule_value"), &Pattern::new(value)),
        _ => found.add(path("rule_type"), FieldReason::Unknown),
    }
}

fn check_product(found: &mut Findings, prefix: &str, row: &OriginalProduct) {
    let path = |field: &str| format!("{prefix}{field}");
    if row.fk_product_id.is_nil() {
        found.add(path("fk_product_id"), FieldReason::Missing);
    }
    rate(found, &path("discount_percentage"), row.discount_percentage.as_ref());
    positive(found, &path("discount_value"), row.discount_value.as_ref());
    if row.discount_percentage.is_some() && row.discount_value.is_some() {
        let other = "discount_percentage".into();
        found.add(path("discount_value"), FieldReason::NotBeside { other });
    }
    for (field, count) in [("min_quantity", row.min_quantity), ("max_quantity", row.max_quantity)] {
        if count.is_some_and(|count| count < 0) {
            found.add(path(field), FieldReason::TooSmall);
        }
    }
    if let (Some(least), Some(most)) = (row.min_quantity, row.max_quantity)
        && most < least
    {
        found.add(path("max_quantity"), FieldReason::Before { of: "min_quantity".into() });
    }
}

fn read<T>(
    found: &mut Findings,
    field: &str,
    text: Option<&String>,
    parse: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    let value = parse(text?);
    if value.is_none() {
        found.add(field, FieldReason::Malformed);
    }
    value
}

fn number(found: &mut Findings, field: &str, text: Option<&String>) -> Option<Decimal> {
    read(found, field, text, |text| parse_number(text.trim()).ok())
}

fn rate(found: &mut Findings, field: &str, text: Option<&String>) {
    if let Some(rate) = number(found, field, text)
        && (rate <= Decimal::ZERO || rate > Decimal::ONE_HUNDRED)
    {
        found.add(field, FieldReason::OutOfRange { least: "0.01".into(), most: "100".into() });
    }
}

fn at_most_whole(found: &mut Findings, field: &str, text: Option<&String>) {
    if number(found, field, text).is_some_and(|rate| rate > Decimal::ONE_HUNDRED) {
        found.add(field, FieldReason::OutOfRange { least: "0".into(), most: "100".into() });
    }
}

fn positive(found: &mut Findings, field: &str, text: Option<&String>) {
    if number(found, field, text).is_some_and(|value| value <= Decimal::ZERO) {
        found.add(field, FieldReason::TooSmall);
    }
}

fn not_negative(found: &mut Findings, field: &str, text: Option<&String>) -> Option<Decimal> {
    let value = number(found, field, text)?;
    if value < Decimal::ZERO {
        found.add(field, FieldReason::TooSmall);
    }
    Some(value)
}
