//! What time brings, whoever sells: points run out, birthdays come, tiers are lost, people join and leave segments.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use saleflex_core::{
    checkout::Effects,
    ids::CustomerId,
    journal::{Entry, Event},
    loyalty::{BIRTHDAY_GRACE_DAYS, LoyaltyChange, Occasion, PointsKind, birthday, expire, review_tier},
    time::Moment,
};

use super::Till;
use crate::{
    books::index,
    error::Error,
    people::loyalty::{self, BookedRows},
};

/// What a day began with.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct DayStart {
    /// How many members lost points that were not used in time.
    pub expired: usize,
    /// How many got points for their birthday.
    pub birthdays: usize,
    /// How many moved to another tier because time passed.
    pub tiers: usize,
    /// How many times somebody joined or left a segment.
    pub segment_changes: usize,
}

impl DayStart {
    fn of(effects: &Effects) -> Self {
        let booked = |kind| {
            let is_it = |change: &&LoyaltyChange| matches!(change, LoyaltyChange::PointsBooked { row } if row.kind == kind);
            effects.loyalty.iter().filter(is_it).count()
        };
        let is_move = |change: &&LoyaltyChange| matches!(change, LoyaltyChange::TierChanged { .. });
        Self {
            expired: booked(PointsKind::Expired),
            birthdays: booked(PointsKind::Birthday),
            tiers: effects.loyalty.iter().filter(is_move).count(),
            segment_changes: effects.segments.len(),
        }
    }
}

/// The day.
impl Till {
    /// Does what time brings for members and segments by the store's local date: once a date, however often it is
    /// asked. Logging in asks it. Nothing is written where there is neither a loyalty program nor a segment.
    ///
    /// # Errors
    /// [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written; then nothing was done and
    /// asking again does it.
    pub fn start_day(&mut self) -> Result<DayStart, Error> {
        let now = self.shell.now();
        let date = now.local.date();
        if self.programs.is_empty() && self.segments.is_empty() || self.is_day_started(date)? {
            return Ok(DayStart::default());
        }
        let mut loyalty = self.expired(now)?;
        let born = self.birthdays(now, &loyalty)?;
        loyalty.extend(born);
        let reviewed = self.reviewed(now, &loyalty)?;
        loyalty.extend(reviewed);
        let timed: Vec<_> =
            self.segments.iter().filter(|segment| segment.criterion.depends_on_time()).cloned().collect();
        let effects = Effects { loyalty, segments: self.sweep(&timed, now)?, ..Effects::default() };
        let start = DayStart::of(&effects);
        let entity = self.shell.new_id();
        let entry = Entry::new(entity, now, None, self.period.period.number, Event::DayStarted { date })
            .with_effects(effects);
        self.commit(&entry, None, None, |_, _| Ok(()))?;
        Ok(start)
    }

    /// The last day that was started, and what it began with.
    ///
    /// # Errors
    /// A failure of the disk.
    pub fn day_begun(&self) -> Result<Option<(NaiveDate, DayStart)>, Error> {
        let Some(last) = index::last_owner(self.connection(), index::Topic::Day)? else { return Ok(None) };
        let entries = index::entries(self.connection(), index::Topic::Day, &last)?;
        Ok(entries.iter().rev().find_map(|entry| {
            let Event::DayStarted { date } = entry.event else { return None };
            Some((date, DayStart::of(&entry.effects)))
        }))
    }

    fn is_day_started(&self, date: NaiveDate) -> Result<bool, Error> {
        let last = index::last_owner(self.connection(), index::Topic::Day)?;
        Ok(last.is_some_and(|last| last >= date.to_string()))
    }

    fn expired(&self, now: Moment) -> Result<Vec<LoyaltyChange>, Error> {
        let occasion = Occasion { at: now, store: self.identity.store, cashier: None };
        let booked = BookedRows::new(self.connection());
        let members = loyalty::expiring(self.connection(), now.local.date())?;
        let changes = members.iter().flat_map(|member| expire(member, occasion, &booked)).collect();
        booked.finish()?;
        Ok(changes)
    }

    /// `before` is what happens to members first.
    fn birthdays(&self, now: Moment, before: &[LoyaltyChange]) -> Result<Vec<LoyaltyChange>, Error> {
        if !self.programs.iter().any(|program| program.birthday.is_positive()) {
            return Ok(Vec::new());
        }
        let occasion = Occasion { at: now, store: self.identity.store, cashier: None };
        let booked = BookedRows::new(self.connection());
        let mut changes = Vec::new();
        for (mut member, born) in loyalty::born_on(self.connection(), &days_to_look_at(now.local.date()))? {
            member.apply_all(before);
            let Some(program) = self.program_of(&member) else { continue };
            changes.extend(birthday(&member, born, program, occasion, &booked));
        }
        booked.finish()?;
        Ok(changes)
    }

    /// The tiers of all members by today's date, after what happens to them `before`.
    fn reviewed(&self, now: Moment, before: &[LoyaltyChange]) -> Result<Vec<LoyaltyChange>, Error> {
        if self.programs.iter().all(|program| program.tiers.is_empty()) {
            return Ok(Vec::new());
        }
        let occasion = Occasion { at: now, store: self.identity.store, cashier: None };
        let mut earlier: BTreeMap<CustomerId, Vec<&LoyaltyChange>> = BTreeMap::new();
        for change in before {
            for customer in change.customers() {
                earlier.entry(customer).or_default().push(change);
            }
        }
        loyalty::of_active(self.connection(), |mut member| {
            member.apply_all(earlier.remove(&member.customer).unwrap_or_default());
            let program = self.program_of(&member);
            program.map(|program| review_tier(&member, program, occasion)).unwrap_or_default()
        })
    }
}

/// The days of a year whose birthdays are given now, as `12-31`: today's and those that were missed. Who was born on 29
/// February is looked for from the 28th on.
fn days_to_look_at(today: NaiveDate) -> Vec<String> {
    let back = (0..=BIRTHDAY_GRACE_DAYS).filter_map(|days| today.checked_sub_days(Days::new(days)));
    let mut days: Vec<String> = back.map(|day| day.format("%m-%d").to_string()).collect();
    if days.iter().any(|day| day == "02-28") {
        days.push("02-29".to_owned());
    }
    days
}
