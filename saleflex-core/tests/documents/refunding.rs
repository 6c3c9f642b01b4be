//! Money paid back: by which tender, up to what.

use saleflex_core::{
    cashier::Capability,
    document::{AddLine, Command, DocumentType, Kind, Refusal, TakeTender},
    ids::{DocumentId, TenderNo},
    money::AmountError,
    quantity::ExchangeRate,
    tender::{
        Direction, ForeignCash, GiftCardNumber, TenderDetails,
        TenderKind::{Cash, CreditCard, ForeignCurrency, Mobile, OnAccount, PrepaidCard, StoreCredit},
    },
};

use crate::support::{CUSTOMER, Counter, MANAGER, currency, goods, m, price, quantity, return_line};

/// A sale of 10.00, paid 6.00 by card and the rest in cash.
fn split_sale(counter: &mut Counter) -> DocumentId {
    counter.sell("10", "1.00");
    counter.pay(CreditCard, 600).unwrap();
    counter.pay_rest(Cash).unwrap();
    counter.last().id
}

fn begin(counter: &mut Counter, sale: DocumentId, times: &str) {
    counter.open_return(sale).unwrap();
    counter.take_back(1, times).unwrap();
}

#[test]
fn a_refund_goes_out_and_names_the_tender_it_gives_back() {
    let mut counter = Counter::new();
    let sale = split_sale(&mut counter);
    begin(&mut counter, sale, "5");
    counter.pay_rest(CreditCard).unwrap();
    let tender = &counter.last().tenders[0];
    assert_eq!((tender.direction, tender.amount), (Direction::Out, m(500)));
    assert_eq!(tender.refunds, Some((sale, TenderNo(1))));
    assert_eq!(counter.last().totals.paid, m(500), "positive: the direction is in the kind");
}

#[test]
fn a_card_takes_back_what_it_paid_less_what_it_took_back_before() {
    let mut counter = Counter::new();
    let sale = split_sale(&mut counter);
    begin(&mut counter, sale, "4");
    counter.pay_rest(CreditCard).unwrap();
    begin(&mut counter, sale, "6");
    let refused = counter.pay(CreditCard, 201).unwrap_err();
    assert_eq!(refused.to_string(), "credit_card can take back £2.00 at most");
    counter.pay_rest(CreditCard).unwrap();
    assert_eq!(counter.document().tenders[0].amount, m(200), "all it still holds");
    assert!(matches!(counter.pay(CreditCard, 1), Err(Refusal::MoreThanPaid { .. })));
    counter.pay_rest(Cash).unwrap();
    let left = counter.original(sale).unwrap().refundable();
    assert_eq!((left.paid, left.tenders), (m(0), vec![(Cash, m(0)), (CreditCard, m(0))]));
}

#[test]
fn a_kind_that_did_not_pay_takes_nothing_back() {
    let mut counter = Counter::new();
    let sale = split_sale(&mut counter);
    begin(&mut counter, sale, "1");
    for kind in [Mobile, PrepaidCard] {
        let refused = counter.pay_rest(kind).unwrap_err();
        assert!(matches!(refused, Refusal::MoreThanPaid { .. }), "{refused}");
    }
}

#[test]
fn a_gift_card_takes_back_what_the_same_card_paid() {
    let mut counter = Counter::new();
    let card = |number: &str| TenderDetails {
        gift_card: Some(GiftCardNumber::parse(number).unwrap().id()),
        ..TenderDetails::default()
    };
    let by = |number: &str, minor| {
        Command::TakeTender(TakeTender { details: card(number), ..TakeTender::amount(PrepaidCard, m(minor)) })
    };
    let [first, second] = ["603571001234567", "603571007654321"];
    counter.sell("10", "1.00");
    counter.run(&by(first, 600)).unwrap();
    counter.run(&by(second, 400)).unwrap();
    let sale = counter.last().id;
    begin(&mut counter, sale, "2");
    counter.run(&by(second, 200)).unwrap();
    assert_eq!(
        counter.last().tenders[0].refunds,
        Some((sale, TenderNo(2))),
        "not the first that holds so much"
    );
    begin(&mut counter, sale, "2");
    counter.run(&by(first, 200)).unwrap();
    assert_eq!(counter.last().tenders[0].refunds, Some((sale, TenderNo(1))));
}

