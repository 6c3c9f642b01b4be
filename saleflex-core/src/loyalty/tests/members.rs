use super::*;
use crate::{
    customer::{Customer, CustomerDetails, PhoneKey, PhoneRules, PhoneTaken, Source},
    ids::CardId,
    quantity::Percent,
};

#[test]
fn a_tier_is_reached_by_points_or_by_the_years_spending() {
    let tiers = program().tiers;
    let reached = |points, annual: i64| match evaluate_tier(&tiers, Points::new(points), m(annual)) {
        TierVerdict::Reached(tier) => tier.code.clone(),
        TierVerdict::Unreached => "none".into(),
    };
    let table = [
        (0, 0, "BRONZE"),
        (499, 100_000, "SILVER"),
        (600, 0, "SILVER"),
        (1500, 1200, "GOLD"),
        (10, 1_500_000, "PLATINUM"),
        (-5, 0, "BRONZE"),
    ];
    for (points, annual, expected) in table {
        assert_eq!(reached(points, annual), expected, "{points} {annual}");
    }
    let unreached = evaluate_tier(&tiers[..1], Points::new(1), m(1));
    assert_eq!(unreached, TierVerdict::Unreached);
}

#[test]
fn one_threshold_decides_alone_none_is_reached_by_everybody_and_of_one_level_the_higher_order_wins() {
    let open = Tier { min_points: None, min_annual_spending: None, ..tier("OPEN", 1, 0, 0, "1") };
    let by_points = Tier { min_annual_spending: None, ..tier("POINTS", 2, 500, 0, "1") };
    let by_spending = Tier { min_points: None, display_order: 3, ..tier("SPENDING", 2, 0, 1_000, "1") };
    let left = Tier { is_active: false, ..tier("LEFT", 9, 0, 0, "1") };
    let mut tiers = vec![open, by_points, by_spending, left];
    for _ in 0..2 {
        let reached = |points, annual: i64| match evaluate_tier(&tiers, Points::new(points), m(annual)) {
            TierVerdict::Reached(tier) => tier.code.clone(),
            TierVerdict::Unreached => "none".into(),
        };
        assert_eq!(reached(-5, 0), "OPEN");
        assert_eq!(reached(500, 99_999), "POINTS", "spending says nothing of it");
        assert_eq!(reached(499, 100_000), "SPENDING");
        assert_eq!(reached(500, 100_000), "SPENDING", "both are reached, and it stands above the other");
        tiers.reverse();
    }
}

fn tier_after(story: &mut Story, date: NaiveDate) -> (Option<String>, Option<NaiveDate>) {
    story.give(1, date, u128::try_from(story.history.len()).unwrap() + 1000);
    (story.member.tier.clone(), story.member.grace_since)
}

#[test]
fn a_tier_held_by_spending_is_lost_after_the_year_turns_l9() {
    let mut story = Story::new();
    story.sell(1, 600_000, 0, 0, day(2024, 12, 1));
    assert_eq!(story.member.tier.as_deref(), Some("GOLD"));
    assert_eq!(tier_after(&mut story, day(2025, 1, 1)), (Some("BRONZE".into()), None));
}

#[test]
fn a_tier_no_longer_reached_is_kept_for_the_days_of_grace() {
    let mut story = Story::new();
    story.program.grace_days = 30;
    story.sell(1, 600_000, 0, 0, day(2024, 12, 1));
    let gold = || Some(String::from("GOLD"));
    assert_eq!(tier_after(&mut story, day(2025, 1, 1)), (gold(), Some(day(2025, 1, 1))));
    assert_eq!(tier_after(&mut story, day(2025, 1, 30)), (gold(), Some(day(2025, 1, 1))));
    let mut again = Story {
        program: story.program.clone(),
        member: story.member.clone(),
        history: story.history.clone(),
    };
    again.sell(2, 600_000, 0, 0, day(2025, 1, 30));
    assert_eq!((again.member.tier, again.member.grace_since), (gold(), None), "reached again");
    assert_eq!(tier_after(&mut story, day(2025, 1, 31)), (Some("BRONZE".into()), None));
    story.check();
}

