//! Which fields the rows of each resource have, and what each of them holds: a table, `fields.csv`. First stand those by which
//! rows are filtered; the fields of `*` all rows have.

use std::{collections::BTreeMap, ops::RangeInclusive, sync::LazyLock};

use chrono::NaiveTime;
use saleflex_core::{campaign::parse_local, money::parse_decimal};
use serde_json::{Map, Number, Value as Json};
use uuid::Uuid;

use super::rules::invalid;
use crate::{ApiError, office::content};

const TABLE: &str = include_str!("fields.csv");
/// What stands in the place of a resource where all of them are meant.
const ALL: &str = "*";

/// What a field holds, where it says anything.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// An identity.
    Id,
    /// A whole number, and of those that tills take the least and the most.
    Whole { least: i64, most: i64 },
    /// `true` or `false`.
    Flag,
    /// A text.
    Text,
    /// A decimal that is written as a text; a number is one as well.
    Decimal,
    /// A decimal that older terminals write as a number; a text is one as well.
    Real,
    /// A day.
    Day,
    /// A time of a day, on the store's clock.
    Moment,
    /// A time of every day.
    Time,
    /// What only tills of ours take apart.
    Object,
    /// The same, also as a text that holds it.
    Written,
}

/// A field of the rows of a resource.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// Whether rows are filtered by it.
    pub(super) is_filtered: bool,
}

type Table = BTreeMap<&'static str, Vec<Field>>;

fn table() -> &'static Table {
    static FIELDS: LazyLock<Table> =
        LazyLock::new(|| parse(TABLE).expect("the committed table is whole, as a test checks"));
    &FIELDS
}

/// The fields of a resource beside those that all rows have.
pub(super) fn of(resource: &str) -> &'static [Field] {
    table().get(resource).map_or(&[], Vec::as_slice)
}

/// The fields of a resource, then those that all rows have.
pub(crate) fn of_rows(resource: &str) -> impl Iterator<Item = &'static Field> {
    of(resource).iter().chain(of(ALL))
}

fn find(resource: &str, name: &str) -> Option<&'static Field> {
    of_rows(resource).find(|field| field.name == name)
}

