//! What answers look like: an example of each that has none of its own, made from its shape, so that none is forgotten and
//! none shows what no answer has.

use serde_json::{Map, Value, json};
use utoipa::openapi::{OpenApi, RefOr};

pub(super) const IDENTITY: &str = "018f0000-0000-7000-8000-000000000001";
/// Shapes within shapes are followed so far: none of ours goes deeper, and one that held itself would have no end.
const DEEPEST: u8 = 24;
/// What is never shown, not even as an example.
const SECRETS: [&str; 7] =
    ["access", "enrolment_code", "passcode", "recovery_codes", "refresh", "secret", "token"];
/// What is usually so.
const USUAL: [&str; 3] = ["is_active", "is_complete", "is_whole"];

/// What texts say, by the names of their fields; sorted.
const TEXTS: [(&str, &str); 64] = [
    ("address", "192.0.2.7"),
    ("amount", "3.40"),
    ("authority", "gate"),
    ("authority_level", "orders up to 500"),
    ("barcode", "4006381333931"),
    ("body", "The bread van is late."),
    ("campaign_code", "TEN"),
    ("campaign_name", "Ten percent"),
    ("capabilities", "catalog.read"),
    ("capability", "catalog.read"),
    ("cashier_number", "7"),
    ("closed_on", "2026-11-21"),
    ("code", "2001"),
    ("codes", "WELCOME"),
    ("columns", "gross_sales"),
    ("company_code", "harbour"),
    ("currency", "GBP"),
    ("cursor", "41"),
    ("data_version", "41"),
    ("description", "Ten percent off"),
    ("detail", "sale_price"),
    ("discount_amount", "0.34"),
    ("discount_code", "TEN"),
    ("discount_rate", "10"),
    ("document_type", "FISCAL_RECEIPT"),
    ("email", "ada@example.com"),
    ("error_code", "document_incomplete"),
    ("field", "sale_price"),
    ("file_name", "tax.csv"),
    ("first_name", "Ada"),
    ("flags", "late"),
    ("id", IDENTITY),
    ("iso_alpha2", "GB"),
    ("key", "code"),
    ("kind", "campaign"),
    ("last4", "0042"),
    ("last_name", "Byron"),
    ("location", "FLOOR"),
    ("message", "what the path or the body names is not there"),
    ("name", "Tea"),
    ("next_cursor", "41"),
    ("number", "20261121-0001"),
    ("occurred_at", "2026-11-21T12:00:00"),
    ("office_code", "OFC-HARBOUR"),
    ("office_codes", "OFC-HARBOUR"),
    ("phone", "+44 20 7946 0000"),
    ("policy", "refuse"),
    ("quota_policy", "refuse"),
    ("read", "catalog.read"),
    ("reason", "A broken jug"),
    ("resource", "products"),
    ("role", "store_manager"),
    ("roles", "store_manager"),
    ("schema_version", "1.0"),
    ("secret_used_from", "192.0.2.7"),
    ("sign", "£"),
    ("state", "open"),
    ("store_code", "HARBOUR-01"),
    ("store_name", "Harbour"),
    ("terminal_code", "TILL-1"),
    ("time_zone", "Europe/London"),
    ("type_name", "CASH"),
    ("username", "ada"),
    ("write", "catalog.write"),
];

/// Adds them.
pub(super) fn add(document: &mut OpenApi) {
    let Ok(whole) = serde_json::to_value(&*document) else { return };
    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            for (status, answer) in &mut operation.responses.responses {
                let RefOr::T(answer) = answer else { continue };
                for (kind, content) in &mut answer.content {
                    let RefOr::T(content) = content else { continue };
                    if status.starts_with('2') && kind == "application/json" && content.example.is_none() {
                        let shape =
                            content.schema.as_ref().and_then(|shape| serde_json::to_value(shape).ok());
                        content.example = shape.map(|shape| of(&whole, ("", &shape), 0));
                    }
                }
            }
        }
    }
}

