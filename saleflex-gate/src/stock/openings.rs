//! What tills were made with on their shelves.
//!
//! **Invariant:** tills of a store that are made from one list have one shelf: what lies at a place by the books of one of them
//! counts once, and not where goods moved before. Who puts such a place right later finds what is there.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    Moved, Movement,
    counted::{ADJUSTMENT, BEHIND},
};
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
    /// The till told of them, as they were when it was made. It does so to each hub that it meets, and each hears all of it.
    told: BTreeSet<(Shelf, DateTime<Utc>)>,
}

impl Opened {
    /// Of all that is opened by what moved.
    pub(super) fn of(
        session: &mut dyn Session,
        (company, store, terminal): (Uuid, Uuid, Uuid),
        moved: &Moved,
    ) -> Result<Self, DatabaseError> {
        let mut opened: BTreeMap<(Option<Uuid>, DateTime<Utc>), Vec<Uuid>> = BTreeMap::new();
        for one in moved.0.iter().filter(|one| one.kind == OPENING) {
            opened.entry((one.location, one.at)).or_default().push(one.product.uuid());
        }
        // What is put right by the same delivery is not booked yet.
        let put_right = moved.0.iter().filter(|one| one.kind == ADJUSTMENT);
        let put_right = put_right.map(|one| (one.product.uuid(), one.location)).collect();
        let mut found = Self { known: BTreeSet::new(), put_right, told: BTreeSet::new() };
        for ((location, at), products) in opened {
            for products in products.chunks(db::MOST_NAMED) {
                let (places, named) = db::named(6, products);
                let sql = format!(
                    "SELECT product_id, \
                     CAST(max(CASE WHEN kind = '{OPENING}' OR moved_at <= $4 THEN 1 ELSE 0 END) AS bigint), \
                     CAST(max(CASE WHEN kind = '{ADJUSTMENT}' AND terminal_id = $5 AND moved_at > $4 THEN 1 ELSE 0 END) \
                     AS bigint), \
                     CAST(max(CASE WHEN kind = '{OPENING}' AND terminal_id = $5 AND moved_at = $4 THEN 1 ELSE 0 END) \
                     AS bigint) \
                     FROM stock_movement WHERE company_id = $1 AND store_id = $2 \
                     AND (location_id = $3 OR location_id IS NULL) AND product_id IN ({places}) GROUP BY product_id"
                );
                let at_millis = at.timestamp_millis();
                let of: [Value; 5] =
                    [company.into(), store.into(), location.into(), at_millis.into(), terminal.into()];
                let values: Vec<Value> = of.into_iter().chain(named).collect();
                for row in session.query(&sql, &values)? {
                    let shelf = (row.id(0)?, location);
                    found.known.extend(row.flag(1)?.then_some(shelf));
                    found.put_right.extend(row.flag(2)?.then_some(shelf));
                    found.told.extend(row.flag(3)?.then_some((shelf, at)));
                }
            }
        }
        Ok(found)
    }

    /// Whether a movement opens a shelf by the same books again. From then on it would.
    pub(super) fn is_told(&mut self, one: &Movement) -> bool {
        one.kind == OPENING && !self.told.insert(((one.product.uuid(), one.location), one.at))
    }

    /// What takes a movement back at once: where it opens a shelf that is known already. From then on the shelf is.
    pub(super) fn shared(&mut self, one: &Movement) -> Option<Movement> {
        let place = (one.product.uuid(), one.location);
        if one.kind != OPENING || self.known.insert(place) || self.put_right.contains(&place) {
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
