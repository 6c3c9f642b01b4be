//! Products that come with goods on the shelf.

use saleflex_core::{
    cashier::Capability,
    catalog::{CatalogChange, import::ImportedProduct},
    ids::PostingId,
    inventory::{self, ItemRules, Limits, NumberKind, Place, Stock, Tracking},
    journal::Event,
};

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
    /// Takes products of a file over, with what is on the shelf of the new ones and how much there should be at least,
    /// all at once or not at all.
    ///
    /// # Errors
    /// As [`Till::change_catalog`]; [`Error::Stock`] for a stock that cannot be.
    pub fn import_products(&mut self, products: Vec<ImportedProduct>) -> Result<(), Error> {
        self.take_over(products, None)
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
        self.take_over(products, Some(underway))
    }

    /// The file that did not come in whole.
    ///
    /// # Errors
    /// [`Error::Database`] when the till's file cannot be read.
    pub fn import_underway(&self) -> Result<Option<ImportUnderway>, Error> {
        underway::load(self.connection())
    }

    fn take_over(
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
            // Goods that are known have a stock of their own by now.
            if let Some(opening) = imported.opening_stock.filter(|_| imported.is_new) {
                let unit = self.catalog.units().iter().find(|unit| unit.code == product.unit);
                let decimals = unit.map_or(0, |unit| unit.decimals);
                let negative_stock = product.permissions.negative_stock;
                let rules = ItemRules { decimals, tracking: Tracking::Quantity, negative_stock };
                desk.items.insert(product.id, rules);
                let stock = Stock::try_new(opening).map_err(|_| Error::BadField {
                    field: "stock".to_owned(),
                    fault: FieldFault::TooLarge,
                })?;
                lines.push((place.item, stock, product.cost_price));
            }
            if let Some(minimum) = imported.min_stock {
                let minimum = Stock::try_new(minimum).map_err(|_| Error::BadField {
                    field: "stock".to_owned(),
                    fault: FieldFault::TooLarge,
                })?;
                limits.push((place, Limits { minimum, ..records::limits(self.connection(), place)? }));
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
