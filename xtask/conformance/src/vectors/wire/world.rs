//! The store in which a recording plays: its data, its terminals, a hub that holds them.

use std::{
    collections::BTreeMap,
    env, fmt, fs, iter,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use saleflex_gate::{
    ApiError, Holdings, Hub, Imported, TerminalChange, app,
    db::{Books, DatabaseError, Session, Sqlite, Tenant},
    settings::{OfficeWire, Settings},
};
use serde_json::Value;
use uuid::Uuid;

use crate::books;

/// A store's data for each of its terminals.
pub(super) struct World {
    pub(super) seeds: Vec<Value>,
    /// The folder of its files, and its name.
    named: (PathBuf, String),
}

/// A hub in whose store recordings play one after the other.
pub(super) struct PlayedHub {
    pub(super) router: axum::Router,
    hub: Hub,
    stage: Stage,
}

/// Books with a store's data in them, which come back to that as often as somebody asks.
struct Stage {
    kind: Kind,
    /// Whose data: the folder and the name of the world.
    world: (PathBuf, String),
    books: Books,
    company: Uuid,
    terminals: BTreeMap<String, Uuid>,
    /// The statements that put every row back.
    again: String,
}

/// Stages on which nobody plays. A schema on a server takes longer to make than a whole recording.
static FREE: Mutex<Vec<Stage>> = Mutex::new(Vec::new());

/// Which database a hub keeps its books in.
#[derive(Clone, Eq, PartialEq)]
pub(super) enum Kind {
    /// A file in memory.
    Sqlite,
    /// The server at a URL.
    Postgres(String),
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        })
    }
}

impl Kind {
    /// Those that every recording plays on.
    pub(super) fn there_are() -> Vec<Self> {
        let server = env::var("SALEFLEX_TEST_POSTGRES").ok();
        iter::once(Self::Sqlite).chain(server.map(Self::Postgres)).collect()
    }

    /// Empty books.
    async fn books(&self) -> Result<Books, String> {
        match self {
            Self::Sqlite => {
                let database = Sqlite::in_memory().map_err(|error| error.to_string())?;
                Books::open(database).map_err(|error| error.to_string())
            }
            Self::Postgres(url) => books::on_server(url).await,
        }
    }
}

/// Keeps a copy of every row beside it. What it returns puts all of them back, in one transaction and in whatever order
/// the tables come: what refers to a row is looked at when all are there again, or not at all.
fn keep(session: &mut dyn Session, kind: &Kind) -> Result<String, DatabaseError> {
    let (listed, put_off) = match kind {
        Kind::Sqlite => (
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
            "PRAGMA defer_foreign_keys = ON;",
        ),
        Kind::Postgres(_) => (
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
            "SET LOCAL session_replication_role = replica;",
        ),
    };
    let listed = session.query(listed, &[])?;
    let tables = listed.iter().map(|row| row.text(0)).collect::<Result<Vec<_>, _>>()?;
    let (mut kept, mut emptied, mut filled) = (String::new(), put_off.to_owned(), String::new());
    for table in tables {
        emptied += &["DELETE FROM \"", table, "\";"].concat();
        if !session.query(&format!("SELECT 1 FROM \"{table}\" LIMIT 1"), &[])?.is_empty() {
            kept += &["CREATE TABLE \"kept_", table, "\" AS SELECT * FROM \"", table, "\";"].concat();
            filled += &["INSERT INTO \"", table, "\" SELECT * FROM \"kept_", table, "\";"].concat();
        }
    }
    if *kind == Kind::Sqlite {
        // What an operator did is in no recording, and the trail lets no row of it go.
        for row in &session.query("SELECT name FROM sqlite_master WHERE type = 'trigger'", &[])? {
            kept += &["DROP TRIGGER \"", row.text(0)?, "\";"].concat();
        }
    }
    session.batch(&kept)?;
    Ok(emptied + &filled)
}

impl World {
    pub(super) fn read(case: &Value, folder: &Path) -> Result<Self, String> {
        let name = case["world"].as_str().ok_or("`world` is missing")?;
        let own = folder.join("init");
        let folder = if own.is_dir() {
            folder.to_owned()
        } else {
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/wire")
        };
        let init = folder.join("init");
        let entries = fs::read_dir(&init).map_err(|error| format!("{}: {error}", init.display()))?;
        let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        let prefix = format!("{name}-");
        files.retain(|file| file.file_name().is_some_and(|file| file.to_string_lossy().starts_with(&prefix)));
        files.sort();
        let seeds = files.iter().map(|file| json(file)).collect::<Result<Vec<_>, _>>()?;
        if seeds.is_empty() {
            Err(format!("no data of the world `{name}`"))
        } else {
            Ok(Self { seeds, named: (folder, name.to_owned()) })
        }
    }

    /// The answer that a recording names by its file.
    pub(super) fn file(&self, name: &str) -> Result<Value, String> {
        json(&self.named.0.join(name))
    }

    /// A new hub over books with the store's data.
    pub(super) async fn hub(&self, kind: &Kind) -> Result<PlayedHub, String> {
        let stage = match self.free(kind) {
            Some(stage) => stage,
            None => self.set_up(kind).await?,
        };
        let hub = over(stage.books.clone());
        Ok(PlayedHub { router: app(hub.clone()), hub, stage })
    }

