//! Levels as people and programs read them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    access::{Reach, Wanted},
    db::{DatabaseError, Session},
    office::{content, intake},
};

/// What is on a shelf.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct StockLevel {
    /// The product.
    pub(crate) product_id: Uuid,
    /// The store.
    pub(crate) store_id: Uuid,
    /// What is there by what tills delivered.
    #[schema(value_type = String, example = "12")]
    pub(crate) on_hand: Decimal,
    /// Always 0: what tills hold back for documents that are put aside stays with them.
    #[schema(value_type = String, example = "0")]
    pub(crate) reserved: Decimal,
    /// The same as `on_hand`, as nothing is promised here.
    #[schema(value_type = String, example = "12")]
    pub(crate) available: Decimal,
    /// When it last changed.
    pub(crate) updated_at: DateTime<Utc>,
}

/// A place in a list of stock: which product, in which store.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shelf(Uuid, Uuid);

impl std::str::FromStr for Shelf {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (product, store) = text.split_once('_').ok_or(())?;
        Ok(Self(product.parse().map_err(|_| ())?, store.parse().map_err(|_| ())?))
    }
}

impl StockLevel {
    /// Its place in lists.
    pub(crate) fn place(&self) -> String {
        format!("{}_{}", self.product_id, self.store_id)
    }
}

/// Which levels.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LevelFilter {
    /// In this store.
    pub(crate) store: Option<Uuid>,
    /// Of this product.
    pub(crate) product: Option<Uuid>,
    /// Changed since.
    pub(crate) since: Option<DateTime<Utc>>,
    /// Less than their product has to have there.
    pub(crate) is_below_minimum: bool,
}

/// What is on the shelves within reach, after a place.
pub(crate) fn levels(
    session: &mut dyn Session,
    company: Uuid,
    (reach, filter): (&Reach, &LevelFilter),
    (mut after, limit): (Shelf, i64),
) -> Result<Vec<StockLevel>, DatabaseError> {
    let most = usize::try_from(limit).unwrap_or_default();
    let mut below = Vec::new();
    loop {
        let found = part(session, company, (reach, filter), (after, limit))?;
        if !filter.is_below_minimum {
            return Ok(found);
        }
        let is_last = found.len() < most;
        let places = found.first().zip(found.last()).map(|(first, last)| (first.product_id, last.product_id));
        if let Some(last) = found.last() {
            after = Shelf(last.product_id, last.store_id);
        }
        let least =
            places.map(|products| minimums(session, company, products)).transpose()?.unwrap_or_default();
        // What has no minimum is never below it.
        let is_below = |level: &StockLevel| {
            least.get(&(level.product_id, level.store_id)).is_some_and(|least| level.available < *least)
        };
        below.extend(found.into_iter().filter(is_below));
        if is_last || below.len() >= most {
            below.truncate(most);
            return Ok(below);
        }
    }
}

fn part(
    session: &mut dyn Session,
    company: Uuid,
    (reach, filter): (&Reach, &LevelFilter),
    (after, limit): (Shelf, i64),
) -> Result<Vec<StockLevel>, DatabaseError> {
    let wanted = Wanted::within(reach, ("store_id", None), [company.into(), after.0.into(), after.1.into()])
        .and("store_id =", filter.store)
        .and("product_id =", filter.product)
        .and("updated_at >=", filter.since.map(|since| since.timestamp_millis()));
    let select = "SELECT product_id, store_id, on_hand_e4, reserved_e4, updated_at FROM stock_level \
         WHERE company_id = $1 AND (product_id > $2 OR (product_id = $2 AND store_id > $3))";
    let (sql, values) = wanted.page(select, "product_id, store_id", limit);
    let rows = session.query(&sql, &values)?;
    let levels = rows.iter().map(|row| {
        let (on_hand, reserved) = (row.integer(2)?, row.integer(3)?);
        Ok(StockLevel {
            product_id: row.id(0)?,
            store_id: row.id(1)?,
            on_hand: intake::amount(on_hand).normalize(),
            reserved: intake::amount(reserved).normalize(),
            available: (intake::amount(on_hand) - intake::amount(reserved)).normalize(),
            updated_at: row.time(4)?,
        })
    });
    levels.collect()
}

/// How many of each of some products, from one to another, each store has to have by the row that it sells them by: of those
/// that are for sale and say so.
fn minimums(
    session: &mut dyn Session,
    company: Uuid,
    (first, last): (Uuid, Uuid),
) -> Result<BTreeMap<(Uuid, Uuid), Decimal>, DatabaseError> {
    let rows = session.query(
        "SELECT s.product_id, s.store_id, COALESCE(o.body, p.body) FROM stock_level s \
         JOIN definition p ON p.company_id = s.company_id AND p.resource = 'products' \
         AND p.definition_id = s.product_id AND p.is_deleted = 0 \
         LEFT JOIN definition o ON o.company_id = s.company_id AND o.resource = 'products' \
         AND o.overrides = s.product_id AND o.store_id = s.store_id AND o.is_deleted = 0 \
         WHERE s.company_id = $1 AND s.product_id >= $2 AND s.product_id <= $3",
        &[company.into(), first.into(), last.into()],
    )?;
    let mut minimums = BTreeMap::new();
    for row in &rows {
        let body: Json = serde_json::from_str(row.text(2)?).unwrap_or_default();
        if let Some(minimum) = content::decimal(&body["min_stock"]) {
            minimums.insert((row.id(0)?, row.id(1)?), minimum);
        }
    }
    Ok(minimums)
}
