//! A scanner on a line of its own: heard beside the keyboard, wherever the cashier is.

use std::{
    io::Write,
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::Duration,
};

use saleflex_core::document::CashMovementKind;
use saleflex_tui::{
    action::{Action, Screen},
    app::Place,
    input::{Listening, Scanner},
};

use crate::common::harness::Shop;

/// A demo till with a scanner that the test holds in its hand.
fn shop(open: &str) -> (Shop, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut shop =
        Shop::with_devices(80, 24, &format!("[scanner]\naddress = \"tcp:{address}\"\nprefix = \"~\"\n"));
    shop.keys(open);
    let (scanner, _) = listener.accept().unwrap();
    (shop, scanner)
}

/// Looks at the clock as the event loop does, until it is as wanted or nobody would wait any longer.
fn until(shop: &mut Shop, is_there: impl Fn(&mut Shop) -> bool) -> bool {
    let (_open, never) = mpsc::channel::<()>();
    for _ in 0..2_000 {
        shop.session.tick();
        if is_there(shop) {
            return true;
        }
        // The scanner's thread is given time to read.
        let _ = never.recv_timeout(Duration::from_millis(5));
    }
    false
}

#[test]
fn what_it_reads_is_sold_whatever_screen_is_shown() {
    let (mut shop, mut scanner) = shop("down down '3333' enter");
    assert!(shop.session.is_listening());
    scanner.write_all(b"~]E05098101000017\r\n").unwrap();
    assert!(until(&mut shop, |shop| shop.lines().len() == 1), "{}", shop.screen());
    // Three of one label, scanned while the menu is shown.
    shop.keys("esc");
    scanner.write_all(b"~]C10105098101000017303\r").unwrap();
    assert!(until(&mut shop, |shop| shop.lines().len() == 2), "{:?}", shop.message());
    assert!(shop.lines()[1].starts_with("3 "), "{:?}", shop.lines());
}

#[test]
fn one_that_is_unplugged_is_said_in_the_status_bar_and_the_sale_goes_on() {
    let (mut shop, scanner) = shop("down down '3333' enter enter '10106' enter");
    drop(scanner);
    assert!(until(&mut shop, |shop| shop.session.state.devices.fault.is_some()));
    assert!(shop.session.state.devices.fault.as_ref().unwrap().starts_with("Scanner"));
    shop.keys("'10106' enter");
    assert_eq!(shop.lines().len(), 2);
}

#[test]
fn a_label_past_its_date_is_asked_for_once_more_or_refused_as_the_store_rules() {
    let (mut shop, mut scanner) = shop("down down '3333' enter");
    // Good until the day of the test, and the day before it.
    scanner.write_all(b"~]d2010509810100001717250406\r").unwrap();
    assert!(until(&mut shop, |shop| shop.lines().len() == 1), "{}", shop.screen());
    scanner.write_all(b"~]d2010509810100001717250405\r").unwrap();
    assert!(until(&mut shop, |shop| shop.shows("good until 2025-04-05")), "{}", shop.screen());
    shop.keys("esc");
    assert_eq!(shop.lines().len(), 1, "nothing was sold");
    scanner.write_all(b"~]d2010509810100001717250405\r").unwrap();
    assert!(until(&mut shop, |shop| shop.shows("Sell it past its date?")), "{}", shop.screen());
    shop.keys("y");
    assert_eq!(shop.lines().len(), 2, "{}", shop.screen());
    shop.till().log_out().unwrap_err();
    shop.keys("plus enter");
    shop.till().log_out().unwrap();
    shop.till().log_in("admin", "1111").unwrap();
    let mut settings = shop.till().settings().clone();
    settings.policy.expired_goods = saleflex_core::document::ExpiredGoods::Refuse;
    shop.till().change_settings(settings).unwrap();
    shop.keys("'5098101000017@2025-04-05' enter");
    assert!(shop.message().contains("is not sold any more"), "{}", shop.screen());
}

