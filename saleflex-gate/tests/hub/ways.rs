//! How often a push asks its database. Each question is a way to a server and back, which costs more than what is asked.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use axum::http::StatusCode;
use saleflex_gate::{
    db::{Books, Database, DatabaseError, Purpose, Row, Session, Sqlite, Statement, Tenant, Value, Work},
    settings::OfficeWire,
};
use serde_json::json;

use super::{
    support::Shop,
    sync::{PUSH, item, push, verdicts},
};

/// Counts the questions that somebody waits for, and the ends of transactions that write.
struct Counting<D> {
    database: D,
    ways: Arc<AtomicU32>,
}

struct Asking<'a> {
    session: &'a mut dyn Session,
    ways: &'a AtomicU32,
}

impl<D: Database> Database for Counting<D> {
    fn transact(&self, tenant: Tenant, purpose: Purpose, work: Work<'_>) -> Result<(), DatabaseError> {
        let ways = &*self.ways;
        let done =
            self.database.transact(tenant, purpose, &mut |session| work(&mut Asking { session, ways }));
        // What reads ends without being waited for.
        ways.fetch_add(u32::from(purpose == Purpose::Write), Ordering::Relaxed);
        done
    }

    fn migrations(&self) -> &'static [&'static str] {
        self.database.migrations()
    }
}

impl Asking<'_> {
    fn way(&mut self) -> &mut dyn Session {
        self.ways.fetch_add(1, Ordering::Relaxed);
        self.session
    }
}

impl Session for Asking<'_> {
    fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, DatabaseError> {
        self.way().execute(sql, values)
    }

    fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        self.way().query(sql, values)
    }

    fn together(&mut self, statements: &[Statement]) -> Result<Vec<Vec<Row>>, DatabaseError> {
        self.way().together(statements)
    }

    fn later(&mut self, sql: &'static str, values: Vec<Value>) -> Result<(), DatabaseError> {
        self.session.later(sql, values)
    }

    fn batch(&mut self, sql: &str) -> Result<(), DatabaseError> {
        self.way().batch(sql)
    }
}

/// How many ways a push takes of events that the hub has not had.
async fn ways_of(shop: &Shop, ways: &AtomicU32, seqs: std::ops::RangeInclusive<u64>) -> u32 {
    let items = seqs.map(|seq| item(seq, seq.into(), "{}")).collect();
    ways.store(0, Ordering::Relaxed);
    let (status, answer) = shop.post(PUSH, Some(&shop.till_1.secret), &push(items)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert!(verdicts(&answer).iter().all(|verdict| *verdict == "accepted"), "{answer}");
    assert!(
        answer["results"].as_array().unwrap().iter().all(|result| result["flags"] == json!(["unreadable"]))
    );
    ways.load(Ordering::Relaxed)
}

#[tokio::test]
async fn a_push_of_fifty_asks_its_database_as_often_as_a_push_of_one() {
    let ways = Arc::new(AtomicU32::new(0));
    let database = Counting { database: Sqlite::in_memory().unwrap(), ways: Arc::clone(&ways) };
    let shop = Shop::open(Books::open(database).unwrap(), OfficeWire::Closed).await;
    let one = ways_of(&shop, &ways, 1..=1).await;
    let fifty = ways_of(&shop, &ways, 2..=51).await;
    // Who asks, for whom; what is known of the till, the entries, their end, what was noted and the place, the commit.
    assert_eq!((one, fifty), (7, 7));
}
