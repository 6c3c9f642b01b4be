//! What comes with a payment.

use saleflex_core::{
    document::{ChangeMode, VoucherRest},
    money::Money,
    tender::{Rest, TenderKind, Tip, TipKind},
};

use saleflex_tui::app::Place;

use crate::common::harness::Shop;

/// The payment of an orange for 0.95.
fn paying() -> Shop {
    let mut shop = Shop::selling(120, 40);
    shop.keys("'10106' enter f10");
    shop
}

fn m(minor: i64) -> Money {
    Money::from_minor(minor)
}

#[test]
fn a_gift_card_is_asked_for_its_number_and_pays_no_more_than_it_is_said_to_hold() {
    let mut shop = paying();
    shop.keys("g enter");
    assert!(shop.shows("Balance on it") && shop.shows("needed"), "{}", shop.screen());
    shop.keys("esc g '6035 7100 1234 5678 905' tab '50' enter");
    let tender = shop.document().tenders[0].clone();
    let details = tender.details;
    assert_eq!((tender.amount, details.last4.as_deref()), (m(50), Some("8905")), "{}", shop.screen());
    assert_eq!((details.balance_before, details.balance_after), (Some(m(50)), Some(m(0))));
    assert!(details.gift_card.is_some() && details.reference.is_none());
    // An amount that was typed before is what is taken; the balance may be left out.
    shop.keys("'20' g '603571009999000011' enter");
    assert_eq!(shop.document().tenders[1].amount, m(20), "{}", shop.screen());
    shop.keys("c c");
    assert!(shop.shows("*8905") && shop.shows("*0011"), "{}", shop.screen());
}

#[test]
fn payment_is_shown_for_a_document_with_something_on_it_alone() {
    let mut shop = Shop::selling(120, 40);
    let is_paying = |shop: &Shop| matches!(shop.session.state.place(), Place::Payment { .. });
    shop.keys("f10");
    assert!(!is_paying(&shop), "{}", shop.screen());
    assert_eq!(shop.message(), "There is nothing to pay.");
    // Nor is anything to be paid where somebody is on the document and nothing else.
    shop.keys("f11 'C001' enter f10");
    assert!(!is_paying(&shop), "{}", shop.screen());
    assert_eq!(shop.message(), "There is nothing to pay.");
    shop.keys("'10106' enter f10");
    assert!(is_paying(&shop), "{}", shop.screen());
    shop.keys("esc plus enter f10");
    assert!(!is_paying(&shop), "{}", shop.screen());
}

#[test]
fn digits_alone_are_whole_units_where_the_store_has_it_so_and_the_screen_says_which() {
    let shop = paying();
    assert!(shop.shows("(1000 is £10.00)"), "{}", shop.screen());
    let mut shop = Shop::administered(120, 40);
    shop.keys(&format!("s 1 {} ' ' ctrl+s", "down ".repeat(10)));
    assert!(shop.till().settings().appearance.decimal_entry, "{}", shop.screen());
    // A field of a record is read by it too.
    shop.keys(&format!("2 {} '25'", "down ".repeat(2)));
    assert!(shop.shows("= £25.00"), "{}", shop.screen());
    shop.keys("ctrl+s");
    let limit = shop.till().settings().policy.limits.void_line;
    assert_eq!(limit, Some(m(2_500)), "{}", shop.screen());
    let mut shop = shop.restart();
    shop.keys("down down '3333' enter enter '10106' enter f10");
    assert!(shop.shows("(1000 is £1000.00)"), "{}", shop.screen());
    shop.keys("f1");
    assert!(shop.shows("1000 is £1000.00"), "{}", shop.screen());
    shop.keys("f1");
    shop.keys("'10'");
    assert!(shop.shows("= £10.00"), "{}", shop.screen());
    shop.keys("c");
    let settled = shop.settled().pop().unwrap();
    assert_eq!(settled.document().tenders[0].amount, m(1_000), "{}", shop.screen());
    // A separator means the same as ever.
    shop.keys("esc '10106' enter f10 '1,50' c");
    let settled = shop.settled().pop().unwrap();
    assert_eq!(settled.document().tenders[0].amount, m(150), "{}", shop.screen());
    // Foreign notes are typed alike.
    shop.keys("esc '10106' enter f10 f 'eur' enter '2'");
    assert!(shop.shows("= €2.00"), "{}", shop.screen());
}

