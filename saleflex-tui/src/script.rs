//! Selling by a script: one step a line, for tests, demonstrations and machines without a screen.
//!
//! The format is described in `docs/sell-script.md`. [`parse_line`] is pure; carrying steps out is the task of
//! the runner.

use std::borrow::Cow;

use rust_decimal::Decimal;
use saleflex_core::{
    adjustment::AdjustmentSource,
    basket::GoodsState,
    catalog::DepartmentNo,
    catalog::SerialNo,
    document::{AgeEvidence, CashMovementKind, ExemptionKind, NoteKind},
    ids::{ClosureNumber, LineNo, TenderNo},
    money::{CurrencyCode, parse_decimal},
    quantity::{Percent, Points, Quantity, UnitPrice},
    tender::{TenderDetails, TenderKind},
};

use crate::effect::Credentials;

mod error;
mod kinds;
mod paying;
pub mod run;
#[cfg(test)]
mod tests;
mod words;

pub use error::{ScriptError, What};
pub use kinds::DocumentWord;
use words::Words;

/// One step of a script.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Step {
    /// An empty line or a comment.
    Nothing,
    /// Log in.
    Login(Credentials),
    /// Log out.
    Logout,
    /// Do something for a reason.
    Because {
        /// What.
        step: Box<Self>,
        /// Why.
        reason: String,
    },
    /// A manager approves the next step.
    Approve(Credentials),
    /// How the buyer's age was checked, for the next step.
    Age(AgeEvidence),
    /// Sell a code.
    Sell {
        /// The code or barcode.
        code: String,
        /// How many.
        quantity: Option<Quantity>,
        /// A typed price of one.
        price: Option<UnitPrice>,
        /// Which pieces, where each has a serial number.
        serials: Vec<SerialNo>,
        /// It was looked at again: how many, how old, and serial numbers that nobody knows here.
        counted: bool,
    },
    /// Sell by a department.
    Department {
        /// Its number.
        no: DepartmentNo,
        /// The price.
        price: UnitPrice,
    },
    /// Take a line back.
    Void(LineNo),
    /// Copy a line.
    Repeat(LineNo),
    /// Change the quantity of a line.
    Quantity {
        /// Which line.
        line: LineNo,
        /// How much it is to have.
        quantity: Quantity,
        /// It was counted again: however many there are is right.
        counted: bool,
    },
    /// Change the price of a line.
    Price {
        /// Which line.
        line: LineNo,
        /// The new price of one.
        price: UnitPrice,
        /// It was looked at again: however much it is is right.
        counted: bool,
    },
    /// Discount or mark up.
    Adjust {
        /// Down.
        is_discount: bool,
        /// What.
        target: Target,
        /// By how much.
        value: Value,
        /// For what, on a document; where absent the usual.
        source: Option<AdjustmentSource>,
    },
    /// Charge no tax.
    Exempt {
        /// What the law calls it, by its code.
        kind: Option<ExemptionKind>,
        /// The certificate shown.
        certificate: Option<String>,
        /// Why.
        reason: String,
    },
    /// Write a note on the document.
    Note {
        /// For whom.
        kind: NoteKind,
        /// What it says.
        text: String,
    },
    /// Put a coupon on the document.
    Coupon(String),
    /// Wait until the hub has answered what it was asked to lend, so many seconds at most.
    Wait(u32),
    /// Put a customer on the document by code.
    Customer(String),
    /// Begin a document.
    Open(DocumentWord),
    /// Take a tender.
    Pay {
        /// The method.
        kind: TenderKind,
        /// How much; the balance where absent.
        amount: Option<Major>,
        /// The currency of foreign notes.
        currency: Option<CurrencyCode>,
        /// A tip on top, a percentage of what the document comes to; of an amount in cash it is a part.
        tip: Option<Value>,
        /// What is on a gift card: no more is taken than that.
        balance: Option<Major>,
        /// What else is known of it.
        details: Box<TenderDetails>,
        /// The provider has yet to answer.
        is_pending: bool,
        /// It was counted again: however much change it gives is right.
        is_counted: bool,
    },
    /// Take a tender back.
    VoidTender {
        /// Which; the last where none is named.
        tender: Option<TenderNo>,
        /// The provider's reference of the reversal.
        reversal: Option<String>,
    },
    /// Record a provider's answer.
    Answer {
        /// To which tender; to the last that waits where none is named.
        tender: Option<TenderNo>,
        /// Whether it was approved.
        approved: bool,
        /// The provider's authorisation.
        authorisation: Option<String>,
    },
    /// Turn points into a discount.
    Redeem(Points),
    /// Hand out the change.
    Change,
    /// Complete with nothing to pay.
    Close,
    /// Put the document aside.
    Suspend(Option<String>),
    /// Take up a suspended document.
    Resume(String),
    /// Cancel the document.
    Cancel,
    /// Take goods of a sale back.
    Return {
        /// The receipt of the sale.
        receipt: String,
        /// The line on it.
        line: LineNo,
        /// How many.
        quantity: Quantity,
        /// Their state; only as new they go back on the shelf.
        state: GoodsState,
        /// Which pieces, where each has a serial number.
        serials: Vec<SerialNo>,
    },
    /// Take empties and pay their deposit out, or off the open sale.
    Empties {
        /// The container's code.
        code: String,
        /// How many.
        quantity: Option<Quantity>,
        /// It was counted again: however many there are is right.
        counted: bool,
    },
    /// Take goods back without a receipt.
    ReturnWithoutReceipt {
        /// The code.
        code: String,
        /// How many.
        quantity: Option<Quantity>,
        /// Their state; only as new they go back on the shelf.
        state: GoodsState,
        /// Which pieces, where each has a serial number.
        serials: Vec<SerialNo>,
    },
    /// Set the open return off against a new sale.
    Exchange,
    /// Money in or out of the drawer.
    Cash {
        /// Which way.
        kind: CashMovementKind,
        /// How much.
        amount: Major,
        /// Why.
        reason: String,
        /// It was counted again: the drawer holds as much.
        counted: bool,
    },
    /// Open the drawer.
    Drawer,
    /// Print the last receipt or report, or a copy of a receipt.
    Print(Option<String>),
    /// Print a copy of the Z report of a closed period.
    PrintZ(ClosureNumber),
    /// Begin a sale of what a quote offered.
    Convert(String),
    /// Print the X report.
    X,
    /// Declare an amount with the count that closes the period, as the country's figures ask for it.
    Declare {
        /// How much.
        amount: Major,
        /// What it is called, which may have blanks in it.
        name: String,
    },
    /// Close the period and print the Z report.
    Z {
        /// What was counted in the drawer.
        counted: Option<Major>,
        /// Why it differs from what is expected.
        reason: Option<String>,
    },
}

