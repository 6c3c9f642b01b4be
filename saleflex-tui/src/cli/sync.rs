//! `sync`: how the till stands with its hub, and what somebody does about it.

use std::{collections::BTreeSet, io::Write, time::Duration};

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use clap::Subcommand;
use saleflex_core::ids::ClosureNumber;
use saleflex_store::{
    Till,
    inbox::{HeldRow, PullState},
    outbox::{Failure, Flagged},
    quotas::Share,
};
use saleflex_sync::{
    outbox::Progress,
    plan::{Came, Part},
    reconcile::Finding,
    till::{self, take_over},
    transport::{Address, HttpTransport},
    worker::{Done, Instant},
};
use serde_json::{Value, json};

use super::{Call, Ending, answer, secret::Person};
use crate::{
    sync::{SyncMode, SyncSettings, TillWorker, enrol as enrol_at, secret_since, take_number, write_token},
    text::{Key, Text},
};

/// The till and its hub.
#[derive(Clone, Debug, Subcommand)]
pub enum Sync {
    /// What waits, what was set aside and why, when the till last asked for changes.
    Status {
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Send what waits, now.
    Push,
    /// Ask for what changed, and take it over.
    Pull,
    /// Connect this till to a hub, with a code that somebody there gave out for it.
    Enrol {
        /// Where the hub is: `https://hub.example.com`, `10.0.0.5:9000`.
        #[arg(long)]
        address: String,
        /// The code: good once, for fifteen minutes.
        #[arg(long)]
        code: String,
        /// The store's own node and not the company's hub.
        #[arg(long)]
        office: bool,
        /// Who connects it; the secret is read from the variable `SALEFLEX_SECRET`, else asked for.
        #[arg(long, value_name = "NAME")]
        user: String,
    },
    /// Let this till work on its own. What was not delivered waits, and goes to the hub that it is enrolled at next.
    Leave {
        /// Who does it; the secret is read from the variable `SALEFLEX_SECRET`, else asked for.
        #[arg(long, value_name = "NAME")]
        user: String,
    },
    /// Send an event that was set aside once more.
    Release {
        /// Its number, from `sync status`.
        number: u64,
    },
    /// Write an event off that was set aside: it is never sent. It stays in the journal, with who did it and why.
    WriteOff {
        /// Its number, from `sync status`.
        number: u64,
        /// Why.
        #[arg(long)]
        reason: String,
        /// Who does it; the secret is read from the variable `SALEFLEX_SECRET`, else asked for.
        #[arg(long, value_name = "NAME")]
        user: String,
    },
}

impl Sync {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<Ending> {
        match self {
            Self::Status { json } => status(call, *json, out),
            Self::Push => steps(call, Wanted::Push, out),
            Self::Pull => steps(call, Wanted::Pull, out),
            Self::Enrol { address, code, office, user } => {
                let mode = if *office { SyncMode::Office } else { SyncMode::Gate };
                enrol(call, address, code, mode, user, out)
            }
            Self::Leave { user } => leave(call, user, out),
            Self::Release { number } => {
                let (till, settings) = connected(call)?;
                let mut outbox = till.outbox(settings.connector()?).map_err(|error| call.words(&error))?;
                if !outbox.release(*number).map_err(|error| call.words(&error))? {
                    bail!(call.text.fill(Key::SyncNotAside, &[("number", &number.to_string())]));
                }
                let said = call.text.fill(Key::SyncSentAgain, &[("number", &number.to_string())]);
                writeln!(out, "{said}")?;
                Ok(Ending::Good)
            }
            Self::WriteOff { number, reason, user } => {
                let (mut till, settings) = connected(call)?;
                Person { user: user.clone() }.log_in(call, &mut till)?;
                let written_off = till.discard_delivery(settings.connector()?, *number, reason.clone());
                written_off.map_err(|error| call.words(&error))?;
                let said = call.text.fill(Key::SyncWrittenOff, &[("number", &number.to_string())]);
                writeln!(out, "{said}")?;
                Ok(Ending::Good)
            }
        }
    }
}

fn connected(call: &Call<'_>) -> anyhow::Result<(Till, SyncSettings)> {
    let settings = call.program()?.sync;
    settings.connector()?;
    Ok((call.till()?, settings))
}

fn status(call: &Call<'_>, json: bool, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let (till, settings) = connected(call)?;
    let connector = settings.connector()?;
    let outbox = till.outbox(connector).map_err(|error| call.words(&error))?;
    let progress = outbox.progress().map_err(|error| call.words(&error))?;
    let aside = outbox.quarantined().map_err(|error| call.words(&error))?;
    let flagged = outbox.flagged(NAMED).map_err(|error| call.words(&error))?;
    let pull = till.pull_state(connector).map_err(|error| call.words(&error))?;
    let held = till.held_rows(connector, NAMED).map_err(|error| call.words(&error))?;
    let shares = till.quota_shares(connector).map_err(|error| call.words(&error))?;
    let secret_since = secret_since(till.path())?;
    let kept: Vec<String> = settings.kept().iter().map(ToString::to_string).collect();
    if json {
        let aside: Vec<_> = aside
            .iter()
            .map(|(number, why)| json!({"number": number, "code": why.code, "detail": why.detail}))
            .collect();
        answer(
            out,
            &json!({
                "connector": connector,
                "address": settings.address,
                "secret_since": secret_since,
                "last_event": progress.last_no,
                "waiting": progress.waiting,
                "oldest_waiting": progress.oldest_waiting,
                "set_aside": aside,
                "flagged": flagged
                    .iter()
                    .map(|event| json!({"number": event.no, "kind": event.kind, "flags": event.flags}))
                    .collect::<Vec<_>>(),
                "pulled_at": pull.pulled_at,
                "authority": pull.authority,
                "keeps": kept,
                "rows_held": pull.held,
                "held": held.iter().map(row).collect::<Vec<_>>(),
                "shares": shares.iter().map(share).collect::<Vec<_>>(),
            }),
        )?;
    } else {
        let told = Told {
            connector,
            settings: &settings,
            secret_since,
            progress: &progress,
            aside: &aside,
            flagged: &flagged,
        };
        told.say(call.text, out)?;
        say_pulled(call.text, &pull, &kept, &held, out)?;
        let left = shares.iter().filter(|share| share.left() > 0).count().to_string();
        if !shares.is_empty() {
            let values = [("left", left.as_str()), ("all", &shares.len().to_string())];
            writeln!(out, "{}", call.text.fill(Key::SyncShares, &values))?;
        }
    }
    Ok(Ending::good_if(aside.is_empty() && pull.held == 0))
}

/// How the outbox stands, in words.
struct Told<'a> {
    connector: &'a str,
    settings: &'a SyncSettings,
    secret_since: Option<DateTime<Utc>>,
    progress: &'a saleflex_store::outbox::Progress,
    aside: &'a [(u64, Failure)],
    flagged: &'a [Flagged],
}

