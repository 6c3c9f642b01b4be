//! Amounts of a script, and what it pays.

use saleflex_core::{
    document::{Document, TakeTender},
    money::{AmountError, Currency, CurrencyCode, Money, Rounding},
    tender::{ForeignCash, TenderKind},
};
use saleflex_store::Shell;

use super::{
    super::{Major, ScriptError, Value, What},
    Runner,
};
use crate::{effect::Finished, message, text::Key};

impl<S: Shell + Clone + 'static> Runner<'_, S> {
    pub(super) fn money(&mut self, amount: Major) -> Result<Money, String> {
        let currency = self.currency()?;
        currency.parse(&amount.0.to_string()).map_err(|error| self.no_amount(amount, error, &currency))
    }

    /// Why an amount cannot be; of one that is too large the bound is said.
    fn no_amount(&self, amount: Major, error: AmountError, currency: &Currency) -> String {
        if error != AmountError::TooLarge {
            return message::amount_error(self.text, error);
        }
        let (text, most) = (amount.0.to_string(), currency.format(Money::MAX));
        ScriptError::TooLarge { text, what: What::Amount, most }.words(self.text)
    }

    /// What is handed out with a document: its change, or what is paid out of the drawer.
    pub(super) fn handed_out(&mut self, finished: &Finished) -> Option<String> {
        let in_hand = finished.paid_out.iter().flat_map(|paid_out| &paid_out.in_hand);
        let amounts: Vec<String> = in_hand.map(|(currency, amount)| currency.show(*amount)).collect();
        if !amounts.is_empty() {
            return Some(self.text.fill(Key::PaidOutSaid, &[("amount", &amounts.join(" + "))]));
        }
        let change = finished.change.is_positive().then(|| self.show(finished.change))?;
        Some(self.text.fill(Key::ChangeSaid, &[("amount", &change)]))
    }

    /// A payment of nothing is refused here: at the till the cash key would open the drawer.
    pub(super) fn check_due(&mut self) -> Result<(), String> {
        let Some(till) = self.desk.till() else { return Ok(()) };
        let is_due = till.draft().is_some_and(Document::takes_tenders);
        if is_due { Ok(()) } else { Err(self.text.word(Key::NothingToPay).to_owned()) }
    }

    pub(super) fn pay(
        &mut self,
        kind: TenderKind,
        amount: Option<Major>,
        currency: Option<CurrencyCode>,
    ) -> Result<TakeTender, String> {
        let Some(code) = currency else {
            // Notes of no currency would be in nobody's count.
            if kind == TenderKind::ForeignCurrency {
                return Err(self.text.word(Key::ForeignNotesNeeded).to_owned());
            }
            let amount = amount.map(|amount| self.money(amount)).transpose()?;
            return Ok(TakeTender { amount, ..TakeTender::balance(kind) });
        };
        let no_rate = self.text.fill(Key::NoRateFor, &[("code", code.as_str())]);
        let till = self.desk.till().ok_or_else(|| no_rate.clone())?;
        let rate = till.exchange_rates().iter().find(|(known, _)| *known == code).map(|(_, rate)| *rate);
        let currency = Currency::of(code);
        let read = |amount: Major| {
            let read = currency.parse(&amount.0.to_string());
            read.map_err(|error| self.no_amount(amount, error, &currency))
        };
        let amount = amount.map(read).transpose()?.unwrap_or_default();
        let foreign = Some(ForeignCash { currency, amount, rate: rate.ok_or(no_rate)? });
        Ok(TakeTender { foreign, ..TakeTender::balance(kind) })
    }

    /// A tip as an amount.
    pub(super) fn tip(&mut self, tip: Value) -> Result<Money, String> {
        match tip {
            Value::Amount(amount) => self.money(amount),
            Value::Percent(percent) => {
                let draft = self.desk.till().and_then(|till| till.draft());
                let due = draft.map(|document| document.totals.net_due).unwrap_or_default();
                Ok(percent.of(due, Rounding::HalfUp))
            }
        }
    }
}
