//! Sales priced by campaigns: what is discounted, when, what is recorded, what comes back.

use std::collections::BTreeMap;

use chrono::NaiveTime;
use saleflex_core::{
    adjustment::{AdjustmentKind, AdjustmentSource, CouponRefusal},
    campaign::{
        Activation, Backtest, Benefit, Campaign, Choice, Condition, Coupon, CouponKind, Exclusivity, Per,
        Resolution, Reward, Selector, Shopper, Target, TenderMethod, TenderTarget, TenderTerms,
    },
    catalog::Sellable,
    checkout::{ProductTraits, RecordedFacts, recorded},
    document::{Command, DocumentType, Event, Kind, Refusal},
    ids::{CampaignId, CouponId, LineNo, ProductId},
    money::Money,
    quantity::Percent,
    tender::TenderKind::{Cash, CreditCard},
};
use uuid::Uuid;

use crate::support::{CUSTOMER, Counter, Promoted, m, moment, percent};

pub(crate) fn share(rate: &str, per: Per) -> Benefit {
    Benefit::Off { reward: Reward::Percent(Percent::parse(rate).unwrap()), per }
}

pub(crate) fn campaign(number: u128, code: &str, benefit: Benefit) -> Campaign {
    let mut campaign = Campaign::new(CampaignId::new(Uuid::from_u128(number)), code, benefit);
    campaign.lane.exclusivity = Exclusivity::Combinable;
    campaign
}

pub(crate) fn basket_tenth() -> Campaign {
    campaign(1, "TENTH", share("10", Per::Document))
}

pub(crate) fn by_card() -> Campaign {
    let of = TenderTarget { include: vec![TenderMethod::Kind(CreditCard)], exclude: Vec::new() };
    let terms = TenderTerms { of, least_share: Percent::ZERO };
    Campaign { tender: Some(terms), ..campaign(2, "CARD", share("5", Per::Document)) }
}

pub(crate) fn with_coupon() -> Campaign {
    Campaign { activation: Activation::Coupon, ..campaign(3, "WELCOME10", share("10", Per::Document)) }
}

pub(crate) fn welcome() -> Coupon {
    let (id, barcode) = (CouponId::new(Uuid::from_u128(0xC0)), Some("2800100000001".into()));
    Coupon { barcode, ..Coupon::new(id, "WELCOME10-DEMO", with_coupon().id, CouponKind::SingleUse) }
}

/// Campaigns of every scope at once, and a coupon.
pub(crate) fn everything() -> Promoted {
    everything_and(Vec::new())
}

/// The same beside other campaigns.
pub(crate) fn everything_and(mut campaigns: Vec<Campaign>) -> Promoted {
    let each = campaign(4, "EACH", share("12.5", Per::Line));
    let coupons = vec![(welcome(), 0)];
    campaigns.extend([basket_tenth(), by_card(), with_coupon(), each]);
    Promoted { coupons, ..Promoted::by(campaigns) }
}

pub(crate) fn counter(campaigns: Vec<Campaign>) -> Counter {
    let mut counter = Counter::new();
    counter.promotions = Some(Promoted::by(campaigns));
    counter
}

fn with_welcome() -> Counter {
    let mut counter = counter(vec![with_coupon()]);
    counter.promotions.as_mut().unwrap().coupons.push((welcome(), 0));
    counter
}

#[test]
fn a_campaign_that_asks_for_a_coupon_or_for_something_else_is_opened_by_either() {
    let mut either = campaign(3, "EITHER", share("10", Per::Document));
    let large = Condition::Value { of: Target::all(), least: Some(m(5000)), most: None };
    either.condition = Condition::Any(vec![Condition::Coupon, large]);
    let mut counter = counter(vec![either]);
    counter.promotions.as_mut().unwrap().coupons.push((welcome(), 0));
    counter.sell("1", "10.00");
    assert_eq!(counter.document().totals.discount, m(0));
    enter(&mut counter, "WELCOME10-DEMO").unwrap();
    assert_eq!(counter.document().totals.discount, m(100));
    counter.pay_rest(Cash).unwrap();
    check_tried_again(&counter);
    counter.sell("1", "50.00");
    assert_eq!(counter.document().totals.discount, m(500), "without a coupon");
}

