//! Badges at log-in: who is meant is read from one, and the PIN is still asked for.

use super::{Chosen, Login, Place, State, Tone};
use crate::{text::Key, view::Person};

impl State {
    /// Whether what is typed may be a badge: somebody has one, and nobody was chosen.
    pub(super) fn awaits_badge(&self, login: &Login) -> bool {
        let has_badge = |person: &Person| person.badge.is_some();
        login.chosen == Chosen::Nobody && self.view.cashiers.iter().any(has_badge)
    }

    /// Takes what was typed for a badge, where it is one. What is the beginning of nobody's name is told to be neither, so
    /// that it is no wrong PIN of whoever stands first.
    pub(super) fn takes_badge(&mut self) -> bool {
        let Place::Login(login) = self.place() else { return false };
        if login.chosen == Chosen::Somebody || login.is_leaving {
            return false;
        }
        // The letters that it begins with were taken for a name, the rest for a PIN.
        let typed = format!("{}{}", login.search, login.secret.0.text());
        let names_nobody = !login.search.is_empty() && !self.is_name(&login.search);
        // At a locked till what is typed is the PIN of whoever locked it, even where it is another's badge.
        let takes_over =
            |owner: &Person| login.locked_by.as_ref().is_none_or(|by| by.user_name == owner.user_name);
        let is_badge = self.owner(&typed).is_some_and(takes_over);
        if is_badge || names_nobody {
            self.scan_badge(&typed);
        }
        is_badge || names_nobody
    }

    /// Chooses the cashier of a badge.
    pub(super) fn scan_badge(&mut self, badge: &str) {
        let owner = self.owner(badge).cloned();
        let is_owner = |person: &&Person| owner.as_ref() == Some(person);
        let at = self.people_to_log_in().iter().position(is_owner);
        let Some(Place::Login(login)) = self.places.last_mut() else { return };
        login.secret.0.clear();
        login.search.clear();
        login.is_searching = false;
        let locked_by = login.locked_by.as_ref().map(|owner| owner.name.clone());
        if let Some(at) = at {
            (login.at, login.is_at_secret, login.chosen) = (at, true, Chosen::Somebody);
        } else {
            login.is_at_secret = false;
        }
        match (owner, at, locked_by) {
            (Some(owner), Some(_), _) => {
                let words = self.text.fill(Key::BadgeRead, &[("name", &owner.name)]);
                self.say_words(Tone::Notice, words);
            }
            (Some(_), None, Some(locked_by)) => {
                self.say_words(Tone::Bad, self.text.fill(Key::LockedBy, &[("name", &locked_by)]));
                self.ring_for_scan();
            }
            _ => {
                self.say(Tone::Bad, Key::BadgeUnknown);
                self.ring_for_scan();
            }
        }
    }

    fn owner(&self, badge: &str) -> Option<&Person> {
        let has_it = |person: &&Person| {
            let own = person.badge.as_ref();
            own.is_some_and(|own| own.0.eq_ignore_ascii_case(badge.trim()))
        };
        self.view.cashiers.iter().find(has_it)
    }

    /// Whether somebody's name holds what was typed.
    fn is_name(&self, typed: &str) -> bool {
        let wanted = typed.to_lowercase();
        let holds = |name: &str| name.to_lowercase().contains(&wanted);
        self.view.cashiers.iter().any(|person| holds(&person.name) || holds(&person.user_name))
    }
}
