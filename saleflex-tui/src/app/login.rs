//! The first start and logging in.

use chrono::TimeDelta;

use super::{Chosen, Letters, Login, Place, State, Tone};
use crate::{
    action::{Action, Move},
    dialog::{Dialog, Field, FieldKind, Prompt, Purpose, stepped},
    effect::{Credentials, Effect, FirstStart, NotLoggedIn},
    message,
    text::Key,
    view::Person,
};

/// Cashiers passed by a page key.
const PAGE: usize = 8;

impl State {
    /// Shows the log-in screen, at the cashier who was there last.
    pub(super) fn show_login(&mut self, last: Option<&Person>) {
        let at = last
            .and_then(|last| self.view.cashiers.iter().position(|person| person.user_name == last.user_name));
        self.places = vec![Place::Login(Login { at: at.unwrap_or(0), ..Login::default() })];
        self.dialogs.clear();
        self.selling = super::Selling::default();
        self.focus = None;
        self.is_flipped = false;
        self.scans.clear();
        self.last_receipt = None;
        if self.view.appearance.keyboard && self.keyboard.is_none() {
            self.toggle_keyboard();
        }
    }

    pub(super) fn update_setup(&mut self, action: &Action) -> Vec<Effect> {
        match action {
            Action::Confirm => return vec![Effect::SetUp(FirstStart::Demo)],
            Action::Type('n' | 'N') => self.ask_empty_store(),
            Action::Back => return vec![Effect::Exit],
            _ => {}
        }
        Vec::new()
    }

    fn ask_empty_store(&mut self) {
        let field = |key, kind| Field::new(self.text.word(key), kind);
        let fields = vec![
            field(Key::SetupStore, FieldKind::Text),
            field(Key::SetupRegion, FieldKind::Text).optional(),
            field(Key::SetupCurrency, FieldKind::Text).optional(),
            field(Key::SetupUser, FieldKind::Text),
            field(Key::SetupSecret, FieldKind::Secret),
            field(Key::SetupSecretAgain, FieldKind::Secret),
        ];
        let mut prompt = Prompt::new(self.text.word(Key::SetupTitle), fields, Purpose::SetUp(None));
        prompt.hint = Some(self.text.word(Key::SetupPlaceHint).to_owned());
        self.dialogs.push(Dialog::Prompt(Box::new(prompt)));
    }

    /// Asks for the usual tax of a shop whose place names none, before it is made: without it everything is sold at
    /// 0 %.
    pub(super) fn ask_tax(&mut self, effects: Vec<Effect>) -> Vec<Effect> {
        let [Effect::SetUp(start @ FirstStart::Empty { beginning, .. })] = effects.as_slice() else {
            return effects;
        };
        if beginning.has_taxes() {
            return effects;
        }
        let field = Field::new(self.text.word(Key::SetupTaxPercent), FieldKind::Text).optional();
        let purpose = Purpose::SetUp(Some(Box::new(start.clone())));
        let mut prompt = Prompt::new(self.text.word(Key::SetupTaxTitle), vec![field], purpose);
        prompt.hint = Some(self.text.word(Key::SetupTaxHint).to_owned());
        self.dialogs.push(Dialog::Prompt(Box::new(prompt)));
        Vec::new()
    }

    pub(super) fn update_login(&mut self, action: &Action) -> Vec<Effect> {
        if *action == Action::Confirm && self.takes_badge() {
            return Vec::new();
        }
        let count = self.people_to_log_in().len();
        let Some(Place::Login(login)) = self.places.last_mut() else { return Vec::new() };
        let is_leaving = std::mem::take(&mut login.is_leaving);
        match action {
            Action::Confirm | Action::Back if is_leaving => return self.exit(),
            Action::Move(Move::Next | Move::Previous) => {
                login.is_searching = !login.is_searching && login.locked_by.is_none();
                login.letters = if login.is_searching { Letters::Name } else { Letters::Secret };
                login.search.clear();
                if !login.is_searching {
                    login.chosen = Chosen::Somebody;
                }
            }
            Action::Move(step @ (Move::Up | Move::Down | Move::PageUp | Move::PageDown | Move::To(_))) => {
                let before = login.at;
                login.at = stepped(login.at, count, *step, PAGE);
                // At a locked till letters are no name: what was typed for somebody else is no PIN of theirs.
                if login.locked_by.is_some() && login.at != before {
                    login.secret.0.clear();
                }
                login.chosen = Chosen::Somebody;
                if let Letters::AfterRefusal { of } = &mut login.letters {
                    *of = login.at;
                }
            }
            Action::Move(step) => {
                login.secret.0.step(*step);
            }
            Action::Type(character) if login.names_somebody(*character) => self.search_cashier(*character),
            Action::Type(character) => self.type_secret(*character),
            Action::Erase(_) if login.is_searching => {
                login.search.pop();
            }
            Action::Erase(what) => login.secret.0.erase(*what),
            Action::Confirm | Action::Back if login.is_searching => login.end_search(action),
            Action::Confirm | Action::LogIn => return self.log_in(),
            Action::Back if !login.secret.0.is_empty() => {
                login.secret.0.clear();
                login.letters = Letters::Name;
            }
            Action::Back if login.locked_by.is_none() => {
                login.is_leaving = true;
                self.say(Tone::Notice, Key::ExitAgain);
            }
            _ => {}
        }
        Vec::new()
    }

