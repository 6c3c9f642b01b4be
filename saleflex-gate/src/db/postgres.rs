//! PostgreSQL: a pool of connections; each transaction works under a role that sees one company's rows.

use std::{
    error::Error as StdError,
    future::{poll_fn, ready},
    mem,
    pin::{Pin, pin},
    task::Poll,
};

use bytes::BytesMut;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod};
use tokio::runtime::Handle;
use tokio_postgres::{
    NoTls, Statement,
    types::{FromSql, IsNull, ToSql, Type, to_sql_checked},
};
use uuid::Uuid;

use super::{Ask, Database, DatabaseError, Hold, Purpose, Question, Row, Rows, Session, Tenant, Value, Work};

mod merged;

/// Connections of one hub.
const CONNECTIONS: usize = 16;

/// A database on a PostgreSQL server.
#[derive(Debug)]
pub struct Postgres {
    pool: Pool,
    runtime: Handle,
}

impl Postgres {
    /// A pool for the database at a URL such as `postgres://hub@127.0.0.1/saleflex`. Must be called inside a
    /// runtime, which drives the connections. Between hub and server there is no TLS: the server belongs on the
    /// same machine, the same private network or behind a tunnel.
    ///
    /// # Errors
    /// [`DatabaseError::Postgres`] when the URL cannot be read; [`DatabaseError::Build`] when no pool can be made.
    pub fn connect(url: &str) -> Result<Self, DatabaseError> {
        let config: tokio_postgres::Config = url.parse()?;
        let manager =
            Manager::from_config(config, NoTls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
        let pool = Pool::builder(manager).max_size(CONNECTIONS).build()?;
        Ok(Self { pool, runtime: Handle::current() })
    }
}

impl Database for Postgres {
    fn transact(&self, tenant: Tenant, purpose: Purpose, work: Work<'_>) -> Result<(), DatabaseError> {
        let client = self.runtime.block_on(self.pool.get())?;
        let mut lent = Lent { client: Some(client) };
        let Some(client) = &lent.client else { return Err(DatabaseError::Stopped) };
        let mut statements =
            Statements { client, runtime: &self.runtime, unheard: Vec::new(), was_refused: false };
        statements.transact((tenant, purpose), work)?;
        drop(statements);
        // Its transaction has ended, or does before anything else is done there: the pool may have it back.
        drop(lent.client.take());
        Ok(())
    }

    fn answers_later(&self) -> bool {
        true
    }

    fn wait_for_schema(&self) -> Option<&'static str> {
        Some("SELECT pg_advisory_xact_lock(7237531)")
    }

    fn migrations(&self) -> &'static [&'static str] {
        &[
            include_str!("../../migrations/postgres/0001_hub.sql"),
            include_str!("../../migrations/postgres/0002_lives.sql"),
            include_str!("../../migrations/postgres/0003_relay.sql"),
            include_str!("../../migrations/postgres/0004_people.sql"),
            include_str!("../../migrations/postgres/0005_business.sql"),
            include_str!("../../migrations/postgres/0006_quotas.sql"),
            include_str!("../../migrations/postgres/0007_offers_of_ownership.sql"),
            include_str!("../../migrations/postgres/0008_hub_lives.sql"),
            include_str!("../../migrations/postgres/0009_upkeep.sql"),
            include_str!("../../migrations/postgres/0010_gift_cards.sql"),
            include_str!("../../migrations/postgres/0011_authority.sql"),
            include_str!("../../migrations/postgres/0012_document_customers.sql"),
            include_str!("../../migrations/postgres/0013_closure_days.sql"),
            include_str!("../../migrations/postgres/0014_earlier_customers.sql"),
            include_str!("../../migrations/postgres/0015_forwarding.sql"),
            include_str!("../../migrations/postgres/0016_places.sql"),
            include_str!("../../migrations/postgres/0017_returned.sql"),
            include_str!("../../migrations/postgres/0018_practice_and_dues.sql"),
            include_str!("../../migrations/postgres/0019_moved_terminals.sql"),
            include_str!("../../migrations/postgres/0020_once.sql"),
            include_str!("../../migrations/postgres/0021_looked_up.sql"),
            include_str!("../../migrations/postgres/0022_accounts.sql"),
            include_str!("../../migrations/postgres/0023_goods.sql"),
            include_str!("../../migrations/postgres/0024_traces.sql"),
            include_str!("../../migrations/postgres/0025_campaign_sets.sql"),
            include_str!("../../migrations/postgres/0026_customers_gone.sql"),
            include_str!("../../migrations/postgres/0027_points_that_run_out.sql"),
            include_str!("../../migrations/postgres/0028_closing_numbers.sql"),
            include_str!("../../migrations/postgres/0029_messages.sql"),
            include_str!("../../migrations/postgres/0030_ledger_by_seq.sql"),
            include_str!("../../migrations/postgres/0031_put_back_and_told.sql"),
            include_str!("../../migrations/postgres/0032_tiers.sql"),
            include_str!("../../migrations/postgres/0033_overrides_and_people.sql"),
            include_str!("../../migrations/postgres/0034_said_above.sql"),
            include_str!("../../migrations/postgres/0035_cards_of_the_purged.sql"),
            include_str!("../../migrations/postgres/0036_replaced_secrets.sql"),
        ]
    }
}

