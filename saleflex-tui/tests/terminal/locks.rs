//! Controls that a screen's definition keeps for those who hold a capability.

use saleflex_core::{
    audit::AuditSearch,
    cashier::{Capability, access::Act},
};
use saleflex_tui::{
    action::{Action, Screen},
    form::{Forms, stored::delivered_form},
    keymap::Mode,
};

use crate::common::harness::Shop;

/// Publishes a screen on which a control asks for a capability; without a control, the screen itself.
fn lock(shop: &mut Shop, form: &str, control: Option<&str>, capability: &str) {
    let mut form = delivered_form(form).unwrap().clone();
    match control {
        Some(name) => {
            let control = form.control.iter_mut().find(|control| control.name == name).unwrap();
            control.required_capability = Some(capability.to_owned());
        }
        None => form.required_capability = Some(capability.to_owned()),
    }
    let on_duty = shop.till().on_duty().map(|cashier| cashier.user_name.clone());
    shop.till().log_in("admin", "1111").unwrap();
    shop.till().change_form(&form).unwrap();
    match on_duty.as_deref() {
        Some("priya") => shop.till().log_in("priya", "3333").unwrap(),
        Some("morgan") => shop.till().log_in("morgan", "2222").unwrap(),
        other => panic!("{other:?}"),
    };
    shop.session.perform(Action::ReloadForms);
}

/// The names of who used a function and who agreed, of each time.
fn used(shop: &mut Shop) -> Vec<(String, Option<String>)> {
    shop.till().log_in("admin", "1111").unwrap();
    let search = AuditSearch { acts: [Act::UseFunction].into(), ..AuditSearch::default() };
    let rows = shop.till().audit_trail(&search, 10).unwrap();
    let till = shop.till();
    let mut name = |id| till.cashier(id).unwrap().user_name.clone();
    rows.iter()
        .map(|row| (name(row.record.cashier.unwrap()), row.record.approved_by.map(&mut name)))
        .collect()
}

#[test]
fn a_locked_control_is_used_with_the_word_of_somebody_who_may_and_both_names_are_kept() {
    let mut shop = Shop::selling(120, 40);
    lock(&mut shop, "SALE", Some("SUSPEND"), "pos.override");
    // Whichever way it is meant: by its key, or by name.
    shop.keys("'10106' enter ctrl+s");
    assert!(shop.shows("A manager has to agree") && shop.shows("\"Park\" is only for"), "{}", shop.screen());
    // From the payment screen too, which has no such control.
    shop.keys("esc f10 ctrl+s");
    assert!(shop.shows("A manager has to agree"), "{}", shop.screen());
    shop.keys("esc esc f2 'park' enter");
    assert!(shop.shows("A manager has to agree"), "{}", shop.screen());
    assert_eq!(shop.lines().len(), 1, "nothing was parked");
    // Somebody else's PIN changes nothing.
    shop.keys("'m' enter '9999' enter");
    assert!(shop.shows("The name or the PIN is wrong."), "{}", shop.screen());
    assert!(shop.till().suspended().unwrap().is_empty());
    shop.clock.advance(chrono::Duration::minutes(1));
    shop.keys("'2222' tab 'busy' enter");
    let parked = shop.till().suspended().unwrap();
    assert_eq!(parked.len(), 1, "{}", shop.screen());
    assert_eq!(used(&mut shop), [("priya".to_owned(), Some("morgan".to_owned()))]);
    // The trail, which somebody who may see it shows, tells which function it was, of which document, and what Morgan said.
    shop.keys("esc s 9 'a' enter '1111' enter 'used'");
    for words in ["Park (SALE SUSPEND)", &parked[0].number.to_string(), "\"busy\""] {
        assert!(shop.shows(words), "{words}: {}", shop.screen());
    }
}

#[test]
fn who_holds_what_a_control_asks_for_uses_it_unasked() {
    let mut shop = Shop::managed(120, 40);
    lock(&mut shop, "SALE", Some("SUSPEND"), "pos.override");
    shop.keys("'10106' enter ctrl+s");
    assert_eq!(shop.till().suspended().unwrap().len(), 1, "{}", shop.screen());
    assert!(used(&mut shop).is_empty());
}

