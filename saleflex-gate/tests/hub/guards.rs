//! What nobody may: reach beyond their store with a PIN, find out people, guess, go on after the end of a company.

use std::sync::{Arc, Mutex};

use axum::{
    body::Body,
    http::{Request, header},
};
use saleflex_gate::{
    Hub,
    db::{Books, DatabaseError, Sqlite, Tenant},
    settings::Settings,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    chain::{Chain, PASSWORD, chains, text},
    support::{every_books, later, noon},
};

const LOGIN: &str = "/auth/terminal/login";

fn pin_of(person: &str) -> String {
    format!("/users/{person}/pin")
}

#[tokio::test]
async fn nobody_sets_the_pin_of_somebody_who_reaches_further() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let (owner, store) = (harbour.owner.access.as_str(), Some(harbour.store.as_str()));
        let manager = chain.staff(&harbour, "manager", ("store_manager", "store", store)).await;
        let admin = chain.staff(&harbour, "admin", ("cashier", "store", store)).await;
        let tag = format!("/companies/{}/members/{}/admin", harbour.slug, admin.id);
        chain.ok("PUT", &tag, owner, json!({})).await;
        let finance = chain.staff(&harbour, "finance", ("cashier", "store", store)).await;
        let wide = json!({"user_id": finance.id, "role": "finance", "scope": "company"});
        chain.ok("POST", "/role-assignments", owner, wide).await;
        let peer = chain.staff(&harbour, "peer", ("store_manager", "store", store)).await;
        let cashier = chain.staff(&harbour, "cashier", ("cashier", "store", store)).await;
        let pin = || json!({"pin": "4829"});
        for above in [&admin, &finance, &peer] {
            let put = ("PUT", pin_of(&above.id));
            chain.refused((put.0, &put.1, &manager.access), pin(), (403, "not_allowed")).await;
            let path = format!("/users/{}", above.id);
            let out = json!({"is_active": false});
            chain.refused(("PATCH", &path, &manager.access), out, (403, "not_allowed")).await;
        }
        chain.ok("PUT", &pin_of(&cashier.id), &manager.access, pin()).await;
        chain.ok("PUT", &pin_of(&manager.id), &manager.access, json!({"pin": "5930"})).await;

        // A region without stores is nobody's store.
        let empty = chain.ok("POST", "/regions", owner, json!({"code": "SOUTH", "name": "South"})).await;
        let empty = text(&empty["id"]);
        let far = chain.staff(&harbour, "far", ("region_manager", "region", Some(&empty))).await;
        let seen = chain.get("/users", &manager.access).await.to_string();
        assert!(!seen.contains(&far.id), "{seen}");
        let listed = chain.get("/role-assignments", &manager.access).await.to_string();
        assert!(!listed.contains(&far.id), "{listed}");
        chain.refused(("PUT", &pin_of(&far.id), &manager.access), pin(), (404, "not_found")).await;

        let new = json!({"name": "people", "capabilities": ["role.assign"]});
        let program = text(&chain.ok("POST", "/api-keys", owner, new).await["secret"]);
        chain.refused(("PUT", &pin_of(&cashier.id), &program), pin(), (403, "not_allowed")).await;
    }
}

