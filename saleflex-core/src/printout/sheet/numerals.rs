//! Amounts in words, as invoices and cheques have them beside the digits.

use alloc::{format, string::String, vec::Vec};

use crate::{
    money::{Currency, Money},
    printout::words::NumberWords,
};

/// `one hundred five GBP 45/100`: whole units in words, and the rest as a fraction, so that no currency needs its names.
pub fn in_words(amount: Money, currency: &Currency, words: &NumberWords) -> String {
    let unit = 10_u64.pow(currency.minor_digits());
    let minor = amount.minor().unsigned_abs();
    let sign = if amount.is_negative() { "-" } else { "" };
    let (whole, rest) = (whole(minor / unit, words), minor % unit);
    let code = currency.code();
    if unit == 1 {
        return format!("{sign}{whole} {code}");
    }
    let digits = usize::try_from(currency.minor_digits()).unwrap_or_default();
    format!("{sign}{whole} {code} {rest:0digits$}/{unit}")
}

fn whole(number: u64, words: &NumberWords) -> String {
    let mut said: Vec<String> = Vec::new();
    let (mut rest, mut scale) = (number, 0_usize);
    while rest > 0 {
        let group = rest % 1_000;
        if group > 0 {
            let named = scale.checked_sub(1).and_then(|at| words.scales.get(at));
            // What is a thousand is said without the one in some languages.
            let is_bare = words.is_one_unsaid && group == 1 && scale == 1;
            let mut parts = if is_bare { Vec::new() } else { below_thousand(group, words) };
            parts.extend(named.map(|name| String::from(*name)));
            said.push(parts.join(words.between));
        }
        rest /= 1_000;
        scale += 1;
    }
    if said.is_empty() {
        return one(0, words).into();
    }
    said.reverse();
    said.join(words.between)
}

fn below_thousand(number: u64, words: &NumberWords) -> Vec<String> {
    let (hundreds, rest) = (number / 100, number % 100);
    let mut parts = Vec::new();
    if hundreds > 0 {
        if !(words.is_one_unsaid && hundreds == 1) {
            parts.push(one(hundreds, words).into());
        }
        parts.push(words.hundred.into());
    }
    let (tens, ones) = (rest / 10, rest % 10);
    let ten = usize::try_from(tens).ok().and_then(|at| words.tens.get(at)).copied().unwrap_or_default();
    match (rest, ones) {
        (0, _) => {}
        (1..20, _) => parts.push(one(rest, words).into()),
        (_, 0) => parts.push(ten.into()),
        _ => parts.push([ten, words.hyphen, one(ones, words)].concat()),
    }
    parts
}

/// A number below twenty.
fn one(number: u64, words: &NumberWords) -> &'static str {
    usize::try_from(number).ok().and_then(|at| words.ones.get(at)).copied().unwrap_or_default()
}
