//! A return set off against a new sale: one tender for the difference, both complete together.

use saleflex_core::{
    document::{Command, Completed, Document, DocumentType, Kind, Refusal},
    ids::{DocumentId, LineNo, TenderNo},
    tender::{
        Direction,
        TenderKind::{self, Cash, CreditCard, OnAccount, PrepaidCard, StoreCredit},
    },
};

use crate::support::{CUSTOMER, Counter, goods, m, quantity};

/// A completed sale of ten pieces at 1.00.
fn sale(counter: &mut Counter, kind: TenderKind) -> DocumentId {
    counter.sell("10", "1.00");
    counter.pay_rest(kind).unwrap();
    counter.last().id
}

/// A counter in an exchange: so many pieces at 1.00 came back.
fn exchange(back: &str, kind: TenderKind) -> (Counter, DocumentId) {
    let mut counter = Counter::new();
    let sold = sale(&mut counter, kind);
    counter.open_return(sold).unwrap();
    counter.take_back(1, back).unwrap();
    counter.run(&Command::ExchangeForSale).unwrap();
    (counter, sold)
}

fn pair(counter: &Counter) -> (&Document, &Document) {
    let [.., returned, sold] = counter.completed.as_slice() else { panic!("both complete") };
    assert_eq!((returned.document().kind, sold.document().kind), (Kind::Return, Kind::Sale));
    assert_eq!(returned.completed_at(), sold.completed_at());
    (returned.document(), sold.document())
}

#[test]
fn resumed_in_a_later_period_sale_and_return_move_there_together_d_doc_07() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    counter.pay_rest(Cash).unwrap();
    let sale = counter.last().id;
    counter.open_return(sale).unwrap();
    counter.take_back(1, "1").unwrap();
    counter.run(&Command::ExchangeForSale).unwrap();
    counter.sell("1", "12.00");
    let numbers =
        |counter: &Counter| (counter.document().exchange.as_ref().unwrap().number, counter.document().number);
    let before = numbers(&counter);
    counter.run(&Command::Suspend { name: None }).unwrap();
    counter.next_period();
    counter.resume(0).unwrap();
    let (returned, sold) = numbers(&counter);
    assert_eq!(returned.to_string(), "20250407-0003-000001");
    assert_eq!(sold.to_string(), "20250407-0003-000002");
    for number in [before.0, before.1, returned, sold] {
        assert!(counter.document().has_number(number), "{number}");
    }
    counter.pay_rest(Cash).unwrap();
    let former = [1, 2].map(|nth: usize| counter.completed[nth].document().former_number);
    assert_eq!(former, [Some(before.0), Some(before.1)]);
    counter.sell("1", "1.00");
    assert_eq!(counter.document().number.receipt, 3);
    assert!(!counter.document().has_number(sold));
}

#[test]
fn the_customer_pays_the_difference() {
    let (mut counter, original) = exchange("4", Cash);
    counter.sell("1", "10.00");
    assert_eq!(counter.document().balance(), m(600));
    counter.pay_rest(CreditCard).unwrap();
    let (returned, sold) = pair(&counter);
    assert_eq!(returned.original, Some(original));
    assert_eq!((returned.totals.paid, sold.totals.paid), (m(400), m(1000)));
    let credits = (&returned.tenders[0], &sold.tenders[1]);
    assert_eq!(
        (credits.0.kind, credits.0.direction, credits.0.amount),
        (StoreCredit, Direction::Out, m(400))
    );
    assert_eq!((credits.1.kind, credits.1.direction, credits.1.amount), (StoreCredit, Direction::In, m(400)));
    assert_eq!((sold.number.receipt, returned.number.receipt), (3, 2));
}

#[test]
fn the_shop_pays_the_difference() {
    let (mut counter, _) = exchange("10", CreditCard);
    counter.sell("1", "6.00");
    assert_eq!(counter.document().balance(), m(-400));
    counter.pay_rest(CreditCard).unwrap();
    let (returned, sold) = pair(&counter);
    assert_eq!((returned.totals.paid, sold.totals.paid), (m(1000), m(600)));
    assert_eq!((returned.tenders[0].kind, returned.tenders[0].amount), (CreditCard, m(400)));
    assert!(sold.tenders.iter().all(|tender| tender.direction == Direction::In));
}

#[test]
fn an_even_exchange_is_closed() {
    let (mut counter, _) = exchange("6", Cash);
    counter.sell("1", "6.00");
    assert_eq!(counter.pay_rest(Cash).unwrap_err(), Refusal::AlreadyPaid);
    counter.run(&Command::Close).unwrap();
    let (returned, sold) = pair(&counter);
    assert_eq!((returned.totals.paid, sold.totals.paid), (m(600), m(600)));
}

