//! What a cashier can want: one variant for each intention.

use alloc::{string::String, vec::Vec};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{DocumentType, ExemptionKind, Kind, NoteKind};
use crate::{
    adjustment::{AdjustmentKind, AdjustmentSource, AdjustmentValue},
    basket::GoodsState,
    catalog::{DepartmentNo, PriceLabel, SerialNo},
    ids::{AdjustmentNo, CouponId, LineNo, TenderNo},
    money::Money,
    quantity::{Points, Quantity, UnitPrice},
    tender::{ForeignCash, TenderDetails, TenderKind, Tip, TipKind},
};

/// One intention of a cashier. What has to be looked up for it comes in [`super::Facts`]; a store looks it up by what the
/// caller names beside the command, so that a command never carries a record that may be out of date. Reasons and other texts in
/// it are frozen as typed, except the name in [`Command::Suspend`].
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub enum Command {
    /// Begin a document of a stated type and kind; a return with the original sale of the facts. A plain sale
    /// needs none: its first line begins it.
    Open(OpenDocument),
    /// Sell a thing.
    AddLine(AddLine),
    /// Take goods of the original sale back.
    ReturnLine(ReturnLine),
    /// Take empties and pay their deposit out: by a return of their own where no document is open, off what the open
    /// sale comes to, or on the open return without receipt.
    TakeEmpties {
        /// The container's code or barcode.
        entered: String,
        /// How many; one where absent.
        quantity: Option<Quantity>,
    },
    /// Give empties back that the open sale is set off against.
    VoidEmpties {
        /// The line of the empties on the return, not one of the sale.
        line: LineNo,
        /// Why they go back, frozen as typed; a reason that the store may ask for.
        reason: Option<String>,
    },
    /// Begin a return of the original sale with what comes back of it: all of it or, where something may not come
    /// back, nothing.
    TakeBack {
        /// The lines of the original sale that come back, and how much of each; never empty.
        lines: Vec<ReturnLine>,
    },
    /// Copy an active line as a new last line.
    RepeatLine {
        /// The line to copy; for a container's line the goods in it are copied.
        line: LineNo,
    },
    /// Take a line back.
    VoidLine {
        /// The line to take back; for a container's line the goods in it.
        line: LineNo,
        /// Why, frozen as typed; a reason that the store may ask for.
        reason: Option<String>,
    },
    /// Change how much of a line is sold.
    ChangeQuantity {
        /// The line to change; for a container's line the goods in it.
        line: LineNo,
        /// What the line holds from now on, in the item's unit.
        quantity: Quantity,
    },
    /// Say which pieces a line is of, each by its serial number.
    NamePieces {
        /// The active line whose pieces are named.
        line: LineNo,
        /// One number for each piece; they take the place of those named before.
        serials: Vec<SerialNo>,
    },
    /// Sell a line at another price.
    OverridePrice {
        /// The line to price anew; for a container's line the goods in it.
        line: LineNo,
        /// The new price of one unit.
        price: UnitPrice,
        /// Why, frozen as typed; a reason that the store may ask for.
        reason: Option<String>,
    },
    /// Discount or mark up one line; the last active one without a number.
    AdjustLine {
        /// The line to adjust; without, the last active one, or the goods in it where that is a container.
        line: Option<LineNo>,
        /// Down or up, by how much, why.
        adjust: Adjust,
    },
    /// Discount or surcharge the whole document.
    AdjustDocument {
        /// Down or up, by how much, why.
        adjust: Adjust,
        /// What kind of discount or charge; campaigns and points are not entered so.
        source: AdjustmentSource,
        /// A code printed with it, at most 15 characters.
        code: Option<String>,
    },
    /// Take a document-level adjustment back.
    RemoveAdjustment {
        /// The number of an adjustment in force; those of campaigns cannot be taken back.
        adjustment: AdjustmentNo,
    },
    /// Turn points into a discount, worked out beforehand by the loyalty rules.
    RedeemPoints {
        /// How many points it costs.
        points: Points,
        /// What they are worth.
        amount: Money,
    },
    /// Apply a coupon to the sale.
    EnterCoupon {
        /// The code, barcode or QR text, as typed or scanned.
        entered: String,
    },
    /// Take a coupon off the sale.
    ReleaseCoupon {
        /// A coupon that was applied to the document.
        coupon: CouponId,
    },
    /// Write a note.
    AddNote {
        /// Whom it is for.
        kind: NoteKind,
        /// The line it belongs to.
        line: Option<LineNo>,
        /// The text. It is frozen as typed.
        text: String,
        /// Whether receipts print it.
        on_receipt: bool,
    },
    /// Put the customer of the facts on the document; none makes it a walk-in again.
    AssignCustomer,
    /// Charge no tax.
    ExemptTax {
        /// The reason, in words.
        reason: String,
        /// What the law calls it, for the figures of the shop's country.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<ExemptionKind>,
        /// The certificate shown.
        certificate: Option<String>,
    },
    /// Take a tender, or pay one out on a refund.
    TakeTender(TakeTender),
    /// Record a provider's answer to a pending tender.
    ResolveTender {
        /// A tender that waits for its provider, of the sale or of the return it is exchanged for.
        tender: TenderNo,
        /// Whether it was approved.
        approved: bool,
        /// The provider's authorisation.
        authorisation: Option<String>,
    },
    /// Take a tender back.
    VoidTender {
        /// A tender that counts or waits, of the sale or of the return it is exchanged for.
        tender: TenderNo,
        /// Why, frozen as typed; a reason that the store may ask for.
        reason: Option<String>,
        /// The provider's reference of the reversal: what it authorised is reversed there first.
        reversal: Option<String>,
    },
    /// Hand out the change that is due, and complete.
    GiveChange,
    /// Complete a document with nothing to pay: a free sale, a quote, a waybill.
    Close,
    /// Put the document aside.
    Suspend {
        /// A name to find it by: a person, a table. It is no part of the events: it stands beside
        /// them in the outcome, so that it can be erased.
        #[serde(skip)]
        name: Option<String>,
    },
    /// Take up the suspended document of the facts.
    Resume,
    /// Close the document without effect; one that never had a line gives its number back.
    Cancel {
        /// Why, frozen as typed; a reason that the store may ask for.
        reason: Option<String>,
    },
    /// Close the suspended document of the facts without effect. The open document stays as it is: what comes of
    /// the command is the state of the suspended one.
    CancelSuspended {
        /// Why, frozen as typed; a reason that the store may ask for.
        reason: Option<String>,
    },
    /// Exchange: go on from the open return to a new sale that it is set off against.
    ExchangeForSale,
    /// Put money into the drawer or take some out.
    MoveCash {
        /// Which way and why.
        kind: CashMovementKind,
        /// How much, above nothing; only a float may be nothing.
        amount: Money,
        /// Why, in words, 1 to 200 characters, frozen as typed.
        reason: String,
    },
    /// Open the drawer without a sale.
    OpenDrawer {
        /// Why, in words; never asked for.
        reason: Option<String>,
    },
}

