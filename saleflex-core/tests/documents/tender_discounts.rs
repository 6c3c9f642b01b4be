//! What a way to pay earns: settled before its amount is fixed, kept while its provider is asked, and given again by the
//! set that was in force.

use std::collections::BTreeMap;

use chrono::NaiveTime;
use saleflex_core::{
    adjustment::{AdjustmentSource, AdjustmentValue},
    campaign::{
        Benefit, Campaign, Condition, Exclusivity, Per, Reward, Target, TenderMethod, TenderTarget,
        TenderTerms, Uses,
    },
    catalog::{Permissions, PriceRule, Sellable},
    checkout::{RecordedFacts, recorded},
    document::{ChangeMode, Command, Promotions, Refusal, TakeTender},
    quantity::{ExchangeRate, Percent},
    tax::TaxMode,
    tender::{
        ForeignCash,
        TenderKind::{self, BankTransfer, Cash, Cheque, CreditCard, ForeignCurrency, PrepaidCard},
    },
};

use crate::{
    campaigning::{
        basket_tenth, by_card, campaign, check_tried_again, counter, everything, share, welcome, with_coupon,
    },
    support::{CUSTOMER, Counter, currency, goods, m, moment, priced_by, taxed},
};

/// Two percent where one kind pays all of it.
pub(crate) fn where_it_pays_all(kind: TenderKind) -> Campaign {
    where_it_pays(kind, "100")
}

/// Two percent where one kind pays so many percent of it.
pub(crate) fn where_it_pays(kind: TenderKind, share_of_all: &str) -> Campaign {
    let of = TenderTarget { include: vec![TenderMethod::Kind(kind)], exclude: Vec::new() };
    let terms = TenderTerms { of, least_share: Percent::parse(share_of_all).unwrap() };
    Campaign { tender: Some(terms), ..campaign(2, "SHARE2", share("2", Per::Document)) }
}

/// The same until six in the evening.
fn until_six(campaign: Campaign) -> Campaign {
    let mut until = campaign;
    until.window.until = NaiveTime::from_hms_opt(18, 0, 0);
    until
}

/// A tenth off until six, ten to pay at a minute before, and change by a key of its own.
fn a_minute_before_six() -> Counter {
    let mut counter = counter(vec![until_six(basket_tenth())]);
    counter.policy.change_mode = ChangeMode::Key;
    counter.now = moment("2025-04-06 17:59");
    counter.sell("1", "10.00");
    counter
}

/// A customer turns up.
fn price_anew(counter: &mut Counter) {
    counter.customer_account(None, 0);
    assert_eq!(counter.document().customer, None);
    counter.run(&Command::AssignCustomer).unwrap();
    assert_eq!(counter.document().customer, Some(CUSTOMER));
}

/// Paid kind by kind, and what was off.
pub(crate) fn settled(counter: &Counter) -> (Vec<(TenderKind, i64)>, i64, i64) {
    let sale = counter.last();
    let paid = sale.tenders.iter().map(|tender| (tender.kind, tender.amount.minor())).collect();
    check_tried_again(counter);
    (paid, sale.totals.discount.minor(), sale.totals.change.minor())
}

#[test]
fn a_tender_that_would_earn_exactly_what_is_left_is_taken_and_earns_nothing() {
    let mut counter = counter(vec![by_card()]);
    counter.sell("1", "20.00");
    counter.pay(Cash, 1900).unwrap();
    counter.pay_rest(CreditCard).unwrap();
    assert_eq!(settled(&counter), (vec![(Cash, 1900), (CreditCard, 100)], 0, 0));
}

#[test]
fn a_way_to_pay_that_would_leave_nothing_to_pay_earns_nothing() {
    let free = Campaign { benefit: share("100", Per::Document), ..by_card() };
    let mut counter = counter(vec![free]);
    counter.sell("1", "20.00");
    counter.pay_rest(CreditCard).unwrap();
    assert_eq!(settled(&counter), (vec![(CreditCard, 2000)], 0, 0));
}