impl Told<'_> {
    fn say(&self, text: &Text, out: &mut dyn Write) -> anyhow::Result<()> {
        let values = [("connector", self.connector), ("address", &self.settings.address)];
        writeln!(out, "{}", text.fill(Key::SyncAt, &values))?;
        if let Some(since) = self.secret_since {
            let at = since.format(MINUTE).to_string();
            writeln!(out, "{}", text.fill(Key::SyncSecretSince, &[("at", &at)]))?;
        }
        let [waiting, all] = [self.progress.waiting, self.progress.last_no].map(|count| count.to_string());
        writeln!(out, "{}", text.fill(Key::SyncSaysWaiting, &[("waiting", &waiting), ("all", &all)]))?;
        if let Some(oldest) = self.progress.oldest_waiting {
            let at = oldest.format(MINUTE).to_string();
            writeln!(out, "{}", text.fill(Key::SyncOldest, &[("at", &at)]))?;
        }
        for (number, why) in self.aside {
            let (number, why) = (number.to_string(), format!("{} {}", why.code, why.detail));
            writeln!(out, "{}", text.fill(Key::SyncAside, &[("number", &number), ("why", &why)]))?;
        }
        for event in self.flagged {
            let (number, flags) = (event.no.to_string(), event.flags.join(", "));
            writeln!(out, "{}", text.fill(Key::SyncFlagged, &[("number", &number), ("flags", &flags)]))?;
        }
        Ok(())
    }
}

