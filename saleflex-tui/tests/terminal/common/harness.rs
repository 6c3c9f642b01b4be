//! A till of the demo store on disk, a cashier's hands, and the screen as text.

use ratatui::{Terminal, backend::TestBackend, layout::Size};
use saleflex_core::document::{Completed, Document};
use saleflex_store::{Till, demo, history::Found, shell::ManualShell};
use saleflex_tui::{
    effect::Desk,
    input::{Input, Scanner},
    keymap::Key,
    screen,
    session::Session,
    text::Text,
    theme::Theme,
};
use tempfile::TempDir;

/// Both sizes that screens are compared at.
pub(crate) const SIZES: [(u16, u16); 2] = [(80, 24), (120, 40)];

/// What keys lead to at both sizes, each with its name for a snapshot.
pub(crate) fn at_both_sizes(
    name: &str,
    open: impl Fn(u16, u16) -> Shop,
    keys: &str,
) -> [(String, String); 2] {
    SIZES.map(|(width, height)| {
        let mut shop = open(width, height);
        shop.keys(keys);
        (format!("{name}_{width}x{height}"), shop.screen())
    })
}

/// Compares what keys lead to with the snapshots of both sizes, which are called after the file that asks.
macro_rules! compare {
    ($name:expr, $open:expr, $keys:expr $(,)?) => {
        for (size, screen) in $crate::common::harness::at_both_sizes($name, $open, $keys) {
            insta::assert_snapshot!(size, screen);
        }
    };
}
pub(crate) use compare;

/// A shop with a till, its clock in the hands of the test.
pub(crate) struct Shop {
    folder: TempDir,
    pub(crate) clock: ManualShell,
    pub(crate) session: Session<ManualShell>,
    at_ms: u64,
}

impl Shop {
    /// The demo store, nobody logged in.
    pub(crate) fn open(width: u16, height: u16) -> Self {
        Self::with_devices(width, height, "")
    }

    /// The same with devices, as the settings of the program name them.
    pub(crate) fn with_devices(width: u16, height: u16, settings: &str) -> Self {
        let mut clock = ManualShell::starting("2025-04-06T09:30:00Z".parse().unwrap(), 7);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("till.saleflex");
        if !settings.is_empty() {
            std::fs::write(path.with_extension("toml"), settings).unwrap();
        }
        let setup = demo::corner_market(&mut clock);
        let till = Till::create(&path, setup, clock.clone()).unwrap();
        let desk = Desk::new(Some(till), path, clock.clone(), Text::english());
        let session = Session::new(desk, Size::new(width, height));
        Self { folder, clock, session, at_ms: 0 }
    }

    /// The demo store with Priya, a cashier, at the sale screen.
    pub(crate) fn selling(width: u16, height: u16) -> Self {
        let mut shop = Self::open(width, height);
        shop.keys("down down '3333' enter enter");
        shop
    }

    /// The same with Morgan, a manager.
    pub(crate) fn managed(width: u16, height: u16) -> Self {
        let mut shop = Self::open(width, height);
        shop.keys("down '2222' enter enter");
        shop
    }

    /// The demo store with its administrator, at the menu.
    pub(crate) fn administered(width: u16, height: u16) -> Self {
        let mut shop = Self::open(width, height);
        shop.keys("'1111' enter");
        shop
    }

    /// No till yet.
    pub(crate) fn first_start(width: u16, height: u16) -> Self {
        let clock = ManualShell::starting("2025-04-06T09:30:00Z".parse().unwrap(), 7);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shop").join("till.saleflex");
        let desk = Desk::new(None, path, clock.clone(), Text::english());
        let session = Session::new(desk, Size::new(width, height));
        Self { folder, clock, session, at_ms: 0 }
    }

    /// Presses keys by their names; what stands in quotes is typed.
    pub(crate) fn keys(&mut self, keys: &str) {
        for (at, piece) in keys.split('\'').enumerate() {
            if at % 2 == 1 {
                for character in piece.chars() {
                    self.press(Key::new(
                        crossterm::event::KeyCode::Char(character),
                        crossterm::event::KeyModifiers::NONE,
                    ));
                }
            } else {
                for name in piece.split_whitespace() {
                    self.press(Key::parse(name).unwrap());
                }
            }
        }
    }

