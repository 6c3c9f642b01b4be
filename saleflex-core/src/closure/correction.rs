//! What became known after a period was closed: records of their own beside a closure that never changes.

use alloc::{
    boxed::Box,
    collections::{BTreeMap, BTreeSet},
    string::String,
};

use serde::{Deserialize, Serialize};

use super::{Closure, DocumentFigures, ForeignDrawer, Report};
use crate::{
    authority::Authority,
    ids::{ClosureNumber, DocumentId, DocumentNumber, StoreId, TerminalId},
    money::{CurrencyCode, Money},
    tender::TenderKind,
    time::Moment,
};

/// A correction of one closed period.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Correction {
    /// Whose closure: the store.
    pub store: StoreId,
    /// Whose closure: the till.
    pub terminal: TerminalId,
    /// The number of the closed period.
    pub closure: ClosureNumber,
    /// The correction's number within the closure, from 1.
    pub no: u32,
    /// When it was made.
    pub at: Moment,
    /// Who made it, and who approved it where that took a manager.
    pub authority: Authority,
    /// Why, in words.
    pub reason: String,
    /// What it changes.
    pub change: Change,
}

/// What a correction changes.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// A document of the period that was not there when it was closed, or was taken away and counts after all: its
    /// figures are added.
    LateDocument {
        /// The document that comes in.
        document: DocumentId,
        /// The number people know it by.
        number: DocumentNumber,
        /// What it brings.
        figures: Box<Report>,
        /// Of a float at a till with several drawers: what lay in its drawer beside it, in whose place it came.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replaced: Option<Money>,
    },
    /// A document that was counted and must not be, such as one recorded twice: its figures are taken away.
    WithdrawnDocument {
        /// The document that is taken away.
        document: DocumentId,
        /// The number people know it by.
        number: DocumentNumber,
        /// What it had brought.
        figures: Box<Report>,
        /// Of a float at a till with several drawers: what lay in its drawer beside it, in whose place it came.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replaced: Option<Money>,
    },
    /// The count of the drawer was wrong.
    CountedCash {
        /// What the closure says; none: it was not counted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        old: Option<Money>,
        /// What was there in truth.
        new: Money,
    },
    /// The count of a foreign currency was wrong, of all drawers together.
    CountedForeign {
        /// Which currency; the amounts are in its own minor units.
        currency: CurrencyCode,
        /// What the closure says with its corrections so far; none: it was not counted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        old: Option<Money>,
        /// What was there in truth.
        new: Money,
    },
    /// The opening cash was wrong.
    OpeningCash {
        /// What the closure says with its corrections so far, without what follows of those of the periods before it.
        old: Money,
        /// What was there in truth.
        new: Money,
    },
}

/// A closure as it stands with its corrections. Late and withdrawn documents move what should lie in the drawer as
/// they would have within the period.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Corrected {
    /// The figures with what was added and taken away.
    pub report: Report,
    /// What was in the drawer at first.
    pub opening_cash: Money,
    /// What should lie in the drawer.
    pub expected_cash: Money,
    /// What was counted, where it was.
    pub counted_cash: Option<Money>,
    /// Each foreign currency in the drawer, all drawers together: documents that came late or were withdrawn move what should
    /// lie there, and what stays where nobody counted it.
    pub foreign: BTreeMap<CurrencyCode, ForeignDrawer>,
    /// How many corrections there are.
    pub corrections: u64,
    /// Documents that were taken away: none is taken away twice.
    pub withdrawn: BTreeSet<DocumentId>,
    /// What was in the drawer at first as the closure and its corrections say by themselves: what the next correction of it
    /// names as the old value.
    said_opening: Money,
    /// What was in it at first is known by a correction, whatever the period before left.
    is_opening_set: bool,
    /// What was in the drawers at first beside floats, once the last float was taken away: it is there again with the
    /// first that counts again.
    beside_floats: Option<Money>,
    /// All of it lies in one drawer, in which a float takes the place of everything.
    is_one: bool,
    /// Foreign currencies that were counted when a drawer was handed on: they go on as they were counted.
    handed_on: BTreeSet<CurrencyCode>,
    /// What the drawers left beyond what the closure says that nobody handed on, where others were.
    others_left: Money,
    /// Foreign currencies of which was declared what stays: that stays, whatever was counted in truth.
    declared_left: BTreeSet<CurrencyCode>,
}

impl Corrected {
    /// Counted less expected.
    pub fn difference(&self) -> Option<Money> {
        self.counted_cash.map(|counted| counted - self.expected_cash)
    }

    /// What was in the drawer at first by the closure and its corrections alone, without those of the periods before it.
    pub const fn said_opening(&self) -> Money {
        self.said_opening
    }

