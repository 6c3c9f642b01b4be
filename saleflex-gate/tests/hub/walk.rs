//! Every route of the document, called as everybody, compared with the tables of rights.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use axum::http::StatusCode;
use saleflex_gate::settings::Settings;
use serde_json::{Value, json};

use super::{
    chain::{Chain, Company, chains, text},
    support::{every_books, later},
};

const ROUTES: &str = include_str!("../../src/access/routes.csv");
const RESOURCES: &str = include_str!("../../src/definitions/resources.csv");
/// Resources whose own paths are called as everybody; those of the others have the same handlers.
const WALKED: [&str; 2] = ["products", "product_barcodes"];
const MATRIX: &str = include_str!("../../src/access/matrix.csv");

/// What ends the caller's own session or rights, or what others stand on: called after everything else.
const LAST: [&str; 4] = ["/deletion", "/close", "/owners/me", "/auth/logout"];
/// What may not be there any more, or not yet, when somebody who may calls it.
const PASSING: [&str; 10] = [
    "/avatar",
    "/deletion",
    "/invitations/",
    "/join-requests/",
    "/auth/sessions/",
    "/role-assignments/",
    "/api-keys/",
    "/notifications/",
    "/members/",
    "/imports/",
];

#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Route {
    method: String,
    path: String,
    who: String,
    hub: String,
}

fn routes() -> Vec<Route> {
    let mut routes: Vec<Route> = ROUTES
        .lines()
        .skip(1)
        .map(|line| {
            let columns: [&str; 4] = line.split(',').collect::<Vec<_>>().try_into().unwrap();
            let [method, path, who, hub] = columns.map(str::to_owned);
            Route { method, path, who, hub }
        })
        .collect();
    routes.extend(of_rows(|resource| WALKED.contains(&resource)));
    routes.sort_by_key(|route| LAST.iter().position(|last| route.path.ends_with(last)));
    routes
}

/// The routes of rows that have paths of their own, of some resources.
fn of_rows(is_wanted: impl Fn(&str) -> bool) -> Vec<Route> {
    let mut routes = Vec::new();
    for line in RESOURCES.lines().skip(1) {
        let columns: [&str; 9] = line.split(',').collect::<Vec<_>>().try_into().unwrap();
        let [resource, read, write, _, _, devices, path, _, _] = columns;
        if path.is_empty() || !is_wanted(resource) {
            continue;
        }
        let list = format!("/api/v1{path}");
        let row = format!("{list}/{}", if path.contains("{id}") { "{row}" } else { "{id}" });
        let read = format!("device {devices} or may {read}");
        let write = format!("may {write}");
        for (method, path, who) in [
            ("GET", &list, &read),
            ("POST", &list, &write),
            ("GET", &row, &read),
            ("PATCH", &row, &write),
            ("DELETE", &row, &write),
        ] {
            let [method, path, who, hub] =
                [method, path.as_str(), who.as_str(), "office gate"].map(str::to_owned);
            routes.push(Route { method, path, who, hub });
        }
    }
    routes
}

/// The cell of a capability and a role.
pub(crate) fn matrix() -> BTreeMap<(String, String), String> {
    let mut lines = MATRIX.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let roles = lines.next().unwrap();
    let cells = lines.flat_map(|line| {
        let named: Vec<_> = roles
            .iter()
            .zip(&line)
            .skip(1)
            .map(|(role, cell)| ((*role).to_owned(), (*cell).to_owned()))
            .collect();
        let capability = line[0].to_owned();
        named.into_iter().map(move |(role, cell)| ((capability.clone(), role), cell))
    });
    cells.collect()
}

#[test]
fn the_table_of_routes_names_those_of_the_document_and_no_others() {
    let document = serde_json::to_value(saleflex_gate::document()).unwrap();
    let mut described = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            described.insert((method.to_uppercase(), path.clone()));
        }
    }
    let named = routes().into_iter().chain(of_rows(|_| true));
    let named: BTreeSet<_> = named.map(|route| (route.method, route.path)).collect();
    let missing: Vec<_> = described.difference(&named).collect();
    let beyond: Vec<_> = named.difference(&described).collect();
    assert!(missing.is_empty() && beyond.is_empty(), "missing {missing:?}, not there {beyond:?}");
}

