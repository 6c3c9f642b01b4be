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
    /// When the URL cannot be read.
    pub fn connect(url: &str) -> Result<Self, DatabaseError> {
        let config: tokio_postgres::Config = url.parse()?;
        let manager =
            Manager::from_config(config, NoTls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
        let pool = Pool::builder(manager).max_size(CONNECTIONS).build()?;
        Ok(Self { pool, runtime: Handle::current() })
    }
}

impl Database for Postgres {
    fn transact(&self, tenant: Tenant, _: Purpose, work: Work<'_>) -> Result<(), DatabaseError> {
        let client = self.runtime.block_on(self.pool.get())?;
        let mut statements = Statements { client: &client, runtime: &self.runtime };
        let outcome = statements.transact(tenant, work);
        if outcome.is_err() {
            // Whatever state it is in, nobody shall find it in the pool again.
            drop(Object::take(client));
        }
        outcome
    }

    fn migrations(&self) -> &'static [&'static str] {
        &[
            include_str!("../../migrations/postgres/0001_hub.sql"),
            include_str!("../../migrations/postgres/0002_lives.sql"),
            include_str!("../../migrations/postgres/0003_relay.sql"),
            include_str!("../../migrations/postgres/0004_people.sql"),
            include_str!("../../migrations/postgres/0005_business.sql"),
            include_str!("../../migrations/postgres/0007_offers_of_ownership.sql"),
        ]
    }
}

struct Statements<'a> {
    client: &'a Object,
    runtime: &'a Handle,
}

impl Statements<'_> {
    fn transact(&mut self, tenant: Tenant, work: Work<'_>) -> Result<(), DatabaseError> {
        self.batch("BEGIN")?;
        if let Tenant::Company(company) = tenant {
            self.query("SELECT set_config('app.company', $1, true)", &[company.into()])?;
            self.batch("SET LOCAL ROLE saleflex_hub")?;
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
