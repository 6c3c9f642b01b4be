//! Points by the day they expire: those that expire first are used first.

use alloc::{vec, vec::Vec};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::quantity::Points;

/// Points that expire together.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Lot {
    /// How many are left; above nothing.
    pub points: Points,
    /// The last day they may be used; none: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<NaiveDate>,
}

/// A member's points by the day they expire, or what the member owes. There are at most as many lots as days on which
/// points expire, however long the history.
///
/// **Invariant:** either there are lots, each of its own day, first to expire first, those for ever last; or there is
/// a debt; never both.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Lots {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    open: Vec<Lot>,
    #[serde(default, skip_serializing_if = "Points::is_zero_ref")]
    debt: Points,
}

impl Lots {
    /// A balance taken over from elsewhere, which never expires or is owed.
    pub fn opening(balance: Points) -> Self {
        let mut lots = Self::default();
        lots.book(balance, None);
        lots
    }

    /// The lots, first to expire first.
    pub fn open(&self) -> &[Lot] {
        &self.open
    }

    /// What they come to; below nothing where points are owed.
    pub fn balance(&self) -> Points {
        self.open.iter().map(|lot| lot.points).sum::<Points>() - self.debt
    }

    /// What is left in lots whose last day is before a date.
    pub fn expired_on(&self, date: NaiveDate) -> Points {
        let is_over = |lot: &&Lot| lot.expires.is_some_and(|last| last < date);
        self.open.iter().filter(is_over).map(|lot| lot.points).sum()
    }

    /// What a debit takes of lots whose last day is before a date, with the first of those days; none where it takes nothing of
    /// them.
    pub(super) fn taken_over(&self, debit: Points, date: NaiveDate) -> Option<Lot> {
        let first = self.open.first()?.expires.filter(|last| *last < date)?;
        let points = self.expired_on(date).min(debit);
        points.is_positive().then_some(Lot { points, expires: Some(first) })
    }

    /// Books a credit with its last day, or a debit. A credit works off a debt first; a debit uses what expires first.
    pub fn book(&mut self, points: Points, expires: Option<NaiveDate>) {
        if points.is_positive() {
            let worked_off = self.debt.min(points);
            self.debt = self.debt - worked_off;
            self.add(points - worked_off, expires);
        } else {
            self.take(-points);
        }
    }

    fn add(&mut self, points: Points, expires: Option<NaiveDate>) {
        if !points.is_positive() {
            return;
        }
        let order = |expires: Option<NaiveDate>| (expires.is_none(), expires);
        match self.open.binary_search_by_key(&order(expires), |lot| order(lot.expires)) {
            Ok(at) => self.open[at].points = self.open[at].points + points,
            Err(at) => self.open.insert(at, Lot { points, expires }),
        }
    }

    fn take(&mut self, mut wanted: Points) {
        for lot in &mut self.open {
            let taken = lot.points.min(wanted);
            lot.points = lot.points - taken;
            wanted = wanted - taken;
        }
        self.open.retain(|lot| lot.points.is_positive());
        self.debt = self.debt + wanted;
    }

    /// The credits that would bring these points to another account, or one debit.
    pub(super) fn moved(&self) -> Vec<Lot> {
        if self.debt.is_positive() {
            return vec![Lot { points: -self.debt, expires: None }];
        }
        self.open.clone()
    }
}
