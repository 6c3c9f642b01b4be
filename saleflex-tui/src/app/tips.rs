//! A tip: said before the payment that it comes with.

use saleflex_core::{
    document::{Command, TakeTender},
    money::{AmountError, Money, Rounding},
};

use super::{State, Tone};
use crate::{
    dialog::{Dialog, Field, FieldKind, Prompt, Purpose},
    effect::Effect,
    entry, message,
    text::Key,
};

impl State {
    /// Takes what was typed as the tip of the next payment, or asks for it.
    pub(super) fn tip(&mut self) -> Vec<Effect> {
        if self.view.document.is_none() {
            self.say(Tone::Notice, Key::NothingToPay);
            return Vec::new();
        }
        // A balance that was offered is no tip.
        let typed = self.selling.freshly_typed().to_owned();
        if typed.is_empty() {
            let field = Field::new(self.text.word(Key::TipField), FieldKind::Money(self.view.amounts()));
            let prompt = Prompt::new(self.text.word(Key::TipTitle), vec![field], Purpose::Tip);
            let hint = self.text.word(Key::TipHint).to_owned();
            self.dialogs.push(Dialog::Prompt(Box::new(prompt.with_hint(hint))));
            return Vec::new();
        }
        match self.take_tip(&typed) {
            Ok(effects) => {
                self.selling.empty();
                effects
            }
            Err(words) => {
                self.say_words(Tone::Bad, words);
                Vec::new()
            }
        }
    }

    /// Keeps the tip of the next payment; nothing or naught is none.
    pub(super) fn take_tip(&mut self, typed: &str) -> Result<Vec<Effect>, String> {
        let tip = self.tip_of(typed).map_err(|error| message::amount_error(self.text, error))?;
        self.selling.tip = Some(tip).filter(|tip| tip.is_positive());
        let words = match self.selling.tip {
            Some(tip) => self.text.fill(Key::TipSaid, &[("amount", &self.view.currency.show(tip))]),
            None => self.text.word(Key::TipNone).to_owned(),
        };
        self.say_words(Tone::Notice, words);
        Ok(Vec::new())
    }

    /// An amount, or a percentage of what the document comes to.
    fn tip_of(&self, typed: &str) -> Result<Money, AmountError> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Ok(Money::ZERO);
        }
        if typed.ends_with('%') {
            let due = self.view.document.as_ref().map(|document| document.totals.net_due).unwrap_or_default();
            return Ok(entry::percent(typed)?.of(due, Rounding::HalfUp));
        }
        entry::amount(typed, &self.view.amounts())
    }

    /// Takes a tender, with the tip that was said for it.
    pub(super) fn pay(&self, take: TakeTender) -> Vec<Effect> {
        Self::command(Command::TakeTender(match self.selling.tip {
            Some(tip) => take.with_tip(tip),
            None => take,
        }))
    }
}