#[test]
fn change_is_given_as_in_a_sale() {
    let (mut counter, _) = exchange("4", Cash);
    counter.sell("1", "10.00");
    counter.pay(Cash, 2000).unwrap();
    let (_, sold) = pair(&counter);
    assert_eq!((sold.change, sold.totals.paid), (m(1400), m(2400)));
}

#[test]
fn what_is_paid_out_is_bound_to_the_tenders_of_the_receipt() {
    let (mut counter, _) = exchange("10", Cash);
    counter.sell("1", "6.00");
    let refused = counter.pay_rest(CreditCard).unwrap_err();
    assert!(matches!(refused, Refusal::MoreThanPaid { .. }), "{refused}");
    counter.pay_rest(Cash).unwrap();
    pair(&counter);
}

#[test]
fn the_difference_may_be_split_on_either_side() {
    let (mut counter, _) = exchange("4", Cash);
    counter.sell("1", "10.00");
    counter.pay(CreditCard, 250).unwrap();
    counter.pay_rest(Cash).unwrap();
    assert_eq!(pair(&counter).1.tenders.len(), 3);
    let (mut counter, _) = exchange("10", CreditCard);
    counter.sell("1", "6.00");
    counter.pay(Cash, 150).unwrap();
    assert_eq!(counter.document().balance(), m(-250));
    counter.pay_rest(CreditCard).unwrap();
    assert_eq!(pair(&counter).0.totals.paid, m(1000));
}

#[test]
fn a_part_that_was_paid_out_is_owed_again_when_the_sale_grows() {
    let (mut counter, _) = exchange("10", Cash);
    counter.sell("1", "6.00");
    counter.pay(Cash, 300).unwrap();
    counter.sell("1", "5.00");
    assert_eq!(counter.document().balance(), m(400));
    counter.pay_rest(CreditCard).unwrap();
    let (returned, sold) = pair(&counter);
    assert_eq!((returned.totals.paid, sold.totals.paid), (m(1000), m(1100)));
}

#[test]
fn voids_keep_the_exchange_together() {
    let (mut counter, _) = exchange("4", Cash);
    counter.sell("1", "10.00");
    counter.void_line(1).unwrap();
    assert!(counter.cancelled.is_empty(), "the return is still there");
    assert_eq!(counter.document().balance(), m(-400));
    counter.sell("1", "3.00");
    counter.pay(Cash, 50).unwrap();
    assert_eq!(counter.document().goods_back_paid(), m(50));
    counter.void_tender(1).unwrap();
    assert_eq!(counter.document().balance(), m(-100));
    counter.pay_rest(Cash).unwrap();
    pair(&counter);
}

trait Exchanged {
    fn goods_back_paid(&self) -> saleflex_core::money::Money;
}

impl Exchanged for Document {
    fn goods_back_paid(&self) -> saleflex_core::money::Money {
        self.exchange.as_ref().unwrap().totals.paid
    }
}

#[test]
fn lowering_the_sale_below_what_was_paid_is_refused() {
    let (mut counter, _) = exchange("4", Cash);
    counter.sell("6", "1.00");
    counter.sell("1", "1.00");
    counter.pay(CreditCard, 250).unwrap();
    let fewer = Command::ChangeQuantity { line: LineNo(1), quantity: quantity("5") };
    assert!(matches!(counter.run(&fewer), Err(Refusal::PaidExceedsDue { .. })));
    assert!(matches!(counter.void_line(1), Err(Refusal::PaidExceedsDue { .. })));
}

#[test]
fn a_return_with_a_payout_is_not_exchanged_and_no_exchange_twice() {
    let mut counter = Counter::new();
    let sold = sale(&mut counter, Cash);
    counter.open_return(sold).unwrap();
    assert_eq!(counter.run(&Command::ExchangeForSale).unwrap_err(), Refusal::NoLines);
    counter.take_back(1, "4").unwrap();
    counter.pay(Cash, 100).unwrap();
    let refused = counter.run(&Command::ExchangeForSale).unwrap_err();
    assert_eq!(refused.to_string(), "£1.00 was taken: take the tenders back first");
    counter.void_tender(1).unwrap();
    counter.run(&Command::ExchangeForSale).unwrap();
    counter.sell("1", "1.00");
    let twice = counter.run(&Command::ExchangeForSale).unwrap_err();
    assert_eq!(twice, Refusal::WrongKind { kind: Kind::Sale });
    let mut plain = Counter::new();
    plain.sell("1", "1.00");
    assert_eq!(plain.run(&Command::ExchangeForSale).unwrap_err(), Refusal::WrongKind { kind: Kind::Sale });
}

