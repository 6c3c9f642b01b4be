//! Pages of buttons. Where one holds a menu, its buttons are the rows of that.

use super::{Place, State};
use crate::{
    action::{Action, Move},
    dialog::stepped,
    effect::Effect,
    form::{ControlKind, Function},
};

impl State {
    /// The functions of the menu on the page shown, in order; none where it holds no menu.
    pub fn menu_functions(&self) -> Vec<&Function> {
        let Some(form) = self.form().filter(|form| form.has_menu()) else { return Vec::new() };
        let buttons = form.controls.iter().filter(|control| control.kind == ControlKind::Button);
        buttons.filter_map(|control| control.first.as_ref()).collect()
    }

    pub(super) fn update_page(&mut self, action: Action) -> Vec<Effect> {
        let count = self.menu_functions().len();
        let Some(Place::Page { at, .. }) = self.places.last_mut() else { return Vec::new() };
        match action {
            Action::Move(step) if count > 0 => {
                *at = stepped(*at, count, step, count);
                Vec::new()
            }
            Action::Move(Move::Up | Move::Left) => self.update_common(Action::Move(Move::Previous)),
            Action::Move(Move::Down | Move::Right) => self.update_common(Action::Move(Move::Next)),
            Action::Confirm if count > 0 => {
                let at = *at;
                let chosen = self.menu_functions().get(at).map(|function| function.action.clone());
                chosen.map_or_else(Vec::new, |action| self.update(action))
            }
            other => self.update_common(other),
        }
    }
}