#[test]
fn who_agrees_is_chosen_among_those_who_hold_it() {
    let mut shop = Shop::managed(120, 40);
    lock(&mut shop, "CLOSURE", Some("X_REPORT"), "settings.write");
    shop.keys("esc 4 x");
    // Only the administrator may, and is asked for the PIN at once.
    assert!(shop.shows("Ada") && shop.shows("is only for") && !shop.shows("X_REPORT"), "{}", shop.screen());
    shop.keys("'1111' enter");
    assert!(shop.shows("X report"), "{}", shop.screen());
    assert_eq!(used(&mut shop), [("morgan".to_owned(), Some("admin".to_owned()))]);
}

#[test]
fn what_asks_by_itself_is_not_asked_for_twice_and_a_locked_screen_asks_too() {
    let mut shop = Shop::selling(120, 40);
    lock(&mut shop, "CLOSURE", Some("PAID_OUT"), "pos.override");
    shop.keys("esc 4 o '1000' enter 'window cleaner' enter y 'm' enter '2222' enter");
    assert_eq!(shop.settled().len(), 1, "{}", shop.screen());
    lock(&mut shop, "PAYMENT", None, "pos.override");
    shop.keys("esc esc 1 '10106' enter f10");
    assert!(shop.shows("A manager has to agree") && shop.shows("is only for"), "{}", shop.screen());
    shop.keys("esc plus enter");
    assert_eq!(shop.settled().len(), 2, "the document was paid by its key: {}", shop.screen());
    assert!(used(&mut shop).is_empty());
}

#[test]
fn a_locked_screen_opens_by_the_word_of_somebody_who_may_see_it_and_both_names_are_kept() {
    for (form, keys, mode, settles) in [
        ("PAYMENT", "'10106' enter f10", Mode::Payment, "plus"),
        ("REFUND", "ctrl+b", Mode::Return, "esc"),
        ("SALE", "esc 1", Mode::Sale, "esc"),
        ("CLOSURE_RECEIPTS", "esc 4 r", Mode::List, "esc"),
    ] {
        let mut shop = Shop::selling(120, 40);
        lock(&mut shop, form, None, "pos.override");
        shop.keys(keys);
        assert!(shop.shows("A manager has to agree") && shop.shows("is only for"), "{}", shop.screen());
        shop.keys("'m' enter '9999' enter");
        assert!(shop.shows("The name or the PIN is wrong."), "{}", shop.screen());
        shop.clock.advance(chrono::Duration::minutes(1));
        shop.keys("'2222' enter");
        assert_eq!(shop.session.state.mode(), mode, "{}", shop.screen());
        shop.keys(settles);
        assert_eq!(used(&mut shop), [("priya".to_owned(), Some("morgan".to_owned()))], "{form}");
    }
}

#[test]
fn nothing_leads_to_a_sale_screen_that_is_for_others() {
    let mut shop = Shop::selling(120, 40);
    shop.keys("'10106' enter ctrl+s");
    lock(&mut shop, "SALE", None, "pos.override");
    shop.keys("esc");
    let agree = |shop: &mut Shop| {
        assert!(shop.shows("A manager has to agree"), "{}", shop.screen());
        shop.keys("'m' enter '2222' enter");
        // To take back without a receipt asks once more, with its figures.
        if shop.shows("A manager has to agree") {
            shop.keys("'m' enter '2222' enter");
        }
        assert_eq!(shop.session.state.mode(), Mode::Sale, "{}", shop.screen());
    };
    // Goods without a receipt.
    shop.session.perform(Action::Go(Screen::Return));
    shop.keys("w esc");
    assert_eq!(shop.session.state.mode(), Mode::Return, "{}", shop.screen());
    shop.keys("w");
    agree(&mut shop);
    shop.keys("ctrl+x y 'm' enter '2222' enter esc esc");
    // A sale that was put aside.
    shop.session.perform(Action::from_event("SUSPEND_LIST", None).unwrap());
    shop.keys("enter esc");
    assert_ne!(shop.session.state.mode(), Mode::Sale, "{}", shop.screen());
    assert!(shop.till().draft().is_some(), "{}", shop.screen());
    // One that waits behind the log-in.
    let mut shop = shop.restart();
    shop.keys("down down '3333' enter");
    assert_eq!(shop.session.state.mode(), Mode::Page, "{}", shop.screen());
    assert!(!shop.message().is_empty());
    shop.keys("1");
    agree(&mut shop);
}