/// An example of a shape that stands in a field of a name.
fn of(whole: &Value, (name, shape): (&str, &Value), depth: u8) -> Value {
    if depth > DEEPEST {
        return Value::Null;
    }
    let within = |part: &Value| of(whole, (name, part), depth + 1);
    if let Some(own) = own(shape) {
        return own;
    }
    if let Some(place) = shape["$ref"].as_str() {
        return whole.pointer(place.trim_start_matches('#')).map_or(Value::Null, within);
    }
    if let Some(parts) = shape["allOf"].as_array() {
        let fields = parts.iter().map(within).filter_map(|part| part.as_object().cloned());
        return Value::Object(fields.flatten().collect());
    }
    if let Some(choice) = shape["oneOf"].as_array() {
        return choice.iter().find(|one| one["type"] != "null").map_or(Value::Null, within);
    }
    match kind(shape) {
        Some("object") => object(whole, (name, shape), depth),
        Some("array") => Value::Array(shape.get("items").map(within).into_iter().collect()),
        Some("string") => text(name, shape).into(),
        Some("integer" | "number") => shape["minimum"].as_i64().unwrap_or(1).max(1).into(),
        Some("boolean") => USUAL.contains(&name).into(),
        _ => Value::Null,
    }
}

/// What the shape itself names: an example, the first of several, its first value, or what it is where nothing is said.
fn own(shape: &Value) -> Option<Value> {
    let first = |name: &str| shape[name].as_array().and_then(|all| all.first());
    let own = shape.get("example").or_else(|| first("examples")).or_else(|| first("enum"));
    own.or_else(|| shape.get("default")).filter(|value| !value.is_null()).cloned()
}

/// What it is beside nothing.
fn kind(shape: &Value) -> Option<&str> {
    let mut several = shape["type"].as_array().into_iter().flatten().filter_map(Value::as_str);
    shape["type"].as_str().or_else(|| several.find(|kind| *kind != "null"))
}

fn object(whole: &Value, (name, shape): (&str, &Value), depth: u8) -> Value {
    let mut fields = Map::new();
    for (name, part) in shape["properties"].as_object().into_iter().flatten() {
        fields.insert(name.clone(), of(whole, (name, part), depth + 1));
    }
    if let Some(part) = shape.get("additionalProperties").filter(|part| part.is_object()) {
        let key = if name == "authority" { "catalog" } else { "name" }.to_owned();
        fields.insert(key, of(whole, (name, part), depth + 1));
    }
    if fields.is_empty() && name == "row" {
        return json!({"code": "2001", "name": "Tea", "sale_price": "3.40"});
    }
    Value::Object(fields)
}

/// A text: in its form, as the description says (`active`, `closed`), as such fields do, or else its name.
pub(super) fn text(name: &str, shape: &Value) -> String {
    if SECRETS.contains(&name) {
        return "…".to_owned();
    }
    let formed = match shape["format"].as_str() {
        Some("uuid") => Some(IDENTITY),
        Some("date-time") => Some("2026-11-21T12:00:00Z"),
        Some("date") => Some("2026-11-21"),
        _ => None,
    };
    let told = shape["description"].as_str().unwrap_or_default();
    let is_value = |word: &&str| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        !word.is_empty() && word.bytes().all(is_plain)
    };
    let word = || told.split('`').skip(1).step_by(2).find(is_value);
    let usual = || TEXTS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text);
    let decimal = || told.contains("decimal").then_some("3.40");
    let known = formed.or_else(word).or_else(usual).or_else(decimal);
    known.map_or_else(|| name.replace('_', " "), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_says_what_the_shape_and_its_words_say_and_shows_no_secret() {
        let whole = json!({"shapes": {"Item": {"type": "object", "properties": {
            "id": {"type": "string", "format": "uuid"},
            "state": {"type": "string", "description": "`active` or `closed`."},
            "closed_at": {"type": ["string", "null"], "format": "date-time"},
            "secret": {"type": "string"},
            "count": {"type": "integer", "minimum": 2},
            "kind": {"type": "string", "enum": ["one", "two"]},
            "is_active": {"type": "boolean"},
        }}}});
        let list = json!({"type": "array", "items": {"$ref": "#/shapes/Item"}});
        let expected = json!([{
            "id": IDENTITY, "state": "active", "closed_at": "2026-11-21T12:00:00Z", "secret": "…", "count": 2,
            "kind": "one", "is_active": true,
        }]);
        assert_eq!(of(&whole, ("items", &list), 0), expected);
        let both = json!({"allOf": [{"$ref": "#/shapes/Item"}, {"type": "object", "properties": {"count": {"type": "integer"}}}]});
        assert_eq!(of(&whole, ("", &both), 0)["count"], 1);
        let itself = json!({"shapes": {"Item": {"type": "array", "items": {"$ref": "#/shapes/Item"}}}});
        assert!(of(&itself, ("", &json!({"$ref": "#/shapes/Item"})), 0).is_array(), "it has an end");
    }

    #[test]
    fn texts_stand_once_and_in_order() {
        assert!(TEXTS.is_sorted_by(|(one, _), (other, _)| one < other));
    }
}
