//! Points at the till: every movement is in the journal, in the ledger and in the balance, once.

mod by_date_and_limit;
mod days;
mod elsewhere;
mod hub;
mod merged;
mod refunds;
mod shrinking;
mod tier_discounts;

use chrono::NaiveTime;
use proptest::prelude::*;
use saleflex_core::{
    campaign::{Benefit, Campaign, Per, Reward, SchemaVersion, Selector, Target},
    checkout::JoinNote,
    document::{ChangeMode, Command},
    ids::{CampaignId, CustomerId, DocumentId},
    journal::{Event, EventKind},
    loyalty::{
        AuthorityError, Cause, ClawBack, CompletedSale, EarnLimits, LoyaltyAct, MemberStatus, Mode,
        NotEnrolled, NotRedeemable, Occasion, PointsAuthority, PointsKind, Program, RefundRecord, SaleRecord,
        Standing, Who,
    },
    quantity::{Percent, Points},
    tender::TenderKind,
};
use saleflex_store::{
    Error, Request, Setup,
    customer::NewCustomer,
    request::Note,
    till::DayStart,
    verify::{Verification, Whole},
};
use uuid::Uuid;

use crate::support::shop::{
    self, ADMIN, CASHIER, MANAGER, Shop, cash, minor, morning, pay, sell, sell_some, suspend, take_back,
};

fn shop_with(change: impl FnOnce(&mut Setup)) -> Shop {
    let mut setup = shop::setup_with_points();
    change(&mut setup);
    Shop::with(setup)
}

fn club(change: impl FnOnce(&mut Program)) -> Shop {
    shop_with(|setup| change(&mut setup.programs[0]))
}

fn grace(shop: &Shop) -> CustomerId {
    shop.till.find_customers("hopper", 1).unwrap()[0].id
}

fn whole(shop: &Shop) -> Whole {
    shop.expect_each_event_to_travel_as_its_own();
    match shop.till.verify().unwrap() {
        Verification::Whole(whole) => whole,
        found @ Verification::Tampered { .. } => panic!("{found:?}"),
    }
}

/// The rows of the ledger, the earliest first.
fn rows(shop: &Shop, id: CustomerId) -> Vec<(PointsKind, i64)> {
    let mut rows = shop.till.point_movements(id, 1_000).unwrap();
    rows.reverse();
    assert_eq!(rows.iter().map(|row| row.points).sum::<Points>(), balance(shop, id), "sum and balance");
    rows.iter().map(|row| (row.kind, row.points.get())).collect()
}

fn balance(shop: &Shop, id: CustomerId) -> Points {
    shop.till.membership(id).unwrap().unwrap().balance()
}

fn available(shop: &Shop, id: CustomerId) -> i64 {
    shop.till.customer(id).unwrap().unwrap().points.unwrap().get()
}

/// Sells some of A, at 2.50, to a customer; answers the sale.
fn sold(shop: &mut Shop, id: CustomerId, how_many: &str, redeemed: i64) -> DocumentId {
    shop.execute(sell_some("A", how_many));
    shop.till.assign_customer(Some(id)).unwrap();
    if redeemed > 0 {
        shop.till.redeem_points(Points::new(redeemed)).unwrap();
    }
    let done = shop.execute(cash());
    done.completed()[0].document().id
}

fn give_back(shop: &mut Shop, sale: DocumentId, how_many: &str) {
    give_back_of(shop, sale, 1, how_many);
}

fn give_back_of(shop: &mut Shop, sale: DocumentId, line: u32, how_many: &str) {
    shop.approved(Request::begin_return(sale));
    shop.execute(take_back(line, how_many));
    // Where nothing is paid out, the return closes by itself.
    if shop.till.draft().is_some() {
        shop.execute(cash());
    }
}

