//! From the hub's rows to the till's catalog, price lists, campaigns, coupons, loyalty programs, customers and
//! settings, between two documents.
//!
//! What a till owns is never taken from a hub: counters, levels of stock, what campaigns and coupons were used, points, the
//! settings that [`crate::managed`] does not name. What moved is ([`crate::goods`]). Where the hub leaves a domain to the till, its rows wait, but for the word that
//! somebody was erased. **Invariant:** a row that does not fit stays and says why; it never stops the others.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use saleflex_core::{
    catalog::{CatalogChange, Department, Product, ProductBarcode, Reference, Unit},
    ids::ProductId,
    quantity::Percent,
    tax::{TaxChange, TaxRate},
};
use saleflex_store::{
    Error, Till,
    inbox::{PulledRow, Taken},
};
use serde_json::{Map, Value};
use uuid::Uuid;

use self::departments::Departments;
use crate::{
    fitting::{
        self, BARCODES, Links, MAIN_DEPARTMENTS, PRODUCTS, SUB_DEPARTMENTS, TAX_RATES, UNITS,
        rows::{self, Fields},
    },
    plan::{Mode, Switches},
    wire::{Authority, Domain},
};

mod campaigns;
mod customers;
mod departments;
mod goods;
mod parts;
mod price_lists;
mod programs;
mod segments;
mod settings;

/// What became of the rows that waited.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct TakenOver {
    /// Rows that were taken over.
    pub taken: u64,
    /// Rows that are held, each with its reason.
    pub held: u64,
    /// A document is open: it was not tried.
    pub is_put_off: bool,
    /// There are more rows than were taken at once.
    pub is_more: bool,
}

/// Takes over what a hub sent, at most so many rows of a resource: whoever shows a screen calls it again for the rest.
/// Called between any two commands; while a document is open it does nothing. Rows of domains that the till keeps for
/// itself wait, whatever the hub says of them.
///
/// # Errors
/// A failure of the disk. A row that does not fit is no error: it is held.
pub fn take_over(till: &mut Till, connector: &str, kept: &[Domain], most: usize) -> Result<TakenOver, Error> {
    if !till.is_between_documents() {
        return Ok(TakenOver { is_put_off: true, ..TakenOver::default() });
    }
    let mut taken = TakenOver::default();
    let switches = switches(till, connector, kept)?;
    let steps: [(Domain, Step); 13] = [
        (Domain::Catalog, reference),
        (Domain::Catalog, products),
        (Domain::Catalog, price_lists::price_lists),
        (Domain::Campaign, campaigns::campaigns),
        (Domain::Campaign, campaigns::coupons),
        (Domain::Loyalty, programs::programs),
        (Domain::Customers, customers::customers),
        (Domain::Customers, segments::segments),
        (Domain::Customers, segments::members),
        (Domain::Settings, settings::settings),
        (Domain::Settings, settings::receipt_texts),
        (Domain::Settings, settings::closure_templates),
        (Domain::Warehouse, goods::goods),
    ];
    let steps = steps.into_iter().filter(|(domain, _)| switches.pulls(domain)).map(|(_, step)| step);
    // Who is erased is erased, whoever decides about customers.
    let erasures: Option<Step> = (!switches.pulls(&Domain::Customers)).then_some(customers::erasures as Step);
    for step in steps.chain(erasures) {
        let marks = step(till, connector, most)?;
        let held = marks.iter().filter(|mark| mark.held_for.is_some()).count();
        // Held rows come last: where one was looked at, none is left that was not.
        taken.is_more |= held == 0 && marks.len() >= most;
        taken.taken += u64::try_from(marks.len() - held).unwrap_or(u64::MAX);
        taken.held += u64::try_from(held).unwrap_or(u64::MAX);
    }
    // Of limits that came with the campaigns the till needs its share.
    till.tend_quotas(connector)?;
    Ok(taken)
}

/// Takes over at most so many rows of some resources.
type Step = fn(&mut Till, &str, usize) -> Result<Vec<Taken>, Error>;

