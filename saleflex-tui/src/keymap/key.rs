//! One key as a cashier names it: `F10`, `Ctrl+S`, `Alt+1`, `+`.

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key with its modifiers, in one form whatever the terminal reports: Shift is part of a typed character, and
/// letters with Ctrl or Alt are lower case.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, PartialOrd)]
pub struct Key {
    code: KeyCode,
    modifiers: KeyModifiers,
}

/// Names of keys that are no characters, as they are written in key tables.
const NAMES: [(&str, KeyCode); 17] = [
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("backspace", KeyCode::Backspace),
    ("tab", KeyCode::Tab),
    ("backtab", KeyCode::BackTab),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("pgup", KeyCode::PageUp),
    ("pgdn", KeyCode::PageDown),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("insert", KeyCode::Insert),
    ("delete", KeyCode::Delete),
    ("space", KeyCode::Char(' ')),
    ("plus", KeyCode::Char('+')),
];

/// Why a text names no key.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` names no key")]
pub struct UnknownKey(pub String);

impl Key {
    /// The Enter key.
    pub const ENTER: Self = Self { code: KeyCode::Enter, modifiers: KeyModifiers::NONE };

    /// The key that types a character.
    pub(crate) const fn of(character: char) -> Self {
        Self { code: KeyCode::Char(character), modifiers: KeyModifiers::NONE }
    }

    /// Joins code and modifiers, in the one form.
    pub fn new(code: KeyCode, modifiers: KeyModifiers) -> Self {
        let command = modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        match code {
            KeyCode::Char(character) if command => {
                let mut kept = modifiers & (KeyModifiers::CONTROL | KeyModifiers::ALT);
                if character.is_uppercase()
                    || (character.is_alphabetic() && modifiers.contains(KeyModifiers::SHIFT))
                {
                    kept |= KeyModifiers::SHIFT;
                }
                let lower = character.to_lowercase().next().unwrap_or(character);
                Self { code: KeyCode::Char(lower), modifiers: kept }
            }
            KeyCode::Char(_) | KeyCode::BackTab => Self { code, modifiers: KeyModifiers::NONE },
            _ => Self { code, modifiers },
        }
    }

    /// The key of a terminal's report.
    pub fn from_event(event: KeyEvent) -> Self {
        Self::new(event.code, event.modifiers)
    }

    /// Reads a name such as `ctrl+s`, `f10`, `alt+1`, `plus` or a single character.
    ///
    /// # Errors
    /// [`UnknownKey`] when it names none.
    pub fn parse(name: &str) -> Result<Self, UnknownKey> {
        let unknown = || UnknownKey(name.to_owned());
        let mut rest = name;
        let mut modifiers = KeyModifiers::NONE;
        while let Some((head, tail)) = rest.split_once('+').filter(|(_, tail)| !tail.is_empty()) {
            modifiers |= match head {
                "ctrl" => KeyModifiers::CONTROL,
                "alt" => KeyModifiers::ALT,
                "shift" => KeyModifiers::SHIFT,
                _ => return Err(unknown()),
            };
            rest = tail;
        }
        let code = code(rest).ok_or_else(unknown)?;
        Ok(Self::new(code, modifiers))
    }

    /// The character this key types, when it is one without Ctrl or Alt.
    pub fn typed(&self) -> Option<char> {
        match self.code {
            KeyCode::Char(character) if self.modifiers.is_empty() && !character.is_control() => {
                Some(character)
            }
            _ => None,
        }
    }

    /// The same key without Shift, where Shift types nothing: with a function key, Ctrl or Alt.
    pub fn without_shift(&self) -> Option<Self> {
        let command = self.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        let is_chord = command || matches!(self.code, KeyCode::F(_));
        let has_shift = is_chord && self.modifiers.contains(KeyModifiers::SHIFT);
        has_shift.then(|| Self { modifiers: self.modifiers - KeyModifiers::SHIFT, ..*self })
    }

