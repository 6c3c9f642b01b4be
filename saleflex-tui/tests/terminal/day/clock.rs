//! The time clock beside the till: what one says of breaks, the other says too.

use chrono::Duration;
use saleflex_tui::{dialog::Dialog, keymap::Mode};

use crate::common::harness::Shop;

/// Goes on a break from the sale screen.
const LUNCH: &str = "f2 'go on a break' enter 'lunch' enter";
/// What somebody is told who comes back from a break that the till knew nothing of any more.
const IS_OVER: &str = "You were on a break by the time clock: it is over now.";

/// Seconds on breaks, by the clock, of whoever is at the till.
fn break_s(shop: &mut Shop) -> u32 {
    let id = shop.till().on_duty().unwrap().id;
    shop.till().attendance(id).unwrap().shifts[0].break_s
}

#[test]
fn whoever_comes_to_the_till_is_on_no_break_by_the_clock() {
    let mut shop = Shop::selling(80, 24);
    shop.keys(&format!("esc t 'priya' f5 esc esc 1 {LUNCH}"));
    let morgan = shop.session.state.people_to_log_in().iter().position(|person| person.user_name == "morgan");
    shop.keys(&format!("{}'2222' enter", "down ".repeat(morgan.unwrap())));
    assert_eq!(shop.message(), "Taken over from Priya Thornbury.");
    shop.clock.advance(Duration::minutes(30));
    shop.keys("ctrl+l 'priya' enter '3333' enter");
    assert_eq!(shop.message(), IS_OVER);
    assert_eq!(break_s(&mut shop), 30 * 60);
    // The next one is punched as itself, and a power cut ends none without a word.
    shop.keys(&format!("1 {LUNCH}"));
    let mut shop = shop.restart();
    shop.clock.advance(Duration::minutes(15));
    shop.keys("'priya' enter '3333' enter");
    assert!(shop.message().ends_with(IS_OVER), "{}", shop.message());
    assert_eq!(break_s(&mut shop), 45 * 60);
}

#[test]
fn a_break_that_is_begun_at_the_clock_locks_the_till_of_whoever_is_at_it() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("esc t 'priya' f5 f7 'lunch' enter");
    assert_eq!(shop.session.state.mode(), Mode::Login);
    assert!(shop.till().locked().is_some() && shop.shows("is on a break"), "{}", shop.screen());
    shop.clock.advance(Duration::minutes(20));
    shop.keys("'3333' enter");
    assert_eq!(break_s(&mut shop), 20 * 60);
}

#[test]
fn a_manager_agrees_to_breaks_where_the_shop_wants_it_and_sessions_have_its_plan() {
    let mut shop = Shop::administered(80, 24);
    shop.keys(&format!("s 2 pgdn {} '480' down ' ' ctrl+s", "down ".repeat(7)));
    let idle = shop.till().settings().idle;
    assert_eq!((idle.session_min, idle.breaks_approved), (Some(480), true), "{}", shop.screen());
    shop.keys(&format!("ctrl+l 'priya' enter '3333' enter 1 {LUNCH}"));
    assert!(shop.shows("A manager has to agree"), "{}", shop.screen());
    shop.keys("'m' enter '2222' enter");
    assert_eq!(shop.session.state.mode(), Mode::Login, "{}", shop.screen());
    shop.keys("'3333' enter");
    let session = shop.till().open_session().unwrap().unwrap();
    assert_eq!((session.planned_min, session.breaks[0].approved_by.is_some()), (Some(480), true));
    shop.keys("ctrl+l 'morgan' enter '2222' enter s 8 'priya' enter");
    let Some(Dialog::Paper(reader)) = shop.session.state.dialogs.last() else { panic!("{}", shop.screen()) };
    let sheet = reader.paper.lines.join("\n");
    for words in ["planned: 480 min", "agreed", "Morgan Ellwood"] {
        assert!(sheet.contains(words), "{words}: {sheet}");
    }
}
