use alloc::string::ToString;
use core::cmp::Reverse;

use proptest::prelude::*;

use super::*;

fn currency(code: &str) -> Currency {
    Currency::of(CurrencyCode::parse(code).unwrap())
}

#[test]
fn half_up_is_symmetric_around_zero_d_doc_03() {
    let round = |text: &str| Rounding::HalfUp.round(text.parse().unwrap(), 2).to_string();
    assert_eq!(round("1.235"), "1.24");
    assert_eq!(round("-1.235"), "-1.24");
    assert_eq!(round("-1.234"), "-1.23");
}

#[test]
fn a_currency_has_the_minor_digits_of_iso_4217() {
    let none = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
        .split(' ')
        .map(|code| (code, 0));
    let three = "BHD IQD JOD KWD LYD OMR TND".split(' ').map(|code| (code, 3));
    let others = [("CLF", 4), ("UYW", 4), ("EUR", 2), ("TRY", 2), ("MRU", 2), ("MGA", 2), ("UYU", 2)];
    for (code, digits) in none.chain(three).chain(others) {
        assert_eq!(currency(code).minor_digits(), digits, "{code}");
    }
    assert_eq!(currency("JPY").format(Money::from_minor(1250)), "1250");
    assert_eq!(currency("GBP").format(Money::from_minor(-5)), "-0.05");
    assert_eq!(currency("KWD").show(Money::from_minor(54_549)), "KWD54.549");
    assert_eq!(currency("GBP").show(Money::from_minor(-480)), "-£4.80");
    assert_eq!(currency("QQQ").minor_digits(), 2);
}

#[test]
fn a_number_of_other_software_may_have_an_exponent() {
    for (written, meant) in [
        ("12.50", "12.5"),
        ("1E+2", "100"),
        ("1e2", "100"),
        ("-2.5E+1", "-25"),
        ("125E-1", "12.5"),
        ("0E-8", "0"),
        ("7E0", "7"),
    ] {
        assert_eq!(parse_number(written).map(|number| number.normalize().to_string()), Ok(meant.into()));
    }
    for wrong in ["", "E", "e5", "1E", "1E+", "1E1.5", "1E--2", "1E-+2", "1_0E2", "1 E2", "1E2E2", "a1E2"] {
        assert_eq!(parse_number(wrong), Err(AmountError::Malformed), "{wrong}");
    }
    for large in ["1E29", "1E-29", "1E99999999999", "0.00000000000000000000000000000000000001E2"] {
        assert_eq!(parse_number(large), Err(AmountError::TooLarge), "{large}");
    }
    assert_eq!(parse_decimal("1E+2"), Err(AmountError::Malformed), "nobody types such a number");
}

#[test]
fn amounts_are_read_exactly_or_refused() {
    let gbp = currency("GBP");
    assert_eq!(gbp.parse("12.34"), Ok(Money::from_minor(1234)));
    assert_eq!(gbp.parse("12.340"), Ok(Money::from_minor(1234)));
    assert_eq!(gbp.parse("12.345"), Err(AmountError::TooPrecise { digits: 2 }));
    for bad in ["", "-", ".", "1e5", "1,000", "1.2.3", "٣", " 1", "0x1", "NaN"] {
        assert_eq!(gbp.parse(bad), Err(AmountError::Malformed), "{bad:?}");
    }
    assert_eq!(gbp.parse(&"9".repeat(10_000)), Err(AmountError::TooLarge));
    assert_eq!(gbp.parse("100000000000"), Ok(Money::MAX));
    assert_eq!(gbp.parse("100000000000.01"), Err(AmountError::TooLarge));
}

#[test]
fn cash_is_rounded_to_the_smallest_coin() {
    let step = Money::from_minor(5);
    assert_eq!(Money::from_minor(1232).to_step(step, Rounding::HalfUp), Money::from_minor(1230));
    assert_eq!(Money::from_minor(1233).to_step(step, Rounding::HalfUp), Money::from_minor(1235));
    assert_eq!(Money::from_minor(1234).to_step(step, Rounding::Down), Money::from_minor(1230));
    assert_eq!(Money::from_minor(1234).to_step(Money::ZERO, Rounding::Down), Money::from_minor(1234));
}

#[test]
fn the_leftover_minor_units_go_to_the_largest_remainders_ties_to_the_earlier() {
    let weights = [Money::from_minor(1000), Money::from_minor(500)];
    assert_eq!(Money::from_minor(100).split(&weights), [Money::from_minor(67), Money::from_minor(33)]);
    let even = [Money::ZERO; 3];
    assert_eq!(Money::from_minor(-2).split(&even), [-1, -1, 0].map(Money::from_minor));
    assert!(Money::from_minor(5).split(&[]).is_empty());
    // Products of these have more digits than a word of the machine.
    let thirds = [3_333_333_333_334, 3_333_333_333_333, 3_333_333_333_333].map(Money::from_minor);
    assert_eq!(Money::MAX.split(&[Money::MAX; 3]), thirds);
    assert_eq!((-Money::MAX).split(&[Money::MAX; 3]), thirds.map(core::ops::Neg::neg));
}

