//! `doctor`: what is wrong with a till, and a bundle of files for those who are to help.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use clap::Args;
use saleflex_store::{Error, Shell, Till, error::OpenError, health::Health, verify::Verification};
use serde::Serialize;
use serde_json::json;

use super::{Call, Ending, answer, bundle};
use crate::{
    device::printer::Printer,
    log,
    program::{self, ProgramConfig},
    start,
};

/// Look for trouble.
#[derive(Args, Clone, Debug)]
pub struct Doctor {
    /// A new folder for a support bundle: figures, settings and logs, nothing personal and no secret.
    #[arg(long, value_name = "FOLDER")]
    bundle: Option<PathBuf>,
    /// Do not look through the journal, which takes as long as it is.
    #[arg(long)]
    quick: bool,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// What was looked at.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Check {
    name: &'static str,
    state: State,
    words: String,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Good,
    Warning,
    Trouble,
}

/// A log this long was not written back for too long: something else reads the file all the time.
const LONG_LOG_BYTES: u64 = 64 * 1_024 * 1_024;
/// With less room than this the till soon sells no more.
const LITTLE_ROOM_BYTES: u64 = 256 * 1_024 * 1_024;
/// With less room than this it is about to stop.
const NO_ROOM_BYTES: u64 = 16 * 1_024 * 1_024;
/// A clock may be set back by so much without harm.
const CLOCK_TOLERANCE_S: i64 = 120;

impl Doctor {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let (path, mut shell) = call.place()?;
        let now = shell.now().instant;
        let mut checks = vec![room(&path)];
        let mut health = None;
        match Till::read(&path, shell) {
            Ok(till) => {
                checks.insert(0, check("file", State::Good, path.display().to_string()));
                match till.health() {
                    Ok(found) => health = Some(found),
                    Err(error) => checks.push(check("integrity", State::Trouble, said(&error))),
                }
                checks.extend(health.iter().flat_map(|health| of_health(health, now)));
                checks.extend(till.connectors().iter().filter_map(|connector| fit(&till, connector)));
                if !self.quick {
                    checks.push(journal(&till));
                }
            }
            Err(Error::Open(OpenError::Missing { .. })) => {
                checks.insert(
                    0,
                    check("file", State::Trouble, format!("there is no till in {}", path.display())),
                );
            }
            Err(error) => {
                checks.insert(0, check("file", State::Trouble, start::words(call.text, &path, &error)));
            }
        }
        checks.push(printer(&path));
        checks.push(logging(&path));
        if let Some(folder) = &self.bundle {
            bundle::write(folder, &path, &checks, health.as_ref().map(shape).as_ref(), call)?;
        }
        self.say(&checks, health.as_ref(), out)?;
        Ok(Ending::good_if(checks.iter().all(|check| check.state != State::Trouble)))
    }

    fn say(&self, checks: &[Check], health: Option<&Health>, out: &mut dyn Write) -> anyhow::Result<()> {
        if self.json {
            let version = env!("CARGO_PKG_VERSION");
            return answer(
                out,
                &json!({ "program": version, "checks": checks, "health": health.map(shape), "bundle": self.bundle }),
            );
        }
        for Check { name, state, words } in checks {
            let mark = match state {
                State::Good => "good   ",
                State::Warning => "warning",
                State::Trouble => "TROUBLE",
            };
            writeln!(out, "{mark}  {name:<9}  {words}")?;
        }
        if let Some(bundle) = &self.bundle {
            writeln!(out, "the support bundle is {}", bundle.display())?;
        }
        Ok(())
    }
}

const fn check(name: &'static str, state: State, words: String) -> Check {
    Check { name, state, words }
}

fn said(error: &Error) -> String {
    crate::message::with_causes(error)
}

/// The figures in JSON.
fn shape(health: &Health) -> serde_json::Value {
    json!({
        "schema": health.schema,
        "newest_schema": health.newest_schema,
        "sqlite": health.sqlite,
        "journal_mode": health.journal_mode,
        "bytes": health.bytes,
        "free_bytes": health.free_bytes,
        "log_bytes": health.log_bytes,
        "findings": health.findings,
        "rows": health.rows,
        "last_event": health.last_event,
        "last_event_at": health.last_event_at,
        "deliveries": health.deliveries,
        "waiting_bytes": health.waiting_bytes,
        "not_queued": health.defects.not_queued.len(),
        "not_listed": health.defects.not_listed.len(),
    })
}

fn of_health(health: &Health, now: DateTime<Utc>) -> Vec<Check> {
    let schema = format!("version {} of {}, SQLite {}", health.schema, health.newest_schema, health.sqlite);
    let integrity = match health.findings.first() {
        None => check("integrity", State::Good, format!("{} bytes, whole", health.bytes)),
        Some(first) => {
            check("integrity", State::Trouble, format!("{first} ({} findings)", health.findings.len()))
        }
    };
    let log = format!("{} bytes, mode {}", health.log_bytes, health.journal_mode);
    let is_log_good = health.log_bytes < LONG_LOG_BYTES && health.journal_mode == "wal";
    let ahead_s = health.last_event_at.map_or(0, |at| (at - now).num_seconds());
    let clock = if ahead_s > CLOCK_TOLERANCE_S {
        check("clock", State::Trouble, format!("the last event was written {ahead_s} s in the future"))
    } else {
        check("clock", State::Good, now.format("%Y-%m-%dT%H:%M:%SZ").to_string())
    };
    vec![
        check("schema", State::Good, schema),
        integrity,
        check("log", if is_log_good { State::Good } else { State::Warning }, log),
        documents(health),
        outbox(health),
        clock,
    ]
}

