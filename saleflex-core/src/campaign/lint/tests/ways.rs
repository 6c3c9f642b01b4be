//! Conditions of which several ways would do.

use super::*;

/// Open from 8 to 10 with a condition beside it; whether lint calls it a contradiction.
fn contradicts(condition: Condition) -> bool {
    let faults = lint_all(
        with(|one| {
            one.window = hours(8, 10);
            one.condition = condition;
        }),
        &[],
    );
    assert!(faults.iter().all(|fault| *fault == Fault::Contradiction), "{faults:?}");
    !faults.is_empty()
}

fn open(from: u32, until: u32) -> Condition {
    Condition::Window(hours(from, until))
}

#[test]
fn of_several_ways_none_of_which_can_be_met_nothing_is_given() {
    assert!(contradicts(Condition::Any(vec![open(12, 14), open(15, 16)])));
    assert!(!contradicts(Condition::Any(vec![open(12, 14), open(9, 16)])));
    let gold = || Condition::Tier("GOLD".to_string());
    let silver_at = |window| Condition::All(vec![Condition::Tier("SILVER".to_string()), window]);
    let beside_gold = |ways| Condition::All(vec![gold(), Condition::Any(ways)]);
    assert!(contradicts(beside_gold(vec![silver_at(open(9, 10)), open(12, 14)])));
    assert!(!contradicts(beside_gold(vec![silver_at(open(9, 10)), open(9, 14)])));
    // A way that is left may itself leave ways.
    let within = |from| Condition::Any(vec![open(12, 14), Condition::Any(vec![open(from, 16)])]);
    assert!(contradicts(within(11)) && !contradicts(within(10)));
}

#[test]
fn a_coupon_that_is_one_way_and_does_not_exist_is_found() {
    let ways = || Condition::Any(vec![Condition::Coupon, Condition::CustomerKnown]);
    assert_eq!(lint_all(asks(ways()), &[]), [Fault::NoCoupon]);
    let limited = Coupon { uses: Some(1), ..coupon(1, "TEN", CouponKind::Public) };
    assert_eq!(lint_all(asks(ways()), &[limited]), []);
}

#[test]
fn a_great_many_ways_are_not_looked_into() {
    let ways = |many| Condition::Any(vec![open(12, 14); many]);
    assert!(contradicts(ways(100)) && !contradicts(ways(101)));
}
