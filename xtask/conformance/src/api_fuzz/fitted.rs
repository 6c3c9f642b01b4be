//! The hub's document as one caller may use it, with what the hub holds in it: an identity that nobody has is refused before
//! anything else of a request is looked at.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// What the hub holds, by the names of the fields that hold it.
pub(super) type Ids = BTreeMap<&'static str, Vec<String>>;

const BASE: &str = "/api/v1/";
const SCHEMAS: &str = "#/components/schemas/";
/// What stands before the name of a schema as it is sent. What the hub answers is held against the schema as it was.
const SENT: &str = "sent.";
/// What ends a thing: it is done to things that nothing else asks for.
const ENDS: [&str; 4] = ["/close", "/move", "/revoke", "/suspend"];

/// Who calls.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Caller {
    /// An owner of a company, who tries everything.
    Owner,
    /// The device of a till.
    Device,
    /// Whoever shows nothing, where the older wire is open.
    Nobody,
}

impl Caller {
    pub(super) const ALL: [Self; 3] = [Self::Owner, Self::Device, Self::Nobody];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Owner => "an owner",
            Self::Device => "a till's device",
            Self::Nobody => "nobody, on an open older wire",
        }
    }

    /// Whether an operation takes what this caller shows. What refuses everybody without a credential is no news.
    fn tries(self, operation: &Value) -> bool {
        let ways = operation["security"].as_array();
        match self {
            Self::Owner => true,
            Self::Device => ways.is_some_and(|ways| ways.iter().any(|way| way["device"].is_array())),
            Self::Nobody => ways.is_none_or(|ways| ways.contains(&json!({}))),
        }
    }
}

/// The document for one caller at a hub that holds these.
pub(super) fn fitted(mut document: Value, ids: &Ids, caller: Caller) -> Value {
    let schemas = document["components"]["schemas"].as_object().cloned().unwrap_or_default();
    for (name, mut schema) in schemas {
        send(&mut schema, ids);
        document["components"]["schemas"][format!("{SENT}{name}")] = schema;
    }
    for (path, item) in document["paths"].as_object_mut().into_iter().flatten() {
        let Some(operations) = item.as_object_mut() else { continue };
        operations.retain(|_, operation| caller.tries(operation));
        for (method, operation) in operations {
            fit(operation, (path.as_str(), method.as_str()), ids);
        }
    }
    document
}

fn fit(operation: &mut Value, of: (&str, &str), ids: &Ids) {
    if let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) {
        // An answer that waits for news of which there are none is a minute lost.
        parameters.retain(|parameter| parameter["name"] != "wait");
        for parameter in parameters {
            let name = parameter["name"].as_str().unwrap_or_default();
            let known = if parameter["in"] == "path" { in_path(of, name, ids) } else { ids.get(name) };
            if let Some(known) = known {
                may_be(&mut parameter["schema"], known);
            }
        }
    }
    let content = operation.get_mut("requestBody").and_then(|body| body.get_mut("content"));
    for media in content.and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
        if media["schema"] == json!({"type": "object"}) && media["example"].is_object() {
            media["schema"] = shape(&media["example"]);
        }
        send(media, ids);
    }
}

/// What a name in a path may be.
fn in_path<'a>((path, method): (&str, &str), name: &str, ids: &'a Ids) -> Option<&'a Vec<String>> {
    if name != "id" {
        return ids.get(name);
    }
    let family = path.strip_prefix(BASE)?.split('/').next()?;
    let ends = method == "delete" || ENDS.iter().any(|end| path.ends_with(end));
    ids.get(match (family, ends) {
        ("stores", true) => "spare_store",
        ("terminals", true) => "spare_terminal",
        ("stores" | "dashboards", false) => "store_id",
        ("terminals" | "sequences", false) => "terminal_id",
        ("products" | "stock", false) => "product_id",
        ("documents" | "transactions", false) => "document_id",
        ("loyalty", false) => "customer_id",
        ("definitions", false) => "row_id",
        _ => return None,
    })
}

