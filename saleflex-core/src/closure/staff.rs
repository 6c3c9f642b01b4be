//! What is known of the people of a period besides their documents: when they were at work, and what they got of the tips.

use alloc::{collections::BTreeMap, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{Report, TipTotals};
use crate::{
    cashier::session::{Termination, WorkSession},
    ids::CashierId,
    money::Money,
    tender::TenderKind,
    time::Moment,
};

/// The people of a period.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Staff {
    /// When each of them was at the till, by their work sessions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub work: BTreeMap<CashierId, CashierWork>,
    /// What was shared out of the tips of the period; none where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tips_distributed: Option<Money>,
}

/// When one of them was at the till.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CashierWork {
    /// When they came: the first log-in of the period, or its opening where they were there already.
    pub clock_in: Moment,
    /// When they left; none while they are there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_out: Option<Moment>,
    /// Seconds of all their sessions within the period, without breaks.
    pub worked_s: u32,
}

impl CashierWork {
    /// What they worked, in whole minutes, rounded down.
    pub const fn worked_min(&self) -> u32 {
        self.worked_s / 60
    }
}

impl Staff {
    /// Nobody is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The people of a period that lasts from one moment to another, by their sessions.
    pub fn of<'a>(
        sessions: impl IntoIterator<Item = &'a WorkSession>,
        (from, to): (Moment, Moment),
        tips_distributed: Money,
    ) -> Self {
        let mut work: BTreeMap<CashierId, CashierWork> = BTreeMap::new();
        for session in sessions {
            let ended = session.ended_at();
            // Whoever closed the period before goes on in a session of this one.
            let is_before = ended.is_some_and(|ended| ended.instant <= from.instant);
            if is_before || session.started_at.instant > to.instant {
                continue;
            }
            let came = if session.started_at.instant < from.instant { from } else { session.started_at };
            let own = CashierWork {
                clock_in: came,
                clock_out: ended,
                worked_s: session.worked_s_within(from.instant, to.instant),
            };
            work.entry(session.cashier).and_modify(|earlier| earlier.add(&own)).or_insert(own);
        }
        Self { work, tips_distributed: Some(tips_distributed) }
    }

    /// The same at the end of the period, of sessions that its closure ends.
    pub fn at_closure(
        sessions: Vec<WorkSession>,
        (from, to): (Moment, Moment),
        tips_distributed: Money,
    ) -> Self {
        let ended = sessions
            .into_iter()
            .map(|session| session.terminate(Termination::Closure, to).unwrap_or(session))
            .collect::<Vec<_>>();
        Self::of(&ended, (from, to), tips_distributed)
    }

    /// What was shared out of the tips that came with each kind of tender. All of a period's tips are one pool, so each
    /// kind gave what is its part of it; the parts add up. Nothing where it is not known.
    pub fn tips_of(&self, report: &Report) -> BTreeMap<TenderKind, Money> {
        let Some(distributed) = self.tips_distributed else { return BTreeMap::new() };
        let came_in: Vec<Money> =
            report.tips_by_tender.values().map(|totals: &TipTotals| totals.total).collect();
        report.tips_by_tender.keys().copied().zip(distributed.split(&came_in)).collect()
    }
}

impl CashierWork {
    fn add(&mut self, other: &Self) {
        if other.clock_in.instant < self.clock_in.instant {
            self.clock_in = other.clock_in;
        }
        let later = |one: Moment, another: Moment| if one.instant < another.instant { another } else { one };
        self.clock_out = self.clock_out.zip(other.clock_out).map(|(one, another)| later(one, another));
        self.worked_s = self.worked_s.saturating_add(other.worked_s);
    }
}
