//! What tills and stores' hubs follow: who decides in a domain, what they are told at once, and how far they are.

use axum::{
    body::{Body, BodyDataStream},
    http::{Request, StatusCode, header},
    response::Response,
};
use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use saleflex_gate::{
    NewStore,
    db::Books,
    settings::{Settings, Upstream},
};
use serde_json::{Value, json};

use super::{
    business::{deliver, sale},
    chain::{Chain, Company, PASSWORD, SHELF, chains, text},
    relay::sql,
    support::{every_books, later},
};

async fn decides(chain: &Chain, company: &Company, authority: Value) {
    let path = format!("/companies/{}", company.slug);
    let changed = json!({"authority": authority});
    let company = chain.ok("PATCH", &path, &company.owner.access, changed).await;
    assert_eq!(company["authority"], authority);
}

#[tokio::test]
async fn who_decides_is_a_setting_of_the_company_that_tills_are_told_with_every_page() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let first = chain.get("/sync/changes", &harbour.device).await;
        assert_eq!(first["authority"], json!({}), "where nothing is set the hub decides");
        let leaves = json!({"catalog": "terminal", "customers": "office"});
        decides(&chain, &harbour, leaves.clone()).await;
        let path = format!("/sync/changes?cursor={}&wait=1", text(&first["next_cursor"]));
        let page = chain.get(&path, &harbour.device).await;
        assert_eq!((&page["authority"], &page["items"]), (&leaves, &json!([])));
        assert_ne!(page["next_cursor"], first["next_cursor"], "whoever waits for a change hears of it");
        assert_eq!(chain.get("/sync/bootstrap", &harbour.device).await["authority"], leaves);

        let path = format!("/companies/{}", harbour.slug);
        for wrong in [json!({"catalog": "nobody"}), json!({"closures": "gate"}), json!({"tea": "gate"})] {
            let (status, answer) = chain.send("PATCH", &path, owner, &json!({"authority": wrong})).await;
            let found = (status.as_u16(), &answer["code"], &answer["detail"]);
            assert_eq!(found, (422, &json!("field_invalid"), &json!("authority")));
        }
        chain.ok("PATCH", &path, owner, json!({"name": "Harbour Foods"})).await;
        assert_eq!(chain.get(&path, owner).await["authority"], leaves, "what is absent stays");
        let audit = chain.get("/audit", owner).await.to_string();
        assert!(audit.contains("\"authority\":{\"catalog\":\"terminal\""), "{audit}");
    }
}

/// A store's hub that forwards, with a company in its books that was founded above it.
fn forwarding(books: Books) -> Chain {
    let upstream = Some(Upstream { address: "http://unused".to_owned(), token: "t".to_owned() });
    Chain::in_store(books, Settings { upstream, ..Settings::default() })
}

