//! Words of scripts for kinds of payment and of documents, and for what is taken off or charged.

use saleflex_core::{
    adjustment::AdjustmentSource,
    document::{DocumentType, Kind, OpenDocument},
    tender::TenderKind,
};

/// A document that a script begins by `open`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DocumentWord(pub OpenDocument);

impl DocumentWord {
    /// The document of a word: `quote`, `order`, `layaway`, or the code of a type such as `invoice`.
    pub fn parse(word: &str) -> Option<Self> {
        let (document_type, kind) = match word {
            "quote" => (DocumentType::NonFiscalReceipt, Kind::Quote),
            "order" => (DocumentType::FiscalReceipt, Kind::Order),
            "layaway" => (DocumentType::FiscalReceipt, Kind::Layaway),
            other => match DocumentType::from_code(other)? {
                DocumentType::CashIn | DocumentType::CashOut | DocumentType::Return => return None,
                DocumentType::SelfBillingInvoice => (DocumentType::SelfBillingInvoice, Kind::Purchase),
                paper => (paper, Kind::Sale),
            },
        };
        Some(Self(OpenDocument::new(document_type, kind)))
    }
}

/// The kind of payment of a word: its code, or a shorter word for the usual ones. Its words may be joined by either dash.
pub(super) fn tender(word: &str) -> Option<TenderKind> {
    Some(match &*word.replace('-', "_") {
        "card" => TenderKind::CreditCard,
        "gift_card" => TenderKind::PrepaidCard,
        "account" => TenderKind::OnAccount,
        "foreign" => TenderKind::ForeignCurrency,
        "bank" => TenderKind::BankTransfer,
        code => TenderKind::from_code(code)?,
    })
}

/// For what a document is discounted, or charged, by its word.
pub(super) fn source(word: &str, is_discount: bool) -> Option<AdjustmentSource> {
    Some(match (word, is_discount) {
        ("manager", true) => AdjustmentSource::Manager,
        ("personal", true) => AdjustmentSource::Personal,
        ("satisfaction", true) => AdjustmentSource::CustomerSatisfaction,
        ("product", true) => AdjustmentSource::Product,
        ("service", false) => AdjustmentSource::ServiceCharge,
        ("delivery", false) => AdjustmentSource::DeliveryFee,
        ("convenience", false) => AdjustmentSource::ConvenienceFee,
        _ => return None,
    })
}
