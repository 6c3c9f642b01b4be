//! Keys that a shop gave another meaning: what they do, what help says of them, and what is refused.

use std::collections::BTreeMap;

use ratatui::{Terminal, backend::TestBackend, style::Color};
use saleflex_core::settings::{KeyboardLayout, ScreenKeyboard};
use saleflex_tui::{app::Place, screen, theme::Theme};

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

#[test]
fn a_layout_of_the_shops_own_is_shown_first_where_it_says_so_and_in_its_colours() {
    let mut shop = Shop::administered(80, 24);
    let mut settings = shop.till().settings().clone();
    let rows = |keys: &str| vec![keys.to_owned()];
    settings.appearance.screen_keyboard = ScreenKeyboard {
        layouts: vec![KeyboardLayout {
            name: "BÉPO".to_owned(),
            rows: rows("bépoè"),
            shifted: rows("BÉPOÈ"),
        }],
        layout: Some("BÉPO".to_owned()),
        back_color: Some("0x0000EE".to_owned()),
        ..ScreenKeyboard::default()
    };
    shop.till().change_settings(settings).unwrap();
    let mut shop = shop.restart();
    shop.keys("ctrl+k");
    assert!(shop.shows("BÉPO"), "{}", shop.screen());
    let ground = |theme: Theme| {
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
        terminal.draw(|frame| screen::draw(&shop.session.state, &theme, frame)).unwrap();
        let cells = terminal.backend().buffer().content();
        cells.iter().find(|cell| cell.symbol() == "é").unwrap().bg
    };
    assert_eq!(ground(Theme::colours()), Color::Blue);
    assert_eq!(ground(Theme::plain()), Color::Reset, "without colours none is shown");
}

#[test]
fn a_keyboard_is_set_by_command_and_what_it_cannot_show_is_refused() {
    let shop = sold("login admin 1111\n");
    let set = |field: &str, value, code| {
        let key = format!("appearance.screen_keyboard.{field}");
        ends(&shop, &["config", "set", &key, value, "--user", "admin"], code)
    };
    set("layouts", r#"[{"name": "BÉPO", "rows": ["bépoè"], "shifted": ["BÉPOÈ"]}]"#, 0);
    assert!(set("layout", "DVORAK", 1).contains("there is no DVORAK, but QWERTY"));
    assert!(set("border_color", "red", 1).contains("a colour is written 0xRRGGBB"));
    assert!(
        set("layouts", r#"[{"name": "X", "rows": ["x"], "shifted": []}]"#, 1).contains("`X` is no layout")
    );
}
