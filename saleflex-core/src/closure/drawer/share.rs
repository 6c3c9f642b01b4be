//! What each holder of a drawer answered for, and why counts differed.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};

use serde::{Deserialize, Serialize};

use super::{CashByCashier, CountPurpose, Drawer, DrawerCash, DrawerCount, DrawerNo, OverShortReason, Turn};
use crate::{
    closure::{CashTotals, Closure, Corrected},
    ids::CashierId,
    money::{CurrencyCode, Money},
    time::Moment,
};

/// What one cashier answered for between receiving a drawer and handing it on, or the end of the period.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CashShare {
    /// The drawer they had.
    pub drawer: DrawerNo,
    /// The cashier who answered for it: whom it was handed to, and before the first hand-over whom alone the settings name at
    /// it, who alone declared the float in it, who alone took cash into it, or who alone of those counted it before selling;
    /// whoever counted it for the hand-over where none of that says it.
    pub cashier: CashierId,
    /// Nobody says who had it before the first hand-over, though cash moved in it: `cashier` counted it. Closures of older tills
    /// do not say.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub is_undeclared: bool,
    /// When it was counted, or taken from them.
    pub until: Moment,
    /// What they received, as it was counted, or what was in it when the period began.
    pub received: Money,
    /// What should have been in it.
    pub expected: Money,
    /// What was counted when they handed it on, or for closing; none where the period was closed without a count, or the
    /// settings took it from them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<Money>,
    /// Whom they handed it to; none: they had it when the period was closed, or when the settings named others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handed_to: Option<CashierId>,
    /// Why it differed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over_short: Option<OverShortReason>,
    /// The same in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Foreign notes and coins: what should have been in it and what was, by currency, of those that were counted or should
    /// have been there at the end. Closures of older tills do not say, nor of several drawers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub foreign: BTreeMap<CurrencyCode, ForeignShare>,
}

impl CashShare {
    /// Their over or short; none without a count.
    pub fn difference(&self) -> Option<Money> {
        self.counted.map(|counted| counted - self.expected)
    }
}

/// What one cashier answered for of a foreign currency, in its own minor units.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ForeignShare {
    /// What should have been in the drawer.
    pub expected: Money,
    /// What was counted; none where nobody counted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<Money>,
}

impl ForeignShare {
    /// Their over or short; none without a count.
    pub fn difference(&self) -> Option<Money> {
        self.counted.map(|counted| counted - self.expected)
    }
}

/// What happened to drawers in a period.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    /// One was counted.
    Counted(&'a DrawerCount),
    /// The settings were given other drawers, or other people at them.
    Named {
        /// When.
        at: Moment,
        /// The drawers before.
        was: &'a [Drawer],
        /// The drawers since.
        now: &'a [Drawer],
        /// Everybody's cash of the period until then.
        cash: &'a CashByCashier,
    },
}

impl<'a> Step<'a> {
    /// What it changed of who works from which drawer.
    pub fn turn(&self) -> Option<Turn<'a>> {
        match *self {
            Self::Counted(count) => count.turn(),
            Self::Named { was, now, cash, .. } => Some(Turn::Named { was, now, cash }),
        }
    }
}

/// A drawer since it was handed on.
struct Held {
    /// Who answers for it; none once the settings named others.
    by: Option<CashierId>,
    received: Money,
    /// What had happened to it when it was received.
    before: CashTotals,
}

