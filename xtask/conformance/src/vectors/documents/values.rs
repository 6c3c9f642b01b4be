//! Kinds that are arithmetic: `round`, `vat`, `line`.

use saleflex_core::{
    document::AddLine,
    money::Rounding,
    quantity::{Quantity, UnitPrice},
    tax,
};
use serde_json::{Value, json};

use super::{
    desk::{self, Desk},
    read,
};

pub(super) fn round(input: &Value) -> Result<Value, String> {
    let digits = read::digits(input, "minor_digits")?;
    let mut value = Rounding::HalfUp.round(read::decimal(input, "value")?, digits);
    value.rescale(digits);
    Ok(json!({"value": value.to_string()}))
}

pub(super) fn vat(input: &Value) -> Result<Value, String> {
    let currency = read::currency(input)?;
    let gross = read::money(input, "gross", &currency)?;
    let rate = read::tax_rate(input, "vat_rate")?;
    Ok(json!({"vat": currency.format(tax::contained(gross, rate.percent))}))
}

/// A line is sold at a till and read back from the document.
pub(super) fn line(input: &Value) -> Result<Value, String> {
    let currency = read::currency(input)?;
    let quantity = read::parsed(input, "quantity", Quantity::parse)?;
    let price = read::parsed(input, "unit_price", UnitPrice::parse)?;
    let rate = read::tax_rate(input, "vat_rate")?;
    let mut desk = Desk::new(currency);
    match read::text(input, "basis")? {
        "plu" => desk.sell(&desk::product(price, rate), AddLine::code("1").times(quantity)),
        "department" => {
            let add = AddLine::department(desk::DEPARTMENT, price).times(quantity);
            desk.sell(&desk::department(rate), add)
        }
        other => return Err(format!("no such basis: {other}")),
    }
    .map_err(|refusal| refusal.to_string())?;
    let line = desk.document()?.active_lines().last().ok_or("no line")?;
    Ok(json!({"total": currency.format(line.total), "vat": currency.format(line.tax())}))
}
