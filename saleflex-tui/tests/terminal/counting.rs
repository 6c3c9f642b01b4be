//! Counting the drawer for closing: blind, and where it must be counted.

use std::collections::BTreeSet;

use saleflex_core::{
    cashier::Role,
    closure::{
        CashCount,
        drawer::{CountPurpose, Drawer, DrawerNo},
    },
    ids::ClosureNumber,
    money::Money,
};
use saleflex_store::cashier::NewCashier;
use saleflex_tui::{action::Action, dialog::Dialog, keymap::Mode};

use crate::common::harness::Shop;

#[test]
fn where_the_drawer_is_counted_blind_nothing_tells_what_should_be_in_it() {
    let mut shop = Shop::open(80, 24);
    shop.keys("'1111' enter");
    let mut settings = shop.till().settings().clone();
    settings.closing.blind_count = true;
    settings.closing.difference_limit = Some(Money::from_minor(1));
    shop.till().change_settings(settings).unwrap();
    shop.keys("1 '10106' enter plus enter esc 4 x");
    let Some(Dialog::Paper(reader)) = shop.session.state.dialogs.last() else { panic!("{}", shop.screen()) };
    let report = reader.paper.lines.join("\n");
    assert!(report.contains("Shown once it is counted"), "{report}");
    assert!(!report.contains("Expected") && !report.contains("CASH ("), "{report}");
    shop.keys("esc z '7.00' enter z");
    assert!(shop.shows("differs by more than the shop lets pass"), "{}", shop.screen());
    assert!(!shop.shows("6.05"), "{}", shop.screen());
    // Whoever gives up and tries another leaves the first behind: in the trail, and on the Z report.
    shop.keys("esc esc esc s 9 'not accepted'");
    assert!(
        shop.shows("Count not accepted") && shop.shows("7.00") && !shop.shows("0.95"),
        "{}",
        shop.screen()
    );
    shop.keys("esc esc esc 4 z '0.95' enter z");
    let Some(Dialog::Paper(reader)) = shop.session.state.dialogs.last() else { panic!("{}", shop.screen()) };
    let report = reader.paper.lines.join("\n");
    assert!(report.contains("First counted") && report.contains("£7.00"), "{report}");
    assert_eq!(shop.till().closures(1).unwrap()[0].first_counts[0].difference(), Money::from_minor(605));
}

#[test]
fn pieces_and_a_sum_that_contradict_each_other_are_no_count() {
    let mut shop = Shop::managed(80, 24);
    // One of fifty pence, two of twenty, one of five; and a sum on the other tab.
    let pieces = "down down down down down down '1' down '2' down down '1'";
    shop.keys(&format!("'10106' enter plus enter esc d 7 {pieces} pgdn down '1.00' ctrl+s"));
    assert!(shop.message().contains("come to £0.95"), "{}", shop.screen());
    let period = shop.till().period().number;
    assert!(shop.till().drawer_counts(period).unwrap().is_empty());
    shop.keys("backspace backspace backspace backspace '0.95' ctrl+s");
    let counts = shop.till().drawer_counts(period).unwrap();
    let counted = &counts[0].declaration.counted;
    assert!(matches!(counted, CashCount::Denominations(pieces) if pieces.len() == 3), "{counted:?}");
}

#[test]
fn the_worth_of_notes_is_not_taken_for_how_many_there_are() {
    let mut shop = Shop::managed(80, 24);
    shop.keys("esc d 7 '116.00'");
    assert!(shop.shows("116.00") && shop.shows("how many, not how much"), "{}", shop.screen());
    shop.keys("ctrl+s");
    assert_eq!(shop.message(), "how many, not how much", "{}", shop.screen());
    let period = shop.till().period().number;
    assert!(shop.till().drawer_counts(period).unwrap().is_empty());
    shop.keys("backspace backspace");
    assert!(shop.shows("how many, not how much"), "a point stands there: {}", shop.screen());
    shop.keys("backspace");
    assert!(!shop.shows("how many, not how much") && shop.shows("£5800.00"), "{}", shop.screen());
}