#[test]
fn who_pays_exactly_the_discounted_price_pays_all_of_it() {
    for (kind, amount, change) in
        [(Cash, 4900, 0), (Cash, 4950, 50), (Cash, 5000, 100), (CreditCard, 4900, 0), (CreditCard, 5000, 0)]
    {
        let mut counter = counter(vec![where_it_pays_all(kind)]);
        counter.sell("1", "50.00");
        counter.pay(kind, amount).unwrap();
        let paid = if kind == Cash { amount } else { 4900 };
        assert_eq!(settled(&counter), (vec![(kind, paid)], 100, change), "{amount} by {kind:?}");
    }
    let par = ExchangeRate::parse("1").unwrap();
    for kind in [ForeignCurrency, Cheque] {
        let mut counter = counter(vec![where_it_pays_all(kind)]);
        counter.sell("1", "50.00");
        let notes = ForeignCash { currency: currency("EUR"), amount: m(4950), rate: par };
        let foreign = Some(notes).filter(|_| kind == ForeignCurrency);
        let take = TakeTender { foreign, ..TakeTender::amount(kind, m(4950)) };
        counter.run(&Command::TakeTender(take)).unwrap();
        assert_eq!(settled(&counter), (vec![(kind, 4950)], 100, 50), "{kind:?} gives change as well");
    }
    for kind in [Cash, Cheque] {
        let mut counter = counter(vec![where_it_pays_all(kind)]);
        counter.policy.change_limits.insert(kind, m(45));
        counter.sell("1", "50.00");
        counter.pay(kind, 4950).unwrap();
        assert_eq!(counter.document().balance(), m(50), "{kind:?} gives no more than 0.45: it pays a part");
    }
    let mut counter = counter(vec![where_it_pays_all(CreditCard)]);
    counter.sell("1", "50.00");
    counter.pay(CreditCard, 4950).unwrap();
    assert_eq!(counter.document().balance(), m(50), "a card gives no change: it pays a part");
}

#[test]
fn a_gift_card_is_judged_by_what_it_holds() {
    let holds = |before: i64| {
        let mut counter = counter(vec![where_it_pays_all(PrepaidCard)]);
        counter.sell("1", "50.00");
        let mut card = TakeTender::balance(PrepaidCard);
        card.details.balance_before = Some(m(before));
        counter.run(&Command::TakeTender(card)).unwrap();
        counter
    };
    let mut counter = holds(1000);
    assert_eq!(counter.document().totals.discount, m(0), "it pays a fifth");
    counter.pay_rest(Cash).unwrap();
    assert_eq!(settled(&counter), (vec![(PrepaidCard, 1000), (Cash, 4000)], 0, 0));
    for before in [4900, 4950, 5000, 9000] {
        assert_eq!(settled(&holds(before)), (vec![(PrepaidCard, 4900)], 100, 0), "of {before}");
    }
}

#[test]
fn parts_by_one_kind_that_pay_all_of_it_earn_with_the_last() {
    let mut counter = counter(vec![where_it_pays_all(Cash)]);
    counter.sell("1", "50.00");
    counter.pay(Cash, 4000).unwrap();
    counter.pay_rest(Cash).unwrap();
    assert_eq!(settled(&counter), (vec![(Cash, 4000), (Cash, 900)], 100, 0));
}

#[test]
fn what_a_tender_earned_by_its_share_stands_while_its_provider_is_asked_whatever_is_priced_anew() {
    let mut counter = counter(vec![where_it_pays_all(CreditCard)]);
    counter.sell("1", "50.00");
    counter.pay_pending(CreditCard, 5000).unwrap();
    price_anew(&mut counter);
    assert_eq!(counter.document().balance(), m(4900));
    counter.resolve(1, true).unwrap();
    assert_eq!(settled(&counter), (vec![(CreditCard, 4900)], 100, 0));
}

#[test]
fn what_earned_nothing_when_it_was_asked_for_is_recorded_so_when_it_is_approved() {
    let mut counter = counter(vec![by_card()]);
    counter.sell("1", "20.00");
    counter.pay(Cash, 1950).unwrap();
    counter.pay_pending(CreditCard, 50).unwrap();
    counter.resolve(2, true).unwrap();
    assert_eq!(settled(&counter), (vec![(Cash, 1950), (CreditCard, 50)], 0, 0));
    assert!(counter.completed[0].pricing().tenders_earned_nothing);
}

