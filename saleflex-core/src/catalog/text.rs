//! What texts of the catalog may hold, and how they are shortened for a message.

use alloc::string::String;

/// Longest piece of an entered text that a message repeats.
const SHOWN_CHARS: usize = 40;

/// Why a text cannot be a code, name or barcode.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// Nothing is there.
    #[error("is empty")]
    Empty,
    /// More characters than the field holds.
    #[error("is longer than {most} characters")]
    TooLong {
        /// How many there may be.
        most: usize,
    },
    /// A character that cannot be printed or that turns the direction of what follows.
    #[error("holds a character that cannot be printed (U+{code_point:04X})")]
    Unprintable {
        /// The character, by its Unicode number.
        code_point: u32,
    },
    /// Blanks before or behind; what is entered is trimmed, so such a code could never be found.
    #[error("begins or ends with a blank")]
    Untrimmed,
}

/// Whether a text may stand in a field of at most `most` characters. Wide characters count as one.
pub(super) fn check(text: &str, most: usize) -> Result<(), TextError> {
    if is_plain(text) && text.len() <= most { Ok(()) } else { check_characters(text, most) }
}

fn check_characters(text: &str, most: usize) -> Result<(), TextError> {
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if text.chars().take(most + 1).count() > most {
        return Err(TextError::TooLong { most });
    }
    if let Some(bad) = text.chars().find(|&c| is_unprintable(c)) {
        return Err(TextError::Unprintable { code_point: u32::from(bad) });
    }
    if text.trim().len() != text.len() {
        return Err(TextError::Untrimmed);
    }
    Ok(())
}

/// Whether it is ASCII without control characters and without a blank at either end, as nearly every text of a large
/// catalog: then there is nothing to look for character by character.
fn is_plain(text: &str) -> bool {
    let is_letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let bytes = text.as_bytes();
    is_letter(bytes.first())
        && is_letter(bytes.last())
        && bytes.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Whether a character is no part of a name: control characters, line separators, and the marks that reverse the order of
/// what is printed behind them.
pub fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// Whether every character is an ASCII digit.
pub(super) fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A text cut to a length that fits a message, without anything a terminal would obey.
pub(super) fn shown(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(SHOWN_CHARS)
        .map(|c| if is_unprintable(c) { char::REPLACEMENT_CHARACTER } else { c })
        .collect();
    if text.chars().nth(SHOWN_CHARS).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn control_characters_are_refused_and_wide_ones_are_not() {
        assert_eq!(check("Çay 茶 🍵", 100), Ok(()));
        assert_eq!(check("tea\u{7}", 100), Err(TextError::Unprintable { code_point: 7 }));
        assert_eq!(check("tea\u{202E}", 100), Err(TextError::Unprintable { code_point: 0x202E }));
        assert_eq!(check("a\nb", 100), Err(TextError::Unprintable { code_point: 10 }));
    }

    #[test]
    fn a_text_has_at_least_one_and_at_most_so_many_characters() {
        assert_eq!(check("", 3), Err(TextError::Empty));
        assert_eq!(check("çğı", 3), Ok(()));
        assert_eq!(check("çğış", 3), Err(TextError::TooLong { most: 3 }));
        assert_eq!(check(" a", 3), Err(TextError::Untrimmed));
    }

    #[test]
    fn what_a_message_repeats_is_short_and_harmless() {
        assert_eq!(shown("12\u{1b}[2J"), "12\u{FFFD}[2J");
        assert_eq!(shown(&"9".repeat(10_000)).chars().count(), SHOWN_CHARS + 1);
    }

    proptest! {
        #[test]
        fn the_short_way_for_plain_texts_leads_where_the_long_one_does(text in "[ -~]{0,7}|[\\x00-\u{100}]{0,7}") {
            prop_assert_eq!(check(&text, 5), check_characters(&text, 5));
        }
    }
}
