//! What a till does next with its hub. Time is a duration since some beginning, by a clock that is never set.

use std::{collections::BTreeMap, time::Duration};

use uuid::Uuid;

use super::wait;
use crate::outbox::MOST_EVENTS;

mod step;

pub use self::step::{Came, Part, Step, Turn};

/// How often each thing is done when nothing asks for it sooner.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Intervals {
    /// Look at the queue.
    pub push: Duration,
    /// Ask for what changed.
    pub pull: Duration,
    /// Say how the till is, and hear what the hub wants.
    pub heartbeat: Duration,
    /// Ask for messages.
    pub notifications: Duration,
    /// Compare with what the hub has.
    pub reconcile: Duration,
    /// Have the device's secret replaced, counted from when it came.
    pub rotate: Duration,
}

impl Intervals {
    /// With a store's own node on the local network.
    pub const OFFICE: Self = Self {
        push: Duration::from_secs(300),
        pull: Duration::from_secs(300),
        heartbeat: Duration::from_secs(30),
        notifications: Duration::from_secs(30),
        reconcile: Duration::from_secs(3_600),
        rotate: SECRET,
    };
    /// With a central hub.
    pub const GATE: Self = Self {
        push: Duration::from_secs(1800),
        pull: Duration::from_secs(1800),
        heartbeat: Duration::from_secs(60),
        notifications: Duration::from_secs(60),
        reconcile: Duration::from_secs(3_600),
        rotate: SECRET,
    };
}

/// A device's secret is old after 83 days. It is good for seven days beside its successor, so that none lives longer
/// than ninety.
const SECRET: Duration = Duration::from_secs(83 * 24 * 3_600);

/// A paused connection is tried again after this.
const PROBE: Duration = Duration::from_secs(300);
/// A token is renewed so long before it is void.
const BEFORE_EXPIRY: Duration = Duration::from_secs(60);
/// Another secret is asked for so long after the last attempt, whatever came of that: the old one is good all the while.
const BETWEEN_SECRETS: Duration = Duration::from_secs(24 * 3_600);
/// After so many breakdowns in a row the events of a request go one by one.
const BREAKDOWNS: u32 = 2;

/// Where a connection to a hub stands. [`Schedule::next`] says what to do, [`Schedule::came`] hears what came of it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and all of their combinations occur"
)]
pub struct Schedule {
    intervals: Intervals,
    trades_tokens: bool,
    /// Times in a row that nobody answered.
    failures: u32,
    /// Requests in a row over whose events the hub broke down.
    breakdowns: u32,
    not_before: Duration,
    is_paused: bool,
    /// So many events go one by one.
    singles: u32,
    others_pass: bool,
    token_until: Option<Duration>,
    /// A token was refused and renewed; nothing has passed since.
    was_renewed: bool,
    due: Due,
    /// When the device's secret is old; none where nobody keeps it, or nobody knows since when it is.
    secret_until: Option<Duration>,
    /// Another one is not asked for sooner.
    no_secret_before: Duration,
    /// What the hub was last heard to lack of each life of a file, so that it is compared once.
    lacking: BTreeMap<Uuid, u64>,
    /// What the hub fails at, in the order of [`Part::ALL`].
    holds: [Hold; Part::ALL.len()],
}

/// How a part alone is held back because the hub fails at it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Hold {
    /// Failures in a row.
    failures: u32,
    /// It is not tried sooner.
    not_before: Duration,
}

/// When each thing is due.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Due {
    reconcile: Duration,
    push: Duration,
    quotas: Duration,
    pull: Duration,
    heartbeat: Duration,
    notifications: Duration,
}

impl Schedule {
    /// A connection that was not used yet: everything is due. `trades_tokens`: the device's token is traded for
    /// short-lived ones.
    pub fn new(intervals: Intervals, trades_tokens: bool) -> Self {
        Self {
            intervals,
            trades_tokens,
            failures: 0,
            breakdowns: 0,
            not_before: Duration::ZERO,
            is_paused: false,
            singles: 0,
            others_pass: false,
            token_until: None,
            was_renewed: false,
            due: Due::default(),
            secret_until: None,
            no_secret_before: Duration::ZERO,
            lacking: BTreeMap::new(),
            holds: [Hold::default(); Part::ALL.len()],
        }
    }

    /// Whether the hub refuses this till: a person has to look.
    pub const fn is_paused(&self) -> bool {
        self.is_paused
    }

