//! Correcting a closed period: what was counted or lay in the drawer at first, or a receipt that must not count. The
//! closure stays as it was closed; the correction is a record beside it, with its reason and by whose word.

use saleflex_core::{
    closure::{Change, Correction},
    ids::ClosureNumber,
    money::{Currency, CurrencyCode, Money},
};
use saleflex_store::{Error, Till};

use super::super::{Entered, Faults, Fields, Model, Shape, Value, drawer};
use crate::{
    app::{Place, State},
    effect::{Act, ClosureCorrection, Effect, PeriodChange},
    entry::{self, Amounts},
    listing::RowId,
    message,
    text::{Key, Text},
};

/// What is wrong with a closed period.
pub(crate) struct CorrectionModel;

/// What can be wrong, in the order of the choice.
const WRONG: [Key; 5] =
    [Key::WrongCounted, Key::WrongOpening, Key::WrongDocument, Key::WrongWithdrawn, Key::WrongForeign];

impl Model for CorrectionModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "CLOSURE_CORRECTION",
            panel: "CORRECTION",
            definition: include_str!("../../../forms/closure_correction.toml"),
            event: "CLOSURE_CORRECTION_FORM",
            fields: &["PERIOD", "CHANGE", "AMOUNT", "DOCUMENT", "REASON", "EARLIER"],
        }
    }

    fn hint(&self) -> Key {
        Key::HintCorrection
    }

    fn money(&self) -> &'static [&'static str] {
        &["AMOUNT"]
    }

    fn acts_when_saved(&self) -> bool {
        true
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let closure = match of {
            Some(RowId::Closure(number)) => Some(till.closure(number)?),
            _ => till.closures(1)?.into_iter().next(),
        };
        let Some(closure) = closure else {
            return Ok(vec![("EARLIER", Value::Lines(vec![text.word(Key::ClosuresNone).to_owned()]))]);
        };
        let options = WRONG.map(|key| text.word(key).to_owned()).to_vec();
        Ok(vec![
            ("PERIOD", Value::Fixed(closure.label().to_string())),
            ("CHANGE", Value::Choice { options, at: 0 }),
            ("AMOUNT", Value::Text(String::new())),
            ("DOCUMENT", Value::Text(String::new())),
            ("REASON", Value::Text(String::new())),
            ("EARLIER", Value::Lines(told(till, text, closure.number())?)),
        ])
    }

    fn act(&self, state: &mut State, of: Option<RowId>, _: &str) -> Vec<Effect> {
        let last = ClosureNumber(state.view.period.0.saturating_sub(1));
        let closure = if let Some(RowId::Closure(number)) = of { number } else { last };
        let Some(Place::Record(record)) = state.places.last() else { return Vec::new() };
        match correction(&record.entered(), state.text, &state.view.amounts()) {
            Ok((change, reason)) => {
                State::act(Act::CorrectClosure(Box::new(ClosureCorrection { closure, change, reason })))
            }
            Err(faults) => {
                state.refuse_fields(&faults);
                Vec::new()
            }
        }
    }
}

/// What was entered, or what is wrong with it.
fn correction(entered: &Entered, text: &Text, amounts: &Amounts) -> Result<(PeriodChange, String), Faults> {
    let mut faults = Faults::new();
    let needed = || text.word(Key::FieldNeeded).to_owned();
    let of_receipt = match entered.choice("CHANGE") {
        2 => Some(PeriodChange::Withdrawn as fn(String) -> PeriodChange),
        3 => Some(PeriodChange::Reinstated as fn(String) -> PeriodChange),
        _ => None,
    };
    let change = if let Some(change) = of_receipt {
        entered.optional("DOCUMENT").map(change).ok_or_else(|| ("DOCUMENT", needed()))
    } else if entered.choice("CHANGE") == 4 {
        match entered.optional("AMOUNT") {
            None => Err(("AMOUNT", needed())),
            Some(typed) => foreign(&typed, text, amounts)
                .map(|(code, amount)| PeriodChange::CountedForeign(code, amount))
                .map_err(|fault| ("AMOUNT", fault)),
        }
    } else {
        match entered.optional("AMOUNT").map(|typed| entry::amount(&typed, amounts)) {
            None => Err(("AMOUNT", needed())),
            Some(Err(error)) => Err(("AMOUNT", message::amount_error(text, error))),
            Some(Ok(amount)) if entered.choice("CHANGE") == 0 => Ok(PeriodChange::Counted(amount)),
            Some(Ok(amount)) => Ok(PeriodChange::Opening(amount)),
        }
    };
    let change = change.map_err(|fault| faults.push(fault)).ok();
    let reason = entered.optional("REASON");
    if reason.is_none() {
        faults.push(("REASON", needed()));
    }
    match (change, reason) {
        (Some(change), Some(reason)) => Ok((change, reason)),
        _ => Err(faults),
    }
}

