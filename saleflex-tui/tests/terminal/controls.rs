//! What a shop's own definition can say of a control: a question first, groups, lists, pictures, colours.

use ratatui::style::Color;
use saleflex_store::forms::FormRecord;
use saleflex_tui::{
    action::{Action, Screen},
    form::stored::delivered_form,
    input::{Input, Scanner},
};

use crate::common::harness::Shop;

/// Publishes a screen, and has somebody at the till again.
fn publish(shop: &mut Shop, form: &FormRecord) {
    shop.till().log_in("admin", "1111").unwrap();
    shop.till().change_form(form).unwrap();
    shop.till().log_in("priya", "3333").unwrap();
    shop.session.perform(Action::ReloadForms);
}

#[test]
fn enter_in_a_field_runs_what_its_definition_gives_it() {
    let mut shop = Shop::managed(80, 24);
    let mut product = delivered_form("PRODUCT_DETAIL").unwrap().clone();
    let name = product.control.iter_mut().find(|known| known.name == "SHORT_NAME").unwrap();
    name.function1 = Some("SAVE_CHANGES".to_owned());
    publish(&mut shop, &product);
    shop.till().log_in("morgan", "2222").unwrap();
    shop.keys("esc p 'avocado' enter down enter");
    assert!(shop.shows("> Short name"), "a field without one goes on: {}", shop.screen());
    shop.keys("'Avo' enter");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
}

/// Has a control of the sale screen ask first.
fn asking(shop: &mut Shop, control: &str, capability: Option<&str>) {
    let mut sale = delivered_form("SALE").unwrap().clone();
    let control = sale.control.iter_mut().find(|known| known.name == control).unwrap();
    control.confirm = true;
    control.required_capability = capability.map(str::to_owned);
    publish(shop, &sale);
}

#[test]
fn a_control_that_asks_first_does_nothing_until_its_key_says_yes() {
    let mut shop = Shop::selling(120, 40);
    asking(&mut shop, "SUSPEND", None);
    let parked = |shop: &mut Shop| shop.till().suspended().unwrap().len();
    // By its key, by name, and from a screen that has no such control.
    for keys in ["'10106' enter ctrl+s", "f2 'park' enter", "f10 ctrl+s"] {
        shop.keys(keys);
        assert!(shop.shows("Do \"Park\"?"), "{keys}: {}", shop.screen());
        shop.keys("enter");
        assert!(shop.shows("Do \"Park\"?"), "Enter alone is no yes: {}", shop.screen());
        shop.keys("esc");
        assert_eq!((shop.lines().len(), parked(&mut shop)), (1, 0), "{keys}");
        if keys.starts_with("f10") {
            shop.keys("esc");
        }
    }
    // The second function of the button asks under its own name.
    shop.keys("f9 ctrl+s");
    assert!(shop.shows("Do \"Cancel document\"?"), "{}", shop.screen());
    shop.keys("esc ctrl+s y");
    assert_eq!(parked(&mut shop), 1, "{}", shop.screen());
}

#[test]
fn what_is_scanned_while_a_control_asks_waits_no_longer_than_for_the_answer() {
    let mut scanner = Scanner::default();
    for answer in ["y", "esc"] {
        let mut shop = Shop::selling(120, 40);
        // What it does is no matter of the till: nothing comes back that would go on with the code.
        asking(&mut shop, "SUBTOTAL", None);
        shop.keys("'10106' enter =");
        assert!(shop.shows("Do \""), "{}", shop.screen());
        shop.scan(&mut scanner, "5098101000017");
        assert_eq!((shop.session.state.scans.len(), shop.lines().len()), (1, 1), "{}", shop.screen());
        shop.keys(answer);
        assert_eq!((shop.session.state.scans.len(), shop.lines().len()), (0, 2), "{}", shop.screen());
    }
}

#[test]
fn a_control_that_asks_first_and_is_locked_asks_the_cashier_then_somebody_who_may() {
    let mut shop = Shop::selling(120, 40);
    asking(&mut shop, "SUSPEND", Some("pos.override"));
    shop.keys("'10106' enter ctrl+s");
    assert!(shop.shows("Do \"Park\"?") && !shop.shows("A manager has to agree"), "{}", shop.screen());
    shop.keys("y");
    assert!(shop.shows("A manager has to agree"), "{}", shop.screen());
    shop.keys("'m' enter '2222' tab 'busy' enter");
    assert_eq!(shop.till().suspended().unwrap().len(), 1, "{}", shop.screen());
}

