//! Product pages as a shop puts them together: stored with the sale screen, used at once, and taken back.

use saleflex_store::forms::ControlRecord;
use saleflex_tui::{action::Action, form::stored::delivered_form};

use crate::common::harness::Shop;

fn key(name: &str, tab: u16, code: &str, caption: Option<&str>) -> ControlRecord {
    ControlRecord {
        name: name.to_owned(),
        kind: "BUTTON".to_owned(),
        parent_name: Some("PAGES".to_owned()),
        tab_index: tab,
        function1: Some("SALE_PLU_CODE".to_owned()),
        arg1: Some(code.to_owned()),
        caption1: caption.map(str::to_owned),
        is_visible: true,
        ..ControlRecord::default()
    }
}

#[test]
fn pages_of_the_sale_screens_definition_take_the_place_of_departments_until_it_is_restored() {
    let mut shop = Shop::open(120, 40);
    shop.keys("'1111' enter 1");
    assert!(shop.shows("Bakery"), "{}", shop.screen());
    let mut sale = delivered_form("SALE").unwrap().clone();
    let pages = sale.control.iter_mut().find(|control| control.name == "PAGES").unwrap();
    pages.tabs = vec!["Breakfast".to_owned(), "Gone".to_owned()];
    sale.control.push(key("LOAF", 0, "10101", None));
    sale.control.push(key("ROLL", 0, "10106", Some("Our baguette")));
    sale.control.push(key("OLD", 1, "99999", None));
    shop.till().change_form(&sale).unwrap();
    shop.session.perform(Action::ReloadForms);
    assert!(shop.shows("Breakfast") && shop.shows("Our baguette"), "{}", shop.screen());
    assert!(!shop.shows("Bakery"), "{}", shop.screen());
    shop.keys("alt+2");
    assert_eq!(shop.lines(), ["1 Baguette 0.95"]);
    // What is not sold any more keeps its place, and says so when it is pressed.
    shop.keys("f6 alt+1");
    assert_eq!(shop.lines().len(), 1);
    assert!(shop.message().contains("99999"), "{}", shop.message());
    // A page by definition belongs to no department.
    shop.keys("alt+0");
    assert!(!shop.message().is_empty());
    // They are there after a restart, and gone with the definition.
    let mut shop = shop.restart();
    shop.keys("'1111' enter");
    assert!(shop.shows("Breakfast"), "{}", shop.screen());
    shop.till().restore_form(delivered_form("SALE").unwrap()).unwrap();
    shop.session.perform(Action::ReloadForms);
    assert!(shop.shows("Bakery") && !shop.shows("Breakfast"), "{}", shop.screen());
}
