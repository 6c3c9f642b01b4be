//! What each kind of tender needs and records.

use saleflex_core::{
    adjustment::AdjustmentKind,
    document::{Adjust, Command, DocumentType, Draft, Kind, Refusal, TakeTender, VoucherRest},
    ids::LineNo,
    money::{AmountError, Money},
    quantity::{ExchangeRate, Percent},
    tender::{
        ForeignCash, Rest, TenderDetails,
        TenderKind::{self, Cash, Cheque, CreditCard, ForeignCurrency, OnAccount, PrepaidCard, StoreCredit},
        Tip, TipKind,
    },
};

use crate::support::{Counter, currency, goods, m, percent};

fn due(price: &str) -> Counter {
    let mut counter = Counter::new();
    counter.sell("1", price);
    counter
}

fn with(kind: TenderKind, details: TenderDetails) -> Command {
    Command::TakeTender(TakeTender { details, ..TakeTender::balance(kind) })
}

fn foreign(code: &str, minor: i64, rate: &str) -> TakeTender {
    let foreign =
        ForeignCash { currency: currency(code), amount: m(minor), rate: ExchangeRate::parse(rate).unwrap() };
    TakeTender { foreign: Some(foreign), ..TakeTender::balance(ForeignCurrency) }
}

/// A voucher that is said to be worth so much.
fn voucher(worth: i64) -> Command {
    let (reference, balance_before) = (Some("V17".to_owned()), Some(m(worth)));
    with(PrepaidCard, TenderDetails { reference, balance_before, ..TenderDetails::default() })
}

#[test]
fn the_rest_of_a_voucher_stays_is_lost_or_becomes_a_new_one_as_the_shop_has_it() {
    for (rule, left) in [(VoucherRest::Stays, 300), (VoucherRest::Lost, 0), (VoucherRest::NewVoucher, 0)] {
        let mut counter = due("7.00");
        counter.policy.voucher_rest = rule;
        counter.run(&voucher(1_000)).unwrap();
        let sale = counter.last();
        let tender = &sale.tenders[0];
        assert_eq!((tender.amount, tender.details.balance_after), (m(700), Some(m(left))), "{rule:?}");
        match (rule, tender.details.rest.as_deref()) {
            (VoucherRest::Stays, None) => {}
            (VoucherRest::Lost, Some(Rest::Lost { amount })) => assert_eq!(*amount, m(300)),
            (VoucherRest::NewVoucher, Some(Rest::NewVoucher { amount, number })) => {
                assert_eq!((*amount, number.len()), (m(300), 16));
            }
            other => panic!("{other:?}"),
        }
        // One that is worth no more than is due has no rest.
        let mut counter = due("7.00");
        counter.policy.voucher_rest = rule;
        counter.run(&voucher(700)).unwrap();
        assert_eq!(counter.last().rests().count(), 0);
    }
}

#[test]
fn a_caller_cannot_say_what_is_left_of_a_voucher() {
    let rest = Rest::NewVoucher { number: "6035710012345678".to_owned(), amount: m(100_000) };
    let rest = Some(Box::new(rest));
    let mut counter = due("7.00");
    counter.run(&with(PrepaidCard, TenderDetails { rest, ..TenderDetails::default() })).unwrap();
    assert_eq!(counter.last().rests().count(), 0);
}

#[test]
fn what_is_left_is_worked_out_and_only_of_what_is_a_voucher() {
    let said = |kind, reference: &str, before: Option<i64>| {
        let details = TenderDetails {
            reference: Some(reference.to_owned()),
            balance_before: before.map(m),
            balance_after: Some(m(100_000)),
            ..TenderDetails::default()
        };
        with(kind, details)
    };
    for rule in [VoucherRest::Lost, VoucherRest::NewVoucher] {
        let counter = || {
            let mut counter = due("7.00");
            counter.policy.voucher_rest = rule;
            counter
        };
        let refused = counter().run(&said(PrepaidCard, "V17", None)).unwrap_err();
        assert_eq!(refused, Refusal::VoucherWorthNeeded);
        // A reference of another tender is no voucher's, and what reads as a card's number is one's: it keeps its rest.
        for (kind, reference, before) in
            [(CreditCard, "TXN-1", None), (PrepaidCard, "6035 7100 1234 5678 905", Some(1_000))]
        {
            let mut counter = counter();
            counter.run(&said(kind, reference, before)).unwrap();
            assert_eq!(counter.last().rests().count(), 0, "{kind:?}");
            let left = counter.last().tenders[0].details.balance_after;
            assert_eq!(left, Some(m(before.map_or(100_000, |before| before - 700))));
        }
    }
}

