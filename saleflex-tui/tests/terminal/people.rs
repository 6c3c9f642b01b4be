//! Cashiers and their PINs: changing one, and waiting after wrong ones.

use rust_decimal::Decimal;
use saleflex_core::{
    audit::{AuditSearch, Figure},
    cashier::{
        Role,
        access::Act,
        rating::{CashierRating, Feedback, Stars},
    },
};
use saleflex_store::{Error, cashier::NewCashier};
use saleflex_tui::{
    action::{Action, Screen},
    dialog::Dialog,
    input::Scanner,
    keymap::Mode,
};

use crate::common::harness::Shop;

#[test]
fn a_pin_is_changed_and_only_the_new_one_opens_the_till() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("esc 7 '1234' enter '5555' enter '5555' enter");
    assert!(shop.shows("The PIN so far is wrong."), "{}", shop.screen());
    shop.keys("'3333' enter '55' enter '55' enter");
    assert!(shop.shows("at least 4 characters"), "{}", shop.screen());
    shop.keys("esc 7 '3333' enter '5555' enter '5556' enter");
    assert!(shop.shows("The two PINs differ."), "{}", shop.screen());
    assert!(!shop.shows("5555") && !shop.shows("3333"), "{}", shop.screen());
    shop.keys("backspace '5' enter");
    assert_eq!(shop.message(), "The PIN was changed.");
    shop.keys("9 down down '3333' enter");
    assert!(shop.message().contains("wrong"));
    shop.keys("'5555' enter");
    assert_eq!(shop.session.state.mode(), Mode::Page);
}

/// A demo till whose Priya has a badge, at the log-in screen.
fn with_badge(badge: &str) -> Shop {
    let mut shop = Shop::administered(80, 24);
    shop.keys(&format!("s 3 'priya' enter {} '{badge}' ctrl+s", "down ".repeat(8)));
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    shop.keys("ctrl+l");
    shop
}

#[test]
fn a_badge_that_is_typed_or_scanned_chooses_its_cashier_and_the_pin_is_asked_for() {
    let mut shop = with_badge("Zx7780123");
    let mut scanner = Scanner::new(None);
    // Typed by hand, letters and digits.
    shop.keys("'zx7780123' enter");
    assert_eq!(shop.message(), "Priya Thornbury: now the PIN.");
    shop.keys("enter");
    assert!(shop.till().on_duty().is_none(), "a badge alone lets nobody in");
    shop.keys("'3333' enter");
    assert_eq!(shop.till().on_duty().unwrap().user_name, "priya");
    // Scanned by a scanner that types.
    shop.keys("ctrl+l");
    shop.scan(&mut scanner, "ZX7780123");
    assert_eq!(shop.message(), "Priya Thornbury: now the PIN.");
    shop.keys("'3333' enter");
    assert_eq!(shop.till().on_duty().unwrap().user_name, "priya");
    // The till is locked: the badge of somebody who may not take it over chooses nobody.
    shop.keys("ctrl+l 'ada' enter '1111' enter");
    assert_eq!(shop.till().on_duty().unwrap().user_name, "admin");
    shop.session.state.show_locked(saleflex_tui::text::Key::LockedBy);
    shop.scan(&mut scanner, "zx7780123");
    assert_eq!(shop.message(), "Locked by Ada Penhallow.");
}

#[test]
fn an_unknown_badge_says_so_and_is_no_wrong_pin_of_anybody() {
    let mut shop = with_badge("77801234");
    let mut scanner = Scanner::new(None);
    for _ in 0..4 {
        shop.scan(&mut scanner, "99990000");
        assert_eq!(shop.message(), "Nobody has this name or badge.");
        shop.keys("'xq99' enter");
        assert_eq!(shop.message(), "Nobody has this name or badge.");
    }
    // What is typed after somebody was chosen is a PIN, also where it is fast.
    shop.keys("down up '77801234' enter");
    assert_eq!(shop.message(), "The name or the PIN is wrong.");
    shop.keys("'1111' enter");
    assert_eq!(shop.till().on_duty().unwrap().user_name, "admin");
}

#[test]
fn a_pin_never_chooses_whose_badge_says_the_same() {
    let mut shop = with_badge("77801234");
    // Ada stands first, and it is her PIN that is awaited.
    shop.keys("'77801234' enter");
    assert_eq!(shop.message(), "The name or the PIN is wrong.");
    let mut scanner = Scanner::new(None);
    shop.scan(&mut scanner, "77801234");
    assert_eq!(shop.message(), "Priya Thornbury: now the PIN.");
    // Nor at a locked till, where a word may be a PIN.
    let mut shop = with_badge("Zx7780123");
    shop.keys("'ada' enter '1111' enter");
    shop.session.state.show_locked(saleflex_tui::text::Key::LockedBy);
    shop.keys("'zx7780123' enter");
    assert_eq!(shop.message(), "The name or the PIN is wrong.");
}

