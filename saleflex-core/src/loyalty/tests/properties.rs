use proptest::prelude::*;

use super::*;

/// Anything that can happen to a member, with numbers to choose by.
#[derive(Clone, Debug)]
enum Step {
    Sell { amount: i64, earned: i64, redeemed: i64 },
    Refund { sale: usize, part: i64 },
    Give { points: i64 },
    Expire,
    Wait { days: u64 },
    Hold { points: i64 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1_i64..500_000, 0_i64..900, 0_i64..300).prop_map(|(amount, earned, redeemed)| Step::Sell {
            amount,
            earned,
            redeemed
        }),
        (0_usize..8, 1_i64..100).prop_map(|(sale, part)| Step::Refund { sale, part }),
        (-200_i64..400).prop_map(|points| Step::Give { points: if points == 0 { 1 } else { points } }),
        Just(Step::Expire),
        (0_u64..200).prop_map(|days| Step::Wait { days }),
        (0_i64..300).prop_map(|points| Step::Hold { points }),
    ]
}

fn any_policy() -> impl Strategy<Value = ClawBack> {
    prop::sample::select(vec![ClawBack::None, ClawBack::Full, ClawBack::Proportional])
}

/// Points with their last days, each credit a lot of its own, spent by looking for the first to expire every time.
fn naive_lots(rows: &[LedgerRow]) -> (i64, Vec<(Option<NaiveDate>, i64)>) {
    let (mut debt, mut lots) = (0, Vec::<(Option<NaiveDate>, i64)>::new());
    for row in rows {
        let mut left = row.points.get();
        while left > 0 && debt > 0 {
            (left, debt) = (left - 1, debt - 1);
        }
        if left > 0 {
            lots.push((row.expires, left));
        }
        while left < 0 {
            let first = (0..lots.len())
                .filter(|at| lots[*at].1 > 0)
                .min_by_key(|at| (lots[*at].0.is_none(), lots[*at].0));
            match first {
                Some(at) => lots[at].1 -= 1,
                None => debt += 1,
            }
            left += 1;
        }
    }
    lots.retain(|lot| lot.1 > 0);
    (debt, lots)
}

struct Sold {
    record: SaleRecord,
    back: i64,
}

fn play(steps: &[Step], grace_days: u16) -> (Story, NaiveDate) {
    let mut story = Story::new();
    story.program.grace_days = grace_days;
    let (mut date, mut sales, mut next) = (day(2024, 1, 1), Vec::<Sold>::new(), 100_u128);
    for step in steps {
        next += 1;
        match *step {
            Step::Sell { amount, earned, redeemed } => {
                story.sell(next, amount, earned, redeemed, date);
                sales.push(Sold { record: sale_record(next, amount, earned, redeemed, date), back: 0 });
            }
            Step::Refund { sale, part } => {
                let Some(sold) = sales.get_mut(sale) else { continue };
                let amount = sold.record.amount.minor();
                let now = (amount * part / 100).clamp(1, amount).min(amount - sold.back);
                if now == 0 {
                    continue;
                }
                let before = (sold.back > 0).then_some(m(sold.back));
                sold.back += now;
                let refunded = Refunded { before, now: m(now), is_whole: sold.back == amount };
                let record = sold.record;
                story.refund(next, &record, refunded, date);
            }
            Step::Give { points } => story.give(points, date, next),
            Step::Expire => {
                story.expire(date);
            }
            Step::Wait { days } => date = later(date, days),
            Step::Hold { points } => {
                let held = hold(&story.member, document(1), Points::new(points)).ok().flatten();
                story.follow(held.into_iter().collect());
            }
        }
    }
    (story, date)
}

