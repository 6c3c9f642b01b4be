//! What moved of an item, by day.

use chrono::NaiveDate;
use rusqlite::{Connection, params};
use saleflex_core::inventory::{Item, MovementKind, Stock};

use crate::{
    error::Error,
    file::codec::{Col, Variant, get, get_name},
};

/// What moved of an item from an entry of the journal on, everywhere, added up by business date and kind.
pub(crate) fn moved(
    connection: &Connection,
    item: Item,
    from_seq: i64,
) -> Result<Vec<(NaiveDate, MovementKind, Stock)>, Error> {
    // The movements at a place are a chain, followed backwards to the first that is too old.
    let mut select = connection.prepare_cached(
        "WITH RECURSIVE chain (seq, kind, change, previous) AS ( \
             SELECT m.seq, m.kind, m.change, m.previous FROM stock_level l \
             JOIN stock_movement m ON m.no = l.last_movement WHERE l.product = ?1 AND l.variant = ?2 \
             UNION ALL \
             SELECT m.seq, m.kind, m.change, m.previous FROM chain c \
             JOIN stock_movement m ON m.no = c.previous WHERE c.seq >= ?3 \
         ) \
         SELECT json_extract(CAST(e.payload AS TEXT), '$.at.business_date') AS date, chain.kind, sum(chain.change) \
         FROM chain JOIN event e ON e.seq = chain.seq WHERE chain.seq >= ?3 GROUP BY 1, 2",
    )?;
    let moved = select
        .query_map(params![Col(item.product), Col(Variant(item.variant)), from_seq], |row| {
            Ok((get(row, 0)?, get_name(row, 1)?, get(row, 2)?))
        })?;
    Ok(moved.collect::<Result<_, _>>()?)
}
