//! Kinds that are paper: `receipt`, `zreport`.

use chrono::NaiveDateTime;
use saleflex_core::{
    ids::ClosureNumber,
    money::{Currency, CurrencyCode, Money},
    printout::{Printout, closure as report, receipt, text},
    quantity::{Percent, Quantity, UnitPrice},
};
use serde_json::{Value, json};

use super::read;

pub(super) fn receipt(input: &Value) -> Result<Value, String> {
    let currency = Currency::of(read::parsed(input, "currency", CurrencyCode::parse)?);
    let discounts = read::list(input, "discounts")?.iter();
    let payments = read::list(input, "payments")?.iter();
    let total = read::money(input, "total_amount", &currency)?;
    let printout = receipt::plain(&receipt::PlainReceipt {
        currency,
        receipt_number: read::count(input, "receipt_number")?,
        opened_at: read::parsed(input, "date_time", str::parse::<NaiveDateTime>)?,
        lines: read::list(input, "lines")?
            .iter()
            .map(|sold| line(sold, &currency))
            .collect::<Result<_, _>>()?,
        discounts: discounts.map(|given| discount(given, &currency)).collect::<Result<_, _>>()?,
        payments: payments
            .map(|paid| Ok((read::text(paid, "type")?, read::money(paid, "amount", &currency)?)))
            .collect::<Result<_, String>>()?,
        change: read::money(input, "change", &currency)?,
        net_due: total - read::money(input, "total_discount", &currency)?,
        tax: read::money(input, "total_vat", &currency)?,
    });
    printed(&printout, input)
}

fn line<'a>(sold: &'a Value, currency: &Currency) -> Result<receipt::PlainLine<'a>, String> {
    let item = match read::text(sold, "kind")? {
        "plu" => receipt::PlainItem::Product {
            name: read::optional(sold, "name", || read::text(sold, "name"))?.unwrap_or_default(),
            quantity: read::parsed(sold, "quantity", Quantity::parse)?,
            unit_price: read::parsed(sold, "unit_price", UnitPrice::parse)?,
        },
        "department" => receipt::PlainItem::Department { line_no: read::count(sold, "line_no")? },
        other => return Err(format!("no such line: {other}")),
    };
    let voided = read::optional(sold, "voided", || read::flag(sold, "voided"))?.unwrap_or(false);
    Ok(receipt::PlainLine { item, total: read::money(sold, "total", currency)?, voided })
}

fn discount<'a>(given: &'a Value, currency: &Currency) -> Result<receipt::PlainDiscount<'a>, String> {
    Ok(receipt::PlainDiscount {
        discount_type: read::text(given, "type")?,
        code: read::optional(given, "code", || read::text(given, "code"))?,
        amount: read::money(given, "amount", currency)?,
    })
}

pub(super) fn zreport(input: &Value) -> Result<Value, String> {
    let currency = Currency::of(read::parsed(input, "currency", CurrencyCode::parse)?);
    let money = |field| read::money(input, field, &currency);
    let count = |field| read::count(input, field).map(u64::from);
    let times = |field, sum| Ok::<_, String>((count(field)?, money(sum)?));
    let known =
        |field| Ok::<_, String>(read::optional(input, field, || read::text(input, field))?.unwrap_or(""));
    let closed_at = || read::parsed(input, "closed_at", str::parse::<NaiveDateTime>);
    let printout = report::plain(&report::PlainClosure {
        currency,
        closure_number: ClosureNumber(read::count(input, "closure_number")?),
        closure_id: known("closure_unique_id")?,
        closed_at: read::optional(input, "closed_at", closed_at)?,
        cashier: known("cashier_name")?,
        register: known("register_name")?,
        serial: known("register_serial")?,
        valid_count: count("valid_count")?,
        return_count: count("return_count")?,
        cancelled_count: count("canceled_count")?,
        suspended_count: count("suspended_count")?,
        gross_sales: money("gross_sales")?,
        total_tax: money("total_tax")?,
        total_discount: money("total_discount")?,
        total_tip: money("total_tip")?,
        opening_cash: money("opening_cash")?,
        paid_in: times("paid_in_count", "paid_in")?,
        paid_out: times("paid_out_count", "paid_out")?,
        expected_cash: money("expected_cash")?,
        cash_difference: money("cash_difference")?,
        taxes: taxes(input, &currency)?,
        payments: payments(input, &currency)?,
    });
    printed(&printout, input)
}

fn taxes(input: &Value, currency: &Currency) -> Result<Vec<report::PlainTax>, String> {
    let tax = |tax: &Value| {
        Ok(report::PlainTax {
            rate: read::parsed(tax, "rate", Percent::parse)?,
            taxable: read::money(tax, "taxable", currency)?,
            tax: read::money(tax, "tax", currency)?,
        })
    };
    read::list(input, "taxes")?.iter().map(tax).collect()
}

fn payments<'a>(input: &'a Value, currency: &Currency) -> Result<Vec<report::PlainPayment<'a>>, String> {
    let payments = input["payments"].as_object().ok_or("`payments` must be an object")?;
    let payment = |(code, payment): (&'a String, &Value)| {
        let amount: Money = read::money(payment, "amount", currency)?;
        Ok(report::PlainPayment { code, count: read::count(payment, "count")?.into(), amount })
    };
    payments.iter().map(payment).collect()
}

fn printed(printout: &Printout, input: &Value) -> Result<Value, String> {
    let width = usize::try_from(read::count(input, "width")?).map_err(|error| error.to_string())?;
    Ok(json!({"lines": text::render(printout, width)}))
}
