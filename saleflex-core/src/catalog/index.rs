//! The catalog in memory: reference data read once, looked up by id, code and barcode.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};
use core::{fmt, hash::BuildHasher, hash::Hash};

use chrono::NaiveDate;
use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

use super::{
    BarcodeMask, Department, DepartmentNo, LookupError, Permissions, PriceRule, Product, ProductBarcode,
    ProductDetails, Reference, Unit,
    listing::Listing,
    price_list::PriceLists,
    reference::{Index, UnitSlot},
    row::{BarcodeRow, BarcodeText, ProductRow, Slot},
    table::Table,
};
use crate::{
    ids::ProductId,
    quantity::UnitPrice,
    tax::{TaxChange, TaxRate},
};

fn hash(key: impl Hash) -> u64 {
    FxBuildHasher.hash_one(key)
}

/// All that is for sale, in memory.
///
/// It is built once from records by a [`CatalogBuilder`](super::CatalogBuilder) or [`Catalog::from_records`] and
/// changed by [`Catalog::apply`]; both check everything, so what is inside is valid. Looking up costs the same
/// whatever the number of products.
///
/// ```
/// use saleflex_core::{catalog::{Catalog, CatalogRecords, LookupError}, money::{Currency, CurrencyCode}};
///
/// let records: CatalogRecords = serde_json::from_str(r#"{
///     "tax_rates": [{ "no": 1, "name": "VAT 20 %", "percent": "20" }],
///     "departments": [{ "no": 1, "name": "Drinks", "taxes": [1] }],
///     "units": [{ "code": "PCS", "decimals": 0 }],
///     "products": [{
///         "id": "01890a5d-ac96-774b-bcce-b302099a8057", "code": "42", "name": "Lemonade", "price": "1.10",
///         "department": 1, "unit": "PCS", "is_active": true
///     }],
///     "barcodes": [{
///         "barcode": "5012345678900", "product": "01890a5d-ac96-774b-bcce-b302099a8057", "pack_quantity": "1"
///     }]
/// }"#)?;
/// let catalog = Catalog::from_records(records)?;
/// let pounds = Currency::of(CurrencyCode::parse("GBP")?);
/// let today = chrono::NaiveDate::from_ymd_opt(2025, 4, 6).ok_or("no such day")?;
/// assert_eq!(catalog.find("5012345678900", today, &pounds)?.code, "42");
/// let unknown = catalog.find("43", today, &pounds);
/// assert_eq!(unknown, Err(LookupError::NotFound { entered: "43".into() }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct Catalog {
    pub(super) index: Index,
    products: Table<ProductRow>,
    barcodes: Table<BarcodeRow>,
    by_id: HashTable<Slot>,
    by_code: HashTable<Slot>,
    by_barcode: HashTable<Slot>,
    pub(super) listing: Listing,
    /// Of the products that have any.
    pub(super) details: BTreeMap<ProductId, ProductDetails>,
    /// The variants of each style.
    pub(super) styles: BTreeMap<String, BTreeSet<ProductId>>,
    /// How many products are sold in each container.
    pub(super) containers: BTreeMap<ProductId, u32>,
    pub(super) prices: PriceLists,
    /// Texts that barcodes were before.
    old_barcodes: BTreeMap<ProductId, Vec<String>>,
}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Catalog")
            .field("products", &self.len())
            .field("barcodes", &self.barcodes.len())
            .field("reference", &self.index)
            .finish_non_exhaustive()
    }
}

impl Catalog {
    pub(super) fn with_index(index: Index) -> Self {
        Self { index, ..Self::default() }
    }

    /// How many products there are.
    pub fn len(&self) -> usize {
        self.products.len()
    }