#[test]
fn a_review_by_date_moves_a_tier_once_and_says_until_when_it_is_kept() {
    let mut story = Story::new();
    story.program.grace_days = 30;
    story.sell(1, 600_000, 0, 0, day(2024, 12, 1));
    let review = |story: &mut Story, date| {
        let changes = review_tier(&story.member, &story.program, on(date));
        story.member.apply_all(&changes);
        (changes.len(), story.member.tier.clone().unwrap(), kept_until(&story.member, &story.program))
    };
    let last = Some(day(2025, 1, 30));
    assert_eq!(review(&mut story, day(2024, 12, 31)), (0, "GOLD".into(), None));
    assert_eq!(review(&mut story, day(2025, 1, 1)), (1, "GOLD".into(), last));
    assert_eq!(review(&mut story, day(2025, 1, 1)), (0, "GOLD".into(), last), "twice on a day");
    assert_eq!(review(&mut story, day(2025, 1, 30)), (0, "GOLD".into(), last));
    assert_eq!(review(&mut story, day(2025, 1, 31)), (1, "BRONZE".into(), None));
    assert_eq!(review(&mut story, day(2025, 2, 1)), (0, "BRONZE".into(), None));
    story.member.status = MemberStatus::Suspended;
    story.member.tier = Some("GOLD".into());
    assert_eq!(review(&mut story, day(2025, 2, 1)).0, 0, "who is suspended stays as they are");
}

#[test]
fn a_tier_that_another_keeps_goes_before_what_is_known_here_until_that_one_says_otherwise() {
    let mut story = Story::new();
    story.member.tier = Some("BRONZE".into());
    let review = |story: &mut Story, kept: Option<&str>| {
        story.member.kept_tier = kept.map(Into::into);
        let changes = review_tier(&story.member, &story.program, on(day(2025, 1, 1)));
        story.member.apply_all(&changes);
        (changes.len(), story.member.tier.clone().unwrap())
    };
    assert_eq!(review(&mut story, Some("GOLD")), (1, "GOLD".into()));
    assert_eq!(review(&mut story, Some("GOLD")), (0, "GOLD".into()));
    assert_eq!(
        review(&mut story, Some("SILVER")),
        (1, "SILVER".into()),
        "down at once: grace is the keeper's"
    );
    assert_eq!(review(&mut story, Some("NONE")), (1, "BRONZE".into()), "the program has no such tier");
    let program = program();
    let ada = customer(Some("05321112233"));
    let newcomer = Candidate {
        customer: Some(&ada),
        phone_taken: None,
        membership: None,
        own_program: None,
        kept_tier: Some("GOLD"),
    };
    let joined = enrol(&newcomer, Some(&program), on(day(2025, 1, 1)), &BTreeSet::new()).unwrap();
    assert_eq!(
        joined.membership.tier.as_deref(),
        Some("GOLD"),
        "also of whoever is met here for the first time"
    );
}

#[test]
fn a_tier_by_history_is_that_of_a_till_that_saw_everything_on_every_day() {
    let dates = [day(2024, 12, 1), day(2024, 12, 20), day(2025, 1, 30), day(2025, 2, 10), day(2025, 7, 1)];
    for grace_days in [0, 30, 400] {
        for amounts in [[600_000, 0, 0, 0, 0], [600_000, 0, 600_000, 0, 0], [100_000, 0, 0, 500_000, 0]] {
            let mut story = Story::new();
            story.program.grace_days = grace_days;
            let mut facts = Vec::new();
            let mut today = dates[0];
            for (at, (date, amount)) in dates.into_iter().zip(amounts).enumerate() {
                while today < date {
                    today = today.succ_opt().unwrap();
                    let changes = review_tier(&story.member, &story.program, on(today));
                    story.member.apply_all(&changes);
                }
                story.sell(u128::try_from(at).unwrap() + 1, amount, 0, 0, date);
                facts.push(TierFact { on: date, lifetime: Points::ZERO, spent: m(amount), sold: date });
                let found = tier_by_history(&story.program, &facts, date).unwrap();
                let tier = story.member.tier.as_deref();
                assert_eq!(tier, Some(found.code.as_str()), "{grace_days} {amounts:?} {date}");
            }
        }
    }
    // What came back on the day of the sale was bought before, in whatever order it is told.
    let [bought, back] = [m(600_000), m(-600_000)].map(|spent| TierFact {
        on: dates[0],
        lifetime: Points::ZERO,
        spent,
        sold: dates[0],
    });
    assert_eq!(tier_by_history(&program(), &[back, bought], dates[0]).unwrap().code, "BRONZE");
    let program =
        Program { tiers: vec![tier("HIGH", 2, 9, 9, "1.00"), tier("LOW", 1, 5, 5, "1.00")], ..program() };
    assert_eq!(
        tier_by_history(&program, &[], dates[0]).unwrap().code,
        "LOW",
        "who reaches none has the lowest"
    );
}

