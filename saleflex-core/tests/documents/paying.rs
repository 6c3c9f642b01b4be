//! Amounts, caps, change and completion.

use saleflex_core::{
    catalog::{PriceRule, Sellable},
    document::{ChangeMode, Command, DocumentType, Kind, MostChange, NoteKind, Refusal, State, TakeTender},
    quantity::ExchangeRate,
    settings::{Settings, SettingsError},
    tender::{
        ForeignCash,
        TenderKind::{
            self, BankTransfer, Cash, Cheque, CreditCard, ForeignCurrency, Mobile, OnAccount, Other,
            PrepaidCard, StoreCredit,
        },
    },
};

use crate::support::{Counter, amount, currency, goods, m, percent};
use saleflex_core::adjustment::{AdjustmentKind::Discount, AdjustmentSource::Manager};

/// A counter that owes a document of so much.
fn due(price: &str) -> Counter {
    let mut counter = Counter::new();
    counter.customer_account(Some(10_000), 0);
    counter.run(&Command::AssignCustomer).unwrap();
    counter.sell("1", price);
    counter
}

fn key_mode(price: &str) -> Counter {
    let mut counter = due(price);
    counter.policy.change_mode = ChangeMode::Key;
    counter
}

#[test]
fn amounts_of_one_payment_as_tabled_in_section_3() {
    // (kind, entered, recorded, change) at a balance of 7.35
    let rows = [
        (Cash, Some(2000), 2000, 1265),
        (Cash, Some(500), 500, 0),
        (Cash, None, 735, 0),
        (CreditCard, Some(2000), 735, 0),
        (Cheque, Some(1000), 1000, 265),
    ];
    for (kind, entered, recorded, change) in rows {
        let mut counter = due("7.35");
        let take = TakeTender { amount: entered.map(m), ..TakeTender::balance(kind) };
        counter.run(&Command::TakeTender(take)).unwrap();
        let document = counter.completed.last().map_or_else(|| counter.document(), |done| done.document());
        assert_eq!((document.tenders[0].amount, document.change), (m(recorded), m(change)), "{kind}");
        assert_eq!(counter.completed.len(), usize::from(recorded >= 735));
    }
}

#[test]
fn worked_examples_of_split_tender_in_5_3_with_the_currencys_digits_in_change_d_pay_04() {
    let mut first = due("77.78");
    first.pay(CreditCard, 1000).unwrap();
    first.pay(Cash, 10_000).unwrap();
    let done = first.last();
    assert_eq!((done.totals.paid, done.change, done.tenders.len()), (m(11_000), m(3222), 2));
    assert_eq!(done.tenders[1].change, m(3222), "the change came out of the cash");
    let mut second = due("16.34");
    second.pay(OnAccount, 347).unwrap();
    second.pay(Cash, 2386).unwrap();
    assert_eq!((second.last().totals.paid, second.last().change), (m(2733), m(1099)));
    let mut third = due("9.99");
    third.pay(CreditCard, 2000).unwrap();
    assert_eq!(third.last().tenders[0].amount, m(999));
    let mut yen = Counter::in_currency("JPY");
    yen.sell("1", "1250");
    yen.pay(Cash, 2000).unwrap();
    assert_eq!(yen.last().change, m(750));
    let mut dinars = Counter::in_currency("KWD");
    dinars.sell("1", "54.549");
    dinars.pay(Cash, 59_549).unwrap();
    assert_eq!(dinars.last().change, m(5000));
}

#[test]
fn settled_is_exact_equality_in_every_currency_d_pay_01() {
    // Less than a cent or a yen may be left of a dinar, and one of the smallest of each is enough to go on.
    for (code, price, due) in [("KWD", "1.009", 1_009), ("JPY", "105", 105), ("GBP", "1.05", 105)] {
        let mut counter = Counter::in_currency(code);
        counter.sell("1", price);
        counter.pay(Cash, due - 1).unwrap();
        assert_eq!((counter.document().balance(), counter.completed.len()), (m(1), 0), "{code}");
        counter.pay(Cash, 1).unwrap();
        assert_eq!(counter.completed.len(), 1, "{code}");
    }
}

