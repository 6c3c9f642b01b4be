//! The kinds `earn` and `redeem`.

use rust_decimal::Decimal;
use saleflex_core::{
    ids::ProductId,
    loyalty::{
        self, EarnLine, EarnRequest, Earned, Earner, Holder, Program, Redemption, RedemptionPolicy,
        RedemptionRequest, eligible_tenders,
    },
    money::{Currency, Money},
    quantity::{Multiplier, Percent, Points, UnitPrice},
    tender::TenderKind,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    program::{self, Departments},
    read,
};

pub(super) fn earn(input: &Value) -> Result<Value, String> {
    let currency = program::pounds()?;
    let document = &input["document"];
    let (lines, rules) = (read::list(document, "lines")?, read::list(input, "rules")?);
    let configs: Vec<Value> = rules.iter().map(|rule| rule["config"].clone()).collect();
    let departments = Departments::of(&[configs, lines.clone()].concat());
    let mut program = program::program(&input["program"], &currency)?;
    program::rules(&mut program, rules, &departments)?;
    if !input["tier"].is_null() {
        program.tiers.push(program::tier(&input["tier"], &currency)?);
    }
    let lines = earn_lines(lines, &departments, &currency)?;
    let has_program = !input["program"].is_null();
    let answer = earn_document(document, has_program.then_some(&program), &lines, &currency)?;
    let available = Points::new(read::whole(&input["member"], "available_points")?);
    Ok(shown(answer.as_ref(), available, &program, &currency))
}

fn earn_lines<'a>(
    lines: &'a [Value],
    departments: &Departments,
    currency: &Currency,
) -> Result<Vec<EarnLine<'a>>, String> {
    let mut read = Vec::new();
    for line in lines.iter().filter(|line| line["is_cancel"] != true && line["is_voided"] != true) {
        let product = || read::parsed(line, "product_id", Uuid::parse_str);
        // No product has the identity of a line without one.
        let product = read::optional(line, "product_id", product)?.unwrap_or_default();
        let find = |field: &str| line[field].as_str().and_then(|id| departments.find(id));
        read.push(EarnLine {
            product: ProductId::new(product),
            code: line["product_code"].as_str().unwrap_or_default(),
            department: find("department_main_group_id"),
            sub_department: find("department_sub_group_id"),
            total: program::money(line, "total_price", currency)?,
        });
    }
    Ok(read)
}