    /// Whether there is no product.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The product with this identity.
    pub fn product(&self, id: ProductId) -> Option<ProductRef<'_>> {
        self.slot_of_id(id).map(|slot| self.product_ref(slot))
    }

    /// The product with exactly this code.
    pub fn product_by_code(&self, code: &str) -> Option<ProductRef<'_>> {
        self.slot_of_code(code).map(|slot| self.product_ref(slot))
    }

    /// The record of exactly this barcode.
    pub fn barcode(&self, barcode: &str) -> Option<ProductBarcode> {
        self.slot_of_barcode(barcode).map(|slot| self.unpack_barcode(slot))
    }

    /// What barcodes of a product were before, as its hub says: they sell nothing, and patterns of campaigns know the goods
    /// by them.
    pub fn old_barcodes(&self, product: ProductId) -> &[String] {
        self.old_barcodes.get(&product).map_or(&[], Vec::as_slice)
    }

    /// Puts what barcodes were before in the place of what was known of it.
    pub fn set_old_barcodes(&mut self, old: BTreeMap<ProductId, Vec<String>>) {
        self.old_barcodes = old;
    }

    /// All products, in no particular order.
    pub fn products(&self) -> impl Iterator<Item = ProductRef<'_>> {
        self.products.iter().map(|(slot, row)| ProductRef { catalog: self, slot, row })
    }

    /// All departments by number.
    pub fn departments(&self) -> impl Iterator<Item = &Department> {
        self.index.departments.values()
    }

    /// All tax rates by number, as they are before any of their [changes](Self::tax_changes).
    pub fn tax_rates(&self) -> impl Iterator<Item = &TaxRate> {
        self.index.tax_rates.values()
    }

    /// What tax rates become, by number and date.
    pub fn tax_changes(&self) -> impl Iterator<Item = &TaxChange> {
        self.index.tax_changes.values()
    }

    /// A tax rate as it is in force on a business date.
    pub fn tax_rate_on(&self, no: u16, on: NaiveDate) -> Option<TaxRate> {
        self.index.tax_rate(no, on)
    }

    /// All units.
    pub fn units(&self) -> &[Unit] {
        &self.index.units
    }

    /// All barcode masks, in the order they are tried.
    pub fn masks(&self) -> &[BarcodeMask] {
        &self.index.masks
    }

    /// The records that products refer to, to edit and [put back](Catalog::replace_reference).
    pub fn reference(&self) -> Reference {
        self.index.to_reference()
    }

    pub(super) fn row(&self, slot: Slot) -> &ProductRow {
        self.products.get(slot)
    }

    pub(super) fn barcode_row(&self, slot: Slot) -> &BarcodeRow {
        self.barcodes.get(slot)
    }

    /// The product in a slot, unless it was taken out.
    pub(super) fn product_at(&self, slot: Slot) -> Option<ProductRef<'_>> {
        let row = self.products.rows.get(slot.at())?.as_ref()?;
        Some(ProductRef { catalog: self, slot, row })
    }

    pub(super) fn product_ref(&self, slot: Slot) -> ProductRef<'_> {
        ProductRef { catalog: self, slot, row: self.products.get(slot) }
    }

    pub(super) fn slot_of_id(&self, id: ProductId) -> Option<Slot> {
        self.by_id.find(hash(id), |&slot| self.products.get(slot).id == id).copied()
    }

    pub(super) fn slot_of_code(&self, code: &str) -> Option<Slot> {
        self.by_code.find(hash(code), |&slot| self.products.get(slot).code() == code).copied()
    }

    pub(super) fn slot_of_barcode(&self, barcode: &str) -> Option<Slot> {
        let text = BarcodeText::pack(barcode);
        self.by_barcode.find(hash(&text), |&slot| self.barcodes.get(slot).text == text).copied()
    }

    /// Makes room for so many products and barcodes, so that no table grows step by step, hashing all it holds each time.
    pub(super) fn reserve(&mut self, products: usize, barcodes: usize) {
        self.products.reserve(products);
        self.barcodes.reserve(barcodes);
        let (rows, codes) = (&self.products, &self.barcodes);
        self.by_id.reserve(products, |&slot| hash(rows.get(slot).id));
        self.by_code.reserve(products, |&slot| hash(rows.get(slot).code()));
        self.by_barcode.reserve(barcodes, |&slot| hash(&codes.get(slot).text));
    }

    fn unpack_barcode(&self, slot: Slot) -> ProductBarcode {
        let row = self.barcodes.get(slot);
        row.unpack(self.products.get(row.product).id)
    }

    /// Inserts a checked product, or puts it in the place of the one with its id, whose barcodes stay.
    pub(super) fn put_product(&mut self, product: Product) {
        let Some(slot) = self.slot_of_id(product.id) else { return self.insert_product(product) };
        let unit = self.unit_of(&product);
        self.unlist_code(slot);
        let old = self.products.get(slot);
        let new = ProductRow::pack(product, unit, old.first_barcode);
        if (old.texts(), old.department) != (new.texts(), new.department) {
            self.listing.note(slot);
        }
        *self.products.get_mut(slot) = new;
        self.list_code(slot);
    }

    /// Inserts a checked product whose id is known not to be there.
    pub(super) fn insert_product(&mut self, product: Product) {
        let (id, unit) = (product.id, self.unit_of(&product));
        let slot = self.products.insert(ProductRow::pack(product, unit, None));
        let products = &self.products;
        self.by_id.insert_unique(hash(id), slot, |&slot| hash(products.get(slot).id));
        self.listing.note(slot);
        self.list_code(slot);
    }

    fn unit_of(&self, product: &Product) -> UnitSlot {
        self.index.unit_slot(&product.unit).expect("the unit was checked")
    }

    fn list_code(&mut self, slot: Slot) {
        let products = &self.products;
        let code_of = |&slot: &Slot| hash(products.get(slot).code());
        self.by_code.insert_unique(code_of(&slot), slot, code_of);
    }

    /// Takes a product out with all its barcodes.
    pub(super) fn take_product(&mut self, id: ProductId) -> bool {
        let Some(slot) = self.slot_of_id(id) else { return false };
        let mut next = self.products.get(slot).first_barcode;
        while let Some(barcode) = next {
            next = self.barcodes.get(barcode).next;
            self.unlist_barcode(barcode);
            self.barcodes.remove(barcode);
        }
        self.put_details(ProductDetails::none(id));
        self.forget_container(id);
        for list in self.prices.lists.values_mut() {
            list.prices.remove(&id);
        }
        self.unlist_code(slot);
        self.listing.note(slot);
        if let Ok(entry) = self.by_id.find_entry(hash(id), |&other| other == slot) {
            entry.remove();
        }
        self.products.remove(slot).is_some()
    }

    /// Inserts a checked barcode behind the others of its product, or changes the terms of the one with its text.
    pub(super) fn put_barcode(&mut self, barcode: &ProductBarcode) {
        if let Some(slot) = self.slot_of_barcode(&barcode.barcode) {
            self.barcodes.get_mut(slot).set_terms(barcode);
        } else {
            let product = self.slot_of_id(barcode.product).expect("the product was checked");
            self.insert_barcode(barcode, product);
        }
    }

    /// Inserts a checked barcode whose text is known not to be there, behind the others of its product.
    pub(super) fn insert_barcode(&mut self, barcode: &ProductBarcode, product: Slot) {
        let slot = self.barcodes.insert(BarcodeRow::pack(barcode, product));
        let barcodes = &self.barcodes;
        let text_of = |&slot: &Slot| hash(&barcodes.get(slot).text);
        self.by_barcode.insert_unique(text_of(&slot), slot, text_of);
        self.listing.note(product);
        let last = self.barcode_slots(product).last();
        match last {
            None => self.products.get_mut(product).first_barcode = Some(slot),
            Some(last) => self.barcodes.get_mut(last).next = Some(slot),
        }
    }

    /// Puts checked details in the place of what the product had.
    pub(super) fn put_details(&mut self, details: ProductDetails) {
        let (product, container) = (details.product, details.container);
        let style = details.variant.as_ref().map(|variant| variant.style.clone());
        let before = if details.is_none() {
            self.details.remove(&product)
        } else {
            self.details.insert(product, details)
        };
        if let Some(before) = before.as_ref().and_then(|before| before.variant.as_ref())
            && let Some(variants) = self.styles.get_mut(&before.style)
        {
            variants.remove(&product);
            if variants.is_empty() {
                self.styles.remove(&before.style);
            }
        }
        if let Some(style) = style {
            self.styles.entry(style).or_default().insert(product);
        }
        if let Some(before) = before.and_then(|before| before.container)
            && let Some(count) = self.containers.get_mut(&before)
        {
            *count -= 1;
        }
        if let Some(container) = container {
            *self.containers.entry(container).or_default() += 1;
        }
        self.containers.retain(|_, count| *count > 0);
    }

    /// What is sold in a container that is gone is sold without.
    fn forget_container(&mut self, container: ProductId) {
        if self.containers.remove(&container).is_none() {
            return;
        }
        for details in self.details.values_mut().filter(|details| details.container == Some(container)) {
            details.container = None;
        }
        self.details.retain(|_, details| !details.is_none());
    }

    pub(super) fn take_barcode(&mut self, barcode: &str) -> bool {
        let Some(slot) = self.slot_of_barcode(barcode) else { return false };
        self.unlist_barcode(slot);
        let (product, next) = (self.barcodes.get(slot).product, self.barcodes.get(slot).next);
        self.listing.note(product);
        let before = self.barcode_slots(product).find(|&other| self.barcodes.get(other).next == Some(slot));
        match before {
            None => self.products.get_mut(product).first_barcode = next,
            Some(before) => self.barcodes.get_mut(before).next = next,
        }
        self.barcodes.remove(slot).is_some()
    }

    pub(super) fn rows_mut(&mut self) -> impl Iterator<Item = &mut ProductRow> {
        self.products.rows.iter_mut().flatten()
    }

    /// The barcodes of a product in the order they were added.
    pub(super) fn barcode_slots(&self, product: Slot) -> impl Iterator<Item = Slot> {
        let first = self.products.get(product).first_barcode;
        core::iter::successors(first, |&slot| self.barcodes.get(slot).next)
    }

    fn unlist_code(&mut self, slot: Slot) {
        let hash = hash(self.products.get(slot).code());
        if let Ok(entry) = self.by_code.find_entry(hash, |&other| other == slot) {
            entry.remove();
        }
    }

    fn unlist_barcode(&mut self, slot: Slot) {
        let hash = hash(&self.barcodes.get(slot).text);
        if let Ok(entry) = self.by_barcode.find_entry(hash, |&other| other == slot) {
            entry.remove();
        }
    }
}