fn enter(counter: &mut Counter, entered: &str) -> Result<(), Refusal> {
    counter.run(&Command::EnterCoupon { entered: entered.into() }).map(drop)
}

fn repricings(counter: &Counter) -> usize {
    let events = counter.journal.values().flatten();
    events.filter(|event| matches!(event, Event::CampaignsPriced { .. })).count()
}

#[test]
fn every_change_of_the_open_document_is_priced() {
    let mut counter = counter(vec![basket_tenth()]);
    counter.sell("1", "10.00");
    assert_eq!(counter.document().totals.discount, m(100));
    counter.sell("2", "5.00");
    assert_eq!(counter.document().totals.discount, m(200));
    counter.adjust(AdjustmentKind::Discount, percent("50")).unwrap();
    assert_eq!(counter.document().totals.discount, m(150), "line discounts are inside line totals");
    counter.void_line(1).unwrap();
    assert_eq!(counter.document().totals.discount, m(50));
}

#[test]
fn what_campaigns_saw_of_the_goods_stays_with_the_sale() {
    let mut tea = campaign(5, "TEA", share("10", Per::Line));
    tea.target = Target::of(vec![Selector::Tag("tea".into())]);
    let mut counter = counter(vec![tea]);
    let product = ProductId::new(Uuid::from_u128(7));
    let traits = ProductTraits { tags: ["tea".into()].into(), ..ProductTraits::default() };
    counter.promotions.as_mut().unwrap().traits.insert(product, traits);
    let item = Sellable { product: Some(product), ..crate::support::goods("10.00") };
    counter.add(&item).unwrap();
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.last().totals.discount, m(100));
    // Since then it has lost its tag.
    check_tried_again(&counter);
}

#[test]
fn d24_what_says_the_same_keeps_its_row_and_writes_nothing() {
    let mut gift = campaign(9, "ONE", Benefit::Off { reward: Reward::Amount(m(100)), per: Per::Document });
    gift.target = saleflex_core::campaign::Target::all();
    let mut counter = counter(vec![gift]);
    counter.sell("1", "10.00");
    counter.sell("1", "0.01");
    let before = (counter.document().adjustments[0].no, repricings(&counter));
    counter.run(&Command::AssignCustomer).unwrap();
    assert_eq!((counter.document().adjustments[0].no, repricings(&counter)), before);
}

#[test]
fn without_campaigns_nothing_is_written_of_them() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    counter.pay_rest(Cash).unwrap();
    let written = serde_json::to_string(&counter.completed).unwrap();
    assert_eq!((repricings(&counter), written.contains("campaign")), (0, false));
}

#[test]
fn d25_a_card_is_charged_what_its_discount_leaves() {
    let mut counter = counter(vec![by_card()]);
    counter.sell("1", "20.00");
    assert_eq!(counter.document().balance(), m(2000), "nothing is given before the tender is known");
    counter.pay_rest(CreditCard).unwrap();
    let sale = counter.last();
    assert_eq!((sale.tenders[0].amount, sale.totals.discount), (m(1900), m(100)));
}

#[test]
fn a_tender_that_would_earn_more_than_is_left_to_pay_is_taken_and_earns_nothing() {
    let mut counter = counter(vec![by_card()]);
    counter.sell("1", "20.00");
    counter.pay(Cash, 1950).unwrap();
    // Five percent would be 1.00 of the 0.50 that are left.
    counter.pay_rest(CreditCard).unwrap();
    let sale = counter.last();
    let paid: Vec<_> = sale.tenders.iter().map(|tender| (tender.kind, tender.amount)).collect();
    assert_eq!(paid, [(Cash, m(1950)), (CreditCard, m(50))]);
    assert_eq!((sale.totals.discount, sale.totals.change), (m(0), m(0)));
    assert!(counter.completed[0].pricing().campaigns.is_empty());
    check_tried_again(&counter);
}

#[test]
fn a_part_that_earned_nothing_does_not_stand_in_the_way_of_the_rest() {
    let mut counter = counter(vec![by_card()]);
    counter.sell("1", "20.00");
    counter.pay(Cash, 1950).unwrap();
    counter.pay(CreditCard, 20).unwrap();
    assert_eq!(counter.document().balance(), m(30));
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.last().totals.discount, m(0));
    check_tried_again(&counter);
}

