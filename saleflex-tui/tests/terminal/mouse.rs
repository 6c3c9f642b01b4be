//! The mouse, on a till that has nothing else.

use saleflex_core::{ids::LineNo, settings::Settings};
use saleflex_tui::{app::Place, dialog::Dialog};

use crate::common::harness::Shop;

#[test]
fn somebody_logs_in_sells_and_is_paid_by_mouse_alone() {
    let mut shop = Shop::open(120, 40);
    shop.click("Priya Thornbury");
    assert!(!shop.shows("QWERTY"));
    shop.click("┌ PIN");
    assert!(shop.shows("QWERTY"), "{}", shop.screen());
    for _ in 0..4 {
        shop.click(" 3 ");
    }
    shop.click(" Enter ");
    shop.click(" Close ");
    shop.click("1   Sale");
    shop.click("2 Baguette");
    shop.click("2 Baguette");
    assert_eq!(shop.lines().len(), 2, "{}", shop.screen());
    shop.click("2 Baguette");
    assert_eq!(shop.session.state.selling.selected, Some(LineNo(2)), "{}", shop.screen());
    shop.click("d Void line");
    assert_eq!(shop.lines(), ["1 Baguette 0.95"], "{}", shop.screen());
    shop.click("F10 Payment");
    shop.click("k Card");
    shop.click("k Card");
    shop.click("Enter, or go on");
    assert_eq!(shop.settled().len(), 1, "{}", shop.screen());
    assert!(shop.session.state.dialogs.is_empty(), "{}", shop.screen());
}

#[test]
fn dialogs_are_answered_by_mouse_and_a_question_by_its_own_words_alone() {
    let mut shop = Shop::selling(120, 40);
    let dialogs = |shop: &Shop| shop.session.state.dialogs.len();
    shop.keys("'10106' enter f2 'disc'");
    shop.click("Discount % on all");
    assert_eq!(dialogs(&shop), 1, "the row is gone to");
    shop.click("Esc: cancel");
    assert_eq!(dialogs(&shop), 0, "{}", shop.screen());
    // A manager agrees: who and in which field.
    shop.keys("'5' ctrl+g");
    let prompt = |shop: &Shop| match shop.session.state.dialogs.last() {
        Some(Dialog::Prompt(prompt)) => (prompt.at, prompt.choice(0)),
        _ => panic!("{}", shop.screen()),
    };
    shop.click("Morgan Ellwood");
    assert_eq!(prompt(&shop), (0, Some(1)));
    shop.click("PIN  ");
    assert_eq!(prompt(&shop), (1, Some(1)));
    shop.click("PIN  ");
    assert!(shop.shows("QWERTY"), "{}", shop.screen());
    shop.click(" Close ");
    shop.click("Esc: cancel");
    // What cannot be undone asks for its own key.
    shop.keys("esc ctrl+x");
    shop.click("Please confirm");
    assert_eq!(dialogs(&shop), 1);
    shop.click("Esc: no");
    assert_eq!((dialogs(&shop), shop.lines().len()), (0, 1));
    shop.keys("ctrl+x");
    shop.click("for yes");
    assert!(shop.lines().is_empty(), "{}", shop.screen());
}

#[test]
fn a_row_is_gone_to_by_the_mouse_and_chosen_once_more_as_enter_does() {
    let mut shop = Shop::managed(80, 24);
    shop.keys("esc p");
    shop.click("Avocado");
    let Place::List(list) = shop.session.state.place() else { panic!("{}", shop.screen()) };
    assert_eq!(list.selected().map(|row| row.cells[0].as_str()), Some("11108"));
    shop.click("Avocado");
    assert!(shop.shows("Product ─"), "{}", shop.screen());
    let is_for_sale =
        |shop: &Shop| shop.screen().lines().any(|line| line.contains("For sale                [x]"));
    shop.click("For sale");
    assert!(is_for_sale(&shop), "{}", shop.screen());
    shop.click("For sale");
    assert!(!is_for_sale(&shop), "{}", shop.screen());
    shop.click("Short name");
    assert!(!shop.shows("QWERTY"), "{}", shop.screen());
    shop.click("Short name");
    assert!(shop.shows("QWERTY"), "{}", shop.screen());
    shop.click(" Close ");
    // A tender, and what comes back of a sale.
    shop.keys("esc y esc 1 '5*14101' enter f10 '10' k '20' k");
    shop.click("Card");
    assert!(matches!(shop.session.state.place(), Place::Payment { at: Some(0) }), "{}", shop.screen());
    shop.keys("+ enter ctrl+b '1' enter");
    shop.click("Baked beans");
    let Place::Return(back) = shop.session.state.place() else { panic!("{}", shop.screen()) };
    assert!(back.picked[0].is_some(), "{}", shop.screen());
}

#[test]
fn a_till_that_is_set_so_shows_its_keyboard_from_the_log_in_on() {
    assert!(!Settings::default().appearance.keyboard);
    let mut shop = Shop::administered(120, 40);
    shop.keys(&format!("s 1 {} ' ' ctrl+s", "down ".repeat(11)));
    assert!(shop.till().settings().appearance.keyboard, "{}", shop.screen());
    assert!(!shop.shows("QWERTY"));
    shop.keys("ctrl+l");
    assert!(shop.shows("QWERTY"), "{}", shop.screen());
}
