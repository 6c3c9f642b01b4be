//! What a till does next with its hub. Time is a duration since some beginning, by a clock that is never set.

use std::time::Duration;

use super::wait;
use crate::outbox::MOST_EVENTS;

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
}

impl Intervals {
    /// With a store's own node on the local network.
    pub const OFFICE: Self = Self {
        push: Duration::from_secs(300),
        pull: Duration::from_secs(300),
        heartbeat: Duration::from_secs(30),
        notifications: Duration::from_secs(30),
        reconcile: Duration::from_secs(3_600),
    };
    /// With a central hub.
    pub const GATE: Self = Self {
        push: Duration::from_secs(1800),
        pull: Duration::from_secs(1800),
        heartbeat: Duration::from_secs(60),
        notifications: Duration::from_secs(60),
        reconcile: Duration::from_secs(3_600),
    };
}

/// The next step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Step {
    /// Trade the device's token for a short-lived one.
    RenewToken,
    /// Ask what the hub has, and queue again what it lost.
    Reconcile,
    /// Send what is due.
    Push(Turn),
    /// Ask for one page of changes.
    Pull,
    /// Ask for shares of limits, and give back what is not needed.
    Quotas,
    /// Say how the till is.
    Heartbeat,
    /// Ask for messages.
    Notifications,
    /// Nothing for so long, unless an event is committed.
    Wait(Duration),
}

/// How the next request is filled.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Turn {
    /// At most so many events.
    pub most: u32,
    /// Whether other events pass while some fail: one that then fails often enough is set aside.
    pub others_pass: bool,
}

/// What a till sells without for a while: a hub that breaks down over it is asked for everything else in time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Side {
    /// Shares of limits.
    Quotas,
    /// How the till is.
    Heartbeat,
    /// Messages.
    Notifications,
}

/// What came of a step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Came {
    /// Nothing is due in the queue.
    QueueEmpty,
    /// The hub spoke about events.
    Pushed {
        /// How many it has now.
        delivered: u32,
        /// How many of them close a period.
        closures: u32,
    },
    /// The request as a whole was refused for good: its events go one by one.
    Split {
        /// How many events the request held.
        events: u32,
    },
    /// An event that was sent alone made the hub fail.
    Suspect,
    /// Nobody answered, or not now.
    Failed {
        /// Not sooner than this, as the hub asked.
        at_least: Duration,
        /// Whether the hub broke down over the request itself.
        is_breakdown: bool,
    },
    /// The hub answers, and broke down over this.
    BrokeDown {
        /// What it was asked for.
        over: Side,
    },
    /// The token is no longer good.
    Unauthorized,
    /// The till is not known, or may not talk to the hub.
    Refused,
    /// A new token, good for so long.
    Renewed {
        /// How long the token is good from now on.
        good_for: Duration,
    },
    /// What the hub has is known; so many events were queued again.
    Reconciled {
        /// How many events were queued again.
        again: u64,
    },
    /// A page was taken over.
    Pulled {
        /// Whether there is another one.
        has_more: bool,
    },
    /// The till may not have what it asked for; everything else goes on.
    NotAllowed,
    /// The cursor was too old: the next pull starts from nothing.
    CursorExpired,
    /// The hub has heard how the till is.
    Beaten {
        /// It wants a pull.
        pull: bool,
        /// It wants a push.
        push: bool,
    },
    /// What the hub lends is known.
    Lent,
    /// Messages were taken.
    Notified {
        /// One of them says that something changed.
        pull: bool,
    },
}

/// A paused connection is tried again after this.
const PROBE: Duration = Duration::from_secs(300);
/// A token is renewed so long before it is void.
const BEFORE_EXPIRY: Duration = Duration::from_secs(60);
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
    /// Transient failures in a row.
    failures: u32,
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
    put_off: PutOff,
}

/// What the hub broke down over, each by itself.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct PutOff {
    quotas: Pause,
    heartbeat: Pause,
    notifications: Pause,
}

/// How often one thing failed in a row, and until when it rests.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Pause {
    failures: u32,
    until: Duration,
}

