//! Product pages as a shop puts them together: stored with the sale screen, used at once, and taken back.

use chrono::{Duration, NaiveDate};
use saleflex_core::{
    catalog::{CatalogChange, PriceList, ProductBarcode},
    quantity::{Quantity, UnitPrice},
};
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

#[test]
fn a_key_by_code_and_one_by_barcode_look_only_there_and_sell_at_their_own_price() {
    let mut shop = Shop::open(120, 40);
    shop.keys("'1111' enter 1");
    let today = NaiveDate::from_ymd_opt(2025, 4, 6).unwrap();
    // A barcode that is written as the product's own code is, at a price of its own.
    let loaf = shop.till().catalog().find_code("10101", today).unwrap().product.unwrap();
    let barcode = ProductBarcode {
        barcode: "10101".to_owned(),
        product: loaf,
        price: Some(UnitPrice::parse("7.77").unwrap()),
        pack_quantity: Quantity::ONE,
    };
    let change = CatalogChange { barcodes: vec![barcode], ..CatalogChange::default() };
    shop.till().change_catalog(change).unwrap();
    let mut sale = delivered_form("SALE").unwrap().clone();
    let pages = sale.control.iter_mut().find(|control| control.name == "PAGES").unwrap();
    pages.tabs = vec!["Keys".to_owned()];
    let by = |name: &str, event: &str, code: &str| ControlRecord {
        function1: Some(event.to_owned()),
        ..key(name, 0, code, None)
    };
    sale.control.push(by("LOAF", "SALE_PLU_CODE", "10101"));
    sale.control.push(by("OFFER", "SALE_PLU_BARCODE", "10101"));
    sale.control.push(by("NOT_A_BARCODE", "SALE_PLU_BARCODE", "10106"));
    shop.till().change_form(&sale).unwrap();
    shop.session.perform(Action::ReloadForms);
    shop.keys("alt+1 alt+2");
    let prices = |shop: &mut Shop| -> Vec<String> {
        let lines = &shop.till().draft().unwrap().lines;
        lines.iter().map(|line| line.unit_price.to_string()).collect()
    };
    let own = shop.till().catalog().product(loaf).unwrap().price_on(today).to_string();
    assert_eq!(prices(&mut shop), [own.as_str(), "7.77"]);
    shop.keys("alt+3");
    assert!(shop.message().contains("10106"), "{}", shop.message());
    assert_eq!(prices(&mut shop).len(), 2);
    shop.keys("'10101' enter");
    assert_eq!(prices(&mut shop)[2], "7.77", "what is typed is a barcode first");
}

/// Changes what stands on the first page of keys.
fn favour(shop: &mut Shop, chosen: &[&str], best_sold: bool) {
    let mut settings = shop.till().settings().clone();
    settings.favourites.chosen = chosen.iter().map(|code| (*code).to_owned()).collect();
    settings.favourites.best_sold = best_sold;
    shop.till().change_settings(settings).unwrap();
}

#[test]
fn keys_show_the_prices_of_the_day_also_at_a_till_that_runs_past_midnight() {
    let mut shop = Shop::open(120, 40);
    shop.keys("'1111' enter");
    favour(&mut shop, &["10106"], false);
    let product = shop.till().catalog().product_by_code("10106").unwrap().id();
    let dearer = UnitPrice::parse("1.95").unwrap();
    let list = PriceList {
        code: "APRIL".to_owned(),
        name: "April".to_owned(),
        from: NaiveDate::from_ymd_opt(2025, 4, 7),
        prices: [(product, dearer)].into(),
        ..PriceList::default()
    };
    let change = CatalogChange { price_lists: vec![list], ..CatalogChange::default() };
    shop.till().change_catalog(change).unwrap();
    shop.session.perform(Action::ReloadForms);
    let price = |shop: &Shop| shop.session.state.view.pages[0].keys[0].price;
    shop.session.tick();
    assert_eq!(price(&shop), UnitPrice::parse("0.95").unwrap());
    shop.clock.advance(Duration::hours(15));
    shop.session.tick();
    assert_eq!(price(&shop), dearer);
    shop.keys("1 alt+1");
    assert_eq!(shop.lines(), ["1 Baguette 1.95"]);
}

#[test]
fn the_first_page_has_the_keys_that_the_shop_chose_then_what_sells_best() {
    let mut shop = Shop::open(120, 40);
    shop.keys("'1111' enter");
    favour(&mut shop, &["10101"], true);
    shop.keys("ctrl+l '1111' enter 1");
    // Baked beans stand on two sales, whatever their number; the loaf has its key already.
    shop.keys("'14101' enter plus enter '14101' enter '9*10106' enter plus enter '10101' enter plus enter");
    shop.keys("ctrl+l '1111' enter 1");
    let names = |shop: &Shop| -> Vec<String> {
        let page = &shop.session.state.view.pages[0];
        page.keys.iter().map(|key| key.code.clone()).collect()
    };
    assert_eq!(names(&shop), ["10101", "14101", "10106"], "{}", shop.screen());
    assert!(shop.shows("F5 Favourites") && shop.shows("F6 Bakery"), "{}", shop.screen());
    shop.keys("alt+2");
    assert_eq!(shop.lines().len(), 1, "{}", shop.screen());
    assert!(shop.lines()[0].starts_with("1 Baked beans"), "{:?}", shop.lines());
    shop.keys("alt+0");
    assert!(shop.message().contains("not"), "{}", shop.message());
}

