//! The fields of a prompt.

use crate::entry::{self, Amounts, TypedLine};

/// A field.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its label.
    pub label: String,
    /// What it takes.
    pub kind: FieldKind,
    /// What was typed.
    pub line: TypedLine,
    /// What stands in it is offered: typing replaces it, editing keeps it.
    pub is_offered: bool,
    /// It may stay empty, so that Enter need not come to it.
    pub is_optional: bool,
}

/// What a field takes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum FieldKind {
    /// Any text.
    Text,
    /// A number.
    Number,
    /// An amount or a price; what was typed is shown beside it as it is read.
    Money(Amounts),
    /// A secret, shown as dots.
    Secret,
    /// Why something is done: one of the reasons known, by its number, or any text.
    Reason {
        /// The store's reasons.
        known: Vec<String>,
    },
    /// One of a few.
    Choice {
        /// What there is.
        options: Vec<String>,
        /// Which one; none: nothing was chosen yet.
        at: Option<usize>,
    },
}

impl Field {
    /// An empty field.
    pub fn new(label: &str, kind: FieldKind) -> Self {
        Self {
            label: label.to_owned(),
            kind,
            line: TypedLine::default(),
            is_offered: false,
            is_optional: false,
        }
    }

    /// What was typed of an amount, as it is read.
    pub fn echo(&self) -> Option<String> {
        match &self.kind {
            FieldKind::Money(amounts) => entry::echo(self.line.text(), amounts),
            FieldKind::Reason { known, .. } => {
                picked(known, self.line.text()).map(|reason| format!("= {reason}"))
            }
            FieldKind::Text | FieldKind::Number | FieldKind::Secret | FieldKind::Choice { .. } => None,
        }
    }

    /// The reason in it: the known one of the number typed, else what was typed; none of an empty field.
    pub(super) fn said(&self) -> Option<String> {
        let typed = self.line.text().trim();
        let picked = match &self.kind {
            FieldKind::Reason { known, .. } => picked(known, typed),
            _ => None,
        };
        Some(picked.unwrap_or(typed).to_owned()).filter(|reason| !reason.is_empty())
    }

    /// The same, that may stay empty.
    #[must_use]
    pub fn optional(self) -> Self {
        Self { is_optional: true, ..self }
    }

    /// The same, holding the beginning of what is to be typed.
    #[must_use]
    pub fn holding(self, text: &str) -> Self {
        Self { line: TypedLine::holding(text), ..self }
    }

    /// The same, offering an answer.
    #[must_use]
    pub fn offering(self, text: &str) -> Self {
        Self { line: TypedLine::holding(text), is_offered: true, ..self }
    }
}

/// The known reason of the number typed, from 1.
fn picked<'a>(known: &'a [String], typed: &str) -> Option<&'a str> {
    let number: usize = typed.trim().parse().ok()?;
    known.get(number.checked_sub(1)?).map(String::as_str)
}
