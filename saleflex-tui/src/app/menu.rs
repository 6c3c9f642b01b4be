//! The menu.

use super::{Place, State};
use crate::{
    action::Action,
    dialog::stepped,
    effect::Effect,
    form::{ControlKind, Function},
};

impl State {
    /// The functions of the menu, in order.
    pub fn menu_functions(&self) -> Vec<&Function> {
        let Some(form) = self.forms.get("MAIN_MENU") else { return Vec::new() };
        let buttons = form.controls.iter().filter(|control| control.kind == ControlKind::Button);
        buttons.filter_map(|control| control.first.as_ref()).collect()
    }

    pub(super) fn update_menu(&mut self, action: Action) -> Vec<Effect> {
        let count = self.menu_functions().len();
        match (action, self.places.last_mut()) {
            (Action::Move(step), Some(Place::Menu { at })) => {
                *at = stepped(*at, count, step, count);
                Vec::new()
            }
            (Action::Confirm, Some(Place::Menu { at })) => {
                let at = *at;
                let chosen = self.menu_functions().get(at).map(|function| function.action.clone());
                chosen.map_or_else(Vec::new, |action| self.update(action))
            }
            (Action::Back, _) => Vec::new(),
            (other, _) => self.update_common(other),
        }
    }
}
