//! What corrections of closed periods change in the foreign notes and coins that the periods after them begin with: each
//! currency by itself, of all drawers together.

use std::collections::BTreeMap;

use saleflex_core::{
    closure::Closure,
    ids::ClosureNumber,
    money::{CurrencyCode, Money},
};

use crate::{
    books::{
        closures,
        index::{self, Topic},
    },
    error::Error,
    till::Till,
};

/// So much of each foreign currency, or less.
pub(crate) type Foreign = BTreeMap<CurrencyCode, Money>;

impl Till {
    /// What a period began with of foreign currencies beyond what the one before it says.
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
        let until = self.first_hand_over(number)?;
        let more = self.foreign_left_more_until(number, until, &mut known.foreign)?;
        known.foreign.insert(number, more.clone());
        Ok(more)
    }

    /// The same of a closed period beyond what was known when it was closed.
    pub(super) fn foreign_beyond(&self, closure: &Closure) -> Result<Foreign, Error> {
        Ok(beyond(self.foreign_left_more(closure.number())?, closure))
    }

    /// The same by the corrections before a place of the journal.
    fn foreign_left_more_until(
        &self,
        number: ClosureNumber,
        until: Option<i64>,
        known: &mut BTreeMap<ClosureNumber, Foreign>,
    ) -> Result<Foreign, Error> {
        let first = index::first_owner(self.connection(), Topic::Correction)?;
        let is_corrected = |no| first.as_ref().is_some_and(|first| *first <= index::period(no));
        let (mut chain, mut more, mut after) = (Vec::new(), Foreign::new(), number);
        while let Some(closed) = closures::before(self.connection(), after)? {
            let closure = closures::record(self.connection(), &closed)?;
            after = closure.number();
            // What was counted when a drawer was handed on goes on from there.
            if !is_corrected(after) || closure.is_handed_on() {
                break;
            }
            chain.push(closure);
            if until.is_none()
                && let Some(left) = known.get(&after)
            {
                more.clone_from(left);
                break;
            }
        }
        while let Some(closure) = chain.pop() {
            if until.is_none() {
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