#[tokio::test]
async fn a_log_in_at_a_terminal_reaches_its_store_and_nothing_of_the_person() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        chain.ok("PUT", &pin_of(&harbour.owner.id), owner, json!({"pin": "4829"})).await;
        let opened = chain.ok("POST", LOGIN, &harbour.device, json!({"pin": "4829"})).await;
        let here = text(&opened["access"]);
        let stores = chain.get("/stores", &here).await;
        assert_eq!(stores["items"].as_array().unwrap().len(), 1, "{stores}");
        let other = format!("/stores/{}", harbour.other_store);
        chain.refused(("GET", &other, &here), Value::Null, (404, "not_found")).await;
        let cashier = chain.member(&harbour, "cashier").await;
        let give = |store: &str| json!({"user_id": cashier.id, "role": "cashier", "scope": "store", "scope_id": store});
        let assign = ("POST", "/role-assignments", here.as_str());
        chain.refused(assign, give(&harbour.other_store), (404, "not_found")).await;
        chain.ok(assign.0, assign.1, assign.2, give(&harbour.store)).await;
        let region = json!({"code": "SOUTH", "name": "South"});
        chain.refused(("POST", "/regions", &here), region, (403, "not_allowed")).await;
        let company = format!("/companies/{}", harbour.slug);
        for (method, path, body) in [
            ("POST", "/auth/company", json!({"company_id": harbour.id})),
            ("PATCH", "/me", json!({"email": "thief@example.com"})),
            ("POST", "/companies", json!({"name": "Other"})),
            ("PATCH", company.as_str(), json!({"name": "Other"})),
        ] {
            chain.refused((method, path, &here), body, (403, "terminal_session")).await;
        }
        chain.get("/me", &here).await;
        chain.ok("POST", &format!("/terminals/{}/revoke", harbour.terminal), owner, json!({})).await;
        chain.refused(("GET", "/me", &here), Value::Null, (401, "unauthorized")).await;
    }
}

#[tokio::test]
async fn people_are_exported_by_whoever_may_export_people() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let row = json!({"row": {"name": "Ada", "last_name": "King", "phone_normalized": "905320000000"}});
        chain.ok("POST", "/definitions/customers", owner, row).await;
        let store = Some(harbour.store.as_str());
        let manager = chain.staff(&harbour, "manager", ("store_manager", "store", store)).await;
        let finance = chain.staff(&harbour, "finance", ("finance", "company", None)).await;
        for person in [&manager, &finance] {
            chain.get("/definitions/customers", &person.access).await;
            chain.get("/exports/products", &person.access).await;
            let export = ("GET", "/exports/customers", person.access.as_str());
            chain.refused(export, Value::Null, (403, "not_allowed")).await;
        }
        let export = ("GET", "/exports/cashiers", manager.access.as_str());
        chain.refused(export, Value::Null, (403, "not_allowed")).await;
        let written = text(&chain.get("/exports/customers", owner).await);
        assert!(written.contains("Ada"), "{written}");
    }
}

#[tokio::test]
async fn an_export_that_would_end_early_is_refused() {
    // The one row once more for every number; each database has its way to write an identity.
    let many = |identity: &str| {
        format!(
            "INSERT INTO definition \
             (company_id, resource, definition_id, version, is_deleted, body, updated_at) \
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) \
             SELECT company_id, resource, {identity}, version + n.i, 0, body, updated_at \
             FROM definition, n WHERE resource = 'product_units'"
        )
    };
    let text_of_identity =
        "'018f0000-0000-4000-8000-' || substr('000000000000' || n.i, length('' || n.i) + 1)";
    let statements = [many(text_of_identity), many(&format!("CAST({text_of_identity} AS uuid)"))];
    for (books, sql) in every_books().await.into_iter().zip(statements) {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let row = json!({"row": {"code": "PC", "name": "Piece"}});
        chain.ok("POST", "/definitions/product_units", owner, row).await;
        let whole = text(&chain.get("/exports/product_units", owner).await);
        assert_eq!(whole.lines().count(), 2, "{whole}");
        let added: Result<u64, DatabaseError> =
            books.write(Tenant::Platform, move |session| session.execute(&sql, &[])).await;
        assert_eq!(added.unwrap(), 100_000);
        let export = ("GET", "/exports/product_units", owner);
        chain.refused(export, Value::Null, (422, "export_too_large")).await;
    }
}

