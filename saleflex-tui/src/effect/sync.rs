//! What carrying effects out means for the connection to a hub: it starts with the program, what it brings is taken
//! over between two documents, and what it finds out about the till is heeded.
//!
//! **Invariant:** nothing here waits for a hub, but a script that says so. The connection works in threads of its own; enrolment does too.

use std::{collections::BTreeSet, sync::mpsc, thread, time::Duration};

use saleflex_store::{Error, Shell, Till};
use saleflex_sync::{
    plan::{Came, Part},
    reconcile::Finding,
    till::{heed, take_over},
    transport::Address,
    wire::{Domain, enrolment::Enrolled},
    worker::thread::Status,
};
use uuid::Uuid;

use super::{Denial, Desk, Outcome, Secret};
use crate::{
    listing::messages,
    message,
    program::ProgramConfig,
    sync::{EnrolError, Link, SyncError, SyncMode, enrol, take_number, write_token},
    text::Key,
};

/// The most rows that are taken over between two looks at the keyboard.
const MOST_ROWS: usize = 500;
/// How often whoever waits for the hub's answer looks for it.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// How often they ask a store's hub again that has asked the company's.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// How the connection stands: for the status bar.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SyncStatus {
    /// The till talks to a hub.
    pub is_connected: bool,
    /// Events that wait.
    pub waiting: u64,
    /// Events set aside for a person.
    pub quarantined: u64,
    /// Rows of the hub that do not fit at the till.
    pub held: u64,
    /// The hub does not answer.
    pub is_away: bool,
    /// The hub refuses the till.
    pub is_refused: bool,
    /// What the hub fails at while it answers.
    pub failing: Option<Part>,
    /// Messages that nobody has read.
    pub unread: u64,
}

/// Something to be told once.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct News {
    /// It is as one wishes.
    pub is_good: bool,
    /// In words.
    pub words: String,
}

/// What somebody does about the connection.
#[derive(Clone, Debug, PartialEq)]
pub enum SyncAct {
    /// Send an event once more that was set aside.
    Release(u64),
    /// Write an event off that was set aside.
    WriteOff {
        /// Which.
        no: u64,
        /// Why.
        reason: String,
    },
    /// A message was read.
    Read(Uuid),
    /// Everything now.
    Now,
}

/// A hub that the till is to get known to.
#[derive(Clone, Debug, PartialEq)]
pub struct Enrolment {
    /// The store's own node or the company's hub.
    pub mode: SyncMode,
    /// Where it is.
    pub address: Address,
    /// The code that was given out there.
    pub code: Secret,
}

type Answer = Result<Enrolled, EnrolError>;

/// The connection, and what was seen of it.
#[derive(Default)]
pub(super) struct Connection {
    /// The program runs for a cashier: it connects.
    is_live: bool,
    link: Option<Link>,
    status: SyncStatus,
    seen: Option<Status>,
    /// The till's last event that the connection was woken for.
    head: i64,
    /// Rows may wait to be taken over.
    rows_wait: bool,
    /// What is not taken over, because the till keeps it for itself.
    kept: Vec<Domain>,
    /// What was done last was refused because the hub has yet to answer.
    is_asked: bool,
    /// What was found out about the till and done about.
    heeded: Option<Finding>,
    /// How many events the hub noticed something about, as of the last look.
    flagged: Option<u64>,
    enrolling: Option<(SyncMode, Address, mpsc::Receiver<Answer>)>,
    news: Vec<News>,
}

