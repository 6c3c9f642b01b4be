//! The foreign money that the till takes, and what it is worth.

use saleflex_core::{
    money::{Currency, CurrencyCode, Money, Rounding},
    quantity::ExchangeRate,
};
use saleflex_store::{Error, Till};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::Effect,
    text::{Key, Text},
};

/// Exchange rates by currency.
pub(crate) struct ExchangeRates;

/// Of how many units of foreign money the worth is told: enough that it shows with few digits.
const TOLD_OF: i64 = 100;

impl Listing for ExchangeRates {
    fn form(&self) -> &'static str {
        "EXCHANGE_RATE_LIST"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/exchange_rate_list.toml")
    }

    fn event(&self) -> &'static str {
        "SET_CURRENCY_DEFINITION"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["EXCHANGE_RATE_DETAIL"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleExchangeRates, none: Key::ExchangeRatesNone, hint: Key::HintExchangeRates }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnCurrency, 10),
                Heading::number(Key::ColumnBuys, 18),
                Heading::text(Key::ColumnWorth, 0),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let own = *till.currency();
        let row = |(currency, rate): &(CurrencyCode, ExchangeRate)| ListRow {
            id: RowId::Currency(*currency),
            cells: vec![currency.to_string(), rate.to_string(), worth(text, &own, *currency, *rate)],
            total: Money::ZERO,
            is_dim: false,
        };
        let mut rows: Vec<ListRow> = till.exchange_rates().iter().map(row).collect();
        rows.retain(|row| row.holds(&query.term));
        Ok(Listed { rows, ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        state.open_record("EXCHANGE_RATE", Some(row.id))
    }
}

/// What foreign money is worth at a rate, such as `EUR 100.00 = £84.75`.
pub(crate) fn worth(text: &Text, own: &Currency, currency: CurrencyCode, rate: ExchangeRate) -> String {
    let foreign = Currency::of(currency);
    let Ok(of) = foreign.parse(&TOLD_OF.to_string()) else { return String::new() };
    let Ok(base) = rate.to_base(of, &foreign, own, Rounding::HalfUp) else { return String::new() };
    text.fill(Key::RateWorth, &[("foreign", &foreign.show(of)), ("own", &own.show(base))])
}
