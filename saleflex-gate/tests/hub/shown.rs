//! What the document shows of answers is what its own shapes allow.

use chrono::{DateTime, NaiveDate};
use saleflex_gate::document;
use serde_json::{Value, json};
use uuid::Uuid;

/// Why a value is none of a shape; the field where it is not.
fn unfit(whole: &Value, shape: &Value, value: &Value) -> Option<String> {
    if let Some(place) = shape["$ref"].as_str() {
        return unfit(whole, whole.pointer(place.trim_start_matches('#')).unwrap(), value);
    }
    if let Some(parts) = shape["allOf"].as_array() {
        return parts.iter().find_map(|part| unfit(whole, part, value));
    }
    if let Some(choice) = shape["oneOf"].as_array() {
        let is_one = choice.iter().any(|one| unfit(whole, one, value).is_none());
        return (!is_one).then(|| format!("{value} is none of {shape}"));
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let kinds = &shape["type"];
    let is_of_kind =
        kinds.is_null() || *kinds == kind || kinds.as_array().is_some_and(|all| all.contains(&json!(kind)));
    let is_named = shape["enum"].as_array().is_none_or(|all| all.contains(value));
    if !is_of_kind || !is_named {
        return Some(format!("{value} is none of {shape}"));
    }
    match value {
        Value::String(text) => {
            let is_formed = match shape["format"].as_str() {
                Some("uuid") => Uuid::parse_str(text).is_ok(),
                Some("date-time") => DateTime::parse_from_rfc3339(text).is_ok(),
                Some("date") => text.parse::<NaiveDate>().is_ok(),
                _ => true,
            };
            (!is_formed).then(|| format!("{text} is none of {shape}"))
        }
        Value::Array(items) => items.iter().find_map(|item| unfit(whole, &shape["items"], item)),
        Value::Object(fields) => {
            let missing = shape["required"]
                .as_array()
                .into_iter()
                .flatten()
                .find(|name| name.as_str().is_some_and(|name| !fields.contains_key(name)));
            let unknown = fields.keys().find(|name| {
                shape["additionalProperties"] == false && shape["properties"].get(name.as_str()).is_none()
            });
            let within = || {
                let parts = shape["properties"].as_object()?.iter();
                parts
                    .filter_map(|(name, part)| fields.get(name).map(|value| (part, value)))
                    .find_map(|(part, value)| unfit(whole, part, value))
            };
            let wrong = missing.map(|name| format!("{name} is missing"));
            wrong.or_else(|| unknown.map(|name| format!("{name} is unknown"))).or_else(within)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

#[test]
fn every_answer_has_an_example_that_is_one_of_its_shape() {
    let whole = serde_json::to_value(document()).unwrap();
    let mut answers = 0;
    for (path, methods) in whole["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            for (status, answer) in operation["responses"].as_object().unwrap() {
                let content = &answer["content"]["application/json"];
                if content.is_null() || !status.starts_with('2') {
                    continue;
                }
                let example = content.get("example");
                assert!(
                    example.is_some_and(|example| !example.is_null()),
                    "{method} {path} {status} shows nothing"
                );
                let fault = unfit(&whole, &content["schema"], &content["example"]);
                assert_eq!(fault, None, "{method} {path} {status}: {example:?}");
                answers += 1;
            }
        }
    }
    assert!(answers > 150, "{answers}");
}

#[test]
fn an_example_that_is_none_of_its_shape_is_told() {
    let whole = json!({"Kind": {"type": "string", "enum": ["one", "two"]}});
    let shape = json!({"type": "object", "required": ["id"], "properties": {
        "id": {"type": "string", "format": "uuid"},
        "kind": {"oneOf": [{"type": "null"}, {"$ref": "#/Kind"}]},
    }});
    let id = Uuid::nil();
    assert_eq!(unfit(&whole, &shape, &json!({"id": id, "kind": "one"})), None);
    assert_eq!(unfit(&whole, &shape, &json!({"id": id, "kind": null})), None);
    for wrong in [json!({"kind": "one"}), json!({"id": "x"}), json!({"id": id, "kind": "three"}), json!([])] {
        assert!(unfit(&whole, &shape, &wrong).is_some(), "{wrong}");
    }
}
