//! What the shell looked up for a command.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{CancelCause, OriginalSale, Policy, Promotions, Suspended};
use crate::{
    cashier::{Approval, Limits, OnDuty},
    catalog::{Sellable, SerialNo},
    customer::BuyerGaps,
    ids::{ClosureNumber, CustomerId, DocumentId, DocumentNumber, ProductId, StoreId, TerminalId},
    money::{Currency, Money},
    quantity::ExchangeRate,
    tax::TaxMode,
    tender::GiftCardNumber,
    time::Moment,
};

/// Everything besides the draft and the command that a decision may look at. Only what the command needs has to
/// be there: `item` for [`super::Command::AddLine`], `original` for returns with receipt, and so on; a fact that
/// is needed and missing is a refusal.
#[derive(Debug)]
pub struct Facts<'a> {
    /// When the command is decided, by the till's clock.
    pub moment: Moment,
    /// The cashier who is logged in.
    pub cashier: &'a OnDuty,
    /// A manager's approval of this command. Deciding takes the facts by value, so that it is spent.
    pub approval: Option<Approval>,
    /// The store's rules for documents.
    pub policy: &'a Policy,
    /// What the cashier may do alone; of [`Facts::new`], what the store's rules say.
    pub limits: Limits,
    /// The cashier looked again at how many and stands by it.
    pub counted: bool,
    /// When a buyer was born who was too young for something on the open document: looking does not make them older.
    pub refused_birth: Option<NaiveDate>,
    /// The till that the command was given at.
    pub till: TillFacts,
    /// Number and identity for a document that this command begins.
    pub next: NewDocument,
    /// The item that a lookup found for what was entered.
    pub item: Option<&'a Sellable>,
    /// How much of each product that the command puts on the document is in stock: of the item, of the line's
    /// product, of everything on the quote that becomes a sale. Of a product without an entry no stock is kept.
    pub stock: &'a [(ProductId, Decimal)],
    /// How the products among these stand of which pieces past their date lie on the shelf; the others have none there.
    pub past_date: &'a [(ProductId, PastDate)],
    /// What is known of the pieces that the command or the open document names; the others were never here.
    pub pieces: &'a [KnownPiece],
    /// Whether cash moved in the cashier's drawer in the open period, or it was handed on: a float comes before that.
    pub drawer_in_use: bool,
    /// Whether a piece has to lie where the till sells from; of one that is known to be sold or gone nobody asks.
    pub checks_pieces: bool,
    /// The products of which every piece has a number by now, among those that come back.
    pub numbered: &'a [ProductId],
    /// The customer: the one to assign, or the one on the document.
    pub customer: Option<CustomerFacts>,
    /// The sale that goods come back from.
    pub original: Option<&'a OriginalSale>,
    /// The document to resume.
    pub suspended: Option<&'a Suspended>,
    /// What one unit of the till's currency buys of the foreign notes that the command offers or asks for; none where
    /// the till does not take that currency.
    pub rate: Option<ExchangeRate>,
    /// The number of a voucher that the command may have to give out for the rest of another; none: it gives out none.
    pub new_voucher: Option<&'a GiftCardNumber>,
    /// On whose account a document that the command cancels is closed. A cashier's command is the cashier's; the
    /// rest is the word of the till alone.
    pub cause: CancelCause,
    /// The campaigns in force; none where there are none and the document has nothing of any.
    pub promotions: Option<&'a dyn Promotions>,
}

impl<'a> Facts<'a> {
    /// What every command needs. Nothing else was looked up; what a command needs besides is set by struct update.
    pub const fn new(
        moment: Moment,
        cashier: &'a OnDuty,
        policy: &'a Policy,
        till: TillFacts,
        next: NewDocument,
    ) -> Self {
        Self {
            moment,
            cashier,
            approval: None,
            policy,
            limits: policy.limits,
            counted: false,
            refused_birth: None,
            till,
            next,
            item: None,
            stock: &[],
            past_date: &[],
            pieces: &[],
            drawer_in_use: false,
            checks_pieces: false,
            numbered: &[],
            customer: None,
            original: None,
            suspended: None,
            rate: None,
            new_voucher: None,
            cause: CancelCause::Cashier,
            promotions: None,
        }
    }
}

/// A product of which pieces past their date lie on the shelf.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PastDate {
    /// What else of it may be sold; below nothing where more is promised.
    pub good: Decimal,
    /// The last good day of those that are past it: the latest, where there are several.
    pub expiry: NaiveDate,
}

/// A piece that the shop has seen before.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KnownPiece {
    /// The product it is a piece of.
    pub product: ProductId,
    /// Its serial number, unique within the product.
    pub serial: SerialNo,
    /// Where it lies, or how it went.
    pub whereabouts: Whereabouts,
}

/// Where a piece is that the shop has seen before.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Whereabouts {
    /// Where the till sells from.
    Here,
    /// Elsewhere in the shop.
    Elsewhere,
    /// Sold, and not back.
    Sold {
        /// The business date of the sale.
        on: NaiveDate,
        /// The number of the document that sold it.
        document: DocumentNumber,
    },
    /// Gone some other way: sent, taken out, missing.
    Gone,
}

impl Whereabouts {
    /// Whether it lies in the shop.
    pub const fn is_in_shop(self) -> bool {
        matches!(self, Self::Here | Self::Elsewhere)
    }
}

/// The till a document belongs to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TillFacts {
    /// The store it stands in.
    pub store: StoreId,
    /// Its own id, which every document carries.
    pub terminal: TerminalId,
    /// The currency it sells in.
    pub currency: Currency,
    /// Whether its prices contain tax.
    pub tax_mode: TaxMode,
    /// Training: documents never count.
    pub training: bool,
    /// The open period, which new documents and tenders count in.
    pub closure: ClosureNumber,
}

/// Number and identity for a new document; `receipt` is one more than the highest used in the period.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NewDocument {
    /// A fresh id, minted by the caller.
    pub id: DocumentId,
    /// The receipt number within the open period.
    pub receipt: u32,
}

/// What deciding needs to know of a customer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CustomerFacts {
    /// The customer whose figures these are.
    pub id: CustomerId,
    /// What may stay unpaid; none: no account.
    pub account_limit: Option<Money>,
    /// What is unpaid; below nothing is store credit, which the shop owes.
    pub account_balance: Money,
    /// What an invoice says of its buyer and is not known of this one.
    pub gaps: BuyerGaps,
    /// Whether they are a member of a loyalty program.
    pub is_member: bool,
}