/// What the document of a case earns; nothing where it earns nothing by its nature.
pub(super) fn earn_document(
    document: &Value,
    program: Option<&Program>,
    lines: &[EarnLine<'_>],
    currency: &Currency,
) -> Result<Option<Earned>, String> {
    let tenders = tenders(read::list(document, "payments")?)?;
    let tier = program.and_then(|program| program.tiers.first());
    let earner = match read::text(document, "customer")? {
        "member" => Earner::Member { tier: tier.map(|tier| tier.code.as_str()) },
        "walk_in" => Earner::WalkIn,
        "none" => Earner::NoCustomer,
        "no_membership" => Earner::NoMembership,
        other => return Err(format!("no such customer: {other}")),
    };
    let occasion = program::occasion(saleflex_core::time::Moment::utc(chrono::DateTime::UNIX_EPOCH));
    let request = EarnRequest {
        is_sale: read::text(document, "transaction_type")? == "sale",
        earner,
        base: program::money(document, "base_amount", currency)?,
        lines,
        tenders: &tenders,
        campaign: Multiplier::ONE,
        campaigns: &[],
        earned_today: Points::ZERO,
        store: occasion.store,
        at: occasion.at.instant,
    };
    Ok(loyalty::earn(&request, program, currency).ok())
}

/// The kinds of the payments that were not taken back.
pub(super) fn tenders(payments: &[Value]) -> Result<Vec<TenderKind>, String> {
    let live = payments.iter().filter(|payment| payment["is_cancel"] != true);
    live.map(|payment| tender(read::text(payment, "payment_type")?)).collect()
}

pub(super) fn tender(name: &str) -> Result<TenderKind, String> {
    let listed = program::object(&json!({"earn_eligible_payment_types": [name]}))?;
    let kinds = eligible_tenders(&listed).unwrap_or_default();
    // A name that stands for several kinds is an eligible one for all of them: any will do.
    kinds.first().copied().ok_or_else(|| format!("no such tender: {name}"))
}

fn shown(earned: Option<&Earned>, available: Points, program: &Program, currency: &Currency) -> Value {
    let parts = earned.map(|earned| earned.parts).unwrap_or_default();
    let snapshot = earned.map(|earned| {
        let snapshot = earned.snapshot(available, Redemption::default(), program, currency);
        json!({
            "points_earned": snapshot.earned,
            "balance_before": snapshot.balance_before,
            "balance_after": snapshot.balance_after,
            "tier_name": snapshot.tier,
            "multiplier": program::two_digits(snapshot.multiplier.decimal()),
            "bonus_points": snapshot.bonus,
        })
    });
    json!({
        "points_earned": earned.map_or(Points::ZERO, |earned| earned.points),
        "breakdown": {
            "program_base": parts.base,
            "document_rules": parts.document,
            "line_rules": parts.lines,
            "product_set_rules": parts.sets,
        },
        "snapshot": snapshot,
    })
}

pub(super) fn redeem(input: &Value) -> Result<Value, String> {
    let digits = input["decimal_places"].as_u64().ok_or("`decimal_places` must be a count")?;
    let currency = program::currency(digits)?;
    let document = &input["document"];
    let amount = |field: &str| program::money(document, field, &currency);
    let (total, discount) = (amount("total_amount")?, amount("total_discount_amount")?);
    let due = total - discount - amount("total_payment_amount")?;
    let request = RedemptionRequest {
        points: Points::new(read::whole(input, "points_requested")?),
        is_sale: read::text(document, "transaction_type")? == "sale",
        holder: holder(input)?,
        total,
        due,
        redeemed: Redemption::default(),
    };
    let policy = redemption_policy(input)?;
    let answer = loyalty::redeem(&request, &policy, &currency);
    let taken = answer.unwrap_or_default();
    let code = answer.is_ok().then(|| format!("{}PTS", taken.points).chars().take(15).collect::<String>());
    let show = |amount: Money| currency.format(amount);
    Ok(json!({
        "ok": answer.is_ok(),
        "error": answer.err().map(loyalty::NotRedeemable::code),
        "points": taken.points,
        "discount_amount": show(taken.amount),
        "discount_code": code,
        "total_discount_amount_after": show(discount + taken.amount),
        "remaining_after": show(due - taken.amount),
    }))
}

fn holder(input: &Value) -> Result<Holder, String> {
    Ok(match read::text(&input["document"], "customer")? {
        "none" => Holder::NoCustomer,
        "walk_in" => Holder::WalkIn,
        "no_membership" => Holder::NoMembership,
        "member" if input["program"].is_null() || input["program"]["is_active"] == false => {
            Holder::ProgramInactive
        }
        "member" => {
            Holder::Member { available: Points::new(read::whole(&input["member"], "available_points")?) }
        }
        other => return Err(format!("no such customer: {other}")),
    })
}

fn redemption_policy(input: &Value) -> Result<RedemptionPolicy, String> {
    let (program, policy) = (&input["program"], &input["policy"]);
    let decimal = |object: &Value, field: &str| {
        let value = read::optional(object, field, || read::decimal(object, field))?;
        Ok::<_, String>(value.unwrap_or_default().max(Decimal::ZERO))
    };
    let value = UnitPrice::try_new(decimal(program, "currency_per_point")?);
    let share = Percent::try_new(decimal(policy, "max_basket_amount_share")? * Decimal::ONE_HUNDRED);
    let points = |field: &str, usual: i64| Points::new(policy[field].as_i64().unwrap_or(usual));
    Ok(RedemptionPolicy {
        point_value: value.map_err(|error| error.to_string())?,
        max_basket_share: Some(share.map_err(|error| error.to_string())?),
        minimum: points("minimum_points", 0),
        step: points("step", 1),
        allow_partial: policy["allow_partial"].as_bool().unwrap_or(true),
    })
}
