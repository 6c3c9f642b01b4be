//! One value of a setting written elsewhere: the free JSON of an imported rule, before it has a type of our own.
//!
//! A JSON number with a point is read by its digits, never computed with.

use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, de};

use crate::money::parse_decimal;

/// A JSON value as far as settings use it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Scalar {
    /// Absent, or `null`.
    #[default]
    Null,
    /// A yes or no.
    Flag(bool),
    /// A number, exactly as written.
    Number(Decimal),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Self>),
    /// An object, or a number no decimal holds: there, but of no use.
    Other,
}

/// The members of a JSON object; anything that is no object reads as one without members.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Object(pub BTreeMap<String, Scalar>);

impl Object {
    /// A member; [`Scalar::Null`] where there is none.
    pub fn member(&self, name: &str) -> &Scalar {
        self.0.get(name).unwrap_or(&Scalar::Null)
    }

    /// The first of several names of one setting that is neither missing, nothing nor empty.
    pub fn first_of<'a>(&'a self, names: &[&str]) -> &'a Scalar {
        names.iter().map(|name| self.member(name)).find(|value| !value.is_blank()).unwrap_or(&Scalar::Null)
    }
}

impl Scalar {
    /// Whether it is missing, zero or empty.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Flag(flag) => !flag,
            Self::Number(number) => number.is_zero(),
            Self::Text(text) => text.trim().is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Other => false,
        }
    }

    /// The number it is or spells.
    pub fn decimal(&self) -> Option<Decimal> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => parse_decimal(text.trim()).ok(),
            Self::Null | Self::Flag(_) | Self::List(_) | Self::Other => None,
        }
    }

    /// The whole number it is or spells; `12.5` is none, and neither is the text `12.0`.
    pub fn whole(&self) -> Option<i64> {
        match self {
            Self::Number(number) if number.is_integer() => i64::try_from(*number).ok(),
            Self::Text(text) => text.trim().parse().ok(),
            Self::Null | Self::Flag(_) | Self::Number(_) | Self::List(_) | Self::Other => None,
        }
    }

    /// The text it is.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Flag(_) | Self::Number(_) | Self::List(_) | Self::Other => None,
        }
    }

    /// Whether it is plainly `true`.
    pub fn is_true(&self) -> bool {
        *self == Self::Flag(true)
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> de::Visitor<'de> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Scalar, E> {
        Ok(Scalar::Null)
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Scalar, E> {
        Ok(Scalar::Flag(flag))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Scalar, E> {
        Ok(Scalar::Number(number.into()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Scalar, E> {
        Ok(Scalar::Number(number.into()))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Scalar, E> {
        Ok(parse_decimal(&number.to_string()).map_or(Scalar::Other, Scalar::Number))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.to_string()))
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut items: A) -> Result<Scalar, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Scalar::List(list))
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut members: A) -> Result<Scalar, A::Error> {
        while members.next_entry::<de::IgnoredAny, de::IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other)
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> de::Visitor<'de> for ObjectVisitor {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut members: A) -> Result<Object, A::Error> {
        let mut settings = Object::default();
        while let Some((name, value)) = members.next_entry::<String, Scalar>()? {
            settings.0.insert(name, value);
        }
        Ok(settings)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Object, E> {
        Ok(Object::default())
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Object, E> {
        Ok(Object::default())
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Object, E> {
        Ok(Object::default())
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Object, E> {
        Ok(Object::default())
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Object, E> {
        Ok(Object::default())
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<Object, E> {
        Ok(Object::default())
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut items: A) -> Result<Object, A::Error> {
        while items.next_element::<de::IgnoredAny>()?.is_some() {}
        Ok(Object::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(json: &str) -> Object {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn what_is_no_object_reads_as_an_empty_one() {
        for json in ["null", "[1, {\"a\": 2}]", "\"text\"", "1", "-1", "1.5", "true"] {
            assert_eq!(settings(json), Object::default(), "{json}");
        }
    }

    #[test]
    fn an_alias_is_read_when_the_first_name_is_missing_zero_or_empty() {
        let read = settings(r#"{"a": 0, "b": "", "c": [], "d": 7, "e": 8}"#);
        assert_eq!(read.first_of(&["missing", "a", "b", "c", "d", "e"]).whole(), Some(7));
        assert_eq!(read.first_of(&["a", "b"]), &Scalar::Null);
    }

    #[test]
    fn numbers_are_read_by_their_digits() {
        let read =
            settings(r#"{"a": 0.05, "b": "5000.01", "c": 1e300, "d": "12.5", "e": 12.0, "f": {"x": 1}}"#);
        assert_eq!(read.member("a").decimal().unwrap().to_string(), "0.05");
        assert_eq!(read.member("b").decimal().unwrap().to_string(), "5000.01");
        assert_eq!((read.member("c"), read.member("f")), (&Scalar::Other, &Scalar::Other));
        assert_eq!((read.member("d").whole(), read.member("e").whole()), (None, Some(12)));
    }
}
