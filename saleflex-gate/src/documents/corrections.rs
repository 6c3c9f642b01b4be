//! What a till corrected of its closed periods.
//!
//! **Invariant:** how a period stands is said with all of its corrections or not at all: they are numbered from 1, and one
//! that is not here yet, cannot be read or has the number of another leaves it as it was closed. So does one that names a number
//! which several periods of the till have.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry as Place};

use saleflex_core::journal::Entry;
use saleflex_sync::wire::EventKind;
use uuid::Uuid;

use crate::{
    closures,
    db::{DatabaseError, Session},
};

/// So many numbers are looked at: a correction may say that it has any.
const MOST_NAMED: u32 = 1_000;

/// A correction.
#[derive(Debug)]
pub(crate) struct Correction {
    /// Its number within its period, from 1.
    no: u32,
    pub(crate) entry: Entry,
    /// What its numbers weigh.
    pub(crate) weight: i128,
    /// As it came.
    pub(super) body: String,
}

/// What a till corrected of all its periods.
#[derive(Debug)]
pub(crate) struct Corrections {
    /// By the numbers of the periods, each in the order of theirs.
    of: BTreeMap<u32, Vec<Correction>>,
    /// Numbers among them that a copy of the till's file and whoever it was copied from both closed a period of.
    of_several: BTreeSet<u32>,
    /// Whether all that it ever delivered can be read: of another one nobody knows which period it is about.
    are_readable: bool,
}

impl Corrections {
    pub(crate) fn read(
        session: &mut dyn Session,
        (company, terminal): (Uuid, Uuid),
    ) -> Result<Self, DatabaseError> {
        let rows = session.query(
            "SELECT body FROM ledger WHERE company_id = $1 AND terminal_id = $2 AND kind = $3 ORDER BY received_at, seq",
            &[company.into(), terminal.into(), EventKind::ClosureCorrection.as_str().into()],
        )?;
        let mut read = Self { of: BTreeMap::new(), of_several: BTreeSet::new(), are_readable: true };
        for row in &rows {
            let body = row.text(0)?;
            let Some((entry, weight)) = closures::read(body) else {
                read.are_readable = false;
                continue;
            };
            let Some((period, no)) = entry.correction().map(|one| (one.closure.0, one.no)) else { continue };
            let body = body.to_owned();
            read.of.entry(period).or_default().push(Correction { no, entry, weight, body });
        }
        read.of.values_mut().for_each(|all| all.sort_by_key(|one| one.no));
        if !read.of.is_empty() {
            let several = session.query(
                "SELECT closure_number FROM closure WHERE company_id = $1 AND terminal_id = $2 \
                 AND closure_number IS NOT NULL GROUP BY closure_number HAVING count(*) > 1",
                &[company.into(), terminal.into()],
            )?;
            for row in &several {
                let number = u32::try_from(row.integer(0)?).ok();
                read.of_several.extend(number.filter(|number| read.of.contains_key(number)));
            }
        }
        Ok(read)
    }

    /// Those of a period.
    pub(crate) fn of(&self, period: u32) -> &[Correction] {
        self.of.get(&period).map_or(&[], Vec::as_slice)
    }

    /// Whether those of a period are all here that there are up to the last, once each, and its own, as far as can be said.
    pub(crate) fn are_whole(&self, period: u32) -> bool {
        let numbers = self.of(period).iter().map(|one| one.no);
        let is_alone = !self.of_several.contains(&period);
        self.are_readable && is_alone && numbers.eq((1_u32..).take(self.of(period).len()))
    }

    /// The numbers of those of a period that are not here, before the last one that is.
    pub(crate) fn missing(&self, period: u32) -> Vec<u32> {
        let here = || self.of(period).iter().map(|one| one.no);
        let last = here().max().unwrap_or_default().min(MOST_NAMED);
        (1..last).filter(|no| here().all(|one| one != *no)).collect()
    }
}

/// The corrections of tills, each till's read when the first of its periods is asked for.
#[derive(Debug)]
pub(crate) struct OfTills {
    company: Uuid,
    known: BTreeMap<Uuid, Corrections>,
}

impl OfTills {
    pub(crate) const fn new(company: Uuid) -> Self {
        Self { company, known: BTreeMap::new() }
    }

    pub(crate) fn of(
        &mut self,
        session: &mut dyn Session,
        terminal: Uuid,
    ) -> Result<&Corrections, DatabaseError> {
        Ok(match self.known.entry(terminal) {
            Place::Occupied(known) => known.into_mut(),
            Place::Vacant(place) => place.insert(Corrections::read(session, (self.company, terminal))?),
        })
    }
}
