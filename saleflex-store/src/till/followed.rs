//! What corrections of closed periods change in the periods after them: what nobody counted when a period was closed is
//! what should have been there, and that is what the next one begins with.
//!
//! A closure never changes, and no correction is written twice: what follows of one is worked out whenever it is asked for.

use std::collections::BTreeMap;

use saleflex_core::{
    closure::{
        CashTotals, Change, Closure, Corrected, Correction, Report,
        drawer::{Drawer, DrawerNo, Holders},
    },
    ids::{CashierId, ClosureNumber},
    journal::Entry,
    money::Money,
};

use super::Till;
use crate::{
    books::{
        closures,
        index::{self, Topic},
    },
    error::Error,
};

/// What lay in the drawers of a period at first beyond what the closure before it says, or less.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct LeftMore {
    /// In all of them.
    pub(crate) total: Money,
    /// In each of several, where it is known of which; what is not said of one lies in the first.
    pub(crate) by_drawer: BTreeMap<DrawerNo, Money>,
}

/// What was worked out of it so far: history is asked for over and over, and changes with a correction alone.
#[derive(Debug, Default)]
pub(crate) struct Followed {
    corrections: u64,
    drawers: Vec<Drawer>,
    left: BTreeMap<ClosureNumber, LeftMore>,
}

impl LeftMore {
    /// Drawer by drawer: what is not said of another one is the first one's. Nothing where there is nothing.
    pub(super) fn in_drawers(&self, first: DrawerNo) -> BTreeMap<DrawerNo, Money> {
        let mut all = self.by_drawer.clone();
        all.remove(&first);
        let others: Money = all.values().copied().sum();
        all.insert(first, self.total - others);
        all.retain(|_, amount| !amount.is_zero());
        all
    }

    /// Beyond what a closure knew of it already when it was closed.
    fn beyond(mut self, closure: &Closure) -> Self {
        for (drawer, known) in &closure.followed {
            self.total -= *known;
            *self.by_drawer.entry(*drawer).or_default() -= *known;
        }
        self
    }
}

impl Till {
    /// A closed period as it stands: with its own corrections, and those of the periods before it that nobody counted.
    pub(super) fn stands(&self, closed: &Closure, corrections: &[Correction]) -> Result<Corrected, Error> {
        let more = self.left_more(closed.number())?.beyond(closed);
        Ok(closed.corrected_after(self.beside_floats(closed, &more).total, corrections)?)
    }

    /// What a period began with beyond what the one before it says.
    pub(super) fn left_more(&self, number: ClosureNumber) -> Result<LeftMore, Error> {
        let corrections = index::count(self.connection(), Topic::Correction)?;
        if corrections == 0 {
            return Ok(LeftMore::default());
        }
        let mut known = self.followed.borrow_mut();
        if known.corrections != corrections || known.drawers != self.settings.drawers {
            let drawers = self.settings.drawers.clone();
            *known = Followed { corrections, drawers, left: BTreeMap::new() };
        }
        let from = match known.left.range(..=number).next_back() {
            Some((no, more)) => (*no, more.clone()),
            None => (self.first_corrected()?.unwrap_or(number), LeftMore::default()),
        };
        let (from, mut more) = from;
        for (no, closed) in closures::between(self.connection(), from, number)? {
            let closure = closures::record(self.connection(), &closed)?;
            known.left.insert(no, more.clone());
            more = self.left_by(&closure, &more.beyond(&closure))?;
        }
        known.left.insert(number, more.clone());
        Ok(more)
    }

    /// The first closed period that was corrected.
    fn first_corrected(&self) -> Result<Option<ClosureNumber>, Error> {
        let entries = index::all(self.connection(), Topic::Correction)?;
        let closures = entries.iter().filter_map(Entry::correction).map(|correction| correction.closure);
        Ok(closures.min())
    }

