//! Products: found as one types, looked at and changed one by one.

use chrono::NaiveDate;
use saleflex_core::{catalog::ProductRef, money::Money};
use saleflex_store::{Error, Till};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::Effect,
    text::{Key, Text},
    view,
};

/// Products.
pub(crate) struct Products;

/// Most products listed; typing on narrows them.
const MOST: usize = 200;

impl Listing for Products {
    fn form(&self) -> &'static str {
        "PRODUCT_LIST"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/product_list.toml")
    }

    fn event(&self) -> &'static str {
        "PRODUCT_LIST_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["PRODUCT_DETAIL"]
    }

    fn words(&self) -> Words {
        Words { title: Key::ProductsTitle, none: Key::PickNone, hint: Key::HintProducts }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnCode, 12),
                Heading::text(Key::ColumnProduct, 0),
                Heading::text(Key::ColumnDepartment, 16),
                Heading::number(Key::ColumnPrice, 10),
                Heading::number(Key::ColumnStock, 9),
            ]
        }
    }

    fn load(&self, till: &mut Till, _: &Text, query: &Query) -> Result<Listed, Error> {
        let today = till.now().business_date;
        let mut rows = Vec::new();
        for product in till.catalog().search(&query.term, MOST) {
            rows.push(row(till, product, today)?);
        }
        Ok(Listed { rows, ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        state.open_record("PRODUCT_DETAIL", Some(row.id))
    }
}

/// A product with its price on a business date and what is left of it.
pub(super) fn row(till: &Till, product: ProductRef<'_>, today: NaiveDate) -> Result<ListRow, Error> {
    let stock = till.stock(product.id())?.map(|level| level.available(today).to_string());
    let known = till.catalog().departments().find(|department| department.no == product.department());
    let cells = vec![
        product.code().to_owned(),
        product.name().to_owned(),
        known.map(|department| department.name.clone()).unwrap_or_default(),
        view::price(till.currency(), product.price_on(today)),
        stock.unwrap_or_default(),
    ];
    Ok(ListRow { id: RowId::Product(product.id()), cells, total: Money::ZERO, is_dim: !product.is_active() })
}