#[test]
fn every_kind_is_stored_as_itself_d_pay_02() {
    let kinds = [Cash, CreditCard, Cheque, StoreCredit, PrepaidCard, Mobile, OnAccount, BankTransfer, Other];
    let mut counter = due("100.00");
    for kind in kinds {
        counter.pay(kind, 1000).unwrap();
    }
    counter.pay_rest(Cash).unwrap();
    let stored: Vec<TenderKind> = counter.last().tenders.iter().map(|tender| tender.kind).collect();
    assert_eq!(stored[..9], kinds);
    assert_eq!(counter.completed[0].pricing().tenders.len(), 10);
}

#[test]
fn what_is_charged_by_us_is_capped_at_the_balance() {
    for kind in [CreditCard, PrepaidCard, StoreCredit, OnAccount, Mobile, BankTransfer, Other] {
        let mut counter = due("7.35");
        counter.pay(kind, 5000).unwrap();
        let done = counter.last();
        assert_eq!((done.tenders[0].amount, done.change), (m(735), m(0)), "{kind}");
    }
}

#[test]
fn nothing_and_less_is_no_tender() {
    for entered in [0, -1, i64::MIN] {
        let mut counter = due("7.35");
        assert!(counter.pay(Cash, entered).is_err(), "{entered}");
        assert!(counter.document().tenders.is_empty());
    }
    assert!(due("7.35").pay(Cash, i64::MAX).is_err());
}

#[test]
fn after_the_whole_is_paid_nothing_is_left_to_take() {
    let mut counter = key_mode("5.00");
    counter.pay(Cash, 1000).unwrap();
    assert!(matches!(counter.pay(Cash, 100), Err(Refusal::ChangeDue { .. })));
    counter.run(&Command::GiveChange).unwrap();
    assert_eq!(counter.pay_rest(CreditCard).unwrap_err(), Refusal::NoLines, "no document is open any more");
}

#[test]
fn the_change_key_records_the_change_and_completes() {
    let mut counter = key_mode("7.35");
    assert_eq!(counter.run(&Command::GiveChange).unwrap_err(), Refusal::NoChangeDue);
    counter.pay(Cash, 2000).unwrap();
    assert_eq!(counter.document().balance(), m(-1265));
    counter.run(&Command::GiveChange).unwrap();
    assert_eq!((counter.last().change, counter.last().totals.change), (m(1265), m(1265)));
}

#[test]
fn while_change_is_due_only_its_key_or_taking_the_tender_back_goes_on() {
    let mut counter = key_mode("7.35");
    counter.pay(Cash, 2000).unwrap();
    let due = |refused: Result<_, Refusal>| assert!(matches!(refused, Err(Refusal::ChangeDue { .. })));
    due(counter.add(&goods("1")).map(drop));
    due(counter.void_line(1).map(drop));
    due(counter.adjust(Discount, percent("10")).map(drop));
    due(counter.adjust_document(Manager, percent("10")).map(drop));
    due(counter.pay(CreditCard, 100).map(drop));
    due(counter.run(&Command::Suspend { name: None }).map(drop));
    due(counter.run(&Command::Close).map(drop));
    counter.void_tender(1).unwrap();
    assert_eq!(counter.document().balance(), m(735));
    counter.pay_rest(CreditCard).unwrap();
    assert_eq!(counter.last().totals.paid, m(735));
}

#[test]
fn the_cash_key_with_nothing_rung_up_only_opens_the_drawer() {
    let mut counter = Counter::new();
    let outcome = counter.pay_rest(Cash).unwrap();
    assert_eq!(
        outcome.events.iter().map(saleflex_core::document::Event::name).collect::<Vec<_>>(),
        ["drawer_opened"]
    );
    assert_eq!(outcome.state, State::Idle);
    assert_eq!(counter.pay_rest(CreditCard).unwrap_err(), Refusal::NoLines);
    let mut plain = Counter::with_plain_cashier();
    assert!(matches!(plain.pay_rest(Cash), Err(Refusal::ApprovalNeeded { .. })), "a drawer without a sale");
}

#[test]
fn a_free_document_completes_by_the_close_command_d_doc_20() {
    let mut counter = Counter::new();
    counter.add(&Sellable { price_rule: PriceRule::MayBeFree, ..goods("0") }).unwrap();
    assert_eq!(counter.pay_rest(CreditCard).unwrap_err(), Refusal::AlreadyPaid);
    let drawer = counter.pay_rest(Cash).unwrap();
    assert_eq!(drawer.events[0].name(), "drawer_opened");
    counter.run(&Command::Close).unwrap();
    assert_eq!((counter.last().totals.net_due, counter.last().tenders.len()), (m(0), 0));
}

