//! What moved of documents and postings before, so that nothing moves twice.

use std::collections::{BTreeMap, BTreeSet};

use saleflex_core::ids::ProductId;
use uuid::Uuid;

use super::{BESIDE, Movement};

/// Goods of a document or a posting by why they move.
type Goods = (ProductId, String);

/// What moved of a document or a posting.
#[derive(Clone, Debug, Default)]
struct Ways {
    /// By its own lines.
    own: BTreeSet<Goods>,
    /// By movements that were told beside it, each by its place, and how much.
    beside: BTreeMap<i64, (Goods, i64)>,
}

/// What moved of documents and postings, by their identities.
#[derive(Clone, Debug, Default)]
pub(super) struct Known(BTreeMap<Uuid, Ways>);

impl Known {
    pub(super) fn add(&mut self, (source, position): (Uuid, i64), goods: Goods, change: i64) {
        let ways = self.0.entry(source).or_default();
        if position < BESIDE {
            ways.own.insert(goods);
        } else {
            ways.beside.insert(position, (goods, change));
        }
    }

    pub(super) fn add_all(&mut self, movements: &[Movement]) {
        for one in movements {
            self.add(one.source, (one.product, one.kind.clone()), one.change);
        }
    }

    /// What a movement still has to move: nothing where it or its document was taken in before, or where that has lines of the
    /// goods that it tells of beside. A line moves what movements beside its document did not; those are asked about once.
    pub(super) fn left(&mut self, one: &Movement) -> Option<Movement> {
        let Some(ways) = self.0.get_mut(&one.source.0) else { return Some(one.clone()) };
        let goods = (one.product, one.kind.clone());
        if one.source.1 >= BESIDE {
            let is_known = ways.own.contains(&goods) || ways.beside.contains_key(&one.source.1);
            return (!is_known).then(|| one.clone());
        }
        if !ways.own.is_empty() {
            return None;
        }
        let mut moved = 0_i64;
        ways.beside.retain(|_, (beside, change)| {
            let is_other = *beside != goods;
            moved = moved.saturating_add(if is_other { 0 } else { *change });
            is_other
        });
        Some(Movement { change: one.change.saturating_sub(moved), ..one.clone() })
    }

    /// The same of what was put together with [`Self::left`] by itself: lines are less already what was told beside their
    /// document in the same delivery, also where another terminal had told it before.
    pub(super) fn take(&mut self, one: &Movement) -> Option<Movement> {
        let left = self.left(one);
        if left.is_none()
            && let Some(ways) = self.0.get_mut(&one.source.0)
        {
            ways.beside.remove(&one.source.1);
        }
        left
    }

    /// The documents and postings that anything moved of.
    pub(super) fn into_sources(self) -> BTreeSet<Uuid> {
        self.0.into_keys().collect()
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::stock::Moved;

    const BREAD: ProductId = ProductId::new(Uuid::from_u128(7));
    const TEA: ProductId = ProductId::new(Uuid::from_u128(8));
    const DOCUMENT: Uuid = Uuid::from_u128(9);

    fn lines() -> Moved {
        let mut moved = Moved::default();
        for (position, change) in [(0, -20_000), (1, -10_000)] {
            moved.add((DOCUMENT, position), (BREAD, "sale"), change, DateTime::UNIX_EPOCH);
        }
        moved
    }

    fn beside(movement: u128, product: ProductId, change: i64) -> Moved {
        let mut moved = Moved::default();
        let of = (DOCUMENT, Uuid::from_u128(movement));
        moved.add_beside(of, (product, "sale"), change, DateTime::UNIX_EPOCH);
        moved
    }

    /// All orders of so many.
    fn orders(count: usize) -> Vec<Vec<usize>> {
        let Some(last) = count.checked_sub(1) else { return vec![Vec::new()] };
        let mut all = Vec::new();
        for before in orders(last) {
            for at in 0..count {
                let mut order = before.clone();
                order.insert(at, last);
                all.push(order);
            }
        }
        all
    }

    /// Books deliveries one after the other.
    fn booked(deliveries: &[Vec<&Moved>]) -> [i64; 2] {
        let mut books: BTreeMap<(Uuid, i64), Movement> = BTreeMap::new();
        for delivery in deliveries {
            let mut moved = Moved::default();
            moved.append_all(delivery.iter().copied());
            let mut before = Known::default();
            before.add_all(&books.values().cloned().collect::<Vec<_>>());
            for new in moved.0.iter().filter_map(|one| before.take(one)) {
                books.entry(new.source).or_insert(new);
            }
        }
        let of = |product: ProductId| -> i64 {
            books.values().filter(|one| one.product == product).map(|one| one.change).sum()
        };
        [BREAD, TEA].map(of)
    }

    #[test]
    fn lines_and_what_is_told_beside_them_move_goods_once_in_every_order_and_every_delivery() {
        let (lines, first, second) = (lines(), beside(1, BREAD, -10_000), beside(2, BREAD, -20_000));
        let other = beside(3, TEA, -50_000);
        // Another terminal tells one of them too; a delivery is of one terminal.
        let events = [(1, &lines), (1, &first), (1, &second), (1, &other), (2, &first)];
        for order in orders(events.len()) {
            for parted in 0_u32..16 {
                let mut deliveries: Vec<Vec<&Moved>> = Vec::new();
                let mut of = 0;
                for (at, (terminal, moved)) in order.iter().map(|event| events[*event]).enumerate() {
                    let is_parted = at == 0 || (parted >> (at - 1)) & 1 == 1 || of != terminal;
                    of = terminal;
                    if is_parted {
                        deliveries.push(Vec::new());
                    }
                    deliveries.last_mut().unwrap().push(moved);
                }
                assert_eq!(booked(&deliveries), [-30_000, -50_000], "{order:?}, parted by {parted:b}");
            }
        }
    }
}