    /// What a closed period left beyond what its closure says.
    fn left_by(&self, closure: &Closure, more: &LeftMore) -> Result<LeftMore, Error> {
        let corrections = self.corrections(closure.number())?;
        let more = self.beside_floats(closure, more);
        let stands = closure.corrected_after(more.total, &corrections)?;
        let total = stands.float_left(closure) - closure.float_left();
        let is_uncounted = closure.counted_cash.is_none() && stands.counted_cash.is_none();
        if !is_uncounted || closure.drawers.len() < 2 {
            return Ok(LeftMore { total, by_drawer: BTreeMap::new() });
        }
        let mut by_drawer = more.by_drawer;
        for correction in &corrections {
            if let Change::LateDocument { figures, replaced, .. } = &correction.change {
                for (drawer, amount) in self.by_drawer(figures, *replaced) {
                    *by_drawer.entry(drawer).or_default() += amount;
                }
            } else if let Change::WithdrawnDocument { figures, replaced, .. } = &correction.change {
                for (drawer, amount) in self.by_drawer(figures, *replaced) {
                    *by_drawer.entry(drawer).or_default() -= amount;
                }
            }
        }
        Ok(LeftMore { total, by_drawer })
    }

    /// The same without what lay in a drawer into which a float came: that took its place. A till with one drawer says so by
    /// itself.
    fn beside_floats(&self, closure: &Closure, more: &LeftMore) -> LeftMore {
        let Some(first) = closure.drawers.first().map(|first| first.no) else { return more.clone() };
        let mut by_drawer = more.in_drawers(first);
        for (cashier, cash) in &closure.report.cash_by_cashier {
            if cash.float_count > 0 {
                by_drawer.remove(&self.settled_drawer(*cashier));
            }
        }
        LeftMore { total: by_drawer.values().copied().sum(), by_drawer }
    }

    /// What the cash of a document did to drawers, a float less what it took the place of.
    fn by_drawer(&self, figures: &Report, replaced: Option<Money>) -> Vec<(DrawerNo, Money)> {
        let of = |(cashier, cash): (&CashierId, &CashTotals)| {
            let float =
                if cash.float_count > 0 { cash.float - replaced.unwrap_or_default() } else { Money::ZERO };
            (self.settled_drawer(*cashier), cash.expected(float))
        };
        figures.cash_by_cashier.iter().map(of).collect()
    }

    /// The drawer that the settings give a cashier.
    fn settled_drawer(&self, cashier: CashierId) -> DrawerNo {
        Holders::named(&self.settings.drawers).drawer_of(cashier)
    }

    /// What a float of a closed period with several drawers took the place of: what had been left in its drawer, unless
    /// another float lies there too. `stands` has that float itself among its figures where it is there. None at a till with
    /// one drawer, where the closure knows.
    pub(super) fn replaced_by_float(
        &self,
        closure: &Closure,
        figures: &Report,
        (stands, is_there): (&Corrected, bool),
    ) -> Result<Option<Money>, Error> {
        let floats = |(cashier, cash): (&CashierId, &CashTotals)| {
            (cash.float_count > 0).then_some((*cashier, cash.float_count))
        };
        let Some((cashier, own)) = figures.cash_by_cashier.iter().find_map(floats) else { return Ok(None) };
        if closure.drawers.len() < 2 {
            return Ok(None);
        }
        let drawer = self.settled_drawer(cashier);
        let counted: u64 = stands
            .report
            .cash_by_cashier
            .iter()
            .filter_map(floats)
            .filter(|(holder, _)| self.settled_drawer(*holder) == drawer)
            .map(|(_, count)| count)
            .sum();
        let others = if is_there { counted.saturating_sub(own) } else { counted };
        if others > 0 {
            return Ok(Some(Money::ZERO));
        }
        let before = closures::before(self.connection(), closure.number())?;
        let before = before.map(|closed| closures::record(self.connection(), &closed)).transpose()?;
        let left = match &before {
            Some(before) => before.drawers.iter().find(|known| known.no == drawer).map(|known| known.left),
            None => self.settings.drawers.iter().find(|known| known.no == drawer).map(|known| known.opening),
        };
        Ok(Some(left.unwrap_or_default()))
    }
}