#[test]
fn close_refuses_while_something_is_due_or_nothing_is_there() {
    let mut counter = due("5.00");
    let refused = counter.run(&Command::Close).unwrap_err();
    assert_eq!(refused.to_string(), "£5.00 is left to pay");
    assert_eq!(Counter::new().run(&Command::Close).unwrap_err(), Refusal::NoDocument);
    let mut empty = Counter::new();
    empty.open(DocumentType::Invoice, Kind::Sale).unwrap();
    assert_eq!(empty.run(&Command::Close).unwrap_err(), Refusal::NoLines);
}

#[test]
fn a_tender_the_store_does_not_accept_is_refused() {
    let mut counter = due("5.00");
    counter.policy.tenders.remove(&Cheque);
    assert_eq!(counter.pay(Cheque, 500).unwrap_err(), Refusal::TenderNotAccepted { kind: Cheque });
    counter.pay(Cash, 500).unwrap();
}

#[test]
fn change_on_a_cheque_is_the_stores_decision() {
    let mut counter = due("5.00");
    counter.policy.change_allowed.remove(&Cheque);
    let refused = counter.pay(Cheque, 600).unwrap_err();
    assert_eq!(refused.to_string(), "cheque gives at most £0.00 in change, £1.00 would be due");
    counter.pay(Cheque, 500).unwrap();
}

#[test]
fn the_limit_of_change_holds_for_all_but_cash() {
    let mut counter = due("5.00");
    counter.policy.max_change = Some(m(100));
    assert!(matches!(counter.pay(Cheque, 601), Err(Refusal::TooMuchChange { .. })));
    counter.pay(Cheque, 600).unwrap();
    let mut cash = due("5.00");
    cash.policy.max_change = Some(m(100));
    cash.pay(Cash, 5000).unwrap();
}

#[test]
fn a_kind_of_tender_has_its_own_limit_of_change_cash_too() {
    let with_limits = || {
        let mut counter = due("5.00");
        counter.policy.max_change = Some(m(100));
        counter.policy.change_limits = [(Cheque, m(20)), (Cash, m(1_000))].into();
        counter
    };
    let refused = with_limits().pay(Cheque, 521).unwrap_err();
    assert_eq!(refused.to_string(), "cheque gives at most £0.20 in change, £0.21 would be due");
    with_limits().pay(Cheque, 520).unwrap();
    assert!(matches!(with_limits().pay(Cash, 1_501), Err(Refusal::TooMuchChange { .. })));
    with_limits().pay(Cash, 1_500).unwrap();
}

/// What cash of so much for 5.00 comes to in a currency, where the store asks beyond the largest note.
fn doubted(code: &str, offered: i64) -> Option<String> {
    let mut counter = Counter::in_currency(code);
    counter.policy.most_change = MostChange::LargestNote;
    counter.sell("1", "5.00");
    counter.pay(Cash, offered).err().map(|refusal| refusal.to_string())
}

#[test]
fn cash_that_gives_back_more_than_the_largest_note_is_counted_again() {
    assert_eq!(doubted("GBP", 55_00), None);
    assert_eq!(
        doubted("GBP", 55_01).as_deref(),
        Some("£55.01 for £5.00 gives £50.01 in change, more than £50.00: count it again")
    );
    assert_eq!(doubted("EUR", 50_000), None);
    // A barcode that was taken for an amount.
    assert!(doubted("EUR", 5_098_101_000_024).is_some());
    // Of a currency whose notes nobody listed any amount is taken.
    assert_eq!(doubted("XTS", 100_000_000), None);
}

#[test]
fn cash_that_was_counted_again_is_taken_and_a_store_may_ask_elsewhere_or_never() {
    let mut counter = due("5.00");
    counter.policy.most_change = MostChange::UpTo(m(10_00));
    assert!(matches!(counter.pay(Cash, 15_01), Err(Refusal::ChangeDoubted { .. })));
    let again = TakeTender { counted: true, ..TakeTender::amount(Cash, m(15_01)) };
    counter.run(&Command::TakeTender(again)).unwrap();
    assert_eq!(counter.last().change, m(10_01));
    let mut never = due("5.00");
    never.policy.most_change = MostChange::Unlimited;
    never.pay(Cash, 500_000).unwrap();
}

