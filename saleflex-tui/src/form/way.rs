//! The way to the screens themselves: whoever may change screens can have each of them back, whatever a shop made of them.

use std::collections::BTreeSet;

use super::{Control, ControlKind, Form, FormError, Forms, fields::LOG_IN};
use crate::{
    action::{Action, Screen},
    keymap::Keymap,
    registry,
};

/// Where everything begins.
pub(crate) const MENU: &str = "MAIN_MENU";
/// The screen on which every screen is had back.
const SCREENS: &str = "FORM_LIST";
/// The table in which the screens stand there.
const LIST: &str = "LIST";
/// What has a screen back there.
const RESTORE: &str = "FORM_RESTORE";

/// The delivered way, from the menu to the screens.
const DELIVERED: &[&str] = &[MENU, "SETTINGS_MENU", SCREENS];

impl Forms {
    /// Whether the log-in screen shows who may log in and takes their secret: without, nobody comes to any other.
    pub(super) fn check_log_in(&self) -> Result<(), FormError> {
        let Some(form) = self.get(LOG_IN) else { return Ok(()) };
        let has = |kinds: &[ControlKind]| form.controls.iter().any(|control| kinds.contains(&control.kind));
        let needed: [(&str, &[ControlKind]); 2] = [
            ("COMBOBOX", &[ControlKind::ComboBox]),
            ("PASSWORD", &[ControlKind::Password, ControlKind::TextBox]),
        ];
        match needed.into_iter().find(|(_, kinds)| !has(kinds)) {
            Some((needed, _)) => Err(FormError::Lacks { form: LOG_IN, needed }),
            None => Ok(()),
        }
    }

    /// Puts the delivered log-in screen in the place of a shop's own.
    pub(super) fn open_log_in(&mut self) {
        if let Some(form) = Self::delivered().get(LOG_IN) {
            self.put(form.clone());
        }
    }

    /// Whether something leads from the menu to the screens, by buttons, keys or palettes, and has one back there. Who may
    /// go that way is another matter: whoever may not asks somebody who may.
    pub(super) fn check_way(&self, keymap: &Keymap) -> Result<(), FormError> {
        let mut reached = BTreeSet::new();
        let mut ahead = vec![MENU.to_owned()];
        while let Some(name) = ahead.pop() {
            let Some(form) = self.get(&name) else { continue };
            if reached.insert(name) {
                ahead.extend(form.actions(keymap).filter_map(target));
            }
        }
        if !reached.contains(SCREENS) {
            return Err(FormError::NoWay { from: MENU, to: SCREENS });
        }
        let restores = |form: &Form| form.actions(keymap).any(|action| *action == Action::Row(RESTORE));
        if !self.get(SCREENS).is_some_and(restores) {
            return Err(FormError::NothingRestores { form: SCREENS, event: RESTORE });
        }
        let is_list =
            |form: &Form| form.control(LIST).is_some_and(|control| control.kind == ControlKind::DataGrid);
        if self.get(SCREENS).is_some_and(is_list) {
            Ok(())
        } else {
            Err(FormError::Lacks { form: SCREENS, needed: LIST })
        }
    }

    /// Puts delivered forms in the place of a shop's own until the way is open: as few as will do.
    pub(super) fn open_way(&mut self, keymap: &Keymap) {
        for names in DELIVERED.chunks(1).chain([DELIVERED]) {
            let mut tried = self.clone();
            for form in names.iter().filter_map(|name| Self::delivered().get(name)) {
                tried.put(form.clone());
            }
            if tried.check_way(keymap).is_ok() {
                *self = tried;
                return;
            }
        }
    }
}

impl Form {
    /// All that its buttons, its palette and the keys of its screen do.
    fn actions<'a>(&'a self, keymap: &'a Keymap) -> impl Iterator<Item = &'a Action> {
        let buttons = self.controls.iter().flat_map(Control::functions);
        let keys = registry::mode_of(&self.name).lineage().flat_map(move |mode| keymap.keys(mode));
        let functions = buttons.chain(&self.functions).map(|function| &function.action);
        functions.chain(keys.map(|(_, action)| action))
    }
}

/// The form that an action shows.
fn target(action: &Action) -> Option<String> {
    let Action::Go(screen) = action else { return None };
    Some(match screen {
        Screen::Sale => "SALE".to_owned(),
        Screen::Payment => "PAYMENT".to_owned(),
        Screen::Return => "REFUND".to_owned(),
        Screen::Form(form) => form.to_string(),
    })
}
