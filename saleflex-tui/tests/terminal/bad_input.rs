//! Input that cannot be meant is refused in words, what was typed stays, and nothing is lost.

use saleflex_core::{
    document::{Command, TakeTender},
    tender::TenderKind,
};
use saleflex_store::{Till, shell::ManualShell};
use saleflex_tui::{app::State, dialog::Dialog, input::Input};

use crate::common::harness::Shop;

#[test]
fn quantities_of_nothing_and_prices_beyond_all_bounds_are_refused_in_words() {
    let huge = "9".repeat(40);
    for (what, keys) in [
        ("no pieces", "'0*10106' enter".to_owned()),
        ("too many pieces", format!("'{huge}*10106' enter")),
        ("half a piece", "'0.5*14101' enter".to_owned()),
        ("a thousandth of a gram", "'0.0000001*301' enter".to_owned()),
        ("a department beyond all bounds", format!("'{huge}' alt+0")),
        ("an open price beyond all bounds", format!("'9001' enter '{huge}' enter")),
        ("an open price that is none", "'9001' enter 'much' enter".to_owned()),
    ] {
        let mut shop = Shop::selling(120, 40);
        shop.keys(&keys);
        let answer = match shop.session.state.dialogs.last() {
            Some(Dialog::Prompt(prompt)) => prompt.error.clone().unwrap_or_default(),
            _ => shop.message(),
        };
        assert!(!answer.is_empty(), "{what}: {}", shop.screen());
        assert!(shop.lines().is_empty(), "{what}: {:?}", shop.lines());
        let is_busy = |state: &State| !state.dialogs.is_empty() || !state.selling.entry.is_empty();
        while is_busy(&shop.session.state) {
            shop.keys("esc");
        }
        shop.keys("'10106' enter");
        assert_eq!(shop.lines(), ["1 Baguette 0.95"], "{what}: and selling goes on");
    }
}

#[test]
fn amounts_of_nothing_and_beyond_all_bounds_pay_nothing() {
    let huge = "9".repeat(40);
    let mut said = String::new();
    for (what, keys) in [
        ("nothing", "f10 '0' c".to_owned()),
        ("beyond all bounds", format!("f10 '{huge}' c")),
        ("no amount", "f10 'x' c".to_owned()),
        ("more than the bound of an amount", "f10 '99999999999999' c".to_owned()),
        ("more by card than is due", "f10 '99999' k".to_owned()),
    ] {
        let mut shop = Shop::selling(120, 40);
        shop.keys("'10106' enter");
        shop.keys(&keys);
        said.extend([what, ": ", &shop.message(), "\n"]);
        assert!(!shop.message().is_empty(), "{what}: {}", shop.screen());
    }
    insta::assert_snapshot!(said);
}

#[test]
fn names_with_control_characters_are_cleaned_or_refused_and_wide_ones_are_kept() {
    let mut shop = Shop::open(120, 40);
    shop.keys("'1111' enter c insert 'W1' enter");
    let spoilt = "漢字\u{7}\u{1b}[2J\u{0}";
    shop.session.handle(Input::Paste(spoilt.to_owned()));
    shop.keys("enter 'Ünal' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    assert!(shop.shows("漢字 Ünal"), "{}", shop.screen());
    assert!(!shop.screen().chars().any(|character| character.is_control() && character != '\n'));
    let known = shop.till().find_customers("ünal", 9).unwrap();
    assert_eq!(known.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["漢字 Ünal"]);
}

#[test]
fn what_a_terminal_would_obey_is_no_part_of_what_is_pasted_and_fills_no_line() {
    let mut shop = Shop::selling(80, 24);
    shop.session.handle(Input::Paste("\u{1b}[31mTable\u{7} 5\u{1b}[0m".to_owned()));
    assert_ne!(shop.message(), "The line is full.");
    assert_eq!(shop.session.state.selling.entry.text(), "Table 5");
}

#[test]
fn a_voided_line_shows_no_total_and_says_so_before_anything_is_asked_of_it() {
    let mut shop = Shop::managed(80, 24);
    shop.keys("'14101' enter '10106' enter -");
    let voided = shop.screen().lines().find(|line| line.contains("(voided)")).unwrap().to_owned();
    assert_eq!(voided.matches("0.95").count(), 1, "the price alone: {voided}");
    for key in ["p", "q", "r", "d", "ctrl+d", "ctrl+u"] {
        shop.keys(&format!("up {key}"));
        assert!(shop.session.state.dialogs.is_empty(), "{key}: {}", shop.screen());
        assert_eq!(shop.message(), "Line 2 is voided. To have it back, sell it again.", "{key}");
        shop.keys("down");
    }
}

#[test]
fn whoever_may_not_close_a_period_knows_it_before_they_count() {
    let asked = "agree to the closing.";
    let mut shop = Shop::selling(80, 24);
    shop.keys("'10106' enter plus enter esc 4");
    assert!(shop.shows("z Z report: close the period*"), "{}", shop.screen());
    shop.keys("z");
    assert!(shop.shows(asked), "{}", shop.screen());
    let mut shop = Shop::managed(80, 24);
    shop.keys("'10106' enter plus enter esc 4 z");
    assert!(!shop.shows(asked) && shop.shows("Count the drawer"), "{}", shop.screen());
}

#[test]
fn a_file_that_is_locked_in_a_sale_is_said_and_the_same_key_goes_on_later() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("'10106' enter");
    let path = shop.till().path().to_path_buf();
    let other = rusqlite::Connection::open(path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    shop.keys("'10101' enter");
    assert_eq!(shop.message(), "Another program holds the till's file. Try again.");
    assert!(shop.shows("> 10101"), "what was typed stays: {}", shop.screen());
    assert_eq!(shop.lines().len(), 1);
    other.execute_batch("ROLLBACK").unwrap();
    shop.keys("enter");
    assert_eq!(shop.lines().len(), 2);
    shop.keys("plus");
    assert_eq!(shop.settled().len(), 1);
}

#[cfg(unix)]
#[test]
fn a_till_whose_lock_was_deleted_says_that_another_program_sold() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("'10106' enter");
    let path = shop.till().path().to_path_buf();
    std::fs::remove_file(path.with_extension("saleflex.lock")).unwrap();
    let other = ManualShell::starting("2025-04-06T09:31:00Z".parse().unwrap(), 8);
    let mut other = Till::open(&path, other).unwrap();
    other.log_in("priya", "3333").unwrap();
    other.execute(Command::TakeTender(TakeTender::balance(TenderKind::Cash))).unwrap();
    shop.keys("'10101' enter");
    let told = "Another program has sold with this file. End this one and start it again.";
    assert_eq!(shop.message(), told);
    assert!(shop.shows(told), "the smallest screen has room for it: {}", shop.screen());
}

#[test]
fn a_disk_that_is_full_at_the_z_report_closes_nothing() {
    let mut shop = Shop::managed(80, 24);
    shop.keys("'10106' enter plus enter");
    let period = shop.till().period().number;
    shop.till().limit_size(Some(0)).unwrap();
    // The free room of the file is used up first.
    while shop.till().execute(Command::OpenDrawer { reason: None }).is_ok() {}
    shop.keys("esc 4 z '95' enter z");
    assert!(shop.message().contains("The disk is full"), "{}", shop.screen());
    let open = shop.till().period().number;
    assert_eq!(open, period);
    shop.till().limit_size(None).unwrap();
    let mut shop = shop.restart();
    shop.keys("down '2222' enter 4 z '95' enter z");
    let open = shop.till().period().number;
    assert_eq!(open, period.next(), "{}", shop.screen());
}
