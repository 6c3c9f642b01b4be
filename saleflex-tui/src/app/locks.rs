//! Functions of a screen that are not done at once: some ask first, and some are not for everybody: whoever may not use
//! one asks somebody who may, and both names are kept.

use saleflex_core::{cashier::Capability, document::Kind, journal::UsedFunction};

use super::{SALE, State, Tone};
use crate::{
    action::{Action, Adjustment, Screen},
    dialog::Then,
    effect::{Act, Effect},
    form::{Control, Form, Forms, Function},
    text::Key,
};

/// What a cashier means, while it is done: a screen that it leads to may be for others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meant {
    /// What is done.
    action: Option<Action>,
    /// The screen that somebody who may see it lets the cashier see for it.
    admitted: Option<String>,
}

impl Meant {
    /// What was meant is done: what it leads to is meant for itself.
    pub(super) fn forget(&mut self) {
        self.action = None;
    }
}

impl State {
    /// Asks first where a control of the screen wants that, whichever key or button means it.
    pub(super) fn unless_asked(&mut self, action: Action) -> Vec<Effect> {
        let Some(words) = self.confirmation(&action) else { return self.unless_locked(action) };
        let line = self.text.fill(Key::ConfirmFunction, &[("what", &words)]);
        self.put(vec![line], Key::YesKey, Then::Mean(action));
        Vec::new()
    }

    /// Does what the cashier means on the screen shown, or asks somebody who may where its definition keeps that for others.
    pub(super) fn unless_locked(&mut self, action: Action) -> Vec<Effect> {
        let Some((used, needed)) = self.lock_on(&action) else { return self.do_meant(action, None) };
        self.ask_approval(Act::UseFunction { used, needed, action: Box::new(action) });
        Vec::new()
    }

    /// Does what a cashier was allowed to, by somebody who holds what the control of a screen asks for; where the screen
    /// itself asked, it has no control.
    pub(super) fn do_allowed(&mut self, act: &Act, action: Action) -> Vec<Effect> {
        let admitted = match act {
            Act::UseFunction { used, .. } if used.screen == used.control => Some(used.screen.clone()),
            _ => None,
        };
        self.do_meant(action, admitted)
    }

    fn do_meant(&mut self, action: Action, admitted: Option<String>) -> Vec<Effect> {
        self.meant = Meant { action: Some(action.clone()), admitted };
        let effects = self.pass(action);
        self.meant = Meant::default();
        effects
    }

    /// Whether the cashier may not see a form, or there is none. Somebody who may see it is asked then, and what was meant
    /// is done by their word.
    pub(super) fn is_forbidden(&mut self, form: &str) -> bool {
        let Some(known) = self.forms.get(form) else {
            let words = self.text.fill(Key::NoSuchForm, &[("form", form)]);
            self.say_words(Tone::Bad, words);
            return true;
        };
        let needed = self.lacks_for(form);
        let Some(needed) = needed.filter(|_| self.meant.admitted.as_deref() != Some(form)) else {
            return false;
        };
        let title = known.caption.as_ref().map_or(form, |caption| self.text.caption(caption));
        let words = title.split_whitespace().collect::<Vec<_>>().join(" ");
        let used = UsedFunction { screen: form.to_owned(), control: form.to_owned(), words };
        // What leads there by itself, such as a receipt that was scanned, leads to the screen alone.
        let action =
            self.meant.action.clone().unwrap_or_else(|| Action::Go(Screen::Form(form.to_owned().into())));
        self.ask_approval(Act::UseFunction { used, needed, action: Box::new(action) });
        true
    }

    /// Whether somebody else has to agree to what a control does, here to one of its functions: it carries a star then.
    pub fn needs_agreement(&self, control: &Control, action: Option<&Action>) -> bool {
        let is_kept = control.required_capability.is_some_and(|needed| !self.view.may(needed));
        let is_kept = is_kept && self.view.cashier.is_some();
        is_kept || action.is_some_and(|action| self.is_for_others(action))
    }

    /// Whether somebody else has to agree to an action, wherever it is chosen: the screen shown or the sale screen keeps it for
    /// others, the screen that it leads to does, or the till asks whatever is entered.
    pub(super) fn is_for_others(&self, action: &Action) -> bool {
        let lacks = |needed: Capability| !self.view.may(needed);
        let shown = self.form().into_iter().chain(self.forms.get(SALE)).flat_map(|form| &form.controls);
        let leads = if let Action::Go(Screen::Form(form)) = action { self.lacks_for(form) } else { None };
        let is_for_others = leads.is_some()
            || (is_asked_always(action) && lacks(Capability::Override))
            || shown.filter_map(|control| control.lock_on(action)).any(lacks);
        is_for_others && self.view.cashier.is_some()
    }

