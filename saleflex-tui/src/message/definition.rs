//! What is wrong with a field of a definition that people write, in the words of the language file: what cannot be, and what
//! cannot be read at all.

use saleflex_core::{campaign::FieldReason, money::AmountError};

use super::amount_error;
use crate::text::{Key, Text};

/// Why a field is wrong.
pub(crate) fn reason(text: &Text, reason: &FieldReason) -> String {
    let most = |key, most: usize| text.fill(key, &[("most", &*most.to_string())]);
    match reason {
        FieldReason::Missing => text.word(Key::FaultMissing).to_owned(),
        FieldReason::Malformed => text.word(Key::FaultMalformed).to_owned(),
        FieldReason::Unknown => text.word(Key::FaultUnknown).to_owned(),
        FieldReason::OutOfRange { least, most } => {
            text.fill(Key::FaultOutOfRange, &[("least", &**least), ("most", &**most)])
        }
        FieldReason::TooSmall => text.word(Key::FaultTooSmall).to_owned(),
        FieldReason::TooLong { most: longest } => most(Key::FaultTooLong, *longest),
        FieldReason::Before { of } => text.fill(Key::FaultBefore, &[("of", &**of)]),
        FieldReason::Same { of } => text.fill(Key::FaultSame, &[("of", &**of)]),
        FieldReason::NotBeside { other } => text.fill(Key::FaultNotBeside, &[("other", &**other)]),
        FieldReason::TooMany { most: many } => most(Key::FaultTooMany, *many),
        FieldReason::TooDeep { most: deep } => most(Key::FaultTooDeep, *deep),
        _ => reason.to_string(),
    }
}

/// That no product has a code.
pub(crate) fn no_product(text: &Text, code: &str) -> String {
    text.fill(Key::FaultNoProduct, &[("code", code)])
}

/// That no segment has a code.
pub(crate) fn no_segment(text: &Text, code: &str) -> String {
    text.fill(Key::FaultNoSegment, &[("code", code)])
}

/// Why a field cannot be read: what would be written there, in place of what the program calls it.
pub(crate) fn unreadable(text: &Text, field: &str, error: &serde_json::Error) -> String {
    let words = error.to_string();
    named(text, &words)
        .or_else(|| words.rsplit_once("expected ").and_then(|(_, meant)| kind(text, meant)))
        .or_else(|| sample(text, field))
        .or_else(|| number(&words).map(|error| amount_error(text, error)))
        .unwrap_or(words)
}

/// A name that is missing or that nothing has.
fn named(text: &Text, words: &str) -> Option<String> {
    if let Some(field) = words.strip_prefix("missing field ") {
        return Some(text.fill(Key::FaultMissingField, &[("name", field)]));
    }
    let of = |key, rest: &str| {
        let (name, known) = rest.split_once(", expected ")?;
        let known = known.strip_prefix("one of ").unwrap_or(known).replace(" or ", ", ");
        Some(text.fill(key, &[("name", name), ("known", &*known)]))
    };
    let field = words.strip_prefix("unknown field ").and_then(|rest| of(Key::FaultUnknownField, rest));
    field.or_else(|| of(Key::FaultUnknownName, words.strip_prefix("unknown variant ")?))
}

/// What is written in the place of a kind of value.
fn kind(text: &Text, meant: &str) -> Option<String> {
    let key = match meant {
        "u8" => return Some(whole(text, u8::MIN.into(), u8::MAX.into())),
        "u16" => return Some(whole(text, u16::MIN.into(), u16::MAX.into())),
        "u32" => return Some(whole(text, u32::MIN.into(), u32::MAX.into())),
        "i32" => return Some(whole(text, i32::MIN.into(), i32::MAX.into())),
        "i64" | "u64" | "usize" => Key::FaultWholeNumber,
        "a string" => Key::FaultText,
        "a sequence" => Key::FaultList,
        "a boolean" => Key::FaultYesNo,
        "unit" => Key::FaultNameAlone,
        "struct variant" | "newtype variant" | "tuple variant" => Key::FaultMoreThanName,
        "string or map" | "map with a single key" => Key::FaultOneName,
        "the number of a department or its identity" => Key::FaultDepartment,
        meant if meant == "a map" || meant.starts_with("struct ") => Key::FaultFields,
        _ => return None,
    };
    Some(text.word(key).to_owned())
}

fn whole(text: &Text, least: i64, most: i64) -> String {
    text.fill(Key::FaultWholeNumberOf, &[("least", &*least.to_string()), ("most", &*most.to_string())])
}