/// An amount in major units, as scripts write it: `12.34`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Major(pub Decimal);

/// What a discount is on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Target {
    /// A line.
    Line(LineNo),
    /// The last line.
    Last,
    /// The whole document.
    Document,
}

/// By how much.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Value {
    /// A share.
    Percent(Percent),
    /// An amount.
    Amount(Major),
}

/// Longest line of a script, in characters.
const LONGEST_LINE: usize = 4_000;
/// The most seconds that one step waits.
const LONGEST_WAIT_S: u32 = 60;
/// What says that whoever wrote it looked again.
const COUNTED: &str = "counted";
/// Longest piece of a line that a message repeats.
const LONGEST_SHOWN: usize = 60;

/// Reads one line.
///
/// # Errors
/// [`ScriptError`] with what is wrong.
pub fn parse_line(line: &str) -> Result<Step, ScriptError> {
    if line.chars().count() > LONGEST_LINE {
        return Err(ScriptError::TooLong { max: LONGEST_LINE });
    }
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(Step::Nothing);
    }
    let mut words = Words::new(line);
    let mut step = step(&mut words)?;
    if words.is_reason() && step.keeps_reason() {
        step = Step::Because { step: Box::new(step), reason: words.because()? };
    }
    match words.rest() {
        "" => Ok(step),
        rest => Err(ScriptError::TooMuch { rest: shown(rest) }),
    }
}

impl Step {
    /// Whether it may end with why it is done.
    const fn keeps_reason(&self) -> bool {
        matches!(
            self,
            Self::Approve(_)
                | Self::Sell { .. }
                | Self::Department { .. }
                | Self::Void(_)
                | Self::Price { .. }
                | Self::Adjust { .. }
                | Self::VoidTender { .. }
                | Self::Cancel
                | Self::Return { .. }
                | Self::ReturnWithoutReceipt { .. }
                | Self::Drawer
        )
    }
}