#[test]
fn a_sale_books_what_it_redeems_and_what_it_earns_once_and_the_receipt_says_so() {
    let mut shop = shop_with(|_| ());
    let id = grace(&shop);
    let sale = sold(&mut shop, id, "4", 200);
    // 10.00 less 2.00 by points: 8 points.
    let all = [(PointsKind::Adjusted, 500), (PointsKind::Redeemed, -200), (PointsKind::Earned, 8)];
    assert_eq!(rows(&shop, id), all);
    let newest = shop.till.point_movements(id, 1).unwrap()[0];
    assert_eq!(newest.cause, Cause::Sale { document: sale });
    assert!(newest.receipt.is_some() && newest.occasion.cashier.is_some());
    let entry = shop.till.entry(shop.till.chain_head().seq).unwrap();
    assert_eq!(entry.effects.points[0].snapshot.earned, Points::new(8));
    whole(&shop);
    let shop = shop.restarted();
    assert_eq!(rows(&shop, id), all);
}

#[test]
fn a_campaign_for_points_multiplies_what_its_lines_earn_and_no_others() {
    let double = Benefit::Points { percent: Percent::parse("200").unwrap() };
    let mut campaign = Campaign::new(CampaignId::new(Uuid::from_u128(77)), "DOUBLE", double);
    campaign.target = Target::of(vec![Selector::Product(shop::product("A"))]);
    let mut shop = shop_with(|setup| setup.campaigns = vec![campaign]);
    let id = grace(&shop);
    shop.execute(sell("B"));
    let other = shop.till.draft().unwrap().totals.total.minor() / 100;
    let sale = sold(&mut shop, id, "4", 0);
    // 10.00 of A count twice, the rest once.
    let all = [(PointsKind::Adjusted, 500), (PointsKind::Earned, 20 + other)];
    assert_eq!(rows(&shop, id), all);
    let snapshot = shop.till.points_of(sale).unwrap().unwrap();
    assert_eq!(snapshot.bonus, Points::new(10));
    whole(&shop);
}

#[test]
fn a_campaign_for_points_pays_nothing_on_what_points_paid_of_its_lines() {
    let double = Benefit::Points { percent: Percent::parse("200").unwrap() };
    let mut campaign = Campaign::new(CampaignId::new(Uuid::from_u128(77)), "DOUBLE", double);
    campaign.target = Target::of(vec![Selector::Product(shop::product("A"))]);
    let mut shop = shop_with(|setup| setup.campaigns = vec![campaign]);
    let id = grace(&shop);
    shop.execute(sell("B"));
    shop.execute(sell_some("A", "4"));
    shop.till.assign_customer(Some(id)).unwrap();
    shop.till.redeem_points(Points::new(200)).unwrap();
    let done = shop.execute(cash());
    let sale = done.completed()[0].document();
    let doubled = sale.lines[1].value();
    assert!(doubled < sale.lines[1].total && doubled < sale.totals.net_due, "{doubled:?}");
    let earned = sale.totals.net_due.minor() / 100 + doubled.minor() / 100;
    assert_eq!(shop.till.points_of(sale.id).unwrap().unwrap().earned, Points::new(earned));
    whole(&shop);
}

#[test]
fn a_customer_put_on_a_sale_joins_once_with_a_welcome_and_stays_when_it_is_cancelled() {
    let mut shop = club(|program| program.welcome = Points::new(40));
    let new = NewCustomer::named("N1", "Ada King");
    let id = shop.till.add_customer(&new).unwrap();
    for _ in 0..2 {
        shop.execute(sell("A"));
        shop.till.assign_customer(Some(id)).unwrap();
        shop.execute(Command::Cancel { reason: None });
    }
    assert_eq!(rows(&shop, id), [(PointsKind::Welcome, 40)]);
    assert_eq!(shop.till.customer(id).unwrap().unwrap().tier.as_deref(), Some("BASE"));
    // Once, by an entry ahead of the step: no step travels.
    let mut heard = Vec::new();
    for seq in 1..=shop.till.chain_head().seq {
        let entry = shop.till.entry(seq).unwrap();
        if entry.effects.loyalty.iter().any(|change| change.concerns(id)) {
            heard.push((entry.kind(), entry.event, shop.till.entry(seq + 1).unwrap().kind()));
        }
    }
    let joined = Event::Loyalty(LoyaltyAct::Enrolled { customer: id });
    assert_eq!(heard, [(EventKind::Loyalty, joined, EventKind::Step)]);
    whole(&shop);
}

