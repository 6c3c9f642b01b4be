//! Taking the terminal over and giving it back: also when the program panics.

use std::{
    fs,
    io::{self, IsTerminal, Stdout, Write, stdin, stdout},
    panic,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use crossterm::{
    event::{self, DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture},
    execute,
    terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode},
};
use ratatui::{Terminal, backend::CrosstermBackend, layout::Size};
use saleflex_store::Shell;
#[cfg(unix)]
use signal_hook::{consts::SIGTERM, flag};

use crate::{
    app::State,
    input::{BURST_GAP, Input, Scanner},
    linear::{self, Linear},
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
/// How far apart two sounds are, so that they are heard as two.
const BETWEEN_RINGS: Duration = Duration::from_millis(250);
/// Most reports taken before a frame is drawn, so that a flood of keys cannot starve the screen.
const MOST_AT_ONCE: usize = 512;

/// How a session is shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Face {
    /// A screen in the colours that the till's settings name.
    Colours,
    /// A screen without colours.
    Plain,
    /// Lines that follow one another: see [`linear`].
    Lines,
}

/// The terminal in raw mode, on its alternate screen where one is drawn, given back when dropped.
#[derive(Clone, Copy)]
struct Raw {
    is_screen: bool,
}

impl Raw {
    fn enter(face: Face) -> io::Result<Self> {
        enable_raw_mode()?;
        let raw = Self { is_screen: face != Face::Lines };
        if raw.is_screen {
            execute!(stdout(), EnterAlternateScreen, EnableMouseCapture, EnableBracketedPaste)?;
        }
        Ok(raw)
    }

    fn leave(self) {
        // Nothing can be done about a terminal that does not take it.
        if self.is_screen {
            let _ = execute!(stdout(), DisableBracketedPaste, DisableMouseCapture, LeaveAlternateScreen);
        }
        let _ = disable_raw_mode();
    }
}

/// Gives the terminal back when dropped.
struct Taken(Raw);

impl Drop for Taken {
    fn drop(&mut self) {
        self.0.leave();
    }
}

/// Whether the system asks the program to end: for a shutdown, or a service that is stopped. Unheard, it would leave the
/// terminal as it is. (A terminal that was closed sends SIGHUP, which ends the program at once: there is nothing to give
/// back. Where nobody hears it, see [`Keyboard::is_gone`].)
#[derive(Default)]
struct Ending(Arc<AtomicBool>);

impl Ending {
    fn listened_for() -> io::Result<Self> {
        let ending = Self::default();
        #[cfg(unix)]
        {
            // Whoever asks a second time does not want to wait.
            flag::register_conditional_default(SIGTERM, Arc::clone(&ending.0))?;
            flag::register(SIGTERM, Arc::clone(&ending.0))?;
        }
        Ok(ending)
    }

    fn is_asked_for(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// The terminal that keys are read from.
struct Keyboard {
    /// It is that of standard input, else the one the program belongs to.
    is_input: bool,
}

impl Keyboard {
    fn found() -> Self {
        Self { is_input: stdin().is_terminal() }
    }

    /// Whether it was closed. A program that goes on then, as with `nohup`, would read for ever: what is gone has always
    /// something to read, and it is nothing.
    fn is_gone(&self) -> bool {
        if self.is_input { !stdin().is_terminal() } else { cfg!(unix) && fs::File::open("/dev/tty").is_err() }
    }
}

/// Where a session is shown.
enum Display {
    Screen { terminal: Terminal<CrosstermBackend<Stdout>>, is_plain: bool },
    Lines(Box<Linear>),
}

impl Display {
    fn of(face: Face) -> io::Result<Self> {
        Ok(match face {
            Face::Lines => Self::Lines(Box::default()),
            Face::Colours | Face::Plain => Self::Screen {
                terminal: Terminal::new(CrosstermBackend::new(stdout()))?,
                is_plain: face == Face::Plain,
            },
        })
    }

    /// Asked each time: a report of a new size can be lost before the first report is waited for.
    fn size(&self) -> io::Result<Size> {
        match self {
            Self::Screen { terminal, .. } => terminal.size(),
            Self::Lines(_) => Ok(linear::SIZE),
        }
    }

    fn show(&mut self, state: &State) -> io::Result<()> {
        match self {
            Self::Screen { terminal, is_plain } => {
                let name = state.view.appearance.theme.as_deref();
                let theme = if *is_plain { Theme::plain() } else { Theme::of(name) };
                terminal.draw(|frame| screen::draw(state, &theme, frame)).map(drop)
            }
            Self::Lines(lines) => {
                let news = lines.news(state);
                let mut out = stdout().lock();
                // In raw mode a line break alone does not go back to the left.
                news.iter().try_for_each(|line| write!(out, "{line}\r\n"))?;
                out.flush()
            }
        }
    }
}

/// Tries whether there is a terminal that keys can be read from, and one to draw a screen on where one is drawn.
///
/// # Errors
/// When there is none, or it does not take it.
pub fn check(face: Face) -> io::Result<()> {
    if face != Face::Lines && !stdout().is_terminal() {
        // `nohup` writes to a file, and nobody would see what is drawn there.
        return Err(io::Error::new(io::ErrorKind::Unsupported, "standard output is none"));
    }
    enable_raw_mode()?;
    disable_raw_mode()
}

/// Runs a session on the terminal until it is over, or the system asks it to end.
///
/// # Errors
/// When the terminal cannot be read or written, or was closed.
pub fn run<S: Shell + Clone + 'static>(
    session: &mut Session<S>,
    face: Face,
    scanner: Scanner,
) -> io::Result<()> {
    let ending = Ending::listened_for()?;
    let raw = Raw::enter(face)?;
    let _taken = Taken(raw);
    let before = panic::take_hook();
    // The message of a panic is for the screen the user came from.
    panic::set_hook(Box::new(move |information| {
        raw.leave();
        before(information);
    }));
    let result = serve(session, scanner, Display::of(face)?, &ending);
    drop(panic::take_hook());
    result
}

fn serve<S: Shell + Clone + 'static>(
    session: &mut Session<S>,
    mut scanner: Scanner,
    mut display: Display,
    ending: &Ending,
) -> io::Result<()> {
    let (began, keyboard) = (clock(), Keyboard::found());
    let (mut is_stale, mut bell) = (true, Bell::default());
    while !session.state.is_over && !ending.is_asked_for() {
        bell.ring(session.rings(), clock().duration_since(began))?;
        let size = display.size()?;
        is_stale |= std::mem::replace(&mut session.state.size, size) != size;
        if is_stale {
            display.show(&session.state)?;
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
        let mut wait = if bell.left > 0 { patience.min(BETWEEN_RINGS) } else { patience };
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
        if taken == 0 && keyboard.is_gone() {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it was closed"));
        }
        for heard in scanner.wait(clock().duration_since(began)) {
            session.hear(heard);
            is_stale = true;
        }
        is_stale |= session.tick();
    }
    Ok(())
}

/// The bell of the terminal, which rings no second time before the first was heard.
#[derive(Default)]
struct Bell {
    /// How often it is to ring still.
    left: u8,
    /// Since when it may.
    next: Duration,
}

impl Bell {
    /// Rings where it is due: so many times more.
    fn ring(&mut self, more: u8, now: Duration) -> io::Result<()> {
        self.left = self.left.max(more);
        if self.left == 0 || now < self.next {
            return Ok(());
        }
        (self.left, self.next) = (self.left - 1, now + BETWEEN_RINGS);
        stdout().write_all(BELL)?;
        stdout().flush()
    }
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