#[test]
fn the_rest_of_a_voucher_is_printed_as_a_new_one_where_the_shop_has_it_so() {
    let mut shop = Shop::administered(120, 40);
    shop.keys(&format!("s 2 {} right right ctrl+s", "down ".repeat(21)));
    let rule = shop.till().settings().policy.voucher_rest;
    assert_eq!(rule, VoucherRest::NewVoucher, "{}", shop.screen());
    let mut shop = shop.restart();
    shop.keys("down down '3333' enter enter '10106' enter f10 g 'V17' tab '5.00' enter");
    let settled = shop.settled().pop().unwrap();
    let (tender, rest) = settled.document().rests().next().unwrap();
    let Rest::NewVoucher { number, amount } = rest else { panic!("{rest:?}") };
    assert_eq!((tender.amount, *amount), (m(95), m(405)));
    assert!(shop.shows("NEW VOUCHER") || shop.shows("New voucher"), "{}", shop.screen());
    assert!(shop.shows(number) && shop.shows("£4.05"), "{}", shop.screen());
    // It is scanned or typed as any card, and its balance is known here.
    let number = number.clone();
    shop.keys(&format!("esc '10106' enter f10 g '{number}' enter"));
    let settled = shop.settled().pop().unwrap();
    let details = &settled.document().tenders[0].details;
    assert_eq!(details.balance_after, Some(m(310)), "{}", shop.screen());
    shop.keys("esc");
}

#[test]
fn a_voucher_is_asked_for_its_worth_where_nothing_stays_on_it() {
    let mut shop = Shop::administered(120, 40);
    shop.keys(&format!("s 2 {} right ctrl+s", "down ".repeat(21)));
    let rule = shop.till().settings().policy.voucher_rest;
    assert_eq!(rule, VoucherRest::Lost, "{}", shop.screen());
    let mut shop = shop.restart();
    shop.keys("down down '3333' enter enter '10106' enter f10 '50' g 'V17' enter");
    assert!(shop.shows("Say what the voucher is worth"), "{}", shop.screen());
    shop.keys("tab '5.00' enter");
    let settled = shop.settled().pop().unwrap();
    let (tender, rest) = settled.document().rests().next().unwrap();
    assert_eq!((tender.amount, rest), (m(95), &Rest::Lost { amount: m(405) }), "all of it was taken");
    assert!(shop.shows("Rest not given back"), "{}", shop.screen());
    // A card keeps its rest, and may say nothing.
    shop.keys("esc '10106' enter f10 g '6035710012345678905' enter");
    let settled = shop.settled().pop().unwrap();
    assert_eq!(settled.document().rests().count(), 0, "{}", shop.screen());
}

#[test]
fn a_tip_is_said_before_the_payment_it_comes_with_and_stands_on_receipt_and_report() {
    let mut shop = paying();
    shop.keys("'20' i");
    assert_eq!(shop.message(), "Tip £0.20: it comes with the next payment.");
    assert!(shop.shows("Tip, with the next payment"), "{}", shop.screen());
    shop.keys("'50' k");
    assert!(shop.shows("Card + £0.20 tip"), "{}", shop.screen());
    // Each payment has its own: of the cash handed over the tip is a part.
    shop.keys("i '10%' enter '200' c");
    assert!(shop.shows("TIP"), "{}", shop.screen());
    let settled = shop.settled().pop().unwrap();
    let document = settled.document();
    let tips: Vec<_> = document.tenders.iter().map(|tender| tender.tip.unwrap()).collect();
    let tip = |minor, kind| Tip { amount: m(minor), kind };
    assert_eq!(tips, [tip(20, TipKind::Card), tip(10, TipKind::Cash)], "{}", shop.screen());
    let totals = document.totals;
    assert_eq!((totals.net_due, document.change, totals.tip), (m(95), m(145), m(30)));
    let report = shop.till().x_report().unwrap().report;
    assert_eq!((report.tips, report.cash.tips), (m(30), m(10)));
}

#[test]
fn nothing_typed_is_no_tip_and_a_tip_that_cannot_come_with_a_payment_is_said() {
    let mut shop = paying();
    shop.keys("'20' i i enter");
    assert_eq!(shop.message(), "No tip.");
    shop.keys("'much' esc '20' i '95' g '603571009999000011' enter");
    assert!(shop.message().contains("no tip comes with it"), "{}", shop.message());
    shop.keys("esc '95' k enter");
    assert_eq!(shop.settled()[0].document().totals.tip, m(20), "it waits for the next payment");
    shop.keys("'10106' enter plus");
    assert_eq!(shop.settled()[1].document().totals.tip, m(0), "and comes once");
}

