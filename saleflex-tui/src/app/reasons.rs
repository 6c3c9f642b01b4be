//! Why something is done: asked in one way, wherever a reason is kept.

use saleflex_core::document::Command;

use super::State;
use crate::{
    dialog::{Dialog, Field, FieldKind, Prompt, Purpose},
    effect::{Act, Effect},
    text::Key,
};

impl State {
    /// The field for a reason. It stays empty where the store does not want one.
    pub(super) fn reason_field(&self) -> Field {
        let rules = &self.view.reasons;
        let kind = FieldKind::Reason { known: rules.codes.clone() };
        let field = Field::new(self.text.word(Key::ReasonField), kind);
        if rules.needed { field } else { field.optional() }
    }

    /// Does what a key does at once; where the store lists reasons or wants one, it is asked for first.
    pub(crate) fn explain(&mut self, command: Command) -> Vec<Effect> {
        self.explain_effect(Effect::act(Act::Command(command)))
    }

    /// The same for what was asked about before.
    pub(super) fn explain_effect(&mut self, effect: Effect) -> Vec<Effect> {
        match effect {
            Effect::Act { act, approver: None } if keeps_reason(&act) && self.view.reasons.are_asked() => {
                let hint = self.text.word(if self.view.reasons.needed {
                    Key::ReasonNeeded
                } else {
                    Key::ReasonHint
                });
                self.ask_reason(*act, hint.to_owned());
                Vec::new()
            }
            effect => vec![effect],
        }
    }

    /// Asks why, and says what about.
    pub(crate) fn ask_reason(&mut self, act: Act, why: String) {
        let field = if keeps_reason(&act) {
            self.reason_field()
        } else {
            Field::new(self.text.word(Key::ReasonField), FieldKind::Text)
        };
        let prompt = Prompt::new(self.text.word(Key::ReasonTitle), vec![field], Purpose::Reason(act));
        self.dialogs.push(Dialog::Prompt(Box::new(prompt.with_hint(why))));
    }
}

/// Whether it is an act of a cashier on a document of which a reason is kept.
fn keeps_reason(act: &Act) -> bool {
    match act {
        Act::CancelSuspended { .. } | Act::TakeBack { .. } | Act::Sell(_) => true,
        Act::Command(command) | Act::Counted(command) => matches!(
            command,
            Command::AddLine(_)
                | Command::ReturnLine(_)
                | Command::VoidEmpties { .. }
                | Command::VoidLine { .. }
                | Command::OverridePrice { .. }
                | Command::AdjustLine { .. }
                | Command::AdjustDocument { .. }
                | Command::VoidTender { .. }
                | Command::Cancel { .. }
        ),
        _ => false,
    }
}
