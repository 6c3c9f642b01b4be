//! What is wrong with a till: its file, its journal, what waits for a hub, the disk, the clock, the printer.
//!
//! `saleflex doctor` looks at all of it, the service screen at what is quickly seen.

use std::{fs, path::Path};

use chrono::{DateTime, Utc};
use saleflex_store::{Error, Till, health::Health, verify::Verification};
use serde::Serialize;

use crate::{
    device::printer::Printer,
    log, message,
    program::{self, ProgramConfig},
    text::{Key, Text},
};

/// What was looked at.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Check {
    /// What it is called, in every language.
    pub(crate) name: &'static str,
    /// How it stands.
    pub(crate) state: State,
    /// What was found.
    pub(crate) words: String,
    /// What people call it.
    #[serde(skip)]
    pub(crate) title: Key,
}

/// How it stands with something.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// As it should be.
    Good,
    /// It still works; somebody should look.
    Warning,
    /// It is broken.
    Trouble,
}

impl State {
    /// The word for it.
    pub(crate) const fn key(self) -> Key {
        match self {
            Self::Good => Key::CheckGood,
            Self::Warning => Key::CheckWarning,
            Self::Trouble => Key::CheckTrouble,
        }
    }
}

impl Check {
    /// A line for people.
    pub(crate) fn line(&self, text: &Text) -> String {
        let (state, title) = (text.word(self.state.key()), text.word(self.title));
        format!("{state:<7}  {title:<9}  {}", self.words)
    }
}

/// A log this long was not written back for too long: something else reads the file all the time.
const LONG_LOG_BYTES: u64 = 64 * 1_024 * 1_024;
/// With less room than this the till soon sells no more.
#[cfg(unix)]
const LITTLE_ROOM_BYTES: u64 = 256 * 1_024 * 1_024;
/// With less room than this it is about to stop.
#[cfg(unix)]
const NO_ROOM_BYTES: u64 = 16 * 1_024 * 1_024;
/// A clock may be set back by so much without harm.
const CLOCK_TOLERANCE_S: i64 = 120;

/// A check in the words of a language.
pub(crate) fn check(name: &'static str, title: Key, state: State, words: String) -> Check {
    Check { name, state, words, title }
}

/// What is quickly seen of a till that was opened, and its figures where they could be read.
pub(crate) fn of_till(text: &Text, till: &Till, now: DateTime<Utc>) -> (Vec<Check>, Option<Health>) {
    let mut checks = vec![file(text, till.path())];
    let health = match till.health() {
        Ok(health) => Some(health),
        Err(error) => {
            checks.push(check(
                "integrity",
                Key::CheckIntegrity,
                State::Trouble,
                message::with_causes(&error),
            ));
            None
        }
    };
    checks.extend(health.iter().flat_map(|health| of_health(text, health, now)));
    checks.extend(till.connectors().iter().filter_map(|connector| fit(text, till, connector)));
    (checks, health)
}

/// Whether the till's file can be written: one that can only be read sells nothing.
fn file(text: &Text, path: &Path) -> Check {
    let shown = path.display().to_string();
    let (state, words) = match fs::OpenOptions::new().append(true).open(path) {
        Ok(_) => (State::Good, shown),
        Err(error) => {
            let values = [("error", &*error.to_string()), ("file", &*shown)];
            (State::Trouble, text.fill(Key::CheckNotWritable, &values))
        }
    };
    check("file", Key::CheckFile, state, words)
}

/// What lies around a till: the room on its disk, its printer, its log.
pub(crate) fn of_place(text: &Text, path: &Path) -> Vec<Check> {
    vec![room(text, path), printer(text, path), logging(text, path)]
}

/// What is to be said where nobody knows the time zone of the till.
pub(crate) fn of_zone(text: &Text, is_lacking: bool) -> Option<Check> {
    let words = || text.word(Key::ZoneUnknown).to_owned();
    is_lacking.then(|| check("time_zone", Key::CheckTimeZone, State::Warning, words()))
}

/// Looks through the whole journal, which takes as long as it is.
pub(crate) fn journal(text: &Text, till: &Till) -> Check {
    let (state, words) = match till.verify() {
        Ok(Verification::Whole(whole)) => {
            (State::Good, text.fill(Key::CheckJournalWhole, &[("count", &whole.events.to_string())]))
        }
        Ok(Verification::Tampered { seq, what }) => (
            State::Trouble,
            text.fill(Key::VerifyTampered, &[("seq", &seq.to_string()), ("what", &what.to_string())]),
        ),
        Err(error) => (State::Trouble, message::with_causes(&error)),
    };
    check("journal", Key::CheckJournal, state, words)
}

