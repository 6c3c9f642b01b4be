//! Which paper a document is, and what it does with goods and money.

use serde::{Deserialize, Serialize};

/// What kind of paper a document is. The closure counts by it.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentType {
    /// A receipt.
    #[default]
    FiscalReceipt,
    /// A receipt without fiscal effect.
    NonFiscalReceipt,
    /// An invoice.
    Invoice,
    /// An electronic invoice.
    EInvoice,
    /// An electronic archive invoice.
    EArchiveInvoice,
    /// An invoice to a diplomat, exempt from tax.
    DiplomaticInvoice,
    /// A waybill: goods leave, nothing is paid.
    Waybill,
    /// A delivery note: goods leave, nothing is paid.
    DeliveryNote,
    /// Money taken out of the drawer.
    CashOut,
    /// Money put into the drawer.
    CashIn,
    /// Goods brought back, money paid back.
    Return,
    /// A purchase from someone who writes no invoice; money leaves the drawer.
    SelfBillingInvoice,
}

impl DocumentType {
    /// All twelve, in the order reports list them.
    pub const ALL: [Self; 12] = [
        Self::FiscalReceipt,
        Self::NonFiscalReceipt,
        Self::Invoice,
        Self::EInvoice,
        Self::EArchiveInvoice,
        Self::DiplomaticInvoice,
        Self::Waybill,
        Self::DeliveryNote,
        Self::CashOut,
        Self::CashIn,
        Self::Return,
        Self::SelfBillingInvoice,
    ];

    /// The stored code, such as `fiscal_receipt`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::FiscalReceipt => "fiscal_receipt",
            Self::NonFiscalReceipt => "non_fiscal_receipt",
            Self::Invoice => "invoice",
            Self::EInvoice => "e_invoice",
            Self::EArchiveInvoice => "e_archive_invoice",
            Self::DiplomaticInvoice => "diplomatic_invoice",
            Self::Waybill => "waybill",
            Self::DeliveryNote => "delivery_note",
            Self::CashOut => "cash_out",
            Self::CashIn => "cash_in",
            Self::Return => "return",
            Self::SelfBillingInvoice => "self_billing_invoice",
        }
    }

    /// The type of a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// An invoice that the shop writes: it says who bought.
    pub const fn is_invoice(self) -> bool {
        matches!(self, Self::Invoice | Self::EInvoice | Self::EArchiveInvoice | Self::DiplomaticInvoice)
    }

    /// Goods leave without payment: the document completes by a close command.
    pub const fn is_delivery(self) -> bool {
        matches!(self, Self::Waybill | Self::DeliveryNote)
    }
}

/// What a document does. With the type it says how closures and stock treat it.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// Goods for money.
    #[default]
    Sale,
    /// Goods back, money back: amounts are positive, the direction is in the kind.
    Return,
    /// A price for later: no money, no stock, no place in closure totals.
    Quote,
    /// Goods promised: deposits are a liability, it is a sale at completion.
    Order,
    /// Goods put aside and paid in parts: as an order.
    Layaway,
    /// Money in or out of the drawer.
    CashMovement,
    /// A purchase paid from the drawer (self-billing invoice).
    Purchase,
}

impl Kind {
    /// Tenders flow to the customer.
    pub const fn pays_out(self) -> bool {
        matches!(self, Self::Return | Self::Purchase)
    }

    /// Goods are sold on such paper: an order and a layaway once they are complete, and nothing of what only leaves.
    pub const fn sells(self, paper: DocumentType) -> bool {
        matches!(self, Self::Sale | Self::Order | Self::Layaway) && !paper.is_delivery()
    }

    /// Campaigns and coupons are for such paper: a sale that is paid. Orders, layaways and quotes get none, whatever becomes
    /// of them, nor does what only leaves or comes back.
    pub const fn bears_campaigns(self, paper: DocumentType) -> bool {
        matches!(self, Self::Sale) && !paper.is_delivery()
    }

    /// Deposits may be taken and the document put aside with them.
    pub const fn takes_deposits(self) -> bool {
        matches!(self, Self::Order | Self::Layaway)
    }
}
