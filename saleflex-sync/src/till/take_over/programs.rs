//! Loyalty programs: a whole program of ours in the field `definition`, or rows of the older shape with their tiers, rules and
//! policies.

use std::{collections::BTreeMap, fmt::Display};

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use saleflex_core::{
    campaign::parse_local,
    catalog::DepartmentNo,
    ids::{ProgramId, StoreId},
    loyalty::{
        ClawBack, Identifier, LegacyRule, Mode, Program, RedemptionPolicy, Tier, eligible_tenders, read_rules,
    },
    money::{Currency, Money, Rounding},
    quantity::{Multiplier, Percent, PointRate, Points, UnitPrice},
    scalar::Object,
};
use saleflex_store::{
    Error, Till,
    inbox::{PulledRow, Taken},
};
use serde_json::Value;
use uuid::Uuid;

use super::{Lookup, departments::Departments, fields, mark, rows::Fields};

const PROGRAMS: &str = "loyalty_programs";
const TIERS: &str = "loyalty_tiers";
const RULES: &str = "loyalty_earn_rules";
const REDEMPTION: &str = "loyalty_redemption_policies";
const POLICIES: &str = "loyalty_program_policies";
/// What each tier, rule and policy names as its program.
const PROGRAM: &str = "fk_loyalty_program_id";
/// The field of a whole program.
const DEFINITION: &str = "definition";

/// Programs. One is made anew whenever a row that belongs to it comes.
pub(super) fn programs(till: &mut Till, connector: &str, most: usize) -> Result<Vec<Taken>, Error> {
    let mut waiting: BTreeMap<Option<Uuid>, Vec<PulledRow>> = BTreeMap::new();
    for resource in [PROGRAMS, TIERS, RULES, REDEMPTION, POLICIES] {
        for row in till.waiting_rows(connector, resource, most)? {
            waiting.entry(program_of(&row)).or_default().push(row);
        }
    }
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let rows = Rows::read(till, connector)?;
    let mut marks = Vec::new();
    for (program, parts) in waiting {
        let made = match program {
            Some(id) => rows.made(till, id),
            None => Err("it belongs to no program".to_owned()),
        };
        marks.extend(take(till, connector, &parts, made)?);
    }
    Ok(marks)
}

/// Takes what some rows make over, or holds them with the reason.
fn take(
    till: &mut Till,
    connector: &str,
    parts: &[PulledRow],
    made: Result<Made, String>,
) -> Result<Vec<Taken>, Error> {
    let (Made { program, unfit }, why) = match made {
        Ok(made) => (made, None),
        Err(why) => (Made::default(), Some(why)),
    };
    let marked = |why: Option<String>| -> Vec<Taken> {
        // What is gone waits for nothing.
        let why_not =
            |row: &PulledRow| unfit.get(&row.id).or(why.as_ref()).filter(|_| !row.is_deleted).cloned();
        parts.iter().map(|row| mark(row, why_not(row))).collect()
    };
    let marks = marked(why);
    match till.take_over_program(connector, program, &marks) {
        Err(cause @ (Error::Program(_) | Error::Campaigns(_) | Error::CampaignFields { .. })) => {
            let marks = marked(Some(cause.to_string()));
            till.take_over_program(connector, None, &marks)?;
            Ok(marks)
        }
        done => done.map(|()| marks),
    }
}

/// The row of the program that a row belongs to.
fn program_of(row: &PulledRow) -> Option<Uuid> {
    if row.resource == PROGRAMS { Some(row.id) } else { Fields(&fields(row)).id(PROGRAM).ok().flatten() }
}

/// What rows make.
#[derive(Default)]
struct Made {
    /// None: the till never had what is gone.
    program: Option<Program>,
    /// Tiers and rules that cannot be read, by their rows: the others stay.
    unfit: BTreeMap<Uuid, String>,
}

/// Every row that programs are made of.
struct Rows {
    programs: BTreeMap<Uuid, PulledRow>,
    /// Tiers, rules and policies, of those that are there.
    parts: Vec<PulledRow>,
    departments: Departments,
}

impl Rows {
    fn read(till: &mut Till, connector: &str) -> Result<Self, Error> {
        let departments = Lookup::read(till, connector)?.departments;
        let mut parts = Vec::new();
        for resource in [TIERS, RULES, REDEMPTION, POLICIES] {
            parts.extend(till.pulled_rows(connector, resource)?.into_iter().filter(|row| !row.is_deleted));
        }
        let programs = till.pulled_rows(connector, PROGRAMS)?;
        Ok(Self { programs: programs.into_iter().map(|row| (row.id, row)).collect(), parts, departments })
    }

