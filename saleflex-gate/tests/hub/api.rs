//! The service as a client sees it.

use std::{collections::BTreeSet, fs, path::Path};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, StatusCode, header},
};
use chrono::{DateTime, Utc};
use saleflex_gate::{
    Hub, app,
    db::{Books, Sqlite},
    document, serve,
    settings::{Profile, Settings},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};
use tower::ServiceExt;

fn noon() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-03-08T12:00:00Z").expect("a valid time").to_utc()
}

fn hub() -> Hub {
    hub_of(Profile::Office)
}

fn hub_of(profile: Profile) -> Hub {
    let books = Books::open(Sqlite::in_memory().expect("memory")).expect("a schema");
    Hub::new(books, Settings { profile, ..Settings::default() }, noon)
}

async fn call(method: Method, path: &str) -> (StatusCode, Value) {
    call_at(app(hub()), method, path).await
}

async fn call_at(app: Router, method: Method, path: &str) -> (StatusCode, Value) {
    let request = Request::builder().method(method).uri(path).body(Body::empty()).expect("a valid request");
    let response = app.oneshot(request).await.expect("the service answers");
    let status = response.status();
    let is_json = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    assert!(is_json, "{path} did not answer JSON");
    let body = to_bytes(response.into_body(), 1 << 22).await.expect("a body");
    (status, serde_json::from_slice(&body).expect("JSON"))
}

#[tokio::test]
async fn health_says_who_is_there_and_what_time_it_is() {
    let (status, body) = call(Method::GET, "/api/v1/health").await;
    assert_eq!(status, StatusCode::OK);
    let version = env!("CARGO_PKG_VERSION");
    let expected = json!({"status": "ok", "service": "SaleFlex.OFFICE", "version": version, "time": "2026-03-08T12:00:00Z"});
    assert_eq!(body, expected);
}

#[tokio::test]
async fn what_is_not_there_is_refused_with_a_code() {
    let (status, body) = call(Method::GET, "/api/v1/nothing").await;
    assert_eq!((status, &body["code"]), (StatusCode::NOT_FOUND, &json!("not_found")));
    let (status, body) = call(Method::DELETE, "/api/v1/health").await;
    assert_eq!((status, &body["code"]), (StatusCode::METHOD_NOT_ALLOWED, &json!("method_not_allowed")));
}

#[tokio::test]
async fn the_served_document_is_the_committed_one() {
    let (status, served) = call(Method::GET, "/openapi.json").await;
    assert_eq!(status, StatusCode::OK);
    let committed: Value = serde_json::from_str(include_str!("../../openapi.json")).expect("JSON");
    assert_eq!(served, committed, "run `cargo xtask openapi` and look at what changed");
}

#[test]
fn no_two_operations_have_one_name_and_a_till_reads_verdicts_as_words() {
    let document = serde_json::to_value(document()).expect("JSON");
    let mut names = std::collections::BTreeSet::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let name = operation["operationId"].as_str().expect("a name");
            assert!(names.insert(name.to_owned()), "{method} {path} is another {name}");
        }
    }
    assert!(names.contains("get_stores_id") && names.contains("post_sync_quotas"));
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["Verdict"]["type"], "string");
    assert_eq!(schemas["OlderVerdict"]["type"], "object");
}

#[test]
fn every_body_that_is_sent_as_json_has_an_example() {
    let document = serde_json::to_value(document()).expect("JSON");
    let mut without = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let body = &operation["requestBody"]["content"]["application/json"];
            let mut schema = &body["schema"];
            while let Some(name) = schema["$ref"].as_str() {
                schema = document.pointer(name.trim_start_matches('#')).expect("a schema of the document");
            }
            let has_one = [body, schema].iter().any(|place| {
                !place["example"].is_null() || place["examples"].as_array().is_some_and(|all| !all.is_empty())
            });
            if !body.is_null() && !has_one {
                without.push(format!("{method} {path}"));
            }
        }
    }
    assert!(without.is_empty(), "{without:?}");
}

