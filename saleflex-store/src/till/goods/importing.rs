//! Products that come with goods on the shelf.

use saleflex_core::{
    cashier::Capability,
    catalog::{
        CatalogChange,
        import::{Column, Import, ImportProblem, ImportedProduct},
    },
    ids::PostingId,
    inventory::{self, ItemRules, Limits, NumberKind, Place, Stock, Tracking},
    journal::Event,
};

use super::moving::check_limits;
use crate::{
    error::{Error, FieldFault},
    goods::{
        catalog,
        import::underway::{self, ImportUnderway},
        stock::records,
    },
    till::Till,
};

/// Products from elsewhere.
impl Till {
    /// Holds products of a file against what is set here: of goods of which there may be no more, no more is to be there at
    /// least. Whoever asks for more is left out, and told with their line.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn check_products(&self, import: &mut Import) -> Result<(), Error> {
        let Some(location) = self.counter() else { return Ok(()) };
        let mut failed = None;
        import.leave_out(&self.catalog, |imported| {
            let found = imported.min_stock.filter(|_| !imported.is_new)?;
            let place = Place { item: imported.product.id.into(), location };
            let limits = records::limits(self.connection(), place);
            let most = limits.map_err(|cause| failed = Some(cause)).ok()?.maximum;
            let is_above = most.is_positive() && found > most.decimal();
            is_above.then(|| ImportProblem::AboveMaximum {
                column: Column::MinStock,
                found,
                most: most.decimal(),
            })
        });
        failed.map_or(Ok(()), Err)
    }

    /// Takes products of a file over, with what is on the shelf of the new ones and how much there should be at least,
    /// all at once or not at all.
    ///
    /// # Errors
    /// As [`Till::change_catalog`]; [`Error::Stock`] for a stock that cannot be, and [`Error::BadField`] for one that is to
    /// be there at least.
    pub fn import_products(&mut self, products: Vec<ImportedProduct>) -> Result<(), Error> {
        self.store_products(products, None)
    }

    /// The same for a part of a file. How far the file is with it is kept in the same transaction, until its last part is in
    /// the till or another file came in whole.
    ///
    /// # Errors
    /// As [`Till::import_products`].
    pub fn import_part(
        &mut self,
        products: Vec<ImportedProduct>,
        underway: &ImportUnderway,
    ) -> Result<(), Error> {
        self.store_products(products, Some(underway))
    }

    /// The file that did not come in whole.
    ///
    /// # Errors
    /// [`Error::Database`] when the till's file cannot be read.
    pub fn import_underway(&self) -> Result<Option<ImportUnderway>, Error> {
        underway::load(self.connection())
    }

    fn store_products(
        &mut self,
        products: Vec<ImportedProduct>,
        underway: Option<&ImportUnderway>,
    ) -> Result<(), Error> {
        self.need(Capability::CatalogWrite)?;
        let counter = self.counter();
        let posting = PostingId::new(self.shell.new_id());
        let mut desk = self.desk(posting, [], NumberKind::Adjustment)?;
        let (mut lines, mut limits) = (Vec::new(), Vec::new());
        for imported in &products {
            let (product, Some(location)) = (&imported.product, counter) else { continue };
            let place = Place { item: product.id.into(), location };
            let unit = self.catalog.units().iter().find(|unit| unit.code == product.unit);
            let decimals = unit.map_or(0, |unit| unit.decimals);
            // Goods that are known have a stock of their own by now.
            if let Some(opening) = imported.opening_stock.filter(|_| imported.is_new) {
                let negative_stock = product.permissions.negative_stock;
                let rules = ItemRules { decimals, tracking: Tracking::Quantity, negative_stock };
                desk.items.insert(product.id, rules);
                let stock =
                    Stock::try_new(opening).map_err(|_| Error::bad_field("stock", FieldFault::TooLarge))?;
                lines.push((place.item, stock, product.cost_price));
            }
            if let Some(minimum) = imported.min_stock {
                let minimum =
                    Stock::try_new(minimum).map_err(|_| Error::bad_field("stock", FieldFault::TooLarge))?;
                // What else is set is not the file's.
                check_limits(Limits { minimum, ..Limits::default() }, decimals)?;
                let known = records::limits(self.connection(), place)?;
                if known.maximum.is_positive() && known.maximum < minimum {
                    return Err(Error::bad_field("maximum", FieldFault::BelowMinimum));
                }
                limits.push((place, Limits { minimum, ..known }));
            }
        }
        let posting = match counter.filter(|_| !lines.is_empty()) {
            Some(location) => Some(inventory::opening(&lines, location, &desk.facts(self, None))?),
            None => None,
        };
        let change: CatalogChange = products.into_iter().collect();
        self.catalog.validate(&change)?;
        let opens_stock = posting.is_some();
        let event = Event::CatalogChanged { change: Box::new(change.clone()), opens_stock, limits };
        let entry = self.goods_entry(&desk, event, posting);
        self.commit(&entry, None, None, |connection, seq| {
            catalog::apply(connection, seq, &change)?;
            underway::write(connection, underway)
        })?;
        self.goods.follow(&entry, None);
        Ok(self.catalog.apply(change)?)
    }
}
