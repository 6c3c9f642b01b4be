//! Definitions that people write and read: products by their codes, where the engine knows them by their identity.

use std::convert::Infallible;

use saleflex_core::ids::ProductId;
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
    each(written, "", &|value: &mut Value, field: String| one(value, till, field))
}

/// Puts the code of a product in the place of its identity, as people write it. One that is gone keeps its identity.
pub(crate) fn by_code(written: &mut Value, till: &Till) {
    let code = |value: &mut Value, _: String| -> Result<(), Infallible> {
        let id = value.as_str().and_then(|text| Uuid::parse_str(text).ok());
        if let Some(product) = id.and_then(|id| till.catalog().product(ProductId::new(id))) {
            *value = product.code().into();
        }
        Ok(())
    };
    let Ok(()) = each(written, "", &code);
}

/// Does something to every value that names a product, with where it stands in the definition.
fn each<E>(
    written: &mut Value,
    path: &str,
    put: &impl Fn(&mut Value, String) -> Result<(), E>,
) -> Result<(), E> {
    match written {
        Value::Object(fields) => fields.iter_mut().try_for_each(|(name, value)| {
            let field = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            match (name.as_str(), value) {
                ("product", value) => put(value, field),
                ("products", Value::Array(values)) => (0..)
                    .zip(values)
                    .try_for_each(|(at, value): (usize, _)| put(value, format!("{field}[{at}]"))),
                (_, value) => each(value, &field, put),
            }
        }),
        Value::Array(items) => {
            (0..).zip(items).try_for_each(|(at, item): (usize, _)| each(item, &format!("{path}[{at}]"), put))
        }
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