    /// How often nobody answered in a row.
    pub const fn failures(&self) -> u32 {
        self.failures
    }

    /// The first part that the hub fails at while it answers.
    pub fn failing(&self) -> Option<Part> {
        Part::ALL.into_iter().find(|part| self.hold(*part).failures > 0)
    }

    const fn hold(&self, part: Part) -> Hold {
        self.holds[part as usize]
    }

    const fn hold_mut(&mut self, part: Part) -> &mut Hold {
        &mut self.holds[part as usize]
    }

    /// Puts a part off that the hub failed at.
    fn put_off(&mut self, part: Part, now: Duration, (random, at_least): (u32, Duration)) {
        let hold = self.hold_mut(part);
        hold.failures = hold.failures.saturating_add(1);
        hold.not_before = now + wait(hold.failures, random, at_least);
    }

    /// An event was committed, or the network came back. Heard during a push it makes another one follow.
    pub const fn wake(&mut self) {
        self.due.push = Duration::ZERO;
    }

    /// Something changed at the hub.
    pub const fn pull_now(&mut self) {
        self.due.pull = Duration::ZERO;
    }

    /// The hub was away, or is another one than it was: it may have come back from a backup, and waits to hear how the till is.
    pub const fn compare_now(&mut self) {
        self.due.reconcile = Duration::ZERO;
        self.due.heartbeat = Duration::ZERO;
    }

    /// The hub must hear of a share of a limit.
    pub const fn quotas_now(&mut self) {
        self.due.quotas = Duration::ZERO;
    }

    /// How old the device's secret is; none where it is not to be replaced. Said before every step, since a clock that
    /// is never set may stand still while the device sleeps.
    pub fn secret_is(&mut self, now: Duration, age: Option<Duration>) {
        self.secret_until = age.map(|age| now + self.intervals.rotate.saturating_sub(age));
    }

    /// Another secret is asked for now.
    pub fn asks_for_a_secret(&mut self, now: Duration) {
        self.no_secret_before = now + BETWEEN_SECRETS;
    }

    /// When another secret is asked for. A hub that is away or refuses the till has other things to answer first.
    fn secret_due(&self) -> Option<Duration> {
        let is_well = self.failures == 0 && !self.is_paused;
        self.secret_until.filter(|_| is_well).map(|until| until.max(self.no_secret_before))
    }

    /// Somebody wants everything now, whatever the waits say. A secret is not replaced sooner by it.
    pub fn force(&mut self) {
        self.due = Due::default();
        self.not_before = Duration::ZERO;
        self.holds.iter_mut().for_each(|hold| hold.not_before = Duration::ZERO);
    }

    /// What to do now.
    pub fn next(&self, now: Duration) -> Step {
        if now < self.not_before {
            return Step::Wait(self.not_before.saturating_sub(now));
        }
        if self.trades_tokens && self.token_until.is_none_or(|until| now + BEFORE_EXPIRY >= until) {
            return Step::RenewToken;
        }
        let turn =
            Turn { most: if self.singles > 0 { 1 } else { MOST_EVENTS }, others_pass: self.others_pass };
        let Due { reconcile, push, quotas, pull, heartbeat, notifications } = self.due;
        let steps = [
            (Part::Reconcile, reconcile, Step::Reconcile),
            (Part::Push, push, Step::Push(turn)),
            // Before the first campaign comes the till knows what to do without a share of its limits.
            (Part::Quotas, quotas, Step::Quotas),
            (Part::Pull, pull, Step::Pull),
            (Part::Heartbeat, heartbeat, Step::Heartbeat),
            (Part::Notifications, notifications, Step::Notifications),
        ]
        .map(|(part, due, step)| (due.max(self.hold(part).not_before), step));
        let secret = self.secret_due().map(|due| (due, Step::Rotate));
        let steps = || steps.into_iter().chain(secret);
        let soonest = steps().map(|(due, _)| due).min().unwrap_or_default();
        let due = steps().find(|(due, _)| *due <= now);
        due.map_or_else(|| Step::Wait(soonest.saturating_sub(now)), |(_, step)| step)
    }

