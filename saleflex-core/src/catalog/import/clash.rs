//! Products of a table that do not go together, with each other or with those of the catalog.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{Import, ImportError, ImportProblem, ImportedProduct};
use crate::{
    catalog::{
        Catalog, CatalogError,
        change::{ChangeView, ChangedRecord},
    },
    ids::ProductId,
};

/// The products of a table: their codes, and the lines they stand on.
type Named = BTreeMap<ProductId, (String, u64)>;

/// What the catalog says, with the other product as people know it.
pub(super) fn in_words(error: &CatalogError, other: &str, line: Option<u64>) -> String {
    let said = error.to_string();
    let said = error.other().map_or_else(|| said.clone(), |id| said.replace(&id.to_string(), other));
    line.map_or_else(|| said.clone(), |line| format!("{said} (line {line})"))
}

impl Import {
    /// Leaves only products the catalog can take together. A line that is left out keeps its old code and
    /// barcodes, which another line may have counted on: so until nothing more is left out.
    pub(super) fn settle(&mut self, catalog: &Catalog, named: &Named) {
        loop {
            let mut rejected = BTreeSet::new();
            for (at, error) in check(&self.products, catalog) {
                rejected.insert(at);
                let problem = problem_of(error, catalog, named);
                self.errors.push(ImportError { line: self.products[at].line, problem });
            }
            if rejected.is_empty() {
                return;
            }
            let mut at = 0..;
            self.products.retain(|_| at.next().is_some_and(|at| !rejected.contains(&at)));
        }
    }
}

/// What is wrong with a line, and which other product stands in its way.
fn problem_of(error: CatalogError, catalog: &Catalog, named: &Named) -> ImportProblem {
    let Some(id) = error.other() else { return error.into() };
    let of_table = named.get(&id).map(|(code, line)| (code.clone(), Some(*line)));
    let of_catalog = || catalog.product(id).map(|known| (known.code().to_string(), None));
    match of_table.or_else(of_catalog) {
        Some((other, line)) => ImportProblem::Clash { error, other, line },
        None => error.into(),
    }
}

/// What the catalog refuses of these products together, and at which of them.
fn check(products: &[ImportedProduct], catalog: &Catalog) -> Vec<(usize, CatalogError)> {
    let barcodes =
        || products.iter().enumerate().flat_map(|(at, one)| one.barcodes.iter().map(move |b| (at, b)));
    let removed = products.iter().flat_map(|product| &product.removed_barcodes);
    let view = ChangeView {
        removed_products: &[],
        removed_barcodes: removed.map(String::as_str).collect(),
        products: products.iter().map(|product| &product.product).collect(),
        barcodes: barcodes().map(|(_, barcode)| barcode).collect(),
        details: products.iter().filter_map(|product| product.details.as_ref()).collect(),
        ..ChangeView::default()
    };
    let has_details = |(at, one): (usize, &ImportedProduct)| one.details.is_some().then_some(at);
    let detailed: Vec<usize> = products.iter().enumerate().filter_map(has_details).collect();
    let owners: Vec<usize> = barcodes().map(|(at, _)| at).collect();
    let found = catalog.check(&view).into_iter();
    found
        .filter_map(|(record, error)| match record {
            ChangedRecord::Product(at) => Some((at, error)),
            ChangedRecord::Barcode(at) => Some((owners[at], error)),
            ChangedRecord::Details(at) => Some((detailed[at], error)),
            // A table of products brings no price lists.
            ChangedRecord::PriceList(_) | ChangedRecord::ListPrice(_) => None,
        })
        .collect()
}