#[tokio::test]
async fn at_a_stores_hub_nobody_changes_what_the_companys_decides() {
    for books in every_books().await {
        let above = Chain::on(books.clone());
        let harbour = above.company("harbour").await;
        let chain = forwarding(books);
        let owner = harbour.owner.access.as_str();
        let tea = json!({"row": {"code": "2001", "name": "Tea", "sale_price": "3.40", "fk_department_main_group_id": SHELF}});
        let make = ("POST", "/definitions/products", owner);
        chain.refused(make, tea.clone(), (403, "not_the_authority")).await;
        let file = json!({"content": "code,name,sale_price\n2001,Tea,3.40\n"});
        chain.refused(("POST", "/imports/products", owner), file, (403, "not_the_authority")).await;
        decides(&above, &harbour, json!({"catalog": "office"})).await;
        chain.shelf(owner).await;
        chain.ok("POST", "/definitions/products", owner, tea).await;
        let ada = json!({"row": {"name": "Ada", "last_name": "King"}});
        chain.refused(("POST", "/definitions/customers", owner), ada, (403, "not_the_authority")).await;
        assert_eq!(chain.get("/definitions/products", owner).await["items"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_stores_hub_says_what_waits_to_be_forwarded_and_what_was_refused_to_those_who_look_after_the_store()
{
    for books in every_books().await {
        let above = Chain::on(books.clone());
        let harbour = above.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let elsewhere = Some(harbour.other_store.as_str());
        let manager = above.staff(&harbour, "manager", ("store_manager", "store", elsewhere)).await;
        let chain = forwarding(books.clone());
        for number in [1_u32, 2] {
            let sold = sale(&harbour, number);
            let bytes = String::from_utf8(sold.to_bytes().unwrap()).unwrap();
            deliver(&chain, &harbour, (number.into(), sold.entity), &bytes).await;
        }
        let state = chain.get("/relay", owner).await;
        assert_eq!((&state["forwards"], &state["waiting"]), (&json!(true), &json!({"transaction": 2})));
        assert_eq!(state["oldest_waiting"], "2026-11-21T09:00:00Z", "as its till says: {state}");
        assert_eq!((&state["set_aside"], &state["refused"]), (&json!(0), &json!([])));
        sql(&books, "UPDATE relay SET state = 'quarantined', last_code = 'content_invalid' WHERE no = 1")
            .await;
        let state = chain.get("/relay", owner).await;
        assert_eq!((&state["waiting"], &state["set_aside"]), (&json!({"transaction": 1}), &json!(1)));
        let refused = &state["refused"][0];
        assert_eq!((&refused["no"], &refused["code"]), (&json!(1), &json!("content_invalid")), "{state}");
        assert_eq!(
            (&refused["terminal_id"], &refused["kind"]),
            (&json!(harbour.terminal), &json!("transaction"))
        );
        let of_hill = chain.get("/relay", &manager.access).await;
        assert_eq!((&of_hill["waiting"], &of_hill["set_aside"]), (&json!({}), &json!(0)), "of another store");
        assert_eq!(above.get("/relay", owner).await["forwards"], false, "the company's forwards to nobody");
    }
}

#[tokio::test]
async fn at_a_stores_hub_nothing_of_the_companys_is_given_out_of_its_own_books() {
    for books in every_books().await {
        let above = Chain::on(books.clone());
        let harbour = above.company("harbour").await;
        let chain = forwarding(books);
        let (owner, till) = (harbour.owner.access.as_str(), harbour.device.as_str());
        let id = harbour.terminal.as_str();
        let member = format!("/loyalty/members/{id}");
        let (of, coupon) =
            (json!({"member_id": id, "document_id": id}), json!({"code": "SAVE10", "document_id": id}));
        let points = json!({"member_id": id, "document_id": id, "points": 5});
        let card = json!({"number": "6035710012345678905", "currency": "TRY", "amount": "10.00"});
        let taken = json!({"amount": "1.00", "document_id": id});
        let asked = [
            ("POST", "/coupons/redeem", till, coupon),
            ("GET", member.as_str(), till, Value::Null),
            ("POST", "/loyalty/reserve", till, points.clone()),
            ("POST", "/loyalty/commit", till, of.clone()),
            ("POST", "/loyalty/reverse", till, of),
            ("POST", "/gift-cards", owner, card),
            ("GET", "/gift-cards", owner, Value::Null),
            ("POST", "/gift-cards/find", till, json!({"number": "6035710012345678905"})),
            ("POST", &format!("/gift-cards/{id}/redeem"), till, taken),
        ];
        let key = [("idempotency-key", "once")];
        for (method, path, token, body) in asked {
            let (status, answer) = chain.send_with(method, path, token, &body, &key).await;
            let refused = (status.as_u16(), &answer["code"]);
            assert_eq!(refused, (403, &json!("not_the_authority")), "{method} {path}: {answer}");
        }
        decides(&above, &harbour, json!({"loyalty": "office"})).await;
        let (status, answer) = chain.send_with("POST", "/loyalty/reserve", till, &points, &key).await;
        assert_eq!((status.as_u16(), &answer["code"]), (422, &json!("member_unknown")), "it decides itself");
    }
}

#[tokio::test]
async fn a_stores_hub_takes_in_the_first_one_with_the_code_of_its_start_and_nobody_else() {
    for books in every_books().await {
        let above = Chain::on(books.clone());
        assert_eq!(above.hub.renew_set_up_code().await.unwrap(), None, "a company's hub takes people in");
        let chain = Chain::in_store(books, Settings::default());
        let register = ("POST", "/auth/register", "");
        let with = |code: &str| json!({"username": "ayse", "password": PASSWORD, "setup_code": code});
        let old = chain.hub.renew_set_up_code().await.unwrap().unwrap();
        chain.refused(register, with(&old), (409, "one_company")).await;
        let store = NewStore {
            office_code: "OFC-1".to_owned(),
            store_code: "QUAY".to_owned(),
            name: "Quay".to_owned(),
            currency: "TRY".to_owned(),
            time_zone: "Europe/Istanbul".to_owned(),
            prices_include_tax: true,
            self_registration: false,
        };
        chain.hub.add_store("main".to_owned(), store).await.unwrap();
        let code = chain.hub.renew_set_up_code().await.unwrap().unwrap();
        let alone = json!({"username": "passer.by", "password": PASSWORD});
        for wrong in [alone, with(&old), with("2345-6789-ABCD"), with("")] {
            chain.refused(register, wrong, (403, "registration_closed")).await;
        }
        let weak = json!({"username": "ayse", "password": "short", "setup_code": code});
        chain.refused(register, weak, (422, "password_too_weak")).await;
        let ayse = chain.ok("POST", "/auth/register", "", with(&code)).await;
        let access = text(&ayse["access"]);
        assert!(ayse["company_id"].is_string(), "nothing is to be chosen: {ayse}");
        assert_eq!(chain.get("/stores", &access).await["items"].as_array().unwrap().len(), 1);
        let cashier = json!({"username": "can", "password": PASSWORD});
        chain.ok("POST", "/users", &access, cashier).await;
        let audit = chain.get("/audit", &access).await.to_string();
        assert!(audit.contains("company.taken_over"), "{audit}");

        let again = json!({"username": "passer.by", "password": PASSWORD, "setup_code": code});
        chain.refused(register, again, (403, "registration_closed")).await;
        assert_eq!(chain.hub.renew_set_up_code().await.unwrap(), None, "it is owned");
    }
}

/// Opens a stream of a device.
async fn open(chain: &Chain, device: &str) -> Response {
    let request = Request::builder()
        .uri("/api/v1/sync/stream")
        .header(header::AUTHORIZATION, format!("Bearer {device}"));
    chain.open(request.body(Body::empty()).unwrap()).await
}

/// The next event of a stream: its name and what it carries.
async fn event(stream: &mut BodyDataStream) -> (String, Value) {
    let text = String::from_utf8(stream.next().await.unwrap().unwrap().to_vec()).unwrap();
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
    (field("event: "), serde_json::from_str(&field("data: ")).unwrap())
}

#[tokio::test]
async fn a_device_is_told_what_to_do_and_where_the_changes_are_as_soon_as_they_are_there() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let signal = format!("/terminals/{}/signals", harbour.terminal);
        chain.ok("POST", &signal, owner, json!({"type": "force_sync"})).await;
        let response = open(&chain, &harbour.device).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        let mut stream = response.into_body().into_data_stream();
        let (name, first) = event(&mut stream).await;
        assert_eq!((name.as_str(), &first["type"]), ("signal", &json!("force_sync")));
        let (name, place) = event(&mut stream).await;
        let page = chain.get("/sync/changes", &harbour.device).await;
        assert_eq!((name.as_str(), &place["cursor"]), ("changes", &page["next_cursor"]));
        let unit = json!({"row": {"code": "BOX", "name": "Box"}});
        chain.ok("POST", "/definitions/product_units", owner, unit).await;
        let (name, later) = event(&mut stream).await;
        assert_eq!(name, "changes", "the signal is told once");
        assert_ne!(later, place);
        let path = format!("/sync/changes?cursor={}", text(&place["cursor"]));
        assert_eq!(chain.get(&path, &harbour.device).await["next_cursor"], later["cursor"]);

        let state = chain.get(&format!("/terminals/{}/sync-state", harbour.terminal), owner).await;
        assert_eq!((&state["signals"][0]["id"], &state["contiguous_seq"]), (&first["id"], &json!(0)));
        assert_eq!((&state["last_push_at"], &state["telemetry"]), (&Value::Null, &Value::Null));
        let beat = json!({
            "schema_version": 1, "software_version": "0.1", "epoch": "018f0000-0000-7000-8000-000000000009",
            "last_seq": 3, "queue_depth": 2, "clock": "2026-11-21T12:00:00Z", "acknowledged": [first["id"]],
            "pulled_at": "2026-11-21T11:59:00Z", "cursor": later["cursor"],
        });
        chain.ok("POST", "/sync/heartbeat", &harbour.device, beat).await;
        let own = chain.get(&format!("/terminals/{}/sync-state", harbour.terminal), &harbour.device).await;
        assert_eq!((&own["signals"], &own["telemetry"]["queue_depth"]), (&json!([]), &json!(2)));
        assert_eq!(
            (&own["telemetry"]["pulled_at"], &own["telemetry"]["cursor"]),
            (&json!("2026-11-21T11:59:00Z"), &later["cursor"])
        );
        let heard: DateTime<Utc> = text(&own["last_heartbeat_at"]).parse().unwrap();
        let clock: DateTime<Utc> = "2026-11-21T12:00:00Z".parse().unwrap();
        let ahead = json!(clock.signed_duration_since(heard).num_seconds());
        let listed = chain.get(&format!("/terminals/{}", harbour.terminal), owner).await;
        assert_eq!([&own["clock_ahead_seconds"], &listed["clock_ahead_seconds"]], [&ahead, &ahead]);
        let (other, _) = chain.terminal(owner, &harbour.store, "TILL-2", "pos").await;
        let path = format!("/terminals/{other}/sync-state");
        chain.refused(("GET", &path, &harbour.device), Value::Null, (404, "not_found")).await;
    }
}

#[tokio::test]
async fn a_stream_ends_when_its_device_is_revoked_and_a_device_has_two_at_most() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let mut stream = open(&chain, &harbour.device).await.into_body().into_data_stream();
        assert_eq!(event(&mut stream).await.0, "changes");
        let second = open(&chain, &harbour.device).await;
        let third = open(&chain, &harbour.device).await;
        assert_eq!(third.status(), StatusCode::TOO_MANY_REQUESTS);
        assert!(third.headers().contains_key(header::RETRY_AFTER));
        drop(second);
        assert_eq!(open(&chain, &harbour.device).await.status(), StatusCode::OK, "there is room again");
        let revoke = format!("/terminals/{}/revoke", harbour.terminal);
        chain.ok("POST", &revoke, owner, json!({})).await;
        // What changes now is none of its business.
        let unit = json!({"row": {"code": "BOX", "name": "Box"}});
        chain.ok("POST", "/definitions/product_units", owner, unit).await;
        assert!(stream.next().await.is_none());
    }
}

#[tokio::test]
async fn a_device_gets_another_secret_for_its_own_and_none_for_a_token_of_an_hour() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let rotate = "/auth/device/rotate";
        let asked = json!({"terminal_id": harbour.terminal});
        let hour = chain.ok("POST", "/auth/device/token", &harbour.device, asked).await;
        let hour = text(&hour["access"]);
        chain.refused(("POST", rotate, &hour), json!({}), (403, "short_lived")).await;
        let first = text(&chain.ok("POST", rotate, &harbour.device, json!({})).await["token"]);
        chain.get("/sync/state", &first).await;
        // Whoever found the old one is not let in for good by it, nor the device shut out.
        chain.refused(("POST", rotate, &harbour.device), json!({}), (403, "short_lived")).await;
        let second = text(&chain.ok("POST", rotate, &first, json!({})).await["token"]);
        for secret in [&harbour.device, &first, &second] {
            chain.get("/sync/state", secret).await;
        }
        later(7 * 24 * 3600 + 1);
        chain.refused(("GET", "/sync/state", &harbour.device), Value::Null, (401, "unauthorized")).await;
        chain.get("/sync/state", &second).await;
        later(0);
    }
}
