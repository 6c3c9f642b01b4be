//! Why a command was not carried out: typed, with the numbers a cashier or support would ask for.

use alloc::string::String;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::Kind;
use crate::{
    adjustment::{AdjustmentKind, AdjustmentSource, CouponRefusal},
    cashier::Capability,
    catalog::DepartmentNo,
    customer::BuyerGaps,
    ids::{AdjustmentNo, CouponId, DocumentNumber, LineNo, TenderNo},
    money::{AmountError, AmountIn, Currency, CurrencyCode},
    quantity::{ExchangeRate, Percent, Points, Quantity, UnitPrice},
    tender::TenderKind,
};

mod piece;

pub use self::piece::PieceRefusal;

/// Why a command was refused. Nothing changed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The cashier may not do this, and nobody who may has approved it. Ask a manager.
    #[error("needs the approval of someone with {capability}")]
    ApprovalNeeded {
        /// What the approver must hold.
        capability: Capability,
    },
    /// The store wants to know why, and nothing was said.
    #[error("a reason must be given")]
    ReasonNeeded,
    /// A float is what lies in the drawer before anything else does, and cash has moved since. Put the money in as paid in.
    #[error("cash has moved since the period began: a float is put in as paid in")]
    FloatTooLate,
    /// The command works on an open document, and there is none.
    #[error("no document is open")]
    NoDocument,
    /// What was put aside or sold in training is finished or brought back in training, and what was in earnest in earnest.
    #[error("the document was begun {}", if *training { "in training" } else { "in earnest" })]
    OtherMode {
        /// Whether it was begun in training.
        training: bool,
    },
    /// The command needs an empty till, and a document is open. Finish, suspend or cancel it first.
    #[error("document {number} is open")]
    DocumentOpen {
        /// The number of the open document.
        number: DocumentNumber,
    },
    /// The coupon does not count here.
    #[error(transparent)]
    Coupon(#[from] CouponRefusal),
    /// There is no such coupon on the document.
    #[error("the coupon is not on the document")]
    NoSuchCoupon {
        /// The coupon that the command names.
        coupon: CouponId,
    },
    /// The document has no active line.
    #[error("the document has no lines")]
    NoLines,
    /// There is no such active line.
    #[error("there is no active line {line}")]
    NoSuchLine {
        /// The line that the command names, of the open document or of the original sale.
        line: LineNo,
    },
    /// There is no such tender, or it does not count any more.
    #[error("there is no tender {tender}")]
    NoSuchTender {
        /// The tender that the command names.
        tender: TenderNo,
    },
    /// There is no such adjustment.
    #[error("there is no adjustment {}", adjustment.0)]
    NoSuchAdjustment {
        /// The adjustment that the command names.
        adjustment: AdjustmentNo,
    },
    /// What rules give is neither given nor taken back by hand, nor does a discount stand for a charge.
    #[error("no {} as {} is given or taken back by hand", kind.code(), given_as.code())]
    NotByHand {
        /// Down or up.
        kind: AdjustmentKind,
        /// What it was to be given for, or stands on the document for.
        given_as: AdjustmentSource,
    },
    /// The document is of a kind that does not allow this.
    #[error("not possible on this kind of document")]
    WrongKind {
        /// The kind of the document that stands in the way, or of the one that was to begin.
        kind: Kind,
    },
    /// No tip comes with such a tender, nor with what is paid out.
    #[error("no tip comes with {kind}")]
    TipNotTaken {
        /// The kind of tender that the tip came with.
        kind: TenderKind,
    },
    /// Nothing was looked up for the command; a mistake of the caller.
    #[error("the item was not looked up")]
    NotLookedUp,
    /// The product has no price and none was typed.
    #[error("{code} has no price: enter one")]
    PriceNeeded {
        /// The product's code, or the department's number.
        code: String,
    },
    /// It is no container that a deposit is charged for.
    #[error("{code} is no container")]
    NoContainer {
        /// The code of the product that was entered as empties.
        code: String,
    },
    /// The catalog gives no tax for the item; it must be mended there.
    #[error("no tax rate is set for {code}")]
    NoTax {
        /// The product's code, or the department's number.
        code: String,
    },
    /// The price is above what the department accepts.
    #[error("{price} is above the highest price {max} of department {department}")]
    AboveMaxPrice {
        /// The price of one unit that the line would have.
        price: UnitPrice,
        /// The highest price of one unit that the department accepts.
        max: UnitPrice,
        /// The item's sub department where it has one, else its main department.
        department: DepartmentNo,
        /// What both are in.
        currency: Currency,
    },
    /// The unit of the item does not allow so many fraction digits.
    #[error("a quantity of {unit} has at most {decimals} fraction digits, {quantity} was given")]
    QuantityNotAllowed {
        /// What the line would hold: what was entered times what one scan sells.
        quantity: Quantity,
        /// The code of the item's unit.
        unit: String,
        /// The most fraction digits a quantity of this unit has; 0 for what is counted in pieces.
        decimals: u8,
    },
    /// Not enough in stock, and the product must not go below.
    #[error("{wanted} of {code} wanted, {available} left in stock besides {held} on the document")]
    OutOfStock {
        /// The product's code.
        code: String,
        /// What there is, less what the document holds already; never below nothing.
        available: Decimal,
        /// What the document holds already.
        held: Decimal,
        /// How much more was asked for.
        wanted: Decimal,
    },
    /// The buyer's age must be confirmed first.
    #[error("confirm that the buyer is at least {minimum_age}")]
    AgeCheckNeeded {
        /// The age in years that the item asks of its buyer.
        minimum_age: u8,
    },
    /// The buyer is too young.
    #[error("born {birth_date}: younger than {minimum_age}")]
    TooYoung {
        /// The birth date that was entered, for this item or for one before it on the document.
        birth_date: NaiveDate,
        /// The age in years that the item asks of its buyer on the local date.
        minimum_age: u8,
    },
    /// A number is out of its bounds.
    #[error("{0}")]
    Amount(#[from] AmountError),
    /// A percentage entered by hand is from 1 to 100.
    #[error("{percent} % is not from 1 to 100 %")]
    PercentOutOfRange {
        /// The percentage as entered, below 1 or above 100.
        percent: Percent,
    },
    /// An amount off is from one minor unit to what it is taken off.
    #[error("{entered} is not from {least} to {most}")]
    AmountOutOfRange {
        /// The amount as entered, in the document's currency.
        entered: AmountIn,
        /// One minor unit of the document's currency.
        least: AmountIn,
        /// What it would be taken off or put on; of a surcharge on the document, the largest amount there is.
        most: AmountIn,
    },
    /// The line's total came with it, on a label: it is voided and sold anew, not changed.
    #[error("line {line} has its price from a label: void it and sell it anew")]
    PriceOnLabel {
        /// The line whose total its label states.
        line: LineNo,
    },
    /// The line brings goods back for what was paid for them: it is voided, not changed.
    #[error("line {line} gives back what was paid: void it instead")]
    ShareOfSale {
        /// The line of the open return.
        line: LineNo,
    },
    /// The product allows no discount by hand.
    #[error("{code} allows no discount")]
    DiscountNotAllowed {
        /// The code of the product or container on the line.
        code: String,
    },
    /// No line may be discounted.
    #[error("no line is left that a discount can be taken off")]
    NothingToDiscount,
    /// What is paid already would exceed what is due. Take a tender back first.
    #[error("{paid} is paid already, more than {due} would be due: take a tender back first")]
    PaidExceedsDue {
        /// What was taken, with what providers were asked for and have not answered.
        paid: AmountIn,
        /// What would be due.
        due: AmountIn,
    },
    /// Discounts or points exceed what would be left of the document or of the line they are on. Take them back first.
    #[error("discounts of {discount} exceed {total}: take them back first")]
    DiscountExceedsTotal {
        /// The discount as entered, before it is cut to what is there.
        discount: AmountIn,
        /// What there would be for it to be taken off.
        total: AmountIn,
    },
    /// Change is due; only the change key goes on.
    #[error("change of {change} is due")]
    ChangeDue {
        /// What was paid beyond what is due, not rounded to coins yet.
        change: AmountIn,
    },
    /// No change is due.
    #[error("no change is due")]
    NoChangeDue,
    /// Nothing is left to pay.
    #[error("already fully paid")]
    AlreadyPaid,
    /// Something is left to pay.
    #[error("{balance} is left to pay")]
    BalanceLeft {
        /// What the customer still owes; below nothing when the shop owes.
        balance: AmountIn,
    },
    /// The store does not accept the tender here.
    #[error("{kind} is not accepted here")]
    TenderNotAccepted {
        /// The kind of tender that was offered.
        kind: TenderKind,
    },
    /// The customer of the document has no account.
    #[error("the customer has no account")]
    NoAccount,
    /// A tip is from nothing to what the store takes of one.
    #[error("a tip of {tip} is not from nothing to {most}")]
    TipOutOfRange {
        /// The tip as entered, in the document's currency.
        tip: AmountIn,
        /// The store's share of what this document comes to; the largest amount there is where the store sets none.
        most: AmountIn,
    },
    /// More was given than the balance, and the tender gives no change, or not so much.
    #[error("{kind} gives at most {limit} in change, {change} would be due")]
    TooMuchChange {
        /// The kind of tender that was offered.
        kind: TenderKind,
        /// The most change that such a tender gives; nothing where it gives none.
        limit: AmountIn,
        /// What was offered beyond what is due.
        change: AmountIn,
    },
    /// More of one thing than the store expects. Look again; a command that says it was counted is carried out.
    #[error("{quantity} of {name} are more than {limit}: look again")]
    QuantityDoubted {
        /// The product's name.
        name: String,
        /// The quantity as entered, not multiplied by what one scan sells.
        quantity: Quantity,
        /// The most that is sold unasked.
        limit: Quantity,
    },
    /// Goods past their date. Look again; a command that says it was counted is carried out.
    #[error("{quantity} of {name} good until {expiry}: look again")]
    PastDate {
        /// The product's name.
        name: String,
        /// The quantity that the line would have.
        quantity: Quantity,
        /// The last day they were good.
        expiry: NaiveDate,
    },
    /// Goods past their date, which the store sells to nobody.
    #[error("{name} was good until {expiry}")]
    Expired {
        /// The product's name.
        name: String,
        /// The last day it was good.
        expiry: NaiveDate,
    },
    /// Notes and coins of which more would go back than the store expects. Count again; a tender that says it was
    /// counted is taken.
    #[error("{offered} for {due} gives {change} in change, more than {limit}: count it again")]
    ChangeDoubted {
        /// Cash or foreign notes: no other kind is doubted.
        kind: TenderKind,
        /// As entered, in the document's currency.
        offered: AmountIn,
        /// What is left to pay; in cash rounded to coins.
        due: AmountIn,
        /// What would go back.
        change: AmountIn,
        /// The most that goes back unasked.
        limit: AmountIn,
    },
    /// An amount in cash that the coins of the currency cannot make.
    #[error("{amount} cannot be paid in coins of {step}")]
    NotInCoins {
        /// The amount that was offered or would be paid out, in the document's currency.
        amount: AmountIn,
        /// The smallest coin of the currency, of which every amount in cash is a multiple.
        step: AmountIn,
    },
    /// Foreign notes, and nobody said how much of which currency: no report would expect them in the drawer.
    #[error("say the amount of the notes and their currency")]
    ForeignNotesNeeded,
    /// Foreign notes were offered at a rate that does not hold. Work their worth out anew.
    #[error("the rate of {currency} is {rate}")]
    RateChanged {
        /// The currency of the notes.
        currency: CurrencyCode,
        /// The rate that holds.
        rate: ExchangeRate,
    },
    /// The tender needs a customer on the document.
    #[error("{kind} needs a customer on the document")]
    CustomerNeeded {
        /// Store credit or the customer's account.
        kind: TenderKind,
    },
    /// An invoice says who bought, and no customer is on it.
    #[error("an invoice needs a customer on it")]
    BuyerNeeded,
    /// An invoice says of its buyer what is not known of this customer. Fill the record in first.
    #[error("the invoice needs of its customer: {missing}")]
    BuyerIncomplete {
        /// What the customer's record lacks.
        missing: BuyerGaps,
    },
    /// The customer's account does not stretch so far.
    #[error("the account allows {limit}; {owed} is owed and {amount} would be added")]
    AccountLimit {
        /// The most the customer may owe; nothing where no limit was agreed on.
        limit: AmountIn,
        /// What the customer owes with the tenders of this document; below nothing where the shop owes credit.
        owed: AmountIn,
        /// The tender that would be added to it.
        amount: AmountIn,
    },
    /// A tender waits for its provider.
    #[error("tender {tender} waits for an answer")]
    TenderPending {
        /// The first tender on the document that its provider has not answered.
        tender: TenderNo,
    },
    /// Nothing stays on a voucher, so that what it is worth must be said.
    #[error("say what the voucher is worth: nothing stays on it")]
    VoucherWorthNeeded,
    /// Nothing stays on a voucher, and on an order nothing is given back for its rest before that is handed over.
    #[error("the voucher is worth {rest} more than is due: nothing of it can be given back on an order")]
    VoucherWorthMore {
        /// By how much.
        rest: AmountIn,
    },
    /// A provider authorised the tender: have it reversed there, then take it back with the reference of that.
    #[error("tender {tender} was authorised as {authorisation}: reverse it with the provider first")]
    ReversalNeeded {
        /// The tender that was to be taken back.
        tender: TenderNo,
        /// What the provider called it.
        authorisation: String,
    },
    /// Tenders were taken; they must be taken back first.
    #[error("{paid} was taken: take the tenders back first")]
    TendersTaken {
        /// What was taken in all; where the customer is to change, by the first tender that needs one.
        paid: AmountIn,
    },
    /// Points are somebody's: the document has no customer.
    #[error("points need a customer on the document")]
    PointsNeedCustomer,
    /// No points, more than there can be, or points for nothing.
    #[error("{points} points for {amount} are no redemption")]
    NothingToRedeem {
        /// The points that were to be redeemed.
        points: Points,
        /// The discount that was named for them.
        amount: AmountIn,
    },
    /// Points would pay more than is due.
    #[error("points for {amount} are more than the {due} that is due")]
    PointsExceedDue {
        /// The discount that the points would give.
        amount: AmountIn,
        /// What is left to pay.
        due: AmountIn,
    },
    /// So many points make another amount.
    #[error("{points} points are not redeemed for {amount} but for {worth}")]
    PointsWorthOther {
        /// The points that were named, or that the document redeems.
        points: Points,
        /// The amount that was named.
        amount: AmountIn,
        /// The amount that the rules make of as many of them as they allow.
        worth: AmountIn,
    },
    /// The document redeems points of its customer. Take the redemption back first.
    #[error("{points} points of the customer are redeemed: take them back first")]
    PointsRedeemed {
        /// All the points that the document redeems.
        points: Points,
    },
    /// The goods may not be brought back.
    #[error("{code} may not be returned")]
    NotReturnable {
        /// The product's code, or the department's number.
        code: String,
    },
    /// The time for bringing back is over.
    #[error("could be returned until {until}")]
    ReturnPeriodOver {
        /// The last local date on which it could.
        until: NaiveDate,
    },
    /// More than is left of the sold line.
    #[error("{left} of line {line} can still be returned")]
    MoreThanSold {
        /// The line of the original sale.
        line: LineNo,
        /// What is left of it.
        left: Decimal,
    },
    /// More than the original tender of this kind still holds.
    #[error("{kind} can take back {left} at most")]
    MoreThanPaid {
        /// The kind of tender that was to pay it out.
        kind: TenderKind,
        /// The most that can be paid out by it still.
        left: AmountIn,
    },
    /// Something of pieces with serial numbers.
    #[error(transparent)]
    Piece(#[from] PieceRefusal),
    /// The document cannot be refunded: not a completed sale, or of another currency.
    #[error("this document cannot be refunded")]
    NotRefundable,
    /// The document is no quote that can be sold at this till: of another kind, currency or tax mode, or practice.
    #[error("this is no quote that can be sold here")]
    NoQuote,
    /// The document has as many lines as one may have.
    #[error("a document has at most {max} lines")]
    TooManyLines {
        /// The most lines a document of this store has; voided ones count.
        max: u32,
    },
    /// The document has as many notes as one may have.
    #[error("a document has at most {max} notes")]
    TooManyNotes {
        /// The most notes that one document has.
        max: usize,
    },
    /// What was typed looks like the number of a card, which is not kept.
    #[error("this looks like the number of a card, which is not kept: {digits} digits")]
    CardNumber {
        /// How many digits the reference of the card payment has, whatever stands between them.
        digits: usize,
    },
    /// Of a card the last four digits are kept and nothing else.
    #[error("only the last {max} digits of a card are kept")]
    NotLastDigits {
        /// The most digits that are kept of a card.
        max: usize,
    },
    /// A text is too long or empty.
    #[error("the text must have 1 to {max} characters")]
    BadText {
        /// The most characters this text may have, blanks at its ends left out.
        max: usize,
    },
    /// A text holds a character that cannot be printed, or one that turns the order of what follows.
    #[error("the text holds a character that cannot be printed (U+{code_point:04X})")]
    UnprintableText {
        /// The first such character, by its Unicode number.
        code_point: u32,
    },
}
