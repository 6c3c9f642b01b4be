//! Gift cards whose balance a hub keeps, at the payment.

use saleflex_core::{
    document::TakeTender,
    money::Money,
    tender::{TenderDetails, TenderKind},
};

use super::{State, Tone};
use crate::{
    dialog::{Dialog, Field, FieldKind, Prompt, Purpose},
    effect::Effect,
    entry,
    text::Key,
};

impl State {
    /// Asks for the number of the card; what was typed before says how much to take of it.
    pub(super) fn ask_gift_card(&mut self) -> Vec<Effect> {
        if self.view.document.is_none() {
            self.say(Tone::Notice, Key::NothingToPay);
            return Vec::new();
        }
        let typed = self.selling.entry.text().to_owned();
        let amount = match entry::amount(&typed, &self.view.currency) {
            _ if typed.is_empty() => None,
            Ok(amount) => Some(amount),
            Err(error) => return self.refuse_number(error),
        };
        let field = Field::new(self.text.word(Key::GiftCardField), FieldKind::Text);
        let prompt = Prompt::new(self.text.word(Key::GiftCardTitle), vec![field], Purpose::GiftCard(amount));
        self.dialogs
            .push(Dialog::Prompt(Box::new(prompt.with_hint(self.text.word(Key::GiftCardHint).to_owned()))));
        Vec::new()
    }

    /// Takes of the card, as much as was asked for and is lent of it.
    pub(super) fn gift_card(&self, number: &str, amount: Option<Money>) -> Vec<Effect> {
        let details = TenderDetails { reference: Some(number.to_owned()), ..TenderDetails::default() };
        self.pay(TakeTender { amount, details, ..TakeTender::balance(TenderKind::PrepaidCard) })
    }
}
