//! The words on receipts and reports, by language.

use crate::{
    closure::{AdjustmentType, drawer::OverShortReason},
    document::{CashMovementKind, DocumentType, ExemptionKind, Kind},
    tender::TenderKind,
};

mod english;
mod turkish;

pub use self::{english::ENGLISH, turkish::TURKISH};

/// Every word of the printed layouts. A further language is one more value of this type.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Words {
    /// Kinds and marks of receipts.
    pub titles: Titles,
    /// What stands on receipts.
    pub receipt: ReceiptWords,
    /// What stands on X and Z reports.
    pub report: ReportWords,
    /// Methods of payment.
    pub tenders: TenderWords,
    /// Discounts and surcharges.
    pub adjustments: AdjustmentWords,
    /// Why a document bears no tax.
    pub exemptions: ExemptionWords,
    /// Counts of a drawer.
    pub counts: CountWords,
    /// Amounts in words.
    pub numbers: NumberWords,
}

/// The words of numbers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NumberWords {
    /// Nothing to nineteen.
    pub ones: [&'static str; 20],
    /// Tens, from the third on: twenty to ninety.
    pub tens: [&'static str; 10],
    /// A hundred.
    pub hundred: &'static str,
    /// A thousand, a million, and so on.
    pub scales: [&'static str; 6],
    /// What stands between two words.
    pub between: &'static str,
    /// What stands between a ten and its one.
    pub hyphen: &'static str,
    /// Whether one hundred and one thousand are said without the one.
    pub is_one_unsaid: bool,
}

/// Kinds and marks of receipts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "each word stands for the thing of its name")]
pub struct Titles {
    pub fiscal_receipt: &'static str,
    pub non_fiscal_receipt: &'static str,
    pub invoice: &'static str,
    pub e_invoice: &'static str,
    pub e_archive_invoice: &'static str,
    pub diplomatic_invoice: &'static str,
    pub waybill: &'static str,
    pub delivery_note: &'static str,
    pub cash_out: &'static str,
    pub cash_in: &'static str,
    pub returned: &'static str,
    pub self_billing_invoice: &'static str,
    pub quote: &'static str,
    pub order: &'static str,
    pub layaway: &'static str,
    pub float: &'static str,
    pub cash_drop: &'static str,
    pub suspended: &'static str,
    pub cancelled: &'static str,
    pub copy: &'static str,
    pub training: &'static str,
    pub x_report: &'static str,
    pub z_report: &'static str,
    pub rollup: &'static str,
    pub drawer_count: &'static str,
    pub kitchen: &'static str,
    pub changed_order: &'static str,
    pub repeat: &'static str,
    pub exchange: &'static str,
}

/// What stands on receipts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "each word stands for the thing of its name")]
pub struct ReceiptWords {
    pub receipt: &'static str,
    pub document: &'static str,
    pub original: &'static str,
    pub former_document: &'static str,
    pub exchange_of: &'static str,
    pub exchanged_for: &'static str,
    pub set_off_against: &'static str,
    pub closure: &'static str,
    pub register: &'static str,
    pub cashier: &'static str,
    pub customer: &'static str,
    pub tier: &'static str,
    pub item: &'static str,
    pub list_price: &'static str,
    pub subtotal: &'static str,
    pub balance_due: &'static str,
    pub refund_due: &'static str,
    pub purchase_due: &'static str,
    pub total: &'static str,
    pub rounding: &'static str,
    pub tip: &'static str,
    pub deposit: &'static str,
    pub goods_back: &'static str,
    pub empties: &'static str,
    pub set_off: &'static str,
    pub paid_back: &'static str,
    pub reference: &'static str,
    pub bank: &'static str,
    pub due_date: &'static str,
    pub authorisation: &'static str,
    pub serial: &'static str,
    pub new_voucher: &'static str,
    pub rest_lost: &'static str,
    pub change: &'static str,
    pub still_to_pay: &'static str,
    pub tax: &'static str,
    pub exempt: &'static str,
    pub amount: &'static str,
    pub reason: &'static str,
    pub points_earned: &'static str,
    pub points_redeemed: &'static str,
    pub points_returned: &'static str,
    pub points_taken_back: &'static str,
    pub points_balance: &'static str,
    pub points_keeper: &'static str,
    pub tendered: &'static str,
    pub signature: &'static str,
    pub order: &'static str,
    pub table: &'static str,
    pub station: &'static str,
}

/// What stands on X and Z reports.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "each word stands for the thing of its name")]
pub struct ReportWords {
    pub from: &'static str,
    pub to: &'static str,
    pub serial: &'static str,
    pub net_sales: &'static str,
    pub sales: &'static str,
    pub returns: &'static str,
    pub total_net_sales: &'static str,
    pub taxes: &'static str,
    pub total_gross_sum: &'static str,
    pub sales_with_tax: &'static str,
    pub net_without_tax: &'static str,
    pub gross_with_tax: &'static str,
    pub worked: &'static str,
    pub at_work_since: &'static str,
    pub tips_shared: &'static str,
    pub tips_not_shared: &'static str,
    pub cancelled_receipts: &'static str,
    pub discounts: &'static str,
    pub before_discounts: &'static str,
    pub total_discount: &'static str,
    pub on_lines: &'static str,
    pub campaigns_on_lines: &'static str,
    pub campaigns_back: &'static str,
    pub after_returns: &'static str,
    pub underway: &'static str,
    pub clock_back: &'static str,
    pub on_documents: &'static str,
    pub all_discounts: &'static str,
    pub float_and_paid_in: &'static str,
    pub surcharges: &'static str,
    pub cash_balance: &'static str,
    pub opening_cash: &'static str,
    pub gross_sales_cash: &'static str,
    pub cash_taken: &'static str,
    pub change: &'static str,
    pub cash_paid_back: &'static str,
    pub cash_paid_back_or_out: &'static str,
    pub deposits: &'static str,
    pub withdrawals: &'static str,
    pub cash_drops: &'static str,
    pub change_non_cash: &'static str,
    pub tips: &'static str,
    pub register_balance: &'static str,
    pub expected: &'static str,
    pub counted_blind: &'static str,
    pub counted: &'static str,
    pub drawer: &'static str,
    pub difference: &'static str,
    pub first_counted: &'static str,
    pub left_in_drawer: &'static str,
    pub to_safe: &'static str,
    pub tax_summary: &'static str,
    pub sales_tax_summary: &'static str,
    pub rate: &'static str,
    pub net: &'static str,
    pub tax: &'static str,
    pub gross: &'static str,
    pub exempt: &'static str,
    pub total: &'static str,
    pub rounding: &'static str,
    pub payment_methods: &'static str,
    pub gift_cards: &'static str,
    pub with_number: &'static str,
    pub without_number: &'static str,
    pub vouchers: &'static str,
    pub new_vouchers: &'static str,
    pub rests_lost: &'static str,
    pub no_longer_owed: &'static str,
    pub currencies: &'static str,
    pub held_deposits: &'static str,
    pub containers: &'static str,
    pub taken: &'static str,
    pub paid_back: &'static str,
    pub applied: &'static str,
    pub purchases: &'static str,
    pub document_types: &'static str,
    pub departments: &'static str,
    pub tip_summary: &'static str,
    pub department: &'static str,
    pub cashiers: &'static str,
    pub till: &'static str,
    pub cash_by_cashier: &'static str,
    pub average: &'static str,
    pub voids: &'static str,
    pub corrections: &'static str,
    pub corrected_since: &'static str,
    pub stands: &'static str,
    pub withdrawn: &'static str,
    pub counts_again: &'static str,
    pub closures: &'static str,
    pub as_of: &'static str,
    pub over: &'static str,
    pub short: &'static str,
    pub transactions: &'static str,
    pub valid: &'static str,
    pub cancelled: &'static str,
    pub return_count: &'static str,
    pub suspended: &'static str,
    pub parked_before: &'static str,
    pub country: &'static str,
    pub country_fields: &'static [(&'static str, &'static str)],
    pub regions: &'static [(&'static str, &'static str)],
}

/// Methods of payment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "each word stands for the thing of its name")]
pub struct TenderWords {
    pub cash: &'static str,
    pub credit_card: &'static str,
    pub cheque: &'static str,
    pub store_credit: &'static str,
    pub prepaid_card: &'static str,
    pub mobile: &'static str,
    pub foreign_currency: &'static str,
    pub on_account: &'static str,
    pub bank_transfer: &'static str,
    pub other: &'static str,
}

/// Discounts and surcharges.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "each word stands for the thing of its name")]
pub struct AdjustmentWords {
    pub personal: &'static str,
    pub manager: &'static str,
    pub customer_satisfaction: &'static str,
    pub product: &'static str,
    pub loyalty: &'static str,
    pub campaign: &'static str,
    pub line: &'static str,
    pub markup: &'static str,
    pub service_charge: &'static str,
    pub delivery_fee: &'static str,
    pub convenience_fee: &'static str,
    pub surcharge: &'static str,
}

/// Counts of a drawer: what they are for, and why they differ.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "each word stands for the thing of its name")]
pub struct CountWords {
    pub opening: &'static str,
    pub spot_check: &'static str,
    pub closing: &'static str,
    pub hand_over: &'static str,
    pub hand_overs: &'static str,
    pub received: &'static str,
    pub undeclared: &'static str,
    pub counted_by: &'static str,
    pub to: &'static str,
    pub by_reason: &'static str,
    pub no_reason: &'static str,
    pub wrong_change: &'static str,
    pub not_recorded: &'static str,
    pub wrong_tender: &'static str,
    pub counterfeit: &'static str,
    pub wrong_float: &'static str,
    pub theft: &'static str,
    pub unknown: &'static str,
    pub other: &'static str,
}

impl CountWords {
    /// Why a drawer was over or short.
    pub(super) const fn reason(&self, reason: OverShortReason) -> &'static str {
        match reason {
            OverShortReason::WrongChange => self.wrong_change,
            OverShortReason::NotRecorded => self.not_recorded,
            OverShortReason::WrongTender => self.wrong_tender,
            OverShortReason::Counterfeit => self.counterfeit,
            OverShortReason::WrongFloat => self.wrong_float,
            OverShortReason::Theft => self.theft,
            OverShortReason::Unknown => self.unknown,
            OverShortReason::Other => self.other,
        }
    }
}

impl Titles {
    /// What a completed document is called: an order that is finished is a sale.
    pub(super) const fn completed(&self, document_type: DocumentType, kind: Kind) -> &'static str {
        match kind {
            Kind::Quote => self.quote,
            Kind::Return => self.returned,
            Kind::Sale | Kind::Order | Kind::Layaway | Kind::CashMovement | Kind::Purchase => {
                self.document_type(document_type)
            }
        }
    }

    /// What a document that is put aside is called.
    pub(super) const fn suspended(&self, kind: Kind) -> &'static str {
        match kind {
            Kind::Order => self.order,
            Kind::Layaway => self.layaway,
            Kind::Sale | Kind::Return | Kind::Quote | Kind::CashMovement | Kind::Purchase => self.suspended,
        }
    }

    /// What a type of document is called.
    pub(super) const fn document_type(&self, document_type: DocumentType) -> &'static str {
        match document_type {
            DocumentType::FiscalReceipt => self.fiscal_receipt,
            DocumentType::NonFiscalReceipt => self.non_fiscal_receipt,
            DocumentType::Invoice => self.invoice,
            DocumentType::EInvoice => self.e_invoice,
            DocumentType::EArchiveInvoice => self.e_archive_invoice,
            DocumentType::DiplomaticInvoice => self.diplomatic_invoice,
            DocumentType::Waybill => self.waybill,
            DocumentType::DeliveryNote => self.delivery_note,
            DocumentType::CashOut => self.cash_out,
            DocumentType::CashIn => self.cash_in,
            DocumentType::Return => self.returned,
            DocumentType::SelfBillingInvoice => self.self_billing_invoice,
        }
    }

    /// What a movement of cash is called.
    pub(super) const fn cash_movement(&self, kind: CashMovementKind) -> &'static str {
        match kind {
            CashMovementKind::Float => self.float,
            CashMovementKind::PaidIn => self.cash_in,
            CashMovementKind::PaidOut => self.cash_out,
            CashMovementKind::CashDrop => self.cash_drop,
        }
    }
}