    /// Who can be chosen: everybody, or at a locked till its cashier and whoever may take it over.
    pub fn people_to_log_in(&self) -> Vec<&Person> {
        let Place::Login(Login { locked_by: Some(owner), .. }) = self.place() else {
            return self.view.cashiers.iter().collect();
        };
        let others = self.view.approvers.iter().filter(|person| person.user_name != owner.user_name);
        std::iter::once(&**owner).chain(others).collect()
    }

    /// The till is unlocked: back to where it was locked, for its cashier or for whoever took it over.
    pub(super) fn unlocked(&mut self) {
        let owner = if let Place::Login(login) = self.place() { login.locked_by.clone() } else { None };
        self.go_back();
        self.message = None;
        let is_other = |owner: &Person| {
            self.view.cashier.as_ref().is_some_and(|person| person.user_name != owner.user_name)
        };
        if let Some(owner) = owner.filter(|owner| is_other(owner)) {
            let words = self.text.fill(Key::SaidTakenOver, &[("name", &owner.name)]);
            self.say_words(Tone::Good, words);
            // What the one before had open and this one may not see is closed.
            let seen = std::mem::take(&mut self.places);
            self.places = seen.into_iter().filter(|place| self.lacks_for(place.form()).is_none()).collect();
            if self.places.is_empty() {
                self.places.push(Self::menu());
            }
        }
    }

    /// Types into the PIN, which is entered by it.
    fn type_secret(&mut self, character: char) {
        let Some(Place::Login(login)) = self.places.last_mut() else { return };
        (login.is_searching, login.letters) = (false, Letters::Secret);
        login.secret.0.type_char(character);
    }

    /// Selects the first cashier whose name begins with, else holds, what was typed. A digit that no name goes on with is
    /// the first of the PIN. After a refused PIN, what no name begins with is the password of the one who was refused.
    fn search_cashier(&mut self, character: char) {
        let people = &self.view.cashiers;
        let Some(Place::Login(login)) = self.places.last_mut() else { return };
        login.is_searching = true;
        login.search.push(character);
        let wanted = login.search.to_lowercase();
        let starts = |person: &Person| {
            person.name.to_lowercase().starts_with(&wanted)
                || person.user_name.to_lowercase().starts_with(&wanted)
        };
        let refused = match login.letters {
            Letters::AfterRefusal { of } => Some(of),
            Letters::Name | Letters::Secret => None,
        };
        let holds = |person: &Person| refused.is_none() && person.name.to_lowercase().contains(&wanted);
        if let Some(at) = people.iter().position(starts).or_else(|| people.iter().position(holds)) {
            login.at = at;
        } else if character.is_ascii_digit() {
            login.search.pop();
            self.type_secret(character);
        } else if let Some(refused) = refused {
            login.at = refused;
            let password = std::mem::take(&mut login.search);
            for character in password.chars() {
                self.type_secret(character);
            }
        }
    }

    /// Says why somebody was not let in; the PIN has to be typed anew. Where it was one of digits, letters may name somebody
    /// again and are hidden; a password goes on where it was.
    pub(super) fn refuse_log_in(&mut self, refused: NotLoggedIn) {
        let wait_until = self.now.zip(refused.wait_s).map(|(now, wait_s)| now + TimeDelta::seconds(wait_s));
        if let Some(Place::Login(login)) = self.places.last_mut() {
            if is_pin(login.secret.0.text()) {
                login.letters = Letters::AfterRefusal { of: login.at };
            }
            login.search.clear();
            login.secret.0.clear();
            login.wait_until = wait_until;
        }
        self.say_words(Tone::Bad, refused.words);
    }

    /// Shows how many seconds are left before the next attempt; true where that changes the screen.
    pub(super) fn count_wait_down(&mut self) -> bool {
        let (Some(now), Some(Place::Login(login))) = (self.now, self.places.last_mut()) else { return false };
        let Some(until) = login.wait_until else { return false };
        let left_ms = (until - now).num_milliseconds();
        if left_ms <= 0 {
            login.wait_until = None;
            self.say(Tone::Notice, Key::LogInAgain);
        } else {
            self.say_words(Tone::Bad, message::wait(self.text, (left_ms + 999) / 1_000));
        }
        true
    }

    fn log_in(&mut self) -> Vec<Effect> {
        let Some(Place::Login(login)) = self.places.last() else { return Vec::new() };
        let secret = login.secret.0.text().to_owned();
        let is_locked = login.locked_by.is_some();
        let chosen = self.people_to_log_in().get(login.at).map(|person| person.user_name.clone());
        let Some(user_name) = chosen else { return Vec::new() };
        if secret.is_empty() {
            self.say(Tone::Notice, Key::LoginSecretNeeded);
            if let Some(Place::Login(login)) = self.places.last_mut() {
                login.letters = Letters::Secret;
            }
            return Vec::new();
        }
        let credentials = Credentials { user_name, secret };
        vec![if is_locked { Effect::Unlock(credentials) } else { Effect::LogIn(credentials) }]
    }
}

/// Whether a secret is one of digits, so that a letter cannot begin it.
pub(super) fn is_pin(secret: &str) -> bool {
    secret.chars().all(|character| character.is_ascii_digit())
}