#[test]
fn goods_without_a_receipt_are_exchanged_too() {
    let mut counter = Counter::new();
    counter.open(DocumentType::Return, Kind::Return).unwrap();
    counter.add(&goods("5.00")).unwrap();
    counter.run(&Command::ExchangeForSale).unwrap();
    counter.sell("1", "3.00");
    counter.pay_rest(Cash).unwrap();
    assert_eq!(pair(&counter).0.original, None);
}

#[test]
fn cancelling_gives_up_both_and_nothing_came_back() {
    let (mut counter, original) = exchange("4", Cash);
    counter.run(&Command::Cancel { reason: None }).unwrap();
    let cancelled = counter.cancelled[0].document();
    assert_eq!(cancelled.exchange.as_ref().unwrap().original, Some(original));
    counter.open_return(original).unwrap();
    counter.take_back(1, "10").unwrap();
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.last().totals.paid, m(1000));
}

#[test]
fn an_exchange_with_a_payout_is_not_cancelled_before_it_is_taken_back() {
    let (mut counter, _) = exchange("10", Cash);
    counter.sell("1", "6.00");
    counter.pay(Cash, 100).unwrap();
    let cancel = Command::Cancel { reason: None };
    assert!(matches!(counter.run(&cancel), Err(Refusal::TendersTaken { .. })));
    counter.void_tender(1).unwrap();
    counter.run(&cancel).unwrap();
}

#[test]
fn a_parked_exchange_comes_back_whole_and_brings_nothing_back_twice() {
    let (mut counter, original) = exchange("8", Cash);
    counter.sell("1", "6.00");
    counter.run(&Command::Suspend { name: None }).unwrap();
    counter.open_return(original).unwrap();
    counter.take_back(1, "4").unwrap();
    counter.pay_rest(Cash).unwrap();
    counter.resume(0).unwrap();
    assert_eq!(counter.document().balance(), m(-200));
    let refused = counter.pay_rest(Cash).unwrap_err();
    assert!(matches!(refused, Refusal::MoreThanSold { .. }), "{refused}");
    counter.sell("1", "2.00");
    assert!(matches!(counter.run(&Command::Close), Err(Refusal::MoreThanSold { .. })));
    counter.sell("1", "5.00");
    assert!(matches!(counter.pay_rest(CreditCard), Err(Refusal::MoreThanSold { .. })));
}

#[test]
fn what_was_taken_in_exchange_is_refunded_like_any_sale() {
    let (mut counter, first) = exchange("4", Cash);
    counter.sell("1", "10.00");
    counter.pay_rest(CreditCard).unwrap();
    let second = counter.last().id;
    let left = counter.original(second).unwrap().refundable();
    assert_eq!((left.paid, left.tenders), (m(1000), vec![(CreditCard, m(600)), (StoreCredit, m(400))]));
    counter.open_return(second).unwrap();
    counter.take_back(1, "1").unwrap();
    counter.pay(CreditCard, 600).unwrap();
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.last().totals.paid, m(1000));
    assert_eq!(counter.original(first).unwrap().refundable().paid, m(600));
}

#[test]
fn the_sale_of_an_exchange_keeps_the_customer_of_the_receipt() {
    let mut counter = Counter::new();
    counter.customer_account(None, 0);
    counter.run(&Command::AssignCustomer).unwrap();
    let sold = sale(&mut counter, Cash);
    counter.open_return(sold).unwrap();
    counter.take_back(1, "1").unwrap();
    counter.run(&Command::ExchangeForSale).unwrap();
    counter.sell("1", "5.00");
    counter.pay_rest(Cash).unwrap();
    assert!(counter.completed.iter().map(Completed::document).all(|done| done.customer.is_some()));
}

/// Goods for 30.00 came back from somebody unknown and are exchanged for goods at 20.00.
fn owed_to_a_walk_in() -> Counter {
    let mut counter = Counter::new();
    counter.open(DocumentType::Return, Kind::Return).unwrap();
    counter.add(&goods("30.00")).unwrap();
    counter.run(&Command::ExchangeForSale).unwrap();
    counter.sell("1", "20.00");
    counter
}

#[test]
fn what_an_exchange_pays_on_account_is_paid_to_the_customer_of_both_documents() {
    let mut counter = owed_to_a_walk_in();
    let nobody = Refusal::CustomerNeeded { kind: OnAccount };
    assert_eq!(counter.pay_rest(OnAccount).unwrap_err(), nobody);
    counter.customer_account(Some(10_000), 0);
    counter.run(&Command::AssignCustomer).unwrap();
    counter.pay_rest(OnAccount).unwrap();
    let (returned, sold) = pair(&counter);
    assert_eq!((returned.customer, sold.customer), (Some(CUSTOMER), Some(CUSTOMER)));
    let paid_out = &returned.tenders[0];
    assert_eq!((paid_out.kind, paid_out.direction, paid_out.amount), (OnAccount, Direction::Out, m(1000)));
}

