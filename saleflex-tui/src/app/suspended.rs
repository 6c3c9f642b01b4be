//! The documents put aside.

use super::{Place, State, Tone};
use crate::{
    action::Action,
    dialog::stepped,
    effect::{self, Act, Effect},
    text::Key,
};

/// Rows passed by a page key.
const PAGE: usize = 10;

impl State {
    pub(super) fn open_suspended(&mut self) -> Vec<Effect> {
        self.go(Place::Suspended { rows: Vec::new(), at: 0 });
        vec![Effect::Ask(effect::Question::Suspended)]
    }

    pub(super) fn update_suspended(&mut self, action: Action) -> Vec<Effect> {
        let Some(Place::Suspended { rows, at }) = self.places.last_mut() else { return Vec::new() };
        match action {
            Action::Move(step)
                if !matches!(step, crate::action::Move::Next | crate::action::Move::Previous) =>
            {
                *at = stepped(*at, rows.len(), step, PAGE);
                Vec::new()
            }
            Action::Confirm if self.has_focus() => self.update_common(Action::Confirm),
            Action::Confirm | Action::Resume => self.resume(),
            Action::CancelSuspended => {
                self.ask_cancel_suspended();
                Vec::new()
            }
            other => self.update_common(other),
        }
    }

    fn resume(&mut self) -> Vec<Effect> {
        let Place::Suspended { rows, at } = self.place() else { return Vec::new() };
        let Some(parked) = rows.get(*at) else {
            self.say(Tone::Notice, Key::SuspendedNone);
            return Vec::new();
        };
        Self::act(Act::Resume(parked.id))
    }

    fn ask_cancel_suspended(&mut self) {
        let Place::Suspended { rows, at } = self.place() else { return };
        let Some(parked) = rows.get(*at) else { return };
        let total = self.view.currency.show(parked.net_due);
        let number = parked.number.to_string();
        let line = self.text.fill(Key::CancelSuspendedQuestion, &[("number", &number), ("total", &total)]);
        let effect = Effect::act(Act::CancelSuspended(parked.id));
        self.ask(vec![line], Key::YesKey, effect);
    }
}
