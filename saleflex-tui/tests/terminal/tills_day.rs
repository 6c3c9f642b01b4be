//! Money that is said once and in the right place, and what is told to whom on the way.

use saleflex_core::{
    cashier::{Capability, Limits, RoleDefinition},
    closure::{
        Declaration,
        drawer::{CountPurpose, DrawerNo},
    },
    money::Money,
    tender::TenderKind,
};
use saleflex_tui::{device::simulator::VirtualPrinter, dialog::Dialog, keymap::Mode};

use crate::common::{
    harness::Shop,
    program::{ends, json, program, sold},
};

/// The headline above the receipt that is shown.
fn headline(shop: &Shop) -> String {
    let Some(Dialog::Paper(reader)) = shop.session.state.dialogs.last() else { panic!("{}", shop.screen()) };
    reader.headline.clone().unwrap_or_default()
}

#[test]
fn change_of_a_deposit_is_said_when_it_is_handed_out_and_not_again_when_the_goods_are_collected() {
    let device = VirtualPrinter::start("127.0.0.1:0", 42).unwrap();
    let file = format!("[printer]\naddress = \"{}\"\n", device.address());
    let mut shop = Shop::with_devices(120, 40, &file);
    shop.keys("down '2222' enter enter ctrl+t 'layaway' enter '20303' enter f10 '5000' c");
    let change = shop.document().totals.change;
    assert!(change.is_positive(), "{}", shop.screen());
    let said = format!("CHANGE £{}.{:02}", change.minor() / 100, change.minor() % 100);
    assert!(shop.message().starts_with(&said), "{}", shop.message());
    shop.keys("ctrl+s esc 6");
    let parked = shop.till().suspended().unwrap().remove(0);
    assert_eq!(
        (parked.paid, parked.balance),
        (parked.net_due, Money::ZERO),
        "what was handed out is not owed again"
    );
    let row = shop.screen().lines().find(|line| line.contains("Layaway")).unwrap().to_owned();
    assert!(row.contains(" 1.75 ") && row.contains(" 0.00"), "{row}");
    shop.keys("enter =");
    assert_eq!(shop.settled().len(), 1, "{}", shop.screen());
    assert_eq!(headline(&shop), "Paid. No change.");
    shop.session.finish_printing(std::time::Duration::from_secs(60));
    let changes = device.lines().iter().filter(|line| line.contains("CHANGE")).count();
    assert_eq!(changes, 1, "{:?}", device.lines());
    let kept = shop.settled()[0].document().totals;
    assert_eq!(kept.paid - kept.change, kept.net_due);
    assert_eq!(shop.till().drawers().unwrap()[0].expected(), kept.net_due);
}

#[test]
fn nobody_is_told_that_a_quote_was_paid() {
    let mut shop = Shop::selling(120, 40);
    shop.keys("f2 'quote' enter '12402' enter f2 'complete' enter");
    assert_eq!(shop.settled().len(), 1, "{}", shop.screen());
    assert_eq!(headline(&shop), "");
}

#[test]
fn a_refund_onto_a_card_says_that_nothing_is_handed_out() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("'14101' enter f10 k k enter ctrl+b '1' enter space f10 k k");
    assert_eq!(shop.settled().len(), 2, "{}", shop.screen());
    assert_eq!(headline(&shop), "NOTHING IN CASH: Card £0.75");
    let refund = shop.settled().pop().unwrap();
    assert_eq!(refund.document().tenders[0].kind, TenderKind::CreditCard);
}

#[test]
fn where_drawers_are_counted_blind_no_question_tells_how_much_lies_there() {
    let mut shop = Shop::administered(80, 24);
    let mut settings = shop.till().settings().clone();
    settings.closing.blind_count = true;
    shop.till().change_settings(settings).unwrap();
    shop.keys("1 '10106' enter plus enter esc 4 o '500' enter 'flowers' enter");
    assert_ne!(shop.session.state.mode(), Mode::Question, "{}", shop.screen());
    assert_eq!(shop.settled().len(), 2, "it went out unasked: {}", shop.screen());
}

