//! Requests sent to a hub, and what it must answer whatever became of them in the recording.

use axum::{
    body::{Body, to_bytes},
    http::Request,
};
use serde_json::Value;
use tower::ServiceExt;

use super::{
    counter_name, is_delivery,
    world::{PlayedHub, World},
};

/// A run of requests.
pub(super) struct Replay<'a> {
    pub(super) hub: &'a PlayedHub,
    pub(super) world: &'a World,
    /// Whether the counters in a seed are those of the recording: not when requests come twice or late.
    pub(super) compares_counters: bool,
}

impl Replay<'_> {
    pub(super) async fn run(&self, exchanges: &[&Value]) -> Result<(), String> {
        let mut compares_counters = self.compares_counters;
        for exchange in exchanges {
            let sent = self.send(exchange, compares_counters).await;
            sent.map_err(|reason| format!("request {}: {reason}", exchange["n"]))?;
            compares_counters &= was_taken(exchange);
        }
        Ok(())
    }

    async fn send(&self, exchange: &Value, compares_counters: bool) -> Result<(), String> {
        let (request, recorded) = (&exchange["request"], &exchange["response"]);
        let path = request["path"].as_str().unwrap_or_default();
        let forbidden = path.ends_with("/pos/init") && recorded["status"] == 403;
        let code = request["query"]["terminal_code"].as_str().unwrap_or_default();
        if forbidden {
            self.hub.let_pull(code, false).await?;
        }
        let (status, body) = self.call(request).await?;
        if forbidden {
            self.hub.let_pull(code, true).await?;
        }
        if is_delivery(exchange) {
            return delivered(request, expected_of(request, self.world), status, &body);
        }
        if path.ends_with("/pos/init") {
            return self.seeded(recorded, compares_counters, status, &body);
        }
        if path.ends_with("/pos/sequences") {
            return counted(&request["body"], expected_of(request, self.world), status, &body);
        }
        if path.trim_end_matches('/').ends_with("/health") {
            return if status == 200 && body["status"] == "ok" {
                Ok(())
            } else {
                Err(answered(status, &body))
            };
        }
        let shows_a_token =
            request["headers"]["Authorization"].as_str().is_some_and(|header| header.starts_with("Bearer "));
        if shows_a_token {
            // What the client of a GATE names is served, but for products, which no till writes.
            let expected = if path.trim_end_matches('/').ends_with("/products") { 403 } else { 200 };
            return if status == expected { Ok(()) } else { Err(answered(status, &body)) };
        }
        if status < 500 { Ok(()) } else { Err(answered(status, &body)) }
    }

    async fn call(&self, request: &Value) -> Result<(u16, Value), String> {
        let path = request["path"].as_str().unwrap_or_default();
        let query = request["query"].as_object().into_iter().flatten();
        let query: Vec<String> = query
            .map(|(name, value)| format!("{name}={}", encoded(value.as_str().unwrap_or_default())))
            .collect();
        let uri = if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) };
        let mut builder = Request::builder().method(request["method"].as_str().unwrap_or("GET")).uri(uri);
        for (name, value) in request["headers"].as_object().into_iter().flatten() {
            builder = builder.header(name, value.as_str().unwrap_or_default());
        }
        let body = match &request["body"] {
            Value::Null => Body::empty(),
            // A body that is no JSON is recorded as its text.
            Value::String(text) => Body::from(text.clone()),
            body @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                Body::from(body.to_string())
            }
        };
        let request = builder.body(body).map_err(|error| error.to_string())?;
        let response = self.hub.router.clone().oneshot(request).await;
        let response = response.map_err(|error| error.to_string())?;
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), usize::MAX).await.map_err(|error| error.to_string())?;
        Ok((status, serde_json::from_slice(&body).unwrap_or(Value::Null)))
    }

    /// A seed is the recorded one row by row; a refusal is the recorded one; a recorded fault says nothing of us.
    fn seeded(
        &self,
        recorded: &Value,
        compares_counters: bool,
        status: u16,
        body: &Value,
    ) -> Result<(), String> {
        match recorded["status"].as_u64() {
            Some(200) if recorded["body_file"].is_string() => {
                self.same_data(recorded, compares_counters, status, body)
            }
            Some(400 | 403 | 404) => {
                let same = Some(u64::from(status)) == recorded["status"].as_u64()
                    && body["status"] == "error"
                    && body["message"] == recorded["body"]["message"];
                if same { Ok(()) } else { Err(answered(status, body)) }
            }
            _ if status == 200 => Ok(()),
            _ => Err(answered(status, body)),
        }
    }

    fn same_data(
        &self,
        recorded: &Value,
        compares_counters: bool,
        status: u16,
        body: &Value,
    ) -> Result<(), String> {
        if status != 200 || body["status"] != "ok" {
            return Err(answered(status, body));
        }
        let mut expected = self.world.file(recorded["body_file"].as_str().unwrap_or_default())?;
        for (key, rows) in recorded["replace_data_keys"].as_object().into_iter().flatten() {
            expected["data"][key] = rows.clone();
        }
        for (key, rows) in expected["data"].as_object().into_iter().flatten() {
            let found = &body["data"][key];
            if key == "transaction_sequences" {
                if compares_counters && counters(rows) != counters(found) {
                    return Err(format!("`{key}`: {:?}, recorded {:?}", counters(found), counters(rows)));
                }
            } else if ["campaigns", "coupons"].contains(&key.as_str()) {
                if without_uses(rows) != without_uses(found) {
                    return Err(format!("`{key}` differs from the recorded rows"));
                }
            } else if rows != found {
                return Err(format!("`{key}` differs from the recorded rows"));
            }
        }
        Ok(())
    }
}

