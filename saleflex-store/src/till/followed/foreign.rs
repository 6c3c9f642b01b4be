//! What corrections of closed periods change in the foreign notes and coins that the periods after them begin with: each
//! currency by itself, in the drawer of whoever took what a document is about. What is only known of all drawers together, as a
//! count that was corrected, lies in the first.

use std::collections::BTreeMap;

use saleflex_core::{
    closure::{
        Change, Closure, Corrected, Correction,
        drawer::{CountPurpose, DrawerNo, Step},
    },
    ids::ClosureNumber,
    money::{CurrencyCode, Money},
};

use super::{Followed, Moved, numbers};
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

/// What a period began with of foreign currencies beyond what the one before it says, or less.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct ForeignMore {
    /// In all drawers.
    pub(crate) total: Foreign,
    /// In each of several, where it is known of which; what is not said of one lies in the first.
    pub(crate) by_drawer: BTreeMap<DrawerNo, Foreign>,
}

impl ForeignMore {
    /// In each of these drawers: what is not said of another one is the first one's.
    pub(crate) fn in_drawers(&self, drawers: &[DrawerNo]) -> BTreeMap<DrawerNo, Foreign> {
        let Some((first, others)) = drawers.split_first() else { return BTreeMap::new() };
        let mut all = BTreeMap::new();
        let mut rest = self.total.clone();
        for no in others {
            let own = self.by_drawer.get(no).cloned().unwrap_or_default();
            for (code, amount) in &own {
                *rest.entry(*code).or_default() -= *amount;
            }
            all.insert(*no, own);
        }
        all.insert(*first, rest);
        all
    }

    /// Of drawers one by one.
    fn of(mut by_drawer: BTreeMap<DrawerNo, Foreign>) -> Self {
        by_drawer.retain(|_, own| !own.is_empty());
        let mut total = Foreign::new();
        for (code, amount) in by_drawer.values().flatten() {
            *total.entry(*code).or_default() += *amount;
        }
        total.retain(|_, amount| !amount.is_zero());
        Self { total, by_drawer }
    }
}

/// The foreign currencies that corrections move, each with the first closed period in which one does, and whether any says
/// that it was counted wrong.
pub(crate) type FirstMoved = BTreeMap<CurrencyCode, (ClosureNumber, bool)>;

/// Foreign currencies that were counted when drawers were handed on, each with its drawer and where it was first.
type CountedFirst = BTreeMap<(CurrencyCode, Option<DrawerNo>), Option<i64>>;

impl Till {
    /// What a period began with of foreign currencies beyond what the one before it says. Of a currency that was counted when
    /// a drawer was handed on in it: what was known then.
    pub(in crate::till) fn foreign_left_more(&self, number: ClosureNumber) -> Result<ForeignMore, Error> {
        let corrections = index::count(self.connection(), Topic::Correction)?;
        if corrections == 0 {
            return Ok(ForeignMore::default());
        }
        let mut known = self.followed.borrow_mut();
        known.renew(corrections);
        if let Some(more) = known.foreign.get(&number) {
            return Ok(more.clone());
        }
        let moved = self.foreign_moved(&mut known)?;
        if moved.is_empty() {
            return Ok(ForeignMore::default());
        }
        let more = self.foreign_left_more_until(number, None, (&moved, &mut known.foreign))?;
        let more = self.as_counted(number, more, (&moved, &mut known.foreign))?;
        known.foreign.insert(number, more.clone());
        Ok(more)
    }

