//! Definitions that people write: products by their codes, where the engine knows them by their identity.

use saleflex_store::Till;
use serde_json::Value;
use uuid::Uuid;

use crate::{message::definition, text::Text};

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
    pub(crate) fn words(&self, text: &Text) -> String {
        definition::no_product(text, &self.code)
    }
}

/// Puts the identity of a product in the place of its code, wherever a definition says `product`, or `products` of a list.
///
/// # Errors
/// [`NoSuchProduct`]: the first code that nobody knows.
pub(crate) fn by_identity(written: &mut Value, till: &Till) -> Result<(), NoSuchProduct> {
    named(written, till, "")
}

fn named(written: &mut Value, till: &Till, path: &str) -> Result<(), NoSuchProduct> {
    match written {
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
