//! Each question of a condition where it holds and where it does not, alone, turned round and among others.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveTime};
use saleflex_core::{
    campaign::{
        Benefit, Campaign, CampaignSet, Cart, CartTender, Condition, Context, Per, Reward, Selector, Shopper,
        Target, TenderMethod, TenderTarget, Window,
    },
    ids::{CampaignId, CustomerId, SegmentId, StoreId, TenderNo},
    money::Money,
    quantity::Percent,
    tender::TenderKind,
    time::Moment,
};
use uuid::Uuid;

use crate::generator::{Numbers, Shop, cart};

const CARD: TenderMethod = TenderMethod::Kind(TenderKind::CreditCard);

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn store(number: u128) -> StoreId {
    StoreId::new(id(number))
}

fn money(minor: i64) -> Money {
    Money::from_minor(minor)
}

/// Two pieces for 10.00 in store 1, by a known customer, at 15:00 on a Wednesday, with a card for half of it.
fn basket() -> Cart {
    let mut cart = cart(Shop::CORNER, &mut Numbers::of(1), 1);
    cart.lines[0].quantity = saleflex_core::campaign::FineQuantity::pieces(2);
    cart.lines[0].total = money(1_000).into();
    let shopper = Shopper {
        segments: BTreeSet::from([SegmentId::new(id(1))]),
        tier: Some("GOLD".to_owned()),
        tags: BTreeSet::from(["employee".to_owned()]),
        birthday: NaiveDate::from_ymd_opt(1990, 3, 1),
        purchases: 0,
        ..Shopper::new(CustomerId::new(id(1)))
    };
    cart.context = Context {
        store: Some(store(1)),
        channel: Some("till".to_owned()),
        shopper: Some(shopper),
        unlocked: BTreeSet::from(["TEN".to_owned()]),
        ..Context::at(Moment::utc(DateTime::from_timestamp(1_772_636_400, 0).unwrap()))
    };
    cart.tenders = vec![CartTender { no: TenderNo(1), method: CARD, amount: money(500) }];
    cart
}

fn holds(condition: &Condition, cart: &Cart) -> bool {
    let benefit = Benefit::Off { reward: Reward::Amount(money(100)), per: Per::Document };
    let mut campaign = Campaign::new(CampaignId::new(id(1)), "TEN", benefit);
    campaign.condition = condition.clone();
    let set = CampaignSet::compile(vec![campaign]).unwrap();
    set.evaluate(cart).unwrap().total().is_positive()
}

fn tender(include: TenderMethod, share: &str) -> Condition {
    let of = TenderTarget { include: vec![include], exclude: Vec::new() };
    Condition::Tender { of, least_share: Percent::parse(share).unwrap() }
}

fn value(least: Option<i64>, most: Option<i64>) -> Condition {
    Condition::Value { of: Target::all(), least: least.map(money), most: most.map(money) }
}

const fn quantity(least: Option<u32>, most: Option<u32>) -> Condition {
    Condition::Quantity { of: Target { include: Vec::new(), exclude: Vec::new() }, least, most }
}

fn from(hour: u32) -> Condition {
    Condition::Window(Window { from: NaiveTime::from_hms_opt(hour, 0, 0), ..Window::default() })
}

/// Pairs of what holds of [`basket`] and what does not.
fn pairs() -> Vec<(Condition, Condition)> {
    let segment = |number| Condition::Segment(SegmentId::new(id(number)));
    let birthday = |within_days| Condition::Birthday { within_days };
    let nowhere = Target::of(vec![Selector::Tag("wine".to_owned())]);
    vec![
        (Condition::Stores(vec![store(2), store(1)]), Condition::Stores(vec![store(2)])),
        (from(15), from(16)),
        (Condition::Channel("till".to_owned()), Condition::Channel("web".to_owned())),
        (segment(1), segment(2)),
        (Condition::Tier("GOLD".to_owned()), Condition::Tier("SILVER".to_owned())),
        (Condition::CustomerTag("employee".to_owned()), Condition::CustomerTag("press".to_owned())),
        (birthday(3), birthday(2)),
        (value(Some(1_000), Some(1_000)), value(Some(1_001), None)),
        (value(None, Some(1_000)), value(None, Some(999))),
        (value(Some(0), None), Condition::Value { of: nowhere, least: Some(money(1)), most: None }),
        (quantity(Some(2), Some(2)), quantity(Some(3), None)),
        (quantity(None, Some(2)), quantity(None, Some(1))),
        (tender(CARD, "50"), tender(CARD, "50.01")),
        (tender(CARD, "0"), tender(TenderMethod::Points, "0")),
        (Condition::All(Vec::new()), Condition::Any(Vec::new())),
    ]
}

