//! What is done with a hub, part by part, and what came of it.

use std::time::Duration;

use uuid::Uuid;

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
    /// Have the device's secret replaced, which is old.
    Rotate,
    /// Nothing for so long, unless an event is committed.
    Wait(Duration),
}

/// What a step is part of. The hub may fail at one part and do all others.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Part {
    /// Comparing with what the hub has.
    Reconcile,
    /// Sending events.
    Push,
    /// Shares of limits.
    Quotas,
    /// What changed at the hub.
    Pull,
    /// How the till is.
    Heartbeat,
    /// Messages.
    Notifications,
}

impl Part {
    /// All of them, in the order of their steps.
    pub const ALL: [Self; 6] =
        [Self::Reconcile, Self::Push, Self::Quotas, Self::Pull, Self::Heartbeat, Self::Notifications];
}

// Holds are found by the place of their part.
const _: () = assert!(Part::Notifications as usize + 1 == Part::ALL.len(), "every part is listed");

/// How the next request is filled.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Turn {
    /// At most so many events.
    pub most: u32,
    /// Whether other events pass while some fail: one that then fails often enough is set aside.
    pub others_pass: bool,
}

/// What came of a step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Came {
    /// Nothing is due in the queue.
    QueueEmpty {
        /// The first of what waits is due again in so long; none where nothing waits for its time.
        again_in: Option<Duration>,
    },
    /// The hub spoke about events.
    Pushed {
        /// How many it has now.
        delivered: u32,
        /// How many of them close a period.
        closures: u32,
        /// The hub lacks what it once took: the life of the file, and the number behind which that begins.
        lacks: Option<(Uuid, u64)>,
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
        /// Whether the hub broke down over the events of the request itself: everything else goes on.
        is_breakdown: bool,
    },
    /// The hub answered a request without events, and not with what was asked for: this part waits, all others go on.
    Stumbled {
        /// What it failed at.
        part: Part,
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
    /// The device's secret was replaced, and the new one is kept.
    Rotated,
    /// The hub gives no other secret for it, or cannot: the one that there is goes on.
    NotRotated,
    /// Messages were taken.
    Notified {
        /// One of them says that something changed.
        pull: bool,
    },
}

impl Came {
    /// The part that passed, if one did. A queue in which nothing is due says nothing of the hub.
    pub(super) const fn passed(self) -> Option<Part> {
        match self {
            Self::Reconciled { .. } => Some(Part::Reconcile),
            Self::Pushed { .. } | Self::Split { .. } => Some(Part::Push),
            Self::Lent => Some(Part::Quotas),
            Self::Pulled { .. } | Self::NotAllowed | Self::CursorExpired => Some(Part::Pull),
            Self::Beaten { .. } => Some(Part::Heartbeat),
            Self::Notified { .. } => Some(Part::Notifications),
            Self::QueueEmpty { .. }
            | Self::Suspect
            | Self::Failed { .. }
            | Self::Stumbled { .. }
            | Self::Unauthorized
            | Self::Refused
            | Self::Renewed { .. }
            | Self::Rotated
            | Self::NotRotated => None,
        }
    }
}