#[test]
fn cash_may_pay_the_rest_unless_the_store_binds_it_too() {
    let mut counter = Counter::new();
    let sale = split_sale(&mut counter);
    begin(&mut counter, sale, "3");
    counter.pay_rest(Cash).unwrap();
    counter.policy.refund_tenders.remove(&Cash);
    begin(&mut counter, sale, "7");
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.document().tenders[0].amount, m(100), "cash paid 4.00 and took 3.00 back");
    counter.pay_rest(CreditCard).unwrap();
    assert_eq!(counter.last().totals.paid, m(700));
}

#[test]
fn change_that_was_given_was_never_paid() {
    let mut counter = Counter::new();
    counter.policy.refund_tenders.remove(&Cash);
    counter.sell("10", "1.00");
    counter.pay(Cash, 5000).unwrap();
    let sale = counter.last().id;
    assert_eq!(counter.original(sale).unwrap().refundable().tenders, [(Cash, m(1000))]);
    begin(&mut counter, sale, "10");
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.last().totals.paid, m(1000));
}

#[test]
fn no_more_is_paid_out_than_is_owed_whatever_is_typed() {
    let mut counter = Counter::new();
    let sale = split_sale(&mut counter);
    begin(&mut counter, sale, "5");
    counter.pay(Cash, 99_999).unwrap();
    assert_eq!((counter.last().totals.paid, counter.last().change), (m(500), m(0)));
    begin(&mut counter, sale, "1");
    assert_eq!(counter.pay(Cash, 0).unwrap_err(), Refusal::Amount(AmountError::TooSmall));
    assert_eq!(counter.pay(Cash, -5).unwrap_err(), Refusal::Amount(AmountError::TooSmall));
}

#[test]
fn a_refund_may_be_split_and_a_payout_taken_back() {
    let mut counter = Counter::new();
    let sale = split_sale(&mut counter);
    begin(&mut counter, sale, "10");
    counter.pay(CreditCard, 600).unwrap();
    assert!(matches!(counter.void_line(1), Err(Refusal::TendersTaken { .. })));
    let fewer = Command::ChangeQuantity { line: saleflex_core::ids::LineNo(1), quantity: quantity("5") };
    assert!(matches!(counter.run(&fewer), Err(Refusal::PaidExceedsDue { .. })));
    counter.void_tender(1).unwrap();
    counter.pay(CreditCard, 500).unwrap();
    counter.run(&fewer).unwrap();
    assert_eq!(counter.last().totals.paid, m(500), "what was paid out is now all that is owed");
}

#[test]
fn gift_balances_come_back_as_gift_balances() {
    let mut counter = Counter::new();
    counter.sell("10", "1.00");
    let holds = |minor| TenderDetails { balance_before: Some(m(minor)), ..TenderDetails::default() };
    let card =
        |minor| Command::TakeTender(TakeTender { details: holds(minor), ..TakeTender::balance(PrepaidCard) });
    counter.run(&card(2500)).unwrap();
    let sale = counter.last().id;
    begin(&mut counter, sale, "4");
    counter.run(&card(1500)).unwrap();
    let tender = &counter.last().tenders[0];
    assert_eq!((tender.amount, tender.details.balance_after), (m(400), Some(m(1900))));
}

#[test]
fn an_account_beyond_its_limit_still_takes_money_back() {
    let mut counter = Counter::new();
    counter.customer_account(Some(1000), 0);
    counter.run(&Command::AssignCustomer).unwrap();
    counter.sell("10", "1.00");
    counter.pay_rest(OnAccount).unwrap();
    let sale = counter.last().id;
    counter.customer_account(Some(500), 1000);
    begin(&mut counter, sale, "10");
    counter.pay_rest(OnAccount).unwrap();
    assert_eq!((counter.last().totals.paid, counter.last().customer), (m(1000), Some(CUSTOMER)));
}

