//! The program, tiers and rules that a case states.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use saleflex_core::{
    catalog::DepartmentNo,
    ids::{CashierId, ClosureNumber, DocumentId, DocumentNumber, ProgramId, StoreId},
    loyalty::{ClawBack, LegacyRule, Occasion, Program, Tier, eligible_tenders, read_rules},
    money::{Currency, CurrencyCode, Money, Rounding},
    quantity::{Multiplier, PointRate, Points},
    scalar::Object,
    time::Moment,
};
use serde_json::Value;
use uuid::Uuid;

use super::read;

/// A currency with so many minor digits.
pub(super) fn currency(digits: u64) -> Result<Currency, String> {
    let code = match digits {
        0 => "JPY",
        2 => "GBP",
        3 => "KWD",
        other => return Err(format!("no currency of these cases has {other} digits")),
    };
    Ok(Currency::of(CurrencyCode::parse(code).map_err(|error| error.to_string())?))
}

pub(super) fn pounds() -> Result<Currency, String> {
    currency(2)
}

/// An amount, which these cases write with two digits in every currency.
pub(super) fn money(object: &Value, field: &str, currency: &Currency) -> Result<Money, String> {
    let amount = read::decimal(object, field)?;
    currency.round(amount, Rounding::HalfUp).map_err(|error| format!("`{field}`: {error}"))
}

pub(super) fn moment(object: &Value, field: &str) -> Result<Moment, String> {
    let local = read::text(object, field)?;
    let local: chrono::NaiveDateTime = local.parse().map_err(|error| format!("`{field}`: {error}"))?;
    Ok(Moment::utc(local.and_utc()))
}

pub(super) fn occasion(at: Moment) -> Occasion {
    let cashier = Some(CashierId::new(Uuid::from_u128(3)));
    Occasion { at, store: StoreId::new(Uuid::from_u128(1)), cashier }
}

pub(super) fn document(number: u32) -> DocumentId {
    DocumentId::new(Uuid::from_u128(1000 + u128::from(number)))
}

pub(super) fn receipt(at: Moment, number: u32) -> DocumentNumber {
    DocumentNumber { date: at.local.date(), closure: ClosureNumber(1), receipt: number }
}

/// A program that earns, redeems and gives nothing.
pub(super) fn plain() -> Program {
    let id = ProgramId::new(Uuid::from_u128(10));
    Program { require_phone: false, claw_back: ClawBack::None, ..Program::new(id, "Program") }
}

/// The program of a case; what it does not say is nothing.
pub(super) fn program(input: &Value, currency: &Currency) -> Result<Program, String> {
    let mut program = plain();
    program.is_active = input["is_active"].as_bool().unwrap_or(true);
    if !input["points_per_currency"].is_null() {
        program.earn.rate = read::parsed(input, "points_per_currency", PointRate::parse)?;
    }
    let least = || money(input, "min_purchase_for_points", currency);
    program.earn.min_purchase = read::optional(input, "min_purchase_for_points", least)?;
    program.earn.eligible_tenders = eligible_tenders(&object(input)?);
    let welcome = read::optional(input, "welcome_points", || read::whole(input, "welcome_points"))?;
    program.welcome = Points::new(welcome.unwrap_or_default());
    Ok(program)
}

pub(super) fn object(value: &Value) -> Result<Object, String> {
    serde_json::from_value(value.clone()).map_err(|error| error.to_string())
}

pub(super) fn tiers(input: &Value, currency: &Currency) -> Result<Vec<Tier>, String> {
    read::list(input, "tiers")?.iter().map(|tier| self::tier(tier, currency)).collect()
}

/// A tier; where it has no thresholds it is reached by everyone.
pub(super) fn tier(input: &Value, currency: &Currency) -> Result<Tier, String> {
    let number = |field: &str, usual: i64| {
        let given = read::optional(input, field, || read::whole(input, field))?;
        i32::try_from(given.unwrap_or(usual)).map_err(|error| error.to_string())
    };
    let points = || read::whole(input, "min_points_required").map(Points::new);
    let spending = || money(input, "min_annual_spending", currency);
    let multiplier = || read::parsed(input, "points_multiplier", Multiplier::parse);
    Ok(Tier {
        code: read::text(input, "code")?.into(),
        name: input["name"].as_str().unwrap_or_default().into(),
        level: number("tier_level", 1)?,
        display_order: number("display_order", 0)?,
        min_points: read::optional(input, "min_points_required", points)?,
        min_annual_spending: read::optional(input, "min_annual_spending", spending)?,
        multiplier: read::optional(input, "points_multiplier", multiplier)?,
        discount: None,
        benefits: None,
        is_active: input["is_active"].as_bool().unwrap_or(true),
    })
}

/// Departments of the cases by the ids the cases give them.
#[derive(Default)]
pub(super) struct Departments(BTreeMap<String, DepartmentNo>);

impl Departments {
    /// Gathers every id that rules and lines name.
    pub(super) fn of(objects: &[Value]) -> Self {
        let mut known = Self::default();
        let fields = [
            "fk_department_main_group_id",
            "fk_department_sub_group_id",
            "department_main_group_id",
            "department_sub_group_id",
        ];
        for id in objects.iter().flat_map(|object| fields.map(|field| object[field].as_str())).flatten() {
            let next = DepartmentNo(u32::try_from(known.0.len() + 1).unwrap_or(u32::MAX));
            known.0.entry(id.trim().to_owned()).or_insert(next);
        }
        known
    }

    pub(super) fn find(&self, id: &str) -> Option<DepartmentNo> {
        self.0.get(id.trim()).copied()
    }
}

/// Reads the rules of a case; those refused pay nothing.
pub(super) fn rules(program: &mut Program, input: &[Value], departments: &Departments) -> Result<(), String> {
    let read = |rule: &Value| serde_json::from_value::<LegacyRule>(rule.clone());
    let rules = input.iter().map(read).collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
    let (rules, _) = read_rules(&rules, |id| departments.find(id));
    program.rules = rules;
    Ok(())
}

/// A decimal with two digits, as these cases write multipliers.
pub(super) fn two_digits(number: Decimal) -> String {
    format!("{number:.2}")
}
