//! What tills were made with on their shelves.
//!
//! **Invariant:** tills of a store that are made from one list have one shelf: what lies at a place by the books of one of them
//! counts once, and not where goods moved before. Who puts such a place right later finds what is there.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{Moved, Movement, counted::BEHIND};
use crate::db::{self, DatabaseError, Session, Value};

/// The kind of what a till was made with.
pub(super) const OPENING: &str = "opening";
/// The kind of what takes it back where the hub knows what lay there.
pub(super) const SHARED: &str = "shared";
/// Where those stand in the event that tells them; behind them, what a count takes back of either.
const BESIDE: i64 = 2 * BEHIND;

/// A product and a location.
type Shelf = (Uuid, Option<Uuid>);

/// What is known of the shelves that events open.
pub(super) struct Opened {
    /// Goods moved there before, or another till's books were opened with what lay there.
    known: BTreeSet<Shelf>,
    /// The till put them right since, less all that others had there.
    put_right: BTreeSet<Shelf>,
}

impl Opened {
    /// Of all that is opened by what moved.
    pub(super) fn of(
        session: &mut dyn Session,
        (company, store, terminal): (Uuid, Uuid, Uuid),
        moved: &Moved,
    ) -> Result<Self, DatabaseError> {
        let mut told: BTreeMap<(Option<Uuid>, i64), Vec<Uuid>> = BTreeMap::new();
        for one in moved.0.iter().filter(|one| one.kind == OPENING) {
            let products = told.entry((one.location, one.at.timestamp_millis())).or_default();
            products.push(one.product.uuid());
        }
        let mut found = Self { known: BTreeSet::new(), put_right: BTreeSet::new() };
        for ((location, at), products) in told {
            for products in products.chunks(db::MOST_NAMED) {
                let (places, named) = db::named(6, products);
                let sql = format!(
                    "SELECT product_id, \
                     CAST(max(CASE WHEN kind = '{OPENING}' OR moved_at <= $4 THEN 1 ELSE 0 END) AS bigint), \
                     CAST(max(CASE WHEN kind = 'adjustment' AND terminal_id = $5 AND moved_at > $4 THEN 1 ELSE 0 END) \
                     AS bigint) \
                     FROM stock_movement WHERE company_id = $1 AND store_id = $2 \
                     AND (location_id = $3 OR location_id IS NULL) AND product_id IN ({places}) GROUP BY product_id"
                );
                let of: [Value; 5] =
                    [company.into(), store.into(), location.into(), at.into(), terminal.into()];
                let values: Vec<Value> = of.into_iter().chain(named).collect();
                for row in session.query(&sql, &values)? {
                    let shelf = (row.id(0)?, location);
                    found.known.extend(row.flag(1)?.then_some(shelf));
                    found.put_right.extend(row.flag(2)?.then_some(shelf));
                }
            }
        }
        Ok(found)
    }

    /// What takes a movement back at once: where it opens a shelf that is known already. From then on the shelf is.
    pub(super) fn shared(&mut self, one: &Movement) -> Option<Movement> {
        let shelf = (one.product.uuid(), one.location);
        if one.kind != OPENING || self.known.insert(shelf) || self.put_right.contains(&shelf) {
            return None;
        }
        let (source, position) = one.source;
        Some(Movement {
            source: (source, position.saturating_add(BESIDE)),
            kind: SHARED.to_owned(),
            change: one.change.saturating_neg(),
            ..one.clone()
        })
    }
}