impl<S: Shell + Clone + 'static> Desk<S> {
    /// Connects the till as its settings say, from now on and whenever they change.
    pub fn go_live(&mut self) {
        self.connection.is_live = true;
        self.connect();
    }

    /// Lets the connection go and begins anew with what the settings say now.
    pub(super) fn connect(&mut self) {
        let Some(till) = self.till.as_mut() else { return };
        till.set_points_authority(None);
        let is_live = self.connection.is_live;
        if let Some(link) = self.connection.link.take() {
            // It ends with the request under way, and nobody at the screen waits for that.
            drop(thread::spawn(move || drop(link)));
        }
        self.connection = Connection { is_live, rows_wait: true, ..Connection::default() };
        let settings = match ProgramConfig::beside(till.path()) {
            Ok(program) => program.sync,
            // Told where devices are set up from the same file.
            Err(_) => return,
        };
        if settings.mode == SyncMode::Standalone {
            return;
        }
        self.connection.status.is_connected = true;
        self.connection.kept = settings.kept();
        if !is_live {
            return;
        }
        let started = Link::start(&settings, till, self.shell.clone()).and_then(|link| {
            till.set_points_authority(settings.points(till, self.shell.clone())?);
            Ok(link)
        });
        match started {
            Ok(link) => self.connection.link = Some(link),
            Err(error) => self.trouble(&message::with_causes(&error)),
        }
    }

    /// How the connection stands and what there is to tell of it. Called between any two keys: takes over what came,
    /// a part of it at a time, and only while no document is open.
    pub fn sync(&mut self) -> (SyncStatus, Vec<News>) {
        self.take_enrolment();
        if let Err(error) = self.look_at_connection() {
            self.trouble(&message::error(self.text, &error));
        }
        (self.connection.status.clone(), std::mem::take(&mut self.connection.news))
    }

    fn look_at_connection(&mut self) -> Result<(), Error> {
        let Some(till) = self.till.as_mut() else { return Ok(()) };
        let head = till.chain_head().seq;
        let is_new = std::mem::replace(&mut self.connection.head, head) != head;
        let Some(link) = &self.connection.link else {
            return if is_new { self.look_at_queue() } else { Ok(()) };
        };
        if is_new {
            link.wake();
        }
        let (connector, status) = (link.connector(), link.status());
        if self.connection.seen.as_ref() != Some(&status) {
            let now = till.now().instant;
            let unread = till.messages(now)?;
            let before = self.connection.seen.replace(status.clone()).unwrap_or_default();
            self.connection.rows_wait |= status.steps > before.steps;
            let known = &self.connection.status;
            let stands = SyncStatus { held: known.held, ..stands(&status, unread.len()) };
            self.look_at_flags(connector)?;
            let was = std::mem::replace(&mut self.connection.status, stands);
            self.tell(&was, &status);
            if self.connection.status.unread > was.unread
                && let Some(last) = unread.last()
            {
                let (title, body) = messages::said(self.text, last);
                let values = [("title", title.as_str()), ("body", &body)];
                self.news(true, self.text.fill(Key::HubMessage, &values));
            }
            if status.finding != self.connection.heeded {
                self.heed(status.finding)?;
            }
        }
        self.take_rows(connector)
    }

    /// How the queue stands of a connection that is not at work.
    fn look_at_queue(&mut self) -> Result<(), Error> {
        let Some(till) = self.till.as_mut() else { return Ok(()) };
        let Some(connector) = connector(till).filter(|name| till.connectors().iter().any(|one| one == name))
        else {
            return Ok(());
        };
        let (progress, now) = (till.outbox(connector)?.progress()?, till.now().instant);
        let (unread, held) = (till.messages(now)?.len(), till.pull_state(connector)?.held);
        let status = &mut self.connection.status;
        status.held = held;
        (status.waiting, status.quarantined) = (progress.waiting, progress.quarantined);
        status.unread = u64::try_from(unread).unwrap_or(u64::MAX);
        self.look_at_flags(connector)
    }

    /// Tells what is new of how the connection stands.
    fn tell(&mut self, was: &SyncStatus, status: &Status) {
        let now = self.connection.status.clone();
        let is_first = status.steps == 0;
        if now.is_refused && !was.is_refused {
            self.news(false, self.text.word(Key::HubRefuses).to_owned());
        } else if now.is_away && !was.is_away {
            self.news(false, self.text.word(Key::HubAway).to_owned());
        } else if !now.is_away && was.is_away && !is_first {
            self.news(true, self.text.word(Key::HubBack).to_owned());
        }
        if let Some(part) = now.failing.filter(|_| now.failing != was.failing) {
            let what = self.text.word(part_key(part)).to_owned();
            self.news(false, self.text.fill(Key::HubFails, &[("what", &what)]));
        }
        if now.quarantined > was.quarantined {
            let count = now.quarantined.to_string();
            self.news(false, self.text.fill(Key::HubSetAside, &[("count", &count)]));
        }
        if let Some(trouble) = &status.trouble {
            self.trouble(trouble);
        }
    }

    /// Tells what the hub noticed about events that it took, since the last look.
    fn look_at_flags(&mut self, connector: &str) -> Result<(), Error> {
        let Some(till) = self.till.as_ref() else { return Ok(()) };
        let outbox = till.outbox(connector)?;
        let count = outbox.progress()?.flagged;
        let known = self.connection.flagged.replace(count).unwrap_or(count);
        if count <= known {
            return Ok(());
        }
        let new = outbox.flagged(u32::try_from(count - known).unwrap_or(u32::MAX))?;
        let flags: BTreeSet<String> = new.into_iter().flat_map(|event| event.flags).collect();
        let flags = flags.into_iter().collect::<Vec<_>>().join(", ");
        let count = (count - known).to_string();
        self.news(false, self.text.fill(Key::HubFlagged, &[("count", &count), ("flags", &flags)]));
        Ok(())
    }

    /// Does what was found out about the till, where no document is open; else it is tried with the next look.
    fn heed(&mut self, finding: Option<Finding>) -> Result<(), Error> {
        let Some(till) = self.till.as_mut().filter(|till| till.is_between_documents()) else {
            self.connection.seen = None;
            return Ok(());
        };
        let words = match &finding {
            Some(another @ Finding::AnotherFile { .. }) => {
                heed(till, another)?;
                Some((false, Key::HubAnotherFile))
            }
            Some(finding) => heed(till, finding)?.then_some((false, Key::HubOlder)),
            None => None,
        };
        self.connection.heeded = finding;
        if let Some((is_good, key)) = words {
            self.news(is_good, self.text.word(key).to_owned());
            if let Some(link) = &self.connection.link {
                link.force();
            }
        }
        Ok(())
    }

    fn take_rows(&mut self, connector: &str) -> Result<(), Error> {
        if !self.connection.rows_wait {
            return Ok(());
        }
        let Some(till) = self.till.as_mut() else { return Ok(()) };
        let taken = take_over(till, connector, &self.connection.kept, MOST_ROWS)?;
        self.connection.status.held = till.pull_state(connector)?.held;
        self.connection.rows_wait = taken.is_put_off || taken.is_more;
        if taken.taken > 0 {
            self.take_pages();
            let count = taken.taken.to_string();
            self.news(true, self.text.fill(Key::HubTaken, &[("count", &count)]));
        }
        Ok(())
    }

    /// Asks a hub to take the till in, in a thread of its own.
    pub(super) fn enrol(&mut self, enrolment: Enrolment) {
        let Some(till) = self.till.as_mut() else { return };
        let Enrolment { mode, address, code } = enrolment;
        let (serial, currency) = (till.identity().terminal.to_string(), till.currency().code());
        let (answer, answers) = mpsc::channel();
        let asked = address.clone();
        let run = move || {
            // Nobody listens any more where the program has ended.
            let _ = answer.send(enrol(&asked, &code.0, (&serial, currency)));
        };
        match thread::Builder::new().name("saleflex-enrol".to_owned()).spawn(run) {
            Ok(_) => {
                self.connection.enrolling = Some((mode, address, answers));
                self.news(true, self.text.word(Key::EnrolAsking).to_owned());
            }
            Err(error) => self.trouble(&error.to_string()),
        }
    }

    fn take_enrolment(&mut self) {
        let Some((mode, address, answers)) = &self.connection.enrolling else { return };
        let Ok(answer) = answers.try_recv() else { return };
        let (mode, address) = (*mode, address.clone());
        self.connection.enrolling = None;
        let news = match answer.map_err(|error| message::with_causes(&error)).and_then(|enrolled| {
            let kept = self.keep_enrolment(mode, &address, &enrolled);
            kept.map(|()| enrolled.terminal).map_err(|error| message::with_causes(&error))
        }) {
            Ok(terminal) => {
                let values = [("terminal", terminal.terminal_code.as_str()), ("store", &terminal.store_name)];
                News { is_good: true, words: self.text.fill(Key::EnrolDone, &values) }
            }
            Err(why) => News { is_good: false, words: self.text.fill(Key::EnrolFailed, &[("why", &why)]) },
        };
        self.connection.news.push(news);
    }

    fn keep_enrolment(
        &mut self,
        mode: SyncMode,
        address: &Address,
        enrolled: &Enrolled,
    ) -> Result<(), SyncError> {
        let Some(till) = self.till.as_mut() else { return Err(SyncError::Standalone) };
        let now = till.now().instant;
        write_token(till.path(), &enrolled.token, now)?;
        let mut program = ProgramConfig::beside(till.path()).unwrap_or_default();
        program.sync = program.sync.enrolled(mode, address, enrolled);
        program.write(till.path()).map_err(|error| SyncError::Settings(Box::new(error)))?;
        // The code is used up: the till is taken in, whatever becomes of its number.
        let numbered = take_number(till, enrolled);
        self.connect();
        if let Err(error) = numbered {
            self.trouble(&message::with_causes(&error));
        }
        Ok(())
    }

    /// Does something about the connection.
    pub(super) fn act_on_sync(&mut self, act: &SyncAct) -> Result<Outcome, Denial> {
        let text = self.text;
        let Some(till) = self.till.as_mut() else {
            return Err(Denial::Said(text.word(Key::NotLoggedIn).to_owned()));
        };
        let done = match act {
            SyncAct::Release(no) => release(till, *no).map(|is_done| (is_done, Key::SaidReleased, *no)),
            SyncAct::WriteOff { no, reason } => {
                write_off(till, *no, reason).map(|()| (true, Key::SaidWrittenOff, *no))
            }
            SyncAct::Read(id) => till.message_read(*id).map(|_| (true, Key::SaidRead, 0)),
            SyncAct::Now => Ok((true, Key::SaidForced, 0)),
        };
        let (is_done, said, no) = done.map_err(|error| Denial::Said(message::error(text, &error)))?;
        if !is_done {
            return Err(Denial::Said(text.word(Key::NotSetAside).to_owned()));
        }
        match &self.connection.link {
            Some(link) => link.force(),
            None => self.connection.head = 0,
        }
        let message = text.fill(said, &[("number", &no.to_string())]);
        Ok(Outcome { message: Some(message), ..Outcome::default() })
    }

    /// Somebody waits for what the hub shall lend; whether it has yet to answer at all.
    pub(super) fn ask_hub(&mut self, is_on_its_way: bool) {
        self.connection.is_asked |= is_on_its_way;
        if let Some(link) = &self.connection.link {
            link.wake();
        }
    }

    /// Whether what was done last was refused because the hub has yet to answer; told once.
    pub(crate) fn was_asked(&mut self) -> bool {
        std::mem::take(&mut self.connection.is_asked)
    }

    /// Waits until the hub has answered what it was asked to lend, so long at most, and where it is a store's that asks the
    /// company's until it has heard that; whether it has. For scripts alone: nobody at a screen waits for a hub.
    ///
    /// # Errors
    /// A failure of the disk.
    pub(crate) fn wait_for_hub(&mut self, most: Duration) -> Result<bool, Error> {
        let Some(till) = self.till.as_mut() else { return Ok(true) };
        let known = |name: &&str| till.connectors().iter().any(|one| one == name);
        let Some(connector) = connector(till).filter(known) else { return Ok(true) };
        let inbox = till.inbox(connector)?;
        let Some(link) = &self.connection.link else { return Ok(!inbox.quotas_wait()?) };
        link.wake();
        // What nobody sends is waited for as long as one likes.
        let (_kept, never) = mpsc::channel::<()>();
        let mut left = most;
        loop {
            let pause = if inbox.quotas_wait()? {
                LOOK_AGAIN
            } else if till.ask_quotas_again(connector)? {
                link.wake();
                ASK_AGAIN
            } else {
                return Ok(true);
            };
            let Some(rest) = left.checked_sub(pause) else { return Ok(false) };
            let _ = never.recv_timeout(pause);
            left = rest;
        }
    }

    fn news(&mut self, is_good: bool, words: String) {
        self.connection.news.push(News { is_good, words });
    }

    fn trouble(&mut self, why: &str) {
        let words = self.text.fill(Key::HubTrouble, &[("why", why)]);
        self.news(false, words);
    }
}