/// A connection while it works. Whatever state a failure or a panic leaves it in, nobody finds it in the pool again.
struct Lent {
    client: Option<Object>,
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            drop(Object::take(client));
        }
    }
}

/// An answer of the server that nobody has waited for yet.
type Unheard<'a> = Pin<Box<dyn Future<Output = Result<u64, tokio_postgres::Error>> + 'a>>;

/// Each way to the server and back is dear, and the server answers in the order in which it is asked: what can be told
/// later is sent, and its answer is heard with the next one that is waited for.
struct Statements<'a> {
    client: &'a Object,
    runtime: &'a Handle,
    /// Answers to what was sent, in its order.
    unheard: Vec<Unheard<'a>>,
    /// Whether anything was refused so far, also where a savepoint was left and what came before stands.
    was_refused: bool,
}

impl<'a> Statements<'a> {
    fn transact(
        &mut self,
        (tenant, purpose): (Tenant, Purpose),
        work: Work<'_>,
    ) -> Result<(), DatabaseError> {
        // Whoever reads sees one state, however many statements it takes: a place in the changes and the rows before it.
        let begin = match purpose {
            Purpose::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            // Each statement sees what was committed before it, whatever the server was set to: who waited for a lock reads
            // behind whoever had it.
            Purpose::Write => "BEGIN ISOLATION LEVEL READ COMMITTED",
        };
        let begin = match tenant {
            Tenant::Platform => begin.to_owned(),
            Tenant::Company(company) => {
                format!("{begin}; SET LOCAL app.company = '{company}'; SET LOCAL ROLE saleflex_hub")
            }
        };
        let client = self.client;
        self.put_off(Box::pin(async move { client.batch_execute(&begin).await.map(|()| 0_u64) }))?;
        if !work(self) {
            // Why it does not stand is known; whatever else was refused is taken back with the rest.
            self.unheard.clear();
            return self.ask(client.batch_execute("ROLLBACK"));
        }
        match purpose {
            // Where something was refused the server takes all back at a COMMIT and calls that no error, even if whoever was
            // told of it went on: a question before it is refused then. What was not told yet is heard before the COMMIT.
            Purpose::Write if self.was_refused => self.ask(client.batch_execute("SELECT 1; COMMIT")),
            Purpose::Write => self.ask(client.batch_execute("COMMIT")),
            Purpose::Read => {
                self.hear()?;
                // What was read was read, however this ends. Whoever has the connection next is heard after it.
                match self.runtime.block_on(sent(pin!(client.batch_execute("COMMIT")))) {
                    Poll::Ready(Err(error)) => Err(error.into()),
                    Poll::Ready(Ok(())) | Poll::Pending => Ok(()),
                }
            }
        }
    }

    /// Sends a statement. What cannot be sent is told at once: the server will not tell it.
    fn put_off(&mut self, mut asked: Unheard<'a>) -> Result<(), DatabaseError> {
        match self.runtime.block_on(sent(asked.as_mut())) {
            Poll::Pending => {
                self.unheard.push(asked);
                Ok(())
            }
            Poll::Ready(Ok(_)) => Ok(()),
            Poll::Ready(Err(error)) => {
                self.was_refused = true;
                self.hear()?;
                Err(error.into())
            }
        }
    }

