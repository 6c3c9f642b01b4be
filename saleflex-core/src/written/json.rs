//! JSON as `serde_json` writes it, byte for byte, but written sooner: looking at every single byte of names and texts
//! was most of what freezing an entry cost.
//!
//! Names of fields and variants are taken as they are, a text in which nothing needs escaping is looked through at
//! once and appended whole, and whatever is rare is left to `serde_json`.

use alloc::vec::Vec;
use core::{
    fmt::{self, Display, Write as _},
    mem,
};

use serde::{
    Serialize, Serializer,
    ser::{self, Error as _},
};
use serde_json::Error;

type Result<T = ()> = core::result::Result<T, Error>;

/// A name that the program gave to a field or a variant.
type Name = &'static str;

/// The compact JSON of a value, in a vector that has so much room to begin with.
///
/// # Errors
/// For a value that JSON cannot hold: a map whose keys are neither texts nor numbers nor flags, or what the value
/// itself refuses.
pub(crate) fn to_bytes<T: ?Sized + Serialize>(value: &T, room: usize) -> Result<Vec<u8>> {
    let mut json = Json { bytes: Vec::with_capacity(room) };
    value.serialize(&mut json)?;
    Ok(json.bytes)
}

/// Whether a text stands in JSON as it is. Every byte is looked at, whatever was found before it, so that many are
/// looked at together.
fn is_plain(text: &str) -> bool {
    let odd = |byte: u8| u8::from(byte < b' ') | u8::from(byte == b'"') | u8::from(byte == b'\\');
    text.as_bytes().iter().fold(0_u8, |found, byte| found | odd(*byte)) == 0
}

/// JSON in the making.
struct Json {
    bytes: Vec<u8>,
}

impl Json {
    #[inline]
    fn push(&mut self, json: &str) {
        self.bytes.extend_from_slice(json.as_bytes());
    }

    fn number(&mut self, number: impl itoa::Integer) {
        self.push(itoa::Buffer::new().format(number));
    }

    /// The name of a field or variant before what stands under it. It is an identifier of ours or what we renamed it
    /// to, with nothing in it to escape, so nobody looks.
    #[inline]
    fn name(&mut self, name: Name) {
        self.push("\"");
        self.push(name);
        self.push("\":");
    }

    /// The beginning of a variant with something in it; who writes that closes one brace more.
    #[inline]
    fn variant(&mut self, name: Name) {
        self.push("{");
        self.name(name);
    }

    /// What stands between the quotes of a text, or a piece of it.
    fn inside(&mut self, text: &str) -> Result {
        if is_plain(text) {
            self.push(text);
        } else if let [_, escaped @ .., _] = serde_json::to_vec(text)?.as_slice() {
            self.bytes.extend_from_slice(escaped);
        }
        Ok(())
    }

    /// What no entry has, or hardly any.
    fn rare(&mut self, value: &impl Serialize) -> Result {
        self.bytes.extend_from_slice(&serde_json::to_vec(value)?);
        Ok(())
    }

    #[inline]
    fn open(&mut self, start: &str, end: &'static str) -> Parts<'_> {
        self.push(start);
        Parts { json: self, is_first: true, end }
    }
}

/// A text piece by piece, as it is formatted.
impl fmt::Write for Json {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        self.inside(piece).map_err(|_| fmt::Error)
    }
}

/// A list or an object whose parts are being written.
struct Parts<'a> {
    json: &'a mut Json,
    is_first: bool,
    /// What closes it, and the variant that it may stand in.
    end: &'static str,
}

impl Parts<'_> {
    /// The place of the next part.
    #[inline]
    fn part(&mut self) -> &mut Json {
        if !mem::replace(&mut self.is_first, false) {
            self.json.push(",");
        }
        self.json
    }
}

macro_rules! numbers {
    ($($method:ident $number:ty,)*) => {$(
        #[inline]
        fn $method(self, number: $number) -> Result {
            self.number(number);
            Ok(())
        }
    )*};
}

impl<'a> Serializer for &'a mut Json {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Parts<'a>;
    type SerializeTuple = Parts<'a>;
    type SerializeTupleStruct = Parts<'a>;
    type SerializeTupleVariant = Parts<'a>;
    type SerializeMap = Parts<'a>;
    type SerializeStruct = Parts<'a>;
    type SerializeStructVariant = Parts<'a>;

