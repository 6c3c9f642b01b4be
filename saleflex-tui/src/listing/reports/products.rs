//! What was sold of each product on days, what came back of it and what was taken off, the one that brought most first.

use rust_decimal::Decimal;
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
        &["PRODUCT_SOLD_FIGURES", "PRODUCT_SOLD_DETAIL"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleProductsSold, none: Key::ReportNone, hint: Key::HintReport }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnCode, 12),
                Heading::below(Key::ColumnName),
                Heading::number(Key::ColumnSold, 10),
                Heading::number(Key::ColumnReturns, 9),
                Heading::number(Key::ColumnDiscounts, 10),
                Heading::number(Key::ColumnBrought, 12),
                Heading::number(Key::ColumnTax, 9),
            ]
        }
    }

    /// Every document of the days is read: not while a month or a year is being typed.
    fn is_long(&self) -> bool {
        true
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let asked = Asked::of(query, till.now().business_date, Step::Day);
        let sold = till.product_sales(asked.from, asked.to)?;
        let mut sold: Vec<(String, ProductTotals)> = sold.0.into_iter().collect();
        sold.sort_by_key(|(code, totals)| (std::cmp::Reverse(totals.sales), code.clone()));
        let currency = *till.currency();
        let money = |amount: Money| currency.format(amount);
        let (mut rows, mut of_all) = (Vec::new(), ProductTotals::default());
        for (at, (code, totals)) in sold.into_iter().enumerate() {
            let row = ListRow {
                id: RowId::Sold(at, asked.from, asked.to),
                cells: vec![
                    code,
                    totals.name.clone(),
                    counted(totals.sold(), &totals),
                    returned(&totals),
                    money(totals.discounts),
                    money(totals.sales),
                    money(totals.tax),
                ],
                total: totals.sales,
                is_dim: false,
            };
            if row.holds(&asked.rest) {
                of_all.discounts += totals.discounts;
                of_all.sales += totals.sales;
                of_all.tax += totals.tax;
                rows.push(row);
            }
        }
        // What they come to together ends the list, of those that are in it; quantities count different things.
        if !rows.is_empty() {
            let ProductTotals { discounts, sales, tax, .. } = of_all;
            let mut cells = vec![text.word(Key::ListTotal).to_owned()];
            cells.resize(4, String::new());
            cells.extend([discounts, sales, tax].map(money));
            rows.push(ListRow { id: RowId::Nothing, cells, total: sales, is_dim: false });
        }
        Ok(Listed {
            rows,
            title: Some(asked.title(text, Key::TitleProductsSold)),
            back: query.back,
            ..Listed::default()
        })
    }

    fn act(&self, _: &mut State, row: &ListRow, event: &str) -> Vec<Effect> {
        let RowId::Sold(_, from, to) = row.id else { return Vec::new() };
        let code = row.name().to_owned();
        if event == "PRODUCT_SOLD_FIGURES" {
            return vec![Effect::Ask(Question::ProductSold(code, from, to))];
        }
        vec![Effect::Ask(Question::Product(Named::Code, code))]
    }
}

/// So many of what the quantities of a product count.
pub(crate) fn counted(quantity: Decimal, of: &ProductTotals) -> String {
    format!("{} {}", quantity.normalize(), of.unit)
}

/// How much came back; nothing where nothing did.
fn returned(totals: &ProductTotals) -> String {
    if totals.returned.is_zero() { String::new() } else { totals.returned.normalize().to_string() }
}
