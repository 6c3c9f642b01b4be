//! What may be asked for, and how: parts of lists, names of queries, bodies, letters that no text has, numbers of tills.

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use saleflex_gate::{Codes, Hub, app, settings::Settings};
use serde_json::{Value, json};

use super::{
    chain::{Chain, chains, text},
    support::{call, every_books, noon},
};

/// The items of a list, read in parts of one.
async fn in_parts(chain: &Chain, path: &str, token: &str) -> Vec<Value> {
    let (mut items, mut cursor) = (Vec::new(), None::<String>);
    for _ in 0..20 {
        let next = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let page = chain.get(&format!("{path}?limit=1{next}"), token).await;
        assert!(page["items"].as_array().unwrap().len() <= 1, "{path} {page}");
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return items,
        }
    }
    panic!("{path} does not end")
}

#[tokio::test]
async fn every_list_comes_in_parts_that_make_up_the_whole() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let store = Some(harbour.store.as_str());
        for name in ["can", "ayse"] {
            chain.staff(&harbour, name, ("cashier", "store", store)).await;
        }
        chain.ok("POST", "/regions", owner, json!({"code": "EAST", "name": "East"})).await;
        for name in ["one", "two"] {
            chain.ok("POST", "/api-keys", owner, json!({"name": name, "capabilities": []})).await;
        }
        let members = format!("/companies/{}/members", harbour.slug);
        for path in ["/users", members.as_str(), "/role-assignments", "/api-keys", "/regions"] {
            let whole = chain.get(path, owner).await["items"].clone();
            assert!(whole.as_array().unwrap().len() > 1, "{path}");
            assert_eq!(Value::from(in_parts(&chain, path, owner).await), whole, "{path}");
            let wrong = format!("{path}?limit=0");
            chain.refused(("GET", &wrong, owner), Value::Null, (400, "invalid_request")).await;
        }
    }
}

#[tokio::test]
async fn a_query_that_is_not_described_is_refused_and_not_passed_over() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        for path in [
            "/users?limt=5",
            "/documents?form=2026-11-21",
            "/documents?from=garbage",
            "/documents?until=2026-13-01",
            "/stores?filter[code]=QUAY",
        ] {
            chain.refused(("GET", path, owner), Value::Null, (400, "invalid_request")).await;
        }
        for path in
            ["/documents?from=2026-11-21&until=2026-11-22T12:00:00", "/terminals?limit=5&state=active"]
        {
            chain.get(path, owner).await;
        }
        for limit in ["0", "501"] {
            let wrong = format!("/sync/changes?limit={limit}");
            chain.refused(("GET", &wrong, &harbour.device), Value::Null, (400, "invalid_request")).await;
        }
        // An older device may say more than this hub knows.
        chain.get("/sync/changes?limit=5&further=1", &harbour.device).await;
    }
}

#[tokio::test]
async fn a_list_is_no_body() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let list = json!(["N2", "North2", null]);
        chain.refused(("POST", "/regions", owner), list, (400, "invalid_request")).await;
        let login = json!(["harbour.owner", "seven quiet bridges"]);
        chain.refused(("POST", "/auth/login", ""), login, (400, "invalid_request")).await;
    }
}

#[tokio::test]
async fn a_text_with_nothing_as_a_letter_is_refused_on_every_database() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        for path in [
            "/documents?number=%00",
            "/terminals?state=a%00",
            "/companies/a%00b",
            "/definitions/products%00",
            "/users?cursor=%00",
        ] {
            chain.refused(("GET", path, owner), Value::Null, (400, "invalid_request")).await;
        }
        let nul = "a\0b";
        for (path, token, body) in [
            ("/companies/join-requests", owner, json!({"slug": nul})),
            ("/auth/login", "", json!({"username": nul, "password": "x"})),
            ("/companies", owner, json!({"name": "x", "details": {"vat": [nul]}})),
            ("/companies", owner, json!({"name": "x", "details": {nul: 1}})),
        ] {
            chain.refused(("POST", path, token), body, (400, "invalid_request")).await;
        }
        // A text that speaks of it holds no such letter.
        let speaks = json!({"name": "Speaking", "details": {"note": "\\u0000"}});
        chain.ok("POST", "/companies", owner, speaks).await;
    }
}

#[tokio::test]
async fn no_two_terminals_of_a_store_have_one_number() {
    for books in every_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let new =
            |code: &str, number: i64| json!({"store_id": harbour.store, "code": code, "number": number});
        chain.refused(("POST", "/terminals", owner), new("TILL-2", 1), (409, "number_taken")).await;
        let second = chain.ok("POST", "/terminals", owner, new("TILL-2", 7)).await;
        let path = format!("/terminals/{}", text(&second["terminal"]["id"]));
        chain.refused(("PATCH", &path, owner), json!({"number": 1}), (409, "number_taken")).await;
        chain.ok("PATCH", &path, owner, json!({"number": 7, "name": "By the door"})).await;
        let hub = Hub::new(books, Settings::default(), noon);
        let code = |terminal: &str| Codes {
            office: harbour.slug.clone(),
            store: "QUAY".to_owned(),
            terminal: terminal.to_owned(),
        };
        let third = hub.register_next(code("TILL-3")).await.unwrap();
        let fourth = hub.register(code("TILL-4"), 1).await.unwrap();
        assert_eq!((third.terminal.number, fourth.terminal.number), (8, 9));
    }
}

#[tokio::test]
async fn a_method_that_a_client_invents_is_counted_with_all_others() {
    for books in every_books().await {
        let settings = Settings { metrics_token: Some("m".to_owned()), ..Settings::default() };
        let router = app(Hub::new(books, settings, noon));
        for method in ["BREW", "TEAPOT", "GET"] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let request = Request::builder().method(method).uri("/api/v1/health").body(Body::empty());
            call(&router, request.unwrap()).await;
        }
        let request = Request::get("/metrics").header(header::AUTHORIZATION, "Bearer m").body(Body::empty());
        let counted = text(&call(&router, request.unwrap()).await.1);
        assert!(!counted.contains("BREW") && !counted.contains("TEAPOT"), "{counted}");
        assert!(counted.contains("method=\"other\"") && counted.contains("method=\"GET\""), "{counted}");
    }
}
