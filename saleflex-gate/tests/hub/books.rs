//! What every database must do, and what the schema must be.

use saleflex_gate::db::{
    Ask, Books, Database, DatabaseError, Postgres, Purpose, Question, Row, Sqlite, Tenant, Value, savepoint,
};
use uuid::Uuid;

use super::support::{every_books, fresh_postgres, run};

/// The tables that stand above companies; every other key holds the company first.
const PLATFORM: [&str; 13] = [
    "password_reset",
    "company_slug",
    "office",
    "device_token",
    "enrolment",
    "migration",
    "hub_user",
    "second_factor",
    "recovery_code",
    "user_picture",
    "user_session",
    "refresh_token",
    "company_secret",
];

const COUNT: &str = "SELECT count(*) FROM company";

fn add(slug: &str) -> (&'static str, Vec<Value>) {
    let sql = "INSERT INTO company (company_id, slug, name, created_at) VALUES ($1, $2, $3, $4)";
    (sql, vec![id_of(slug).into(), slug.into(), "ç ₺ '\";--".into(), i64::MAX.into()])
}

/// An identity that a test can tell by a text.
fn id_of(text: &str) -> Uuid {
    let digest = saleflex_core::digest::Digest::of(text.as_bytes());
    Uuid::from_slice(&digest.bytes()[..16]).unwrap()
}

async fn count(books: &Books) -> i64 {
    let rows = books.read::<_, DatabaseError>(Tenant::Platform, |session| session.query(COUNT, &[])).await;
    rows.unwrap()[0].integer(0).unwrap()
}

#[tokio::test]
async fn a_write_in_a_read_is_an_error_on_each_database_and_a_write_after_it_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let file = Books::open(Sqlite::open(&folder.path().join("hub.sqlite")).unwrap()).unwrap();
    for books in every_books().await.into_iter().chain([file]) {
        let (sql, values) = add("one");
        let slipped = books.read::<_, DatabaseError>(Tenant::Platform, {
            let values = values.clone();
            move |session| session.execute(sql, &values)
        });
        assert!(slipped.await.is_err());
        assert_eq!(count(&books).await, 0);
        let written =
            books.write::<_, DatabaseError>(Tenant::Platform, move |session| session.execute(sql, &values));
        assert_eq!(written.await.unwrap(), 1);
    }
}

#[tokio::test]
async fn work_that_fails_leaves_nothing_and_work_that_succeeds_stays() {
    for books in every_books().await {
        let failed: Result<(), DatabaseError> = books
            .write(Tenant::Platform, |session| {
                let (sql, values) = add("one");
                session.execute(sql, &values)?;
                Err(DatabaseError::Stopped)
            })
            .await;
        assert!(failed.is_err());
        assert_eq!(count(&books).await, 0);
        let (sql, values) = add("one");
        let written =
            books.write::<_, DatabaseError>(Tenant::Platform, move |session| session.execute(sql, &values));
        assert_eq!(written.await.unwrap(), 1);
        assert_eq!(count(&books).await, 1);
    }
}

/// Without the terminal in the index SQLite would rather walk through all of the company in the primary key.
#[tokio::test]
async fn who_else_gave_out_an_identity_is_looked_up_and_not_searched_for() {
    let books = Books::open(Sqlite::in_memory().unwrap()).unwrap();
    let asked = [("ledger", "entity_id"), ("document", "document_id"), ("closure", "closure_id")];
    for (table, id) in asked {
        let sql = format!(
            "EXPLAIN QUERY PLAN SELECT terminal_id FROM {table} WHERE company_id = 1 AND {id} = 2 AND terminal_id <> 3"
        );
        let plan = books.read::<_, DatabaseError>(Tenant::Platform, move |session| session.query(&sql, &[]));
        let plan = plan.await.unwrap()[0].text(3).unwrap().to_owned();
        assert!(plan.contains(&format!("company_id=? AND {id}=?")), "{plan}");
    }
}

#[tokio::test]
async fn a_savepoint_takes_back_its_own_writes_and_not_its_neighbours() {
    for books in every_books().await {
        let written = books.write::<_, DatabaseError>(Tenant::Platform, |session| {
            for (slug, fails) in [("good", false), ("bad", true), ("also good", false)] {
                let result = savepoint(session, |session| {
                    let (sql, values) = add(slug);
                    session.execute(sql, &values)?;
                    // The second insert of the same key breaks the transaction as far as the savepoint.
                    if fails { session.execute(sql, &values) } else { Ok(1) }
                });
                assert_eq!(result.is_err(), fails, "{slug}");
            }
            Ok(())
        });
        written.await.unwrap();
        assert_eq!(count(&books).await, 2);
    }
}

