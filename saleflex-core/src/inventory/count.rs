//! Stock counts: several people count, variances are looked at, one who may approves.
//!
//! **Invariant:** what is approved is the difference to what the books said when the item was counted, so sales made
//! meanwhile are not lost; a count without variance moves nothing. Where several people count parts of a place, all of
//! them count against the same books: of goods that moved in between, nobody knows out of whose part. A place that was
//! put right after it was counted, by hand or by another count, is counted again: else the difference is booked twice.

use alloc::{collections::BTreeMap, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{
    Book, Cause, Facts, NumberKind, Place, Posting, Stock, StockRefusal, Tracking, Use,
    decide::{adjust_level, check_size, desk::Desk},
};
use crate::{
    cashier::{Capability, OnDuty},
    ids::{CashierId, StockCountId},
};

/// Whether counters are shown what the books say.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Guidance {
    /// They are not, so that they count and do not copy.
    Blind,
    /// They are.
    Guided,
}

/// Where a count stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CountState {
    /// People count.
    Open,
    /// Its differences are booked.
    Approved,
    /// It was given up; nothing was booked.
    Cancelled,
}

/// What one person found at one place.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Finding {
    /// How much was found, in the item's unit.
    pub counted: Stock,
    /// What the books said at that moment.
    pub expected: Stock,
    /// How much had been put right there by then, either way ([`Totals::adjusted`](super::Totals)); none where an older
    /// program noted the finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjusted: Option<Stock>,
}

/// A stock count.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct StockCount {
    /// The count's id.
    pub id: StockCountId,
    /// Whether counters see what the books say.
    pub guidance: Guidance,
    /// Where it stands.
    pub state: CountState,
    scope: Vec<Place>,
    findings: BTreeMap<CashierId, Vec<(Place, Finding)>>,
}

/// What happens to a count after it began.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CountStep {
    /// Somebody counted a place, one of the count or one that becomes part of it.
    Found {
        /// The cashier who counted.
        by: CashierId,
        /// Where, and of what.
        place: Place,
        /// What they found.
        finding: Finding,
    },
    /// It was given up.
    Cancelled,
    /// Its differences were booked.
    Approved,
}

/// What was found at a place, all counters together.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Variance {
    /// Where, and of what.
    pub place: Place,
    /// What the books said when it was counted.
    pub expected: Stock,
    /// What all counters found.
    pub counted: Stock,
}

impl Variance {
    /// What is too much, or below nothing, what is missing.
    pub fn difference(&self) -> Stock {
        self.counted - self.expected
    }
}

/// Why a count refuses a step; nothing is done then.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CountRefusal {
    /// As any stock command.
    #[error(transparent)]
    Stock(#[from] StockRefusal),
    /// The count is closed.
    #[error("count {count} is closed")]
    Closed {
        /// The count that is approved or cancelled.
        count: StockCountId,
    },
    /// The place is not to be counted in it.
    #[error("item {} is not part of the count there", place.item)]
    OutOfScope {
        /// The place that is not in its scope.
        place: Place,
    },
    /// Some places nobody has counted.
    #[error("{} places are not counted yet", places.len())]
    Uncounted {
        /// The places that nobody counted.
        places: Vec<Place>,
    },
    /// Some places are to be counted again ([`StockCount::again`]).
    #[error("{} places are to be counted again", places.len())]
    Again {
        /// Which.
        places: Vec<Place>,
    },
    /// Counted pieces have to be named one by one: adjust them instead.
    #[error("the pieces of item {} have numbers and are adjusted one by one", place.item)]
    Numbered {
        /// The place whose item has serial numbers.
        place: Place,
    },
    /// Who counted cannot approve.
    #[error("{approver} counted and cannot approve")]
    OwnCount {
        /// The cashier who counted and would approve.
        approver: CashierId,
    },
}

impl StockCount {
    /// Begins a count of these places.
    ///
    /// # Errors
    /// [`CountRefusal::Stock`] when the cashier may not, nothing is to be counted or a location cannot be counted.
    pub fn open(
        id: StockCountId,
        guidance: Guidance,
        mut scope: Vec<Place>,
        facts: &Facts<'_>,
    ) -> Result<Self, CountRefusal> {
        facts.authority(Capability::StocktakeOpen)?;
        super::decide::check_count(scope.len())?;
        scope.sort_unstable();
        scope.dedup();
        for place in &scope {
            facts.check(place.location, Use::Count)?;
            let rules = facts.items.get(&place.item.product);
            let rules = rules.ok_or(StockRefusal::UnknownItem { item: place.item })?;
            if rules.tracking == Tracking::Serials {
                return Err(CountRefusal::Numbered { place: *place });
            }
        }
        Ok(Self { id, guidance, state: CountState::Open, scope, findings: BTreeMap::new() })
    }

