//! A list of goods that is typed and scanned at once: whose line is whose, and what is wrong with which.

use saleflex_tui::{app::Place, input::Scanner};

use super::{level, stock};
use crate::common::harness::Shop;

/// The lines of the list in front.
fn listed(shop: &Shop) -> Vec<String> {
    let Place::Record(record) = shop.session.state.place() else { panic!("{}", shop.screen()) };
    let entered = record.entered();
    entered.text("MORE").lines().map(str::to_owned).collect()
}

#[test]
fn what_a_scanner_types_amid_a_line_is_a_line_of_its_own_and_the_line_is_gone_on_with() {
    let mut scanner = Scanner::new(None);
    let mut shop = stock(120, 40);
    shop.keys("4 pgdn '10106 1'");
    for code in ["5098101000017", "5098101000024"] {
        shop.scan(&mut scanner, code);
        assert_eq!(shop.message(), format!("{code} is on the list."), "{}", shop.screen());
    }
    shop.keys("'2'");
    assert_eq!(listed(&shop), ["10106 12", "5098101000017", "5098101000024"], "{}", shop.screen());
    // On a free line the next one is typed or scanned behind it.
    let mut shop = stock(120, 40);
    shop.keys("4 pgdn");
    shop.scan(&mut scanner, "5098101000017");
    shop.keys("'10106 3' enter");
    shop.scan(&mut scanner, "5098101000024");
    shop.keys("'10101'");
    assert_eq!(listed(&shop), ["5098101000017", "10106 3", "5098101000024", "10101"], "{}", shop.screen());
}

#[test]
fn what_is_wrong_with_a_line_of_a_delivery_is_said_until_that_line_is_mended() {
    let mut shop = stock(120, 40);
    shop.keys("4 pgdn '99999999 1' enter '99999998 1' ctrl+s");
    for words in ["99999999 1: nothing", "99999998 1: nothing"] {
        assert!(shop.shows(words), "{words}: {}", shop.screen());
    }
    shop.keys("up end backspace");
    assert!(!shop.shows("99999998 1: nothing"), "it is being mended: {}", shop.screen());
    assert!(shop.shows("99999999 1: nothing"), "nobody mended it: {}", shop.screen());
    // The cursor went along with the rows.
    shop.keys("'4'");
    assert_eq!(listed(&shop), ["99999999 1", "99999998 4"], "{}", shop.screen());
}

#[test]
fn what_is_wrong_with_a_line_stays_said_where_a_code_is_scanned_amid_it() {
    let mut scanner = Scanner::new(None);
    let mut shop = stock(120, 40);
    shop.keys("4 pgdn '99999999 1' enter '99999998 1' ctrl+s up end");
    shop.scan(&mut scanner, "5098101000017");
    for words in ["99999999 1: nothing", "99999998 1: nothing"] {
        assert!(shop.shows(words), "{words}: {}", shop.screen());
    }
    // The cursor is where it was.
    shop.keys("'2'");
    assert_eq!(listed(&shop), ["99999999 1", "99999998 12", "5098101000017"], "{}", shop.screen());
}

#[test]
fn whoever_is_asked_whether_to_leave_a_delivery_sells_nothing_by_scanning() {
    let mut scanner = Scanner::new(None);
    for (answer, stays) in [("y", false), ("esc", true)] {
        let mut shop = stock(120, 40);
        let before = level(&mut shop, "10106");
        shop.keys("4 pgdn '10106 1' esc");
        assert!(shop.shows("Leave without saving?"), "{}", shop.screen());
        shop.scan(&mut scanner, "5098101000017");
        assert!(shop.message().starts_with("5098101000017 was scanned and not taken"), "{}", shop.message());
        assert!(shop.session.rings() == 1 && shop.session.state.scans.is_empty(), "{}", shop.screen());
        shop.keys(answer);
        assert!(shop.till().draft().is_none(), "nothing is sold: {}", shop.screen());
        assert_eq!(level(&mut shop, "10106"), before);
        if stays {
            assert_eq!(listed(&shop), ["10106 1"]);
        }
    }
}