#[test]
fn a_label_that_says_what_it_costs_is_sold_for_that_and_what_is_not_kept_of_it_is_said() {
    let (mut shop, mut scanner) = shop("down '2222' enter");
    scanner.write_all(b"~]C101050981010000173922001234\r").unwrap();
    assert!(until(&mut shop, |shop| shop.lines().len() == 1), "{}", shop.screen());
    let line = |shop: &mut Shop| shop.document().lines.last().unwrap().clone();
    let sold = line(&mut shop);
    assert_eq!((sold.quantity.to_string(), sold.total.minor()), ("1".to_owned(), 1_234));
    // Two of the same label, and a batch that no line keeps.
    shop.keys("'2*' enter");
    scanner.write_all(b"~]C10105098101000017392250\x1d10LOT7\r").unwrap();
    let is_said = |shop: &mut Shop| shop.message().contains("Not kept of the label: batch LOT7");
    assert!(until(&mut shop, is_said), "{}", shop.screen());
    let sold = line(&mut shop);
    assert_eq!((sold.quantity.to_string(), sold.total.minor()), ("2".to_owned(), 100));
    // Pounds are nothing that the till can sell by.
    let lines = shop.lines().len();
    scanner.write_all(b"~]C101050981010000173202000123\r").unwrap();
    assert!(until(&mut shop, |shop| shop.message().contains("element 3202")), "{}", shop.screen());
    assert_eq!(shop.lines().len(), lines, "nothing was sold");
}

#[test]
fn a_label_that_takes_the_place_of_a_fixed_price_asks_for_a_manager() {
    let (mut shop, mut scanner) = shop("down down '3333' enter");
    scanner.write_all(b"~]C101050981010000173922000001\r").unwrap();
    assert!(until(&mut shop, |shop| shop.shows("A manager has to agree")), "{}", shop.screen());
    assert_eq!(shop.lines().len(), 0, "nothing was sold");
}

/// Codes as the receipt and the ticket of the demo till print them.
fn code_of_last(shop: &mut Shop) -> String {
    shop.settled().last().unwrap().document().id.to_string()
}

#[test]
fn the_code_of_a_receipt_opens_it_for_a_return_and_that_of_a_ticket_takes_the_sale_up() {
    let mut keyboard = Scanner::new(None);
    let mut shop = Shop::selling(80, 24);
    shop.keys("'10106' enter plus enter");
    let code = code_of_last(&mut shop);
    shop.scan(&mut keyboard, &code);
    assert!(shop.shows("Baguette"), "{}", shop.screen());
    assert!(matches!(shop.session.state.place(), Place::Return(_)), "{}", shop.screen());
    // Parked, and scanned on the sale screen by the number on its ticket.
    shop.keys("esc esc '10106' enter ctrl+s");
    let parked = shop.till().suspended().unwrap().remove(0);
    shop.scan(&mut keyboard, &parked.number.to_string());
    assert_eq!(shop.document().id, parked.id, "{}", shop.screen());
    assert!(shop.till().suspended().unwrap().is_empty());
    // What is on the screen is said to be there, and nothing is lost.
    shop.scan(&mut keyboard, &parked.number.to_string());
    assert!(shop.message().contains("on the screen"), "{}", shop.message());
    assert_eq!(shop.lines().len(), 1);
}

#[test]
fn a_receipt_is_scanned_on_the_return_screen_too_and_one_of_another_till_is_said_to_be() {
    let mut keyboard = Scanner::new(None);
    let mut shop = Shop::selling(80, 24);
    shop.keys("'10106' enter plus enter");
    let code = code_of_last(&mut shop);
    shop.keys("esc 3");
    shop.scan(&mut keyboard, &code.to_uppercase());
    assert!(shop.shows("Baguette"), "{}", shop.screen());
    shop.keys("esc esc 1");
    shop.scan(&mut keyboard, "0195a4d2-5f3e-7abc-8def-0123456789ab");
    assert_eq!(shop.message(), "That receipt is not of this till.");
}

