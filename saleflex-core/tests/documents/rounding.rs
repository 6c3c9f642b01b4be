//! Cash rounded to the smallest coin.

use saleflex_core::{
    catalog::{PriceRule, Sellable},
    document::{ChangeMode, Command, DocumentType, Kind, Refusal},
    money::Money,
    tender::TenderKind::{Cash, Cheque, CreditCard, PrepaidCard, StoreCredit},
};

use crate::support::{Counter, goods, m};

fn due(price: &str) -> Counter {
    let mut counter = Counter::with_five_step();
    counter.sell("1", price);
    counter
}

fn settled(counter: &Counter) -> (Money, Money, Money) {
    let totals = counter.last().totals;
    (totals.paid, totals.rounding, totals.change)
}

#[test]
fn a_balance_paid_in_cash_is_rounded_to_the_nearest_coin_half_up() {
    let mut down = due("12.32");
    down.pay_rest(Cash).unwrap();
    assert_eq!(settled(&down), (m(1230), m(-2), m(0)));
    assert_eq!(down.last().totals.tax, m(205), "tax is untouched: 20 % in 12.32");
    assert_eq!(down.last().tenders[0].rounding, m(-2), "the difference belongs to the tender");
    let mut up = due("12.33");
    up.pay_rest(Cash).unwrap();
    assert_eq!(settled(&up), (m(1235), m(2), m(0)));
}

#[test]
fn change_is_what_was_given_beyond_the_rounded_balance() {
    let mut counter = due("12.32");
    counter.pay(Cash, 2000).unwrap();
    assert_eq!(settled(&counter), (m(2000), m(-2), m(770)));
}

#[test]
fn only_the_last_tender_rounds_and_only_cash() {
    let mut counter = due("12.32");
    counter.pay(Cash, 500).unwrap();
    assert_eq!(counter.document().totals.rounding, m(0));
    counter.pay_rest(CreditCard).unwrap();
    assert_eq!(settled(&counter), (m(1232), m(0), m(0)));
    let mut mixed = due("12.32");
    mixed.pay(PrepaidCard, 1001).unwrap();
    mixed.pay_rest(Cash).unwrap();
    assert_eq!(settled(&mixed), (m(1001 + 230), m(-1), m(0)));
}

#[test]
fn what_coins_cannot_pay_is_settled_by_a_tender_of_nothing() {
    let mut counter = due("12.32");
    counter.pay(CreditCard, 1230).unwrap();
    counter.pay_rest(Cash).unwrap();
    assert_eq!(settled(&counter), (m(1230), m(-2), m(0)));
    let mut small = due("0.02");
    small.pay_rest(Cash).unwrap();
    assert_eq!(settled(&small), (m(0), m(-2), m(0)));
}

#[test]
fn two_coins_and_change_from_a_penny_balance_still_add_up() {
    let mut counter = due("0.02");
    counter.pay(Cash, 100).unwrap();
    assert_eq!(settled(&counter), (m(100), m(-2), m(100)));
}

#[test]
fn an_amount_that_coins_cannot_make_is_no_cash() {
    let mut counter = due("12.32");
    let refused = counter.pay(Cash, 1233).unwrap_err();
    assert_eq!(refused.to_string(), "£12.33 cannot be paid in coins of £0.05");
    assert!(matches!(counter.pay(Cash, 333), Err(Refusal::NotInCoins { .. })));
    counter.pay(Cash, 1232).unwrap();
    assert_eq!(settled(&counter), (m(1230), m(-2), m(0)), "the exact amount, typed");
    let sale = counter.last().id;
    counter.open_return(sale).unwrap();
    counter.take_back(1, "1").unwrap();
    assert!(matches!(counter.pay(Cash, 333), Err(Refusal::NotInCoins { .. })));
    counter.pay(Cash, 5000).unwrap();
    assert_eq!(counter.last().totals.paid, m(1230));
}