#[test]
fn foreign_notes_are_handed_back_up_to_what_is_owed() {
    let notes = |minor| TakeTender {
        foreign: Some(ForeignCash {
            currency: currency("EUR"),
            amount: m(minor),
            rate: ExchangeRate::parse("1.18").unwrap(),
        }),
        ..TakeTender::balance(ForeignCurrency)
    };
    let mut counter = Counter::new();
    counter.sell("1", "16.94");
    counter.run(&Command::TakeTender(notes(2000))).unwrap();
    let sale = counter.last().id;
    begin(&mut counter, sale, "1");
    let refused = counter.run(&Command::TakeTender(notes(2000))).unwrap_err();
    assert!(matches!(refused, Refusal::MoreThanPaid { .. }), "20.00 EUR are a penny more than is owed");
    counter.run(&Command::TakeTender(notes(1999))).unwrap();
    assert_eq!(counter.last().totals.paid, m(1694));
}

#[test]
fn without_a_receipt_any_tender_pays_that_the_store_accepts_for_refunds() {
    let mut counter = Counter::new();
    counter.policy.refund_tenders = [StoreCredit].into();
    counter.open(DocumentType::Return, Kind::Return).unwrap();
    counter.add(&goods("10")).unwrap();
    assert_eq!(counter.pay_rest(Cash).unwrap_err(), Refusal::TenderNotAccepted { kind: Cash });
    assert_eq!(counter.pay_rest(StoreCredit).unwrap_err(), Refusal::CustomerNeeded { kind: StoreCredit });
    counter.customer_account(None, 0);
    counter.run(&Command::AssignCustomer).unwrap();
    counter.pay_rest(StoreCredit).unwrap();
    assert_eq!(counter.last().tenders[0].refunds, None);
}

#[test]
fn a_return_with_receipt_is_not_paid_without_knowing_the_sale() {
    let mut counter = Counter::new();
    let sale = split_sale(&mut counter);
    begin(&mut counter, sale, "1");
    counter.completed.clear();
    assert_eq!(counter.pay_rest(Cash).unwrap_err(), Refusal::NotRefundable);
    assert!(counter.void_line(1).unwrap().effects.cancelled.is_some(), "voiding the last line ends it");
}

#[test]
fn after_the_refund_nothing_is_owed() {
    let mut counter = Counter::new();
    let sale = split_sale(&mut counter);
    begin(&mut counter, sale, "1");
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.pay_rest(CreditCard).unwrap_err(), Refusal::NoLines);
}

#[test]
fn goods_bought_from_someone_are_paid_out_at_the_price_agreed_on() {
    let mut counter = Counter::with_plain_cashier();
    counter.approve();
    counter.open(DocumentType::SelfBillingInvoice, Kind::Purchase).unwrap();
    counter.approver = None;
    assert_eq!(counter.add(&goods("10")).unwrap_err(), Refusal::PriceNeeded { code: "G".into() });
    counter.add_as(&goods("10"), AddLine::code("G").times(quantity("3")).at(price("4.50"))).unwrap();
    counter.pay_rest(Cash).unwrap();
    let document = counter.last();
    assert_eq!((document.totals.paid, document.tenders[0].direction), (m(1350), Direction::Out));
    assert_eq!(document.document_type, DocumentType::SelfBillingInvoice);
}

#[test]
fn goods_bought_from_someone_cost_what_was_agreed_on_also_where_prices_exclude_tax() {
    let mut counter = Counter::exclusive();
    counter.open(DocumentType::SelfBillingInvoice, Kind::Purchase).unwrap();
    counter.add_as(&goods("10"), AddLine::code("G").at(price("10"))).unwrap();
    counter.pay_rest(Cash).unwrap();
    let totals = counter.last().totals;
    assert_eq!((totals.total, totals.net_due, totals.paid), (m(1000), m(1000), m(1000)));
    counter.sell("1", "10");
    assert!(counter.document().totals.net_due > m(1000), "a sale is as the till is");
}