/// Who decides: as the hub said last, narrowed by what the till keeps.
fn switches(till: &Till, connector: &str, kept: &[Domain]) -> Result<Switches, Error> {
    let told = till.pull_state(connector)?.authority;
    let told = told.iter().map(|(domain, who)| (Domain::of(domain), Authority::of(who)));
    let mode = if Mode::Office.connector() == Some(connector) { Mode::Office } else { Mode::Gate };
    Ok(Switches::new(mode, told.collect(), kept.to_vec()))
}

fn mark(row: &PulledRow, held_for: Option<String>) -> Taken {
    Taken { resource: row.resource.clone(), id: row.id, version: row.version, held_for }
}

fn fields(row: &PulledRow) -> Map<String, Value> {
    serde_json::from_str(&row.fields).unwrap_or_default()
}

/// Tax rates, units and departments: what products refer to.
fn reference(till: &mut Till, connector: &str, most: usize) -> Result<Vec<Taken>, Error> {
    let resources = [TAX_RATES, UNITS, MAIN_DEPARTMENTS, SUB_DEPARTMENTS];
    let mut waiting = Vec::new();
    for resource in resources {
        waiting.extend(till.waiting_rows(connector, resource, most)?);
    }
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let lookup = Lookup::read(till, connector)?;
    let before = till.catalog().reference();
    let mut fitting = FittingReference { lookup: &lookup, reference: before.clone(), marks: Vec::new() };
    fitting.take(till, &waiting);
    let FittingReference { reference, mut marks, .. } = fitting;
    marks.extend(
        lookup
            .departments
            .ousted
            .iter()
            .filter(|one| !waiting.contains(one))
            .map(|row| mark(row, lookup.departments.beaten.get(&row.id).cloned())),
    );
    if reference == before {
        till.take_over(connector, CatalogChange::default(), &marks)?;
    } else {
        till.take_over_reference(connector, &reference, &marks)?;
    }
    Ok(marks)
}

/// The till's reference data with the rows that fit.
struct FittingReference<'a> {
    lookup: &'a Lookup,
    reference: Reference,
    marks: Vec<Taken>,
}

impl FittingReference<'_> {
    /// Takes rows as a whole, else half by half, down to the one that does not fit: it says why.
    fn take(&mut self, till: &Till, rows: &[PulledRow]) {
        let mut with_them = self.reference.clone();
        let marks: Vec<_> =
            rows.iter().map(|row| mark(row, self.lookup.put(row, &mut with_them).err())).collect();
        let Err(cause) = till.catalog().validate_reference(&with_them) else {
            self.reference = with_them;
            return self.marks.extend(marks);
        };
        match rows {
            [] => {}
            [row] => self.marks.push(mark(row, Some(cause.to_string()))),
            _ => {
                let (first, second) = rows.split_at(rows.len() / 2);
                self.take(till, first);
                self.take(till, second);
            }
        }
    }
}

/// Products and barcodes.
fn products(till: &mut Till, connector: &str, most: usize) -> Result<Vec<Taken>, Error> {
    let products = till.waiting_rows(connector, PRODUCTS, most)?;
    // A barcode comes after its product, however many products there are.
    let is_whole = products.len() < most;
    let barcodes = if is_whole { till.waiting_rows(connector, BARCODES, most)? } else { Vec::new() };
    if products.is_empty() && barcodes.is_empty() {
        return Ok(Vec::new());
    }
    let lookup = Lookup::read(till, connector)?;
    let mut fitting = Fitting { till, change: CatalogChange::default(), marks: Vec::new() };
    for row in &products {
        fitting.product(row, &lookup);
    }
    for row in &barcodes {
        fitting.barcode(row);
    }
    let Fitting { till, change, mut marks } = fitting;
    match till.take_over(connector, change, &marks) {
        Ok(()) => {}
        Err(Error::Catalog(_)) => {
            // Each fits alone and not together: those that fit on top of the others are found one by one.
            let mut fitting = Fitting { till, change: CatalogChange::default(), marks: Vec::new() };
            for row in products.iter().chain(&barcodes) {
                fitting.on_top(row, &lookup);
            }
            let Fitting { till, change, marks: one_by_one } = fitting;
            marks = one_by_one;
            till.take_over(connector, change, &marks)?;
        }
        Err(other) => return Err(other),
    }
    Ok(marks)
}

