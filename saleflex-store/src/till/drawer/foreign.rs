//! Foreign notes and coins by the drawer they lie in: that of whoever took them.

use std::collections::BTreeMap;

use saleflex_core::{
    closure::drawer::{self, ClosedDrawer, DrawerCash, DrawerCount, DrawerNo, Step},
    journal::Entry,
    money::CurrencyCode,
};

use super::{DrawerState, only, steps};
use crate::{
    error::Error,
    till::{Till, followed::Foreign},
};

impl Till {
    /// What should lie in each drawer now of foreign currencies, with what was over or short of them when it was handed on: of
    /// one that is taken away that goes to the first, with what lay there.
    pub(super) fn foreign_by_drawer(
        &self,
        entries: &[Entry],
        cash: &DrawerCash,
    ) -> Result<BTreeMap<DrawerNo, Foreign>, Error> {
        let (numbers, steps) = (self.drawer_numbers(), steps(entries));
        let mut all = self.foreign_at_first(&numbers, &steps)?;
        for no in &numbers {
            let own = all.entry(*no).or_default();
            for (code, amount) in cash.of_drawer(*no).foreign.amounts() {
                *own.entry(code).or_default() += amount;
            }
        }
        let first = numbers.first().copied().unwrap_or(DrawerNo(1));
        for share in drawer::hand_overs(&steps, &[]) {
            let no = if numbers.contains(&share.drawer) { share.drawer } else { first };
            let own = all.entry(no).or_default();
            for (code, foreign) in share.foreign.iter().filter(|_| share.handed_to.is_some()) {
                *own.entry(*code).or_default() += foreign.difference().unwrap_or_default();
            }
        }
        for own in all.values_mut() {
            own.retain(|_, amount| !amount.is_zero());
        }
        Ok(all)
    }

    /// The drawers as a period is closed with them, counted or as they should stand.
    pub(super) fn closed_drawers(
        &self,
        states: &[DrawerState],
        counts: &[DrawerCount],
    ) -> Result<Vec<ClosedDrawer>, Error> {
        let more = self.foreign_left_more(self.period.period.number)?;
        let followed = more.in_drawers(&self.drawer_numbers());
        let nothing = Foreign::new();
        let closed = |state: &DrawerState| {
            let no = state.drawer.no;
            let count = counts.iter().find(|count| count.drawer == no);
            let closed =
                count.map_or_else(|| ClosedDrawer::uncounted(no, state.expected()), ClosedDrawer::of);
            let declared = count.map(|count| &count.declaration);
            closed.with_foreign(&state.foreign, declared, followed.get(&no).unwrap_or(&nothing))
        };
        Ok(states.iter().map(closed).collect())
    }

    fn drawer_numbers(&self) -> Vec<DrawerNo> {
        let named: Vec<DrawerNo> = self.settings.drawers.iter().map(|drawer| drawer.no).collect();
        if named.is_empty() { vec![DrawerNo(1)] } else { named }
    }

    /// What each drawer began with of foreign currencies: what it was left with, and the first with what of that is not said of
    /// another. A closure of an older till says of none. What a till left that had one drawer alone lies in that one still.
    fn foreign_at_first(
        &self,
        numbers: &[DrawerNo],
        steps: &[Step<'_>],
    ) -> Result<BTreeMap<DrawerNo, Foreign>, Error> {
        let Some((first, others)) = numbers.split_first() else { return Ok(BTreeMap::new()) };
        let more = self.foreign_left_more(self.period.period.number)?;
        let mut left = self.period.period.clone().with_foreign(&more.total).foreign_left;
        let last = if others.is_empty() { None } else { self.closures(1)?.into_iter().next() };
        let alone = last.as_ref().filter(|last| last.drawers.is_empty());
        let alone = alone.and_then(|_| only(&self.settings.drawers, steps)).filter(|no| numbers.contains(no));
        if let Some(alone) = alone {
            return Ok(BTreeMap::from([(alone, left)]));
        }
        let mut all = BTreeMap::new();
        for no in others {
            let closed = last.iter().flat_map(|last| &last.drawers).find(|known| known.no == *no);
            let mut own = Foreign::new();
            for (code, cash) in closed.into_iter().flat_map(|closed| &closed.foreign) {
                own.insert(*code, cash.left);
            }
            for (code, amount) in more.by_drawer.get(no).into_iter().flatten() {
                *own.entry(*code).or_default() += *amount;
            }
            for (code, amount) in &own {
                *left.entry(*code).or_default() -= *amount;
            }
            all.insert(*no, own);
        }
        all.insert(*first, left);
        Ok(all)
    }
}

/// Whether what was counted of foreign money was held against what should lie there still. A count of an older till was held
/// against nothing.
pub(super) fn still_expected(count: &DrawerCount, state: &DrawerState) -> bool {
    let known =
        |code: &CurrencyCode| count.foreign_expected.as_ref().and_then(|known| known.get(code)).copied();
    let stands = |code: &CurrencyCode| state.foreign.get(code).copied().unwrap_or_default();
    count.declaration.foreign.keys().all(|code| known(code) == Some(stands(code)))
}
