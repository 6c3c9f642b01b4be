//! A hub on a file, which can be killed, started again and put back to an older state.

use std::{
    cell::Cell,
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::Router;
use chrono::{DateTime, Utc};
use saleflex_gate::{
    Codes, Delivered, Hub, NewStore, TerminalChange, app,
    db::{Books, DatabaseError, Sqlite, Tenant},
    settings::Settings,
};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::mortal::{Life, Mortal};

pub(crate) const OFFICE_CODE: &str = "OFC-1";
pub(crate) const STORE_CODE: &str = "STORE-1";
/// A store without a hub of its own.
pub(crate) const BRANCH_CODE: &str = "STORE-2";

thread_local! {
    /// What the clocks of the hubs show; they are set with everything else, on the one thread of a run.
    static NOW: Cell<Option<DateTime<Utc>>> = const { Cell::new(None) };
}

pub(crate) fn set_clock(now: DateTime<Utc>) {
    NOW.set(Some(now));
}

pub(crate) fn clock() -> DateTime<Utc> {
    NOW.get().unwrap()
}

/// A folder in memory where the system has such a place: what all this does to a disk is others' business.
pub(crate) fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

pub(crate) struct Node {
    // Dropped before the folder it lives in.
    pub(crate) hub: Hub,
    pub(crate) router: Router,
    pub(crate) life: Arc<Life>,
    pub(crate) company: Uuid,
    /// What the terminals show, by their codes.
    pub(crate) secrets: BTreeMap<String, String>,
    pub(crate) settings: Settings,
    pub(crate) books: Books,
    folder: TempDir,
    has_backup: bool,
}

fn open(path: &Path, settings: &Settings) -> (Hub, Router, Arc<Life>, Books) {
    let life = Life::endless();
    let file = Sqlite::open(path).unwrap();
    let books = Books::open(Mortal { file, life: Arc::clone(&life) }).unwrap();
    let hub = Hub::new(books.clone(), settings.clone(), clock);
    (hub.clone(), app(hub), life, books)
}

fn store(code: &str) -> NewStore {
    NewStore {
        office_code: OFFICE_CODE.to_owned(),
        store_code: code.to_owned(),
        name: "Store".to_owned(),
        currency: "GBP".to_owned(),
        time_zone: "Europe/London".to_owned(),
        prices_include_tax: true,
        self_registration: false,
    }
}

impl Node {
    /// A hub with the store and its terminals; those of `nodes` deliver for others.
    pub(crate) fn new(runtime: &Runtime, settings: Settings, tills: &[String], node: Option<&str>) -> Self {
        let folder = folder();
        let (hub, router, life, books) = open(&folder.path().join("hub.sqlite"), &settings);
        let mut secrets = BTreeMap::new();
        let company = runtime.block_on(async {
            hub.add_store("main".to_owned(), store(STORE_CODE)).await.unwrap();
            let mut company = Uuid::nil();
            for code in tills.iter().map(String::as_str).chain(node) {
                let [office, store, terminal] = [OFFICE_CODE, STORE_CODE, code].map(str::to_owned);
                let registered = hub.register(Codes { office, store, terminal }, 1).await.unwrap();
                company = registered.company;
                if node == Some(code) {
                    let change = TerminalChange::IsNode(true);
                    hub.change(company, registered.terminal.id, change).await.unwrap();
                }
                secrets.insert(code.to_owned(), registered.secret);
            }
            company
        });
        Self { hub, router, life, company, secrets, settings, books, folder, has_backup: false }
    }

    /// The company gets another store, with one till; answers what that shows.
    pub(crate) fn branch(&self, runtime: &Runtime, till: &str) -> String {
        runtime.block_on(async {
            self.hub.add_store("main".to_owned(), store(BRANCH_CODE)).await.unwrap();
            let [office, store, terminal] = [OFFICE_CODE, BRANCH_CODE, till].map(str::to_owned);
            self.hub.register(Codes { office, store, terminal }, 1).await.unwrap().secret
        })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The process is started again on its file.
    pub(crate) fn restart(&mut self) {
        (self.hub, self.router, self.life, self.books) = open(&self.path("hub.sqlite"), &self.settings);
    }

    fn copy(&self, from: &str, to: &str) {
        for log in ["", "-wal"] {
            let (from, to) = (self.path(&format!("{from}{log}")), self.path(&format!("{to}{log}")));
            if from.exists() {
                fs::copy(from, to).unwrap();
            } else if to.exists() {
                fs::remove_file(to).unwrap();
            }
        }
    }

    pub(crate) fn back_up(&mut self) {
        self.copy("hub.sqlite", "backup.sqlite");
        self.has_backup = true;
    }

    /// The file is put back to the last backup; answers whether there was one.
    pub(crate) fn restore(&mut self) -> bool {
        if !self.has_backup {
            return false;
        }
        // Whatever holds the file lets it go first.
        let nobody = Books::open(Sqlite::in_memory().unwrap()).unwrap();
        self.hub = Hub::new(nobody.clone(), self.settings.clone(), clock);
        self.books = nobody;
        self.router = app(self.hub.clone());
        self.copy("backup.sqlite", "hub.sqlite");
        let shared = self.path("hub.sqlite-shm");
        if shared.exists() {
            fs::remove_file(shared).unwrap();
        }
        self.restart();
        true
    }

    pub(crate) fn delivered(&self, runtime: &Runtime) -> Vec<Delivered> {
        runtime.block_on(self.hub.delivered(self.company)).unwrap()
    }

    /// Somebody gives a unit of measure another name, or takes it away. A hub that dies of it has not done it.
    pub(crate) fn define(&self, (unit, code): (u32, &str), name: u32, is_gone: bool) {
        let id = Uuid::from_u128(0xE000 + u128::from(unit));
        let body =
            serde_json::json!({"id": id, "code": code, "name": name.to_string(), "is_deleted": is_gone});
        let body = body.to_string();
        let company = self.company;
        let done = self.books.write_waiting(Tenant::Company(company), |session| {
            let sql = "UPDATE company SET changes = changes + 1 WHERE company_id = $1 RETURNING changes";
            let version = session.query(sql, &[company.into()])?[0].integer(0)?;
            session.execute(
                "INSERT INTO definition (company_id, resource, definition_id, version, is_deleted, body, updated_at) \
                 VALUES ($1, 'product_units', $2, $3, $4, $5, 0) ON CONFLICT (company_id, resource, definition_id) \
                 DO UPDATE SET version = excluded.version, is_deleted = excluded.is_deleted, body = excluded.body",
                &[company.into(), id.into(), version.into(), is_gone.into(), body.into()],
            )?;
            Ok::<_, DatabaseError>(())
        });
        assert!(done.is_ok() || self.life.is_over(), "{done:?}");
    }

    /// The units that are defined here: their names by their codes.
    pub(crate) fn units(&self) -> BTreeMap<String, String> {
        let company = self.company;
        let read = self.books.write_waiting(Tenant::Company(company), |session| {
            session.query(
                "SELECT body FROM definition WHERE company_id = $1 AND resource = 'product_units' AND is_deleted = 0",
                &[company.into()],
            )
        });
        let unit = |row: &saleflex_gate::db::Row| {
            let body: serde_json::Value = serde_json::from_str(row.text(0).unwrap()).unwrap();
            let text = |field: &str| body[field].as_str().unwrap().to_owned();
            (text("code"), text("name"))
        };
        read.unwrap().iter().map(unit).collect()
    }

    /// How many people are gone here.
    pub(crate) fn people_gone(&self) -> i64 {
        let company = self.company;
        let read = self.books.write_waiting(Tenant::Company(company), |session| {
            let sql = "SELECT count(*) FROM definition \
                       WHERE company_id = $1 AND resource = 'customers' AND is_deleted = 1";
            session.query(sql, &[company.into()])?[0].integer(0)
        });
        read.unwrap()
    }
}
