//! From what was typed or scanned to what can be sold.

use alloc::{
    borrow::Cow,
    boxed::Box,
    string::{String, ToString},
    vec::Vec,
};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

use super::{
    Catalog, DepartmentNo, LONGEST_BARCODE, LookupError, MaskReading, Part, Permissions, PriceRule, Sellable,
    Unit,
    barcode::upc_ean_counterpart,
    reference::TaxProblem,
    row::{BarcodeRow, ProductRow, Slot},
    text::shown,
};
use crate::{
    ids::ProductId,
    money::{AmountError, Currency, Money, Rounding},
    quantity::{Quantity, UnitPrice},
    tax::TaxRate,
};

/// Fraction digits of a quantity computed from a price.
const WEIGHT_DECIMALS: u32 = 3;

/// No code or barcode has more bytes: fifty characters of at most four.
const LONGEST_ENTRY_BYTES: usize = LONGEST_BARCODE as usize * 4;

/// What a text that names goods is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Named {
    /// Whatever it is, as of what is typed or scanned.
    #[default]
    Either,
    /// The code of a product, as on a key that is to sell by its code.
    Code,
    /// A barcode, as on a key that is to sell by its barcode, at the price and in the pack of that barcode.
    Barcode,
}

/// What a barcode with a mask holds besides the product's code.
#[derive(Clone, Copy, Debug, Default)]
struct Embedded {
    quantity: Option<Quantity>,
    total: Option<Money>,
}

/// A product, and how it was found.
#[derive(Clone, Debug)]
struct Found<'a> {
    product: Slot,
    /// The text of its barcode, where it was one.
    barcode: Option<String>,
    /// Pack and price of that barcode.
    terms: Option<&'a BarcodeRow>,
    embedded: Embedded,
}

impl Found<'_> {
    const fn plain(product: Slot) -> Self {
        let embedded = Embedded { quantity: None, total: None };
        Self { product, barcode: None, terms: None, embedded }
    }
}

impl Catalog {
    /// What was typed or scanned, as it can be sold on a local date.
    ///
    /// Blanks around it are ignored. The first that knows it wins: a barcode with exactly this text, a product with
    /// exactly this code, the [masks](super::mask) in their order, the barcode's
    /// [other spelling](super::barcode::upc_ean_counterpart). `currency` tells what the digits of an embedded
    /// price mean.
    ///
    /// # Errors
    /// A [`LookupError`] that says why nothing can be sold. A product that is known but not for sale is refused;
    /// no later step is asked.
    pub fn find(&self, entered: &str, on: NaiveDate, currency: &Currency) -> Result<Sellable, LookupError> {
        self.sell(self.resolve(entered, on, currency)?, on)
    }

    /// What was typed or scanned where empties are brought: as [`Catalog::find`], but a container that is not for sale
    /// is found too, since whoever paid its deposit gets it back.
    ///
    /// # Errors
    /// As [`Catalog::find`].
    pub fn find_empties(
        &self,
        entered: &str,
        on: NaiveDate,
        currency: &Currency,
    ) -> Result<Sellable, LookupError> {
        let found = self.resolve(entered, on, currency)?;
        if self.is_container(self.row(found.product).id) {
            self.sellable(found, on)
        } else {
            self.sell(found, on)
        }
    }