    /// The words of an action where it is offered in a list, with the star of what somebody else has to agree to.
    pub(super) fn starred(&self, words: String, action: &Action) -> String {
        if self.is_for_others(action) { format!("{words} *") } else { words }
    }

    /// What a screen asks for that the cashier does not hold.
    pub(super) fn lacks_for(&self, form: &str) -> Option<Capability> {
        self.forms.get(form)?.required_capability.filter(|needed| !self.view.may(*needed))
    }

    /// Whether a screen keeps an action from the cashier, whatever screen is shown.
    pub(super) fn is_locked_on(&self, form: &str, action: &Action) -> bool {
        let controls = self.forms.get(form).into_iter().flat_map(|form| &form.controls);
        controls.filter_map(|control| control.lock_on(action)).any(|needed| !self.view.may(needed))
    }

    /// The function of a screen and the capability that lock an action here, whichever key or button means it.
    fn lock_on(&self, action: &Action) -> Option<(UsedFunction, Capability)> {
        let form = self.screen_of(action)?;
        let lock = |control: &Control| {
            let needed = control.lock_on(action)?;
            let [screen, control, words] =
                [form.name.clone(), control.name.clone(), self.words_on(control, action)];
            Some((UsedFunction { screen, control, words }, needed))
        };
        let (used, needed) = form.controls.iter().find_map(lock)?;
        let is_free =
            self.view.may(needed) || asks_by_itself(action, needed) || self.is_elsewhere(action, needed);
        (!is_free).then_some((used, needed))
    }

    /// The screen whose controls count for an action: the one shown. What belongs to selling is done on the sale screen,
    /// wherever it was meant: where the screen shown has no control for it, that of the sale screen counts.
    fn screen_of(&self, action: &Action) -> Option<&Form> {
        let shown = self.form().filter(|_| self.dialogs.is_empty())?;
        let is_here = shown.controls.iter().any(|control| control.does(action));
        if !is_here && self.is_of_sale(action) { self.forms.get(SALE) } else { Some(shown) }
    }

    /// What a control that asks first says of an action.
    fn confirmation(&self, action: &Action) -> Option<String> {
        if matches!(action, Action::PopUp(_)) {
            // What is picked from it asks.
            return None;
        }
        let controls = &self.screen_of(action)?.controls;
        let control = controls.iter().find(|control| control.confirm && control.does(action))?;
        Some(self.words_on(control, action))
    }

    /// What the button says of an action: a dual one by its second function where that is meant.
    fn words_on(&self, control: &Control, action: &Action) -> String {
        let meant = control.functions().find(|function| function.action == *action);
        let words = |function: &Function| match &function.caption {
            Some(caption) => self.text.caption(caption).to_owned(),
            None => self.text.event(&function.event).to_owned(),
        };
        // A label that is drawn on two lines is one name.
        let words = meant.map_or_else(|| control.name.clone(), words);
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Whether an action leads to a screen that asks for the same capability itself.
    fn is_elsewhere(&self, action: &Action, asked: Capability) -> bool {
        let Action::Go(Screen::Form(form)) = action else { return false };
        self.forms.get(form).and_then(|form| form.required_capability) == Some(asked)
    }
}

/// Whether the till asks for somebody's word whatever is entered. What is asked above a limit alone is not known before.
const fn is_asked_always(action: &Action) -> bool {
    matches!(
        action,
        Action::AdjustDocument(Adjustment::DiscountPercent | Adjustment::DiscountAmount)
            | Action::ChangePrice
            | Action::ExemptTax
            | Action::ReturnPicked
            | Action::ReturnWithoutReceipt
            | Action::MoveCash(_)
            | Action::OpenDrawer
            | Action::Begin(_, Kind::Return | Kind::Purchase)
    )
}

/// Whether an act asks for a capability by itself, with its figures and whatever screen it comes from: what the screens
/// as delivered keep for those who hold one.
fn asks_by_itself(action: &Action, needed: Capability) -> bool {
    // To see a screen and to draw the screens anew are no acts of the till, which would ask.
    if matches!(action, Action::Go(Screen::Form(_)) | Action::ReloadForms) {
        return false;
    }
    let mut controls = Forms::delivered().iter().flat_map(|form| &form.controls);
    controls.any(|control| control.lock_on(action) == Some(needed))
}
