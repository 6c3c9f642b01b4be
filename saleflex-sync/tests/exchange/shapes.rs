//! What comes back from a hub besides verdicts: rows, state, signals, messages.

use proptest::prelude::*;
use saleflex_sync::wire::{
    Authority, Bootstrap, ChangesPage, Cursor, Domain, Heartbeat, HeartbeatAnswer, SyncState,
    heartbeat::SignalKind,
    notification::NotificationList,
    refusal::{OUT_OF_ORDER, RefusalBody},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// Reads a text and writes it again.
fn through<T: DeserializeOwned + Serialize>(value: &Value) -> (T, Value) {
    let read: T = serde_json::from_value(value.clone()).expect("the shape is known");
    let written = serde_json::to_value(&read).expect("what was read can be written");
    (read, written)
}

#[test]
fn a_page_keeps_rows_tombstones_and_what_a_newer_hub_adds() {
    let page = json!({
        "items": [
            {"resource": "products", "id": "0190a000-0000-7000-8000-000000000001", "version": 7,
             "is_deleted": false, "code": "A", "sale_price": "2.5000", "shade": {"of": ["a", "newer", "hub"]}},
            {"resource": "drones", "id": "0190a000-0000-7000-8000-000000000002", "version": 8, "is_deleted": true}
        ],
        "next_cursor": "c8", "has_more": true, "server_time": "2026-03-08T20:19:20Z", "advice": "rest"
    });
    let (read, written) = through::<ChangesPage>(&page);
    assert_eq!(written, page);
    assert_eq!(read.items[0].row["sale_price"], "2.5000");
    assert!(read.items[1].is_deleted && read.items[1].row.is_empty());
    assert_eq!(read.next_cursor.change(), Ok(8));
}

#[test]
fn a_bootstrap_keeps_its_shape() {
    let bootstrap = json!({
        "schema_version": 1,
        "terminal": {
            "id": "0190a000-0000-7000-8000-000000000001", "store_id": "0190a000-0000-7000-8000-000000000002",
            "office_code": "O", "store_code": "S", "store_name": "Harbour", "terminal_code": "T", "number": 3,
            "currency": "GBP", "time_zone": "Europe/London", "prices_include_tax": true
        },
        "authority": {"campaign": "gate", "drones": "swarm"},
        "counters": [{"name": "ReceiptNumber", "value": 9}, {"name": "ClosureNumber", "value": 2}],
        "resources": [{"resource": "vat_rates", "rows": [{"id": "x", "rate": "20.00"}]}],
        "cursor": "c12"
    });
    let (read, written) = through::<Bootstrap>(&bootstrap);
    assert_eq!(written, bootstrap);
    assert_eq!(read.authority[&Domain::Campaign], Authority::Gate);
    assert_eq!(read.authority[&Domain::of("drones")], Authority::Unknown("swarm".into()));
}

#[test]
fn a_hub_that_never_heard_of_a_till_says_so() {
    let (state, _) = through::<SyncState>(&json!({}));
    assert_eq!((state.epoch, state.contiguous_seq, state.counters.len()), (None, 0, 0));
}

#[test]
fn a_heartbeat_and_its_answer_keep_their_shapes() {
    let beat = json!({
        "schema_version": 1, "software_version": "0.1.0", "epoch": "00000000-0000-0000-0000-000000000007",
        "last_seq": 12, "queue_depth": 2, "oldest_waiting": "2026-03-08T20:19:20Z", "quarantined": 1,
        "printers": {"receipt": "ready"}, "clock": "2026-03-08T20:20:20Z",
        "pulled_at": "2026-03-08T20:19:59Z", "cursor": "41"
    });
    assert_eq!(through::<Heartbeat>(&beat).1, beat);
    let answer = json!({
        "server_time": "2026-03-08T20:19:20Z", "life": "0190a000-0000-7000-8000-00000000000a",
        "signals": [
            {"id": "0190a000-0000-7000-8000-000000000001", "type": "cache_refresh", "domains": ["campaign"],
             "created_at": "2026-03-08T20:19:00Z"},
            {"id": "0190a000-0000-7000-8000-000000000002", "type": "sing", "created_at": "2026-03-08T20:19:00Z"}
        ]
    });
    let (read, written) = through::<HeartbeatAnswer>(&answer);
    assert_eq!(written, answer);
    assert_eq!(read.signals[1].kind, SignalKind::Unknown("sing".into()));
}

#[test]
fn a_message_of_a_kind_nobody_knows_is_kept() {
    let list = json!({"items": [{
        "id": "0190a000-0000-7000-8000-000000000001", "type": "horoscope", "title": "Today", "body": "Sell.",
        "created_at": "2026-03-08T20:19:00Z", "requires_ack": false
    }]});
    let (read, written) = through::<NotificationList>(&list);
    assert_eq!(written, list);
    assert!(!read.items[0].kind.asks_for_a_pull());
}

#[test]
fn a_refusal_says_where_to_go_on() {
    let text = json!({"code": "out_of_order", "message": "41 is missing", "expected_seq": 41});
    let (read, written) = through::<RefusalBody>(&text);
    assert_eq!((read.code.as_str(), read.expected_seq, written), (OUT_OF_ORDER, Some(41), text));
}

#[test]
fn a_cursor_has_one_text_for_a_place_and_never_breaks_an_address() {
    for text in ["", "a b", "a&b", "a/b", "ä", "a\n", &"x".repeat(513)] {
        assert!(Cursor::parse(text).is_err(), "{text:?}");
    }
    for text in ["c", "c+1", "c01", "c-1", "c99999999999999999999", "d1"] {
        assert!(Cursor::parse(text).map_or(true, |cursor| cursor.change().is_err()), "{text:?}");
    }
    assert_eq!(Cursor::parse("c0").unwrap().change(), Ok(0));
}

proptest! {
    #[test]
    fn every_place_comes_back_from_its_cursor(place: u64) {
        let cursor = Cursor::of_change(place);
        prop_assert_eq!(Cursor::parse(cursor.as_str()), Ok(cursor.clone()));
        prop_assert_eq!(cursor.change(), Ok(place));
    }
}