fn parse(table: &'static str) -> Option<Table> {
    let rows = table.lines().skip(1).map(|line| {
        let [resource, filtered, others]: [&'static str; 3] =
            line.split(',').collect::<Vec<_>>().try_into().ok()?;
        let mut fields = Vec::new();
        for (list, is_filtered) in [(filtered, true), (others, false)] {
            for field in list.split(' ').filter(|field| !field.is_empty()) {
                let (name, kind) = field.split_once(':')?;
                fields.push(Field { name, kind: Kind::parse(kind)?, is_filtered });
            }
        }
        Some((resource, fields))
    });
    rows.collect()
}

/// That a field of a row is one that the resource has, and says nothing or what such a field holds.
///
/// # Errors
/// `field_invalid` with the field in `detail`.
pub(super) fn check(resource: &str, name: &str, value: &Json) -> Result<(), ApiError> {
    let Some(field) = find(resource, name) else {
        return Err(invalid(name, &format!("is no field of `{resource}`")));
    };
    if value.is_null() || field.kind.holds(value) { Ok(()) } else { Err(invalid(name, &field.kind.misfit())) }
}

/// What a cell of a file says of a field; what is none such as the field holds stays the text it is, so that no code loses
/// its zeros.
pub(crate) fn of_cell(resource: &str, name: &str, cell: &str) -> Json {
    let read = find(resource, name).and_then(|field| field.kind.read(cell));
    read.unwrap_or_else(|| cell.into())
}

/// Whether a field holds a decimal, which is the same in however many digits it is written.
pub(crate) fn is_decimal(resource: &str, name: &str) -> bool {
    find(resource, name).is_some_and(|field| matches!(field.kind, Kind::Decimal | Kind::Real))
}

/// Makes of what an earlier version took as a text what it means: a number, a flag, or nothing. What means none of it stays.
pub(crate) fn mend(resource: &str, row: &mut Map<String, Json>) {
    for (name, value) in row {
        let mended = find(resource, name).and_then(|field| field.kind.meant(value));
        if let Some(mended) = mended {
            *value = mended;
        }
    }
}

impl Kind {
    fn parse(name: &str) -> Option<Self> {
        let within = |range: RangeInclusive<i64>| Self::Whole { least: *range.start(), most: *range.end() };
        Some(match name {
            "id" => Self::Id,
            "whole" => within(i64::MIN..=i64::MAX),
            "i32" => within(i32::MIN.into()..=i32::MAX.into()),
            "u32" => within(0..=u32::MAX.into()),
            "u16" => within(0..=u16::MAX.into()),
            "u8" => within(0..=u8::MAX.into()),
            "flag" => Self::Flag,
            "text" => Self::Text,
            "decimal" => Self::Decimal,
            "real" => Self::Real,
            "day" => Self::Day,
            "moment" => Self::Moment,
            "time" => Self::Time,
            "object" => Self::Object,
            "json" => Self::Written,
            _ => return None,
        })
    }

    fn holds(self, value: &Json) -> bool {
        let text = value.as_str();
        match self {
            Self::Id => text.is_some_and(|text| Uuid::parse_str(text).is_ok()),
            Self::Whole { least, most } => {
                value.as_i64().is_some_and(|number| (least..=most).contains(&number))
            }
            Self::Flag => value.is_boolean(),
            Self::Text => text.is_some(),
            Self::Decimal | Self::Real => text
                .map_or_else(|| content::decimal(value).is_some(), |text| parse_decimal(text.trim()).is_ok()),
            Self::Day | Self::Moment => text.is_some_and(|text| parse_local(text).is_some()),
            Self::Time => text.is_some_and(is_time),
            Self::Object => value.is_object(),
            Self::Written => text.is_some() || value.is_object(),
        }
    }

    /// Why a field does not hold what it says.
    fn misfit(self) -> String {
        let what = match self {
            Self::Id => "is no identity",
            Self::Whole { least: i64::MIN, most: i64::MAX } => "is no whole number",
            Self::Whole { least, most } => return format!("is no whole number from {least} to {most}"),
            Self::Flag => "is neither `true` nor `false`",
            Self::Text => "is no text",
            Self::Decimal | Self::Real => "is no decimal, such as \"12.50\"",
            Self::Day => "is no day, such as 2026-11-21",
            Self::Moment => "is no time, such as 2026-11-21T09:30:00",
            Self::Time => "is no time of a day, such as 09:30",
            Self::Object => "is no object",
            Self::Written => "is neither a text nor an object",
        };
        what.to_owned()
    }

    /// What a text says, where it is no text that such a field holds.
    fn read(self, text: &str) -> Option<Json> {
        match self {
            Self::Whole { .. } => text.parse::<i64>().ok().map(Json::from),
            Self::Flag if text.eq_ignore_ascii_case("true") => Some(true.into()),
            Self::Flag if text.eq_ignore_ascii_case("false") => Some(false.into()),
            Self::Real => {
                let plain = parse_decimal(text).ok()?.normalize().to_string();
                serde_json::from_str::<Number>(&plain).ok().map(Json::Number)
            }
            Self::Object => serde_json::from_str::<Map<String, Json>>(text).ok().map(Json::Object),
            Self::Id
            | Self::Flag
            | Self::Text
            | Self::Decimal
            | Self::Day
            | Self::Moment
            | Self::Time
            | Self::Written => None,
        }
    }

    /// What an earlier version meant by what it took; none where that is what such a field holds, or cannot be read.
    fn meant(self, value: &Json) -> Option<Json> {
        if matches!(self, Self::Text | Self::Written) {
            let is_bare = self == Self::Text && (value.is_number() || value.is_boolean());
            return is_bare.then(|| value.to_string().into());
        }
        if self == Self::Flag && value.is_number() {
            return value.as_u64().filter(|number| *number <= 1).map(|number| (number == 1).into());
        }
        let text = value.as_str()?.trim();
        if matches!(text, "" | "None") {
            return Some(Json::Null);
        }
        if matches!(self, Self::Whole { .. } | Self::Flag) { self.read(text) } else { None }
    }
}

fn is_time(text: &str) -> bool {
    let formats = ["%H:%M:%S%.f", "%H:%M"];
    formats.into_iter().any(|format| NaiveTime::parse_from_str(text.trim(), format).is_ok())
}

#[cfg(test)]
mod tests {
    use std::slice;

    use serde_json::json;

    use super::*;
    use crate::definitions::rules;

    fn checked(resource: &str, name: &str, value: &Json) -> Result<(), Option<String>> {
        check(resource, name, value).map_err(|refused| refused.detail)
    }

    #[test]
    fn every_field_that_older_terminals_know_has_its_kind_and_their_rows_fit() {
        let known: Json = serde_json::from_str(include_str!("../../../vectors/wire/fields.json")).unwrap();
        let seed = include_str!("../../../vectors/wire/init/harbour-TILL-1.json");
        let seed: Json = serde_json::from_str(seed).unwrap();
        let table = parse(TABLE).unwrap();
        for rule in rules::all() {
            assert!(table.contains_key(rule.resource), "{}", rule.resource);
            let described = known["init"][rule.resource].as_object().into_iter().flatten();
            for (name, described) in described {
                let kind = find(rule.resource, name).map(|field| field.kind);
                let fits = match described["type"].as_str().unwrap() {
                    "uuid" => kind == Some(Kind::Id),
                    "int" => matches!(kind, Some(Kind::Whole { .. })),
                    "bool" => kind == Some(Kind::Flag),
                    // Some are described no further than that.
                    "string" => matches!(kind, Some(Kind::Text | Kind::Written | Kind::Id | Kind::Flag)),
                    "decimal-string" => kind == Some(Kind::Decimal),
                    "float" => kind == Some(Kind::Real),
                    "date" => kind == Some(Kind::Day),
                    "datetime" => kind == Some(Kind::Moment),
                    "time" => kind == Some(Kind::Time),
                    other => panic!("{other}"),
                };
                assert!(fits, "{}.{name}: {kind:?}", rule.resource);
            }
            let rows = &seed["data"][rule.resource];
            for row in rows.as_array().map_or(slice::from_ref(rows), Vec::as_slice) {
                for (name, value) in row.as_object().into_iter().flatten() {
                    assert_eq!(checked(rule.resource, name, value), Ok(()), "{}: {value}", rule.resource);
                }
            }
        }
        assert_eq!(table.len(), rules::all().len() + 1, "and those of all rows");
        for wrong in ["h\nproducts,name:word,\n", "h\nproducts,,name\n", "h\nproducts,name:text\n"] {
            assert!(parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_field_holds_what_is_of_its_kind_and_nothing_else() {
        for (resource, name, fits, wrong) in [
            ("products", "code", json!("007"), json!(7)),
            ("products", "minimum_age", json!(18), json!("18")),
            ("products", "minimum_age", json!(0), json!(256)),
            ("products", "is_scalable", json!(false), json!("FALSE")),
            ("products", "weight", json!(-0.5), json!("heavy")),
            ("products", "sale_price", json!("1.50"), json!("1,50")),
            ("products", "expiration_date", json!("2026-12-01"), json!("01/12/2026")),
            ("campaigns", "priority", json!(-1), json!("10")),
            ("campaigns", "start_time", json!("09:30"), json!("half past nine")),
            ("campaigns", "definition", json!({}), json!("{}")),
            ("coupons", "usage_limit", json!(5), json!(-5)),
            ("coupons", "end_date", json!("2026-12-01T23:59:59"), json!("2026-13-01")),
            ("customer_segments", "criteria_json", json!({"min_points": 1}), json!(["min_points"])),
            ("department_sub_groups", "main_group_id", json!(Uuid::nil()), json!("7")),
        ] {
            assert_eq!(checked(resource, name, &fits), Ok(()), "{fits}");
            assert_eq!(checked(resource, name, &Json::Null), Ok(()), "{name} says nothing");
            assert_eq!(checked(resource, name, &wrong), Err(Some(name.to_owned())), "{wrong}");
        }
        assert_eq!(checked("products", "sale_prise", &json!("1")), Err(Some("sale_prise".to_owned())));
    }

    #[test]
    fn a_cell_is_what_its_field_holds_and_what_an_earlier_version_took_is_what_it_meant() {
        for (name, cell, said) in [
            ("code", "0017", json!("0017")),
            ("name", "true", json!("true")),
            ("minimum_age", "18", json!(18)),
            ("minimum_age", "old", json!("old")),
            ("is_scalable", "FALSE", json!(false)),
            ("weight", "1.50", json!(1.5)),
            ("sale_price", "1.50", json!("1.50")),
            ("colour", "true", json!("true")),
        ] {
            assert_eq!(of_cell("products", name, cell), said, "{name}");
        }
        assert_eq!(of_cell("campaigns", "definition", "{\"a\":1}"), json!({"a": 1}));
        let Json::Object(mut row) = json!({
            "code": 7, "name": "None", "priority": " 10 ", "is_active": "FALSE", "start_date": "None", "end_date": "soon",
            "total_usage_limit": "many", "min_purchase_amount": "", "stamp": "7", "is_combinable": 1,
        }) else {
            panic!("a row is an object")
        };
        mend("campaigns", &mut row);
        let mended = json!({
            "code": "7", "name": "None", "priority": 10, "is_active": false, "start_date": null, "end_date": "soon",
            "total_usage_limit": "many", "min_purchase_amount": null, "stamp": "7", "is_combinable": true,
        });
        assert_eq!(Json::Object(row), mended);
    }
}