    /// Sends a statement, hears what was sent before, then its own answer. The first refusal is the reason of those behind.
    fn ask<T>(
        &mut self,
        asked: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, DatabaseError> {
        let before = mem::take(&mut self.unheard);
        let answered: Result<T, tokio_postgres::Error> = self.runtime.block_on(async {
            let mut asked = pin!(asked);
            let early = sent(asked.as_mut()).await;
            for one in before {
                one.await?;
            }
            match early {
                Poll::Ready(answered) => answered,
                Poll::Pending => asked.await,
            }
        });
        self.was_refused |= answered.is_err();
        Ok(answered?)
    }

    /// Sends statements one behind the other, works, and waits for the answers to all.
    fn at_once(&mut self, statements: &[Asked<'_>], work: &dyn Fn()) -> Result<Vec<Vec<Row>>, DatabaseError> {
        let client = self.client;
        let answers = self.ask(async {
            let mut asked = Vec::with_capacity(statements.len());
            for (statement, values) in statements {
                let mut one = Box::pin(client.query(statement, values));
                let early = sent(one.as_mut()).await;
                asked.push((one, early));
            }
            work();
            let mut answers = Vec::with_capacity(asked.len());
            for (one, early) in asked {
                let answered = match early {
                    Poll::Ready(answered) => answered,
                    Poll::Pending => one.await,
                };
                answers.push(answered?);
            }
            Ok::<_, tokio_postgres::Error>(answers)
        })?;
        answers.iter().map(|answer| rows(answer)).collect()
    }

    /// A statement as the server knows it. One that this connection has used before costs nothing.
    fn prepared(&mut self, sql: &str) -> Result<Statement, DatabaseError> {
        let client = self.client;
        let mut preparing = pin!(client.prepare_cached(sql));
        let early = self.runtime.block_on(sent(preparing.as_mut()));
        if let Poll::Ready(Ok(statement)) = early {
            return Ok(statement);
        }
        self.ask(async {
            match early {
                Poll::Ready(prepared) => prepared,
                Poll::Pending => preparing.await,
            }
        })
    }
}

/// A statement and what stands for its parameters.
type Asked<'a> = (Statement, Vec<&'a (dyn ToSql + Sync)>);

/// Lets what is asked go to the server, which is what a future does when it is polled first.
async fn sent<F: Future + ?Sized>(mut asked: Pin<&mut F>) -> Poll<F::Output> {
    poll_fn(|context| Poll::Ready(asked.as_mut().poll(context))).await
}

fn parameters<T: ToSql + Sync>(values: &[T]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

/// What stands for a parameter.
#[derive(Debug)]
enum Parameter {
    One(Value),
    /// A list: one of each row.
    Each(Vec<Value>),
}

impl Parameter {
    /// Those of values.
    fn each(values: Vec<Value>) -> Vec<Self> {
        values.into_iter().map(Self::One).collect()
    }

    /// Those of values and of lists behind them.
    fn all((common, lists): (Vec<Value>, Vec<Vec<Value>>)) -> Vec<Self> {
        common.into_iter().map(Self::One).chain(lists.into_iter().map(Self::Each)).collect()
    }
}

/// The one statement by which a server is asked, and what stands for its parameters. Of one key or row it is the plain one:
/// of a list the server does not know beforehand how long it is, and would plan the statement anew for each short one.
fn spread(ask: Ask) -> (String, Vec<Parameter>) {
    match ask {
        Ask::Once((sql, values)) => (sql, Parameter::each(values)),
        Ask::Each(each) if each.is_of_one() => {
            (each.statement().to_owned(), Parameter::each(each.into_values()))
        }
        Ask::Each(each) => (each.statement_of_all(), Parameter::all(each.into_lists())),
        Ask::Write(rows) => {
            let (answer, (sql, values)) = (rows.answer(), written(rows));
            (sql + &answer, values)
        }
    }
}

/// The statement that writes rows, and what stands for its parameters.
fn written(rows: Rows) -> (String, Vec<Parameter>) {
    if rows.is_one() {
        (rows.statement(), Parameter::each(rows.into_values()))
    } else {
        (rows.statement_of_all(), Parameter::all(rows.into_lists()))
    }
}

fn rows(rows: &[tokio_postgres::Row]) -> Result<Vec<Row>, DatabaseError> {
    let rows = rows.iter().map(|row| {
        let columns = (0..row.len()).map(|column| row.try_get::<_, Value>(column));
        columns.collect::<Result<_, _>>().map(Row::new)
    });
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Session for Statements<'_> {
    fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, DatabaseError> {
        let (statement, client) = (self.prepared(sql)?, self.client);
        let values = parameters(values);
        self.ask(client.execute(&statement, &values))
    }

    fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        let (statement, client) = (self.prepared(sql)?, self.client);
        let values = parameters(values);
        rows(&self.ask(client.query(&statement, &values))?)
    }

    fn batch(&mut self, sql: &str) -> Result<(), DatabaseError> {
        let client = self.client;
        self.ask(client.batch_execute(sql))
    }

    fn query_all(&mut self, questions: &[Question]) -> Result<Vec<Vec<Row>>, DatabaseError> {
        if questions.is_empty() {
            return Ok(Vec::new());
        }
        let mut statements = Vec::with_capacity(questions.len());
        for (sql, values) in questions {
            statements.push((self.prepared(sql)?, parameters(values)));
        }
        self.at_once(&statements, &|| ())
    }

    fn ask_all(&mut self, asked: Vec<Ask>) -> Result<Vec<Vec<Row>>, DatabaseError> {
        self.ask_all_while(asked, &|| ())
    }

    fn ask_all_while(&mut self, asked: Vec<Ask>, work: &dyn Fn()) -> Result<Vec<Vec<Row>>, DatabaseError> {
        if asked.is_empty() {
            work();
            return Ok(Vec::new());
        }
        let (mut prepared, mut counts) = (Vec::new(), Vec::new());
        for group in merged::groups(asked) {
            counts.push(group.len());
            let (sql, values) = merged::spread(group);
            prepared.push((self.prepared(&sql)?, values));
        }
        let statements: Vec<_> =
            prepared.iter().map(|(statement, values)| (statement.clone(), parameters(values))).collect();
        let mut answers = Vec::new();
        for (rows, count) in self.at_once(&statements, work)?.into_iter().zip(counts) {
            answers.extend(merged::answers(rows, count)?);
        }
        Ok(answers)
    }

    fn send_rows(&mut self, rows: Rows) -> Result<(), DatabaseError> {
        if rows.is_empty() {
            return Ok(());
        }
        let (sql, values) = written(rows);
        let (statement, client) = (self.prepared(&sql)?, self.client);
        self.put_off(Box::pin(async move { client.execute_raw(&statement, values).await }))
    }

    fn send(&mut self, sql: &str, values: &[Value]) -> Result<(), DatabaseError> {
        let (statement, client, values) = (self.prepared(sql)?, self.client, values.to_vec());
        self.put_off(Box::pin(async move { client.execute_raw(&statement, values).await }))
    }

    fn hear(&mut self) -> Result<(), DatabaseError> {
        if self.unheard.is_empty() { Ok(()) } else { self.ask(ready(Ok(()))) }
    }

    fn holding(&self, hold: Hold, place: usize) -> String {
        let lock = match hold {
            Hold::Shared => "pg_advisory_xact_lock_shared",
            Hold::Alone => "pg_advisory_xact_lock",
        };
        format!("(SELECT 0 FROM {lock}(${place}))")
    }

    fn hold(&mut self, hold: Hold, number: i64) -> Result<(), DatabaseError> {
        self.send(&format!("SELECT {}", self.holding(hold, 1)), &[number.into()])
    }
}

impl ToSql for Value {
    fn to_sql(&self, column: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(number) if *column == Type::BOOL => (*number != 0).to_sql(column, out),
            Self::Integer(number) if *column == Type::INT8 => number.to_sql(column, out),
            Self::Text(text) if *column == Type::UUID => Uuid::parse_str(text)?.to_sql(column, out),
            Self::Text(text) if *column == Type::TEXT => text.as_str().to_sql(column, out),
            Self::Integer(_) | Self::Text(_) => Err(format!("no {column} can be made of it").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl ToSql for Parameter {
    fn to_sql(&self, column: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self {
            Self::One(value) => value.to_sql(column, out),
            Self::Each(values) => values.to_sql(column, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(column: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(match *column {
            Type::UUID => Uuid::from_sql(column, raw)?.into(),
            Type::INT8 => Self::Integer(i64::from_sql(column, raw)?),
            Type::BOOL => bool::from_sql(column, raw)?.into(),
            Type::INT4 => Self::Integer(i32::from_sql(column, raw)?.into()),
            _ => Self::Text(String::from_sql(column, raw)?),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
