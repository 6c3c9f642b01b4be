//! The drawer: notes on cash keys, money in and out.

use saleflex_core::{
    document::{CashMovementKind, TakeTender},
    money::{Currency, Money},
    tender::TenderKind,
};

use super::State;
use crate::{
    dialog::{Dialog, Field, FieldKind, Prompt, Purpose},
    effect::Effect,
    text::Key,
};

/// Notes a currency's cash keys stand for, in major units; others have the first row.
const NOTES: [(&str, [i64; 4]); 7] = [
    ("", [5, 10, 20, 50]),
    ("TRY", [20, 50, 100, 200]),
    ("USD", [5, 10, 20, 100]),
    ("JPY", [1_000, 2_000, 5_000, 10_000]),
    ("KRW", [1_000, 5_000, 10_000, 50_000]),
    ("CHF", [10, 20, 50, 100]),
    ("SEK", [50, 100, 200, 500]),
];

/// What the cash keys of a currency are worth.
pub fn notes(currency: &Currency) -> [Money; 4] {
    let code = currency.code();
    let row = NOTES.iter().find(|(known, _)| *known == code.as_str()).unwrap_or(&NOTES[0]);
    row.1.map(|major| Money::from_minor(major * 10_i64.pow(currency.minor_digits())))
}

impl State {
    /// Takes cash.
    pub(super) fn tender_cash(&self, amount: Money) -> Vec<Effect> {
        self.pay(TakeTender::amount(TenderKind::Cash, amount))
    }

    /// Takes the note of a cash key, from 1.
    pub(super) fn tender_note(&self, note: u8) -> Vec<Effect> {
        let notes = notes(&self.view.currency);
        notes.get(usize::from(note).saturating_sub(1)).map_or_else(Vec::new, |note| self.tender_cash(*note))
    }

    pub(super) fn ask_cash(&mut self, kind: CashMovementKind) {
        let title = match kind {
            CashMovementKind::Float => Key::FloatTitle,
            CashMovementKind::PaidIn => Key::PaidInTitle,
            CashMovementKind::PaidOut => Key::PaidOutTitle,
            CashMovementKind::CashDrop => Key::CashDropTitle,
        };
        let fields = vec![
            Field::new(self.text.word(Key::AmountField), FieldKind::Money(self.view.amounts())),
            Field::new(self.text.word(Key::ReasonField), FieldKind::Text),
        ];
        self.dialogs.push(Dialog::Prompt(Box::new(Prompt::new(
            self.text.word(title),
            fields,
            Purpose::Cash(kind),
        ))));
    }

    pub(super) fn ask_drawer(&mut self) {
        let title = self.text.word(Key::DrawerTitle);
        let prompt = Prompt::new(title, vec![self.reason_field()], Purpose::Drawer);
        self.dialogs.push(Dialog::Prompt(Box::new(prompt)));
    }
}

#[cfg(test)]
mod tests {
    use saleflex_core::money::CurrencyCode;

    use super::*;

    #[test]
    fn cash_keys_are_worth_notes_of_their_currency_d_pay_03() {
        let worth = |code: &str| {
            let currency = Currency::of(CurrencyCode::parse(code).unwrap());
            notes(&currency).map(|note| currency.format(note))
        };
        assert_eq!(worth("GBP"), ["5.00", "10.00", "20.00", "50.00"]);
        assert_eq!(worth("JPY"), ["1000", "2000", "5000", "10000"]);
        assert_eq!(worth("KWD"), ["5.000", "10.000", "20.000", "50.000"]);
    }
}