#[test]
fn a_page_without_a_sale_yet_says_what_will_stand_there_and_keeps_its_place() {
    let mut shop = Shop::open(80, 24);
    shop.keys("'1111' enter");
    favour(&mut shop, &[], true);
    shop.keys("ctrl+l '1111' enter 1");
    assert!(shop.shows("F5 Favourites") && shop.shows("from the first sale on"), "{}", shop.screen());
    // No key is silent: not one without a product, nor one of a page that is whole or not there.
    shop.keys("alt+9");
    assert_eq!(shop.message(), "Key 9 has no product on this page.");
    shop.keys("f5");
    assert_eq!(shop.message(), "Favourites has no more keys than these.");
    shop.session.perform(Action::ProductPage(200));
    assert_eq!(shop.message(), "There is no page 200.");
}

#[test]
fn a_product_gets_its_key_from_its_own_screen_and_the_settings_list_them_in_order() {
    let mut shop = Shop::open(80, 24);
    shop.keys("'1111' enter p 'baguette' enter f6");
    assert_eq!(shop.message(), "Baguette has a key on the first page.", "{}", shop.screen());
    assert_eq!(shop.till().settings().favourites.chosen, ["10106"]);
    shop.keys("f6");
    assert_eq!(shop.message(), "Baguette has no key on the first page any more.");
    shop.keys("esc esc esc s 1");
    let to_keys = "down ".repeat(7);
    shop.keys(&format!("{to_keys} '14101; 99999' ctrl+s"));
    assert!(shop.shows("Nothing is known as 99999."), "{}", shop.screen());
    shop.keys("backspace backspace backspace backspace backspace '10106' down space ctrl+s");
    let favourites = shop.till().settings().favourites.clone();
    assert_eq!((favourites.chosen, favourites.best_sold), (vec!["14101".into(), "10106".into()], true));
    shop.keys("esc esc 1");
    assert!(shop.shows("F5 Favourites") && shop.shows("1 Baked beans"), "{}", shop.screen());
}

#[test]
fn a_cashier_changes_no_keys() {
    let mut shop = Shop::managed(80, 24);
    shop.keys("esc p 'baguette' enter f6");
    let has_right = shop.session.state.view.may(saleflex_core::cashier::Capability::SettingsWrite);
    assert_eq!(shop.till().settings().favourites.chosen.is_empty(), !has_right, "{}", shop.screen());
}

#[test]
fn sub_departments_are_a_second_row_of_a_page_and_are_pressed_there() {
    let mut shop = Shop::administered(120, 40);
    shop.keys("1");
    let pages = shop.session.state.view.pages.clone();
    let (at, page) = pages.iter().enumerate().find(|(_, page)| page.groups.len() > 1).unwrap();
    let page_no = u8::try_from(at + 1).unwrap();
    shop.session.perform(Action::ProductPage(page_no));
    assert!(shop.shows(&page.groups[0].name) && shop.shows(&page.groups[1].name), "{}", shop.screen());
    shop.session.perform(Action::ProductGroup(2));
    let part = page.part(shop.session.state.selling.part);
    assert_eq!((part.group, part.keys[0].code.as_str()), (1, page.keys[page.groups[0].keys].code.as_str()));
    assert!(part.keys.len() <= page.groups[1].keys, "keys of one group alone");
    // The same by the mouse: the first group stands at the left below the tabs.
    let row = shop.screen().lines().position(|line| line.contains(&page.groups[0].name)).unwrap();
    let row =
        shop.screen().lines().skip(row).position(|line| line.contains(&page.groups[1].name)).unwrap() + row;
    shop.session.handle(saleflex_tui::input::Input::Click { column: 3, row: u16::try_from(row).unwrap() });
    assert_eq!(page.part(shop.session.state.selling.part).group, 0, "{}", shop.screen());
    shop.session.perform(Action::ProductGroup(99));
    assert!(!shop.message().is_empty());
}

#[test]
fn the_key_of_goods_that_are_gone_is_marked_once_they_are_sold() {
    let mut shop = Shop::administered(120, 40);
    shop.keys("1");
    assert!(shop.shows("2 Baguette"), "{}", shop.screen());
    let product = shop.till().catalog().product_by_code("10106").unwrap().id();
    let left = shop.till().stock(product).unwrap().unwrap().on_hand.to_string();
    shop.keys(&format!("'{left}*10106' enter"));
    if !shop.session.state.dialogs.is_empty() {
        shop.keys("y");
    }
    assert!(shop.shows("2 Baguette"), "nothing is gone before it is paid: {}", shop.screen());
    shop.keys("plus enter");
    assert!(shop.shows("2!Baguette") && shop.shows("4 Ciabatta"), "{}", shop.screen());
    assert!(shop.till().short_products().unwrap().contains(&product));
}