#[test]
fn whoever_sells_hears_why_a_customer_is_no_member() {
    let mut shop = club(|program| program.require_phone = true);
    let id = shop.till.add_customer(&NewCustomer::named("N1", "Ada King")).unwrap();
    shop.execute(sell("A"));
    let done = shop.till.assign_customer(Some(id)).unwrap();
    assert_eq!(done.notes(), [Note::Join(JoinNote::NoMember(NotEnrolled::NoPhone))]);
    assert_eq!(shop.till.draft().unwrap().customer, Some(id), "the customer stays on the sale");
    assert!(shop.till.membership(id).unwrap().is_none());
}

#[test]
fn an_open_document_holds_its_points_and_gives_them_back_when_it_is_cancelled_l2() {
    let mut shop = shop_with(|_| ());
    let id = grace(&shop);
    shop.execute(sell("D"));
    shop.till.assign_customer(Some(id)).unwrap();
    shop.till.redeem_points(Points::new(450)).unwrap();
    shop.execute(suspend());
    assert_eq!((available(&shop, id), balance(&shop, id)), (50, Points::new(500)));
    // Also after the power came back.
    let mut shop = shop.restarted();
    shop.log_in(CASHIER);
    shop.execute(sell("D"));
    shop.till.assign_customer(Some(id)).unwrap();
    let taken = shop.till.worth_of_points(Points::new(500)).unwrap();
    assert_eq!(taken.points, Points::new(50));
    shop.execute(Command::Cancel { reason: None });
    let parked = shop.till.suspended().unwrap()[0].id;
    shop.execute(Request::cancel_suspended(parked, None));
    assert_eq!(available(&shop, id), 500);
    whole(&shop);
}

#[test]
fn a_document_cancelled_by_recovery_lets_its_points_go() {
    let mut shop = shop_with(|setup| setup.settings.recovery = saleflex_core::settings::RecoveryRule::Cancel);
    let id = grace(&shop);
    shop.execute(sell("D"));
    shop.till.assign_customer(Some(id)).unwrap();
    shop.till.redeem_points(Points::new(450)).unwrap();
    assert_eq!(available(&shop, id), 50);
    let shop = shop.restarted();
    assert_eq!(available(&shop, id), 500);
    whole(&shop);
}

#[test]
fn points_a_person_gives_need_a_manager_and_a_reason_which_the_journal_does_not_hold() {
    let mut shop = shop_with(|_| ());
    let id = grace(&shop);
    let alone = shop.till.grant_points(id, Points::new(10), false, "birthday of Grace", None);
    assert!(matches!(alone, Err(Error::Refused(_))), "{alone:?}");
    let approval = shop.approval();
    let grant =
        shop.till.grant_points(id, Points::new(10), false, "birthday of Grace", Some(approval)).unwrap();
    assert_eq!(shop.till.grant_reason(grant).unwrap().as_deref(), Some("birthday of Grace"));
    let entry = shop.till.entry(shop.till.chain_head().seq).unwrap().to_bytes().unwrap();
    assert!(!String::from_utf8(entry).unwrap().contains("Grace"));
    shop.log_in(MANAGER);
    for (points, is_correction, reason) in [(0, false, "x"), (-5, false, "x"), (5, false, " ")] {
        let refused = shop.till.grant_points(id, Points::new(points), is_correction, reason, None);
        assert!(matches!(refused, Err(Error::NotGranted(_))), "{refused:?}");
    }
    shop.till.grant_points(id, Points::new(-600), true, "counted twice", None).unwrap();
    // Below nothing: redeeming waits.
    assert_eq!(available(&shop, id), -90);
    shop.execute(sell("D"));
    shop.till.assign_customer(Some(id)).unwrap();
    assert!(matches!(shop.till.redeem_points(Points::new(1)), Err(Error::NotRedeemable(_))));
    whole(&shop);
}

