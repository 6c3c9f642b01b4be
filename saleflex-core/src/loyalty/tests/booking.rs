use super::*;

#[test]
fn completing_redeems_before_it_earns_and_the_year_restarts() {
    let mut story = Story::new();
    story.give(480, day(2024, 3, 1), 1);
    assert_eq!(story.sell(2, 25_000, 25, 50, day(2025, 2, 1)), 4);
    story.check();
    let rows: Vec<_> =
        story.rows()[1..].iter().map(|row| (row.kind, row.points.get(), row.balance_after.get())).collect();
    assert_eq!(rows, [(PointsKind::Redeemed, -50, 430), (PointsKind::Earned, 25, 455)]);
    assert_eq!((story.member.lifetime, story.member.spending.annual), (Points::new(505), m(25_000)));
    assert_eq!(story.member.tier.as_deref(), Some("SILVER"));
    let row = story.rows()[2];
    assert_eq!((row.receipt, row.cause), (Some(receipt()), Cause::Sale { document: document(2) }));
    assert_eq!(
        points_on_receipt(document(2), &story.rows()),
        ReceiptPoints { earned: Points::new(25), redeemed: Points::new(50) }
    );
}

#[test]
fn a_member_has_and_owes_no_more_than_the_bound_and_the_ledger_says_what_was_booked() {
    let mut story = Story::new();
    let most = Points::MAX.get();
    story.give(most - 7, day(2025, 1, 1), 1);
    let refused = |story: &Story, points| {
        let beyond = Grant {
            id: PointsGrantId::new(Uuid::from_u128(9)),
            points: Points::new(points),
            is_correction: points < 0,
            reason: "because".into(),
        };
        grant(&story.member, &beyond, &story.program, on(day(2025, 2, 2)), &story.booked()).unwrap_err()
    };
    assert_eq!(refused(&story, 8), GrantRefusal::TooMany { most: Points::MAX }, "7 are free");
    story.sell(2, 10_000, most, 0, day(2025, 2, 1));
    assert_eq!((story.member.balance(), story.member.lifetime), (Points::MAX, Points::MAX));
    assert_eq!(story.rows().last().unwrap().points, Points::new(7));
    story.give(-most, day(2025, 2, 2), 3);
    story.give(-most, day(2025, 2, 2), 4);
    assert_eq!(story.member.balance(), -Points::MAX);
    assert_eq!(refused(&story, -1), GrantRefusal::TooMany { most: Points::MAX }, "nor is more owed");
    let record = sale_record(2, 10_000, most, 0, day(2025, 2, 1));
    let whole = Refunded { before: None, now: m(10_000), is_whole: true };
    story.refund(5, &record, whole, day(2025, 2, 3));
    assert_eq!(story.member.balance(), -Points::MAX);
    story.check();
}

#[test]
fn a_row_bears_its_instant_and_the_stores_time_and_dates_go_by_the_latter_l10() {
    let story = Story::new();
    // New year by the store's clock, the old one in UTC.
    let instant = day(2024, 12, 31).and_hms_opt(22, 30, 0).unwrap().and_utc();
    let local = day(2025, 1, 1).and_hms_opt(1, 30, 0).unwrap();
    let occasion = Occasion { at: Moment::new(instant, local, day(2024, 12, 31)), ..on(day(2025, 1, 1)) };
    let sale = CompletedSale {
        document: document(2),
        receipt: receipt(),
        customer: MEMBER,
        amount: m(5000),
        earned: Points::new(5),
        redeemed: Points::new(0),
    };
    let changes = complete_sale(&story.member, &sale, &story.program, occasion, &story.booked()).unwrap();
    let mut member = story.member.clone();
    member.apply_all(&changes);
    let booked = |change: &LoyaltyChange| {
        if let LoyaltyChange::PointsBooked { row } = change { Some(*row) } else { None }
    };
    let row = changes.iter().find_map(booked).unwrap();
    assert_eq!((row.occasion, row.expires), (occasion, Some(day(2026, 1, 1))));
    assert_eq!(member.spending.last, Some(local));
    assert_eq!(member.spending.annual_on(day(2025, 1, 2)), m(5000));
}

