//! Counting drawers while the period is open.

use std::collections::BTreeMap;

use saleflex_core::{
    cashier::Approval,
    closure::{
        CashTotals, Closure, Declaration, Refusal, Report,
        drawer::{
            self, CashByCashier, CashShare, ClosedDrawer, CountPurpose, Counting, Drawer, DrawerCash,
            DrawerCount, DrawerNo, EnteredCount, Holders, Step, Turn,
        },
    },
    ids::{CashierId, ClosureNumber},
    journal::{Entry, Event},
    money::{CurrencyCode, Money},
    settings::Settings,
    time::Moment,
};

use super::{Till, followed::LeftMore};
use crate::{
    books::index::{self, Topic},
    error::Error,
};

mod foreign;

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
    /// What should lie in it of foreign currencies, with what was over or short of them when it was handed on.
    pub foreign: BTreeMap<CurrencyCode, Money>,
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
        let x = self.x_report()?;
        let report = &x.report;
        let drawers = self.drawers_by(report)?;
        let state = drawers.into_iter().find(|state| state.drawer.no == no);
        let state = state.ok_or(Error::NoSuchDrawer { drawer: no })?;
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
            by_cashier: &report.cash_by_cashier,
            foreign: &state.foreign,
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

    /// What should lie there of foreign currencies, of all drawers together: with what was over or short of them when a drawer
    /// was handed on.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn expected_foreign(&self) -> Result<BTreeMap<CurrencyCode, Money>, Error> {
        let x = self.x_report()?;
        Ok(x.period.foreign_in_drawer(&x.report, &self.hand_overs(&x.report)?))
    }

    /// The drawer that a cashier works from: the one they were handed and still hold, else the one that the settings
    /// give them.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn drawer_of(&self, cashier: CashierId) -> Result<DrawerNo, Error> {
        let drawers = &self.settings.drawers;
        if drawers.len() < 2 {
            return Ok(drawers.first().map_or(DrawerNo(1), |only| only.no));
        }
        let entries = self.drawer_entries()?;
        Ok(Holders::after(drawers, &turns(&entries)).drawer_of(cashier))
    }

    /// The counts of a period, in order.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn drawer_counts(&self, period: ClosureNumber) -> Result<Vec<DrawerCount>, Error> {
        let own = index::period(self.own_number(period)?);
        let entries = index::entries(self.connection(), Topic::DrawerCount, &own)?;
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
        let own = index::period(self.own_number(period)?);
        let entries = index::entries(self.connection(), Topic::DrawerCount, &own)?;
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

    /// What was counted of several drawers for closing, all of them together: where the store wants a count, where one
    /// is declared, and where any of them was counted. And each of them, counted or as it should stand, so that the
    /// next period begins with what is in it. Nothing at a till with one drawer.
    ///
    /// # Errors
    /// [`Error::NotClosed`] for a drawer that was not counted, or not since cash moved or what should lie there was
    /// corrected.
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
            return Ok((None, self.closed_drawers(&states, &[])?));
        }
        let mut all = Vec::new();
        for state in &states {
            let drawer = state.drawer.no;
            let count = for_closing(drawer).filter(|count| still_lies(count, state));
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
        Ok((Some(together), self.closed_drawers(&states, &all)?))
    }

    /// What was counted of several drawers for closing comes to; none where the period may be closed without a count,
    /// and nobody counted any of them. A till with one drawer is counted when it is closed.
    ///
    /// # Errors
    /// [`Error::NotClosed`] for a drawer that was not counted, or not since cash moved ([`Till::drawers_to_count`]);
    /// [`Error::Database`] when the file cannot be read.
    pub fn counted_in_drawers(&self) -> Result<Option<Money>, Error> {
        let (_, drawers) = self.counted_drawers(&self.x_report()?.report, None)?;
        // Either all of them were counted or none.
        Ok(drawers.iter().map(|drawer| drawer.counted).reduce(|one, other| Some(one? + other?)).flatten())
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
            last.is_some_and(|last| last.purpose == CountPurpose::Closing && still_lies(last, state))
        };
        let states = self.drawers()?.into_iter().filter(|state| !is_counted(state));
        Ok(states.map(|state| state.drawer.no).collect())
    }

    /// Whether the drawer of a cashier is in use in the open period: cash moved in it, or somebody handed it on.
    pub(super) fn drawer_in_use(&self, cashier: CashierId) -> Result<bool, Error> {
        let report = self.x_report()?.report;
        let own = self.drawer_of(cashier)?;
        let used = |state: &DrawerState| state.holder.is_some() || state.cash.has_moved();
        Ok(self.drawers_by(&report)?.iter().filter(|state| state.drawer.no == own).any(used))
    }

    /// The hand-overs of the open period: what each holder answered for until they handed their drawer on.
    pub(super) fn hand_overs(&self, report: &Report) -> Result<Vec<CashShare>, Error> {
        let entries = self.drawer_entries()?;
        let drawers = self.drawers_at_first(report)?;
        Ok(drawer::hand_overs(&steps(&entries), &drawers))
    }

    /// What each cashier has of the cash of the open period, where other settings change the drawers: what they took until
    /// then stays where it lies, and what lies in a drawer at first by the settings alone is known by those of then.
    pub(super) fn cash_before(&self, settings: &Settings) -> Result<Option<CashByCashier>, Error> {
        if self.settings.drawers == settings.drawers {
            return Ok(None);
        }
        Ok(Some(self.x_report()?.report.cash_by_cashier))
    }

    /// The drawers of the open period, with what lay in each when it began.
    pub(super) fn drawers_at_first(&self, report: &Report) -> Result<Vec<Drawer>, Error> {
        let entries = self.drawer_entries()?;
        let cash = DrawerCash::of(&self.settings.drawers, &turns(&entries), report);
        self.at_first(&entries, &cash, &self.left_more(self.period.period.number)?)
    }

    /// What of that follows of corrections of the periods before, drawer by drawer: nothing where a float came in its place. It
    /// is all of it also where a drawer beside a float would begin with less than nothing and begins with nothing: what was
    /// known when the period was closed is not taken from it again.
    pub(super) fn followed(&self, report: &Report) -> Result<BTreeMap<DrawerNo, Money>, Error> {
        let entries = self.drawer_entries()?;
        let cash = DrawerCash::of(&self.settings.drawers, &turns(&entries), report);
        let more = self.left_more(self.period.period.number)?;
        let drawers = self.at_first(&entries, &cash, &more)?;
        let mut followed = more.in_drawers(drawers.iter().map(|drawer| drawer.no));
        followed.retain(|no, _| cash.of_drawer(*no).float_count == 0);
        Ok(followed)
    }

    /// The same beyond what the closure before says by `more`.
    fn at_first(&self, entries: &[Entry], cash: &DrawerCash, more: &LeftMore) -> Result<Vec<Drawer>, Error> {
        let configured = &self.settings.drawers;
        let steps = steps(entries);
        let needs_last = !configured.is_empty() || !began_with_and_gone(configured, &steps).is_empty();
        let last = if needs_last { self.closures(1)?.into_iter().next() } else { None };
        let left = self.period.period.left_in_drawer + more.total;
        Ok(began(configured, (last.as_ref(), left), &steps, more, cash))
    }

    fn drawers_by(&self, report: &Report) -> Result<Vec<DrawerState>, Error> {
        let entries = self.drawer_entries()?;
        let cash = DrawerCash::of(&self.settings.drawers, &turns(&entries), report);
        let mut foreign = self.foreign_by_drawer(&entries, &cash)?;
        let state = |one: Drawer| DrawerState {
            holder: None,
            received: one.opening,
            cash: cash.of_drawer(one.no),
            before: CashTotals::default(),
            foreign: foreign.remove(&one.no).unwrap_or_default(),
            drawer: one,
        };
        let more = self.left_more(self.period.period.number)?;
        let mut states: Vec<DrawerState> =
            self.at_first(&entries, &cash, &more)?.into_iter().map(state).collect();
        let mut settled = BTreeMap::new();
        for step in steps(&entries) {
            pass_on(&mut states, &mut settled, &step);
        }
        Ok(states)
    }

    /// What happened to the drawers of the open period.
    fn drawer_entries(&self) -> Result<Vec<Entry>, Error> {
        let period = index::period(self.period.period.number);
        index::entries(self.connection(), Topic::DrawerCount, &period)
    }
}

