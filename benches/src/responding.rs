//! From a scan to the frame that shows it: the whole way through the terminal till, its store and its screen.

use std::{path::Path, time::Duration};

use anyhow::{Context, ensure};
use crossterm::event::KeyCode;
use ratatui::{Terminal, backend::TestBackend, layout::Size};
use saleflex_core::{
    document::{Command, TakeTender},
    tender::TenderKind,
};
use saleflex_store::shell::SystemShell;
use saleflex_tui::{
    effect::Desk,
    input::{Heard, Input},
    keymap::Key,
    screen,
    session::Session,
    text::Text,
    theme::Theme,
};

use crate::{
    Run,
    figures::{Times, grouped, heading, judged, show},
    shop::{SECRET, Shop, barcode, shell},
};

/// The size the screens are made for.
pub(crate) const SIZE: Size = Size::new(120, 40);

pub(crate) fn print(run: &Run) -> anyhow::Result<()> {
    let products = run.sized(100_000, 10_000);
    heading(&format!("From a scan to the drawn frame, {} products, on disk", grouped(products)));
    let folder = run.folder()?;
    let path = folder.path().join("till.saleflex");
    let shop = Shop::create(&path, products)?;
    drop(shop);
    let mut counter = Counter::open(&path, products)?;
    counter.sell(50)?;
    for (lines, sales) in [(10, run.sized(200, 20)), (100, run.sized(20, 2))] {
        let mut times = Times::default();
        for _ in 0..sales {
            counter.sale(lines, &mut times)?;
        }
        let slowest = times.percentile(99);
        judged(
            &format!("sales of {lines} lines, {} scans", grouped(lines * sales)),
            &format!("p50 {}, p99 {}", show(times.median()), show(slowest)),
            "p99 under 10 ms",
            slowest < Duration::from_millis(10),
        );
    }
    Ok(())
}

/// A terminal till without a terminal.
struct Counter {
    session: Session<SystemShell>,
    terminal: Terminal<TestBackend>,
    theme: Theme,
    products: usize,
    next: usize,
}

impl Counter {
    fn open(path: &Path, products: usize) -> anyhow::Result<Self> {
        let till = saleflex_store::Till::open(path, shell()?)?;
        let desk = Desk::new(Some(till), path.to_owned(), shell()?, Text::english());
        let mut session = Session::new(desk, SIZE);
        for key in SECRET.chars().map(KeyCode::Char).chain([KeyCode::Enter; 2]) {
            session.handle(Input::Key(Key::new(key, crossterm::event::KeyModifiers::NONE)));
        }
        let terminal = Terminal::new(TestBackend::new(SIZE.width, SIZE.height))?;
        Ok(Self { session, terminal, theme: Theme::plain(), products, next: 0 })
    }

    /// What is not warm yet would be counted against the till.
    fn sell(&mut self, lines: usize) -> anyhow::Result<()> {
        self.sale(lines, &mut Times::default())
    }

    fn sale(&mut self, lines: usize, times: &mut Times) -> anyhow::Result<()> {
        for line in 1..=lines {
            self.next = (self.next + 7_919) % self.products;
            let scan = Heard::Scan { code: barcode(self.next), typed: String::new() };
            times.measure(|| {
                self.session.hear(scan);
                self.terminal.draw(|frame| screen::draw(&self.session.state, &self.theme, frame)).map(drop)
            })?;
            let sold = self.session.till().and_then(|till| till.draft()).map(|draft| draft.lines.len());
            ensure!(sold == Some(line), "a scan was not sold: {}", self.terminal.backend());
        }
        let till = self.session.till().context("there is a till")?;
        till.execute(Command::TakeTender(TakeTender::balance(TenderKind::Cash)))?;
        Ok(())
    }
}
