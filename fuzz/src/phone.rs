//! Whatever is typed as a telephone number: a key of 1 to 15 digits or none, never a panic, and a key that is typed again in
//! its international form is itself.
//!
//! The first line is a calling code; the other lines are numbers.

use saleflex_core::customer::{CallingCode, PhoneKey, PhoneRules, Search, TrunkPrefix};

/// Holds for any text.
///
/// # Panics
/// Where it does not: a finding.
pub fn run(text: &str) {
    let mut lines = text.lines();
    let code = lines.next().and_then(CallingCode::parse);
    let usual = code.as_ref().map_or(TrunkPrefix::Zero, TrunkPrefix::usual);
    let rules = PhoneRules::new(code, usual);
    for typed in lines.take(20) {
        let _ = Search::new(typed, &rules);
        let Some(key) = PhoneKey::normalise(typed, &rules) else { continue };
        let digits = key.as_str();
        assert!((1..=15).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit()));
        assert_eq!(PhoneKey::stored(digits), Some(key.clone()));
        assert_eq!(PhoneKey::normalise(&format!("+{digits}"), &rules), Some(key), "{typed:?}");
    }
}
