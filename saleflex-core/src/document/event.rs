//! What happened: the events that make a document, journalled and never edited.

use alloc::{boxed::Box, collections::BTreeMap, string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{AgeCheck, CancelCause, Document, Note, Pricing, TaxExemption, UsageCount};
use crate::{
    adjustment::{AppliedCoupon, DocumentAdjustment, LineAdjustment},
    authority::{Authority, Void},
    basket::{LineItem, PriceOverride},
    catalog::SerialNo,
    ids::{
        AdjustmentNo, CampaignId, CashierId, ClosureNumber, CouponId, CustomerId, DocumentId, DocumentNumber,
        LineNo, TenderNo,
    },
    money::Money,
    quantity::{Points, Quantity, UnitPrice},
    tender::{Tender, TenderKind},
    time::Moment,
};

/// One thing that happened to a document.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// A document began and has its number: the document as it was then, without lines.
    DocumentOpened(Box<Document>),
    /// A line was added. Its computed figures are derived anew when the event is applied.
    LineAdded {
        /// The line as it was added.
        line: Box<LineItem>,
    },
    /// A line was taken back.
    LineVoided {
        /// The line that was voided; its number is not used again.
        line: LineNo,
        /// Why and by whom.
        void: Void,
    },
    /// A line of a return is worth another share of what was sold now: it takes the place of the one with its number.
    LineRestated {
        /// The line as it stands now.
        line: Box<LineItem>,
    },
    /// The quantity of a line changed; less of it is a void of the difference.
    QuantityChanged {
        /// The line whose quantity changed.
        line: LineNo,
        /// What it holds from now on, in the item's unit.
        quantity: Quantity,
        /// Who changed it, and who approved it where that took a manager.
        authority: Authority,
    },
    /// The pieces of a line were named.
    PiecesNamed {
        /// The line that the pieces are of.
        line: LineNo,
        /// One serial number for each piece.
        serials: Vec<SerialNo>,
    },
    /// The price of a line changed.
    PriceOverridden {
        /// The line whose price changed.
        line: LineNo,
        /// The new price of one unit.
        price: UnitPrice,
        /// Why and by whom.
        price_override: PriceOverride,
    },
    /// A line was discounted or marked up.
    LineAdjusted {
        /// The line that was adjusted.
        line: LineNo,
        /// The discount or markup, with what it came to when it was given.
        adjustment: LineAdjustment,
    },
    /// The document was discounted or surcharged.
    DocumentAdjusted {
        /// How; its amount and shares are derived anew when the event is applied.
        adjustment: DocumentAdjustment,
    },
    /// A document-level adjustment was taken back.
    AdjustmentRemoved {
        /// The number of the adjustment, which is not used again.
        adjustment: AdjustmentNo,
        /// Who took it back; it takes no approval.
        authority: Authority,
    },
    /// Campaigns give other discounts than before, or the same at a later hour that counts from now on: these stand in the
    /// place of all earlier ones.
    CampaignsPriced {
        /// The discounts with their shares, in the order of the campaigns.
        discounts: Vec<DocumentAdjustment>,
        /// When, where a provider is being asked meanwhile or change has a key of its own: what completes the document then
        /// pays these prices.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        asked_again: Option<Moment>,
        /// Whether ways to pay earn nothing, because it would be as much as was left to pay.
        #[serde(default, skip_serializing_if = "core::ops::Not::not")]
        tenders_earn_nothing: bool,
        /// What is to be paid where no way to pay earns anything, where campaigns ask for a share of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<Money>,
        /// How often campaigns had been used, where what completes the document may come another day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        uses: Option<BTreeMap<CampaignId, UsageCount>>,
    },
    /// A coupon was applied.
    CouponApplied {
        /// The coupon and the campaign it unlocks.
        coupon: AppliedCoupon,
        /// Who entered it; it takes no approval.
        authority: Authority,
    },
    /// A coupon was taken off.
    CouponReleased {
        /// The coupon that was taken off.
        coupon: CouponId,
        /// Who took it off; it takes no approval.
        authority: Authority,
    },
    /// A note was written.
    NoteAdded {
        /// The note.
        note: Note,
    },
    /// The customer was set.
    CustomerAssigned {
        /// The customer in the place of any before; none for a walk-in.
        customer: Option<CustomerId>,
    },
    /// The document became exempt from tax.
    TaxExempted {
        /// Why and by whom.
        exemption: TaxExemption,
    },
    /// The buyer's age was checked.
    AgeConfirmed {
        /// For which age it was checked, by what and by whom.
        check: AgeCheck,
    },
    /// A tender was taken or paid out.
    TenderTaken {
        /// The tender as it stands on the document.
        tender: Box<Tender>,
        /// Why and by whom, where it takes back what an earlier period counted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        takes_back: Option<Void>,
    },
    /// A provider answered.
    TenderResolved {
        /// The tender that waited for the answer.
        tender: TenderNo,
        /// Whether it was approved.
        approved: bool,
        /// The provider's authorisation; without its reversal the tender cannot be taken back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        authorisation: Option<String>,
    },
    /// A tender was taken back.
    TenderVoided {
        /// The tender that does not count any more.
        tender: TenderNo,
        /// Why and by whom.
        void: Void,
        /// The provider's reference of the reversal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reversal: Option<String>,
        /// Foreign notes that stay and are worth something else without it, and what.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        revalued: Option<(TenderNo, Money)>,
    },
    /// Change was handed out.
    ChangeGiven {
        /// What was handed out, as much as coins can make.
        amount: Money,
        /// What rounding to the smallest coin added to what is owed.
        #[serde(default, skip_serializing_if = "Money::is_zero_ref")]
        rounding: Money,
        /// The tender it was given out of; the rounding belongs to it as well.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tender: Option<TenderNo>,
    },
    /// A refund took over what roundings of the sale and its earlier refunds left, and the points that come back.
    RefundSettled {
        /// Added to what is paid back.
        carried_rounding: Money,
        /// Points that come back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        points: Option<Points>,
    },
    /// The open return is set off against a sale that begins now.
    ExchangeStarted {
        /// The sale, without lines.
        sale: Box<Document>,
    },
    /// The document was put aside.
    DocumentSuspended {
        /// When it was put aside.
        at: Moment,
        /// The cashier who put it aside.
        by: CashierId,
        /// The period it counts as suspended in.
        closure: ClosureNumber,
    },
    /// Empties came to the open sale: the return that pays them out begins, and is set off against the sale.
    EmptiesBegun {
        /// The return, without lines.
        returned: Box<Document>,
    },
    /// Empties were taken by the return that the open sale is set off against.
    EmptiesTaken {
        /// Their line on the return. Its computed figures are derived anew when the event is applied.
        line: Box<LineItem>,
    },
    /// Empties that the open sale was set off against went with the customer again, and with the last ones their return.
    EmptiesVoided {
        /// Their line on the return.
        line: LineNo,
        /// Why and by whom.
        void: Void,
    },
    /// A suspended document was taken up.
    DocumentResumed {
        /// Its number in the period of resumption, where that is a later one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<DocumentNumber>,
        /// The number that the return it is exchanged for has there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        returned: Option<DocumentNumber>,
        /// The cashier who took it up.
        by: CashierId,
    },
    /// The document is settled for ever.
    DocumentCompleted {
        /// When it was settled; the days for bringing back run from here.
        at: Moment,
        /// The cashier who settled it.
        by: CashierId,
        /// The period it counts in.
        closure: ClosureNumber,
        /// Everything that the price was made from.
        pricing: Box<Pricing>,
        /// Worth of the exchanged return that settled part of this sale, as a store credit between the two.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exchange_credit: Option<Money>,
        /// What that credit was paid with, of the kinds that a refund goes back to.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        credit_paid_with: Vec<(TenderKind, Money)>,
    },
    /// The document was closed without effect.
    DocumentCancelled {
        /// When it was closed.
        at: Moment,
        /// Who closed it, and who approved it where that took a manager.
        authority: Authority,
        /// The period it counts in.
        closure: ClosureNumber,
        /// What closed it.
        cause: CancelCause,
        /// Why, in words, frozen as typed; none where nothing was said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// A document that never had a line was left; its number is free again.
    DocumentAbandoned {
        /// The document that was left.
        document: DocumentId,
    },
    /// The approver of the events before said why. Whose word they are stands in each of them.
    ApprovalExplained {
        /// The manager whose approval stands in those events.
        by: CashierId,
        /// Why, in their words.
        reason: String,
    },
    /// The drawer was opened without a sale. It belongs to no document.
    DrawerOpened {
        /// Why, in words, frozen as typed; none where nothing was said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// Who opened it, and who approved it where they may not alone.
        authority: Authority,
    },
}

impl Event {
    /// The event's name as it stands in the journal, such as `line_added`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::DocumentOpened(_) => "document_opened",
            Self::LineAdded { .. } => "line_added",
            Self::LineVoided { .. } => "line_voided",
            Self::LineRestated { .. } => "line_restated",
            Self::QuantityChanged { .. } => "quantity_changed",
            Self::PiecesNamed { .. } => "pieces_named",
            Self::PriceOverridden { .. } => "price_overridden",
            Self::LineAdjusted { .. } => "line_adjusted",
            Self::DocumentAdjusted { .. } => "document_adjusted",
            Self::AdjustmentRemoved { .. } => "adjustment_removed",
            Self::CampaignsPriced { .. } => "campaigns_priced",
            Self::CouponApplied { .. } => "coupon_applied",
            Self::CouponReleased { .. } => "coupon_released",
            Self::NoteAdded { .. } => "note_added",
            Self::CustomerAssigned { .. } => "customer_assigned",
            Self::TaxExempted { .. } => "tax_exempted",
            Self::AgeConfirmed { .. } => "age_confirmed",
            Self::TenderTaken { .. } => "tender_taken",
            Self::TenderResolved { .. } => "tender_resolved",
            Self::TenderVoided { .. } => "tender_voided",
            Self::ChangeGiven { .. } => "change_given",
            Self::RefundSettled { .. } => "refund_settled",
            Self::ExchangeStarted { .. } => "exchange_started",
            Self::EmptiesBegun { .. } => "empties_begun",
            Self::EmptiesTaken { .. } => "empties_taken",
            Self::EmptiesVoided { .. } => "empties_voided",
            Self::DocumentSuspended { .. } => "document_suspended",
            Self::DocumentResumed { .. } => "document_resumed",
            Self::DocumentCompleted { .. } => "document_completed",
            Self::DocumentCancelled { .. } => "document_cancelled",
            Self::DocumentAbandoned { .. } => "document_abandoned",
            Self::ApprovalExplained { .. } => "approval_explained",
            Self::DrawerOpened { .. } => "drawer_opened",
        }
    }
}