/// Who answers for the drawers after a step, and since what was in them. `settled` is what each was over or short by when
/// it was handed on: with what lay in a drawer that is taken away it goes to the first.
fn pass_on(states: &mut [DrawerState], settled: &mut BTreeMap<DrawerNo, Money>, step: &Step<'_>) {
    match step {
        Step::Counted(count) => {
            let CountPurpose::HandOver { to } = count.purpose else { return };
            *settled.entry(count.drawer).or_default() += count.difference();
            if let Some(state) = states.iter_mut().find(|state| state.drawer.no == count.drawer) {
                state.holder = Some(to);
                state.received = count.counted + moved_since(state, count);
                state.before = count.cash.clone();
            }
        }
        Step::Named { was, now, .. } => {
            let turn = step.turn();
            for state in &mut *states {
                let ends = |holder: &CashierId| turn.is_some_and(|turn| turn.ends(state.drawer.no, *holder));
                state.holder = state.holder.filter(|holder| !ends(holder));
            }
            let first = now.first().map_or(DrawerNo(1), |first| first.no);
            // One that is there today came back with its own cash and count.
            let is_today = |no: DrawerNo| states.iter().any(|state| state.drawer.no == no);
            let is_gone =
                |no: DrawerNo| no != first && !is_today(no) && !now.iter().any(|drawer| drawer.no == no);
            let gone = was.iter().map(|drawer| drawer.no).filter(|no| is_gone(*no));
            let off: Money = gone.filter_map(|no| settled.remove(&no)).sum();
            *settled.entry(first).or_default() += off;
            if let Some(state) = states.iter_mut().find(|state| state.drawer.no == first) {
                state.received += off;
            }
        }
    }
}

