//! The period: X reads, Z reads and closes.

use saleflex_core::closure::Declaration;

use super::State;
use crate::{
    dialog::{Dialog, Field, FieldKind, Prompt, Purpose},
    effect::{Act, Effect},
    text::Key,
    view::ClosingCount,
};

impl State {
    /// Asks what was counted in the drawer.
    pub(super) fn ask_count(&mut self) {
        let field = Field::new(self.text.word(Key::CountField), FieldKind::Money(self.view.amounts()));
        let prompt = Prompt::new(self.text.word(Key::CountTitle), vec![field], Purpose::Count);
        let hint =
            if self.view.closing_count == ClosingCount::Needed { Key::CountNeeded } else { Key::CountHint };
        self.dialogs.push(Dialog::Prompt(Box::new(prompt.with_hint(self.text.word(hint).to_owned()))));
    }

    /// Asks whether to close the period: the explicit key, since nothing brings a closed period back.
    pub(crate) fn ask_close(&mut self, counted: Option<Declaration>) {
        let period = self.view.period.0.to_string();
        let mut lines = vec![self.text.fill(Key::CloseQuestion, &[("period", &period)])];
        let sum = counted.as_ref().and_then(|counted| counted.counted.total().ok());
        lines.push(match sum {
            Some(sum) => self.text.fill(Key::CloseCounted, &[("amount", &self.view.currency.show(sum))]),
            None => self.text.word(Key::CloseNotCounted).to_owned(),
        });
        if self.view.parked > 0 {
            lines.push(self.text.fill(Key::CloseParked, &[("count", &self.view.parked.to_string())]));
        }
        let effect = Effect::act(Act::ClosePeriod(counted.map(Box::new)));
        self.ask(lines, Key::CloseKey, effect);
    }
}
