//! The keys of the screen shown.

use super::State;
use crate::{
    action::Action,
    dialog::{Dialog, Reader},
    effect::{Effect, Paper},
    entry,
    form::Function,
    text::Key,
};

/// What shows how digits alone are read.
const DIGITS: &str = "1000";
/// Columns of a key's name.
const KEY_WIDTH: usize = 18;
/// Columns of its sentences.
const WIDTH: usize = 66;

impl State {
    /// Lists every key that means something here; a second press closes the list.
    pub(super) fn show_help(&mut self) -> Vec<Effect> {
        let title = self.text.word(Key::HelpTitle).to_owned();
        if matches!(self.dialogs.last(), Some(Dialog::Paper(reader)) if reader.paper.title == title) {
            self.dialogs.pop();
            return Vec::new();
        }
        let lines = self.help_lines();
        self.dialogs.push(Dialog::Paper(Reader::new(Paper { title, lines, ..Paper::default() })));
        Vec::new()
    }

    fn help_lines(&self) -> Vec<String> {
        let mode = self.mode();
        let mut lines: Vec<String> = Vec::new();
        let mut told: Vec<(String, Vec<String>)> = Vec::new();
        let mut tell = |words: String, key: String| match told.iter_mut().find(|(known, _)| *known == words) {
            Some((_, keys)) => keys.push(key),
            None => told.push((words, vec![key])),
        };
        if self.dialogs.is_empty()
            && let Some(form) = self.form()
        {
            for (key, function) in form.hotkeys() {
                tell(self.words_of_function(function), key.to_string());
            }
        }
        for (key, action) in mode.lineage().flat_map(|mode| self.keymap.keys(mode)) {
            if let Some(words) = self.words_of(action) {
                tell(words, key.to_string());
            }
        }
        told.sort_by_key(|(words, _)| words.to_lowercase());
        if self.dialogs.is_empty()
            && let Some(hint) = self.screen_hint()
        {
            lines.extend(hint.lines().flat_map(wrapped));
            lines.push(String::new());
        }
        for (words, keys) in told {
            let keys = keys.join(" ");
            lines.push(format!("{keys:<KEY_WIDTH$} {words}"));
        }
        lines
    }

    /// What a function of a form is called in a list: by its caption, and a cash key with the note it stands for.
    pub(super) fn words_of_function(&self, function: &Function) -> String {
        let caption = function.caption.as_ref().map(|caption| self.text.caption(caption).to_owned());
        let is_note = matches!(function.action, Action::CashNote(_));
        let note = || self.words_of(&function.action).filter(|_| is_note);
        caption.or_else(note).unwrap_or_else(|| self.text.event(&function.event).to_owned())
    }

    fn words_of(&self, action: &Action) -> Option<String> {
        let event = action.event()?;
        let words = self.text.event(event);
        Some(match action {
            Action::ProductPage(number) | Action::ProductGroup(number) | Action::ProductKey(number) => {
                format!("{words} {number}")
            }
            Action::CashNote(number) => {
                let notes = super::notes(&self.view.currency);
                let note = notes.get(usize::from(*number).saturating_sub(1))?;
                format!("{words} {}", self.view.currency.show(*note))
            }
            _ => words.to_owned(),
        })
    }

    /// A few sentences on what can be typed here.
    fn screen_hint(&self) -> Option<String> {
        use super::Place;
        let key = match self.place() {
            Place::Sale => Key::HelpSale,
            Place::Payment { .. } => Key::HelpPayment,
            Place::Return(_) => Key::HelpReturn,
            Place::Login(_) => Key::HelpLogin,
            Place::List(list) => list.listing.words().hint,
            Place::Record(_) => Key::HelpRecord,
            Place::Setup | Place::Page { .. } => return None,
        };
        Some(self.with_digits(key))
    }

    /// A word that says how digits alone are read as an amount, which differs from store to store.
    pub fn with_digits(&self, key: Key) -> String {
        let read = entry::echo(DIGITS, &self.view.amounts()).unwrap_or_default();
        self.text.fill(key, &[("typed", DIGITS), ("read", &read)])
    }
}

/// A sentence in lines of words.
fn wrapped(sentence: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in sentence.split_whitespace() {
        let line = lines.last().map_or(0, |line| line.chars().count());
        if line > 0 && line + 1 + word.chars().count() > WIDTH {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}
