//! Keys that a shop gave another meaning, put over the table of the program.
//!
//! **Invariant:** whoever stands before a screen can always go on, go back, ask for help and find everything else by name:
//! no table of a shop takes the last key of these away.

use std::collections::BTreeMap;

use super::{Key, Keymap, KeymapError, Mode, read_mode};
use crate::action::Action;

/// What a shop's keys mean: by the name of a mode, the name of a key and its event; an empty event takes the key's
/// meaning away.
pub type OwnKeys = BTreeMap<String, BTreeMap<String, String>>;

/// What every screen needs a key for, and how it is called in the table.
const NEEDED: [(Action, &str); 4] = [
    (Action::Confirm, "CONFIRM"),
    (Action::Back, "BACK"),
    (Action::Help, "HELP"),
    (Action::Palette, "FUNCTION_FORM"),
];

impl Keymap {
    /// The table of the program with a shop's own keys in it. A key that the program knows means what the shop says, in
    /// that mode alone; all others stay.
    ///
    /// # Errors
    /// [`KeymapError`] for the first thing that is wrong: besides what [`Keymap::parse`] refuses, a letter or digit where
    /// it is typed ([`KeymapError::Typed`]), and a screen that would be left without a key to go on, go back, ask for help or
    /// find a function ([`KeymapError::Needed`]).
    pub fn with_own(own: &OwnKeys) -> Result<Self, KeymapError> {
        let built_in = Self::delivered();
        let mut keymap = built_in.clone();
        for (section, keys) in own {
            let mode = Mode::named(section)?;
            let (gone, meant): (Vec<_>, Vec<_>) = keys.iter().partition(|(_, event)| event.trim().is_empty());
            let meant =
                meant.into_iter().map(|(key, event)| (key.clone(), event.trim().to_owned())).collect();
            let meant = read_mode(mode, &meant)?;
            let gone = gone.into_iter().map(|(key, _)| Key::parse(key));
            let gone = gone.collect::<Result<Vec<Key>, _>>();
            let gone = gone.map_err(|error| KeymapError::Key { mode: mode.name(), error })?;
            if let Some((key, _)) = meant.iter().find(|(key, _)| gone.contains(key)) {
                return Err(KeymapError::Conflict { mode: mode.name(), key: *key });
            }
            for (key, _) in &meant {
                built_in.check_not_typed(mode, *key)?;
            }
            let keys = keymap.modes.entry(mode).or_default();
            keys.retain(|(key, _)| !gone.contains(key) && meant.iter().all(|(known, _)| known != key));
            keys.extend(meant);
            keymap.changed.insert(mode);
        }
        keymap.check_needed(built_in)?;
        Ok(keymap)
    }

    /// What is typed where texts and numbers are cannot mean anything else there.
    fn check_not_typed(&self, mode: Mode, key: Key) -> Result<(), KeymapError> {
        let types = match mode {
            Mode::Line | Mode::Page | Mode::Question | Mode::Paper => false,
            Mode::Any
            | Mode::Screen
            | Mode::Setup
            | Mode::Login
            | Mode::Sale
            | Mode::Payment
            | Mode::List
            | Mode::Return
            | Mode::Record
            | Mode::Prompt
            | Mode::Pick => true,
        };
        let is_typed =
            key.typed().is_some_and(|typed| typed.is_alphanumeric() || typed == ' ' || typed == '.');
        if types && is_typed && self.own(mode, key).is_none() {
            return Err(KeymapError::Typed { mode: mode.name(), key });
        }
        Ok(())
    }

    fn check_needed(&self, built_in: &Self) -> Result<(), KeymapError> {
        for mode in Mode::ALL {
            for (action, event) in &NEEDED {
                if built_in.reaches(mode, action) && !self.reaches(mode, action) {
                    return Err(KeymapError::Needed { mode: mode.name(), event });
                }
            }
        }
        Ok(())
    }

    /// Whether a key leads to an action in a mode: one that another meaning hides does not.
    fn reaches(&self, mode: Mode, action: &Action) -> bool {
        let mut keys = mode.lineage().flat_map(|mode| self.keys(mode));
        keys.any(|(key, meant)| meant == action && self.lookup(mode, *key, |_| None).as_ref() == Some(action))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(mode: &str, keys: &[(&str, &str)]) -> OwnKeys {
        let keys = keys.iter().map(|(key, event)| ((*key).to_owned(), (*event).to_owned())).collect();
        [(mode.to_owned(), keys)].into()
    }

    fn refused(mode: &str, keys: &[(&str, &str)]) -> String {
        Keymap::with_own(&own(mode, keys)).unwrap_err().to_string()
    }

    fn meaning(keymap: &Keymap, mode: Mode, key: &str) -> Option<Action> {
        keymap.lookup(mode, Key::parse(key).unwrap(), |_| None)
    }

    #[test]
    fn a_shops_key_means_what_the_shop_says_and_the_others_stay() {
        let keymap = Keymap::with_own(&own("sale", &[("f5", "PAYMENT"), ("f8", "")])).unwrap();
        assert_eq!(meaning(&keymap, Mode::Sale, "f5"), meaning(&Keymap::built_in(), Mode::Sale, "f10"));
        assert_eq!(meaning(&keymap, Mode::Line, "f5"), meaning(&keymap, Mode::Sale, "f10"));
        assert_eq!(meaning(&keymap, Mode::Sale, "f8"), None);
        let (ours, theirs) =
            (meaning(&keymap, Mode::Sale, "f6"), meaning(&Keymap::built_in(), Mode::Sale, "f6"));
        assert!(ours.is_some());
        assert_eq!(ours, theirs);
        assert_eq!(
            [Mode::Line, Mode::Sale, Mode::Payment].map(|mode| keymap.is_changed(mode)),
            [true, true, false]
        );
    }

    #[test]
    fn a_key_of_the_shop_that_could_not_work_is_refused() {
        assert_eq!(refused("sale", &[("f5", "DANCE")]), "mode sale, key F5: there is no event `DANCE`");
        assert_eq!(refused("sale", &[("f99", "")]), "mode sale: `f99` names no key");
        assert_eq!(refused("dance", &[("f5", "HELP")]), "there is no mode `dance`");
        assert_eq!(
            refused("sale", &[("plus", "PAYMENT"), ("+", "")]),
            "mode sale: the key + has two meanings"
        );
        assert_eq!(refused("sale", &[("7", "PAYMENT")]), "mode sale: the key 7 is typed there");
        assert_eq!(refused("record", &[("d", "HELP")]), "mode record: the key d is typed there");
    }

    #[test]
    fn no_table_takes_the_last_key_away_that_a_screen_cannot_do_without() {
        assert_eq!(refused("any", &[("esc", "")]), "mode any: no key would be left for BACK");
        // Hidden by another meaning of the only key is as good as gone.
        assert_eq!(refused("sale", &[("enter", "PAYMENT")]), "mode sale: no key would be left for CONFIRM");
        let moved = own("sale", &[("enter", "PAYMENT"), ("f8", "CONFIRM")]);
        assert_eq!(meaning(&Keymap::with_own(&moved).unwrap(), Mode::Sale, "f8"), Some(Action::Confirm));
    }
}
