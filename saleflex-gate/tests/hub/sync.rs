//! What our tills speak: pushed events take effect once, definitions come as pages.

use axum::http::StatusCode;
use saleflex_core::{digest::Digest, ids::ClosureNumber};
use saleflex_gate::{
    TerminalChange,
    db::{Books, DatabaseError, Tenant},
    settings::OfficeWire,
};
use saleflex_sync::wire::{EventKind, PeriodLink, PushItem, PushRequest, Sender};
use serde_json::{Value, json, value::RawValue};
use uuid::Uuid;

use super::support::{Shop, every_books};

pub(crate) const PUSH: &str = "/api/v1/sync/push";

async fn shops() -> Vec<Shop> {
    let mut shops = Vec::new();
    for books in every_books().await {
        shops.push(Shop::open(books, OfficeWire::Closed).await);
    }
    shops
}

pub(crate) fn sender() -> Sender {
    let [office, store, terminal] = ["OFC-HARBOUR", "HARBOUR-01", "TILL-1"].map(str::to_owned);
    Sender { office_code: office, store_code: store, terminal_code: terminal }
}

pub(crate) fn item(seq: u64, entity: u128, payload: &str) -> PushItem {
    let (kind, entity_id) = (EventKind::Transaction, Uuid::from_u128(entity));
    PushItem {
        seq,
        entity_id,
        revision: 1,
        depends_on_closure: Some(PeriodLink::BelongsTo(ClosureNumber(1))),
        missing: Vec::new(),
        created_at: "2026-11-21T12:00:00+03:00".parse().unwrap(),
        idempotency_key: PushItem::key(&sender(), &kind, entity_id, 1),
        kind,
        schema_version: 1,
        payload_hash: Digest::of(payload.as_bytes()),
        payload: RawValue::from_string(payload.to_owned()).unwrap(),
        people: Vec::new(),
        forwarded: None,
    }
}

pub(crate) fn push(items: Vec<PushItem>) -> Value {
    serde_json::to_value(PushRequest::new(sender(), Uuid::from_u128(99), 0, items)).unwrap()
}

