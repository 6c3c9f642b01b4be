//! Screens by command: taken in, had back, and taken out, by those who may.

use std::fs;

use crate::common::program::{ends, program, sold};

const PAGE: &str = "form_no = 900\nname = \"MY_PAGE\"\n[[control]]\nname = \"SALES\"\ntype = \"BUTTON\"\n\
                    function1 = \"SALES_FORM\"\ncompact = [1, 2, 20, 1]\n";

#[test]
fn screens_are_taken_in_and_had_back_by_command() {
    let shop = sold("login admin 1111\n");
    let write = |name: &str, definition: &str| fs::write(shop.path().join(name), definition).unwrap();
    let config = |arguments: &[&str], code| {
        ends(&shop, &[&["config"][..], arguments, &["--user", "admin"]].concat(), code)
    };
    write("page.toml", PAGE);
    assert!(config(&["form", "page.toml"], 0).contains("MY_PAGE was taken from page.toml"));
    assert_eq!(config(&["restore-forms"], 0), "none\n", "what is the shop's own is not what was changed");
    write("menu.toml", "form_no = 2\nname = \"MAIN_MENU\"\n");
    assert!(config(&["form", "menu.toml"], 1).contains("nothing leads from MAIN_MENU to FORM_LIST"));
    write("menu.toml", "form_no = 2\nname = \"MAIN_MENU\"\nfunctions = [\"SETTING_FORM\"]\n");
    config(&["form", "menu.toml"], 0);
    write("page.toml", &PAGE.replace("SALES_FORM", "DANCE"));
    let refused = config(&["form", "page.toml"], 1);
    assert_eq!(refused.matches("there is no event `DANCE`").count(), 1, "{refused}");
    assert!(refused.contains("form MY_PAGE, control SALES"), "{refused}");
    let mut clerk = program(&shop);
    clerk.args(["config", "restore-forms", "--user", "priya"]).env("SALEFLEX_SECRET", "3333");
    assert_eq!(clerk.output().unwrap().status.code(), Some(1));
    assert_eq!(config(&["restore-forms"], 0), "MAIN_MENU is as delivered again.\n");
    assert_eq!(config(&["restore-forms", "SALE"], 0), "SALE is as delivered again.\n");
    assert_eq!(config(&["restore-forms", "MY_PAGE"], 0), "MY_PAGE was taken out.\n");
    assert!(config(&["restore-forms", "MY_PAGE"], 1).contains("the till has none of this name"));
    assert!(ends(&shop, &["verify"], 0).starts_with("whole: "));
}

#[test]
fn the_screen_to_begin_on_is_one_that_there_is() {
    let shop = sold("login admin 1111\n");
    let set = |form: &str, code| {
        ends(&shop, &["config", "set", "appearance.start_form", form, "--user", "admin"], code)
    };
    for none in ["NOWHERE", "LOGIN", "SETUP"] {
        assert!(set(none, 1).contains(&format!("there is no form {none} to begin on")), "{none}");
    }
    set("SALE", 0);
    assert_eq!(
        ends(&shop, &["config", "get", "appearance.start_form"], 0),
        "appearance.start_form = \"SALE\"\n"
    );
    set("null", 0);
}

#[test]
fn a_screen_to_begin_on_that_is_gone_stands_in_the_way_of_no_other_setting() {
    let shop = sold("login admin 1111\n");
    let config = |arguments: &[&str], code| {
        ends(&shop, &[&["config"][..], arguments, &["--user", "admin"]].concat(), code)
    };
    fs::write(shop.path().join("page.toml"), PAGE).unwrap();
    config(&["form", "page.toml"], 0);
    config(&["set", "appearance.start_form", "MY_PAGE"], 0);
    assert_eq!(config(&["restore-forms", "MY_PAGE"], 0), "MY_PAGE was taken out.\n");
    assert_eq!(config(&["set", "policy.max_lines", "300"], 0), "policy.max_lines = 300\n");
    config(&["set", "appearance.start_form", "SALE"], 0);
    let gone = config(&["set", "appearance.start_form", "MY_PAGE"], 1);
    assert!(gone.contains("there is no form MY_PAGE to begin on"), "{gone}");
}
