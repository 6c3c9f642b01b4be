//! What keys do to the state, without a till: before, keys, after.

use ratatui::layout::Size;
use saleflex_core::{
    cashier::Role,
    catalog::{Named, PriceRule},
    quantity::UnitPrice,
};

use super::*;
use crate::{
    effect::{Act, Credentials, Denial, Outcome, Reply, Sale},
    view::{Page, Person, ProductKey},
};

/// A state at the sale screen with somebody logged in and one page of eleven products.
fn selling() -> State {
    let mut state = State::new(Text::english(), Size::new(120, 40));
    let person = Person {
        user_name: "jo".into(),
        name: "Jo".into(),
        capabilities: Role::Cashier.capabilities(),
        badge: None,
    };
    let key = |no: u32| ProductKey {
        product: None,
        code: format!("10{no}"),
        named: Named::Code,
        name: format!("Product {no}"),
        price: UnitPrice::parse("1.5").unwrap(),
        price_rule: if no == 2 { PriceRule::Open } else { PriceRule::Fixed },
        is_sellable: true,
        variants: Vec::new(),
    };
    let page = |no: u32, count: u32| Page {
        department: Some(saleflex_core::catalog::DepartmentNo(no)),
        name: format!("Department {no}"),
        keys: (1..=count).map(key).collect(),
        groups: Vec::new(),
    };
    state.refresh(View {
        cashiers: vec![person.clone()],
        approvers: vec![person.clone()],
        capabilities: person.capabilities.clone(),
        cashier: Some(person),
        pages: [page(1, 11), page(2, 1)].into(),
        ..View::empty(state.view.currency)
    });
    state.places = vec![State::menu(), Place::Sale];
    state
}

/// Presses keys by name; what stands in quotes is typed. Answers the last effects.
fn press(state: &mut State, keys: &str) -> Vec<Effect> {
    let mut effects = Vec::new();
    for (at, piece) in keys.split('\'').enumerate() {
        let pressed: Vec<Key> = if at % 2 == 1 {
            piece.chars().map(|character| Key::parse(&character.to_string()).unwrap()).collect()
        } else {
            piece.split_whitespace().map(|name| Key::parse(name).unwrap()).collect()
        };
        for key in pressed {
            effects = state.handle(Input::Key(key));
        }
    }
    effects
}

/// What a cashier would notice: screen, dialog, input line, multiplier, and what the till is asked for.
fn summary(state: &State, effects: &[Effect]) -> String {
    let mut parts = vec![state.mode().name().to_owned()];
    if !state.selling.entry.is_empty() {
        parts.push(format!("[{}]", state.selling.entry.text()));
    }
    if let Some(quantity) = state.multiplier() {
        parts.push(format!("x{quantity}"));
    }
    if state.selling.is_inquiry {
        parts.push("inquiry".to_owned());
    }
    if state.is_flipped {
        parts.push("flipped".to_owned());
    }
    if let Some(focus) = &state.focus {
        parts.push(format!("focus {}", focus.control));
    }
    if state.selling.page + state.selling.part > 0 {
        parts.push(format!("page {}.{}", state.selling.page, state.selling.part));
    }
    parts.extend(effects.iter().map(asked));
    parts.join(" ")
}

fn asked(effect: &Effect) -> String {
    match effect {
        Effect::Act { act, .. } => match &**act {
            Act::Sell(Sale { readings, quantity, price, .. }) => {
                let reading = readings.first().map(|reading| reading.code.clone()).unwrap_or_default();
                let quantity = quantity.map(|quantity| format!(" x{quantity}")).unwrap_or_default();
                let price = price.map(|price| format!(" at {price}")).unwrap_or_default();
                format!("sell {reading}{quantity}{price}")
            }
            other => format!("{other:?}").split(['(', ' ']).next().unwrap_or_default().to_owned(),
        },
        Effect::Ask(question) => format!("ask {question:?}"),
        other => format!("{other:?}").split(['(', ' ']).next().unwrap_or_default().to_owned(),
    }
}

