//! Starting a till of a large shop: how long until it is open, until the log-in screen is drawn, and from the log-in to
//! the drawn sale screen; and how much memory it holds then. Each start is a process of its own.

use std::{env, path::Path, time::Duration};

use anyhow::{Context, ensure};
use crossterm::event::{KeyCode, KeyModifiers};
use ratatui::{Terminal, backend::TestBackend};
use saleflex_store::{Till, shell::SystemShell};
use saleflex_tui::{
    effect::Desk, input::Input, keymap::Key, screen, session::Session, text::Text, theme::Theme,
};

use crate::{
    Run,
    figures::{Times, grouped, heading, judged, median, row, show, show_bytes},
    process,
    responding::SIZE,
    shop::{SECRET, Shop, shell},
};

/// The program that starts, beside this one.
const STARTED: &str = "start-a-till";

pub(crate) fn print(run: &Run) -> anyhow::Result<()> {
    let products = run.sized(100_000, 10_000);
    heading(&format!("Starting with {} products, a process each time", grouped(products)));
    let folder = run.folder()?;
    let path = folder.path().join("till.saleflex");
    drop(Shop::create(&path, products)?);
    let (mut times, mut held, mut most) = ([(); 3].map(|()| Times::default()), Vec::new(), Vec::new());
    for _ in 0..run.sized(11, 3) {
        let start = start(&path)?;
        for (times, time) in times.iter_mut().zip(start.times) {
            times.push(time);
        }
        held.extend(start.memory.map(|(now, _)| now));
        most.extend(start.memory.map(|(_, most)| most));
    }
    let [opened, drawn, selling] = times.map(|times| times.median());
    row("from the file to an open till", &show(opened));
    judged("to the drawn log-in screen", &show(drawn), "under 300 ms", drawn < Duration::from_millis(300));
    row("from the PIN to the drawn sale screen", &show(selling));
    match median(&mut held).zip(median(&mut most)) {
        Some((held, most)) => {
            judged("memory held at the log-in screen", &show_bytes(held), "under 60 MB", held < MOST_BYTES);
            judged("the most held, log-in included", &show_bytes(most), "under 60 MB", most < MOST_BYTES);
        }
        None => row("memory", "not told by this system"),
    }
    Ok(())
}

const MOST_BYTES: u64 = 60_000_000;

/// What a process that started a till told of itself.
struct Start {
    /// Until the till was open, until the log-in screen was drawn, and from the log-in to the drawn sale screen.
    times: [Duration; 3],
    memory: Option<(u64, u64)>,
}

fn start(path: &Path) -> anyhow::Result<Start> {
    let numbers = process::told_by(STARTED, path)?;
    let (times, memory) = numbers.split_first_chunk::<3>().context("the started process said too little")?;
    let memory = match memory {
        [held, most] => Some((*held, *most)),
        _ => None,
    };
    Ok(Start { times: times.map(Duration::from_nanos), memory })
}

/// The process that starts: opens the till of the file that is its argument, draws the log-in screen, logs in and draws the
/// sale screen, and tells how long each took and what it holds.
///
/// # Errors
/// Whatever of that fails.
pub fn start_a_till() -> anyhow::Result<()> {
    let path = env::args_os().nth(1).context("usage: start-a-till FILE")?;
    let path = Path::new(&path);
    let mut times = Times::default();
    let till = times.measure(|| Till::open(path, shell()?).map_err(anyhow::Error::from))?;
    let opened = times.last();
    let mut screen = times.measure(|| Screen::first(till, path))?;
    let (drawn, held) = (times.total(), process::memory()?);
    times.measure(|| screen.log_in())?;
    let (selling, most) = (times.last(), process::memory()?);
    ensure!(screen.session.state.view.document.is_none() && screen.shows("Department 1"), "no sale screen");
    print!("{} {} {}", opened.as_nanos(), drawn.as_nanos(), selling.as_nanos());
    if let Some(((held, _), (_, most))) = held.zip(most) {
        print!(" {held} {most}");
    }
    println!();
    Ok(())
}

/// What a person in front of the till sees.
struct Screen {
    session: Session<SystemShell>,
    terminal: Terminal<TestBackend>,
    theme: Theme,
}

impl Screen {
    /// The first one: who logs in?
    fn first(till: Till, path: &Path) -> anyhow::Result<Self> {
        let desk = Desk::new(Some(till), path.to_owned(), shell()?, Text::english());
        let terminal = Terminal::new(TestBackend::new(SIZE.width, SIZE.height))?;
        let mut screen = Self { session: Session::new(desk, SIZE), terminal, theme: Theme::plain() };
        screen.draw()?;
        Ok(screen)
    }

    /// The PIN, and what is shown then.
    fn log_in(&mut self) -> anyhow::Result<()> {
        for key in SECRET.chars().map(KeyCode::Char).chain([KeyCode::Enter; 2]) {
            self.session.handle(Input::Key(Key::new(key, KeyModifiers::NONE)));
        }
        self.draw()
    }

    fn draw(&mut self) -> anyhow::Result<()> {
        self.terminal.draw(|frame| screen::draw(&self.session.state, &self.theme, frame))?;
        Ok(())
    }

    fn shows(&self, words: &str) -> bool {
        self.terminal.backend().to_string().contains(words)
    }
}
