use alloc::{
    boxed::Box,
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt::Debug;

use proptest::prelude::*;
use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::to_bytes;

/// All that JSON can be written of, one in the other.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Shape {
    Nothing,
    Flag(bool),
    Number(i64),
    Text(String),
    Flat(Flat),
    Maybe(Option<Box<Self>>),
    List(Vec<Self>),
    Pair(Box<Self>, Box<Self>),
    Empty {},
    #[serde(rename = "named.shape")]
    Named {
        number: u8,
        #[serde(skip_serializing_if = "Option::is_none")]
        shape: Option<Box<Self>>,
    },
    ByText(BTreeMap<String, Self>),
    ByNumber(BTreeMap<i32, Self>),
    ByFlag(BTreeMap<bool, Self>),
    ById(BTreeMap<Uuid, Self>),
    ByKind(BTreeMap<Kind, Self>),
}

#[derive(Clone, Debug, Serialize)]
struct Flat {
    number: u64,
    #[serde(flatten)]
    inside: Inside,
    #[serde(flatten)]
    more: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Serialize)]
struct Inside {
    flag: Option<bool>,
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Plain,
    NotSoPlain,
}

#[derive(Serialize)]
struct Unit;

#[derive(Eq, Ord, PartialEq, PartialOrd, Serialize)]
struct Newtype<T>(T);

#[derive(Serialize)]
struct Two(u8, Option<char>);

#[derive(Serialize)]
#[serde(tag = "kind")]
enum Tagged {
    One { number: u8 },
}

struct Bytes(&'static [u8]);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

struct Formatted(String);

impl Serialize for Formatted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("before {} \"behind\"", self.0))
    }
}

fn check(value: &impl Serialize) {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let ours = to_bytes(value, 0).map(text).map_err(|error| error.to_string());
    assert_eq!(ours, serde_json::to_vec(value).map(text).map_err(|error| error.to_string()));
}

#[test]
fn numbers_at_their_bounds_are_written_as_serde_json_does() {
    check(&(i8::MIN, i16::MIN, i32::MIN, i64::MIN, i128::MIN));
    check(&(i8::MAX, i16::MAX, i32::MAX, i64::MAX, i128::MAX));
    check(&(u8::MAX, u16::MAX, u32::MAX, u64::MAX, u128::MAX, 0));
    check(&(0.1_f32, 1e300_f64, f64::MIN_POSITIVE, f64::NAN, f32::INFINITY));
}

#[test]
fn every_sign_that_is_escaped_anywhere_is_escaped_as_serde_json_does() {
    for sign in (0..=u8::MAX).map(char::from).chain(['\u{2028}', '\u{d7ff}', '\u{1f9fe}']) {
        check(&sign);
        for before in [0, 1, 15, 16, 17] {
            let text = "x".repeat(before) + &sign.to_string() + "behind it";
            check(&text);
            check(&Formatted(text));
        }
    }
}

#[test]
fn rare_shapes_are_written_as_serde_json_does() {
    check(&((), Unit, Newtype(1), Two(1, Some('"')), Two(2, None), Tagged::One { number: 1 }));
    check(&(Bytes(b""), Bytes(b"\x00\xff"), Some(Some(1)), [(); 0], [1; 3], "", Shape::Empty {}));
    check(&(BTreeMap::<String, u8>::new(), Vec::<u8>::new()));
}

#[test]
fn keys_are_written_and_refused_as_serde_json_does() {
    check(&BTreeMap::from([(i128::MIN, 1), (0, 2)]));
    check(&BTreeMap::from([(u64::MAX, 1), (0, 2)]));
    check(&BTreeMap::from([('"', 1), ('n', 2)]));
    check(&BTreeMap::from([("", 1), ("null", 2), ("\u{1}", 3)]));
    check(&BTreeMap::from([(Newtype(Some(-1)), 1)]));
    check(&BTreeMap::from([(Newtype(None::<u8>), 1)]));
    check(&BTreeMap::from([((), 1)]));
    check(&BTreeMap::from([([1], 1)]));
    check(&BTreeMap::from([(BTreeMap::from([("of", 1)]), 1)]));
}

fn of_signs(sign: impl Strategy<Value = char>) -> impl Strategy<Value = String> {
    prop::collection::vec(sign, 0..40).prop_map(|signs| signs.into_iter().collect::<String>())
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        of_signs(prop::char::range(' ', '~')),
        of_signs(prop::char::range('\0', '\u{7f}')),
        of_signs(any::<char>()),
    ]
}

fn flat() -> impl Strategy<Value = Shape> {
    let more = prop::collection::btree_map(text(), text(), 0..3);
    (any::<u64>(), any::<Option<bool>>(), more)
        .prop_map(|(number, flag, more)| Shape::Flat(Flat { number, inside: Inside { flag }, more }))
}

fn by<K: Debug + Ord>(
    key: impl Strategy<Value = K>,
    shape: BoxedStrategy<Shape>,
) -> impl Strategy<Value = BTreeMap<K, Shape>> {
    prop::collection::btree_map(key, shape, 0..3)
}

fn keyed(shape: BoxedStrategy<Shape>) -> impl Strategy<Value = Shape> {
    prop_oneof![
        by(text(), shape.clone()).prop_map(Shape::ByText),
        by(any::<i32>(), shape.clone()).prop_map(Shape::ByNumber),
        by(any::<bool>(), shape.clone()).prop_map(Shape::ByFlag),
        by(any::<u128>().prop_map(Uuid::from_u128), shape.clone()).prop_map(Shape::ById),
        by(prop_oneof![Just(Kind::Plain), Just(Kind::NotSoPlain)], shape).prop_map(Shape::ByKind),
    ]
}

fn shape() -> impl Strategy<Value = Shape> {
    let leaf = prop_oneof![
        Just(Shape::Nothing),
        any::<bool>().prop_map(Shape::Flag),
        any::<i64>().prop_map(Shape::Number),
        text().prop_map(Shape::Text),
        flat(),
    ];
    leaf.prop_recursive(3, 24, 4, |shape| {
        let maybe = prop::option::of(shape.clone().prop_map(Box::new));
        prop_oneof![
            maybe.clone().prop_map(Shape::Maybe),
            prop::collection::vec(shape.clone(), 0..4).prop_map(Shape::List),
            (shape.clone(), shape.clone()).prop_map(|(one, other)| Shape::Pair(one.into(), other.into())),
            (any::<u8>(), maybe).prop_map(|(number, shape)| Shape::Named { number, shape }),
            keyed(shape),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn whatever_is_written_has_the_bytes_that_serde_json_gives_it(shape in shape()) {
        check(&shape);
    }
}
