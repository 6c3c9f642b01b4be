//! Cursors carry the life of the hub: books that were put back to a backup know which places are not theirs.

use std::sync::{Arc, mpsc};

use axum::http::StatusCode;
use saleflex_gate::{
    Hub, app,
    db::{Books, Database, DatabaseError, Postgres, Purpose, Sqlite, Tenant},
    settings::{OfficeWire, Settings},
};
use serde_json::{Value, json};

use super::support::{Shop, fresh_postgres, noon};

const SEED: &str = include_str!("../../../vectors/wire/init/harbour-TILL-1.json");

/// Books that can be opened again and again, as programs that start do.
#[derive(Clone)]
enum Kept {
    File(Arc<tempfile::TempDir>),
    Server(String),
}

impl Kept {
    async fn every() -> Vec<Self> {
        let mut all = vec![Self::File(Arc::new(tempfile::tempdir().unwrap()))];
        all.extend(fresh_postgres().await.map(Self::Server));
        all
    }

    async fn start(&self) -> Books {
        let kept = self.clone();
        let opened = tokio::task::spawn_blocking(move || match kept {
            Self::File(folder) => {
                Books::open(Sqlite::open(&folder.path().join("hub.sqlite")).unwrap()).unwrap()
            }
            Self::Server(url) => Books::open(Postgres::connect(&url).unwrap()).unwrap(),
        });
        opened.await.unwrap()
    }
}

/// The hub defines something: one change for each name.
async fn define(hub: &Hub, names: &[&str]) {
    for name in names {
        let mut seed: Value = serde_json::from_str(SEED).unwrap();
        seed["data"]["products"][0]["name"] = json!(name);
        hub.import("harbour".into(), seed).await.unwrap();
    }
}

async fn changes(shop: &Shop, cursor: &str) -> (StatusCode, Value) {
    shop.get(&format!("/api/v1/sync/changes?cursor={cursor}"), Some(&shop.till_1.secret)).await
}

async fn cursor(shop: &Shop) -> String {
    let (_, whole) = shop.get("/api/v1/sync/bootstrap", Some(&shop.till_1.secret)).await;
    whole["cursor"].as_str().unwrap().to_owned()
}

/// Puts the books back to how they were at a change: what was counted later is gone with the lives that began later.
async fn restore(books: &Books, (change, lives): (i64, i64)) {
    let done = books.write::<_, DatabaseError>(Tenant::Platform, move |session| {
        session.execute("UPDATE definition SET version = $1 WHERE version > $1", &[change.into()])?;
        session.execute("UPDATE company SET changes = $1", &[change.into()])?;
        session.execute("DELETE FROM company_life WHERE no > $1", &[lives.into()])
    });
    done.await.unwrap();
}

async fn counted(books: &Books) -> (i64, i64) {
    let read = books.read::<_, DatabaseError>(Tenant::Platform, |session| {
        let sql = "SELECT changes, (SELECT count(*) FROM company_life) FROM company";
        let rows = session.query(sql, &[])?;
        Ok((rows[0].integer(0)?, rows[0].integer(1)?))
    });
    read.await.unwrap()
}

#[tokio::test]
async fn a_hub_put_back_to_a_backup_and_changed_beyond_a_tills_place_says_so() {
    for kept in Kept::every().await {
        let mut shop = Shop::open(kept.start().await, OfficeWire::Closed).await;
        for is_of_this_life in [false, true] {
            // The backup is made before another program starts on the books, or while this one runs.
            let books = kept.start().await;
            (shop.hub, shop.router) = hub(books.clone());
            define(&shop.hub, &["A"]).await;
            let before = cursor(&shop).await;
            let backup = counted(&books).await;
            if !is_of_this_life {
                (shop.hub, shop.router) = hub(kept.start().await);
            }
            define(&shop.hub, &["B", "C"]).await;
            let lost = cursor(&shop).await;
            assert_eq!(changes(&shop, &lost).await.0, StatusCode::OK);

            restore(&books, backup).await;
            (shop.hub, shop.router) = hub(kept.start().await);
            assert_eq!(changes(&shop, &lost).await.1["code"], "cursor_expired", "ahead of what is counted");
            define(&shop.hub, &["D", "E", "F"]).await;
            let (status, answer) = changes(&shop, &lost).await;
            assert_eq!((status, &answer["code"]), (StatusCode::GONE, &json!("cursor_expired")));
            let (status, page) = changes(&shop, &before).await;
            assert_eq!(status, StatusCode::OK, "what both lives have in common stands: {page}");
            assert_eq!(page["items"][0]["name"], "F");
        }
    }
}