/// A page of a shop's own, with one control of each type that stands on no delivered screen.
const PAGE: &str = r#"
form_no = 900
name = "PAGE"
caption = "Counter"
[[control]]
name = "SHELF"
type = "GROUP"
caption1 = "Shelf"
compact = [0, 1, 40, 12]
cell = [0, 1, 40, 12]
[[control]]
name = "BREAD"
type = "LISTBOX"
parent_name = "SHELF"
caption1 = "Bread"
function1 = "SALE_PLU_CODE"
list_values = ["10101=White loaf", "10106=Our baguette", "10102"]
tool_tip = "Enter sells it."
compact = [0, 0, 30, 4]
cell = [0, 0, 30, 4]
[[control]]
name = "PHOTO"
type = "PICTURE"
parent_name = "SHELF"
image = "counter.png"
text_alignment = "LEFT"
compact = [0, 5, 30, 1]
cell = [0, 5, 30, 1]
[[control]]
name = "STATE"
type = "TRANSACTION_STATUS"
compact = [60, 1, 20, 1]
cell = [60, 1, 20, 1]
[[control]]
name = "NOTE"
type = "LABEL"
caption1 = "fresh"
fore_color = "0xFF0000"
compact = [60, 3, 20, 1]
cell = [60, 3, 20, 1]
[[control]]
name = "MESSAGE"
type = "PANEL"
compact = [0, -2, 0, 1]
cell = [0, -2, 0, 1]
"#;

fn counter(width: u16, height: u16) -> Shop {
    let mut shop = Shop::selling(width, height);
    publish(&mut shop, &toml::from_str(PAGE).unwrap());
    to_counter(&mut shop);
    shop
}

fn to_counter(shop: &mut Shop) {
    shop.session.perform(Action::Go(Screen::Form("PAGE".into())));
}

#[test]
fn a_page_of_a_shops_own_shows_groups_lists_pictures_and_how_far_the_document_is() {
    let mut shop = counter(80, 24);
    for words in [" Shelf ", " Bread ", "White loaf", "Our baguette", "[ counter.png ]", "READY", "fresh"] {
        assert!(shop.shows(words), "{words}: {}", shop.screen());
    }
    // Tab stops at every row; the list goes along.
    shop.keys("tab");
    assert!(shop.shows("Enter sells it.") && !shop.shows("10102"), "{}", shop.screen());
    shop.keys("tab tab");
    assert!(shop.shows("10102") && !shop.shows("White loaf"), "{}", shop.screen());
    shop.keys("backtab enter");
    assert_eq!(shop.lines(), ["1 Baguette 0.95"], "{}", shop.screen());
    to_counter(&mut shop);
    assert!(shop.shows("ACTIVE"), "{}", shop.screen());
    // By the mouse: the second row of the list.
    shop.session.handle(Input::Click { column: 3, row: 4 });
    assert_eq!(shop.lines().len(), 2, "{}", shop.screen());
    assert!(shop.lines()[1].contains("Baguette"));
    // By name, as every function.
    to_counter(&mut shop);
    shop.keys("f2 'white' enter");
    assert_eq!(shop.lines().len(), 3, "{}", shop.screen());
    shop.keys("'100' plus");
    to_counter(&mut shop);
    assert!(shop.shows("PART PAID"), "{}", shop.screen());
}

#[test]
fn colours_of_a_definition_are_shown_where_the_theme_takes_them() {
    use ratatui::{Terminal, backend::TestBackend};
    use saleflex_tui::{screen, theme::Theme};
    let shop = counter(80, 24);
    let colour = |theme: Theme| {
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
        terminal.draw(|frame| screen::draw(&shop.session.state, &theme, frame)).unwrap();
        let buffer = terminal.backend().buffer();
        let at = (60..80).find(|x| buffer.cell((*x, 3)).unwrap().symbol() == "f").unwrap();
        buffer.cell((at, 3)).unwrap().fg
    };
    assert_eq!(colour(Theme::colours()), Color::LightRed);
    assert_eq!(colour(Theme::plain()), Color::Reset, "without colours none is shown");
    assert_ne!(colour(Theme::contrast()), Color::LightRed);
}

/// A page that asks for some room, with pop-ups and the address of a page of the web.
const HELP: &str = r#"
form_no = 901
name = "HELP_PAGE"
min_cols = 100
display_mode = "MAIN"
[[control]]
name = "HOURS"
type = "POP_UP"
caption1 = "Opening hours"
hotkey = "f5"
list_values = ["Monday to Friday 8 to 20", "Saturday 9 to 18"]
cell = [0, 1, 30, 1]
compact = [0, 1, 30, 1]
[[control]]
name = "BREADS"
type = "POP_UP"
caption1 = "Breads"
function1 = "SALE_PLU_CODE"
hotkey = "f6"
list_values = ["10101=White loaf", "10106=Our baguette"]
cell = [0, 3, 30, 1]
compact = [0, 3, 30, 1]
[[control]]
name = "MANUAL"
type = "WEBBROWSER"
caption1 = "Manual"
arg1 = "https://shop.example/manual"
cell = [0, 5, 80, 4]
compact = [0, 5, 80, 4]
"#;

fn to_help(shop: &mut Shop) {
    shop.session.perform(Action::Go(Screen::Form("HELP_PAGE".into())));
}