fn customer(phone: Option<&str>) -> Customer {
    let details = CustomerDetails { phone: phone.map(Into::into), ..CustomerDetails::default() };
    Customer::register(MEMBER, details, &PhoneRules::default(), on(day(2025, 1, 1)).at, Source::Pos)
}

fn enrol_as(
    customer: &Customer,
    known: Option<&Membership>,
    taken: bool,
    in_force: Option<&Program>,
) -> Result<Enrolment, NotEnrolled> {
    let program = program();
    let by = CustomerId::new(Uuid::from_u128(6));
    let candidate = Candidate {
        customer: Some(customer),
        phone_taken: taken.then_some(PhoneTaken { by }),
        membership: known,
        own_program: Some(&program),
        kept_tier: None,
    };
    enrol(&candidate, in_force, on(day(2025, 1, 1)), &BTreeSet::new())
}

#[test]
fn welcome_points_are_given_at_enrolment_and_count_for_the_tier() {
    let program = Program { welcome: Points::new(500), ..program() };
    let enrolled = enrol_as(&customer(Some("05321112233")), None, false, Some(&program)).unwrap();
    assert_eq!(enrolled.membership.tier.as_deref(), Some("SILVER"));
    assert_eq!(
        (enrolled.membership.balance(), enrolled.membership.lifetime),
        (Points::new(500), Points::new(500))
    );
    assert_eq!(Membership::replay(MEMBER, &enrolled.changes), Some(enrolled.membership));
}

#[test]
fn a_newcomer_who_reaches_no_tier_begins_in_the_lowest_active_one() {
    let off = Tier { is_active: false, ..tier("OFF", 0, 9_000, 9_000, "1.00") };
    let tiers = vec![tier("SILVER", 3, 5_000, 3_000, "1.10"), tier("LOW", 1, 700, 2_000, "1.00"), off];
    let program = Program { tiers, welcome: Points::new(100), ..program() };
    let enrolled = enrol_as(&customer(Some("05321112233")), None, false, Some(&program)).unwrap();
    assert_eq!(enrolled.membership.tier.as_deref(), Some("LOW"));
}

#[test]
fn who_cannot_become_a_member_stays_on_the_sale_with_a_reason() {
    let (known, program) = (customer(Some("05321112233")), program());
    let walk_in = Customer { is_walk_in: true, ..known.clone() };
    let why = |customer: &Customer, taken, program| enrol_as(customer, None, taken, program).unwrap_err();
    assert_eq!(why(&walk_in, false, Some(&program)), NotEnrolled::WalkIn);
    assert!(matches!(why(&known, true, Some(&program)), NotEnrolled::PhoneTaken(_)));
    assert_eq!(why(&known, false, None), NotEnrolled::NoProgram);
    assert_eq!(why(&customer(None), false, Some(&program)), NotEnrolled::NoPhone);
    let gone = Customer { standing: crate::customer::Standing::Deleted, ..known };
    assert_eq!(why(&gone, false, Some(&program)), NotEnrolled::Unknown);
}

#[test]
fn a_member_whose_phone_clashes_stays_a_member_and_the_clash_is_reported() {
    let story = Story::new();
    let kept =
        enrol_as(&customer(Some("05321112233")), Some(&story.member), true, Some(&story.program)).unwrap();
    assert!(kept.phone_taken.is_some() && kept.changes.is_empty());
    assert_eq!(kept.membership, story.member);
}

#[test]
fn an_ended_membership_is_taken_up_again_without_a_second_welcome_l6() {
    let mut story = Story::new();
    story.give(10, day(2024, 5, 1), 1);
    let ended = set_status(&story.member, MemberStatus::Ended, on(day(2024, 6, 1))).unwrap();
    story.follow(vec![ended]);
    let back =
        enrol_as(&customer(Some("05321112233")), Some(&story.member), false, Some(&story.program)).unwrap();
    assert!(back.membership.is_active());
    assert_eq!(back.membership.balance(), Points::new(10));
    let suspended = Membership { status: MemberStatus::Suspended, ..story.member };
    let still =
        enrol_as(&customer(Some("05321112233")), Some(&suspended), false, Some(&story.program)).unwrap();
    assert!(!still.membership.is_active(), "who was suspended by hand stays so");
}