#[test]
fn a_key_of_a_product_with_variants_asks_which_and_sells_as_many_of_it() {
    let mut state = selling();
    let mut pages = state.view.pages.to_vec();
    let variants: Vec<ProductKey> = pages[0].keys.iter().take(3).cloned().collect();
    // The key is of the third, which is looked at first.
    pages[0].keys[2].variants = variants;
    state.view.pages = pages.into();
    let effects = press(&mut state, "'5' alt+3");
    assert_eq!(effects, []);
    let titles = |state: &State| match state.dialogs.last() {
        Some(Dialog::Pick(pick)) => (pick.title.clone(), pick.rows.len(), pick.at),
        _ => (String::new(), 0, 0),
    };
    assert_eq!(titles(&state), ("Which Product 3?".to_owned(), 3, 2));
    let mut first = state.clone();
    let effects = press(&mut state, "enter");
    assert_eq!(summary(&state, &effects), "sale [5] sell 103 x5");
    // An open-priced one takes the number as its price, as its own key would.
    let effects = press(&mut first, "up enter");
    assert_eq!(summary(&first, &effects), "sale [5] sell 102 at 0.05");
    // Nothing is sold by going back.
    let effects = press(&mut first, "alt+3 esc");
    assert_eq!(summary(&first, &effects), "sale [5]");
}

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    for (keys, after) in cases {
        let mut state = selling();
        let effects = press(&mut state, keys);
        assert_eq!(summary(&state, &effects), *after, "after {keys}");
    }
}

#[test]
fn the_input_line_has_its_four_modes() {
    check(&[
        // Lookup.
        ("'1001' enter", "sale [1001] sell 1001"),
        ("enter", "sale"),
        ("'10 01' backspace left 'X'", "sale [10 X0]"),
        // Multiplier, pending or in one go.
        ("'3*'", "sale [3*] x3"),
        ("'3*' enter", "sale x3"),
        ("'3*' enter '1001' enter", "sale [1001] x3 sell 1001 x3"),
        ("'0.5*' enter", "sale x0.5"),
        ("'3*1001' enter", "sale [3*1001] sell 3*1001"),
        ("*", "sale"),
        ("'0*'", "sale [0*]"),
        // Quantity, then a product key; the pending quantity wins.
        ("'5' alt+1", "sale [5] sell 101 x5"),
        ("'2*' enter '5' alt+1", "sale [5] x2 sell 101 x2"),
        ("'abc' alt+1", "sale [abc]"),
        // A price, then an open-priced key.
        ("'250' alt+2", "sale [250] sell 102 at 2.5"),
        // Payment takes minor units.
        ("'1000' plus", "sale [1000] Command"),
        ("plus", "sale Command"),
        ("'12a' plus", "sale [12a+]"),
    ]);
}

#[test]
fn signs_are_commands_on_an_empty_line_and_text_within_a_code() {
    check(&[
        ("'A-100' enter", "sale [A-100] sell A-100"),
        ("'12-3'", "sale [12-3]"),
        ("-", "sale"),
        ("'a=b?c[d]'", "sale [a=b?c[d]]"),
        ("?", "paper"),
        ("] ", "sale page 1.0"),
    ]);
}

#[test]
fn an_inquiry_is_armed_shown_and_let_go() {
    check(&[
        ("f4", "sale inquiry"),
        ("f4 '1001' enter", "sale [1001] inquiry ask Product(Either, \"1001\")"),
        ("f4 alt+1", "sale inquiry ask Product(Code, \"101\")"),
        ("'1001' f4", "sale [1001] ask Product(Either, \"1001\")"),
        ("f4 f4", "sale"),
        ("f4 esc", "sale"),
        ("f4 *", "sale"),
    ]);
}

#[test]
fn escape_lets_go_of_one_thing_after_another_and_then_goes_back() {
    let keys = "f9 tab '3*' enter '10'";
    check(&[
        (keys, "sale [10] x3 flipped"),
        (&format!("{keys} esc"), "sale x3 flipped"),
        (&format!("{keys} esc esc"), "sale flipped"),
        (&format!("{keys} esc esc esc"), "sale"),
        (&format!("{keys} esc esc esc esc"), "page"),
        ("esc esc", "sale"),
        ("esc esc esc", "page"),
    ]);
}

#[test]
fn product_pages_are_turned_and_show_their_parts() {
    check(&[
        ("f6", "sale page 1.0"),
        ("f5", "sale page 0.1"),
        ("f5 f5", "sale"),
        ("f5 alt+1", "sale page 0.1 sell 1010"),
        ("f5 alt+3", "sale page 0.1"),
        ("f8", "sale"),
        ("[", "sale page 1.0"),
        ("] ]", "sale"),
    ]);
}

#[test]
fn buttons_take_the_focus_in_turn_and_dual_ones_flip() {
    check(&[
        ("tab", "sale focus CASH"),
        ("tab backtab", "sale"),
        ("tab enter", "sale focus CASH Command"),
        ("tab '5'", "sale [5]"),
        ("f9", "sale flipped"),
        // Without lines, parking shows the list; flipped, the same key cancels.
        (
            "ctrl+s",
            "list ask List { form: \"SUSPENDED_SALES_MARKET\", query: Query { term: \"\", back: 0, from: None } }",
        ),
        ("f9 ctrl+s", "sale"),
        ("f9 f9", "sale"),
    ]);
}