#[test]
fn change_by_a_key_of_its_own_is_given_on_the_prices_of_the_hour_it_was_paid_in() {
    let mut counter = a_minute_before_six();
    counter.pay(Cash, 2000).unwrap();
    counter.now = moment("2025-04-06 18:01");
    counter.run(&Command::GiveChange).unwrap();
    assert_eq!(settled(&counter), (vec![(Cash, 2000)], 100, 1100));
}

#[test]
fn the_credit_that_sets_an_exchange_off_earns_nothing() {
    let of = TenderTarget { include: Vec::new(), exclude: vec![TenderMethod::Kind(Cash)] };
    let terms = TenderTerms { of, least_share: Percent::ZERO };
    let mut counter =
        counter(vec![Campaign { tender: Some(terms), ..campaign(2, "NOT-CASH", share("5", Per::Document)) }]);
    counter.sell("1", "10.00");
    counter.pay_rest(Cash).unwrap();
    let sold = counter.last().id;
    counter.open_return(sold).unwrap();
    counter.take_back(1, "1").unwrap();
    counter.run(&Command::ExchangeForSale).unwrap();
    counter.sell("1", "15.00");
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.last().totals.discount, m(0));
    check_tried_again(&counter);
}

#[test]
fn notes_beyond_what_is_due_lose_nothing_that_was_earned() {
    let mut counter = counter(vec![by_card()]);
    counter.sell("1", "20.00");
    counter.pay(CreditCard, 500).unwrap();
    counter.pay_pending(BankTransfer, 400).unwrap();
    counter.pay(Cash, 1200).unwrap();
    assert_eq!(counter.document().totals.discount, m(100), "change waits for the bank's answer");
    price_anew(&mut counter);
    assert_eq!(counter.document().totals.discount, m(100));
    counter.resolve(2, true).unwrap();
    assert_eq!(settled(&counter), (vec![(CreditCard, 500), (BankTransfer, 400), (Cash, 1200)], 100, 200));
}

/// One pound off where a card pays.
fn a_pound_by_card() -> Campaign {
    let off = Benefit::Off { reward: Reward::Amount(m(100)), per: Per::Document };
    Campaign { tender: by_card().tender, ..campaign(2, "POUND", off) }
}

#[test]
fn a_line_added_and_voided_leaves_what_a_card_that_is_asked_earns_as_it_was() {
    // What is added bears a part of the discount, or none of it.
    let bears = |discount| Permissions { discount, ..goods("1").permissions };
    for (mode, discount) in
        [(TaxMode::Inclusive, true), (TaxMode::Exclusive, true), (TaxMode::Exclusive, false)]
    {
        // All that is left, a part of it, and a part of it beside notes.
        for (notes, asked) in [(0, 100), (0, 1), (50, 50), (10, 1)] {
            let mut counter = counter(vec![a_pound_by_card()]);
            counter.till.tax_mode = mode;
            counter.add(&taxed("1.00", &["0"])).unwrap();
            if notes > 0 {
                counter.pay(Cash, notes).unwrap();
            }
            counter.pay_pending(CreditCard, asked).unwrap();
            let before = counter.document().clone();
            assert_eq!(before.totals.discount, m(0), "it would earn all that is left: {notes} {asked}");
            counter.add(&Sellable { permissions: bears(discount), ..taxed("9.99", &["0"]) }).unwrap();
            assert_eq!(counter.document().totals.discount, m(100), "there is enough to pay now");
            counter.void_line(2).unwrap();
            let after = counter.document();
            assert_eq!(after.totals, before.totals, "{notes} {asked} {mode:?}");
            assert_eq!(after.tenders_earn_nothing, before.tenders_earn_nothing);
        }
    }
}

