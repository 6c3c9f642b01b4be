//! What people set: the last word of the journal on it is what is stored.
//!
//! A product or barcode that the till was made with and nobody changed since is not in the journal, so only its row
//! vouches for it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use rusqlite::Connection;
use saleflex_core::{
    cashier::Capability,
    catalog::{CatalogChange, Product, ProductBarcode, Reference},
    ids::{CashierId, ProductId},
    journal::{Entry, Event, MadeWith},
    money::CurrencyCode,
    quantity::ExchangeRate,
    settings::Settings,
    time::Moment,
};

use super::{Finding, Tampering, check, hold};
use crate::{goods::catalog, people::cashier, settings, till::read_identity};

/// What a cashier may do, and whether they may log in.
type Rights = (BTreeSet<Capability>, bool);

/// The last word on everything that somebody set.
pub(super) struct Words<'a> {
    connection: &'a Connection,
    /// Whether the journal says what the till was made with; that of an earlier version did not.
    knows_beginning: bool,
    settings: Option<Settings>,
    reference: Option<Reference>,
    /// Exchange rates; none: the currency is no longer taken.
    rates: BTreeMap<CurrencyCode, Option<ExchangeRate>>,
    cashiers: BTreeMap<CashierId, Rights>,
    /// When each logged in last.
    log_ins: BTreeMap<CashierId, Moment>,
    /// Products that were changed; none: taken out.
    products: HashMap<ProductId, Option<Product>>,
    barcodes: HashMap<String, Option<ProductBarcode>>,
}

impl<'a> Words<'a> {
    pub(super) fn new(connection: &'a Connection) -> Self {
        Self {
            connection,
            knows_beginning: false,
            settings: None,
            reference: None,
            rates: BTreeMap::new(),
            cashiers: BTreeMap::new(),
            log_ins: BTreeMap::new(),
            products: HashMap::new(),
            barcodes: HashMap::new(),
        }
    }

    /// Follows an entry.
    pub(super) fn of_entry(&mut self, entry: &Entry) -> Finding {
        if let Event::TillCreated { store, terminal, currency, tax_mode, made_with, .. } = &entry.event {
            let stored = read_identity(self.connection)?;
            let is_it = (stored.store, stored.terminal, stored.currency, stored.tax_mode)
                == (*store, *terminal, *currency, *tax_mode);
            hold!(is_it, Tampering::IdentityChanged);
            self.begin(made_with.as_deref());
        } else if let Event::SettingsChanged { settings, .. } = &entry.event {
            self.settings = Some(settings.as_ref().clone());
        } else if let Event::ReferenceReplaced { reference, .. } = &entry.event {
            self.reference = Some(reference.as_ref().clone());
        } else if let Event::RateSet { currency, rate } = &entry.event {
            self.rates.insert(*currency, *rate);
        } else if let Event::CashierChanged { cashier, capabilities, is_active } = &entry.event {
            self.cashiers.insert(*cashier, (capabilities.clone(), *is_active));
        } else if let Event::LoggedIn { cashier, .. } = &entry.event {
            self.log_ins.insert(*cashier, entry.at);
        } else if let Event::CatalogChanged { change, .. } = &entry.event {
            self.change_catalog(change);
        }
        Ok(Ok(()))
    }

    fn begin(&mut self, made_with: Option<&MadeWith>) {
        let Some(MadeWith { settings, reference, rates, cashiers }) = made_with.cloned() else { return };
        self.knows_beginning = true;
        self.settings = Some(settings);
        self.reference = Some(reference);
        self.rates = rates.into_iter().map(|(currency, rate)| (currency, Some(rate))).collect();
        self.cashiers = cashiers.into_iter().map(|(id, may)| (id, (may, true))).collect();
    }

    fn change_catalog(&mut self, change: &CatalogChange) {
        for product in &change.removed_products {
            self.products.insert(*product, None);
            for known in self.barcodes.values_mut() {
                known.take_if(|barcode| barcode.product == *product);
            }
        }
        self.barcodes.extend(change.removed_barcodes.iter().map(|barcode| (barcode.clone(), None)));
        let changed = change.products.iter().map(|product| (product.id, Some(product.clone())));
        self.products.extend(changed);
        let changed = change.barcodes.iter().map(|known| (known.barcode.clone(), Some(known.clone())));
        self.barcodes.extend(changed);
    }

    /// What must hold when every entry was seen.
    pub(super) fn end(&self) -> Finding {
        if let Some(settings) = &self.settings {
            hold!(*settings == settings::load(self.connection)?, Tampering::SettingsChanged);
        }
        if let Some(reference) = &self.reference {
            let stored = catalog::load_reference(self.connection)?;
            hold!(ordered(reference) == ordered(&stored), Tampering::CatalogChanged);
        }
        check!(self.rates());
        check!(self.cashiers());
        self.catalog()
    }

    fn rates(&self) -> Finding {
        let stored: BTreeMap<_, _> = catalog::load_rates(self.connection)?.into_iter().collect();
        for currency in self.rates.keys().chain(stored.keys()) {
            let is_right = match self.rates.get(currency) {
                Some(said) => said.as_ref() == stored.get(currency),
                None => !self.knows_beginning,
            };
            hold!(is_right, Tampering::RateChanged { currency: *currency });
        }
        Ok(Ok(()))
    }

    /// Everybody may do what was last said, and nobody else may anything. They logged in last when they did.
    fn cashiers(&self) -> Finding {
        let stored = cashier::load(self.connection)?;
        for known in &stored {
            let is_right = known.last_log_in == self.log_ins.get(&known.id).copied();
            hold!(is_right, Tampering::CashierChanged { cashier: known.id });
        }
        let stored = stored.into_iter();
        let stored: BTreeMap<CashierId, Rights> =
            stored.map(|known| (known.id, (known.capabilities, known.is_active))).collect();
        for cashier in self.cashiers.keys().chain(stored.keys()) {
            let is_right = match self.cashiers.get(cashier) {
                Some(said) => Some(said) == stored.get(cashier),
                None => !self.knows_beginning,
            };
            hold!(is_right, Tampering::CashierChanged { cashier: *cashier });
        }
        Ok(Ok(()))
    }

    fn catalog(&self) -> Finding {
        let mut is_right = true;
        let mut there = HashSet::new();
        catalog::each_product(self.connection, &mut |product| {
            let said = self.products.get(&product.id);
            is_right &= said.is_none_or(|said| said.as_ref() == Some(&product));
            there.extend(said.map(|_| product.id));
        })?;
        let expected = self.products.values().flatten().count();
        hold!(is_right && there.len() == expected, Tampering::CatalogChanged);
        let mut barcodes = 0;
        catalog::each_barcode(self.connection, &mut |barcode| {
            let said = self.barcodes.get(&barcode.barcode);
            is_right &= said.is_none_or(|said| said.as_ref() == Some(&barcode));
            barcodes += usize::from(said.is_some());
        })?;
        let expected = self.barcodes.values().flatten().count();
        hold!(is_right && barcodes == expected, Tampering::CatalogChanged);
        Ok(Ok(()))
    }
}

/// The same with tax rates and departments by number, as they are stored.
fn ordered(reference: &Reference) -> Reference {
    let mut ordered = reference.clone();
    ordered.tax_rates.sort_by_key(|rate| rate.no);
    ordered.tax_changes.sort();
    ordered.departments.sort_by_key(|department| department.no);
    ordered
}