#[test]
fn completing_twice_changes_nothing_l5() {
    let mut story = Story::new();
    story.sell(2, 10_000, 10, 0, day(2025, 2, 1));
    let once = story.member.clone();
    assert_eq!(story.sell(2, 10_000, 10, 0, day(2025, 2, 1)), 0);
    assert_eq!(story.member, once);
}

#[test]
fn a_sale_of_another_customer_or_below_nothing_is_refused() {
    let story = Story::new();
    let sale = CompletedSale {
        document: document(1),
        receipt: receipt(),
        customer: CustomerId::new(Uuid::from_u128(6)),
        amount: m(1),
        earned: Points::new(0),
        redeemed: Points::new(0),
    };
    let complete = |sale: &CompletedSale| {
        complete_sale(&story.member, sale, &story.program, on(day(2025, 1, 1)), &BTreeSet::new())
    };
    assert_eq!(complete(&sale), Err(NotCounted::WrongCustomer { customer: sale.customer }));
    let negative = CompletedSale { customer: MEMBER, amount: m(-1), ..sale };
    assert_eq!(complete(&negative), Err(NotCounted::Negative));
}

#[test]
fn a_refund_takes_back_and_gives_back_exactly_the_share() {
    let mut story = Story::new();
    story.give(100, day(2025, 1, 1), 1);
    let date = day(2025, 2, 1);
    story.sell(2, 8000, 51, 10, date);
    let before = story.member.lifetime;
    let sale = sale_record(2, 8000, 51, 10, date);
    let mut back = Vec::new();
    for (number, before, now, is_whole) in
        [(3, None, 2000, false), (4, Some(m(2000)), 2000, false), (5, Some(m(4000)), 4000, true)]
    {
        let reversal = story.refund(number, &sale, Refunded { before, now: m(now), is_whole }, date);
        back.push((reversal.taken_back.get(), reversal.given_back.get()));
        story.check();
    }
    assert_eq!(back, [(12, 2), (13, 3), (26, 5)]);
    assert_eq!((story.member.balance(), story.member.lifetime), (Points::new(100), before - Points::new(51)));
    assert_eq!((story.member.spending.total, story.member.spending.purchases), (Money::ZERO, 0));
    let refunded = Refunded { before: Some(m(4000)), now: m(4000), is_whole: true };
    let once = story.member.clone();
    story.refund(5, &sale, refunded, date);
    assert_eq!(story.member, once, "doing it twice changes nothing");
}

#[test]
fn policies_keep_take_all_at_once_or_take_the_share() {
    let sale = sale_record(2, 8000, 51, 10, day(2025, 2, 1));
    let refunded = |before, now| Refunded { before, now: m(now), is_whole: false };
    let back = |policy, already: (i64, i64), refunded| {
        let already = Reversal { taken_back: Points::new(already.0), given_back: Points::new(already.1) };
        let Reversal { taken_back, given_back } = claw_back(policy, &sale, &already, &refunded);
        (taken_back.get(), given_back.get())
    };
    assert_eq!(back(ClawBack::None, (0, 0), refunded(None, 8000)), (0, 0));
    assert_eq!(back(ClawBack::Full, (0, 0), refunded(None, 1)), (51, 10));
    assert_eq!(back(ClawBack::Full, (51, 10), refunded(Some(m(1)), 7999)), (0, 0));
    assert_eq!(back(ClawBack::Proportional, (0, 0), refunded(None, 2000)), (12, 2));
    let free = SaleRecord { amount: Money::ZERO, ..sale };
    let whole = Refunded { before: None, now: Money::ZERO, is_whole: true };
    let reversal = claw_back(ClawBack::Proportional, &free, &Reversal::default(), &whole);
    assert_eq!(reversal.given_back, Points::new(10), "a sale that points paid for altogether");
}