#[test]
fn a_voucher_of_which_nothing_stays_is_taken_whole_whatever_of_it_was_asked_for() {
    let part = |worth| match voucher(worth) {
        Command::TakeTender(take) => Command::TakeTender(TakeTender { amount: Some(m(300)), ..take }),
        other => panic!("{other:?}"),
    };
    let paid = |rule, worth| {
        let mut counter = due("7.00");
        counter.policy.voucher_rest = rule;
        counter.run(&part(worth)).unwrap();
        let document = counter.draft.as_ref().map_or_else(|| counter.last(), Draft::document);
        let left: Money = document
            .rests()
            .map(|(_, rest)| match rest {
                Rest::Lost { amount } | Rest::NewVoucher { amount, .. } => *amount,
            })
            .sum();
        (document.tenders[0].amount, left)
    };
    for rule in [VoucherRest::Lost, VoucherRest::NewVoucher] {
        assert_eq!(paid(rule, 500), (m(500), m(0)), "nothing of it is lost: it is worth no more than is due");
        assert_eq!(paid(rule, 1_000), (m(700), m(300)));
    }
    assert_eq!(paid(VoucherRest::Stays, 500), (m(300), m(0)));
}

#[test]
fn an_order_takes_no_voucher_that_is_worth_more_than_is_due() {
    for rule in [VoucherRest::Lost, VoucherRest::NewVoucher] {
        let mut counter = Counter::new();
        counter.policy.voucher_rest = rule;
        counter.open(DocumentType::Invoice, Kind::Order).unwrap();
        counter.sell("1", "7.00");
        let refused = counter.run(&voucher(1_000)).unwrap_err();
        assert!(matches!(refused, Refusal::VoucherWorthMore { .. }), "{refused:?}");
        assert!(counter.document().tenders.is_empty());
        counter.run(&voucher(500)).unwrap();
        assert_eq!(counter.document().tenders[0].amount, m(500));
    }
    let mut counter = Counter::new();
    counter.open(DocumentType::Invoice, Kind::Order).unwrap();
    counter.sell("1", "7.00");
    counter.run(&voucher(1_000)).unwrap();
    assert_eq!(counter.document().tenders[0].details.balance_after, Some(m(300)), "it stays on it");
}

#[test]
fn what_is_paid_back_to_the_owner_of_a_voucher_is_a_new_one_where_those_are_given_out() {
    for (rule, given) in
        [(VoucherRest::NewVoucher, Some(700)), (VoucherRest::Lost, None), (VoucherRest::Stays, None)]
    {
        let mut counter = due("7.00");
        counter.policy.voucher_rest = rule;
        counter.run(&voucher(1_000)).unwrap();
        let sold = counter.last().id;
        counter.open_return(sold).unwrap();
        counter.take_back(1, "1").unwrap();
        let reference = Some("V17".to_owned());
        counter.run(&with(PrepaidCard, TenderDetails { reference, ..TenderDetails::default() })).unwrap();
        let new: Vec<i64> = counter
            .last()
            .rests()
            .map(|(_, rest)| match rest {
                Rest::NewVoucher { amount, .. } => amount.minor(),
                Rest::Lost { .. } => panic!("{rest:?}"),
            })
            .collect();
        assert_eq!((counter.last().kind, new), (Kind::Return, given.into_iter().collect()), "{rule:?}");
    }
}

