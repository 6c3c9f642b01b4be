//! Drawers that were handed on: of each what was counted then goes on as it was counted, and nothing of the others is settled
//! by it.

use std::collections::{BTreeMap, BTreeSet};

use saleflex_core::{
    closure::{
        Closure,
        drawer::{CountPurpose, DrawerNo, Step},
    },
    ids::ClosureNumber,
};

use super::{Followed, LeftMore, named, numbers};
use crate::{
    books::{closures, journal},
    error::Error,
    till::{Till, drawer::step},
};

/// The drawers that were handed on in a period.
#[derive(Debug, Default)]
pub(super) struct HandedOn {
    /// Each with the place in the journal where it was first.
    first: BTreeMap<DrawerNo, i64>,
    /// The settings named other drawers after that: what was counted of one is known of all of them together.
    pub(super) is_renamed: bool,
}

impl Till {
    /// The same as it was known of each drawer when it was first handed on in the period: what was counted then goes on as it
    /// was counted.
    pub(super) fn before_hand_overs(&self, number: ClosureNumber, more: LeftMore) -> Result<LeftMore, Error> {
        let handed = self.handed_on(number)?;
        let Some(earliest) = handed.first.values().copied().min() else { return Ok(more) };
        let known_at = |place| self.left_more_until(number, Some(place), &mut Followed::default());
        let drawers = self.drawers_of(number)?;
        if handed.is_renamed || drawers.len() < 2 {
            return known_at(earliest);
        }
        let mut by_drawer = more.in_drawers(drawers.iter().copied());
        for (no, place) in handed.first {
            let known = known_at(place)?.in_drawers(drawers.iter().copied()).remove(&no);
            by_drawer.insert(no, known.unwrap_or_default());
        }
        by_drawer.retain(|_, amount| !amount.is_zero());
        Ok(LeftMore { total: by_drawer.values().copied().sum(), by_drawer })
    }

    /// The drawers of a period, of a closed one as they were then; fewer than two at a till with one for everybody.
    pub(super) fn drawers_of(&self, number: ClosureNumber) -> Result<Vec<DrawerNo>, Error> {
        let Some(closed) = closures::closed(self.connection(), number)? else {
            return Ok(self.settings.drawers.iter().map(|drawer| drawer.no).collect());
        };
        Ok(numbers(&closures::record(self.connection(), &closed)?).collect())
    }

    /// The drawers that were handed on in a closed period in which nobody counted or handed on the others; none where what it
    /// left was counted altogether, or not at all.
    pub(super) fn handed_on_alone(&self, closure: &Closure) -> Result<Option<BTreeSet<DrawerNo>>, Error> {
        if closure.counted_cash.is_some() || !closure.is_handed_on() || closure.drawers.is_empty() {
            return Ok(None);
        }
        let handed = self.handed_on(closure.number())?;
        let is_all = numbers(closure).all(|no| handed.first.contains_key(&no));
        Ok((!handed.is_renamed && !is_all).then(|| handed.first.into_keys().collect()))
    }

    /// The drawers that were handed on in a period.
    pub(super) fn handed_on(&self, number: ClosureNumber) -> Result<HandedOn, Error> {
        let mut handed = HandedOn::default();
        for place in self.drawer_places(number, number)? {
            let entry = journal::read(self.connection(), place)?;
            if let Some(Step::Counted(count)) = step(&entry)
                && matches!(count.purpose, CountPurpose::HandOver { .. })
            {
                handed.first.entry(count.drawer).or_insert(place);
            }
            if let Some((was, now)) = named(&entry) {
                let is_same = was.iter().map(|drawer| drawer.no).eq(now.iter().map(|drawer| drawer.no));
                handed.is_renamed |= !is_same && !handed.first.is_empty();
            }
        }
        Ok(handed)
    }
}
