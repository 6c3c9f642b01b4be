//! Taking the terminal over and giving it back: also when the program panics.

use std::{
    io::{self, Stdout, Write, stdout},
    panic,
    time::{Duration, Instant},
};

use crossterm::{
    event::{self, DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture},
    execute,
    terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode},
};
use ratatui::{Terminal, backend::CrosstermBackend};
use saleflex_store::Shell;

use crate::{
    input::{BURST_GAP, Input, Scanner},
    screen,
    session::Session,
    theme::Theme,
};

/// How often the clock is looked at while nothing happens.
const IDLE: Duration = Duration::from_millis(500);
/// The same while a scanner on a line of its own is listened to: nobody notices so little.
const LISTENING: Duration = Duration::from_millis(10);
/// How long more is waited for once something came; nothing at all would not be looked for at all.
const MORE: Duration = Duration::from_millis(1);
/// What a terminal makes a sound of.
const BELL: &[u8] = b"\x07";
/// Most reports taken before a frame is drawn, so that a flood of keys cannot starve the screen.
const MOST_AT_ONCE: usize = 512;

/// The terminal in raw mode on its alternate screen, given back when dropped.
struct Raw;

impl Raw {
    fn enter() -> io::Result<Self> {
        enable_raw_mode()?;
        let raw = Self;
        execute!(stdout(), EnterAlternateScreen, EnableMouseCapture, EnableBracketedPaste)?;
        Ok(raw)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // Nothing can be done about a terminal that does not take it.
        let _ = execute!(stdout(), DisableBracketedPaste, DisableMouseCapture, LeaveAlternateScreen);
        let _ = disable_raw_mode();
    }
}

/// Runs a session on the terminal until it is over, without colours where it `is_plain`.
///
/// # Errors
/// When the terminal cannot be read or written.
pub fn run<S: Shell + Clone + 'static>(
    session: &mut Session<S>,
    is_plain: bool,
    scanner: Scanner,
) -> io::Result<()> {
    let _raw = Raw::enter()?;
    let before = panic::take_hook();
    // The message of a panic is for the screen the user came from.
    panic::set_hook(Box::new(move |information| {
        drop(Raw);
        before(information);
    }));
    let terminal = Terminal::new(CrosstermBackend::new(stdout()))?;
    let result = serve(session, is_plain, scanner, terminal);
    drop(panic::take_hook());
    result
}

fn serve<S: Shell + Clone + 'static>(
    session: &mut Session<S>,
    is_plain: bool,
    mut scanner: Scanner,
    mut terminal: Terminal<CrosstermBackend<Stdout>>,
) -> io::Result<()> {
    let began = clock();
    let mut is_stale = true;
    while !session.state.is_over {
        if session.rings() {
            terminal.backend_mut().write_all(BELL)?;
            io::Write::flush(terminal.backend_mut())?;
        }
        // Asked each time: a report of a new size can be lost before the first report is waited for.
        let size = terminal.size()?;
        is_stale |= std::mem::replace(&mut session.state.size, size) != size;
        if is_stale {
            let name = session.state.view.appearance.theme.as_deref();
            let theme = if is_plain { Theme::plain() } else { Theme::of(name) };
            terminal.draw(|frame| screen::draw(&session.state, &theme, frame))?;
        }
        // Whoever types on is not kept waiting for advice.
        if (session.is_at_work() || !event::poll(Duration::ZERO)?) && session.go_on() {
            is_stale = true;
            continue;
        }
        let patience = if scanner.is_holding() {
            BURST_GAP
        } else if session.is_listening() {
            LISTENING
        } else {
            IDLE
        };
        is_stale = false;
        let mut taken = 0;
        let mut wait = patience;
        while taken < MOST_AT_ONCE && event::poll(wait)? {
            let report = event::read()?;
            let at = clock().duration_since(began);
            if let Some(input) = Input::from_event(report) {
                take(session, &mut scanner, input, at);
                is_stale = true;
            }
            taken += 1;
            // What is there already is taken before the next frame.
            wait = MORE;
        }
        for heard in scanner.wait(clock().duration_since(began)) {
            session.hear(heard);
            is_stale = true;
        }
        is_stale |= session.tick();
    }
    Ok(())
}

fn take<S: Shell + Clone + 'static>(
    session: &mut Session<S>,
    scanner: &mut Scanner,
    input: Input,
    at: Duration,
) {
    match input {
        Input::Key(key) => {
            for heard in scanner.hear(key, at, session.state.listening()) {
                session.hear(heard);
            }
        }
        other => session.handle(other),
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where the speed of typing is measured")]
fn clock() -> Instant {
    Instant::now()
}
