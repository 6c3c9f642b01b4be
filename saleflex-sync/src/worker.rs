//! Asks the plan what to do, does it, and tells the plan what came of it: by hand, one step at a time, or as a thread
//! of its own, [`thread`]. [`watch`] hears at once what changes at the hub.

use std::{io, time::Duration};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use self::secret::Keeper;
use crate::{
    inbox::Inbox,
    outbox::{Outbox, Progress},
    plan::{Came, Schedule, Step},
    pull,
    push::{self, Circumstances},
    reconcile::{self, Finding},
    transport::{Request, Response, Transport},
    wire::{Heartbeat, SCHEMA_VERSION, Secret, Signal, TokenAnswer, enrolment::TokenRequest},
};

pub mod secret;
pub mod thread;
pub mod watch;

/// Where a device's token is traded for a short-lived one.
const TOKEN: &str = "/auth/device/token";

/// What a step needs of the world.
#[derive(Clone, Copy, Debug)]
pub struct Instant {
    /// Since some beginning, by a clock that is never set.
    pub elapsed: Duration,
    /// Now, by the clock on the wall.
    pub now: DateTime<Utc>,
    /// Any number drawn evenly from all of them.
    pub random: u32,
}

/// Who the till is for its hub.
#[derive(Clone, Debug)]
pub struct Device {
    /// The till's id at the hub.
    pub terminal: Uuid,
    /// What it was enrolled with; none with a node of the local network that asks for nothing.
    pub token: Option<Secret>,
    /// The program's version.
    pub software_version: String,
}

/// A connection to one hub.
#[derive(Debug)]
pub struct Worker<O, I> {
    outbox: O,
    inbox: I,
    schedule: Schedule,
    device: Device,
    /// Who keeps the device's secret; without one it stays what it is.
    keeper: Option<Box<dyn Keeper>>,
    /// The short-lived token.
    access: Option<Secret>,
    obeyed: Vec<Uuid>,
    /// The hub's life when it was heard last.
    life: Option<Uuid>,
    /// What the hub may wait to hear of shares, once nothing waits here.
    untold: Untold,
}

/// What a hub may wait to hear of shares.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Untold {
    Nothing,
    /// The program was started: the hub may have been put back meanwhile.
    WhatIsHeld,
    /// The hub became another one: also that nothing is held.
    Everything,
}