/// The codes that a source names: the first text of a call that makes a refusal or a verdict, if no other call stands
/// before it and it is not where the maker itself is declared.
fn named(source: &str, codes: &mut BTreeSet<String>) {
    const MAKERS: [&str; 8] = [
        "::new(",
        "::forbidden(",
        "::conflict(",
        "::unprocessable(",
        "rejected(",
        "refused(item, ",
        " code: ",
        "let code = if",
    ];
    let is_code =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    for maker in MAKERS {
        for behind in source.split(maker).skip(1) {
            let Some((before, rest)) = behind.split_once('"') else { continue };
            let is_first = !before.contains(['(', ';']) && !before.contains("->") && before.len() < 80;
            let is_status = maker != "::new(" || before.contains("StatusCode::");
            let Some((text, _)) = rest.split_once('"').filter(|_| is_first && is_status) else { continue };
            if is_code(text) {
                codes.insert(text.to_owned());
            }
        }
    }
}

fn sources(folder: &Path, all: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source");
            all.push(text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_owned());
        }
    }
}

#[test]
fn every_code_that_is_answered_is_documented_and_no_other_is() {
    let document = serde_json::to_value(document()).expect("JSON");
    let told = document["x-codes"].as_array().expect("codes").iter();
    let told: BTreeSet<String> = told.map(|one| one["code"].as_str().expect("a code").to_owned()).collect();
    let mut all = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    let mut answered = BTreeSet::new();
    for source in &all {
        named(source, &mut answered);
    }
    assert!(answered.len() > 80 && answered.contains("scope_mismatch") && answered.contains("stale"));
    let silent: Vec<_> = answered.difference(&told).collect();
    assert!(silent.is_empty(), "answered and not in `errors.csv`: {silent:?}");
    let whole = all.concat() + saleflex_sync::wire::refusal::CURSOR_EXPIRED;
    let unused: Vec<_> = told.iter().filter(|code| !whole.contains(code.as_str())).collect();
    assert!(unused.is_empty(), "in `errors.csv` and answered by nothing: {unused:?}");
    let values = document["components"]["schemas"]["Refusal"]["properties"]["code"]["enum"].as_array();
    assert!(values.is_some_and(|values| values.len() > 70 && values.contains(&json!("host_not_allowed"))));
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            for status in ["400", "408", "421", "429", "500", "503"] {
                assert!(operation["responses"][status].is_object(), "{method} {path} {status}");
            }
            for (status, answer) in operation["responses"].as_object().expect("answers") {
                let description = answer["description"].as_str().unwrap_or_default();
                assert!(!description.is_empty(), "{method} {path} {status} says nothing of itself");
            }
        }
    }
}

#[tokio::test]
async fn every_described_path_is_served() {
    let document = serde_json::to_value(document()).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    assert!(!paths.is_empty());
    let app = app(hub_of(Profile::Gate));
    for (path, methods) in paths {
        for method in methods.as_object().expect("methods").keys() {
            let method: Method = method.to_uppercase().parse().expect("a method");
            let (status, _) = call_at(app.clone(), method, path).await;
            assert_ne!(status, StatusCode::NOT_FOUND, "{path}");
        }
    }
}

#[tokio::test]
async fn a_hub_that_is_asked_to_stop_ends_although_a_client_stays_connected() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel::<()>();
    let hub = tokio::spawn(serve(listener, hub(), async {
        stopped.await.expect("the test says when to stop");
    }));

    let mut client = TcpStream::connect(address).await.expect("the hub listens");
    client.write_all(b"GET /api/v1/health HTTP/1.1\r\nHost: hub\r\n\r\n").await.expect("a request");
    let mut answer = vec![0; 12];
    client.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(answer, b"HTTP/1.1 200");

    stop.send(()).expect("the hub runs");
    hub.await.expect("the hub ended by itself").expect("without an error");
    assert!(TcpStream::connect(address).await.is_err(), "the hub still listens");
}