#[test]
fn foreign_notes_count_at_their_rate_and_change_is_in_the_documents_currency() {
    let mut counter = due("16.94");
    counter.run(&Command::TakeTender(foreign("EUR", 2000, "1.18"))).unwrap();
    let tender = &counter.last().tenders[0];
    assert_eq!((tender.amount, tender.change, counter.last().change), (m(1695), m(1), m(1)));
    let kept = tender.foreign.unwrap();
    assert_eq!(
        (kept.amount, kept.rate.to_string(), kept.currency.code().as_str()),
        (m(2000), "1.18".into(), "EUR")
    );
}

#[test]
fn the_balance_asked_for_in_foreign_money_always_settles() {
    let mut counter = due("16.94");
    counter.run(&Command::TakeTender(foreign("EUR", 1999, "1.18"))).unwrap();
    assert_eq!((counter.last().totals.paid, counter.last().change), (m(1694), m(0)));
}

#[test]
fn pieces_of_foreign_notes_are_worth_no_more_than_all_of_them() {
    let mut counter = due("0.75");
    let mut piece = |minor| counter.run(&Command::TakeTender(foreign("USD", minor, "1.27")));
    piece(1).unwrap();
    piece(1).unwrap();
    assert_eq!(piece(1).unwrap_err(), Refusal::Amount(AmountError::TooSmall), "2.36 of a penny are two");
    piece(73).unwrap();
    assert_eq!(counter.document().totals.paid, m(59), "seventy-five cents are 59.06 of a penny");
}

#[test]
fn foreign_notes_that_stay_are_worth_together_what_they_come_to_without_those_taken_back() {
    for (code, minor, rate, gone, all, left) in [
        ("EUR", 500, "1.18", 2, 1271, 847),
        ("USD", 300, "1.27", 1, 709, 472),
        ("USD", 300, "1.27", 3, 709, 472),
    ] {
        let mut counter = due("30.00");
        for _ in 0..3 {
            counter.run(&Command::TakeTender(foreign(code, minor, rate))).unwrap();
        }
        assert_eq!(counter.document().totals.paid, m(all));
        counter.void_tender(gone).unwrap();
        assert_eq!(counter.document().totals.paid, m(left), "{code}, without {gone}");
        counter.run(&Command::TakeTender(foreign(code, minor, rate))).unwrap();
        assert_eq!(counter.document().totals.paid, m(all), "and with them once more");
    }
}

#[test]
fn no_foreign_notes_are_worth_nothing_whatever_was_taken_back_beside_them() {
    let mut counter = due("0.75");
    let notes = |minor| Command::TakeTender(foreign("USD", minor, "1.27"));
    for _ in 0..2 {
        counter.run(&notes(2)).unwrap();
    }
    counter.void_tender(1).unwrap();
    assert_eq!(counter.document().totals.paid, m(2), "what stays is worth what it is alone");
    for minor in [0, -1] {
        assert_eq!(counter.run(&notes(minor)).unwrap_err(), Refusal::Amount(AmountError::TooSmall));
    }
}

#[test]
fn a_weak_currency_keeps_its_worth_d_pay_08() {
    // One direction with enough digits: 1 GBP buys 20,586.75 of it.
    let mut counter = due("10.00");
    counter.run(&Command::TakeTender(foreign("IDR", 20_586_750, "20586.75"))).unwrap();
    assert_eq!(counter.last().totals.paid, m(1000));
}

#[test]
fn foreign_notes_are_a_kind_of_their_own() {
    let mut counter = due("16.94");
    let notes = foreign("EUR", 2000, "1.18");
    let as_cash = TakeTender { kind: Cash, ..notes.clone() };
    let refused = counter.run(&Command::TakeTender(as_cash)).unwrap_err();
    assert_eq!(refused, Refusal::TenderNotAccepted { kind: Cash });
    let own = counter.run(&Command::TakeTender(foreign("GBP", 2000, "1"))).unwrap_err();
    assert_eq!(own, Refusal::TenderNotAccepted { kind: ForeignCurrency });
    let nothing = counter.run(&Command::TakeTender(foreign("EUR", 0, "1.18"))).unwrap_err();
    assert_eq!(nothing, Refusal::Amount(AmountError::TooSmall));
    let less = counter.run(&Command::TakeTender(foreign("EUR", -2000, "1.18"))).unwrap_err();
    assert_eq!(less, Refusal::Amount(AmountError::TooSmall));
}