/// The set that was in force gives the last sale as it was.
pub(crate) fn check_tried_again(counter: &Counter) {
    let today = BTreeMap::new();
    let facts = RecordedFacts { channel: None, birthday: None, tags: None, traits: &today };
    let recorded = recorded(counter.completed.last().unwrap(), facts, None).unwrap();
    let set = &counter.promotions.as_ref().unwrap().set;
    assert_eq!(Backtest::new(set, Resolution::Priority).try_on(&recorded), Ok(false));
}

#[test]
fn what_a_tender_earned_goes_when_it_is_taken_back_or_declined() {
    let mut counter = counter(vec![by_card()]);
    counter.sell("1", "20.00");
    counter.pay(CreditCard, 500).unwrap();
    assert_eq!(counter.document().balance(), m(1400));
    counter.void_tender(1).unwrap();
    assert_eq!(counter.document().balance(), m(2000));
    counter.pay_pending(CreditCard, 500).unwrap();
    counter.resolve(2, false).unwrap();
    assert_eq!(counter.document().balance(), m(2000));
}

#[test]
fn d25_a_share_of_the_basket_is_what_a_tender_pays_of_it_not_what_was_handed_over() {
    let of = TenderTarget { include: vec![TenderMethod::Kind(Cash)], exclude: Vec::new() };
    let terms = TenderTerms { of, least_share: Percent::parse("50").unwrap() };
    let in_cash = Campaign { tender: Some(terms), ..campaign(3, "COINS", share("5", Per::Document)) };
    let mut counter = counter(vec![in_cash]);
    counter.sell("1", "20.00");
    counter.pay(CreditCard, 1500).unwrap();
    counter.pay(Cash, 2000).unwrap();
    let sale = counter.last();
    assert_eq!((sale.totals.discount, sale.totals.change), (m(0), m(1500)), "a note of 20 paid 5 of 20");
}

#[test]
fn what_a_tender_earned_stands_while_its_provider_is_asked() {
    let mut counter = counter(vec![by_card()]);
    counter.sell("1", "20.00");
    counter.pay_pending(CreditCard, 2000).unwrap();
    counter.sell("1", "5.00");
    counter.void_line(2).unwrap();
    let document = counter.document();
    assert_eq!((document.balance(), document.totals.discount), (m(1900), m(100)), "as it was asked for");
    counter.resolve(1, true).unwrap();
    assert_eq!((counter.last().totals.paid, counter.last().totals.discount), (m(1900), m(100)));
}

#[test]
fn line_discounts_stand_on_their_line_and_lines_without_permission_bear_nothing() {
    let mut counter = counter(vec![campaign(4, "EACH", share("50", Per::Line))]);
    let mut fixed = crate::support::goods("4.00");
    fixed.permissions.discount = false;
    counter.add(&fixed).unwrap();
    counter.sell("1", "3.00");
    let document = counter.document();
    let source = |known: &saleflex_core::adjustment::DocumentAdjustment| known.source.line();
    assert_eq!(document.adjustments.iter().map(source).collect::<Vec<_>>(), [Some(LineNo(2))]);
    assert_eq!((document.lines[0].discount_share, document.lines[1].discount_share), (m(0), m(150)));
}

#[test]
fn a_coupon_on_an_empty_draft_is_there_when_its_first_line_comes_after_midnight_d_doc_08() {
    let mut counter = with_welcome();
    counter.open(DocumentType::FiscalReceipt, Kind::Sale).unwrap();
    enter(&mut counter, "welcome10-demo").unwrap();
    counter.now = moment("2025-04-07 00:10");
    counter.sell("1", "10.00");
    assert_eq!(counter.document().number.date.to_string(), "2025-04-07");
    assert_eq!((counter.document().coupons.len(), counter.document().totals.discount), (1, m(100)));
}

#[test]
fn a_coupon_opens_its_campaign_once_and_can_be_taken_off() {
    let mut counter = with_welcome();
    counter.sell("1", "10.00");
    assert_eq!(enter(&mut counter, "nothing"), Err(CouponRefusal::NotFound.into()));
    enter(&mut counter, " welcome10-demo ").unwrap();
    assert_eq!(counter.document().totals.discount, m(100));
    assert_eq!(enter(&mut counter, "2800100000001"), Err(CouponRefusal::AlreadyApplied.into()));
    counter.run(&Command::ReleaseCoupon { coupon: welcome().id }).unwrap();
    assert_eq!(counter.document().totals.discount, m(0));
}

