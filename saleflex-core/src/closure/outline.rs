//! Figures read straight from frozen bytes: of a finished document what reports ask for, and nothing else of it.
//!
//! Most of a document says what its goods were: names, codes, prices, permissions. No sum asks for it, and making it of
//! its bytes takes longer than adding up. Here it is passed over and left empty, on a document that never leaves this
//! module: frozen and whole documents come to the same figures because the same rules make them.

use alloc::{boxed::Box, collections::BTreeMap, string::String, vec::Vec};

use serde::Deserialize;
use uuid::Uuid;

use super::{
    DocumentMark,
    figures::{Completion, DocumentFigures},
};
use crate::{
    adjustment::{DocumentAdjustment, LineAdjustment},
    authority::{Authority, Void},
    basket::{LineItem, PriceOverride, Reduction, Totals},
    catalog::{DepartmentNo, Permissions, PriceRule, Sellable, Unit},
    document::{CashMovement, Document, DocumentType, Kind, TaxExemption},
    ids::{CashierId, ClosureNumber, CustomerId, DocumentId, DocumentNumber, LineNo, StoreId, TerminalId},
    money::{Currency, Money},
    quantity::{Quantity, UnitPrice},
    tax::{TaxMode, TaxPart},
    tender::Tender,
    time::Moment,
};

/// The documents that an entry finished, as far as reports ask.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct FinishedOutlines {
    completed: Vec<CompletedOutline>,
    cancelled: Option<CancelledOutline>,
}

impl FinishedOutlines {
    /// The figures of those that count somewhere, in the order they are numbered, with their marks.
    pub(crate) fn figures(self) -> impl Iterator<Item = (DocumentMark, DocumentFigures)> {
        let completed = self.completed.into_iter().filter_map(CompletedOutline::figures);
        completed.chain(self.cancelled.and_then(CancelledOutline::figures))
    }
}

#[derive(Debug, Deserialize)]
struct CompletedOutline {
    document: Outline,
    completed_at: Moment,
    completed_by: CashierId,
    closure: ClosureNumber,
    pricing: PricingOutline,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PricingOutline {
    no_member: bool,
    campaigns_back: BTreeMap<String, Money>,
}

impl CompletedOutline {
    fn figures(self) -> Option<(DocumentMark, DocumentFigures)> {
        let Self { document, completed_at, completed_by, closure, pricing } = self;
        let PricingOutline { no_member, campaigns_back } = &pricing;
        let document = document.into_document(completed_at, completed_by);
        let (no_member, by) = (*no_member, completed_by);
        let figures =
            DocumentFigures::of_completed(&document, &Completion { by, closure, no_member, campaigns_back })?;
        Some((DocumentMark::new(&document, completed_at), figures))
    }
}

#[derive(Debug, Deserialize)]
struct CancelledOutline {
    document: Outline,
    cancelled_at: Moment,
    authority: Authority,
    closure: ClosureNumber,
}

impl CancelledOutline {
    fn figures(self) -> Option<(DocumentMark, DocumentFigures)> {
        let Self { document, cancelled_at, authority, closure } = self;
        let document = document.into_document(cancelled_at, authority.cashier);
        let figures = DocumentFigures::of_cancelled(&document, authority.cashier, closure)?;
        Some((DocumentMark::new(&document, cancelled_at), figures))
    }
}

/// What figures are made of, of a [`Document`].
#[derive(Debug, Deserialize)]
struct Outline {
    id: DocumentId,
    number: DocumentNumber,
    document_type: DocumentType,
    kind: Kind,
    currency: Currency,
    tax_mode: TaxMode,
    #[serde(default)]
    customer: Option<CustomerId>,
    #[serde(default)]
    training: bool,
    #[serde(default)]
    exchange: Option<Box<Self>>,
    #[serde(default)]
    lines: Vec<LineOutline>,
    #[serde(default)]
    reductions: Vec<Reduction>,
    #[serde(default)]
    adjustments: Vec<DocumentAdjustment>,
    #[serde(default)]
    tenders: Vec<Tender>,
    #[serde(default)]
    exemption: Option<TaxExemption>,
    #[serde(default)]
    cash_movement: Option<CashMovement>,
    #[serde(default)]
    totals: Totals,
}

impl Outline {
    /// The document with everything else left empty: `at` and `by` stand where a document must say some moment or cashier.
    fn into_document(self, at: Moment, by: CashierId) -> Document {
        let authority = Authority { cashier: by, approved_by: None };
        Document {
            id: self.id,
            number: self.number,
            former_number: None,
            spent_numbers: Vec::new(),
            document_type: self.document_type,
            kind: self.kind,
            store: StoreId::new(Uuid::nil()),
            terminal: TerminalId::new(Uuid::nil()),
            currency: self.currency,
            tax_mode: self.tax_mode,
            opened_at: at,
            opened_by: authority,
            customer: self.customer,
            min_line_total: Money::ZERO,
            training: self.training,
            original: None,
            exchange: self.exchange.map(|returned| Box::new(returned.into_document(at, by))),
            lines: self.lines.into_iter().map(|line| line.into_line(authority)).collect(),
            reductions: self.reductions,
            adjustments: self.adjustments,
            coupons: Vec::new(),
            last_adjustment: None,
            tenders_earn_nothing: false,
            due_before_tenders: None,
            uses_when_priced: None,
            tenders: self.tenders,
            change: Money::ZERO,
            carried_rounding: Money::ZERO,
            points_returned: None,
            notes: Vec::new(),
            exemption: self.exemption,
            age_check: None,
            cash_movement: self.cash_movement,
            totals: self.totals,
        }
    }
}

/// What figures are made of, of a [`LineItem`].
#[derive(Debug, Deserialize)]
struct LineOutline {
    no: LineNo,
    item: ItemOutline,
    quantity: Quantity,
    #[serde(default)]
    price_override: Option<PriceOverride>,
    gross: Money,
    #[serde(default)]
    adjustments: Vec<LineAdjustment>,
    total: Money,
    #[serde(default)]
    discount_share: Money,
    #[serde(default)]
    surcharge_share: Money,
    taxes: Vec<TaxPart>,
    #[serde(default)]
    void: Option<Void>,
}

impl LineOutline {
    fn into_line(self, authority: Authority) -> LineItem {
        LineItem {
            price_override: self.price_override,
            gross: self.gross,
            adjustments: self.adjustments,
            total: self.total,
            discount_share: self.discount_share,
            surcharge_share: self.surcharge_share,
            taxes: self.taxes,
            void: self.void,
            ..LineItem::new(self.no, self.item.into_sellable(), self.quantity, authority)
        }
    }
}

/// What figures are made of, of a [`Sellable`].
#[derive(Clone, Copy, Debug, Deserialize)]
struct ItemOutline {
    department: DepartmentNo,
    #[serde(default)]
    is_container: bool,
}

impl ItemOutline {
    fn into_sellable(self) -> Sellable {
        Sellable {
            product: None,
            code: String::new(),
            barcode: None,
            name: String::new(),
            department: self.department,
            sub_department: None,
            unit: Unit { code: String::new(), decimals: 0, measure: None },
            price: UnitPrice::ZERO,
            price_rule: PriceRule::default(),
            cost_price: None,
            max_price: None,
            taxes: Vec::new(),
            permissions: Permissions::default(),
            minimum_age: None,
            return_days: None,
            pack_quantity: Quantity::ONE,
            embedded_quantity: None,
            embedded_total: None,
            container: None,
            is_container: self.is_container,
            has_serials: false,
        }
    }
}
