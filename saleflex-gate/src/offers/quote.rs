//! What a member's points would pay of a cart, and what the cart would earn. Changes nothing.
//!
//! The program is the one that holds in the store: a row of `loyalty_programs` that carries a program as tills keep it in
//! its field `definition`. Where it does not leave the points to the hub, the hub does not know members' tiers, so that what a
//! tier multiplies comes on top.

use std::collections::BTreeMap;

use saleflex_core::{
    campaign::CartSnapshot,
    catalog::DepartmentNo,
    ids::{ProductId, StoreId},
    loyalty::{
        EarnBase, EarnLine, EarnRequest, Earner, Holder, NotRedeemable, Program, Redemption,
        RedemptionPolicy, RedemptionRequest, earn, in_force, redeem,
    },
    money::{Currency, CurrencyCode, Money, Rounding, parse_number},
    quantity::{Multiplier, Points},
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    evaluation::{Asker, document_of},
    points, tiers,
};
use crate::{
    ApiError,
    db::{DatabaseError, Session},
    definitions::overriding::bodies,
    openapi::examples,
    registry,
};

/// A cart of a member.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "member_id": "018f0000-0000-7000-8000-000000000001", "points": 100, "cart": examples::cart()
}))]
pub(crate) struct QuoteRequest {
    /// Whose.
    pub(crate) member_id: Uuid,
    /// A cart snapshot, schema 1.0 or 1.1.
    #[schema(value_type = Object)]
    pub(crate) cart: CartSnapshot,
    /// How many points the member would spend; absent: as many as can be.
    #[serde(default)]
    pub(crate) points: Option<i64>,
}

/// What points would pay, and what the cart would earn.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Quote {
    /// Whose.
    pub(crate) member_id: Uuid,
    /// The program that holds in the store.
    pub(crate) program_id: Option<Uuid>,
    /// What the member can spend, what is held for this document among it.
    pub(crate) available: i64,
    /// The points that the cart would take.
    pub(crate) points: i64,
    /// What they would pay.
    #[schema(example = "12.50")]
    pub(crate) amount: String,
    /// Why it would take none, such as `BELOW_MINIMUM`.
    #[schema(value_type = Option<String>)]
    pub(crate) refused: Option<&'static str>,
    /// The points that the cart would earn when these are spent, in the member's tier where the hub decides about it.
    pub(crate) expected: i64,
}

fn invalid(what: &str) -> ApiError {
    ApiError::unprocessable("cart_invalid", format!("{what} cannot be read"))
}

/// Works out what a member's points would pay.
///
/// # Errors
/// `member_unknown`; `cart_invalid` for an amount that is none.
pub(crate) fn quote(
    session: &mut dyn Session,
    asker: &Asker,
    request: &QuoteRequest,
) -> Result<Quote, ApiError> {
    let (company, member) = (asker.company, request.member_id);
    let known = points::known(session, company, member)?;
    if known.is_none_or(|member| member.store.is_some_and(|store| store != asker.store)) {
        return Err(ApiError::unprocessable("member_unknown", "no customer has this identity"));
    }
    let place = registry::store_by_id(session, company, asker.store)?.ok_or_else(ApiError::not_found)?;
    let code = CurrencyCode::parse(&place.currency).map_err(|_| ApiError::internal())?;
    let worth = Worth::of(&request.cart, Currency::of(code))?;
    let programs = programs(session, company, asker.store)?;
    let program = in_force(&programs, StoreId::new(asker.store), asker.now);
    let available = available(session, asker, request)?;
    let wanted = RedemptionRequest {
        points: Points::new(request.points.unwrap_or(available.max(1))),
        is_sale: true,
        holder: match program {
            Some(_) => Holder::Member { available: Points::new(available) },
            None => Holder::ProgramInactive,
        },
        total: worth.total,
        due: worth.due,
        redeemed: Redemption::default(),
    };
    let policy = program.map_or(RedemptionPolicy::NOTHING, |program| program.redemption);
    let found = redeem(&wanted, &policy, &worth.currency);
    let taken = found.unwrap_or_default();
    let departments = departments(session, company, asker.store)?;
    let tier = tiers::tier_of(session, (company, asker.store), member, asker.now)?;
    let earner = Earner::Member { tier: tier.as_deref() };
    Ok(Quote {
        member_id: member,
        program_id: program.map(|program| program.id.uuid()),
        available,
        points: taken.points.get(),
        amount: worth.currency.decimal(taken.amount).to_string(),
        refused: found.err().map(NotRedeemable::code),
        expected: expected(asker, (program, earner), (&worth, taken.amount), (&request.cart, &departments))
            .get(),
    })
}

