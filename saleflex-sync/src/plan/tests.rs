use chrono::DateTime;
use saleflex_core::digest::Digest;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::*;
use crate::wire::{EventKind, Sender};

fn request(count: u64) -> PushRequest {
    let sender = Sender { office_code: "O".into(), store_code: "S".into(), terminal_code: "T".into() };
    let item = |seq: u64| {
        let entity_id = Uuid::from_u128(u128::from(seq));
        PushItem {
            seq,
            kind: EventKind::Transaction,
            entity_id,
            revision: 1,
            depends_on_closure: None,
            missing: Vec::new(),
            created_at: DateTime::UNIX_EPOCH.into(),
            idempotency_key: PushItem::key(&sender, &EventKind::Transaction, entity_id, 1),
            schema_version: 1,
            payload_hash: Digest::of(b"{}"),
            payload: RawValue::from_string("{}".into()).unwrap(),
            people: Vec::new(),
            forwarded: None,
        }
    };
    PushRequest::new(sender.clone(), Uuid::from_u128(9), 0, (1..=count).map(item).collect())
}

fn answer(request: &PushRequest, results: &[&str]) -> String {
    let result =
        |(item, result): (&PushItem, &&str)| format!(r#"{{"id":"{}",{result}}}"#, item.idempotency_key);
    let results: Vec<String> = request.items.iter().zip(results).map(result).collect();
    format!(r#"{{"results":[{}]}}"#, results.join(","))
}

#[test]
fn only_an_answer_that_names_an_item_makes_it_sent() {
    let request = request(5);
    let body = answer(
        &request,
        &[
            r#""result":"accepted","flags":["number_reused"]"#,
            r#""result":"duplicate""#,
            r#""result":"postponed_to_next_week""#,
            r#""result":"rejected","error":{"code":"content_mismatch"}"#,
        ],
    );
    let mismatch = ItemError { code: "content_mismatch".into(), detail: String::new() };
    assert_eq!(
        next(&request, 200, body.as_bytes(), None),
        Next::Record(vec![
            (1, Outcome::Sent { is_duplicate: false, flags: vec!["number_reused".into()] }),
            (2, Outcome::Sent { is_duplicate: true, flags: vec![] }),
            (3, Outcome::Retry(None)),
            (4, Outcome::Quarantine(mismatch)),
            (5, Outcome::Retry(None)),
        ]),
    );
}

#[test]
fn an_answer_that_is_not_an_answer_changes_nothing() {
    let back_off = Next::BackOff { at_least: Duration::ZERO, is_breakdown: false };
    for body in ["", "<html>", "{\"results\":", "{}"] {
        assert_eq!(next(&request(1), 200, body.as_bytes(), None), back_off, "{body}");
    }
    for status in [408, 409, 425, 502, 503, 504, 418] {
        assert_eq!(next(&request(1), status, b"", None), back_off, "{status}");
    }
    let broke_down = Next::BackOff { at_least: Duration::ZERO, is_breakdown: true };
    assert_eq!(next(&request(1), 500, b"", None), broke_down);
    let minute = Duration::from_secs(60);
    let left_alone = Next::BackOff { at_least: minute, is_breakdown: false };
    assert_eq!(next(&request(1), 429, b"", Some(minute)), left_alone);
}

#[test]
fn a_refused_batch_is_split_and_a_refused_item_is_set_aside_with_the_reason() {
    assert_eq!(next(&request(2), 422, b"", None), Next::Split);
    let body = br#"{"code":"schema","detail":"version 7"}"#;
    let Next::Record(outcomes) = next(&request(1), 422, body, None) else { panic!("not recorded") };
    let reason = ItemError { code: "schema".into(), detail: "version 7".into() };
    assert_eq!(outcomes, [(1, Outcome::Quarantine(reason))]);
    let Next::Record(outcomes) = next(&request(1), 413, b"too large", None) else { panic!("not recorded") };
    let reason = ItemError { code: "http_413".into(), detail: "too large".into() };
    assert_eq!(outcomes, [(1, Outcome::Quarantine(reason))]);
}

#[test]
fn configuration_and_order_are_told_apart_from_failures() {
    assert_eq!(next(&request(1), 401, b"", None), Next::RenewToken);
    assert_eq!(next(&request(1), 403, b"", None), Next::Pause);
    assert_eq!(next(&request(1), 404, b"", None), Next::Pause);
    let body = br#"{"code":"out_of_order","expected_seq":7}"#;
    assert_eq!(next(&request(1), 409, body, None), Next::ContinueFrom(7));
}

#[test]
fn waits_double_up_to_their_bound_and_are_spread() {
    let longest = |failures| wait(failures, u32::MAX, Duration::ZERO).as_millis();
    assert_eq!([1, 2, 3, 8, 9, 4_000_000_000].map(longest), [1_999, 3_999, 7_999, 255_999, 299_999, 299_999]);
    assert_eq!(wait(5, 0, Duration::ZERO), Duration::from_secs(1));
    assert_eq!(wait(3, u32::MAX / 2, Duration::ZERO).as_millis(), 3_999);
    assert_eq!(wait(1, 0, Duration::from_secs(90)), Duration::from_secs(90));
}
