//! The on-screen keyboard: what its keys do below it.

use super::State;
use crate::{
    action::{Action, Erase, Move},
    effect::Effect,
    keyboard::{Keyboard, Pressed},
    keymap::Key,
};

impl State {
    /// Shows the on-screen keyboard or puts it away.
    pub(super) fn toggle_keyboard(&mut self) {
        let own = &self.view.appearance.screen_keyboard;
        self.keyboard = if self.keyboard.is_some() { None } else { Some(Keyboard::of(self.text, own)) };
    }

    /// What the keyboard makes of an action: arrows select its keys, Enter presses one, Escape puts it away. Everything
    /// else goes below.
    pub(super) fn update_keyboard(&mut self, action: &Action) -> Option<Vec<Effect>> {
        let keyboard = self.keyboard.as_mut()?;
        match action {
            Action::Move(step @ (Move::Up | Move::Down | Move::Left | Move::Right)) => keyboard.step(*step),
            Action::Confirm => return Some(self.press_on_keyboard()),
            Action::Back => self.keyboard = None,
            _ => return None,
        }
        Some(Vec::new())
    }

    /// Presses the key under the mouse; false where the keyboard is not there.
    pub(super) fn click_keyboard(&mut self, column: u16, row: u16) -> Option<Vec<Effect>> {
        let size = self.size;
        let keyboard = self.keyboard.as_mut()?;
        if keyboard.point(size, column, row) {
            return Some(self.press_on_keyboard());
        }
        Keyboard::rect(size).contains(ratatui::layout::Position::new(column, row)).then(Vec::new)
    }

    /// Presses a key on the screen below, which may have put the keyboard away by then.
    pub(super) fn press_below(&mut self, key: Key) -> Vec<Effect> {
        self.below_keyboard(|state| state.key(key))
    }

    /// Does something on the screen below, whatever it would mean to the keyboard.
    pub(super) fn below_keyboard(&mut self, does: impl FnOnce(&mut Self) -> Vec<Effect>) -> Vec<Effect> {
        let keyboard = self.keyboard.take();
        let effects = does(self);
        self.keyboard = keyboard;
        effects
    }

    fn press_on_keyboard(&mut self) -> Vec<Effect> {
        let Some(pressed) = self.keyboard.as_mut().and_then(Keyboard::press) else { return Vec::new() };
        match pressed {
            Pressed::Char(character) => self.pass(Action::Type(character)),
            Pressed::Erase => self.pass(Action::Erase(Erase::Before)),
            Pressed::Enter => self.press_below(Key::ENTER),
            Pressed::Close => {
                self.keyboard = None;
                Vec::new()
            }
            Pressed::Shift | Pressed::Layout => Vec::new(),
        }
    }
}