#[test]
fn d31_a_coupon_is_judged_again_with_every_change() {
    let mut counter = with_welcome();
    counter.sell("1", "10.00");
    enter(&mut counter, "WELCOME10-DEMO").unwrap();
    counter.promotions.as_mut().unwrap().coupons[0].1 = 1;
    counter.sell("1", "10.00");
    assert_eq!(counter.document().totals.discount, m(0), "it was used elsewhere meanwhile");
}

#[test]
fn d32_a_suspended_document_keeps_its_coupon_and_is_priced_anew_when_resumed() {
    let mut counter = with_welcome();
    counter.sell("1", "10.00");
    enter(&mut counter, "WELCOME10-DEMO").unwrap();
    counter.run(&Command::Suspend { name: None }).unwrap();
    let mut dearer = with_coupon();
    dearer.benefit = share("20", Per::Document);
    let coupons = std::mem::take(&mut counter.promotions.as_mut().unwrap().coupons);
    counter.promotions = Some(Promoted { coupons, ..Promoted::by(vec![dearer]) });
    counter.resume(0).unwrap();
    assert_eq!((counter.document().coupons.len(), counter.document().totals.discount), (1, m(200)));
}

#[test]
fn a_completed_sale_records_what_priced_it_and_what_it_used() {
    let mut counter = with_welcome();
    counter.sell("1", "10.00");
    enter(&mut counter, "WELCOME10-DEMO").unwrap();
    counter.pay_rest(Cash).unwrap();
    let pricing = counter.completed[0].pricing();
    let set = &counter.promotions.as_ref().unwrap().set;
    assert_eq!(pricing.campaign_set, Some(set.hash().to_string()));
    let version = set.hash_of(with_coupon().id).unwrap().to_string();
    assert_eq!(pricing.campaigns, [(with_coupon().id, version)].into());
    assert_eq!(pricing.campaign_engine.as_deref(), Some(saleflex_core::campaign::ENGINE_VERSION));
    assert_eq!(pricing.unlocked_codes, ["WELCOME10"]);
    let used = &counter.effects.usage[0];
    assert_eq!((used.document, used.usage.campaigns[0].amount), (counter.last().id, m(100)));
    assert_eq!(used.usage.coupons[0].coupon, welcome().id);
}

#[test]
fn a_coupon_that_earned_nothing_is_not_used() {
    let mut counter = with_welcome();
    counter.sell("1", "0.01");
    enter(&mut counter, "WELCOME10-DEMO").unwrap();
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.effects.usage, []);
}

#[test]
fn use_is_given_back_when_everything_came_back_and_not_before() {
    let mut counter = counter(vec![basket_tenth()]);
    counter.sell("2", "10.00");
    counter.pay_rest(Cash).unwrap();
    let sale = counter.last().id;
    let mut reversed = Vec::new();
    for _ in 0..2 {
        counter.open_return(sale).unwrap();
        counter.take_back(1, "1").unwrap();
        counter.pay_rest(Cash).unwrap();
        reversed.push(counter.effects.usage_reversed);
    }
    assert_eq!(reversed, [None, Some(sale)]);
}

#[test]
fn a_returned_part_of_a_bundle_keeps_its_recorded_share() {
    let buy = Benefit::BuyGet {
        buy: 2,
        get: 1,
        percent: Percent::HUNDRED,
        among: None,
        of: None,
        choice: Choice::default(),
    };
    let mut counter = counter(vec![campaign(5, "BUY2GET1", buy)]);
    counter.sell("3", "10.00");
    counter.sell("1", "3.33");
    counter.pay_rest(Cash).unwrap();
    let (sale, paid) = (counter.last().id, counter.last().totals.net_due);
    counter.promotions = None;
    let mut back = Money::ZERO;
    for line in [1, 2, 1, 1] {
        counter.open_return(sale).unwrap();
        counter.take_back(line, "1").unwrap();
        counter.pay_rest(Cash).unwrap();
        back += counter.last().totals.net_due;
    }
    assert_eq!(back, paid);
}

