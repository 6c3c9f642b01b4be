//! Definitions that people write: products by their codes, where the engine knows them by their identity.

use saleflex_store::Till;
use serde_json::Value;
use uuid::Uuid;

/// Puts the identity of a product in the place of its code, wherever a definition says `product`. A code that nobody knows
/// stays, and whoever reads the definition refuses it.
pub(crate) fn by_identity(definition: &mut Value, till: &Till) {
    match definition {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(code) if name == "product" && Uuid::parse_str(code).is_err() => {
                        if let Some(product) = till.catalog().product_by_code(code) {
                            *code = product.id().to_string();
                        }
                    }
                    Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
                    Value::Array(_) | Value::Object(_) => by_identity(value, till),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| by_identity(item, till)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