proptest! {
    #[test]
    fn what_is_split_adds_up(amount in -1_000_000_000_i64..1_000_000_000, weights in prop::collection::vec(-5_i64..100_000, 1..40)) {
        let weights: Vec<Money> = weights.into_iter().map(Money::from_minor).collect();
        let parts = Money::from_minor(amount).split(&weights);
        prop_assert_eq!(parts.iter().copied().sum::<Money>().minor(), amount);
        prop_assert!(parts.iter().all(|part| part.minor().signum() * amount.signum() >= 0));
    }

    #[test]
    fn whoever_has_a_leftover_minor_unit_has_a_larger_remainder_than_whoever_has_none(
        amount in 0_i64..10_000,
        weights in prop::collection::vec(0_i64..50, 1..40),
    ) {
        let total: i64 = weights.iter().sum();
        prop_assume!(total > 0);
        let parts = Money::from_minor(amount).split(&weights.iter().copied().map(Money::from_minor).collect::<Vec<_>>());
        let more = |(at, part): (usize, &Money)| {
            let product = amount * weights[at];
            (part.minor() - product / total, (product % total, Reverse(at)))
        };
        let (with, without): (Vec<_>, Vec<_>) = parts.iter().enumerate().map(more).partition(|(more, _)| *more == 1);
        prop_assert!(without.iter().all(|(more, _)| *more == 0));
        let (least, most) = (with.iter().map(|one| one.1).min(), without.iter().map(|one| one.1).max());
        prop_assert!(least.is_none_or(|least| most < Some(least)));
    }

    #[test]
    fn a_share_agrees_with_exact_decimal_arithmetic(amount in 0_i64..100_000_000, part in 0_i64..10_000, extra in 1_i64..10_000) {
        let whole = part + extra;
        let exact = Rounding::HalfUp.round(Decimal::from(amount) * Decimal::from(part) / Decimal::from(whole), 0);
        let share = Money::from_minor(amount).share(Money::from_minor(part), Money::from_minor(whole), Rounding::HalfUp);
        prop_assert_eq!(Decimal::from(share.minor()), exact);
    }
}

#[test]
fn a_stored_currency_that_cannot_be_is_refused_where_it_is_read() {
    let read = |digits: &str, step: &str| {
        let text = format!(r#"{{"code":"GBP","minor_digits":{digits},"cash_step":{step}}}"#);
        serde_json::from_str::<Currency>(&text).is_ok()
    };
    assert!(read("2", "1") && read("0", "100"));
    assert!(!read("10", "1") && !read("255", "1") && !read("2", "0") && !read("2", "-5"));
}

#[test]
fn amounts_from_outside_are_bounded_so_that_a_thousand_of_them_add_up() {
    let largest = 900 * Money::MAX.minor();
    for minor in [largest, -largest, 0, 1] {
        let read: Money = serde_json::from_str(&minor.to_string()).unwrap();
        assert_eq!(
            (read, serde_json::to_string(&read).unwrap()),
            (Money::from_minor(minor), minor.to_string())
        );
    }
    for minor in [largest + 1, -largest - 1, i64::MAX, i64::MIN] {
        serde_json::from_str::<Money>(&minor.to_string()).unwrap_err();
    }
    let thousand: Money = core::iter::repeat_n(Money::from_minor(largest), 1_000).sum();
    assert_eq!(thousand.minor(), 1_000 * largest);
}

#[test]
fn an_amount_that_could_not_be_read_again_is_not_written() {
    let largest = 900 * Money::MAX.minor();
    for minor in [largest + 1, -largest - 1, i64::MAX, i64::MIN] {
        let refused = serde_json::to_string(&Money::from_minor(minor)).unwrap_err();
        assert_eq!(refused.to_string(), "the number is too large");
    }
    let coin = Currency::of(CurrencyCode::parse("GBP").unwrap()).with_cash_step(Money::from_minor(i64::MAX));
    let written = serde_json::to_string(&coin).unwrap();
    assert_eq!(serde_json::from_str::<Currency>(&written).unwrap(), coin);
}

#[test]
#[should_panic(expected = "amounts are bounded where they enter")]
fn a_sum_beyond_all_bounds_stops_and_never_wraps() {
    let _ = Money::from_minor(i64::MAX) + Money::ONE_MINOR;
}