impl Command {
    /// The same, done for a reason; as it is where nothing is said, or no reason is kept of it.
    #[must_use]
    pub fn because(mut self, why: Option<String>) -> Self {
        if why.is_none() {
            return self;
        }
        match &mut self {
            Self::AddLine(AddLine { reason, .. })
            | Self::ReturnLine(ReturnLine { reason, .. })
            | Self::AdjustLine { adjust: Adjust { reason, .. }, .. }
            | Self::AdjustDocument { adjust: Adjust { reason, .. }, .. }
            | Self::VoidEmpties { reason, .. }
            | Self::VoidLine { reason, .. }
            | Self::OverridePrice { reason, .. }
            | Self::VoidTender { reason, .. }
            | Self::Cancel { reason }
            | Self::CancelSuspended { reason }
            | Self::OpenDrawer { reason } => *reason = why,
            Self::TakeBack { lines } => lines.iter_mut().for_each(|line| line.reason.clone_from(&why)),
            Self::Open(_)
            | Self::TakeEmpties { .. }
            | Self::RepeatLine { .. }
            | Self::ChangeQuantity { .. }
            | Self::NamePieces { .. }
            | Self::RemoveAdjustment { .. }
            | Self::RedeemPoints { .. }
            | Self::EnterCoupon { .. }
            | Self::ReleaseCoupon { .. }
            | Self::AddNote { .. }
            | Self::AssignCustomer
            | Self::ExemptTax { .. }
            | Self::TakeTender(_)
            | Self::ResolveTender { .. }
            | Self::GiveChange
            | Self::Close
            | Self::Suspend { .. }
            | Self::Resume
            | Self::ExchangeForSale
            | Self::MoveCash { .. } => {}
        }
        self
    }
}

