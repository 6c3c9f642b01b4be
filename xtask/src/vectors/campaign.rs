//! The cases of `vectors/campaign`: carts in the original's field names, evaluated by our engine.

use serde_json::Value;

use super::matching::matches;

mod cart;
mod document;
mod evaluate;
mod snapshot;

/// Runs one case by its kind.
pub(super) fn run(case: &Value) -> Result<(), String> {
    let actual = match case["kind"].as_str().unwrap_or("evaluate") {
        "audit" => document::audit(case),
        "coupon" => evaluate::coupon(case),
        "evaluate" => evaluate::evaluate(case),
        "snapshot" => snapshot::snapshot(case),
        "sync" => document::sync(case),
        kind => Err(format!("no runner for the kind `{kind}`")),
    }?;
    matches(&case["expected"], &actual)
}