    fn resolve(&self, entered: &str, on: NaiveDate, currency: &Currency) -> Result<Found<'_>, LookupError> {
        let entered = entered.trim();
        if entered.is_empty() {
            return Err(LookupError::NothingEntered);
        }
        if entered.len() > LONGEST_ENTRY_BYTES {
            return Err(LookupError::NotFound { entered: shown(entered) });
        }
        if let Some(barcode) = self.slot_of_barcode(entered) {
            return Ok(self.found_by_barcode(barcode));
        }
        if let Some(product) = self.slot_of_code(entered) {
            return Ok(Found::plain(product));
        }
        if let Some(found) = self.find_by_mask(entered, on, currency)? {
            return Ok(found);
        }
        let counterpart = upc_ean_counterpart(entered).and_then(|other| self.slot_of_barcode(&other));
        match counterpart {
            Some(barcode) => Ok(self.found_by_barcode(barcode)),
            None => Err(LookupError::NotFound { entered: shown(entered) }),
        }
    }

    /// What is named in one of the ways there are: a code is looked for among codes alone, a barcode among barcodes alone.
    ///
    /// # Errors
    /// As [`Catalog::find`].
    pub fn find_named(
        &self,
        named: Named,
        text: &str,
        on: NaiveDate,
        currency: &Currency,
    ) -> Result<Sellable, LookupError> {
        match named {
            Named::Either => self.find(text, on, currency),
            Named::Code => self.find_code(text, on),
            Named::Barcode => self.find_barcode(text, on),
        }
    }

    /// The product with exactly this code, for a key that names one.
    ///
    /// # Errors
    /// [`LookupError::NotFound`]; a product that is not sold on the day says why, as in [`Catalog::find`].
    pub fn find_code(&self, code: &str, on: NaiveDate) -> Result<Sellable, LookupError> {
        let product =
            self.slot_of_code(code).ok_or_else(|| LookupError::NotFound { entered: shown(code) })?;
        self.sell(Found::plain(product), on)
    }

    /// The product with exactly this barcode, for a key that names one.
    ///
    /// # Errors
    /// [`LookupError::NotFound`]; a product that is not sold on the day says why, as in [`Catalog::find`].
    pub fn find_barcode(&self, barcode: &str, on: NaiveDate) -> Result<Sellable, LookupError> {
        let slot = self.slot_of_barcode(barcode);
        let slot = slot.ok_or_else(|| LookupError::NotFound { entered: shown(barcode) })?;
        self.sell(self.found_by_barcode(slot), on)
    }

    /// The product with this identity, for a line picked from a list.
    ///
    /// # Errors
    /// [`LookupError::NotFound`]; a product that is not sold on the day says why, as in [`Catalog::find`].
    pub fn find_product(&self, product: ProductId, on: NaiveDate) -> Result<Sellable, LookupError> {
        let slot = self.slot_of_id(product);
        let slot = slot.ok_or_else(|| LookupError::NotFound { entered: product.to_string() })?;
        self.sell(Found::plain(slot), on)
    }

    /// What a department's key sells: anything of that department at a price the cashier types, one piece,
    /// taxed as on a date.
    ///
    /// # Errors
    /// [`LookupError::UnknownDepartment`], and instead of a guess at the tax
    /// [`LookupError::MainDepartmentMissing`] (D-DOC-19) or [`LookupError::NoTax`].
    pub fn department(&self, no: DepartmentNo, on: NaiveDate) -> Result<Sellable, LookupError> {
        let (department, main) = self.index.lineage(no)?;
        Ok(Sellable {
            product: None,
            code: no.to_string(),
            barcode: None,
            name: department.name.clone(),
            department: main.no,
            sub_department: (!no.is_main()).then_some(no),
            unit: Unit::piece(),
            price: UnitPrice::ZERO,
            price_rule: PriceRule::Open,
            cost_price: None,
            max_price: department.max_price,
            taxes: self.taxes(&[], no, on)?,
            permissions: Permissions::default(),
            minimum_age: None,
            return_days: None,
            pack_quantity: Quantity::ONE,
            embedded_quantity: None,
            embedded_total: None,
            container: None,
            is_container: false,
            has_serials: false,
        })
    }

    /// Something found, taxed as on another date than the one it was found for: of a document that was begun on a
    /// business date, by the rates of that date.
    #[must_use]
    pub fn taxed_on(&self, item: Sellable, on: NaiveDate) -> Sellable {
        let rate = |rate: TaxRate| self.index.tax_rate(rate.no, on).unwrap_or(rate);
        let container = item.container.map(|container| Box::new(self.taxed_on(*container, on)));
        Sellable { taxes: item.taxes.into_iter().map(rate).collect(), container, ..item }
    }

    pub(super) fn taxes(
        &self,
        own: &[u16],
        no: DepartmentNo,
        on: NaiveDate,
    ) -> Result<Vec<TaxRate>, LookupError> {
        self.index.taxes(own, no, on).map_err(|problem| match problem {
            TaxProblem::Unknown { .. } | TaxProblem::None => LookupError::NoTax { no },
            TaxProblem::NoMain => LookupError::MainDepartmentMissing { no },
        })
    }

    fn found_by_barcode(&self, barcode: Slot) -> Found<'_> {
        let row = self.barcode_row(barcode);
        Found { barcode: Some(row.text.unpack()), terms: Some(row), ..Found::plain(row.product) }
    }

    fn find_by_mask(
        &self,
        entered: &str,
        on: NaiveDate,
        currency: &Currency,
    ) -> Result<Option<Found<'_>>, LookupError> {
        for mask in self.masks() {
            let misread = |source| LookupError::Misread { barcode: entered.to_string(), source };
            let Some(reading) = mask.read(entered).map_err(misread)? else { continue };
            let Some(product) = self.masked_product(&reading) else { continue };
            let row = self.row(product);
            let embedded = embedded(
                &reading,
                self.product_ref(product).price_on(on),
                self.index.unit(row.unit),
                currency,
            )
            .map_err(|(part, source)| LookupError::EmbeddedNumber {
                barcode: entered.to_string(),
                part,
                source,
            })?;
            return Ok(Some(Found { barcode: Some(entered.to_string()), embedded, ..Found::plain(product) }));
        }
        Ok(None)
    }

    /// The product whose code a mask read. Colour and size are suffixes of a variant's code: a variant is a
    /// product of its own, and another variant is not sold in its place.
    fn masked_product(&self, reading: &MaskReading<'_>) -> Option<Slot> {
        let suffix = [reading.colour, reading.size];
        let code = if suffix == [None, None] {
            Cow::Borrowed(reading.code)
        } else {
            let parts = core::iter::once(reading.code).chain(suffix.into_iter().flatten());
            Cow::Owned(parts.collect::<String>())
        };
        self.slot_of_code(&code).or_else(|| self.slot_of_code(code.trim_start_matches('0')))
    }

    fn sell(&self, found: Found<'_>, on: NaiveDate) -> Result<Sellable, LookupError> {
        check_for_sale(self.row(found.product), on)?;
        self.sellable(found, on)
    }

    fn sellable(&self, found: Found<'_>, on: NaiveDate) -> Result<Sellable, LookupError> {
        let Found { product, barcode, terms, embedded } = found;
        let row = self.row(product);
        let (department, main) = self.index.lineage(row.department)?;
        let price = self.list_price(row.id, on).map_or_else(|| row.price(), |(_, price)| price);
        let own_price = terms.and_then(BarcodeRow::price).filter(|price| !price.is_zero());
        Ok(of_container(Sellable {
            product: Some(row.id),
            code: row.code().into(),
            barcode,
            name: row.short_name().unwrap_or_else(|| row.name()).into(),
            department: main.no,
            sub_department: (!row.department.is_main()).then_some(row.department),
            unit: self.index.unit(row.unit).clone(),
            price: own_price.unwrap_or(price),
            price_rule: row.price_rule,
            cost_price: row.cost_price(),
            max_price: department.max_price,
            taxes: self.taxes(row.own_taxes(), row.department, on)?,
            permissions: row.permissions,
            minimum_age: row.minimum_age(),
            return_days: row.return_days(),
            pack_quantity: terms.map_or(Quantity::ONE, BarcodeRow::pack_quantity),
            embedded_quantity: embedded.quantity,
            embedded_total: embedded.total,
            container: self.container_of(row.id, on)?.map(Box::new),
            is_container: self.is_container(row.id),
            has_serials: false,
        }))
    }

    /// The container a product is sold in, while it is for sale itself.
    fn container_of(&self, product: ProductId, on: NaiveDate) -> Result<Option<Sellable>, LookupError> {
        let container = self.details(product).and_then(|details| details.container);
        let Some(slot) = container.and_then(|container| self.slot_of_id(container)) else { return Ok(None) };
        if check_for_sale(self.row(slot), on).is_err() {
            return Ok(None);
        }
        self.sellable(Found::plain(slot), on).map(Some)
    }
}

