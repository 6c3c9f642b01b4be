//! PostgreSQL: a pool of connections; each transaction works under a role that sees one company's rows.

use std::error::Error as StdError;

use bytes::BytesMut;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod};
use tokio::runtime::Handle;
use tokio_postgres::{
    NoTls,
    types::{FromSql, IsNull, ToSql, Type, to_sql_checked},
};
use uuid::Uuid;

use super::{Database, DatabaseError, Purpose, Row, Session, Tenant, Value, Work};

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
        Statements { client, runtime: &self.runtime }.transact((tenant, purpose), work)?;
        // Its transaction has ended: the pool may have it back.
        drop(lent.client.take());
        Ok(())
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

struct Statements<'a> {
    client: &'a Object,
    runtime: &'a Handle,
}

impl Statements<'_> {
    fn transact(
        &mut self,
        (tenant, purpose): (Tenant, Purpose),
        work: Work<'_>,
    ) -> Result<(), DatabaseError> {
        // Whoever reads sees one state, however many statements it takes: a place in the changes and the rows before it.
        let begin = match purpose {
            Purpose::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            Purpose::Write => "BEGIN",
        };
        match tenant {
            Tenant::Platform => self.batch(begin)?,
            // In one message: each of them alone would be a way to the server and back.
            Tenant::Company(company) => self.batch(&format!(
                "{begin}; SET LOCAL app.company = '{company}'; SET LOCAL ROLE saleflex_hub"
            ))?,
        }
        let stands = work(self);
        self.batch(if stands { "COMMIT" } else { "ROLLBACK" })
    }
}

impl Session for Statements<'_> {
    fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, DatabaseError> {
        self.runtime.block_on(async {
            let statement = self.client.prepare_cached(sql).await?;
            let values: Vec<&(dyn ToSql + Sync)> =
                values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
            Ok(self.client.execute(&statement, &values).await?)
        })
    }

    fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        self.runtime.block_on(async {
            let statement = self.client.prepare_cached(sql).await?;
            let values: Vec<&(dyn ToSql + Sync)> =
                values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
            let rows = self.client.query(&statement, &values).await?;
            let rows = rows.iter().map(|row| {
                let columns = (0..row.len()).map(|column| row.try_get::<_, Value>(column));
                columns.collect::<Result<_, _>>().map(Row::new)
            });
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    fn batch(&mut self, sql: &str) -> Result<(), DatabaseError> {
        Ok(self.runtime.block_on(self.client.batch_execute(sql))?)
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