/// Whether every document that was finished lately is listed.
fn documents(health: &Health) -> Check {
    let count = health.rows.get("document").copied().unwrap_or_default();
    if let Some(first) = health.defects.not_listed.first() {
        let lost = health.defects.not_listed.len();
        let words = format!(
            "not listed: {lost}, the first was finished by event {first}; restore a backup, and report this"
        );
        return check("documents", State::Trouble, words);
    }
    check("documents", State::Good, format!("{count} finished, those of the last two periods all listed"))
}

fn outbox(health: &Health) -> Check {
    let count = |wanted: &[&str]| -> u64 {
        let states = health.deliveries.values().flatten();
        states.filter(|(state, _)| wanted.contains(&state.as_str())).map(|(_, count)| count).sum()
    };
    let (waiting, set_aside) = (count(&["pending", "in_flight"]), count(&["quarantined"]));
    let lost = health.defects.not_queued.len();
    if lost > 0 {
        let words =
            format!("{lost} events are not queued: start the till, which queues them, and report this");
        return check("outbox", State::Trouble, words);
    }
    let bytes = health.waiting_bytes.values().copied().max().unwrap_or_default();
    if health.queue.is_nearly_full(bytes) {
        let limit = health.queue.limit_mib;
        let words = format!("{waiting} events wait, {bytes} bytes of at most {limit} MiB: reach the hub");
        return check("outbox", State::Warning, words);
    }
    let state = if set_aside > 0 { State::Warning } else { State::Good };
    check("outbox", state, format!("{waiting} events wait, {set_aside} are set aside for a person"))
}

/// Whether what a hub sent fits at the till; nothing to say where all of it does.
fn fit(till: &Till, connector: &str) -> Option<Check> {
    let looked = till.pull_state(connector).and_then(|pull| Ok((pull.held, till.held_rows(connector, 1)?)));
    match looked {
        Ok((_, held)) if held.is_empty() => None,
        Ok((count, held)) => {
            let first = held.first().map(|row| format!("{} {}: {}", row.resource, row.id, row.held_for));
            let first = first.unwrap_or_default();
            let words =
                format!("{count} rows of {connector} do not fit, the first is {first}; see `sync status`");
            Some(check("rows", State::Warning, words))
        }
        Err(error) => Some(check("rows", State::Trouble, said(&error))),
    }
}

fn journal(till: &Till) -> Check {
    match till.verify() {
        Ok(Verification::Whole(whole)) => {
            check("journal", State::Good, format!("{} events, whole", whole.events))
        }
        Ok(Verification::Tampered { seq, what }) => {
            check("journal", State::Trouble, format!("tampered with at event {seq}: {what}"))
        }
        Err(error) => check("journal", State::Trouble, said(&error)),
    }
}

fn printer(path: &Path) -> Check {
    let printer =
        ProgramConfig::beside(path).and_then(|config| Ok(config.printer.printer(program::folder(path))?));
    match printer {
        Ok(None) => check("printer", State::Good, "none is set up".to_owned()),
        Ok(Some(mut printer)) => match printer.prepare() {
            Ok(readiness) if readiness.is_paper_low => {
                check("printer", State::Warning, "the roll is near its end".to_owned())
            }
            Ok(_) => check("printer", State::Good, "answers".to_owned()),
            Err(trouble) => check("printer", State::Warning, trouble.to_string()),
        },
        Err(error) => check("printer", State::Trouble, crate::message::with_causes(&error)),
    }
}

fn logging(path: &Path) -> Check {
    let settings = match ProgramConfig::beside(path) {
        Ok(program) => program.log,
        // The printer's check says why they cannot be read.
        Err(_) => {
            return check(
                "logging",
                State::Warning,
                "by the defaults: the settings cannot be read".to_owned(),
            );
        }
    };
    let files = log::files(path, 0).map(|files| files.len());
    match files {
        Ok(_) if settings.level == log::LogLevel::Off => {
            check("logging", State::Warning, "is switched off".to_owned())
        }
        Ok(count) => {
            let level = log::variant(&settings.level).to_lowercase();
            check(
                "logging",
                State::Good,
                format!("level {level}, {count} files in {}", log::folder(path).display()),
            )
        }
        Err(error) => check("logging", State::Warning, error.to_string()),
    }
}

#[cfg(unix)]
fn room(path: &Path) -> Check {
    let folder = program::folder(path);
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    match rustix::fs::statvfs(folder) {
        Ok(disk) => {
            let bytes = disk.f_bavail.saturating_mul(disk.f_frsize);
            let state = if bytes < NO_ROOM_BYTES {
                State::Trouble
            } else if bytes < LITTLE_ROOM_BYTES {
                State::Warning
            } else {
                State::Good
            };
            check("disk", state, format!("{bytes} bytes are free"))
        }
        Err(error) => check("disk", State::Trouble, error.to_string()),
    }
}

/// How much room there is is not told here.
#[cfg(not(unix))]
fn room(_path: &Path) -> Check {
    check("disk", State::Warning, "the room on the disk is not known".to_owned())
}
