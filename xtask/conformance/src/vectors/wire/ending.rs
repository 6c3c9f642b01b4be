//! What the hub's books must hold at the end of a recording.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use saleflex_gate::Holdings;
use serde_json::Value;

/// Compares the books with `after_replay`; a recording without one asks for answers alone.
pub(super) fn compare(expected: &Value, found: &BTreeMap<String, Holdings>) -> Result<(), String> {
    if expected.is_null() {
        return Ok(());
    }
    let documents: i64 = found.values().map(|holdings| holdings.documents).sum();
    let closures: i64 = found.values().map(|holdings| holdings.closures).sum();
    same("stored_transactions", &expected["stored_transactions"], &documents.into())?;
    same("stored_closures", &expected["stored_closures"], &closures.into())?;
    for (code, expected) in expected["per_terminal"].as_object().into_iter().flatten() {
        let holdings = found.get(code).cloned().unwrap_or_default();
        of_terminal(expected, &holdings).map_err(|reason| format!("{code}: {reason}"))?;
    }
    Ok(())
}

fn of_terminal(expected: &Value, found: &Holdings) -> Result<(), String> {
    same("transactions", &expected["transactions"], &found.documents.into())?;
    same("closures", &expected["closures"], &found.closures.into())?;
    same("fiscal_rows", &expected["fiscal_rows"], &found.fiscal_rows.into())?;
    let listed = expected["transaction_unique_ids"].as_array().into_iter().flatten();
    let listed: BTreeSet<&str> = listed.filter_map(Value::as_str).collect();
    let held: BTreeSet<&str> = found.unique_ids.iter().map(String::as_str).collect();
    if !expected["transaction_unique_ids"].is_null() && listed != held {
        return Err(format!("`transaction_unique_ids`: {held:?}, expected {listed:?}"));
    }
    amount("sum_total_amount_completed", expected, found.completed_total)?;
    amount("sum_payment_total", expected, found.payment_total)?;
    for (kind, expected) in expected["rows"].as_object().into_iter().flatten() {
        same(kind, expected, &found.rows.get(kind).copied().unwrap_or_default().into())?;
    }
    for (name, expected) in expected["counters"].as_object().into_iter().flatten() {
        same(name, expected, &found.counters.get(name).copied().unwrap_or_default().into())?;
    }
    Ok(())
}

fn same(name: &str, expected: &Value, found: &Value) -> Result<(), String> {
    if expected.is_null() || expected == found {
        Ok(())
    } else {
        Err(format!("`{name}`: {found}, expected {expected}"))
    }
}

/// Amounts are the same by value, however many places are written.
fn amount(name: &str, expected: &Value, found: Decimal) -> Result<(), String> {
    let Some(text) = expected[name].as_str() else { return Ok(()) };
    let amount: Decimal = text.parse().map_err(|_| format!("`{name}` is no amount: {text}"))?;
    if amount == found { Ok(()) } else { Err(format!("`{name}`: {found}, expected {amount}")) }
}
