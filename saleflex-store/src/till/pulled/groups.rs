//! Segments of a hub, and whom people put into them there.
//!
//! **Invariant:** the rules of a segment are followed at this till, by what this till knows of its customers; whom somebody put
//! into it at the hub, or keeps out of it, stays so whatever the rules say, until the hub takes that back.

use std::{collections::BTreeMap, slice};

use saleflex_core::{
    checkout::Effects,
    customer::segment::{AssignedBy, Criterion, Segment, SegmentChange, SegmentError},
    ids::{CustomerId, SegmentId},
    journal::{Entry, Event},
    time::Moment,
};

use super::super::Till;
use crate::{
    error::Error,
    exchange::inbox::{self, Taken},
    people::segments,
};

/// Whom somebody put into a segment at a hub, or keeps out of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PulledMember {
    /// The segment.
    pub segment: SegmentId,
    /// The customer.
    pub customer: CustomerId,
    /// Whether they are in it; none: nobody decides any more, and the rules are followed.
    pub is_in: Option<bool>,
}

/// What a hub decides about groups of customers.
impl Till {
    /// Takes over segments, each with the row that says so, and notes what became of the rows; who belongs to them follows at
    /// once. All customers are looked at once for all of them. Answers the rows, those of segments that cannot be or have a
    /// code that another has with why they wait. The hub decides, so nobody at the till needs a capability.
    ///
    /// # Errors
    /// [`Error::DocumentOpen`].
    pub fn take_over_segments(
        &mut self,
        connector: &str,
        segments: Vec<(Segment, Taken)>,
    ) -> Result<Vec<Taken>, Error> {
        self.need_between_documents()?;
        let mut known = self.segments.clone();
        let (mut new, mut marks) = (Vec::new(), Vec::new());
        for (segment, mut taken) in segments {
            if known.contains(&segment) {
                marks.push(taken);
            } else if let Err(unfit) = fits(&segment, &known) {
                taken.held_for = Some(unfit.to_string());
                marks.push(taken);
            } else {
                known.retain(|one| one.id != segment.id);
                known.push(segment.clone());
                new.push((segment, taken));
            }
        }
        if !marks.is_empty() {
            self.mark_rows(connector, &marks)?;
        }
        let now = self.shell.now();
        let active: Vec<Segment> =
            new.iter().map(|(segment, _)| segment).filter(|segment| segment.is_active).cloned().collect();
        let mut changes: BTreeMap<SegmentId, Vec<SegmentChange>> = BTreeMap::new();
        for change in self.sweep(&active, now)? {
            changes.entry(change.segment()).or_default().push(change);
        }
        for (segment, taken) in new {
            let changes = changes.remove(&segment.id).unwrap_or_default();
            self.take_over_segment(connector, segment, (&taken, changes), now)?;
            marks.push(taken);
        }
        Ok(marks)
    }

    /// Takes over a segment that fits, with who joins and leaves it.
    fn take_over_segment(
        &mut self,
        connector: &str,
        segment: Segment,
        (taken, changes): (&Taken, Vec<SegmentChange>),
        now: Moment,
    ) -> Result<(), Error> {
        let effects = Effects { segments: changes, ..Effects::default() };
        let event = Event::SegmentSaved { segment: Box::new(segment.clone()) };
        let entry = Entry::new(segment.id.uuid(), now, None, self.period.period.number, event);
        self.commit(&entry.with_effects(effects), None, None, |connection, _| {
            segments::put(connection, &segment)?;
            inbox::mark(connection, connector, slice::from_ref(taken))
        })?;
        self.segments.retain(|known| known.id != segment.id);
        self.segments.push(segment);
        segments::sort(&mut self.segments);
        Ok(())
    }

    /// Takes over whom somebody put into segments, or keeps out of them. Of whom nobody decides any more is out of it until
    /// the rules are followed next. The journal names the customers and holds nothing else of them.
    ///
    /// # Errors
    /// [`Error::DocumentOpen`].
    pub fn take_over_members(
        &mut self,
        connector: &str,
        members: &[PulledMember],
        taken: &[Taken],
    ) -> Result<(), Error> {
        self.need_between_documents()?;
        let now = self.shell.now();
        let mut changes = Vec::new();
        for member in members {
            changes.extend(self.changes_of(*member, now)?);
        }
        if changes.is_empty() {
            return self.mark_rows(connector, taken);
        }
        let customers = changes.iter().map(SegmentChange::customer).collect();
        let effects = Effects { segments: changes, ..Effects::default() };
        let (terminal, period) = (self.identity.terminal.uuid(), self.period.period.number);
        let entry = Entry::new(terminal, now, None, period, Event::CustomersTaken { customers });
        self.commit(&entry.with_effects(effects), None, None, |connection, _| {
            inbox::mark(connection, connector, taken)
        })
    }

    /// What changes for a customer; nothing where it is so already.
    fn changes_of(&self, member: PulledMember, at: Moment) -> Result<Vec<SegmentChange>, Error> {
        let PulledMember { segment, customer, is_in } = member;
        let roster = segments::roster(self.connection(), customer)?;
        let decided = roster.rows().get(&segment).filter(|row| row.assigned_by == AssignedBy::Manual);
        let decided = decided.map(|row| row.is_active);
        if decided == is_in {
            return Ok(Vec::new());
        }
        let joined = |by| SegmentChange::Joined { customer, segment, by, at };
        let left = |by| SegmentChange::Left { customer, segment, by, at };
        Ok(match is_in {
            Some(true) => vec![joined(AssignedBy::Manual)],
            Some(false) => vec![left(AssignedBy::Manual)],
            // Whose word it is, joining says alone.
            None => vec![joined(AssignedBy::System), left(AssignedBy::System)],
        })
    }
}

/// That a segment can be, beside those that are there. One without rules has whom people put into it.
fn fits(segment: &Segment, known: &[Segment]) -> Result<(), Error> {
    let has_rules =
        !matches!(&segment.criterion, Criterion::All(rules) | Criterion::Any(rules) if rules.is_empty());
    match segment.check() {
        Err(SegmentError::Criterion(_)) if !has_rules => {}
        checked => checked?,
    }
    if known.iter().any(|one| one.id != segment.id && one.code == segment.code) {
        return Err(Error::Taken { code: segment.code.clone() });
    }
    Ok(())
}