#[test]
fn a_member_below_nothing_pays_like_anybody_and_earning_works_it_off() {
    let mut shop = shop_with(|_| ());
    let id = grace(&shop);
    shop.log_in(MANAGER);
    shop.till.grant_points(id, Points::new(-541), true, "counted twice", None).unwrap();
    shop.execute(sell_some("A", "4"));
    shop.till.assign_customer(Some(id)).unwrap();
    assert!(matches!(shop.till.redeem_points(Points::new(1)), Err(Error::NotRedeemable(_))));
    shop.execute(pay(TenderKind::CreditCard, 400));
    shop.execute(cash());
    assert_eq!(balance(&shop, id), Points::new(-31));
    sold(&mut shop, id, "16", 0);
    assert_eq!(balance(&shop, id), Points::new(9), "redeeming waited until here");
    whole(&shop);
}

#[test]
fn points_that_a_parked_sale_holds_keep_their_owner_from_no_other_sale() {
    let mut shop = shop_with(|_| ());
    let id = grace(&shop);
    shop.execute(sell_some("A", "4"));
    shop.till.assign_customer(Some(id)).unwrap();
    shop.till.redeem_points(Points::new(500)).unwrap();
    shop.execute(suspend());
    shop.log_in(MANAGER);
    shop.till.grant_points(id, Points::new(-100), true, "counted twice", None).unwrap();
    assert_eq!(available(&shop, id), -100);
    let sale = sold(&mut shop, id, "4", 0);
    assert_eq!(balance(&shop, id), Points::new(410));
    // What the parked sale holds is the member's still.
    let snapshot = shop.till.points_of(sale).unwrap().unwrap();
    assert_eq!((snapshot.balance_before, snapshot.balance_after), (Points::new(400), Points::new(410)));
    whole(&shop);
}

#[test]
fn whoever_brings_somebody_gets_points_for_it_once() {
    let mut shop = club(|program| {
        program.referral =
            saleflex_core::loyalty::ReferralPoints { referrer: Points::new(100), referred: Points::new(30) };
    });
    let (by, new) = (grace(&shop), shop.till.add_customer(&NewCustomer::named("N1", "Ada King")).unwrap());
    assert!(matches!(shop.till.refer(new, by), Err(Error::NoMember { .. })));
    shop.till.enrol(new).unwrap();
    shop.till.refer(new, by).unwrap();
    shop.till.refer(new, by).unwrap();
    assert!(matches!(shop.till.refer(by, by), Err(Error::NotGranted(_))));
    assert_eq!((balance(&shop, by), balance(&shop, new)), (Points::new(600), Points::new(30)));
    whole(&shop);
}

#[test]
fn points_of_a_program_that_is_not_in_force_pay_nothing() {
    let off: [fn(&mut Program); 3] = [
        |program| program.is_active = false,
        |program| program.ends = Some(morning()),
        |program| program.store = Some(saleflex_core::ids::StoreId::new(uuid::Uuid::from_u128(99))),
    ];
    for change in off {
        let mut shop = club(change);
        let id = grace(&shop);
        shop.execute(sell("D"));
        shop.till.assign_customer(Some(id)).unwrap();
        let refused = shop.till.redeem_points(Points::new(100));
        let is_off = matches!(&refused, Err(Error::NotRedeemable(NotRedeemable::ProgramInactive)));
        assert!(is_off, "{refused:?}");
    }
}

#[test]
fn a_suspended_member_neither_earns_nor_redeems() {
    let mut shop = shop_with(|_| ());
    let id = grace(&shop);
    assert!(matches!(shop.till.set_member_status(id, MemberStatus::Suspended), Err(Error::Refused(_))));
    shop.log_in(MANAGER);
    shop.execute(sell("D"));
    shop.till.assign_customer(Some(id)).unwrap();
    let member = |shop: &mut Shop| {
        let cart = shop.till.cart_snapshot(SchemaVersion::V1_0).unwrap().unwrap();
        (cart.fk_customer_id, cart.loyalty_member_id)
    };
    assert_eq!(member(&mut shop), (Some(id.to_string()), Some(id.to_string())), "another engine is told");
    shop.till.set_member_status(id, MemberStatus::Suspended).unwrap();
    assert_eq!(member(&mut shop), (Some(id.to_string()), None));
    let refused = shop.till.redeem_points(Points::new(1));
    let waits = NotRedeemable::MemberInactive { status: MemberStatus::Suspended };
    assert!(matches!(&refused, Err(Error::NotRedeemable(why)) if *why == waits), "{refused:?}");
    shop.execute(cash());
    assert_eq!(balance(&shop, id), Points::new(500));
    whole(&shop);
}

