//! Money or worth given: the kinds of tender and what is recorded of one.

use alloc::{boxed::Box, string::String, vec::Vec};
use core::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    authority::Void,
    ids::{CashierId, ClosureNumber, DocumentId, GiftCardId, TenderNo},
    money::{Currency, Money},
    quantity::ExchangeRate,
    time::Moment,
};

mod denomination;
mod gift_card;
mod key;

pub use denomination::Denominations;
pub use gift_card::{GiftCardNumber, NotAGiftCard};
pub use key::{AmountNeeded, TenderKey};

/// The method of a tender.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TenderKind {
    /// Notes and coins of the document's currency.
    Cash,
    /// A payment card.
    CreditCard,
    /// A cheque.
    Cheque,
    /// Credit the store granted, such as a return that was not paid out.
    StoreCredit,
    /// A gift card, prepaid card or voucher.
    PrepaidCard,
    /// A payment by telephone or wallet.
    Mobile,
    /// Notes of another currency, at a rate.
    ForeignCurrency,
    /// On the customer's account, to be paid later.
    OnAccount,
    /// A bank transfer.
    BankTransfer,
    /// Anything else.
    Other,
}

impl TenderKind {
    /// All kinds, in the order screens and reports list them.
    pub const ALL: [Self; 10] = [
        Self::Cash,
        Self::CreditCard,
        Self::Cheque,
        Self::StoreCredit,
        Self::PrepaidCard,
        Self::Mobile,
        Self::ForeignCurrency,
        Self::OnAccount,
        Self::BankTransfer,
        Self::Other,
    ];

    /// The stored code, such as `credit_card`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Cash => "cash",
            Self::CreditCard => "credit_card",
            Self::Cheque => "cheque",
            Self::StoreCredit => "store_credit",
            Self::PrepaidCard => "prepaid_card",
            Self::Mobile => "mobile",
            Self::ForeignCurrency => "foreign_currency",
            Self::OnAccount => "on_account",
            Self::BankTransfer => "bank_transfer",
            Self::Other => "other",
        }
    }

    /// The kind of a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether, by default, more than the balance may be given and change comes back. A store
    /// can narrow it in its policy, or widen it to what [`TenderKind::may_give_change`].
    pub const fn gives_change(self) -> bool {
        matches!(self, Self::Cash | Self::Cheque | Self::ForeignCurrency)
    }

    /// Whether a store may let it give change at all. What the shop lends, or takes off what a card or voucher holds, is
    /// never more than is due: change would be money for nothing.
    pub const fn may_give_change(self) -> bool {
        !self.needs_customer() && !matches!(self, Self::PrepaidCard)
    }

    /// Whether a refund goes back the way the money came: to a card, an account, a wallet. What was paid in notes,
    /// by cheque or with a store's credit is paid back in cash or credit.
    pub const fn is_refunded_in_kind(self) -> bool {
        matches!(
            self,
            Self::CreditCard | Self::PrepaidCard | Self::Mobile | Self::OnAccount | Self::BankTransfer
        )
    }

    /// Whether a tip may come with it: what is in hand in the till's currency, or charged elsewhere. What a card, an
    /// account or a credit of ours bears is the document alone.
    pub const fn takes_tip(self) -> bool {
        matches!(
            self,
            Self::Cash | Self::CreditCard | Self::Cheque | Self::Mobile | Self::BankTransfer | Self::Other
        )
    }

    /// Whether a known customer must be on the document.
    pub const fn needs_customer(self) -> bool {
        matches!(self, Self::StoreCredit | Self::OnAccount)
    }
}

impl fmt::Display for TenderKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Which way a tender goes.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the customer to the shop.
    In,
    /// From the shop to the customer: refunds.
    Out,
}

/// How far a tender has come.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TenderStatus {
    /// It counts as paid.
    Approved,
    /// A terminal or provider has not answered; completion waits for it.
    Pending,
    /// Refused by the provider; it never counted.
    Declined,
}

/// Foreign notes given, before conversion.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ForeignCash {
    /// The currency of the notes.
    pub currency: Currency,
    /// How much of it, in its own minor units.
    pub amount: Money,
    /// The rate used, kept for ever: one unit of the document's currency buys this much.
    pub rate: ExchangeRate,
}

/// How a tip came.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TipKind {
    /// Notes and coins; in the drawer until paid out.
    Cash,
    /// With the card payment.
    Card,
    /// Added by rule, such as for large parties.
    AutoGratuity,
}

impl TipKind {
    /// How a tip comes that is given with such a tender.
    pub const fn with(kind: TenderKind) -> Self {
        if matches!(kind, TenderKind::Cash) { Self::Cash } else { Self::Card }
    }
}

/// A tip given with a tender; never part of the tender's amount.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Tip {
    /// How much, in the document's currency.
    pub amount: Money,
    /// How it came, which says whether it lies in the drawer.
    pub kind: TipKind,
}

/// What is known of a tender besides its amount. Nothing here identifies a card or an account by itself: at most
/// the last four digits are kept.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct TenderDetails {
    /// Cheque, gift card, voucher or transfer number, or a provider's reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The authorisation a card terminal gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorisation: Option<String>,
    /// Last four digits of a card or account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last4: Option<String>,
    /// Bank of a cheque.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank: Option<String>,
    /// Date a cheque may be presented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_date: Option<NaiveDate>,
    /// Number of instalments, 1 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installments: Option<u8>,
    /// The gift card, where a hub keeps its balance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gift_card: Option<GiftCardId>,
    /// Balance of a gift card before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance_before: Option<Money>,
    /// Balance of a gift card after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance_after: Option<Money>,
    /// What becomes of the rest of a voucher that was worth more, when the document is settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rest: Option<Box<Rest>>,
}

