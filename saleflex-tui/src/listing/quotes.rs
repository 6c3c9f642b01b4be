//! Quotes of the last periods, to be sold at the prices that were quoted.

use std::collections::BTreeMap;

use saleflex_core::{
    document::Kind,
    ids::{DocumentId, DocumentNumber},
};
use saleflex_store::{Error, Till, history::DocumentHead};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::{State, Tone},
    effect::{Act, Effect, Question},
    text::{Key, Text},
};

/// How many periods back quotes are looked for; what is older is found among the receipts of its period.
const PERIODS: u32 = 31;

/// Quotes.
pub(crate) struct Quotes;

impl Listing for Quotes {
    fn form(&self) -> &'static str {
        "QUOTES"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/quotes.toml")
    }

    fn event(&self) -> &'static str {
        "QUOTE_LIST"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["QUOTE_TO_SALE", "QUOTE_DETAIL"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleQuotes, none: Key::QuotesNone, hint: Key::HintQuotes }
    }

    fn empty(&self) -> Key {
        Key::QuotesEmpty
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnNumber, 21),
                Heading::text(Key::ColumnName, 0),
                Heading::text(Key::ColumnSoldAs, 21),
                Heading::number(Key::ColumnTotal, 12),
            ]
        }
    }

    fn load(&self, till: &mut Till, _: &Text, query: &Query) -> Result<Listed, Error> {
        let (quotes, sold) = quotes(till)?;
        let mut rows = Vec::new();
        for quote in quotes {
            let customer = quote.customer.map(|id| till.customer(id)).transpose()?.flatten();
            let sold_as = sold.get(&quote.id).map(DocumentNumber::to_string);
            let row = ListRow {
                id: RowId::Document(quote.id),
                is_dim: sold_as.is_some(),
                cells: vec![
                    quote.number.to_string(),
                    customer.map(|customer| customer.name).unwrap_or_default(),
                    sold_as.unwrap_or_default(),
                    till.currency().format(quote.net_due),
                ],
                total: quote.net_due,
            };
            if row.holds(&query.term) {
                rows.push(row);
            }
        }
        Ok(Listed { rows, ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, event: &str) -> Vec<Effect> {
        let RowId::Document(id) = row.id else { return Vec::new() };
        if event == "QUOTE_DETAIL" {
            return vec![Effect::Ask(Question::Copy(id))];
        }
        if row.is_dim {
            let sold_as = row.cells.get(2).map_or("", String::as_str);
            let words = state.text.fill(Key::QuoteSold, &[("quote", row.name()), ("number", sold_as)]);
            state.say_words(Tone::Bad, words);
            return Vec::new();
        }
        State::act(Act::ConvertQuote { quote: id, age: None, counted: false })
    }
}

/// The quotes, the latest first, and what each was sold as.
fn quotes(till: &Till) -> Result<(Vec<DocumentHead>, BTreeMap<DocumentId, DocumentNumber>), Error> {
    let (mut quotes, mut sold) = (Vec::new(), BTreeMap::new());
    for back in 0..=PERIODS {
        let Some(period) = till.period_back(back)? else { break };
        for head in till.documents(period)?.into_iter().rev().filter(|head| !head.is_cancelled) {
            match (head.kind, head.original) {
                (Kind::Quote, _) => quotes.push(head),
                (_, Some(original)) => {
                    sold.insert(original, head.number);
                }
                _ => {}
            }
        }
    }
    Ok((quotes, sold))
}
