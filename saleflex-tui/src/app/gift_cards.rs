//! Gift cards at the payment. Where no hub keeps their balances, the card may say its own.

use saleflex_core::{
    document::{Document, TakeTender, VoucherRest},
    money::Money,
    tender::{GiftCardNumber, TenderDetails, TenderKind},
};

use super::{State, Tone};
use crate::{
    dialog::{Dialog, Field, FieldKind, Prompt, Purpose},
    effect::Effect,
    entry, message,
    text::Key,
};

impl State {
    /// Asks for the number of the card; what was typed before says how much to take of it.
    pub(super) fn ask_gift_card(&mut self) -> Vec<Effect> {
        if self.view.document.is_none() {
            self.say(Tone::Notice, Key::NothingToPay);
            return Vec::new();
        }
        let typed = self.selling.typed().to_owned();
        let amount = match entry::amount(&typed, &self.view.amounts()) {
            _ if typed.is_empty() => None,
            Ok(amount) => Some(amount),
            Err(error) => return self.refuse_number(error),
        };
        let mut fields = vec![Field::new(self.text.word(Key::GiftCardField), FieldKind::Text)];
        let mut hint = Key::GiftCardHint;
        if !self.view.asks_gift_cards {
            let money = FieldKind::Money(self.view.amounts());
            fields.push(Field::new(self.text.word(Key::GiftCardBalance), money).optional());
            hint = if self.takes_vouchers_whole() { Key::GiftCardWholeHint } else { Key::GiftCardOwnHint };
        }
        let prompt = Prompt::new(self.text.word(Key::GiftCardTitle), fields, Purpose::GiftCard(amount));
        self.dialogs.push(Dialog::Prompt(Box::new(prompt.with_hint(self.text.word(hint).to_owned()))));
        Vec::new()
    }

    /// Takes of the card, as much as was asked for and is lent of it or on it.
    pub(super) fn gift_card(&self, prompt: &Prompt, amount: Option<Money>) -> Result<Vec<Effect>, String> {
        let number = prompt.value(0).trim();
        if number.is_empty() {
            return Err(self.text.word(Key::FieldNeeded).to_owned());
        }
        let balance = if self.view.asks_gift_cards { "" } else { prompt.value(1).trim() };
        let balance = match entry::amount(balance, &self.view.amounts()) {
            _ if balance.is_empty() => None,
            read => Some(read.map_err(|error| message::amount_error(self.text, error))?),
        };
        let is_voucher = GiftCardNumber::parse(number).is_err();
        if balance.is_none() && is_voucher && self.takes_vouchers_whole() {
            return Err(self.text.word(Key::VoucherWorthNeeded).to_owned());
        }
        let reference = Some(number.to_owned());
        let details = TenderDetails { reference, balance_before: balance, ..TenderDetails::default() };
        Ok(self.pay(TakeTender { amount, details, ..TakeTender::balance(TenderKind::PrepaidCard) }))
    }

    /// Whether nothing stays on a voucher that pays, so that it is asked what it is worth.
    fn takes_vouchers_whole(&self) -> bool {
        let pays = |document: &Document| !document.kind.pays_out() && document.balance().is_positive();
        self.view.voucher_rest != VoucherRest::Stays && self.view.document.as_ref().is_some_and(pays)
    }
}
