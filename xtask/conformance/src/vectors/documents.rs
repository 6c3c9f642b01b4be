//! The cases of `vectors/documents`: each kind is one function of its input, compared with what is expected.

use serde_json::Value;

use super::matching::matches;

mod closing;
mod desk;
mod flow;
mod paying;
mod printing;
pub(super) mod read;
mod values;

/// Runs one case by its kind.
pub(super) fn run(case: &Value) -> Result<(), String> {
    let input = &case["input"];
    let actual = match read::text(case, "kind")? {
        "closure" => closing::closure(input),
        "flow" => flow::flow(input),
        "line" => values::line(input),
        "payment_amount" => paying::payment_amount(input),
        "receipt" => printing::receipt(input),
        "redemption" => paying::redemption(input),
        "round" => values::round(input),
        "vat" => values::vat(input),
        "zreport" => printing::zreport(input),
        kind => Err(format!("no runner for the kind `{kind}`")),
    }?;
    matches(&case["expected"], &actual)
}
