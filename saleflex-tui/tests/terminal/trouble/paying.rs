//! What is typed or scanned amid a payment by mistake.

use saleflex_core::money::Money;
use saleflex_tui::input::Scanner;

use crate::common::harness::Shop;

const BARCODE: &str = "5098101000024";

/// The payment of an orange for 0.95.
fn paying() -> Shop {
    let mut shop = Shop::selling(120, 40);
    shop.keys("'10106' enter f10");
    shop
}

#[test]
fn a_barcode_scanned_amid_a_payment_is_neither_sold_nor_taken_for_cash() {
    let mut shop = paying();
    shop.scan(&mut Scanner::new(None), BARCODE);
    let said = format!("{BARCODE} was scanned amid a payment and is not sold: Esc goes back to the sale.");
    assert_eq!(shop.message(), said);
    assert_eq!((shop.lines().len(), shop.settled().len()), (1, 0));
    shop.keys("esc");
    shop.scan(&mut Scanner::new(None), BARCODE);
    assert_eq!(shop.lines().len(), 2, "on the sale screen it is sold");
}

#[test]
fn a_barcode_typed_amid_a_payment_is_no_amount_of_any_tender() {
    for key in ["plus", "c", "k"] {
        let mut shop = paying();
        shop.keys(&format!("'{BARCODE}' {key}"));
        assert_eq!(shop.message(), format!("{BARCODE} is a barcode and no amount. Esc clears it."));
        assert!(shop.settled().is_empty(), "{key}");
        // What is typed anew replaces it.
        shop.keys("'100' c");
        assert_eq!(shop.settled()[0].document().change, Money::from_minor(5));
    }
}

#[test]
fn cash_far_above_the_balance_is_asked_once_more_with_the_figures() {
    let mut shop = paying();
    shop.keys("'9500' plus");
    for words in ["Cash: £95.00 given for £0.95, £94.05 goes back.", "More than £50.00 in change is unusual."]
    {
        assert!(shop.shows(words), "{}", shop.screen());
    }
    shop.keys("enter esc");
    assert!(shop.settled().is_empty(), "neither Enter nor Esc takes it");
    shop.keys("'9500' plus y");
    assert_eq!(shop.settled()[0].document().change, Money::from_minor(94_05));
}

#[test]
fn a_shop_sets_how_much_change_is_unusual() {
    let mut shop = Shop::open(120, 40);
    shop.keys("'1111' enter");
    let mut settings = shop.till().settings().clone();
    settings.policy.most_change = saleflex_core::document::MostChange::Unlimited;
    shop.till().change_settings(settings).unwrap();
    shop.keys("enter '10106' enter f10 '950000' plus");
    assert_eq!(shop.settled().len(), 1, "{}", shop.screen());
}

#[test]
fn a_card_says_what_it_charges_of_more_that_was_typed() {
    let mut shop = paying();
    shop.keys("'2000' k");
    let said = shop.message();
    assert!(said.starts_with("Card: £0.95 is charged and not £20.00, since it gives no change."), "{said}");
    assert_eq!(shop.settled()[0].document().change, Money::ZERO);
}

#[test]
fn an_amount_is_shown_as_it_is_read_while_it_is_typed() {
    let mut shop = paying();
    shop.keys("'10'");
    assert!(shop.shows("= £0.10"), "{}", shop.screen());
    shop.keys("esc f 'eur' enter '10'");
    assert!(shop.shows("= €0.10"), "{}", shop.screen());
    shop.keys("backspace backspace '10.00'");
    assert!(shop.shows("= €10.00"), "{}", shop.screen());
    // A field of a record is read by the same rule.
    let mut shop = Shop::managed(120, 40);
    shop.keys("esc p '10106' enter enter");
    shop.session.state.dialogs.clear();
}

#[test]
fn a_key_that_the_receipt_does_not_know_closes_it_and_counts() {
    let mut shop = Shop::selling(120, 40);
    shop.keys("'10106' enter plus '10106' enter");
    assert_eq!(shop.lines().len(), 1, "digits: {}", shop.screen());
    shop.keys("plus alt+1");
    assert_eq!(shop.lines().len(), 1, "a product key: {}", shop.screen());
    shop.keys("plus");
    shop.scan(&mut Scanner::new(None), BARCODE);
    assert_eq!(shop.lines().len(), 1, "the first key of a scan: {}", shop.screen());
}

#[test]
fn escape_at_the_log_in_asks_before_the_program_ends() {
    let mut shop = Shop::open(80, 24);
    shop.keys("esc");
    assert_eq!(shop.message(), "Esc once more or Enter ends the program.");
    assert!(!shop.session.state.is_over);
    // Any other key stays.
    shop.keys("down esc");
    assert!(!shop.session.state.is_over);
    shop.keys("esc");
    assert!(shop.session.state.is_over);
}

#[test]
fn a_code_that_nobody_knows_is_no_money_quantity_price_or_discount() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("'14101' enter '4711' enter");
    assert!(shop.shows("> 4711") && shop.shows("not taken"), "{}", shop.screen());
    shop.keys("ctrl+u");
    assert!(shop.shows("Amount") && shop.document().lines[0].adjustments.is_empty(), "{}", shop.screen());
    shop.keys("esc up q");
    assert!(shop.shows("Quantity"), "{}", shop.screen());
    shop.keys("esc down alt+0");
    assert_eq!(shop.lines().len(), 1, "no price: {}", shop.screen());
    shop.keys("plus");
    let settled = shop.settled().pop().unwrap();
    assert_eq!(settled.document().change, Money::ZERO, "paid by the balance: {}", shop.screen());
    // Nor by way of the payment screen, nor of goods whose question was left unanswered.
    shop.keys("'14101' enter '4711' enter f10 plus '14101' enter '9001' enter esc plus");
    let paid: Vec<Money> = shop.settled().iter().map(|sale| sale.document().change).collect();
    assert_eq!(paid, [Money::ZERO; 3], "{}", shop.screen());
}

#[test]
fn where_nothing_is_left_to_pay_the_message_says_what_completes_the_document() {
    let mut shop = Shop::selling(120, 40);
    shop.keys("ctrl+t 'layaway' enter '20303' enter plus alt+c");
    assert!(shop.message().starts_with("Nothing is left to pay: F10 completes it"), "{}", shop.screen());
}