#[test]
fn change_never_exceeds_what_it_is_given_out_of() {
    let mut counter = due("0.01");
    counter.pay(Cheque, 334).unwrap();
    assert_eq!(settled(&counter), (m(334), m(3), m(330)));
}

#[test]
fn change_on_a_cheque_is_handed_out_in_coins() {
    let mut counter = due("12.32");
    counter.pay(Cheque, 2000).unwrap();
    assert_eq!(settled(&counter), (m(2000), m(-2), m(770)));
    assert_eq!(counter.last().tenders[0].rounding, m(-2));
    let mut other = due("12.33");
    other.pay(Cheque, 2000).unwrap();
    assert_eq!(settled(&other), (m(2000), m(2), m(765)));
}

#[test]
fn the_rounding_of_a_voided_tender_goes_with_it() {
    let mut counter = due("12.32");
    counter.policy.change_mode = ChangeMode::Key;
    counter.pay(Cash, 2000).unwrap();
    assert_eq!(counter.document().totals.rounding, m(-2));
    counter.void_tender(1).unwrap();
    assert_eq!((counter.document().totals.rounding, counter.document().balance()), (m(0), m(1232)));
}

#[test]
fn a_sale_rounded_in_cash_is_refunded_to_the_coin_that_was_paid() {
    for price in ["12.32", "12.33"] {
        let mut counter = due(price);
        counter.pay_rest(Cash).unwrap();
        let (paid, sale) = (counter.last().totals.paid, counter.last().id);
        counter.open_return(sale).unwrap();
        counter.take_back(1, "1").unwrap();
        counter.pay_rest(Cash).unwrap();
        let back = counter.last();
        assert_eq!(back.totals.paid, paid, "exactly what was paid for {price}");
        assert_eq!(back.carried_rounding, paid - back.totals.net_due, "the refund carries the difference");
    }
}

#[test]
fn the_last_refund_carries_what_the_earlier_ones_rounded_away() {
    let mut counter = Counter::with_five_step();
    (0..3).for_each(|_| counter.sell("1", "3.33"));
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.last().totals.paid, m(1000));
    let sale = counter.last().id;
    let mut back = Vec::new();
    for line in 1..=3 {
        counter.open_return(sale).unwrap();
        counter.take_back(line, "1").unwrap();
        counter.pay_rest(Cash).unwrap();
        back.push(counter.last().totals.paid);
    }
    // 3.33 in coins is 3.30; the 0.03 is owed with the next: 3.36, in coins 3.35; the last takes the rest.
    assert_eq!(back, [m(330), m(335), m(335)]);
}

#[test]
fn a_refund_in_coins_never_rounds_up() {
    let mut counter = Counter::with_five_step();
    (0..2).for_each(|_| counter.sell("1", "3.34"));
    counter.pay_rest(CreditCard).unwrap();
    let sale = counter.last().id;
    counter.open_return(sale).unwrap();
    counter.take_back(1, "1").unwrap();
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.last().totals.paid, m(330));
    counter.open_return(sale).unwrap();
    counter.take_back(2, "1").unwrap();
    assert_eq!(counter.document().balance(), m(338), "its own 3.34 and the 0.04 that is still owed");
    counter.pay_rest(CreditCard).unwrap();
    assert_eq!(counter.last().totals.paid, m(338));
}

#[test]
fn a_refund_that_coins_cannot_pay_is_settled_by_nothing_and_owed_with_the_next() {
    let mut counter = Counter::with_five_step();
    counter.sell("1", "0.02");
    counter.sell("1", "5.00");
    counter.pay_rest(CreditCard).unwrap();
    let sale = counter.last().id;
    counter.open_return(sale).unwrap();
    counter.take_back(1, "1").unwrap();
    counter.pay_rest(Cash).unwrap();
    assert_eq!((counter.last().totals.paid, counter.last().totals.rounding), (m(0), m(-2)));
    counter.open_return(sale).unwrap();
    counter.take_back(2, "1").unwrap();
    counter.pay_rest(CreditCard).unwrap();
    assert_eq!(counter.last().totals.paid, m(502));
}

