//! The shape of what a till sends and what comes back, and what survives the way.

use chrono::DateTime;
use proptest::prelude::*;
use saleflex_core::{digest::Digest, ids::ClosureNumber};
use saleflex_sync::wire::{
    EventKind, Mismatch, PeriodLink, PushAnswer, PushItem, PushRequest, Sender, Verdict,
};
use serde_json::value::RawValue;
use uuid::Uuid;

const SALE: &str =
    r#"{"event":"document_completed","net_due":249, "lines":[{"line":1,"total":249}],"rate":1.50}"#;

fn sender() -> Sender {
    Sender { office_code: "OFFICE-1".into(), store_code: "HARBOUR-1".into(), terminal_code: "TILL-1".into() }
}

fn item(payload: &str) -> PushItem {
    let entity_id = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
    let kind = EventKind::Transaction;
    PushItem {
        seq: 41,
        idempotency_key: PushItem::key(&sender(), &kind, entity_id, 1),
        kind,
        entity_id,
        revision: 1,
        depends_on_closure: Some(PeriodLink::BelongsTo(ClosureNumber(2))),
        missing: Vec::new(),
        created_at: DateTime::parse_from_rfc3339("2026-03-08T23:19:19+03:00").expect("a valid time"),
        schema_version: 1,
        payload_hash: Digest::of(payload.as_bytes()),
        payload: RawValue::from_string(payload.to_owned()).expect("valid JSON"),
        people: Vec::new(),
        forwarded: None,
    }
}

fn request(payload: &str) -> PushRequest {
    PushRequest::new(sender(), Uuid::from_u128(7), 0, vec![item(payload)])
}

#[test]
fn the_envelope_of_a_sale_keeps_its_shape() {
    insta::assert_snapshot!(serde_json::to_string_pretty(&request(SALE)).unwrap());
}

#[test]
fn the_answer_of_a_hub_keeps_its_shape_and_what_a_newer_hub_adds() {
    let text = r#"{
        "results": [
            {"id": "TILL-1/transaction/a/1", "result": "accepted", "flags": ["late"]},
            {"id": "TILL-1/closure/b/1", "result": "deferred"},
            {"id": "TILL-1/closure/c/1", "result": "rejected", "error": {"code": "content_mismatch"}}
        ],
        "high_water": {"epoch": "00000000-0000-0000-0000-000000000007", "contiguous_seq": 40, "missing": [42]},
        "server_time": "2026-03-08T20:19:20Z",
        "advice": {"slow_down": true}
    }"#;
    let answer: PushAnswer = serde_json::from_str(text).unwrap();
    assert_eq!(answer.results[1].result, Verdict::Unknown("deferred".into()));
    assert!(answer.further.contains_key("advice"));
    insta::assert_snapshot!(serde_json::to_string_pretty(&answer).unwrap());
}

#[test]
fn the_frozen_bytes_of_a_payload_arrive_as_they_were_frozen() {
    let sent = serde_json::to_string(&request(SALE)).unwrap();
    let received: PushRequest = serde_json::from_str(&sent).unwrap();
    assert_eq!(received.items[0].payload.get(), SALE);
    assert_eq!(received.items[0].verify(&received.sender), Ok(()));
    assert_eq!(serde_json::to_string(&received).unwrap(), sent);
}

#[test]
fn a_payload_changed_on_the_way_is_noticed() {
    let sent = serde_json::to_string(&request(SALE)).unwrap().replace("\"total\":249", "\"total\":1");
    let received: PushRequest = serde_json::from_str(&sent).unwrap();
    assert!(matches!(received.items[0].verify(&sender()), Err(Mismatch::Payload { .. })));
}

#[test]
fn a_key_of_another_fact_or_till_is_noticed() {
    let mut item = item(SALE);
    item.revision = 2;
    assert!(matches!(item.verify(&sender()), Err(Mismatch::Key { .. })));
    item.revision = 1;
    let other = Sender { terminal_code: "TILL-2".into(), ..sender() };
    assert!(matches!(item.verify(&other), Err(Mismatch::Key { .. })));
}

#[test]
fn a_kind_of_a_newer_version_is_kept_as_it_came() {
    let sent =
        serde_json::to_string(&request(SALE)).unwrap().replace("\"transaction\"", "\"drone_delivery\"");
    let received: PushRequest = serde_json::from_str(&sent).unwrap();
    assert_eq!(received.items[0].kind, EventKind::Unknown("drone_delivery".into()));
    assert!(serde_json::to_string(&received).unwrap().contains("\"kind\":\"drone_delivery\""));
}

proptest! {
    #[test]
    fn any_payload_arrives_unchanged(text: String) {
        let payload = serde_json::to_string(&text).expect("a text is JSON");
        let sent = serde_json::to_string(&request(&payload)).expect("an envelope is JSON");
        let received: PushRequest = serde_json::from_str(&sent).expect("what was sent can be read");
        prop_assert_eq!(received.items[0].payload.get(), payload);
        prop_assert_eq!(received.items[0].verify(&received.sender), Ok(()));
    }
}