/// What is sent by a schema, or by anything that holds one: what the hub holds where it may stand.
fn send(schema: &mut Value, ids: &Ids) {
    match schema {
        Value::Object(fields) => {
            if let Some(Value::String(named)) = fields.get_mut("$ref") {
                *named = named.replace(SCHEMAS, &format!("{SCHEMAS}{SENT}"));
            }
            for (name, field) in fields {
                match name.as_str() {
                    "example" | "examples" => fill(field, ids),
                    "properties" => properties(field, ids),
                    _ => send(field, ids),
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                send(item, ids);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn properties(all: &mut Value, ids: &Ids) {
    for (name, schema) in all.as_object_mut().into_iter().flatten() {
        send(schema, ids);
        if let Some(known) = ids.get(name.as_str()) {
            may_be(schema, known);
        }
    }
}

/// What the hub holds, or whatever else the schema allows.
fn may_be(schema: &mut Value, known: &[String]) {
    let other = schema.take();
    *schema = json!({"anyOf": [{"enum": known}, other]});
}

/// An example that names what the hub holds.
fn fill(example: &mut Value, ids: &Ids) {
    match example {
        Value::Object(fields) => {
            for (name, field) in fields {
                match ids.get(name.as_str()).and_then(|known| known.first()) {
                    Some(known) if field.is_string() => *field = json!(known),
                    _ => fill(field, ids),
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                fill(item, ids);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The schema of whatever looks like an example: an object of which nothing is said would never get past its first field.
fn shape(example: &Value) -> Value {
    match example {
        Value::Object(fields) => {
            let properties: Map<String, Value> =
                fields.iter().map(|(name, field)| (name.clone(), shape(field))).collect();
            let required: Vec<&String> = fields.keys().collect();
            json!({"type": "object", "properties": properties, "required": required})
        }
        Value::Array(items) => json!({"type": "array", "items": items.first().map_or(json!({}), shape)}),
        Value::String(text) => json!({"anyOf": [{"enum": [text]}, {"type": "string"}]}),
        Value::Number(number) => json!({"anyOf": [{"enum": [number]}, {"type": "number"}]}),
        Value::Bool(_) => json!({"type": "boolean"}),
        Value::Null => json!({}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Value {
        json!({
            "paths": {
                "/api/v1/stores/{id}": {
                    "get": {"security": [{"user": []}], "parameters": [
                        {"name": "id", "in": "path", "schema": {"type": "string"}},
                        {"name": "wait", "in": "query", "schema": {"type": "integer"}},
                    ]},
                    "delete": {"security": [{"user": []}], "parameters": [
                        {"name": "id", "in": "path", "schema": {"type": "string"}},
                    ]},
                },
                "/api/v1/coupons/validate": {"post": {
                    "security": [{"device": []}, {"basic": []}],
                    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Asked"}}}},
                    "responses": {"200": {"schema": {"$ref": "#/components/schemas/Asked"}}},
                }},
                "/api/v1/pos/transactions": {"post": {
                    "security": [{"basic": []}, {"device": []}, {}],
                    "requestBody": {"content": {"application/json": {
                        "schema": {"type": "object"},
                        "example": {"store_code": "HARBOUR-01", "transactions": [{"pos_id": 1}]},
                    }}},
                }},
                "/api/v1/health": {"get": {}},
            },
            "components": {"schemas": {"Asked": {
                "type": "object", "properties": {"store_id": {"type": "string"}}, "example": {"store_id": "x"},
            }}},
        })
    }

    fn ids() -> Ids {
        let one = |name: &str| vec![name.to_owned()];
        BTreeMap::from([("store_id", one("quay")), ("spare_store", one("hill")), ("store_code", one("QUAY"))])
    }

    #[test]
    fn each_caller_tries_what_takes_its_credential() {
        let tried = |caller| {
            let document = fitted(document(), &ids(), caller);
            let paths = document["paths"].as_object().unwrap().clone();
            let kept = paths.into_iter().filter(|(_, item)| *item != json!({}));
            let mut kept: Vec<String> = kept.map(|(path, _)| path.replace(BASE, "")).collect();
            kept.sort();
            kept.join(" ")
        };
        assert_eq!(tried(Caller::Owner), "coupons/validate health pos/transactions stores/{id}");
        assert_eq!(tried(Caller::Device), "coupons/validate pos/transactions");
        assert_eq!(tried(Caller::Nobody), "health pos/transactions");
    }

    #[test]
    fn requests_name_what_the_hub_holds_and_answers_are_read_as_they_were() {
        let fitted = fitted(document(), &ids(), Caller::Owner);
        let store = &fitted["paths"]["/api/v1/stores/{id}"];
        let text = json!({"type": "string"});
        assert_eq!(
            store["get"]["parameters"],
            json!([{"name": "id", "in": "path", "schema": {"anyOf": [{"enum": ["quay"]}, text]}}])
        );
        let ended = &store["delete"]["parameters"][0]["schema"]["anyOf"][0]["enum"];
        assert_eq!(ended, &json!(["hill"]), "what is ended is a store that nothing else asks for");
        let asked = &fitted["paths"]["/api/v1/coupons/validate"]["post"];
        let body = &asked["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        let answer = &asked["responses"]["200"]["schema"]["$ref"];
        assert_eq!(
            (body, answer),
            (&json!("#/components/schemas/sent.Asked"), &json!("#/components/schemas/Asked"))
        );
        let schemas = &fitted["components"]["schemas"];
        assert_eq!(schemas["Asked"], document()["components"]["schemas"]["Asked"]);
        let sent = &schemas["sent.Asked"];
        assert_eq!(sent["properties"]["store_id"]["anyOf"], json!([{"enum": ["quay"]}, text]));
        assert_eq!(sent["example"]["store_id"], "quay");
        let pushed = &fitted["paths"]["/api/v1/pos/transactions"]["post"]["requestBody"]["content"];
        let pushed = &pushed["application/json"];
        assert_eq!(pushed["example"]["store_code"], "QUAY");
        assert_eq!(pushed["schema"]["properties"]["store_code"]["anyOf"][0]["enum"], json!(["QUAY"]));
        assert_eq!(pushed["schema"]["properties"]["transactions"]["items"]["required"], json!(["pos_id"]));
    }
}
