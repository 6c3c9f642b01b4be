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
    /// How much by movements that were told beside it.
    beside: BTreeMap<Goods, i64>,
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
            let sum = ways.beside.entry(goods).or_default();
            *sum = sum.saturating_add(change);
        }
    }

    pub(super) fn add_all(&mut self, movements: &[Movement]) {
        for one in movements {
            self.add(one.source, (one.product, one.kind.clone()), one.change);
        }
    }

    /// What a movement still has to move: nothing where its document was taken in before, or has lines of the goods that it tells
    /// of beside. A line moves what movements beside its document did not; those are asked about once.
    pub(super) fn left(&mut self, one: &Movement) -> Option<Movement> {
        let Some(ways) = self.0.get_mut(&one.source.0) else { return Some(one.clone()) };
        let goods = (one.product, one.kind.clone());
        if one.source.1 >= BESIDE {
            return (!ways.own.contains(&goods)).then(|| one.clone());
        }
        if !ways.own.is_empty() {
            return None;
        }
        let moved = ways.beside.remove(&goods).unwrap_or_default();
        Some(Movement { change: one.change.saturating_sub(moved), ..one.clone() })
    }

    /// The documents and postings that anything moved of.
    pub(super) fn into_sources(self) -> BTreeSet<Uuid> {
        self.0.into_keys().collect()
    }
}