#[test]
fn foreign_notes_of_no_currency_are_in_nobodys_count_and_neither_taken_nor_paid_out() {
    let mut counter = due("16.94");
    assert_eq!(counter.pay(ForeignCurrency, 2000).unwrap_err(), Refusal::ForeignNotesNeeded);
    assert_eq!(counter.pay_rest(ForeignCurrency).unwrap_err(), Refusal::ForeignNotesNeeded);
    counter.pay_rest(Cash).unwrap();
    counter.open(DocumentType::Return, Kind::Return).unwrap();
    counter.add(&goods("1.00")).unwrap();
    assert_eq!(counter.pay_rest(ForeignCurrency).unwrap_err(), Refusal::ForeignNotesNeeded);
}

#[test]
fn credit_and_accounts_need_a_customer_on_the_document() {
    for kind in [OnAccount, StoreCredit] {
        let mut counter = due("5.00");
        assert_eq!(counter.pay_rest(kind).unwrap_err(), Refusal::CustomerNeeded { kind });
        counter.customer_account(Some(500), 0);
        counter.run(&Command::AssignCustomer).unwrap();
        counter.pay_rest(kind).unwrap();
    }
}

#[test]
fn store_credit_pays_as_much_as_goods_that_came_back_left_and_no_more() {
    let mut counter = due("10.00");
    counter.customer_account(None, -700);
    counter.run(&Command::AssignCustomer).unwrap();
    let refused = counter.pay(StoreCredit, 701).unwrap_err();
    assert_eq!(refused.to_string(), "the account allows £0.00; -£7.00 is owed and £7.01 would be added");
    counter.pay(StoreCredit, 400).unwrap();
    assert!(matches!(counter.pay(StoreCredit, 301), Err(Refusal::AccountLimit { .. })));
    counter.pay(StoreCredit, 300).unwrap();
}

#[test]
fn store_credit_and_account_share_one_limit() {
    let mut counter = due("10.00");
    counter.customer_account(Some(500), 0);
    counter.run(&Command::AssignCustomer).unwrap();
    counter.pay(StoreCredit, 300).unwrap();
    assert!(matches!(counter.pay(OnAccount, 201), Err(Refusal::AccountLimit { .. })));
    counter.pay(OnAccount, 200).unwrap();
}

#[test]
fn an_account_stretches_to_its_limit_with_what_the_document_pledges_already() {
    let mut counter = due("100.00");
    counter.customer_account(Some(8000), 3000);
    counter.run(&Command::AssignCustomer).unwrap();
    let refused = counter.pay(OnAccount, 5001).unwrap_err();
    assert_eq!(refused.to_string(), "the account allows £80.00; £30.00 is owed and £50.01 would be added");
    counter.pay(OnAccount, 3000).unwrap();
    assert!(matches!(counter.pay(OnAccount, 2001), Err(Refusal::AccountLimit { .. })));
    counter.pay_pending(OnAccount, 1500).unwrap();
    assert!(
        matches!(counter.pay(OnAccount, 501), Err(Refusal::AccountLimit { .. })),
        "pledged while it waits"
    );
    counter.pay(OnAccount, 500).unwrap();
}

#[test]
fn a_customer_without_a_limit_has_no_account() {
    let mut counter = due("5.00");
    counter.customer_account(None, 0);
    counter.run(&Command::AssignCustomer).unwrap();
    let none = Refusal::NoAccount;
    assert_eq!(counter.pay_rest(OnAccount).unwrap_err(), none);
    counter.customer = None;
    assert_eq!(counter.pay_rest(OnAccount).unwrap_err(), none, "nothing is known of an account");
}

