//! Reading the steps of payments.

use saleflex_core::tender::TenderDetails;

use super::{ScriptError, Step, What, Words, kinds, not_read, value};

/// What may stand behind the amount of a payment, most of it before a word of its own.
const BESIDE_AMOUNT: [&str; 11] = [
    "tip",
    "number",
    "reference",
    "bank",
    "last4",
    "authorisation",
    "due",
    "instalments",
    "balance",
    "pending",
    "counted",
];

/// `answer [PAYMENT] approved|declined [AUTHORISATION]`.
pub(super) fn answer(words: &mut Words<'_>) -> Result<Step, ScriptError> {
    let is_named = words.peek().bytes().all(|byte| byte.is_ascii_digit());
    let tender = if is_named { words.optional(Words::tender)? } else { None };
    let word = words.word(What::Answer)?;
    let approved = match &*word {
        "approved" => true,
        "declined" => false,
        other => return Err(not_read(other, What::Answer)),
    };
    Ok(Step::Answer { tender, approved, authorisation: words.optional(Words::reference)? })
}

pub(super) fn pay(words: &mut Words<'_>) -> Result<Step, ScriptError> {
    let word = words.word(What::PaymentKind)?;
    let kind = kinds::tender(&word).ok_or_else(|| not_read(&word, What::PaymentKind))?;
    let ends = |words: &Words<'_>| BESIDE_AMOUNT.contains(&words.peek());
    let amount = if ends(words) { None } else { words.optional(|words| words.major(What::Amount))? };
    let currency = if ends(words) { None } else { words.optional(Words::currency)? };
    let (mut tip, mut balance, mut details) = (None, None, Box::<TenderDetails>::default());
    let (mut is_pending, mut is_counted) = (false, false);
    while let Some(beside) = BESIDE_AMOUNT.into_iter().find(|beside| words.takes(beside)) {
        match beside {
            "tip" => tip = Some(value(words, What::Tip)?),
            "number" | "reference" => details.reference = Some(words.reference()?),
            "bank" => details.bank = Some(words.reference()?),
            "last4" => details.last4 = Some(words.reference()?),
            "authorisation" => details.authorisation = Some(words.reference()?),
            "due" => details.due_date = Some(words.date(What::Date)?),
            "instalments" => details.installments = Some(words.number(What::Instalments)?),
            "balance" => balance = Some(words.major(What::Balance)?),
            "pending" => is_pending = true,
            _ => is_counted = true,
        }
    }
    Ok(Step::Pay { kind, amount, currency, tip, balance, details, is_pending, is_counted })
}