#[test]
fn a_code_that_is_refused_or_waits_for_an_answer_is_heard_once() {
    let mut keyboard = Scanner::new(None);
    let mut shop = Shop::selling(80, 24);
    shop.scan(&mut keyboard, "5098101000017");
    assert!(shop.session.rings() == 0, "it was sold: {}", shop.screen());
    shop.scan(&mut keyboard, "40170725");
    assert!(shop.session.rings() == 1, "nobody knows it: {}", shop.screen());
    assert!(shop.session.rings() == 0);
    // What is typed is looked at, and makes no sound.
    shop.keys("'40170725' enter");
    assert!(!shop.message().is_empty() && shop.session.rings() == 0, "{}", shop.screen());
    // Goods that ask for an age, and what is scanned meanwhile.
    shop.keys("esc");
    shop.session.perform(Action::Scan("17101".to_owned()));
    assert!(shop.shows("at least 18") && shop.session.rings() == 1, "{}", shop.screen());
    shop.session.perform(Action::Scan("5098101000017".to_owned()));
    assert_eq!(shop.session.state.scans.len(), 1, "{}", shop.screen());
    assert_eq!(shop.session.rings(), 1);
}

#[test]
fn a_code_that_was_taken_is_heard_where_that_is_switched_on_and_one_that_was_not_twice() {
    let mut keyboard = Scanner::new(None);
    for (settings, good, bad) in
        [("good_beep = true", 1, 2), ("good_beep = true\nbeep = false", 1, 0), ("good_beep = false", 0, 1)]
    {
        let mut shop = Shop::with_devices(80, 24, &format!("[scanner]\n{settings}\n"));
        shop.keys("down down '3333' enter enter");
        shop.scan(&mut keyboard, "5098101000017");
        assert_eq!(shop.session.rings(), good, "it was sold: {}", shop.screen());
        shop.scan(&mut keyboard, "40170725");
        assert_eq!(shop.session.rings(), bad, "nobody knows it: {}", shop.screen());
        // One good code behind it does not cover what somebody has to look at.
        shop.scan(&mut keyboard, "40170725");
        shop.scan(&mut keyboard, "5098101000017");
        assert_eq!(shop.session.rings(), bad, "{settings}: {}", shop.screen());
        shop.keys("'10106' enter");
        assert_eq!(shop.session.rings(), 0, "what is typed makes no sound");
    }
}

#[test]
fn a_computer_that_is_to_be_silent_makes_no_sound() {
    let mut keyboard = Scanner::new(None);
    let mut shop = Shop::with_devices(80, 24, "[scanner]\nbeep = false\n");
    shop.keys("down down '3333' enter enter");
    shop.scan(&mut keyboard, "40170725");
    assert!(!shop.message().is_empty() && shop.session.rings() == 0, "{}", shop.screen());
}

#[test]
fn a_scan_does_not_answer_how_old_the_buyer_is_and_waits() {
    let mut keyboard = Scanner::new(None);
    let mut shop = Shop::selling(80, 24);
    shop.keys("'17101' enter");
    assert!(shop.shows("Check the age"), "{}", shop.screen());
    shop.scan(&mut keyboard, "5098101000017");
    assert!(shop.shows("Check the age") && shop.lines().is_empty(), "{}", shop.screen());
    assert_eq!(shop.message(), "5098101000017 was scanned and waits until this is answered.");
    // Nor where a date of birth is being typed.
    shop.keys("'19'");
    shop.scan(&mut keyboard, "5098101000017");
    assert!(shop.shows(" 19 ") && !shop.shows("195098"), "{}", shop.screen());
    shop.keys("backspace backspace up left enter");
    assert_eq!(shop.lines().len(), 3, "what waited is sold after it: {}", shop.screen());
}

#[test]
fn what_waited_behind_goods_that_are_not_sold_is_rung_up_on_the_same_sale() {
    let mut keyboard = Scanner::new(None);
    let mut shop = Shop::selling(80, 24);
    shop.keys("'17101' enter");
    for code in ["5098101000017", "40170725", "5098101000024"] {
        shop.scan(&mut keyboard, code);
    }
    shop.keys("'20200101' enter");
    assert_eq!(shop.lines().len(), 2, "{}", shop.screen());
    assert!(shop.session.state.scans.is_empty());
    let said = shop.message();
    let refused = "The buyer is younger than 18: not sold. Another's date of birth sells it.";
    assert!(said.starts_with(refused) && said.contains("40170725"), "why not, and what nobody knows: {said}");
}