#[test]
fn a_gift_card_pays_what_it_holds_and_shows_both_balances() {
    let mut counter = due("10.00");
    let holds = |minor| TenderDetails {
        reference: Some("6006491286".into()),
        balance_before: Some(m(minor)),
        ..TenderDetails::default()
    };
    counter.run(&with(PrepaidCard, holds(400))).unwrap();
    let tender = &counter.document().tenders[0];
    assert_eq!((tender.amount, tender.details.balance_after), (m(400), Some(m(0))));
    counter.run(&with(PrepaidCard, holds(5000))).unwrap();
    let tender = &counter.last().tenders[1];
    assert_eq!((tender.amount, tender.details.balance_after), (m(600), Some(m(4400))));
    let mut empty = due("10.00");
    for minor in [0, -500] {
        let refused = empty.run(&with(PrepaidCard, holds(minor))).unwrap_err();
        assert_eq!(refused, Refusal::Amount(AmountError::TooSmall));
    }
}

#[test]
fn a_cheque_keeps_number_bank_last_digits_and_date() {
    let mut counter = due("10.00");
    let details = TenderDetails {
        reference: Some("000123".into()),
        bank: Some("Barclays".into()),
        last4: Some("0042".into()),
        due_date: chrono::NaiveDate::from_ymd_opt(2025, 5, 1),
        ..TenderDetails::default()
    };
    counter.run(&with(Cheque, details.clone())).unwrap();
    assert_eq!(counter.last().tenders[0].details, details);
}

#[test]
fn a_card_number_never_gets_into_the_till() {
    let mut counter = due("10.00");
    let reference = |text: &str| TenderDetails { reference: Some(text.into()), ..TenderDetails::default() };
    for number in ["4929123412341234", "4929 1234 1234 1234", "x492912341234123"] {
        let refused = counter.run(&with(CreditCard, reference(number)));
        let digits = number.bytes().filter(u8::is_ascii_digit).count();
        assert_eq!(refused.unwrap_err(), Refusal::CardNumber { digits }, "{number}");
    }
    for digits in ["12345", "12a4", "x"] {
        let details = TenderDetails { last4: Some(digits.into()), ..TenderDetails::default() };
        assert_eq!(counter.run(&with(CreditCard, details)).unwrap_err(), Refusal::NotLastDigits { max: 4 });
    }
    let long = reference(&"9".repeat(65));
    assert_eq!(counter.run(&with(PrepaidCard, long)).unwrap_err(), Refusal::BadText { max: 64 });
    counter.run(&with(CreditCard, reference("TXN-2025-04"))).unwrap();
}

#[test]
fn instalments_are_at_least_one() {
    let mut counter = due("10.00");
    let of = |installments| TenderDetails { installments: Some(installments), ..TenderDetails::default() };
    assert_eq!(counter.run(&with(CreditCard, of(0))).unwrap_err(), Refusal::Amount(AmountError::TooSmall));
    counter.run(&with(CreditCard, of(6))).unwrap();
    assert_eq!(counter.last().tenders[0].details.installments, Some(6));
}

#[test]
fn a_tip_is_beside_the_tender_and_never_part_of_what_is_paid() {
    let mut counter = due("10.00");
    let tip = |minor| TakeTender {
        tip: Some(Tip { amount: m(minor), kind: TipKind::Card }),
        ..TakeTender::balance(CreditCard)
    };
    let refused = counter.run(&Command::TakeTender(tip(-1))).unwrap_err();
    assert!(matches!(refused, Refusal::TipOutOfRange { .. }), "{refused:?}");
    counter.run(&Command::TakeTender(tip(150))).unwrap();
    let done = counter.last();
    assert_eq!((done.totals.paid, done.totals.tip, done.tenders[0].amount), (m(1000), m(150), m(1000)));
}

#[test]
fn cash_is_handed_over_with_the_tip_among_it_and_a_card_is_charged_for_both() {
    let mut counter = due("15.00");
    let take = TakeTender::amount(Cash, m(2000)).with_tip(m(200));
    counter.run(&Command::TakeTender(take)).unwrap();
    let done = counter.last();
    assert_eq!((done.totals.paid, done.totals.tip, done.change), (m(1800), m(200), m(300)));
    assert_eq!(done.tenders[0].tip, Some(Tip { amount: m(200), kind: TipKind::Cash }));
    let mut counter = due("15.00");
    counter.run(&Command::TakeTender(TakeTender::amount(CreditCard, m(1500)).with_tip(m(200)))).unwrap();
    let done = counter.last();
    assert_eq!((done.totals.paid, done.totals.tip, done.change), (m(1500), m(200), m(0)));
    assert_eq!(done.tenders[0].tip, Some(Tip { amount: m(200), kind: TipKind::Card }));
}

