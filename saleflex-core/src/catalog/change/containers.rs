//! Which article the deposit on a product's bottle or crate may be charged by, once a change is done: whatever a change
//! touches, no product is left in a container that cannot be one.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
};

use super::{
    super::{Catalog, CatalogError, PriceRule, ProductDetails, ProductRef, Unit, text::shown},
    ChangeView, ChangedRecord,
    check::Plan,
};
use crate::ids::ProductId;

impl Catalog {
    /// Finds every container that would not be fit for its product, at the record that would make it so.
    pub(super) fn check_containers(
        &self,
        change: &ChangeView<'_>,
        plan: &Plan<'_>,
        found: &mut dyn FnMut(ChangedRecord, CatalogError),
    ) {
        let is_named = |details: &&ProductDetails| details.container.is_some();
        if self.containers.is_empty() && !change.details.iter().any(is_named) {
            return;
        }
        let after = After::of(self, change, plan);
        for (at, details) in change.details.iter().enumerate().filter(|(_, details)| is_named(details)) {
            if after.is_there(details.product)
                && let Some(container) = details.container
                && let Some(error) = after.fault(details.product, container)
            {
                found(ChangedRecord::Details(at), error);
            }
        }
        for (at, product) in change.products.iter().enumerate() {
            if let Some(error) = after.broken_by(product.id) {
                found(ChangedRecord::Product(at), error);
            }
        }
    }

    /// Products whose container would not be counted in pieces by other units, or that would not be themselves.
    pub(super) fn check_container_units(&self, units: &[Unit], found: &mut dyn FnMut(CatalogError)) {
        let is_counted = |id| {
            let code = self.product(id).map(|product| &product.unit().code);
            code.is_some_and(|code| units.iter().any(|unit| unit.code == *code && unit.decimals == 0))
        };
        for details in self.details.values() {
            let Some(container) = details.container else { continue };
            if !is_counted(details.product) || !is_counted(container) {
                found(self.unfit(details.product, container));
            }
        }
    }

    fn unfit(&self, product: ProductId, container: ProductId) -> CatalogError {
        let code = self.product(product).map_or_else(String::new, |known| shown(known.code()));
        CatalogError::UnfitContainer { code, container }
    }
}

/// What is in which container when a change is done.
struct After<'a> {
    catalog: &'a Catalog,
    plan: &'a Plan<'a>,
    details: BTreeMap<ProductId, &'a ProductDetails>,
    /// The products that others come in.
    holders: BTreeSet<ProductId>,
}

impl<'a> After<'a> {
    fn of(catalog: &'a Catalog, change: &ChangeView<'a>, plan: &'a Plan<'a>) -> Self {
        let details: BTreeMap<_, _> =
            change.details.iter().map(|details| (details.product, *details)).collect();
        let mut inside = catalog.containers.clone();
        let let_go = details.keys().chain(&plan.removed_products).collect::<BTreeSet<_>>();
        for product in let_go {
            let container = catalog.details(*product).and_then(|known| known.container);
            if let Some(count) = container.and_then(|container| inside.get_mut(&container)) {
                *count -= 1;
            }
        }
        inside.retain(|container, count| *count > 0 && !plan.removed_products.contains(container));
        let named = details.values().filter_map(|details| details.container);
        let holders = inside.into_keys().chain(named).collect();
        Self { catalog, plan, details, holders }
    }

    fn is_there(&self, product: ProductId) -> bool {
        self.catalog.will_exist(product, self.plan)
    }

    /// The container of a product; with a container that is taken out goes its name.
    fn container_of(&self, product: ProductId) -> Option<ProductId> {
        match self.details.get(&product) {
            Some(changed) => changed.container,
            None => self.kept(self.catalog.details(product)?),
        }
    }

    /// The container that details which do not change go on naming.
    fn kept(&self, details: &ProductDetails) -> Option<ProductId> {
        let is_changed = self.details.contains_key(&details.product);
        let is_removed = |id: &ProductId| self.plan.removed_products.contains(id);
        details.container.filter(|id| !is_changed && !is_removed(id) && !is_removed(&details.product))
    }

    fn fault(&self, product: ProductId, container: ProductId) -> Option<CatalogError> {
        if !self.is_there(container) {
            return Some(CatalogError::UnknownContainer { code: self.code(product), container });
        }
        let is_fit = container != product
            && self.container_of(container).is_none()
            && !self.holders.contains(&product)
            && self.is_article(container)
            && self.is_counted(product);
        (!is_fit).then(|| self.unfit(product, container))
    }

    /// What a changed product no longer fits: its container, or the product that comes in it.
    fn broken_by(&self, changed: ProductId) -> Option<CatalogError> {
        let known = self.catalog.details(changed).and_then(|details| self.kept(details));
        if let Some(container) = known.filter(|_| !self.is_counted(changed)) {
            return Some(self.unfit(changed, container));
        }
        if !self.holders.contains(&changed) || self.is_article(changed) {
            return None;
        }
        let inside = self.catalog.details.values().find(|details| self.kept(details) == Some(changed));
        inside.map(|details| self.unfit(details.product, changed))
    }

    fn unfit(&self, product: ProductId, container: ProductId) -> CatalogError {
        CatalogError::UnfitContainer { code: self.code(product), container }
    }

    fn code(&self, product: ProductId) -> String {
        let changed = self.plan.replaced.get(&product).map(|changed| changed.code.as_str());
        shown(changed.or_else(|| self.catalog.product(product).map(ProductRef::code)).unwrap_or_default())
    }

    /// Whether a deposit can be charged by it: so much for each piece.
    fn is_article(&self, product: ProductId) -> bool {
        let priced = match self.plan.replaced.get(&product) {
            Some(changed) => Some((changed.price_rule, changed.price)),
            None => self.catalog.product(product).map(|known| (known.price_rule(), known.price())),
        };
        let is_priced = priced.is_some_and(|(rule, price)| rule == PriceRule::Fixed && !price.is_zero());
        is_priced && self.is_counted(product)
    }

    fn is_counted(&self, product: ProductId) -> bool {
        let unit = match self.plan.replaced.get(&product) {
            Some(changed) => self.catalog.index.units.iter().find(|unit| unit.code == changed.unit),
            None => self.catalog.product(product).map(ProductRef::unit),
        };
        unit.is_some_and(|unit| unit.decimals == 0)
    }
}