/// The path with the identities of a company in it.
fn filled(company: &Company, user: &str, path: &str) -> String {
    let mut filled = path.replace("{slug}", &company.slug).replace("{token}", "made-up");
    filled = filled.replace("{user}", &company.owner.id).replace("{resource}", "products");
    filled = filled.replace("{key}", "tax").replace("{product}", "018f0000-0000-7000-8000-00000000dead");
    filled = filled.replace("{row}", "018f0000-0000-7000-8000-00000000dead");
    let id = if path.contains("/terminals/") {
        company.terminal.clone()
    } else if path.contains("/stores/") {
        company.store.clone()
    } else if path.contains("/regions/") {
        company.region.clone()
    } else if path.contains("/users/") {
        user.to_owned()
    } else {
        "018f0000-0000-7000-8000-00000000dead".to_owned()
    };
    filled.replace("{id}", &id)
}

/// Calls a route with an empty body, and a key where one is wanted.
async fn call(chain: &Chain, route: &Route, path: &str, token: &str) -> (StatusCode, Value) {
    let key = [("idempotency-key", "a walk")];
    let (status, answer) = chain.send_with(&route.method, path, token, &json!({}), &key).await;
    is_told(route, status, &answer);
    (status, answer)
}

/// That the document names a refusal of who asks, or how, at its status.
fn is_told(route: &Route, status: StatusCode, answer: &Value) {
    static TOLD: LazyLock<Value> =
        LazyLock::new(|| serde_json::to_value(saleflex_gate::document()).expect("JSON"));
    if matches!(status.as_u16(), 400 | 401 | 403 | 404) {
        let answers = &TOLD["paths"][&route.path][route.method.to_lowercase()]["responses"];
        let told = answers[status.as_str()]["description"].as_str().unwrap_or_default();
        assert!(
            told.contains(&format!("`{}`", code(answer))),
            "{route:?} {status}: {answer}, and not {told}"
        );
    }
}

fn may_be_gone(path: &str) -> bool {
    PASSING.iter().any(|part| path.contains(part)) || path.contains("dead")
}

/// What a role answers: `None` means let through.
fn expected(route: &Route, role: &str, cells: &BTreeMap<(String, String), String>) -> Option<u16> {
    let cell = |capability: &str| cells[&(capability.to_owned(), role.to_owned())].clone();
    let words: Vec<&str> = route.who.split(' ').collect();
    let granted = match words.as_slice() {
        ["any" | "user" | "member"] | ["office", "wire", ..] => true,
        ["member", capability]
        | ["may", capability, "in", "company"]
        | ["device", .., "or", "may", capability, "in", "company"] => cell(capability) == "C",
        ["may", capability] | ["device", .., "or", "may", capability] => {
            matches!(cell(capability).as_str(), "C" | "R" | "S" | "T")
        }
        ["device", ..] => false,
        other => panic!("{other:?}"),
    };
    if granted { None } else { Some(403) }
}

/// Whether a route is for devices of a profile.
fn is_for(route: &Route, profile: &str) -> bool {
    let of_devices = route.who.strip_prefix("office wire").or_else(|| route.who.strip_prefix("device"));
    let Some(of_devices) = of_devices else { return route.who == "any" };
    let named: Vec<&str> = of_devices.split_whitespace().take_while(|word| *word != "or").collect();
    named.is_empty() || named.contains(&profile)
}

/// Whether a route is one of the older wire, whose callers need show nothing where the operator says so.
fn is_older(route: &Route) -> bool {
    route.who.starts_with("office wire")
}

/// Whether a route asks nobody for a credential, or leaves that to the settings.
fn asks_nobody(route: &Route) -> bool {
    route.who == "any" || is_older(route)
}

/// That a route let somebody through: whatever it says of the empty body is no question of rights.
fn was_let_through(route: &Route, path: &str, status: u16, answer: &Value, who: &str) {
    let is_own = ["credentials_wrong", "refresh_unknown", "enrolment_code_invalid"].contains(&code(answer));
    let is_wire = is_older(route) && code(answer) != "profile_not_allowed";
    let is_wire = is_wire || (route.who == "any" && status == 401);
    let is_refused = matches!(status, 401 | 403) && !is_own && !is_wire;
    let is_lost = status == 404 && !may_be_gone(path) && !is_older(route);
    assert!(!is_refused && !is_lost && status < 500, "{who}: {route:?} {status} {answer}");
}

