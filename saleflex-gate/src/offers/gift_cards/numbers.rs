//! Numbers for cards that are not printed yet.

use crate::ids;

/// A number that nobody has: 18 random digits and one that tells a mistyped number (ISO/IEC 7812).
pub(crate) fn new_number() -> String {
    let mut digits: Vec<u8> = Vec::new();
    while digits.len() < 18 {
        // Above 250 the remainders would not be even.
        digits.extend(ids::random::<32>().into_iter().filter(|byte| *byte < 250).map(|byte| byte % 10));
    }
    digits.truncate(18);
    let doubled = |digit: u8| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    let weighed = digits.iter().rev().enumerate();
    let sum: u8 = weighed.map(|(place, digit)| if place % 2 == 0 { doubled(*digit) } else { *digit }).sum();
    digits.push((10 - sum % 10) % 10);
    digits.into_iter().map(|digit| char::from(b'0' + digit)).collect()
}

#[cfg(test)]
mod tests {
    use saleflex_core::tender::GiftCardNumber;

    use super::*;

    #[test]
    fn a_new_number_is_one_and_its_last_digit_checks_the_others() {
        for _ in 0..50 {
            let number = new_number();
            GiftCardNumber::parse(&number).unwrap();
            let digits: Vec<u32> = number.chars().rev().map(|digit| digit.to_digit(10).unwrap()).collect();
            let weighed = digits.iter().enumerate().map(|(place, digit)| {
                let doubled = digit * (1 + u32::try_from(place % 2).unwrap());
                doubled / 10 + doubled % 10
            });
            assert_eq!((number.len(), weighed.sum::<u32>() % 10), (19, 0), "{number}");
        }
    }
}
