//! Screens of a shop's own: taken in from files, taken out again, and never such that nobody gets at them any more.

use saleflex_store::{forms::FormRecord, verify::Verification};
use saleflex_tui::form::stored::delivered_form;

use crate::common::harness::Shop;

const PAGE: &str = r#"form_no = 900
name = "MY_PAGE"
caption = "Our own page"

[[control]]
name = "SALES"
type = "BUTTON"
function1 = "SALES_FORM"
hotkey = "1"
compact = [1, 2, 20, 1]
"#;

/// A menu with nothing but the way to the sale.
const BARE_MENU: &str = r#"form_no = 2
name = "MAIN_MENU"

[[control]]
name = "MENU"
type = "MENU"
cell = [0, 1, 0, -3]
compact = [0, 1, 0, -3]

[[control]]
name = "SALES"
type = "BUTTON"
function1 = "SALES_FORM"
"#;

/// The administrator at the list of screens, with a definition in a file beside the till.
fn with_file(name: &str, definition: &str) -> Shop {
    let mut shop = Shop::administered(120, 40);
    let file = shop.till().path().with_file_name(format!("{name}.form.toml"));
    std::fs::write(file, definition).unwrap();
    shop.keys(&format!("s 4 '{name}'"));
    shop
}

#[test]
fn a_screen_of_the_shops_own_is_taken_in_from_a_file_and_taken_out_again() {
    let mut shop = with_file("MY_PAGE", PAGE);
    assert!(shop.shows("in a file, not taken in yet"), "{}", shop.screen());
    let file = shop.till().path().with_file_name("MY_PAGE.form.toml");
    shop.keys("enter");
    assert!(shop.message().contains("the till has none of this name"), "{}", shop.message());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), PAGE, "the file is not written over");
    shop.keys("f6");
    assert!(shop.message().contains("MY_PAGE was taken from"), "{}", shop.message());
    assert!(shop.shows("changed here") && shop.shows("Our own page"), "{}", shop.screen());
    // While another screen leads there, it stays.
    let mut leading: FormRecord = toml::from_str(PAGE).unwrap();
    (leading.form_no, leading.name) = (901, "LEADING".to_owned());
    leading.control[0].function1 = Some("SHOW_FORM".to_owned());
    leading.control[0].arg1 = Some("MY_PAGE".to_owned());
    shop.till().change_form(&leading).unwrap();
    shop.keys("f7");
    assert!(shop.shows("Take MY_PAGE out for good?"), "{}", shop.screen());
    shop.keys("y");
    let refused = shop.message();
    assert!(refused.contains("LEADING") && refused.contains("there is no form MY_PAGE"), "{refused}");
    shop.till().remove_form(901).unwrap();
    shop.keys("f7 y");
    assert_eq!(shop.message(), "MY_PAGE was taken out.");
    assert!(shop.shows("in a file, not taken in yet"), "{}", shop.screen());
    shop.keys("esc esc 9");
    assert!(shop.shows("screen MY_PAGE was taken out"), "{}", shop.screen());
    assert!(matches!(shop.till().verify().unwrap(), Verification::Whole(_)));
}

#[test]
fn a_screen_without_a_file_says_which_is_missing_and_how_to_have_it() {
    let mut shop = Shop::administered(80, 24);
    let file = shop.till().path().with_file_name("LOGIN.form.toml");
    shop.keys("s 4");
    assert!(shop.shows("Settings of this till"), "{}", shop.screen());
    shop.keys("'LOGIN' f6");
    let missing = format!("There is no file {}: Enter writes LOGIN there, to be changed.", file.display());
    assert_eq!(shop.message(), missing);
    shop.keys("enter f6");
    assert!(shop.message().starts_with("LOGIN was taken from "), "{}", shop.message());
}

#[test]
fn a_definition_is_taken_in_under_its_own_name_and_number_alone() {
    let mut shop = with_file("MAIN_MENU", PAGE);
    shop.keys("f6");
    let refused = "the definition is of form MY_PAGE, and MAIN_MENU was to be taken in";
    assert_eq!(shop.message(), refused);
    assert!(shop.till().forms().unwrap().iter().all(|form| form.name != "MY_PAGE"));
    for (name, definition, wrong) in [
        ("OTHER", PAGE.replace("MY_PAGE", "OTHER").replace("900", "2"), "the number 2 is that of MAIN_MENU"),
        (
            "my page",
            PAGE.replace("MY_PAGE", "my page"),
            "a name has capitals from A to Z, digits and _ alone",
        ),
    ] {
        let mut shop = with_file(name, &definition);
        shop.keys("f6");
        assert!(shop.message().ends_with(wrong), "{}", shop.message());
    }
}