fn code(answer: &Value) -> &str {
    answer["code"].as_str().or(answer["error_code"].as_str()).unwrap_or("")
}

fn was_refused(route: &Route, (status, answer): (u16, &Value), expected: u16, who: &str) {
    assert_eq!(status, expected, "{who}: {route:?} {answer}");
    assert!(!code(answer).is_empty() && answer["correlation_id"].is_string(), "{who}: {route:?} {answer}");
}

#[tokio::test]
async fn every_route_serves_whom_the_matrix_names_and_nobody_else() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let people = chain.everybody(&harbour).await;
        let user = people["cashier"].id.clone();
        let second = chain.member(&harbour, "second").await;
        let owners = format!("/companies/{}/owners", harbour.slug);
        chain.ok("POST", &owners, &harbour.owner.access, json!({"username": "second"})).await;
        chain.ok("POST", &format!("{owners}/accept"), &second.access, json!({})).await;
        let cells = matrix();
        for route in routes() {
            let path = filled(&harbour, &user, &route.path);
            let (status, answer) = call(&chain, &route, &path, "").await;
            if asks_nobody(&route) {
                was_let_through(&route, &path, status.as_u16(), &answer, "nobody");
            } else {
                was_refused(&route, (status.as_u16(), &answer), 401, "nobody");
            }
            // The owner comes last: only an owner's acts take the ground from under the others.
            for (role, person) in people.iter().filter(|(role, _)| **role != "owner") {
                step(&chain, (&route, &path), (role, &person.access), &cells).await;
            }
        }
        for route in routes() {
            let path = filled(&harbour, &user, &route.path);
            step(&chain, (&route, &path), ("owner", &harbour.owner.access), &cells).await;
        }
    }
}

async fn step(
    chain: &Chain,
    (route, path): (&Route, &str),
    (role, token): (&str, &str),
    cells: &BTreeMap<(String, String), String>,
) {
    // Each goes out of the session at the end alone, and the admin leaves the shops open for the others.
    if route.path.ends_with("/logout") || (role == "admin" && route.path.ends_with("/close")) {
        return;
    }
    let (status, answer) = call(chain, route, path, token).await;
    if role == "member" && route.path == "/api/v1/stores/{id}" && route.method == "GET" {
        return was_refused(
            route,
            (status.as_u16(), &answer),
            404,
            "who belongs, and has no role in a store",
        );
    }
    match expected(route, role, cells) {
        None => was_let_through(route, path, status.as_u16(), &answer, role),
        Some(refusal) => was_refused(route, (status.as_u16(), &answer), refusal, role),
    }
}

#[tokio::test]
async fn a_stores_hub_has_the_routes_of_one_store_and_a_companys_all() {
    for books in every_books().await {
        let above = Chain::on(books.clone());
        let harbour = above.company("harbour").await;
        let store = Chain::in_store(books, Settings::default());
        let (owner, device) = (harbour.owner.access.as_str(), harbour.device.as_str());
        for token in ["", owner] {
            let (status, answer) = store.send("HEAD", "/companies", token, &Value::Null).await;
            assert_eq!(status.as_u16(), 404, "{answer}");
            assert_ne!(above.send("HEAD", "/companies", token, &Value::Null).await.0.as_u16(), 404);
        }
        for route in routes() {
            let path = filled(&harbour, &harbour.owner.id, &route.path);
            for token in ["", device, owner] {
                let (status, answer) = call(&store, &route, &path, token).await;
                let is_none = status.as_u16() == 404
                    && answer["code"] == "not_found"
                    && answer["message"] == "there is nothing at this path";
                assert_eq!(!is_none, route.hub == "office gate", "{route:?} {status} {answer}");
            }
        }
    }
}