/// A deposit is paid back as it was paid: nothing is taken off it, and it comes back whoever sold it.
fn of_container(item: Sellable) -> Sellable {
    if !item.is_container {
        return item;
    }
    let permissions = Permissions { discount: false, returns: true, ..item.permissions };
    Sellable { permissions, ..item }
}

fn check_for_sale(row: &ProductRow, on: NaiveDate) -> Result<(), LookupError> {
    let (code, name) = (|| row.code().to_string(), || row.name().to_string());
    if !row.is_active {
        return Err(LookupError::Inactive { code: code(), name: name() });
    }
    match row.sellable() {
        (Some(from), _) if on < from => Err(LookupError::NotYetSellable { code: code(), name: name(), from }),
        (_, Some(until)) if on > until => {
            Err(LookupError::NoLongerSellable { code: code(), name: name(), until })
        }
        _ => Ok(()),
    }
}

/// Quantity and line total as a mask read them. The price part is the line total and is never multiplied.
fn embedded(
    reading: &MaskReading<'_>,
    price: UnitPrice,
    unit: &Unit,
    currency: &Currency,
) -> Result<Embedded, (Part, AmountError)> {
    let total = reading.price.map(|minor| Money::from_minor(minor).bounded());
    let total = total.transpose().map_err(|error| (Part::Price, error))?;
    let counted = reading.quantity.map(|units| (Part::Quantity, Decimal::from(units)));
    let weighed = reading.weight.map(|weight| (Part::Weight, Decimal::new(weight, WEIGHT_DECIMALS)));
    // A barcode with both tells pieces and weight of one thing; the product's unit says which of them is sold.
    let printed = if unit.decimals == 0 { counted.or(weighed) } else { weighed.or(counted) };
    let quantity = match (printed, total) {
        (Some((part, number)), _) => Some(Quantity::try_new(number).map_err(|error| (part, error))?),
        (None, Some(total)) if unit.decimals > 0 && !price.is_zero() => {
            Some(quantity_for(total, price, currency).map_err(|error| (Part::Price, error))?)
        }
        // Something sold by the piece and priced by its label is one piece.
        (None, _) => None,
    };
    Ok(Embedded { quantity, total })
}