#[test]
fn an_exchange_has_one_customer_and_keeps_the_one_that_was_paid() {
    let mut counter = owed_to_a_walk_in();
    counter.customer_account(Some(10_000), 0);
    counter.run(&Command::AssignCustomer).unwrap();
    counter.pay(OnAccount, 400).unwrap();
    counter.customer = None;
    assert_eq!(
        counter.run(&Command::AssignCustomer).unwrap_err().to_string(),
        "£4.00 was taken: take the tenders back first"
    );

    let mut counter = Counter::new();
    counter.customer_account(None, 0);
    counter.run(&Command::AssignCustomer).unwrap();
    let sold = sale(&mut counter, Cash);
    counter.open_return(sold).unwrap();
    counter.take_back(1, "4").unwrap();
    counter.run(&Command::ExchangeForSale).unwrap();
    counter.sell("1", "1.00");
    counter.customer = None;
    let refused = counter.run(&Command::AssignCustomer).unwrap_err();
    assert_eq!(refused, Refusal::WrongKind { kind: Kind::Return }, "the goods are somebody else's");
}

#[test]
fn a_payout_that_was_declined_stands_in_no_exchanges_way() {
    let mut counter = Counter::new();
    let sold = sale(&mut counter, CreditCard);
    counter.open_return(sold).unwrap();
    counter.take_back(1, "4").unwrap();
    counter.pay_pending(CreditCard, 400).unwrap();
    let waiting = counter.run(&Command::ExchangeForSale).unwrap_err();
    assert_eq!(waiting, Refusal::TenderPending { tender: TenderNo(1) });
    counter.resolve(1, false).unwrap();
    counter.run(&Command::ExchangeForSale).unwrap();
    counter.sell("1", "4.00");
    counter.run(&Command::Close).unwrap();
    assert_eq!(pair(&counter).0.totals.paid, m(400));
}

/// Exchanges so many pieces at 1.00 of a receipt for as many; answers the new receipt.
fn exchanged_evenly(counter: &mut Counter, receipt: DocumentId, pieces: &str) -> DocumentId {
    counter.open_return(receipt).unwrap();
    counter.take_back(1, pieces).unwrap();
    counter.run(&Command::ExchangeForSale).unwrap();
    counter.sell(pieces, "1.00");
    counter.run(&Command::Close).unwrap();
    counter.last().id
}

#[test]
fn a_gift_balance_stays_one_through_any_number_of_exchanges() {
    let mut counter = Counter::new();
    let mut receipt = sale(&mut counter, PrepaidCard);
    for _ in 0..2 {
        receipt = exchanged_evenly(&mut counter, receipt, "10");
    }
    counter.open_return(receipt).unwrap();
    counter.take_back(1, "10").unwrap();
    for kind in [Cash, StoreCredit] {
        counter.customer_account(None, 0);
        let refused = counter.pay_rest(kind).unwrap_err();
        assert!(
            matches!(refused, Refusal::MoreThanPaid { .. } | Refusal::CustomerNeeded { .. }),
            "{refused}"
        );
    }
    counter.pay_rest(PrepaidCard).unwrap();
    assert_eq!(counter.last().totals.paid, m(1_000));
}

#[test]
fn the_credit_of_an_exchange_holds_of_a_gift_card_what_cash_did_not_pay() {
    let mut counter = Counter::new();
    counter.sell("10", "1.00");
    counter.pay(PrepaidCard, 600).unwrap();
    counter.pay_rest(Cash).unwrap();
    let first = counter.last().id;
    let second = exchanged_evenly(&mut counter, first, "5");
    let left = |counter: &Counter, receipt| counter.original(receipt).unwrap().refundable().tenders;
    assert_eq!(counter.last().tenders[0].paid_with, [(PrepaidCard, m(100))]);
    assert_eq!(left(&counter, second), [(StoreCredit, m(400)), (PrepaidCard, m(100))]);
    assert_eq!(left(&counter, first), [(Cash, m(400)), (PrepaidCard, m(500))]);
    counter.open_return(first).unwrap();
    counter.take_back(1, "5").unwrap();
    let refused = counter.pay(Cash, 1).unwrap_err();
    assert!(matches!(refused, Refusal::MoreThanPaid { .. }), "the credit was the cash: {refused}");
    counter.pay_rest(PrepaidCard).unwrap();
    counter.open_return(second).unwrap();
    counter.take_back(1, "5").unwrap();
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.document().totals.paid, m(400));
    counter.pay_rest(PrepaidCard).unwrap();
}
