//! What time does to tiers, and how often campaigns for points may be used.

use saleflex_core::{
    campaign::Resolution,
    customer::segment::{Criterion, Segment},
    ids::SegmentId,
};
use saleflex_store::till::TrialDays;

use super::*;

use crate::support::shop;

fn tier(shop: &Shop, id: CustomerId) -> String {
    shop.till.membership(id).unwrap().unwrap().tier.unwrap()
}

fn best(shop: &Shop, id: CustomerId) -> bool {
    shop.till.marketing_profile(id).unwrap().segments.iter().any(|code| code == "BEST")
}

/// Saves a segment of those in the upper tier, by somebody who may.
fn gather_best(shop: &mut Shop) {
    shop.log_in(ADMIN);
    let segment = Segment {
        id: SegmentId::new(Uuid::from_u128(0xBE57)),
        code: "BEST".to_owned(),
        name: "Best".to_owned(),
        description: None,
        criterion: Criterion::Tier(["TOP".to_owned()].into()),
        is_active: true,
        display_order: 0,
    };
    shop.till.save_segment(segment).unwrap();
}

#[test]
fn a_tier_held_by_spending_is_kept_for_the_days_of_grace_and_lost_on_its_date_without_a_sale() {
    let mut shop = club(|program| {
        program.grace_days = 30;
        program.tiers[1].min_points = None;
        program.tiers[1].min_annual_spending = Some(minor(1_000));
    });
    let id = grace(&shop);
    // On 6 April 2025, for 10.00.
    sold(&mut shop, id, "4", 0);
    assert_eq!(tier(&shop, id), "TOP");
    let new_year = chrono::NaiveDate::from_ymd_opt(2026, 1, 1);
    for (days, expected, since) in [
        (269, "TOP", None),
        (1, "TOP", new_year),
        (29, "TOP", new_year),
        (1, "BASE", None),
        (1, "BASE", None),
    ] {
        shop.clock.advance(chrono::Duration::days(days));
        shop.log_in(CASHIER);
        let seq = shop.till.chain_head().seq;
        assert_eq!(shop.till.start_day().unwrap(), DayStart::default(), "the log-in did it");
        assert_eq!(shop.till.chain_head().seq, seq, "twice changes nothing");
        let member = shop.till.membership(id).unwrap().unwrap();
        assert_eq!((tier(&shop, id).as_str(), member.grace_since), (expected, since), "after {days} more");
    }
    whole(&shop);
    let mut shop = shop.restarted();
    assert_eq!(tier(&shop, id), "BASE");
    // Reached again, it is there at once.
    shop.log_in(CASHIER);
    sold(&mut shop, id, "4", 0);
    assert_eq!(tier(&shop, id), "TOP");
    whole(&shop);
}

#[test]
fn what_a_day_brings_to_many_is_several_entries_of_some_customers_each() {
    let born_today = |many: u32| {
        shop_with(|setup| {
            setup.programs[0].birthday = Points::new(25);
            for no in 0..many {
                let mut born = NewCustomer::named(&format!("B{no}"), "Ada King");
                born.details.date_of_birth = "1990-04-06".parse().ok();
                born.points = Some(Points::ZERO);
                setup.customers.push(born);
            }
        })
    };
    let (few, many) = (born_today(1), born_today(401));
    assert_eq!(whole(&many).events, whole(&few).events + 2);
    assert_eq!(many.till.day_begun().unwrap().unwrap().1.birthdays, 401);
    // The power failed before the last of them: the day is begun once more, and nobody is given anything twice.
    let clock = many.clock.clone();
    let (_folder, path) = many.stopped();
    let disk = rusqlite::Connection::open(&path).unwrap();
    let guard = "SELECT sql FROM sqlite_schema WHERE name = 'entry_index_is_never_deleted'";
    let guard: String = disk.query_row(guard, [], |row| row.get(0)).unwrap();
    let lose = "DROP TRIGGER entry_index_is_never_deleted; DELETE FROM entry_index WHERE topic = 'day'";
    disk.execute_batch(&format!("{lose}; {guard}")).unwrap();
    drop(disk);
    let mut till = saleflex_store::Till::open(path, clock).unwrap();
    till.log_in(CASHIER.0, CASHIER.1).unwrap();
    assert_eq!(till.day_begun().unwrap().unwrap().1.birthdays, 400, "what the entries before it gave");
    let given: usize = till
        .find_customers("king", 500)
        .unwrap()
        .iter()
        .map(|one| {
            let rows = till.point_movements(one.id, 10).unwrap();
            rows.iter().filter(|row| row.kind == PointsKind::Birthday).count()
        })
        .sum();
    assert_eq!(given, 401);
}

