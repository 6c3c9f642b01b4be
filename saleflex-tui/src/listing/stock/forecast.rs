//! What is likely to be sold in the coming weeks, beside how it was sold and what is there for it.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use saleflex_core::{catalog::ProductRef, money::Money};
use saleflex_store::{Error, Till};

use super::super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::Effect,
    planning,
    record::product::bars,
    text::{Key, Text},
};

/// Products that are likely to be sold.
pub(crate) struct LikelySold;

/// Most products looked through before a key is heard again: of each every movement of four weeks is read.
const PART: usize = 100;
/// Most weeks that are looked ahead.
const MOST_WEEKS: u32 = 52;
/// Days that the bars look back over.
const BAR_DAYS: usize = 14;

impl Listing for LikelySold {
    fn form(&self) -> &'static str {
        "STOCK_FORECAST"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../../forms/stock_forecast.toml")
    }

    fn event(&self) -> &'static str {
        "STOCK_FORECAST_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["STOCK_PRODUCT"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleForecast, none: Key::ForecastNone, hint: Key::HintForecast }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnCode, 12),
                Heading::text(Key::ColumnProduct, 0),
                Heading::text(Key::ColumnLastDays, 14),
                Heading::number(Key::ColumnLikely, 10),
                Heading::number(Key::ColumnForSale, 10),
                Heading::number(Key::ColumnLacking, 9),
            ]
        }
    }

    fn is_long(&self) -> bool {
        true
    }

    /// The products whose stock is kept, part by part; left looks a week further ahead.
    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let today = till.now().business_date;
        let back = query.back.min(MOST_WEEKS - 1);
        let days = u16::try_from((back + 1) * 7).unwrap_or(u16::MAX);
        let start = query.from.and_then(|from| usize::try_from(from).ok()).unwrap_or(0);
        let end = start.saturating_add(PART);
        let till = &*till;
        let found = till.catalog().search(&query.term, end.saturating_add(1));
        let mut rows = Vec::new();
        for product in found.iter().take(end).skip(start) {
            rows.extend(row(till, *product, (today, days))?);
        }
        let title = text.word(Key::TitleForecast);
        Ok(Listed {
            rows,
            title: Some(text.fill(Key::ForecastOf, &[("title", title), ("days", &days.to_string())])),
            back,
            next: i64::try_from(end).ok().filter(|_| end < found.len()),
        })
    }

    fn act(&self, state: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        state.open_record("PRODUCT_DETAIL", Some(row.id))
    }
}

/// What a product is likely to sell; nothing where its stock is not kept, or none of it is likely to be sold.
fn row(till: &Till, product: ProductRef<'_>, ahead: (NaiveDate, u16)) -> Result<Option<ListRow>, Error> {
    let item = product.id().into();
    if till.stock_levels(item)?.is_empty() {
        return Ok(None);
    }
    let likely = planning::forecast(till, item, ahead)?;
    if !likely.expected.is_positive() {
        return Ok(None);
    }
    let before = likely.sold.len().saturating_sub(BAR_DAYS);
    let sold: Vec<Decimal> = likely.sold.iter().skip(before).map(|sold| sold.decimal()).collect();
    let short = likely.short();
    Ok(Some(ListRow {
        id: RowId::Product(product.id()),
        cells: vec![
            product.code().to_owned(),
            product.name().to_owned(),
            bars(&sold),
            likely.expected.to_string(),
            likely.available.to_string(),
            if short.is_zero() { String::new() } else { short.to_string() },
        ],
        total: Money::ZERO,
        is_dim: false,
    }))
}