    fn parts<'a>(&'a self, program: Uuid, resource: &'a str) -> impl Iterator<Item = &'a PulledRow> {
        self.parts.iter().filter(move |row| row.resource == resource && program_of(row) == Some(program))
    }

    /// The program of a row; of one that is gone the till's own, switched off.
    fn made(&self, till: &Till, id: Uuid) -> Result<Made, String> {
        let row = self.programs.get(&id).ok_or_else(|| format!("program {id} is missing"))?;
        let map = fields(row);
        let whole = map.get(DEFINITION).filter(|whole| !whole.is_null()).cloned();
        let whole = whole.map(serde_json::from_value::<Program>).transpose();
        if row.is_deleted {
            let id = whole.ok().flatten().map_or_else(|| ProgramId::new(id), |whole| whole.id);
            let known = till.programs().iter().find(|known| known.id == id);
            let program = known.map(|known| Program { is_active: false, ..known.clone() });
            return Ok(Made { program, ..Made::default() });
        }
        match whole.map_err(|cause| format!("{DEFINITION} cannot be read: {cause}"))? {
            Some(program) => Ok(Made { program: Some(program), ..Made::default() }),
            None => self.older(id, (&Fields(&map), map.get("settings_json")), till.currency()),
        }
    }

    /// A program of the older shape. What its rows do not say it does not give.
    fn older(
        &self,
        id: Uuid,
        (fields, settings): (&Fields<'_>, Option<&Value>),
        currency: &Currency,
    ) -> Result<Made, String> {
        let mut program = Program::new(ProgramId::new(id), fields.needed("name")?);
        program.description = fields.text("description");
        program.terms = fields.text("terms_conditions");
        program.store = fields.id("fk_store_id")?.map(StoreId::new);
        program.starts = instant(fields, "start_date")?;
        program.ends = instant(fields, "end_date")?;
        program.is_active = fields.flag("is_active", true);
        program.earn.rate = scaled(fields, "points_per_currency", PointRate::try_new)?.unwrap_or_default();
        program.earn.min_purchase = amount(fields, "min_purchase_for_points", currency)?;
        program.earn.eligible_tenders = eligible_tenders(&object(settings, "settings_json")?);
        program.expiry_days = fields.number("point_expiry_days")?;
        program.welcome = points(fields, "welcome_points")?.unwrap_or_default();
        program.birthday = points(fields, "birthday_points")?.unwrap_or_default();
        program.redemption = self.redemption(id, fields)?;
        self.follow_policy(id, &mut program)?;
        let mut unfit = BTreeMap::new();
        for row in self.parts(id, TIERS) {
            match tier(row, currency) {
                Ok(tier) => program.tiers.push(tier),
                Err(why) => drop(unfit.insert(row.id, why)),
            }
        }
        for row in self.parts(id, RULES) {
            let (read, why) = match rule(row) {
                Ok(rule) => {
                    let (read, refused) = read_rules(&[rule], |id| self.department(id));
                    (read, refused.first().map(ToString::to_string))
                }
                Err(why) => (Vec::new(), Some(why)),
            };
            program.rules.extend(read);
            unfit.extend(why.map(|why| (row.id, why)));
        }
        Ok(Made { program: Some(program), unfit })
    }

    fn department(&self, id: &str) -> Option<DepartmentNo> {
        self.departments.numbers.get(&id.parse().ok()?).copied()
    }

    /// How points are redeemed: without a policy in any number, and not at all where a point is worth nothing.
    fn redemption(&self, id: Uuid, program: &Fields<'_>) -> Result<RedemptionPolicy, String> {
        let worth = program.decimal("currency_per_point")?.filter(|worth| *worth > Decimal::ZERO);
        let worth = worth.map(UnitPrice::try_new).transpose();
        let point_value = worth.map_err(|cause| format!("currency_per_point: {cause}"))?;
        let usual = RedemptionPolicy {
            point_value: point_value.unwrap_or(UnitPrice::ZERO),
            ..RedemptionPolicy::NOTHING
        };
        let Some(row) = self.parts(id, REDEMPTION).next() else { return Ok(usual) };
        let map = fields(row);
        let fields = Fields(&map);
        let hundredfold = |share: Decimal| Percent::try_new(share * Decimal::ONE_HUNDRED);
        Ok(RedemptionPolicy {
            max_basket_share: scaled(&fields, "max_basket_amount_share_from_points", hundredfold)?,
            minimum: points(&fields, "minimum_points_to_redeem")?.unwrap_or_default(),
            step: points(&fields, "points_redemption_step")?.unwrap_or(usual.step),
            allow_partial: fields.flag("allow_partial_redemption", true),
            ..usual
        })
    }

    /// A program without a policy asks for no telephone, and a refund moves none of its points.
    fn follow_policy(&self, id: Uuid, program: &mut Program) -> Result<(), String> {
        (program.require_phone, program.claw_back) = (false, ClawBack::None);
        let Some(row) = self.parts(id, POLICIES).next() else { return Ok(()) };
        let map = fields(row);
        let fields = Fields(&map);
        program.require_phone = fields.flag("require_customer_phone_for_enrollment", true);
        program.calling_code = fields.text("default_phone_country_calling_code");
        let word = |name: &str| fields.text(name).unwrap_or_default().to_uppercase();
        program.identifier = match word("customer_identifier_type").as_str() {
            "" | "PHONE" => Identifier::Phone,
            "LOYALTY_CARD" => Identifier::Card,
            other => return Err(format!("members are not found by {other}")),
        };
        program.claw_back = match word("void_loyalty_points_policy").as_str() {
            "" | "NONE" => ClawBack::None,
            "CLAWBACK_FULL" => ClawBack::Full,
            "CLAWBACK_PROPORTIONAL" => ClawBack::Proportional,
            other => return Err(format!("{other} is nothing that a refund does to points")),
        };
        let offline_limit = Points::ZERO;
        program.mode = match word("integration_provider").as_str() {
            "" | "LOCAL" => Mode::Local,
            "GATE" => Mode::Gate { offline_limit },
            "EXTERNAL" => Mode::External { offline_limit },
            other => return Err(format!("{other} keeps no points")),
        };
        Ok(())
    }
}

fn tier(row: &PulledRow, currency: &Currency) -> Result<Tier, String> {
    let map = fields(row);
    let fields = Fields(&map);
    Ok(Tier {
        code: fields.needed("code")?,
        name: fields.needed("name")?,
        level: fields.number("tier_level")?.unwrap_or(1),
        display_order: fields.number("display_order")?.unwrap_or_default(),
        min_points: points(&fields, "min_points_required")?,
        min_annual_spending: amount(&fields, "min_annual_spending", currency)?,
        multiplier: scaled(&fields, "points_multiplier", Multiplier::try_new)?,
        discount: scaled(&fields, "discount_percentage", Percent::try_new)?,
        benefits: fields.text("special_benefits"),
        is_active: fields.flag("is_active", true),
    })
}

fn rule(row: &PulledRow) -> Result<LegacyRule, String> {
    let map = fields(row);
    let fields = Fields(&map);
    Ok(LegacyRule {
        code: fields.needed("rule_code")?,
        rule_type: fields.text("rule_type").unwrap_or_else(|| "DOCUMENT_TOTAL".to_owned()),
        priority: fields.number("priority")?.unwrap_or(100),
        is_active: fields.flag("is_active", true),
        config: object(map.get("config_json"), "config_json")?,
    })
}

/// Settings, as a text of JSON or as JSON.
fn object(value: Option<&Value>, name: &str) -> Result<Object, String> {
    let read = match value {
        None | Some(Value::Null) => return Ok(Object::default()),
        Some(Value::String(text)) if text.trim().is_empty() || text == "None" => return Ok(Object::default()),
        Some(Value::String(text)) => serde_json::from_str(text),
        Some(other) => serde_json::from_value(other.clone()),
    };
    read.map_err(|cause| format!("{name} cannot be read: {cause}"))
}

fn points(fields: &Fields<'_>, name: &str) -> Result<Option<Points>, String> {
    Ok(fields.number(name)?.map(Points::new))
}

fn amount(fields: &Fields<'_>, name: &str, currency: &Currency) -> Result<Option<Money>, String> {
    scaled(fields, name, |amount| currency.round(amount, Rounding::HalfUp))
}

/// A decimal as what it means here.
fn scaled<T, E: Display>(
    fields: &Fields<'_>,
    name: &str,
    read: impl FnOnce(Decimal) -> Result<T, E>,
) -> Result<Option<T>, String> {
    let value = fields.decimal(name)?.map(read).transpose();
    value.map_err(|cause| format!("{name}: {cause}"))
}

/// An instant; one without a zone is taken as it stands.
fn instant(fields: &Fields<'_>, name: &str) -> Result<Option<DateTime<Utc>>, String> {
    let Some(text) = fields.text(name) else { return Ok(None) };
    let zoned = DateTime::parse_from_rfc3339(&text).ok().map(|instant| instant.to_utc());
    let instant = zoned.or_else(|| parse_local(&text).map(|local| local.and_utc()));
    instant.map(Some).ok_or_else(|| format!("{name} is no time"))
}