/// The hand-overs of a period, in order, and of whom the settings took a drawer again, what they answered for until then,
/// which nobody counted. `drawers` are those of the settings now, with what was in each when the period began.
pub fn hand_overs(steps: &[Step<'_>], drawers: &[Drawer]) -> Vec<CashShare> {
    let mut held: BTreeMap<DrawerNo, Held> = BTreeMap::new();
    let at_first = steps.iter().find_map(|step| match step {
        Step::Named { was, .. } => Some(*was),
        Step::Counted(_) => None,
    });
    let mut named = at_first.unwrap_or(drawers);
    let (mut shares, mut turns): (Vec<CashShare>, _) = (Vec::new(), Vec::new());
    let mut opened: BTreeMap<DrawerNo, BTreeSet<CashierId>> = BTreeMap::new();
    for step in steps {
        let turn = step.turn();
        match step {
            Step::Counted(count) => {
                if count.purpose == CountPurpose::Opening {
                    opened.entry(count.drawer).or_default().insert(count.authority.cashier);
                }
                let foreign = foreign_of(count, &settled_foreign(&shares));
                let had = || had_it(count, named, &turns, opened.get(&count.drawer));
                let share = handed_over(&mut held, count, drawers, had);
                shares.extend(share.map(|share| CashShare { foreign, ..share }));
            }
            Step::Named { at, was, now, cash } => {
                let cash = DrawerCash::at(was, &turns, cash);
                shares.extend(turn.iter().flat_map(|turn| ended(&mut held, turn, &cash, *at)));
                named = *now;
            }
        }
        turns.extend(turn);
    }
    shares
}

fn handed_over(
    held: &mut BTreeMap<DrawerNo, Held>,
    count: &DrawerCount,
    drawers: &[Drawer],
    had: impl FnOnce() -> Option<CashierId>,
) -> Option<CashShare> {
    let CountPurpose::HandOver { to } = count.purpose else { return None };
    let since = Held { by: Some(to), received: count.counted, before: count.cash.clone() };
    let before = held.insert(count.drawer, since);
    // A drawer that is gone by now has no opening any more; counts of older tills do not say what happened to it.
    let at_first = || match count.by_cashier {
        Some(_) => count.expected - count.cash.expected(Money::ZERO),
        None => {
            drawers.iter().find(|known| known.no == count.drawer).map_or(Money::ZERO, |known| known.opening)
        }
    };
    let holder = before.as_ref().and_then(|before| before.by).or_else(had);
    // Where nothing ever moved in it, whoever counts it is all there is to know.
    let is_untouched = count.by_cashier.is_some() && count.cash == CashTotals::default();
    Some(CashShare {
        drawer: count.drawer,
        cashier: holder.unwrap_or(count.authority.cashier),
        is_undeclared: holder.is_none() && !is_untouched,
        until: count.at,
        received: before.map_or_else(at_first, |before| before.received),
        expected: count.expected,
        counted: Some(count.counted),
        handed_to: Some(to),
        over_short: count.declaration.over_short,
        reason: count.declaration.reason.clone(),
        foreign: BTreeMap::new(),
    })
}

/// Who had a drawer that nobody was handed: whose alone it is, else who alone declared the float in it or took cash into it, or
/// of several who did that the one who alone counted it before selling. Nobody knows where none of that says who: whoever counts
/// it for the hand-over may stand in for them.
fn had_it(
    count: &DrawerCount,
    named: &[Drawer],
    turns: &[Turn<'_>],
    opened: Option<&BTreeSet<CashierId>>,
) -> Option<CashierId> {
    let people = named.iter().find(|drawer| drawer.no == count.drawer).map(|drawer| &drawer.cashiers);
    // Counts of older tills do not say whose the cash is.
    let in_it = |cash| DrawerCash::by_cashier_in(count.drawer, named, turns, cash);
    let own = count.by_cashier.as_ref().map(in_it).unwrap_or_default();
    let by = |has: fn(&CashTotals) -> bool| {
        sole(own.iter().filter(|(_, cash)| has(cash)).map(|(cashier, _)| cashier))
    };
    people
        .and_then(|people| sole(people.iter()))
        .or_else(|| by(|cash| cash.float_count > 0))
        .or_else(|| by(CashTotals::has_moved))
        .or_else(|| sole(opened?.iter().filter(|one| own.get(*one).is_some_and(CashTotals::has_moved))))
}

fn sole<'a>(mut people: impl Iterator<Item = &'a CashierId>) -> Option<CashierId> {
    let first = people.next()?;
    people.next().is_none().then_some(*first)
}

/// What a count found of foreign currencies where it knew what should be there. One of an older till was held against what
/// should lie there of the whole period: `settled`, what was over or short at the hand-overs before it, was in its difference
/// once more.
fn foreign_of(
    count: &DrawerCount,
    settled: &BTreeMap<CurrencyCode, Money>,
) -> BTreeMap<CurrencyCode, ForeignShare> {
    let mut foreign = BTreeMap::new();
    for (code, counted) in &count.declaration.foreign {
        // A count that does not add up was refused.
        let Ok(counted) = counted.total() else { continue };
        let expected = if let Some(known) = &count.foreign_expected {
            known.get(code).copied()
        } else {
            let [off, before] = [&count.foreign_differences, settled].map(|sums| sums.get(code).copied());
            let is_known = off.is_some() || before.is_some();
            is_known.then(|| counted - off.unwrap_or_default() + before.unwrap_or_default())
        };
        if let Some(expected) = expected {
            foreign.insert(*code, ForeignShare { expected, counted: Some(counted) });
        }
    }
    foreign
}

fn ended(
    held: &mut BTreeMap<DrawerNo, Held>,
    turn: &Turn<'_>,
    cash: &DrawerCash,
    until: Moment,
) -> Vec<CashShare> {
    let mut shares = Vec::new();
    for (drawer, held) in held {
        let Some(cashier) = held.by.filter(|holder| turn.ends(*drawer, *holder)) else { continue };
        let (received, before) = (held.received, cash.of_drawer(*drawer));
        let expected = before.since(&held.before).expected(received);
        *held = Held { by: None, received: expected, before };
        shares.push(CashShare {
            drawer: *drawer,
            cashier,
            is_undeclared: false,
            until,
            received,
            expected,
            counted: None,
            handed_to: None,
            over_short: None,
            reason: None,
            foreign: BTreeMap::new(),
        });
    }
    shares
}

/// Hand-overs, and after them what the last holder of each drawer that is still held answered for until the closure.
pub(in crate::closure) fn shares(hand_overs: &[CashShare], closure: &Closure) -> Vec<CashShare> {
    let last = |no: DrawerNo| hand_overs.iter().rev().find(|share| share.drawer == no);
    let is_held = |no: &DrawerNo| last(*no).is_some_and(|share| share.handed_to.is_some());
    let drawers: BTreeSet<DrawerNo> = hand_overs.iter().map(|share| share.drawer).filter(is_held).collect();
    let until_closure = drawers.iter().filter_map(|no| {
        let (last, is_only) = (last(*no)?, drawers.len() == 1);
        let share = CashShare {
            drawer: *no,
            cashier: last.handed_to?,
            is_undeclared: false,
            until: closure.closed_at,
            received: last.counted?,
            handed_to: None,
            foreign: BTreeMap::new(),
            ..last.clone()
        };
        let declared = closure.declaration.as_ref();
        match closure.drawers.iter().find(|drawer| drawer.no == *no) {
            Some(drawer) => Some(CashShare {
                expected: drawer.expected,
                counted: drawer.counted,
                over_short: drawer.over_short,
                reason: drawer.reason.clone(),
                foreign: drawer.foreign_share(),
                ..share
            }),
            // Of a till with one drawer the closure knows the whole day's difference: what was over or short at
            // hand-overs is not the last one's.
            None if closure.drawers.is_empty() && is_only => Some(CashShare {
                expected: closure.expected_cash + settled(hand_overs),
                counted: closure.counted_cash,
                foreign: foreign_until(hand_overs, closure),
                over_short: declared.and_then(|declared| declared.over_short),
                reason: declared.and_then(|declared| declared.reason.clone()),
                ..share
            }),
            None => None,
        }
    });
    hand_overs.iter().cloned().chain(until_closure).collect()
}

/// What the last holder of a till's only drawer answers for of foreign currencies.
fn foreign_until(hand_overs: &[CashShare], closure: &Closure) -> BTreeMap<CurrencyCode, ForeignShare> {
    let settled = settled_foreign(hand_overs);
    // Closing refuses a count that does not add up.
    let cash = closure.foreign_cash().unwrap_or_default().into_iter().map(|(code, cash)| {
        let expected = cash.expected + settled.get(&code).copied().unwrap_or_default();
        (code, ForeignShare { expected, counted: cash.counted })
    });
    cash.filter(|(_, share)| share.counted.is_some() || !share.expected.is_zero()).collect()
}

/// What hand-overs were over or short by together.
pub fn settled(shares: &[CashShare]) -> Money {
    let handed = shares.iter().filter(|share| share.handed_to.is_some());
    handed.filter_map(CashShare::difference).sum()
}

/// The same of foreign currencies, those that came out even left out.
pub fn settled_foreign(shares: &[CashShare]) -> BTreeMap<CurrencyCode, Money> {
    let mut settled: BTreeMap<CurrencyCode, Money> = BTreeMap::new();
    for share in shares.iter().filter(|share| share.handed_to.is_some()) {
        for (code, foreign) in &share.foreign {
            *settled.entry(*code).or_default() += foreign.difference().unwrap_or_default();
        }
    }
    settled.retain(|_, sum| !sum.is_zero());
    settled
}

/// What was over and short for one reason, each count that differed by itself.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct OverShort {
    /// The reason; none was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<OverShortReason>,
    /// How many counts.
    pub count: u64,
    /// What was over.
    pub over: Money,
    /// What was short; positive.
    pub short: Money,
}