#[tokio::test]
async fn what_was_sent_and_refused_is_told_and_leaves_nothing() {
    for books in every_books().await {
        let sent = books.write::<_, DatabaseError>(Tenant::Platform, |session| {
            let (sql, values) = add("one");
            session.send(sql, &values)?;
            session.send(sql, &values)
        });
        assert!(sent.await.is_err());
        assert_eq!(count(&books).await, 0);
        let in_a_savepoint = books.write::<_, DatabaseError>(Tenant::Platform, |session| {
            let (sql, values) = add("before");
            session.send(sql, &values)?;
            let result = savepoint(session, |session| {
                let (sql, values) = add("one");
                session.send(sql, &values)?;
                session.send(sql, &values)
            });
            assert!(result.is_err_and(|error: DatabaseError| error.to_string().contains("refused")));
            let (sql, values) = add("after");
            session.send(sql, &values)
        });
        in_a_savepoint.await.unwrap();
        assert_eq!(count(&books).await, 2);
    }
}

#[tokio::test]
async fn what_was_sent_before_a_savepoint_and_refused_is_no_error_of_the_savepoint() {
    for books in every_books().await {
        let written = books.write::<_, DatabaseError>(Tenant::Platform, |session| {
            let (sql, values) = add("one");
            session.send(sql, &values)?;
            let outer = savepoint(session, |session| {
                let (sql, values) = add("two");
                session.send(sql, &values)?;
                // SQLite tells it here, PostgreSQL where the savepoint within begins.
                session.send(sql, &values)?;
                savepoint(session, |session| session.query(COUNT, &[]).map(drop))
            });
            assert!(outer.is_err_and(|error: DatabaseError| error.to_string().contains("refused")));
            let (sql, values) = add("three");
            session.send(sql, &values)
        });
        written.await.unwrap();
        assert_eq!(count(&books).await, 2);
    }
}

#[tokio::test]
async fn what_is_asked_together_is_answered_in_its_order_and_sees_what_was_sent_before() {
    for books in every_books().await {
        let answers = books.write::<_, DatabaseError>(Tenant::Platform, |session| {
            let (sql, values) = add("one");
            session.send(sql, &values)?;
            let slug = "SELECT slug FROM company WHERE slug = $1".to_owned();
            let asked = [(slug, vec![Value::from("one")]), (COUNT.to_owned(), Vec::new())];
            session.query_all(&asked)
        });
        let answers = answers.await.unwrap();
        assert_eq!((answers[0][0].text(0).unwrap(), answers[1][0].integer(0).unwrap()), ("one", 1));
    }
}

#[tokio::test]
async fn what_is_asked_together_is_answered_as_each_of_it_by_itself() {
    for books in every_books().await {
        let answers = books.write::<_, DatabaseError>(Tenant::Platform, |session| {
            for slug in ["one", "two"] {
                let (sql, values) = add(slug);
                session.send(sql, &values)?;
            }
            let of = "SELECT company_id, name, created_at, NULL, slug = $1, slug AS name FROM company";
            let both = format!("{of} WHERE slug IN ($1, $2) ORDER BY slug");
            let one = format!("{of} WHERE slug = $1 AND created_at = $2");
            let asked: [Question; 5] = [
                (both, vec!["one".into(), "two".into()]),
                (one.clone(), vec!["two".into(), i64::MAX.into()]),
                (
                    "UPDATE company SET name = $1 WHERE slug = 'two' RETURNING slug".to_owned(),
                    vec!["new".into()],
                ),
                (one.clone(), vec!["two".into(), 1_i64.into()]),
                (one, vec!["two".into(), i64::MAX.into()]),
            ];
            let mut apart = Vec::new();
            for (sql, values) in &asked {
                apart.push(session.query(sql, values)?);
            }
            session.execute("UPDATE company SET name = $1", &["ç ₺ '\";--".into()])?;
            Ok((apart, session.ask_all(asked.into_iter().map(Ask::from).collect())?))
        });
        let (apart, together) = answers.await.unwrap();
        let values =
            |rows: &Vec<Row>| -> Vec<Vec<Value>> { rows.iter().map(|row| row.values().to_vec()).collect() };
        assert_eq!(
            apart.iter().map(values).collect::<Vec<_>>(),
            together.iter().map(values).collect::<Vec<_>>()
        );
        assert_eq!(together.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1, 1, 0, 1]);
    }
}