#[test]
fn a_date_of_birth_is_judged_wherever_it_was_typed() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("'17101' enter '20200101' enter");
    assert_eq!(
        shop.message(),
        "The buyer is younger than 18: not sold. Another's date of birth sells it.",
        "{}",
        shop.screen()
    );
    shop.keys("enter '2020' enter");
    assert!(shop.shows("Type the date as") && shop.lines().is_empty(), "{}", shop.screen());
    // Looking does not take the place of a date that stands there.
    shop.keys("'-01-01' up left enter");
    assert!(shop.lines().is_empty(), "{}", shop.screen());
}

#[test]
fn a_scan_is_no_reason_for_money_in_or_out_of_the_drawer_and_waits() {
    let mut keyboard = Scanner::new(None);
    let mut shop = Shop::selling(80, 24);
    shop.session.perform(Action::MoveCash(CashMovementKind::PaidIn));
    shop.keys("'500' enter 'bag'");
    for code in ["5098101000017", "5098101000024"] {
        shop.scan(&mut keyboard, code);
        assert_eq!(shop.message(), format!("{code} was scanned and waits until this is answered."));
    }
    assert!(shop.shows(" bag ") && !shop.shows("bag5098"), "{}", shop.screen());
    assert!(shop.session.state.scans.len() == 2 && shop.lines().is_empty(), "{}", shop.screen());
    shop.keys("esc");
    assert_eq!(shop.lines().len(), 2, "what waited is sold: {}", shop.screen());
    // The slip in front is neither closed by the Enter of a scan nor is the code lost.
    let mut shop = Shop::managed(80, 24);
    shop.keys("esc");
    shop.session.perform(Action::XReport);
    assert_eq!(shop.session.state.listening(), Listening::Commands, "{}", shop.screen());
    shop.scan(&mut keyboard, "5098101000031");
    assert_eq!(shop.lines().len(), 1, "{}", shop.screen());
}

#[test]
fn a_scan_is_no_part_of_a_count_of_the_drawer_and_confirms_none() {
    let mut keyboard = Scanner::new(None);
    let mut shop = Shop::administered(80, 24);
    shop.session.perform(Action::Go(Screen::Form("DRAWER_COUNT".into())));
    let entered = |shop: &Shop| {
        let Place::Record(record) = shop.session.state.place() else { panic!("{}", shop.screen()) };
        record.entered().fields
    };
    let before = entered(&shop);
    shop.scan(&mut keyboard, "5098101000017");
    // Enter on the last row would count it.
    for _ in 0..30 {
        shop.keys("down");
    }
    shop.scan(&mut keyboard, "5098101000024");
    assert_eq!(shop.message(), "5098101000024 was scanned and waits until this is answered.");
    assert_eq!((entered(&shop), shop.lines().len()), (before, 0), "{}", shop.screen());
    shop.keys("esc y");
    assert_eq!(shop.lines().len(), 2, "{}", shop.screen());
}

#[test]
fn nothing_of_a_scan_reaches_the_pin_of_who_agrees() {
    let mut keyboard = Scanner::new(None);
    let mut shop = Shop::selling(80, 24);
    shop.keys("'14101' enter up p '0.50' enter");
    assert!(shop.shows("A manager has to agree"), "{}", shop.screen());
    for keys in ["", "down", "up 'm' enter"] {
        shop.keys(keys);
        shop.scan(&mut keyboard, "5098101000017");
        assert!(!shop.shows("**"), "{keys}: {}", shop.screen());
        assert_eq!(shop.message(), "5098101000017 was scanned and waits until this is answered.");
    }
    shop.keys("'2222' enter");
    assert_eq!(shop.lines().len(), 4, "agreed, and what waited is sold: {}", shop.screen());
    // A PIN of nobody is gone where the message sends the manager to the names.
    shop.keys("up p '0.40' enter down '9999' enter");
    assert!(shop.shows("Choose who agrees") && !shop.shows("**"), "{}", shop.screen());
    shop.keys("'m' enter '2222' enter");
    assert!(!shop.shows("A manager has to agree"), "{}", shop.screen());
}
