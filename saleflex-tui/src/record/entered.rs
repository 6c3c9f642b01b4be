//! What the fields of a record hold, and what was entered in them.

use saleflex_core::money::Money;

use super::Fields;
use crate::effect::Secret;

/// What a field holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A text.
    Text(String),
    /// A secret, shown as dots.
    Secret(Secret),
    /// Yes or no.
    Flag(bool),
    /// One of a few.
    Choice {
        /// What there is.
        options: Vec<String>,
        /// Which one.
        at: usize,
    },
    /// How many notes or coins of a value.
    Pieces {
        /// What one is worth.
        value: Money,
        /// What it is called: its label.
        label: String,
    },
    /// A text that is only shown.
    Fixed(String),
    /// Lines that are only shown.
    Lines(Vec<String>),
    /// A text of several lines.
    Area(String),
}

impl Value {
    /// A secret to be typed.
    pub const fn secret() -> Self {
        Self::Secret(Secret(String::new()))
    }

    /// A text, empty where there is none.
    pub fn text(text: Option<impl ToString>) -> Self {
        Self::Text(text.map(|text| text.to_string()).unwrap_or_default())
    }
}

/// What was entered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entered {
    /// The fields.
    pub fields: Fields,
    /// The same as they were read from the till.
    pub shown: Fields,
    /// What each note and coin is worth of which pieces were counted, by its field.
    pub worth: Vec<(&'static str, Money)>,
}

impl Entered {
    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// The fields of notes and coins with what one is worth.
    pub fn pieces(&self) -> impl Iterator<Item = (&'static str, Money)> {
        self.worth.iter().copied()
    }

    /// A text, without blanks around it.
    pub fn text(&self, name: &str) -> &str {
        match self.value(name) {
            Some(Value::Text(text) | Value::Fixed(text)) => text.trim(),
            Some(Value::Secret(secret)) => &secret.0,
            _ => "",
        }
    }

    /// A text where there is one.
    pub fn optional(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// Yes or no.
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.value(name), Some(Value::Flag(true)))
    }

    /// The words of the one of a few that was chosen.
    pub fn chosen(&self, name: &str) -> Option<&str> {
        match self.value(name) {
            Some(Value::Choice { options, at }) => options.get(*at).map(String::as_str),
            _ => None,
        }
    }

    /// Which one of a few.
    pub fn choice(&self, name: &str) -> usize {
        match self.value(name) {
            Some(Value::Choice { at, .. }) => *at,
            _ => 0,
        }
    }
}