/// The slip of a count of one note for closing, with the cash of a baguette in the drawer, and what happened before the count.
fn slip_of_closing(is_blind: bool, before: impl FnOnce(&mut Shop)) -> String {
    let device = VirtualPrinter::start("127.0.0.1:0", 42).unwrap();
    let file = format!("[printer]\naddress = \"{}\"\n", device.address());
    let mut shop = Shop::with_devices(80, 24, &file);
    shop.keys("'1111' enter");
    let mut settings = shop.till().settings().clone();
    settings.closing.blind_count = is_blind;
    settings.closing.difference_limit = None;
    shop.till().change_settings(settings).unwrap();
    shop.keys("1 '10106' enter plus enter esc");
    before(&mut shop);
    shop.keys("d 7 '1' pgdn right right ctrl+s z");
    assert_eq!(shop.till().closures(1).unwrap().len(), 1, "{}", shop.screen());
    shop.session.finish_printing(std::time::Duration::from_secs(60));
    let lines = device.lines();
    let from =
        lines.iter().position(|line| line.contains("DRAWER COUNT")).unwrap_or_else(|| panic!("{lines:#?}"));
    // The Z report comes behind it.
    lines[from..].iter().take_while(|line| *line != "[cut]").cloned().collect::<Vec<_>>().join("\n")
}

#[test]
fn the_slip_of_a_count_for_closing_has_the_difference_and_that_of_a_blind_one_has_not() {
    let slip = slip_of_closing(false, |_| ());
    assert!(slip.contains("Expected") && slip.contains("Difference"), "{slip}");
    let slip = slip_of_closing(true, |_| ());
    assert!(!slip.contains("Expected") && !slip.contains("Difference"), "{slip}");
}

#[test]
fn the_slip_of_a_count_for_closing_says_what_the_last_holder_answers_for() {
    let slip = slip_of_closing(false, |shop| {
        let to = shop.till().everybody().iter().find(|one| one.user_name == "priya").unwrap().id;
        let counted = Declaration::amount(Money::from_minor(4_500));
        shop.till().count_drawer(DrawerNo(1), CountPurpose::HandOver { to }, &counted, None).unwrap();
    });
    // 44.05 were over when the drawer was handed on: of the note of 50.00 five are.
    assert!(slip.contains("£45.00") && slip.contains("£5.00") && !slip.contains("£0.95"), "{slip}");
}

#[test]
fn who_agrees_to_a_drawer_that_differs_reads_why() {
    let mut shop = Shop::administered(80, 24);
    let mut settings = shop.till().settings().clone();
    settings.closing.difference_limit = Some(Money::from_minor(10));
    shop.till().change_settings(settings).unwrap();
    shop.till().log_in("priya", "3333").unwrap();
    shop.session.perform(saleflex_tui::action::Action::ReloadForms);
    shop.keys("1 '10106' enter plus enter esc 4 z '5.00' enter z");
    assert!(!shop.shows("A manager has to agree"), "first why: {}", shop.screen());
    shop.keys("'a coin was found' enter");
    assert!(shop.shows("A manager has to agree"), "{}", shop.screen());
    assert!(shop.shows("a coin was found"), "{}", shop.screen());
    shop.keys("'m' enter '2222' enter");
    assert_eq!(shop.till().closures(1).unwrap().len(), 1, "{}", shop.screen());
}

#[test]
fn the_trail_is_searched_for_what_people_said_too() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("ctrl+e 'a button jammed' enter esc s 9 'jammed'");
    assert!(shop.shows("Drawer opened"), "{}", shop.screen());
    shop.keys("' elsewhere'");
    assert!(!shop.shows("Drawer opened"), "{}", shop.screen());
}

#[test]
fn a_number_of_an_exchange_that_was_given_up_is_listed_and_amounts_are_gross() {
    let shop = sold(
        "login morgan 2222\nsell 14101\npay cash\nreturn 1 1 1\nexchange\ncancel\nreturn 1 1 1\npay cash\n",
    );
    let told = ends(&shop, &["receipts", "list"], 0);
    assert!(told.contains("-000002  given_up  -> ") && told.contains("-000003"), "{told}");
    assert!(told.contains("£0.75 gross") && told.contains("-£0.75 gross"), "{told}");
    let rows = json(&shop, &["receipts", "list", "--json"], 0);
    let passed = rows.as_array().unwrap().iter().find(|row| row["status"] == "given_up").unwrap();
    assert!(passed["leads_to"].as_str().unwrap().ends_with("-000003"), "{rows}");
    let mut looking = Shop::managed(120, 40);
    looking.keys("ctrl+b w '14101' enter f2 'exchange' enter '12403' enter ctrl+x y esc 5");
    assert!(looking.shows("given up"), "{}", looking.screen());
}