/// The change that the rows make, of those that fit.
struct Fitting<'a> {
    till: &'a mut Till,
    change: CatalogChange,
    marks: Vec<Taken>,
}

impl Fitting<'_> {
    /// Takes a row if it fits together with those before it.
    fn on_top(&mut self, row: &PulledRow, lookup: &Lookup) {
        let before = self.change.clone();
        if row.resource == PRODUCTS {
            self.product(row, lookup);
        } else {
            self.barcode(row);
        }
        if let Err(cause) = self.till.catalog().validate(&self.change) {
            self.change = before;
            if let Some(mark) = self.marks.last_mut().filter(|mark| mark.held_for.is_none()) {
                mark.held_for = Some(cause.to_string());
            }
        }
    }

    fn product(&mut self, row: &PulledRow, lookup: &Lookup) {
        let id = ProductId::new(row.id);
        if row.is_deleted {
            self.change.removed_products.push(id);
            return self.marks.push(mark(row, None));
        }
        let fits = lookup.product(row.id, &Fields(&fields(row))).and_then(|product| {
            let alone = CatalogChange { products: vec![product.clone()], ..CatalogChange::default() };
            self.till.catalog().validate(&alone).map(|()| product).map_err(|cause| cause.to_string())
        });
        let held = fits.map(|product: Product| self.change.products.push(product)).err();
        self.marks.push(mark(row, held));
    }

    fn barcode(&mut self, row: &PulledRow) {
        let map = fields(row);
        let fields = Fields(&map);
        let text = fields.text("barcode").unwrap_or_default();
        // A text that another row of the hub gave, or people of the till, is not this one's to take away.
        let before = row.taken_as.as_deref().map(str::trim).filter(|text| !text.is_empty());
        if row.is_deleted {
            self.change.removed_barcodes.extend(before.map(ToOwned::to_owned));
            return self.marks.push(mark(row, None));
        }
        match self.fitting_barcode(text, &fields) {
            Ok(barcode) => {
                let gone = before.filter(|before| self.leaves(before, &barcode)).map(ToOwned::to_owned);
                self.change.removed_barcodes.extend(gone);
                self.change.barcodes.push(barcode);
                self.marks.push(mark(row, None));
            }
            Err(why) => self.marks.push(mark(row, Some(why))),
        }
    }

    /// Whether what the till has of a row goes when this comes in its place.
    fn leaves(&self, before: &str, barcode: &ProductBarcode) -> bool {
        let had = self.till.catalog().barcode(before);
        before != barcode.barcode || had.is_some_and(|had| had.product != barcode.product)
    }

    fn fitting_barcode(&self, barcode: String, fields: &Fields<'_>) -> Result<ProductBarcode, String> {
        let product = ProductId::new(fields.id("fk_product_id")?.ok_or("it belongs to no product")?);
        let comes = self.change.products.iter().any(|new| new.id == product);
        if !comes && self.till.catalog().product(product).is_none() {
            return Err(format!("product {product} is missing"));
        }
        let price = fields.price("sale_price")?.filter(|price| !price.decimal().is_zero());
        let pack_quantity = fields.quantity("pack_quantity")?;
        Ok(ProductBarcode { barcode, product, price, pack_quantity })
    }
}

/// What rows are called by each other, by identity.
struct Lookup {
    today: NaiveDate,
    /// The percentages of the till's tax rates today.
    in_force: BTreeMap<u16, Percent>,
    tax_rates: BTreeMap<Uuid, u16>,
    units: BTreeMap<Uuid, String>,
    departments: Departments,
}

impl Lookup {
    fn read(till: &mut Till, connector: &str) -> Result<Self, Error> {
        let today = till.now().business_date;
        let rows = |resource| till.pulled_rows(connector, resource);
        let live = |rows: Vec<PulledRow>| rows.into_iter().filter(|row| !row.is_deleted);
        let tax_rates = live(rows(TAX_RATES)?)
            .filter_map(|row| Some((row.id, Fields(&fields(&row)).number("no").ok()??)))
            .collect();
        let units = live(rows(UNITS)?)
            .filter_map(|row| Some((row.id, Fields(&fields(&row)).text("code")?)))
            .collect();
        let departments = live(rows(MAIN_DEPARTMENTS)?).chain(live(rows(SUB_DEPARTMENTS)?));
        let departments = Departments::of(departments.collect());
        let catalog = till.catalog();
        let now = |no| Some((no, catalog.tax_rate_on(no, today)?.percent));
        let in_force = catalog.tax_rates().filter_map(|rate| now(rate.no)).collect();
        Ok(Self { today, in_force, tax_rates, units, departments })
    }