    /// Whether what was in the drawer at first was said by a correction, whatever the period before left.
    pub const fn is_opening_said(&self) -> bool {
        self.is_opening_set
    }

    /// The same where several drawers were not counted and some of them were handed on: the others left so much more than the
    /// closure says, as nobody counted them and what should lie there was corrected since.
    #[must_use]
    pub fn with_others_left(mut self, more: Money) -> Self {
        self.others_left = more;
        self
    }

    /// What stays in the drawer for the next period: as [`Closure::float_left`], by the corrections. What was counted when a
    /// drawer was handed on went on from there, whatever was corrected of it afterwards.
    pub fn float_left(&self, closure: &Closure) -> Money {
        let declared = closure.declaration.as_ref().and_then(|declaration| declaration.float_left);
        let uncounted =
            if closure.is_handed_on() { closure.float_left() + self.others_left } else { self.expected_cash };
        declared.or(self.counted_cash).unwrap_or(uncounted)
    }
}

/// Why a correction does not fit a closure.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Misfit {
    /// It is about another closure.
    #[error("the correction belongs to closure {}, not {}", correction.0, closure.0)]
    OtherClosure {
        /// The closure it is about.
        correction: ClosureNumber,
        /// The closure it was held against.
        closure: ClosureNumber,
    },
    /// The old value is not what stands there: somebody else has corrected it.
    #[error("the value to correct is {stands:?} by now, not {old:?}")]
    Outdated {
        /// What the correction takes for the old value, in minor units.
        old: Option<Money>,
        /// What the closure says with its corrections so far.
        stands: Option<Money>,
    },
    /// A document is to count again that was not taken away.
    #[error("document {number} was not withdrawn from the period")]
    NotWithdrawn {
        /// The number of the document.
        number: DocumentNumber,
    },
    /// More is taken away than was counted.
    #[error("document {number} was not counted in the period")]
    NotCounted {
        /// The number of the document.
        number: DocumentNumber,
    },
}

impl Closure {
    /// What a document of its period brought to it. A closure of an older till names no campaigns: it counted nothing
    /// of sales by their codes that could be taken away. What goes back with a return is of campaigns of any period.
    pub fn brought(&self, document: &DocumentFigures) -> Report {
        let mut brought = Report::empty();
        brought.add(document);
        let known = &self.report.campaigns;
        brought.campaigns.retain(|code, totals| known.contains_key(code) || totals.sales == 0);
        brought
    }

    /// Whether it counted what the halves of exchanges settle each other by as tenders, as older tills did: it has more of
    /// that kind that went out than its documents gave. `today` are their figures, and `set_offs` what returns among them gave
    /// to the sales that settled them. What came in tells nothing: deposits of what is parked are in no document yet.
    pub fn counts_set_offs(&self, today: &Report, set_offs: Money) -> bool {
        let given = |report: &Report| {
            report.tenders.get(&TenderKind::StoreCredit).map_or(Money::ZERO, |totals| totals.refunds)
        };
        set_offs > Money::ZERO && given(&self.report) >= given(today) + set_offs
    }

    /// This closure with corrections applied in the order of their numbers.
    ///
    /// # Errors
    /// The first [`Misfit`].
    pub fn corrected<'a>(
        &self,
        corrections: impl IntoIterator<Item = &'a Correction>,
    ) -> Result<Corrected, Misfit> {
        self.corrected_after(Money::ZERO, corrections)
    }

    /// The same where the period before left so much more than the closure says, as nobody counted it and it was corrected
    /// since. With one drawer a float has taken the place of that; of several it is of those without one.
    ///
    /// # Errors
    /// The first [`Misfit`].
    pub fn corrected_after<'a>(
        &self,
        more: Money,
        corrections: impl IntoIterator<Item = &'a Correction>,
    ) -> Result<Corrected, Misfit> {
        let declared = self.declaration.iter();
        let mut stands = Corrected {
            report: self.report.clone(),
            opening_cash: self.opening_cash,
            expected_cash: self.expected_cash,
            counted_cash: self.counted_cash,
            corrections: 0,
            withdrawn: BTreeSet::new(),
            said_opening: self.opening_cash,
            is_opening_set: false,
            beside_floats: None,
            is_one: self.drawers.is_empty(),
            // Closing refuses a count that does not add up.
            foreign: self.foreign_cash().unwrap_or_default(),
            handed_on: self.foreign_handed_on(),
            others_left: Money::ZERO,
            declared_left: declared.flat_map(|count| count.foreign_left.keys().copied()).collect(),
        };
        for correction in corrections {
            let period = &self.period;
            let own = (period.store, period.terminal, period.number);
            if (correction.store, correction.terminal, correction.closure) != own {
                return Err(Misfit::OtherClosure { correction: correction.closure, closure: period.number });
            }
            stands.apply(&correction.change, period.left_in_drawer)?;
            stands.corrections += 1;
        }
        stands.said_opening = stands.opening_cash;
        let is_floated = self.drawers.is_empty() && stands.report.cash.float_count > 0;
        if !is_floated && !stands.is_opening_set {
            stands.opening_cash += more;
        }
        stands.expected_cash = stands.report.cash.expected(stands.opening_cash);
        Ok(stands)
    }
}