#[test]
fn a_card_opens_one_membership_until_it_is_blocked_for_good() {
    let mut shop = shop_with(|_| ());
    let id = grace(&shop);
    let other = shop.till.add_customer(&NewCustomer::named("N1", "Ada King")).unwrap();
    let card = shop.till.issue_card(id, "ab-12 34").unwrap();
    assert_eq!(shop.till.issue_card(id, "AB1234").unwrap(), card);
    assert_eq!(shop.till.customer_of_card("ab1234").unwrap(), id);
    assert!(matches!(shop.till.issue_card(other, "AB1234"), Err(Error::Card(_))));
    shop.till.block_card("AB1234").unwrap();
    assert!(matches!(shop.till.customer_of_card("AB1234"), Err(Error::Card(_))));
    assert!(matches!(shop.till.issue_card(other, "AB1234"), Err(Error::Card(_))));
    assert!(matches!(shop.till.customer_of_card("77"), Err(Error::Card(_))));
    assert_eq!(shop.till.cards_of(id).unwrap().len(), 1);
    whole(&shop);
}

#[test]
fn no_card_has_a_number_that_a_product_is_sold_by() {
    let mut shop = shop_with(|_| ());
    let id = grace(&shop);
    for number in ["A", "a", "D "] {
        let refused = shop.till.issue_card(id, number);
        let is_product = matches!(refused, Err(Error::Card(saleflex_core::loyalty::CardRefusal::IsProduct)));
        assert!(is_product, "{number}: {refused:?}");
    }
    assert!(shop.till.cards_of(id).unwrap().is_empty());
}

#[test]
fn training_moves_no_points() {
    let mut shop = shop_with(|setup| setup.settings.training = true);
    let id = grace(&shop);
    sold(&mut shop, id, "4", 0);
    assert_eq!(balance(&shop, id), Points::new(500));
    whole(&shop);
}

#[test]
fn the_ledger_cannot_be_changed_by_any_statement() {
    let mut shop = shop_with(|_| ());
    let id = grace(&shop);
    sold(&mut shop, id, "4", 0);
    let (_folder, path) = shop.stopped();
    let disk = rusqlite::Connection::open(path).unwrap();
    for sql in ["UPDATE points_entry SET points = 1", "DELETE FROM points_entry"] {
        assert!(disk.execute(sql, []).unwrap_err().to_string().contains("never changed"), "{sql}");
    }
    let twice = "INSERT INTO points_entry (seq, customer, kind, cause, points, balance_after, booked_on, entry) \
                 SELECT seq, customer, kind, cause, points, balance_after, booked_on, entry FROM points_entry";
    assert!(disk.execute(twice, []).unwrap_err().to_string().contains("UNIQUE"));
}