    /// Puts one row into the reference data.
    fn put(&self, row: &PulledRow, reference: &mut Reference) -> Result<(), String> {
        let map = fields(row);
        let fields = Fields(&map);
        match row.resource.as_str() {
            TAX_RATES => self.put_tax_rate(row, &fields, reference)?,
            UNITS => {
                let mut unit = fitting::unit(&fields)?;
                let kept = reference.units.iter().find(|known| known.code == unit.code);
                unit.measure = unit.measure.or_else(|| kept.and_then(|known| known.measure));
                reference.units.retain(|known| known.code != unit.code);
                reference.units.extend((!row.is_deleted).then_some(unit));
            }
            _ => {
                let no = fields.department()?;
                if row.is_deleted && self.departments.numbers.values().any(|held| *held == no) {
                    // Another row has the number.
                    return Ok(());
                }
                if let Some(why) = self.departments.beaten.get(&row.id) {
                    return Err(why.clone());
                }
                let department = self.department(row, &fields)?;
                reference.departments.retain(|known| known.no != department.no);
                reference.departments.extend((!row.is_deleted).then_some(department));
            }
        }
        Ok(())
    }

    fn put_tax_rate(
        &self,
        row: &PulledRow,
        fields: &Fields<'_>,
        reference: &mut Reference,
    ) -> Result<(), String> {
        let rate = fitting::tax_rate(fields)?;
        let no = rate.no;
        let kept = reference.tax_rates.iter().find(|rate| rate.no == no);
        let rate = TaxRate { jurisdiction: kept.and_then(|rate| rate.jurisdiction.clone()), ..rate };
        // What it became here is over where the hub has what it was before; without the rate, it becomes nothing.
        let is_back = kept.is_some_and(|kept| kept.percent == rate.percent)
            && self.in_force.get(&no).is_some_and(|percent| *percent != rate.percent);
        let change = TaxChange { no, valid_from: self.today, name: rate.name.clone(), percent: rate.percent };
        let is_over = |known: &TaxChange| {
            known.no == no && (row.is_deleted || is_back && known.valid_from == self.today)
        };
        reference.tax_changes.retain(|known| !is_over(known));
        reference.tax_changes.extend((is_back && !row.is_deleted).then_some(change));
        reference.tax_rates.retain(|known| known.no != no);
        reference.tax_rates.extend((!row.is_deleted).then_some(rate));
        Ok(())
    }

    fn department(&self, row: &PulledRow, fields: &Fields<'_>) -> Result<Department, String> {
        let is_main = row.resource == MAIN_DEPARTMENTS;
        let main = if is_main { None } else { fields.id("main_group_id")? };
        let main = main.map(|id| self.departments.number(id)).transpose()?;
        let taxes = fields.id("fk_vat_id")?.map(|id| self.tax_rate(id)).transpose()?;
        Ok(fitting::department(fields, main, taxes.into_iter().collect())?)
    }

    fn tax_rate(&self, id: Uuid) -> Result<u16, String> {
        self.tax_rates.get(&id).copied().ok_or_else(|| format!("tax rate {id} is missing"))
    }

    fn product(&self, id: Uuid, fields: &Fields<'_>) -> Result<Product, String> {
        let Links { department, unit, tax_rate } = fitting::links(fields)?;
        let department = self.departments.number(department)?;
        let unit = match unit {
            Some(id) => self.units.get(&id).cloned().ok_or(format!("unit {id} is missing"))?,
            None => Unit::piece().code,
        };
        let taxes = tax_rate.map(|id| self.tax_rate(id)).transpose()?;
        Ok(rows::product(ProductId::new(id), fields, department, unit, taxes.map(|no| vec![no]))?)
    }
}
