//! Who is in which segment. Rows are kept and switched, never deleted.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};

use serde::{Deserialize, Serialize};

use super::{Segment, SegmentFacts};
use crate::{
    ids::{CustomerId, SegmentId},
    time::Moment,
};

/// By whose word a customer is in a segment, or stays out of it.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AssignedBy {
    /// The segment's rules.
    Auto,
    /// A program; it follows the rules like [`Self::Auto`].
    System,
    /// A person: the rules do not undo it.
    Manual,
    /// Not recorded; it follows the rules like [`Self::Auto`].
    #[default]
    Unknown,
}

/// A customer's row in a segment.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SegmentMember {
    /// By whose word they are in it or out of it.
    pub assigned_by: AssignedBy,
    /// Whether they are in it; a row of one who left is kept.
    pub is_active: bool,
    /// Since when; none where it was not recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Moment>,
}

/// What happens to a customer's row in a segment.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SegmentChange {
    /// The customer is in it now.
    Joined {
        /// The customer who joined.
        customer: CustomerId,
        /// The segment they joined.
        segment: SegmentId,
        /// By whose word; by hand they stay in.
        by: AssignedBy,
        /// When they joined.
        at: Moment,
    },
    /// The customer is out of it now.
    Left {
        /// The customer who left.
        customer: CustomerId,
        /// The segment they left.
        segment: SegmentId,
        /// By whose word; out by hand stays out.
        by: AssignedBy,
        /// When they left.
        at: Moment,
    },
}

impl SegmentChange {
    /// Who joins or leaves.
    pub const fn customer(&self) -> CustomerId {
        match self {
            Self::Joined { customer, .. } | Self::Left { customer, .. } => *customer,
        }
    }

    /// The segment it is about.
    pub const fn segment(&self) -> SegmentId {
        match self {
            Self::Joined { segment, .. } | Self::Left { segment, .. } => *segment,
        }
    }
}

/// The rows of one customer by segment.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Roster(BTreeMap<SegmentId, SegmentMember>);

impl Roster {
    /// Rows as they were stored, oldest first: of several rows for a segment the newest counts.
    pub fn from_rows(rows: impl IntoIterator<Item = (SegmentId, SegmentMember)>) -> Self {
        Self(rows.into_iter().collect())
    }

    /// The rows by segment.
    pub const fn rows(&self) -> &BTreeMap<SegmentId, SegmentMember> {
        &self.0
    }

    /// The active segments the customer is in: campaigns go by these.
    pub fn active(&self, segments: &[Segment]) -> BTreeSet<SegmentId> {
        self.active_among(segments).map(|segment| segment.id).collect()
    }

    /// The codes of the active segments the customer is in, in alphabetical order: messages go by these.
    pub fn active_codes(&self, segments: &[Segment]) -> Vec<String> {
        let mut codes: Vec<String> =
            self.active_among(segments).map(|segment| segment.code.clone()).collect();
        codes.sort();
        codes
    }

    fn active_among<'a>(&'a self, segments: &'a [Segment]) -> impl Iterator<Item = &'a Segment> {
        let is_in = |id: &SegmentId| self.0.get(id).is_some_and(|row| row.is_active);
        segments.iter().filter(move |segment| segment.is_active && is_in(&segment.id))
    }

    /// What people decided about another record of the same customer where nobody decided about this one, as changes of this
    /// one, by whose id they are made.
    pub fn decided(&self, other: &Self, customer: CustomerId, at: Moment) -> Vec<SegmentChange> {
        let is_decided = |row: &SegmentMember| row.assigned_by == AssignedBy::Manual;
        let mut decided: Vec<(&SegmentId, &SegmentMember)> =
            other.0.iter().filter(|(_, row)| is_decided(row)).collect();
        decided.retain(|(segment, _)| !self.0.get(*segment).is_some_and(is_decided));
        let change = |(segment, row): (&SegmentId, &SegmentMember)| {
            let (segment, by) = (*segment, AssignedBy::Manual);
            if row.is_active {
                SegmentChange::Joined { customer, segment, by, at }
            } else {
                SegmentChange::Left { customer, segment, by, at }
            }
        };
        decided.into_iter().map(change).collect()
    }

    /// The row after a change. What joined by rule and leaves by rule keeps whose word it was.
    pub fn apply(&mut self, change: &SegmentChange) {
        match change {
            SegmentChange::Joined { segment, by, at, .. } => {
                let row = SegmentMember { assigned_by: *by, is_active: true, since: Some(*at) };
                self.0.insert(*segment, row);
            }
            SegmentChange::Left { segment, by, at, .. } => {
                let known = self.0.entry(*segment).or_insert(SegmentMember {
                    assigned_by: *by,
                    is_active: false,
                    since: None,
                });
                if *by == AssignedBy::Manual {
                    known.assigned_by = *by;
                }
                known.is_active = false;
                known.since = Some(*at);
            }
        }
    }
}

/// What the rules change for a customer now: nothing for the walk-in, and nothing where a person decided.
pub fn refresh(
    customer: CustomerId,
    is_walk_in: bool,
    segments: &[Segment],
    roster: &Roster,
    facts: &SegmentFacts,
    at: Moment,
) -> Vec<SegmentChange> {
    if is_walk_in {
        return Vec::new();
    }
    let mut active: Vec<&Segment> = segments.iter().filter(|segment| segment.is_active).collect();
    active.sort_by(|one, other| {
        (one.display_order, &one.name, one.id).cmp(&(other.display_order, &other.name, other.id))
    });
    let today = at.local.date();
    let change = |segment: &Segment| {
        let row = roster.0.get(&segment.id);
        if row.is_some_and(|row| row.assigned_by == AssignedBy::Manual) {
            return None;
        }
        let is_in = row.is_some_and(|row| row.is_active);
        let (id, by) = (segment.id, AssignedBy::Auto);
        match (segment.matches(facts, today), is_in) {
            (true, false) => Some(SegmentChange::Joined { customer, segment: id, by, at }),
            (false, true) => Some(SegmentChange::Left { customer, segment: id, by, at }),
            (true, true) | (false, false) => None,
        }
    };
    active.into_iter().filter_map(change).collect()
}