    /// The same key with a letter in lower case, for tables where `R` and `r` mean the same.
    #[must_use]
    pub fn lower(&self) -> Self {
        match self.code {
            KeyCode::Char(character) => {
                Self { code: KeyCode::Char(character.to_lowercase().next().unwrap_or(character)), ..*self }
            }
            _ => *self,
        }
    }
}

fn code(name: &str) -> Option<KeyCode> {
    if let Some((_, code)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Some(*code);
    }
    let mut characters = name.chars();
    match (characters.next(), characters.next()) {
        (Some(character), None) if !character.is_control() => Some(KeyCode::Char(character)),
        (Some('f'), Some(_)) => {
            let number: u8 = name.strip_prefix('f')?.parse().ok()?;
            (1..=12).contains(&number).then_some(KeyCode::F(number))
        }
        _ => None,
    }
}

impl fmt::Display for Key {
    /// As it is written on keyboards: `Ctrl+S`, `F10`, `PgUp`, `+`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (modifier, name) in
            [(KeyModifiers::CONTROL, "Ctrl+"), (KeyModifiers::ALT, "Alt+"), (KeyModifiers::SHIFT, "Shift+")]
        {
            if self.modifiers.contains(modifier) {
                f.write_str(name)?;
            }
        }
        match self.code {
            KeyCode::Char(' ') => f.write_str("Space"),
            KeyCode::Char(character) if self.modifiers.is_empty() => write!(f, "{character}"),
            KeyCode::Char(character) => write!(f, "{}", character.to_uppercase()),
            KeyCode::F(number) => write!(f, "F{number}"),
            KeyCode::PageUp => f.write_str("PgUp"),
            KeyCode::PageDown => f.write_str("PgDn"),
            KeyCode::BackTab => f.write_str("Shift+Tab"),
            KeyCode::Delete => f.write_str("Del"),
            KeyCode::Insert => f.write_str("Ins"),
            other => write!(f, "{other:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &str) -> String {
        Key::parse(name).unwrap().to_string()
    }

    #[test]
    fn keys_are_named_as_keyboards_name_them() {
        assert_eq!(shown("ctrl+s"), "Ctrl+S");
        assert_eq!(shown("f10"), "F10");
        assert_eq!(shown("alt+1"), "Alt+1");
        assert_eq!(shown("plus"), "+");
        assert_eq!(shown("+"), "+");
        assert_eq!(shown("alt++"), "Alt++");
        assert_eq!(shown("r"), "r");
        assert_eq!(shown("pgdn"), "PgDn");
        for unknown in ["", "f13", "f0", "hyper+s", "ctrl+", "enterr", "f1x"] {
            assert_eq!(Key::parse(unknown), Err(UnknownKey(unknown.to_owned())), "{unknown:?}");
        }
    }

    #[test]
    fn terminals_that_report_shift_differently_give_the_same_key() {
        let plain = Key::new(KeyCode::Char('R'), KeyModifiers::NONE);
        assert_eq!(plain, Key::new(KeyCode::Char('R'), KeyModifiers::SHIFT));
        let chord = Key::parse("alt+shift+d").unwrap();
        assert_eq!(chord, Key::new(KeyCode::Char('D'), KeyModifiers::ALT));
        assert_eq!(chord, Key::new(KeyCode::Char('d'), KeyModifiers::ALT | KeyModifiers::SHIFT));
        assert_eq!(Key::parse("backtab").unwrap(), Key::new(KeyCode::BackTab, KeyModifiers::SHIFT));
    }

    #[test]
    fn only_plain_characters_are_typed() {
        assert_eq!(Key::parse("ç").unwrap().typed(), Some('ç'));
        assert_eq!(Key::parse("ctrl+s").unwrap().typed(), None);
        assert_eq!(Key::new(KeyCode::Char('\u{7}'), KeyModifiers::NONE).typed(), None);
        assert_eq!(Key::parse("enter").unwrap().typed(), None);
    }
}