#[tokio::test]
async fn an_offer_of_ownership_tells_nothing_of_people_and_makes_nobody_a_member() {
    for chain in chains().await {
        let (harbour, valley) = (chain.company("harbour").await, chain.company("valley").await);
        let owners = format!("/companies/{}/owners", valley.slug);
        let by = valley.owner.access.as_str();
        let victim = chain.staff(&harbour, "victim", ("finance", "company", None)).await;
        let change = json!({"first_name": "Vera", "last_name": "Secret"});
        chain.ok("PATCH", "/me", &victim.access, change).await;
        let offer = |name: &str| json!({"username": name});
        let known = chain.send("POST", &owners, by, &offer("victim")).await;
        let unknown = chain.send("POST", &owners, by, &offer("nobody.at.all")).await;
        assert_eq!((known.0.as_u16(), &known.1), (202, &Value::Null));
        assert_eq!(known, unknown, "whether there is such a person is not told");
        let members = chain.get(&format!("/companies/{}/members", valley.slug), by).await.to_string();
        let log = chain.get("/audit?limit=500", by).await.to_string();
        for secret in [victim.id.as_str(), "Vera", "Secret"] {
            assert!(!members.contains(secret) && !log.contains(secret), "{secret}");
        }
        let again = chain.login("victim").await;
        let company = format!("/companies/{}", valley.slug);
        chain.get("/stores", &again.access).await;
        chain.refused(("GET", &company, &again.access), Value::Null, (404, "not_found")).await;
        let accept = format!("{owners}/accept");
        let stranger = chain.register("stranger").await;
        chain.refused(("POST", &accept, &stranger.access), json!({}), (404, "not_found")).await;
        chain.ok("DELETE", &owners, by, offer("victim")).await;
        chain.refused(("POST", &accept, &again.access), json!({}), (404, "not_found")).await;
        chain.ok("POST", &owners, by, offer("VICTIM")).await;
        let accepted = chain.ok("POST", &accept, &again.access, json!({})).await;
        assert_eq!((&accepted["is_owner"], &accepted["is_admin"]), (&json!(true), &json!(true)));
        chain.get(&company, &again.access).await;
        let member = chain.member(&valley, "plain").await;
        chain.ok("POST", &owners, by, offer("plain")).await;
        let listed = chain.get(&format!("{company}/members"), by).await;
        let plain =
            listed["items"].as_array().unwrap().iter().find(|one| one["user_id"] == member.id.as_str());
        assert_eq!(plain.unwrap()["owner_offered"], true);
    }
}

#[tokio::test]
async fn guesses_are_counted_against_their_address_and_shut_out_nobody_else() {
    for books in every_books().await {
        let settings = Settings { rate_limits: true, ..Settings::default() };
        let chain = Chain::with(books, settings);
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        chain.get("/sync/state", &harbour.device).await;
        for guess in 0..30 {
            let bearer = format!("made-up-{guess}");
            chain.refused(("GET", "/me", &bearer), Value::Null, (401, "unauthorized")).await;
        }
        for bearer in ["made-up-31", "sfk_made-up", "a.b.c"] {
            let (status, answer) = chain.send("GET", "/me", bearer, &Value::Null).await;
            assert_eq!((status.as_u16(), &answer["code"]), (429, &json!("too_many_requests")), "{bearer}");
        }
        // A page for everybody does not make a guess a good one.
        chain.refused(("GET", "/health", "made-up-31"), Value::Null, (429, "too_many_requests")).await;
        chain.get("/health", "").await;
        chain.get("/me", owner).await;
        chain.get("/sync/state", &harbour.device).await;
        later(2);
        chain.refused(("GET", "/me", "made-up-32"), Value::Null, (401, "unauthorized")).await;
        chain.refused(("GET", "/me", "made-up-33"), Value::Null, (429, "too_many_requests")).await;
        later(0);
    }
}

#[tokio::test]
async fn enrolment_codes_and_refresh_tokens_are_counted_by_address_whatever_is_shown_beside_them() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let device = |code: &str| json!({"enrolment_code": code, "serial": "S", "os": "linux", "software_version": "1"});
        let refresh = |token: &str| json!({"refresh": token});
        for guess in 0..30 {
            let (bearer, secret) = (format!("junk-{guess}"), format!("guess-{guess}"));
            let enrol = ("POST", "/auth/device/enroll", bearer.as_str());
            chain.refused(enrol, device(&secret), (401, "enrolment_code_invalid")).await;
            let renew = ("POST", "/auth/refresh", bearer.as_str());
            chain.refused(renew, refresh(&secret), (401, "refresh_unknown")).await;
        }
        for bearer in ["junk-31", ""] {
            let enrol = ("POST", "/auth/device/enroll", bearer);
            chain.refused(enrol, device("guess-31"), (429, "too_many_requests")).await;
            let renew = ("POST", "/auth/refresh", bearer);
            chain.refused(renew, refresh("guess-31"), (429, "too_many_requests")).await;
        }
        later(4);
        let path = format!("/terminals/{}/enrolment", harbour.terminal);
        let code = chain.ok("POST", &path, &harbour.owner.access, json!({})).await;
        chain.enrol(&code["enrolment_code"]).await;
        chain.ok("POST", "/auth/refresh", "", refresh(&harbour.owner.refresh)).await;
        later(0);
    }
}

