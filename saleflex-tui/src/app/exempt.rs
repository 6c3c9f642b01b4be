//! Charging no tax: what the law calls it, on which certificate, why, by whose word.

use saleflex_core::document::{Command, ExemptionKind};

use super::{State, Tone};
use crate::{
    dialog::{CERTIFICATE, Dialog, Field, FieldKind, Prompt, Purpose},
    effect::Effect,
    message,
    text::Key,
};

impl State {
    /// Asks for the kind, the certificate and the reason.
    pub(super) fn ask_exemption(&mut self) {
        if self.view.document.is_none() {
            self.say(Tone::Notice, Key::NoDocument);
            return;
        }
        let options = ExemptionKind::ALL.map(|kind| message::exemption(self.text, kind).to_owned());
        let kinds = FieldKind::Choice { options: options.to_vec(), at: None };
        let fields = vec![
            Field::new(self.text.word(Key::ExemptKindField), kinds),
            Field::new(self.text.word(Key::CertificateField), FieldKind::Text),
            Field::new(self.text.word(Key::ReasonField), FieldKind::Text),
        ];
        let prompt = Prompt::new(self.text.word(Key::ExemptTitle), fields, Purpose::Exempt);
        let hint = self.text.word(Key::ExemptHint).to_owned();
        self.dialogs.push(Dialog::Prompt(Box::new(prompt.with_hint(hint))));
    }

    /// Charges no tax for what was entered; nothing without a kind, nor without words where the kind says nothing.
    pub(super) fn exempt(&self, prompt: &Prompt) -> Result<Vec<Effect>, String> {
        let needed = || self.text.word(Key::FieldNeeded).to_owned();
        let kind = prompt.choice(0).and_then(|at| ExemptionKind::ALL.get(at).copied()).ok_or_else(needed)?;
        let word = || (kind != ExemptionKind::Other).then(|| message::exemption(self.text, kind).to_owned());
        let reason = prompt.said().or_else(word).ok_or_else(needed)?;
        let certificate = Some(prompt.value(CERTIFICATE).trim()).filter(|entered| !entered.is_empty());
        let certificate = certificate.map(str::to_owned);
        Ok(Self::command(Command::ExemptTax { reason, kind: Some(kind), certificate }))
    }
}