/// What a day, an hour or an identity is written like.
fn sample(text: &Text, field: &str) -> Option<String> {
    let name = field.rsplit('.').next()?.split('[').next()?;
    let key = match name {
        "start" | "end" => Key::FaultDay,
        "from" | "until" => Key::FaultHour,
        "id" | "segment" | "store" | "stores" | "brand" => Key::FaultIdentity,
        _ => return None,
    };
    Some(text.word(key).to_owned())
}

/// What is wrong with a decimal number.
fn number(words: &str) -> Option<AmountError> {
    let known = [AmountError::Malformed, AmountError::TooLarge, AmountError::TooSmall];
    let digits = || words.strip_prefix("more than ")?.strip_suffix(" digits after the point")?.parse().ok();
    let same = known.into_iter().find(|known| known.to_string() == words);
    same.or_else(|| Some(AmountError::TooPrecise { digits: digits()? }))
}

#[cfg(test)]
mod tests {
    use saleflex_core::campaign::Campaign;
    use serde_json::{Value, json};

    use super::*;

    /// What is said of a definition with one field more.
    fn said(language: &str, name: &str, value: Value) -> (String, String) {
        let mut definition = json!({
            "id": "5a1ef1e0-0000-7000-8000-00000000000d", "code": "A", "name": "A", "is_active": true,
            "benefit": {"off": {"reward": {"percent": "10"}, "per": "document"}},
        });
        definition[name] = value;
        let error = serde_path_to_error::deserialize::<_, Campaign>(definition).unwrap_err();
        let path = error.path().to_string();
        let words = unreadable(Text::known(language).unwrap(), &path, error.inner());
        (path, words)
    }

    #[test]
    fn what_cannot_be_read_says_what_is_written_there_and_not_what_the_program_calls_it() {
        let off = |reward: Value| json!({"off": {"reward": reward, "per": "document"}});
        for (name, value, english, turkish) in [
            (
                "lane",
                json!({"priority": 4_294_967_295_u32}),
                "a whole number from -2147483648 to 2147483647 is needed",
                "-2147483648 ile 2147483647 arasında bir tam sayı gerekli",
            ),
            (
                "limits",
                json!({"uses": -1}),
                "a whole number from 0 to 4294967295 is needed",
                "0 ile 4294967295 arasında bir tam sayı gerekli",
            ),
            ("limits", json!({"budget": "x"}), "a whole number is needed", "bir tam sayı gerekli"),
            (
                "benefit",
                json!({"tiers": {"by": "value", "steps": [{"from": "x", "reward": {"percent": "1"}}]}}),
                "a whole number is needed",
                "bir tam sayı gerekli",
            ),
            ("benefit", json!("off"), "the name alone is not enough", "yalnız adı yetmez"),
            (
                "benefit",
                off(json!({"percent": 10})),
                "a text in quotes is needed",
                "tırnak içinde bir metin gerekli",
            ),
            (
                "window",
                json!({"start": "2026-02-30"}),
                "not a day such as 2026-03-31",
                "2026-03-31 gibi bir gün değil",
            ),
            ("condition", json!({"coupon": {}}), "the name alone is needed", "yalnız adı gerekli"),
            (
                "activation",
                json!("often"),
                "unknown name `often`: known are `automatic`, `coupon`, `never`",
                "`often` diye bir ad yok: olanlar `automatic`, `coupon`, `never`",
            ),
        ] {
            assert_eq!(said("en", name, value.clone()).1, english, "{name}: {value}");
            let (path, words) = said("tr", name, value.clone());
            assert!(path.starts_with(name), "{path}");
            assert_eq!(words, turkish, "{name}: {value}");
        }
    }

    #[test]
    fn what_a_field_cannot_be_is_said_in_the_language_of_the_till() {
        let weekdays = FieldReason::OutOfRange { least: "1".to_owned(), most: "127".to_owned() };
        let said = |language| reason(Text::known(language).unwrap(), &weekdays);
        assert_eq!([said("en"), said("tr")], ["must be from 1 to 127", "1 ile 127 arasında olmalı"]);
        for (english, wrong) in [
            ("missing", FieldReason::Missing),
            ("before window.start", FieldReason::Before { of: "window.start".to_owned() }),
            ("more than 3", FieldReason::TooMany { most: 3 }),
        ] {
            assert_eq!(
                (reason(Text::english(), &wrong), wrong.to_string()),
                (english.into(), english.into())
            );
        }
    }
}