#[test]
fn a_drawer_is_handed_to_whoever_was_chosen_though_others_went_meanwhile() {
    let mut shop = Shop::administered(80, 24);
    shop.keys("1 '10106' enter plus enter esc d 7 pgdn down '0.95' up");
    for _ in 0..9 {
        if !shop.shows("Hand over to Priya") {
            shop.keys("right");
        }
    }
    // Morgan stood before Priya.
    let everybody = shop.till().everybody().to_vec();
    let find = |name: &str| everybody.iter().find(|one| one.user_name == name).unwrap().clone();
    let mut morgan = find("morgan");
    morgan.is_active = false;
    shop.till().change_cashier(morgan).unwrap();
    shop.session.perform(Action::ReloadForms);
    shop.keys("ctrl+s");
    let period = shop.till().period().number;
    let counts = shop.till().drawer_counts(period).unwrap();
    assert_eq!(counts[0].purpose, CountPurpose::HandOver { to: find("priya").id }, "{}", shop.screen());
}

#[test]
fn arrows_and_enter_pass_over_what_is_only_shown() {
    let mut shop = Shop::managed(80, 24);
    shop.keys("'10106' enter plus enter esc d 7 pgdn");
    assert!(shop.shows("  Should be there"), "{}", shop.screen());
    for (keys, value) in [("down down '1.00'", "1.00"), ("up '2.00'", "2.00"), ("enter '3'", "1.003")] {
        shop.keys(keys);
        assert!(shop.message().is_empty() && shop.shows(value), "{keys}: {}", shop.screen());
    }
    // Behind the last note stands the sum, which the cursor does not go to.
    shop.keys("pgup");
    for _ in 0..30 {
        shop.keys("down");
    }
    shop.keys("'7'");
    assert!(shop.message().is_empty() && shop.shows("> 0.01"), "{}", shop.screen());
}

#[test]
fn what_is_typed_where_nothing_can_be_typed_is_answered() {
    let mut shop = Shop::managed(80, 24);
    // What should be there is only shown: the arrows pass it over, and the mouse goes there.
    shop.keys("'10106' enter plus enter esc d 7 pgdn");
    shop.click("Should be there");
    shop.keys("'4'");
    assert_eq!(shop.message(), "This is only shown: nothing is typed here.", "{}", shop.screen());
    shop.keys("up '0.95' ctrl+s");
    assert!(shop.shows("DRAWER COUNT"), "{}", shop.screen());
    // The digits of the menu behind the slip.
    shop.keys("'6'");
    assert_eq!(shop.message(), "This text lies in front: Esc closes it.");
    shop.keys("esc 6");
    assert!(!shop.shows("DRAWER COUNT"), "{}", shop.screen());
}

#[test]
fn a_blind_spot_check_tells_nothing_of_what_should_lie_there() {
    let counted = |is_blind| {
        let mut shop = Shop::administered(80, 24);
        let mut settings = shop.till().settings().clone();
        settings.closing.blind_count = is_blind;
        settings.closing.difference_limit = None;
        shop.till().change_settings(settings).unwrap();
        shop.keys("1 '10106' enter plus enter esc d 7 '1' ctrl+s");
        let Some(Dialog::Paper(reader)) = shop.session.state.dialogs.last() else {
            panic!("{}", shop.screen())
        };
        let slip = reader.paper.lines.join("\n");
        assert!(slip.contains("Counted"), "{slip}");
        let tells = slip.contains("Expected") || slip.contains("Difference") || slip.contains("0.95");
        let said = shop.message().clone();
        assert!(said.starts_with("Counted £50.00"), "{said}");
        shop.keys("esc esc esc esc s 9 'counted'");
        assert!(shop.shows("50.00"), "{}", shop.screen());
        (tells, said.contains("49.05"), shop.shows("0.95"))
    };
    assert_eq!(counted(false), (true, true, true));
    assert_eq!(counted(true), (false, false, false));
}

#[test]
fn what_stays_in_the_drawer_is_refused_beside_its_field_unless_the_period_is_closed() {
    let mut shop = Shop::administered(80, 24);
    let mut settings = shop.till().settings().clone();
    // What should be there is no field of a blind count.
    settings.closing.blind_count = true;
    settings.closing.difference_limit = None;
    shop.till().change_settings(settings).unwrap();
    shop.keys("1 '10106' enter plus enter esc d 7 pgdn down '0.95' down '0.50' ctrl+s");
    assert!(shop.shows("Only a count for closing says what stays"), "{}", shop.screen());
    assert_eq!(shop.till().drawer_counts(ClosureNumber(1)).unwrap(), []);
    shop.keys("backspace backspace backspace backspace ctrl+s");
    assert_eq!(shop.till().drawer_counts(ClosureNumber(1)).unwrap().len(), 1, "{}", shop.screen());
}

