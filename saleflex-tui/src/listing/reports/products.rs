//! What was sold of each product on days, the one that brought most first.

use saleflex_core::{catalog::Named, closure::ProductTotals, money::Money};
use saleflex_store::{Error, Till};

use super::{
    super::{Heading, ListRow, Listed, Listing, Query, RowId, Words},
    Asked, Step,
};
use crate::{
    app::State,
    effect::{Effect, Question},
    text::{Key, Text},
};

/// Products sold on days.
pub(crate) struct ProductsSold;

impl Listing for ProductsSold {
    fn form(&self) -> &'static str {
        "PRODUCTS_SOLD"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../../forms/products_sold.toml")
    }

    fn event(&self) -> &'static str {
        "PLU_SALE_REPORT"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["PRODUCT_SOLD_DETAIL"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleProductsSold, none: Key::ReportNone, hint: Key::HintReport }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnCode, 14),
                Heading::text(Key::ColumnName, 0),
                Heading::number(Key::ColumnQuantity, 11),
                Heading::number(Key::ColumnDiscounts, 11),
                Heading::number(Key::ColumnSales, 12),
                Heading::number(Key::ColumnTax, 10),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let asked = Asked::of(query, till.now().business_date, Step::Day);
        let sold = till.product_sales(asked.from, asked.to)?;
        let mut sold: Vec<(String, ProductTotals)> = sold.0.into_iter().collect();
        sold.sort_by_key(|(code, totals)| (std::cmp::Reverse(totals.sales), code.clone()));
        let currency = *till.currency();
        let money = |amount: Money| currency.format(amount);
        let row = |(code, totals): (String, ProductTotals)| ListRow {
            id: till
                .catalog()
                .product_by_code(&code)
                .map_or(RowId::Nothing, |known| RowId::Product(known.id())),
            cells: vec![
                code,
                totals.name,
                format!("{} {}", totals.quantity.normalize(), totals.unit),
                money(totals.discounts),
                money(totals.sales),
                money(totals.tax),
            ],
            total: totals.sales,
            is_dim: false,
        };
        let mut rows: Vec<ListRow> = sold.into_iter().map(row).collect();
        rows.retain(|row| row.holds(&asked.rest));
        Ok(Listed {
            rows,
            title: Some(asked.title(text, Key::TitleProductsSold)),
            back: query.back,
            ..Listed::default()
        })
    }

    fn act(&self, _: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        vec![Effect::Ask(Question::Product(Named::Code, row.name().to_owned()))]
    }
}