impl PutOff {
    const fn of(&mut self, side: Side) -> &mut Pause {
        match side {
            Side::Quotas => &mut self.quotas,
            Side::Heartbeat => &mut self.heartbeat,
            Side::Notifications => &mut self.notifications,
        }
    }
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
            put_off: PutOff::default(),
        }
    }

    /// Whether the hub refuses this till: a person has to look.
    pub const fn is_paused(&self) -> bool {
        self.is_paused
    }

    /// How often it failed in a row.
    pub const fn failures(&self) -> u32 {
        self.failures
    }

    /// An event was committed, or the network came back. Heard during a push it makes another one follow.
    pub const fn wake(&mut self) {
        self.due.push = Duration::ZERO;
    }

    /// Something changed at the hub.
    pub const fn pull_now(&mut self) {
        self.due.pull = Duration::ZERO;
    }

    /// The hub must hear of a share of a limit.
    pub const fn quotas_now(&mut self) {
        self.due.quotas = Duration::ZERO;
    }

    /// Somebody wants everything now, whatever the waits say.
    pub fn force(&mut self) {
        self.due = Due::default();
        self.put_off = PutOff::default();
        self.not_before = Duration::ZERO;
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
            (reconcile, Step::Reconcile),
            (push, Step::Push(turn)),
            // Before the first campaign comes the till knows what to do without a share of its limits.
            (quotas.max(self.put_off.quotas.until), Step::Quotas),
            (pull, Step::Pull),
            (heartbeat.max(self.put_off.heartbeat.until), Step::Heartbeat),
            (notifications.max(self.put_off.notifications.until), Step::Notifications),
        ];
        let soonest = steps.iter().map(|(due, _)| *due).min().unwrap_or_default();
        let due = steps.iter().find(|(due, _)| *due <= now);
        due.map_or_else(|| Step::Wait(soonest.saturating_sub(now)), |(_, step)| *step)
    }

    /// Hears what came of the last step. `random` is any number drawn evenly from all of them.
    pub fn came(&mut self, now: Duration, random: u32, came: Came) {
        match came {
            Came::Failed { at_least, is_breakdown } => {
                return self.failed(now, random, at_least, is_breakdown);
            }
            Came::BrokeDown { over } => return self.broke_down(now, random, over),
            Came::Suspect => {
                self.failures += 1;
                self.not_before = now + wait(self.failures, random, Duration::ZERO);
                return;
            }
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
            Came::QueueEmpty => self.due.push = now + self.intervals.push,
            Came::Pushed { delivered, closures } => self.pushed(delivered, closures),
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
            Came::Lent => {
                self.due.quotas = now + self.intervals.pull;
                self.put_off.quotas = Pause::default();
            }
            Came::CursorExpired => self.due.pull = now,
            Came::Beaten { pull, push } => {
                self.due.heartbeat = now + self.intervals.heartbeat;
                self.put_off.heartbeat = Pause::default();
                self.asked(pull, push);
            }
            Came::Notified { pull } => {
                self.due.notifications = now + self.intervals.notifications;
                self.put_off.notifications = Pause::default();
                self.asked(pull, false);
            }
        }
        if self.failures > 0 && came != Came::QueueEmpty {
            // The hub may have come back from a backup.
            self.due.reconcile = self.due.reconcile.min(now);
        }
        if came != Came::QueueEmpty {
            self.failures = 0;
            self.breakdowns = 0;
            self.is_paused = false;
            self.was_renewed = false;
        }
    }

    fn failed(&mut self, now: Duration, random: u32, at_least: Duration, is_breakdown: bool) {
        self.failures += 1;
        self.breakdowns = if is_breakdown { self.breakdowns + 1 } else { 0 };
        if self.breakdowns >= BREAKDOWNS && self.singles == 0 {
            self.singles = MOST_EVENTS;
        }
        if !is_breakdown {
            self.others_pass = false;
        }
        self.not_before = now + wait(self.failures, random, at_least);
    }

    /// What is sold, and what it is sold by, does not wait for what the till sells without.
    fn broke_down(&mut self, now: Duration, random: u32, over: Side) {
        let pause = self.put_off.of(over);
        pause.failures += 1;
        pause.until = now + wait(pause.failures, random, Duration::ZERO);
    }

    fn pushed(&mut self, delivered: u32, closures: u32) {
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