#[test]
fn each_question_is_answered_both_ways_and_turned_round_the_other_way() {
    let cart = basket();
    for (yes, no) in pairs() {
        assert!(holds(&yes, &cart), "{yes:?}");
        assert!(!holds(&no, &cart), "{no:?}");
        let not = |one: &Condition| Condition::Not(Box::new(one.clone()));
        assert!(!holds(&not(&yes), &cart), "not {yes:?}");
        assert!(holds(&not(&no), &cart), "not {no:?}");
        let both = vec![yes.clone(), no.clone()];
        assert!(
            !holds(&Condition::All(both.clone()), &cart) && holds(&Condition::Any(both), &cart),
            "{yes:?}"
        );
        let deep = Condition::Any(vec![
            no,
            Condition::All(vec![yes.clone(), Condition::Not(Box::new(Condition::Any(vec![])))]),
        ]);
        assert!(holds(&deep, &cart), "{deep:?}");
    }
}

#[test]
fn what_is_asked_of_the_customer_does_not_hold_of_nobody() {
    let mut known = basket();
    let of_customer = [
        Condition::CustomerKnown,
        Condition::FirstPurchase,
        Condition::Segment(SegmentId::new(id(1))),
        Condition::Tier("GOLD".to_owned()),
        Condition::CustomerTag("employee".to_owned()),
        Condition::Birthday { within_days: 366 },
    ];
    assert!(of_customer.iter().all(|one| holds(one, &known)));
    let shopper = known.context.shopper.as_mut().unwrap();
    (shopper.purchases, shopper.birthday) = (1, None);
    assert!(!holds(&Condition::FirstPurchase, &known) && !holds(&of_customer[5], &known));
    known.context.shopper = None;
    assert!(!of_customer.iter().any(|one| holds(one, &known)));
}

#[test]
fn a_document_without_store_channel_or_code_meets_no_question_about_them() {
    let mut cart = basket();
    let asked = [Condition::Stores(vec![store(1)]), Condition::Channel("till".to_owned()), Condition::Coupon];
    assert!(asked.iter().all(|one| holds(one, &cart)));
    cart.context = Context::at(cart.context.moment);
    assert!(!asked.iter().any(|one| holds(one, &cart)));
}

#[test]
fn a_birthday_on_the_29th_of_february_is_kept_on_the_28th_and_one_in_december_is_near_in_january() {
    let mut cart = basket();
    let mut born = |year, month, day, seconds| {
        cart.context.shopper.as_mut().unwrap().birthday = NaiveDate::from_ymd_opt(year, month, day);
        cart.context.moment = Moment::utc(DateTime::from_timestamp(seconds, 0).unwrap());
        let within = |within_days| holds(&Condition::Birthday { within_days }, &cart);
        (0..40).find(|days| within(*days))
    };
    assert_eq!(born(2000, 2, 29, 1_772_636_400), Some(4), "28 February to 4 March 2026");
    assert_eq!(born(1980, 12, 30, 1_767_355_200), Some(3), "30 December to 2 January 2026");
    assert_eq!(born(1980, 1, 2, 1_767_139_200), Some(2), "31 December 2025 to 2 January");
}

/// Any such tender will do where no share is asked for, one that is paid back too (A8).
#[test]
fn a_tender_that_is_asked_for_without_a_share_counts_whatever_its_amount() {
    let mut cart = basket();
    cart.tenders[0].amount = money(-500);
    assert!(holds(&tender(CARD, "0"), &cart));
    assert!(!holds(&tender(CARD, "1"), &cart));
    cart.tenders.clear();
    assert!(!holds(&tender(CARD, "0"), &cart));
}
