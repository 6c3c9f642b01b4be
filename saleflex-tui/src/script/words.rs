//! The words of a line.

use std::{borrow::Cow, fmt::Display};

use chrono::NaiveDate;
use saleflex_core::{
    adjustment::AdjustmentSource,
    basket::GoodsState,
    catalog::SerialNo,
    document::{AgeEvidence, CashMovementKind, ExemptionKind, NoteKind},
    ids::{LineNo, TenderNo},
    money::{AmountError, CurrencyCode},
    quantity::{Quantity, UnitPrice},
};

use super::{
    COUNTED, DocumentWord, LONGEST_WAIT_S, Major, ScriptError, Step, What, kinds, major, not_read, shown,
};
use crate::effect::Credentials;

/// What stands before the reason of a step.
const BECAUSE: &str = "because";
/// What stands before serial numbers.
const PIECES: &str = "of";
/// What stands around a word that has blanks in it.
const QUOTE: char = '"';

/// The words of a line, one after another.
pub(super) struct Words<'a> {
    pub(super) step: &'a str,
    rest: &'a str,
}

impl<'a> Words<'a> {
    pub(super) fn new(line: &'a str) -> Self {
        let (step, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        Self { step, rest: rest.trim_start() }
    }

    /// What was not read yet.
    pub(super) const fn rest(&self) -> &'a str {
        self.rest
    }

