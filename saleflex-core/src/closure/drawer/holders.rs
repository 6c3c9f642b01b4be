//! Who works from which of several drawers, since when, and what that makes of the cash of a period.
//!
//! **Invariant:** every cash amount lies in exactly one drawer, the one that whoever took it worked from then. A drawer that
//! is handed on, and settings that name others, move nobody's earlier cash along.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use super::{Drawer, DrawerNo};
use crate::{
    closure::{CashTotals, Report},
    ids::CashierId,
};

/// What each cashier took into the drawers and out of them.
pub type CashByCashier = BTreeMap<CashierId, CashTotals>;

/// What changed who works from which drawer, with everybody's cash of the period until then.
#[derive(Clone, Copy, Debug)]
pub enum Turn<'a> {
    /// A drawer went to another cashier.
    HandedOver {
        /// The drawer that was handed on.
        drawer: DrawerNo,
        /// Who took it over.
        to: CashierId,
        /// The cash until then.
        cash: &'a CashByCashier,
    },
    /// The settings were given other drawers, or other people at them.
    Named {
        /// The drawers before.
        was: &'a [Drawer],
        /// The drawers since.
        now: &'a [Drawer],
        /// The cash until then.
        cash: &'a CashByCashier,
    },
}

/// Who works from which drawer: whoever it was handed to, else those whom the settings name.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Holders {
    drawers: Vec<Drawer>,
    /// Whom drawers were handed to, the latest last; each drawer once.
    held: Vec<(DrawerNo, CashierId)>,
}

impl Holders {
    /// As the settings name them; the drawers of a till without any are one for everybody.
    pub fn named(drawers: &[Drawer]) -> Self {
        Self { drawers: drawers.to_vec(), held: Vec::new() }
    }

    /// Who they are after what happened in a period, in order. `drawers` are those the settings name now.
    pub fn after(drawers: &[Drawer], turns: &[Turn<'_>]) -> Self {
        let mut holders = Self::at_first(drawers, turns);
        for turn in turns {
            holders.turn(turn);
        }
        holders
    }

    /// Who they were when the period began.
    fn at_first(drawers: &[Drawer], turns: &[Turn<'_>]) -> Self {
        let earlier = turns.iter().find_map(|turn| match turn {
            Turn::Named { was, .. } => Some(*was),
            Turn::HandedOver { .. } => None,
        });
        Self::named(earlier.unwrap_or(drawers))
    }

    /// The drawer that a cashier works from: the one they were handed last and still hold, else the one that names them
    /// unless somebody else holds it, else the first that names nobody, else the first.
    pub fn drawer_of(&self, cashier: CashierId) -> DrawerNo {
        let held = self.held.iter().rev().find(|(_, holder)| *holder == cashier).map(|(no, _)| *no);
        let is_free = |drawer: &&Drawer| self.holder(drawer.no).is_none();
        let named = || self.drawers.iter().filter(is_free).find(|drawer| drawer.cashiers.contains(&cashier));
        // A drawer that is everybody's stays so when one of them answers for it.
        let shared = || self.drawers.iter().find(|drawer| drawer.cashiers.is_empty());
        let by_settings = || named().or_else(shared).or(self.drawers.first()).map(|drawer| drawer.no);
        held.or_else(by_settings).unwrap_or(DrawerNo(1))
    }

    /// Whom a drawer was handed to; none while those work from it whom the settings name.
    pub fn holder(&self, drawer: DrawerNo) -> Option<CashierId> {
        self.held.iter().find(|(no, _)| *no == drawer).map(|(_, holder)| *holder)
    }

    fn turn(&mut self, turn: &Turn<'_>) {
        match turn {
            Turn::HandedOver { drawer, to, .. } => {
                self.held.retain(|(no, _)| no != drawer);
                self.held.push((*drawer, *to));
            }
            Turn::Named { now, .. } => {
                self.drawers = now.to_vec();
                self.held.retain(|(no, holder)| !turn.ends(*no, *holder));
            }
        }
    }
}

fn people_at(drawers: &[Drawer], no: DrawerNo) -> Option<&BTreeSet<CashierId>> {
    drawers.iter().find(|drawer| drawer.no == no).map(|drawer| &drawer.cashiers)
}

fn own(drawers: &[Drawer], cashier: CashierId) -> Option<DrawerNo> {
    drawers.iter().find(|drawer| drawer.cashiers.contains(&cashier)).map(|drawer| drawer.no)
}

impl Turn<'_> {
    /// Whether somebody to whom a drawer was handed works from it no longer, and nobody took it over: what the settings say
    /// anew of a drawer or of its holder is the latest word.
    pub fn ends(&self, drawer: DrawerNo, holder: CashierId) -> bool {
        match self {
            Self::HandedOver { .. } => false,
            Self::Named { was, now, .. } => {
                people_at(was, drawer) != people_at(now, drawer) || own(was, holder) != own(now, holder)
            }
        }
    }

    const fn cash(&self) -> &CashByCashier {
        match self {
            Self::HandedOver { cash, .. } | Self::Named { cash, .. } => cash,
        }
    }
}

/// The cash of a period by the drawer it lies in.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct DrawerCash {
    cash: BTreeMap<DrawerNo, CashTotals>,
    holders: Holders,
}