/// What was there of a foreign currency, as it is counted: a sum or its pieces.
pub(crate) fn foreign(typed: &str, text: &Text, amounts: &Amounts) -> Result<(CurrencyCode, Money), String> {
    let mut counts = drawer::foreign_counts(typed, text, amounts)?.into_iter();
    match (counts.next(), counts.next()) {
        (Some((code, count)), None) => {
            Ok((code, count.total().map_err(|error| message::amount_error(text, error))?))
        }
        _ => Err(text.word(Key::ForeignOneOnly).to_owned()),
    }
}

/// The corrections of a period, a line each; none where there are none.
pub(crate) fn told(till: &Till, text: &Text, closure: ClosureNumber) -> Result<Vec<String>, Error> {
    Ok(till.corrections(closure)?.iter().map(|one| line(till, text, one)).collect())
}

fn line(till: &Till, text: &Text, one: &Correction) -> String {
    let who = till.cashier(one.authority.cashier).map_or("", |cashier| cashier.user_name.as_str());
    let at = one.at.local.format("%Y-%m-%d %H:%M").to_string();
    let no = one.no.to_string();
    let values = [
        ("no", &*no),
        ("at", &at),
        ("what", &changed(till, text, &one.change)),
        ("who", who),
        ("why", &one.reason),
    ];
    text.fill(Key::CorrectionLine, &values)
}

/// What a correction changed, in words.
pub(crate) fn changed(till: &Till, text: &Text, change: &Change) -> String {
    let show = |amount: Money| till.currency().show(amount);
    match change {
        Change::CountedCash { old, new } => {
            let old = old.map_or_else(|| "-".to_owned(), show);
            text.fill(Key::ChangedCounted, &[("old", &old), ("new", &show(*new))])
        }
        Change::CountedForeign { currency, old, new } => {
            let show = |amount: Money| format!("{currency} {}", Currency::of(*currency).format(amount));
            let old = old.map_or_else(|| "-".to_owned(), show);
            text.fill(Key::ChangedCounted, &[("old", &old), ("new", &show(*new))])
        }
        Change::OpeningCash { old, new } => {
            text.fill(Key::ChangedOpening, &[("old", &show(*old)), ("new", &show(*new))])
        }
        Change::WithdrawnDocument { number, .. } => {
            text.fill(Key::ChangedWithdrawn, &[("number", &number.to_string())])
        }
        Change::LateDocument { number, .. } => {
            text.fill(Key::ChangedLate, &[("number", &number.to_string())])
        }
        _ => text.word(Key::ChangedUnknown).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_correction_needs_its_amount_or_its_receipt_and_always_a_reason() {
        let text = Text::english();
        let currency = Currency::of(CurrencyCode::parse("GBP").unwrap());
        let amounts = Amounts { currency, is_decimal: false };
        let read = |at, amount: &str, document: &str, reason: &str| {
            let field = |typed: &str| Value::Text(typed.to_owned());
            let change = Value::Choice { options: vec![String::new(); 5], at };
            let (amount, document, reason) = (field(amount), field(document), field(reason));
            let fields =
                vec![("CHANGE", change), ("AMOUNT", amount), ("DOCUMENT", document), ("REASON", reason)];
            correction(&Entered { fields, ..Entered::default() }, text, &amounts)
        };
        let amount = Money::from_minor(12_50);
        let why = || "found it".to_owned();
        assert_eq!(read(0, "12.50", "", "found it"), Ok((PeriodChange::Counted(amount), why())));
        assert_eq!(read(1, "12.50", "", "found it"), Ok((PeriodChange::Opening(amount), why())));
        assert_eq!(read(2, "", "17", "found it"), Ok((PeriodChange::Withdrawn("17".to_owned()), why())));
        assert_eq!(read(3, "", "17", "found it"), Ok((PeriodChange::Reinstated("17".to_owned()), why())));
        let euros =
            PeriodChange::CountedForeign(CurrencyCode::parse("EUR").unwrap(), Money::from_minor(41_00));
        assert_eq!(read(4, "eur 2x20.00 1x1.00", "", "found it"), Ok((euros, why())));
        let fields = |read: Result<_, Faults>| {
            let faults: Faults = read.map(|_: (PeriodChange, String)| ()).unwrap_err();
            faults.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
        };
        assert_eq!(fields(read(0, "", "17", " ")), ["AMOUNT", "REASON"]);
        assert_eq!(fields(read(1, "ten", "", "why")), ["AMOUNT"]);
        assert_eq!(fields(read(2, "12.50", "", "why")), ["DOCUMENT"]);
        for wrong in ["", "12.50", "EUR 1.00 USD 2.00"] {
            assert_eq!(fields(read(4, wrong, "", "why")), ["AMOUNT"], "{wrong}");
        }
        assert_eq!(fields(read(3, "12.50", "", "why")), ["DOCUMENT"]);
    }
}
