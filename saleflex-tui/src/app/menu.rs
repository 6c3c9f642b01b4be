//! Between the menu and the sale: a code that is typed on the menu, and Escape there and back.

use super::{MENU, Place, State};
use crate::{effect::Effect, keymap::Key};

impl State {
    /// Takes a key. On the menu digits are keys of their own: where the one that led to the sale is followed by another
    /// digit, a code is being typed, and it was its first.
    pub(super) fn take_key(&mut self, key: Key) -> Vec<Effect> {
        let was_menu = self.is_menu();
        let digit = key.typed().filter(char::is_ascii_digit);
        if let Some(first) = self.selling.first_digit.take()
            && digit.is_some()
            && self.is_at_an_empty_line()
        {
            self.type_entry(first);
        }
        let effects = self.key(key);
        self.selling.first_digit = digit.filter(|_| was_menu && self.is_at_an_empty_line());
        self.selling.is_left &= self.is_menu();
        effects
    }

    /// Goes back a screen; on the menu, to the sale that was left for it.
    pub(super) fn step_back(&mut self) {
        if self.is_menu() && self.selling.is_left {
            self.show_sale();
        } else {
            self.go_back();
        }
    }

    fn is_menu(&self) -> bool {
        matches!(self.place(), Place::Page { form, .. } if form == MENU)
    }

    fn is_at_an_empty_line(&self) -> bool {
        matches!(self.place(), Place::Sale) && self.dialogs.is_empty() && self.selling.entry.is_empty()
    }
}