/// How a document begins.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct OpenDocument {
    /// The paper it is written on; returns, purchases and deliveries have papers of their own.
    pub document_type: DocumentType,
    /// What it does: sell, bring back, quote, order.
    pub kind: Kind,
    /// How the buyer's age was checked, where a quote becomes a sale of things that ask for it.
    pub age: Option<AgeEvidence>,
}

impl OpenDocument {
    /// A document of such a paper and kind.
    pub const fn new(document_type: DocumentType, kind: Kind) -> Self {
        Self { document_type, kind, age: None }
    }
}

/// A thing to sell. What it is was looked up and stands in the facts.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct AddLine {
    /// The code, barcode or department that was entered.
    pub entered: Entered,
    /// How many; one where absent.
    pub quantity: Option<Quantity>,
    /// A typed price, for open-priced products, departments, and overrides with authority.
    pub price: Option<UnitPrice>,
    /// On a return without receipt: the state of the goods and whether they go back on the shelf.
    pub returned: Option<(GoodsState, bool)>,
    /// How the buyer's age was checked, where the item asks for it and the document has no check yet.
    pub age: Option<AgeEvidence>,
    /// The last day it is good, where its label says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiry: Option<NaiveDate>,
    /// What its label says that it costs, beside the code: the line comes to that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<PriceLabel>,
    /// Why it is sold at another price, or comes back without a receipt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Which pieces, where each has a serial number; without, [`Command::NamePieces`] names them before the line is paid.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub serials: Vec<SerialNo>,
}

/// How a cashier made sure that a buyer is old enough.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub enum AgeEvidence {
    /// By looking.
    Looked,
    /// By the birth date on a document.
    BirthDate(NaiveDate),
}

impl AddLine {
    /// One of what a code or barcode stands for.
    pub fn code(entered: impl Into<String>) -> Self {
        Self {
            entered: Entered::Code(entered.into()),
            quantity: None,
            price: None,
            returned: None,
            age: None,
            expiry: None,
            label: None,
            reason: None,
            serials: Vec::new(),
        }
    }

    /// A sale by department key at a typed price.
    pub const fn department(no: DepartmentNo, price: UnitPrice) -> Self {
        Self {
            entered: Entered::Department(no),
            quantity: None,
            price: Some(price),
            returned: None,
            age: None,
            expiry: None,
            label: None,
            reason: None,
            serials: Vec::new(),
        }
    }

    /// The same, so many times.
    #[must_use]
    pub fn times(self, quantity: Quantity) -> Self {
        Self { quantity: Some(quantity), ..self }
    }

    /// The same, with the buyer's age checked.
    #[must_use]
    pub fn with_age(self, age: AgeEvidence) -> Self {
        Self { age: Some(age), ..self }
    }

