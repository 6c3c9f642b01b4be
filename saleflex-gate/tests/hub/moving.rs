//! A hub that moves into another database, and what guards its door.

use axum::{
    body::Body,
    http::{Request, header},
};
use saleflex_gate::{
    Hub, MoveError, app,
    db::{Books, Postgres, Sqlite},
    move_house,
    settings::Settings,
};
use serde_json::json;

use super::{
    chain::{Chain, PASSWORD},
    support::{call, clock, fresh_postgres},
};

#[tokio::test]
async fn a_hub_moves_with_everything_and_only_into_an_empty_database() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old.sqlite"), folder.path().join("new.sqlite"));
    let chain = Chain::on(Books::open(Sqlite::open(&old).unwrap()).unwrap());
    let harbour = chain.company("harbour").await;
    // A region that lies in one made after it.
    let south = json!({"code": "SOUTH", "name": "South"});
    let south = chain.ok("POST", "/regions", &harbour.owner.access, south).await;
    let inside = json!({"parent_id": south["id"]});
    chain.ok("PATCH", &format!("/regions/{}", harbour.region), &harbour.owner.access, inside).await;
    let before = chain.get("/audit?limit=500", &harbour.owner.access).await;
    let source = Sqlite::open(&old).unwrap();
    Books::open(Sqlite::open(&new).unwrap()).unwrap();
    let moved = move_house(&source, &Sqlite::open(&new).unwrap()).unwrap();
    assert_eq!((moved["company"], moved["store"], moved["region"]), (1, 2, 2));
    let again = move_house(&source, &Sqlite::open(&new).unwrap());
    assert!(matches!(again, Err(MoveError::NotEmpty { companies: 1 })));
    let mut books = vec![Books::open(Sqlite::open(&new).unwrap()).unwrap()];
    if let Some(url) = fresh_postgres().await {
        let opened = tokio::task::spawn_blocking(move || {
            Books::open(Postgres::connect(&url).unwrap()).unwrap();
            move_house(&Sqlite::open(&old).unwrap(), &Postgres::connect(&url).unwrap()).unwrap();
            Books::open(Postgres::connect(&url).unwrap()).unwrap()
        });
        books.push(opened.await.unwrap());
    }
    for books in books {
        let there = Chain::on(books);
        let owner = there.login("harbour.owner").await;
        assert_eq!(there.get("/audit?limit=500", &owner.access).await, before);
        assert_eq!(there.get("/audit/check", &owner.access).await["is_whole"], true);
        let region = there.get(&format!("/regions/{}", harbour.region), &owner.access).await;
        assert_eq!(region["parent_id"], south["id"]);
        there.get("/sync/bootstrap", &harbour.device).await;
    }
}

/// Of the program itself, while another process has the file open and writes into it.
#[tokio::test]
async fn the_books_of_a_file_are_copied_while_they_are_open_and_nothing_is_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hub.sqlite");
    let chain = Chain::on(Books::open(Sqlite::open(&path).unwrap()).unwrap());
    let harbour = chain.company("harbour").await;
    let back_up = |from: &str| {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_saleflex-gate"));
        program.current_dir(&folder).args(["backup", "copy.sqlite"]).env("SALEFLEX_GATE_DATABASE", from);
        let output = program.output().unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(back_up("hub.sqlite"), (true, String::new()));
    let copy = folder.path().join("copy.sqlite");
    let before = std::fs::read(&copy).unwrap();
    chain.company("bakery").await;
    for (from, why) in [
        ("hub.sqlite", "is there already"),
        ("nowhere.sqlite", "there is no file nowhere.sqlite"),
        ("postgres://hub@localhost/hub", "copy them with pg_dump"),
    ] {
        let (is_done, said) = back_up(from);
        assert!(!is_done && said.contains(why), "{said}");
    }
    assert!(std::fs::read(&copy).unwrap() == before, "it stays as it is");
    let there = Chain::on(Books::open(Sqlite::open(&copy).unwrap()).unwrap());
    let owner = there.login("harbour.owner").await;
    assert_eq!(there.get("/audit/check", &owner.access).await["is_whole"], true);
    there.get(&format!("/regions/{}", harbour.region), &owner.access).await;
    let later = json!({"username": "bakery.owner", "password": PASSWORD});
    there.refused(("POST", "/auth/login", ""), later, (401, "credentials_wrong")).await;
}

