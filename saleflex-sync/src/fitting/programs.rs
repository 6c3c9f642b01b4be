//! Loyalty programs of a hub: whole ones of ours, and rows of the older shape, each read by itself.

use std::fmt::Display;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use saleflex_core::{
    campaign::parse_local,
    catalog::DepartmentNo,
    ids::{ProgramId, StoreId},
    loyalty::{
        ClawBack, EarnRule, Identifier, LegacyRule, Mode, Program, ProgramError, RedemptionPolicy, Tier,
        eligible_tenders, read_rules,
    },
    money::{Currency, Money, Rounding},
    quantity::{Multiplier, Percent, PointRate, Points, UnitPrice},
    scalar::Object,
};
use serde_json::Value;
use uuid::Uuid;

use super::{DEFINITION, STAND_IN_MAIN, Unfit, rows::Fields};

pub(crate) const PROGRAMS: &str = "loyalty_programs";
pub(crate) const TIERS: &str = "loyalty_tiers";
pub(crate) const RULES: &str = "loyalty_earn_rules";
pub(crate) const REDEMPTION: &str = "loyalty_redemption_policies";
pub(crate) const POLICIES: &str = "loyalty_program_policies";

/// That a program can be made with a row, as far as that follows from it.
pub(super) fn check(resource: &str, fields: &Fields<'_>, currency: &Currency) -> Result<(), Unfit> {
    let mut program = Program::new(ProgramId::new(Uuid::nil()), "stands for another");
    let blamed = match resource {
        PROGRAMS => {
            if let Some(whole) = whole(fields)? {
                program = whole;
                DEFINITION
            } else {
                program = head(program.id, (fields, fields.0.get("settings_json")), currency)?;
                "name"
            }
        }
        TIERS => {
            program.tiers = vec![tier(fields, currency)?];
            "code"
        }
        RULES => {
            program.rules = vec![rule(fields, |_| Some(STAND_IN_MAIN))?];
            "rule_code"
        }
        REDEMPTION => {
            redeem(fields, &mut program.redemption)?;
            "max_basket_amount_share_from_points"
        }
        POLICIES => {
            follow_policy(fields, &mut program)?;
            "default_phone_country_calling_code"
        }
        _ => return Ok(()),
    };
    program.check().map_err(|cause| {
        let is_of_days = blamed == "name" && matches!(cause, ProgramError::Dates);
        Unfit::new(if is_of_days { "end_date" } else { blamed }, cause.to_string())
    })
}

/// A whole program of ours; none where the older fields count.
pub(crate) fn whole(fields: &Fields<'_>) -> Result<Option<Program>, Unfit> {
    let whole = fields.0.get(DEFINITION).filter(|whole| !whole.is_null()).cloned();
    let whole = whole.map(serde_json::from_value::<Program>).transpose();
    whole.map_err(|cause| Unfit::new(DEFINITION, format!("{DEFINITION} cannot be read: {cause}")))
}

