//! The orders in which the requests of a recording may reach a hub without changing what it holds in the end.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{counter_name, is_delivery};

/// Those that repeat and put off everything at once: a database of its own takes a while for each order.
pub(super) const WHOLE: [&str; 4] = ["forwards", "twice over", "each request twice", "deliveries at the end"];

/// Every order, by its name.
pub(super) fn of<'a>(exchanges: &[&'a Value]) -> Vec<(String, Vec<&'a Value>)> {
    let forwards = exchanges.to_vec();
    let mut orders = vec![("forwards".to_owned(), forwards.clone())];
    let can_start_anew = exchanges.iter().all(|exchange| counts_in_pairs(exchange));
    if can_start_anew {
        orders.push(("twice over".to_owned(), [forwards.clone(), forwards.clone()].concat()));
    }
    let can_come_late = can_start_anew && sends_one_version_each(exchanges);
    let each_twice = exchanges.iter().flat_map(|exchange| [*exchange, *exchange]).collect();
    orders.push(("each request twice".to_owned(), each_twice));
    if can_come_late {
        let (late, rest): (Vec<_>, Vec<_>) = exchanges.iter().partition(|exchange| is_delivery(exchange));
        orders.push(("deliveries at the end".to_owned(), [rest, late].concat()));
    }
    for (at, exchange) in exchanges.iter().enumerate() {
        let mut repeated = forwards.clone();
        repeated.insert(at, exchange);
        orders.push((format!("request {} twice", exchange["n"]), repeated));
        if can_come_late && is_delivery(exchange) {
            let mut dropped = forwards.clone();
            let late = dropped.remove(at);
            dropped.push(late);
            orders.push((format!("request {} at the end", exchange["n"]), dropped));
        }
    }
    orders
}

/// Whether each receipt counter comes with its period's: one alone counts in the period that the hub knows by then.
fn counts_in_pairs(exchange: &Value) -> bool {
    let counters = exchange["request"]["body"]["sequences"].as_array().into_iter().flatten();
    let mut counts = [0, 0];
    for name in counters.filter_map(counter_name) {
        match name {
            "ReceiptNumber" => counts[0] += 1,
            "ClosureNumber" => counts[1] += 1,
            _ => {}
        }
    }
    counts[0] == counts[1]
}

/// Whether no terminal sends two contents under one identity: the first to arrive is in force.
fn sends_one_version_each(exchanges: &[&Value]) -> bool {
    let mut sent = BTreeMap::new();
    exchanges.iter().all(|exchange| {
        let body = &exchange["request"]["body"];
        let lists = [&body["transactions"], &body["closures"]];
        lists.into_iter().filter_map(Value::as_array).flatten().all(|item| {
            let head = if item["head"].is_object() { &item["head"] } else { &item["closure"] };
            let identity = (body["terminal_code"].as_str(), head["id"].as_str().map(str::to_lowercase));
            *sent.entry(identity).or_insert(item) == item
        })
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn push(n: u32, total: &str, counters: &[&str]) -> Value {
        let sequences: Vec<Value> = counters.iter().map(|name| json!({"name": name, "value": 1})).collect();
        let item = json!({"head": {"id": "0d0c6c2e-6c0e-4a55-9a3a-1d5b6c6f0001", "total_amount": total}});
        json!({"n": n, "request": {"path": "/api/v1/pos/transactions",
            "body": {"terminal_code": "TILL-1", "transactions": [item], "sequences": sequences}}})
    }

    fn names(exchanges: &[Value]) -> Vec<String> {
        of(&exchanges.iter().collect::<Vec<_>>()).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn an_order_that_the_recording_makes_matter_is_not_tried() {
        let pair = ["ReceiptNumber", "ClosureNumber"];
        let alike = [push(1, "1.00", &pair), push(2, "1.00", &pair)];
        let everything = [
            "forwards",
            "twice over",
            "each request twice",
            "deliveries at the end",
            "request 1 twice",
            "request 1 at the end",
            "request 2 twice",
            "request 2 at the end",
        ];
        assert_eq!(names(&alike), everything);
        let versions = [push(1, "1.00", &pair), push(2, "2.00", &pair)];
        let repeated = ["forwards", "twice over", "each request twice", "request 1 twice", "request 2 twice"];
        assert_eq!(names(&versions), repeated);
        let alone = [push(1, "1.00", &pair[..1]), push(2, "1.00", &pair)];
        assert_eq!(names(&alone), ["forwards", "each request twice", "request 1 twice", "request 2 twice"]);
    }
}
