//! A basket of a file, and what campaigns make of it.

use std::{fs, io::Write, path::Path};

use anyhow::Context;
use chrono::NaiveDateTime;
use saleflex_core::{
    adjustment::{AdjustmentSource, DocumentAdjustment},
    campaign::SchemaVersion,
    document::AddLine,
    quantity::{Quantity, UnitPrice},
    tender::TenderKind,
};
use saleflex_store::{
    Shell, Till,
    till::{Basket, Explained},
};
use serde::Deserialize;
use serde_json::json;

use super::super::{Call, Ending, answer};
use crate::message::verdict;

/// A basket as it is written down.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    /// When, on the store's clock; now where it does not say.
    #[serde(default)]
    at: Option<NaiveDateTime>,
    /// The code of the customer.
    #[serde(default)]
    customer: Option<String>,
    #[serde(default)]
    coupons: Vec<String>,
    #[serde(default)]
    tender: Option<TenderKind>,
    lines: Vec<WrittenLine>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenLine {
    /// A code or barcode.
    code: String,
    #[serde(default)]
    quantity: Option<Quantity>,
    #[serde(default)]
    price: Option<UnitPrice>,
}

fn tried(call: &Call<'_>, till: &Till, file: &Path) -> anyhow::Result<Explained> {
    let written = fs::read(file).with_context(|| file.display().to_string())?;
    let written: Written = serde_json::from_slice(&written).with_context(|| file.display().to_string())?;
    let mut shell = call.place()?.1;
    let moment = match written.at {
        Some(local) => shell.at_local(local),
        None => shell.now(),
    };
    let customer = written.customer.as_deref().map(|code| customer(call, till, code)).transpose()?;
    let line = |line: &WrittenLine| AddLine {
        quantity: line.quantity,
        price: line.price,
        ..AddLine::code(line.code.clone())
    };
    let basket = Basket {
        lines: written.lines.iter().map(line).collect(),
        customer,
        coupons: written.coupons,
        tender: written.tender,
    };
    till.try_out(&basket, moment).map_err(|error| call.words(&error))
}

/// The customer with this code.
pub(super) fn customer(
    call: &Call<'_>,
    till: &Till,
    code: &str,
) -> anyhow::Result<saleflex_core::ids::CustomerId> {
    let found = till.find_customers(code, 50).map_err(|error| call.words(&error))?;
    let found = found.into_iter().find(|customer| customer.code == code);
    found.map(|customer| customer.id).with_context(|| format!("there is no customer {code}"))
}

pub(super) fn evaluate(
    call: &Call<'_>,
    file: &Path,
    snapshot: Option<SchemaVersion>,
    as_json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<Ending> {
    let till = call.reader()?;
    let tried = tried(call, &till, file)?;
    if let Some(version) = snapshot {
        answer(out, &till.snapshot_of(&tried, version)?)?;
        return Ok(Ending::Good);
    }
    let (document, currency) = (&tried.document, till.currency());
    let discounts = document.adjustments.iter().filter(|discount| discount.source.is_campaign());
    if as_json {
        let discounts: Vec<_> = discounts.map(|discount| shape(discount, &till)).collect();
        let answered = json!({
            "set": tried.campaigns.hash().to_string(),
            "resolution": tried.campaigns.rule(),
            "gap": currency.format(tried.gap),
            "currency": currency.code().as_str(),
            "total": currency.format(document.totals.total),
            "discounts": discounts,
            "net_due": currency.format(document.totals.net_due),
        });
        answer(out, &answered)?;
        return Ok(Ending::Good);
    }
    for line in &document.lines {
        writeln!(out, "{:>3}  {:<40} {:>12}", line.no, line.item.name, currency.show(line.total))?;
        for discount in document.adjustments.iter().filter(|one| one.source.line() == Some(line.no)) {
            say(discount, &till, out)?;
        }
    }
    for discount in discounts.filter(|discount| discount.source.line().is_none()) {
        say(discount, &till, out)?;
    }
    writeln!(out, "     {:<40} {:>12}", "net due", currency.show(document.totals.net_due))?;
    Ok(Ending::Good)
}

fn say(discount: &DocumentAdjustment, till: &Till, out: &mut dyn Write) -> anyhow::Result<()> {
    let words = discount.reason.as_deref().or(discount.code.as_deref()).unwrap_or_default();
    writeln!(out, "       {words:<38} {:>12}", format!("-{}", till.currency().show(discount.amount)))?;
    Ok(())
}

fn shape(discount: &DocumentAdjustment, till: &Till) -> serde_json::Value {
    let code = if let AdjustmentSource::Campaign { code, .. } = &discount.source { code } else { "" };
    let shares = discount.shares.iter();
    let shares =
        shares.map(|(line, share)| json!({ "line": line, "amount": till.currency().format(*share) }));
    json!({
        "campaign": code,
        "text": discount.reason,
        "line": discount.source.line(),
        "amount": till.currency().format(discount.amount),
        "shares": shares.collect::<Vec<_>>(),
    })
}

pub(super) fn explain(
    call: &Call<'_>,
    file: &Path,
    as_json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<Ending> {
    let till = call.reader()?;
    let tried = tried(call, &till, file)?;
    let rows = verdict::rows(call.text, &till, &tried);
    let advice = verdict::advice(call.text, &till, &tried);
    if as_json {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| {
                json!({
                    "campaign": row.code, "name": row.name, "outcome": row.outcome.name(),
                    "amount": row.amount.map(|amount| till.currency().format(amount)), "lines": row.lines,
                    "words": row.words,
                })
            })
            .collect();
        let gap = till.currency().format(tried.gap);
        answer(out, &json!({ "verdicts": rows, "advice": advice, "gap": gap }))?;
        return Ok(Ending::Good);
    }
    for row in rows {
        writeln!(out, "{:<16} {}", row.code, row.words)?;
    }
    if tried.gap.is_positive() {
        writeln!(out, "{}", verdict::gap(call.text, &till, &tried))?;
    }
    for words in advice {
        writeln!(out, "* {words}")?;
    }
    Ok(Ending::Good)
}
