//! Reading the fields of a record that is to be saved.

use chrono::NaiveDate;
use saleflex_core::{
    money::{Currency, Money},
    quantity::UnitPrice,
};
use saleflex_store::Till;

use super::{Entered, Faults, Saved, Unsaved};
use crate::{
    entry::{self, Amounts},
    message,
    text::{Key, Text},
};

/// Reads what was entered and notes what is wrong.
pub(crate) struct Reader<'a> {
    pub(crate) entered: &'a Entered,
    pub(crate) text: &'a Text,
    pub(crate) currency: Currency,
    pub(crate) amounts: Amounts,
    faults: Faults,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(entered: &'a Entered, text: &'a Text, till: &Till) -> Self {
        let amounts = Amounts::of(till);
        Self { entered, text, currency: amounts.currency, amounts, faults: Vec::new() }
    }

    /// Notes what is wrong with a field.
    pub(crate) fn fault(&mut self, name: &'static str, words: String) {
        self.faults.push((name, words));
    }

    /// A text that must be there.
    pub(crate) fn needed(&mut self, name: &'static str, most: usize) -> String {
        let text = self.entered.text(name);
        if text.is_empty() {
            self.fault(name, self.text.word(Key::FieldNeeded).to_owned());
        } else if text.chars().count() > most {
            self.fault(name, self.text.fill(Key::FieldTooLong, &[("most", &most.to_string())]));
        }
        text.to_owned()
    }

    /// A day where there is one.
    pub(crate) fn date(&mut self, name: &'static str) -> Option<NaiveDate> {
        let typed = self.entered.optional(name)?;
        let date = NaiveDate::parse_from_str(&typed, "%Y-%m-%d").ok();
        if date.is_none() {
            self.fault(name, self.text.word(Key::DateNotRead).to_owned());
        }
        date
    }

    /// A number of its type where there is one.
    pub(crate) fn number<T: std::str::FromStr>(&mut self, name: &'static str) -> Option<T> {
        let text = self.entered.text(name);
        if text.is_empty() {
            return None;
        }
        let number = text.parse().ok();
        if number.is_none() {
            self.fault(name, self.text.word(Key::NotANumber).to_owned());
        }
        number
    }

    /// An amount where there is one.
    pub(crate) fn amount(&mut self, name: &'static str) -> Option<Money> {
        let text = self.entered.optional(name)?;
        match entry::amount(&text, &self.amounts) {
            Ok(amount) => Some(amount),
            Err(error) => {
                self.fault(name, message::amount_error(self.text, error));
                None
            }
        }
    }

    /// A price where there is one.
    pub(crate) fn price(&mut self, name: &'static str) -> Option<UnitPrice> {
        let text = self.entered.optional(name)?;
        self.price_typed(name, &text)
    }

    /// A price that was typed into a field among other things.
    pub(crate) fn price_typed(&mut self, name: &'static str, text: &str) -> Option<UnitPrice> {
        match entry::unit_price(text, &self.amounts) {
            Ok(price) => Some(price),
            Err(error) => {
                self.fault(name, message::amount_error(self.text, error));
                None
            }
        }
    }

    /// Whether all can be taken.
    pub(crate) fn finish(self) -> Saved {
        if self.faults.is_empty() { Ok(()) } else { Err(Unsaved::Fields(self.faults)) }
    }
}