#[test]
fn a_line_that_comes_and_goes_takes_nothing_of_what_was_earned_while_change_waits() {
    let mut counter = counter(vec![a_pound_by_card()]);
    counter.sell("1", "20.00");
    counter.pay_pending(CreditCard, 1000).unwrap();
    counter.pay(Cash, 1000).unwrap();
    assert_eq!(counter.document().totals.discount, m(100), "1.00 of the notes goes back after the answer");
    price_anew(&mut counter);
    assert_eq!(counter.document().totals.discount, m(100));
    counter.sell("1", "5.00");
    let refused = counter.void_line(2).unwrap_err();
    assert!(matches!(refused, Refusal::PaidExceedsDue { .. }), "more is paid than would be due: {refused:?}");
    assert_eq!(counter.document().totals.discount, m(100));
    counter.resolve(1, true).unwrap();
    counter.void_line(2).unwrap_err();
    counter.pay_rest(Cash).unwrap();
    assert_eq!(settled(&counter), (vec![(CreditCard, 1000), (Cash, 1000), (Cash, 400)], 100, 0));
}

#[test]
fn the_cash_key_takes_nothing_of_what_a_card_earns_that_is_asked_for_all_of_it() {
    let mut counter = Counter::new();
    counter.promotions = Some(everything());
    for _ in 0..2 {
        counter.add(&goods("9.99")).unwrap();
    }
    let asked = TakeTender { pending: true, ..TakeTender::balance(CreditCard) };
    counter.run(&Command::TakeTender(asked)).unwrap();
    counter.add(&Sellable { price_rule: PriceRule::MayBeFree, ..goods("0") }).unwrap();
    let asked = counter.document().clone();
    let refused = counter.pay_rest(Cash).unwrap_err();
    assert!(matches!(refused, Refusal::TenderPending { .. }), "{refused:?}");
    assert_eq!(counter.document(), &asked);
    counter.adjust_document(AdjustmentSource::ServiceCharge, AdjustmentValue::Amount(m(99))).unwrap();
    let before = counter.document().clone();
    counter.add(&goods("9.99")).unwrap();
    counter.void_line(4).unwrap();
    assert_eq!(counter.document().totals, before.totals);
}

#[test]
fn nobody_gets_money_back_for_the_way_the_rest_is_paid_however_often_it_is_priced() {
    let mut counter = counter(vec![a_pound_by_card()]);
    counter.sell("1", "20.00");
    counter.pay(Cash, 1950).unwrap();
    counter.pay_pending(CreditCard, 50).unwrap();
    assert_eq!(counter.document().totals.discount, m(0));
    price_anew(&mut counter);
    assert_eq!(counter.document().totals.discount, m(0));
    counter.resolve(2, true).unwrap();
    assert_eq!(settled(&counter), (vec![(Cash, 1950), (CreditCard, 50)], 0, 0));
}

#[test]
fn a_coupon_that_ends_before_the_provider_approves_is_recorded_as_it_counted() {
    let mut coupon = welcome();
    coupon.end = Some(moment("2025-04-06 18:00").local);
    let mut counter = counter(vec![with_coupon()]);
    counter.promotions.as_mut().unwrap().coupons.push((coupon, 0));
    counter.now = moment("2025-04-06 17:59");
    counter.sell("1", "10.00");
    counter.run(&Command::EnterCoupon { entered: "WELCOME10-DEMO".into() }).unwrap();
    counter.pay_pending(CreditCard, 900).unwrap();
    counter.now = moment("2025-04-06 18:01");
    counter.resolve(1, true).unwrap();
    assert_eq!(settled(&counter), (vec![(CreditCard, 900)], 100, 0));
    assert_eq!(counter.completed[0].pricing().unlocked_codes, ["WELCOME10"]);
}

#[test]
fn a_discount_that_settles_a_sale_after_the_hour_has_ended_finds_its_campaigns_gone() {
    let mut counter = counter(vec![until_six(basket_tenth())]);
    counter.now = moment("2025-04-06 17:59");
    counter.sell("1", "20.00");
    counter.pay(Cash, 1000).unwrap();
    counter.now = moment("2025-04-06 18:01");
    counter.approve();
    counter.adjust_document(AdjustmentSource::Manager, AdjustmentValue::Amount(m(800))).unwrap();
    assert_eq!(counter.document().balance(), m(200), "the tenth is over");
    counter.pay_rest(Cash).unwrap();
    assert_eq!(settled(&counter), (vec![(Cash, 1000), (Cash, 200)], 800, 0));
}

