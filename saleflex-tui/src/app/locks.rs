//! Functions of a screen that are not for everybody: whoever may not use one asks somebody who may, and both names are kept.

use saleflex_core::cashier::Capability;

use super::State;
use crate::{
    action::{Action, Screen},
    effect::{Act, Effect},
    form::{Control, Forms},
};

impl State {
    /// Does what the cashier means on the screen shown, or asks somebody who may where its definition keeps that for others.
    pub(super) fn unless_locked(&mut self, action: Action) -> Vec<Effect> {
        let Some((screen, control, needed)) = self.lock_on(&action) else { return self.pass(action) };
        self.ask_approval(Act::UseFunction { screen, control, needed, action: Box::new(action) });
        Vec::new()
    }

    /// The screen, the control and the capability that lock an action here, whichever key or button means it.
    fn lock_on(&self, action: &Action) -> Option<(String, String, Capability)> {
        let shown = self.form().filter(|_| self.dialogs.is_empty())?;
        // What belongs to selling is done on the sale screen, wherever it was meant: where the screen shown has no control
        // for it, that of the sale screen locks it.
        let is_here = shown.controls.iter().any(|control| control.does(action));
        let form = if !is_here && self.is_of_sale(action) { self.forms.get("SALE")? } else { shown };
        let lock = |control: &Control| Some((control.name.clone(), control.lock_on(action)?));
        let (control, needed) = form.controls.iter().find_map(lock)?;
        let is_free = self.view.may(needed) || asks_by_itself(action, needed) || self.is_elsewhere(action);
        (!is_free).then(|| (form.name.clone(), control, needed))
    }

    /// Whether an action leads to a screen that is closed to the cashier, which says so itself.
    fn is_elsewhere(&self, action: &Action) -> bool {
        let Action::Go(Screen::Form(form)) = action else { return false };
        let needed = self.forms.get(form).and_then(|form| form.required_capability);
        needed.is_some_and(|needed| !self.view.may(needed))
    }
}

/// Whether an act asks for a capability by itself, with its figures and whatever screen it comes from: what the screens
/// as delivered keep for those who hold one.
fn asks_by_itself(action: &Action, needed: Capability) -> bool {
    let mut controls = Forms::delivered().iter().flat_map(|form| &form.controls);
    controls.any(|control| control.lock_on(action) == Some(needed))
}
