//! The cashier's till in a terminal: a thin face on [`saleflex_core`] and [`saleflex_store`].
//!
//! What comes from the terminal ([`input`]) becomes a named intention ([`action`]) by a table of keys
//! ([`keymap`]). [`app`] changes the state and answers with effects; [`effect`] is the one place that carries them
//! out on a till; [`screen`] draws the state and changes nothing. Screens are form definitions ([`form`]): data
//! that says which controls there are, where, and what pressing one means. Every word shown comes from one file
//! per language ([`text`]).
//!
//! [`script`] sells without a screen, a step a line.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a screen acts on the few actions that are its own and hands the rest on"
)]

use std::{
    env,
    io::{self, Write},
    process::ExitCode,
    time::Duration,
};

pub mod action;
pub mod app;
mod checkup;
pub mod cli;
pub mod config;
pub mod device;
pub mod dialog;
pub mod effect;
pub mod entry;
pub mod form;
mod goods_named;
pub mod input;
pub mod keyboard;
pub mod keymap;
pub mod linear;
pub mod listing;
pub mod log;
pub mod message;
mod planning;
pub mod program;
pub mod record;
pub mod registry;
pub mod screen;
pub mod script;
pub mod session;
pub mod start;
pub mod sync;
pub mod terminal;
pub mod text;
pub mod theme;
pub mod view;
pub mod widget;

/// How long the end of the program waits for the last paper; what is not out then is printed at the next start.
const LAST_PAPER: Duration = Duration::from_secs(5);

/// Runs the program as its arguments say.
///
/// # Errors
/// When the till cannot be opened, or the terminal or a script not be read.
pub fn run(config: &config::Config) -> anyhow::Result<ExitCode> {
    let variable = |name: &str| env::var(name).ok();
    let text = text::Text::of(config.language.as_deref().or(config::default_language(variable).as_deref()));
    if let Some(config::Task::Support(support)) = &config.command {
        return cli::run(support, &config.till, text, config.language.is_some());
    }
    if matches!(config.command, Some(config::Task::Sell { .. })) {
        start::need_till(&config.till)?;
    }
    start::need_folder(&config.till)?;
    let _log = start_log(&config.till, variable)?;
    let lacks_zone = start::lacks_zone(&config.till);
    if lacks_zone {
        // Nobody may read standard error either.
        let _ = writeln!(io::stderr(), "saleflex: {}", text.word(text::Key::ZoneUnknown));
    }
    if let Some(config::Task::Sell { script, keep_going }) = &config.command {
        let mut desk = start::open_or_demo(&config.till, text)?;
        let set = desk.till().and_then(|till| till.settings().appearance.language.clone());
        let set = set.and_then(|code| text::Text::known(&code)).filter(|_| config.language.is_none());
        let text = set.unwrap_or(text).of_scripts();
        desk.speak(text);
        if went_back(desk.till()) {
            let _ = writeln!(io::stderr(), "saleflex: {}", text.word(text::Key::ClockWentBack));
        }
        desk.go_live();
        let told = script::run::run_file(&mut desk, text, script, *keep_going, &mut io::stdout().lock());
        desk.finish_printing(LAST_PAPER);
        return Ok(ExitCode::from(told?));
    }
    let desk = start::open(&config.till, text)?;
    let is_plain = theme::Theme::is_no_color(variable("NO_COLOR").as_deref());
    let face = match (config.linear, is_plain) {
        (true, _) => terminal::Face::Lines,
        (false, true) => terminal::Face::Plain,
        (false, false) => terminal::Face::Colours,
    };
    let because = |key| move |error: io::Error| anyhow::Error::new(error).context(text.word(key));
    terminal::check(face).map_err(because(text::Key::TerminalNeeded))?;
    let size = match face {
        terminal::Face::Lines => linear::SIZE,
        terminal::Face::Colours | terminal::Face::Plain => crossterm::terminal::size()?.into(),
    };
    let mut session = session::Session::new(desk, size);
    if config.till.demo {
        session.make_demo();
    }
    if config.language.is_some() {
        session.fix_language(text);
    }
    if lacks_zone {
        session.warn(text::Key::ZoneUnknown);
    }
    if went_back(session.till()) {
        session.warn(text::Key::ClockWentBack);
    }
    session.go_live();
    let shown = terminal::run(&mut session, face, input::Scanner::new(config.scanner_prefix));
    session.finish_printing(LAST_PAPER);
    shown.map_err(because(text::Key::TerminalGone))?;
    Ok(ExitCode::SUCCESS)
}

/// Whether what is sold now would stand before what was sold already. What cannot be read is met again at the first sale.
fn went_back(till: Option<&mut saleflex_store::Till>) -> bool {
    till.is_some_and(|till| till.clock_went_back().unwrap_or_default())
}

/// Begins to log. A log that cannot be written stops no sale: it is said on standard error, and by `doctor`.
fn start_log(
    till: &config::TillOptions,
    variable: impl Fn(&str) -> Option<String>,
) -> anyhow::Result<Option<tracing_appender::non_blocking::WorkerGuard>> {
    let (path, _) = start::place(till)?;
    // Settings that cannot be read are told where the devices they name are missed.
    let settings = program::ProgramConfig::beside(&path).map(|program| program.log).unwrap_or_default();
    Ok(log::start(&path, &settings, variable).unwrap_or_else(|error| {
        // Nobody may read standard error either.
        let _ = writeln!(io::stderr(), "saleflex: {}", message::with_causes(&error));
        None
    }))
}