#[test]
fn a_pop_up_shows_its_rows_above_the_screen_and_an_address_says_that_there_is_no_browser() {
    let mut shop = Shop::selling(120, 40);
    publish(&mut shop, &toml::from_str(HELP).unwrap());
    to_help(&mut shop);
    assert!(shop.shows("https://shop.example/manual") && shop.shows("A terminal has no browser"));
    assert!(!shop.shows("Saturday 9 to 18"), "{}", shop.screen());
    shop.keys("f5");
    assert!(shop.shows("Opening hours") && shop.shows("Saturday 9 to 18"), "{}", shop.screen());
    // By its key and by Enter where Tab stops: once at each pop-up.
    shop.keys("esc f6");
    assert!(shop.shows("White loaf") && shop.shows("Our baguette"), "{}", shop.screen());
    shop.keys("down enter");
    assert_eq!(shop.lines(), ["1 Baguette 0.95"], "{}", shop.screen());
    to_help(&mut shop);
    shop.keys("tab tab enter");
    assert!(shop.shows("White loaf") && shop.shows("Our baguette"), "{}", shop.screen());
    assert_eq!(shop.lines().len(), 1, "it is open, and nothing is picked: {}", shop.screen());
    shop.keys("enter");
    assert_eq!(shop.lines().len(), 2, "{}", shop.screen());
}

#[test]
fn an_address_has_its_code_beside_it_or_below_where_there_is_room_and_its_words_alone_where_not() {
    let mut shop = Shop::selling(120, 40);
    let small = "cell = [0, 5, 80, 4]\ncompact = [0, 5, 80, 4]\n";
    // A code of 29 modules and the light around it.
    for (room, has_code) in [("[0, 5, 80, 19]", true), ("[0, 5, 35, 25]", true), ("[0, 5, 80, 18]", false)] {
        let page = HELP.replace(small, &format!("cell = {room}\ncompact = [0, 5, 80, 4]\n"));
        publish(&mut shop, &toml::from_str(&page).unwrap());
        to_help(&mut shop);
        assert!(shop.shows("https://shop.example/manual"), "{room}: {}", shop.screen());
        assert_eq!(shop.shows("██████████"), has_code, "{room}: {}", shop.screen());
    }
}

#[test]
fn what_is_picked_from_a_locked_pop_up_asks_and_opening_it_does_not() {
    let mut shop = Shop::selling(120, 40);
    let mut help: FormRecord = toml::from_str(HELP).unwrap();
    let breads = help.control.iter_mut().find(|control| control.name == "BREADS").unwrap();
    breads.required_capability = Some("pos.override".to_owned());
    publish(&mut shop, &help);
    to_help(&mut shop);
    shop.keys("f6");
    assert!(shop.shows("Our baguette") && !shop.shows("A manager has to agree"), "{}", shop.screen());
    shop.keys("enter");
    assert!(shop.shows("A manager has to agree"), "{}", shop.screen());
    shop.keys("esc");
    assert!(shop.lines().is_empty(), "{}", shop.screen());
}

#[test]
fn a_screen_on_too_small_a_terminal_says_what_it_needs_and_escape_leaves_it() {
    let mut shop = Shop::selling(80, 24);
    publish(&mut shop, &toml::from_str(HELP).unwrap());
    to_help(&mut shop);
    assert!(shop.shows("100x24 needed") && !shop.shows("Breads"), "{}", shop.screen());
    shop.session.handle(Input::Click { column: 3, row: 3 });
    assert!(!shop.shows("White loaf"), "what is not seen is not pressed: {}", shop.screen());
    shop.keys("esc");
    assert!(!shop.shows("needed"), "{}", shop.screen());
}

#[test]
fn a_field_takes_capitals_numbers_or_a_hidden_text_as_its_definition_says() {
    let mut shop = Shop::administered(120, 40);
    let mut supplier = delivered_form("SUPPLIER").unwrap().clone();
    for control in &mut supplier.control {
        match control.name.as_str() {
            "CODE" => control.character_casing = Some("UPPER".to_owned()),
            "CONTACT" => control.input_type = Some("PASSWORD".to_owned()),
            "LEAD_DAYS" => control.input_type = Some("NUMERIC".to_owned()),
            _ => {}
        }
    }
    shop.till().change_form(&supplier).unwrap();
    shop.session.perform(Action::ReloadForms);
    shop.session.perform(Action::Go(Screen::Form("SUPPLIER".into())));
    shop.keys("'bakery' down 'Mill and Sons' down 'nobody' down 'a1b2'");
    assert!(shop.shows("BAKERY") && shop.shows("Mill and Sons"), "{}", shop.screen());
    assert!(shop.shows("******") && !shop.shows("nobody"), "{}", shop.screen());
    assert!(shop.shows("12") && !shop.shows("a1b2"), "{}", shop.screen());
    shop.keys("ctrl+s");
    let known = shop.till().suppliers().unwrap();
    assert!(known.iter().any(|supplier| supplier.code == "BAKERY"), "{known:?}");
}
