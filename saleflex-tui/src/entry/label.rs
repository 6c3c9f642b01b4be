//! What a label says behind the code of its goods: `1.25*10106=7.34@2026-11-30|10:LOT7`.
//!
//! A scanned label comes to the input line as text, as everything does that is sold; so a script can say it as well.

use chrono::NaiveDate;
use rust_decimal::Decimal;

/// What a label says of its goods besides code, quantity and last good day.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct OnLabel {
    /// What all of it costs.
    pub total: Option<Decimal>,
    /// What else it says, by the identifiers of GS1: `21` is a serial number, `10` a batch.
    pub others: Vec<(String, String)>,
}

impl OnLabel {
    /// The serial number.
    pub fn serial(&self) -> Option<&str> {
        self.element(SERIAL)
    }

    /// The batch.
    pub fn batch(&self) -> Option<&str> {
        self.element(BATCH)
    }

    /// A measure or an amount that the till does not count by, such as pounds: its identifier, and what it says.
    pub fn other_measure(&self) -> Option<(&str, &str)> {
        let is_measure = |(identifier, _): &&(String, String)| identifier.starts_with('3');
        self.others.iter().find(is_measure).map(|(identifier, value)| (identifier.as_str(), value.as_str()))
    }

    fn element(&self, wanted: &str) -> Option<&str> {
        self.others.iter().find(|(identifier, _)| identifier == wanted).map(|(_, value)| value.as_str())
    }
}

/// The identifier of a serial number.
pub const SERIAL: &str = "21";
/// The identifier of a batch.
pub const BATCH: &str = "10";
/// The identifier of a price.
pub const PRICE: &str = "392";

/// What stands before the last good day, before the price, and before what else a label says; nothing where it says
/// nothing.
pub(super) fn apart(text: &str) -> Option<(&str, Option<NaiveDate>, OnLabel)> {
    let (text, others) = match text.split_once('|').map(|(goods, others)| (goods, elements(others))) {
        Some((goods, Some(others))) => (goods, others),
        Some((_, None)) | None => (text, Vec::new()),
    };
    let (text, expiry) = dated(text).map_or((text, None), |(goods, day)| (goods, Some(day)));
    let (text, total) = priced(text).map_or((text, None), |(goods, total)| (goods, Some(total)));
    let goods = text.trim();
    let says_nothing = expiry.is_none() && total.is_none() && others.is_empty();
    (!says_nothing && !goods.is_empty()).then_some((goods, expiry, OnLabel { total, others }))
}

/// The goods of what was entered, without what their label says besides.
pub fn goods_of(text: &str) -> &str {
    apart(text).map_or(text, |(goods, ..)| goods)
}

/// `10:LOT7|21:S1`; nothing where any of it is no element.
fn elements(text: &str) -> Option<Vec<(String, String)>> {
    let element = |text: &str| {
        let (identifier, value) = text.split_once(':')?;
        let is_identifier =
            (2..=4).contains(&identifier.len()) && identifier.bytes().all(|byte| byte.is_ascii_digit());
        (is_identifier && !value.is_empty()).then(|| (identifier.to_owned(), value.to_owned()))
    };
    text.split('|').map(element).collect()
}

/// What stands before the last good day of goods, and that day.
fn dated(text: &str) -> Option<(&str, NaiveDate)> {
    let (label, day) = text.rsplit_once('@')?;
    let day = NaiveDate::parse_from_str(day.trim(), "%Y-%m-%d").ok()?;
    (!label.trim().is_empty()).then_some((label, day))
}

/// What stands before the price of goods, and the price.
fn priced(text: &str) -> Option<(&str, Decimal)> {
    let (goods, total) = text.rsplit_once('=')?;
    let is_number = total.starts_with(|digit: char| digit.is_ascii_digit());
    Some((goods, Decimal::from_str_exact(total).ok().filter(|_| is_number)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::{Reading, readings};

    fn day() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 30).unwrap()
    }

    #[test]
    fn a_label_may_say_the_last_good_day_behind_its_code() {
        let with_day = |text: &str| {
            let show = |reading: &Reading| {
                Some((reading.quantity?.to_string(), reading.expiry?, reading.code.clone()))
            };
            readings(text, &[]).iter().find_map(show)
        };
        assert_eq!(with_day("1.25*10106@2026-11-30"), Some(("1.25".to_owned(), day(), "10106".to_owned())));
        let codes: Vec<_> =
            readings("10106@2026-11-30", &[]).into_iter().map(|reading| reading.code).collect();
        assert_eq!(codes, ["10106", "10106@2026-11-30"]);
        assert_eq!(readings("10106@2026-11-30", &[])[0].expiry, Some(day()));
        for text in ["10106@tomorrow", "@2026-11-30", "10106@2026-13-01"] {
            assert_eq!(readings(text, &[]), [Reading::of(text)], "{text}");
        }
    }

    #[test]
    fn a_label_may_say_what_it_costs_and_what_else_it_is_known_by() {
        let (goods, expiry, label) = apart("1.25*10106=7.34@2026-11-30|10:LOT=7|21:S1").unwrap();
        assert_eq!((goods, expiry, label.total), ("1.25*10106", Some(day()), Some(Decimal::new(734, 2))));
        assert_eq!((label.serial(), label.others.len()), (Some("S1"), 2));
        assert_eq!(apart("10106=7").unwrap().2.total, Some(Decimal::from(7)));
        assert_eq!(goods_of("10106|10:A"), "10106");
        for text in ["10106", "=7.34", "10106=seven", "10106=-1", "10106|lot", "10106|10:", "|10:A", "A|B:C"]
        {
            assert_eq!(apart(text), None, "{text}");
        }
        let last = readings("10106=7.34", &[]).pop().unwrap();
        assert_eq!(last, Reading::of("10106=7.34"), "as it stands it may be a code too");
    }
}
