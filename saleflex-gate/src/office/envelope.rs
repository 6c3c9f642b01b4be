//! What an older terminal sends, read without trust: a body may be anything.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::content;
use crate::{counters, registry::Codes};

/// The longest code that names anything, in characters: a terminal that is taken in stands under its own in an index.
const LONGEST_CODE: usize = 200;

/// Why an envelope cannot be read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum EnvelopeError {
    #[error("Request body must be a JSON object")]
    NotAnObject,
    #[error("Missing required fields: office_code, store_code, terminal_code")]
    NoCodes,
    #[error("'{0}' must be a list")]
    NoList(&'static str),
    #[error("Missing required field: pos_id")]
    NoNumber,
}

/// An envelope: who sends, and what.
#[derive(Debug)]
pub(crate) struct Envelope<'a> {
    pub(crate) codes: Codes,
    /// The number of the terminal in its store: a label.
    pub(crate) number: Option<i64>,
    /// The first hundred counters, in the order they were sent; entries without a name or a whole number are left out.
    pub(crate) sequences: Vec<(String, i64)>,
    fields: BTreeMap<String, &'a RawValue>,
}

impl<'a> Envelope<'a> {
    /// Reads the fields that every envelope has.
    pub(crate) fn read(body: &'a [u8]) -> Result<Self, EnvelopeError> {
        let fields: BTreeMap<String, &RawValue> =
            serde_json::from_slice(body).map_err(|_| EnvelopeError::NotAnObject)?;
        let text = |name: &str| {
            let text: String = serde_json::from_str(fields.get(name)?.get()).ok()?;
            let text = text.trim();
            let is_code = (1..=LONGEST_CODE).contains(&text.chars().count()) && !text.contains('\0');
            is_code.then(|| text.to_owned())
        };
        let codes = Codes {
            office: text("office_code").ok_or(EnvelopeError::NoCodes)?,
            store: text("store_code").ok_or(EnvelopeError::NoCodes)?,
            terminal: text("terminal_code").ok_or(EnvelopeError::NoCodes)?,
        };
        let number = fields.get("pos_id").and_then(|number| {
            let number: serde_json::Value = serde_json::from_str(number.get()).ok()?;
            content::whole(&number)
        });
        let sequences = fields.get("sequences").map(|list| sequences(list)).unwrap_or_default();
        Ok(Self { codes, number, sequences, fields })
    }

    /// The list of items, each as it came.
    pub(crate) fn items(&self, name: &'static str) -> Result<Vec<&'a RawValue>, EnvelopeError> {
        let list = self.fields.get(name).ok_or(EnvelopeError::NoList(name))?;
        serde_json::from_str(list.get()).map_err(|_| EnvelopeError::NoList(name))
    }

    /// That the number is there at all.
    pub(crate) fn require_number(&self) -> Result<(), EnvelopeError> {
        let is_there = self.fields.get("pos_id").is_some_and(|number| number.get() != "null");
        if is_there { Ok(()) } else { Err(EnvelopeError::NoNumber) }
    }
}

/// Reads what is readable of a list of counters.
fn sequences(list: &RawValue) -> Vec<(String, i64)> {
    let entries: Vec<serde_json::Value> = serde_json::from_str(list.get()).unwrap_or_default();
    let readable = entries.iter().filter_map(|entry| {
        let name = entry.get("name")?.as_str()?.trim();
        let value = content::whole(entry.get("value")?)?;
        let is_name = !name.is_empty() && name.chars().count() <= counters::LONGEST && !name.contains('\0');
        (is_name && value >= 0).then(|| (name.to_owned(), value))
    });
    readable.take(counters::MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_trimmed_and_none_may_be_missing() {
        let body = br#"{"office_code": " O ", "store_code": "S", "terminal_code": "T", "transactions": []}"#;
        let envelope = Envelope::read(body).unwrap();
        assert_eq!(envelope.codes.office, "O");
        assert_eq!(envelope.items("transactions").unwrap().len(), 0);
        let long =
            format!(r#"{{"office_code": "O", "store_code": "S", "terminal_code": "{}"}}"#, "T".repeat(201));
        for body in [
            &br#"{"office_code": "", "store_code": "S", "terminal_code": "T"}"#[..],
            br#"{"office_code": 7, "store_code": "S", "terminal_code": "T"}"#,
            br#"{"store_code": "S", "terminal_code": "T"}"#,
            br#"{"office_code": "O", "store_code": "S", "terminal_code": "T\u0000"}"#,
            long.as_bytes(),
        ] {
            assert_eq!(Envelope::read(body).unwrap_err(), EnvelopeError::NoCodes);
        }
    }

    #[test]
    fn what_is_no_object_is_refused_however_deep_it_goes() {
        let deep = "[".repeat(100_000);
        for body in ["", "[]", "null", "{\"a\":", "<html>", &deep] {
            assert_eq!(Envelope::read(body.as_bytes()).unwrap_err(), EnvelopeError::NotAnObject);
        }
    }

    #[test]
    fn counters_without_a_name_or_a_whole_number_are_left_out() {
        let body = br#"{"office_code": "O", "store_code": "S", "terminal_code": "T", "sequences": [
            {"name": "ReceiptNumber", "value": 4}, {"name": "", "value": 1}, {"value": 2}, {"name": "A"},
            {"name": "B", "value": 1.5}, {"name": "C", "value": null}, 7, {"name": "ClosureNumber", "value": "2"}]}"#;
        let sequences = Envelope::read(body).unwrap().sequences;
        assert_eq!(sequences, [("ReceiptNumber".to_owned(), 4), ("ClosureNumber".to_owned(), 2)]);
    }
}
