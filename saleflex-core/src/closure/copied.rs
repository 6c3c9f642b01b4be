//! What a closed period holds of earlier lives of its till's file, and which of several closures counts it.

use core::cmp::Reverse;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Closure, Report};

/// What of a closed period was sold before the file was copied. Whoever the copy was made of may have closed it as well.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Copied {
    /// The life of the file that it was sold in.
    pub epoch: Uuid,
    /// How many documents the file had at the end of that life as it knows it: of two copies of one life, that with more
    /// has all of the other's.
    pub documents: u64,
    /// The figures of its documents.
    pub report: Report,
}

/// A closure as its till told it.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// Its identity.
    pub id: Uuid,
    /// The life of the file that closed it.
    pub epoch: Uuid,
    /// What it says.
    pub closure: &'a Closure,
}

impl Told<'_> {
    /// Whether it, and not the closure of this identity, counts what that one has from before it was copied: the life that
    /// sold it closed it itself; else the copy that has most of it does, and of two alike the one that comes first.
    fn counts(&self, part: &Copied, of: Uuid) -> bool {
        let has_more = |own: &Copied| {
            own.epoch == part.epoch && (own.documents, Reverse(self.id)) > (part.documents, Reverse(of))
        };
        self.epoch == part.epoch || self.closure.copied.iter().any(has_more)
    }
}

/// What of a closure another one of its till counts: taken off, every document is in the sum of all of them once.
pub fn counted_elsewhere<'a>(one: Told<'a>, others: &[Told<'_>]) -> impl Iterator<Item = &'a Copied> {
    let is_other =
        move |other: &&Told<'_>| other.id != one.id && other.closure.number() == one.closure.number();
    one.closure
        .copied
        .iter()
        .filter(move |part| others.iter().filter(is_other).any(|other| other.counts(part, one.id)))
}
