//! The on-screen keyboard: off until somebody asks for it, driven by mouse or arrows, its layouts data.

use std::sync::LazyLock;

use ratatui::layout::{Position, Rect, Size};
use serde::Deserialize;

use crate::{action::Move, text::Text};

/// Rows it takes, its frame included.
const HEIGHT: u16 = 7;
/// Columns of a key.
const KEY_WIDTH: u16 = 4;
/// Columns of a key of the last row.
const WIDE_KEY: u16 = 12;

/// A layout: keys by rows.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// What it is called.
    pub name: String,
    /// The keys.
    pub rows: Vec<String>,
    /// The keys with shift.
    pub shifted: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    layout: Vec<Layout>,
}

/// Every layout, the first is that of languages without one of their own.
static LAYOUTS: LazyLock<Vec<Layout>> = LazyLock::new(|| {
    let file: File = toml::from_str(include_str!("keyboard.toml")).expect("a test reads the layouts");
    file.layout
});

/// A keyboard that is shown.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Keyboard {
    layout: usize,
    is_shifted: bool,
    row: usize,
    column: usize,
}

/// What a key means.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Pressed {
    /// A character.
    Char(char),
    /// The other half of the keys.
    Shift,
    /// Erase the character before.
    Erase,
    /// What Enter means below.
    Enter,
    /// The next layout.
    Layout,
    /// Put it away.
    Close,
}

/// The keys of the last row.
const LAST: [Pressed; 6] =
    [Pressed::Shift, Pressed::Char(' '), Pressed::Erase, Pressed::Enter, Pressed::Layout, Pressed::Close];

impl Keyboard {
    /// The keyboard of a language.
    pub fn of(text: &Text) -> Self {
        Self { layout: usize::from(text.code == "tr"), is_shifted: false, row: 1, column: 0 }
    }

    /// What its layout is called.
    pub fn name(&self) -> &str {
        LAYOUTS.get(self.layout).map_or("", |layout| layout.name.as_str())
    }

    /// The rows of keys as they are now, the last one included.
    pub fn rows(&self) -> Vec<Vec<Pressed>> {
        let rows = LAYOUTS
            .get(self.layout)
            .map(|layout| if self.is_shifted { &layout.shifted } else { &layout.rows });
        let keys = rows.into_iter().flatten().map(|row| row.chars().map(Pressed::Char).collect());
        keys.chain([LAST.to_vec()]).collect()
    }

    /// The row and column of the key that is selected.
    pub const fn at(&self) -> (usize, usize) {
        (self.row, self.column)
    }

    /// Selects another key.
    pub fn step(&mut self, step: Move) {
        let rows = self.rows();
        let last = rows.len().saturating_sub(1);
        let count = |row: usize| rows.get(row).map_or(1, Vec::len).max(1);
        match step {
            Move::Up => self.row = self.row.checked_sub(1).unwrap_or(last),
            Move::Down => self.row = if self.row >= last { 0 } else { self.row + 1 },
            Move::Left => self.column = self.column.checked_sub(1).unwrap_or(count(self.row) - 1),
            Move::Right => self.column = (self.column + 1) % count(self.row),
            _ => {}
        }
        self.column = self.column.min(count(self.row) - 1);
    }

    /// What the selected key means. Shift and the layout are changed here.
    pub fn press(&mut self) -> Option<Pressed> {
        let pressed = self.rows().get(self.row)?.get(self.column)?.clone();
        match pressed {
            Pressed::Shift => self.is_shifted = !self.is_shifted,
            Pressed::Layout => {
                self.layout = (self.layout + 1) % LAYOUTS.len().max(1);
                self.step(Move::Start);
            }
            // One capital letter, as on a telephone.
            Pressed::Char(_) => self.is_shifted = false,
            Pressed::Erase | Pressed::Enter | Pressed::Close => {}
        }
        Some(pressed)
    }

    /// Where it is shown on a terminal of this size.
    pub fn rect(size: Size) -> Rect {
        let width = 12 * KEY_WIDTH + 26;
        let width = width.min(size.width);
        Rect {
            x: (size.width - width) / 2,
            y: size.height.saturating_sub(HEIGHT + 1),
            width,
            height: HEIGHT.min(size.height),
        }
    }

    /// Its keys with their places: row, column, rectangle.
    pub fn places(&self, size: Size) -> Vec<(usize, usize, Rect)> {
        let rect = Self::rect(size);
        let inner = Rect {
            x: rect.x + 1,
            y: rect.y + 1,
            width: rect.width.saturating_sub(2),
            height: rect.height.saturating_sub(2),
        };
        let rows = self.rows();
        let last = rows.len().saturating_sub(1);
        let mut places = Vec::new();
        for (at, (row, y)) in rows.iter().zip(inner.y..inner.bottom()).enumerate() {
            let width = if at == last { WIDE_KEY } else { KEY_WIDTH };
            for (column, x) in (0..row.len()).zip((inner.x..inner.right()).step_by(width.into())) {
                places.push((at, column, Rect { x, y, width, height: 1 }.intersection(inner)));
            }
        }
        places
    }

    /// Selects the key under the mouse; false where there is none.
    pub fn point(&mut self, size: Size, column: u16, row: u16) -> bool {
        let position = Position::new(column, row);
        let hit = self.places(size).into_iter().find(|(.., rect)| rect.contains(position));
        if let Some((row, column, _)) = hit {
            (self.row, self.column) = (row, column);
        }
        hit.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout_fits_and_has_as_many_rows_with_shift() {
        for layout in LAYOUTS.iter() {
            assert_eq!((layout.rows.len(), layout.shifted.len()), (4, 4), "{}", layout.name);
            for row in layout.rows.iter().chain(&layout.shifted) {
                assert!((3..=12).contains(&row.chars().count()), "{}: {row}", layout.name);
            }
        }
        let keyboard = Keyboard::of(Text::english());
        let size = Size::new(80, 24);
        let keys: usize = keyboard.rows().iter().map(Vec::len).sum();
        let places = keyboard.places(size);
        assert_eq!(places.len(), keys);
        assert!(places.iter().all(|(.., rect)| !rect.is_empty() && rect.bottom() <= 24));
    }

    #[test]
    fn arrows_reach_every_key_and_go_round() {
        let mut keyboard = Keyboard::of(Text::of(Some("tr")));
        assert_eq!(keyboard.press(), Some(Pressed::Char('q')));
        keyboard.step(Move::Left);
        assert_eq!(keyboard.press(), Some(Pressed::Char('ü')));
        keyboard.step(Move::Down);
        keyboard.step(Move::Down);
        keyboard.step(Move::Down);
        assert_eq!(keyboard.press(), Some(Pressed::Close));
        keyboard.step(Move::Right);
        assert_eq!(keyboard.press(), Some(Pressed::Shift));
        keyboard.step(Move::Down);
        assert_eq!(keyboard.press(), Some(Pressed::Char('!')));
        assert_eq!(keyboard.press(), Some(Pressed::Char('1')), "one character, then no shift any more");
    }

    #[test]
    fn the_mouse_presses_the_key_under_it() {
        let mut keyboard = Keyboard::of(Text::english());
        let size = Size::new(80, 24);
        let (.., rect) = keyboard.places(size)[14];
        assert!(keyboard.point(size, rect.x, rect.y));
        assert_eq!(keyboard.press(), Some(Pressed::Char('e')));
        assert!(!keyboard.point(size, 0, 0));
    }
}
