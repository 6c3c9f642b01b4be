//! Empty books on a server, for whoever plays against a hub on PostgreSQL.

use std::{
    process,
    sync::atomic::{AtomicU32, Ordering},
};

use saleflex_gate::db::{Books, Database, DatabaseError, Postgres, Purpose, Tenant};

/// Books in a schema of their own at the server of a URL.
pub(crate) async fn on_server(url: &str) -> Result<Books, String> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let schema = format!("played_{}_{}", process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let (beside, within) = (url.to_owned(), format!("{url}?options=-csearch_path%3D{schema}"));
    let made = tokio::task::spawn_blocking(move || {
        let server = Postgres::connect(&beside)?;
        run(&server, &format!("CREATE SCHEMA {schema}"))?;
        let books = Books::open(Postgres::connect(&within)?)?;
        run(&server, &format!("GRANT USAGE ON SCHEMA {schema} TO saleflex_hub"))?;
        Ok::<_, DatabaseError>(books)
    });
    let books = made.await.map_err(|error| error.to_string())?;
    books.map_err(|error| error.to_string())
}

/// Runs one statement in a transaction of its own.
fn run(server: &dyn Database, sql: &str) -> Result<(), DatabaseError> {
    let mut done = Ok(());
    server.transact(Tenant::Platform, Purpose::Write, &mut |session| {
        done = session.batch(sql);
        done.is_ok()
    })?;
    done
}