#[test]
fn a_policy_that_changes_between_refunds_moves_no_points_twice_and_forgets_none() {
    // A sale of 40.00 that earned 36 and spent 100; 10.00 come back by the first policy, the other 30.00 by the second.
    for (first, second, moved) in [
        (ClawBack::Full, ClawBack::Proportional, [(36, 100), (0, 0)]),
        (ClawBack::Proportional, ClawBack::Full, [(9, 25), (27, 75)]),
        (ClawBack::None, ClawBack::Proportional, [(0, 0), (36, 100)]),
        (ClawBack::Proportional, ClawBack::None, [(9, 25), (0, 0)]),
    ] {
        let mut story = Story::new();
        let date = day(2025, 2, 1);
        story.give(500, date, 1);
        story.sell(2, 4000, 36, 100, date);
        let sale = sale_record(2, 4000, 36, 100, date);
        story.program.claw_back = first;
        let one = story.refund(3, &sale, Refunded { before: None, now: m(1000), is_whole: false }, date);
        story.program.claw_back = second;
        let rest = Refunded { before: Some(m(1000)), now: m(3000), is_whole: true };
        let other = story.refund(4, &sale, rest, date);
        let both = [one, other].map(|moved| (moved.taken_back.get(), moved.given_back.get()));
        assert_eq!(both, moved, "{first:?}, then {second:?}");
        story.check();
    }
}

#[test]
fn a_claw_back_may_drive_the_balance_below_nothing_and_earning_works_it_off_l4() {
    let mut story = Story::new();
    let date = day(2025, 2, 1);
    story.sell(2, 10_000, 100, 0, date);
    story.sell(3, 10_000, 0, 80, date);
    let sale = sale_record(2, 10_000, 100, 0, date);
    story.refund(4, &sale, Refunded { before: None, now: m(10_000), is_whole: true }, date);
    assert_eq!(story.member.balance(), Points::new(-80));
    let request = RedemptionRequest {
        points: Points::new(10),
        is_sale: true,
        holder: Holder::Member { available: story.member.available() },
        total: m(1000),
        due: m(1000),
        redeemed: Redemption::default(),
    };
    let refused = redeem(&request, &story.program.redemption, &pounds());
    assert_eq!(
        refused,
        Err(NotRedeemable::BelowMinimum { applicable: Points::new(0), minimum: Points::new(1) })
    );
    story.sell(5, 10_000, 100, 0, date);
    assert_eq!(story.member.lots.open(), [Lot { points: Points::new(20), expires: Some(day(2026, 2, 1)) }]);
    story.check();
}

#[test]
fn points_back_join_the_lot_that_expires_first() {
    let mut story = Story::new();
    story.give(40, day(2024, 12, 1), 1);
    let date = day(2025, 2, 1);
    story.sell(2, 1000, 5, 10, date);
    let sale = sale_record(2, 1000, 5, 10, date);
    story.refund(3, &sale, Refunded { before: None, now: m(1000), is_whole: true }, date);
    let refund = story.rows().into_iter().find(|row| row.kind == PointsKind::Refund).unwrap();
    assert_eq!((refund.expires, refund.lifetime()), (Some(day(2025, 12, 1)), Points::ZERO));
}

#[test]
fn points_back_join_no_lot_that_is_over() {
    let mut story = Story::new();
    story.give(40, day(2024, 3, 1), 1);
    let sold = day(2025, 2, 1);
    story.sell(2, 1000, 5, 10, sold);
    // Thirty of the first lot could be used until the first of March; nobody wrote them off yet.
    let sale = sale_record(2, 1000, 5, 10, sold);
    let today = day(2025, 3, 5);
    story.refund(3, &sale, Refunded { before: None, now: m(1000), is_whole: true }, today);
    let refund = story.rows().into_iter().find(|row| row.kind == PointsKind::Refund).unwrap();
    assert_eq!((refund.points, refund.expires), (Points::new(10), Some(day(2026, 2, 1))));
    // 40 - 10 + 5 - 5 + 10 = 40, of which 30 - 5 are over.
    story.expire(today);
    assert_eq!(story.member.balance(), Points::new(15));
    story.check();
}