#[test]
fn shift_and_the_key_of_a_dual_button_run_its_second_function_and_letters_are_typed() {
    let after = |keys: &str| {
        let mut state = selling();
        let effects = press(&mut state, keys);
        (summary(&state, &effects), state.message.map(|message| message.words))
    };
    // Its own key pays by card; Shift with it goes to the payment screen, where there is nothing to pay.
    assert_eq!(after("alt+shift+c"), after("f9 alt+c"));
    assert_ne!(after("alt+shift+c"), after("alt+c"));
    assert!(after("alt+shift+c").1.is_some());
    // A key of the key table that a dual button shows counts as well, and the buttons are not left flipped.
    assert_eq!(after("ctrl+shift+s"), after("f9 ctrl+s"));
    assert!(after("ctrl+shift+s").1.is_some());
    assert_eq!(after("f9 ctrl+shift+s").0, "sale");
    // What has a meaning of its own keeps it, a button of one function has none, and a letter is a letter.
    assert_eq!(after("'1' ctrl+shift+d"), after("'1' alt+d"));
    assert_eq!(after("shift+f12").0, "sale");
    assert_eq!(after("shift+s").0, "sale [s]");
}

#[test]
fn dialogs_open_and_close_and_keep_the_line_below() {
    check(&[
        ("'10' f2", "pick [10]"),
        ("'10' f2 esc", "sale [10]"),
        ("f1 f1", "sale"),
        ("f3", "pick ask Products(\"\")"),
        ("'sug' f3", "pick [sug] ask Products(\"sug\")"),
        ("'K1' f11", "pick [K1] ask Customers(\"K1\")"),
        ("f2 'lock the' enter", "login Lock"),
        ("ctrl+e", "prompt"),
        ("f12", "login Lock"),
        ("ctrl+c", "question"),
        ("ctrl+c y", "sale Exit"),
        ("ctrl+c enter", "question"),
        ("ctrl+c n", "question"),
        ("ctrl+c esc", "sale"),
    ]);
}

#[test]
fn what_the_palettes_of_menu_sale_payment_return_and_closure_offer_can_be_chosen_without_a_panic() {
    for place in [
        State::menu(),
        Place::Sale,
        Place::Payment { at: None },
        Place::Return(Box::default()),
        Place::Page { form: "CLOSURE".to_owned(), at: 0 },
    ] {
        let mut state = selling();
        state.places.push(place.clone());
        press(&mut state, "f2");
        let Some(Dialog::Pick(pick)) = state.dialogs.last() else { panic!("no palette on {place:?}") };
        let count = pick.rows.len();
        assert!(count > 3, "{place:?}");
        for at in 0..count {
            let mut state = selling();
            state.places.push(place.clone());
            press(&mut state, "f2");
            for _ in 0..at {
                press(&mut state, "down");
            }
            press(&mut state, "enter");
        }
    }
}

#[test]
fn a_refused_act_is_asked_for_again_with_what_was_missing() {
    let sale = Act::Sell(Sale::default());
    let refuse = |state: &mut State, denial| {
        let act = Box::new(sale.clone());
        state.receive(Reply::Acted { act, approver: None, result: Err(denial) });
    };
    let mut state = selling();
    refuse(&mut state, Denial::PriceNeeded("9001".into()));
    assert!(press(&mut state, "enter").is_empty());
    let Some(Dialog::Prompt(prompt)) = state.dialogs.last() else { panic!("no prompt") };
    assert!(prompt.error.is_some());
    let effects = press(&mut state, "'199' enter");
    assert_eq!(summary(&state, &effects), "sale sell  at 1.99");

    let mut state = selling();
    refuse(&mut state, Denial::ApprovalNeeded(saleflex_core::cashier::Capability::Override));
    let effects = press(&mut state, "'4321' enter");
    let credentials = Credentials { user_name: "jo".into(), secret: "4321".into() };
    assert!(
        matches!(&effects[..], [Effect::Act { approver: Some(approver), .. }] if approver.credentials == credentials)
    );
    assert!(!format!("{effects:?} {state:?}").contains("4321"));

    let mut state = selling();
    press(&mut state, "'47'");
    refuse(&mut state, Denial::Said("no".into()));
    assert_eq!(summary(&state, &[]), "sale [47]");
    press(&mut state, "'1'");
    assert_eq!(summary(&state, &[]), "sale [1]");
}