#[test]
fn a_segment_of_a_tier_follows_points_given_by_hand_and_a_tier_lost_by_date() {
    let mut shop = shop_with(|_| ());
    gather_best(&mut shop);
    let id = grace(&shop);
    assert!(!best(&shop, id));
    shop.till.grant_points(id, Points::new(1_000), false, "jubilee", None).unwrap();
    assert!(best(&shop, id));
    whole(&shop);
    let mut shop = club(|program| {
        program.tiers[1].min_points = None;
        program.tiers[1].min_annual_spending = Some(minor(1_000));
    });
    gather_best(&mut shop);
    let id = grace(&shop);
    sold(&mut shop, id, "4", 0);
    assert!(best(&shop, id));
    shop.clock.advance(chrono::Duration::days(270));
    shop.log_in(CASHIER);
    assert_eq!((tier(&shop, id).as_str(), best(&shop, id)), ("BASE", false));
    whole(&shop);
}

#[test]
fn whoever_is_suspended_or_has_left_is_in_no_segment_of_a_tier_until_the_membership_is_taken_up_again() {
    let mut shop = shop_with(|_| ());
    let id = grace(&shop);
    shop.log_in(ADMIN);
    shop.till.grant_points(id, Points::new(1_000), false, "jubilee", None).unwrap();
    gather_best(&mut shop);
    for status in [MemberStatus::Suspended, MemberStatus::Ended] {
        assert!(best(&shop, id));
        shop.till.set_member_status(id, status).unwrap();
        assert!(!best(&shop, id), "{status:?}");
        // Nor is one found in it when the segment is saved anew.
        gather_best(&mut shop);
        assert!(!best(&shop, id), "{status:?}");
        shop.till.set_member_status(id, MemberStatus::Active).unwrap();
    }
    assert!(best(&shop, id));
    whole(&shop);
}

/// The points that the newest sale earned.
fn earned(shop: &Shop, id: CustomerId) -> i64 {
    let newest = rows(shop, id).into_iter().rfind(|(kind, _)| *kind == PointsKind::Earned);
    newest.unwrap().1
}

#[test]
fn uses_of_a_campaign_for_points_count_against_its_limits_and_come_back_with_the_goods() {
    let double = Benefit::Points { percent: Percent::parse("200").unwrap() };
    let mut campaign = Campaign::new(CampaignId::new(Uuid::from_u128(77)), "DOUBLE", double);
    campaign.target = Target::of(vec![Selector::Product(shop::product("A"))]);
    campaign.limits.uses = Some(1);
    let known = campaign.id;
    let mut shop = shop_with(|setup| setup.campaigns = vec![campaign]);
    let id = grace(&shop);
    // Somebody nobody knows earns nothing, so the campaign was of no use.
    shop.execute(sell_some("A", "4"));
    shop.execute(cash());
    let used = |shop: &Shop| shop.till.entry(shop.till.chain_head().seq).unwrap().effects.usage;
    assert!(used(&shop).is_empty());
    let first = sold(&mut shop, id, "4", 0);
    assert_eq!(earned(&shop, id), 20);
    let usage = used(&shop).remove(0).usage;
    assert_eq!((usage.campaigns[0].campaign, usage.campaigns[0].amount), (known, minor(0)));
    sold(&mut shop, id, "4", 0);
    assert_eq!(earned(&shop, id), 10, "it was used as often as it may be");
    whole(&shop);
    let mut shop = shop.restarted();
    shop.log_in(CASHIER);
    sold(&mut shop, id, "4", 0);
    assert_eq!(earned(&shop, id), 10);
    give_back(&mut shop, first, "4");
    sold(&mut shop, id, "4", 0);
    assert_eq!(earned(&shop, id), 20, "what came back was no use");
    whole(&shop);
}

