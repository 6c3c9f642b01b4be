//! What corrections of closed periods change in the foreign notes and coins that the periods after them begin with: each
//! currency by itself, of all drawers together.

use std::collections::BTreeMap;

use saleflex_core::{
    closure::{
        Change, Closure,
        drawer::{CountPurpose, Step},
    },
    ids::ClosureNumber,
    money::{CurrencyCode, Money},
};

use super::{Followed, Moved};
use crate::{
    books::{
        closures,
        index::{self, Topic},
        journal,
    },
    error::Error,
    till::{Till, drawer::step},
};

/// So much of each foreign currency, or less.
pub(crate) type Foreign = BTreeMap<CurrencyCode, Money>;

/// The foreign currencies that corrections move, each with the first closed period in which one does, and whether any says
/// that it was counted wrong.
pub(crate) type FirstMoved = BTreeMap<CurrencyCode, (ClosureNumber, bool)>;

impl Till {
    /// What a period began with of foreign currencies beyond what the one before it says. Of a currency that was counted when
    /// a drawer was handed on in it: what was known then.
    pub(in crate::till) fn foreign_left_more(&self, number: ClosureNumber) -> Result<Foreign, Error> {
        let corrections = index::count(self.connection(), Topic::Correction)?;
        if corrections == 0 {
            return Ok(Foreign::new());
        }
        let mut known = self.followed.borrow_mut();
        known.renew(corrections);
        if let Some(more) = known.foreign.get(&number) {
            return Ok(more.clone());
        }
        let moved = self.foreign_moved(&mut known)?;
        if moved.is_empty() {
            return Ok(Foreign::new());
        }
        let mut more = self.foreign_left_more_until(number, None, (&moved, &mut known.foreign))?;
        for (code, counted) in self.foreign_counted(number)? {
            more.remove(&code);
            if let Some(until) = counted {
                let then = self.foreign_left_more_until(number, Some(until), (&moved, &mut known.foreign))?;
                more.extend(then.get_key_value(&code));
            }
        }
        known.foreign.insert(number, more.clone());
        Ok(more)
    }

    /// The same of a closed period beyond what was known when it was closed.
    pub(super) fn foreign_beyond(&self, closure: &Closure) -> Result<Foreign, Error> {
        Ok(beyond(self.foreign_left_more(closure.number())?, closure))
    }

    /// The foreign currencies that corrections move.
    fn foreign_moved(&self, known: &mut Followed) -> Result<FirstMoved, Error> {
        if let Some(moved) = &known.foreign_moved {
            return Ok(moved.clone());
        }
        let mut moved = FirstMoved::new();
        for entry in index::all(self.connection(), Topic::Correction)? {
            let Some(correction) = entry.correction() else { continue };
            let mut note = |code, is_count: bool| {
                let (first, is_recounted) = moved.entry(code).or_insert((correction.closure, false));
                *first = correction.closure.min(*first);
                *is_recounted |= is_count;
            };
            if let Change::CountedForeign { currency, .. } = &correction.change {
                note(*currency, true);
            }
            let Some(document) = Moved::by(&correction.change) else { continue };
            for (code, amount) in document.figures.foreign_cash() {
                if !amount.is_zero() {
                    note(code, false);
                }
            }
        }
        known.foreign_moved = Some(moved.clone());
        Ok(moved)
    }

    /// The foreign currencies that were counted when a drawer was handed on in a period, each with the place in the journal
    /// where it was first. None of one that was counted at an older till: it was held against what the closure before says.
    fn foreign_counted(&self, number: ClosureNumber) -> Result<BTreeMap<CurrencyCode, Option<i64>>, Error> {
        let mut first = BTreeMap::new();
        for place in self.drawer_places(number, number)? {
            let entry = journal::read(self.connection(), place)?;
            let Some(Step::Counted(count)) = step(&entry) else { continue };
            if !matches!(count.purpose, CountPurpose::HandOver { .. }) {
                continue;
            }
            for code in count.declaration.foreign.keys() {
                let (is_compared, until) = match &count.foreign_expected {
                    // Of several drawers it is held against nothing.
                    Some(known) => (known.contains_key(code), Some(place)),
                    None => (true, None),
                };
                if is_compared {
                    first.entry(*code).or_insert(until);
                }
            }
        }
        // The closure of an older till left what should have been there, whatever was counted.
        if let Some(closed) = closures::closed(self.connection(), number)? {
            let handed_on = closures::record(self.connection(), &closed)?.foreign_handed_on();
            first.retain(|code, _| handed_on.contains(code));
        }
        Ok(first)
    }

    /// What a period began with of foreign currencies beyond what the one before it says, by the corrections before a place of
    /// the journal.
    fn foreign_left_more_until(
        &self,
        number: ClosureNumber,
        until: Option<i64>,
        (moved, known): (&FirstMoved, &mut BTreeMap<ClosureNumber, Foreign>),
    ) -> Result<Foreign, Error> {
        let (mut chain, mut more, mut after) = (Vec::new(), Foreign::new(), number);
        let (mut moved, mut is_all) = (moved.clone(), true);
        while let Some(closed) = closures::before(self.connection(), after)? {
            let closure = closures::record(self.connection(), &closed)?;
            after = closure.number();
            // Back to where each currency was counted, or was never moved before: nothing of before goes on from there.
            moved.retain(|_, (first, _)| *first <= after);
            let (since, handed_on) = (moved.len(), closure.foreign_handed_on());
            let declared = closure.declaration.as_ref();
            // A count that was itself corrected settles by what is known of it now.
            moved.retain(|code, (_, is_recounted)| {
                let is_counted = handed_on.contains(code)
                    || declared.is_some_and(|count| count.foreign.contains_key(code));
                *is_recounted || !is_counted
            });
            if moved.is_empty() {
                break;
            }
            is_all &= moved.len() == since;
            chain.push((closure, is_all));
            if until.is_none()
                && let Some(left) = known.get(&after)
            {
                more.clone_from(left);
                break;
            }
        }
        while let Some((closure, is_all)) = chain.pop() {
            // Of what was counted in it or since it is not known here what it began with.
            if until.is_none() && is_all {
                known.insert(closure.number(), more.clone());
            }
            more = self.foreign_left_by(&closure, beyond(more, &closure), until)?;
        }
        Ok(more)
    }

    /// What a closed period left beyond what its closure says, by its corrections before a place of the journal.
    fn foreign_left_by(
        &self,
        closure: &Closure,
        more: Foreign,
        until: Option<i64>,
    ) -> Result<Foreign, Error> {
        let corrections = self.corrections_until(closure.number(), until)?;
        if corrections.is_empty() && more.is_empty() {
            return Ok(more);
        }
        let stands = closure.corrected(&corrections)?.after_foreign(&more);
        // Closing refuses a count that does not add up.
        let said = closure.foreign_cash().unwrap_or_default();
        let left = stands.foreign.iter().map(|(code, cash)| {
            let said = said.get(code).copied().unwrap_or_default();
            (*code, cash.left - said.left)
        });
        Ok(left.filter(|(_, amount)| !amount.is_zero()).collect())
    }
}

/// Beyond what a closure knew of it already when it was closed.
fn beyond(mut more: Foreign, closure: &Closure) -> Foreign {
    for (code, known) in &closure.followed_foreign {
        *more.entry(*code).or_default() -= *known;
    }
    more.retain(|_, amount| !amount.is_zero());
    more
}
