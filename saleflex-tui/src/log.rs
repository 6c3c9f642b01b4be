//! The program's log: what it did and what went wrong, for those who are to help.
//!
//! It lies in a folder beside the till's file, `till.logs` beside `till.saleflex`, a file a day; old ones go by
//! themselves. How much is logged is a setting of the program, and the variable `SALEFLEX_LOG` goes before it.
//!
//! **Invariant:** nothing personal and nothing secret. What is logged are kinds, identities and numbers that the program
//! gave itself; never what somebody typed, scanned or is called.

use std::{
    fmt::{self, Debug, Write},
    io, panic,
    path::{Path, PathBuf},
};

use saleflex_store::{Error, error::OpenError};
use serde::{Deserialize, Serialize};
use tracing_appender::{
    non_blocking::WorkerGuard,
    rolling::{InitError, RollingFileAppender, Rotation},
};
use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// The variable that goes before the settings: a level, or levels by module as `warn,saleflex_tui=debug`.
pub const VARIABLE: &str = "SALEFLEX_LOG";

/// How much is logged, and for how long it is kept.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogSettings {
    /// The least of what is logged.
    pub level: LogLevel,
    /// How many files are kept, one for each day on which the program ran.
    pub days: u16,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { level: LogLevel::Info, days: 14 }
    }
}

/// The least of what is logged.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    /// Nothing, and no file is made.
    Off,
    /// What stopped the program or lost something.
    Error,
    /// What failed.
    Warn,
    /// What was done and what was refused.
    #[default]
    Info,
    /// What was looked up, too.
    Debug,
    /// Everything.
    Trace,
}

impl From<LogLevel> for LevelFilter {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Off => Self::OFF,
            LogLevel::Error => Self::ERROR,
            LogLevel::Warn => Self::WARN,
            LogLevel::Info => Self::INFO,
            LogLevel::Debug => Self::DEBUG,
            LogLevel::Trace => Self::TRACE,
        }
    }
}

/// Why nothing can be logged. The till sells all the same.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// The folder cannot be made.
    #[error("{} cannot be written", folder.display())]
    NoFolder {
        /// Which folder.
        folder: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// Its file cannot be made.
    #[error("{} cannot be written", folder.display())]
    Folder {
        /// Which folder.
        folder: PathBuf,
        /// Why.
        #[source]
        cause: InitError,
    },
    /// Something in this process logs already.
    #[error("something logs already")]
    Started,
}

/// The folder of the logs beside a till.
pub fn folder(till: &Path) -> PathBuf {
    till.with_extension("logs")
}

/// Begins to log beside a till. What waits is written when the guard is dropped; without one nothing is logged.
/// `variable` reads the environment.
///
/// # Errors
/// [`LogError`].
pub fn start(
    till: &Path,
    settings: &LogSettings,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<WorkerGuard>, LogError> {
    let (targets, is_understood) = targets(settings, variable(VARIABLE).as_deref());
    if targets == Targets::new() {
        return Ok(None);
    }
    let (writer, guard) = tracing_appender::non_blocking(file(till, settings)?);
    let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(writer);
    let subscriber = tracing_subscriber::registry().with(targets).with(lines);
    subscriber.try_init().map_err(|_| LogError::Started)?;
    log_panics();
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "the program begins");
    if !is_understood {
        tracing::warn!("{VARIABLE} is neither a level nor a list of them; the settings hold");
    }
    Ok(Some(guard))
}

fn file(till: &Path, settings: &LogSettings) -> Result<RollingFileAppender, LogError> {
    let folder = folder(till);
    // Old files are looked for before the folder is made, and whoever looks in vain says so where nobody asked.
    std::fs::create_dir_all(&folder).map_err(|cause| LogError::NoFolder { folder: folder.clone(), cause })?;
    let rolling = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("saleflex")
        .filename_suffix("log")
        .max_log_files(usize::from(settings.days.max(1)));
    rolling.build(&folder).map_err(|cause| LogError::Folder { folder, cause })
}

/// What is logged of which module, and whether the variable was understood.
fn targets(settings: &LogSettings, variable: Option<&str>) -> (Targets, bool) {
    let level = LevelFilter::from(settings.level);
    let by_settings = || match settings.level {
        LogLevel::Off => Targets::new(),
        // What other crates say is wanted where something is wrong.
        _ => Targets::new().with_default(level.min(LevelFilter::WARN)).with_target("saleflex", level),
    };
    match variable.map(str::trim).filter(|variable| !variable.is_empty()) {
        None => (by_settings(), true),
        Some("off") => (Targets::new(), true),
        Some(variable) => match variable.parse::<LevelFilter>() {
            Ok(level) => (
                Targets::new().with_default(level.min(LevelFilter::WARN)).with_target("saleflex", level),
                true,
            ),
            Err(_) => match variable.parse::<Targets>() {
                Ok(targets) => (targets, true),
                Err(_) => (by_settings(), false),
            },
        },
    }
}