/// When changes were asked for, who decides what, and what of them does not fit.
fn say_pulled(
    text: &Text,
    pull: &PullState,
    kept: &[String],
    held: &[HeldRow],
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    match pull.pulled_at {
        Some(at) => {
            let at = at.format(MINUTE).to_string();
            writeln!(out, "{}", text.fill(Key::SyncAsked, &[("at", &at)]))?;
        }
        None => writeln!(out, "{}", text.word(Key::SyncNeverAsked))?,
    }
    let left = pull.authority.iter().filter(|(_, who)| *who == "terminal");
    let decided = left.map(|(domain, _)| domain.clone()).chain(kept.iter().cloned());
    for domain in decided.collect::<BTreeSet<_>>() {
        writeln!(out, "{}", text.fill(Key::SyncDecided, &[("domain", &domain)]))?;
    }
    if pull.held > 0 {
        writeln!(out, "{}", text.fill(Key::SyncHeld, &[("count", &pull.held.to_string())]))?;
        for HeldRow { resource, id, held_for, .. } in held {
            writeln!(out, "  {resource} {id}: {held_for}")?;
        }
    }
    Ok(())
}

/// A moment in a line of words.
const MINUTE: &str = "%Y-%m-%d %H:%M UTC";

/// How many rows that do not fit are named.
const NAMED: u32 = 100;

/// A row that does not fit, for programs.
fn row(held: &HeldRow) -> Value {
    json!({ "resource": held.resource, "id": held.id, "why": held.held_for })
}

/// A share of a limit, for programs.
fn share(share: &Share) -> Value {
    json!({
        "kind": share.quota.kind,
        "subject": share.quota.subject,
        "customer": share.quota.customer,
        "granted": share.granted,
        "returned": share.returned,
        "used": share.used,
        "left": share.left(),
        "expires_at": share.expires_at,
    })
}

/// Rows that are taken over in one transaction.
const AT_ONCE: usize = 5_000;

/// What somebody wants done now.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Wanted {
    Push,
    Pull,
}

/// Lets the worker do its steps until what was wanted is done. Nothing waits here: a hub that does not answer ends it.
fn steps(call: &Call<'_>, wanted: Wanted, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let (mut till, settings) = connected(call)?;
    let mut worker = settings.connect(&till)?;
    let mut transport = settings.transport()?;
    let mut delivered = 0;
    let end = loop {
        let Done::Step { step, came, finding, .. } = one_step(&mut till, &mut worker, &mut transport)? else {
            break Came::QueueEmpty { again_in: None };
        };
        heed(call, &mut till, &finding, out)?;
        match (came, step) {
            (Came::Pushed { delivered: now, .. }, _) => delivered += now,
            (Came::Failed { .. } | Came::Refused | Came::Suspect, _) => break came,
            // A token that is traded is renewed first.
            (Came::Unauthorized, _) if worker.schedule().is_paused() => break came,
            (Came::QueueEmpty { .. }, _) if wanted == Wanted::Push => break came,
            (
                Came::Pulled { has_more: false } | Came::NotAllowed | Came::Stumbled { part: Part::Pull },
                _,
            ) if wanted == Wanted::Pull => break came,
            _ => {}
        }
    };
    if wanted == Wanted::Push {
        let Progress { waiting, quarantined, .. } = worker.progress()?;
        let [delivered, waiting, aside] =
            [u64::from(delivered), waiting, quarantined].map(|count| count.to_string());
        let values = [("delivered", &*delivered), ("waiting", &*waiting), ("aside", &*aside)];
        // Said at once: nobody looks for what a message does not name.
        let key = if quarantined > 0 { Key::SyncDeliveredAside } else { Key::SyncDelivered };
        writeln!(out, "{}", call.text.fill(key, &values))?;
    } else {
        let mut taken = 0;
        let held = loop {
            let part = take_over(&mut till, settings.connector()?, &settings.kept(), AT_ONCE);
            let part = part.map_err(|error| call.words(&error))?;
            taken += part.taken;
            if !part.is_more {
                break part.held;
            }
        };
        let [taken, held] = [taken.to_string(), held.to_string()];
        writeln!(out, "{}", call.text.fill(Key::SyncTaken, &[("taken", &taken), ("held", &held)]))?;
    }
    match end {
        Came::Failed { .. } | Came::Suspect | Came::Stumbled { .. } => {
            writeln!(out, "{}", call.text.word(Key::SyncNoAnswer))?;
        }
        Came::Refused | Came::Unauthorized | Came::NotAllowed => {
            writeln!(out, "{}", call.text.word(Key::SyncRefused))?;
        }
        _ => return Ok(Ending::Good),
    }
    Ok(Ending::Trouble)
}