#[test]
fn a_badge_names_the_manager_who_agrees_and_the_pin_is_asked_for() {
    let mut shop = Shop::administered(80, 24);
    for (name, badge) in [("morgan", "Mm778012"), ("priya", "Pp778012")] {
        shop.keys(&format!("s 3 '{name}' enter {} '{badge}' ctrl+s esc esc", "down ".repeat(8)));
    }
    shop.keys("ctrl+l");
    shop.keys("'pri' enter '3333' enter enter '10106' enter up ctrl+d '60' enter");
    assert!(shop.shows("A manager has to agree"), "{}", shop.screen());
    let mut scanner = Scanner::new(None);
    shop.scan(&mut scanner, "PP778012");
    assert!(shop.shows("That person may not approve this."), "{}", shop.screen());
    shop.scan(&mut scanner, "MX778012");
    assert_eq!(shop.message(), "Nobody has this name or badge.");
    shop.keys("enter '2222' enter");
    assert!(shop.shows("Choose who agrees"), "what a scanner typed chose nobody: {}", shop.screen());
    shop.scan(&mut scanner, "MM778012");
    assert_eq!(shop.message(), "Morgan Ellwood: now the PIN.");
    shop.keys("enter");
    assert!(shop.shows("A manager has to agree"), "a badge alone agrees to nothing: {}", shop.screen());
    shop.keys("'2222' enter");
    assert!(!shop.shows("A manager has to agree"), "{}", shop.screen());
    let document = shop.document();
    assert!(document.lines[0].adjustments[0].authority.approved_by.is_some());
}

#[test]
fn a_managers_secret_is_never_heard_as_a_scan_however_fast_it_comes() {
    let mut shop = Shop::administered(80, 24);
    shop.keys(&format!("s 3 'morgan' enter {} 'Mm778012' ctrl+s esc esc ctrl+l", "down ".repeat(8)));
    shop.keys("'mor' enter '2222' enter");
    shop.keys("7 '2222' enter 'long~2222' enter 'long~2222' enter");
    assert_eq!(shop.message(), "The PIN was changed.", "{}", shop.screen());
    shop.keys("ctrl+l 'pri' enter '3333' enter enter '10106' enter up ctrl+d '60' enter");
    assert!(shop.shows("A manager has to agree"), "{}", shop.screen());
    // Where it is asked who agrees, what is no badge is neither shown nor kept.
    let mut scanner = Scanner::new(Some('~'));
    shop.scan(&mut scanner, "secret22");
    assert!(!shop.shows("secret22"), "{}", shop.screen());
    shop.scan(&mut scanner, "~MM778012");
    assert_eq!(shop.message(), "Morgan Ellwood: now the PIN.");
    // As a key wedge types it, with the sign that scanners send first in it.
    shop.scan(&mut scanner, "long~2222");
    assert!(!shop.shows("long~") && !shop.shows("A manager has to agree"), "{}", shop.screen());
    let document = shop.document();
    assert!(document.lines[0].adjustments[0].authority.approved_by.is_some(), "{}", shop.screen());
}

#[test]
fn a_badge_that_is_taken_or_none_is_told_beside_its_field() {
    let mut shop = with_badge("77801234");
    let downs = "down ".repeat(8);
    shop.keys(&format!("'ada' enter '1111' enter s 3 'morgan' enter {downs} '7780-1234' ctrl+s"));
    assert!(shop.shows("A badge has 8 letters A-Z and digits at least"), "{}", shop.screen());
    shop.keys("backspace backspace backspace backspace backspace '123' ctrl+s");
    assert!(
        shop.shows("A badge has 8 letters A-Z and digits at least"),
        "a short one is a PIN: {}",
        shop.screen()
    );
    shop.keys("'4' ctrl+s");
    assert!(shop.shows("77801234 is taken"), "{}", shop.screen());
    shop.keys("backspace '1' ctrl+s");
    assert_eq!(shop.message(), "Saved.");
}

