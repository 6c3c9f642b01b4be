//! Which goods sell.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use core::cmp::Reverse;

use crate::{document::Completed, ids::ProductId};

/// On how many sales each product stood. What is weighed and what is counted compare this way.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct GoodsSold {
    sales: BTreeMap<ProductId, u32>,
}

impl GoodsSold {
    /// Takes a completed document in. What is no sale, was made in training, or is charged beside other goods counts
    /// nothing.
    pub fn add(&mut self, completed: &Completed) {
        let document = completed.document();
        if document.training || !document.kind.sells(document.document_type) {
            return;
        }
        let goods = document.active_lines().filter(|line| !line.item.is_container);
        let products: BTreeSet<ProductId> = goods.filter_map(|line| line.item.product).collect();
        for product in products {
            let sales = self.sales.entry(product).or_default();
            *sales = sales.saturating_add(1);
        }
    }

    /// The products, those on the most sales first; ties by identity, so that the order is the same each time.
    pub fn best(&self) -> Vec<ProductId> {
        let mut products: Vec<_> =
            self.sales.iter().map(|(product, sales)| (Reverse(*sales), *product)).collect();
        products.sort_unstable();
        products.into_iter().map(|(_, product)| product).collect()
    }
}