/// What a part of talking to the hub is called.
pub(crate) const fn part_key(part: Part) -> Key {
    match part {
        Part::Reconcile => Key::HubPartCompare,
        Part::Push => Key::HubPartSend,
        Part::Quotas => Key::HubPartShares,
        Part::Pull => Key::HubPartChanges,
        Part::Heartbeat => Key::HubPartState,
        Part::Notifications => Key::HubPartMessages,
    }
}

/// The connector of the hub that the till talks to.
pub(crate) fn connector(till: &Till) -> Option<&'static str> {
    ProgramConfig::beside(till.path()).unwrap_or_default().sync.connector().ok()
}

fn release(till: &Till, no: u64) -> Result<bool, Error> {
    let Some(connector) = connector(till) else { return Ok(false) };
    till.outbox(connector)?.release(no)
}

fn write_off(till: &mut Till, no: u64, reason: &str) -> Result<(), Error> {
    let connector = connector(till).unwrap_or_default();
    till.discard_delivery(connector, no, reason.to_owned())
}

fn stands(status: &Status, unread: usize) -> SyncStatus {
    let progress = status.progress;
    SyncStatus {
        is_connected: true,
        waiting: progress.map_or(0, |progress| progress.waiting),
        quarantined: progress.map_or(0, |progress| progress.quarantined),
        held: 0,
        is_away: status.failures > 0 || matches!(status.last, Some(Came::Failed { is_breakdown: false, .. })),
        is_refused: status.is_paused,
        failing: status.failing,
        unread: u64::try_from(unread).unwrap_or(u64::MAX),
    }
}