fn of_health(text: &Text, health: &Health, now: DateTime<Utc>) -> Vec<Check> {
    let number = |number: u64| number.to_string();
    let schema = text.fill(
        Key::CheckSchemaIs,
        &[
            ("version", &health.schema.to_string()),
            ("newest", &health.newest_schema.to_string()),
            ("sqlite", health.sqlite),
        ],
    );
    let integrity = match health.findings.first() {
        None => (State::Good, text.fill(Key::CheckBytesWhole, &[("bytes", &number(health.bytes))])),
        Some(first) => {
            let count = health.findings.len().to_string();
            (State::Trouble, text.fill(Key::CheckFindings, &[("first", first), ("count", &count)]))
        }
    };
    // A copy has no log before it is opened as a till.
    let has_log = health.journal_mode == "wal";
    let log = if has_log { Key::CheckLogIs } else { Key::CheckLogNotBegun };
    let log = text.fill(log, &[("bytes", &number(health.log_bytes)), ("mode", &health.journal_mode)]);
    let is_log_good = health.log_bytes < LONG_LOG_BYTES && has_log;
    let ahead_s = health.last_event_at.map_or(0, |at| (at - now).num_seconds());
    let clock = if ahead_s > CLOCK_TOLERANCE_S {
        (State::Trouble, text.fill(Key::CheckClockAhead, &[("seconds", &ahead_s.to_string())]))
    } else {
        (State::Good, now.format("%Y-%m-%dT%H:%M:%SZ").to_string())
    };
    vec![
        check("schema", Key::CheckSchema, State::Good, schema),
        check("integrity", Key::CheckIntegrity, integrity.0, integrity.1),
        check("log", Key::CheckLog, if is_log_good { State::Good } else { State::Warning }, log),
        documents(text, health),
        outbox(text, health),
        check("clock", Key::CheckClock, clock.0, clock.1),
    ]
}

/// Whether every document that was finished lately is listed.
fn documents(text: &Text, health: &Health) -> Check {
    let (state, words) = if let Some(first) = health.defects.not_listed.first() {
        let lost = health.defects.not_listed.len().to_string();
        let values = [("count", lost.as_str()), ("seq", &first.to_string())];
        (State::Trouble, text.fill(Key::CheckNotListed, &values))
    } else {
        let count = health.rows.get("document").copied().unwrap_or_default();
        (State::Good, text.fill(Key::CheckAllListed, &[("count", &count.to_string())]))
    };
    check("documents", Key::CheckDocuments, state, words)
}

fn outbox(text: &Text, health: &Health) -> Check {
    let count = |wanted: &[&str]| -> u64 {
        let states = health.deliveries.values().flatten();
        states.filter(|(state, _)| wanted.contains(&state.as_str())).map(|(_, count)| count).sum()
    };
    let (waiting, set_aside) = (count(&["pending", "in_flight"]), count(&["quarantined"]));
    let lost = health.defects.not_queued.len();
    let bytes = health.waiting_bytes.values().copied().max().unwrap_or_default();
    let waiting = waiting.to_string();
    let (state, words) = if lost > 0 {
        (State::Trouble, text.fill(Key::CheckNotQueued, &[("count", &lost.to_string())]))
    } else if health.queue.is_nearly_full(bytes) {
        let (bytes, limit) = (bytes.to_string(), health.queue.limit_mib.to_string());
        let values = [("count", waiting.as_str()), ("bytes", &bytes), ("limit", &limit)];
        (State::Warning, text.fill(Key::CheckQueueFull, &values))
    } else {
        let state = if set_aside > 0 { State::Warning } else { State::Good };
        let values = [("count", waiting.as_str()), ("aside", &set_aside.to_string())];
        (state, text.fill(Key::CheckWaiting, &values))
    };
    check("outbox", Key::CheckOutbox, state, words)
}

/// Whether what a hub sent fits at the till; nothing to say where all of it does.
fn fit(text: &Text, till: &Till, connector: &str) -> Option<Check> {
    let looked = till.pull_state(connector).and_then(|pull| Ok((pull.held, till.held_rows(connector, 1)?)));
    let (state, words) = match looked {
        Ok((_, held)) if held.is_empty() => return None,
        Ok((count, held)) => {
            let first = held.first().map(|row| format!("{} {}: {}", row.resource, row.id, row.held_for));
            let values = [
                ("count", count.to_string()),
                ("hub", connector.to_owned()),
                ("first", first.unwrap_or_default()),
            ];
            let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
            (State::Warning, text.fill(Key::CheckHeld, &values))
        }
        Err(error) => (State::Trouble, message::with_causes(&error)),
    };
    Some(check("rows", Key::CheckRows, state, words))
}

