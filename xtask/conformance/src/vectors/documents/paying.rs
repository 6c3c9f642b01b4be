//! Kinds about paying: `payment_amount`, `redemption`.

use rust_decimal::Decimal;
use saleflex_core::{
    document::{AddLine, Command, Event, Refusal, TakeTender},
    loyalty::{Holder, Redemption, RedemptionPolicy, RedemptionRequest, redeem},
    money::{Currency, CurrencyCode, Money},
    quantity::{ExchangeRate, Percent, Points, UnitPrice},
    tax::TaxRate,
    tender::{ForeignCash, TenderKey, TenderKind},
};
use serde_json::{Value, json};

use super::{
    desk::{self, Desk},
    read,
};

/// Payment types of these cases and the methods they mean.
const TYPES: [(&str, TenderKind); 7] = [
    ("CASH", TenderKind::Cash),
    ("CREDIT", TenderKind::CreditCard),
    ("CHECK", TenderKind::Cheque),
    ("EXCHANGE", TenderKind::ForeignCurrency),
    ("PREPAID", TenderKind::PrepaidCard),
    ("CHARGE_SALE", TenderKind::OnAccount),
    ("OTHER", TenderKind::Other),
];

pub(super) fn tender_kind(name: &str) -> Result<TenderKind, String> {
    let known = TYPES.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind);
    known.ok_or_else(|| format!("no such payment type: {name}"))
}

/// The type of a method; one that these cases lack shows its own code.
pub(super) fn external_type(kind: TenderKind) -> &'static str {
    TYPES.iter().find(|(_, known)| *known == kind).map_or(kind.code(), |(name, _)| *name)
}

/// A payment of so much, else of what is due. These cases know other money by what it is worth alone: it is paid in notes
/// of another currency at par.
pub(super) fn payment(
    kind: TenderKind,
    amount: Option<Money>,
    due: Money,
    own: &Currency,
) -> Result<TakeTender, String> {
    let take = TakeTender { amount, ..TakeTender::balance(kind) };
    if kind != TenderKind::ForeignCurrency {
        return Ok(take);
    }
    let (code, rate) = at_par(own)?;
    let amount = amount.unwrap_or(due);
    Ok(TakeTender { foreign: Some(ForeignCash { currency: Currency::of(code), amount, rate }), ..take })
}

/// A currency with as many digits as a till's own, and the rate at which one of it is worth one of that.
pub(super) fn at_par(own: &Currency) -> Result<(CurrencyCode, ExchangeRate), String> {
    for code in ["EUR", "USD", "KWD", "BHD", "JPY", "KRW", "CLF", "UYW"] {
        let code = CurrencyCode::parse(code).map_err(|error| error.to_string())?;
        if code != own.code() && Currency::of(code).minor_digits() == own.minor_digits() {
            let par = ExchangeRate::parse("1").map_err(|error| error.to_string())?;
            return Ok((code, par));
        }
    }
    Err(format!("no other currency has {} digits", own.minor_digits()))
}

/// What was pressed: `preset_minor` is a key worth n/100, a screen other than the sale's asks for an amount.
pub(super) fn tender_key(pressed: &Value, typed: &str, currency: &Currency) -> Result<TenderKey, String> {
    let preset = read::optional(pressed, "preset_minor", || {
        let worth = Decimal::new(read::whole(pressed, "preset_minor")?, 2).normalize().to_string();
        currency.parse(&worth).map_err(|error| format!("`preset_minor`: {error}"))
    })?;
    let typed = read::optional(pressed, typed, || read::money(pressed, typed, currency))?;
    let screen = read::optional(pressed, "screen", || read::text(pressed, "screen"))?;
    let settles_balance = match screen.unwrap_or("sale") {
        "sale" => true,
        "payment" => false,
        other => return Err(format!("no such screen: {other}")),
    };
    Ok(TenderKey { preset, typed, settles_balance })
}

