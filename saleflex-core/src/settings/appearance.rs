//! How a till speaks and looks.

use alloc::{collections::BTreeMap, string::String};

use serde::{Deserialize, Serialize};

use super::ScreenKeyboard;

/// How a screen speaks and looks. A program that does not know a name takes its own first choice.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Appearance {
    /// The language, such as `en`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The colours, by a name that the screen knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theme: Option<String>,
    /// The screen that whoever logs in begins on, by the name of its form, where they may see it; none: the menu.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_form: Option<String>,
    /// Keys that mean something else than the program says: by the name of a mode, the name of a key and the event that it
    /// means there; an empty event takes its meaning away. A program that cannot use them as a whole keeps its own.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub keys: BTreeMap<String, BTreeMap<String, String>>,
    /// Digits that are typed without a separator where an amount is asked for are whole units, `10` is 10.00, instead of
    /// minor ones, 0.10.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub decimal_entry: bool,
    /// The keyboard on the screen is there from each log-in on: for a till that has no other.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub keyboard: bool,
    /// Its layouts and its look.
    #[serde(skip_serializing_if = "ScreenKeyboard::is_default")]
    pub screen_keyboard: ScreenKeyboard,
}

impl Appearance {
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