#[test]
fn without_a_receipt_only_an_account_that_exists_takes_money() {
    let mut counter = Counter::new();
    counter.customer_account(None, 0);
    counter.open(DocumentType::Return, Kind::Return).unwrap();
    counter.run(&Command::AssignCustomer).unwrap();
    counter.add(&goods("10")).unwrap();
    assert_eq!(counter.pay_rest(OnAccount).unwrap_err(), Refusal::NoAccount);
    counter.customer_account(Some(0), 5000);
    counter.pay_rest(OnAccount).unwrap();
}

#[test]
fn two_cards_take_back_what_each_of_them_paid() {
    let mut counter = Counter::new();
    counter.sell("10", "1.00");
    counter.pay(CreditCard, 300).unwrap();
    counter.pay(CreditCard, 700).unwrap();
    let sale = counter.last().id;
    let mut named = Vec::new();
    for times in ["4", "2", "1", "3"] {
        begin(&mut counter, sale, times);
        counter.pay_rest(CreditCard).unwrap();
        named.push(counter.last().tenders[0].refunds.unwrap().1.0);
    }
    // 4.00 fit the second only; 2.00 and 1.00 the first; the last 3.00 the second again.
    assert_eq!(named, [2, 1, 1, 2]);
}

#[test]
fn a_payout_that_no_card_alone_paid_names_the_one_that_paid_most() {
    let mut counter = Counter::new();
    counter.sell("10", "1.00");
    counter.pay(CreditCard, 700).unwrap();
    counter.pay(CreditCard, 300).unwrap();
    let sale = counter.last().id;
    begin(&mut counter, sale, "10");
    counter.pay_rest(CreditCard).unwrap();
    assert_eq!(counter.last().tenders[0].refunds, Some((sale, TenderNo(1))));
}

#[test]
fn what_cash_paid_goes_back_in_cash_though_a_card_could_take_all_of_it() {
    for card in [CreditCard, PrepaidCard] {
        let mut counter = Counter::with_plain_cashier();
        counter.sell("10", "1.00");
        counter.pay(card, 600).unwrap();
        counter.pay_rest(Cash).unwrap();
        let sale = counter.last().id;
        counter.approve();
        begin(&mut counter, sale, "3");
        counter.approver = None;
        counter.pay_rest(Cash).unwrap();
        let back = &counter.last().tenders[0];
        assert_eq!((back.kind, back.amount, back.approved_by), (Cash, m(300), None), "{card:?}");
    }
}

#[test]
fn cash_takes_what_the_card_does_not_and_more_with_a_manager() {
    let mut counter = Counter::with_plain_cashier();
    let sale = split_sale(&mut counter);
    counter.approve();
    begin(&mut counter, sale, "10");
    counter.approver = None;
    let needed = Refusal::ApprovalNeeded { capability: Capability::Override };
    assert_eq!(counter.pay(Cash, 401).unwrap_err(), needed, "6.00 belong to the card");
    counter.pay(Cash, 400).unwrap();
    assert_eq!(counter.document().tenders[0].approved_by, None);
    assert_eq!(counter.pay_rest(Cash).unwrap_err(), needed);
    counter.approve();
    counter.pay_rest(Cash).unwrap();
    let approvers: Vec<_> = counter.last().tenders.iter().map(|tender| tender.approved_by).collect();
    assert_eq!(approvers, [None, Some(MANAGER)]);
}

#[test]
fn what_the_card_took_back_leaves_the_rest_to_cash() {
    let mut counter = Counter::with_plain_cashier();
    let sale = split_sale(&mut counter);
    counter.approve();
    begin(&mut counter, sale, "8");
    counter.approver = None;
    counter.pay_rest(CreditCard).unwrap();
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.last().totals.paid, m(800));
}

