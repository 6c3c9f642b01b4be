//! The lines of a document and what they add up to.

use alloc::{string::String, sync::Arc, vec::Vec};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    adjustment::LineAdjustment,
    authority::{Authority, Void},
    catalog::{Sellable, SerialNo},
    ids::{DocumentId, LineNo},
    money::Money,
    quantity::{Quantity, UnitPrice},
    tax::TaxPart,
};

/// Where a line's unit price came from.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PriceSource {
    /// The catalog: the barcode's own price or the product's.
    Catalog,
    /// Typed by the cashier for an open-priced product or a department.
    Typed,
    /// Inside the barcode, as the line total.
    Embedded,
    /// Changed by a cashier with authority.
    Override,
    /// The quote that the document sells: a price that was promised as it stands, so campaigns take nothing off it.
    Quoted,
    /// The original sale, on a return.
    Original,
}

/// A changed price: the price before is [`LineItem::list_price`].
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PriceOverride {
    /// Why the price changed, frozen as typed; none where nothing was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who changed it, and who approved it.
    pub authority: Authority,
}

/// Less of a line than was rung up: a void of the difference.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Reduction {
    /// The line that holds less now.
    pub line: LineNo,
    /// By how much its total fell.
    pub amount: Money,
    /// Who took it off, and who approved it where that took a manager.
    pub authority: Authority,
}

/// The state of a thing that is brought back.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GoodsState {
    /// As sold.
    #[default]
    New,
    /// Opened.
    Opened,
    /// Damaged.
    Damaged,
}

/// Why and in what state a thing came back.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ReturnedItem {
    /// The sold line, where the receipt is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<(DocumentId, LineNo)>,
    /// The state it came back in.
    pub state: GoodsState,
    /// Whether it goes back on the shelf, so that stock is booked back.
    pub restock: bool,
    /// Why it came back, frozen as typed; none where nothing was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One line of a document. The figures below `quantity` are computed by the document machine and hold together:
/// `gross − discounts + markups = total`, and `total − discount_share + surcharge_share = value`, which is what
/// `taxes` are computed on.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct LineItem {
    /// Its position, in entry order.
    pub no: LineNo,
    /// What was sold, as it stood then. It never changes, so the copies of a document share it.
    pub item: Arc<Sellable>,
    /// How much of it.
    pub quantity: Quantity,
    /// The price used.
    pub unit_price: UnitPrice,
    /// The catalog's price.
    pub list_price: UnitPrice,
    /// Where the price came from.
    pub price_source: PriceSource,
    /// Set when the price was changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_override: Option<PriceOverride>,
    /// A line total that was given, not multiplied: inside a barcode, or a share of a sold line on a return.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_gross: Option<Money>,
    /// Quantity × unit price, or the fixed total.
    pub gross: Money,
    /// Discounts and markups on this line, in the order entered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adjustments: Vec<LineAdjustment>,
    /// What is left after them.
    pub total: Money,
    /// Its share of document-level discounts.
    #[serde(default, skip_serializing_if = "Money::is_zero_ref")]
    pub discount_share: Money,
    /// Its share of document-level surcharges.
    #[serde(default, skip_serializing_if = "Money::is_zero_ref")]
    pub surcharge_share: Money,
    /// The taxes on it.
    pub taxes: Vec<TaxPart>,
    /// Taxes fixed by the original sale, on a return.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_taxes: Option<Vec<TaxPart>>,
    /// Days it may be brought back within, by the product's rule or the store's when it was rung up; none: for
    /// ever. They run from the completion of the sale: `Completed::returnable_until` says the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_days: Option<u16>,
    /// The last day it is good, where its label said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry: Option<NaiveDate>,
    /// Set on a line of a return.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<ReturnedItem>,
    /// The line of the goods in the container that this line charges: what becomes of one becomes of both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container_of: Option<LineNo>,
    /// Which pieces, where each has a serial number: one for each, or none while nobody named them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serials: Vec<SerialNo>,
    /// Set when the line was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub void: Option<Void>,
    /// Who rang it up, and who approved it where that took a manager.
    pub authority: Authority,
}

impl LineItem {
    /// So much of an item at the catalog's price. Its figures are derived when it stands on a document.
    pub fn new(no: LineNo, item: impl Into<Arc<Sellable>>, quantity: Quantity, authority: Authority) -> Self {
        let item = item.into();
        let price = item.price;
        Self {
            no,
            item,
            quantity,
            unit_price: price,
            list_price: price,
            price_source: PriceSource::Catalog,
            price_override: None,
            fixed_gross: None,
            gross: Money::ZERO,
            adjustments: Vec::new(),
            total: Money::ZERO,
            discount_share: Money::ZERO,
            surcharge_share: Money::ZERO,
            taxes: Vec::new(),
            fixed_taxes: None,
            return_days: None,
            expiry: None,
            returned: None,
            container_of: None,
            serials: Vec::new(),
            void: None,
            authority,
        }
    }

    /// Whether the line counts: it was not voided.
    pub fn is_active(&self) -> bool {
        self.void.is_none()
    }

    /// Whether its pieces have serial numbers that nobody named yet.
    pub fn lacks_serials(&self) -> bool {
        self.item.has_serials && self.serials.is_empty()
    }

    /// What the line comes to after its share of document-level adjustments.
    pub fn value(&self) -> Money {
        self.total - self.discount_share + self.surcharge_share
    }

    /// The line's tax.
    pub fn tax(&self) -> Money {
        crate::tax::total(&self.taxes)
    }
}

/// What a document comes to.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Totals {
    /// Σ line totals, after line adjustments, before document-level ones.
    pub total: Money,
    /// Σ document-level discounts.
    pub discount: Money,
    /// Σ document-level surcharges.
    pub surcharge: Money,
    /// Σ line taxes.
    pub tax: Money,
    /// What is owed: `total − discount + surcharge`, plus `tax` where prices exclude it.
    pub net_due: Money,
    /// What cash rounding added to what is owed; negative when it took some off.
    pub rounding: Money,
    /// Σ tenders that count, before change.
    pub paid: Money,
    /// Change given back.
    pub change: Money,
    /// Σ tips.
    pub tip: Money,
}

impl Totals {
    /// Whether nothing is on the document: what serde may leave out.
    pub(crate) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// What is still to pay; below nothing when change is due.
    pub fn balance(&self) -> Money {
        self.net_due + self.rounding - self.paid + self.change
    }
}