#[test]
fn the_program_in_force_has_its_dates_and_store_and_the_choice_is_total_l7() {
    let (store, now) = (StoreId::new(Uuid::from_u128(1)), on(day(2025, 1, 1)).at.instant);
    let named =
        |id, name: &str| Program { id: ProgramId::new(Uuid::from_u128(id)), name: name.into(), ..program() };
    let chosen =
        |programs: &[Program]| in_force(programs, store, now).map(|program| program.id.uuid().as_u128());
    let of_store = Program { store: Some(store), ..named(3, "Z") };
    assert_eq!(chosen(&[named(2, "B"), named(1, "B"), named(0, "C")]), Some(1));
    assert_eq!(chosen(&[named(1, "A"), of_store]), Some(3));
    let elsewhere = Program { store: Some(StoreId::new(Uuid::from_u128(2))), ..named(4, "A") };
    let over = Program { ends: Some(now), ..named(5, "A") };
    let begins = Program { starts: Some(now), ..named(6, "A") };
    assert_eq!(chosen(&[elsewhere, over.clone()]), None);
    assert_eq!(chosen(&[over, begins]), Some(6));
}

#[test]
fn a_program_is_checked_when_it_is_saved() {
    assert_eq!(program().check(), Ok(()));
    let welcome = Program { welcome: Points::new(-1), ..program() };
    assert_eq!(welcome.check(), Err(ProgramError::NegativePoints));
    let most = Points::MAX;
    let dear = Points::new(most.get() + 1);
    assert_eq!(Program { welcome: most, birthday: most, ..program() }.check(), Ok(()));
    let stepped = RedemptionPolicy { step: dear, ..program().redemption };
    let capped =
        EarnPolicy { limits: EarnLimits { per_day: Some(dear), per_document: None }, ..program().earn };
    for beyond in [
        Program { welcome: dear, ..program() },
        Program { referral: ReferralPoints { referrer: Points::ZERO, referred: dear }, ..program() },
        Program { redemption: stepped, ..program() },
        Program { earn: capped, ..program() },
    ] {
        assert_eq!(beyond.check(), Err(ProgramError::TooManyPoints { most }), "{beyond:?}");
    }
    let mut twice = program();
    twice.tiers[1].code = "SILVER".into();
    assert_eq!(twice.check(), Err(ProgramError::CodeTwice { code: "SILVER".into() }));
    let mut long = program();
    long.tiers[0].code = "T".repeat(51);
    assert_eq!(long.check(), Err(ProgramError::CodeTooLong { code: "T".repeat(51) }));
    let mut nameless = program();
    nameless.tiers[0].code = " ".into();
    assert_eq!(nameless.check(), Err(ProgramError::CodeMissing));
    assert_eq!(Program { name: " ".into(), ..program() }.check(), Err(ProgramError::Name));
    for code in ["12345", "TR", "00", ""] {
        let dialled = Program { calling_code: Some(code.into()), ..program() };
        assert_eq!(dialled.check(), Err(ProgramError::CallingCode), "{code}");
    }
    assert_eq!(Program { calling_code: Some("0090".into()), ..program() }.check(), Ok(()));
}

#[test]
fn tier_discounts_are_offered_to_campaigns_by_the_tiers_code() {
    let mut program = program();
    program.tiers[3].discount = Percent::parse("5").ok();
    program.tiers[2].discount = Some(Percent::ZERO);
    assert_eq!(program.tier_discounts().collect::<Vec<_>>(), [("GOLD", Percent::parse("5").unwrap())]);
}

#[test]
fn points_are_held_once_and_given_up_with_the_document_l2() {
    let mut story = Story::new();
    story.give(100, day(2025, 1, 1), 1);
    let held = hold(&story.member, document(1), Points::new(60)).unwrap().unwrap();
    story.follow(vec![held]);
    assert_eq!(hold(&story.member, document(1), Points::new(60)), Ok(None));
    let other = hold(&story.member, document(2), Points::new(60));
    assert_eq!(other, Err(HoldRefusal::NotEnough { asked: Points::new(60), available: Points::new(40) }));
    assert!(hold(&story.member, document(1), Points::new(100)).is_ok(), "its own points count as there");
    assert_eq!((story.member.available(), story.member.balance()), (Points::new(40), Points::new(100)));
    let mut cancelled = story.member.clone();
    cancelled.apply(&release(&story.member, document(1)).unwrap());
    assert_eq!(cancelled.available(), Points::new(100));
    story.sell(1, 1000, 0, 60, day(2025, 1, 2));
    assert_eq!((story.member.held(), story.member.available()), (Points::new(0), Points::new(40)));
}

