//! One key for one telephone line, however its number is typed: the body of an E.164 number.

use alloc::string::String;
use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

/// The digits of a telephone number in international form, without `+`: at most 15, not all of them zero.
///
/// It identifies a person: it is hidden from `Debug` and never part of an event.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct PhoneKey(String);

/// The most digits of an international number (E.164).
const MOST_DIGITS: usize = 15;

impl PhoneKey {
    /// The key of a number as typed; none where the text is no telephone number.
    pub fn normalise(typed: &str, rules: &PhoneRules) -> Option<Self> {
        let scan = Scan::of(typed);
        if scan.digits.bytes().all(|digit| digit == b'0') {
            return None;
        }
        let digits = match (scan.plus, scan.digits.strip_prefix("00")) {
            (true, _) => without(&scan.digits, scan.bracketed_zero),
            (false, Some(rest)) => without(rest, scan.bracketed_zero.and_then(|at| at.checked_sub(2))),
            (false, None) => national(&scan.digits, rules),
        };
        Self::stored(&digits)
    }

    /// A key that was stored; none where it is not one.
    pub fn stored(digits: &str) -> Option<Self> {
        let is_key = (1..=MOST_DIGITS).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && digits.bytes().any(|byte| byte != b'0');
        is_key.then(|| Self(digits.into()))
    }

    /// The digits, for a column.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PhoneKey {
    /// Without the number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneKey(…)")
    }
}

/// How a store's people dial: a setting of the store, so that keys do not depend on any loyalty program.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct PhoneRules {
    #[serde(default, deserialize_with = "stored_code", skip_serializing_if = "Option::is_none")]
    calling_code: Option<CallingCode>,
    #[serde(default)]
    trunk: TrunkPrefix,
}

impl PhoneRules {
    /// Numbers without a country are of this one; its people dial this trunk prefix.
    pub const fn new(calling_code: Option<CallingCode>, trunk: TrunkPrefix) -> Self {
        Self { calling_code, trunk }
    }

    /// The country of numbers that name none.
    pub const fn calling_code(&self) -> Option<&CallingCode> {
        self.calling_code.as_ref()
    }

    /// What people dial before a number of their own country.
    pub const fn trunk(&self) -> TrunkPrefix {
        self.trunk
    }

    /// The same dialling with another country, such as a loyalty policy asks for; its usual trunk prefix with it.
    #[must_use]
    pub fn with_country(&self, calling_code: Option<CallingCode>) -> Self {
        match calling_code {
            Some(code) if self.calling_code.as_ref() != Some(&code) => {
                Self { trunk: TrunkPrefix::usual(&code), calling_code: Some(code) }
            }
            Some(_) | None => self.clone(),
        }
    }
}

/// A calling code as settings hold it, or as somebody types it there: a text or a number. Zeros alone, which an earlier
/// version took for one, are none.
fn stored_code<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<CallingCode>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Typed {
        Number(u32),
        Text(String),
    }
    let text = match Option::<Typed>::deserialize(deserializer)? {
        Some(Typed::Number(number)) => alloc::format!("{number}"),
        Some(Typed::Text(text)) => text,
        None => return Ok(None),
    };
    if !text.is_empty() && text.bytes().all(|byte| byte == b'0') {
        return Ok(None);
    }
    CallingCode::try_from(text).map(Some).map_err(D::Error::custom)
}

/// A country's calling code: one to four digits, the first of which is no zero.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct CallingCode(String);

/// A text that holds no calling code.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a calling code has one to four digits")]
pub struct NoCallingCode;

impl TryFrom<String> for CallingCode {
    type Error = NoCallingCode;

    fn try_from(text: String) -> Result<Self, NoCallingCode> {
        Self::parse(&text).ok_or(NoCallingCode)
    }
}

impl From<CallingCode> for String {
    fn from(code: CallingCode) -> Self {
        code.0
    }
}

impl CallingCode {
    /// The digits of a text such as `+44` or `0044`; none where there are none but zeros, or too many. Zeros before them
    /// are how people dial abroad and no part of the code.
    pub fn parse(text: &str) -> Option<Self> {
        const MOST: usize = 4;
        let digits: String = text.chars().filter_map(ascii_digit).skip_while(|digit| *digit == '0').collect();
        (1..=MOST).contains(&digits.len()).then_some(Self(digits))
    }