#[tokio::test]
async fn a_deleted_company_enrols_no_device_and_knows_none() {
    for books in every_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let path = format!("/terminals/{}/enrolment", harbour.terminal);
        let code = text(&chain.ok("POST", &path, owner, json!({})).await["enrolment_code"]);
        let mut other =
            json!({"enrolment_code": code, "serial": "S", "os": "linux", "software_version": "1"});
        other["currency"] = json!("XPF");
        let enrol = ("POST", "/auth/device/enroll", "");
        chain.refused(enrol, other, (409, "currency_differs")).await;
        chain.ok("POST", &format!("/companies/{}/deletion", harbour.slug), owner, json!({})).await;
        let device = json!({"enrolment_code": code, "serial": "S", "os": "linux", "software_version": "1"});
        chain.refused(enrol, device, (401, "enrolment_code_invalid")).await;
        let left: Result<usize, DatabaseError> = books
            .read(Tenant::Platform, |session| Ok(session.query("SELECT digest FROM enrolment", &[])?.len()))
            .await;
        assert_eq!(left.unwrap(), 0, "codes go with their company");
        // A secret that is to come into the books afterwards is refused, and opens nothing.
        let (company, terminal) = (id(&harbour.id), id(&harbour.terminal));
        let hub = Hub::new(books, Settings::default(), noon);
        let late = hub.accept_secret(company, terminal, "late secret".to_owned()).await;
        assert_eq!(late.map(drop).unwrap_err().code, "wrong_state");
        chain.refused(("GET", "/sync/state", "late secret"), Value::Null, (401, "unauthorized")).await;
    }
}

fn id(text: &str) -> Uuid {
    text.parse().unwrap()
}

#[tokio::test]
async fn nobody_gets_a_role_where_somebody_else_has_the_same_pin() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (quay, hill) = (Some(harbour.store.as_str()), Some(harbour.other_store.as_str()));
        let ayse = chain.staff(&harbour, "ayse", ("cashier", "store", quay)).await;
        let can = chain.staff(&harbour, "can", ("cashier", "store", hill)).await;
        for person in [&ayse, &can] {
            chain.ok("PUT", &pin_of(&person.id), owner, json!({"pin": "4829"})).await;
        }
        let role = json!({"user_id": can.id, "role": "waiter", "scope": "store", "scope_id": harbour.store});
        chain.refused(("POST", "/role-assignments", owner), role.clone(), (409, "pin_taken")).await;
        let region = json!({"user_id": can.id, "role": "region_manager", "scope": "region", "scope_id": harbour.region});
        chain.refused(("POST", "/role-assignments", owner), region, (409, "pin_taken")).await;
        let invited = json!({"email": "can@example.com", "roles": [
            {"role": "waiter", "scope": "store", "scope_id": harbour.store}
        ]});
        let invitations = format!("/companies/{}/invitations", harbour.slug);
        let token = text(&chain.ok("POST", &invitations, owner, invited).await["token"]);
        let accept = format!("/invitations/{token}/accept");
        chain.refused(("POST", &accept, &can.access), json!({}), (409, "pin_taken")).await;
        let opened = chain.ok("POST", LOGIN, &harbour.device, json!({"pin": "4829"})).await;
        assert_eq!(opened["user"]["id"], ayse.id.as_str());

        // Neither does a tag bring them together, nor an ownership.
        let tag = format!("/companies/{}/members/{}/admin", harbour.slug, can.id);
        chain.refused(("PUT", &tag, owner), json!({}), (409, "pin_taken")).await;
        let owners = format!("/companies/{}/owners", harbour.slug);
        chain.ok("POST", &owners, owner, json!({"username": "can"})).await;
        let accept = format!("{owners}/accept");
        chain.refused(("POST", &accept, &can.access), json!({}), (409, "pin_taken")).await;
        chain.ok("POST", LOGIN, &harbour.device, json!({"pin": "4829"})).await;
        chain.ok("PUT", &pin_of(&can.id), owner, json!({"pin": "5930"})).await;
        chain.ok("PUT", &tag, owner, json!({})).await;
        chain.ok("POST", "/role-assignments", owner, role).await;
    }
}

