//! What goes wrong outside the shop's rules is said in words, and nothing is lost.

mod paying;

use saleflex_core::{
    document::{Command, TakeTender},
    money::Money,
    tender::TenderKind,
};
use saleflex_tui::text::Key;

use crate::common::harness::Shop;

#[test]
fn a_disk_that_is_full_in_the_middle_of_a_sale_loses_nothing() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("'2*10106' enter '10101' enter");
    shop.till().limit_size(Some(0)).unwrap();
    // The free room of the file is used up first.
    for _ in 0..400 {
        shop.keys("'10101' enter");
        if shop.message().contains("full") {
            break;
        }
    }
    let lines = shop.lines().len();
    assert_eq!(shop.message(), "The disk is full. Everything before is safe: make room and try again.");
    assert!(shop.shows("> 10101"), "what was typed stays: {}", shop.screen());
    insta::assert_snapshot!(
        shop.screen().lines().last().unwrap_or_default().to_owned() + "\n" + &shop.message()
    );
    shop.keys("esc plus");
    assert!(shop.settled().is_empty());
    assert_eq!(shop.lines().len(), lines, "neither paid nor changed");
    // Room again: the same keys settle the same document, once.
    shop.till().limit_size(None).unwrap();
    shop.keys("plus");
    assert_eq!(shop.settled().len(), 1);
    assert_eq!(shop.settled()[0].document().active_lines().count(), lines);
    let mut shop = shop.restart();
    assert_eq!(shop.settled().len(), 1);
}

#[test]
fn after_a_power_cut_whoever_comes_first_is_told_what_was_completed_and_the_change() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("'14101' enter f10 '2000' c");
    let number = shop.settled()[0].document().number.to_string();
    let mut shop = shop.restart();
    shop.keys("'p3333' enter");
    let told = format!("CHANGE £19.25. {number} was completed before the till stopped.");
    assert_eq!(shop.message(), told);
    assert!(shop.shows(&told), "the smallest screen has room for it: {}", shop.screen());
    // Of a deposit whose document is open the change comes first as well: 5.00 less 1.75.
    let mut shop = Shop::selling(80, 24);
    shop.keys("ctrl+t 'layaway' enter '20303' enter");
    let number = shop.document().number.to_string();
    let notes = TakeTender::amount(TenderKind::Cash, Money::from_minor(500));
    shop.till().execute(Command::TakeTender(notes)).unwrap();
    let mut shop = shop.restart();
    shop.keys("'p3333' enter");
    let told = format!("CHANGE £3.25. {number}: money was taken before the till stopped.");
    assert_eq!(shop.message(), format!("{told} Document {number} is open: go on with it."));
    assert!(shop.shows(&told), "{}", shop.screen());
}

#[test]
fn a_time_zone_that_nobody_knows_is_said_where_people_log_in() {
    let mut shop = Shop::open(80, 24);
    shop.session.warn(Key::ZoneUnknown);
    assert!(shop.shows("is not known: UTC. Start with --time-zone."), "{}", shop.screen());
    // What is broken is said first.
    shop.keys("'9999' enter");
    let refused = shop.message();
    shop.session.warn(Key::ZoneUnknown);
    assert_eq!(shop.message(), refused);
}

#[test]
fn a_tiny_terminal_says_what_it_needs() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("'10106' enter");
    shop.session.state.size = ratatui::layout::Size::new(10, 5);
    insta::assert_snapshot!(shop.screen());
}

#[test]
fn a_document_that_comes_to_something_else_after_a_start_says_so() {
    let mut shop = Shop::selling(120, 40);
    shop.keys("'10106' enter");
    let disk = rusqlite::Connection::open(shop.till().path()).unwrap();
    disk.execute_batch(
        "DROP TRIGGER event_is_never_changed; UPDATE event SET net_due = 120 WHERE net_due > 0",
    )
    .unwrap();
    drop(disk);
    let mut shop = shop.restart();
    shop.keys("'p3333' enter");
    let said = shop.message();
    assert!(said.contains("is open again") || said.contains("-000001"), "{said}");
    assert!(said.contains("came to £1.20") && said.contains("comes to £0.95 now"), "{said}");
}