/// Rows without how often campaigns and coupons were used, which the recorded server never counted.
fn without_uses(rows: &Value) -> Value {
    let mut rows = rows.clone();
    for row in rows.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        row.retain(|field, _| field != "usage_count" && field != "total_usage_count");
    }
    rows
}

/// Whether the recorded server took what was sent, with its counters. Ours takes it whatever became of it there.
fn was_taken(exchange: &Value) -> bool {
    let path = exchange["request"]["path"].as_str().unwrap_or_default();
    let answers = ["response", "response_lost", "response_sent_too_late"].map(|name| &exchange[name]);
    let answer = answers.into_iter().find(|answer| answer.is_object());
    !(is_delivery(exchange) || path.ends_with("/pos/sequences"))
        || answer.is_some_and(|answer| answer["status"] == 200 && answer["body"]["accepted"] != 0)
}

/// Every item with an identity is taken, the first time and every time, and each is counted.
fn delivered(request: &Value, expected: u16, status: u16, body: &Value) -> Result<(), String> {
    let sent = &request["body"];
    let is_closing = request["path"].as_str().is_some_and(|path| path.ends_with("/pos/closures"));
    let items = sent[if is_closing { "closures" } else { "transactions" }].as_array();
    let Some(items) = items.filter(|_| names_terminal(sent)) else {
        return if status == 400 { Ok(()) } else { Err(answered(status, body)) };
    };
    if expected == 404 {
        return if status == 404 { Ok(()) } else { Err(answered(status, body)) };
    }
    let has_identity = |item: &&Value| {
        let head = if item["head"].is_object() { &item["head"] } else { &item["closure"] };
        head["id"].as_str().is_some_and(|id| uuid::Uuid::parse_str(id).is_ok())
    };
    let taken = items.iter().filter(has_identity).count();
    let counted = (body["accepted"].as_u64(), body["rejected"].as_u64());
    let expected = (u64::try_from(taken).ok(), u64::try_from(items.len() - taken).ok());
    let holds = status == 200 && body["status"] == "ok" && counted == expected;
    if holds { Ok(()) } else { Err(answered(status, body)) }
}

/// Counters alone: each that can be read is counted.
fn counted(sent: &Value, expected: u16, status: u16, body: &Value) -> Result<(), String> {
    let expected = if names_terminal(sent) && !sent["pos_id"].is_null() { expected } else { 400 };
    let sequences = sent["sequences"].as_array().into_iter().flatten();
    let taken = sequences.filter(|entry| counter_name(entry).is_some()).count();
    let holds =
        status == expected && (status != 200 || body["updated"].as_u64() == u64::try_from(taken).ok());
    if holds { Ok(()) } else { Err(answered(status, body)) }
}

/// Whether all three codes are there.
fn names_terminal(sent: &Value) -> bool {
    let codes = ["office_code", "store_code", "terminal_code"];
    codes.iter().all(|code| sent[*code].as_str().is_some_and(|code| !code.trim().is_empty()))
}

/// The status of an answer to what a terminal pushes: its store is known or it is not.
fn expected_of(request: &Value, world: &World) -> u16 {
    let store = request["body"]["store_code"].as_str().map(str::trim);
    let is_known = |seed: &Value| seed["store_code"].as_str() == store;
    if world.seeds.iter().any(is_known) { 200 } else { 404 }
}

fn counters(rows: &Value) -> Vec<(String, i64)> {
    let rows = rows.as_array().into_iter().flatten();
    rows.filter_map(|row| Some((row["name"].as_str()?.to_owned(), row["value"].as_i64()?))).collect()
}

fn answered(status: u16, body: &Value) -> String {
    format!("the hub answered {status} {body}")
}

fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.extend(['%', hex(byte >> 4), hex(byte & 15)]);
        }
    }
    encoded
}

fn hex(digit: u8) -> char {
    char::from_digit(digit.into(), 16).unwrap_or('0').to_ascii_uppercase()
}