/// What a cart comes to.
struct Worth {
    currency: Currency,
    /// What its lines come to.
    total: Money,
    /// What is left of them after discounts of the whole document.
    due: Money,
    /// The lines that count, by their place.
    lines: Vec<Money>,
}

impl Worth {
    fn of(cart: &CartSnapshot, currency: Currency) -> Result<Self, ApiError> {
        let amount = |text: &str, what: &str| {
            let decimal = parse_number(text).map_err(|_| invalid(what))?;
            currency.round(decimal, Rounding::HalfUp).map_err(|_| invalid(what))
        };
        let counted = cart.lines.iter().filter(|line| !line.is_cancel && !line.is_voided);
        let lines = counted.map(|line| amount(&line.line_total, "a line total"));
        let lines = lines.collect::<Result<Vec<Money>, _>>()?;
        let total: Money = lines.iter().copied().sum();
        let discounts = amount(&cart.totals.document_discount_total, "the discounts")?;
        Ok(Self { currency, total, due: (total - discounts).or_zero(), lines })
    }
}

/// What the member can spend on this document.
fn available(session: &mut dyn Session, asker: &Asker, request: &QuoteRequest) -> Result<i64, ApiError> {
    let balance = points::balance(session, asker.company, request.member_id, asker.now)?;
    let Some(document) = document_of(&request.cart) else { return Ok(balance.available) };
    let own = points::held_for(session, asker.company, (request.member_id, document), asker.now)?;
    Ok(balance.available.saturating_add(own))
}

/// The programs of a store as tills keep them.
pub(super) fn programs(
    session: &mut dyn Session,
    company: Uuid,
    store: Uuid,
) -> Result<Vec<Program>, DatabaseError> {
    let rows = bodies(session, company, store, "loyalty_programs")?;
    let whole = rows.iter().filter_map(|row| serde_json::from_value(row.get("definition")?.clone()).ok());
    Ok(whole.collect())
}

/// The numbers of departments by their identities.
fn departments(
    session: &mut dyn Session,
    company: Uuid,
    store: Uuid,
) -> Result<BTreeMap<String, DepartmentNo>, DatabaseError> {
    let mut numbers = BTreeMap::new();
    for resource in ["department_main_groups", "department_sub_groups"] {
        let rows = bodies(session, company, store, resource)?;
        numbers.extend(rows.iter().filter_map(|row: &Json| {
            let no = row["code"].as_str()?.parse().ok()?;
            Some((row["id"].as_str()?.to_owned(), DepartmentNo(no)))
        }));
    }
    Ok(numbers)
}

/// What the cart would earn after points have paid so much of it.
fn expected(
    asker: &Asker,
    (program, earner): (Option<&Program>, Earner<'_>),
    (worth, paid): (&Worth, Money),
    (cart, departments): (&CartSnapshot, &BTreeMap<String, DepartmentNo>),
) -> Points {
    let Some(known) = program else { return Points::ZERO };
    let number = |id: Option<&String>| id.and_then(|id| departments.get(id).copied());
    let counted = cart.lines.iter().filter(|line| !line.is_cancel && !line.is_voided);
    let lines: Vec<EarnLine<'_>> = counted
        .zip(&worth.lines)
        .filter_map(|(line, total)| {
            let product = Uuid::parse_str(line.fk_product_id.as_deref()?).ok()?;
            Some(EarnLine {
                product: ProductId::new(product),
                code: line.product_code.as_deref().unwrap_or_default(),
                department: number(line.fk_department_main_group_id.as_ref()),
                sub_department: number(
                    line.more.as_ref().and_then(|more| more.fk_department_sub_group_id.as_ref()),
                ),
                total: *total,
            })
        })
        .collect();
    let request = EarnRequest {
        is_sale: true,
        earner,
        base: match known.earn.base {
            EarnBase::Net => worth.due - paid,
            EarnBase::Gross => worth.total,
        },
        lines: &lines,
        tenders: &[],
        campaign: Multiplier::ONE,
        campaigns: &[],
        earned_today: Points::ZERO,
        store: StoreId::new(asker.store),
        at: asker.now,
    };
    earn(&request, program, &worth.currency).map_or(Points::ZERO, |earned| earned.points)
}
