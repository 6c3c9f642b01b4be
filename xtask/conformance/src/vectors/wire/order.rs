//! The orders in which the requests of a recording may reach a hub without changing what it holds in the end.

use std::{collections::BTreeMap, ptr};

use serde_json::Value;

use super::{counter_name, is_delivery, world::Kind};

/// The order of the recording itself.
pub(super) const FORWARDS: &str = "forwards";

/// One order.
pub(super) struct Order<'a> {
    pub(super) name: String,
    requests: Vec<&'a Value>,
    /// The one request that comes twice, late or never; none where that is everyone's lot.
    of: Option<&'a Value>,
}

impl<'a> Order<'a> {
    fn whole(name: &str, requests: Vec<&'a Value>) -> Self {
        Self { name: name.to_owned(), requests, of: None }
    }

    /// The requests that play on a database; none where it never hears of the one that the order is about. A server is
    /// dearer to ask: beside that one it gets what is written, as all questions are in the whole orders.
    pub(super) fn on(&self, database: &Kind) -> Option<Vec<&'a Value>> {
        let mut requests = self.requests.clone();
        if *database != Kind::Sqlite {
            if self.of.is_some_and(asks_no_books) {
                return None;
            }
            requests.retain(|request| match self.of {
                Some(of) => ptr::eq(*request, of) || request["request"]["method"] != "GET",
                None => !asks_no_books(request),
            });
        }
        Some(requests)
    }
}

/// Every order.
pub(super) fn of<'a>(exchanges: &[&'a Value]) -> Vec<Order<'a>> {
    let forwards = exchanges.to_vec();
    let mut orders = vec![Order::whole(FORWARDS, forwards.clone())];
    let can_start_anew = exchanges.iter().all(|exchange| counts_in_pairs(exchange));
    if can_start_anew {
        orders.push(Order::whole("twice over", [forwards.clone(), forwards.clone()].concat()));
    }
    let each_twice = exchanges.iter().flat_map(|exchange| [*exchange, *exchange]).collect();
    orders.push(Order::whole("each request twice", each_twice));
    if can_start_anew && sends_one_version_each(exchanges) {
        let (late, rest): (Vec<_>, Vec<_>) = exchanges.iter().partition(|exchange| is_delivery(exchange));
        orders.push(Order::whole("deliveries at the end", [rest, late].concat()));
    }
    for (at, exchange) in exchanges.iter().enumerate() {
        let mut repeated = forwards.clone();
        repeated.insert(at, exchange);
        let name = format!("request {} twice", exchange["n"]);
        orders.push(Order { name, requests: repeated, of: Some(*exchange) });
        orders.extend(dropped(exchanges, at));
    }
    orders
}

/// The order in which one request is lost on its way. A terminal makes up for what it pushes: as late as it may come without
/// another end. A seed that it never got leaves no trace.
fn dropped<'a>(exchanges: &[&'a Value], at: usize) -> Option<Order<'a>> {
    let (before, rest) = exchanges.split_at(at);
    let (lost, behind) = rest.split_first()?;
    let path = lost["request"]["path"].as_str().unwrap_or_default();
    if path.ends_with("/pos/init") {
        let name = format!("request {} lost", lost["n"]);
        return Some(Order { name, requests: [before, behind].concat(), of: Some(*lost) });
    }
    if !(is_delivery(lost) || path.ends_with("/pos/sequences")) {
        return None;
    }
    let passed = behind.iter().take_while(|next| may_pass(lost, next)).count();
    let (passed, behind) = behind.split_at(passed);
    let nearest = passed.last()?;
    let place = if behind.is_empty() { "at the end".to_owned() } else { format!("after {}", nearest["n"]) };
    let name = format!("request {} {place}", lost["n"]);
    Some(Order { name, requests: [before, passed, &[*lost], behind].concat(), of: Some(*lost) })
}

/// Whether it is all the same which of two requests comes first.
fn may_pass(one: &Value, other: &Value) -> bool {
    counts_in_pairs(one) && counts_in_pairs(other) && sends_one_version_each(&[one, other])
}

/// Whether a request is answered without the books.
fn asks_no_books(exchange: &Value) -> bool {
    let path = exchange["request"]["path"].as_str().unwrap_or_default();
    path.trim_end_matches('/').ends_with("/health")
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

    fn told(names: &[&str]) -> Vec<Value> {
        names.iter().map(|name| json!({"name": name, "value": 1})).collect()
    }

    fn push(n: u32, total: &str, counters: &[&str]) -> Value {
        let sequences = told(counters);
        let item = json!({"head": {"id": "0d0c6c2e-6c0e-4a55-9a3a-1d5b6c6f0001", "total_amount": total}});
        json!({"n": n, "request": {"path": "/api/v1/pos/transactions",
            "body": {"terminal_code": "TILL-1", "transactions": [item], "sequences": sequences}}})
    }

    fn names(exchanges: &[Value]) -> Vec<String> {
        of(&exchanges.iter().collect::<Vec<_>>()).into_iter().map(|order| order.name).collect()
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
        ];
        assert_eq!(names(&alike), everything);
        let versions = [push(1, "1.00", &pair), push(2, "2.00", &pair)];
        let repeated = ["forwards", "twice over", "each request twice", "request 1 twice", "request 2 twice"];
        assert_eq!(names(&versions), repeated);
        let alone = [push(1, "1.00", &pair[..1]), push(2, "1.00", &pair)];
        assert_eq!(names(&alone), ["forwards", "each request twice", "request 1 twice", "request 2 twice"]);
    }

    #[test]
    fn a_seed_or_a_counter_is_dropped_too_and_a_server_plays_each_of_it() {
        let ask = json!({"n": 1, "request": {"method": "GET", "path": "/api/v1/pos/init"}});
        let probe = json!({"n": 2, "request": {"method": "GET", "path": "/api/v1/health"}});
        let pair = told(&["ReceiptNumber", "ClosureNumber"]);
        let count = json!({"n": 3, "request": {"method": "POST", "path": "/api/v1/pos/sequences",
            "body": {"terminal_code": "TILL-1", "sequences": pair}}});
        let alone = push(5, "2.00", &["ReceiptNumber"]);
        let all = [ask, probe, count, push(4, "1.00", &[]), alone];
        let all: Vec<&Value> = all.iter().collect();
        let orders = of(&all);
        let on = |kind: &Kind| -> Vec<(String, Vec<String>)> {
            let played = orders.iter().filter_map(|order| Some((order.name.clone(), order.on(kind)?)));
            let numbers = |requests: Vec<&Value>| requests.iter().map(|one| one["n"].to_string()).collect();
            played.map(|(name, requests)| (name, numbers(requests))).collect()
        };
        let on_a_server = on(&Kind::Postgres("postgres://127.0.0.1".to_owned()));
        let shown: Vec<String> =
            on_a_server.iter().map(|(name, numbers)| format!("{name}: {}", numbers.join(" "))).collect();
        let expected = [
            "forwards: 1 3 4 5",
            "each request twice: 1 1 3 3 4 4 5 5",
            "request 1 twice: 1 1 3 4 5",
            "request 1 lost: 3 4 5",
            "request 3 twice: 3 3 4 5",
            "request 3 after 4: 4 3 5",
            "request 4 twice: 3 4 4 5",
            "request 5 twice: 3 4 5 5",
        ];
        assert_eq!(shown, expected);
        assert_eq!(on(&Kind::Sqlite).len(), expected.len() + 1, "the probe is repeated on SQLite alone");
    }
}
