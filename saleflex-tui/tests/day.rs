//! The working day on the screen: clock, breaks, locks, counting the drawer, the audit trail, copies.

#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

#[path = "common/harness.rs"]
mod harness;

use chrono::Duration;
use harness::{Shop, at_both_sizes};
use saleflex_core::{audit::AuditSearch, cashier::access::Act, closure::CashCount, money::Money};
use saleflex_tui::keymap::Mode;

/// Compares what keys lead to, at both sizes.
fn compare(name: &str, open: impl Fn(u16, u16) -> Shop, keys: &str) {
    for (size, screen) in at_both_sizes(name, open, keys) {
        insta::assert_snapshot!(size, screen);
    }
}

#[test]
fn somebody_comes_and_goes_by_their_own_pin_whoever_sells() {
    let mut shop = Shop::selling(80, 24);
    // Tom's row; a wrong PIN is told and asked again.
    shop.keys("esc t 'tom' f5 '9999' enter");
    assert!(shop.shows("The name or the PIN is wrong."), "{}", shop.screen());
    shop.keys("'4444' enter");
    assert_eq!(shop.message(), "You are in. Have a good day.");
    assert!(shop.shows("at work"));
    shop.clock.advance(Duration::minutes(90));
    shop.keys("f7 'cof' enter '4444' enter");
    assert_eq!(shop.message(), "The break begins.");
    shop.clock.advance(Duration::minutes(15));
    shop.keys("f8 '4444' enter f6 '4444' enter");
    assert_eq!(shop.message(), "You are out. Good-bye.");
    shop.keys("f6 '4444' enter");
    assert!(!shop.message().is_empty(), "a punch that does not fit says so");
    shop.keys("enter");
    assert!(shop.shows("1:30") && shop.shows("0:15"), "{}", shop.screen());
}

#[test]
fn a_break_locks_the_till_and_the_pin_ends_it_with_the_document_as_it_was() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("esc t 'priya' f5");
    assert_eq!(shop.message(), "You are in. Have a good day.");
    shop.keys("esc esc 1 '10106' enter f2 'go on a break' enter 'lunch' enter");
    assert_eq!(shop.session.state.mode(), Mode::Login);
    assert!(shop.shows("is on a break"), "{}", shop.screen());
    shop.clock.advance(Duration::minutes(30));
    shop.keys("'3333' enter");
    assert_eq!(shop.session.state.mode(), Mode::Sale);
    assert_eq!(shop.lines(), ["1 Baguette 0.95"]);
    let id = shop.till().on_duty().unwrap().id;
    let shifts = shop.till().attendance(id).unwrap().shifts;
    assert_eq!(shifts[0].break_s, 30 * 60);
}

#[test]
fn a_till_that_nobody_touches_is_locked_and_its_cashier_goes_on_where_they_were() {
    let mut shop = Shop::open(80, 24);
    let till = shop.till();
    till.log_in("admin", "1111").unwrap();
    let mut settings = till.settings().clone();
    settings.idle.locks_after_s = Some(300);
    till.change_settings(settings).unwrap();
    till.log_out().unwrap();
    shop.keys("down down '3333' enter enter '10106' enter");
    shop.clock.advance(Duration::seconds(299));
    shop.session.tick();
    assert_eq!(shop.session.state.mode(), Mode::Sale);
    // A key counts as being there.
    shop.keys("f4 f4");
    shop.clock.advance(Duration::seconds(299));
    shop.session.tick();
    assert_eq!(shop.session.state.mode(), Mode::Sale);
    shop.clock.advance(Duration::seconds(2));
    shop.session.tick();
    assert_eq!(shop.session.state.mode(), Mode::Login);
    assert!(shop.shows("Locked because nobody was here"), "{}", shop.screen());
    assert!(shop.till().locked().is_some());
    shop.keys("'3333' enter");
    assert_eq!(shop.session.state.mode(), Mode::Sale);
    assert_eq!(shop.lines(), ["1 Baguette 0.95"]);
}

#[test]
fn the_drawer_is_counted_by_notes_and_coins_and_the_slip_lists_them() {
    let mut shop = Shop::managed(80, 24);
    shop.keys("'10106' enter plus enter esc d 7");
    assert!(shop.shows("Count the drawer") && shop.shows("50.00"), "{}", shop.screen());
    // One of fifty pence, two of twenty, one of five.
    shop.keys("down down down down down down '1' down '2' down down '1'");
    assert!(shop.shows("£0.95"), "{}", shop.screen());
    shop.keys("ctrl+s");
    assert!(shop.shows("DRAWER COUNT") && shop.shows("Difference"), "{}", shop.screen());
    shop.keys("esc");
    assert_eq!(shop.session.state.mode(), Mode::Page);
    let period = shop.till().period().number;
    let counts = shop.till().drawer_counts(period).unwrap();
    assert_eq!(counts[0].counted, Money::from_minor(95));
    assert!(matches!(&counts[0].declaration.counted, CashCount::Denominations(pieces) if pieces.len() == 3));
}

