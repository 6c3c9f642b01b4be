//! How a field takes what is typed: in capitals or small letters, numbers alone, out of sight.

use saleflex_store::forms::ControlRecord;

use super::{ControlKind, FormError, fields::LOG_IN};
use crate::text::Text;

/// How a field takes what is typed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Typing {
    /// What becomes of letters.
    pub casing: Casing,
    /// What is taken.
    pub input: Input,
}

/// What becomes of letters that are typed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Casing {
    /// They stay as they are.
    #[default]
    AsTyped,
    /// They become capitals.
    Upper,
    /// They become small.
    Lower,
}

/// What a field takes.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Input {
    /// Any text.
    #[default]
    Text,
    /// Digits, signs, and what stands between digits.
    Number,
    /// Any text, shown as stars.
    Hidden,
}

impl Typing {
    /// What a definition says of a field; a value that its type of control cannot have is refused.
    pub(super) fn of(form: &str, raw: &ControlRecord, kind: ControlKind) -> Result<Self, FormError> {
        let bad = |attribute: &'static str, value: &str| FormError::BadValue {
            form: form.to_owned(),
            control: raw.name.clone(),
            attribute,
            value: value.to_owned(),
        };
        let casing = match raw.character_casing.as_deref() {
            None | Some("NORMAL") => Casing::AsTyped,
            Some("UPPER") => Casing::Upper,
            Some("LOWER") => Casing::Lower,
            Some(other) => return Err(bad("character_casing", other)),
        };
        let input = match (raw.input_type.as_deref(), kind) {
            (None, _)
            | (Some("ALPHANUMERIC"), ControlKind::TextBox)
            | (Some("PASSWORD"), ControlKind::Password)
            | (Some("BOOLEAN"), ControlKind::CheckBox) => Input::Text,
            (Some("NUMERIC"), ControlKind::TextBox) => Input::Number,
            (Some("PASSWORD"), ControlKind::TextBox) => Input::Hidden,
            (Some(other), _) => return Err(bad("input_type", other)),
        };
        Ok(Self { casing, input })
    }

    /// Whether a definition may say it of a control: of a field of a record. The log-in takes names and secrets as they
    /// are.
    pub(super) fn is_for(form: &str, kind: ControlKind) -> bool {
        let is_field = matches!(kind, ControlKind::TextBox | ControlKind::Password | ControlKind::CheckBox);
        is_field && form != LOG_IN
    }

    /// What stands in the field for a character that is typed, in the language of the screen; nothing where it is not
    /// taken.
    pub fn taken(self, character: char, text: &Text) -> Vec<char> {
        if self.input == Input::Number && !(character.is_ascii_digit() || ".,-+: ".contains(character)) {
            return Vec::new();
        }
        // Turkish has two letters i, each with its own capital.
        let is_turkish = text.code == "tr";
        match self.casing {
            Casing::AsTyped => vec![character],
            Casing::Upper if is_turkish && character == 'i' => vec!['İ'],
            Casing::Lower if is_turkish && character == 'I' => vec!['ı'],
            Casing::Lower if is_turkish && character == 'İ' => vec!['i'],
            Casing::Upper => character.to_uppercase().collect(),
            Casing::Lower => character.to_lowercase().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_become_capitals_in_the_language_of_the_screen_and_a_number_takes_no_letters() {
        let (english, turkish) = (Text::english(), Text::of(Some("tr")));
        let typed = |typing: Typing, words: &str, text: &Text| -> String {
            words.chars().flat_map(|character| typing.taken(character, text)).collect()
        };
        let with = |casing, input| Typing { casing, input };
        let upper = with(Casing::Upper, Input::Text);
        assert_eq!(typed(upper, "istanbul ışık", english), "ISTANBUL IŞIK");
        assert_eq!(typed(upper, "istanbul ışık", turkish), "İSTANBUL IŞIK");
        let lower = with(Casing::Lower, Input::Text);
        assert_eq!(typed(lower, "IZMIR İ", turkish), "ızmır i");
        assert_eq!(typed(with(Casing::AsTyped, Input::Number), "-12,50 kg", english), "-12,50 ");
    }
}
