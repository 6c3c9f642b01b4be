//! What is for sale, by which rules.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use saleflex_core::{
    cashier::Capability,
    catalog::{Catalog, CatalogChange, CatalogError, Reference},
    document::VoucherRest,
    ids::ProductId,
    journal::Event,
    money::CurrencyCode,
    quantity::ExchangeRate,
    settings::Settings,
    time::Moment,
};

use super::Till;
use crate::{
    error::Error,
    goods::catalog::{self, PriceChange, price_lists},
    people::customer,
    settings, templates,
};

/// What is for sale, by which rules.
impl Till {
    /// What is for sale, in memory.
    pub const fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Stored catalog records that do not fit and were left out when the till was opened.
    pub fn broken_records(&self) -> &[CatalogError] {
        &self.broken_records
    }

    /// Changes products, barcodes, details and price lists, all of them or none.
    ///
    /// # Errors
    /// [`Error::Catalog`] with all that is wrong; [`Error::Refused`] without the capability.
    pub fn change_catalog(&mut self, change: CatalogChange) -> Result<(), Error> {
        self.need(Capability::CatalogWrite)?;
        self.catalog.validate(&change)?;
        let terminal = self.identity.terminal.uuid();
        let event = Event::CatalogChanged {
            change: Box::new(change.clone()),
            opens_stock: false,
            limits: Vec::new(),
        };
        self.commit_event(event, terminal, |connection, seq| catalog::apply(connection, seq, &change))?;
        Ok(self.catalog.apply(change)?)
    }

