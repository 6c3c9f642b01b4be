//! Which key means what, by mode. The table is data (`keymap.toml`), read and checked once.
//!
//! A mode inherits: a selected line takes the keys of selling, selling those of every screen, and everything
//! those that edit and move. The keys of a form's own buttons come between.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use crate::action::{Action, EventError};

mod key;
mod own;

pub use key::{Key, UnknownKey};
pub use own::OwnKeys;

const BUILT_IN: &str = include_str!("keymap.toml");

/// What the next key acts on.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Mode {
    /// Everywhere.
    Any,
    /// Any screen while no dialog is open and somebody is logged in.
    Screen,
    /// The first start, before there is a till.
    Setup,
    /// Logging in.
    Login,
    /// A page of buttons, the menu among them.
    Page,
    /// Selling.
    Sale,
    /// Selling, with a line selected.
    Line,
    /// Payment.
    Payment,
    /// A list of things looked up.
    List,
    /// Goods brought back.
    Return,
    /// One record.
    Record,
    /// A dialog with fields.
    Prompt,
    /// A question that wants its own key.
    Question,
    /// A list with a filter.
    Pick,
    /// A text to read.
    Paper,
}

impl Mode {
    /// Every mode, in the order help lists them.
    pub const ALL: [Self; 15] = [
        Self::Any,
        Self::Screen,
        Self::Setup,
        Self::Login,
        Self::Page,
        Self::Sale,
        Self::Line,
        Self::Payment,
        Self::List,
        Self::Return,
        Self::Record,
        Self::Prompt,
        Self::Question,
        Self::Pick,
        Self::Paper,
    ];

    /// The name of its section in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Screen => "screen",
            Self::Setup => "setup",
            Self::Login => "login",
            Self::Page => "page",
            Self::Sale => "sale",
            Self::Line => "line",
            Self::Payment => "payment",
            Self::List => "list",
            Self::Return => "return",
            Self::Record => "record",
            Self::Prompt => "prompt",
            Self::Question => "question",
            Self::Pick => "pick",
            Self::Paper => "paper",
        }
    }

    /// The mode of a section of the table.
    fn named(section: &str) -> Result<Self, KeymapError> {
        let found = Self::ALL.into_iter().find(|mode| mode.name() == section);
        found.ok_or_else(|| KeymapError::UnknownMode(section.to_owned()))
    }

    /// The mode whose keys hold where this one says nothing.
    pub const fn parent(self) -> Option<Self> {
        match self {
            Self::Any => None,
            Self::Line => Some(Self::Sale),
            Self::Page | Self::Sale | Self::Payment | Self::List | Self::Return | Self::Record => {
                Some(Self::Screen)
            }
            Self::Screen
            | Self::Setup
            | Self::Login
            | Self::Prompt
            | Self::Question
            | Self::Pick
            | Self::Paper => Some(Self::Any),
        }
    }

    /// This mode and those it inherits from.
    pub fn lineage(self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |mode| mode.parent())
    }
}

/// Which key means what.
#[derive(Clone, Debug, PartialEq)]
pub struct Keymap {
    modes: BTreeMap<Mode, Vec<(Key, Action)>>,
    /// Those in which a shop gave keys another meaning.
    changed: BTreeSet<Mode>,
}

/// Why a key table cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeymapError {
    /// It is no TOML of the expected shape.
    #[error("the key table cannot be read")]
    Malformed(#[from] toml::de::Error),
    /// A section that is no mode.
    #[error("there is no mode `{0}`")]
    UnknownMode(String),
    /// A key that does not exist.
    #[error("mode {mode}: {error}")]
    Key {
        /// The mode.
        mode: &'static str,
        /// What is wrong.
        #[source]
        error: UnknownKey,
    },
    /// An event that does not exist.
    #[error("mode {mode}, key {key}: {error}")]
    Event {
        /// The mode.
        mode: &'static str,
        /// The key.
        key: Key,
        /// What is wrong.
        #[source]
        error: EventError,
    },
    /// A key that has a meaning already, there or in a form.
    #[error("mode {mode}: the key {key} has two meanings")]
    Conflict {
        /// The mode.
        mode: &'static str,
        /// The key.
        key: Key,
    },
    /// A letter or digit of a shop's own table, where it is typed.
    #[error("mode {mode}: the key {key} is typed there")]
    Typed {
        /// The mode.
        mode: &'static str,
        /// The key.
        key: Key,
    },
    /// What a screen cannot be worked without would have no key.
    #[error("mode {mode}: no key would be left for {event}")]
    Needed {
        /// The mode.
        mode: &'static str,
        /// The event.
        event: &'static str,
    },
}

impl Keymap {
    /// The table built into the program.
    ///
    /// # Panics
    /// Never: a test reads it.
    pub fn built_in() -> Self {
        Self::delivered().clone()
    }

