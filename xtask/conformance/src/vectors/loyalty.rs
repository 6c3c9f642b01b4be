//! The cases of `vectors/loyalty`: telephones, points, tiers and segments.

use saleflex_core::customer::{CallingCode, PhoneKey, PhoneRules, TrunkPrefix};
use serde_json::{Value, json};

use super::{documents::read, matching::matches};

mod members;
mod points;
mod program;
mod segments;

/// Runs one case by its kind.
pub(super) fn run(case: &Value) -> Result<(), String> {
    let input = &case["input"];
    let actual = match read::text(case, "kind")? {
        "complete_sale" => members::complete_sale(input),
        "earn" => points::earn(input),
        "enroll" => members::enroll(input),
        "loyalty_scenario" => members::scenario(input),
        "phone" => Ok(phone(input)),
        "redeem" => points::redeem(input),
        "segment_match" => segments::matching(input),
        "segment_sync" => segments::sync(input),
        "tier" => members::tier(input),
        kind => Err(format!("no runner for the kind `{kind}`")),
    }?;
    matches(&case["expected"], &actual)
}

fn phone(input: &Value) -> Value {
    let key = phone_key(&input["phone"], &input["country_calling_code"]);
    json!({"normalized": key.as_ref().map(PhoneKey::as_str)})
}

/// The key of a telephone in a country, either of which may be `null`.
fn phone_key(phone: &Value, calling_code: &Value) -> Option<PhoneKey> {
    let code = calling_code.as_str().and_then(CallingCode::parse);
    PhoneKey::normalise(phone.as_str()?, &PhoneRules::new(code, TrunkPrefix::Zero))
}