#[tokio::test]
async fn what_was_refused_and_passed_over_is_told_by_the_commit() {
    for books in every_books().await {
        let written = books.write::<_, DatabaseError>(Tenant::Platform, |session| {
            let (sql, values) = add("one");
            session.execute(sql, &values)?;
            Ok(session.execute(sql, &values).is_err())
        });
        // SQLite takes back what it refused alone, PostgreSQL all that came before it.
        match written.await {
            Ok(is_refused) => assert!(is_refused && count(&books).await == 1),
            Err(_) => assert_eq!(count(&books).await, 0),
        }
    }
}

#[tokio::test]
async fn texts_numbers_and_nothing_come_back_as_they_went_in() {
    for books in every_books().await {
        let (sql, values) = add("round trip");
        let expected = values.clone();
        let read = books.write::<_, DatabaseError>(Tenant::Platform, move |session| {
            session.execute(sql, &values)?;
            session.query("SELECT company_id, name, created_at, NULL FROM company", &[])
        });
        let rows = read.await.unwrap();
        assert_eq!(Value::from(rows[0].id(0).unwrap()), expected[0]);
        assert_eq!(rows[0].text(1).unwrap(), "ç ₺ '\";--");
        assert_eq!(rows[0].integer(2).unwrap(), i64::MAX);
        assert_eq!(rows[0].optional_text(3).unwrap(), None);
        assert!(rows[0].text(2).is_err());
    }
}

#[test]
fn a_newer_and_a_changed_database_are_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hub.sqlite");
    Books::open(Sqlite::open(&path).unwrap()).unwrap();
    Books::open(Sqlite::open(&path).unwrap()).unwrap();
    let database = Sqlite::open(&path).unwrap();
    run(&database, Tenant::Platform, "UPDATE migration SET digest = 'other' WHERE version = 1");
    assert!(matches!(Books::open(database), Err(DatabaseError::Changed { version: 1 })));
    let database = Sqlite::open(&path).unwrap();
    run(&database, Tenant::Platform, "INSERT INTO migration (version, digest) VALUES (99, 'x')");
    assert!(matches!(Books::open(database), Err(DatabaseError::Newer { found: 99, .. })));
}

/// Every primary key and unique index of every business table, by the catalogue.
#[tokio::test]
async fn every_key_of_a_business_table_holds_the_company_first() {
    let sqlite = "SELECT m.name, (SELECT x.name FROM pragma_index_info(i.name) x WHERE x.seqno = 0) FROM sqlite_schema m \
        JOIN pragma_index_list(m.name) i WHERE m.type = 'table' AND i.\"unique\" = 1";
    let postgres = "SELECT c.relname::text, a.attname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid \
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] \
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE i.indisunique AND n.nspname = 'public'";
    for (books, sql) in every_books().await.into_iter().zip([sqlite, postgres]) {
        let keys = books.read::<_, DatabaseError>(Tenant::Platform, move |session| session.query(sql, &[]));
        let keys = keys.await.unwrap();
        assert!(keys.len() > 15);
        for key in keys {
            let table = key.text(0).unwrap();
            if !PLATFORM.contains(&table) {
                assert_eq!(key.text(1).unwrap(), "company_id", "{table}");
            }
        }
    }
}

/// What a database that is spread over nodes asks of a reference between two of its tables: what it is spread by, on both
/// sides of it.
#[tokio::test]
async fn every_reference_between_business_tables_holds_the_company() {
    let sqlite = "SELECT m.name, f.\"table\", SUM(f.\"from\" = 'company_id' AND f.seq = 0) FROM sqlite_schema m \
        JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' GROUP BY m.name, f.id, f.\"table\"";
    let postgres = "SELECT c.relname::text, r.relname::text, (SELECT count(*) FROM unnest(k.conkey, k.confkey) AS pair(own, other) \
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = pair.own \
        JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = pair.other \
        WHERE a.attname = 'company_id' AND b.attname = 'company_id') FROM pg_constraint k \
        JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class r ON r.oid = k.confrelid \
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE k.contype = 'f' AND n.nspname = 'public'";
    for (books, sql) in every_books().await.into_iter().zip([sqlite, postgres]) {
        let read = books.read::<_, DatabaseError>(Tenant::Platform, move |session| session.query(sql, &[]));
        let references = read.await.unwrap();
        assert!(references.len() > 50);
        for one in references {
            let (from, to) = (one.text(0).unwrap(), one.text(1).unwrap());
            let is_above = [from, to].iter().any(|table| PLATFORM.contains(table));
            assert!(is_above || one.integer(2).unwrap() == 1, "{from} to {to}");
        }
    }
}

