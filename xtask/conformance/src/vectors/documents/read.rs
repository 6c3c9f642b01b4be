//! Reading the input of a case; whatever is missing or misspelt is an error and never a default.

use std::fmt::Display;

use rust_decimal::Decimal;
use saleflex_core::{
    money::{Currency, CurrencyCode, Money, parse_decimal},
    quantity::Percent,
    tax::TaxRate,
};
use serde_json::Value;

pub(in crate::vectors) fn text<'a>(object: &'a Value, field: &str) -> Result<&'a str, String> {
    object[field].as_str().ok_or_else(|| format!("`{field}` must be a text, not {}", object[field]))
}

/// What `read` makes of a field; nothing where the field is absent or `null`.
pub(in crate::vectors) fn optional<T>(
    object: &Value,
    field: &str,
    read: impl FnOnce() -> Result<T, String>,
) -> Result<Option<T>, String> {
    if object[field].is_null() { Ok(None) } else { read().map(Some) }
}

pub(in crate::vectors) fn decimal(object: &Value, field: &str) -> Result<Decimal, String> {
    parsed(object, field, parse_decimal)
}

/// A text read by a type's own parser.
pub(in crate::vectors) fn parsed<T, E: Display>(
    object: &Value,
    field: &str,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<T, String> {
    parse(text(object, field)?).map_err(|error| format!("`{field}`: {error}"))
}

pub(in crate::vectors) fn count(object: &Value, field: &str) -> Result<u32, String> {
    let count = object[field].as_u64().and_then(|count| u32::try_from(count).ok());
    count.ok_or_else(|| format!("`{field}` must be a count, not {}", object[field]))
}

pub(in crate::vectors) fn whole(object: &Value, field: &str) -> Result<i64, String> {
    object[field].as_i64().ok_or_else(|| format!("`{field}` must be a whole number, not {}", object[field]))
}

pub(in crate::vectors) fn flag(object: &Value, field: &str) -> Result<bool, String> {
    object[field].as_bool().ok_or_else(|| format!("`{field}` must be true or false, not {}", object[field]))
}

pub(in crate::vectors) fn list<'a>(object: &'a Value, field: &str) -> Result<&'a Vec<Value>, String> {
    object[field].as_array().ok_or_else(|| format!("`{field}` must be a list, not {}", object[field]))
}

/// Fraction digits to round to; fewer than none count as none.
pub(in crate::vectors) fn digits(object: &Value, field: &str) -> Result<u32, String> {
    u32::try_from(whole(object, field)?.max(0)).map_err(|error| format!("`{field}`: {error}"))
}

/// The currency of a case. Kinds that name none give only its minor digits; any currency with as many serves.
pub(in crate::vectors) fn currency(input: &Value) -> Result<Currency, String> {
    let digits = digits(input, "minor_digits")?;
    let code = match (&input["currency"], digits) {
        (Value::Null, 0) => "JPY",
        (Value::Null, 2) => "GBP",
        (Value::Null, 3) => "KWD",
        _ => text(input, "currency")?,
    };
    let currency = Currency::of(CurrencyCode::parse(code).map_err(|error| error.to_string())?);
    if currency.minor_digits() == digits {
        Ok(currency)
    } else {
        Err(format!("{code} has {} minor digits, not {digits}", currency.minor_digits()))
    }
}

pub(in crate::vectors) fn money(object: &Value, field: &str, currency: &Currency) -> Result<Money, String> {
    parsed(object, field, |text| currency.parse(text))
}

/// A rate named after its percentage, as these cases give no names. One below nothing contains no tax, as nothing does.
pub(in crate::vectors) fn tax_rate(object: &Value, field: &str) -> Result<TaxRate, String> {
    let is_below_nothing = decimal(object, field)?.is_sign_negative();
    let percent = if is_below_nothing { Percent::ZERO } else { parsed(object, field, Percent::parse)? };
    Ok(TaxRate { no: 1, name: format!("VAT {percent} %"), percent, jurisdiction: None })
}