fn step(words: &mut Words<'_>) -> Result<Step, ScriptError> {
    Ok(match words.step {
        "login" => Step::Login(words.credentials()?),
        "logout" => Step::Logout,
        "approve" => Step::Approve(words.credentials()?),
        "age" => Step::Age(words.age()?),
        "sell" => sell(words)?,
        "department" => {
            let no = words.number::<u32>(What::Department)?;
            Step::Department { no: DepartmentNo(no), price: words.price(What::Price)? }
        }
        "void" => Step::Void(words.line()?),
        "repeat" => Step::Repeat(words.line()?),
        "quantity" => {
            let (line, quantity) = (words.line()?, words.quantity(What::Quantity)?);
            Step::Quantity { line, quantity, counted: words.takes(COUNTED) }
        }
        "price" => {
            let (line, price) = (words.line()?, words.price(What::Price)?);
            Step::Price { line, price, counted: words.takes(COUNTED) }
        }
        "discount" => adjust(words, true)?,
        "markup" => adjust(words, false)?,
        "exempt" => Step::Exempt {
            kind: words.exemption(),
            certificate: words.before_reason(|words| words.word(What::Certificate).map(Cow::into_owned))?,
            reason: words.because()?,
        },
        "note" | "kitchen-note" | "delivery-note" | "internal-note" => words.note()?,
        "coupon" => Step::Coupon(words.text(What::Coupon)?),
        "wait" => Step::Wait(words.seconds()?),
        "customer" => Step::Customer(words.word(What::Customer)?.into_owned()),
        "open" => Step::Open(words.document()?),
        "pay" => paying::pay(words)?,
        "void-tender" => void_tender(words)?,
        "answer" => paying::answer(words)?,
        "redeem" => Step::Redeem(Points::new(words.number(What::Points)?)),
        "change" => Step::Change,
        "close" => Step::Close,
        "suspend" => Step::Suspend(words.optional(|words| words.text(What::Name))?),
        "resume" => Step::Resume(words.word(What::Receipt)?.into_owned()),
        "cancel" => Step::Cancel,
        "return" => goods_back(words)?,
        "return-without-receipt" => goods_back_without_receipt(words)?,
        "exchange" => Step::Exchange,
        "empties" => Step::Empties {
            code: words.word(What::Code)?.into_owned(),
            quantity: words.optional(|words| words.quantity(What::Quantity))?,
            counted: words.takes(COUNTED),
        },
        "paid-in" => words.cash(CashMovementKind::PaidIn)?,
        "paid-out" => words.cash(CashMovementKind::PaidOut)?,
        "float" => words.cash(CashMovementKind::Float)?,
        "drop" => words.cash(CashMovementKind::CashDrop)?,
        "drawer" => Step::Drawer,
        "print" => Step::Print(words.optional(|words| words.word(What::Receipt).map(Cow::into_owned))?),
        "print-z" => Step::PrintZ(ClosureNumber(words.number(What::Period)?)),
        "convert" => Step::Convert(words.word(What::Receipt)?.into_owned()),
        "x" => Step::X,
        "declare" => Step::Declare { amount: words.major(What::Amount)?, name: words.text(What::Name)? },
        "z" => Step::Z {
            counted: words.optional(|words| words.major(What::Amount))?,
            reason: words.optional(|words| words.text(What::Reason))?,
        },
        other => return Err(ScriptError::UnknownStep { word: shown(other) }),
    })
}

fn void_tender(words: &mut Words<'_>) -> Result<Step, ScriptError> {
    let is_named = words.peek() == REVERSAL;
    let tender = if is_named { None } else { words.before_reason(Words::tender)? };
    let reversal = if words.takes(REVERSAL) { Some(words.reference()?) } else { None };
    Ok(Step::VoidTender { tender, reversal })
}

fn sell(words: &mut Words<'_>) -> Result<Step, ScriptError> {
    let code = words.word(What::Code)?.into_owned();
    let is_price = |words: &Words<'_>| words.rest().starts_with('@');
    let quantity = if is_price(words) || words.names_pieces() || words.peek() == COUNTED {
        None
    } else {
        words.before_reason(|words| words.quantity(What::Quantity))?
    };
    let price = if is_price(words) { Some(words.marked_price()?) } else { None };
    let serials = words.pieces()?;
    let counted = words.takes(COUNTED);
    Ok(Step::Sell { code, quantity, price, serials, counted })
}

fn adjust(words: &mut Words<'_>, is_discount: bool) -> Result<Step, ScriptError> {
    let target = if words.takes("last") {
        Target::Last
    } else if words.takes("document") {
        Target::Document
    } else {
        Target::Line(words.line()?)
    };
    let value = value(words, What::Value)?;
    let is_named = matches!(target, Target::Document) && words.takes("as");
    let source = is_named.then(|| words.source(is_discount)).transpose()?;
    Ok(Step::Adjust { is_discount, target, value, source })
}

fn value(words: &mut Words<'_>, what: What) -> Result<Value, ScriptError> {
    let value = words.word(what)?;
    Ok(match value.strip_suffix('%') {
        Some(percent) => Value::Percent(Percent::parse(percent).map_err(|_| not_read(&value, what))?),
        None => Value::Amount(major(&value, what)?),
    })
}

/// What stands before the provider's reference of a reversal.
const REVERSAL: &str = "reversal";

fn goods_back(words: &mut Words<'_>) -> Result<Step, ScriptError> {
    let receipt = words.word(What::Receipt)?.into_owned();
    let (line, quantity) = (words.line()?, words.quantity(What::Quantity)?);
    Ok(Step::Return { receipt, line, quantity, state: words.state(), serials: words.pieces()? })
}

fn goods_back_without_receipt(words: &mut Words<'_>) -> Result<Step, ScriptError> {
    let code = words.word(What::Code)?.into_owned();
    let quantity = if words.goods_state().is_some() || words.names_pieces() {
        None
    } else {
        words.before_reason(|words| words.quantity(What::Quantity))?
    };
    Ok(Step::ReturnWithoutReceipt { code, quantity, state: words.state(), serials: words.pieces()? })
}

fn major(text: &str, what: What) -> Result<Major, ScriptError> {
    parse_decimal(text).map(Major).map_err(|_| not_read(text, what))
}

fn not_read(text: &str, what: What) -> ScriptError {
    ScriptError::NotRead { text: shown(text), what }
}

/// As much of a text as a message shows.
fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(LONGEST_SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