#[test]
fn what_was_refused_is_no_quantity_price_money_or_multiplier_for_any_other_key() {
    for (keys, after) in [
        ("plus", "sale [102] Command"),
        ("alt+1", "sale [102] sell 101"),
        ("alt+2", "sale [102] sell 102"),
        ("alt+0", "sale [102]"),
        ("*", "sale [102]"),
        ("f4", "sale [102] inquiry"),
        ("f3", "pick [102] ask Products(\"\")"),
        ("ctrl+o", "prompt [102]"),
        // Enter alone tries it once more; what is typed replaces it, and editing mends it.
        ("enter", "sale [102] sell 102"),
        ("'7' enter", "sale [7] sell 7"),
        ("-", "sale [-]"),
        ("backspace", "sale [10]"),
        ("backspace alt+1", "sale [10] sell 101 x10"),
        ("esc plus", "sale Command"),
    ] {
        let mut state = selling();
        let effects = press(&mut state, "'102' enter");
        let [Effect::Act { act, .. }] = &effects[..] else { panic!("{effects:?}") };
        let result = Err(Denial::Said("nothing is known as 102".into()));
        state.receive(Reply::Acted { act: act.clone(), approver: None, result });
        let effects = press(&mut state, keys);
        assert_eq!(summary(&state, &effects), after, "after {keys}");
    }
}

#[test]
fn a_look_up_that_finds_nothing_takes_nothing_from_the_next_key_but_the_code_it_looked_for() {
    let nothing = || "nothing is known as 20".to_owned();
    let looked_for = |code: &str| Reply::Unknown { code: code.to_owned(), words: nothing() };
    for (keys, reply, after) in [
        // The last receipt, a report, or the price of a key was asked for: the digits were typed for what comes next.
        ("'20'", Reply::NotFound(nothing()), "sale [20] sell 101 x20"),
        ("'20'", looked_for("101"), "sale [20] sell 101 x20"),
        // A code that nobody knows is no quantity, and what is typed in its place is one.
        ("'20' f4", looked_for("20"), "sale [20] sell 101"),
        ("'20' f4 backspace", looked_for("20"), "sale [2] sell 101 x2"),
    ] {
        let mut state = selling();
        press(&mut state, keys);
        let told = format!("{reply:?}");
        state.receive(reply);
        assert_eq!(state.message.as_ref().map(|message| message.tone), Some(Tone::Bad));
        let effects = press(&mut state, "alt+1");
        assert_eq!(summary(&state, &effects), after, "{keys} {told}");
    }
}

#[test]
fn a_price_of_a_line_that_was_nothing_is_asked_for_again_and_taken() {
    let at = |text: &str| {
        let (line, price) = (saleflex_core::ids::LineNo(1), UnitPrice::parse(text).unwrap());
        Act::Command(saleflex_core::document::Command::OverridePrice { line, price, reason: None })
    };
    let mut state = selling();
    let act = Box::new(at("0"));
    state.receive(Reply::Acted { act, approver: None, result: Err(Denial::PriceNeeded("9001".into())) });
    let effects = press(&mut state, "'199' enter");
    assert!(matches!(&effects[..], [Effect::Act { act, .. }] if **act == at("1.99")), "{effects:?}");
}

#[test]
fn what_was_used_is_cleared_and_what_was_not_stays() {
    let done = |state: &mut State, act: Act| {
        state.receive(Reply::Acted { act: Box::new(act), approver: None, result: Ok(Outcome::default()) });
    };
    let mut state = selling();
    press(&mut state, "'2*' enter '1001'");
    done(&mut state, Act::Sell(Sale::default()));
    assert_eq!(summary(&state, &[]), "sale");
    press(&mut state, "'1001'");
    let drawer = saleflex_core::document::Command::OpenDrawer { reason: None };
    done(&mut state, Act::Command(drawer));
    assert_eq!(summary(&state, &[]), "sale [1001]");
}

#[test]
fn the_mouse_presses_buttons_tabs_and_keys() {
    let mut state = selling();
    let mut click = |column, row| {
        let effects = state.handle(Input::Click { column, row });
        let after = summary(&state, &effects);
        (state.dialogs, state.is_flipped) = (Vec::new(), false);
        after
    };
    // The row of tabs is the 22nd; each tab begins with its key.
    assert_eq!(click(30, 21), "sale page 1.0");
    assert_eq!(click(3, 21), "sale");
    assert_eq!(click(3, 22), "sale sell 101");
    assert_eq!(click(60, 30), "pick ask Customers(\"\")");
    assert_eq!(click(119, 39), "sale");
    assert_eq!(click(500, 500), "sale");
}