    fn press(&mut self, key: Key) {
        self.session.handle(Input::Key(key));
        while self.session.go_on() {}
    }

    /// Presses the mouse on the first place that shows a text.
    pub(crate) fn click(&mut self, text: &str) {
        let screen = self.screen();
        let found = screen.lines().zip(0..).find_map(|(line, row)| {
            let (before, _) = line.split_once(text)?;
            Some((before.chars().count(), row))
        });
        let (column, row) = found.unwrap_or_else(|| panic!("{text} is not shown:\n{screen}"));
        self.session.handle(Input::Click { column: u16::try_from(column).unwrap(), row });
        while self.session.go_on() {}
    }

    /// A scanner sends a code: two milliseconds a character, then Enter.
    pub(crate) fn scan(&mut self, scanner: &mut Scanner, code: &str) {
        let keys = code.chars().map(|character| Key::parse(&character.to_string()).unwrap());
        for key in keys.chain([Key::ENTER]) {
            self.at_ms += 2;
            let at = std::time::Duration::from_millis(self.at_ms);
            for heard in scanner.hear(key, at, self.session.state.listening()) {
                self.session.hear(heard);
            }
        }
        self.at_ms += 40;
    }

    /// What the terminal shows.
    pub(crate) fn screen(&self) -> String {
        let size = self.session.state.size;
        let mut terminal = Terminal::new(TestBackend::new(size.width, size.height)).unwrap();
        terminal.draw(|frame| screen::draw(&self.session.state, &Theme::plain(), frame)).unwrap();
        let buffer = terminal.backend().buffer();
        let row = |y| {
            let mut line = String::new();
            let mut skip = 0;
            for x in 0..size.width {
                if skip > 0 {
                    skip -= 1;
                    continue;
                }
                let symbol = buffer[(x, y)].symbol();
                skip = ratatui::text::Span::raw(symbol).width().saturating_sub(1);
                line.push_str(symbol);
            }
            line.trim_end().to_owned()
        };
        (0..size.height).map(row).collect::<Vec<_>>().join("\n")
    }

    /// Whether the screen shows a text.
    pub(crate) fn shows(&self, text: &str) -> bool {
        self.screen().contains(text)
    }

    /// Turns the program off and on again, as after a power cut.
    pub(crate) fn restart(self) -> Self {
        let size = self.session.state.size;
        let Self { folder, clock, session, .. } = self;
        drop(session);
        let path = folder.path().join("till.saleflex");
        let till = Till::open(&path, clock.clone()).unwrap();
        let desk = Desk::new(Some(till), path, clock.clone(), Text::english());
        Self { folder, clock, session: Session::new(desk, size), at_ms: 0 }
    }

    /// The till itself.
    pub(crate) fn till(&mut self) -> &mut Till {
        self.session.till().unwrap()
    }

    /// The open document.
    pub(crate) fn document(&mut self) -> Document {
        self.till().draft().unwrap().clone()
    }

    /// Active lines of the open document: quantity, name, total.
    pub(crate) fn lines(&mut self) -> Vec<String> {
        let Some(document) = self.till().draft().cloned() else { return Vec::new() };
        let line = |line: &saleflex_core::basket::LineItem| {
            format!("{} {} {}", line.quantity, line.item.name, document.currency.format(line.total))
        };
        document.active_lines().map(line).collect()
    }

    /// The documents settled in the open period, the last one last.
    pub(crate) fn settled(&mut self) -> Vec<Completed> {
        let till = self.till();
        let heads = till.documents(till.period().number).unwrap();
        let found = heads.iter().map(|head| till.find_document(head.id).unwrap().unwrap());
        let completed = |found| match found {
            Found::Completed(completed) => Some(*completed),
            Found::Open(_) | Found::Suspended(_) | Found::Cancelled(_) => None,
        };
        found.filter_map(completed).collect()
    }

    /// The message below the screen.
    pub(crate) fn message(&self) -> String {
        self.session.state.message.as_ref().map(|message| message.words.clone()).unwrap_or_default()
    }
}