#[test]
fn a_redemption_shrinks_or_falls_with_the_basket() {
    let now = Redemption { points: Points::new(40), amount: m(2000) };
    let policy = program().redemption;
    let left = |total: i64, due: i64| {
        let holder = Holder::Member { available: Points::new(100) };
        let request = RedemptionRequest {
            points: Points::new(0),
            is_sale: true,
            holder,
            total: m(total),
            due: m(due),
            redeemed: now,
        };
        revalidate(&request, &policy, &pounds())
    };
    assert_eq!(left(3000, 1000), Revalidated::Kept);
    assert_eq!(
        left(1025, -975),
        Revalidated::Shrunk(Redemption { points: Points::new(20), amount: m(1000) })
    );
    assert_eq!(left(0, -2000), Revalidated::Dropped(NotRedeemable::NothingDue));
}

#[test]
fn a_card_opens_its_membership_until_it_is_blocked_and_debug_hides_it() {
    let number = CardNumber::parse(" ab12-3456 ").unwrap();
    assert_eq!(number, CardNumber::parse("AB12 3456").unwrap());
    assert!(CardNumber::parse(" - ").is_err());
    let (id, date) = (CardId::new(Uuid::from_u128(1)), on(day(2025, 1, 1)));
    let (mut card, change) = Card::issue(id, number.clone(), MEMBER, [], date).unwrap();
    let json = serde_json::to_string(&change).unwrap();
    assert!(!json.contains("AB12") && !format!("{card:?}").contains("AB12"));
    assert_eq!(card_in([&card], &number).map(|card| card.customer), Ok(MEMBER));
    let other = CustomerId::new(Uuid::from_u128(6));
    assert_eq!(Card::issue(id, number.clone(), other, [&card], date), Err(CardRefusal::Taken { by: MEMBER }));
    assert!(Card::issue(id, number.clone(), MEMBER, [&card], date).unwrap().1.is_none());
    assert!(card.block(date).is_some() && card.block(date).is_none());
    assert_eq!(card_in([&card], &number), Err(CardRefusal::Blocked { customer: MEMBER }));
    assert_eq!(card_in([], &number), Err(CardRefusal::Unknown));
}

#[test]
fn a_merge_moves_lots_history_and_lifetime_and_counts_nothing_twice() {
    let mut story = Story::new();
    story.give(100, day(2025, 3, 1), 1);
    story.give(40, day(2025, 6, 1), 2);
    story.member.spending = spending(3, 9000);
    let survivor = CustomerId::new(Uuid::from_u128(6));
    let date = on(day(2025, 7, 1));
    let changes =
        merge_memberships(survivor, None, &story.member, &story.program, date, &BTreeSet::new()).unwrap();
    let now = Membership::replay(survivor, &changes).unwrap();
    assert_eq!(now.lots, story.member.lots, "lots keep their last days");
    assert_eq!((now.lifetime, now.spending), (Points::new(140), story.member.spending));
    let mut gone = story.member.clone();
    gone.apply_all(&changes);
    assert_eq!(
        (gone.balance(), gone.lifetime, gone.status),
        (Points::new(0), Points::new(0), MemberStatus::Ended)
    );
    let keys: BTreeSet<ChangeKey> = changes.iter().filter_map(LoyaltyChange::key).collect();
    let twice = merge_memberships(survivor, Some(&now), &gone, &story.program, date, &keys);
    assert_eq!(twice, Ok(Vec::new()));
    let itself =
        merge_memberships(MEMBER, Some(&story.member), &story.member, &story.program, date, &BTreeSet::new());
    assert_eq!(itself, Ok(Vec::new()));
    let held = hold(&story.member, document(1), Points::new(5)).unwrap().unwrap();
    story.member.apply(&held);
    let refused = merge_memberships(survivor, None, &story.member, &story.program, date, &BTreeSet::new());
    assert_eq!(refused, Err(PointsStillHeld { held: Points::new(5) }));
}

