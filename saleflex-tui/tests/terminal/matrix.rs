//! Every form, every event, every role, both languages: nothing is without effect or explanation, and everything fits.

use std::collections::BTreeSet;

use ratatui::{layout::Size, text::Span};
use saleflex_core::cashier::Role;
use saleflex_store::cashier::NewCashier;
use saleflex_tui::{
    action::{Action, Screen},
    app::State,
    form::{Control, ControlKind, Form, Forms},
    keymap::{Keymap, Mode},
    registry,
    text::Text,
};

use crate::common::harness::Shop;

/// Every role that comes with the till: what somebody who has it presses to log in.
const ROLES: [(&str, &str); 4] = [
    ("cashier", "'priya' enter '3333' enter"),
    ("manager", "'morgan' enter '2222' enter"),
    ("administrator", "'ada' enter '1111' enter"),
    ("stock clerk", "'sam' enter '4444' enter"),
];

/// The demo store and somebody who minds its stock.
fn staffed() -> Shop {
    let mut shop = Shop::open(80, 24);
    shop.till().log_in("admin", "1111").unwrap();
    shop.till().add_cashier(&NewCashier::with_role("sam", "Sam", "4444", Role::StockClerk)).unwrap();
    shop.till().log_out().unwrap();
    shop.restart()
}

/// What changed on the screen, as far as a cashier can tell.
fn seen(state: &State) -> String {
    let dialogs: Vec<String> = state.dialogs.iter().map(|dialog| format!("{dialog:?}")).collect();
    format!(
        "{:?} {dialogs:?} {:?} {:?} {} {:?} {} {:?}",
        state.places,
        state.message,
        state.focus,
        state.is_flipped,
        state.selling,
        state.is_over,
        state.keyboard
    )
}

fn open(form: &str) -> Action {
    registry::event_of(form).map_or_else(
        || Action::Go(Screen::Form(form.to_owned().into())),
        |event| Action::from_event(event, None).unwrap(),
    )
}

fn actions(form: &Form) -> Vec<(String, Action)> {
    let functions = form.controls.iter().flat_map(Control::functions);
    functions
        .chain(&form.functions)
        .map(|function| (function.event.clone(), function.action.clone()))
        .collect()
}

/// What only keys mean on the screen shown: those of its mode, of a line of it, and of every screen.
fn meanings(state: &State) -> Vec<(String, Action)> {
    let mode = state.mode();
    let modes = mode.lineage().chain((mode == Mode::Sale).then_some(Mode::Line));
    // What moves or erases does so where there is something.
    let is_of_place = |action: &Action| {
        matches!(action, Action::Move(_) | Action::Erase(_) | Action::Confirm | Action::Back)
    };
    let keys = modes.flat_map(|mode| state.keymap.keys(mode)).filter(|(_, action)| !is_of_place(action));
    keys.map(|(key, action)| (key.to_string(), action.clone())).collect()
}