/// A program of the older shape as its own row says it: points are redeemed in any number, and not at all where one is worth
/// nothing.
pub(crate) fn head(
    id: ProgramId,
    (fields, settings): (&Fields<'_>, Option<&Value>),
    currency: &Currency,
) -> Result<Program, Unfit> {
    let mut program = Program::new(id, fields.needed("name")?);
    program.description = fields.text("description");
    program.terms = fields.text("terms_conditions");
    program.store = fields.id("fk_store_id")?.map(StoreId::new);
    program.starts = instant(fields, "start_date")?;
    program.ends = instant(fields, "end_date")?;
    program.is_active = fields.flag("is_active", true)?;
    program.earn.rate = scaled(fields, "points_per_currency", PointRate::try_new)?.unwrap_or_default();
    program.earn.min_purchase = amount(fields, "min_purchase_for_points", currency)?;
    program.earn.eligible_tenders = eligible_tenders(&object(settings, "settings_json")?);
    // Nothing and less is no limit, as of uses: points that end on the day they are given would be none.
    program.expiry_days = fields.number::<u16>("point_expiry_days")?.filter(|days| *days > 0);
    program.welcome = points(fields, "welcome_points")?.unwrap_or_default();
    program.birthday = points(fields, "birthday_points")?.unwrap_or_default();
    let worth = fields.decimal("currency_per_point")?.filter(|worth| *worth > Decimal::ZERO);
    let point_value = worth.map(UnitPrice::try_new).transpose();
    let point_value = point_value.map_err(|cause| Unfit::of("currency_per_point", &cause))?;
    program.redemption =
        RedemptionPolicy { point_value: point_value.unwrap_or(UnitPrice::ZERO), ..RedemptionPolicy::NOTHING };
    Ok(program)
}

/// Redeems points as a row of the older shape says.
pub(crate) fn redeem(fields: &Fields<'_>, policy: &mut RedemptionPolicy) -> Result<(), Unfit> {
    let hundredfold = |share: Decimal| Percent::try_new(share * Decimal::ONE_HUNDRED);
    policy.max_basket_share = scaled(fields, "max_basket_amount_share_from_points", hundredfold)?;
    policy.minimum = points(fields, "minimum_points_to_redeem")?.unwrap_or_default();
    policy.step = points(fields, "points_redemption_step")?.unwrap_or(policy.step);
    policy.allow_partial = fields.flag("allow_partial_redemption", true)?;
    Ok(())
}

/// Keeps a program as a row of the older shape says.
pub(crate) fn follow_policy(fields: &Fields<'_>, program: &mut Program) -> Result<(), Unfit> {
    let word = |name: &str| fields.text(name).unwrap_or_default().to_uppercase();
    program.require_phone = fields.flag("require_customer_phone_for_enrollment", true)?;
    program.calling_code = fields.text("default_phone_country_calling_code");
    let (identifier, claw_back, keeper) =
        ("customer_identifier_type", "void_loyalty_points_policy", "integration_provider");
    program.identifier = match word(identifier).as_str() {
        "" | "PHONE" => Identifier::Phone,
        "LOYALTY_CARD" => Identifier::Card,
        other => return Err(Unfit::new(identifier, format!("members are not found by {other}"))),
    };
    program.claw_back = match word(claw_back).as_str() {
        "" | "NONE" => ClawBack::None,
        "CLAWBACK_FULL" => ClawBack::Full,
        "CLAWBACK_PROPORTIONAL" => ClawBack::Proportional,
        other => {
            return Err(Unfit::new(claw_back, format!("{other} is nothing that a refund does to points")));
        }
    };
    let offline_limit = Points::ZERO;
    program.mode = match word(keeper).as_str() {
        "" | "LOCAL" => Mode::Local,
        "GATE" => Mode::Gate { offline_limit },
        "EXTERNAL" => Mode::External { offline_limit },
        other => return Err(Unfit::new(keeper, format!("{other} keeps no points"))),
    };
    Ok(())
}

/// A tier of the older shape.
pub(crate) fn tier(fields: &Fields<'_>, currency: &Currency) -> Result<Tier, Unfit> {
    Ok(Tier {
        code: fields.needed("code")?,
        name: fields.needed("name")?,
        level: fields.number("tier_level")?.unwrap_or(1),
        display_order: fields.number("display_order")?.unwrap_or_default(),
        min_points: points(fields, "min_points_required")?,
        min_annual_spending: amount(fields, "min_annual_spending", currency)?,
        multiplier: scaled(fields, "points_multiplier", Multiplier::try_new)?,
        discount: scaled(fields, "discount_percentage", Percent::try_new)?,
        benefits: fields.text("special_benefits"),
        is_active: fields.flag("is_active", true)?,
    })
}

/// A rule of the older shape; `department` finds the number of a department by its identity.
pub(crate) fn rule(
    fields: &Fields<'_>,
    department: impl Fn(&str) -> Option<DepartmentNo>,
) -> Result<EarnRule, Unfit> {
    let config = "config_json";
    let rule = LegacyRule {
        code: fields.needed("rule_code")?,
        rule_type: fields.text("rule_type").unwrap_or_else(|| "DOCUMENT_TOTAL".to_owned()),
        priority: fields.number("priority")?.unwrap_or(100),
        is_active: fields.flag("is_active", true)?,
        config: object(fields.0.get(config), config)?,
    };
    let (mut read, refused) = read_rules(&[rule], department);
    let why = || refused.first().map(ToString::to_string).unwrap_or_default();
    read.pop().ok_or_else(|| Unfit::new(config, why()))
}

/// Settings, as a text of JSON or as JSON.
fn object(value: Option<&Value>, name: &'static str) -> Result<Object, Unfit> {
    let read = match value {
        None | Some(Value::Null) => return Ok(Object::default()),
        Some(Value::String(text)) if text.trim().is_empty() || text == "None" => return Ok(Object::default()),
        Some(Value::String(text)) => serde_json::from_str(text),
        Some(other) => serde_json::from_value(other.clone()),
    };
    read.map_err(|cause| Unfit::new(name, format!("{name} cannot be read: {cause}")))
}

fn points(fields: &Fields<'_>, name: &'static str) -> Result<Option<Points>, Unfit> {
    Ok(fields.number(name)?.map(Points::new))
}

fn amount(fields: &Fields<'_>, name: &'static str, currency: &Currency) -> Result<Option<Money>, Unfit> {
    scaled(fields, name, |amount| currency.round(amount, Rounding::HalfUp))
}

/// A decimal as what it means here.
fn scaled<T, E: Display>(
    fields: &Fields<'_>,
    name: &'static str,
    read: impl FnOnce(Decimal) -> Result<T, E>,
) -> Result<Option<T>, Unfit> {
    let value = fields.decimal(name)?.map(read).transpose();
    value.map_err(|cause| Unfit::of(name, &cause))
}

/// An instant; one without a zone is taken as it stands.
fn instant(fields: &Fields<'_>, name: &'static str) -> Result<Option<DateTime<Utc>>, Unfit> {
    let Some(text) = fields.text(name) else { return Ok(None) };
    let zoned = DateTime::parse_from_rfc3339(&text).ok().map(|instant| instant.to_utc());
    let instant = zoned.or_else(|| parse_local(&text).map(|local| local.and_utc()));
    instant.map(Some).ok_or_else(|| Unfit::new(name, format!("{name} is no time")))
}