    fn free(&self, kind: &Kind) -> Option<Stage> {
        let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
        let at = free.iter().position(|stage| stage.kind == *kind && stage.world == self.named)?;
        Some(free.swap_remove(at))
    }

    async fn set_up(&self, kind: &Kind) -> Result<Stage, String> {
        let books = kind.books().await?;
        let hub = over(books.clone());
        let mut terminals = BTreeMap::new();
        let mut company = Uuid::nil();
        for seed in &self.seeds {
            let imported: Imported = hub.import("world".to_owned(), seed.clone()).await.map_err(said)?;
            company = imported.company;
            let change = TerminalChange::IsLegacy(true);
            hub.change(company, imported.terminal, change).await.map_err(said)?;
            hub.take_in_strangers(company, imported.store, true).await.map_err(said)?;
            let code = seed["terminal_code"].as_str().unwrap_or_default();
            terminals.insert(code.to_owned(), imported.terminal);
        }
        let of = kind.clone();
        let kept = books.write(Tenant::Platform, move |session| keep(session, &of)).await;
        let again = kept.map_err(|error| error.to_string())?;
        Ok(Stage { kind: kind.clone(), world: self.named.clone(), books, company, terminals, again })
    }
}

/// An office's hub as a recording finds it.
fn over(books: Books) -> Hub {
    let secret = Some("only for recordings, which hold no secrets".to_owned());
    let settings = Settings { office_wire: OfficeWire::Open, secret, ..Settings::default() };
    Hub::new(books, settings, morning)
}

impl PlayedHub {
    /// Lets the hub hold the store's data and nothing else; the terminals carry the credentials that they show in the
    /// recording.
    pub(super) async fn begin(&self, exchanges: &[&Value]) -> Result<(), String> {
        let again = self.stage.again.clone();
        let begun = self.stage.books.write(Tenant::Platform, move |session| session.batch(&again)).await;
        begun.map_err(|error: DatabaseError| error.to_string())?;
        for exchange in exchanges {
            self.accept_credentials(exchange).await?;
        }
        Ok(())
    }

    /// Leaves the books to the next recording.
    pub(super) fn end(self) {
        FREE.lock().unwrap_or_else(PoisonError::into_inner).push(self.stage);
    }

    /// The secrets that a recording shows are those of their terminals: that of `Authorization: Basic`, that of a device that
    /// asks for a token, and the token that it was given.
    async fn accept_credentials(&self, exchange: &Value) -> Result<(), String> {
        let (request, answer) = (&exchange["request"], &exchange["response"]["body"]);
        let body = &request["body"];
        let asking = body["terminal_id"].as_str();
        let shown = [
            request["headers"]["Authorization"].as_str().and_then(basic),
            asking.zip(body["api_key"].as_str()).map(owned),
            asking.zip(answer["access"].as_str()).map(owned),
        ];
        for (code, secret) in shown.into_iter().flatten() {
            let Some(terminal) = self.stage.terminals.get(&code) else { continue };
            self.hub.accept_secret(self.stage.company, *terminal, secret).await.map_err(said)?;
        }
        Ok(())
    }

    /// Lets a terminal take definitions, or not.
    pub(super) async fn let_pull(&self, code: &str, yes: bool) -> Result<(), String> {
        let Some(terminal) = self.stage.terminals.get(code) else { return Ok(()) };
        self.hub.change(self.stage.company, *terminal, TerminalChange::MayPull(yes)).await.map_err(said)
    }

    pub(super) async fn holdings(&self) -> Result<BTreeMap<String, Holdings>, String> {
        self.hub.holdings(self.stage.company).await.map_err(said)
    }
}

fn owned((code, secret): (&str, &str)) -> (String, String) {
    (code.to_owned(), secret.to_owned())
}

fn basic(header: &str) -> Option<(String, String)> {
    let pair = String::from_utf8(STANDARD.decode(header.strip_prefix("Basic ")?).ok()?).ok()?;
    pair.split_once(':').map(owned)
}

fn json(file: &Path) -> Result<Value, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
fn said(error: ApiError) -> String {
    format!("{} ({})", error.message, error.code)
}

fn morning() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_795_219_200_000).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::{exchanges, replay::Replay, runtime};
    use super::*;

    #[test]
    fn each_order_finds_the_books_as_the_first_one_did() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/wire");
        let case = json(&folder.join("worker_thread.json")).unwrap();
        let world = World::read(&case, &folder).unwrap();
        let exchanges = exchanges(&case).unwrap();
        for kind in Kind::there_are() {
            runtime().unwrap().block_on(async {
                let hub = world.hub(&kind).await.unwrap();
                hub.begin(&exchanges).await.unwrap();
                let before = hub.holdings().await.unwrap();
                let replay = Replay { hub: &hub, world: &world, compares_counters: true };
                replay.run(&exchanges).await.unwrap();
                assert_ne!(hub.holdings().await.unwrap(), before, "{kind}");
                hub.begin(&exchanges).await.unwrap();
                assert_eq!(hub.holdings().await.unwrap(), before, "{kind}");
                hub.end();
            });
        }
    }
}
