//! The cases of `vectors/documents`: each kind is one function of its input, compared with what is expected.

use rust_decimal::Decimal;
use saleflex_core::money::{Rounding, parse_decimal};
use serde_json::{Value, json};

use super::matching::matches;

/// Runs one case by its kind.
pub(super) fn run(case: &Value) -> Result<(), String> {
    let input = &case["input"];
    let actual = match text(case, "kind")? {
        "round" => round(input)?,
        kind => return Err(format!("no runner for the kind `{kind}`")),
    };
    matches(&case["expected"], &actual)
}

fn round(input: &Value) -> Result<Value, String> {
    let mut value = Rounding::HalfUp.round(decimal(input, "value")?, digits(input)?);
    value.rescale(digits(input)?);
    Ok(json!({"value": value.to_string()}))
}

fn text<'a>(object: &'a Value, field: &str) -> Result<&'a str, String> {
    object[field].as_str().ok_or_else(|| format!("`{field}` must be a text, not {}", object[field]))
}

fn decimal(object: &Value, field: &str) -> Result<Decimal, String> {
    parse_decimal(text(object, field)?).map_err(|error| format!("`{field}`: {error}"))
}

fn digits(object: &Value) -> Result<u32, String> {
    let digits = object["minor_digits"].as_u64().and_then(|digits| u32::try_from(digits).ok());
    digits.ok_or_else(|| format!("`minor_digits` must be a count, not {}", object["minor_digits"]))
}
