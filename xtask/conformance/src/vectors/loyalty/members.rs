//! The kinds `tier`, `enroll`, `complete_sale` and `loyalty_scenario`.

use std::collections::{BTreeMap, BTreeSet};

use saleflex_core::{
    customer::{Customer, CustomerDetails, PhoneKey, PhoneRules, PhoneTaken, Source, Spending},
    ids::CustomerId,
    loyalty::{
        self, Award, Candidate, ChangeKey, CompletedSale, EarnRule, Enrolment, LedgerRow, Lots,
        LoyaltyChange, Membership, Program, RuleTarget, TierVerdict, evaluate_tier, sums_by_kind,
    },
    money::Currency,
    quantity::{Multiplier, Points},
    time::Moment,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{phone_key, points, program, read};

const CUSTOMER: CustomerId = CustomerId::new(Uuid::from_u128(5));
const OTHER: CustomerId = CustomerId::new(Uuid::from_u128(6));

pub(super) fn tier(input: &Value) -> Result<Value, String> {
    let currency = program::pounds()?;
    let tiers = program::tiers(input, &currency)?;
    let lifetime = Points::new(read::whole(input, "lifetime_points")?);
    let annual = program::money(input, "annual_spent", &currency)?;
    let current = input["current_tier"].as_str();
    let tier = match evaluate_tier(&tiers, lifetime, annual) {
        TierVerdict::Reached(tier) => Some(tier.code.as_str()),
        TierVerdict::Unreached => current,
    };
    Ok(json!({"tier": tier, "changed": tier != current}))
}

pub(super) fn enroll(input: &Value) -> Result<Value, String> {
    let currency = program::pounds()?;
    let program = read::optional(input, "program", || program_of(&input["program"], input, &currency))?;
    let key = key_of(input, program.is_some());
    let is_walk_in = read::flag(&input["customer"], "is_walk_in")?;
    let customer = Customer { is_walk_in, phone_key: key.clone(), ..customer(now()) };
    let taken = input["other_customer_phone_normalized"].as_str();
    let is_taken = key.is_some() && taken == key.as_ref().map(PhoneKey::as_str);
    let known = read::optional(input, "existing_membership", || {
        membership(&input["existing_membership"], &currency)
    })?;
    let candidate = Candidate {
        customer: Some(&customer),
        phone_taken: is_taken.then_some(PhoneTaken { by: OTHER }),
        membership: known.as_ref(),
        own_program: program.as_ref(),
        kept_tier: None,
    };
    let occasion = program::occasion(now());
    let enrolled = loyalty::enrol(&candidate, program.as_ref(), occasion, &BTreeSet::new()).ok();
    let stored = key.filter(|_| !is_walk_in && !is_taken);
    let changes = enrolled.as_ref().map(|enrolled| enrolled.changes.clone()).unwrap_or_default();
    Ok(json!({
        "member": enrolled.is_some(),
        "phone_normalized": stored.as_ref().map(PhoneKey::as_str),
        "membership": enrolled.as_ref().map(|enrolled| shown(&enrolled.membership, &currency)),
        "ledger": rows(&changes).iter().map(shown_row).collect::<Vec<_>>(),
    }))
}

pub(super) fn complete_sale(input: &Value) -> Result<Value, String> {
    let currency = program::pounds()?;
    let mut program = program::plain();
    program.tiers = program::tiers(input, &currency)?;
    let mut member = membership(&input["member"], &currency)?;
    let sale = &input["sale"];
    let at = program::moment(sale, "date_time")?;
    let counts = sale["transaction_type"] == "sale" && sale["customer"] == "member";
    let changes = if counts {
        let points = |field: &str| read::whole(sale, field).map(Points::new);
        let completed = CompletedSale {
            document: program::document(1),
            receipt: program::receipt(at, 1),
            customer: CUSTOMER,
            amount: program::money(sale, "amount", &currency)?,
            earned: points("points_earned")?,
            redeemed: points("points_redeemed")?,
        };
        let occasion = program::occasion(at);
        loyalty::complete_sale(&member, &completed, &program, occasion, &BTreeSet::new())
            .map_err(|error| error.to_string())?
    } else {
        Vec::new()
    };
    member.apply_all(&changes);
    let ledger: Vec<Value> = rows(&changes).iter().map(shown_row).collect();
    Ok(json!({"member": shown(&member, &currency), "ledger": ledger}))
}

/// A new customer and a row of sales; each puts the customer on the sale, earns, and is completed.
pub(super) fn scenario(input: &Value) -> Result<Value, String> {
    let currency = program::pounds()?;
    let mut program = program_of(&input["program"], input, &currency)?;
    program.rules.extend(bonus_rule(input)?);
    let mut desk = Desk { program, currency, key: key_of(input, true), member: None, history: Vec::new() };
    let mut after = Vec::new();
    for (number, sale) in (1..).zip(read::list(input, "sales")?) {
        after.push(desk.sell(number, sale)?);
    }
    let totals: BTreeMap<&str, Points> =
        sums_by_kind(&rows(&desk.history)).into_iter().map(|(kind, points)| (kind.code(), points)).collect();
    Ok(json!({"after_each_sale": after, "ledger_totals": totals}))
}

fn bonus_rule(input: &Value) -> Result<Option<EarnRule>, String> {
    let flat =
        read::optional(input, "document_bonus_points", || read::whole(input, "document_bonus_points"))?;
    Ok(flat.map(|flat| EarnRule {
        code: "BONUS".into(),
        priority: 1,
        is_active: true,
        starts: None,
        ends: None,
        stores: BTreeSet::new(),
        target: RuleTarget::Document { min_amount: None },
        award: Award { flat: Points::new(flat), ..Award::default() },
        cap: None,
    }))
}

struct Desk {
    program: Program,
    currency: Currency,
    key: Option<PhoneKey>,
    member: Option<Membership>,
    history: Vec<LoyaltyChange>,
}

impl Desk {
    fn sell(&mut self, number: u32, sale: &Value) -> Result<Value, String> {
        let at = program::moment(sale, "date_time")?;
        let occasion = program::occasion(at);
        self.enrol(at);
        let Some(member) = self.member.clone() else { return Ok(json!({"points_earned": 0})) };
        let amount = program::money(sale, "amount", &self.currency)?;
        let kinds = read::list(sale, "payments")?.iter().filter_map(Value::as_str);
        let tenders = kinds.map(points::tender).collect::<Result<Vec<_>, _>>()?;
        let request = loyalty::EarnRequest {
            is_sale: true,
            earner: loyalty::Earner::Member { tier: member.tier.as_deref() },
            base: amount,
            lines: &[],
            tenders: &tenders,
            campaign: Multiplier::ONE,
            campaigns: &[],
            earned_today: Points::ZERO,
            store: occasion.store,
            at: at.instant,
        };
        let earned = loyalty::earn(&request, Some(&self.program), &self.currency)
            .map_err(|error| error.to_string())?;
        let completed = CompletedSale {
            document: program::document(number),
            receipt: program::receipt(at, number),
            customer: CUSTOMER,
            amount,
            earned: earned.points,
            redeemed: Points::new(sale["points_redeemed"].as_i64().unwrap_or_default()),
        };
        let changes = loyalty::complete_sale(&member, &completed, &self.program, occasion, &self.booked())
            .map_err(|error| error.to_string())?;
        let member = self.follow(member, changes);
        let mut state = shown(&member, &self.currency);
        state["points_earned"] = json!(earned.points);
        state["multiplier"] = json!(program::two_digits(earned.multiplier.decimal()));
        state["tier_after"] = state["tier"].clone();
        Ok(state)
    }

    fn enrol(&mut self, at: Moment) {
        let customer = Customer { phone_key: self.key.clone(), ..customer(at) };
        let candidate = Candidate {
            customer: Some(&customer),
            phone_taken: None,
            membership: self.member.as_ref(),
            own_program: Some(&self.program),
            kept_tier: None,
        };
        let occasion = program::occasion(at);
        let enrolled = loyalty::enrol(&candidate, Some(&self.program), occasion, &self.booked());
        if let Ok(Enrolment { membership, changes, .. }) = enrolled {
            self.member = Some(membership);
            self.history.extend(changes);
        }
    }

    fn follow(&mut self, mut member: Membership, changes: Vec<LoyaltyChange>) -> Membership {
        member.apply_all(&changes);
        self.member = Some(member.clone());
        self.history.extend(changes);
        member
    }

    fn booked(&self) -> BTreeSet<ChangeKey> {
        self.history.iter().filter_map(LoyaltyChange::key).collect()
    }
}

fn program_of(stated: &Value, input: &Value, currency: &Currency) -> Result<Program, String> {
    let mut program = program::program(stated, currency)?;
    program.tiers = program::tiers(input, currency)?;
    program.require_phone = input["policy"]["require_phone"].as_bool().unwrap_or(false);
    Ok(program)
}

/// The customer's telephone key; the calling code is the program's where one is in force.
fn key_of(input: &Value, has_program: bool) -> Option<PhoneKey> {
    let code = if has_program { &input["policy"]["country_calling_code"] } else { &Value::Null };
    phone_key(&input["customer"]["phone_number"], code)
}

fn now() -> Moment {
    Moment::utc(chrono::DateTime::UNIX_EPOCH)
}

fn customer(at: Moment) -> Customer {
    Customer::register(CUSTOMER, CustomerDetails::default(), &PhoneRules::default(), at, Source::Pos)
}

fn membership(input: &Value, currency: &Currency) -> Result<Membership, String> {
    let mut member = Membership::new(CUSTOMER, program::plain().id, now());
    member.tier = input["tier"].as_str().map(str::to_owned);
    member.lots = Lots::opening(Points::new(read::whole(input, "available_points")?));
    member.lifetime = Points::new(read::whole(input, "lifetime_points")?);
    let count = read::optional(input, "total_purchases", || read::count(input, "total_purchases"))?;
    let amount = |field: &str| {
        let amount = read::optional(input, field, || program::money(input, field, currency))?;
        Ok::<_, String>(amount.unwrap_or_default())
    };
    let last = read::optional(input, "last_activity", || program::moment(input, "last_activity"))?;
    member.spending = Spending {
        purchases: count.unwrap_or_default(),
        total: amount("total_spent")?,
        annual: amount("annual_spent")?,
        last: last.map(|last| last.local),
    };
    Ok(member)
}

fn rows(changes: &[LoyaltyChange]) -> Vec<LedgerRow> {
    let row = |change: &LoyaltyChange| {
        if let LoyaltyChange::PointsBooked { row } = change { Some(*row) } else { None }
    };
    changes.iter().filter_map(row).collect()
}

fn shown_row(row: &LedgerRow) -> Value {
    json!({
        "type": row.kind.code(),
        "points": row.points,
        "balance_after": row.balance_after,
        "linked_to_sale": matches!(row.cause, loyalty::Cause::Sale { .. }),
    })
}

fn shown(member: &Membership, currency: &Currency) -> Value {
    let Spending { purchases, total, annual, last } = member.spending;
    json!({
        "tier": member.tier,
        "available_points": member.available(),
        "total_points": member.balance(),
        "lifetime_points": member.lifetime,
        "total_purchases": purchases,
        "total_spent": currency.format(total),
        "annual_spent": currency.format(annual),
        "last_activity": last.map(|last| last.format("%Y-%m-%dT%H:%M:%S").to_string()),
    })
}
