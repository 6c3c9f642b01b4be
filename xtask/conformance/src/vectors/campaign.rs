//! The cases of `vectors/campaign`: carts in the original's field names, evaluated by our engine.

use serde_json::Value;

use super::matching::matches;

mod cart;
mod document;
mod evaluate;
mod snapshot;

/// Runs one case by its kind.
pub(super) fn run(case: &Value) -> Result<(), String> {
    let expected = &case["expected"];
    match case["kind"].as_str().unwrap_or("evaluate") {
        "audit" => matches(expected, &document::audit(case)?),
        "coupon" => matches(expected, &evaluate::coupon(case)?),
        "evaluate" => matches(expected, &evaluate::evaluate(case)?),
        "snapshot" => matches(expected, &snapshot::snapshot(case)?),
        // Rows have numbers; in which order they are listed says nothing.
        "sync" => {
            matches(&document::by_number(expected.clone()), &document::by_number(document::sync(case)?))
        }
        kind => Err(format!("no runner for the kind `{kind}`")),
    }
}