impl DrawerCash {
    /// What lies where, by who worked from which drawer when. `drawers` are those the settings name now: what lay in one
    /// that is no longer among them lies in the first.
    pub fn of(drawers: &[Drawer], turns: &[Turn<'_>], report: &Report) -> Self {
        Self::at(drawers, turns, &report.cash_by_cashier)
    }

    /// The same by everybody's cash at some moment, which those turns came before.
    pub(super) fn at(drawers: &[Drawer], turns: &[Turn<'_>], cash: &CashByCashier) -> Self {
        let mut whole = Self { cash: BTreeMap::new(), holders: Holders::at_first(drawers, turns) };
        let nothing = CashByCashier::new();
        let mut before = &nothing;
        for turn in turns {
            whole.book(turn.cash(), before);
            whole.holders.turn(turn);
            before = turn.cash();
        }
        whole.book(cash, before);
        whole.gather(drawers);
        whole
    }

    /// What each cashier took into one drawer and out of it, by who worked from which drawer when.
    pub(super) fn by_cashier_in(
        no: DrawerNo,
        drawers: &[Drawer],
        turns: &[Turn<'_>],
        cash: &CashByCashier,
    ) -> CashByCashier {
        let mut holders = Holders::at_first(drawers, turns);
        let (nothing, mut own) = (CashByCashier::new(), CashByCashier::new());
        let mut before = &nothing;
        for (turn, until) in turns.iter().map(|turn| (Some(turn), turn.cash())).chain([(None, cash)]) {
            for (cashier, now) in until.iter().filter(|(cashier, _)| holders.drawer_of(**cashier) == no) {
                let since = before.get(cashier).map_or_else(|| now.clone(), |before| now.since(before));
                own.entry(*cashier).or_default().merge(&since);
            }
            if let Some(turn) = turn {
                holders.turn(turn);
            }
            before = until;
        }
        own
    }

    /// The drawer that a cashier works from now.
    pub fn drawer_of(&self, cashier: CashierId) -> DrawerNo {
        self.holders.drawer_of(cashier)
    }

    /// What happened to a drawer.
    pub fn of_drawer(&self, no: DrawerNo) -> CashTotals {
        self.cash.get(&no).cloned().unwrap_or_default()
    }

    /// Adds what came since. Whoever had cash before and has none now took it back.
    fn book(&mut self, now: &CashByCashier, before: &CashByCashier) {
        let nothing = CashTotals::default();
        let gone = before.keys().filter(|cashier| !now.contains_key(*cashier));
        for cashier in now.keys().chain(gone) {
            let [now, before] = [now, before].map(|cash| cash.get(cashier).unwrap_or(&nothing));
            let since = now.since(before);
            if since != nothing {
                self.cash.entry(self.holders.drawer_of(*cashier)).or_default().merge(&since);
            }
        }
    }

    fn gather(&mut self, drawers: &[Drawer]) {
        let first = drawers.first().map_or(DrawerNo(1), |first| first.no);
        let is_there = |no: &DrawerNo| *no == first || drawers.iter().any(|drawer| drawer.no == *no);
        let gone: Vec<DrawerNo> = self.cash.keys().copied().filter(|no| !is_there(no)).collect();
        for no in gone {
            if let Some(cash) = self.cash.remove(&no) {
                self.cash.entry(first).or_default().merge(&cash);
            }
        }
    }
}
