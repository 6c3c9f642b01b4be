//! What is wrong with a field or a text of a record.

use saleflex_core::{
    cashier::target::Goal,
    customer::{DetailsError, Field},
};
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

/// That a reason is left out, where it is not said beside its field.
pub(super) fn no_reason(text: &Text) -> String {
    text.fill(Key::FieldMissing, &[("field", text.word(Key::RecordReason))])
}

/// What is wrong with a field of a person, and which one it is.
pub(super) fn details(text: &Text, why: DetailsError) -> String {
    let field = match why {
        DetailsError::Required { field }
        | DetailsError::TooLong { field, .. }
        | DetailsError::ControlCharacter { field } => label(field),
        DetailsError::NoDigit => Key::FieldPhone,
        DetailsError::NotBorn => Key::FieldBorn,
        _ => return text.word(Key::BadRecord).to_owned(),
    };
    text.fill(Key::DoubtField, &[("field", text.word(field)), ("reason", &of_person(text, why))])
}

/// What is wrong with a field of a person, where it is said beside the field.
pub(crate) fn of_person(text: &Text, why: DetailsError) -> String {
    let key = match why {
        DetailsError::TooLong { longest, .. } => {
            return text.fill(Key::FieldTooLong, &[("most", &longest.to_string())]);
        }
        DetailsError::Required { .. } => Key::FieldNeeded,
        DetailsError::ControlCharacter { .. } => Key::FieldUnprintable,
        DetailsError::NoDigit => Key::PhoneNoDigit,
        DetailsError::NotBorn => Key::BornLater,
        other => return other.to_string(),
    };
    text.word(key).to_owned()
}

/// What a field of a person is called in its form.
const fn label(field: Field) -> Key {
    match field {
        Field::LastName => Key::FieldLastName,
        Field::Phone => Key::FieldPhone,
        Field::Email => Key::FieldEmail,
        Field::Street => Key::FieldStreet,
        Field::Area => Key::FieldArea,
        Field::Town => Key::FieldTown,
        Field::Zip => Key::FieldZip,
        Field::Note => Key::FieldNote,
        Field::NationalId => Key::FieldNationalId,
        Field::TaxId => Key::FieldTaxId,
        Field::Preference => Key::FieldPreferences,
        _ => Key::FieldFirstName,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_person_names_its_field_in_both_languages() {
        let (text, turkish) = (Text::english(), Text::of(Some("tr")));
        let longest = Field::Zip.longest();
        for (why, told, in_turkish) in [
            (DetailsError::Required { field: Field::Name }, "First name: needed", "Adı: gerekli"),
            (DetailsError::Required { field: Field::LastName }, "Last name: needed", "Soyadı: gerekli"),
            (
                DetailsError::TooLong { field: Field::Zip, longest },
                "Postal code: at most 50 characters",
                "Posta kodu: en çok 50 karakter",
            ),
            (
                DetailsError::ControlCharacter { field: Field::Email },
                "E-mail: a character of it cannot be printed",
                "E-posta: bir karakteri yazdırılamaz",
            ),
            (
                DetailsError::NoDigit,
                "Telephone: A telephone number has digits.",
                "Telefon: Telefon numarasında rakam olur.",
            ),
            (DetailsError::NotBorn, "Date of birth: Still to come.", "Doğum tarihi: Daha gelmedi."),
        ] {
            assert_eq!(details(text, why), told);
            assert_eq!(details(turkish, why), in_turkish);
        }
        assert_eq!(no_reason(text), "Reason: nothing is given.");
    }

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