#[test]
fn no_event_of_any_form_is_without_effect_or_explanation_for_any_role() {
    let mut silent = Vec::new();
    for (role, keys) in ROLES {
        for has_document in [false, true] {
            let mut shop = staffed();
            shop.keys(keys);
            if has_document {
                shop.keys("1 '10106' enter esc");
            }
            let start = shop.session.state.clone();
            for form in Forms::built_in().iter().filter(|form| form.need_login) {
                shop.session.state = start.clone();
                // What was said before explains nothing.
                shop.session.state.message = None;
                shop.session.perform(open(&form.name));
                let mut opened = shop.session.state.clone();
                if opened.place().form() != form.name {
                    // Whoever may not see it is told why, or somebody who may is asked.
                    let is_told = opened.message.is_some() || !opened.dialogs.is_empty();
                    assert!(is_told, "{role}: {} does not open and says nothing", form.name);
                    continue;
                }
                opened.message = None;
                let before = seen(&opened);
                for (event, action) in actions(form).into_iter().chain(meanings(&opened)) {
                    let mut state = opened.clone();
                    let effects = state.update(action);
                    if effects.is_empty() && seen(&state) == before {
                        silent.push(format!("{role}, document {has_document}: {} {event}", form.name));
                    }
                }
            }
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

/// What tells of money, of sales and of customers: for those who sell.
const FOR_WHO_SELLS: [&str; 17] = [
    "SALE",
    "SUSPENDED_SALES_MARKET",
    "PICK_UP",
    "QUOTES",
    "CLOSURE",
    "CLOSURE_LIST",
    "CLOSURE_DETAIL",
    "CLOSURE_RECEIPTS",
    "CASH_MOVEMENT_LIST",
    "CUSTOMER_LIST",
    "CUSTOMER_DETAIL",
    "CUSTOMER_ERASE",
    "CUSTOMER_MERGE",
    "DUPLICATE_LIST",
    "MEMBER_CARD",
    "POINTS_GRANT",
    "REFERRAL",
];

#[test]
fn who_sells_nothing_sees_no_figures_no_receipts_and_no_customers() {
    let opens = |keys: &str, action: Action| {
        let mut shop = staffed();
        shop.keys(keys);
        shop.session.perform(action);
        let asks = shop.shows("A manager has to agree");
        (shop.session.state.place().form().to_owned(), asks, shop.screen())
    };
    let [.., (_, clerk)] = ROLES;
    for form in FOR_WHO_SELLS {
        let (shown, asks, screen) = opens(clerk, open(form));
        assert!(asks && shown != form, "{form}: {screen}");
    }
    for action in [Action::XReport, Action::LastReceipt] {
        assert!(opens(clerk, action.clone()).1, "{action:?}");
        assert!(!opens(ROLES[0].1, action.clone()).1, "{action:?}: a cashier reads it");
    }
    let (shown, asks, screen) = opens(clerk, open("STOCK_LIST"));
    assert!(!asks && shown == "STOCK_LIST", "their own work is open to them: {screen}");
    // Who sells reads what is parked, what is to be picked up and what was quoted.
    for form in ["CUSTOMER_LIST", "SUSPENDED_SALES_MARKET", "PICK_UP", "QUOTES"] {
        let (shown, asks, screen) = opens(ROLES[0].1, open(form));
        assert!(!asks && shown == form, "{form}: {screen}");
    }
}

#[test]
fn the_time_clock_is_open_to_everybody_who_works_here() {
    for (role, keys) in ROLES {
        let mut shop = staffed();
        shop.keys(keys);
        shop.session.perform(open("EMPLOYEE"));
        let user_name = shop.till().on_duty().unwrap().user_name.clone();
        shop.keys(&format!("'{user_name}' f5"));
        assert_eq!(shop.message(), "You are in. Have a good day.", "{role}: {}", shop.screen());
    }
}

/// User names and secrets of the roles.
const PEOPLE: [(&str, &str); 4] = [("priya", "3333"), ("morgan", "2222"), ("admin", "1111"), ("sam", "4444")];

#[test]
fn every_event_that_is_carried_out_shows_something_for_any_role() {
    let mut silent = Vec::new();
    for ((role, keys), (user_name, secret)) in ROLES.into_iter().zip(PEOPLE) {
        let mut shop = staffed();
        let mut modes = BTreeSet::new();
        shop.keys(keys);
        shop.keys("1 '10106' enter esc");
        let start = shop.session.state.clone();
        for form in Forms::built_in().iter().filter(|form| form.need_login) {
            shop.session.state = start.clone();
            shop.session.state.message = None;
            shop.session.perform(open(&form.name));
            let mut opened = shop.session.state.clone();
            if opened.place().form() != form.name {
                // Whoever may not see it is told why, or somebody who may is asked.
                let is_told = opened.message.is_some() || !opened.dialogs.is_empty();
                assert!(is_told, "{role}: {} does not open and says nothing", form.name);
                continue;
            }
            opened.message = None;
            let before = seen(&opened);
            // Keys mean the same on every screen of a mode.
            let keys = if modes.insert(opened.mode()) { meanings(&opened) } else { Vec::new() };
            for (event, action) in actions(form).into_iter().chain(keys) {
                shop.session.state = opened.clone();
                shop.session.perform(action);
                while shop.session.go_on() {}
                if seen(&shop.session.state) == before {
                    silent.push(format!("{role}: {} {event}", form.name));
                }
                // Whatever became of it, somebody is at the till for the next one.
                if shop.till().on_duty().is_none() || shop.till().locked().is_some() {
                    shop.till().log_in(user_name, secret).unwrap();
                }
            }
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

#[test]
fn what_is_read_is_printed_by_its_key_or_said_not_to_be() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("f1 ctrl+p");
    assert!(!shop.message().is_empty(), "{}", shop.screen());
}

#[test]
fn every_screen_opens_in_both_languages_at_every_size_and_says_where_it_is() {
    for text in Text::all() {
        let mut shop = Shop::open(80, 24);
        shop.session.fix_language(text);
        shop.keys("'1111' enter 1 '10106' enter esc");
        let start = shop.session.state.clone();
        for form in Forms::built_in().iter().filter(|form| form.need_login) {
            for (width, height) in [(80, 24), (120, 40), (200, 60)] {
                shop.session.state = start.clone();
                shop.session.state.size = Size::new(width, height);
                shop.session.perform(open(&form.name));
                let shown = shop.session.state.form().and_then(|form| form.caption.clone()).unwrap();
                assert!(shop.shows(text.caption(&shown)), "{} {}: {}", text.code, form.name, shop.screen());
            }
        }
    }
}

#[test]
fn every_button_label_and_title_fits_in_both_languages() {
    let mut cut = Vec::new();
    let keymap = Keymap::built_in();
    let width = |words: &str| u16::try_from(Span::raw(words).width()).unwrap();
    for text in Text::all() {
        for form in Forms::built_in().iter() {
            for size in [Size::new(80, 24), Size::new(120, 40), Size::new(160, 50), Size::new(200, 60)] {
                let placed = form.place(size);
                for (control, rect) in &placed {
                    // What stands right beside it must not look like a part of it.
                    let has_neighbour = placed.iter().any(|(_, other)| {
                        other.x == rect.right() && other.y < rect.bottom() && rect.y < other.bottom()
                    });
                    let Some(function) =
                        control.first.as_ref().filter(|_| control.kind == ControlKind::Button)
                    else {
                        continue;
                    };
                    let frame = if rect.height >= 3 { 2 } else { 0 };
                    let gap = u16::from(has_neighbour && frame == 0);
                    for function in [Some(function), control.second.as_ref()].into_iter().flatten() {
                        if matches!(function.action, Action::CashNote(_)) {
                            continue;
                        }
                        let words = function.caption.as_ref().map(|caption| text.caption(caption));
                        let words = words.unwrap_or_else(|| text.event(&function.event));
                        let of_screen = keymap.key_of(registry::mode_of(&form.name), &function.action);
                        let key = control.hotkey.or(of_screen).map_or(0, |key| width(&key.to_string()) + 1);
                        // The key of what is flipped to may give way to the words, and the mark to the key.
                        let key = if Some(function) == control.first.as_ref() { key } else { 0 };
                        let mark = if control.is_dual() { 2 } else { 0 };
                        let needed = width(words) + key.max(mark) + frame + gap;
                        if needed > rect.width {
                            cut.push(format!(
                                "{} {} {}: {words} ({needed} > {})",
                                text.code, form.name, control.name, rect.width
                            ));
                        }
                    }
                }
            }
            for control in form.controls.iter().filter(|control| control.parent.is_some()) {
                let label = control.caption.as_ref().map_or("", |caption| text.caption(caption));
                if width(label) > 24 {
                    cut.push(format!("{} {}: {label}", text.code, form.name));
                }
            }
        }
    }
    assert!(cut.is_empty(), "{}", cut.join("\n"));
}
