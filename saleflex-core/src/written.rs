//! Numbers, days and times as JSON has them, written digit by digit: a journal is full of them, and their general
//! formatting took a third of the time that an entry takes to be frozen.
//!
//! Each writes what the type's own [`Serialize`] writes, and leaves to it what is rare. [`json`] writes what they
//! stand in.

use core::str;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Timelike, Utc};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

pub(crate) mod json;

const DIGITS: &[u8; 10] = b"0123456789";

/// A short text in the making.
struct Line {
    bytes: [u8; Self::MOST],
    length: usize,
}

impl Line {
    /// A date, a time to the nanosecond and a `Z` are 30 characters, a number of 64 bits with sign and point at most 23.
    const MOST: usize = 32;

    const fn new() -> Self {
        Self { bytes: [0; Self::MOST], length: 0 }
    }

    fn push(&mut self, byte: u8) {
        self.bytes[self.length] = byte;
        self.length += 1;
    }

    /// Appends the last so many digits of a number.
    fn digits(&mut self, number: u64, count: usize) {
        let mut left = number;
        for at in (self.length..self.length + count).rev() {
            self.bytes[at] = DIGITS[(left % 10) as usize];
            left /= 10;
        }
        self.length += count;
    }

    fn date(&mut self, date: NaiveDate) {
        self.digits(date.year().unsigned_abs().into(), 4);
        self.push(b'-');
        self.digits(date.month().into(), 2);
        self.push(b'-');
        self.digits(date.day().into(), 2);
    }

    /// With three, six or nine digits behind the second, as few as hold all of it.
    fn date_and_time(&mut self, at: NaiveDateTime) {
        self.date(at.date());
        for (before, number) in [(b'T', at.hour()), (b':', at.minute()), (b':', at.second())] {
            self.push(before);
            self.digits(number.into(), 2);
        }
        let behind = at.nanosecond();
        let (number, count) = match behind {
            0 => return,
            _ if behind.is_multiple_of(1_000_000) => (behind / 1_000_000, 3),
            _ if behind.is_multiple_of(1_000) => (behind / 1_000, 6),
            _ => (behind, 9),
        };
        self.push(b'.');
        self.digits(number.into(), count);
    }

    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        text(&self.bytes[..self.length], serializer)
    }
}

/// Digits and signs are a text.
fn text<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(str::from_utf8(bytes).unwrap_or_default())
}

/// Whether a year has four digits.
fn is_plain(date: NaiveDate) -> bool {
    (0..=9999).contains(&date.year())
}

/// A second that a minute has more than sixty.
fn is_leap(at: NaiveDateTime) -> bool {
    at.nanosecond() >= 1_000_000_000
}

/// A business date, such as `2025-04-06`.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over so")]
pub(crate) fn date<S: Serializer>(date: &NaiveDate, serializer: S) -> Result<S::Ok, S::Error> {
    if !is_plain(*date) {
        return date.serialize(serializer);
    }
    let mut line = Line::new();
    line.date(*date);
    line.serialize(serializer)
}

/// A local time, such as `2025-04-06T09:30:00`.
pub(crate) fn local<S: Serializer>(local: &NaiveDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    if !is_plain(local.date()) || is_leap(*local) {
        return local.serialize(serializer);
    }
    let mut line = Line::new();
    line.date_and_time(*local);
    line.serialize(serializer)
}

/// An instant, such as `2025-04-06T08:30:00Z`.
pub(crate) fn instant<S: Serializer>(instant: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    let utc = instant.naive_utc();
    if !is_plain(utc.date()) || is_leap(utc) {
        return instant.serialize(serializer);
    }
    let mut line = Line::new();
    line.date_and_time(utc);
    line.push(b'Z');
    line.serialize(serializer)
}

/// Fraction digits that leave room for a sign and a point before a number of 64 bits.
const MOST_DIGITS_BEHIND: usize = 19;

/// A decimal, such as `1.25`.
pub(crate) fn decimal<S: Serializer>(decimal: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    let behind = decimal.scale() as usize;
    let number = u64::try_from(decimal.mantissa().unsigned_abs());
    let Some(mut left) = number.ok().filter(|_| behind <= MOST_DIGITS_BEHIND) else {
        return rust_decimal::serde::str::serialize(decimal, serializer);
    };
    // From the last digit to the first: dividing by ten is cheap, by a power of ten that is not known it is not.
    let mut bytes = [0; Line::MOST];
    let mut at = Line::MOST;
    let mut put = |byte| {
        at -= 1;
        bytes[at] = byte;
    };
    for place in 0.. {
        if place == behind && behind > 0 {
            put(b'.');
        }
        put(DIGITS[(left % 10) as usize]);
        left /= 10;
        if left == 0 && place >= behind {
            break;
        }
    }
    if decimal.is_sign_negative() {
        put(b'-');
    }
    text(&bytes[at..], serializer)
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, TimeZone};
    use proptest::prelude::*;

    use super::*;

    #[derive(Serialize)]
    struct Ours(
        #[serde(serialize_with = "instant")] DateTime<Utc>,
        #[serde(serialize_with = "local")] NaiveDateTime,
        #[serde(serialize_with = "date")] NaiveDate,
    );

    #[derive(Serialize)]
    struct OurDecimal(#[serde(serialize_with = "decimal")] Decimal);

    #[derive(Serialize)]
    struct ItsOwn(#[serde(with = "rust_decimal::serde::str")] Decimal);

    fn check_time(at: DateTime<Utc>) {
        let local = at.naive_utc();
        let ours = serde_json::to_string(&Ours(at, local, local.date())).unwrap();
        assert_eq!(ours, serde_json::to_string(&(at, local, local.date())).unwrap());
    }

    fn check_decimal(number: Decimal) {
        let [ours, its_own] =
            [serde_json::to_string(&OurDecimal(number)), serde_json::to_string(&ItsOwn(number))]
                .map(Result::unwrap);
        assert_eq!(ours, its_own);
    }

    #[test]
    fn the_first_and_last_of_all_times_and_numbers_are_written_as_they_write_themselves() {
        let leap = Utc.timestamp_opt(1_483_228_799, 1_500_000_000).unwrap();
        for at in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, leap, DateTime::UNIX_EPOCH] {
            check_time(at);
        }
        for year in [-1, 0, 1, 999, 9_999, 10_000] {
            check_time(Utc.with_ymd_and_hms(year, 12, 31, 23, 59, 59).unwrap());
        }
        for number in [
            Decimal::ZERO,
            -Decimal::ZERO,
            Decimal::MAX,
            Decimal::MIN,
            Decimal::new(5, 28),
            Decimal::from(u64::MAX),
        ] {
            check_decimal(number);
        }
    }

    proptest! {
        #[test]
        fn a_time_is_written_as_it_writes_itself(second in 0_i64..253_402_300_800, nano in 0_i64..1_000_000_000, places in 0_u32..=9) {
            let nano = nano / 10_i64.pow(places) * 10_i64.pow(places);
            check_time(Utc.timestamp_opt(second, 0).unwrap() + TimeDelta::nanoseconds(nano));
        }

        #[test]
        fn a_number_is_written_as_it_writes_itself(number in any::<i64>(), smaller in 0_u32..19, scale in 0_u32..=28) {
            check_decimal(Decimal::new(number / 10_i64.pow(smaller), scale));
        }
    }
}