    /// Hears what came of the last step. `random` is any number drawn evenly from all of them.
    pub fn came(&mut self, now: Duration, random: u32, came: Came) {
        match came {
            Came::Failed { at_least, is_breakdown } => {
                return self.failed(now, random, at_least, is_breakdown);
            }
            Came::Suspect => {
                // That event has a time of its own: the others are sent in a moment.
                *self.hold_mut(Part::Push) = Hold::default();
                self.put_off(Part::Push, now, (random, Duration::ZERO));
                return self.answered(now);
            }
            Came::Stumbled { part } => {
                self.put_off(part, now, (random, Duration::ZERO));
                return self.answered(now);
            }
            Came::NotRotated => return self.answered(now),
            Came::Unauthorized if self.trades_tokens && !self.was_renewed => {
                self.token_until = None;
                self.was_renewed = true;
                return;
            }
            Came::Unauthorized | Came::Refused => {
                self.is_paused = true;
                self.not_before = now + PROBE;
                return;
            }
            Came::Renewed { good_for } => {
                // One that is void at once must not make a loop.
                self.token_until = Some(now + good_for.max(2 * BEFORE_EXPIRY));
                return;
            }
            Came::QueueEmpty { again_in } => {
                let interval = self.intervals.push;
                self.due.push = now + again_in.map_or(interval, |again| again.min(interval));
            }
            Came::Pushed { delivered, closures, lacks } => {
                self.pushed(now, delivered, closures);
                if lacks.is_some_and(|(epoch, after)| self.lacking.insert(epoch, after) != Some(after)) {
                    self.compare_now();
                }
            }
            Came::Split { events } => self.singles = events,
            Came::Reconciled { again } => {
                self.due.reconcile = now + self.intervals.reconcile;
                if again > 0 {
                    self.wake();
                }
            }
            Came::Pulled { has_more } => {
                self.due.pull = if has_more { now } else { now + self.intervals.pull };
            }
            Came::NotAllowed => self.due.pull = now + self.intervals.pull,
            Came::Lent => self.due.quotas = now + self.intervals.pull,
            Came::CursorExpired => {
                // It may have come back from a backup: what it lost goes first, or a snapshot would say that it never was.
                self.due.reconcile = self.due.reconcile.min(now);
                self.due.pull = now;
            }
            Came::Beaten { pull, push } => {
                self.due.heartbeat = now + self.intervals.heartbeat;
                self.asked(pull, push);
            }
            Came::Rotated => self.rotated(now),
            Came::Notified { pull } => {
                self.due.notifications = now + self.intervals.notifications;
                self.asked(pull, false);
            }
        }
        self.went(now, came);
    }

    /// A step that is over stands in the way of none.
    fn went(&mut self, now: Duration, came: Came) {
        if let Some(part) = came.passed() {
            *self.hold_mut(part) = Hold::default();
        }
        if !matches!(came, Came::QueueEmpty { .. }) {
            self.answered(now);
            self.is_paused = false;
            self.was_renewed = false;
        }
    }

    /// The hub is there.
    fn answered(&mut self, now: Duration) {
        if self.failures > 0 {
            // It may have come back from a backup.
            self.due.reconcile = self.due.reconcile.min(now);
        }
        self.failures = 0;
    }

    fn failed(&mut self, now: Duration, random: u32, at_least: Duration, is_breakdown: bool) {
        if !is_breakdown {
            self.breakdowns = 0;
            self.others_pass = false;
            self.failures += 1;
            self.not_before = now + wait(self.failures, random, at_least);
            return;
        }
        self.breakdowns += 1;
        if self.breakdowns >= BREAKDOWNS && self.singles == 0 {
            self.singles = MOST_EVENTS;
        }
        self.put_off(Part::Push, now, (random, at_least));
        self.answered(now);
    }

    fn pushed(&mut self, now: Duration, delivered: u32, closures: u32) {
        if self.hold(Part::Push).failures > 0 {
            // The hub that broke down may have come back from a backup.
            self.due.reconcile = self.due.reconcile.min(now);
        }
        self.breakdowns = 0;
        if self.singles > 0 {
            self.singles -= 1;
            self.others_pass |= delivered > 0;
        }
        // What was committed meanwhile follows at once, and prices are fresh for the next day.
        self.wake();
        if closures > 0 {
            self.due.pull = Duration::ZERO;
        }
    }

    /// What is new is shown at once: until then the hub takes the till for one that lost it.
    const fn rotated(&mut self, now: Duration) {
        self.token_until = None;
        self.due.heartbeat = now;
    }

    const fn asked(&mut self, pull: bool, push: bool) {
        if pull {
            self.due.pull = Duration::ZERO;
        }
        if push {
            self.wake();
        }
    }
}

#[cfg(test)]
mod tests;