/// Where a panic happened; what it says may quote anything.
fn log_panics() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |panicked| {
        let place = panicked.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "the program panicked");
        before(panicked);
    }));
}

/// The name of an enum's variant, and nothing of what it holds: the writing stops where the name ends.
pub(crate) fn variant(value: &dyn Debug) -> String {
    struct Name(String);
    impl Write for Name {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            let length = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
            self.0.push_str(text.get(..length).unwrap_or_default());
            if length == text.len() { Ok(()) } else { Err(fmt::Error) }
        }
    }
    let mut name = Name(String::new());
    // It ends with the error that stops it, after the name.
    let _ = write!(name, "{value:?}");
    name.0
}

/// What of an error may be known by everybody: its kind, and the number of the database or the system.
pub(crate) fn error(error: &Error) {
    let kind = variant(error);
    match error {
        Error::Refused(refusal) => tracing::info!(kind, rule = variant(refusal), "refused"),
        Error::NotClosed(refusal) => tracing::info!(kind, rule = variant(refusal), "refused"),
        Error::Lookup(why) => tracing::info!(kind, rule = variant(why), "refused"),
        Error::Open(OpenError::Io { cause, .. }) | Error::Io(cause) => {
            tracing::error!(kind, cause = ?cause.kind(), "failed");
        }
        Error::Open(why) => tracing::error!(kind, cause = variant(why), "failed"),
        Error::Database(cause) => {
            let code = cause.sqlite_error().map_or(0, |sqlite| sqlite.extended_code);
            tracing::error!(kind, cause = variant(cause), code, "failed");
        }
        Error::Json(cause) => tracing::error!(kind, cause = ?cause.classify(), "failed"),
        Error::Contradiction { seq } => tracing::error!(kind, seq, "failed"),
        Error::Journal(_) | Error::DiskFull | Error::Locked | Error::Overtaken => {
            tracing::error!(kind, "failed");
        }
        _ => tracing::info!(kind, "refused"),
    }
}

/// The files of a till's log, the newest first, each with at most its last `most` bytes.
pub(crate) fn files(till: &Path, most: u64) -> io::Result<Vec<(String, Vec<u8>)>> {
    use io::{Read, Seek, SeekFrom};
    let folder = folder(till);
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries.collect::<Result<Vec<_>, _>>()?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names: Vec<String> =
        entries.iter().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_unstable_by(|a, b| b.cmp(a));
    let read = |name: String| {
        let mut file = std::fs::File::open(folder.join(&name))?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(most)))?;
        let mut bytes = Vec::new();
        file.take(most).read_to_end(&mut bytes)?;
        Ok((name, bytes))
    };
    names.into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_goes_before_the_settings_and_nonsense_does_not() {
        let settings = |level| LogSettings { level, ..LogSettings::default() };
        let logs = |level, variable: Option<&str>, wanted| {
            let (targets, is_understood) = targets(&settings(level), variable);
            (targets.would_enable("saleflex_tui::effect", &wanted), is_understood)
        };
        assert_eq!(logs(LogLevel::Info, None, tracing::Level::INFO), (true, true));
        assert_eq!(logs(LogLevel::Info, None, tracing::Level::DEBUG), (false, true));
        assert_eq!(logs(LogLevel::Info, Some("debug"), tracing::Level::DEBUG), (true, true));
        assert_eq!(
            logs(LogLevel::Info, Some("warn,saleflex_tui=debug"), tracing::Level::DEBUG),
            (true, true)
        );
        assert_eq!(logs(LogLevel::Info, Some("off"), tracing::Level::ERROR), (false, true));
        assert_eq!(logs(LogLevel::Off, None, tracing::Level::ERROR), (false, true));
        assert_eq!(logs(LogLevel::Warn, Some("a=b=c"), tracing::Level::WARN), (true, false));
    }

    #[test]
    fn of_a_value_its_kind_is_named_and_nothing_that_it_holds() {
        assert_eq!(variant(&Some("Anna")), "Some");
        assert_eq!(variant(&Error::Taken { code: "Anna".to_owned() }), "Taken");
        assert_eq!(variant(&Error::DiskFull), "DiskFull");
        assert_eq!(variant(&"Anna"), "");
    }
}