/// What became of the rest of a voucher.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rest {
    /// Nobody gets it.
    Lost {
        /// How much.
        amount: Money,
    },
    /// It is on a voucher of its own, whose number its owner gets with the receipt.
    NewVoucher {
        /// The number; whoever knows it can spend it.
        number: String,
        /// How much.
        amount: Money,
    },
}

/// What kind of prepaid card paid.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PrepaidKind {
    /// A card with a number of its own, whoever keeps its balance.
    GiftCard,
    /// A voucher: what is written on it is no number of a card.
    Voucher,
    /// Nothing was said of it.
    Unnamed,
}

impl PrepaidKind {
    /// All kinds, in the order reports list them.
    pub const ALL: [Self; 3] = [Self::GiftCard, Self::Voucher, Self::Unnamed];

    /// The kind of a tender; none of one that is no prepaid card.
    pub fn of(tender: &Tender) -> Option<Self> {
        Self::shown(tender.kind, &tender.details)
    }

    /// The kind of what is shown to pay by, or to be paid back onto. What reads as the number of a card is never a voucher:
    /// somebody may keep its balance.
    pub fn shown(kind: TenderKind, details: &TenderDetails) -> Option<Self> {
        if kind != TenderKind::PrepaidCard {
            return None;
        }
        Some(match (details.gift_card, &details.reference) {
            (Some(_), _) => Self::GiftCard,
            (None, Some(number)) if GiftCardNumber::parse(number).is_ok() => Self::GiftCard,
            (None, Some(_)) => Self::Voucher,
            (None, None) => Self::Unnamed,
        })
    }

    /// The code it is listed under.
    pub const fn code(self) -> &'static str {
        match self {
            Self::GiftCard => "gift_card",
            Self::Voucher => "voucher",
            Self::Unnamed => "unnamed",
        }
    }
}

/// A tender on a document. Its amount is positive; the direction says which way it went.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Tender {
    /// Its position on the document.
    pub no: TenderNo,
    /// The kind of tender.
    pub kind: TenderKind,
    /// Which way it went.
    pub direction: Direction,
    /// Its worth in the document's currency, before change.
    pub amount: Money,
    /// Cash rounding this tender brought: added to what is due so that coins can settle it.
    #[serde(default, skip_serializing_if = "Money::is_zero_ref")]
    pub rounding: Money,
    /// Change given out of it. A deposit that is paid back mirrors it: as much comes back from the customer.
    #[serde(default, skip_serializing_if = "Money::is_zero_ref")]
    pub change: Money,
    /// How far it has come.
    pub status: TenderStatus,
    /// The moment whose campaigns it was asked for by, where a provider had to answer first or change has a key of its own:
    /// what completes the document then keeps them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Moment>,
    /// What campaigns counted it as, where that is not its amount: a tender earns its discount before its amount is fixed,
    /// and keeps it for as long as it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged_as: Option<Money>,
    /// The period it was taken in; an order's deposit may precede its completion.
    pub closure: ClosureNumber,
    /// Who took it, or paid it out: whose drawer it moved.
    pub taken_by: CashierId,
    /// The manager who agreed to pay it out: a refund by other means than the sale was paid with, or a large payment of an
    /// earlier period taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<CashierId>,
    /// The foreign notes behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreign: Option<ForeignCash>,
    /// A tip on top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tip: Option<Tip>,
    /// What else is known of it.
    #[serde(default)]
    pub details: TenderDetails,
    /// The tender of the original sale that a refund gives back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refunds: Option<(DocumentId, TenderNo)>,
    /// What the credit of an exchange was paid with, kind by kind, of the kinds that a refund goes back to: refunds of
    /// what the credit paid for are bound to them as if they had paid for it themselves. The rest of it is free.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paid_with: Vec<(TenderKind, Money)>,
    /// The two halves of an exchange settle each other by it: a credit that nobody holds or owes.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub sets_off: bool,
    /// The provider's reference of the reversal, once what it authorised was taken back or paid back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reversal: Option<String>,
    /// Set when it was taken back before completion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub void: Option<Void>,
}

impl Tender {
    /// How much of it is of a kind: all that it brought, the change taken off, where it is of the kind itself, and what the
    /// credit of an exchange in it was paid with.
    pub fn of_kind(&self, kind: TenderKind, is_own: bool) -> Money {
        let carried = |of: Option<TenderKind>| -> Money {
            let parts = self.paid_with.iter().filter(|(known, _)| of.is_none_or(|of| of == *known));
            parts.map(|(_, amount)| *amount).sum()
        };
        let own = if is_own { self.amount - self.change - carried(None) } else { Money::ZERO };
        own + carried(Some(kind))
    }

    /// Whether it counts as paid: approved and not taken back.
    pub fn counts(&self) -> bool {
        self.void.is_none() && self.status == TenderStatus::Approved
    }

    /// What it adds to what its customer owes: a sale on account or for store credit adds to it, a refund to either takes
    /// off it.
    pub fn adds_to_account(&self) -> Money {
        if self.sets_off || !self.kind.needs_customer() {
            return Money::ZERO;
        }
        match self.direction {
            Direction::In => self.amount,
            Direction::Out => -self.amount,
        }
    }

    /// Whether it waits for a provider's answer.
    pub fn is_pending(&self) -> bool {
        self.void.is_none() && self.status == TenderStatus::Pending
    }

    /// Whether what completes its document may come later than what it pays was priced.
    pub(crate) fn is_asked_later(&self) -> bool {
        self.is_pending() || self.counts() && self.asked_at.is_some()
    }
}
