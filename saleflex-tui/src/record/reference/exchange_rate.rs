//! What one unit of the till's currency buys of another.

use saleflex_core::{
    money::{AmountError, CurrencyCode},
    quantity::ExchangeRate,
};
use saleflex_store::{Error, Till};

use super::{
    super::{Entered, Fields, Model, Reader, Saved, Shape, Unsaved, Value},
    REMOVE, removes,
};
use crate::{
    entry,
    listing::{RowId, exchange_rates},
    message,
    text::{Key, Text},
};

/// An exchange rate; of none that of a currency that was not taken yet.
pub(crate) struct ExchangeRateModel;

impl Model for ExchangeRateModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "EXCHANGE_RATE",
            panel: "EXCHANGE_RATE_PANEL",
            definition: include_str!("../../../forms/exchange_rate.toml"),
            event: "EXCHANGE_RATE_ADD",
            fields: &["CURRENCY", "RATE", "WORTH", REMOVE],
        }
    }

    fn hint(&self) -> Key {
        Key::HintExchangeRate
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let Some((currency, rate)) = known(till, of) else {
            return Ok(vec![("CURRENCY", Value::Text(String::new())), ("RATE", Value::Text(String::new()))]);
        };
        Ok(vec![
            ("CURRENCY", Value::Fixed(currency.to_string())),
            ("RATE", Value::text(Some(rate))),
            ("WORTH", Value::Fixed(exchange_rates::worth(text, till.currency(), currency, rate))),
            (REMOVE, Value::Flag(false)),
        ])
    }

    fn save(&self, till: &mut Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Saved {
        let mut read = Reader::new(entered, text, till);
        let currency = currency(&mut read);
        if of.is_none() && till.exchange_rates().iter().any(|(known, _)| Some(*known) == currency) {
            return Err(Unsaved::taken(text, "CURRENCY", entered.text("CURRENCY")));
        }
        let is_gone = removes(entered, of.is_some());
        let rate = if is_gone { None } else { rate(&mut read) };
        read.finish()?;
        let Some(currency) = currency else { return Ok(()) };
        Ok(till.set_exchange_rate(currency, rate)?)
    }
}

fn known(till: &Till, of: Option<RowId>) -> Option<(CurrencyCode, ExchangeRate)> {
    let Some(RowId::Currency(currency)) = of else { return None };
    till.exchange_rates().iter().copied().find(|(known, _)| *known == currency)
}

/// Another currency than the till's own.
fn currency(read: &mut Reader<'_>) -> Option<CurrencyCode> {
    let typed = read.entered.text("CURRENCY").to_uppercase();
    match CurrencyCode::parse(&typed) {
        Ok(code) if code == read.currency.code() => {
            read.fault("CURRENCY", read.text.word(Key::CurrencyIsOwn).to_owned());
            None
        }
        Ok(code) => Some(code),
        Err(error) => {
            read.fault("CURRENCY", message::amount_error(read.text, error));
            None
        }
    }
}

/// How much of it one unit of the till's currency buys.
fn rate(read: &mut Reader<'_>) -> Option<ExchangeRate> {
    let typed = read.entered.text("RATE");
    if typed.is_empty() {
        read.fault("RATE", read.text.word(Key::FieldNeeded).to_owned());
        return None;
    }
    let rate: Result<ExchangeRate, AmountError> = entry::exchange_rate(typed);
    match rate {
        Ok(rate) => Some(rate),
        Err(error) => {
            read.fault("RATE", message::amount_error(read.text, error));
            None
        }
    }
}
