//! Definitions that people write: products by their codes, where the engine knows them by their identity, and what is wrong
//! with a field in words that say what is meant.

use saleflex_store::Till;
use serde_json::Value;
use uuid::Uuid;

/// A code that no product has.
#[derive(Debug)]
pub(crate) struct NoSuchProduct {
    /// Where it stands in the definition.
    pub(crate) field: String,
    /// The code.
    pub(crate) code: String,
}

impl NoSuchProduct {
    /// What is wrong.
    pub(crate) fn words(&self) -> String {
        format!("no product has the code {}", self.code)
    }
}

/// Puts the identity of a product in the place of its code, wherever a definition says `product`, or `products` of a list.
///
/// # Errors
/// [`NoSuchProduct`]: the first code that nobody knows.
pub(crate) fn by_identity(definition: &mut Value, till: &Till) -> Result<(), NoSuchProduct> {
    named(definition, till, "")
}

fn named(definition: &mut Value, till: &Till, path: &str) -> Result<(), NoSuchProduct> {
    match definition {
        Value::Object(fields) => fields.iter_mut().try_for_each(|(name, value)| {
            let field = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            match (name.as_str(), value) {
                ("product", code) => one(code, till, field),
                ("products", Value::Array(codes)) => (0..)
                    .zip(codes)
                    .try_for_each(|(at, code): (usize, _)| one(code, till, format!("{field}[{at}]"))),
                (_, value) => named(value, till, &field),
            }
        }),
        Value::Array(items) => (0..)
            .zip(items)
            .try_for_each(|(at, item): (usize, _)| named(item, till, &format!("{path}[{at}]"))),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

fn one(value: &mut Value, till: &Till, field: String) -> Result<(), NoSuchProduct> {
    let Some(code) = value.as_str().filter(|code| Uuid::parse_str(code).is_err()) else {
        return Ok(());
    };
    let known = till.catalog().product_by_code(code);
    let product = known.ok_or_else(|| NoSuchProduct { field, code: code.to_owned() })?;
    *value = product.id().to_string().into();
    Ok(())
}

/// Why a field is none of its kind, with what it is written like.
pub(crate) fn fault_of(field: &str, error: &serde_json::Error) -> String {
    let meant = match field.rsplit('.').next().unwrap_or_default() {
        "start" | "end" => "a day such as 2026-03-31",
        "from" | "until" => "an hour such as 15:00:00",
        "id" | "segment" | "store" | "brand" => "an identity such as 0b3b4a52-5d3c-4a8e-9c39-5b0b8a1f6d10",
        _ => return error.to_string(),
    };
    // What is unknown or missing says so, and needs no sample.
    let words = error.to_string();
    if words.contains("field") { words } else { format!("{words} (written like: {meant})") }
}