    pub(super) fn peek(&self) -> &'a str {
        self.rest.split_whitespace().next().unwrap_or_default()
    }

    /// The word that comes next, without the quotes around it.
    pub(super) fn word(&mut self, what: What) -> Result<Cow<'a, str>, ScriptError> {
        let (word, rest) = if let Some(quoted) = self.rest.strip_prefix(QUOTE) {
            let open = || ScriptError::OpenQuote { rest: shown(self.rest) };
            let (word, rest) = unquoted(quoted).ok_or_else(open)?;
            (Cow::Owned(word), rest)
        } else {
            let (word, rest) = self.rest.split_once(char::is_whitespace).unwrap_or((self.rest, ""));
            (Cow::Borrowed(word), rest)
        };
        self.rest = rest.trim_start();
        if word.is_empty() {
            Err(ScriptError::Missing { step: self.step.to_owned(), what })
        } else {
            Ok(word)
        }
    }

    /// All that is left, as one text.
    pub(super) fn text(&mut self, what: What) -> Result<String, ScriptError> {
        let text = std::mem::take(&mut self.rest);
        if text.is_empty() {
            return Err(ScriptError::Missing { step: self.step.to_owned(), what });
        }
        Ok(text.to_owned())
    }

    pub(super) fn optional<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, ScriptError>,
    ) -> Result<Option<T>, ScriptError> {
        if self.rest.is_empty() { Ok(None) } else { read(self).map(Some) }
    }

    /// The same of a step that may end with why it is done.
    pub(super) fn before_reason<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, ScriptError>,
    ) -> Result<Option<T>, ScriptError> {
        if self.is_reason() { Ok(None) } else { self.optional(read) }
    }

    /// Reads a word where it comes next.
    pub(super) fn takes(&mut self, word: &str) -> bool {
        let comes = self.peek() == word;
        if comes {
            self.rest = self.rest.get(word.len()..).unwrap_or_default().trim_start();
        }
        comes
    }

    /// Whether what is left says why.
    pub(super) fn is_reason(&self) -> bool {
        self.peek() == BECAUSE
    }

    /// Why, to the end of the line.
    pub(super) fn because(&mut self) -> Result<String, ScriptError> {
        if self.takes(BECAUSE) {
            self.text(What::Reason)
        } else {
            Err(ScriptError::Missing { step: self.step.to_owned(), what: What::Because })
        }
    }

    /// The code of an exemption that comes next, where one does.
    pub(super) fn exemption(&mut self) -> Option<ExemptionKind> {
        let kind = ExemptionKind::from_code(self.peek())?;
        self.takes(kind.code()).then_some(kind)
    }

    /// The state of goods that comes next, where one does.
    pub(super) fn goods_state(&self) -> Option<GoodsState> {
        match self.peek() {
            "opened" => Some(GoodsState::Opened),
            "damaged" => Some(GoodsState::Damaged),
            _ => None,
        }
    }

    pub(super) fn state(&mut self) -> GoodsState {
        let Some(state) = self.goods_state() else { return GoodsState::New };
        let word = self.peek();
        self.takes(word);
        state
    }

    /// Whether serial numbers come next.
    pub(super) fn names_pieces(&self) -> bool {
        self.peek() == PIECES
    }

    /// The serial numbers that come next, where some do.
    pub(super) fn pieces(&mut self) -> Result<Vec<SerialNo>, ScriptError> {
        if !self.takes(PIECES) {
            return Ok(Vec::new());
        }
        let numbers = self.word(What::Serials)?;
        let read = SerialNo::parse_list(&numbers).ok().filter(|read| !read.is_empty());
        read.ok_or_else(|| not_read(&numbers, What::Serials))
    }

    pub(super) fn number<T: std::str::FromStr>(&mut self, what: What) -> Result<T, ScriptError> {
        let word = self.word(what)?;
        word.parse().map_err(|_| not_read(&word, what))
    }

    /// For how long to wait at most.
    pub(super) fn seconds(&mut self) -> Result<u32, ScriptError> {
        let word = self.word(What::Seconds)?;
        let is_number = word.chars().all(|c| c.is_ascii_digit()) && word.contains(|c: char| c != '0');
        let read = if is_number {
            word.parse().ok().filter(|seconds| *seconds <= LONGEST_WAIT_S).ok_or(AmountError::TooLarge)
        } else {
            Err(AmountError::Malformed)
        };
        bounded(&word, What::Seconds, read, LONGEST_WAIT_S)
    }

    /// Who logs in or agrees; of a quote that is not closed nothing is repeated, for the secret stands behind it.
    pub(super) fn credentials(&mut self) -> Result<Credentials, ScriptError> {
        let hidden = |error: ScriptError| match error {
            ScriptError::OpenQuote { .. } => ScriptError::OpenQuote { rest: "…".to_owned() },
            other => other,
        };
        let user_name = self.word(What::User).map_err(hidden)?.into_owned();
        Ok(Credentials { user_name, secret: self.word(What::Pin).map_err(hidden)?.into_owned() })
    }

    pub(super) fn age(&mut self) -> Result<AgeEvidence, ScriptError> {
        let word = self.word(What::Age)?;
        if word == "looked" {
            return Ok(AgeEvidence::Looked);
        }
        calendar(&word).map(AgeEvidence::BirthDate).ok_or_else(|| not_read(&word, What::Age))
    }

    pub(super) fn date(&mut self, what: What) -> Result<NaiveDate, ScriptError> {
        let word = self.word(what)?;
        calendar(&word).ok_or_else(|| not_read(&word, what))
    }

    /// What names something elsewhere: a number, a bank, an authorisation.
    pub(super) fn reference(&mut self) -> Result<String, ScriptError> {
        self.word(What::Reference).map(Cow::into_owned)
    }

    pub(super) fn line(&mut self) -> Result<LineNo, ScriptError> {
        self.number(What::Line).map(LineNo)
    }

    pub(super) fn tender(&mut self) -> Result<TenderNo, ScriptError> {
        self.number(What::Payment).map(TenderNo)
    }

    pub(super) fn quantity(&mut self, what: What) -> Result<Quantity, ScriptError> {
        let word = self.word(what)?;
        bounded(&word, what, Quantity::parse(&word), Quantity::MAX)
    }

    pub(super) fn price(&mut self, what: What) -> Result<UnitPrice, ScriptError> {
        let word = self.word(what)?;
        bounded(&word, what, UnitPrice::parse(&word), UnitPrice::MAX)
    }

    /// A price behind its mark: `@1.50`.
    pub(super) fn marked_price(&mut self) -> Result<UnitPrice, ScriptError> {
        let word = self.word(What::Price)?;
        bounded(&word, What::Price, UnitPrice::parse(word.trim_start_matches('@')), UnitPrice::MAX)
    }

    pub(super) fn major(&mut self, what: What) -> Result<Major, ScriptError> {
        let word = self.word(what)?;
        major(&word, what)
    }

    pub(super) fn currency(&mut self) -> Result<CurrencyCode, ScriptError> {
        let word = self.word(What::Currency)?;
        CurrencyCode::parse(&word).map_err(|_| not_read(&word, What::Currency))
    }

    pub(super) fn document(&mut self) -> Result<DocumentWord, ScriptError> {
        let word = self.word(What::Document)?;
        DocumentWord::parse(&word).ok_or_else(|| not_read(&word, What::Document))
    }

    /// For what a document is discounted or charged.
    pub(super) fn source(&mut self, is_discount: bool) -> Result<AdjustmentSource, ScriptError> {
        let what = if is_discount { What::Discount } else { What::Charge };
        let word = self.word(what)?;
        kinds::source(&word, is_discount).ok_or_else(|| not_read(&word, what))
    }

    /// A note, to the end of the line.
    pub(super) fn note(&mut self) -> Result<Step, ScriptError> {
        let kind = match self.step {
            "kitchen-note" => NoteKind::Kitchen,
            "delivery-note" => NoteKind::Delivery,
            "internal-note" => NoteKind::Internal,
            _ => NoteKind::General,
        };
        Ok(Step::Note { kind, text: self.text(What::Text)? })
    }

    pub(super) fn cash(&mut self, kind: CashMovementKind) -> Result<Step, ScriptError> {
        let (amount, counted) = (self.major(What::Amount)?, self.takes(COUNTED));
        Ok(Step::Cash { kind, amount, reason: self.text(What::Reason)?, counted })
    }
}

/// What stands up to the quote that closes it, in which two quotes are one, and what follows that quote. Nothing where no
/// quote closes it, or where something stands right behind that one.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let (mut word, mut left) = (String::new(), text);
    loop {
        let (part, rest) = left.split_once(QUOTE)?;
        word.push_str(part);
        let Some(more) = rest.strip_prefix(QUOTE) else {
            let ends = rest.is_empty() || rest.starts_with(char::is_whitespace);
            return ends.then_some((word, rest));
        };
        word.push(QUOTE);
        left = more;
    }
}

/// A number, or what it cannot be; of one that is too large the bound is said.
fn bounded<T: Copy + Display>(
    word: &str,
    what: What,
    read: Result<T, AmountError>,
    most: T,
) -> Result<T, ScriptError> {
    read.map_err(|error| {
        if error == AmountError::TooLarge {
            ScriptError::TooLarge { text: shown(word), what, most: most.to_string() }
        } else {
            not_read(word, what)
        }
    })
}

fn calendar(word: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(word, "%Y-%m-%d").ok()
}