#[test]
fn after_wrong_pins_the_seconds_left_are_counted_down() {
    let mut shop = Shop::open(80, 24);
    for _ in 0..3 {
        shop.keys("'9' enter");
        assert_eq!(shop.message(), "The name or the PIN is wrong.");
    }
    shop.keys("'1111' enter");
    assert_eq!(shop.message(), "Too many attempts: wait 1 s, then try again.");
    shop.clock.advance(chrono::Duration::milliseconds(1_100));
    shop.session.tick();
    assert_eq!(shop.message(), "The wait is over: try again.");
    for _ in 0..2 {
        shop.keys("'9' enter");
        shop.clock.advance(chrono::Duration::seconds(2));
    }
    shop.keys("'9' enter '1111' enter");
    let told = |shop: &Shop| shop.message().split_whitespace().find_map(|word| word.parse::<u32>().ok());
    let first = told(&shop).unwrap();
    assert!(first > 1, "{}", shop.message());
    insta::assert_snapshot!(shop.screen());
    shop.clock.advance(chrono::Duration::seconds(1));
    assert!(shop.session.tick());
    assert_eq!(told(&shop), Some(first - 1));
    shop.clock.advance(chrono::Duration::seconds(i64::from(first)));
    shop.session.tick();
    shop.keys("'1111' enter");
    assert_eq!(shop.session.state.mode(), Mode::Page);
}

#[test]
fn why_a_drawer_differs_is_asked_before_a_manager_who_is_then_asked_once() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("'10106' enter plus enter esc 4 z '900' enter z");
    assert!(shop.shows("The drawer differs by"), "{}", shop.screen());
    shop.keys("'a coin fell' enter");
    assert!(shop.shows("A manager has to agree"), "{}", shop.screen());
    shop.keys("'a' enter '1111' enter");
    assert_eq!(shop.message(), "Period 1 is closed.");
}

#[test]
fn the_demo_store_shows_its_pins_until_somebody_is_logged_in_and_no_other_store_does() {
    let mut shop = Shop::open(80, 24);
    assert!(shop.shows("Demo store: admin 1111, morgan 2222, priya 3333, tom 4444"), "{}", shop.screen());
    shop.keys("'1111' enter");
    assert!(!shop.shows("2222"));
    let mut shop = Shop::first_start(80, 24);
    shop.keys("n 'Corner' enter enter 'try' enter 'boss' enter '4321' enter '4321' enter enter");
    assert!(!shop.shows("Demo store") && !shop.shows("4321"), "{}", shop.screen());
}

#[test]
fn an_approver_who_tries_too_often_waits_too() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("'10106' enter '5' ctrl+g 'a' enter");
    for _ in 0..3 {
        shop.keys("'9' enter");
    }
    shop.keys("'1111' enter");
    assert!(shop.shows("wait 1 s"), "{}", shop.screen());
}

#[test]
fn letters_choose_a_name_until_the_pin_is_gone_to_and_a_password_may_have_some() {
    let mut shop = Shop::open(80, 24);
    shop.keys("'m2222' enter");
    assert_eq!(shop.till().on_duty().map(|cashier| cashier.user_name.clone()).as_deref(), Some("morgan"));
    shop.keys("9 'priya' enter '3333' enter");
    assert_eq!(shop.till().on_duty().map(|cashier| cashier.user_name.clone()).as_deref(), Some("priya"));
    shop.till().change_secret("3333", "sesame1").unwrap();
    // Letters after Enter are part of the secret, and so are they after Tab, twice.
    for way in ["'p' enter", "down down tab tab", "up up up up down down enter"] {
        shop.keys(&format!("9 {way} 'sesame1' enter"));
        let on_duty = shop.till().on_duty().map(|cashier| cashier.user_name.clone());
        assert_eq!(on_duty.as_deref(), Some("priya"), "{way}: {}", shop.screen());
    }
}

