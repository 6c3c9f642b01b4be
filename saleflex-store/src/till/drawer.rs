//! Counting drawers while the period is open.

use saleflex_core::{
    cashier::Approval,
    closure::{
        CashTotals, Declaration, Refusal, Report,
        drawer::{self, ClosedDrawer, CountPurpose, Counting, Drawer, DrawerCount, DrawerNo, EnteredCount},
    },
    ids::{CashierId, ClosureNumber},
    journal::Event,
    money::Money,
    time::Moment,
};

use super::Till;
use crate::{
    books::index::{self, Topic},
    error::Error,
};

/// How a drawer stands in the open period.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DrawerState {
    /// The drawer, with what the period began with in it.
    pub drawer: Drawer,
    /// Whom it was handed to last; none while nobody handed it on.
    pub holder: Option<CashierId>,
    /// What was in it when whoever answers for it now began.
    pub received: Money,
    /// What has happened to it in the period.
    pub cash: CashTotals,
    /// What had happened when it was received.
    pub before: CashTotals,
}

impl DrawerState {
    /// What should lie in it.
    pub fn expected(&self) -> Money {
        self.cash.since(&self.before).expected(self.received)
    }
}

/// Drawers.
impl Till {
    /// The drawers of this till as they stand: those of the settings, or one for everybody.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn drawers(&self) -> Result<Vec<DrawerState>, Error> {
        self.drawers_by(&self.x_report()?.report)
    }

    /// Counts a drawer: before selling, in between, when it goes to another cashier, before closing. Where the store
    /// counts blind, show [`DrawerState::expected`] only afterwards. Nothing moves but what cash movements move.
    ///
    /// # Errors
    /// [`Error::NoSuchDrawer`]; [`Error::NotClosed`] with the reason: a difference above the limit without a reason or
    /// without a manager, a note that does not exist. A count that is refused because it differs is kept all the same,
    /// before the refusal is answered.
    pub fn count_drawer(
        &mut self,
        no: DrawerNo,
        purpose: CountPurpose,
        declaration: &Declaration,
        approval: Option<Approval>,
    ) -> Result<DrawerCount, Error> {
        let cashier = self.cashier_on_duty()?;
        self.refuse_in_training()?;
        if let CountPurpose::HandOver { to } = purpose
            && !self.cashier(to).is_some_and(|cashier| cashier.is_active)
        {
            return Err(Error::NoSuchCashier { cashier: to });
        }
        let report = self.x_report()?.report;
        let drawers = self.drawers_by(&report)?;
        let is_one = drawers.len() == 1;
        let state = drawers.into_iter().find(|state| state.drawer.no == no);
        let state = state.ok_or(Error::NoSuchDrawer { drawer: no })?;
        // Notes lie in the drawer of whoever took them: of several, all together are compared at closing.
        let foreign = is_one.then(|| self.period.period.expected_foreign(&report));
        let moment = self.shell.now();
        let decided = drawer::count(Counting {
            moment,
            cashier: &cashier,
            approval,
            policy: &self.settings.closing,
            period: self.period.period.number,
            currency: &self.identity.currency,
            drawer: no,
            purpose,
            received: state.received,
            cash: &state.cash,
            before: &state.before,
            foreign: foreign.as_ref(),
            rates: &self.rates,
            declaration,
        });
        if let Err(refusal) = &decided {
            self.keep_refused(refusal, (no, purpose), (cashier.id, moment), state.expected(), declaration)?;
        }
        let count = decided?;
        let period = self.period.id;
        self.commit_event_at(moment, Event::DrawerCounted(Box::new(count.clone())), period, |_, _| Ok(()))?;
        Ok(count)
    }

    /// The counts of a period, in order.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn drawer_counts(&self, period: ClosureNumber) -> Result<Vec<DrawerCount>, Error> {
        let entries = index::entries(self.connection(), Topic::DrawerCount, &index::period(period))?;
        let counts = entries.into_iter().filter_map(|entry| {
            if let Event::DrawerCounted(count) = entry.event { Some(*count) } else { None }
        });
        Ok(counts.collect())
    }

    /// The counts that were entered in a period, in order, accepted or not.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn entered_counts(&self, period: ClosureNumber) -> Result<Vec<EnteredCount>, Error> {
        let entries = index::entries(self.connection(), Topic::DrawerCount, &index::period(period))?;
        let counts = entries.into_iter().filter_map(|entry| {
            if let Event::DrawerCounted(count) = &entry.event {
                Some(EnteredCount::of(count))
            } else if let Event::CountRefused(count) = entry.event {
                Some(count)
            } else {
                None
            }
        });
        Ok(counts.collect())
    }

    /// Writes down what was counted where the refusal tells that it differs. The same once more, with a reason or a
    /// manager, is one count.
    pub(super) fn keep_refused(
        &mut self,
        refusal: &Refusal,
        (drawer, purpose): (DrawerNo, CountPurpose),
        (cashier, at): (CashierId, Moment),
        expected: Money,
        declaration: &Declaration,
    ) -> Result<(), Error> {
        if !refusal.tells_of_difference() {
            return Ok(());
        }
        let period = self.period.period.number;
        let blind = self.settings.closing.blind_count;
        let counted = declaration.counted.total().map_err(Refusal::Count)?;
        let entered = EnteredCount { drawer, purpose, at, cashier, period, expected, counted, blind };
        if self.entered_counts(period)?.last().is_some_and(|last| entered.repeats(last)) {
            return Ok(());
        }
        self.commit_event_at(at, Event::CountRefused(entered), self.period.id, |_, _| Ok(()))
    }

    /// What was counted of several drawers for closing, all of them together and each: where the store wants a count,
    /// where one is declared, and where any of them was counted. Nothing at a till with one drawer.
    ///
    /// # Errors
    /// [`Error::NotClosed`] for a drawer that was not counted, or not since cash moved.
    pub(super) fn counted_drawers(
        &self,
        report: &Report,
        declared: Option<&Declaration>,
    ) -> Result<(Option<Declaration>, Vec<ClosedDrawer>), Error> {
        if self.settings.drawers.len() < 2 {
            return Ok((None, Vec::new()));
        }
        let counts = self.drawer_counts(self.period.period.number)?;
        let for_closing = |no: DrawerNo| {
            let last = counts.iter().rev().find(|count| count.drawer == no);
            last.filter(|count| count.purpose == CountPurpose::Closing)
        };
        let states = self.drawers_by(report)?;
        let is_any = states.iter().any(|state| for_closing(state.drawer.no).is_some());
        if !is_any && declared.is_none() && !self.settings.closing.declaration_required {
            return Ok((None, Vec::new()));
        }
        let mut all = Vec::new();
        for state in &states {
            let drawer = state.drawer.no;
            let count = for_closing(drawer).filter(|count| count.cash == state.cash);
            all.push(count.cloned().ok_or(Refusal::DrawerNotCounted { drawer })?);
        }
        let mut together = drawer::together(&all).map_err(Refusal::Count)?;
        // Of what is declared at closing itself the words and the amounts count that no drawer was counted with.
        if let Some(declared) = declared {
            let reasons = [together.reason.take(), declared.reason.clone()];
            together.reason = reasons.into_iter().flatten().reduce(|one, other| one + "; " + &other);
            together.over_short = together.over_short.or(declared.over_short);
            for (name, amount) in &declared.declared {
                together.declared.entry(name.clone()).or_insert(*amount);
            }
        }
        Ok((Some(together), all.iter().map(ClosedDrawer::of).collect()))
    }

    /// What was counted of several drawers for closing comes to; none where the period may be closed without a count,
    /// and nobody counted any of them. A till with one drawer is counted when it is closed.
    ///
    /// # Errors
    /// [`Error::NotClosed`] for a drawer that was not counted, or not since cash moved ([`Till::drawers_to_count`]);
    /// [`Error::Database`] when the file cannot be read.
    pub fn counted_in_drawers(&self) -> Result<Option<Money>, Error> {
        let (_, drawers) = self.counted_drawers(&self.x_report()?.report, None)?;
        Ok((!drawers.is_empty()).then(|| drawers.iter().map(|drawer| drawer.counted).sum()))
    }

    /// The drawers that are still to be counted before the period can be closed; none at a till with one drawer.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn drawers_to_count(&self) -> Result<Vec<DrawerNo>, Error> {
        if self.settings.drawers.len() < 2 {
            return Ok(Vec::new());
        }
        let counts = self.drawer_counts(self.period.period.number)?;
        let is_counted = |state: &DrawerState| {
            let last = counts.iter().rev().find(|count| count.drawer == state.drawer.no);
            last.is_some_and(|last| last.purpose == CountPurpose::Closing && last.cash == state.cash)
        };
        let states = self.drawers()?.into_iter().filter(|state| !is_counted(state));
        Ok(states.map(|state| state.drawer.no).collect())
    }

    /// Whether the drawer of a cashier is in use in the open period: cash moved in it, or somebody handed it on.
    pub(super) fn drawer_in_use(&self, cashier: CashierId) -> Result<bool, Error> {
        let report = self.x_report()?.report;
        let of_cashier = Drawer::of_cashier(&self.settings.drawers, cashier);
        let own = |state: &DrawerState| of_cashier.is_none_or(|no| state.drawer.no == no);
        let used = |state: &DrawerState| state.holder.is_some() || state.cash.has_moved();
        Ok(self.drawers_by(&report)?.iter().filter(|state| own(state)).any(used))
    }

    /// The drawers of the open period, with what lay in each when it began.
    pub(super) fn drawers_at_first(&self, report: &Report) -> Result<Vec<Drawer>, Error> {
        let mut configured = self.settings.drawers.clone();
        let last = if configured.is_empty() { None } else { self.closures(1)?.into_iter().next() };
        let left = match &last {
            // Nothing was left by a period before: each begins with what is said to lie in it.
            None => configured.iter().map(|drawer| drawer.opening).sum(),
            Some(_) => self.period.period.left_in_drawer,
        };
        // What each was left with, counted or not, is what it begins with.
        for drawer in &mut configured {
            let left = last.as_ref().and_then(|last| last.left_in(drawer.no));
            drawer.opening = left.unwrap_or(drawer.opening);
        }
        Ok(Drawer::of_period(&configured, left, report))
    }

    fn drawers_by(&self, report: &Report) -> Result<Vec<DrawerState>, Error> {
        let counts = self.drawer_counts(self.period.period.number)?;
        let drawers = self.drawers_at_first(report)?;
        let state = |one: &Drawer| {
            let mut state = DrawerState {
                drawer: one.clone(),
                holder: None,
                received: one.opening,
                cash: drawer::cash_of(one, &drawers, report),
                before: CashTotals::default(),
            };
            for count in counts.iter().filter(|count| count.drawer == one.no) {
                if let CountPurpose::HandOver { to } = count.purpose {
                    state.holder = Some(to);
                    state.received = count.counted;
                    state.before = count.cash.clone();
                }
            }
            state
        };
        Ok(drawers.iter().map(state).collect())
    }
}
