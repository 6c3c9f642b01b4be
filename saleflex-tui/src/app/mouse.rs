//! The mouse: what a press means on a screen, on one of its rows and in the dialog in front.

use ratatui::layout::Position;

use super::{Place, State};
use crate::{
    action::{Action, Move},
    dialog::{Dialog, FieldKind},
    effect::Effect,
    keymap::Key,
    screen::{self, Spot},
};

impl State {
    /// Presses what is under the mouse.
    pub(super) fn click(&mut self, column: u16, row: u16) -> Vec<Effect> {
        let position = Position::new(column, row);
        if let Some(front) = self.dialogs.last() {
            let spot = screen::spot_at(self, front, position);
            return spot.map_or_else(Vec::new, |spot| self.press_in_dialog(spot));
        }
        let Some(form) = self.form() else { return Vec::new() };
        match screen::action_at(self, form, position) {
            Some(Action::Move(Move::To(row))) => self.press_row(row),
            Some(action) => self.update(action),
            None => {
                let pressed = form.at(self.size, column, row).cloned();
                pressed.map_or_else(Vec::new, |control| self.press(&control))
            }
        }
    }

    /// Goes to a row. A function of a menu is chosen with it; elsewhere the row that was gone to before is chosen as Enter
    /// does.
    fn press_row(&mut self, row: usize) -> Vec<Effect> {
        self.focus = None;
        let is_again = match self.place() {
            Place::Page { .. } => {
                self.go_to_row(row);
                true
            }
            Place::List(list) => list.at == row,
            Place::Return(back) => back.at == row,
            Place::Record(record) if record.at == row => return self.press_field(),
            Place::Setup | Place::Login(_) | Place::Sale | Place::Payment { .. } | Place::Record(_) => false,
        };
        if is_again { self.press_below(Key::ENTER) } else { self.go_to_row(row) }
    }

    fn go_to_row(&mut self, row: usize) -> Vec<Effect> {
        self.below_keyboard(|state| state.update(Action::Move(Move::To(row))))
    }

    /// Presses the field that typing goes to: a keyboard is shown for a text, what is ticked or chosen is the next.
    fn press_field(&mut self) -> Vec<Effect> {
        if self.is_typing_text() {
            return self.update(Action::Keyboard);
        }
        self.below_keyboard(|state| state.update(Action::Move(Move::Right)))
    }

    fn press_in_dialog(&mut self, spot: Spot) -> Vec<Effect> {
        match (self.dialogs.last_mut(), spot) {
            (_, Spot::Key(key)) => self.press_below(key),
            (Some(Dialog::Pick(pick)), Spot::Row(row)) if pick.at == row => self.press_below(Key::ENTER),
            (_, Spot::Row(row)) => self.go_to_row(row),
            (_, Spot::Typing) => self.update(Action::Keyboard),
            (_, Spot::Text { is_above }) => {
                let step = if is_above { Move::PageUp } else { Move::PageDown };
                self.below_keyboard(|state| state.update(Action::Move(step)))
            }
            (Some(Dialog::Prompt(prompt)), Spot::Field { at, option }) => {
                let is_choice =
                    prompt.fields.get(at).is_some_and(|field| matches!(field.kind, FieldKind::Choice { .. }));
                if prompt.at == at && !is_choice {
                    return self.update(Action::Keyboard);
                }
                prompt.step(Move::To(at));
                if let Some(option) = option {
                    prompt.choose(option);
                }
                Vec::new()
            }
            (Some(Dialog::Prompt(prompt)), Spot::Reason(no)) => {
                prompt.pick_reason(no);
                Vec::new()
            }
            (_, Spot::Field { .. } | Spot::Reason(_)) => Vec::new(),
        }
    }
}