    /// The digits, without the plus sign.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is dialled before a number within its own country, and is no part of it.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TrunkPrefix {
    /// One zero: it is left out where the calling code is put before.
    #[default]
    Zero,
    /// An eight.
    Eight,
    /// Nothing: a leading zero belongs to the number.
    None,
}

/// Countries whose numbers keep their leading zero: Benin, the Congo, Gabon, Côte d'Ivoire, Italy with the Vatican, San
/// Marino.
const KEEP_THE_ZERO: [&str; 6] = ["229", "242", "241", "225", "39", "378"];
/// Countries that dial an eight: Russia and Kazakhstan, Belarus, Turkmenistan.
const DIAL_EIGHT: [&str; 3] = ["7", "375", "993"];

impl TrunkPrefix {
    /// What is usual in a country.
    pub fn usual(code: &CallingCode) -> Self {
        if KEEP_THE_ZERO.contains(&code.as_str()) {
            Self::None
        } else if DIAL_EIGHT.contains(&code.as_str()) {
            Self::Eight
        } else {
            Self::Zero
        }
    }

    fn strip(self, digits: &str) -> &str {
        match self {
            Self::Zero => digits.strip_prefix('0'),
            Self::Eight => digits.strip_prefix('8'),
            Self::None => None,
        }
        .unwrap_or(digits)
    }
}

/// What of a typed text counts.
struct Scan {
    /// The digits before an extension.
    digits: String,
    /// Whether a plus stands before them.
    plus: bool,
    /// Which of the digits is a zero in brackets, as in `+44 (0) 20`.
    bracketed_zero: Option<usize>,
}

impl Scan {
    fn of(typed: &str) -> Self {
        let mut scan = Self { digits: String::new(), plus: false, bracketed_zero: None };
        let mut bracket = Bracket::Outside;
        for character in typed.chars() {
            if let Some(digit) = ascii_digit(character) {
                bracket = match (bracket, digit) {
                    (Bracket::Opened, '0') => Bracket::Zero,
                    _ => Bracket::Outside,
                };
                scan.digits.push(digit);
            } else if matches!(character, '+' | '\u{ff0b}') {
                scan.plus |= scan.digits.is_empty();
            } else if character.is_alphabetic() && !scan.digits.is_empty() {
                break;
            } else if character == '(' {
                bracket = Bracket::Opened;
            } else if character == ')' {
                if bracket == Bracket::Zero && scan.bracketed_zero.is_none() {
                    scan.bracketed_zero = scan.digits.len().checked_sub(1);
                }
                bracket = Bracket::Outside;
            }
        }
        scan
    }
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Bracket {
    Outside,
    Opened,
    Zero,
}

fn without(digits: &str, at: Option<usize>) -> String {
    let kept = digits.chars().enumerate().filter(|(position, _)| Some(*position) != at);
    kept.map(|(_, digit)| digit).collect()
}

fn national(digits: &str, rules: &PhoneRules) -> String {
    let Some(CallingCode(code)) = &rules.calling_code else { return digits.into() };
    if digits.starts_with(code.as_str()) {
        return digits.into();
    }
    let rest = rules.trunk.strip(digits);
    if rest.starts_with(code.as_str()) { rest.into() } else { alloc::format!("{code}{rest}") }
}

/// The zeros of the decimal digits of Unicode (general category Nd, version 16), the nine after each of which
/// follow it. Superscripts and circled numbers are none.
const ZEROS: [u32; 76] = [
    0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50,
    0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40,
    0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x10d40,
    0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x116d0, 0x116da,
    0x11730, 0x118e0, 0x11950, 0x11bf0, 0x11c50, 0x11d50, 0x11da0, 0x11f50, 0x16130, 0x16a60, 0x16ac0,
    0x16b50, 0x16d70, 0x1ccf0, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e4f0,
    0x1e5f1, 0x1e950, 0x1fbf0,
];

/// Whether a text holds a decimal digit of any script.
pub(super) fn has_digit(typed: &str) -> bool {
    typed.chars().any(|character| ascii_digit(character).is_some())
}

/// The ASCII digit that a decimal digit of any script stands for.
fn ascii_digit(character: char) -> Option<char> {
    if character.is_ascii() {
        return character.is_ascii_digit().then_some(character);
    }
    let code = u32::from(character);
    let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

#[cfg(test)]
mod tests;
