//! The goods that a till may advise its customers to add.

use std::{cell::RefCell, collections::BTreeMap, sync::Arc};

use chrono::NaiveDate;
use saleflex_core::{
    campaign::{DepartmentKey, Selection, Selector, Target},
    catalog::{Catalog, PriceRule, ProductRef},
    checkout::{self, Assortment, Offered},
    ids::ProductId,
    money::{Currency, Money, Rounding},
    quantity::{Quantity, UnitPrice},
};

use super::traits_of;

/// Which goods are the cheapest of a target. It is kept for as long as a document is open: looking through the catalog
/// at each key would be felt. Only the choice is kept; what it costs is asked anew each time.
#[derive(Debug, Default)]
pub(crate) struct Cheapest(RefCell<BTreeMap<Target, Option<ProductId>>>);

impl Cheapest {
    pub(crate) fn clear(&mut self) {
        self.0.get_mut().clear();
    }
}

/// The catalog as it sells now.
pub(crate) struct Shelf<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) currency: &'a Currency,
    pub(crate) on: NaiveDate,
    pub(crate) cheapest: &'a Cheapest,
}

impl Assortment for Shelf<'_> {
    fn product(&self, product: ProductId) -> Option<Offered> {
        let item = self.catalog.find_product(product, self.on).ok()?;
        let traits = traits_of(self.catalog, product);
        Some(Offered { price: item.price, item: Arc::new(item), traits })
    }

    fn cheapest(&self, of: &Target) -> Option<Offered> {
        let known = self.cheapest.0.borrow().get(of).copied();
        match known {
            Some(None) => return None,
            // What is not sold any more makes room for the next.
            Some(Some(product)) => {
                let sold = self.product(product);
                if sold.is_some() {
                    return sold;
                }
            }
            None => {}
        }
        let found = self.find_cheapest(of);
        self.cheapest.0.borrow_mut().insert(of.clone(), found);
        found.and_then(|product| self.product(product))
    }
}

impl Shelf<'_> {
    /// The first of the cheapest, in the order of the catalog. What is dearer than one that was found, or of another kind,
    /// is not looked at closely.
    fn find_cheapest(&self, of: &Target) -> Option<ProductId> {
        let selection = Selection::of(of);
        let mut best: Option<(UnitPrice, ProductId)> = None;
        for product in self.catalog.products().filter(|product| is_advised(*product)) {
            let price = product.price_on(self.on);
            let is_cheaper = best.is_none_or(|(least, _)| price < least);
            if is_cheaper && self.may_be_of(of, product) && self.is_of(&selection, product, price) {
                best = Some((price, product.id()));
            }
        }
        best.map(|(_, product)| product)
    }

    /// Whether the target takes the product, asked of what is sold and not of the catalog's row.
    fn is_of(&self, selection: &Selection, product: ProductRef<'_>, price: UnitPrice) -> bool {
        let Some(piece) = price.times(Quantity::ONE, self.currency, Rounding::HalfUp).ok() else {
            return false;
        };
        let sold = self.product(product.id()).filter(|_| piece > Money::ZERO);
        sold.is_some_and(|offered| {
            let item = checkout::cart_item(&offered.item, Some(&offered.traits), self.currency);
            selection.takes(&item, piece)
        })
    }

    /// Whether one of the target's words may mean a product.
    fn may_be_of(&self, of: &Target, product: ProductRef<'_>) -> bool {
        let details = self.catalog.details(product.id());
        let department = product.department();
        let main =
            || self.catalog.departments().find(|known| known.no == department).and_then(|one| one.main);
        let is_meant = |selector: &Selector| {
            if let Selector::Product(id) = selector {
                return *id == product.id();
            }
            if let Selector::Department(key) | Selector::Category(key) = selector {
                let is_named = |no| DepartmentKey::from(no) == *key;
                return is_named(department) || main().is_some_and(is_named);
            }
            if let Selector::Brand(brand) = selector {
                return details.is_some_and(|details| details.brand == Some(*brand));
            }
            if let Selector::Style(style) = selector {
                let variant = details.and_then(|details| details.variant.as_ref());
                return variant.is_some_and(|variant| variant.style == *style);
            }
            if let Selector::Tag(tag) = selector {
                return details.is_some_and(|details| details.tags.contains(tag));
            }
            matches!(selector, Selector::Pattern(_) | Selector::UnitPrice { .. })
        };
        of.include.iter().any(is_meant)
    }
}

/// Whether it is sold by the piece, at a price that is known, and may be discounted.
fn is_advised(product: ProductRef<'_>) -> bool {
    let is_counted = product.unit().decimals == 0 && product.price_rule() == PriceRule::Fixed;
    product.is_active() && is_counted && product.permissions().discount
}
