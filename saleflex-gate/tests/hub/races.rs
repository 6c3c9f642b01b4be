//! Requests that meet on a server, where transactions run beside each other: the later one knows of the earlier.

use axum::{
    body::Body,
    http::{StatusCode, header},
};
use saleflex_gate::{
    db::{Books, DatabaseError, Tenant},
    settings::OfficeWire,
};
use serde_json::json;
use tower::ServiceExt;
use uuid::Uuid;

use super::{
    chain::{Chain, text},
    support::{Shop, held, request, served_books, until_waiting},
    sync::{PUSH, item, push, verdicts},
};

/// The one number that a statement finds.
async fn found(books: &Books, sql: String) -> i64 {
    let read = books
        .read::<_, DatabaseError>(Tenant::Platform, move |session| session.query(&sql, &[])?[0].integer(0));
    read.await.unwrap()
}

#[tokio::test]
async fn a_push_that_gives_way_to_others_is_taken_in_once_more_and_not_for_ever() {
    for books in served_books().await {
        let shop = Shop::open(books.clone(), OfficeWire::Closed).await;
        // Twice, then once not, then ever: what draws a number draws it also where all is taken back.
        let giving_way = "CREATE SEQUENCE tries; CREATE FUNCTION give_way() RETURNS trigger LANGUAGE plpgsql \
             SECURITY DEFINER AS $$ BEGIN IF nextval('tries') <> 3 THEN \
             RAISE EXCEPTION USING ERRCODE = 'deadlock_detected'; END IF; RETURN NEW; END $$; \
             CREATE TRIGGER give_way BEFORE INSERT ON ledger FOR EACH ROW EXECUTE FUNCTION give_way()";
        let made =
            books.write::<_, DatabaseError>(Tenant::Platform, move |session| session.batch(giving_way));
        made.await.unwrap();
        let token = Some(shop.till_1.secret.as_str());
        let (status, answer) = shop.post(PUSH, token, &push(vec![item(1, 1, "1")])).await;
        assert_eq!((status, verdicts(&answer)), (StatusCode::OK, vec!["accepted"]), "{answer}");
        let body = Body::from(push(vec![item(2, 2, "2")]).to_string());
        let answer = shop.router.clone().oneshot(request("POST", PUSH, token, body)).await.unwrap();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.headers().contains_key(header::RETRY_AFTER));
        assert_eq!(found(&books, "SELECT last_value FROM tries".to_owned()).await, 6);
    }
}

#[tokio::test]
async fn of_two_devices_that_show_two_codes_of_a_terminal_at_once_one_has_its_place() {
    for books in served_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let path = format!("/terminals/{}/enrolment", harbour.terminal);
        let mut codes = Vec::new();
        for _ in 0..2 {
            let given = chain.ok("POST", &path, &harbour.owner.access, json!({})).await;
            codes.push(given["enrolment_code"].clone());
        }
        let rows = "UPDATE terminal SET number = number; UPDATE company SET name = name";
        let rows = held(&books, rows).await;
        tokio::join!(chain.enrol(&codes[0]), chain.enrol(&codes[1]), async {
            until_waiting(&books, 2).await;
            rows.send(()).unwrap();
        });
        let sql = format!("SELECT count(*) FROM device_token WHERE terminal_id = '{}'", harbour.terminal);
        assert_eq!(found(&books, sql).await, 1);
    }
}

#[tokio::test]
async fn of_two_requests_for_another_secret_at_once_the_one_that_is_shown_is_left_without_an_end() {
    for books in served_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        chain.get("/sync/state", &harbour.device).await;
        let rotate = async || chain.ok("POST", "/auth/device/rotate", &harbour.device, json!({})).await;
        let rows = held(&books, "UPDATE terminal SET number = number").await;
        let (one, _, ()) = tokio::join!(rotate(), rotate(), async {
            until_waiting(&books, 2).await;
            rows.send(()).unwrap();
        });
        chain.get("/sync/state", &text(&one["token"])).await;
        let sql = format!(
            "SELECT count(*) FROM device_token WHERE terminal_id = '{}' AND expires_at IS NULL",
            harbour.terminal
        );
        assert_eq!(found(&books, sql).await, 1);
    }
}

#[tokio::test]
async fn numbers_that_a_device_tells_at_once_move_forward_in_whatever_order_they_come() {
    for books in served_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let tell = async |value: u64| {
            let numbers = json!({"counters": [{"name": "ReceiptNumber", "value": value}]});
            chain.ok("POST", "/sync/sequences", &harbour.device, numbers).await
        };
        let counters = held(&books, "UPDATE counter SET value = value").await;
        let behind = async {
            until_waiting(&books, 1).await;
            tell(7).await
        };
        tokio::join!(tell(9), behind, async {
            until_waiting(&books, 2).await;
            counters.send(()).unwrap();
        });
        let path = format!("/sequences?terminal_id={}", harbour.terminal);
        let shown = chain.get(&path, &harbour.owner.access).await;
        assert_eq!(shown["items"][0]["value"], 9, "{shown}");
    }
}

#[tokio::test]
async fn points_are_not_held_for_a_sale_that_its_till_delivers_this_very_moment() {
    for books in served_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let member = chain.customer(&harbour.owner.access).await;
        let given = json!({"points": 5, "reason": "Late delivery"});
        let path = format!("/loyalty/members/{member}/adjustments");
        assert!(chain.once(&path, &harbour.owner.access, &given, "a").await.0.is_success());
        let document = Uuid::from_u128(9);
        let delivered = format!(
            "INSERT INTO point_hold (company_id, hold_id, member_id, document_id, points, state, expires_at, \
             created_at) VALUES ('{}', '{document}', '{member}', '{document}', 0, 'delivered', 0, 0)",
            harbour.id
        );
        let delivered = held(&books, delivered).await;
        let hold = json!({"member_id": member, "document_id": document, "points": 5});
        let ((status, answer), ()) =
            tokio::join!(chain.once("/loyalty/reserve", &harbour.device, &hold, "b"), async {
                until_waiting(&books, 1).await;
                delivered.send(()).unwrap();
            });
        assert_eq!(
            (status, text(&answer["code"]).as_str()),
            (StatusCode::CONFLICT, "already_spent"),
            "{answer}"
        );
    }
}
