//! Whether two bodies say the same: old terminals write the same value in several ways.

use rust_decimal::Decimal;
use saleflex_core::digest::Digest;
use serde_json::Value;

use crate::e4;

/// The fields of documents and closures that hold decimals, sorted.
const DECIMALS: [&str; 76] = [
    "affected_amount",
    "average_tip_amount",
    "average_tip_percentage",
    "average_transaction_amount",
    "base_currency_amount",
    "base_unit_quantity",
    "bonus_multiplier",
    "canceled_amount",
    "canceled_tax_amount",
    "cash_difference",
    "change_amount",
    "closing_cash_amount",
    "cost_price",
    "currency_amount",
    "currency_exchange_rate",
    "currency_total",
    "delivery_fee",
    "discount_amount",
    "discount_rate",
    "distributed_amount",
    "exchange_rate",
    "exempt_amount",
    "expected_cash_amount",
    "gift_card_balance_after",
    "gift_card_balance_before",
    "gross_amount",
    "gross_sales_amount",
    "hours_worked",
    "list_price",
    "net_amount",
    "net_sales_amount",
    "opening_cash_amount",
    "paid_in_total",
    "paid_out_total",
    "payment_total",
    "points_monetary_value",
    "quantity",
    "redemption_amount",
    "refund_amount",
    "refund_quantity",
    "refunded_amount",
    "restocking_fee",
    "rounding_amount",
    "service_charge_amount",
    "suggested_tip_percentage",
    "surcharge_amount",
    "surcharge_rate",
    "tax_amount",
    "tax_rate",
    "tax_rate_percentage",
    "taxable_amount",
    "tip_amount",
    "tip_percentage",
    "total_amount",
    "total_change_amount",
    "total_department",
    "total_department_vat",
    "total_discount",
    "total_discount_amount",
    "total_payment_amount",
    "total_price",
    "total_sales_amount",
    "total_surcharge_amount",
    "total_tax_amount",
    "total_tip_amount",
    "total_vat",
    "total_vat_amount",
    "undistributed_amount",
    "unit_discount",
    "unit_price",
    "valid_amount",
    "valid_tax_amount",
    "vat_rate",
    "void_amount",
    "voucher_amount",
    "weight",
];

/// The digest of what a body says: by the order of its keys' names, decimals by their value.
pub(crate) fn digest(body: &Value) -> String {
    let mut canonical = String::new();
    write(body, None, &mut canonical);
    Digest::of(canonical.as_bytes()).to_string()
}

fn write(value: &Value, field: Option<&str>, out: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| *name);
            out.push('{');
            for (name, value) in fields {
                out.push_str(&Value::from(name.as_str()).to_string());
                write(value, Some(name), out);
            }
            out.push('}');
        }
        Value::Array(values) => {
            out.push('[');
            for value in values {
                write(value, field, out);
                out.push(',');
            }
            out.push(']');
        }
        Value::String(_) | Value::Number(_) => match field.and_then(|field| decimal_of(field, value)) {
            Some(decimal) => out.push_str(&decimal.to_string()),
            None => out.push_str(&value.to_string()),
        },
        Value::Null | Value::Bool(_) => out.push_str(&value.to_string()),
    }
}

fn decimal_of(field: &str, value: &Value) -> Option<Decimal> {
    if is_decimal(field) { decimal(value) } else { None }
}

/// Whether a field of that name holds a decimal.
pub(crate) fn is_decimal(field: &str) -> bool {
    DECIMALS.binary_search(&field).is_ok()
}

/// A decimal that came as a text or a number.
pub(crate) fn decimal(value: &Value) -> Option<Decimal> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    let parsed = text.parse().or_else(|_| Decimal::from_scientific(&text));
    parsed.ok().map(|decimal: Decimal| decimal.normalize())
}

/// A whole number that came as one, as a text or with nothing behind its point: other clients write `"1"` and `1.0`.
pub(crate) fn whole(value: &Value) -> Option<i64> {
    let number = decimal(value)?;
    if number.is_integer() { i64::try_from(number).ok() } else { None }
}

/// An amount in whole ten-thousandths, if it is one.
pub(crate) fn ten_thousandths(value: &Value) -> Option<i64> {
    e4::of(decimal(value)?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_names_of_decimals_are_sorted_as_the_search_needs_it() {
        assert!(DECIMALS.is_sorted());
    }

    #[test]
    fn the_same_value_written_otherwise_is_the_same_content() {
        let one = json!({"head": {"total_amount": "249.0", "receipt_number": 1}, "payments": []});
        let other = json!({"payments": [], "head": {"receipt_number": 1, "total_amount": "249.0000"}});
        assert_eq!(digest(&one), digest(&other));
        assert_eq!(digest(&json!({"total_amount": 249})), digest(&json!({"total_amount": "249.00"})));
    }

    #[test]
    fn another_amount_or_another_code_is_other_content() {
        assert_ne!(digest(&json!({"total_amount": "249.01"})), digest(&json!({"total_amount": "249.0"})));
        assert_ne!(digest(&json!({"product_code": "1"})), digest(&json!({"product_code": "1.0"})));
        assert_ne!(digest(&json!({"a": ["b", "c"]})), digest(&json!({"a": ["b,c"]})));
        assert_ne!(digest(&json!({"a": null})), digest(&json!({})));
    }

    #[test]
    fn a_whole_number_is_the_same_however_it_was_written() {
        for one in [json!(7), json!("7"), json!(" 7 "), json!(7.0), json!("7.00"), json!("+7")] {
            assert_eq!(whole(&one), Some(7), "{one}");
        }
        assert_eq!(whole(&json!(i64::MAX)), Some(i64::MAX));
        for none in [json!(7.5), json!("seven"), json!(null), json!(true), json!("1e40"), json!(u64::MAX)] {
            assert_eq!(whole(&none), None, "{none}");
        }
    }

    #[test]
    fn amounts_are_exact_or_none() {
        assert_eq!(ten_thousandths(&json!("8.4500")), Some(84_500));
        assert_eq!(ten_thousandths(&json!(0.1)), Some(1_000));
        assert_eq!(ten_thousandths(&json!("-3.4")), Some(-34_000));
        for unreadable in [json!("8.45001"), json!("eight"), json!(null), json!("1e400"), json!([1])] {
            assert_eq!(ten_thousandths(&unreadable), None, "{unreadable}");
        }
    }
}
