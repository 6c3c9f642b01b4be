//! Groups of customers, by rules or by hand.
//!
//! A segment is evaluated when what is known of a customer changes ([`refresh`]) and when time passes: a birthday
//! begins, a month ends, a customer stays away. [`Criterion::depends_on_time`] says which segments a daily sweep has
//! to look at.

use alloc::string::String;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::SegmentId;

mod criterion;
mod facts;
mod legacy;
mod names;
mod roster;

pub use self::{
    criterion::{Birthday, Criterion, CriterionError, Goods, MOST_CRITERIA, MOST_DEPTH, Needs},
    facts::{PurchasedLine, SegmentFacts},
    legacy::{LegacyError, criterion_of},
    names::{Names, UnknownName},
    roster::{AssignedBy, Roster, SegmentChange, SegmentMember, refresh},
};

/// A group of customers.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// The segment's id.
    pub id: SegmentId,
    /// Its code, unique in the company, at most 50 characters.
    pub code: String,
    /// Its name, at most 100 characters.
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Who belongs to it.
    pub criterion: Criterion,
    /// A segment that is not active has no members.
    pub is_active: bool,
    /// Its place in lists.
    pub display_order: i32,
}

/// What is wrong with a segment; it is refused when it is saved.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SegmentError {
    /// No code, or one longer than 50 characters.
    #[error("the code must have 1 to 50 characters")]
    Code,
    /// No name, or one longer than 100 characters.
    #[error("the name must have 1 to 100 characters")]
    Name,
    /// Its rules cannot be.
    #[error(transparent)]
    Criterion(#[from] CriterionError),
}

impl Segment {
    /// Whether it may be saved. One without any condition has those whom people put into it, and nobody else.
    ///
    /// # Errors
    /// [`SegmentError`] with the first thing wrong.
    pub fn check(&self) -> Result<(), SegmentError> {
        if !(1..=50).contains(&self.code.trim().chars().count()) {
            return Err(SegmentError::Code);
        }
        if !(1..=100).contains(&self.name.trim().chars().count()) {
            return Err(SegmentError::Name);
        }
        if let Criterion::All(conditions) | Criterion::Any(conditions) = &self.criterion
            && conditions.is_empty()
        {
            return Ok(());
        }
        Ok(self.criterion.check()?)
    }

    /// Whether a customer belongs to it by its rules.
    pub fn matches(&self, facts: &SegmentFacts, today: NaiveDate) -> bool {
        self.criterion.is_met(facts, today)
    }
}

/// How many customers a criterion would gather.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Preview {
    /// Those who meet it.
    pub matching: usize,
    /// All who were looked at.
    pub of: usize,
}

/// Counts who would belong to a segment that is not made yet.
pub fn preview<'a>(
    criterion: &Criterion,
    people: impl IntoIterator<Item = &'a SegmentFacts>,
    today: NaiveDate,
) -> Preview {
    people.into_iter().fold(Preview::default(), |seen, facts| Preview {
        matching: seen.matching + usize::from(criterion.is_met(facts, today)),
        of: seen.of + 1,
    })
}

#[cfg(test)]
mod tests;