pub(super) fn payment_amount(input: &Value) -> Result<Value, String> {
    let currency = read::currency(input)?;
    let kind = tender_kind(read::text(input, "payment_type")?)?;
    let Ok(amount) = tender_key(input, "entered", &currency)?.amount() else {
        return Ok(json!({"error": "amount_required"}));
    };
    let mut desk = owing(read::money(input, "remaining", &currency)?, currency)?;
    let take = payment(kind, amount, desk.document()?.balance(), &currency)?;
    let events = match desk.run(&Command::TakeTender(take)) {
        Ok(events) => events,
        Err(Refusal::AlreadyPaid) => return Ok(json!({"error": "already_paid"})),
        Err(refusal) => return Err(refusal.to_string()),
    };
    let taken = events.iter().find_map(|event| {
        if let Event::TenderTaken { tender, .. } = event { Some(tender.amount) } else { None }
    });
    Ok(taken.map_or(json!({"error": "already_paid"}), |amount| json!({"amount": currency.format(amount)})))
}

/// A till with a customer's document that owes an amount free of tax.
fn owing(amount: Money, currency: Currency) -> Result<Desk, String> {
    let price = UnitPrice::from_money(amount, &currency).map_err(|error| error.to_string())?;
    let free = TaxRate { no: 1, name: "VAT 0 %".into(), percent: Percent::ZERO, jurisdiction: None };
    let mut desk = Desk::new(currency);
    let sold = desk.sell(&desk::product(price, free), AddLine::code("1"));
    let assigned = sold.and_then(|_| desk.run(&Command::AssignCustomer));
    assigned.map_err(|refusal| refusal.to_string())?;
    Ok(desk)
}

pub(super) fn redemption(input: &Value) -> Result<Value, String> {
    let currency = read::currency(input)?;
    let total = read::money(input, "total_amount", &currency)?;
    let mut desk = owing(total, currency)?;
    let paid = read::money(input, "already_paid_cash", &currency)?;
    if paid.is_positive() {
        desk.run(&Command::TakeTender(TakeTender::amount(TenderKind::Cash, paid)))
            .map_err(|refusal| refusal.to_string())?;
    }
    let request = RedemptionRequest {
        points: Points::new(read::whole(input, "points_requested")?),
        is_sale: true,
        holder: holder(input)?,
        total,
        due: desk.document()?.balance(),
        redeemed: Redemption::default(),
    };
    let Ok(taken) = redeem(&request, &policy(&input["loyalty"])?, &currency) else {
        return Ok(json!({"ok": false}));
    };
    let command = Command::RedeemPoints { points: taken.points, amount: taken.amount };
    desk.run(&command).map_err(|refusal| refusal.to_string())?;
    let document = desk.document()?;
    Ok(json!({
        "ok": true,
        "points": taken.points.get(),
        "discount_amount": currency.format(document.totals.discount),
        "net_due": currency.format(document.totals.net_due),
        "balance": currency.format(document.balance()),
        "completed": desk.is_completed(),
    }))
}

/// Whoever is called by another name than `member` holds no points.
fn holder(input: &Value) -> Result<Holder, String> {
    Ok(match read::optional(input, "customer", || read::text(input, "customer"))? {
        Some("member") if !input["loyalty"].is_null() => {
            Holder::Member { available: Points::new(read::whole(&input["loyalty"], "available_points")?) }
        }
        Some("walk_in") => Holder::WalkIn,
        Some("none") | None => Holder::NoCustomer,
        Some(_) => Holder::NoMembership,
    })
}

/// A case without loyalty has a program whose points are worth nothing.
fn policy(loyalty: &Value) -> Result<RedemptionPolicy, String> {
    if loyalty.is_null() {
        let nothing = Points::new(0);
        return Ok(RedemptionPolicy {
            point_value: UnitPrice::ZERO,
            max_basket_share: None,
            minimum: nothing,
            step: nothing,
            allow_partial: true,
        });
    }
    let share = read::optional(loyalty, "max_basket_share", || {
        let share = read::decimal(loyalty, "max_basket_share")? * Decimal::ONE_HUNDRED;
        Percent::try_new(share).map_err(|error| format!("`max_basket_share`: {error}"))
    })?;
    let points = |field| {
        Ok::<_, String>(
            read::optional(loyalty, field, || read::whole(loyalty, field))?.map_or(Points::ZERO, Points::new),
        )
    };
    Ok(RedemptionPolicy {
        point_value: read::optional(loyalty, "currency_per_point", || {
            read::parsed(loyalty, "currency_per_point", UnitPrice::parse)
        })?
        .unwrap_or(UnitPrice::ZERO),
        max_basket_share: share,
        minimum: points("minimum_points")?,
        step: points("step")?,
        allow_partial: read::flag(loyalty, "allow_partial")?,
    })
}
