//! Badges, at log-in and where a manager agrees: who is meant is read from one, and the PIN is still asked for.

use super::{Chosen, Letters, Login, Place, State, Tone};
use crate::{
    dialog::{Dialog, FieldKind, Purpose},
    entry::is_product,
    text::Key,
    view::Person,
};

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
        // What begins with a digit is a PIN, whoever's badge says the same, and so is all that is typed at a locked till.
        let is_pin = login.search.is_empty() || login.locked_by.is_some();
        if is_pin || login.chosen == Chosen::Somebody || login.is_leaving {
            return false;
        }
        // The letters that it begins with were taken for a name, the rest for a PIN.
        let typed = format!("{}{}", login.search, login.secret.0.text());
        let names_nobody = !self.is_name(&login.search);
        let is_badge = self.owner(&typed).is_some();
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
            (login.at, login.letters, login.chosen) = (at, Letters::Secret, Chosen::Somebody);
        } else {
            login.letters = Letters::Name;
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

    /// Names the manager by a badge that was scanned where it is asked which; false where it is not, and of a product, which
    /// waits. What is neither is told to be no badge and neither shown nor kept for later: it may be somebody's secret.
    pub(super) fn scan_approver(&mut self, badge: &str) -> bool {
        let Some(Dialog::Prompt(prompt)) = self.dialogs.last() else { return false };
        let Purpose::Approve(act) = &prompt.purpose else { return false };
        let owner = self.owner(badge).cloned();
        if prompt.at != 0 || (owner.is_none() && is_product(badge)) {
            return false;
        }
        let is_owner = |person: &&Person| Some(*person) == owner.as_ref();
        let at = self.approvers(act).iter().position(is_owner);
        let refused = self.text.word(Key::ApproverMayNot).to_owned();
        let read = owner.map(|owner| self.text.fill(Key::BadgeRead, &[("name", &owner.name)]));
        let Some(Dialog::Prompt(prompt)) = self.dialogs.last_mut() else { return false };
        for field in &mut prompt.fields {
            match &mut field.kind {
                FieldKind::Choice { at: chosen, .. } => *chosen = at,
                FieldKind::Secret => field.line.clear(),
                FieldKind::Text | FieldKind::Number | FieldKind::Money(_) | FieldKind::Reason { .. } => {}
            }
        }
        match read {
            None => {
                self.say(Tone::Bad, Key::BadgeUnknown);
                self.ring_for_scan();
            }
            Some(read) if at.is_some() => {
                (prompt.at, prompt.error) = (1, None);
                self.say_words(Tone::Notice, read);
            }
            Some(_) => {
                (prompt.at, prompt.error) = (0, Some(refused));
                self.ring_for_scan();
            }
        }
        true
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
