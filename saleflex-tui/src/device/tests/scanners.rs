use chrono::NaiveDate;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::device::scanner::{Gs1, Gs1Error, Scan, ScanDecoder};

fn codes(decoder: &mut ScanDecoder, bytes: &[u8]) -> Vec<String> {
    decoder.feed(bytes).into_iter().map(|scan| scan.code).collect()
}

#[test]
fn prefix_and_suffix_are_taken_off_and_pieces_put_together() {
    let mut decoder = ScanDecoder::new("~S", Some(b'!'));
    assert!(codes(&mut decoder, b"~S40063").is_empty());
    assert_eq!(codes(&mut decoder, b"81333931!~SA-1!~S"), ["4006381333931", "A-1"]);
    assert_eq!(codes(&mut ScanDecoder::default(), b"1\r\n2\n\n3\t"), ["1", "2", "3"]);
}

#[test]
fn symbology_identifiers_are_set_apart() {
    let scan = ScanDecoder::default().feed(b"]E04006381333931\r").remove(0);
    assert_eq!(scan, Scan { symbology: Some("]E0".into()), code: "4006381333931".into() });
    assert!(!scan.is_gs1());
    assert!(ScanDecoder::default().feed(b"]C1010400638133393110A\r")[0].is_gs1());
}

#[test]
fn noise_on_the_line_is_no_code() {
    let mut decoder = ScanDecoder::default();
    assert!(codes(&mut decoder, b"\x00\xff\x1b\r\r\n").is_empty());
    let long = [&[b'7'; 10_000][..], b"\r12345678\r"].concat();
    assert_eq!(codes(&mut decoder, &long), ["12345678"], "and what follows it is read");
}

#[test]
fn gs1_elements_are_read_in_any_order() {
    let read = Gs1::parse("0104006381333931310300125017261231\u{1d}10LOT-7\u{1d}3012").unwrap();
    assert_eq!(
        read,
        Gs1 {
            gtin: Some("04006381333931".into()),
            weight_kg: Some(Decimal::new(1250, 3)),
            expiry: NaiveDate::from_ymd_opt(2026, 12, 31),
            lot: Some("LOT-7".into()),
            count: Some(12),
            ..Gs1::default()
        }
    );
    let priced = Gs1::parse("\u{1d}3922599\u{1d}21S1\u{1d}15260200").unwrap();
    assert_eq!(priced.price, Some(Decimal::new(599, 2)));
    assert_eq!(priced.serial.as_deref(), Some("S1"));
    assert_eq!(priced.best_before, NaiveDate::from_ymd_opt(2026, 2, 28), "day 00 is the last of the month");
}

#[test]
fn what_is_no_gs1_code_is_named() {
    assert_eq!(Gs1::parse("9912"), Err(Gs1Error::Unknown("9912".into())));
    let value = |ai: &str, value: &str| Err(Gs1Error::Value { ai: ai.into(), value: value.into() });
    assert_eq!(Gs1::parse("01123"), value("01", "123"));
    assert_eq!(Gs1::parse("01ABCDEFGHIJKLMN"), value("01", "ABCDEFGHIJKLMN"));
    assert_eq!(Gs1::parse("17261301"), value("17", "261301"));
    assert_eq!(Gs1::parse("10"), value("10", ""));
    assert_eq!(Gs1::parse("30123456789"), value("30", "123456789"));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(code in "\\PC{0,60}") {
        let _either = Gs1::parse(&code);
    }

    #[test]
    fn any_bytes_are_codes_or_none(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for scan in ScanDecoder::new("~", None).feed(&bytes) {
            prop_assert!(!scan.code.is_empty() && scan.code.is_ascii());
        }
    }
}