#[test]
fn what_change_is_due_keeps_what_its_own_notes_earned_however_often_it_is_priced() {
    let mut counter = counter(vec![where_it_pays(Cash, "50")]);
    counter.sell("1", "50.00");
    counter.pay_pending(BankTransfer, 1000).unwrap();
    counter.pay(Cash, 4000).unwrap();
    price_anew(&mut counter);
    assert_eq!(counter.document().totals.discount, m(100));
    counter.resolve(1, true).unwrap();
    assert_eq!(settled(&counter), (vec![(BankTransfer, 1000), (Cash, 4000)], 100, 100));
}

#[test]
fn notes_pay_what_a_tender_that_was_declined_or_taken_back_does_not() {
    for is_declined in [true, false] {
        let mut counter = counter(vec![where_it_pays(Cash, "60")]);
        counter.sell("1", "20.00");
        counter.pay_pending(BankTransfer, 900).unwrap();
        counter.pay(Cash, 1200).unwrap();
        assert_eq!(counter.document().totals.discount, m(0), "cash pays 11.00 of 20.00");
        let gone = if is_declined { counter.resolve(1, false) } else { counter.void_tender(1) };
        gone.unwrap();
        assert_eq!(counter.document().totals.discount, m(40), "cash pays 12.00 of 20.00");
        counter.pay_rest(CreditCard).unwrap();
        let (paid, discount, change) = settled(&counter);
        assert_eq!((&paid[paid.len() - 1], discount, change), (&(CreditCard, 760), 40, 0));
    }
}

#[test]
fn notes_pay_what_a_tender_of_an_earlier_period_does_not_that_is_paid_back() {
    let mut counter = counter(vec![where_it_pays(Cash, "60")]);
    counter.sell("1", "20.00");
    counter.pay(CreditCard, 500).unwrap();
    counter.pay_pending(BankTransfer, 600).unwrap();
    counter.pay(Cash, 1200).unwrap();
    counter.next_period();
    counter.void_tender(1).unwrap();
    assert_eq!(counter.document().totals.discount, m(40), "cash pays 12.00 of 20.00");
}

#[test]
fn notes_that_pay_nearly_all_of_it_once_a_tender_was_declined_leave_the_sale_payable() {
    let mut counter = counter(vec![by_card()]);
    counter.sell("1", "20.00");
    counter.pay_pending(BankTransfer, 900).unwrap();
    counter.pay(Cash, 1950).unwrap();
    counter.resolve(1, false).unwrap();
    counter.pay_rest(CreditCard).unwrap();
    assert_eq!(settled(&counter), (vec![(BankTransfer, 900), (Cash, 1950), (CreditCard, 50)], 0, 0));
}

#[test]
fn notes_are_judged_without_what_the_tender_that_is_gone_had_earned() {
    let of_card = by_card().tender;
    let by_card = Campaign { tender: of_card, ..campaign(5, "CARD10", share("10", Per::Document)) };
    let mut counter = counter(vec![by_card, where_it_pays(Cash, "75")]);
    counter.sell("1", "20.00");
    counter.pay(CreditCard, 500).unwrap();
    counter.pay_pending(BankTransfer, 400).unwrap();
    counter.pay(Cash, 1500).unwrap();
    assert_eq!(counter.document().totals.discount, m(200), "the card earned it");
    counter.void_tender(1).unwrap();
    assert_eq!(counter.document().totals.discount, m(40), "cash pays 15.00 of 20.00");
}

#[test]
fn notes_are_judged_without_what_they_earned_themselves() {
    let mut counter = counter(vec![where_it_pays(Cash, "50")]);
    counter.sell("1", "20.00");
    counter.pay_pending(BankTransfer, 900).unwrap();
    counter.pay(Cash, 2500).unwrap();
    counter.resolve(1, false).unwrap();
    assert_eq!(counter.last().tenders[1].judged_as, Some(m(2000)));
    assert_eq!(settled(&counter), (vec![(BankTransfer, 900), (Cash, 2500)], 40, 540));
}