#[test]
fn no_delivered_lock_lets_a_cashier_do_its_act_alone() {
    let mut shop = Shop::selling(120, 40);
    let held = shop.till().on_duty().unwrap().capabilities.clone();
    let forms = Forms::built_in();
    let is_for_others = |needed: Option<Capability>| needed.is_some_and(|needed| !held.contains(&needed));
    // What stands on a screen that is for others is out of reach.
    let within_reach =
        forms.iter().filter(|form| form.need_login && !is_for_others(form.required_capability));
    let mut acts = Vec::new();
    for form in within_reach {
        let locked = form.controls.iter().filter(|control| is_for_others(control.required_capability));
        let functions = locked.flat_map(|control| [&control.first, &control.second]).flatten();
        // A row of a list is acted on where there is one; the screens that it leads to ask by themselves.
        let actions = functions.map(|function| &function.action).filter(|act| !matches!(act, Action::Row(_)));
        acts.extend(actions.map(|action| (form.name.clone(), action.clone())));
    }
    assert!(acts.len() > 20, "{acts:?}");
    for (form, action) in acts {
        let mut shop = Shop::selling(120, 40);
        shop.keys("'10106' enter plus enter '10106' enter");
        shop.session.perform(Action::Go(Screen::Form(form.clone().into())));
        let before = shop.till().chain_head().seq;
        shop.session.perform(action.clone());
        if matches!(action, Action::Go(Screen::Form(_)) | Action::ReloadForms) {
            assert!(shop.shows("A manager has to agree"), "{form} {action:?}: {}", shop.screen());
        }
        // Whatever a cashier may answer, an amount or a receipt, why, yes, until somebody else is asked.
        for answer in ["'1' enter", "'because' enter", "y", "enter"] {
            if !shop.shows("A manager has to agree") {
                shop.keys(answer);
            }
        }
        let after = shop.till().chain_head().seq;
        assert_eq!(after, before, "{form} {action:?}: {}", shop.screen());
    }
}

#[test]
fn whatever_somebody_has_to_agree_to_carries_a_star_wherever_it_is_offered() {
    let asked = ["Discount % on all *", "Price of line *"];
    for is_starred in [true, false] {
        let mut shop = if is_starred { Shop::selling(120, 40) } else { Shop::managed(120, 40) };
        shop.session.perform(Action::Go(Screen::Return));
        for words in ["Take these back", "Return without receipt"] {
            assert_eq!(shop.shows(&format!("{words} *")), is_starred, "{words}: {}", shop.screen());
        }
        shop.keys("esc");
        shop.session.perform(Action::Go(Screen::Sale));
        shop.keys("'10106' enter");
        assert_eq!(shop.shows("Discount % on all F *"), is_starred, "the key gives way: {}", shop.screen());
        for words in asked {
            let plain = words.trim_end_matches(" *");
            shop.keys(&format!("f2 '{plain}'"));
            assert!(shop.shows(plain), "{plain}: {}", shop.screen());
            let row = shop.screen().lines().any(|line| line.contains(&format!("│{words}")));
            assert_eq!(row, is_starred, "{words}: {}", shop.screen());
            shop.keys("esc");
        }
        // What is done alone has none.
        shop.keys("f2 'quantity'");
        assert!(!shop.shows("Quantity of line *"), "{}", shop.screen());
    }
}