/// Of the program itself: what its arguments say is a setting like any other.
#[test]
fn production_is_checked_with_what_the_command_says() {
    let folder = tempfile::tempdir().unwrap();
    let serve = |listen: &str, more: &[(&str, &str)]| {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_saleflex-gate"));
        program.current_dir(&folder).args(["serve", "--profile", "gate", "--listen", listen]);
        let secret = "0123456789abcdef0123456789abcdef";
        program.env("SALEFLEX_GATE_PRODUCTION", "true").env("SALEFLEX_GATE_SECRET", secret);
        let output = program.envs(more.iter().copied()).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let open = serve("127.0.0.1:0", &[("SALEFLEX_GATE_OFFICE_WIRE", "open")]);
    assert!(open.contains("`office_wire` must not be open"), "{open}");
    let bare = serve("0.0.0.0:0", &[("SALEFLEX_GATE_ALLOWED_HOSTS", "hub.example.com")]);
    assert!(bare.contains("the hub speaks no TLS"), "{bare}");
}

fn guarded(settings: Settings) -> axum::Router {
    app(Hub::new(Books::open(Sqlite::in_memory().unwrap()).unwrap(), settings, clock))
}

fn get(path: &str, headers: &[(header::HeaderName, &str)]) -> Request<Body> {
    let mut request = Request::builder().uri(path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    request.body(Body::empty()).unwrap()
}

#[tokio::test]
async fn a_hub_answers_to_its_names_alone() {
    let router = guarded(Settings { allowed_hosts: vec!["hub.test".into()], ..Settings::default() });
    let (status, _) = call(&router, get("/api/v1/health", &[(header::HOST, "hub.test:9000")])).await;
    assert_eq!(status.as_u16(), 200);
    let (status, answer) = call(&router, get("/api/v1/health", &[(header::HOST, "other.test")])).await;
    assert_eq!((status.as_u16(), &answer["code"]), (421, &json!("host_not_allowed")));
}

#[tokio::test]
async fn whoever_comes_too_often_is_told_to_wait() {
    let router = guarded(Settings { rate_limits: true, ..Settings::default() });
    for _ in 0..30 {
        assert_eq!(call(&router, get("/api/v1/health", &[])).await.0.as_u16(), 200);
    }
    let (status, answer) = call(&router, get("/api/v1/health", &[])).await;
    assert_eq!((status.as_u16(), &answer["code"]), (429, &json!("too_many_requests")));
}

#[tokio::test]
async fn what_the_hub_counts_is_shown_for_its_token_by_route_and_not_by_path() {
    let token = "a token of thirty-two characters";
    let settings = Settings { metrics_token: Some(token.into()), ..Settings::default() };
    let router = guarded(settings);
    call(&router, get("/api/v1/stores/018f0000-0000-7000-8000-000000000001", &[])).await;
    assert_eq!(call(&router, get("/metrics", &[])).await.0.as_u16(), 401);
    let bearer = format!("Bearer {token}");
    let (status, text) = call(&router, get("/metrics", &[(header::AUTHORIZATION, &bearer)])).await;
    let text = text.as_str().unwrap();
    assert_eq!(status.as_u16(), 200);
    assert!(text.contains("route=\"/api/v1/stores/{id}\"") && text.contains("status=\"401\""), "{text}");
    assert!(!text.contains("018f0000"), "{text}");
    assert_eq!(call(&guarded(Settings::default()), get("/metrics", &[])).await.0.as_u16(), 404);
}

#[tokio::test]
async fn the_page_of_the_api_names_no_other_host() {
    let (status, page) = call(&guarded(Settings::default()), get("/docs", &[])).await;
    let page = page.as_str().unwrap();
    assert_eq!(status.as_u16(), 200);
    assert!(page.contains("openapi.json") && !page.contains("http://") && !page.contains("https://"));
}