#[test]
fn a_tip_is_no_larger_than_the_share_of_the_document_that_the_store_takes() {
    let mut counter = due("10.00");
    counter.policy.most_tip = Some(Percent::parse("50").unwrap());
    let tipped = |minor| Command::TakeTender(TakeTender::balance(CreditCard).with_tip(m(minor)));
    let refused = counter.run(&tipped(501)).unwrap_err();
    assert_eq!(refused.to_string(), "a tip of £5.01 is not from nothing to £5.00");
    counter.run(&tipped(500)).unwrap();
    assert_eq!(counter.last().totals.tip, m(500));
}

#[test]
fn no_tip_comes_with_what_is_ours_to_lend_with_foreign_notes_or_with_a_refund() {
    let mut counter = due("10.00");
    let lent = [PrepaidCard, StoreCredit, OnAccount].map(TakeTender::balance);
    for take in lent.into_iter().chain([foreign("EUR", 1000, "1")]) {
        let kind = take.kind;
        let refused = counter.run(&Command::TakeTender(take.with_tip(m(1))));
        assert_eq!(refused.unwrap_err(), Refusal::TipNotTaken { kind });
    }
    counter.pay_rest(Cash).unwrap();
    counter.open(DocumentType::Return, Kind::Return).unwrap();
    counter.add(&goods("1.00")).unwrap();
    let refused = counter.run(&Command::TakeTender(TakeTender::balance(Cash).with_tip(m(1))));
    assert_eq!(refused.unwrap_err(), Refusal::TipNotTaken { kind: Cash });
}

#[test]
fn a_tip_never_goes_into_the_drawer_without_a_payment_that_says_so() {
    let tipped = Command::TakeTender(TakeTender::balance(Cash).with_tip(m(100)));
    let mut counter = Counter::new();
    assert_eq!(counter.run(&tipped).unwrap_err(), Refusal::NoLines, "without a tip it would open the drawer");
    counter.policy.min_line_total = m(0);
    counter.sell("1", "5.00");
    counter.run(&Command::AdjustLine { line: Some(LineNo(1)), adjust: all_off() }).unwrap();
    assert_eq!(counter.document().balance(), m(0));
    assert_eq!(counter.run(&tipped).unwrap_err(), Refusal::TipNotTaken { kind: Cash });
}

fn all_off() -> Adjust {
    Adjust { kind: AdjustmentKind::Discount, value: percent("100"), reason: None }
}

#[test]
fn foreign_notes_are_taken_at_the_rate_of_the_day_and_no_other() {
    let mut counter = due("16.94");
    let rate = ExchangeRate::parse("1.18").unwrap();
    counter.rates = Some([(currency("EUR").code(), rate)].into());
    let refused = counter.run(&Command::TakeTender(foreign("EUR", 2000, "1.17"))).unwrap_err();
    assert_eq!(refused, Refusal::RateChanged { currency: currency("EUR").code(), rate });
    counter.rates = Some([].into());
    let refused = counter.run(&Command::TakeTender(foreign("EUR", 2000, "1.18"))).unwrap_err();
    assert_eq!(refused, Refusal::TenderNotAccepted { kind: ForeignCurrency });
}

#[test]
fn a_balance_that_no_gift_card_holds_is_refused() {
    let mut counter = due("10.00");
    let most = saleflex_core::money::Money::MAX.minor();
    let before = TenderDetails { balance_before: Some(m(most + 1)), ..TenderDetails::default() };
    let after = TenderDetails { balance_after: Some(m(i64::MAX)), ..TenderDetails::default() };
    for details in [before, after] {
        let refused = counter.run(&with(PrepaidCard, details)).unwrap_err();
        assert_eq!(refused, Refusal::Amount(AmountError::TooLarge));
    }
}