/// Whether what was counted still lies there: no cash moved since, and nothing of the periods before was corrected.
fn still_lies(count: &DrawerCount, state: &DrawerState) -> bool {
    count.cash == state.cash && count.expected == state.expected() && foreign::still_expected(count, state)
}

/// What lay in each drawer when a period began: what it was left with by the closure `last` and by `more`; `left` is that of
/// all of them. One that was not there then brings what is said to lie in it, on top of what was left; where it was taken
/// away again, into the first. So do all of them where no period was closed before.
pub(super) fn began(
    configured: &[Drawer],
    (last, left): (Option<&Closure>, Money),
    steps: &[Step<'_>],
    more: &LeftMore,
    cash: &DrawerCash,
) -> Vec<Drawer> {
    let closed = |no: DrawerNo| last.iter().flat_map(|last| &last.drawers).find(|known| known.no == no);
    let only = last.filter(|last| last.drawers.is_empty()).and_then(|_| only(configured, steps));
    let mut brought = began_with_and_gone(configured, steps);
    brought.extend(configured.iter().map(|drawer| (drawer.no, drawer.opening)));
    brought.retain(|no, _| closed(*no).is_none() && only != Some(*no));
    let mut drawers = configured.to_vec();
    for drawer in &mut drawers {
        let followed = more.by_drawer.get(&drawer.no).copied().unwrap_or_default();
        if let Some(closed) = closed(drawer.no) {
            drawer.opening = closed.left + followed;
        } else if only == Some(drawer.no) {
            drawer.opening = left;
        }
    }
    Drawer::of_period(&drawers, left + brought.into_values().sum::<Money>(), cash)
}

/// The drawer that a till had alone when its period began.
fn only(configured: &[Drawer], steps: &[Step<'_>]) -> Option<DrawerNo> {
    let named = steps.iter().find_map(|step| match step {
        Step::Named { was, now, .. } => was.first().or(now.first()),
        Step::Counted(_) => None,
    });
    named.or(configured.first()).map(|drawer| drawer.no)
}

/// What drawers began with that are there no longer. Until anything was taken nobody worked from them, and the settings were
/// being made.
fn began_with_and_gone(drawers: &[Drawer], steps: &[Step<'_>]) -> BTreeMap<DrawerNo, Money> {
    let mut gone: BTreeMap<DrawerNo, Money> = BTreeMap::new();
    for step in steps {
        if let Step::Named { was, cash, .. } = step
            && !cash.is_empty()
        {
            gone.extend(was.iter().map(|drawer| (drawer.no, drawer.opening)));
        }
    }
    gone.retain(|no, _| !drawers.iter().any(|known| known.no == *no));
    gone
}

/// What other settings moved into a drawer since it was counted, or out of it: what another began with that is there no
/// longer. A count of an older till does not say what the drawer began with then.
fn moved_since(state: &DrawerState, count: &DrawerCount) -> Money {
    if count.by_cashier.is_none() {
        return Money::ZERO;
    }
    let since = count.cash.since(&state.before).expected(Money::ZERO);
    state.received - (count.expected - since)
}

/// What of it was counted, and what changed who works from which drawer.
fn steps(entries: &[Entry]) -> Vec<Step<'_>> {
    entries.iter().filter_map(step).collect()
}

fn turns(entries: &[Entry]) -> Vec<Turn<'_>> {
    steps(entries).iter().filter_map(Step::turn).collect()
}

pub(super) fn step(entry: &Entry) -> Option<Step<'_>> {
    if let Event::DrawerCounted(count) = &entry.event {
        Some(Step::Counted(count))
    } else if let Event::SettingsChanged { settings, was: Some(was), cash: Some(cash) } = &entry.event {
        Some(Step::Named { at: entry.at, was: &was.drawers, now: &settings.drawers, cash })
    } else {
        None
    }
}