#[test]
fn a_count_that_differs_asks_for_a_reason_and_what_is_no_number_is_told_beside_its_field() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("'10106' enter plus enter esc d 7 ctrl+s");
    assert!(shop.shows("Or the sum alone"), "nothing was counted: {}", shop.screen());
    shop.keys("'x' ctrl+s");
    assert!(
        shop.message().to_lowercase().contains("number") || shop.shows("not a number"),
        "{}",
        shop.screen()
    );
    shop.keys("backspace '40' '.00' ctrl+s");
    assert_eq!(shop.session.state.mode(), Mode::Prompt, "{}", shop.screen());
    shop.keys("'a customer gave too much' enter");
    assert!(shop.shows("A manager has to agree") || shop.shows("DRAWER COUNT"), "{}", shop.screen());
}

#[test]
fn the_period_is_closed_with_what_was_counted_piece_by_piece() {
    let mut shop = Shop::managed(80, 24);
    shop.keys("'10106' enter plus enter esc d 7 down down down down down down '1' down '2' down down '1'");
    shop.keys("pgdn right right ctrl+s");
    assert_eq!(shop.session.state.mode(), Mode::Question, "{}", shop.screen());
    shop.keys("z");
    assert!(shop.shows("Z report, period 1"), "{}", shop.screen());
    let closure = shop.till().closures(1).unwrap().remove(0);
    assert_eq!(closure.counted_cash, Some(Money::from_minor(95)));
}

#[test]
fn a_receipt_is_taken_back_as_a_whole_from_the_history() {
    let mut shop = Shop::managed(80, 24);
    shop.keys("'3*14101' enter '12402' enter plus enter esc 5 f7");
    assert_eq!(shop.session.state.mode(), Mode::Question, "{}", shop.screen());
    shop.keys("y");
    assert_eq!(shop.session.state.mode(), Mode::Payment, "{}", shop.screen());
    assert_eq!(shop.document().lines.len(), 2);
}

#[test]
fn a_receipt_with_something_that_may_not_come_back_is_not_taken_back_as_a_whole() {
    let mut shop = Shop::managed(80, 24);
    shop.keys("'14101' enter '10106' enter plus enter esc 5 f7");
    assert_eq!(shop.session.state.mode(), Mode::Return);
    assert_eq!(shop.message(), "Baguette may not be returned.");
}

#[test]
fn a_copy_that_is_printed_is_in_the_audit_trail_and_one_that_is_only_read_is_not() {
    let paper = tempfile::tempdir().unwrap();
    let address = paper.path().join("paper.bin").display().to_string();
    let mut shop = Shop::with_devices(80, 24, &format!("[printer]\naddress = \"file:{address}\"\n"));
    shop.keys("down '2222' enter enter '10106' enter plus enter esc 5 enter");
    let copies = |shop: &mut Shop| {
        let search = AuditSearch { acts: [Act::Reprint].into(), ..AuditSearch::default() };
        shop.till().audit_trail(&search, 10).unwrap().len()
    };
    assert!(shop.shows("COPY"), "{}", shop.screen());
    assert_eq!(copies(&mut shop), 0);
    shop.keys("ctrl+p");
    assert_eq!(copies(&mut shop), 1);
    shop.keys("esc esc s 9 'copy'");
    assert!(shop.shows("Copy printed"), "{}", shop.screen());
}

#[test]
fn a_keyboard_on_the_screen_types_what_its_keys_say_and_is_off_until_asked_for() {
    let mut shop = Shop::managed(80, 24);
    assert!(!shop.shows("QWERTY"));
    shop.keys("esc p ctrl+k");
    assert!(shop.shows("QWERTY"), "{}", shop.screen());
    insta::assert_snapshot!("keyboard_80x24", shop.screen());
    // Down from q is a; t is four to the right of q.
    shop.keys("down enter up right right right right enter");
    assert!(shop.shows("> at") || shop.shows("at"), "{}", shop.screen());
    shop.keys("esc");
    assert!(!shop.shows("QWERTY"));
}

#[test]
fn time_clock() {
    compare(
        "time_clock",
        Shop::managed,
        "esc t 'morgan' f5 backspace backspace backspace backspace backspace backspace",
    );
}

#[test]
fn drawer_count() {
    compare("drawer_count", Shop::managed, "'10106' enter plus enter esc d 7 '1' down '2'");
    compare("drawer_count_purpose", Shop::managed, "'10106' enter plus enter esc d 7 pgdn");
}

#[test]
fn audit_trail() {
    compare("audit", Shop::managed, "'3*10106' enter '10101' enter - plus enter esc s 9");
    compare("audit_entry", Shop::managed, "'3*10106' enter '10101' enter - plus enter esc s 9 'void' enter");
}

#[test]
fn work_sessions() {
    compare("sessions", Shop::managed, "esc s 8");
}