pub(crate) fn verdicts(answer: &Value) -> Vec<&str> {
    answer["results"].as_array().unwrap().iter().map(|result| result["result"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_event_takes_effect_once_and_other_content_under_its_key_is_refused() {
    for shop in shops().await {
        let token = Some(shop.till_1.secret.as_str());
        let request = push(vec![item(1, 1, "{\"a\":1}"), item(2, 2, "{\"b\":2}")]);
        let (status, answer) = shop.post(PUSH, token, &request).await;
        assert_eq!((status, verdicts(&answer)), (StatusCode::OK, vec!["accepted", "accepted"]), "{answer}");
        let (_, answer) = shop.post(PUSH, token, &request).await;
        assert_eq!(verdicts(&answer), ["duplicate", "duplicate"]);
        let (_, answer) =
            shop.post(PUSH, token, &push(vec![item(1, 1, "{\"a\":2}"), item(3, 3, "{}")])).await;
        assert_eq!(verdicts(&answer), ["rejected", "accepted"], "a bad item stops nobody");
        assert_eq!(answer["results"][0]["error"]["code"], "content_mismatch");
        assert_eq!(answer["high_water"]["contiguous_seq"], 3);
    }
}

#[tokio::test]
async fn of_events_under_one_key_in_one_request_the_first_is_in_force() {
    for shop in shops().await {
        let token = Some(shop.till_1.secret.as_str());
        let items = vec![item(1, 1, "1"), item(1, 1, "1"), item(1, 1, "2"), item(2, 2, "2")];
        let (_, answer) = shop.post(PUSH, token, &push(items)).await;
        assert_eq!(verdicts(&answer), ["accepted", "duplicate", "rejected", "accepted"], "{answer}");
        assert_eq!(answer["results"][2]["error"]["code"], "content_mismatch");
        assert_eq!(answer["high_water"]["contiguous_seq"], 2);
    }
}

#[tokio::test]
async fn events_with_one_number_are_noted_wherever_in_the_sequence_it_is() {
    for shop in shops().await {
        let token = Some(shop.till_1.secret.as_str());
        let flags = |answer: &Value| -> Vec<Value> {
            answer["results"].as_array().unwrap().iter().map(|result| result["flags"].clone()).collect()
        };
        let (alone, forked) = (json!(["unreadable"]), json!(["forked", "unreadable"]));
        let items = vec![item(1, 1, "1"), item(5, 5, "5"), item(5, 6, "6")];
        let (_, answer) = shop.post(PUSH, token, &push(items)).await;
        assert_eq!(flags(&answer), [alone, forked.clone(), forked.clone()], "in one request, behind a gap");
        let (_, answer) = shop.post(PUSH, token, &push(vec![item(5, 7, "7"), item(1, 8, "8")])).await;
        assert_eq!(flags(&answer), [forked.clone(), forked], "behind a gap, and where the place has passed");
        assert_eq!(answer["high_water"]["contiguous_seq"], 1);
    }
}

#[tokio::test]
async fn more_events_than_one_statement_holds_are_all_taken_in_and_all_known_again() {
    for shop in shops().await {
        let token = Some(shop.till_1.secret.as_str());
        // 148 = 128 + 16 + 4: rows of three statements.
        let items = |first: u64| (first..=150).map(|at| item(at, at.into(), "3")).collect::<Vec<PushItem>>();
        let (_, answer) = shop.post(PUSH, token, &push(items(3))).await;
        assert_eq!(verdicts(&answer), vec!["accepted"; 148]);
        let (_, answer) = shop.post(PUSH, token, &push(items(1))).await;
        let expected = [vec!["accepted"; 2], vec!["duplicate"; 148]].concat();
        assert_eq!(verdicts(&answer), expected);
        let flags = answer["results"].as_array().unwrap().iter().map(|result| &result["flags"]);
        assert!(flags.clone().all(|flags| *flags == json!(["unreadable"])), "{answer}");
        assert_eq!(answer["high_water"]["contiguous_seq"], 150);
    }
}

#[tokio::test]
async fn an_item_that_contradicts_itself_is_refused() {
    for shop in shops().await {
        let mut forged = item(1, 1, "{}");
        forged.payload_hash = Digest::of(b"other");
        let mut wrong_key = item(2, 2, "{}");
        wrong_key.idempotency_key = "TILL-2/transaction/x/1".to_owned();
        let token = Some(shop.till_1.secret.as_str());
        let (_, answer) = shop.post(PUSH, token, &push(vec![forged, wrong_key])).await;
        assert_eq!(verdicts(&answer), ["rejected", "rejected"]);
        assert_eq!(answer["high_water"]["contiguous_seq"], 0, "nothing of it was kept");
    }
}

#[tokio::test]
async fn what_lacks_is_named_and_what_was_set_aside_is_not_waited_for() {
    for shop in shops().await {
        let token = Some(shop.till_1.secret.as_str());
        let (_, answer) = shop.post(PUSH, token, &push(vec![item(1, 1, "1"), item(4, 4, "4")])).await;
        assert_eq!(answer["high_water"]["contiguous_seq"], 1);
        assert_eq!(answer["high_water"]["missing"], json!([2, 3]));
        assert_eq!(answer["high_water"]["highest_seq"], 4);
        let mut closure = item(5, 5, "5");
        closure.depends_on_closure = Some(PeriodLink::Closes(ClosureNumber(1)));
        closure.missing = vec![2];
        let (_, answer) = shop.post(PUSH, token, &push(vec![closure, item(3, 3, "3")])).await;
        assert_eq!(
            answer["high_water"],
            json!({"epoch": Uuid::from_u128(99), "contiguous_seq": 5, "highest_seq": 5, "missing": []})
        );
        let (_, state) = shop.get("/api/v1/sync/state", token).await;
        assert_eq!((&state["contiguous_seq"], &state["highest_seq"]), (&json!(5), &json!(5)));
        let closure_number =
            state["counters"].as_array().unwrap().iter().find(|row| row["name"] == "ClosureNumber");
        assert_eq!(closure_number.unwrap()["value"], 2, "the next period is open");
    }
}

#[tokio::test]
async fn the_state_names_the_last_event_and_how_far_earlier_lives_of_the_file_are() {
    for shop in shops().await {
        let token = Some(shop.till_1.secret.as_str());
        let (_, state) = shop.get("/api/v1/sync/state", token).await;
        assert_eq!((&state["epoch"], &state["earlier"]), (&Value::Null, &json!([])));
        let first = push(vec![item(1, 1, "1"), item(2, 2, "2")]);
        shop.post(PUSH, token, &first).await;
        let mut second = push(vec![item(3, 3, "3"), item(5, 5, "5")]);
        (second["epoch"], second["epoch_after"]) = (json!(Uuid::from_u128(100)), json!(2));
        shop.post(PUSH, token, &second).await;
        // Somebody repeats a request of the life before: that makes it no present one.
        let (_, answer) = shop.post(PUSH, token, &first).await;
        assert_eq!(verdicts(&answer), ["duplicate", "duplicate"]);
        let (_, state) = shop.get("/api/v1/sync/state", token).await;
        assert_eq!(state["epoch"], json!(Uuid::from_u128(100)));
        assert_eq!((&state["contiguous_seq"], &state["highest_seq"]), (&json!(3), &json!(5)));
        assert_eq!(state["missing"], json!([4]));
        let key = PushItem::key(&sender(), &EventKind::Transaction, Uuid::from_u128(5), 1);
        assert_eq!(state["highest_key"], key);
        let earlier =
            json!([{"epoch": Uuid::from_u128(99), "contiguous_seq": 2, "highest_seq": 2, "missing": []}]);
        assert_eq!(state["earlier"], earlier);
    }
}

#[tokio::test]
async fn only_the_terminal_itself_may_push_and_only_while_it_is_not_revoked() {
    for shop in shops().await {
        let request = push(vec![item(1, 1, "{}")]);
        assert_eq!(shop.post(PUSH, None, &request).await.0, StatusCode::UNAUTHORIZED);
        let other = Some(shop.till_2.secret.as_str());
        let (status, answer) = shop.post(PUSH, other, &request).await;
        assert_eq!((status, &answer["code"]), (StatusCode::FORBIDDEN, &json!("scope_mismatch")));
        let own = Some(shop.till_1.secret.as_str());
        let (status, answer) = shop.post(PUSH, own, &json!({"schema_version": 1})).await;
        assert_eq!((status, &answer["code"]), (StatusCode::BAD_REQUEST, &json!("invalid_request")));
        let mut newer = request.clone();
        newer["schema_version"] = json!(2);
        assert_eq!(shop.post(PUSH, own, &newer).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        shop.change(&shop.till_1, TerminalChange::IsActive(false)).await;
        let (status, answer) = shop.post(PUSH, own, &request).await;
        assert_eq!((status, &answer["code"]), (StatusCode::FORBIDDEN, &json!("terminal_revoked")));
    }
}

async fn secrets_end(books: &Books, at: Option<i64>) {
    let sql = "UPDATE device_token SET expires_at = $1";
    let written =
        books.write::<_, DatabaseError>(Tenant::Platform, move |session| session.execute(sql, &[at.into()]));
    written.await.unwrap();
}

/// Who it is is looked up when it comes first, and then on the way that takes its push in.
#[tokio::test]
async fn a_device_that_came_before_delivers_nothing_once_its_secret_is_void() {
    for books in every_books().await {
        let shop = Shop::open(books.clone(), OfficeWire::Closed).await;
        let own = Some(shop.till_1.secret.as_str());
        for seq in [1, 2] {
            let (status, answer) = shop.post(PUSH, own, &push(vec![item(seq, seq.into(), "{}")])).await;
            assert_eq!((status, verdicts(&answer)), (StatusCode::OK, vec!["accepted"]), "{answer}");
        }
        secrets_end(&books, Some(0)).await;
        let third = push(vec![item(3, 3, "{}")]);
        assert_eq!(shop.post(PUSH, own, &third).await.0, StatusCode::UNAUTHORIZED);
        let entries = books.read::<_, DatabaseError>(Tenant::Platform, |session| {
            session.query("SELECT count(*) FROM ledger", &[])?[0].integer(0)
        });
        assert_eq!(entries.await.unwrap(), 2, "it left nothing behind");
        secrets_end(&books, None).await;
        for verdict in ["accepted", "duplicate"] {
            let (status, answer) = shop.post(PUSH, own, &third).await;
            assert_eq!((status, verdicts(&answer)), (StatusCode::OK, vec![verdict]), "{answer}");
        }
    }
}

#[tokio::test]
async fn pages_of_changes_bring_every_row_once_and_then_nothing() {
    for shop in shops().await {
        let token = Some(shop.till_1.secret.as_str());
        let (_, whole) = shop.get("/api/v1/sync/bootstrap", token).await;
        let rows: usize = whole["resources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|resource| resource["rows"].as_array().unwrap().len())
            .sum();
        assert_eq!(whole["terminal"]["terminal_code"], "TILL-1");
        let mut seen = std::collections::BTreeSet::new();
        let mut path = "/api/v1/sync/changes?limit=7".to_owned();
        loop {
            let (status, page) = shop.get(&path, token).await;
            assert_eq!(status, StatusCode::OK);
            for item in page["items"].as_array().unwrap() {
                assert!(seen.insert((item["resource"].to_string(), item["id"].to_string())));
            }
            let cursor = page["next_cursor"].as_str().unwrap();
            path = format!("/api/v1/sync/changes?limit=7&cursor={cursor}");
            if page["has_more"] == false {
                assert_eq!(cursor, whole["cursor"]);
                break;
            }
        }
        assert_eq!(seen.len(), rows);
        assert!(rows > 50);
        let (_, page) = shop.get(&path, token).await;
        assert_eq!(page["items"], json!([]));
        for cursor in ["c-1", "x7", "c1%27", "c99999999999999999999"] {
            let (status, _) = shop.get(&format!("/api/v1/sync/changes?cursor={cursor}"), token).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{cursor}");
        }
    }
}

#[tokio::test]
async fn an_enrolment_code_is_good_once_and_voids_what_was_shown_before() {
    for shop in shops().await {
        let enrol = json!({"enrolment_code": shop.till_1.enrolment_code, "serial": "S", "os": "linux", "software_version": "1"});
        let (status, enrolled) = shop.post("/api/v1/auth/device/enroll", None, &enrol).await;
        assert_eq!(status, StatusCode::OK, "{enrolled}");
        assert_eq!(enrolled["terminal"]["terminal_code"], "TILL-1");
        let (status, answer) = shop.post("/api/v1/auth/device/enroll", None, &enrol).await;
        assert_eq!((status, &answer["code"]), (StatusCode::UNAUTHORIZED, &json!("enrolment_code_invalid")));
        let before = shop.get("/api/v1/sync/state", Some(&shop.till_1.secret)).await.0;
        assert_eq!(before, StatusCode::UNAUTHORIZED);
        let token = enrolled["token"].as_str();
        assert_eq!(shop.get("/api/v1/sync/state", token).await.0, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_device_gets_a_short_token_for_its_secret_under_its_own_name() {
    for shop in shops().await {
        for path in ["/api/v1/auth/device/token", "/api/auth/token/"] {
            let asked = json!({"api_key": shop.till_1.secret, "terminal_id": "TILL-1"});
            let (status, answer) = shop.post(path, None, &asked).await;
            assert_eq!((status, &answer["expires_in"]), (StatusCode::OK, &json!(3600)), "{answer}");
            assert_eq!(answer["store_code"], "HARBOUR-01");
            let token = answer["access"].as_str();
            assert_eq!(shop.get("/api/v1/sync/state", token).await.0, StatusCode::OK);
            let wrong = json!({"api_key": shop.till_1.secret, "terminal_id": "TILL-2"});
            assert_eq!(shop.post(path, None, &wrong).await.0, StatusCode::UNAUTHORIZED);
        }
    }
}

#[tokio::test]
async fn a_heartbeat_is_heard_and_messages_of_others_are_not_there() {
    for shop in shops().await {
        let token = Some(shop.till_1.secret.as_str());
        let beat = json!({"schema_version": 1, "software_version": "0.1", "epoch": Uuid::from_u128(9), "last_seq": 3,
            "queue_depth": 2, "clock": "2026-11-21T12:00:00Z", "acknowledged": [Uuid::from_u128(5)]});
        let (status, answer) = shop.post("/api/v1/sync/heartbeat", token, &beat).await;
        assert_eq!((status, &answer["signals"]), (StatusCode::OK, &json!([])), "{answer}");
        let (_, list) = shop.get("/api/v1/notifications", token).await;
        assert_eq!(list["items"], json!([]));
        let path = format!("/api/v1/notifications/{}/read", Uuid::from_u128(4));
        assert_eq!(shop.post(&path, token, &json!(null)).await.0, StatusCode::NOT_FOUND);
    }
}