#[test]
fn an_hour_ends_between_the_last_line_and_the_tender() {
    let mut happy = basket_tenth();
    happy.window.until = NaiveTime::from_hms_opt(10, 30, 0);
    let mut counter = counter(vec![happy]);
    counter.sell("1", "10.00");
    assert_eq!(counter.document().balance(), m(900));
    counter.now = moment("2025-04-06 10:31");
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.last().totals.paid, m(1000));
}

#[test]
fn campaigns_come_before_discounts_by_hand() {
    let mut counter = counter(vec![basket_tenth()]);
    counter.sell("1", "10.00");
    counter.adjust_document(AdjustmentSource::Manager, percent("50")).unwrap();
    counter.sell("1", "10.00");
    assert_eq!(counter.document().totals.net_due, m(900), "half of what the tenth left of 20.00");
}

#[test]
fn an_hour_that_ends_before_the_provider_approves_changes_no_price() {
    let mut happy = basket_tenth();
    happy.window.until = NaiveTime::from_hms_opt(10, 30, 0);
    let mut counter = counter(vec![happy]);
    counter.now = moment("2025-04-06 10:29");
    counter.sell("1", "10.00");
    counter.pay_pending(CreditCard, 900).unwrap();
    counter.now = moment("2025-04-06 10:31");
    counter.resolve(1, true).unwrap();
    assert_eq!(counter.last().totals.paid, m(900), "what was asked for pays it");
    assert_eq!(
        counter.completed[0].pricing().moment,
        Some(moment("2025-04-06 10:29")),
        "and says when it was asked"
    );
    assert_eq!(counter.completed[0].completed_at(), moment("2025-04-06 10:31"));
}

#[test]
fn what_is_priced_anew_while_a_provider_is_asked_is_priced_by_the_later_hour() {
    let mut happy = basket_tenth();
    happy.window.until = NaiveTime::from_hms_opt(10, 30, 0);
    let mut counter = counter(vec![happy]);
    counter.now = moment("2025-04-06 10:29");
    counter.sell("1", "10.00");
    counter.pay_pending(CreditCard, 500).unwrap();
    counter.now = moment("2025-04-06 10:31");
    counter.sell("1", "1.00");
    counter.pay_pending(CreditCard, 600).unwrap();
    counter.resolve(2, true).unwrap();
    counter.now = moment("2025-04-06 10:33");
    counter.resolve(1, true).unwrap();
    assert_eq!(counter.last().totals.paid, m(1100), "the hour had ended when the second line came");
    assert_eq!(counter.completed[0].pricing().moment, Some(moment("2025-04-06 10:31")));
}

#[test]
fn a_tender_that_is_paid_back_in_a_later_period_earns_nothing() {
    let mut counter = counter(vec![by_card()]);
    counter.policy.suspend_with_payments = true;
    counter.sell("1", "20.00");
    counter.pay(CreditCard, 500).unwrap();
    counter.run(&Command::Suspend { name: None }).unwrap();
    counter.next_period();
    counter.resume(0).unwrap();
    assert_eq!(counter.document().totals.discount, m(100));
    counter.void_tender(1).unwrap();
    assert_eq!(counter.document().balance(), m(2000));
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.last().totals.discount, m(0));
    assert_eq!(counter.completed[0].pricing().tenders, [Cash], "judged by what paid for it");
}

#[test]
fn d36_a_customer_of_whom_campaigns_are_not_told_is_nobody_to_them() {
    let known =
        Campaign { condition: Condition::CustomerKnown, ..campaign(1, "KNOWN", share("10", Per::Document)) };
    let mut walk_in = counter(vec![known.clone()]);
    walk_in.customer_account(None, 0);
    walk_in.sell("1", "10.00");
    walk_in.run(&Command::AssignCustomer).unwrap();
    assert_eq!(walk_in.document().customer, Some(CUSTOMER));
    assert_eq!(walk_in.document().totals.discount, m(0));

    let mut named = counter(vec![known]);
    named.customer_account(None, 0);
    named.promotions.as_mut().unwrap().shopper = Some(Shopper::new(CUSTOMER));
    named.sell("1", "10.00");
    named.run(&Command::AssignCustomer).unwrap();
    assert_eq!(named.document().totals.discount, m(100));
}