    /// The same, with a label that says the last day it is good.
    #[must_use]
    pub fn good_until(self, expiry: NaiveDate) -> Self {
        Self { expiry: Some(expiry), ..self }
    }

    /// The same, of these pieces.
    #[must_use]
    pub fn of_pieces(self, serials: Vec<SerialNo>) -> Self {
        Self { serials, ..self }
    }

    /// The same, at a typed price.
    #[must_use]
    pub fn at(self, price: UnitPrice) -> Self {
        Self { price: Some(price), ..self }
    }
}

/// What the cashier entered to name a thing.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub enum Entered {
    /// A code, a barcode, or a barcode with weight or price inside.
    Code(String),
    /// A product's code, and nothing else.
    ProductCode(String),
    /// A barcode as it is stored, and nothing else.
    Barcode(String),
    /// A department key.
    Department(DepartmentNo),
}

/// Goods of the original sale that come back.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ReturnLine {
    /// The line of the original sale.
    pub line: LineNo,
    /// How many of it come back, at most what is left of it.
    pub quantity: Quantity,
    /// The state the goods came back in.
    pub state: GoodsState,
    /// Whether they go back on the shelf.
    pub restock: bool,
    /// Why they come back, frozen as typed; a reason that the store may ask for.
    pub reason: Option<String>,
    /// Which of the pieces that were sold, where each has a serial number; none may be named where all that are left come
    /// back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub serials: Vec<SerialNo>,
}

/// A discount, markup or surcharge as entered.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Adjust {
    /// Down or up.
    pub kind: AdjustmentKind,
    /// By how much, as entered: a percentage from 1 to 100, or an amount above nothing.
    pub value: AdjustmentValue,
    /// Why, frozen as typed; a reason that the store may ask for.
    pub reason: Option<String>,
}

/// A tender to take.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct TakeTender {
    /// The kind of tender.
    pub kind: TenderKind,
    /// How much, in the document's currency; the balance where absent.
    pub amount: Option<Money>,
    /// Foreign notes instead of an amount; a tender of foreign notes has them.
    pub foreign: Option<ForeignCash>,
    /// A tip on top.
    pub tip: Option<Tip>,
    /// What else is known.
    pub details: TenderDetails,
    /// A provider has yet to answer.
    pub pending: bool,
    /// The cashier counted what was handed over again and stands by it, however much change it gives.
    pub counted: bool,
}

impl TakeTender {
    /// The whole balance by one method.
    pub fn balance(kind: TenderKind) -> Self {
        Self {
            kind,
            amount: None,
            foreign: None,
            tip: None,
            details: TenderDetails::default(),
            pending: false,
            counted: false,
        }
    }

    /// A stated amount by one method.
    pub fn amount(kind: TenderKind, amount: Money) -> Self {
        Self { amount: Some(amount), ..Self::balance(kind) }
    }

    /// The same with a tip on top. Notes and coins are handed over with the tip among them: of a stated amount in cash
    /// the rest pays.
    #[must_use]
    pub fn with_tip(self, tip: Money) -> Self {
        let among = if self.kind == TenderKind::Cash { tip } else { Money::ZERO };
        let amount = self.amount.map(|stated| stated - among);
        Self { amount, tip: Some(Tip { amount: tip, kind: TipKind::with(self.kind) }), ..self }
    }
}

/// Money in or out of the drawer outside a sale.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CashMovementKind {
    /// The money the period starts with.
    Float,
    /// Money put in besides the float.
    PaidIn,
    /// Taken out to pay for something.
    PaidOut,
    /// Taken out to the safe.
    CashDrop,
}

impl CashMovementKind {
    /// Whether the drawer gains.
    pub const fn is_in(self) -> bool {
        matches!(self, Self::Float | Self::PaidIn)
    }

    /// The paper it is written on.
    pub const fn document_type(self) -> DocumentType {
        if self.is_in() { DocumentType::CashIn } else { DocumentType::CashOut }
    }
}