fn printer(text: &Text, path: &Path) -> Check {
    let printer =
        ProgramConfig::beside(path).and_then(|config| Ok(config.printer.printer(program::folder(path))?));
    let (state, words) = match printer {
        Ok(None) => (State::Good, text.word(Key::CheckNoPrinter).to_owned()),
        Ok(Some(mut printer)) => match printer.prepare() {
            Ok(readiness) if readiness.is_paper_low => {
                (State::Warning, text.word(Key::CheckPaperLow).to_owned())
            }
            Ok(_) => (State::Good, text.word(Key::CheckAnswers).to_owned()),
            Err(trouble) => (State::Warning, message::trouble(text, trouble)),
        },
        Err(error) => (State::Trouble, message::with_causes(&error)),
    };
    check("printer", Key::CheckPrinter, state, words)
}

fn logging(text: &Text, path: &Path) -> Check {
    let (state, words) = match ProgramConfig::beside(path) {
        // The printer's check says why they cannot be read.
        Err(_) => (State::Warning, text.word(Key::CheckLogDefaults).to_owned()),
        Ok(program) => match log::files(path, 0).map(|files| files.len()) {
            Ok(_) if program.log.level == log::LogLevel::Off => {
                (State::Warning, text.word(Key::CheckLogOff).to_owned())
            }
            Ok(count) => {
                let level = log::variant(&program.log.level).to_lowercase();
                let (count, folder) = (count.to_string(), log::folder(path).display().to_string());
                let values = [("level", level.as_str()), ("count", &count), ("folder", &folder)];
                (State::Good, text.fill(Key::CheckLogLevel, &values))
            }
            Err(error) => (State::Warning, error.to_string()),
        },
    };
    check("logging", Key::CheckLogging, state, words)
}

#[cfg(unix)]
fn room(text: &Text, path: &Path) -> Check {
    let folder = program::folder(path);
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let (state, words) = match rustix::fs::statvfs(folder) {
        Ok(disk) => {
            let bytes = disk.f_bavail.saturating_mul(disk.f_frsize);
            let state = if bytes < NO_ROOM_BYTES {
                State::Trouble
            } else if bytes < LITTLE_ROOM_BYTES {
                State::Warning
            } else {
                State::Good
            };
            (state, text.fill(Key::CheckRoom, &[("bytes", &bytes.to_string())]))
        }
        Err(error) => (State::Trouble, error.to_string()),
    };
    check("disk", Key::CheckDisk, state, words)
}

/// How much room there is is not told here.
#[cfg(not(unix))]
fn room(text: &Text, _path: &Path) -> Check {
    let _ = text;
    check("disk", Key::CheckDisk, State::Warning, "?".to_owned())
}

/// The checks of a till that somebody is at, and of what lies around it.
pub(crate) fn at_the_till(text: &Text, till: &mut Till) -> Vec<Check> {
    let now = till.now().instant;
    let (mut checks, _) = of_till(text, till, now);
    checks.extend(of_place(text, till.path()));
    checks
}

/// What was said of an error that kept a till from being opened.
pub(crate) fn unopened(words: String) -> Check {
    check("file", Key::CheckFile, State::Trouble, words)
}

/// Where a backup made at the till lies: beside it, under the moment it was made.
pub(crate) fn backup_path(till: &mut Till) -> std::path::PathBuf {
    let at = till.now().local.format("%Y%m%d-%H%M%S");
    let name = till.path().file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    till.path().with_file_name(format!("{name}-{at}.backup"))
}

/// Copies the till beside itself and says where to.
///
/// # Errors
/// As [`Till::backup`].
pub(crate) fn back_up(text: &Text, till: &mut Till) -> Result<String, Error> {
    let to = backup_path(till);
    till.backup(&to)?;
    Ok(text.fill(Key::BackedUp, &[("file", &to.display().to_string())]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_till_whose_time_zone_nobody_knows_is_warned_of() {
        assert!(of_zone(Text::english(), false).is_none());
        let told = of_zone(Text::english(), true).unwrap();
        assert!(told.state == State::Warning && told.words.contains("--time-zone"), "{told:?}");
    }

    #[test]
    fn a_file_that_cannot_be_written_is_trouble_and_looking_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        // A folder cannot be written as a file, whoever asks.
        assert_eq!(file(Text::english(), folder.path()).state, State::Trouble);
        let path = folder.path().join("till");
        fs::write(&path, b"bytes").unwrap();
        assert_eq!(file(Text::english(), &path).state, State::Good);
        assert_eq!(fs::read(&path).unwrap(), b"bytes");
    }
}
