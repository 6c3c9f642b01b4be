//! What a hub is told of people whom an event of the till is about: rows as the till takes them over from a hub, too.

use std::collections::BTreeMap;

use chrono::SecondsFormat;
use saleflex_core::customer::{CustomerDetails, PhoneKey, Purpose};
use saleflex_store::outbox::Described;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::wire::Person;

/// The names of the fields in which a row says what is agreed to, and since when.
const PURPOSES: [(Purpose, &str, &str); 3] = [
    (Purpose::Marketing, "marketing_consent", "marketing_consent_at"),
    (Purpose::Sms, "sms_consent", "sms_consent_at"),
    (Purpose::Email, "email_consent", "email_consent_at"),
];

/// The row of a person. What they owe and their points are not in it.
pub(super) fn row(described: &Described) -> Person {
    let Described { record, code } = described;
    let (details, address) = (&record.details, &record.details.address);
    let fields = json!({
        "id": record.id.uuid().to_string(),
        "code": code,
        "name": details.name,
        "last_name": details.last_name,
        "phone_number": details.phone,
        "phone_normalized": record.phone_key.as_ref().map(PhoneKey::as_str),
        "email_address": details.email,
        "address_line_1": address.street,
        "address_line_2": address.area,
        "address_line_3": address.town,
        "zip_code": address.zip,
        "description": details.note,
        "date_of_birth": details.date_of_birth.map(|born| born.to_string()),
        "gender": details.gender.and_then(named),
        "national_id": details.national_id,
        "tax_id": details.tax_id,
        "preferences_json": preferences(details),
        "registration_source": named(record.source),
        "created_at": record.registered_at.instant.format("%Y-%m-%dT%H:%M:%S").to_string(),
    });
    let mut row = if let Value::Object(row) = fields { row } else { Map::new() };
    for (purpose, given, at) in PURPOSES {
        let mut said = record.consents.statements().iter().rev();
        if let Some(said) = said.find(|said| said.purpose == purpose) {
            let when = said.at.instant.to_rfc3339_opts(SecondsFormat::AutoSi, true);
            row.insert(given.to_owned(), said.given.into());
            row.insert(at.to_owned(), when.into());
        }
    }
    Person(row)
}

/// A value of an enumeration as older terminals write it, such as `MOBILE_APP`.
fn named(value: impl Serialize) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_uppercase)
}

/// Preferences as older terminals write them: an object of words that are true.
fn preferences(details: &CustomerDetails) -> Option<String> {
    let words: BTreeMap<&String, bool> = details.preferences.iter().map(|word| (word, true)).collect();
    if words.is_empty() { None } else { serde_json::to_string(&words).ok() }
}