    /// The same where currencies were counted when drawers were handed on in the period: of those what was known then, in each of
    /// several drawers, or of all of them together where a count does not say of which.
    fn as_counted(
        &self,
        number: ClosureNumber,
        more: ForeignMore,
        (moved, known): (&FirstMoved, &mut BTreeMap<ClosureNumber, ForeignMore>),
    ) -> Result<ForeignMore, Error> {
        let counted = self.foreign_counted(number)?;
        if counted.is_empty() {
            return Ok(more);
        }
        let drawers = self.drawers_of(number)?;
        let is_of_all = counted.keys().all(|(_, drawer)| drawer.is_none());
        let parts = |more: ForeignMore| -> BTreeMap<Option<DrawerNo>, Foreign> {
            if is_of_all {
                return BTreeMap::from([(None, more.total)]);
            }
            more.in_drawers(&drawers).into_iter().map(|(no, own)| (Some(no), own)).collect()
        };
        let mut all = parts(more);
        for ((code, drawer), until) in counted {
            let Some(own) = all.get_mut(&drawer) else { continue };
            own.remove(&code);
            if let Some(until) = until {
                let then = self.foreign_left_more_until(number, Some(until), (moved, &mut *known))?;
                own.extend(parts(then).get(&drawer).and_then(|then| then.get_key_value(&code)));
            }
        }
        if is_of_all {
            let total = all.remove(&None).unwrap_or_default();
            return Ok(ForeignMore { total, by_drawer: BTreeMap::new() });
        }
        Ok(ForeignMore::of(all.into_iter().filter_map(|(no, own)| Some((no?, own))).collect()))
    }

    /// The same of a closed period beyond what was known when it was closed.
    pub(super) fn foreign_beyond(&self, closure: &Closure) -> Result<ForeignMore, Error> {
        Ok(beyond(self.foreign_left_more(closure.number())?, closure))
    }