#[tokio::test]
async fn no_region_brings_two_people_with_one_pin_together() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let south = chain.ok("POST", "/regions", owner, json!({"code": "SOUTH", "name": "South"})).await;
        let (south, hill) = (text(&south["id"]), Some(harbour.other_store.as_str()));
        let manager =
            chain.staff(&harbour, "ayse", ("region_manager", "region", Some(&harbour.region))).await;
        let cashier = chain.staff(&harbour, "can", ("cashier", "store", hill)).await;
        for person in [&manager, &cashier] {
            chain.ok("PUT", &pin_of(&person.id), owner, json!({"pin": "4829"})).await;
        }
        let store = format!("/stores/{}", harbour.other_store);
        let into = json!({"region_id": harbour.region});
        chain.refused(("PATCH", &store, owner), into.clone(), (409, "pin_taken")).await;
        chain.ok("PATCH", &store, owner, json!({"region_id": south})).await;
        let below = json!({"parent_id": harbour.region});
        chain.refused(("PATCH", &format!("/regions/{south}"), owner), below, (409, "pin_taken")).await;
        let left = json!({"is_active": false});
        chain.ok("PATCH", &format!("/users/{}", cashier.id), owner, left).await;
        chain.ok("PATCH", &store, owner, into).await;
        let back = json!({"is_active": true});
        let again = format!("/users/{}", cashier.id);
        chain.refused(("PATCH", &again, owner), back, (409, "pin_taken")).await;
    }
}

#[tokio::test]
async fn two_who_had_one_pin_in_a_store_before_hinder_no_region() {
    for books in every_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let south = chain.ok("POST", "/regions", owner, json!({"code": "SOUTH", "name": "South"})).await;
        let quay = Some(harbour.store.as_str());
        let ayse = chain.staff(&harbour, "ayse", ("cashier", "store", quay)).await;
        let can = chain.staff(&harbour, "can", ("cashier", "store", quay)).await;
        chain.ok("PUT", &pin_of(&ayse.id), owner, json!({"pin": "4829"})).await;
        let pair = [id(&ayse.id).into(), id(&can.id).into()];
        let copied: Result<u64, DatabaseError> = books
            .write(Tenant::Platform, move |session| {
                session.execute(
                    "UPDATE membership SET pin_hash = (SELECT o.pin_hash FROM membership o WHERE o.user_id = $1) \
                     WHERE user_id = $2",
                    &pair,
                )
            })
            .await;
        assert_eq!(copied.unwrap(), 1, "as it stood before PINs were compared");
        let into = json!({"region_id": south["id"]});
        chain.ok("PATCH", &format!("/stores/{}", harbour.store), owner, into).await;
        let below = json!({"parent_id": harbour.region});
        chain.ok("PATCH", &format!("/regions/{}", text(&south["id"])), owner, below).await;
    }
}

/// The requests of the guide for whoever runs a hub, as they stand there.
#[tokio::test]
async fn the_guide_leads_from_an_empty_hub_to_its_stores() {
    let guide = include_str!("../../../docs/operations.md");
    let mut blocks = guide.split("```sh\n").filter_map(|block| block.split("```").next());
    let block = blocks.find(|block| block.contains("auth/register") && block.contains("/companies")).unwrap();
    for chain in chains().await {
        let (mut access, mut company, mut last) = (String::new(), String::new(), Value::Null);
        for line in block.lines().filter(|line| line.starts_with("curl")) {
            let path = line.split("/api/v1").nth(1).unwrap().split(' ').next().unwrap();
            let body = line.split_once(" -d ").map(|(_, body)| {
                let body = body.trim_matches(['\'', '"']).replace("\\\"", "\"").replace("$COMPANY", &company);
                serde_json::from_str::<Value>(&body).unwrap()
            });
            let token = if line.contains("Bearer $ACCESS") { access.as_str() } else { "" };
            let method = if body.is_some() { "POST" } else { "GET" };
            last = chain.ok(method, path, token, body.unwrap_or_default()).await;
            if let Some(token) = last["access"].as_str() {
                access = token.to_owned();
            }
            if let Some(id) = last["id"].as_str() {
                company = id.to_owned();
            }
        }
        assert!(last["access"].is_string(), "the guide ends with a session in the company");
    }
    assert!(guide.contains(PASSWORD), "the guide shows a password that is taken");
}

