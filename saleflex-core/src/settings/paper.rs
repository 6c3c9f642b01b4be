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
}

impl PaperTexts {
    /// The longest text, in characters.
    pub const LONGEST: usize = 1_000;

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
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn a_text_on_paper_is_not_too_long_and_commands_no_printer() {
        let header = |header: &str| PaperTexts { header: header.to_string(), footer: String::new() };
        assert_eq!(header("High Street 1\nVAT 123").validate(), Ok(()));
        assert_eq!(header(&"é".repeat(PaperTexts::LONGEST)).validate(), Ok(()));
        let refused = Err(SettingsError::PaperText { setting: "paper.header", longest: PaperTexts::LONGEST });
        for text in ["\u{1b}p", "a\tb", "tea\u{202e}", &"x".repeat(PaperTexts::LONGEST + 1)] {
            assert_eq!(header(text).validate(), refused);
        }
        let footer = PaperTexts { footer: "\u{7}".to_string(), header: String::new() };
        assert!(matches!(footer.validate(), Err(SettingsError::PaperText { setting: "paper.footer", .. })));
    }
}
