//! What time brings to members, and what a day may earn.

use super::*;

#[test]
fn points_run_out_the_day_after_their_last_one_and_birthdays_are_given_once_a_year() {
    let mut shop = club(|program| {
        program.expiry_days = Some(10);
        program.birthday = Points::new(25);
    });
    let id = grace(&shop);
    let known = shop.till.person(id).unwrap().unwrap();
    let mut new = NewCustomer::named("C1", "Grace Hopper");
    new.account_limit = Some(minor(10_000));
    new.details.phone = known.details.phone;
    new.details.date_of_birth = "1906-04-09".parse().ok();
    shop.log_in(MANAGER);
    shop.till.change_customer(id, &new).unwrap();
    // On 6 April: 10 points, to be used until the 16th.
    sold(&mut shop, id, "4", 0);
    for (days, expected) in
        [(1, 510), (3, 535), (3, 535), (4, 525), (30, 500), (330, 525), (10, 525), (1, 500)]
    {
        shop.clock.advance(chrono::Duration::days(days));
        shop.log_in(CASHIER);
        shop.till.start_day().unwrap();
        shop.till.start_day().unwrap();
        assert_eq!(balance(&shop, id), Points::new(expected), "after {days} more days");
    }
    let kinds: Vec<PointsKind> = rows(&shop, id).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(
        kinds[2..],
        [
            PointsKind::Birthday,
            PointsKind::Expired,
            PointsKind::Expired,
            PointsKind::Birthday,
            PointsKind::Expired
        ]
    );
    whole(&shop);
}

#[test]
fn a_till_that_stays_logged_in_past_midnight_begins_the_day_before_its_next_document() {
    let mut shop = club(|program| program.expiry_days = Some(10));
    let id = grace(&shop);
    sold(&mut shop, id, "4", 0);
    assert_eq!(balance(&shop, id), Points::new(510));
    shop.clock.advance(chrono::Duration::days(11));
    shop.execute(sell("D"));
    assert_eq!(balance(&shop, id), Points::new(500), "the ten ran out yesterday, and nobody logged in since");
    let begun = shop.till.day_begun().unwrap().unwrap().0;
    shop.clock.advance(chrono::Duration::days(1));
    shop.execute(sell("A"));
    assert_eq!(shop.till.day_begun().unwrap().unwrap().0, begun, "not amid a document");
    shop.execute(cash());
    shop.execute(sell("A"));
    assert!(shop.till.day_begun().unwrap().unwrap().0 > begun);
    whole(&shop);
}

#[test]
fn what_runs_out_under_an_open_document_is_redeemed_on_it_where_it_was_held_before_and_not_otherwise() {
    for (held, over, spent) in [(None, -10, 0), (Some(4), -6, -4)] {
        let mut shop = club(|program| program.expiry_days = Some(10));
        let id = grace(&shop);
        sold(&mut shop, id, "4", 0);
        // Ten until today, and five hundred for ever.
        shop.clock.advance(chrono::Duration::days(10));
        shop.execute(sell("D"));
        shop.till.assign_customer(Some(id)).unwrap();
        if let Some(held) = held {
            shop.till.redeem_points(Points::new(held)).unwrap();
        }
        shop.clock.advance(chrono::Duration::days(1));
        let more = shop.till.worth_of_points(Points::new(510)).unwrap();
        assert_eq!(more.points, Points::new(500), "{held:?}");
        shop.execute(cash());
        let since: Vec<_> = rows(&shop, id).into_iter().skip(2).collect();
        assert_eq!(since[0], (PointsKind::Expired, over));
        assert_eq!(since.contains(&(PointsKind::Redeemed, spent)), held.is_some(), "{since:?}");
        // A hub hears how much of it was held when it ran out.
        let told = shop.till.point_movements(id, 10).unwrap().iter().find_map(|row| row.held_over);
        assert_eq!(told.map(|lot| -lot.points.get()), held.map(|_| spent));
        whole(&shop);
    }
}

#[test]
fn what_is_held_after_midnight_keeps_nothing_of_what_ran_out_then() {
    let mut shop = club(|program| program.expiry_days = Some(10));
    let id = grace(&shop);
    sold(&mut shop, id, "4", 0);
    // Ten until today, and five hundred for ever.
    shop.clock.advance(chrono::Duration::days(10));
    shop.execute(sell("D"));
    shop.till.assign_customer(Some(id)).unwrap();
    shop.clock.advance(chrono::Duration::days(1));
    shop.till.redeem_points(Points::new(40)).unwrap();
    shop.execute(cash());
    let since: Vec<_> = rows(&shop, id).into_iter().skip(2).collect();
    assert_eq!(since[..2], [(PointsKind::Expired, -10), (PointsKind::Redeemed, -40)]);
    let spent = shop.till.point_movements(id, 10).unwrap();
    assert!(spent.iter().all(|row| row.held_over.is_none()), "{spent:?}");
    whole(&shop);
}

#[test]
fn a_days_limit_counts_what_was_earned_that_day() {
    let limits = EarnLimits { per_day: Some(Points::new(15)), per_document: None };
    let mut shop = club(|program| program.earn.limits = limits);
    let id = grace(&shop);
    sold(&mut shop, id, "4", 0);
    sold(&mut shop, id, "4", 0);
    assert_eq!(balance(&shop, id), Points::new(515));
    shop.clock.advance(chrono::Duration::days(1));
    sold(&mut shop, id, "4", 0);
    assert_eq!(balance(&shop, id), Points::new(525));
}

#[test]
fn telephones_are_keyed_anew_on_the_day_on_which_a_program_of_another_country_begins() {
    let mut shop = club(|_| ());
    let mut new = NewCustomer::named("N9", "Ada King");
    new.details.phone = Some("0532 111 22 34".to_owned());
    let id = shop.till.add_customer(&new).unwrap();
    let key = |shop: &Shop| shop.till.person(id).unwrap().unwrap().phone_key.unwrap().as_str().to_owned();
    shop.log_in(ADMIN);
    let mut abroad = Program::new(shop.till.new_program_id(), "Abroad");
    abroad.calling_code = Some("44".to_owned());
    abroad.starts = Some(shop.till.now().instant + chrono::Duration::hours(12));
    shop.till.save_program(abroad).unwrap();
    let before = key(&shop);
    shop.till.start_day().unwrap();
    assert_eq!(key(&shop), before, "it has not begun");
    shop.clock.advance(chrono::Duration::days(1));
    shop.log_in(CASHIER);
    shop.till.start_day().unwrap();
    assert_ne!(before, "445321112234");
    assert_eq!(key(&shop), "445321112234");
    whole(&shop);
}