#[test]
fn foreign_notes_are_doubted_by_their_worth_and_a_card_by_none() {
    let mut counter = due("5.00");
    counter.policy.most_change = MostChange::LargestNote;
    counter.pay(CreditCard, 500_000).unwrap();
    let mut counter = due("5.00");
    counter.policy.most_change = MostChange::LargestNote;
    let notes = |minor| {
        let rate = ExchangeRate::parse("2").unwrap();
        let foreign = Some(ForeignCash { currency: currency("EUR"), amount: m(minor), rate });
        Command::TakeTender(TakeTender { foreign, ..TakeTender::balance(ForeignCurrency) })
    };
    assert!(matches!(counter.run(&notes(11_002)), Err(Refusal::ChangeDoubted { .. })));
    counter.run(&notes(11_000)).unwrap();
    assert_eq!(counter.last().change, m(50_00));
}

#[test]
fn a_store_may_give_change_on_a_card() {
    let mut counter = due("5.00");
    counter.policy.change_allowed.insert(CreditCard);
    counter.pay(CreditCard, 2500).unwrap();
    let done = counter.last();
    assert_eq!((done.tenders[0].amount, done.tenders[0].change, done.change), (m(2500), m(2000), m(2000)));
}

#[test]
fn what_the_shop_lends_and_what_a_card_holds_never_gives_change_whatever_the_settings_say() {
    for kind in [OnAccount, StoreCredit, PrepaidCard] {
        let mut counter = due("10.00");
        counter.policy.change_allowed.insert(kind);
        let settings = Settings { policy: counter.policy.clone(), ..Settings::default() };
        assert_eq!(settings.validate(), Err(SettingsError::NeverGivesChange { kind }));
        counter.customer_account(Some(25_000), 0);
        counter.pay(kind, 25_000).unwrap();
        assert_eq!((counter.last().totals.paid, counter.last().change), (m(1_000), m(0)), "{kind:?}");
    }
}

#[test]
fn quotes_and_deliveries_take_no_money() {
    let mut quote = Counter::new();
    quote.open(DocumentType::FiscalReceipt, Kind::Quote).unwrap();
    quote.sell("1", "5.00");
    assert_eq!(quote.pay_rest(Cash).unwrap_err(), Refusal::WrongKind { kind: Kind::Quote });
    let mut waybill = Counter::new();
    waybill.open(DocumentType::DeliveryNote, Kind::Sale).unwrap();
    waybill.sell("1", "5.00");
    assert_eq!(waybill.pay_rest(Cash).unwrap_err(), Refusal::WrongKind { kind: Kind::Sale });
}

#[test]
fn all_that_led_to_the_price_is_kept_on_completion() {
    let mut counter = due("5.00");
    counter.adjust_document(Manager, amount(100)).unwrap();
    counter.pay_rest(Cash).unwrap();
    let done = &counter.completed[0];
    assert_eq!(done.pricing().engine_version, saleflex_core::document::ENGINE_VERSION);
    assert_eq!((done.pricing().moment, done.completed_at()), (Some(counter.now), counter.now));
    assert_eq!((done.closure(), done.completed_by()), (counter.till.closure, crate::support::CASHIER));
}

#[test]
fn completion_hands_over_the_whole_document_d_doc_04() {
    let mut counter = Counter::new();
    counter.sell("3", "3.33");
    counter.adjust_document(Manager, percent("10")).unwrap();
    let note =
        Command::AddNote { kind: NoteKind::General, line: None, text: "gift wrap".into(), on_receipt: true };
    counter.run(&note).unwrap();
    let before = counter.document().clone();
    counter.pay(Cash, 2000).unwrap();
    let whole = counter.effects.completed[0].document();
    assert_eq!((&whole.lines, &whole.adjustments), (&before.lines, &before.adjustments));
    assert!(!whole.lines[0].taxes.is_empty());
    assert_eq!((&whole.notes, whole.notes.len()), (&before.notes, 1));
    assert_eq!((whole.tenders[0].amount, whole.tenders[0].change), (m(2000), m(1101)));
}