#[test]
fn of_a_last_refund_in_cash_alone_what_coins_cannot_pay_stays_and_the_card_that_paid_would_take_it() {
    let all_back = || {
        let mut counter = Counter::with_five_step();
        counter.sell("2", "10.01");
        counter.pay(CreditCard, 1002).unwrap();
        counter.pay_rest(Cash).unwrap();
        let sale = counter.last().id;
        counter.open_return(sale).unwrap();
        counter.take_back(1, "2").unwrap();
        counter
    };
    let mut counter = all_back();
    counter.pay_rest(Cash).unwrap();
    assert_eq!(settled(&counter), (m(2000), m(-2), m(0)), "20.02 were paid, and coins make 20.00 of it");
    let mut counter = all_back();
    counter.pay(CreditCard, 1002).unwrap();
    counter.pay_rest(Cash).unwrap();
    assert_eq!(settled(&counter), (m(2002), m(0), m(0)), "all that was paid");
}

#[test]
fn a_purchase_in_cash_rounds_as_a_receipt_does() {
    let mut counter = Counter::with_five_step();
    counter.open(DocumentType::SelfBillingInvoice, Kind::Purchase).unwrap();
    let priced = saleflex_core::document::AddLine::code("G").at(crate::support::price("12.33"));
    counter.add_as(&goods("1"), priced).unwrap();
    counter.pay_rest(Cash).unwrap();
    assert_eq!(settled(&counter), (m(1235), m(2), m(0)));
}

#[test]
fn an_exchange_settles_its_difference_in_coins_on_either_side() {
    let exchange = |back: &str, new: &str| {
        let mut counter = due(back);
        counter.pay_rest(CreditCard).unwrap();
        let sale = counter.last().id;
        counter.open_return(sale).unwrap();
        counter.take_back(1, "1").unwrap();
        counter.run(&Command::ExchangeForSale).unwrap();
        counter.sell("1", new);
        counter.pay_rest(Cash).unwrap();
        let [.., returned, sold] = counter.completed.as_slice() else { panic!("both complete") };
        (returned.document().totals, sold.document().totals)
    };
    let (returned, sold) = exchange("10.00", "12.33");
    assert_eq!((returned.rounding, sold.rounding, sold.paid), (m(0), m(2), m(1235)));
    let (returned, sold) = exchange("12.33", "10.00");
    assert_eq!((returned.rounding, returned.paid, sold.rounding), (m(-3), m(1230), m(0)));
    let (returned, _) = exchange("10.02", "10.00");
    assert_eq!((returned.rounding, returned.paid), (m(-2), m(1000)), "two pence are settled by nothing");
}

#[test]
fn a_refund_never_gives_back_more_than_the_coins_that_paid() {
    let mut counter = Counter::with_five_step();
    counter.sell("1", "6.16");
    counter.sell("1", "6.16");
    let free = Sellable { price_rule: PriceRule::MayBeFree, ..goods("0") };
    counter.add(&free).unwrap();
    counter.pay_rest(Cash).unwrap();
    assert_eq!((counter.last().totals.net_due, counter.last().totals.paid), (m(1232), m(1230)));
    let sale = counter.last().id;
    // The gift stays, so that this is not the last return of the sale.
    counter.customer_account(None, 0);
    counter.open_return(sale).unwrap();
    counter.take_back(1, "1").unwrap();
    counter.take_back(2, "1").unwrap();
    counter.run(&Command::AssignCustomer).unwrap();
    counter.pay_rest(StoreCredit).unwrap();
    assert_eq!(counter.last().totals.paid, m(1230));
    assert_eq!(counter.original(sale).unwrap().refundable().paid, m(0));
}