#[test]
fn what_is_said_of_a_cashier_is_entered_by_a_manager_shown_with_the_figures_and_in_the_trail() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("'10106' enter plus enter");
    shop.session.perform(Action::Go(Screen::Form("CASHIER_PERFORMANCE".into())));
    shop.keys("f5");
    assert!(shop.shows("What is said of a cashier") && shop.shows("Morgan"), "{}", shop.screen());
    // A rating without stars is none.
    shop.keys("down down down ctrl+s");
    assert!(shop.shows("A rating has stars."), "{}", shop.screen());
    // Somebody who comes in between moves nobody's place.
    shop.till().log_in("admin", "1111").unwrap();
    shop.till().add_cashier(&NewCashier::with_role("abe", "Abe", "5555", Role::Cashier)).unwrap();
    shop.till().log_in("morgan", "2222").unwrap();
    shop.keys("right right right right down 'kind and quick' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    shop.keys("enter");
    let Some(Dialog::Paper(reader)) = shop.session.state.dialogs.last() else { panic!("{}", shop.screen()) };
    let sheet = reader.paper.lines.join("\n");
    for words in ["4.00 (1)", "80.00 %", "Rating 4/5: kind and quick"] {
        assert!(sheet.contains(words), "{words}: {sheet}");
    }
    let search = AuditSearch { acts: [Act::RateCashier].into(), ..AuditSearch::default() };
    let trail = shop.till().audit_trail(&search, 10).unwrap();
    let figures: Vec<_> = trail.iter().map(|row| row.record.after.clone()).collect();
    assert_eq!(figures, [Some(Figure::Number(Decimal::from(4)))]);
    let today = shop.till().now().business_date;
    let cashier = shop.till().on_duty().unwrap().id;
    let stars = Some(Stars::try_new(5).unwrap());
    let praise = CashierRating { cashier, date: today, feedback: Feedback::Praise, stars, note: None };
    let tomorrow = CashierRating { date: today.succ_opt().unwrap(), ..praise.clone() };
    assert!(matches!(shop.till().rate_cashier(tomorrow), Err(Error::BadField { .. })));
    shop.till().log_in("priya", "3333").unwrap();
    assert!(matches!(shop.till().rate_cashier(praise.clone()), Err(Error::Refused(_))));
    shop.till().log_in("morgan", "2222").unwrap();
    shop.till().rate_cashier(praise).unwrap();
    let said = shop.till().ratings(today, today).unwrap()[&cashier];
    assert_eq!((said.rated, said.praise, said.average().unwrap().to_string()), (2, 1, "4.50".to_owned()));
}

#[test]
fn a_note_is_written_on_a_session_and_stands_on_its_sheet() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("esc s 8 f5");
    assert!(shop.shows("Note on a work session") && shop.shows("The whole session"), "{}", shop.screen());
    shop.keys("down 'two tills today' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    shop.keys("enter");
    let Some(Dialog::Paper(reader)) = shop.session.state.dialogs.last() else { panic!("{}", shop.screen()) };
    let sheet = reader.paper.lines.join("\n");
    assert!(sheet.contains("Notes\n  Morgan Ellwood: two tills today"), "{sheet}");
}

#[test]
fn what_is_typed_after_a_refused_pin_is_hidden_from_its_first_key_and_may_be_the_password() {
    let mut shop = Shop::open(80, 24);
    shop.keys("'priya' enter '3333' enter");
    shop.till().change_secret("3333", "mellow1").unwrap();
    shop.keys("9 'priya' enter '3333' enter");
    assert_eq!(shop.message(), "The name or the PIN is wrong.");
    // A letter that Morgan's name begins with, and then none that it goes on with.
    shop.keys("'m'");
    assert!(shop.shows("Search: *") && !shop.shows("Search: m"), "{}", shop.screen());
    shop.keys("'ellow1'");
    assert!(shop.shows("*******") && !shop.shows("Search:"), "{}", shop.screen());
    shop.keys("enter");
    assert_eq!(shop.till().on_duty().unwrap().user_name, "priya");
    // Who was chosen since is meant, and a search that is begun for itself is shown.
    shop.keys("9 up up up up '0' enter 'priya' enter '0' enter up up up up down down 'mellow1' enter");
    assert_eq!(shop.till().on_duty().unwrap().user_name, "priya");
    shop.keys("9 'priya' enter '0' enter tab 'mo'");
    assert!(shop.shows("Search: mo"), "{}", shop.screen());
}

#[test]
fn after_a_wrong_pin_letters_name_somebody_and_digits_are_the_next_try() {
    let mut shop = Shop::open(80, 24);
    // Priya's PIN, while Morgan is chosen.
    shop.keys("down '3333' enter");
    assert_eq!(shop.message(), "The name or the PIN is wrong.");
    shop.keys("'p3333' enter");
    assert_eq!(shop.till().on_duty().unwrap().user_name, "priya");
    // The same where a manager agrees: Morgan's PIN, while Ada is chosen.
    shop.keys("enter '4*14101' enter '10' ctrl+g 'a' enter '2222' enter");
    assert!(shop.shows("The name or the PIN is wrong."), "{}", shop.screen());
    shop.keys("'m2222' enter");
    let approved_by = shop.document().adjustments[0].authority.approved_by.unwrap();
    assert_eq!(shop.till().cashier(approved_by).unwrap().user_name, "morgan");
    // Digits are the next try of the same person, here and at log-in.
    let mut shop = Shop::open(80, 24);
    shop.keys("down down '1234' enter '3333' enter");
    assert_eq!(shop.till().on_duty().unwrap().user_name, "priya");
}