/// Does what was found out about the till, and says so.
fn heed(call: &Call<'_>, till: &mut Till, finding: &Finding, out: &mut dyn Write) -> anyhow::Result<()> {
    till::heed(till, finding).map_err(|error| call.words(&error))?;
    if matches!(finding, Finding::TillIsOlder { .. }) {
        writeln!(out, "{}", call.text.word(Key::SyncOlderCopy))?;
    } else if let Some(ClosureNumber(next)) = finding.goes_on_from() {
        writeln!(out, "{}", call.text.fill(Key::SyncAhead, &[("period", &next.to_string())]))?;
    }
    Ok(())
}

fn one_step(till: &mut Till, worker: &mut TillWorker, transport: &mut HttpTransport) -> anyhow::Result<Done> {
    // Nothing waits in a command that somebody started, so the time since its beginning stands still.
    let at = Instant { elapsed: Duration::from_secs(1), now: till.now().instant, random: 0 };
    Ok(worker.step(transport, at)?)
}

fn enrol(
    call: &Call<'_>,
    address: &str,
    code: &str,
    mode: SyncMode,
    user: &str,
    out: &mut dyn Write,
) -> anyhow::Result<Ending> {
    let address = Address::parse(address)?;
    let mut till = call.till()?;
    Person { user: user.to_owned() }.log_in(call, &mut till)?;
    let serial = till.identity().terminal.to_string();
    // Whoever may not change the settings is told before the code is used up.
    let connector = mode.mode().connector().context("an office or a gate has a connector")?;
    let mut program = call.program()?;
    let chosen = till.choose_hub(program.sync.hub(), Some((connector, &address.to_string())));
    chosen.map_err(|error| call.words(&error))?;
    let enrolled = enrol_at(&address, code, (&serial, till.currency().code()))?;
    let now = till.now().instant;
    write_token(till.path(), &enrolled.token, now)?;
    program.sync = program.sync.enrolled(mode, &address, &enrolled);
    program.write(till.path())?;
    let terminal = &enrolled.terminal;
    let values = [
        ("terminal", terminal.terminal_code.as_str()),
        ("store", &terminal.store_name),
        ("address", &address.to_string()),
    ];
    writeln!(out, "{}", call.text.fill(Key::SyncEnrolled, &values))?;
    // The code is used up: the till is taken in, whatever becomes of its number.
    take_number(&mut till, &enrolled)?;
    Ok(Ending::Good)
}

fn leave(call: &Call<'_>, user: &str, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let mut program = call.program()?;
    program.sync.connector()?;
    let mut till = call.till()?;
    Person { user: user.to_owned() }.log_in(call, &mut till)?;
    till.choose_hub(program.sync.hub(), None).map_err(|error| call.words(&error))?;
    program.sync = program.sync.on_its_own();
    program.write(till.path())?;
    writeln!(out, "{}", call.text.word(Key::SyncLeft))?;
    Ok(Ending::Good)
}