    /// A closed period as it stands with what its several drawers left, each as it was counted or as what should lie there was
    /// corrected. A till with one drawer says so by itself.
    pub(super) fn with_foreign_left(
        &self,
        stands: Corrected,
        closure: &Closure,
        more: ForeignMore,
        corrections: &[Correction],
    ) -> Result<Corrected, Error> {
        if closure.drawers.is_empty() {
            return Ok(stands);
        }
        let more = self.foreign_left_by(closure, more, corrections)?;
        // Closing refuses a count that does not add up.
        let mut left = closure.foreign_cash().unwrap_or_default();
        for code in more.total.keys() {
            left.entry(*code).or_default();
        }
        let of = |code: &CurrencyCode| more.total.get(code).copied().unwrap_or_default();
        let left: Foreign = left.iter().map(|(code, cash)| (*code, cash.left + of(code))).collect();
        Ok(stands.with_foreign_left(&left))
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
    /// where it was first. None of one that was counted at an older till: it was held against what the closure before says. The
    /// drawer is named at a till with several, unless the settings named others since.
    fn foreign_counted(&self, number: ClosureNumber) -> Result<CountedFirst, Error> {
        let mut first = CountedFirst::new();
        let is_several = self.drawers_of(number)?.len() > 1 && !self.handed_on(number)?.is_renamed;
        for place in self.drawer_places(number, number)? {
            let entry = journal::read(self.connection(), place)?;
            let Some(Step::Counted(count)) = step(&entry) else { continue };
            if !matches!(count.purpose, CountPurpose::HandOver { .. }) {
                continue;
            }
            for code in count.declaration.foreign.keys() {
                let (is_compared, until) = match &count.foreign_expected {
                    // Of several drawers an older till held it against nothing.
                    Some(known) => (known.contains_key(code), Some(place)),
                    None => (true, None),
                };
                if is_compared {
                    first.entry((*code, is_several.then_some(count.drawer))).or_insert(until);
                }
            }
        }
        // The closure of an older till left what should have been there, whatever was counted.
        if let Some(closed) = closures::closed(self.connection(), number)? {
            let handed_on = closures::record(self.connection(), &closed)?.foreign_handed_on();
            first.retain(|(code, _), _| handed_on.contains(code));
        }
        Ok(first)
    }

    /// What a period began with of foreign currencies beyond what the one before it says, by the corrections before a place of
    /// the journal.
    fn foreign_left_more_until(
        &self,
        number: ClosureNumber,
        until: Option<i64>,
        (moved, known): (&FirstMoved, &mut BTreeMap<ClosureNumber, ForeignMore>),
    ) -> Result<ForeignMore, Error> {
        let (mut chain, mut more, mut after) = (Vec::new(), ForeignMore::default(), number);
        let (mut moved, mut is_all) = (moved.clone(), true);
        while let Some(closed) = closures::before(self.connection(), after)? {
            let closure = closures::record(self.connection(), &closed)?;
            after = closure.number();
            // Back to where each currency was counted, or was never moved before: nothing of before goes on from there.
            moved.retain(|_, (first, _)| *first <= after);
            let since = moved.len();
            // A count that was itself corrected settles by what is known of it now.
            moved.retain(|code, (_, is_recounted)| *is_recounted || !closure.is_foreign_counted(*code));
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
            let corrections = self.corrections_until(closure.number(), until)?;
            more = self.foreign_left_by(&closure, beyond(more, &closure), &corrections)?;
        }
        Ok(more)
    }

    /// What a closed period left beyond what its closure says, by corrections of it.
    fn foreign_left_by(
        &self,
        closure: &Closure,
        more: ForeignMore,
        corrections: &[Correction],
    ) -> Result<ForeignMore, Error> {
        if corrections.is_empty() && more == ForeignMore::default() {
            return Ok(more);
        }
        let stands = closure.corrected(corrections)?.after_foreign(&more.total);
        // Closing refuses a count that does not add up.
        let said = closure.foreign_cash().unwrap_or_default();
        let said = |code: &CurrencyCode| said.get(code).copied().unwrap_or_default();
        if closure.drawers.is_empty() {
            let left = stands.foreign.iter().map(|(code, cash)| (*code, cash.left - said(code).left));
            let total = left.filter(|(_, amount)| !amount.is_zero()).collect();
            return Ok(ForeignMore { total, by_drawer: BTreeMap::new() });
        }
        let mut by_drawer = self.foreign_moved_in(closure, &more, corrections)?;
        for (no, own) in &mut by_drawer {
            own.retain(|code, amount| !amount.is_zero() && !closure.is_foreign_counted_in(*no, *code));
        }
        // Of what a correction alone says the count nobody knows in which drawer it lay.
        for (code, cash) in &stands.foreign {
            if cash.counted.is_some() && said(code).counted.is_none() {
                for own in by_drawer.values_mut() {
                    own.remove(code);
                }
                if let Some(first) = numbers(closure).next() {
                    by_drawer.entry(first).or_default().insert(*code, cash.left - said(code).left);
                }
            }
        }
        Ok(ForeignMore::of(by_drawer))
    }

    /// What should lie in each of several drawers of a closed period beyond what its closure says: what followed into it, and the
    /// notes of the documents of its corrections. Figures of an older till do not say whose they are.
    fn foreign_moved_in(
        &self,
        closure: &Closure,
        more: &ForeignMore,
        corrections: &[Correction],
    ) -> Result<BTreeMap<DrawerNo, Foreign>, Error> {
        let drawers: Vec<DrawerNo> = numbers(closure).collect();
        let first = drawers.first().copied().unwrap_or(DrawerNo(1));
        let mut all = more.in_drawers(&drawers);
        let then = self.then(closure.number())?;
        for moved in corrections.iter().filter_map(|correction| Moved::by(&correction.change)) {
            let signed = |amount: Money| if moved.is_added { amount } else { -amount };
            let mut rest = moved.figures.foreign_cash();
            for (drawer, cash) in then.cash_of(self.place_of(moved.document)?, moved.figures) {
                for (code, amount) in cash.foreign.amounts() {
                    *rest.entry(code).or_default() -= amount;
                    *all.entry(drawer).or_default().entry(code).or_default() += signed(amount);
                }
            }
            for (code, amount) in rest {
                *all.entry(first).or_default().entry(code).or_default() += signed(amount);
            }
        }
        Ok(all)
    }
}

/// Beyond what a closure knew of it already when it was closed.
fn beyond(mut more: ForeignMore, closure: &Closure) -> ForeignMore {
    for (code, known) in &closure.followed_foreign {
        *more.total.entry(*code).or_default() -= *known;
    }
    for drawer in &closure.drawers {
        for (code, cash) in drawer.foreign.iter().filter(|(_, cash)| !cash.followed.is_zero()) {
            *more.by_drawer.entry(drawer.no).or_default().entry(*code).or_default() -= cash.followed;
        }
    }
    more.total.retain(|_, amount| !amount.is_zero());
    for own in more.by_drawer.values_mut() {
        own.retain(|_, amount| !amount.is_zero());
    }
    more.by_drawer.retain(|_, own| !own.is_empty());
    more
}
