//! What time brings, whoever sells: points run out, birthdays come, tiers are lost, people join and leave segments.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use saleflex_core::{
    checkout::Effects,
    customer::segment::SegmentChange,
    document::Command,
    ids::CustomerId,
    journal::{Entry, Event},
    loyalty::{BIRTHDAY_GRACE_DAYS, LoyaltyChange, Occasion, PointsKind, birthday, expire, review_tier},
    time::Moment,
};

use super::Till;
use crate::{
    books::index,
    error::Error,
    people::{
        customer,
        loyalty::{self, BookedRows},
    },
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
    /// Adds what an entry brought.
    fn add(&mut self, effects: &Effects) {
        let booked = |kind| {
            let is_it = |change: &&LoyaltyChange| matches!(change, LoyaltyChange::PointsBooked { row } if row.kind == kind);
            effects.loyalty.iter().filter(is_it).count()
        };
        let is_move = |change: &&LoyaltyChange| matches!(change, LoyaltyChange::TierChanged { .. });
        self.expired += booked(PointsKind::Expired);
        self.birthdays += booked(PointsKind::Birthday);
        self.tiers += effects.loyalty.iter().filter(is_move).count();
        self.segment_changes += effects.segments.len();
    }
}

/// The day.
impl Till {
    /// Does what time brings for members and segments by the store's local date: once a date, however often it is
    /// asked. Logging in asks it. Nothing is written where there is neither a loyalty program nor a segment. What is
    /// brought to many is written in several entries, each of it whole for the customers it is about.
    ///
    /// # Errors
    /// [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written; asking again does what was not done.
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
        let followed = self.segments_of_members(&loyalty, now)?;
        let mut segments = self.sweep(&timed, now)?;
        segments.retain(|change| !followed.contains_key(&change.customer()));
        segments.extend(followed.into_values().flatten());
        let mut keys = self.country_turned(now)?.then(|| self.phone_rules(now));
        let mut parts = parts(loyalty, segments).into_iter().peekable();
        let mut start = DayStart::default();
        while let Some(effects) = parts.next() {
            start.add(&effects);
            let event = Event::DayStarted { date, is_more: parts.peek().is_some() };
            let entity = self.shell.new_id();
            let entry = Entry::new(entity, now, None, self.period.period.number, event).with_effects(effects);
            let keys = keys.take();
            self.commit(&entry, None, None, |connection, _| {
                keys.map_or(Ok(()), |rules| customer::rekey(connection, &rules).map(drop))
            })?;
        }
        Ok(start)
    }

    /// Whether a program began or ended by its dates since a day was started last, where one has a country of its own:
    /// telephones may have other keys by it.
    pub(super) fn country_turned(&self, now: Moment) -> Result<bool, Error> {
        if self.programs.iter().all(|program| program.calling_code.is_none()) {
            return Ok(false);
        }
        let last = match index::last_owner(self.connection(), index::Topic::Day)? {
            Some(last) => index::entries(self.connection(), index::Topic::Day, &last)?.pop(),
            None => None,
        };
        let since = last.map(|entry| entry.at.instant);
        let mut turns = self.programs.iter().flat_map(|program| [program.starts, program.ends]).flatten();
        Ok(turns.any(|turn| turn <= now.instant && since.is_none_or(|since| since < turn)))
    }

    /// The last day that was started, and what it began with.
    ///
    /// # Errors
    /// A failure of the disk.
    pub fn day_begun(&self) -> Result<Option<(NaiveDate, DayStart)>, Error> {
        let Some(last) = index::last_owner(self.connection(), index::Topic::Day)? else { return Ok(None) };
        let (mut begun, mut start) = (None, DayStart::default());
        for topic in [index::Topic::DayPart, index::Topic::Day] {
            for entry in index::entries(self.connection(), topic, &last)? {
                if let Event::DayStarted { date, .. } = entry.event {
                    begun = Some(date);
                    start.add(&entry.effects);
                }
            }
        }
        Ok(begun.map(|date| (date, start)))
    }

    /// Starts the day where a till that stayed logged in went past midnight; not amid a document.
    ///
    /// # Errors
    /// As [`Till::start_day`].
    pub(super) fn start_day_past_midnight(&mut self) -> Result<(), Error> {
        let today = self.shell.now().local.date();
        if self.day != Some(today) && self.is_between_documents() {
            self.start_day()?;
            self.day = Some(today);
        }
        Ok(())
    }

    /// Amid a document no day is started. Before points are held on one that stays open past midnight, what ran out of them is
    /// written off: what is held from then on keeps none of it.
    pub(super) fn run_out_past_midnight(&mut self, command: &Command) -> Result<(), Error> {
        let customer = self.draft().and_then(|document| document.customer);
        let Some(customer) = customer.filter(|_| matches!(command, Command::RedeemPoints { .. })) else {
            return Ok(());
        };
        let now = self.shell.now();
        if self.day == Some(now.local.date()) {
            return Ok(());
        }
        let Some(member) = self.membership(customer)? else { return Ok(()) };
        if self.program_of(&member).is_some_and(|program| !program.mode.is_local()) {
            return Ok(());
        }
        let occasion = Occasion { at: now, store: self.identity.store, cashier: None };
        let booked = BookedRows::new(self.connection());
        let loyalty = expire(&member, occasion, &booked);
        booked.finish()?;
        if loyalty.is_empty() {
            return Ok(());
        }
        let segments = self.segments_of_members(&loyalty, now)?.into_values().flatten().collect();
        let effects = Effects { loyalty, segments, ..Effects::default() };
        // A part of the day, the rest of which is started between documents.
        let event = Event::DayStarted { date: now.local.date(), is_more: true };
        let entity = self.shell.new_id();
        let entry = Entry::new(entity, now, None, self.period.period.number, event).with_effects(effects);
        self.commit(&entry, None, None, |_, _| Ok(()))
    }

    fn is_day_started(&self, date: NaiveDate) -> Result<bool, Error> {
        let last = index::last_owner(self.connection(), index::Topic::Day)?;
        Ok(last.is_some_and(|last| last >= date.to_string()))
    }

    /// Points whose last day has passed, of members whose points are kept here: of others they may have been spent where this
    /// till does not see it.
    fn expired(&self, now: Moment) -> Result<Vec<LoyaltyChange>, Error> {
        let occasion = Occasion { at: now, store: self.identity.store, cashier: None };
        let booked = BookedRows::new(self.connection());
        let mut members = loyalty::expiring(self.connection(), now.local.date())?;
        members.retain(|member| self.program_of(member).is_none_or(|program| program.mode.is_local()));
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

/// The most customers whose changes one entry holds: an entry is sent, hashed and read as a whole.
pub(super) const MOST_IN_AN_ENTRY: usize = 200;

/// What a day brings, cut into the effects of its entries, one at least. All that happens to a customer stays together
/// and in order.
fn parts(loyalty: Vec<LoyaltyChange>, segments: Vec<SegmentChange>) -> Vec<Effects> {
    let mut by_customer: BTreeMap<CustomerId, Effects> = BTreeMap::new();
    for change in loyalty {
        let whose = change.customers().next();
        if let Some(customer) = whose {
            by_customer.entry(customer).or_default().loyalty.push(change);
        }
    }
    for change in segments {
        by_customer.entry(change.customer()).or_default().segments.push(change);
    }
    let mut parts = vec![Effects::default()];
    for (at, of_customer) in by_customer.into_values().enumerate() {
        if at > 0 && at % MOST_IN_AN_ENTRY == 0 {
            parts.push(Effects::default());
        }
        if let Some(part) = parts.last_mut() {
            part.loyalty.extend(of_customer.loyalty);
            part.segments.extend(of_customer.segments);
        }
    }
    parts
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