    numbers! {
        serialize_i8 i8,
        serialize_i16 i16,
        serialize_i32 i32,
        serialize_i64 i64,
        serialize_i128 i128,
        serialize_u8 u8,
        serialize_u16 u16,
        serialize_u32 u32,
        serialize_u64 u64,
        serialize_u128 u128,
    }

    fn serialize_bool(self, flag: bool) -> Result {
        self.push(if flag { "true" } else { "false" });
        Ok(())
    }

    fn serialize_f32(self, number: f32) -> Result {
        self.rare(&number)
    }

    fn serialize_f64(self, number: f64) -> Result {
        self.rare(&number)
    }

    fn serialize_char(self, sign: char) -> Result {
        self.serialize_str(sign.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result {
        self.push("\"");
        self.inside(text)?;
        self.push("\"");
        Ok(())
    }

    fn collect_str<T: ?Sized + Display>(self, text: &T) -> Result {
        self.push("\"");
        write!(self, "{text}").map_err(Error::custom)?;
        self.push("\"");
        Ok(())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result {
        self.collect_seq(bytes)
    }

    fn serialize_none(self) -> Result {
        self.serialize_unit()
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result {
        self.push("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: Name) -> Result {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: Name, _: u32, variant: Name) -> Result {
        self.push("\"");
        self.push(variant);
        self.push("\"");
        Ok(())
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(self, _: Name, value: &T) -> Result {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: Name,
        _: u32,
        variant: Name,
        value: &T,
    ) -> Result {
        self.variant(variant);
        value.serialize(&mut *self)?;
        self.push("}");
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Parts<'a>> {
        Ok(self.open("[", "]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Parts<'a>> {
        Ok(self.open("[", "]"))
    }

    fn serialize_tuple_struct(self, _: Name, _: usize) -> Result<Parts<'a>> {
        Ok(self.open("[", "]"))
    }

    fn serialize_tuple_variant(self, _: Name, _: u32, variant: Name, _: usize) -> Result<Parts<'a>> {
        self.variant(variant);
        Ok(self.open("[", "]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Parts<'a>> {
        Ok(self.open("{", "}"))
    }

    fn serialize_struct(self, _: Name, _: usize) -> Result<Parts<'a>> {
        Ok(self.open("{", "}"))
    }

    fn serialize_struct_variant(self, _: Name, _: u32, variant: Name, _: usize) -> Result<Parts<'a>> {
        self.variant(variant);
        Ok(self.open("{", "}}"))
    }
}

macro_rules! shapes {
    ($($shape:ident $method:ident($($name:ident)?),)*) => {$(
        impl ser::$shape for Parts<'_> {
            type Ok = ();
            type Error = Error;

            fn $method<T: ?Sized + Serialize>(&mut self, $($name: Name,)? value: &T) -> Result {
                let json = self.part();
                $(json.name($name);)?
                value.serialize(json)
            }

            fn end(self) -> Result {
                self.json.push(self.end);
                Ok(())
            }
        }
    )*};
}

shapes! {
    SerializeSeq serialize_element(),
    SerializeTuple serialize_element(),
    SerializeTupleStruct serialize_field(),
    SerializeTupleVariant serialize_field(),
    SerializeStruct serialize_field(name),
    SerializeStructVariant serialize_field(name),
}

impl ser::SerializeMap for Parts<'_> {
    type Ok = ();
    type Error = Error;

    /// A key is written as a value is, and a number or a flag gets its quotes afterwards; nothing else can be a key.
    fn serialize_key<T: ?Sized + Serialize>(&mut self, key: &T) -> Result {
        let json = self.part();
        let start = json.bytes.len();
        key.serialize(&mut *json)?;
        match json.bytes.get(start) {
            Some(b'"') => {}
            Some(b'-' | b'0'..=b'9' | b'f' | b't') => {
                json.bytes.insert(start, b'"');
                json.push("\"");
            }
            _ => return Err(Error::custom("key must be a string")),
        }
        json.push(":");
        Ok(())
    }

    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> Result {
        value.serialize(&mut *self.json)
    }

    fn end(self) -> Result {
        self.json.push(self.end);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