/// What is distributed in the order in which it was made finds what it refers to distributed already.
#[tokio::test]
async fn on_postgres_tables_refer_to_older_ones_and_the_audit_log_alone_has_a_trigger() {
    let Some(url) = fresh_postgres().await else { return };
    let asked = tokio::task::spawn_blocking(move || {
        let database = Postgres::connect(&url).unwrap();
        Books::open(Postgres::connect(&url).unwrap()).unwrap();
        database.transact(Tenant::Platform, Purpose::Read, &mut |session| {
            let ahead =
                "SELECT conname::text FROM pg_constraint WHERE contype = 'f' AND confrelid > conrelid";
            let ahead = session.query(ahead, &[]).unwrap();
            assert!(ahead.is_empty(), "{:?}", ahead.first().map(|one| one.text(0).unwrap().to_owned()));
            let triggers = "SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal";
            let triggers = session.query(triggers, &[]).unwrap();
            let names: Vec<_> = triggers.iter().map(|one| one.text(0).unwrap()).collect();
            assert_eq!(names, ["audit_stays"]);
            true
        })
    });
    asked.await.unwrap().unwrap();
}

#[tokio::test]
async fn on_postgres_a_tenant_sees_its_own_rows_only_and_cannot_write_others() {
    let Some(url) = fresh_postgres().await else { return };
    let checked = tokio::task::spawn_blocking(move || {
        Books::open(Postgres::connect(&url).unwrap()).unwrap();
        let database = Postgres::connect(&url).unwrap();
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        for (id, slug) in [(one, "one"), (other, "other")] {
            let sql = format!(
                "INSERT INTO company (company_id, slug, name, created_at) VALUES ('{id}', '{slug}', '', 0)"
            );
            run(&database, Tenant::Platform, &sql);
            let sql = format!(
                "INSERT INTO hub_user (user_id, username, username_key, password_hash, first_name, last_name, is_active, \
                 created_at) VALUES ('{id}', '{slug}', '{slug}', 'secret', '', '', 1, 0); \
                 INSERT INTO membership (company_id, user_id, is_owner, is_admin, is_active, joined_at) \
                 VALUES ('{id}', '{id}', 1, 1, 1, 0); INSERT INTO user_session (session_id, user_id, company_id, \
                 created_at, last_used_at) VALUES ('{id}', '{id}', '{id}', 0, 0)"
            );
            run(&database, Tenant::Platform, &sql);
        }
        let transacted = database.transact(Tenant::Company(one), Purpose::Write, &mut |session| {
            let people = session.query("SELECT username FROM hub_user", &[]).unwrap();
            assert_eq!((people.len(), people[0].text(0).unwrap()), (1, "one"), "its own people alone");
            assert_eq!(session.execute("UPDATE user_session SET ended_at = 1", &[]).unwrap(), 1);
            assert!(session.query("SELECT password_hash FROM hub_user", &[]).is_err());
            false
        });
        transacted.unwrap();
        let transacted = database.transact(Tenant::Company(one), Purpose::Write, &mut |session| {
            let rows = session.query("SELECT slug FROM company", &[]).unwrap();
            assert_eq!(rows.len(), 1);
            assert_eq!(rows[0].text(0).unwrap(), "one");
            let touched = session.execute("UPDATE company SET name = 'mine'", &[]).unwrap();
            assert_eq!(touched, 1);
            let foreign = "INSERT INTO company (company_id, slug, name, created_at) VALUES ($1, 'x', '', 0)";
            assert!(session.execute(foreign, &[Uuid::from_u128(3).into()]).is_err());
            false
        });
        transacted.unwrap();
        let unprotected = "SELECT relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
            WHERE n.nspname = 'public' AND c.relkind = 'r' AND NOT c.relrowsecurity";
        let transacted = database.transact(Tenant::Platform, Purpose::Read, &mut |session| {
            for row in session.query(unprotected, &[]).unwrap() {
                assert!(PLATFORM.contains(&row.text(0).unwrap()), "{row:?} has no row security");
            }
            true
        });
        transacted.unwrap();
    });
    checked.await.unwrap();
}