impl OverShort {
    /// Of one count; none where it agreed.
    pub(in crate::closure) fn of(reason: Option<OverShortReason>, difference: Money) -> Option<Self> {
        let (over, short) = (difference.or_zero(), (-difference).or_zero());
        (!difference.is_zero()).then_some(Self { reason, count: 1, over, short })
    }

    /// Adds sums to those of the same reasons, in the order of the reasons, those without one first.
    pub(in crate::closure) fn merge(all: &mut Vec<Self>, others: &[Self]) {
        for other in others {
            match all.binary_search_by_key(&other.reason, |known| known.reason) {
                Ok(at) => {
                    if let Some(known) = all.get_mut(at) {
                        known.count += other.count;
                        known.over += other.over;
                        known.short += other.short;
                    }
                }
                Err(at) => all.insert(at, *other),
            }
        }
    }
}

impl Closure {
    /// The reason that was chosen for what the whole till differed by; of several drawers each has its own.
    pub fn over_short_reason(&self) -> Option<OverShortReason> {
        let chosen = self.declaration.as_ref()?.over_short;
        chosen.filter(|_| self.drawers.is_empty())
    }

    /// Why what was counted of the whole till differed, in words. What was said of one of several drawers stands with it.
    pub fn reason(&self) -> Option<&str> {
        let said = self.declaration.as_ref()?.reason.as_deref()?;
        let of_drawers: Vec<&str> =
            self.drawers.iter().filter_map(|drawer| drawer.reason.as_deref()).collect();
        if of_drawers.is_empty() {
            return Some(said);
        }
        match said.strip_prefix(&of_drawers.join("; ")) {
            Some("") => None,
            Some(more) => Some(more.strip_prefix("; ").unwrap_or(said)),
            None => Some(said),
        }
    }

