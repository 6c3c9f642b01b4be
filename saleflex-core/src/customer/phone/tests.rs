use phonenumber::metadata::DATABASE;
use proptest::prelude::*;

use super::*;

fn rules(code: &str) -> PhoneRules {
    PhoneRules::new(CallingCode::parse(code), TrunkPrefix::Zero)
}

#[track_caller]
fn check(typed: &str, code: &str, expected: Option<&str>) {
    let key = PhoneKey::normalise(typed, &rules(code));
    assert_eq!(key.as_ref().map(PhoneKey::as_str), expected, "{typed} in {code}");
}

#[test]
fn numbers_typed_in_any_way_have_one_key() {
    for typed in ["0 (532) 111 22 33", "532-111-22-33", "+90 532 111 22 33", "905321112233"] {
        check(typed, "90", Some("905321112233"));
    }
    check("05321112233", "", Some("05321112233"));
    check("+44 20 7946 0101", "", Some("442079460101"));
    for nothing in ["n/a", "---", "", "  "] {
        check(nothing, "90", None);
    }
}

#[test]
fn zeros_before_a_calling_code_are_no_part_of_it_and_zeros_alone_are_none() {
    for code in ["90", "+90", "0090", "090", "+0090"] {
        for typed in ["0532 111 22 33", "+90 532 111 22 33", "0090 532 111 22 33"] {
            check(typed, code, Some("905321112233"));
        }
    }
    for none in ["", "0", "0000", "TR", "12345", "0012345"] {
        assert_eq!(CallingCode::parse(none), None, "{none}");
    }
    // What an earlier version stored is read as it is meant.
    let stored: CallingCode = serde_json::from_str("\"0044\"").unwrap();
    assert_eq!(stored.as_str(), "44");
    let of_zeros: PhoneRules = serde_json::from_str(r#"{"calling_code": "000", "trunk": "zero"}"#).unwrap();
    assert_eq!(of_zeros, PhoneRules::default());
    assert!(serde_json::from_str::<PhoneRules>(r#"{"calling_code": "TR"}"#).is_err());
    let typed: PhoneRules = serde_json::from_str(r#"{"calling_code": 90, "trunk": "zero"}"#).unwrap();
    assert_eq!(typed, rules("90"));
}

#[test]
fn an_international_number_gets_no_second_calling_code_c1() {
    check("+44 20 7946 0101", "90", Some("442079460101"));
    check("(+44) 20 7946 0101", "90", Some("442079460101"));
    check("0090 532 111 22 33", "90", Some("905321112233"));
    check("+44 (0) 7911 123456", "44", Some("447911123456"));
    check("0044 (0) 7911 123456", "90", Some("447911123456"));
}

#[test]
fn only_zeros_are_no_number_c1() {
    for typed in ["0", "000", "+0", "00", "(0)"] {
        check(typed, "90", None);
    }
}

#[test]
fn decimal_digits_of_any_script_count_and_superscripts_do_not_c1() {
    check("٠٥٣٢ ١١١ ٢٢ ٣٣", "90", Some("905321112233"));
    check("０５３２１１１２２３３", "90", Some("905321112233"));
    check("०५३२१११२२३३", "90", Some("905321112233"));
    check("0532 111 22 33²", "90", Some("905321112233"));
}

#[test]
fn an_extension_is_not_part_of_the_number_c1() {
    check("0532 111 22 33 ext 4", "90", Some("905321112233"));
    check("tel. 0532 111 22 33 dahili 12", "90", Some("905321112233"));
}

#[test]
fn more_than_fifteen_digits_are_no_number() {
    check("+123456789012345", "90", Some("123456789012345"));
    check("+1234567890123456", "90", None);
    check("12345678901234", "90", None);
}

#[test]
fn a_national_number_that_begins_with_the_calling_code_is_left_as_it_is() {
    check("9012345678", "90", Some("9012345678"));
    check("09012345678", "90", Some("9012345678"));
}

#[test]
fn the_trunk_prefix_is_the_countrys() {
    let key = |typed: &str, code: &str, trunk| {
        PhoneKey::normalise(typed, &PhoneRules::new(CallingCode::parse(code), trunk)).unwrap().0
    };
    assert_eq!(key("06 698 12345", "39", TrunkPrefix::None), "390669812345");
    assert_eq!(key("8 912 345-67-89", "7", TrunkPrefix::Eight), "79123456789");
    let usual = |code: &str| TrunkPrefix::usual(&CallingCode::parse(code).unwrap());
    assert_eq!(
        [usual("39"), usual("7"), usual("90")],
        [TrunkPrefix::None, TrunkPrefix::Eight, TrunkPrefix::Zero]
    );
}

#[test]
fn a_policys_country_overrides_the_stores_and_without_one_the_stores_holds_c2() {
    let store = rules("90");
    assert_eq!(store.with_country(None), store);
    assert_eq!(
        store.with_country(CallingCode::parse("39")),
        PhoneRules::new(CallingCode::parse("39"), TrunkPrefix::None)
    );
}

#[test]
fn a_key_is_hidden_from_debug() {
    let key = PhoneKey::normalise("+905321112233", &rules("90")).unwrap();
    assert!(!format!("{key:?}").contains("532"));
}

/// Example numbers of every region the oracle knows, with its own idea of their international form.
#[test]
fn two_hundred_countries_agree_with_the_oracle_internationally() {
    let mut regions = 0;
    for region in DATABASE.iter() {
        let code = region.country_code().to_string();
        for kind in [region.descriptors().mobile(), region.descriptors().fixed_line()].into_iter().flatten() {
            let Some(example) = kind.example() else { continue };
            let typed = format!("+{code} {example}");
            let Ok(oracle) = phonenumber::parse(None, &typed) else { continue };
            let oracle = oracle.format().mode(phonenumber::Mode::E164).to_string();
            for store in ["90", "44", "1", "39"] {
                check(&typed, store, oracle.strip_prefix('+'));
                check(&format!("00{code}-{example}"), store, oracle.strip_prefix('+'));
            }
        }
        regions += 1;
    }
    assert!(regions > 200, "{regions}");
}

/// Where people dial the trunk prefix we know, the national form leads to the same key.
#[test]
fn national_numbers_of_two_hundred_countries_lead_to_the_international_key() {
    let mut regions = 0;
    for region in DATABASE.iter() {
        let code = region.country_code().to_string();
        let calling = CallingCode::parse(&code).unwrap();
        let trunk = TrunkPrefix::usual(&calling);
        let rules = PhoneRules::new(Some(calling), trunk);
        let Some(example) = region
            .descriptors()
            .mobile()
            .or(region.descriptors().fixed_line())
            .and_then(|kind| kind.example())
        else {
            continue;
        };
        // The accepted ambiguity: a national number may begin with the digits of the calling code.
        if example.starts_with(&code) || (trunk == TrunkPrefix::Eight && example.starts_with('8')) {
            continue;
        }
        let prefix = match trunk {
            TrunkPrefix::Zero => "0",
            TrunkPrefix::Eight => "8",
            TrunkPrefix::None => "",
        };
        let expected = format!("{code}{example}");
        if expected.len() > MOST_DIGITS || (trunk == TrunkPrefix::Zero && example.starts_with('0')) {
            continue;
        }
        let key = PhoneKey::normalise(&format!("{prefix}{example}"), &rules);
        assert_eq!(key.map(|key| key.0), Some(expected), "{}", region.id());
        regions += 1;
    }
    assert!(regions > 190, "{regions}");
}

/// Regions whose examples keep their leading zero are those listed: nobody loses a digit.
#[test]
fn countries_that_keep_the_zero_are_those_of_the_oracle() {
    let mut lost = Vec::new();
    for region in DATABASE.iter() {
        let code = region.country_code().to_string();
        let examples =
            [region.descriptors().mobile(), region.descriptors().fixed_line()].into_iter().flatten();
        let keeps = examples.filter_map(|kind| kind.example()).any(|example| example.starts_with('0'));
        let usual = CallingCode::parse(&code).map(|code| TrunkPrefix::usual(&code));
        if keeps && usual != Some(TrunkPrefix::None) {
            lost.push(format!("{} +{code}", region.id()));
        }
    }
    assert!(lost.is_empty(), "{lost:?}");
}

proptest! {
    #[test]
    fn nonsense_is_a_key_of_digits_or_none(typed in "\\PC{0,40}", code in "[0-9+ ]{0,5}") {
        let rules = PhoneRules::new(CallingCode::parse(&code), TrunkPrefix::Zero);
        if let Some(key) = PhoneKey::normalise(&typed, &rules) {
            prop_assert!((1..=15).contains(&key.0.len()) && key.0.bytes().all(|digit| digit.is_ascii_digit()));
            prop_assert_eq!(PhoneKey::stored(&key.0), Some(key));
        }
    }

    #[test]
    fn a_key_is_the_key_of_its_own_international_form(digits in "[1-9][0-9]{5,14}", code in "[1-9][0-9]{0,2}") {
        let key = PhoneKey::normalise(&format!("+{digits}"), &rules(&code));
        prop_assert_eq!(key.map(|key| key.0), Some(digits));
    }
}
