//! Counting drawers while the period is open.

use std::collections::BTreeMap;

use saleflex_core::{
    cashier::Approval,
    closure::{
        CashTotals, Declaration, Report,
        drawer::{self, CountPurpose, Counting, Drawer, DrawerCount, DrawerNo},
    },
    ids::{CashierId, ClosureNumber},
    journal::Event,
    money::Money,
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
    /// without a manager, a note that does not exist.
    pub fn count_drawer(
        &mut self,
        no: DrawerNo,
        purpose: CountPurpose,
        declaration: &Declaration,
        approval: Option<Approval>,
    ) -> Result<DrawerCount, Error> {
        let cashier = self.cashier_on_duty()?;
        if let CountPurpose::HandOver { to } = purpose
            && !self.cashier(to).is_some_and(|cashier| cashier.is_active)
        {
            return Err(Error::NoSuchCashier { cashier: to });
        }
        let report = self.x_report()?.report;
        let drawers = self.drawers_by(&report)?;
        let is_first = drawers.first().is_some_and(|first| first.drawer.no == no);
        let state = drawers.into_iter().find(|state| state.drawer.no == no);
        let state = state.ok_or(Error::NoSuchDrawer { drawer: no })?;
        // Foreign money is kept together, in the first drawer.
        let foreign = if is_first { self.period.period.expected_foreign(&report) } else { BTreeMap::new() };
        let moment = self.shell.now();
        let count = drawer::count(Counting {
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
            foreign: &foreign,
            declaration,
        })?;
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

    fn drawers_by(&self, report: &Report) -> Result<Vec<DrawerState>, Error> {
        let counts = self.drawer_counts(self.period.period.number)?;
        let opening = self.period.period.opening_cash(report);
        let drawers = Drawer::of_period(&self.settings.drawers, opening);
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
