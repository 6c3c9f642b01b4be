//! Comparing an answer with what a case expects.

use saleflex_core::money::parse_number;
use serde_json::Value;

/// Compares `actual` with `expected`: an expected object lists only what must match and be there, a list must match
/// item by item, and texts that are numbers are compared as numbers.
///
/// # Errors
/// The first difference, with the path to it.
pub fn matches(expected: &Value, actual: &Value) -> Result<(), String> {
    at("", expected, actual)
}

fn at(path: &str, expected: &Value, actual: &Value) -> Result<(), String> {
    match (expected, actual) {
        (Value::Object(fields), Value::Object(given)) => fields.iter().try_for_each(|(name, value)| {
            let path = format!("{path}.{name}");
            let given = given.get(name).ok_or_else(|| format!("{path}: {value} expected, not there"))?;
            at(&path, value, given)
        }),
        (Value::Array(wanted), Value::Array(given)) => {
            if wanted.len() != given.len() {
                return Err(format!("{path}: {} expected, {} found: {actual}", wanted.len(), given.len()));
            }
            let pairs = wanted.iter().zip(given).enumerate();
            pairs
                .into_iter()
                .try_for_each(|(number, (wanted, given))| at(&format!("{path}[{number}]"), wanted, given))
        }
        (Value::String(wanted), Value::String(given)) if is_same_number(wanted, given) => Ok(()),
        _ if expected == actual => Ok(()),
        _ => Err(format!("{path}: {expected} expected, {actual} found")),
    }
}

fn is_same_number(one: &str, other: &str) -> bool {
    matches!((parse_number(one), parse_number(other)), (Ok(one), Ok(other)) if one == other)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::matches;

    #[test]
    fn only_what_is_expected_must_match() {
        assert_eq!(matches(&json!({"a": 1}), &json!({"a": 1, "b": 2})), Ok(()));
        assert_eq!(matches(&json!({"b": null}), &json!({"b": null})), Ok(()));
        assert_eq!(
            matches(&json!({"b": null}), &json!({"a": 1})),
            Err(".b: null expected, not there".into()),
            "what is nothing is not what nobody says"
        );
        assert_eq!(
            matches(&json!({"a": {"b": 1}}), &json!({"a": {}})),
            Err(".a.b: 1 expected, not there".into())
        );
    }

    #[test]
    fn lists_must_match_item_by_item_and_in_length() {
        assert_eq!(matches(&json!([1, 2]), &json!([1, 2])), Ok(()));
        assert_eq!(matches(&json!([1, 2]), &json!([1, 3])), Err("[1]: 2 expected, 3 found".into()));
        assert!(matches(&json!([]), &json!([1])).is_err());
    }

    #[test]
    fn decimals_are_compared_as_numbers_and_words_as_words() {
        assert_eq!(matches(&json!("2.50"), &json!("2.5")), Ok(()));
        assert_eq!(matches(&json!("1E+2"), &json!("100.00")), Ok(()));
        assert!(matches(&json!("2.50"), &json!("2.51")).is_err());
        assert!(matches(&json!("CASH"), &json!("cash")).is_err());
        assert!(matches(&json!("1"), &json!(1)).is_err());
    }
}