#[test]
fn a_cheque_keeps_its_number_bank_and_date_and_the_amount_alone_is_enough() {
    let mut shop = paying();
    shop.keys("d 'cheque' enter '50' tab '000123' tab 'Barclays' tab '1234' tab '01.05.2025' enter");
    let tender = shop.document().tenders[0].clone();
    assert_eq!((tender.kind, tender.amount), (TenderKind::Cheque, m(50)), "{}", shop.screen());
    let details = &tender.details;
    let said = [&details.reference, &details.bank, &details.last4].map(|it| it.as_deref().unwrap());
    assert_eq!(said, ["000123", "Barclays", "1234"]);
    assert_eq!(details.due_date.unwrap().to_string(), "2025-05-01");
    shop.keys("d 'bank' enter enter");
    assert_eq!(shop.settled()[0].document().tenders[1].amount, m(45), "the balance is offered");
}

#[test]
fn what_cannot_be_a_particular_is_refused_in_the_prompt_and_stays() {
    let mut shop = paying();
    shop.keys("d 'card' enter tab tab tab 'few' tab enter");
    assert!(shop.shows("few") && shop.document().tenders.is_empty(), "{}", shop.screen());
    shop.keys("esc d 'cheque' enter tab tab tab tab 'soon' enter");
    assert!(shop.shows("soon") && shop.document().tenders.is_empty(), "{}", shop.screen());
}

#[test]
fn a_card_waits_for_its_answer_and_an_approved_one_is_reversed_before_it_is_taken_back() {
    let mut shop = paying();
    shop.keys("d 'card' enter '50' tab tab tab tab right enter");
    assert!(shop.shows("(pending)"), "{}", shop.screen());
    shop.keys("r right enter");
    assert_eq!(shop.message(), "Card £0.50 declined: it is not paid.");
    shop.keys("r");
    assert_eq!(shop.message(), "No payment waits for an answer.");
    shop.keys("d 'card' enter '50' tab tab tab tab right enter r tab 'A77' enter");
    assert_eq!(shop.message(), "Card £0.50 approved.");
    assert_eq!(shop.document().tenders[1].details.authorisation.as_deref(), Some("A77"));
    shop.keys("-");
    assert!(shop.shows("A77"), "what is to be reversed: {}", shop.screen());
    shop.keys("enter");
    assert!(shop.document().tenders[1].void.is_none(), "not without a reference");
    shop.keys("'R1' enter");
    let tender = shop.document().tenders[1].clone();
    assert_eq!((tender.void.is_some(), tender.reversal.as_deref()), (true, Some("R1")), "{}", shop.screen());
}

#[test]
fn key_help_and_the_list_of_functions_say_which_note_a_cash_key_stands_for() {
    // At 80 columns the sale screen draws no such keys: the lists alone can say it.
    let mut shop = Shop::selling(80, 24);
    shop.keys("f2 'cash note'");
    for note in ["Cash note £5.00", "Cash note £10.00", "Cash note £20.00", "Cash note £50.00"] {
        assert!(shop.shows(note), "{note}: {}", shop.screen());
    }
    let mut shop = Shop::selling(120, 40);
    shop.keys("f1");
    assert!(shop.shows("Alt+E              Cash note £20.00"), "{}", shop.screen());
}

#[test]
fn change_that_has_a_key_of_its_own_is_said_to_be_due_and_where_the_key_is() {
    let mut shop = Shop::selling(120, 40);
    let till = shop.till();
    till.log_in("admin", "1111").unwrap();
    let mut settings = till.settings().clone();
    settings.policy.change_mode = ChangeMode::Key;
    till.change_settings(settings).unwrap();
    till.log_in("priya", "3333").unwrap();
    shop.keys("'10106' enter f10 '500' c");
    assert_eq!(shop.message(), "Cash £5.00. Change of £4.05 is due: t on the payment screen (F10).");
    shop.keys("t");
    assert!(shop.till().draft().is_none(), "{}", shop.screen());
}

#[test]
fn the_help_of_the_payment_screen_breaks_its_sentences_at_its_own_width_alone() {
    for text in saleflex_tui::text::Text::all() {
        let help = text.word(saleflex_tui::text::Key::HelpPayment);
        assert!(!help.contains('\n'), "{help}");
    }
}