/// A failure of the disk on either side.
#[derive(Debug, thiserror::Error)]
pub enum Error<O: std::error::Error + 'static, I: std::error::Error + 'static> {
    /// Of the outbox.
    #[error("the outbox cannot be worked with")]
    Outbox(#[source] O),
    /// Of the inbox.
    #[error("the inbox cannot be worked with")]
    Inbox(#[source] I),
    /// Of what keeps the device's secret.
    #[error("the device's new secret cannot be kept")]
    Secret(#[source] io::Error),
}

/// What a step did.
#[derive(Clone, Debug, PartialEq)]
pub enum Done {
    /// Nothing is due for so long.
    Nothing(Duration),
    /// Something was asked of the hub.
    Step {
        /// What was asked.
        step: Step,
        /// What came of it.
        came: Came,
        /// What comparing found; otherwise in step.
        finding: Finding,
        /// What the hub wants of the people at the till.
        signals: Vec<Signal>,
    },
}

type Failed<O, I> = Error<<O as Outbox>::Error, <I as Inbox>::Error>;

impl<O: Outbox, I: Inbox> Worker<O, I> {
    /// A connection that was not used yet.
    pub const fn new(outbox: O, inbox: I, schedule: Schedule, device: Device) -> Self {
        Self {
            outbox,
            inbox,
            schedule,
            device,
            keeper: None,
            access: None,
            obeyed: Vec::new(),
            life: None,
            untold: Untold::WhatIsHeld,
        }
    }

    /// The same with somebody who keeps the device's secret: one that is old is replaced. Without, none is.
    #[must_use]
    pub fn keeping(self, keeper: impl Keeper + 'static) -> Self {
        Self { keeper: Some(Box::new(keeper)), ..self }
    }

    /// Where the connection stands.
    pub const fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// To wake it or to hurry it.
    pub const fn schedule_mut(&mut self) -> &mut Schedule {
        &mut self.schedule
    }

    /// The outbox.
    pub const fn outbox(&self) -> &O {
        &self.outbox
    }

    /// The inbox.
    pub const fn inbox(&self) -> &I {
        &self.inbox
    }

    /// How far the queue is.
    ///
    /// # Errors
    /// A failure of the outbox' disk.
    pub fn progress(&self) -> Result<Progress, O::Error> {
        self.outbox.progress()
    }

    /// Does the next thing that is due: at most one request.
    ///
    /// # Errors
    /// A failure of either disk; the step is due again, that of a secret a day later.
    pub fn step(&mut self, transport: &mut dyn Transport, at: Instant) -> Result<Done, Failed<O, I>> {
        self.schedule.secret_is(at.elapsed, self.secret_age(at.now));
        let step = self.schedule.next(at.elapsed);
        let (mut finding, mut signals) = (Finding::InStep, Vec::new());
        let token = self.access.clone().or_else(|| self.device.token.clone());
        let token = token.as_ref();
        let life = self.life;
        let came = match step {
            Step::Wait(wait) => return Ok(Done::Nothing(wait)),
            Step::RenewToken => self.renew(transport),
            Step::Reconcile => {
                let (came, found) = reconcile::reconcile(&mut self.outbox, transport, at.now, token)
                    .map_err(Error::Outbox)?;
                finding = found;
                came
            }
            Step::Push(turn) => {
                let circumstances = Circumstances { now: at.now, random: at.random, token };
                push::push(&mut self.outbox, transport, turn, &circumstances).map_err(Error::Outbox)?
            }
            Step::Pull => pull::pull(&mut self.inbox, transport, at.now, token).map_err(Error::Inbox)?,
            Step::Quotas => pull::quotas(&mut self.inbox, transport, at.now, token).map_err(Error::Inbox)?,
            Step::Notifications => {
                pull::notifications(&mut self.inbox, transport, token).map_err(Error::Inbox)?
            }
            Step::Heartbeat => {
                let beat = self.beat(at.now)?;
                let (came, wanted) =
                    pull::heartbeat(transport, &beat, (&mut self.obeyed, &mut self.life), token);
                self.inbox.keep_signals(&wanted).map_err(Error::Inbox)?;
                signals = wanted;
                came
            }
            Step::Rotate => self.rotate(transport, at).map_err(Error::Secret)?,
        };
        self.schedule.came(at.elapsed, at.random, came);
        if life.is_some() && life != self.life {
            // It was started anew, which nobody may have heard: with other books, perhaps.
            self.schedule.compare_now();
            self.untold = Untold::Everything;
        } else if matches!(came, Came::Beaten { .. }) {
            // It has heard by this beat whether something waits.
            self.tell_shares()?;
        }
        if step != Step::Quotas && self.inbox.quotas_wait().map_err(Error::Inbox)? {
            self.schedule.quotas_now();
        }
        Ok(Done::Step { step, came, finding, signals })
    }

    /// Makes the hub hear of shares, unless something waits.
    fn tell_shares(&mut self) -> Result<(), Failed<O, I>> {
        if self.untold == Untold::Nothing || self.outbox.progress().map_err(Error::Outbox)?.waiting > 0 {
            return Ok(());
        }
        if self.untold == Untold::Everything || self.inbox.holds_shares().map_err(Error::Inbox)? {
            self.schedule.quotas_now();
        }
        self.untold = Untold::Nothing;
        Ok(())
    }

    fn beat(&self, now: DateTime<Utc>) -> Result<Heartbeat, Failed<O, I>> {
        let progress = self.outbox.progress().map_err(Error::Outbox)?;
        Ok(Heartbeat {
            schema_version: SCHEMA_VERSION,
            software_version: self.device.software_version.clone(),
            operating_system: Some(std::env::consts::OS.to_owned()),
            epoch: progress.epoch,
            last_seq: progress.last_seq,
            queue_depth: progress.waiting,
            oldest_waiting: progress.oldest_waiting,
            quarantined: progress.quarantined,
            printers: std::collections::BTreeMap::new(),
            pulled_at: self.inbox.pulled_at().map_err(Error::Inbox)?,
            cursor: self.inbox.cursor().map_err(Error::Inbox)?,
            clock: now,
            acknowledged: self.obeyed.clone(),
        })
    }

    /// How old the device's secret is, as far as it may be replaced. A clock that was set back makes it no older.
    fn secret_age(&self, now: DateTime<Utc>) -> Option<Duration> {
        self.device.token.as_ref()?;
        let since = self.keeper.as_ref()?.since()?;
        Some(now.signed_duration_since(since).to_std().unwrap_or_default())
    }

    /// Has the device's secret replaced. What is new is shown once it is kept.
    fn rotate(&mut self, transport: &mut dyn Transport, at: Instant) -> io::Result<Came> {
        self.schedule.asks_for_a_secret(at.elapsed);
        let (Some(keeper), Some(shown)) = (&mut self.keeper, &self.device.token) else {
            return Ok(Came::NotRotated);
        };
        let next = match secret::ask(transport, shown) {
            Ok(next) => next,
            Err(came) => return Ok(came),
        };
        keeper.keep(shown, &next, at.now)?;
        self.device.token = Some(next);
        Ok(Came::Rotated)
    }

    fn renew(&mut self, transport: &mut dyn Transport) -> Came {
        let asked = TokenRequest { api_key: None, terminal_id: self.device.terminal.to_string() };
        let body = serde_json::to_vec(&asked).unwrap_or_default();
        let answer = transport.send(&Request::post(TOKEN, &body).showing(self.device.token.as_ref()));
        match answer {
            Ok(Response { status: 200, body, .. }) => match serde_json::from_slice::<TokenAnswer>(&body) {
                Ok(answer) => {
                    self.access = Some(answer.access);
                    Came::Renewed { good_for: Duration::from_secs(answer.expires_in) }
                }
                Err(_) => Came::Failed { at_least: Duration::ZERO, is_breakdown: false },
            },
            Ok(Response { status: 401 | 403 | 404, .. }) => Came::Refused,
            Ok(Response { retry_after, .. }) => {
                Came::Failed { at_least: retry_after.unwrap_or_default(), is_breakdown: false }
            }
            Err(_) => Came::Failed { at_least: Duration::ZERO, is_breakdown: false },
        }
    }
}
