//! Why a line is no step, in the words of a language file.

use std::fmt;

use crate::text::{Key, Text};

/// What a step needs to know.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each is said by the English file under the name of its key")]
pub enum What {
    Age,
    Amount,
    Answer,
    Balance,
    Because,
    Certificate,
    Charge,
    Code,
    Coupon,
    Currency,
    Customer,
    Date,
    Department,
    Discount,
    Document,
    Instalments,
    Line,
    Name,
    Payment,
    PaymentKind,
    Period,
    Pin,
    Points,
    Price,
    Quantity,
    Reason,
    Receipt,
    Reference,
    Seconds,
    Serials,
    Text,
    Tip,
    User,
    Value,
}

impl What {
    const fn key(self) -> Key {
        match self {
            Self::Age => Key::ScriptWhatAge,
            Self::Amount => Key::ScriptWhatAmount,
            Self::Answer => Key::ScriptWhatAnswer,
            Self::Balance => Key::ScriptWhatBalance,
            Self::Because => Key::ScriptWhatBecause,
            Self::Certificate => Key::ScriptWhatCertificate,
            Self::Charge => Key::ScriptWhatCharge,
            Self::Code => Key::ScriptWhatCode,
            Self::Coupon => Key::ScriptWhatCoupon,
            Self::Currency => Key::ScriptWhatCurrency,
            Self::Customer => Key::ScriptWhatCustomer,
            Self::Date => Key::ScriptWhatDate,
            Self::Department => Key::ScriptWhatDepartment,
            Self::Discount => Key::ScriptWhatDiscount,
            Self::Document => Key::ScriptWhatDocument,
            Self::Instalments => Key::ScriptWhatInstalments,
            Self::Line => Key::ScriptWhatLine,
            Self::Name => Key::ScriptWhatName,
            Self::Payment => Key::ScriptWhatPayment,
            Self::PaymentKind => Key::ScriptWhatPaymentKind,
            Self::Period => Key::ScriptWhatPeriod,
            Self::Pin => Key::ScriptWhatPin,
            Self::Points => Key::ScriptWhatPoints,
            Self::Price => Key::ScriptWhatPrice,
            Self::Quantity => Key::ScriptWhatQuantity,
            Self::Reason => Key::ScriptWhatReason,
            Self::Receipt => Key::ScriptWhatReceipt,
            Self::Reference => Key::ScriptWhatReference,
            Self::Seconds => Key::ScriptWhatSeconds,
            Self::Serials => Key::ScriptWhatSerials,
            Self::Text => Key::ScriptWhatText,
            Self::Tip => Key::ScriptWhatTip,
            Self::User => Key::ScriptWhatUser,
            Self::Value => Key::ScriptWhatValue,
        }
    }
}

/// Why a line is no step.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ScriptError {
    /// The first word is none of a script's.
    UnknownStep {
        /// As written.
        word: String,
    },
    /// Something is missing.
    Missing {
        /// The step.
        step: String,
        /// What is missing.
        what: What,
    },
    /// Something cannot be read.
    NotRead {
        /// As written.
        text: String,
        /// What was expected.
        what: What,
    },
    /// A number is beyond its bound.
    TooLarge {
        /// As written.
        text: String,
        /// What was expected.
        what: What,
        /// The bound.
        most: String,
    },
    /// A quote has no end, or something stands right behind it.
    OpenQuote {
        /// From the quote on.
        rest: String,
    },
    /// Something is left over.
    TooMuch {
        /// What is left over.
        rest: String,
    },
    /// The line is longer than any step.
    TooLong {
        /// The limit.
        max: usize,
    },
}

impl ScriptError {
    /// What is wrong, in a language.
    pub fn words(&self, text: &Text) -> String {
        // What was written comes last, so that no placeholder in it is taken for one.
        match self {
            Self::UnknownStep { word } => text.fill(Key::ScriptUnknownStep, &[("word", word)]),
            Self::Missing { step, what } => {
                text.fill(Key::ScriptMissing, &[("what", text.word(what.key())), ("step", step)])
            }
            Self::NotRead { text: written, what } => {
                text.fill(Key::ScriptNotRead, &[("what", text.word(what.key())), ("text", written)])
            }
            Self::TooLarge { text: written, what, most } => {
                let values =
                    [("what", text.word(what.key())), ("most", most.as_str()), ("text", written.as_str())];
                text.fill(Key::ScriptTooLarge, &values)
            }
            Self::OpenQuote { rest } => text.fill(Key::ScriptOpenQuote, &[("rest", rest)]),
            Self::TooMuch { rest } => text.fill(Key::ScriptTooMuch, &[("rest", rest)]),
            Self::TooLong { max } => text.fill(Key::ScriptTooLong, &[("max", &max.to_string())]),
        }
    }
}

impl fmt::Display for ScriptError {
    /// In English.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words(Text::english()))
    }
}

impl std::error::Error for ScriptError {}
