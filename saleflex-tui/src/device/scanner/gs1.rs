use chrono::NaiveDate;
use rust_decimal::Decimal;

/// Stands behind an element of variable length that is not the last.
const SEPARATOR: char = '\u{1d}';
pub(super) const SEPARATOR_BYTE: u8 = 0x1d;

/// What a GS1 code says of the goods it stands on (GS1 General Specifications, section 3).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Gs1 {
    /// 01: the trade item, fourteen digits.
    pub gtin: Option<String>,
    /// 10: the batch.
    pub lot: Option<String>,
    /// 15: best before.
    pub best_before: Option<NaiveDate>,
    /// 17: not to be sold after.
    pub expiry: Option<NaiveDate>,
    /// 21: the serial number.
    pub serial: Option<String>,
    /// 30 or 37: how many pieces.
    pub count: Option<u32>,
    /// 310n: net weight in kilograms.
    pub weight_kg: Option<Decimal>,
    /// 392n: what it costs, in the currency of the place.
    pub price: Option<Decimal>,
    /// Measures and amounts of other kinds, by their identifiers: length, volume, pounds, the amount of a coupon.
    pub others: Vec<(String, String)>,
}

/// Why a code is no GS1 code.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Gs1Error {
    /// An application identifier that is not read here. What follows cannot be told apart.
    #[error("unknown application identifier at `{0}`")]
    Unknown(String),
    /// An element ends too early or holds no digits where digits must be.
    #[error("application identifier {ai} is followed by `{value}`")]
    Value {
        /// The identifier.
        ai: String,
        /// What follows it.
        value: String,
    },
}

/// How long an element is.
#[derive(Clone, Copy)]
enum Length {
    Fixed(usize),
    UpTo(usize),
}

impl Gs1 {
    /// Reads all elements of a code.
    ///
    /// # Errors
    /// [`Gs1Error`], naming the element.
    pub fn parse(code: &str) -> Result<Self, Gs1Error> {
        let mut read = Self::default();
        let mut rest = code.trim_start_matches(SEPARATOR);
        while !rest.is_empty() {
            let (ai, length) = identifier(rest).ok_or_else(|| Gs1Error::Unknown(rest.to_owned()))?;
            let after = rest.get(ai.len()..).unwrap_or_default();
            let wrong = |value: &str| Gs1Error::Value { ai: ai.to_owned(), value: value.to_owned() };
            let value = match length {
                Length::Fixed(length) => after.get(..length).ok_or_else(|| wrong(after))?,
                Length::UpTo(_) => after.split(SEPARATOR).next().unwrap_or_default(),
            };
            if matches!(length, Length::UpTo(most) if value.is_empty() || value.len() > most) {
                return Err(wrong(value));
            }
            read.take(ai, value).ok_or_else(|| wrong(value))?;
            rest = after.get(value.len()..).unwrap_or_default().trim_start_matches(SEPARATOR);
        }
        Ok(read)
    }

    /// Takes one element; nothing where its value is not of its kind.
    fn take(&mut self, ai: &str, value: &str) -> Option<()> {
        let text = || Some(value.to_owned());
        match ai {
            "10" => self.lot = text(),
            "21" => self.serial = text(),
            // Every other element is of digits.
            _ if !value.bytes().all(|byte| byte.is_ascii_digit()) => return None,
            "01" => self.gtin = text(),
            "15" => self.best_before = Some(date(value)?),
            "17" => self.expiry = Some(date(value)?),
            "30" | "37" => self.count = Some(value.parse().ok()?),
            _ => {
                let scale = ai.bytes().last()?.checked_sub(b'0')?;
                let number = Decimal::try_from_i128_with_scale(value.parse().ok()?, u32::from(scale)).ok()?;
                if ai.starts_with("310") {
                    self.weight_kg = Some(number);
                } else if ai.starts_with("392") {
                    self.price = Some(number);
                } else if ai.starts_with('3') {
                    self.others.push((ai.to_owned(), value.to_owned()));
                }
            }
        }
        Some(())
    }
}

/// The identifier a text begins with, and how long its element is. Elements that a till does not use are known by
/// their length, so that what follows them is read.
fn identifier(text: &str) -> Option<(&str, Length)> {
    let has_digit_behind = |length: usize| text.as_bytes().get(length).is_some_and(u8::is_ascii_digit);
    let (length, element) = match text.get(..2)? {
        "00" => (2, Length::Fixed(18)),
        "01" | "02" => (2, Length::Fixed(14)),
        "11" | "12" | "13" | "15" | "16" | "17" => (2, Length::Fixed(6)),
        "20" => (2, Length::Fixed(2)),
        "10" | "21" | "22" => (2, Length::UpTo(20)),
        "30" | "37" => (2, Length::UpTo(8)),
        _ => match text.get(..3)? {
            // Trade measures: weights, lengths, volumes.
            "310" | "311" | "312" | "313" | "314" | "315" | "316" | "320" if has_digit_behind(3) => {
                (4, Length::Fixed(6))
            }
            "390" | "392" if has_digit_behind(3) => (4, Length::UpTo(15)),
            "240" | "241" | "250" | "251" => (3, Length::UpTo(30)),
            _ => return None,
        },
    };
    Some((text.get(..length)?, element))
}

/// `YYMMDD`; a day of 00 is the last of its month. A year belongs to the century that puts it within fifty years of
/// 2026 (section 7.12), which holds until 2076.
fn date(text: &str) -> Option<NaiveDate> {
    let part = |from: usize| text.get(from..from + 2).and_then(|part| part.parse::<u32>().ok());
    let (year, month, day) = (part(0)?, part(2)?, part(4)?);
    let century = if year >= 77 { 1900 } else { 2000 };
    let year = i32::try_from(century + year).ok()?;
    if day > 0 {
        return NaiveDate::from_ymd_opt(year, month, day);
    }
    let first = NaiveDate::from_ymd_opt(year, month, 1)?;
    first.checked_add_months(chrono::Months::new(1))?.pred_opt()
}
