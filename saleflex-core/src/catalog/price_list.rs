//! Price lists: other prices of some products, from a day, until a day, in some stores.
//!
//! **Invariant:** on a day a product has one price, and anybody can tell which: of the lists in force that name it the
//! one that began last, of two that began together the one whose code sorts last, and without any the product's own.
//! A barcode with a price of its own keeps it.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Catalog, CatalogError, Field, reference::check_text, text::shown};
use crate::{
    ids::{ProductId, StoreId},
    quantity::UnitPrice,
};

/// Longest code of a list.
const LONGEST_CODE: usize = 20;
/// Longest name of a list.
const LONGEST_NAME: usize = 50;

/// Other prices of some products.
///
/// A price that changes on a day to come is a list that begins on that day.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct PriceList {
    /// What it is known by, 1–20 printable characters.
    pub code: String,
    /// What people call it, 1–50 characters.
    pub name: String,
    /// Its first business date; none: it always was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// Its last business date; none: until it is taken out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// The stores it holds in; none named: all of them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub stores: BTreeSet<StoreId>,
    /// The price of one unit of each product on it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub prices: BTreeMap<ProductId, UnitPrice>,
}

/// What a product costs by a list.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ListPrice {
    /// The code of the list.
    pub list: String,
    /// The product.
    pub product: ProductId,
    /// For one of its unit; none: the list does not name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<UnitPrice>,
}

impl PriceList {
    /// Whether it holds in a store on a business date. A catalog that was not told its store takes the lists of all.
    pub fn is_in_force(&self, store: Option<StoreId>, on: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= on)
            && self.until.is_none_or(|until| on <= until)
            && (self.stores.is_empty() || store.is_none_or(|store| self.stores.contains(&store)))
    }

    /// What is wrong with it by itself.
    pub(super) fn check(&self, errors: &mut Vec<CatalogError>) {
        check_text(&self.code, Field::Code, &self.code, LONGEST_CODE, errors);
        check_text(&self.code, Field::Name, &self.name, LONGEST_NAME, errors);
        if let (Some(from), Some(until)) = (self.from, self.until)
            && until < from
        {
            errors.push(CatalogError::PriceListWindow { list: shown(&self.code), from, until });
        }
    }
}

/// The lists of a catalog by code.
#[derive(Clone, Debug, Default)]
pub(super) struct PriceLists {
    pub(super) lists: BTreeMap<String, PriceList>,
    pub(super) store: Option<StoreId>,
}

impl PriceLists {
    /// Puts a price on a list, or takes it off.
    pub(super) fn put(&mut self, ListPrice { list, product, price }: &ListPrice) {
        let Some(list) = self.lists.get_mut(list) else { return };
        if let Some(price) = price {
            list.prices.insert(*product, *price);
        } else {
            list.prices.remove(product);
        }
    }

    /// The list that prices a product on a day, and its price.
    fn price(&self, product: ProductId, on: NaiveDate) -> Option<(&PriceList, UnitPrice)> {
        let priced = |list| PriceList::is_in_force(list, self.store, on);
        self.lists
            .values()
            .filter(|list| priced(list))
            .filter_map(|list| Some((list, *list.prices.get(&product)?)))
            .max_by_key(|(list, _)| (list.from, &list.code))
    }
}

impl Catalog {
    /// All price lists, by code.
    pub fn price_lists(&self) -> impl Iterator<Item = &PriceList> {
        self.prices.lists.values()
    }

    /// The price list with this code.
    pub fn price_list(&self, code: &str) -> Option<&PriceList> {
        self.prices.lists.get(code)
    }

    /// Tells the catalog which store it serves: lists of other stores no longer price anything here.
    pub const fn set_store(&mut self, store: StoreId) {
        self.prices.store = Some(store);
    }

    /// The list that prices a product on a business date; none: its own price holds.
    pub fn list_price(&self, product: ProductId, on: NaiveDate) -> Option<(&PriceList, UnitPrice)> {
        self.prices.price(product, on)
    }
}
