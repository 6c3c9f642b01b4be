//! The drawer: notes on cash keys, money in and out.

use saleflex_core::{
    document::{CashMovementKind, TakeTender},
    money::{Currency, Money},
    tender::{Denominations, TenderKind},
};

use super::State;
use crate::{
    dialog::{Dialog, Field, FieldKind, Prompt, Purpose},
    effect::Effect,
    text::Key,
};

/// What cash keys stand for where people pay by other notes than the four smallest, in major units.
const USUAL: [(&str, [i64; 4]); 6] = [
    ("HUF", [1_000, 2_000, 5_000, 10_000]),
    ("KRW", [1_000, 5_000, 10_000, 50_000]),
    ("KWD", [1, 5, 10, 20]),
    ("SEK", [50, 100, 200, 500]),
    ("TRY", [20, 50, 100, 200]),
    ("USD", [5, 10, 20, 100]),
];

/// What cash keys stand for in a currency whose notes are not known, in major units.
const OF_ANY_OTHER: [i64; 4] = [5, 10, 20, 50];

/// What the cash keys of a currency are worth: notes that there are, from the smallest up.
pub fn notes(currency: &Currency) -> [Money; 4] {
    let code = currency.code();
    let usual = USUAL.iter().find(|(known, _)| *known == code.as_str()).map(|(_, worth)| *worth);
    let smallest = || {
        let mut notes = Denominations::of(code)?.notes;
        notes.sort_unstable();
        notes.first_chunk::<4>().copied()
    };
    let in_major =
        |worth: [i64; 4]| worth.map(|major| Money::from_minor(major * 10_i64.pow(currency.minor_digits())));
    usual.map(in_major).or_else(smallest).unwrap_or_else(|| in_major(OF_ANY_OTHER))
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
        assert_eq!(worth("KWD"), ["1.000", "5.000", "10.000", "20.000"]);
        assert_eq!(worth("CZK"), ["100.00", "200.00", "500.00", "1000.00"]);
        assert_eq!(worth("XTS"), ["5.00", "10.00", "20.00", "50.00"], "its notes are not known");
    }

    #[test]
    fn no_cash_key_stands_for_a_note_that_does_not_exist() {
        let listed = [
            "AED", "AUD", "CAD", "CHF", "CZK", "DKK", "EUR", "GBP", "HUF", "JPY", "KWD", "NOK", "PLN", "SEK",
            "TRY", "USD",
        ];
        for code in listed {
            let code = CurrencyCode::parse(code).unwrap();
            let known = Denominations::of(code).unwrap();
            for note in notes(&Currency::of(code)) {
                assert!(known.notes.contains(&note), "{code:?}: {note:?}");
            }
        }
    }
}
