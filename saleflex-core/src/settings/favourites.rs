//! What stands on the first page of product keys.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use super::SettingsError;

/// The first page of product keys on the sale screen: the shop's own choice, then what sells best. Where neither is wanted
/// there is no such page.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct FavouriteKeys {
    /// Codes or barcodes of the shop's choice, in the order of their keys.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub chosen: Vec<String>,
    /// The keys that are left show what sells best.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub best_sold: bool,
}

impl FavouriteKeys {
    /// The most keys: two parts of the page, so that each is reached with two presses.
    pub const MOST: usize = 18;
    /// The longest code or barcode, in characters.
    pub const LONGEST: usize = 50;

    /// Whether there is such a page.
    pub const fn is_shown(&self) -> bool {
        self.best_sold || !self.chosen.is_empty()
    }

    /// Puts a code behind the others, or takes it off where it stands there; whether it stands there now.
    ///
    /// # Errors
    /// [`SettingsError::Favourite`] when the page is full, or it is no code. The page stays as it is.
    pub fn toggle(&mut self, code: &str) -> Result<bool, SettingsError> {
        let before = self.chosen.len();
        self.chosen.retain(|known| known != code);
        if self.chosen.len() < before {
            return Ok(false);
        }
        self.chosen.push(code.into());
        let checked = self.validate();
        if checked.is_err() {
            self.chosen.pop();
        }
        checked.map(|()| true)
    }

    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the page can be shown.
    ///
    /// # Errors
    /// [`SettingsError::Favourite`] for the first code that is none, stands there twice, or is one too many.
    pub fn validate(&self) -> Result<(), SettingsError> {
        let is_code = |code: &str| {
            let length = code.chars().count();
            code.trim() == code
                && (1..=Self::LONGEST).contains(&length)
                && !code.chars().any(char::is_control)
        };
        for (at, code) in self.chosen.iter().enumerate() {
            let is_double = self.chosen.iter().take(at).any(|other| other == code);
            if at >= Self::MOST || is_double || !is_code(code) {
                return Err(SettingsError::Favourite { code: code.clone(), most: Self::MOST });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use alloc::{format, string::ToString};

    use super::*;

    fn chosen(codes: &[&str]) -> FavouriteKeys {
        FavouriteKeys { chosen: codes.iter().map(ToString::to_string).collect(), best_sold: false }
    }

    #[test]
    fn a_key_is_put_on_the_page_once_and_taken_off_by_the_same() {
        let mut keys = FavouriteKeys::default();
        assert!(!keys.is_shown());
        assert_eq!(keys.toggle("10106"), Ok(true));
        assert_eq!(keys.toggle("10101"), Ok(true));
        assert_eq!(keys, chosen(&["10106", "10101"]));
        assert_eq!(keys.toggle("10106"), Ok(false));
        assert_eq!(keys, chosen(&["10101"]));
        assert!(keys.is_shown());
    }

    #[test]
    fn a_page_has_so_many_keys_each_with_a_code_of_its_own() {
        let refused =
            |code: &str| Err(SettingsError::Favourite { code: code.to_string(), most: FavouriteKeys::MOST });
        for code in ["", " 1", "a\nb", &"x".repeat(51)] {
            assert_eq!(chosen(&["1", code]).validate(), refused(code));
        }
        assert_eq!(chosen(&["1", "2", "1"]).validate(), refused("1"));
        let mut full = FavouriteKeys::default();
        for no in 0..FavouriteKeys::MOST {
            full.toggle(&format!("{no}")).unwrap();
        }
        assert_eq!(full.toggle("more").map(drop), refused("more"));
        assert_eq!(full.validate(), Ok(()));
    }
}