    /// The places to be counted, in order.
    pub fn scope(&self) -> &[Place] {
        &self.scope
    }

    /// Follows a step.
    pub fn apply(&mut self, step: &CountStep) {
        match step {
            CountStep::Found { by, place, finding } => {
                // What was found beside the list is part of the count from then on.
                if let Err(at) = self.scope.binary_search(place) {
                    self.scope.insert(at, *place);
                }
                let found = self.findings.entry(*by).or_default();
                match found.binary_search_by_key(place, |(known, _)| *known) {
                    Ok(at) => found[at].1 = *finding,
                    Err(at) => found.insert(at, (*place, *finding)),
                }
            }
            CountStep::Cancelled => self.state = CountState::Cancelled,
            CountStep::Approved => self.state = CountState::Approved,
        }
    }

    /// What a counter is shown: the places, and what the books say where the count is guided.
    pub fn sheet(&self, book: &Book) -> Vec<(Place, Option<Stock>)> {
        let shown = |place| (self.guidance == Guidance::Guided).then(|| book.on_hand(place));
        self.scope.iter().map(|place| (*place, shown(*place))).collect()
    }

    /// Whether somebody is shown the differences: of a blind count that runs only who may approve it and did not count,
    /// for what was found and what is missing tell what the books say.
    pub fn shows_differences_to(&self, viewer: Option<&OnDuty>) -> bool {
        let approves = |viewer: &OnDuty| {
            viewer.may(Capability::StocktakeApprove) && !self.findings.contains_key(&viewer.id)
        };
        self.guidance == Guidance::Guided || self.state != CountState::Open || viewer.is_some_and(approves)
    }

    /// Notes what the cashier found at a place. Counting again replaces what the same person found before; what others
    /// found there is added, for each counts a part of it.
    ///
    /// # Errors
    /// As [`StockCount::find`].
    pub fn record(
        &self,
        place: Place,
        counted: Stock,
        book: &Book,
        facts: &Facts<'_>,
    ) -> Result<Self, CountRefusal> {
        let mut count = self.clone();
        count.apply(&self.find(place, counted, book, facts)?);
        Ok(count)
    }

    /// What the cashier found at a place, as a step to follow.
    ///
    /// # Errors
    /// [`CountRefusal`] when the count is closed, the place is out of scope or the quantity cannot be.
    pub fn find(
        &self,
        place: Place,
        counted: Stock,
        book: &Book,
        facts: &Facts<'_>,
    ) -> Result<CountStep, CountRefusal> {
        if self.scope.binary_search(&place).is_err() {
            self.check_open()?;
            return Err(CountRefusal::OutOfScope { place });
        }
        self.found(place, counted, book, facts)
    }

    /// The same of goods that the books do not know where they were found: from then on they are part of the count, if they
    /// lie at a location of it.
    ///
    /// # Errors
    /// As [`StockCount::find`].
    pub fn find_beside(
        &self,
        place: Place,
        counted: Stock,
        book: &Book,
        facts: &Facts<'_>,
    ) -> Result<CountStep, CountRefusal> {
        self.check_open()?;
        if !self.scope.iter().any(|known| known.location == place.location) {
            return Err(CountRefusal::OutOfScope { place });
        }
        let rules = facts.items.get(&place.item.product);
        if rules.is_some_and(|rules| rules.tracking == Tracking::Serials) {
            return Err(CountRefusal::Numbered { place });
        }
        self.found(place, counted, book, facts)
    }

    fn found(
        &self,
        place: Place,
        counted: Stock,
        book: &Book,
        facts: &Facts<'_>,
    ) -> Result<CountStep, CountRefusal> {
        self.check_open()?;
        let authority = facts.authority(Capability::StocktakeCount)?;
        let item = place.item;
        if counted.is_negative() {
            return Err(StockRefusal::CountedNegative { item, counted }.into());
        }
        let rules = facts.items.get(&item.product).ok_or(StockRefusal::UnknownItem { item })?;
        check_size(item, counted, rules.decimals)?;
        let finding =
            Finding { counted, expected: book.on_hand(place), adjusted: Some(put_right(book, place)) };
        Ok(CountStep::Found { by: authority.cashier, place, finding })
    }

