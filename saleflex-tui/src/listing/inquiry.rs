//! Price inquiry: what something costs and how much of it is left, without selling it.

use saleflex_core::catalog::Named;
use saleflex_store::{Error, Till};

use super::{Heading, ListRow, Listed, Listing, Query, Words, products};
use crate::{
    app::State,
    effect::{Effect, Question},
    text::{Key, Text},
};

/// Price inquiry.
pub(crate) struct Inquiry;

/// Most products listed; typing on narrows them.
const MOST: usize = 200;

impl Listing for Inquiry {
    fn form(&self) -> &'static str {
        "PRICE_INQUIRY"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/price_inquiry.toml")
    }

    fn event(&self) -> &'static str {
        "PRICE_LOOKUP"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["PRICE_DETAIL"]
    }

    fn words(&self) -> Words {
        Words { title: Key::InquiryTitle, none: Key::PickNone, hint: Key::HintInquiry }
    }

    fn headings(&self) -> &'static [Heading] {
        products::Products.headings()
    }

    /// A barcode finds what it stands for, with the weight or price inside it too.
    fn load(&self, till: &mut Till, _: &Text, query: &Query) -> Result<Listed, Error> {
        let today = till.now().business_date;
        let read =
            till.catalog().find(&query.term, today, till.currency()).ok().and_then(|found| found.product);
        let mut rows = Vec::new();
        if let Some(product) = read.and_then(|id| till.catalog().product(id)) {
            rows.push(products::row(till, product, today)?);
        }
        for product in till.catalog().search(&query.term, MOST) {
            if Some(product.id()) != read {
                rows.push(products::row(till, product, today)?);
            }
        }
        Ok(Listed { rows, ..Listed::default() })
    }

    fn act(&self, _: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        vec![Effect::Ask(Question::Product(Named::Code, row.name().to_owned()))]
    }
}