#[test]
fn change_by_a_key_goes_by_the_hour_of_the_last_prices() {
    let mut counter = a_minute_before_six();
    counter.pay(Cash, 500).unwrap();
    counter.pay(Cash, 2000).unwrap();
    counter.now = moment("2025-04-06 18:01");
    counter.void_tender(1).unwrap();
    counter.now = moment("2025-04-06 18:02");
    counter.run(&Command::GiveChange).unwrap();
    assert_eq!(settled(&counter), (vec![(Cash, 500), (Cash, 2000)], 0, 1000));
    assert_eq!(counter.completed[0].pricing().moment, Some(moment("2025-04-06 18:01")));
}

#[test]
fn an_approval_goes_by_the_hour_of_the_last_prices_also_where_they_were_those_of_before() {
    let mut until = until_six(basket_tenth());
    until.condition = Condition::Value { of: Target::all(), least: Some(m(1500)), most: None };
    let mut counter = counter(vec![until]);
    counter.now = moment("2025-04-06 17:59");
    counter.sell("1", "10.00");
    counter.pay_pending(CreditCard, 1000).unwrap();
    counter.now = moment("2025-04-06 18:01");
    counter.sell("1", "10.00");
    counter.pay(Cash, 1000).unwrap();
    counter.now = moment("2025-04-06 18:02");
    counter.resolve(1, true).unwrap();
    assert_eq!(settled(&counter), (vec![(CreditCard, 1000), (Cash, 1000)], 0, 0));
    assert_eq!(counter.completed[0].pricing().moment, Some(moment("2025-04-06 18:01")));
}

#[test]
fn what_is_priced_at_a_later_hour_as_before_refuses_nothing() {
    let mut counter = counter(vec![where_it_pays(Cash, "50")]);
    counter.sell("1", "50.00");
    counter.pay_pending(BankTransfer, 1000).unwrap();
    counter.pay(Cash, 4000).unwrap();
    counter.now = moment("2025-04-06 12:00");
    price_anew(&mut counter);
    assert_eq!(counter.document().totals.discount, m(100));
}

#[test]
fn points_are_given_by_the_hour_of_the_prices_like_the_discounts_beside_them() {
    let double = campaign(3, "DOUBLE", Benefit::Points { percent: Percent::parse("200").unwrap() });
    let mut counter = counter(vec![until_six(double)]);
    counter.now = moment("2025-04-06 17:59");
    counter.sell("1", "20.00");
    counter.pay_pending(CreditCard, 2000).unwrap();
    counter.now = moment("2025-04-06 18:01");
    counter.resolve(1, true).unwrap();
    let given = counter.promotions.as_ref().unwrap().facts(counter.now).points(&counter.completed[0]);
    assert_eq!(given.iter().map(|points| points.base).collect::<Vec<_>>(), [m(2000)]);
}

/// Two percent where cash pays all of it, looked at before a tenth off everything: its base is more than is due.
fn before_a_tenth() -> Counter {
    let mut counter = counter(vec![where_it_pays_all(Cash), basket_tenth()]);
    counter.sell("1", "50.00");
    assert_eq!(counter.document().balance(), m(4500));
    counter
}

#[test]
fn who_pays_all_that_is_due_pays_the_whole_share_whatever_else_lowers_it() {
    // 1.00 of 50.00, a tenth of the 49.00 that are left: 5.90 off.
    for amount in [4500, 4410, 5000] {
        let mut counter = before_a_tenth();
        counter.pay(Cash, amount).unwrap();
        assert_eq!(settled(&counter), (vec![(Cash, amount)], 590, amount - 4410), "{amount}");
    }
    let mut counter = before_a_tenth();
    counter.pay(Cash, 4400).unwrap();
    assert_eq!(counter.document().balance(), m(100), "ten pence less is a part of it");
    let mut counter = before_a_tenth();
    counter.adjust_document(AdjustmentSource::Manager, AdjustmentValue::Amount(m(500))).unwrap();
    counter.pay_rest(Cash).unwrap();
    assert_eq!(settled(&counter).1, 1090, "a discount by hand lowers what is due as well");
}