/// Lines of a log that a test reads.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    /// What was written.
    pub(crate) fn written(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_names_the_route_and_who_asked_and_no_token_that_stands_in_a_path() {
    let lines = Lines::default();
    let writer = lines.clone();
    let log = tracing_subscriber::fmt().json().with_writer(move || writer.clone()).finish();
    let _logging = tracing::subscriber::set_default(log);
    let chain = Chain::on(Books::open(Sqlite::in_memory().unwrap()).unwrap());
    let harbour = chain.company("harbour").await;
    let owner = harbour.owner.access.as_str();
    // Another test may have met the line first, where nobody listens.
    tracing::callsite::rebuild_interest_cache();
    chain.send("POST", "/invitations/hush-hush/accept", owner, &json!({})).await;
    chain.send("GET", "/sync/state", &harbour.device, &json!(null)).await;
    let log = lines.written();
    assert!(!log.contains("hush-hush"), "{log}");
    let named = |route: &str| -> Value {
        let mut lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.find(|line| line["fields"]["route"] == format!("/api/v1{route}")).unwrap()["fields"].clone()
    };
    let accepted = named("/invitations/{token}/accept");
    assert_eq!((&accepted["principal"], &accepted["company"]), (&json!("user"), &json!(harbour.id)));
    assert_eq!(accepted["bytes_in"], "{}".len(), "{accepted}");
    assert!(accepted["bytes_out"].as_u64().is_some_and(|bytes| bytes > 2), "{accepted}");
    let device = named("/sync/state");
    let of_device = (&device["principal"], &device["terminal"], &device["store"]);
    assert_eq!(of_device, (&json!("device"), &json!(harbour.terminal), &json!(harbour.store)), "{device}");
}

#[tokio::test]
async fn files_and_carts_are_counted_by_themselves_and_whoever_comes_too_often_is_told_the_limit() {
    for books in every_books().await {
        let settings = Settings { rate_limits: true, ..Settings::default() };
        let chain = Chain::with(books, settings);
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let span = || json!({"from": "2026-11-01", "until": "2026-11-30"});
        for _ in 0..5 {
            chain.get("/exports/products", owner).await;
            chain.ok("POST", "/reports/tax/exports", owner, span()).await;
        }
        chain.refused(("GET", "/exports/products", owner), Value::Null, (429, "too_many_requests")).await;
        let request = Request::builder()
            .uri("/api/v1/exports/products")
            .header(header::AUTHORIZATION, format!("Bearer {owner}"))
            .body(Body::empty());
        let response = chain.open(request.unwrap()).await;
        let told = ["retry-after", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"]
            .map(|name| response.headers()[name].to_str().unwrap().to_owned());
        assert_eq!(told, ["360", "10", "0", "360"], "ten an hour");
        later(360);
        chain.ok("POST", "/reports/tax/exports", owner, span()).await;
        later(0);

        let (_, elsewhere) = chain.terminal(owner, &harbour.other_store, "TILL-2", "pos").await;
        let unread = (422, "schema_version_unknown");
        for _ in 0..50 {
            let ask = ("POST", "/campaigns/evaluate", harbour.device.as_str());
            chain.refused(ask, json!({}), unread).await;
        }
        let ask = ("POST", "/campaigns/evaluate", harbour.device.as_str());
        chain.refused(ask, json!({}), (429, "too_many_requests")).await;
        let ask = ("POST", "/campaigns/evaluate", elsewhere.as_str());
        chain.refused(ask, json!({}), unread).await;
    }
}
