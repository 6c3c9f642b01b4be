use proptest::prelude::*;

use super::*;
use crate::money::CurrencyCode;

fn currency(code: &str) -> Currency {
    Currency::of(CurrencyCode::parse(code).unwrap())
}

fn policy(point_value: &str) -> RedemptionPolicy {
    RedemptionPolicy {
        point_value: UnitPrice::parse(point_value).unwrap(),
        max_basket_share: None,
        minimum: Points::new(1),
        step: Points::new(1),
        allow_partial: true,
    }
}

#[test]
fn all_points_are_worth_what_their_value_says_rounded_down_whatever_a_document_takes() {
    let worth = |value: &str, points| policy(value).worth_of(Points::new(points), &currency("GBP"));
    assert_eq!(worth("0.015", 1_001), Some(Money::from_minor(15_01)));
    assert_eq!([worth("0.01", 0), worth("0.01", -5), worth("0.004", 2), worth("0", 900)], [None; 4]);
    assert_eq!(worth("1000000", i64::MAX), None, "no amount holds it");
}

fn request(points: i64, available: i64, total: i64) -> RedemptionRequest {
    RedemptionRequest {
        points: Points::new(points),
        is_sale: true,
        holder: Holder::Member { available: Points::new(available) },
        total: Money::from_minor(total),
        due: Money::from_minor(total),
        redeemed: Redemption::default(),
    }
}

fn taken(request: &RedemptionRequest, policy: &RedemptionPolicy) -> Result<(i64, i64), &'static str> {
    redeem(request, policy, &currency("GBP"))
        .map(|taken| (taken.points.get(), taken.amount.minor()))
        .map_err(NotRedeemable::code)
}

#[test]
fn points_pay_at_most_what_is_due_and_what_the_member_has() {
    assert_eq!(taken(&request(500, 240, 8730), &policy("0.50")), Ok((174, 8700)));
    assert_eq!(taken(&request(500, 100, 8730), &policy("0.50")), Ok((100, 5000)));
    assert_eq!(taken(&request(7, 100, 8730), &policy("0.50")), Ok((7, 350)));
}

#[test]
fn the_share_of_the_basket_is_of_the_total_and_counts_what_was_redeemed_before() {
    let policy = RedemptionPolicy { max_basket_share: Some(Percent::parse("25").unwrap()), ..policy("0.50") };
    let paid = RedemptionRequest { due: Money::from_minor(4730), ..request(500, 1000, 8730) };
    assert_eq!(taken(&paid, &policy), Ok((43, 2150)));
    let redeemed = Redemption { points: Points::new(40), amount: Money::from_minor(2000) };
    let again = RedemptionRequest { due: Money::from_minor(2730), redeemed, ..paid };
    assert_eq!(taken(&again, &policy), Ok((3, 150)));
    let told = policy.share_of(Money::from_minor(8730), &currency("GBP"));
    assert_eq!(told, Some((Percent::parse("25").unwrap(), Money::from_minor(2182))), "of 21.825");
    for all in [None, Some(Percent::ZERO), Some(Percent::HUNDRED)] {
        let policy = RedemptionPolicy { max_basket_share: all, ..policy };
        assert_eq!(policy.share_of(Money::from_minor(8730), &currency("GBP")), None, "all of it: {all:?}");
    }
}

#[test]
fn points_the_document_holds_already_are_not_there_twice_d_pay_07() {
    let redeemed = Redemption { points: Points::new(40), amount: Money::from_minor(4000) };
    let again = RedemptionRequest { redeemed, due: Money::from_minor(5907), ..request(1000, 40, 9907) };
    assert_eq!(taken(&again, &policy("1.00")), Err("BELOW_MINIMUM"));
}

#[test]
fn step_minimum_and_partial_are_asked_in_this_order() {
    let stepped = RedemptionPolicy { step: Points::new(25), minimum: Points::new(50), ..policy("0.50") };
    assert_eq!(taken(&request(240, 240, 50_000), &stepped), Ok((225, 11_250)));
    let whole = RedemptionPolicy { step: Points::new(10), allow_partial: false, ..policy("0.50") };
    assert_eq!(taken(&request(105, 240, 50_000), &whole), Err("PARTIAL_NOT_ALLOWED"));
    let high = RedemptionPolicy { minimum: Points::new(100), ..policy("0.50") };
    assert_eq!(taken(&request(240, 240, 3000), &high), Err("BELOW_MINIMUM"));
    let none = RedemptionPolicy { minimum: Points::new(0), step: Points::new(100), ..policy("0.50") };
    assert_eq!(taken(&request(240, 99, 3000), &none), Err("NOTHING_APPLICABLE"));
    let odd = RedemptionPolicy { step: Points::new(-3), ..policy("0.50") };
    assert_eq!(taken(&request(7, 240, 3000), &odd), Ok((7, 350)));
}

