//! Movements of goods as people read them.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    access::{Reach, Wanted},
    db::{DatabaseError, Session},
    office::intake,
};

/// Goods of a product that came onto the shelves of a store or left them.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct StockMovement {
    /// The document or the posting that moved them.
    pub(crate) source_id: Uuid,
    /// Its place in that, from 0; of one that was told beside its document, a number of its own.
    pub(crate) position: i64,
    /// The store.
    pub(crate) store_id: Uuid,
    /// The terminal.
    pub(crate) terminal_id: Uuid,
    /// The product.
    pub(crate) product_id: Uuid,
    /// Such as `sale`, `return`, `receipt`, `adjustment`, `transfer_in`.
    pub(crate) kind: String,
    /// How much: below nothing it left.
    #[schema(value_type = String, example = "-2")]
    pub(crate) change: Decimal,
    /// When it moved, by the terminal's clock.
    pub(crate) moved_at: DateTime<Utc>,
    /// When that came here.
    pub(crate) received_at: DateTime<Utc>,
}

/// A place in a list of movements: of which document or posting, and where in it. It begins before all: positions count
/// from 0.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step(Uuid, i64);

impl Default for Step {
    fn default() -> Self {
        Self(Uuid::nil(), -1)
    }
}

impl std::str::FromStr for Step {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (source, position) = text.split_once('_').ok_or(())?;
        Ok(Self(source.parse().map_err(|_| ())?, position.parse().map_err(|_| ())?))
    }
}

impl StockMovement {
    /// Its place in lists.
    pub(crate) fn place(&self) -> String {
        format!("{}_{}", self.source_id, self.position)
    }
}

/// Which movements are listed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) store: Option<Uuid>,
    pub(crate) product: Option<Uuid>,
    pub(crate) kind: Option<String>,
}

/// Movements within reach in the order of what moved them, which is that of their time where a till gave out its identity;
/// after a place.
pub(crate) fn movements(
    session: &mut dyn Session,
    company: Uuid,
    (reach, filter): (&Reach, &Filter),
    (Step(source, position), limit): (Step, i64),
) -> Result<Vec<StockMovement>, DatabaseError> {
    let wanted = Wanted::within(reach, ("store_id", None), [company.into(), source.into(), position.into()])
        .and("store_id =", filter.store)
        .and("product_id =", filter.product)
        .and("kind =", filter.kind.as_deref());
    let select = "SELECT source_id, position, store_id, terminal_id, product_id, kind, change_e4, moved_at, received_at \
         FROM stock_movement WHERE company_id = $1 AND (source_id > $2 OR (source_id = $2 AND position > $3))";
    let (sql, values) = wanted.page(select, "source_id, position", limit);
    let rows = session.query(&sql, &values)?;
    let movements = rows.iter().map(|row| {
        Ok(StockMovement {
            source_id: row.id(0)?,
            position: row.integer(1)?,
            store_id: row.id(2)?,
            terminal_id: row.id(3)?,
            product_id: row.id(4)?,
            kind: row.text(5)?.to_owned(),
            change: intake::amount(row.integer(6)?).normalize(),
            moved_at: row.time(7)?,
            received_at: row.time(8)?,
        })
    });
    movements.collect()
}