/// A product in the catalog, without copying it.
#[derive(Clone, Copy)]
pub struct ProductRef<'a> {
    catalog: &'a Catalog,
    slot: Slot,
    row: &'a ProductRow,
}

impl<'a> ProductRef<'a> {
    /// The product's id.
    pub const fn id(self) -> ProductId {
        self.row.id
    }

    /// The product's code.
    pub fn code(self) -> &'a str {
        self.row.code()
    }

    /// The product's name.
    pub fn name(self) -> &'a str {
        self.row.name()
    }

    /// The name for keys, lines and receipts: the short one where there is one.
    pub fn short_name(self) -> &'a str {
        self.row.short_name().unwrap_or_else(|| self.row.name())
    }

    /// Its own price of one unit, whatever price lists say.
    pub fn price(self) -> UnitPrice {
        self.row.price()
    }

    /// The price of one unit on a local date: that of the price list in force, else its own.
    pub fn price_on(self, on: NaiveDate) -> UnitPrice {
        self.catalog.list_price(self.row.id, on).map_or_else(|| self.row.price(), |(_, price)| price)
    }

    /// How it is priced.
    pub const fn price_rule(self) -> PriceRule {
        self.row.price_rule
    }

    /// Its department, main or sub.
    pub const fn department(self) -> DepartmentNo {
        self.row.department
    }

    /// The unit its quantities count.
    pub fn unit(self) -> &'a Unit {
        self.catalog.index.unit(self.row.unit)
    }

    /// What may be done with it.
    pub const fn permissions(self) -> Permissions {
        self.row.permissions
    }

    /// The age a buyer must have.
    pub fn minimum_age(self) -> Option<u8> {
        self.row.minimum_age()
    }

    /// Whether it is for sale at all.
    pub const fn is_active(self) -> bool {
        self.row.is_active
    }

    /// Its barcodes in the order they were added.
    pub fn barcodes(self) -> Vec<ProductBarcode> {
        self.catalog.barcode_slots(self.slot).map(|slot| self.catalog.unpack_barcode(slot)).collect()
    }

    /// The taxes on it on a business date.
    ///
    /// # Errors
    /// [`LookupError::NoTax`] when neither it nor its department says which.
    pub fn taxes(self, on: NaiveDate) -> Result<Vec<TaxRate>, LookupError> {
        self.catalog.taxes(self.row.own_taxes(), self.row.department, on)
    }

    pub(super) const fn row(self) -> &'a ProductRow {
        self.row
    }

    pub(super) const fn slot(self) -> Slot {
        self.slot
    }

    /// The whole record.
    pub fn to_product(self) -> Product {
        self.row.unpack(&self.unit().code)
    }
}

impl fmt::Debug for ProductRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code(), self.name())
    }
}