impl Corrected {
    /// The same where the period before left so much more of foreign currencies than the closure says, as nobody counted them
    /// and it was corrected since.
    #[must_use]
    pub fn after_foreign(mut self, more: &BTreeMap<CurrencyCode, Money>) -> Self {
        for (code, amount) in more {
            self.foreign.entry(*code).or_default().opening += *amount;
            self.move_foreign(*code, *amount);
        }
        self
    }

    /// The same where so much stays of foreign currencies in several drawers together, of which each goes on as it was counted, or
    /// as it was corrected since where nobody counted it.
    #[must_use]
    pub fn with_foreign_left(mut self, left: &BTreeMap<CurrencyCode, Money>) -> Self {
        for (code, left) in left {
            self.foreign.entry(*code).or_default().left = *left;
        }
        self
    }

    /// Moves what should lie there of a foreign currency, and what stays: of one that was itself counted, when the period was
    /// closed or when a drawer was handed on, that goes on as it was counted.
    fn move_foreign(&mut self, code: CurrencyCode, amount: Money) {
        let cash = self.foreign.entry(code).or_default();
        cash.expected += amount;
        if cash.counted.is_none() && !self.handed_on.contains(&code) {
            cash.left += amount;
        }
    }

    fn apply(&mut self, change: &Change, left_in_drawer: Money) -> Result<(), Misfit> {
        match change {
            Change::LateDocument { figures, document, replaced, .. } => {
                self.withdrawn.remove(document);
                // A float that comes to light takes the place of what the period before left.
                if let Some(replaced) = replaced {
                    self.opening_cash += figures.cash.float - *replaced;
                } else if figures.cash.float_count > 0 {
                    let declared = self.report.cash.float_count > 0;
                    let beside = self.beside_floats.take().unwrap_or_default();
                    let before = if declared { self.opening_cash } else { beside };
                    self.opening_cash = before + figures.cash.float;
                }
                self.report.merge(figures);
                for (code, amount) in figures.foreign_cash() {
                    self.move_foreign(code, amount);
                }
            }
            Change::WithdrawnDocument { figures, number, document, replaced } => {
                let is_new = self.withdrawn.insert(*document);
                if !is_new || figures.document_count() > self.report.document_count() {
                    return Err(Misfit::NotCounted { number: *number });
                }
                self.report.take_away(figures);
                for (code, amount) in figures.foreign_cash() {
                    self.move_foreign(code, -amount);
                }
                if let Some(replaced) = replaced {
                    self.opening_cash += *replaced - figures.cash.float;
                } else if figures.cash.float_count > 0 {
                    let without = self.opening_cash - figures.cash.float;
                    let declared = self.report.cash.float_count > 0;
                    self.beside_floats = (!declared).then_some(without);
                    self.opening_cash = if declared { without } else { left_in_drawer };
                    // What was said of it was said of the float: without one it is what was left again.
                    self.is_opening_set &= declared;
                }
            }
            Change::CountedCash { old, new } => {
                outdated(*old, self.counted_cash)?;
                self.counted_cash = Some(*new);
            }
            Change::CountedForeign { currency, old, new } => {
                let cash = self.foreign.entry(*currency).or_default();
                outdated(*old, cash.counted)?;
                cash.counted = Some(*new);
                if !self.declared_left.contains(currency) {
                    cash.left = *new;
                }
            }
            Change::OpeningCash { old, new } => {
                outdated(Some(*old), Some(self.opening_cash))?;
                // In one drawer nothing lies beside a float: there it was said of what a float takes the place of.
                if !self.is_one {
                    self.beside_floats = self.beside_floats.map(|beside| beside + *new - *old);
                }
                self.opening_cash = *new;
                self.is_opening_set = true;
            }
        }
        Ok(())
    }
}

fn outdated(old: Option<Money>, stands: Option<Money>) -> Result<(), Misfit> {
    if old == stands { Ok(()) } else { Err(Misfit::Outdated { old, stands }) }
}
