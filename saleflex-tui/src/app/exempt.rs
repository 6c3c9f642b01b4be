//! Charging no tax: by whose word, on which certificate, why.

use saleflex_core::document::Command;

use super::{State, Tone};
use crate::{
    dialog::{Dialog, Field, FieldKind, Prompt, Purpose},
    effect::Effect,
    text::Key,
};

impl State {
    /// Asks for the certificate and the reason.
    pub(super) fn ask_exemption(&mut self) {
        if self.view.document.is_none() {
            self.say(Tone::Notice, Key::NoDocument);
            return;
        }
        let fields = vec![
            Field::new(self.text.word(Key::CertificateField), FieldKind::Text),
            Field::new(self.text.word(Key::ReasonField), FieldKind::Text),
        ];
        let prompt = Prompt::new(self.text.word(Key::ExemptTitle), fields, Purpose::Exempt);
        let hint = self.text.word(Key::ExemptHint).to_owned();
        self.dialogs.push(Dialog::Prompt(Box::new(prompt.with_hint(hint))));
    }

    /// Charges no tax for what was entered; nothing without a reason.
    pub(super) fn exempt(&self, prompt: &Prompt) -> Result<Vec<Effect>, String> {
        let reason = prompt.said().ok_or_else(|| self.text.word(Key::FieldNeeded).to_owned())?;
        let certificate = Some(prompt.value(0).trim()).filter(|entered| !entered.is_empty());
        Ok(Self::command(Command::ExemptTax { reason, certificate: certificate.map(str::to_owned) }))
    }
}