    /// The same, where it is only looked at.
    pub(crate) fn delivered() -> &'static Self {
        static DELIVERED: LazyLock<Keymap> =
            LazyLock::new(|| Keymap::parse(BUILT_IN).expect("a test reads the key table that is built in"));
        &DELIVERED
    }

    /// Reads and checks a table: a section for each mode, in it `key = "EVENT"` or `key = "EVENT argument"`.
    ///
    /// # Errors
    /// [`KeymapError`] for the first thing that is wrong.
    pub fn parse(table: &str) -> Result<Self, KeymapError> {
        let raw: BTreeMap<String, BTreeMap<String, String>> = toml::from_str(table)?;
        let mut modes = BTreeMap::new();
        for (section, keys) in raw {
            let mode = Mode::named(&section)?;
            modes.insert(mode, read_mode(mode, &keys)?);
        }
        Ok(Self { modes, changed: BTreeSet::new() })
    }

    /// What a key means in a mode, inherited meanings included; `form` gives the keys of the screen's buttons.
    pub fn lookup(
        &self,
        mode: Mode,
        key: Key,
        mut form: impl FnMut(Key) -> Option<Action>,
    ) -> Option<Action> {
        for mode in mode.lineage() {
            // A screen's own buttons come before what holds on every screen.
            if matches!(mode, Mode::Screen | Mode::Any)
                && let Some(action) = form(key).or_else(|| form(key.lower()))
            {
                return Some(action);
            }
            if let Some(action) = self.own(mode, key) {
                return Some(action.clone());
            }
        }
        None
    }

    /// The keys of a mode, those it inherits left out.
    pub fn keys(&self, mode: Mode) -> &[(Key, Action)] {
        self.modes.get(&mode).map_or(&[], Vec::as_slice)
    }

    /// The key to show beside an action in a mode.
    pub fn key_of(&self, mode: Mode, action: &Action) -> Option<Key> {
        let mut found = mode.lineage().flat_map(|mode| self.keys(mode));
        found.find(|(_, known)| known == action).map(|(key, _)| *key)
    }

    /// Whether keys of a mode, or of one it inherits from, mean something else than the program says by itself.
    pub fn is_changed(&self, mode: Mode) -> bool {
        mode.lineage().any(|mode| self.changed.contains(&mode))
    }

    fn own(&self, mode: Mode, key: Key) -> Option<&Action> {
        let keys = self.keys(mode);
        let find = |wanted: Key| keys.iter().find(|(known, _)| *known == wanted).map(|(_, action)| action);
        find(key).or_else(|| find(key.lower()))
    }
}

fn read_mode(mode: Mode, keys: &BTreeMap<String, String>) -> Result<Vec<(Key, Action)>, KeymapError> {
    let mut read: Vec<(Key, Action)> = Vec::with_capacity(keys.len());
    for (name, meaning) in keys {
        let key = Key::parse(name).map_err(|error| KeymapError::Key { mode: mode.name(), error })?;
        let (event, argument) = match meaning.split_once(' ') {
            Some((event, argument)) => (event, Some(argument)),
            None => (meaning.as_str(), None),
        };
        let action = Action::from_event(event, argument).map_err(|error| KeymapError::Event {
            mode: mode.name(),
            key,
            error,
        })?;
        if read.iter().any(|(known, _)| *known == key) {
            return Err(KeymapError::Conflict { mode: mode.name(), key });
        }
        read.push((key, action));
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::Adjustment;

    fn lookup(mode: Mode, key: &str) -> Option<Action> {
        Keymap::built_in().lookup(mode, Key::parse(key).unwrap(), |_| None)
    }

    #[test]
    fn a_selected_line_inherits_the_keys_of_selling_and_of_every_screen() {
        assert_eq!(lookup(Mode::Line, "d"), Some(Action::VoidLine));
        assert_eq!(lookup(Mode::Sale, "d"), None);
        assert_eq!(lookup(Mode::Line, "f2"), Some(Action::Palette));
        assert_eq!(lookup(Mode::Line, "enter"), Some(Action::Confirm));
        assert_eq!(lookup(Mode::Prompt, "f2"), None);
        assert_eq!(lookup(Mode::Sale, "ctrl+d"), Some(Action::AdjustLine(Adjustment::DiscountPercent)));
    }

    #[test]
    fn capital_letters_mean_the_same_unless_they_have_a_meaning_of_their_own() {
        assert_eq!(lookup(Mode::Line, "D"), Some(Action::VoidLine));
    }

    #[test]
    fn a_table_with_an_unknown_key_event_or_mode_is_refused() {
        let error = |table: &str| Keymap::parse(table).unwrap_err().to_string();
        assert_eq!(error("[sale]\nf99 = \"HELP\""), "mode sale: `f99` names no key");
        assert_eq!(error("[sale]\nf5 = \"DANCE\""), "mode sale, key F5: there is no event `DANCE`");
        assert_eq!(error("[dance]\nf5 = \"HELP\""), "there is no mode `dance`");
        assert_eq!(
            error("[sale]\nplus = \"HELP\"\n\"+\" = \"BACK\""),
            "mode sale: the key + has two meanings"
        );
        assert!(Keymap::parse("[sale]\nf5 = 3").is_err());
    }
}
