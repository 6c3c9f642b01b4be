//! Definitions that people write and read: products and segments by their codes, where the engine knows them by their identity.

use std::convert::Infallible;

use saleflex_core::ids::{ProductId, SegmentId};
use saleflex_store::Till;
use serde_json::Value;
use uuid::Uuid;

use crate::{message::definition, text::Text};

/// What a definition names by a code.
#[derive(Clone, Copy, Debug)]
enum Named {
    Product,
    Segment,
}

/// A code that no product, or no segment, has.
#[derive(Debug)]
pub(crate) struct UnknownCode {
    /// Where it stands in the definition.
    pub(crate) field: String,
    /// The code.
    pub(crate) code: String,
    named: Named,
}

impl UnknownCode {
    /// What is wrong.
    pub(crate) fn words(&self, text: &Text) -> String {
        match self.named {
            Named::Product => definition::no_product(text, &self.code),
            Named::Segment => definition::no_segment(text, &self.code),
        }
    }
}

/// Puts the identity of a product in the place of its code, wherever a definition says `product`, or `products` of a list, and
/// that of a segment wherever it says `segment`.
///
/// # Errors
/// [`UnknownCode`]: the first code that nobody knows.
pub(crate) fn by_identity(written: &mut Value, till: &Till) -> Result<(), UnknownCode> {
    each(written, "", &|value: &mut Value, named, field: String| one(value, till, (named, field)))
}

/// Puts the code of a product or a segment in the place of its identity, as people write it. One that is gone keeps its
/// identity.
pub(crate) fn by_code(written: &mut Value, till: &Till) {
    let code = |value: &mut Value, named: Named, _: String| -> Result<(), Infallible> {
        let id = value.as_str().and_then(|text| Uuid::parse_str(text).ok());
        let code = id.and_then(|id| match named {
            Named::Product => till.catalog().product(ProductId::new(id)).map(|known| known.code().to_owned()),
            Named::Segment => {
                let id = SegmentId::new(id);
                till.segments().iter().find(|known| known.id == id).map(|known| known.code.clone())
            }
        });
        if let Some(code) = code {
            *value = code.into();
        }
        Ok(())
    };
    let Ok(()) = each(written, "", &code);
}

/// Does something to every value that names a product or a segment, with where it stands in the definition.
fn each<E>(
    written: &mut Value,
    path: &str,
    put: &impl Fn(&mut Value, Named, String) -> Result<(), E>,
) -> Result<(), E> {
    match written {
        Value::Object(fields) => fields.iter_mut().try_for_each(|(name, value)| {
            let field = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            match (name.as_str(), value) {
                ("product", value) => put(value, Named::Product, field),
                ("segment", value) if value.is_string() => put(value, Named::Segment, field),
                ("products", Value::Array(values)) => {
                    (0..).zip(values).try_for_each(|(at, value): (usize, _)| {
                        put(value, Named::Product, format!("{field}[{at}]"))
                    })
                }
                (_, value) => each(value, &field, put),
            }
        }),
        Value::Array(items) => {
            (0..).zip(items).try_for_each(|(at, item): (usize, _)| each(item, &format!("{path}[{at}]"), put))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

fn one(value: &mut Value, till: &Till, (named, field): (Named, String)) -> Result<(), UnknownCode> {
    let Some(code) = value.as_str().filter(|code| Uuid::parse_str(code).is_err()) else {
        return Ok(());
    };
    let id = match named {
        Named::Product => till.catalog().product_by_code(code).map(|known| known.id().to_string()),
        Named::Segment => {
            till.segments().iter().find(|known| known.code == code).map(|known| known.id.to_string())
        }
    };
    let id = id.ok_or_else(|| UnknownCode { field, code: code.to_owned(), named })?;
    *value = id.into();
    Ok(())
}