    /// What was over and short in it by reason: each hand-over and each drawer by itself, so that what one cashier was
    /// short by does not vanish in what another was over by. Together they are [`Closure::difference`].
    pub fn over_short(&self) -> Vec<OverShort> {
        self.over_short_by(self.difference())
    }

    /// The same as it stands with its corrections: of one drawer they are what its count differs by in truth, of several
    /// nobody knows in which of them.
    pub(in crate::closure) fn over_short_of(&self, stands: &Corrected) -> Vec<OverShort> {
        if self.drawers.is_empty() {
            return self.over_short_by(stands.difference());
        }
        let mut sums = self.over_short();
        let listed: Money = sums.iter().map(|sum| sum.over - sum.short).sum();
        let corrected = stands.difference().and_then(|stands| OverShort::of(None, stands - listed));
        OverShort::merge(&mut sums, corrected.as_slice());
        sums
    }

    /// `difference` is that of the whole day.
    fn over_short_by(&self, difference: Option<Money>) -> Vec<OverShort> {
        let handed = self.shares.iter().filter(|share| share.handed_to.is_some());
        let handed = handed.map(|share| (share.over_short, share.difference()));
        let drawers = self.drawers.iter().map(|drawer| (drawer.over_short, drawer.difference()));
        let one = difference.filter(|_| self.drawers.is_empty());
        let one = one.map(|difference| difference - settled(&self.shares));
        let why = self.declaration.as_ref().and_then(|declared| declared.over_short);
        let mut sums = Vec::new();
        for (reason, difference) in handed.chain(drawers).chain([(why, one)]) {
            let differing = difference.and_then(|difference| OverShort::of(reason, difference));
            OverShort::merge(&mut sums, differing.as_slice());
        }
        sums
    }
}
