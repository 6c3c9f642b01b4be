//! The on-screen keyboard: off until somebody asks for it, driven by mouse or arrows, its layouts and its look data, those of
//! the shop too.

use std::sync::LazyLock;

use ratatui::layout::{Position, Rect, Size};
use saleflex_core::settings::{KeyboardLayout, ScreenKeyboard};
use serde::Deserialize;

use crate::{action::Move, text::Text};

/// Rows it takes, its frame included.
const HEIGHT: u16 = 7;
/// Columns of a key, unless the shop says otherwise.
const KEY_WIDTH: u16 = 4;
/// Columns it takes, its frame included.
const WIDTH: u16 = 74;
/// Columns of a key of the last row.
const WIDE_KEY: u16 = 12;

#[derive(Deserialize)]
struct File {
    layout: Vec<KeyboardLayout>,
}

/// The layouts of the program, the first is that of languages without one of their own.
static LAYOUTS: LazyLock<Vec<KeyboardLayout>> = LazyLock::new(|| {
    let file: File = toml::from_str(include_str!("keyboard.toml")).expect("a test reads the layouts");
    file.layout
});

/// A keyboard that is shown.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Keyboard {
    /// Those of the program and of the shop.
    layouts: Vec<KeyboardLayout>,
    key_width: u16,
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
    /// The keyboard of a language, with what a shop has otherwise. A layout that would not fit is left out.
    pub fn of(text: &Text, own: &ScreenKeyboard) -> Self {
        let mut layouts = LAYOUTS.to_vec();
        for layout in own.layouts.iter().filter(|layout| layout.fits()) {
            match layouts.iter_mut().find(|known| known.name == layout.name) {
                Some(known) => known.clone_from(layout),
                None => layouts.push(layout.clone()),
            }
        }
        let chosen =
            own.layout.as_ref().and_then(|name| layouts.iter().position(|known| known.name == *name));
        let layout = chosen.unwrap_or(usize::from(text.code == "tr"));
        let is_width =
            |width: &u8| (ScreenKeyboard::LEAST_WIDTH..=ScreenKeyboard::MOST_WIDTH).contains(width);
        let key_width = own.key_width.filter(is_width).map_or(KEY_WIDTH, u16::from);
        Self { layouts, key_width, layout, is_shifted: false, row: 1, column: 0 }
    }

    /// What the layouts are called, in the order in which they follow one another.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.layouts.iter().map(|layout| layout.name.as_str())
    }

    /// What its layout is called.
    pub fn name(&self) -> &str {
        self.layouts.get(self.layout).map_or("", |layout| layout.name.as_str())
    }

    /// The rows of keys as they are now, the last one included.
    pub fn rows(&self) -> Vec<Vec<Pressed>> {
        let rows = self
            .layouts
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
        // Another layout may have fewer rows, and shorter ones.
        self.row = self.row.min(last);
        self.column = self.column.min(count(self.row) - 1);
    }

    /// What the selected key means. Shift and the layout are changed here.
    pub fn press(&mut self) -> Option<Pressed> {
        let pressed = self.rows().get(self.row)?.get(self.column)?.clone();
        match pressed {
            Pressed::Shift => self.is_shifted = !self.is_shifted,
            Pressed::Layout => {
                self.layout = (self.layout + 1) % self.layouts.len().max(1);
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
        let width = WIDTH.min(size.width);
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
            let width = if at == last { WIDE_KEY } else { self.key_width };
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
        assert!(LAYOUTS.iter().all(KeyboardLayout::fits));
        let keyboard = Keyboard::of(Text::english(), &ScreenKeyboard::default());
        let size = Size::new(80, 24);
        let keys: usize = keyboard.rows().iter().map(Vec::len).sum();
        let places = keyboard.places(size);
        assert_eq!(places.len(), keys);
        assert!(places.iter().all(|(.., rect)| !rect.is_empty() && rect.bottom() <= 24));
    }

    #[test]
    fn a_layout_of_the_shops_own_stands_beside_those_of_the_program_or_in_place_of_one() {
        let layout = |name: &str, row: &str| KeyboardLayout {
            name: name.to_owned(),
            rows: vec![row.to_owned()],
            shifted: vec![row.to_uppercase()],
        };
        let own = ScreenKeyboard {
            layouts: vec![layout("BÉPO", "bépoèçvdljzw"), layout("123", "123456"), layout("", "x")],
            layout: Some("BÉPO".to_owned()),
            key_width: Some(6),
            ..ScreenKeyboard::default()
        };
        let mut keyboard = Keyboard::of(Text::english(), &own);
        assert_eq!((keyboard.name(), keyboard.names().count()), ("BÉPO", LAYOUTS.len() + 1));
        let keys: usize = keyboard.rows().iter().map(Vec::len).sum();
        let places = keyboard.places(Size::new(80, 24));
        assert!(places.len() == keys && places.iter().all(|(.., rect)| !rect.is_empty()));
        // The next is the first again, and the key that is selected is there.
        keyboard.step(Move::Left);
        keyboard.step(Move::Left);
        assert_eq!(keyboard.press(), Some(Pressed::Layout));
        assert_eq!(keyboard.name(), "QWERTY");
        assert!(keyboard.press().is_some());
        let of_program = Keyboard::of(Text::english(), &ScreenKeyboard { layout: Some("123".into()), ..own });
        assert_eq!(of_program.rows().len(), 2, "the shop's own is shorter");
    }

    #[test]
    fn arrows_reach_every_key_and_go_round() {
        let mut keyboard = Keyboard::of(Text::of(Some("tr")), &ScreenKeyboard::default());
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
        let mut keyboard = Keyboard::of(Text::english(), &ScreenKeyboard::default());
        let size = Size::new(80, 24);
        let (.., rect) = keyboard.places(size)[14];
        assert!(keyboard.point(size, rect.x, rect.y));
        assert_eq!(keyboard.press(), Some(Pressed::Char('e')));
        assert!(!keyboard.point(size, 0, 0));
    }
}