#[test]
fn the_lot_that_expires_first_is_spent_first_and_the_rest_expires_the_day_after_its_last() {
    let mut story = Story::new();
    story.give(100, day(2024, 3, 1), 1);
    story.give(40, day(2024, 6, 1), 2);
    story.sell(3, 100, 0, 110, day(2024, 7, 1));
    assert_eq!(story.member.lots.open(), [Lot { points: Points::new(30), expires: Some(day(2025, 6, 1)) }]);
    assert_eq!(next_to_expire(&story.member, day(2025, 6, 1)).map(|lot| lot.points), Some(Points::new(30)));
    assert_eq!(story.expire(day(2025, 6, 1)), 0, "usable on the last day too");
    let lifetime = story.member.lifetime;
    assert_eq!(story.expire(day(2025, 6, 2)), 1);
    assert_eq!((story.member.balance(), story.member.lifetime), (Points::new(0), lifetime));
    assert_eq!(story.rows().last().unwrap().cause, Cause::Expiry { date: day(2025, 6, 2) });
    assert_eq!(story.expire(day(2025, 6, 2)), 0, "a day is done once");
    story.check();
}

#[test]
fn whatever_is_credited_runs_out_so_many_days_later_whatever_it_was_credited_for() {
    let mut story = Story::new();
    let date = day(2025, 2, 1);
    story.sell(2, 1000, 5, 0, date);
    story.give(10, date, 1);
    let given = birthday(&story.member, day(1990, 2, 1), &story.program, on(date), &story.booked());
    story.follow(given);
    let newcomer = Membership::new(CustomerId::new(Uuid::from_u128(6)), story.program.id, on(date).at);
    let brought = referral(&story.member, &newcomer, &story.program, on(date), &story.booked()).unwrap();
    story.history.extend(brought);
    let credits: Vec<LedgerRow> = story.rows();
    let kinds: BTreeSet<PointsKind> = credits.iter().map(|row| row.kind).collect();
    assert_eq!(kinds.len(), 3, "earned, given, for a birthday: {kinds:?}");
    assert_eq!(credits.len(), 5);
    for row in credits {
        assert_eq!(row.expires, Some(day(2026, 2, 1)), "{row:?}");
    }
    story.program.expiry_days = None;
    story.sell(3, 1000, 5, 0, date);
    assert_eq!(story.rows().last().unwrap().expires, None, "never");
}

#[test]
fn lifetime_is_what_was_ever_credited_less_what_refunds_took_back_and_never_below_nothing() {
    let mut story = Story::new();
    let date = day(2025, 2, 1);
    let whole = Refunded { before: None, now: m(8000), is_whole: true };
    let lifetime = |story: &Story| story.member.lifetime.get();
    story.give(30, date, 1);
    story.sell(2, 8000, 51, 10, date);
    assert_eq!(lifetime(&story), 81, "what is redeemed was credited once");
    story.refund(3, &sale_record(2, 8000, 51, 10, date), whole, date);
    assert_eq!(lifetime(&story), 30, "51 were taken back, and the 10 that come back are no new ones");
    story.give(-20, date, 4);
    story.expire(day(2026, 3, 1));
    assert_eq!((lifetime(&story), story.member.balance()), (30, Points::ZERO));
    // A sale that was counted before the ledger began.
    story.refund(6, &sale_record(5, 8000, 100, 0, date), whole, date);
    assert_eq!((lifetime(&story), story.member.balance()), (0, Points::new(-100)));
    story.check();
}

