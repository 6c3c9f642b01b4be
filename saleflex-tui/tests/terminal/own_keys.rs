//! Keys that a shop gave another meaning: what they do, what help says of them, and what is refused.

use std::collections::BTreeMap;

use saleflex_tui::app::Place;

use crate::common::{
    harness::Shop,
    program::{ends, sold},
};

/// A sale at a till whose shop changed some keys of selling.
fn with_keys(keys: &[(&str, &str)]) -> Shop {
    let mut shop = Shop::administered(120, 70);
    let mut settings = shop.till().settings().clone();
    let own = keys.iter().map(|(key, event)| ((*key).to_owned(), (*event).to_owned())).collect();
    settings.appearance.keys = BTreeMap::from([("sale".to_owned(), own)]);
    shop.till().change_settings(settings).unwrap();
    shop.restart()
}

#[test]
fn a_key_of_the_shops_own_does_what_the_shop_says_and_help_names_it() {
    let mut shop = with_keys(&[("f7", "PAYMENT"), ("f10", "")]);
    shop.keys("'1111' enter 1 '10101' enter f10");
    assert!(matches!(shop.session.state.place(), Place::Sale), "{}", shop.screen());
    shop.keys("backspace");
    assert!(shop.shows("This till has keys of its own: ? shows them."), "{}", shop.screen());
    shop.keys("f1");
    let help = shop.screen();
    assert!(help.contains("F7") && !help.contains("F10"), "{help}");
    shop.keys("esc f7");
    assert!(matches!(shop.session.state.place(), Place::Payment { .. }), "{}", shop.screen());
    // Other settings that are saved on their screen leave them alone.
    let kept = shop.till().settings().appearance.keys.clone();
    shop.keys("esc ctrl+x y esc s 1 ctrl+s");
    assert_eq!((shop.message().as_str(), &shop.till().settings().appearance.keys), ("Saved.", &kept));
}

#[test]
fn keys_that_cannot_be_used_are_told_and_those_of_the_program_stay() {
    let mut shop = with_keys(&[("f7", "DANCE"), ("f10", "")]);
    assert_eq!(
        shop.message(),
        "The keys of the shop's own are not used: mode sale, key F7: there is no event `DANCE`"
    );
    shop.keys("'1111' enter 1 '10101' enter f10");
    assert!(matches!(shop.session.state.place(), Place::Payment { .. }), "{}", shop.screen());
}

#[test]
fn keys_are_set_by_command_and_one_that_a_form_has_is_refused() {
    let shop = sold("login admin 1111\n");
    let set = |key: &str, value, code| {
        ends(&shop, &["config", "set", &format!("appearance.keys.{key}"), value, "--user", "admin"], code)
    };
    set("sale.f7", "PAYMENT", 0);
    assert_eq!(
        ends(&shop, &["config", "get", "appearance.keys.sale.f7"], 0).trim(),
        "appearance.keys.sale.f7 = \"PAYMENT\""
    );
    assert!(set("sale.f8", "DANCE", 1).contains("there is no event `DANCE`"));
    assert!(set("any.esc", "", 1).contains("no key would be left for BACK"));
    assert!(set("sale.alt+c", "PAYMENT", 1).contains("has another meaning on this screen"));
    let back = ends(&shop, &["config", "set", "appearance.keys", "null", "--user", "admin"], 0);
    assert_eq!(back, "appearance.keys = {}\n");
    ends(&shop, &["config", "get", "appearance.keys.sale.f7"], 1);
}
