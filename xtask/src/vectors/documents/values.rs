//! Kinds that are arithmetic: `round`, `vat`, `line`.

use saleflex_core::{
    money::Rounding,
    quantity::{Quantity, UnitPrice},
    tax::{self, TaxMode},
};
use serde_json::{Value, json};

use super::read;

pub(super) fn round(input: &Value) -> Result<Value, String> {
    let digits = read::count(input, "minor_digits")?;
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

pub(super) fn line(input: &Value) -> Result<Value, String> {
    let currency = read::currency(input)?;
    match read::text(input, "basis")? {
        "plu" | "department" => {}
        other => return Err(format!("no such basis: {other}")),
    }
    let quantity = read::parsed(input, "quantity", Quantity::parse)?;
    let price = read::parsed(input, "unit_price", UnitPrice::parse)?;
    let total = price.times(quantity, &currency, Rounding::HalfUp).map_err(|error| error.to_string())?;
    let taxes = tax::on_line(total, &[read::tax_rate(input, "vat_rate")?], TaxMode::Inclusive, false);
    Ok(json!({"total": currency.format(total), "vat": currency.format(tax::total(&taxes))}))
}