#[test]
fn points_an_open_document_holds_do_not_expire_under_it() {
    let mut story = Story::new();
    story.give(100, day(2024, 3, 1), 1);
    let held = hold(&story.member, document(2), Points::new(60)).unwrap().unwrap();
    story.follow(vec![held]);
    story.expire(day(2025, 3, 2));
    assert_eq!((story.member.balance(), story.member.available()), (Points::new(60), Points::new(0)));
    let released = release(&story.member, document(2)).unwrap();
    story.follow(vec![released]);
    story.expire(day(2025, 3, 3));
    assert_eq!(story.member.balance(), Points::new(0));
}

#[test]
fn what_runs_out_first_is_what_is_held_over_midnight_and_a_later_lot_pays_for_none_of_it() {
    for is_bought in [true, false] {
        let mut story = Story::new();
        story.give(60, day(2024, 3, 1), 1);
        story.give(40, day(2024, 6, 1), 2);
        let held = hold(&story.member, document(3), Points::new(50)).unwrap().unwrap();
        story.follow(vec![held]);
        assert_eq!(story.member.over_on(day(2025, 3, 1)), Points::ZERO, "usable on the last day too");
        story.expire(day(2025, 3, 2));
        assert_eq!(story.expire(day(2025, 3, 2)), 0, "a day is done once");
        assert_eq!((story.member.balance(), story.member.available()), (Points::new(90), Points::new(40)));
        if is_bought {
            story.sell(3, 1000, 0, 50, day(2025, 3, 2));
        } else {
            let released = release(&story.member, document(3)).unwrap();
            story.follow(vec![released]);
            // A day is done once; nobody spends what ran out until the next one.
            assert_eq!(
                (story.expire(day(2025, 3, 2)), story.member.over_on(day(2025, 3, 2))),
                (0, Points::new(50))
            );
            assert_eq!(story.expire(day(2025, 3, 3)), 1);
        }
        let rest = [Lot { points: Points::new(40), expires: Some(day(2025, 6, 1)) }];
        assert_eq!(story.member.lots.open(), rest, "{is_bought}");
        story.check();
    }
}

#[test]
fn a_birthday_is_given_once_a_year_and_made_up_within_a_week() {
    let born = day(1992, 2, 29);
    let mut story = Story::new();
    let mut give = |date| {
        let changes = birthday(&story.member, born, &story.program, on(date), &story.booked());
        story.follow(changes)
    };
    assert_eq!(give(day(2025, 2, 27)), 0);
    assert_eq!(give(day(2025, 3, 8)), 0, "eight days late");
    assert!(give(day(2025, 3, 7)) > 0, "seven days late");
    assert_eq!(give(day(2025, 3, 7)), 0);
    assert!(give(day(2028, 2, 29)) > 0);
    assert_eq!(story.member.lifetime, Points::new(100));
    let mut story = Story::new();
    let new_year =
        birthday(&story.member, day(1990, 12, 30), &story.program, on(day(2025, 1, 3)), &story.booked());
    story.follow(new_year);
    assert_eq!(story.rows()[0].cause, Cause::Birthday { year: 2024 });
    let newcomer = Membership::new(MEMBER, story.program.id, on(day(2025, 3, 2)).at);
    let none = birthday(&newcomer, born, &story.program, on(day(2025, 3, 3)), &BTreeSet::new());
    assert!(none.is_empty(), "no member on the day");
}

#[test]
fn a_referral_pays_both_once_and_nobody_brings_themselves() {
    let story = Story::new();
    let newcomer =
        Membership::new(CustomerId::new(Uuid::from_u128(6)), story.program.id, on(day(2025, 1, 1)).at);
    let date = on(day(2025, 1, 1));
    let changes = referral(&story.member, &newcomer, &story.program, date, &BTreeSet::new()).unwrap();
    let keys: BTreeSet<ChangeKey> = changes.iter().filter_map(LoyaltyChange::key).collect();
    assert_eq!(keys.len(), 2);
    assert!(referral(&story.member, &newcomer, &story.program, date, &keys).unwrap().is_empty());
    let itself = referral(&story.member, &story.member, &story.program, date, &keys);
    assert_eq!(itself.unwrap_err(), GrantRefusal::Itself);
}