#[test]
fn a_condition_on_a_share_of_the_whole_sale_is_met_by_all_that_is_due() {
    let mut asked = basket_tenth();
    asked.condition = Condition::Tender {
        of: TenderTarget { include: vec![TenderMethod::Kind(Cash)], exclude: Vec::new() },
        least_share: Percent::HUNDRED,
    };
    let mut counter = counter(vec![asked, campaign(4, "FIVE", share("5", Per::Document))]);
    counter.sell("1", "50.00");
    counter.pay_rest(Cash).unwrap();
    assert_eq!(settled(&counter).1, 725, "0.05 of 50.00, and a tenth of the rest");
}

#[test]
fn what_is_due_is_recorded_so_that_a_share_of_it_is_earned_again_and_older_sales_mean_what_they_meant() {
    let mut counter = counter(vec![where_it_pays_all(CreditCard), basket_tenth()]);
    counter.sell("1", "50.00");
    counter.pay_pending(CreditCard, 4500).unwrap();
    assert_eq!(counter.document().totals.discount, m(590));
    price_anew(&mut counter);
    assert_eq!(counter.document().totals.discount, m(590), "as it was asked for");
    counter.resolve(1, true).unwrap();
    assert_eq!(settled(&counter), (vec![(CreditCard, 4410)], 590, 0));
    let sale = counter.completed.last().unwrap();
    assert_eq!(sale.pricing().due_before_tenders, Some(m(4500)));
    let earlier = priced_by(sale, "due_before_tenders", serde_json::Value::Null);
    counter.completed.push(earlier);
    let set = &counter.promotions.as_ref().unwrap().set;
    let today = BTreeMap::new();
    let facts = RecordedFacts { channel: None, birthday: None, tags: None, traits: &today };
    let older = recorded(counter.completed.last().unwrap(), facts, None).unwrap();
    let given = set.evaluate(&older.cart).unwrap().total();
    assert_eq!(given, m(500), "before that was known, the share was one of the goods");
}

#[test]
fn points_are_given_beside_the_discounts_that_the_same_tenders_earned() {
    let mut first = where_it_pays_all(Cash);
    (first.lane.priority, first.lane.exclusivity) = (9, Exclusivity::Last);
    let double = campaign(3, "DOUBLE", Benefit::Points { percent: Percent::parse("200").unwrap() });
    let mut counter = counter(vec![first, double]);
    counter.sell("1", "50.00");
    counter.pay_rest(Cash).unwrap();
    assert_eq!(settled(&counter), (vec![(Cash, 4900)], 100, 0));
    let given = counter.promotions.as_ref().unwrap().facts(counter.now).points(&counter.completed[0]);
    assert_eq!(given, [], "nothing may follow what cash earned");
}

#[test]
fn a_sale_approved_after_midnight_keeps_the_counts_of_the_day_it_was_priced_on() {
    let mut daily = campaign(3, "DAILY", share("10", Per::Document));
    daily.limits.uses_per_day = Some(1);
    let (id, double) = (daily.id, campaign(4, "DOUBLE", Benefit::Points { percent: Percent::HUNDRED }));
    let mut counter = counter(vec![daily, double]);
    let used = |total, today| Uses { total, today, ..Uses::default() };
    counter.promotions.as_mut().unwrap().uses = BTreeMap::from([(id, used(7, 0))]);
    counter.now = moment("2025-04-06 23:59");
    counter.sell("1", "20.00");
    counter.pay_pending(CreditCard, 2000).unwrap();
    // Another sale has used it on the next day before the provider answers.
    counter.promotions.as_mut().unwrap().uses = BTreeMap::from([(id, used(8, 1))]);
    counter.now = moment("2025-04-07 00:01");
    counter.resolve(1, true).unwrap();
    assert_eq!(settled(&counter), (vec![(CreditCard, 1800)], 200, 0));
    let sale = &counter.completed[0];
    let counts = sale.pricing().usage[&id];
    assert_eq!((counts.total, counts.today), (7, 0));
    let given = counter.promotions.as_ref().unwrap().facts(counter.now).points(sale);
    assert_eq!(given.iter().map(|points| points.base).collect::<Vec<_>>(), [m(1800)], "of what was paid");
}