#[test]
fn only_whoever_may_change_settings_saves_a_program_and_only_one_that_can_be() {
    let mut shop = shop_with(|_| ());
    let mut program = shop.till.programs()[0].clone();
    assert!(matches!(shop.till.save_program(program.clone()), Err(Error::Refused(_))));
    shop.log_in(ADMIN);
    program.welcome = Points::new(-1);
    assert!(matches!(shop.till.save_program(program.clone()), Err(Error::Program(_))));
    program.welcome = Points::new(5);
    program.name = "Other".to_owned();
    shop.till.save_program(program.clone()).unwrap();
    assert_eq!(shop.till.programs(), [program.clone()]);
    let shop = shop.restarted();
    assert_eq!(shop.till.programs(), [program]);
    whole(&shop);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_order_of_refunds_the_points_are_as_before(
        how_many in 2_u32..6, redeemed in 0_i64..300, first in 1_u32..5, policy in 0..2,
    ) {
        let policy = if policy == 0 { ClawBack::Proportional } else { ClawBack::Full };
        let mut shop = club(|program| program.claw_back = policy);
        let id = grace(&shop);
        let before = shop.till.membership(id).unwrap().unwrap();
        let sale = sold(&mut shop, id, &how_many.to_string(), redeemed);
        let first = first.min(how_many);
        for piece in [first, how_many - first] {
            if piece > 0 {
                give_back(&mut shop, sale, &piece.to_string());
            }
        }
        let after = shop.till.membership(id).unwrap().unwrap();
        prop_assert_eq!((after.balance(), after.lifetime, after.held()), (before.balance(), before.lifetime, Points::new(0)));
        rows(&shop, id);
        whole(&shop);
    }
}

/// Points of a sale, nobody being able to change the till from training to earnest or back before it is paid.
fn points_of_a_sale(began: bool) -> Vec<(PointsKind, i64)> {
    let mut shop = shop_with(|setup| setup.settings.training = began);
    let id = grace(&shop);
    shop.log_in(ADMIN);
    shop.execute(sell_some("A", "4"));
    shop.till.assign_customer(Some(id)).unwrap();
    let mut settings = shop.till.settings().clone();
    settings.training = !began;
    assert!(matches!(shop.till.change_settings(settings.clone()), Err(Error::DocumentOpen)));
    let done = shop.execute(cash());
    shop.till.change_settings(settings).unwrap();
    assert_eq!(done.completed()[0].document().training, began);
    whole(&shop);
    rows(&shop, id)
}

#[test]
fn training_begins_and_ends_between_documents_and_earns_no_points() {
    let before = (PointsKind::Adjusted, 500);
    assert_eq!(points_of_a_sale(false), [before, (PointsKind::Earned, 10)]);
    assert_eq!(points_of_a_sale(true), [before]);
}

#[test]
fn points_stand_while_the_change_of_what_was_overpaid_waits() {
    let mut shop = shop_with(|setup| setup.settings.policy.change_mode = ChangeMode::Key);
    let id = grace(&shop);
    shop.execute(sell_some("A", "8"));
    shop.till.assign_customer(Some(id)).unwrap();
    shop.till.redeem_points(Points::new(500)).unwrap();
    shop.execute(pay(TenderKind::Cash, 2_000));
    let document = shop.till.draft().unwrap();
    assert_eq!((document.balance(), document.redeemed_points()), (minor(-500), Points::new(500)));
    let done = shop.execute(Command::GiveChange);
    let totals = done.completed()[0].document().totals;
    assert_eq!((totals.discount, totals.change), (minor(500), minor(500)));
    assert_eq!(balance(&shop, id), Points::new(15));
}

#[test]
fn a_redemption_that_a_resumed_sale_has_no_room_for_gives_back_the_points_it_cannot_use() {
    let reward = Reward::Percent(Percent::parse("50").unwrap());
    let benefit = Benefit::Off { reward, per: Per::Document };
    let mut evening = Campaign::new(CampaignId::new(Uuid::from_u128(7)), "HALF", benefit);
    evening.window.from = NaiveTime::from_hms_opt(15, 0, 0);
    let mut shop = shop_with(|setup| setup.campaigns.push(evening));
    let id = grace(&shop);
    shop.execute(sell_some("A", "2"));
    shop.till.assign_customer(Some(id)).unwrap();
    shop.till.redeem_points(Points::new(400)).unwrap();
    shop.execute(suspend());
    shop.clock.advance(chrono::Duration::hours(8));
    let parked = shop.till.suspended().unwrap()[0].id;
    shop.till.resume(parked).unwrap();
    let document = shop.till.draft().unwrap();
    assert_eq!((document.totals.net_due, document.redeemed_points()), (minor(0), Points::new(250)));
    assert_eq!(available(&shop, id), 250);
    shop.execute(Command::Close);
    assert_eq!(balance(&shop, id), Points::new(250));
    whole(&shop);
}