#[test]
fn a_drawer_that_must_be_counted_is_asked_for_at_once() {
    let mut shop = Shop::administered(80, 24);
    let mut settings = shop.till().settings().clone();
    settings.closing.declaration_required = true;
    shop.till().change_settings(settings).unwrap();
    shop.keys("1 '10106' enter plus enter esc 4 z");
    assert!(shop.shows("the store wants it") && !shop.shows("Empty: not counted"), "{}", shop.screen());
    shop.keys("enter");
    assert_eq!(shop.session.state.mode(), Mode::Prompt, "nobody is asked to close: {}", shop.screen());
    shop.keys("'0.95' enter z");
    assert_eq!(shop.till().closures(1).unwrap().len(), 1, "{}", shop.screen());
}

#[test]
fn the_drawers_of_a_till_are_made_on_a_screen_by_user_names() {
    let mut shop = Shop::administered(80, 24);
    shop.keys("s w '1' enter 'morgan' enter enter '2' enter 'priya, nobody' enter '50.00' ctrl+s");
    assert!(shop.shows("There is no user nobody."), "{}", shop.screen());
    shop.keys(&format!("{}ctrl+s", "backspace ".repeat(", nobody".len())));
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let priya = shop.till().everybody().iter().find(|one| one.user_name == "priya").unwrap().id;
    let drawers = shop.till().settings().drawers.clone();
    assert_eq!(drawers.iter().map(|drawer| drawer.no.0).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(drawers[1].cashiers, [priya].into());
    shop.keys("w");
    assert!(shop.shows("priya"), "{}", shop.screen());
    // Names have commas between them, since one may have a blank; what stands there without a number is not lost.
    let new = NewCashier::with_role("mary ann", "Mary", "5555", Role::Cashier);
    let mary = shop.till().add_cashier(&new).unwrap();
    shop.keys("esc w down down down down down down down 'mary ann' ctrl+s");
    assert!(shop.shows("A drawer needs a number."), "{}", shop.screen());
    shop.keys("'3' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    assert_eq!(shop.till().settings().drawers[2].cashiers, [mary].into());
    // So does the audit trail name them.
    shop.keys("9");
    assert!(shop.shows("[\"morgan\"]") && !shop.shows(&priya.to_string()), "{}", shop.screen());
}

#[test]
fn whoever_counts_is_offered_the_drawer_they_work_from_and_the_slip_says_which_it_was_and_what_for() {
    let mut shop = Shop::administered(80, 24);
    let id = |shop: &mut Shop, name: &str| {
        shop.till().everybody().iter().find(|one| one.user_name == name).unwrap().id
    };
    let admin = id(&mut shop, "admin");
    let mut settings = shop.till().settings().clone();
    let drawer = |no, cashiers| Drawer { no: DrawerNo(no), cashiers, opening: Money::ZERO };
    settings.drawers = vec![drawer(1, BTreeSet::new()), drawer(2, BTreeSet::from([admin]))];
    settings.closing.difference_limit = None;
    shop.till().change_settings(settings).unwrap();
    // One note of fifty pounds.
    shop.keys("1 '10106' enter plus enter esc d 7 '1' ctrl+s");
    let slip = |shop: &Shop| {
        let Some(Dialog::Paper(reader)) = shop.session.state.dialogs.last() else {
            panic!("{}", shop.screen())
        };
        reader.paper.lines.join("\n")
    };
    let told = slip(&shop);
    assert!(told.contains("Drawer 2") && told.contains("Spot check"), "{told}");
    assert!(told.contains("Expected") && told.contains("£0.95"), "{told}");
    // Handed to Morgan: the administrator counts the first from now on.
    let morgan = id(&mut shop, "morgan");
    shop.keys("esc 7 '1' pgdn");
    for _ in 0..9 {
        if !shop.shows("Hand over to Morgan") {
            shop.keys("right");
        }
    }
    shop.keys("ctrl+s");
    let told = slip(&shop);
    assert!(told.contains("Drawer 2") && told.contains("Hand-over to: Morgan"), "{told}");
    assert_eq!(shop.till().drawer_of(morgan).unwrap(), DrawerNo(2));
    assert_eq!(shop.till().drawer_of(admin).unwrap(), DrawerNo(1));
    shop.keys("esc 7 '1' ctrl+s");
    let told = slip(&shop);
    assert!(told.contains("Drawer 1") && told.contains("Spot check"), "{told}");
}
