//! The keyboard on the screen: what a shop has otherwise than the program.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use super::SettingsError;
use crate::catalog::is_unprintable;

/// A layout of the keyboard on the screen: its keys by rows.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct KeyboardLayout {
    /// What it is called.
    pub name: String,
    /// The keys, a character each.
    pub rows: Vec<String>,
    /// The keys with shift.
    pub shifted: Vec<String>,
}

/// Layouts and look of the keyboard on the screen. Colours are written `0xRRGGBB`; what is not said is as the theme has it.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct ScreenKeyboard {
    /// Layouts of the shop's own: beside those of the program, or in place of the one that is called the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub layouts: Vec<KeyboardLayout>,
    /// The layout that is shown first, by its name; none: that of the language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layout: Option<String>,
    /// Columns that a key takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_width: Option<u8>,
    /// The colour of what stands on a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fore_color: Option<String>,
    /// The colour of a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub back_color: Option<String>,
    /// The colour of what stands on the key that is selected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selected_fore_color: Option<String>,
    /// The colour of that key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selected_back_color: Option<String>,
    /// The colour of the frame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub border_color: Option<String>,
}

impl KeyboardLayout {
    /// The most rows of keys.
    pub const MOST_ROWS: usize = 4;
    /// The most keys of a row.
    pub const MOST_KEYS: usize = 12;
    /// The longest name, in characters: it stands on the frame.
    pub const LONGEST_NAME: usize = 30;

    /// Whether it fits the smallest screen, with shift too.
    pub fn fits(&self) -> bool {
        let is_text = |text: &str| !text.chars().any(is_unprintable);
        let is_row = |row: &String| (1..=Self::MOST_KEYS).contains(&row.chars().count()) && is_text(row);
        let name = self.name.trim();
        let is_named = !name.is_empty() && name.chars().count() <= Self::LONGEST_NAME && is_text(name);
        is_named
            && (1..=Self::MOST_ROWS).contains(&self.rows.len())
            && self.rows.len() == self.shifted.len()
            && self.rows.iter().chain(&self.shifted).all(is_row)
    }
}

impl ScreenKeyboard {
    /// The most layouts of a shop's own.
    pub const MOST_LAYOUTS: usize = 12;
    /// The narrowest key.
    pub const LEAST_WIDTH: u8 = 3;
    /// The widest key: a row of them fits the smallest screen.
    pub const MOST_WIDTH: u8 = 6;

    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn validate(&self) -> Result<(), SettingsError> {
        for (at, layout) in self.layouts.iter().enumerate() {
            let is_twice = self.layouts.iter().take(at).any(|before| before.name == layout.name);
            if is_twice || at >= Self::MOST_LAYOUTS || !layout.fits() {
                return Err(SettingsError::KeyboardLayout { name: layout.name.clone() });
            }
        }
        match self.key_width {
            Some(width) if !(Self::LEAST_WIDTH..=Self::MOST_WIDTH).contains(&width) => {
                Err(SettingsError::KeyWidth { width, least: Self::LEAST_WIDTH, most: Self::MOST_WIDTH })
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::{string::ToString, vec};

    use super::*;

    fn layout(rows: &[&str], shifted: &[&str]) -> KeyboardLayout {
        let of = |rows: &[&str]| rows.iter().map(ToString::to_string).collect();
        KeyboardLayout { name: "BÉPO".to_string(), rows: of(rows), shifted: of(shifted) }
    }

    #[test]
    fn a_layout_of_the_keyboard_fits_the_smallest_screen_and_has_as_many_rows_with_shift() {
        let keyboard = |layouts| ScreenKeyboard { layouts, ..ScreenKeyboard::default() };
        let good = layout(&["bépoèçvdljzw", "aui"], &["BÉPOÈÇVDLJZW", "AUI"]);
        assert_eq!(keyboard(vec![good.clone()]).validate(), Ok(()));
        let refused = Err(SettingsError::KeyboardLayout { name: good.name.clone() });
        assert_eq!(keyboard(vec![good.clone(), good]).validate(), refused, "twice");
        for (rows, shifted) in [
            (&["a"][..], &[][..]),
            (&[], &[]),
            (&["a", "b", "c", "d", "e"], &["A", "B", "C", "D", "E"]),
            (&["abcdefghijklm"], &["A"]),
            (&["a\u{1b}"], &["A"]),
            (&[""], &["A"]),
        ] {
            assert_eq!(keyboard(vec![layout(rows, shifted)]).validate(), refused, "{rows:?}");
        }
        for (width, is_good) in [(2, false), (3, true), (6, true), (7, false)] {
            let keyboard = ScreenKeyboard { key_width: Some(width), ..ScreenKeyboard::default() };
            assert_eq!(keyboard.validate().is_ok(), is_good, "{width}");
        }
    }
}