impl TenderWords {
    /// What a method of payment is called.
    pub(super) const fn of(&self, kind: TenderKind) -> &'static str {
        match kind {
            TenderKind::Cash => self.cash,
            TenderKind::CreditCard => self.credit_card,
            TenderKind::Cheque => self.cheque,
            TenderKind::StoreCredit => self.store_credit,
            TenderKind::PrepaidCard => self.prepaid_card,
            TenderKind::Mobile => self.mobile,
            TenderKind::ForeignCurrency => self.foreign_currency,
            TenderKind::OnAccount => self.on_account,
            TenderKind::BankTransfer => self.bank_transfer,
            TenderKind::Other => self.other,
        }
    }
}

/// Why a document bears no tax.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "each word stands for the thing of its name")]
pub struct ExemptionWords {
    pub diplomatic: &'static str,
    pub tourist: &'static str,
    pub reverse_charge: &'static str,
    pub intra_eu: &'static str,
    pub export: &'static str,
    pub resale: &'static str,
    pub organisation: &'static str,
}

impl ExemptionWords {
    /// What a kind is called; nothing of one that has no name.
    pub const fn of(&self, kind: ExemptionKind) -> Option<&'static str> {
        match kind {
            ExemptionKind::Diplomatic => Some(self.diplomatic),
            ExemptionKind::Tourist => Some(self.tourist),
            ExemptionKind::ReverseCharge => Some(self.reverse_charge),
            ExemptionKind::IntraEu => Some(self.intra_eu),
            ExemptionKind::Export => Some(self.export),
            ExemptionKind::Resale => Some(self.resale),
            ExemptionKind::Organisation => Some(self.organisation),
            ExemptionKind::Other => None,
        }
    }
}

impl AdjustmentWords {
    /// What a discount or surcharge is called.
    pub const fn of(&self, kind: AdjustmentType) -> &'static str {
        match kind {
            AdjustmentType::Personal => self.personal,
            AdjustmentType::Manager => self.manager,
            AdjustmentType::CustomerSatisfaction => self.customer_satisfaction,
            AdjustmentType::Product => self.product,
            AdjustmentType::Loyalty => self.loyalty,
            AdjustmentType::Campaign => self.campaign,
            AdjustmentType::Line => self.line,
            AdjustmentType::Markup => self.markup,
            AdjustmentType::ServiceCharge => self.service_charge,
            AdjustmentType::DeliveryFee => self.delivery_fee,
            AdjustmentType::ConvenienceFee => self.convenience_fee,
            AdjustmentType::Surcharge => self.surcharge,
        }
    }
}
