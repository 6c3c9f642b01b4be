//! What is wrong with a field or a text of a record.

use saleflex_core::cashier::target::Goal;
use saleflex_store::error::FieldFault;

use crate::text::{Key, Text};

/// What is wrong with a field, by the name that commands and files have for it.
pub(super) fn field(text: &Text, field: &str, fault: FieldFault) -> String {
    let key = match fault {
        FieldFault::BelowNothing => Key::FieldBelowNothing,
        FieldFault::TooLarge => Key::FieldTooLarge,
        FieldFault::Missing => Key::FieldMissing,
        FieldFault::BelowMinimum => Key::FieldBelowMinimum,
        FieldFault::EndsFirst => Key::FieldEndsFirst,
        FieldFault::TooFine => Key::FieldTooFine,
        _ => return format!("{field}: {fault}"),
    };
    text.fill(key, &[("field", field)])
}

/// A goal whose actual value nobody would ever know; of one that is a share of what is expected, that nothing is.
pub(super) fn not_measured(text: &Text, goal: Goal) -> String {
    let key = if goal.is_measured() { Key::GoalNotExpected } else { Key::GoalNotMeasured };
    let goal = serde_json::to_value(goal).unwrap_or_default();
    text.fill(key, &[("goal", goal.as_str().unwrap_or_default())])
}

/// Whose text is empty or too long.
pub(super) fn record(text: &Text, record: &str) -> String {
    let key = match record {
        "cashier" => Key::RecordCashier,
        "supplier" => Key::RecordSupplier,
        "role" => Key::RecordRole,
        "coupon" => Key::RecordCoupon,
        "customer code" => Key::RecordCustomerCode,
        "consent" => Key::RecordConsent,
        "reason" => Key::RecordReason,
        "connector" | "hub" => Key::RecordHub,
        _ => return text.fill(Key::BadRecordOf, &[("record", record)]),
    };
    text.fill(Key::BadRecordOf, &[("record", text.word(key))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_is_named_with_what_is_wrong_with_it() {
        let text = Text::english();
        assert_eq!(field(text, "void_rate", FieldFault::BelowNothing), "void_rate must not be below 0.");
        assert_eq!(field(text, "counted", FieldFault::TooLarge), "counted is too large.");
        assert_eq!(field(text, "goals", FieldFault::Missing), "goals: nothing is given.");
        assert_eq!(field(text, "maximum", FieldFault::BelowMinimum), "maximum is less than the minimum.");
        assert_eq!(field(text, "to", FieldFault::EndsFirst), "The last day is before the first.");
        let too_fine = "pack has more digits after the point than the unit of the goods.";
        assert_eq!(field(text, "pack", FieldFault::TooFine), too_fine);
        for (known, told) in [
            ("cashier", "Cashier"),
            ("supplier", "Supplier"),
            ("role", "Role"),
            ("coupon", "Coupon"),
            ("customer code", "Customer number"),
            ("consent", "Consent"),
            ("reason", "Reason"),
            ("hub", "Hub"),
            ("connector", "Hub"),
            ("another", "another"),
        ] {
            assert_eq!(
                record(text, known),
                format!("{told}: a text is empty, too long or cannot be printed.")
            );
        }
    }
}
