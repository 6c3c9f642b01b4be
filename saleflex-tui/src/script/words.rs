//! The words of a line.

use chrono::NaiveDate;
use saleflex_core::{
    adjustment::AdjustmentSource,
    basket::GoodsState,
    catalog::SerialNo,
    document::{AgeEvidence, CashMovementKind, ExemptionKind, NoteKind},
    ids::{LineNo, TenderNo},
    money::CurrencyCode,
    quantity::{Quantity, UnitPrice},
};

use super::{DocumentWord, Major, ScriptError, Step, kinds, major, not_read};
use crate::effect::Credentials;

/// What stands before the reason of a step.
const BECAUSE: &str = "because";
/// What stands before serial numbers.
const PIECES: &str = "of";

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

    pub(super) fn word(&mut self, what: &'static str) -> Result<&'a str, ScriptError> {
        let (word, rest) = self.rest.split_once(char::is_whitespace).unwrap_or((self.rest, ""));
        self.rest = rest.trim_start();
        if word.is_empty() {
            Err(ScriptError::Missing { step: self.step.to_owned(), what })
        } else {
            Ok(word)
        }
    }

    /// All that is left, as one text.
    pub(super) fn text(&mut self, what: &'static str) -> Result<String, ScriptError> {
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
            self.text("a reason")
        } else {
            Err(ScriptError::Missing { step: self.step.to_owned(), what: "`because` and a reason" })
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

    pub(super) fn state(&mut self) -> Result<GoodsState, ScriptError> {
        let Some(state) = self.goods_state() else { return Ok(GoodsState::New) };
        self.word("a state")?;
        Ok(state)
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
        let numbers = self.word("a serial number")?;
        let read = SerialNo::parse_list(numbers).ok().filter(|read| !read.is_empty());
        read.ok_or_else(|| not_read(numbers, "serial number"))
    }

    pub(super) fn number<T: std::str::FromStr>(&mut self, what: &'static str) -> Result<T, ScriptError> {
        let word = self.word(what)?;
        word.parse().map_err(|_| not_read(word, "number"))
    }

    pub(super) fn credentials(&mut self) -> Result<Credentials, ScriptError> {
        let user_name = self.word("a user name")?.to_owned();
        Ok(Credentials { user_name, secret: self.word("a PIN")?.to_owned() })
    }

    pub(super) fn age(&mut self) -> Result<AgeEvidence, ScriptError> {
        let word = self.word("`looked` or a birth date")?;
        if word == "looked" {
            return Ok(AgeEvidence::Looked);
        }
        calendar(word).map(AgeEvidence::BirthDate).ok_or_else(|| not_read(word, "birth date"))
    }

    pub(super) fn date(&mut self, what: &'static str) -> Result<NaiveDate, ScriptError> {
        let word = self.word(what)?;
        calendar(word).ok_or_else(|| not_read(word, "date"))
    }

    /// What names something elsewhere: a number, a bank, an authorisation.
    pub(super) fn reference(&mut self) -> Result<String, ScriptError> {
        self.word("a reference").map(str::to_owned)
    }

    pub(super) fn line(&mut self) -> Result<LineNo, ScriptError> {
        self.number("a line number").map(LineNo)
    }

    pub(super) fn tender(&mut self) -> Result<TenderNo, ScriptError> {
        self.number("a payment number").map(TenderNo)
    }

    pub(super) fn quantity(&mut self, what: &'static str) -> Result<Quantity, ScriptError> {
        let word = self.word(what)?;
        Quantity::parse(word).map_err(|_| not_read(word, "quantity"))
    }

    pub(super) fn price(&mut self, what: &'static str) -> Result<UnitPrice, ScriptError> {
        let word = self.word(what)?;
        UnitPrice::parse(word).map_err(|_| not_read(word, "price"))
    }

    /// A price behind its mark: `@1.50`.
    pub(super) fn marked_price(&mut self) -> Result<UnitPrice, ScriptError> {
        let word = self.word("a price")?;
        UnitPrice::parse(word.trim_start_matches('@')).map_err(|_| not_read(word, "price"))
    }

    pub(super) fn major(&mut self, what: &'static str) -> Result<Major, ScriptError> {
        let word = self.word(what)?;
        major(word, "amount")
    }

    pub(super) fn currency(&mut self) -> Result<CurrencyCode, ScriptError> {
        let word = self.word("a currency")?;
        CurrencyCode::parse(word).map_err(|_| not_read(word, "currency"))
    }

    pub(super) fn document(&mut self) -> Result<DocumentWord, ScriptError> {
        let word = self.word("a kind of document")?;
        DocumentWord::parse(word).ok_or_else(|| not_read(word, "kind of document"))
    }

    /// For what a document is discounted or charged.
    pub(super) fn source(&mut self, is_discount: bool) -> Result<AdjustmentSource, ScriptError> {
        let word = self.word(if is_discount { "a kind of discount" } else { "a kind of charge" })?;
        kinds::source(word, is_discount).ok_or_else(|| not_read(word, "kind of discount or charge"))
    }

    /// A note, to the end of the line.
    pub(super) fn note(&mut self) -> Result<Step, ScriptError> {
        let kind = match self.step {
            "kitchen-note" => NoteKind::Kitchen,
            "delivery-note" => NoteKind::Delivery,
            "internal-note" => NoteKind::Internal,
            _ => NoteKind::General,
        };
        Ok(Step::Note { kind, text: self.text("a text")? })
    }

    pub(super) fn cash(&mut self, kind: CashMovementKind) -> Result<Step, ScriptError> {
        let amount = self.major("an amount")?;
        Ok(Step::Cash { kind, amount, reason: self.text("a reason")? })
    }
}

fn calendar(word: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(word, "%Y-%m-%d").ok()
}