#[test]
fn an_amount_among_the_settings_is_typed_as_at_the_till_and_said_back() {
    let shop = sold("login admin 1111\n");
    let set =
        |key: &str, value: &str, code| ends(&shop, &["config", "set", key, value, "--user", "admin"], code);
    let key = "closing.difference_limit";
    assert_eq!(set(key, "10", 0), format!("{key} = £0.10\n"));
    assert_eq!(set(key, "10.00", 0), format!("{key} = £10.00\n"));
    set("appearance.decimal_entry", "true", 0);
    assert_eq!(set(key, "12", 0), format!("{key} = £12.00\n"));
    assert_eq!(ends(&shop, &["config", "get", key], 0), format!("{key} = £12.00\n"));
    assert_eq!(json(&shop, &["config", "get", key, "--json"], 0), 1200);
    assert!(set(key, "much", 1).contains(key));
    assert_eq!(set(key, "null", 0), format!("{key} = null\n"));
}

#[test]
fn a_manager_sets_no_limits_of_a_role_by_command_or_on_its_screen() {
    let shop = sold("login admin 1111\n");
    let role = ["staff", "set-role", "counter", "--may", "pos.sell", "--limit", "void_line=2.50"];
    ends(&shop, &[&role[..], &["--user", "admin"]].concat(), 0);
    let as_morgan = |arguments: &[&str]| {
        let mut command = program(&shop);
        command.args(arguments).args(["--user", "morgan"]).env("SALEFLEX_SECRET", "2222");
        command.output().unwrap().status.code()
    };
    let change = ["staff", "set-role", "counter"];
    assert_eq!(as_morgan(&[&change[..], &["--limit", "void_line=250"]].concat()), Some(1));
    assert_eq!(as_morgan(&[&change[..], &["--may", "pos.sell", "--may", "pos.override"]].concat()), Some(1));
    assert_eq!(as_morgan(&[&change[..], &["--name", "Counter"]].concat()), Some(0));
    assert!(ends(&shop, &["staff", "roles"], 0).contains("void_line=2.50"));

    let mut shop = Shop::administered(80, 24);
    let limits = Limits { void_line: Some(Money::from_minor(250)), ..Limits::default() };
    let capabilities = [Capability::Sell].into();
    let role =
        RoleDefinition { code: "counter".to_owned(), name: "Counter".to_owned(), capabilities, limits };
    shop.till().set_role(role.clone()).unwrap();
    shop.till().log_in("morgan", "2222").unwrap();
    shop.keys("s 3 f7 'counter' enter");
    shop.keys(&format!("{}'9' ctrl+s", "down ".repeat(24)));
    assert_eq!(shop.till().roles()[0].limits, limits);
}

#[test]
fn a_deposit_that_is_taken_back_goes_back_without_the_change_it_gave() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("ctrl+t 'layaway' enter '20303' enter f10 '5000' c");
    let due = shop.document().totals.net_due;
    shop.keys("-");
    let said = format!("Cash £{}.{:02} goes back", due.minor() / 100, due.minor() % 100);
    assert!(shop.message().starts_with(&said), "{said}: {}", shop.screen());
    assert!(shop.till().drawers().unwrap()[0].expected().is_zero());
}

#[test]
fn a_script_declares_amounts_by_names_with_blanks() {
    let script =
        "login admin 1111\nsell 10101\npay cash 5\ndeclare 12.50 tips of drivers\nz 1.15 counted twice\n";
    let closure = json(&sold(script), &["closure", "show", "1", "--format", "json"], 0);
    assert_eq!(closure["declaration"]["declared"]["tips of drivers"], 1250, "{closure}");
}