#[test]
fn a_menu_from_which_the_screens_are_not_reached_is_refused_and_one_that_is_stored_does_not_stay() {
    let mut shop = with_file("MAIN_MENU", BARE_MENU);
    shop.keys("f6");
    assert!(shop.message().contains("nothing leads from MAIN_MENU to FORM_LIST"), "{}", shop.message());
    shop.keys("esc esc esc");
    assert!(shop.shows("Settings"), "{}", shop.screen());
    // As a program stored it that did not look.
    shop.till().change_form(&toml::from_str(BARE_MENU).unwrap()).unwrap();
    let mut shop = shop.restart();
    assert!(shop.message().contains("nothing leads from MAIN_MENU to FORM_LIST"), "{}", shop.message());
    shop.keys("'1111' enter s 4 'MAIN_MENU'");
    assert!(shop.shows("broken: nothing leads from MAIN_MENU"), "{}", shop.screen());
    shop.keys("f7 y");
    assert_eq!(shop.message(), "MAIN_MENU is as delivered again.");
    let stored = shop.till().forms().unwrap().into_iter().find(|form| form.name == "MAIN_MENU").unwrap();
    assert_eq!(stored.definition.as_ref().ok(), delivered_form("MAIN_MENU"));
}

#[test]
fn whoever_logs_in_begins_on_the_screen_that_the_shop_names_where_they_may_see_it() {
    let begin = |form: &str| {
        let mut shop = Shop::open(120, 40);
        shop.till().log_in("admin", "1111").unwrap();
        let mut settings = shop.till().settings().clone();
        settings.appearance.start_form = Some(form.to_owned());
        shop.till().change_settings(settings).unwrap();
        shop.till().log_out().unwrap();
        shop.restart()
    };
    let place = |shop: &Shop| shop.session.state.place().form().to_owned();
    let mut shop = begin("SALE");
    shop.keys("down down '3333' enter");
    assert_eq!(place(&shop), "SALE", "{}", shop.screen());
    shop.keys("esc");
    assert_eq!(place(&shop), "MAIN_MENU", "Escape leads to the menu: {}", shop.screen());
    // A list is filled as if it had been gone to.
    let mut shop = begin("PRODUCT_LIST");
    shop.keys("down down '3333' enter");
    assert!(place(&shop) == "PRODUCT_LIST" && shop.shows("Baguette"), "{}", shop.screen());
    // Priya may not see the settings, and the screen of a shop that is gone is none.
    for form in ["POS_SETTINGS", "MY_PAGE", "LOGIN"] {
        let mut shop = begin(form);
        shop.keys("down down '3333' enter");
        assert_eq!(place(&shop), "MAIN_MENU", "{form}: {}", shop.screen());
        assert!(shop.session.state.dialogs.is_empty(), "{form}: nobody is asked");
    }
}

#[test]
fn a_stored_screen_with_what_is_refused_today_keeps_its_locks() {
    let mut shop = Shop::administered(120, 40);
    let mut sale = delivered_form("SALE").unwrap().clone();
    let park = sale.control.iter_mut().find(|control| control.name == "SUSPEND").unwrap();
    park.required_capability = Some("pos.override".to_owned());
    let stray = "name = \"STRAY\"\ntype = \"CHECKBOX\"\ncell = [0, 1, 5, 1]";
    sale.control.push(toml::from_str(stray).unwrap());
    // As a program stored it that did not look.
    shop.till().change_form(&sale).unwrap();
    let mut shop = shop.restart();
    assert!(shop.message().contains("control STRAY: nothing fills it"), "{}", shop.message());
    shop.keys("down down '3333' enter 1 '10106' enter ctrl+s");
    assert!(shop.shows("A manager has to agree"), "{}", shop.screen());
}

#[test]
fn a_stored_log_in_screen_on_which_nobody_gets_on_gives_way_to_the_delivered_one() {
    let mut shop = Shop::administered(120, 40);
    let bare = "form_no = 1\nname = \"LOGIN\"\nneed_login = false\n[[control]]\nname = \"A\"\n\
                type = \"CHECKBOX\"\ncell = [0, 1, 5, 1]";
    shop.till().change_form(&toml::from_str(bare).unwrap()).unwrap();
    let mut shop = shop.restart();
    assert!(shop.shows("Priya"), "{}", shop.screen());
    shop.keys("'1111' enter");
    assert_eq!(shop.session.state.place().form(), "MAIN_MENU", "{}", shop.screen());
}