#[test]
fn points_of_a_campaign_go_back_with_the_goods_they_were_given_on() {
    let double = Benefit::Points { percent: Percent::parse("200").unwrap() };
    let mut campaign = Campaign::new(CampaignId::new(Uuid::from_u128(77)), "DOUBLE", double);
    campaign.target = Target::of(vec![Selector::Product(shop::product("A"))]);
    let mut shop = shop_with(|setup| setup.campaigns = vec![campaign]);
    let id = grace(&shop);
    // 10.00 of A on the second line count twice.
    for is_double_first in [true, false] {
        let before = balance(&shop, id);
        shop.execute(sell("D"));
        let other = Points::new(shop.till.draft().unwrap().totals.total.minor() / 100);
        let sale = sold(&mut shop, id, "4", 0);
        assert_eq!(balance(&shop, id), before + Points::new(20) + other);
        let lines = if is_double_first { [(2, "4"), (1, "1")] } else { [(1, "1"), (2, "4")] };
        let mut left = Vec::new();
        for (line, how_many) in lines {
            give_back_of(&mut shop, sale, line, how_many);
            left.push(balance(&shop, id) - before);
        }
        let between = if is_double_first { other } else { Points::new(20) };
        assert_eq!(left, [between, Points::ZERO], "{is_double_first}");
    }
    whole(&shop);
}

#[test]
fn a_deposit_on_a_bottle_earns_no_points_and_counts_for_no_tier() {
    let mut shop = shop_with(|setup| {
        let bottle = saleflex_core::ids::ProductId::new(Uuid::from_u128(0xB0));
        setup.catalog.products.push(shop::goods(bottle, "BOTTLE", "1.00"));
        let details = saleflex_core::catalog::ProductDetails::none(shop::product("A"));
        setup
            .catalog
            .details
            .push(saleflex_core::catalog::ProductDetails { container: Some(bottle), ..details });
    });
    let id = grace(&shop);
    // 10.00 for A and 4.00 for its bottles.
    let sale = sold(&mut shop, id, "4", 0);
    assert_eq!(earned(&shop, id), 10);
    let member = shop.till.membership(id).unwrap().unwrap();
    assert_eq!(member.spending.total, minor(1_000));
    give_back(&mut shop, sale, "4");
    let after = shop.till.membership(id).unwrap().unwrap();
    assert_eq!((after.balance(), after.spending.total), (Points::new(500), minor(0)));
    whole(&shop);
}

#[test]
fn a_trial_of_the_set_in_force_gives_sales_without_points_as_they_were() {
    let triple = Benefit::Points { percent: Percent::parse("300").unwrap() };
    let mut shop = shop_with(|setup| {
        setup.campaigns = vec![Campaign::new(CampaignId::new(Uuid::from_u128(77)), "TRIPLE", triple)];
    });
    let id = grace(&shop);
    // Somebody nobody knows, a member with 0.15, of which three times a point a pound is less than one, and one with 10.00.
    shop.execute(sell_some("A", "4"));
    shop.execute(cash());
    shop.execute(sell("C"));
    shop.till.assign_customer(Some(id)).unwrap();
    shop.execute(cash());
    sold(&mut shop, id, "4", 0);
    assert_eq!(earned(&shop, id), 30);
    let set = shop.till.campaigns().clone();
    let mut trial = shop.till.begin_trial(set, Resolution::Priority, TrialDays::default()).unwrap();
    while !shop.till.advance_trial(&mut trial, 10).unwrap() {}
    let report = trial.report();
    assert_eq!((report.documents, report.own, report.own_changed, report.changed), (3, 3, 0, 0));
    assert_eq!((report.total.before.documents, report.total.after.documents), (1, 1));
    whole(&shop);
}