#[test]
fn somebody_is_brought_once_by_whomever_also_where_one_of_the_two_gets_nothing() {
    let mut story = Story::new();
    let date = on(day(2025, 1, 1));
    let member = |no: u128| {
        Membership::new(CustomerId::new(Uuid::from_u128(no)), ProgramId::new(Uuid::nil()), date.at)
    };
    let [newcomer, other] = [6, 7].map(member);
    for (referrer, referred) in [(100, 0), (0, 100)] {
        story.program.referral =
            ReferralPoints { referrer: Points::new(referrer), referred: Points::new(referred) };
        let bring = |by: &Membership, booked: &BTreeSet<ChangeKey>| {
            referral(by, &newcomer, &story.program, date, booked).unwrap()
        };
        let changes = bring(&story.member, &BTreeSet::new());
        let booked: BTreeSet<ChangeKey> = changes.iter().filter_map(LoyaltyChange::key).collect();
        assert_eq!(booked.len(), 1);
        assert_eq!(bring(&other, &booked), [], "{referrer} and {referred}");
    }
}

#[test]
fn nobody_who_brought_somebody_or_was_a_member_before_is_a_newcomer() {
    let story = Story::new();
    let member = |no: u128, date: NaiveDate| {
        Membership::new(CustomerId::new(Uuid::from_u128(no)), story.program.id, on(date).at)
    };
    let date = day(2025, 1, 1);
    let [one, other, third] = [11, 12, 13].map(|no| member(no, date));
    let mut booked = BTreeSet::new();
    let bring = |by: &Membership, newcomer: &Membership, booked: &BTreeSet<ChangeKey>| {
        referral(by, newcomer, &story.program, on(date), booked)
    };
    for (by, newcomer) in [(&one, &other), (&other, &third)] {
        let changes = bring(by, newcomer, &booked).unwrap();
        booked.extend(changes.iter().filter_map(LoyaltyChange::key));
    }
    assert_eq!(bring(&other, &one, &booked).unwrap_err(), GrantRefusal::NoNewcomer, "one brought the other");
    assert_eq!(bring(&third, &one, &booked).unwrap_err(), GrantRefusal::NoNewcomer, "no circle of three");
    let later = member(14, day(2025, 2, 1));
    assert_eq!(bring(&later, &member(15, date), &booked).unwrap_err(), GrantRefusal::NoNewcomer);
    assert!(bring(&third, &later, &booked).is_ok());
}

#[test]
fn a_decision_is_booked_once_and_needs_a_reason() {
    let mut story = Story::new();
    story.give(10, day(2025, 1, 1), 7);
    story.give(10, day(2025, 1, 1), 7);
    assert_eq!(story.member.balance(), Points::new(10));
    let refused = |points, is_correction, reason: &str| {
        let gift = Grant {
            id: PointsGrantId::new(Uuid::nil()),
            points: Points::new(points),
            is_correction,
            reason: reason.into(),
        };
        grant(&story.member, &gift, &story.program, on(day(2025, 1, 1)), &BTreeSet::new()).unwrap_err()
    };
    assert_eq!(refused(0, false, "x"), GrantRefusal::OutOfRange { most: Points::MAX });
    assert_eq!(refused(Points::MAX.get() + 1, false, "x"), GrantRefusal::OutOfRange { most: Points::MAX });
    assert_eq!(refused(i64::MIN, true, "x"), GrantRefusal::OutOfRange { most: Points::MAX });
    assert_eq!(refused(Points::MAX.get() - 9, false, "x"), GrantRefusal::TooMany { most: Points::MAX });
    assert_eq!(refused(-1, false, "x"), GrantRefusal::NotAGift);
    assert_eq!(refused(1, false, " "), GrantRefusal::Reason);
}