#[tokio::test]
async fn what_lies_in_another_store_or_company_is_not_there() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let elsewhere = Some(harbour.other_store.as_str());
        let manager = chain.staff(&harbour, "manager", ("store_manager", "store", elsewhere)).await;
        let other = chain.company("valley").await;
        let user = harbour.owner.id.clone();
        let (_, foreign) = chain.terminal(&other.owner.access, &other.store, "TILL-9", "pos").await;
        let own = [&harbour.id, &harbour.store, &harbour.other_store, &harbour.terminal, &harbour.region];
        for route in routes().into_iter().filter(|route| !route.path.ends_with("/logout")) {
            let path = filled(&harbour, &user, &route.path);
            let is_named = ["{id}", "{slug}", "{user}"].iter().any(|name| route.path.contains(name));
            let is_of_a_store = route.path.starts_with("/api/v1/terminals/{id}")
                || (route.path.starts_with("/api/v1/stores/{id}") && !route.who.contains("store.close"));
            if is_of_a_store && !route.who.contains("company.view") {
                let (status, answer) = call(&chain, &route, &path, &manager.access).await;
                let expected = if route.who.contains("terminal.move") { 403 } else { 404 };
                // A body that cannot be read is refused before anything is looked for.
                if status.as_u16() != 400 {
                    was_refused(&route, (status.as_u16(), &answer), expected, "the manager of another store");
                }
            }
            for (who, token) in [("another owner", &other.owner.access), ("another's till", &foreign)] {
                if asks_nobody(&route) {
                    continue;
                }
                let (status, answer) = call(&chain, &route, &path, token).await;
                let text = answer.to_string();
                assert!(!own.iter().any(|id| text.contains(id.as_str())), "{who}: {route:?} {text}");
                let is_for_them = who == "another owner"
                    && route.who != "user"
                    && (!route.who.starts_with("device") || route.who.contains("may"));
                if is_named && is_for_them {
                    // What is wrong with the request itself may be said before.
                    assert!(matches!(status.as_u16(), 404 | 400 | 428), "{who}: {route:?} {status} {answer}");
                }
            }
        }
        assert_eq!(chain.get("/stores", &harbour.owner.access).await["items"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn devices_of_every_profile_and_programs_do_their_own_and_nothing_else() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (mut callers, user) = (Vec::new(), harbour.owner.id.clone());
        for profile in ["pos", "kitchen", "office", "mobile", "display"] {
            let (id, token) = chain.terminal(owner, &harbour.store, profile, profile).await;
            callers.push((profile, id, token));
        }
        let new = json!({"name": "reader", "capabilities": ["catalog.read"]});
        let program = text(&chain.ok("POST", "/api-keys", owner, new).await["secret"]);
        for route in routes() {
            for (profile, id, token) in &callers {
                let path = filled(&harbour, &user, &route.path).replace(&harbour.terminal, id);
                let (status, answer) = call(&chain, &route, &path, token).await;
                if is_for(&route, profile) {
                    was_let_through(&route, &path, status.as_u16(), &answer, profile);
                } else {
                    was_refused(&route, (status.as_u16(), &answer), 403, profile);
                }
            }
            if asks_nobody(&route) {
                continue;
            }
            let path = filled(&harbour, &user, &route.path);
            let (status, answer) = call(&chain, &route, &path, &program).await;
            if route.who.ends_with("may catalog.read") {
                was_let_through(&route, &path, status.as_u16(), &answer, "a program");
            } else {
                was_refused(&route, (status.as_u16(), &answer), 403, "a program");
            }
        }
    }
}

#[tokio::test]
async fn a_bad_credential_is_nobody_on_every_route_and_changes_nothing() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let parts: Vec<&str> = harbour.owner.access.split('.').collect();
        let forged = format!("{}.{}.{}", parts[0], parts[1], parts[2].chars().rev().collect::<String>());
        let before = chain.get("/audit?limit=500", &harbour.owner.access).await;
        let user = harbour.owner.id.clone();
        let bad = [forged, harbour.owner.refresh.clone(), "sfk_made-up".to_owned(), "made-up".to_owned()];
        for route in routes() {
            if asks_nobody(&route) {
                continue;
            }
            let path = filled(&harbour, &user, &route.path);
            for token in &bad {
                let (status, answer) = call(&chain, &route, &path, token).await;
                was_refused(&route, (status.as_u16(), &answer), 401, token);
            }
            later(15 * 60);
            let (status, answer) = call(&chain, &route, &path, &harbour.owner.access).await;
            was_refused(&route, (status.as_u16(), &answer), 401, "a token that is over");
            later(0);
        }
        assert_eq!(chain.get("/audit?limit=500", &harbour.owner.access).await, before);
    }
}