#[test]
fn whoever_was_suspended_or_left_is_so_still_under_the_record_that_stays() {
    let program = program();
    let survivor = CustomerId::new(Uuid::from_u128(6));
    let date = on(day(2025, 2, 1));
    for status in [MemberStatus::Active, MemberStatus::Suspended, MemberStatus::Ended] {
        let absorbed = Membership { status, ..Membership::new(MEMBER, program.id, date.at) };
        let changes = merge_memberships(survivor, None, &absorbed, &program, date, &BTreeSet::new()).unwrap();
        assert_eq!(Membership::replay(survivor, &changes).unwrap().status, status);
        // Who was a member there stays as they are.
        let known = Membership::new(survivor, program.id, date.at);
        let changes =
            merge_memberships(survivor, Some(&known), &absorbed, &program, date, &BTreeSet::new()).unwrap();
        assert!(!changes.iter().any(|change| matches!(change, LoyaltyChange::StatusSet { .. })));
    }
}

#[test]
fn whoever_becomes_a_member_by_a_merge_begins_in_the_lowest_tier_as_any_newcomer_does() {
    let mut program = program();
    program.tiers = vec![tier("HIGH", 2, 500, 900, "1"), tier("LOW", 1, 100, 500, "1")];
    let survivor = CustomerId::new(Uuid::from_u128(6));
    let absorbed = Membership::new(MEMBER, program.id, on(day(2024, 1, 1)).at);
    let date = on(day(2025, 2, 1));
    let changes = merge_memberships(survivor, None, &absorbed, &program, date, &BTreeSet::new()).unwrap();
    let now = Membership::replay(survivor, &changes).unwrap();
    assert_eq!((now.tier.as_deref(), now.balance()), (Some("LOW"), Points::new(0)));
    // Who was a member keeps what they have.
    let known = Membership { tier: Some("HIGH".into()), ..Membership::new(survivor, program.id, date.at) };
    let changes =
        merge_memberships(survivor, Some(&known), &absorbed, &program, date, &BTreeSet::new()).unwrap();
    assert!(!changes.iter().any(|change| matches!(change, LoyaltyChange::TierChanged { .. })), "{changes:?}");
}

#[test]
fn an_unreachable_authority_limits_redeeming_by_policy() {
    let may = |mode, spent| redeemable_offline(mode, Points::new(100), Points::new(spent)).get();
    let gate = Mode::Gate { offline_limit: Points::new(30) };
    assert_eq!([may(Mode::Local, 0), may(gate, 0), may(gate, 20), may(gate, 40)], [100, 30, 10, 0]);
    assert_eq!(may(Mode::External { offline_limit: Points::new(0) }, 0), 0, "none is refused");
    assert_eq!([Mode::Local.code(), gate.code()], ["LOCAL", "GATE"]);
}

#[test]
fn an_authority_does_everything_once_for_a_document() {
    let mut story = Story::new();
    story.give(100, day(2025, 1, 1), 1);
    let customers = [customer(Some("05321112233"))];
    let booked = story.booked();
    let mut authority = LocalAuthority::new(&story.program, [story.member.clone()], &customers, &[], &booked);
    let key = PhoneKey::normalise("05321112233", &PhoneRules::default()).unwrap();
    assert_eq!(authority.lookup(&Who::Phone(key)).unwrap().available, Points::new(100));
    assert_eq!(authority.reserve(MEMBER, document(2), Points::new(60)).unwrap().available, Points::new(40));
    assert_eq!(authority.release(MEMBER, document(9)).unwrap().available, Points::new(40));
    let sale = CompletedSale {
        document: document(2),
        receipt: receipt(),
        customer: MEMBER,
        amount: m(5000),
        earned: Points::new(5),
        redeemed: Points::new(60),
    };
    let date = on(day(2025, 2, 1));
    let once = authority.commit(&sale, date).unwrap();
    assert_eq!(authority.commit(&sale, date).unwrap(), once);
    assert_eq!(once.balance, Points::new(45));
    let record = sale_record(2, 5000, 5, 60, day(2025, 2, 1));
    let refunded = Refunded { before: None, now: m(5000), is_whole: true };
    let reversal = claw_back(ClawBack::Proportional, &record, &Reversal::default(), &refunded);
    let refund = RefundRecord { document: document(3), refunded, reversal };
    assert_eq!(authority.reverse(&record, &refund, date).unwrap().balance, Points::new(100));
    assert_eq!(authority.reverse(&record, &refund, date).unwrap().balance, Points::new(100));
    story.follow(authority.take_changes());
    story.check();
    let nobody = Who::Customer(CustomerId::new(Uuid::from_u128(99)));
    let mut authority = LocalAuthority::new(&story.program, [], &[], &[], &booked);
    assert_eq!(authority.lookup(&nobody), Err(AuthorityError::Unknown));
}