fn hub(books: Books) -> (Hub, axum::Router) {
    let hub = Hub::new(books, Settings::default(), noon);
    let router = app(hub.clone());
    (hub, router)
}

#[tokio::test]
async fn a_start_alone_expires_no_cursor_of_any_life_before() {
    for kept in Kept::every().await {
        let mut shop = Shop::open(kept.start().await, OfficeWire::Closed).await;
        let mut handed_out = vec![cursor(&shop).await];
        for name in ["A", "B", "C"] {
            (shop.hub, shop.router) = hub(kept.start().await);
            handed_out.push(cursor(&shop).await);
            define(&shop.hub, &[name]).await;
            handed_out.push(cursor(&shop).await);
        }
        for cursor in handed_out {
            let (status, page) = changes(&shop, &cursor).await;
            assert_eq!(status, StatusCode::OK, "{cursor} {page}");
        }
        let of_nobody = "c1.018f00000000700080000000000000aa";
        assert_eq!(changes(&shop, of_nobody).await.0, StatusCode::GONE);
    }
}

/// A transaction of the company under way that has counted a change, until `go` says that it may end.
fn counting(url: &str, go: &mpsc::Receiver<()>, counted: &mpsc::Sender<()>) {
    let database = Postgres::connect(url).unwrap();
    let done = database.transact(Tenant::Platform, Purpose::Write, &mut |session| {
        session.execute("UPDATE company SET changes = changes + 1", &[]).unwrap();
        counted.send(()).unwrap();
        go.recv().is_ok()
    });
    done.unwrap();
}

/// Whether somebody waits for a lock.
async fn somebody_waits(books: &Books) -> bool {
    let read = books.read::<_, DatabaseError>(Tenant::Platform, |session| {
        let sql = "SELECT count(*) FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
        session.query(sql, &[])?[0].integer(0)
    });
    read.await.unwrap() > 0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_counted_while_a_program_starts_lies_within_the_life_before() {
    let Some(url) = fresh_postgres().await else { return };
    let kept = Kept::Server(url.clone());
    let shop = Shop::open(kept.start().await, OfficeWire::Closed).await;
    let books = kept.start().await;
    let (before, _) = counted(&books).await;
    let (go, may_end) = mpsc::channel();
    let (has_counted, is_counted) = mpsc::channel();
    let counting = tokio::task::spawn_blocking(move || counting(&url, &may_end, &has_counted));
    let is_counted = tokio::task::spawn_blocking(move || is_counted.recv().unwrap());
    is_counted.await.unwrap();
    let starting = tokio::spawn(async move { kept.start().await });
    while !starting.is_finished() && !somebody_waits(&books).await {}
    go.send(()).unwrap();
    counting.await.unwrap();
    starting.await.unwrap();
    let read = books.read::<_, DatabaseError>(Tenant::Platform, |session| {
        session.query("SELECT since_change FROM company_life ORDER BY no DESC LIMIT 1", &[])?[0].integer(0)
    });
    assert_eq!(read.await.unwrap(), before + 1);
    drop(shop);
}

#[tokio::test]
async fn a_heartbeat_tells_of_which_life_the_hub_is() {
    for kept in Kept::every().await {
        let mut shop = Shop::open(kept.start().await, OfficeWire::Closed).await;
        let mut lives = Vec::new();
        for is_started_anew in [true, false, true] {
            if is_started_anew {
                (shop.hub, shop.router) = hub(kept.start().await);
            }
            let beat = json!({
                "schema_version": 1, "software_version": "0.1.0", "epoch": shop.company, "last_seq": 0,
                "queue_depth": 0, "clock": "2026-11-21T12:00:00Z",
            });
            let (_, answer) = shop.post("/api/v1/sync/heartbeat", Some(&shop.till_1.secret), &beat).await;
            lives.push(answer["life"].as_str().unwrap().to_owned());
        }
        assert_eq!(lives[0], lives[1], "it is the same hub");
        assert_ne!(lives[1], lives[2], "tills compare what it has with what they sent");
    }
}