    /// What the prices of a product were, its own and those of lists, the latest change first.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn price_history(&self, product: ProductId, limit: u32) -> Result<Vec<PriceChange>, Error> {
        price_lists::history(self.connection(), product, limit)
    }

    /// An identity for a product to be added.
    pub fn new_product_id(&mut self) -> ProductId {
        ProductId::new(self.shell.new_id())
    }

    /// Puts other tax rates, departments, units and masks in the place of the present ones.
    ///
    /// # Errors
    /// As [`Till::change_catalog`]; [`Error::TaxRateUsed`]: of a rate that documents used, the percentage stays, and another
    /// follows from a date.
    pub fn replace_reference(&mut self, reference: &Reference) -> Result<(), Error> {
        self.need(Capability::CatalogWrite)?;
        let next = self.catalog_with(reference)?;
        self.check_used_rates(reference)?;
        let terminal = self.identity.terminal.uuid();
        let event = self.reference_replaced(reference);
        self.commit_event(event, terminal, |connection, _| {
            catalog::replace_reference(connection, reference)
        })?;
        self.catalog = next;
        Ok(())
    }

    /// Puts other reference records and other exchange rates in the place of the present ones, all of them in one
    /// transaction or none. What is the same as before is not written and asks for no capability.
    ///
    /// # Errors
    /// As [`Till::replace_reference`] and [`Till::set_exchange_rate`]; nothing has changed then.
    pub fn import_reference(
        &mut self,
        reference: &Reference,
        rates: &BTreeMap<CurrencyCode, ExchangeRate>,
    ) -> Result<(), Error> {
        let present: BTreeMap<_, _> = self.rates.iter().copied().collect();
        let terminal = self.identity.terminal.uuid();
        let mut events = Vec::new();
        let mut next = None;
        if *reference != self.catalog.reference() {
            self.need(Capability::CatalogWrite)?;
            next = Some(self.catalog_with(reference)?);
            self.check_used_rates(reference)?;
            events.push((self.reference_replaced(reference), terminal));
        }
        let named: BTreeSet<CurrencyCode> = present.keys().chain(rates.keys()).copied().collect();
        for currency in named {
            let rate = rates.get(&currency).copied();
            if rate != present.get(&currency).copied() {
                self.need(Capability::CatalogWrite)?;
                events.push((Event::RateSet { currency, rate }, terminal));
            }
        }
        if events.is_empty() {
            return Ok(());
        }
        self.commit_events(events, |connection, event| {
            if let Event::RateSet { currency, rate } = event {
                catalog::set_rate(connection, *currency, *rate)
            } else {
                catalog::replace_reference(connection, reference)
            }
        })?;
        if let Some(next) = next {
            self.catalog = next;
        }
        self.rates = rates.iter().map(|(currency, rate)| (*currency, *rate)).collect();
        Ok(())
    }

    /// The event of a replacement, with what was there before.
    pub(super) fn reference_replaced(&self, reference: &Reference) -> Event {
        Event::ReferenceReplaced {
            reference: Box::new(reference.clone()),
            was: Some(Box::new(self.catalog.reference())),
        }
    }

    /// The catalog with other records that products refer to, beside the one in use.
    pub(super) fn catalog_with(&self, reference: &Reference) -> Result<Catalog, Error> {
        let mut next = self.catalog.clone();
        next.replace_reference(reference.clone())?;
        Ok(next)
    }

    /// What one unit of the till's currency buys of others.
    pub fn exchange_rates(&self) -> &[(CurrencyCode, ExchangeRate)] {
        &self.rates
    }

    /// Sets an exchange rate; none: the currency is no longer taken.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability: what foreign money is worth is for whoever sets prices.
    pub fn set_exchange_rate(
        &mut self,
        currency: CurrencyCode,
        rate: Option<ExchangeRate>,
    ) -> Result<(), Error> {
        self.need(Capability::CatalogWrite)?;
        let terminal = self.identity.terminal.uuid();
        self.commit_event(Event::RateSet { currency, rate }, terminal, |connection, _| {
            catalog::set_rate(connection, currency, rate)
        })?;
        self.rates.retain(|(known, _)| *known != currency);
        self.rates.extend(rate.map(|rate| (currency, rate)));
        self.rates.sort_by_key(|(known, _)| *known);
        Ok(())
    }

    /// The settings that the till works by.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Changes the settings.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability; [`Error::Settings`] when no till can work by them;
    /// [`Error::DocumentOpen`] for training to begin or end amid a document; [`Error::VouchersOfOneTill`];
    /// [`Error::UnknownPart`] for a place that is none.
    pub fn change_settings(&mut self, settings: Settings) -> Result<(), Error> {
        self.need(Capability::SettingsWrite)?;
        settings.validate()?;
        // Where a shop has been said to be, it stays until somebody says otherwise.
        if let Some(region) = settings.region.as_ref().filter(|_| settings.region != self.settings.region) {
            templates::name_of_part(region)?;
        }
        let rule = settings.policy.voucher_rest;
        let is_set = rule != self.settings.policy.voucher_rest && rule != VoucherRest::Stays;
        if is_set && !self.connectors.is_empty() {
            return Err(Error::VouchersOfOneTill);
        }
        if settings.training != self.settings.training {
            if !self.is_between_documents() {
                return Err(Error::DocumentOpen);
            }
            // The next document is what the till is set to then, also where one was begun without a line.
            let now = self.shell.now();
            self.leave_empty_document(now)?;
        }
        let terminal = self.identity.terminal.uuid();
        let was = Some(Box::new(self.settings.clone()));
        let event = Event::SettingsChanged { settings: Box::new(settings.clone()), was };
        let now = self.shell.now();
        let write = self.writes_settings(now, &settings);
        self.commit_event_at(now, event, terminal, |connection, _| write(connection))?;
        self.go_by(settings);
        Ok(())
    }

    /// What other settings write.
    pub(super) fn writes_settings(
        &self,
        now: Moment,
        settings: &Settings,
    ) -> impl FnOnce(&Connection) -> Result<(), Error> + use<> {
        let (before, rules) = (self.phone_rules(now), self.phone_rules_by(settings, now));
        let costing = (self.settings.stock.costing, settings.stock.costing);
        let settings = settings.clone();
        move |connection| {
            settings::write(connection, &settings)?;
            // Whoever dials otherwise is known by other keys.
            if rules != before {
                customer::rekey(connection, &rules)?;
            }
            Self::revalue(connection, costing.0, costing.1)
        }
    }

    /// Goes by settings that were written.
    pub(super) fn go_by(&mut self, settings: Settings) {
        self.worked.forget();
        self.in_force.resolve_by(settings.campaigns.resolution);
        self.settings = settings;
    }
}
