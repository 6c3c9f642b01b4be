//! What stands behind a row of the trail and not in it: what people said why, and the document it was about.

use saleflex_store::{Error, Till, audit::AuditRow};
use serde_json::Value;

use super::{super::ListRow, subject};
use crate::text::Text;

/// Under which names an entry of the journal has what somebody said.
const SAID: [&str; 2] = ["reason", "note"];

/// Whether a row, with what was said for it and what it was done to, has every word that is searched for.
pub(super) fn holds(
    till: &Till,
    text: &Text,
    found: &AuditRow,
    row: &ListRow,
    words: &str,
) -> Result<bool, Error> {
    let event = serde_json::to_value(till.entry(found.seq)?.event).map_err(Error::Json)?;
    let mut cells = row.cells.clone();
    cells.push(subject(till, text, found.record.subject)?);
    said(&event, &mut cells);
    Ok(ListRow { cells, ..row.clone() }.holds(words))
}

/// Gathers what was said, however deep it lies.
fn said(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if SAID.contains(&&**name) => found.push(text.clone()),
                    other => said(other, found),
                }
            }
        }
        Value::Array(members) => members.iter().for_each(|member| said(member, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_said_is_found_however_deep_it_lies_and_nothing_else_is() {
        let event = json!({"a": [{"reason": "two boxes", "code": "x"}], "note": "shelf", "reason": null});
        let mut found = Vec::new();
        said(&event, &mut found);
        assert_eq!(found, ["two boxes", "shelf"]);
    }
}