#[test]
fn a_gift_balance_comes_back_as_a_balance_whoever_approves() {
    let mut counter = Counter::new();
    counter.customer_account(None, 0);
    counter.run(&Command::AssignCustomer).unwrap();
    counter.sell("10", "1.00");
    counter.pay(PrepaidCard, 600).unwrap();
    counter.pay_rest(Cash).unwrap();
    let sale = counter.last().id;
    begin(&mut counter, sale, "10");
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.document().totals.paid, m(400), "what was paid in cash");
    for kind in [Cash, StoreCredit] {
        assert!(matches!(counter.pay_rest(kind), Err(Refusal::MoreThanPaid { .. })), "{kind}");
    }
    counter.pay_rest(PrepaidCard).unwrap();
    assert_eq!(counter.last().totals.paid, m(1000));
}

#[test]
fn notes_of_a_currency_come_back_up_to_what_that_currency_paid() {
    let notes = |code: &str, minor| TakeTender {
        foreign: Some(ForeignCash {
            currency: currency(code),
            amount: m(minor),
            rate: ExchangeRate::parse("1.25").unwrap(),
        }),
        ..TakeTender::balance(ForeignCurrency)
    };
    let mut counter = Counter::new();
    counter.sell("10", "2.00");
    counter.run(&Command::TakeTender(notes("EUR", 1500))).unwrap();
    counter.run(&Command::TakeTender(notes("USD", 1000))).unwrap();
    let sale = counter.last().id;
    begin(&mut counter, sale, "10");
    let refused = counter.run(&Command::TakeTender(notes("USD", 1001))).unwrap_err();
    assert!(matches!(refused, Refusal::MoreThanPaid { .. }), "8.00 were paid in dollars: {refused}");
    counter.run(&Command::TakeTender(notes("USD", 1000))).unwrap();
    counter.run(&Command::TakeTender(notes("EUR", 1500))).unwrap();
    let refunded: Vec<_> = counter.last().tenders.iter().map(|tender| tender.refunds.unwrap().1.0).collect();
    assert_eq!(refunded, [2, 1], "each names the notes it gives back");
}

#[test]
fn what_is_refunded_is_a_tender_that_was_not_paid_back_before() {
    let mut counter = Counter::new();
    counter.open(DocumentType::Invoice, Kind::Order).unwrap();
    counter.sell("10", "1.00");
    counter.pay(CreditCard, 400).unwrap();
    counter.run(&Command::Suspend { name: None }).unwrap();
    counter.next_period();
    counter.resume(0).unwrap();
    counter.void_tender(1).unwrap();
    counter.pay_rest(CreditCard).unwrap();
    counter.run(&Command::Close).unwrap();
    let order = counter.last().id;
    begin(&mut counter, order, "4");
    counter.pay_rest(CreditCard).unwrap();
    assert_eq!(counter.last().tenders[0].refunds, Some((order, TenderNo(3))));
}

#[test]
fn goods_come_back_all_at_once_or_no_return_begins() {
    let mut counter = Counter::new();
    let sale = split_sale(&mut counter);
    let lines = |lines: &[(u32, &str)]| Command::TakeBack {
        lines: lines.iter().map(|(line, times)| return_line(*line, times)).collect(),
    };
    for (refused, of) in
        [(lines(&[]), "none"), (lines(&[(1, "4"), (2, "1")]), "unsold"), (lines(&[(1, "11")]), "many")]
    {
        counter.receipt = Some(sale);
        assert!(counter.run(&refused).is_err(), "{of}");
        assert!(counter.draft.is_none(), "{of}");
    }
    counter.receipt = Some(sale);
    counter.run(&lines(&[(1, "4"), (1, "2")])).unwrap();
    let back = counter.document();
    assert_eq!((back.kind, back.original, back.totals.net_due), (Kind::Return, Some(sale), m(600)));
}