#[test]
fn no_fewer_points_than_the_minimum_are_taken_where_a_point_is_worth_less_than_a_minor_unit() {
    let half = RedemptionPolicy { minimum: Points::new(101), ..policy("0.005") };
    let all = request(101, 500, 3000);
    // A hundred pay as much as a hundred and one.
    let refused = redeem(&all, &half, &currency("GBP"));
    let (applicable, minimum) = (Points::new(100), Points::new(101));
    assert_eq!(refused, Err(NotRedeemable::BelowMinimum { applicable, minimum }));
    assert_eq!(taken(&request(102, 500, 3000), &half), Ok((102, 51)));
    let even = RedemptionPolicy { minimum: Points::new(100), ..half };
    assert_eq!(taken(&all, &even), Ok((100, 50)));
}

#[test]
fn the_first_reason_is_the_answer() {
    let free = policy("0");
    let base = request(1, 1, 100);
    let holder = |holder| RedemptionRequest { holder, ..base };
    assert_eq!(
        taken(&RedemptionRequest { points: Points::new(0), is_sale: false, ..base }, &free),
        Err("INVALID_POINTS")
    );
    assert_eq!(
        taken(&RedemptionRequest { is_sale: false, ..holder(Holder::NoCustomer) }, &free),
        Err("NOT_A_SALE")
    );
    assert_eq!(
        taken(&RedemptionRequest { due: Money::ZERO, ..holder(Holder::NoCustomer) }, &free),
        Err("NO_CUSTOMER")
    );
    assert_eq!(
        taken(&RedemptionRequest { due: Money::ZERO, ..holder(Holder::WalkIn) }, &free),
        Err("NOTHING_DUE")
    );
    assert_eq!(taken(&holder(Holder::WalkIn), &free), Err("WALK_IN"));
    assert_eq!(taken(&holder(Holder::NoMembership), &free), Err("NO_MEMBERSHIP"));
    for status in [MemberStatus::Suspended, MemberStatus::Ended] {
        assert_eq!(taken(&holder(Holder::MemberInactive { status }), &free), Err("MEMBER_INACTIVE"));
    }
    assert_eq!(taken(&holder(Holder::ProgramInactive), &free), Err("PROGRAM_INACTIVE"));
    assert_eq!(taken(&base, &free), Err("NO_POINT_VALUE"));
}

#[test]
fn worth_is_rounded_down_and_points_that_add_nothing_are_kept() {
    let yen = currency("JPY");
    let one = request(3, 10, 2);
    let taken = redeem(&one, &policy("0.50"), &yen);
    assert_eq!(taken, Ok(Redemption { points: Points::new(2), amount: Money::from_minor(1) }));
    let taken = redeem(&request(1, 10, 2), &policy("0.50"), &yen);
    assert_eq!(taken, Err(NotRedeemable::NothingApplicable));
}

proptest! {
    #[test]
    fn points_never_pay_more_than_is_due_allowed_or_owned(
        asked in 1_i64..100_000, available in 0_i64..100_000, total in 1_i64..1_000_000, paid in 0_i64..1_000_000,
        value in 1_u32..50_000, share in proptest::option::of(0_u32..1_000_000), step in 0_i64..40,
    ) {
        let gbp = currency("GBP");
        let policy = RedemptionPolicy {
            point_value: UnitPrice::try_new(Decimal::new(value.into(), 4)).unwrap(),
            max_basket_share: share.map(|share| Percent::try_new(Decimal::new(share.into(), 4)).unwrap()),
            step: Points::new(step),
            minimum: Points::new(0),
            allow_partial: true,
        };
        let asked = RedemptionRequest { due: Money::from_minor((total - paid).max(0)), ..request(asked, available, total) };
        if let Ok(taken) = redeem(&asked, &policy, &gbp) {
            prop_assert!(taken.points.get() > 0 && taken.points <= asked.points && taken.points.get() <= available);
            prop_assert!(taken.points.get() % step.max(1) == 0);
            prop_assert!(taken.amount.is_positive() && taken.amount <= asked.due);
            prop_assert!(gbp.decimal(taken.amount) <= Decimal::from(taken.points.get()) * policy.point_value.decimal());
            if let Some(share) = policy.max_basket_share.filter(|share| !share.is_zero()) {
                prop_assert!(gbp.decimal(taken.amount) <= gbp.decimal(asked.total) * share.decimal() / Decimal::ONE_HUNDRED);
            }
        }
    }
}