/// What a label says of the goods it is on, beside a code that does not hold it: GS1 elements 392n and 310n.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct PriceLabel {
    /// What the goods on it come to, in minor units of the till's currency.
    pub total: Money,
    /// How much it is; worked out from the price where the label does not say.
    pub quantity: Option<Quantity>,
}

impl Sellable {
    /// The same with what its label says, as where a barcode holds it: the total is never multiplied by the quantity.
    ///
    /// # Errors
    /// [`AmountError`] for a total, or what it pays for, that is out of bounds.
    pub fn labelled(self, label: PriceLabel, currency: &Currency) -> Result<Self, AmountError> {
        let total = label.total.bounded()?;
        if total.is_negative() {
            return Err(AmountError::TooSmall);
        }
        let embedded_quantity = match label.quantity.or(self.embedded_quantity) {
            None if self.unit.decimals > 0 && !self.price.is_zero() => {
                Some(quantity_for(total, self.price, currency)?)
            }
            known => known,
        };
        Ok(Self { embedded_quantity, embedded_total: Some(total), ..self })
    }

    /// Whether its quantity is what the total of its label pays for at its price: the label says no other price then.
    pub(crate) fn is_weighed_by_total(&self, currency: &Currency) -> bool {
        let weighed = self.embedded_total.map(|total| quantity_for(total, self.price, currency).ok());
        self.embedded_quantity.is_some() && weighed == Some(self.embedded_quantity)
    }
}

/// How much a price pays for, to thousandths; at least one of them.
fn quantity_for(total: Money, price: UnitPrice, currency: &Currency) -> Result<Quantity, AmountError> {
    let exact = currency.decimal(total).checked_div(price.decimal()).ok_or(AmountError::TooLarge)?;
    let least = Decimal::new(1, WEIGHT_DECIMALS);
    Quantity::try_new(Rounding::HalfUp.round(exact, WEIGHT_DECIMALS).max(least))
}
