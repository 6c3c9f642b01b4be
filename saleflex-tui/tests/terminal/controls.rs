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
