//! How the older wire refuses what none of its handlers sees, and how often it takes what shows no credential.

use axum::{body::Body, http::StatusCode};
use saleflex_gate::settings::{OfficeWire, Settings};
use serde_json::{Value, json};

use super::{
    chain::Chain,
    support::{Shop, call, envelope, every_books, request},
};

#[tokio::test]
async fn what_no_handler_of_the_older_wire_sees_is_refused_in_its_shape_too() {
    for books in every_books().await {
        let shop = Shop::open(books, OfficeWire::Open).await;
        for (method, path, status, code) in [
            ("DELETE", "/api/v1/pos/init", 405, "method_not_allowed"),
            ("GET", "/api/v1/pos/nothing", 404, "not_found"),
            ("GET", "/api/v1/pos/init?office_code=%00", 400, "invalid_request"),
            ("POST", "/api/closures/", 400, "invalid_request"),
        ] {
            let (found, answer) = call(&shop.router, request(method, path, None, Body::empty())).await;
            let told = (found.as_u16(), &answer["status"], &answer["error_code"]);
            assert_eq!(told, (status, &json!("error"), &json!(code)), "{method} {path}: {answer}");
            assert!(answer["message"].is_string() && answer["correlation_id"].is_string(), "{answer}");
        }
        let own = Some(shop.till_1.secret.as_str());
        let others = envelope("TILL-2", "transactions", &[]);
        for (token, status, code) in
            [(None, StatusCode::UNAUTHORIZED, "unauthorized"), (own, StatusCode::FORBIDDEN, "scope_mismatch")]
        {
            let (found, answer) = shop.post("/api/v1/sync/transactions", token, &others).await;
            assert_eq!(
                (found, &answer["code"]),
                (status, &json!(code)),
                "the path is the hub's own: {answer}"
            );
        }
        let (_, answer) = shop.get("/api/v1/closures", None).await;
        assert_eq!(answer["code"], "unauthorized", "people read under the path that terminals deliver under");
    }
}

#[tokio::test]
async fn terminals_on_an_open_wire_are_counted_as_devices_and_whoever_else_shows_nothing_is_not() {
    for books in every_books().await {
        let settings = Settings { office_wire: OfficeWire::Open, rate_limits: true, ..Settings::default() };
        let chain = Chain::in_store(books, settings);
        let push = async || chain.send("POST", "/pos/transactions", "", &json!({})).await;
        for _ in 0..300 {
            assert_eq!(push().await.0, StatusCode::BAD_REQUEST, "a backlog of a day comes through");
        }
        for _ in 0..30 {
            chain.get("/health", "").await;
        }
        chain.refused(("GET", "/health", ""), Value::Null, (429, "too_many_requests")).await;
        for _ in 0..500 {
            push().await;
        }
        let (status, answer) = push().await;
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
        let told = (&answer["status"], &answer["error_code"]);
        assert_eq!(told, (&json!("error"), &json!("too_many_requests")), "{answer}");
    }
}