    fn check_open(&self) -> Result<(), CountRefusal> {
        match self.state {
            CountState::Open => Ok(()),
            CountState::Approved | CountState::Cancelled => Err(CountRefusal::Closed { count: self.id }),
        }
    }

    /// The places nobody has counted.
    pub fn uncounted(&self) -> Vec<Place> {
        self.scope.iter().copied().filter(|place| self.findings_at(*place).next().is_none()).collect()
    }

    /// The places of an open count to be counted again: several people counted there, and not against the same books, so
    /// that who counted before goods moved counts again, and the last part stands; or the level was put right since.
    pub fn again(&self, book: &Book) -> Vec<Place> {
        let is_open = self.state == CountState::Open;
        let has_moved =
            |place: &Place| self.counted_at(*place).is_some() && self.expected_at(*place).is_none();
        let is_put_right = |place: &Place| {
            let now = put_right(book, *place);
            self.findings_at(*place).any(|finding| finding.adjusted.is_some_and(|then| then != now))
        };
        let is_over = |place: &Place| has_moved(place) || is_put_right(place);
        self.scope.iter().copied().filter(|place| is_open && is_over(place)).collect()
    }

    /// What all counters found at a place; none where nobody counted.
    pub fn counted_at(&self, place: Place) -> Option<Stock> {
        self.findings_at(place).next()?;
        Some(self.findings_at(place).map(|finding| finding.counted).sum())
    }

    /// What the books said to everybody who counted a place; none where nobody did, or it was not the same.
    fn expected_at(&self, place: Place) -> Option<Stock> {
        let expected = self.findings_at(place).next()?.expected;
        self.findings_at(place).all(|finding| finding.expected == expected).then_some(expected)
    }

    fn findings_at(&self, place: Place) -> impl Iterator<Item = &Finding> {
        let all = self.findings.values().flatten();
        all.filter(move |(known, _)| *known == place).map(|(_, finding)| finding)
    }

    /// What was found, place by place, with or without a difference; nothing of places that nobody counted, or that several
    /// people counted and not against the same books.
    pub fn variances(&self) -> Vec<Variance> {
        let variance = |place: &Place| {
            let (expected, counted) = (self.expected_at(*place)?, self.counted_at(*place)?);
            Some(Variance { place: *place, expected, counted })
        };
        self.scope.iter().filter_map(variance).collect()
    }

    /// Gives the count up; nothing is booked.
    ///
    /// # Errors
    /// [`CountRefusal`] when it is closed or the cashier may not.
    pub fn cancel(&self, facts: &Facts<'_>) -> Result<Self, CountRefusal> {
        self.check_open()?;
        facts.authority(Capability::StocktakeApprove)?;
        Ok(Self { state: CountState::Cancelled, ..self.clone() })
    }

    /// Books the differences. Who counted cannot approve.
    ///
    /// # Errors
    /// [`CountRefusal`]; then nothing is booked.
    #[expect(clippy::needless_pass_by_value, reason = "an approval is good for one command")]
    pub fn approve(&self, book: &Book, facts: Facts<'_>) -> Result<(Self, Posting), CountRefusal> {
        self.check_open()?;
        let authority = facts.authority(Capability::StocktakeApprove)?;
        let approver = authority.approved_by.unwrap_or(authority.cashier);
        if self.findings.contains_key(&approver) {
            return Err(CountRefusal::OwnCount { approver });
        }
        let places = self.uncounted();
        if !places.is_empty() {
            return Err(CountRefusal::Uncounted { places });
        }
        let places = self.again(book);
        if !places.is_empty() {
            return Err(CountRefusal::Again { places });
        }
        if book.has(facts.posting) {
            return Err(StockRefusal::AlreadyDone { posting: facts.posting }.into());
        }
        let mut desk = Desk::new(book, &facts);
        for variance in self.variances().iter().filter(|variance| !variance.difference().is_zero()) {
            adjust_level(&mut desk, variance.place, None, variance.difference())?;
        }
        let number = facts.number(NumberKind::Adjustment);
        let posting = desk.posting(number, Cause::Count { count: self.id }, authority, None);
        Ok((Self { state: CountState::Approved, ..self.clone() }, posting))
    }
}

/// How much of a place was ever put right, either way.
fn put_right(book: &Book, place: Place) -> Stock {
    book.level(place).map_or(Stock::ZERO, |level| level.totals.adjusted)
}
