//! What a shop says on its paper beside the figures.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::SettingsError;
use crate::catalog::is_unprintable;

/// Texts of the shop on its paper, a paragraph a line.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct PaperTexts {
    /// Below the shop's name: address, tax office and number, telephone.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub header: String,
    /// At the end of a receipt.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub footer: String,
    /// The serial number of the till, for the head of its reports; empty where nobody said it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub serial: String,
}

impl PaperTexts {
    /// The longest text, in characters.
    pub const LONGEST: usize = 1_000;
    /// The longest serial number, in characters: it stands on one line.
    pub const LONGEST_SERIAL: usize = 40;

    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn validate(&self) -> Result<(), SettingsError> {
        for (setting, text) in [("paper.header", &self.header), ("paper.footer", &self.footer)] {
            let is_text = text.chars().all(|character| character == '\n' || !is_unprintable(character));
            if !is_text || text.chars().count() > Self::LONGEST {
                return Err(SettingsError::PaperText { setting, longest: Self::LONGEST });
            }
        }
        let longest = Self::LONGEST_SERIAL;
        if self.serial.chars().any(is_unprintable) || self.serial.chars().count() > longest {
            return Err(SettingsError::PaperText { setting: "paper.serial", longest });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn a_text_on_paper_is_not_too_long_and_commands_no_printer() {
        let header = |header: &str| PaperTexts { header: header.to_string(), ..PaperTexts::default() };
        assert_eq!(header("High Street 1\nVAT 123").validate(), Ok(()));
        assert_eq!(header(&"é".repeat(PaperTexts::LONGEST)).validate(), Ok(()));
        let refused = Err(SettingsError::PaperText { setting: "paper.header", longest: PaperTexts::LONGEST });
        for text in ["\u{1b}p", "a\tb", "tea\u{202e}", &"x".repeat(PaperTexts::LONGEST + 1)] {
            assert_eq!(header(text).validate(), refused);
        }
        let footer = PaperTexts { footer: "\u{7}".to_string(), ..PaperTexts::default() };
        assert!(matches!(footer.validate(), Err(SettingsError::PaperText { setting: "paper.footer", .. })));
        let serial = |serial: &str| PaperTexts { serial: serial.to_string(), ..PaperTexts::default() };
        assert_eq!(serial("SN 0042-7").validate(), Ok(()));
        for text in ["SN\n0042", "\u{1b}p", &"7".repeat(PaperTexts::LONGEST_SERIAL + 1)] {
            let longest = PaperTexts::LONGEST_SERIAL;
            let refused = SettingsError::PaperText { setting: "paper.serial", longest };
            assert_eq!(serial(text).validate(), Err(refused), "{text}");
        }
    }
}