proptest! {
    #[test]
    fn the_ledger_adds_up_to_the_balance_after_any_history(
        steps in prop::collection::vec(step(), 0..30),
        grace in 0_u16..60,
    ) {
        let (story, _) = play(&steps, grace);
        story.check();
        let (debt, lots) = naive_lots(&story.rows());
        let sum = lots.iter().map(|lot| lot.1).sum::<i64>() - debt;
        prop_assert_eq!(Points::new(sum), story.member.balance());
        prop_assert!(story.member.lots.open().is_empty() || debt == 0);
        for lot in story.member.lots.open() {
            let same: i64 = lots.iter().filter(|other| other.0 == lot.expires).map(|other| other.1).sum();
            prop_assert_eq!(Points::new(same), lot.points, "lots are spent first in, first out");
        }
    }

    #[test]
    fn expiry_leaves_nothing_over_and_a_second_run_finds_nothing(steps in prop::collection::vec(step(), 0..30), days in 0_u64..500) {
        let (mut story, date) = play(&steps, 0);
        if let Some(released) = release(&story.member, document(1)) {
            story.follow(vec![released]);
        }
        let (date, lifetime) = (later(date, days + 1), story.member.lifetime);
        story.expire(date);
        prop_assert_eq!(story.member.lots.expired_on(date), Points::new(0));
        prop_assert_eq!(story.expire(date), 0);
        prop_assert!(expire(&story.member, on(date), &BTreeSet::new()).is_empty());
        prop_assert_eq!(story.member.lifetime, lifetime);
        story.check();
    }

    #[test]
    fn a_sale_refunded_whole_leaves_everything_as_before(
        steps in prop::collection::vec(step(), 0..20),
        amount in 1_i64..100_000,
        earned in 0_i64..900,
        redeemed in 0_i64..300,
        cuts in prop::collection::vec(1_i64..100_000, 0..5),
    ) {
        let (mut story, date) = play(&steps, 0);
        let changes = tier_as_of(&story, date);
        story.follow(changes);
        let before = story.member.clone();
        story.sell(1, amount, earned, redeemed, date);
        let record = sale_record(1, amount, earned, redeemed, date);
        let mut points: Vec<i64> = cuts.into_iter().map(|cut| cut % amount).chain([amount]).filter(|cut| *cut > 0).collect();
        points.sort_unstable();
        points.dedup();
        let mut back = 0;
        for (number, until) in (2..).zip(points) {
            let earlier = (back > 0).then_some(m(back));
            let refunded = Refunded { before: earlier, now: m(until - back), is_whole: until == amount };
            story.refund(number, &record, refunded, date);
            back = until;
        }
        let after = &story.member;
        prop_assert_eq!((after.balance(), after.lifetime), (before.balance(), before.lifetime));
        prop_assert_eq!(after.spending.annual_on(date), before.spending.annual_on(date));
        prop_assert_eq!((after.spending.total, after.spending.purchases), (before.spending.total, before.spending.purchases));
        prop_assert_eq!(&after.tier, &before.tier);
        story.check();
    }

    #[test]
    fn the_order_of_refunds_does_not_matter(
        parts in prop::collection::vec(1_i64..5_000, 1..6).prop_shuffle(),
        rest in 0_i64..5_000,
        earned in 0_i64..2_000,
        redeemed in 0_i64..2_000,
        policy in any_policy(),
    ) {
        let amount = parts.iter().sum::<i64>() + rest;
        let record = sale_record(1, amount, earned, redeemed, day(2025, 1, 1));
        let total = |parts: &[i64]| {
            let (mut back, mut sum) = (0, (Points::new(0), Points::new(0)));
            for part in parts {
                let before = (back > 0).then_some(m(back));
                back += part;
                let refunded = Refunded { before, now: m(*part), is_whole: back == amount };
                let already = Reversal { taken_back: sum.0, given_back: sum.1 };
                let Reversal { taken_back, given_back } = claw_back(policy, &record, &already, &refunded);
                assert!(!taken_back.is_negative() && !given_back.is_negative());
                sum = (sum.0 + taken_back, sum.1 + given_back);
            }
            sum
        };
        let mut sorted = parts.clone();
        sorted.sort_unstable();
        prop_assert_eq!(total(&parts), total(&sorted));
        prop_assert!(total(&parts).0 <= Points::new(earned) && total(&parts).1 <= Points::new(redeemed));
        if rest == 0 && policy != ClawBack::None {
            prop_assert_eq!(total(&parts), (Points::new(earned), Points::new(redeemed)));
        }
    }

    #[test]
    fn whatever_the_policy_at_each_refund_no_more_moves_than_the_sale_had_and_all_of_it_with_the_last(
        parts in prop::collection::vec((1_i64..5_000, any_policy()), 1..6),
        earned in 0_i64..2_000,
        redeemed in 0_i64..2_000,
    ) {
        let amount: i64 = parts.iter().map(|(part, _)| part).sum();
        let record = sale_record(1, amount, earned, redeemed, day(2025, 1, 1));
        let (mut back, mut already) = (0, Reversal::default());
        for (part, policy) in &parts {
            let before = (back > 0).then_some(m(back));
            back += part;
            let refunded = Refunded { before, now: m(*part), is_whole: back == amount };
            let moved = claw_back(*policy, &record, &already, &refunded);
            prop_assert!(!moved.taken_back.is_negative() && !moved.given_back.is_negative());
            already = Reversal {
                taken_back: already.taken_back + moved.taken_back,
                given_back: already.given_back + moved.given_back,
            };
        }
        prop_assert!(already.taken_back <= Points::new(earned) && already.given_back <= Points::new(redeemed));
        if parts.last().is_some_and(|(_, policy)| *policy != ClawBack::None) {
            let whole = Reversal { taken_back: Points::new(earned), given_back: Points::new(redeemed) };
            prop_assert_eq!(already, whole);
        }
    }

    #[test]
    fn rounding_down_once_is_exact(amount in 0_i64..10_000_000_000_000, rate in 0_i64..10_000_000_000, times in 0_i64..10_000_000) {
        let exact = i128::from(amount) * i128::from(rate) * i128::from(times) / 1_000_000_000_000;
        let expected = i64::try_from(exact).map_or(Points::MAX, |points| Points::new(points).min(Points::MAX));
        let factor = rust_decimal::Decimal::new;
        prop_assert_eq!(Points::floor_product(&[factor(amount, 2), factor(rate, 6), factor(times, 4)]), expected);
    }
}

/// Looks at the tier as of a date, so that what comes after starts from a tier that the rules give.
fn tier_as_of(story: &Story, date: NaiveDate) -> Vec<LoyaltyChange> {
    let mut draft = membership::Draft::of(&story.member, on(date));
    tier::reassign(&mut draft, &story.program.tiers, 0);
    draft.changes
}
