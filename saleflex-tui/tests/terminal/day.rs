//! The working day on the screen: clock, breaks, locks, counting the drawer, the audit trail, copies.

mod clock;

use std::collections::BTreeSet;

use chrono::Duration;
use saleflex_core::{
    audit::AuditSearch,
    cashier::{access::Act, target::Halt},
    closure::{
        CashCount, Declaration,
        drawer::{CountPurpose, Drawer, DrawerNo},
        template::{Region, Value},
    },
    document::{AddLine, Command, TakeTender},
    ids::ClosureNumber,
    money::Money,
    quantity::Quantity,
    tender::{TenderKind, Tip, TipKind},
};
use saleflex_tui::{app::Place, keymap::Mode};

use crate::common::harness::{Shop, compare};

#[test]
fn somebody_comes_and_goes_by_their_own_pin_whoever_sells() {
    let mut shop = Shop::selling(80, 24);
    // Tom's row; a wrong PIN is told and asked again.
    shop.keys("esc t 'tom' f5 '9999' enter");
    assert!(shop.shows("The name or the PIN is wrong."), "{}", shop.screen());
    shop.keys("'4444' enter");
    assert_eq!(shop.message(), "You are in. Have a good day.");
    assert!(shop.shows("at work"));
    shop.clock.advance(Duration::minutes(90));
    shop.keys("f7 'cof' enter '4444' enter");
    assert_eq!(shop.message(), "The break begins.");
    shop.clock.advance(Duration::minutes(15));
    shop.keys("f8 '4444' enter f6 '4444' enter");
    assert_eq!(shop.message(), "You are out. Good-bye.");
    shop.keys("f6 '4444' enter");
    assert!(!shop.message().is_empty(), "a punch that does not fit says so");
    shop.keys("enter");
    assert!(shop.shows("1:30") && shop.shows("0:15"), "{}", shop.screen());
}

#[test]
fn a_break_locks_the_till_and_the_pin_ends_it_with_the_document_as_it_was() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("esc t 'priya' f5");
    assert_eq!(shop.message(), "You are in. Have a good day.");
    shop.keys("esc esc 1 '10106' enter f2 'go on a break' enter 'lunch' enter");
    assert_eq!(shop.session.state.mode(), Mode::Login);
    assert!(shop.shows("is on a break"), "{}", shop.screen());
    shop.clock.advance(Duration::minutes(30));
    shop.keys("'3333' enter");
    assert_eq!(shop.session.state.mode(), Mode::Sale);
    assert_eq!(shop.lines(), ["1 Baguette 0.95"]);
    let id = shop.till().on_duty().unwrap().id;
    let shifts = shop.till().attendance(id).unwrap().shifts;
    assert_eq!(shifts[0].break_s, 30 * 60);
}

#[test]
fn a_manager_takes_a_locked_till_over_with_the_document_that_is_open() {
    let mut shop = Shop::selling(80, 24);
    let priya = shop.till().on_duty().unwrap().id;
    shop.keys("'10106' enter f12");
    assert_eq!(shop.session.state.mode(), Mode::Login);
    assert!(shop.shows("Priya") && shop.shows("Morgan") && !shop.shows("Tom"), "{}", shop.screen());
    let morgan = shop.session.state.people_to_log_in().iter().position(|person| person.user_name == "morgan");
    shop.keys(&format!("{}'1111' enter", "down ".repeat(morgan.unwrap())));
    assert_eq!(shop.session.state.mode(), Mode::Login, "that is not Morgan's PIN");
    shop.clock.advance(Duration::minutes(1));
    // A letter typed before somebody is chosen is no part of their PIN.
    shop.keys("up 'm' down '2222' enter");
    assert_eq!(shop.message(), "Taken over from Priya Thornbury.");
    assert_eq!(shop.session.state.mode(), Mode::Sale);
    assert_eq!(shop.till().on_duty().unwrap().user_name, "morgan");
    assert_eq!(shop.lines(), ["1 Baguette 0.95"]);
    assert_eq!(shop.document().opened_by.cashier, priya, "whoever began it stays named on it");
}

#[test]
fn the_time_clock_is_corrected_with_a_reason_and_by_a_managers_word() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("esc t 'tom' f5 '4444' enter");
    shop.clock.advance(Duration::minutes(90));
    // Tom went home at half past ten and forgot the clock.
    shop.keys("f4");
    assert!(shop.shows("#1 2025-04-06 09:30"), "{}", shop.screen());
    shop.keys(
        "right right right right right down down backspace backspace backspace backspace '9:99' ctrl+s",
    );
    assert!(shop.shows("Write the time as"), "{}", shop.screen());
    shop.keys("backspace backspace backspace backspace backspace '10:30' down 'went home' ctrl+s");
    assert!(shop.shows("A manager has to agree"), "{}", shop.screen());
    shop.keys("'a' enter '1111' enter");
    assert_eq!(shop.message(), "The time clock is corrected.");
    shop.keys("enter");
    assert!(shop.shows("10:30") && shop.shows("1:00") && shop.shows("goes: went"), "{}", shop.screen());
    let tom = shop.till().cashiers().into_iter().find(|cashier| cashier.user_name == "tom").unwrap().id;
    let attendance = shop.till().attendance(tom).unwrap();
    assert_eq!(attendance.shifts[0].worked_min(), Some(60));
    shop.till().log_in("admin", "1111").unwrap();
    let search = AuditSearch { acts: [Act::CorrectAttendance].into(), ..AuditSearch::default() };
    let trail = shop.till().audit_trail(&search, 10).unwrap();
    assert!(trail.len() == 1 && trail[0].record.approved_by.is_some(), "{trail:?}");
}

#[test]
fn a_punch_is_moved_or_taken_back_but_not_to_a_time_that_is_yet_to_come() {
    let mut shop = Shop::managed(80, 24);
    shop.keys("esc t 'morgan' f5");
    shop.clock.advance(Duration::minutes(30));
    shop.keys("f6");
    shop.clock.advance(Duration::minutes(45));
    shop.keys("f4");
    let time = |shop: &Shop| {
        let Place::Record(record) = shop.session.state.place() else { panic!("{}", shop.screen()) };
        record.entered().text("TIME").to_owned()
    };
    assert_eq!(time(&shop), "2025-04-06 10:00", "that of the punch, not now");
    shop.keys("down right");
    assert_eq!(time(&shop), "2025-04-06 09:30", "it follows the punch that is chosen");
    shop.keys("left up");
    // Of what stands the latest comes first: going, at ten.
    shop.keys("down down backspace backspace backspace backspace backspace '23:00' down 'late' ctrl+s");
    assert_eq!(shop.message(), "2025-04-06 23:00 is yet to come.");
    shop.keys("up backspace backspace backspace backspace backspace '09:45' ctrl+s");
    assert_eq!(shop.message(), "The time clock is corrected.");
    let morgan = shop.till().on_duty().unwrap().id;
    assert_eq!(shop.till().attendance(morgan).unwrap().shifts[0].worked_min(), Some(15));
    // Coming never was: now going stands alone, and that is said.
    shop.keys("f4 right down right down down 'wrong day' ctrl+s");
    assert!(shop.message().starts_with("Corrected, but a punch does not fit"), "{}", shop.message());
    shop.keys("enter");
    assert!(shop.shows("To be looked at"), "{}", shop.screen());
}

#[test]
fn a_till_that_nobody_touches_is_locked_and_its_cashier_goes_on_where_they_were() {
    let mut shop = Shop::open(80, 24);
    let till = shop.till();
    till.log_in("admin", "1111").unwrap();
    let mut settings = till.settings().clone();
    settings.idle.locks_after_s = Some(300);
    till.change_settings(settings).unwrap();
    till.log_out().unwrap();
    shop.keys("down down '3333' enter enter '10106' enter");
    shop.clock.advance(Duration::seconds(299));
    shop.session.tick();
    assert_eq!(shop.session.state.mode(), Mode::Sale);
    // A key counts as being there.
    shop.keys("f4 f4");
    shop.clock.advance(Duration::seconds(299));
    shop.session.tick();
    assert_eq!(shop.session.state.mode(), Mode::Sale);
    shop.clock.advance(Duration::seconds(2));
    shop.session.tick();
    assert_eq!(shop.session.state.mode(), Mode::Login);
    assert!(shop.shows("Locked because nobody was here"), "{}", shop.screen());
    assert!(shop.till().locked().is_some());
    shop.keys("'3333' enter");
    assert_eq!(shop.session.state.mode(), Mode::Sale);
    assert_eq!(shop.lines(), ["1 Baguette 0.95"]);
}

#[test]
fn a_till_that_locks_itself_shows_so_at_once_and_not_with_the_next_minute() {
    let mut shop = Shop::open(80, 24);
    let till = shop.till();
    till.log_in("admin", "1111").unwrap();
    let mut settings = till.settings().clone();
    settings.idle.locks_after_s = Some(20);
    till.change_settings(settings).unwrap();
    till.log_out().unwrap();
    shop.keys("down down '3333' enter enter");
    shop.session.tick();
    shop.clock.advance(Duration::seconds(15));
    assert!(!shop.session.tick(), "nothing is drawn anew for nothing");
    shop.clock.advance(Duration::seconds(6));
    assert!(shop.session.tick(), "the sale would stay on the screen");
    assert_eq!(shop.session.state.mode(), Mode::Login);
}

#[test]
fn the_drawer_is_counted_by_notes_and_coins_and_the_slip_lists_them() {
    let mut shop = Shop::managed(80, 24);
    shop.keys("'10106' enter plus enter esc d 7");
    assert!(shop.shows("Count the drawer") && shop.shows("50.00"), "{}", shop.screen());
    // One of fifty pence, two of twenty, one of five.
    shop.keys("down down down down down down '1' down '2' down down '1'");
    assert!(shop.shows("£0.95"), "{}", shop.screen());
    shop.keys("ctrl+s");
    assert!(shop.shows("DRAWER COUNT") && shop.shows("Difference"), "{}", shop.screen());
    shop.keys("esc");
    assert_eq!(shop.session.state.mode(), Mode::Page);
    let period = shop.till().period().number;
    let counts = shop.till().drawer_counts(period).unwrap();
    assert_eq!(counts[0].counted, Money::from_minor(95));
    assert!(matches!(&counts[0].declaration.counted, CashCount::Denominations(pieces) if pieces.len() == 3));
}

#[test]
fn of_several_drawers_the_chosen_one_is_counted_and_each_says_what_it_should_hold() {
    let mut shop = Shop::open(80, 24);
    let till = shop.till();
    till.log_in("admin", "1111").unwrap();
    let mut settings = till.settings().clone();
    let drawer = |no, opening| Drawer {
        no: DrawerNo(no),
        cashiers: BTreeSet::new(),
        opening: Money::from_minor(opening),
    };
    settings.drawers = vec![drawer(2, 0), drawer(5, 95)];
    till.change_settings(settings).unwrap();
    till.log_out().unwrap();
    shop.keys("down '2222' enter enter esc d 7 down down down down down down '1' down '2' down down '1' pgdn down down right");
    assert!(shop.shows("5: £0.95"), "{}", shop.screen());
    shop.keys("ctrl+s");
    assert!(shop.shows("DRAWER COUNT"), "{}", shop.screen());
    let period = shop.till().period().number;
    assert_eq!(shop.till().drawer_counts(period).unwrap()[0].drawer, DrawerNo(5));
}

#[test]
fn of_several_drawers_the_chosen_one_says_beside_its_cash_which_foreign_notes_should_lie_there() {
    let mut shop = Shop::open(80, 24);
    let till = shop.till();
    let admin = till.log_in("admin", "1111").unwrap().id;
    let mut settings = till.settings().clone();
    let drawer = |no, cashiers| Drawer { no: DrawerNo(no), cashiers, opening: Money::ZERO };
    settings.drawers = vec![drawer(2, BTreeSet::new()), drawer(5, BTreeSet::from([admin]))];
    till.change_settings(settings).unwrap();
    till.log_out().unwrap();
    shop.keys("'1111' enter enter '12402' enter f10 f 'eur' enter '500' enter enter esc d 7");
    shop.keys("down down down down down down down down down pgdn down down");
    assert!(shop.shows("5: ") && shop.shows("  EUR 5.00"), "{}", shop.screen());
    shop.keys("left");
    assert!(shop.shows("2: £0.00") && !shop.shows("EUR 5.00"), "{}", shop.screen());
}

#[test]
fn z_of_several_drawers_says_which_are_left_to_count_and_closes_with_what_they_come_to() {
    let mut shop = Shop::open(80, 24);
    let till = shop.till();
    till.log_in("admin", "1111").unwrap();
    let mut settings = till.settings().clone();
    let drawer = |no| Drawer { no: DrawerNo(no), cashiers: BTreeSet::new(), opening: Money::ZERO };
    settings.drawers = vec![drawer(1), drawer(2)];
    settings.closing.difference_limit = Some(Money::from_minor(500));
    till.change_settings(settings).unwrap();
    till.log_out().unwrap();
    shop.keys("down '2222' enter enter '10106' enter plus enter esc 4 z");
    assert!(shop.shows("No drawer was counted."), "{}", shop.screen());
    shop.keys("esc");
    let count = |shop: &mut Shop, no, amount| {
        let counted = Declaration::amount(Money::from_minor(amount));
        shop.till().count_drawer(DrawerNo(no), CountPurpose::Closing, &counted, None).unwrap()
    };
    count(&mut shop, 1, 395);
    shop.keys("z");
    assert_eq!(shop.message(), "Still to count: drawer 2.");
    count(&mut shop, 2, 400);
    shop.keys("z");
    assert!(shop.shows("Counted in the drawers: £7.95"), "{}", shop.screen());
    shop.keys("z");
    let closed = shop.till().closures(1).unwrap();
    assert_eq!(closed[0].difference(), Some(Money::from_minor(700)), "{}", shop.screen());
}

#[test]
fn what_the_country_wants_declared_is_asked_for_where_the_period_is_closed_with_a_sum() {
    let mut shop = Shop::open(80, 24);
    let till = shop.till();
    till.log_in("admin", "1111").unwrap();
    let mut settings = till.settings().clone();
    settings.region = Some(Region::parse("US").unwrap());
    let own = "name = \"US own\"\nversion = 1\nregions = [\"US\"]\n\
               [fields]\ndriver_tips = { declared = \"driver_tips\" }\n\
               reported_tips = { declared = \"reported_tips\" }\n";
    settings.templates = vec![saleflex_store::templates::read(own).unwrap()];
    till.change_settings(settings).unwrap();
    till.log_out().unwrap();
    shop.keys("down '2222' enter enter '10106' enter plus enter esc 4 z");
    assert!(shop.shows("driver tips") && shop.shows("Tips staff report"), "{}", shop.screen());
    shop.keys("'0.95' enter '7.00' enter '3.00' enter z");
    let closure = shop.till().closures(1).unwrap().remove(0);
    let fields = closure.country.unwrap().fields;
    let amount = |minor| Value::Amount(Money::from_minor(minor));
    assert_eq!((&fields["driver_tips"], &fields["reported_tips"]), (&amount(700), &amount(300)));
    // A count note by note has a field for what the shop's own template asks for.
    shop.keys("esc esc d 7");
    assert!(shop.shows("Count the drawer"), "{}", shop.screen());
    let record = format!("{:?}", shop.session.state.place());
    assert!(record.contains("driver_tips 0.00"), "{record}");
}

#[test]
fn who_has_left_keeps_their_name_on_the_report() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("'10106' enter plus enter");
    let till = shop.till();
    let mut gone = (*till.on_duty().unwrap()).clone();
    till.log_out().unwrap();
    till.log_in("admin", "1111").unwrap();
    gone.is_active = false;
    let name = gone.name.clone();
    till.change_cashier(gone).unwrap();
    shop.keys("esc 4 x");
    assert!(shop.shows("X report"), "{}", shop.screen());
    shop.keys("end");
    assert!(shop.shows("CASHIERS") && shop.shows(&format!("{name} (1)")), "{}", shop.screen());
}

#[test]
fn a_count_that_differs_asks_for_a_reason_and_what_is_no_number_is_told_beside_its_field() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("'10106' enter plus enter esc d 7 ctrl+s");
    assert!(shop.shows("Or the sum alone"), "nothing was counted: {}", shop.screen());
    shop.keys("'x' ctrl+s");
    assert!(shop.shows("What was typed is no number."), "{}", shop.screen());
    shop.keys("backspace '40' '.00' ctrl+s");
    assert_eq!(shop.session.state.mode(), Mode::Prompt, "{}", shop.screen());
    shop.keys("'a customer gave too much' enter");
    assert!(shop.shows("A manager has to agree"), "{}", shop.screen());
}

#[test]
fn the_period_is_closed_with_what_was_counted_piece_by_piece() {
    let mut shop = Shop::managed(80, 24);
    shop.keys("'10106' enter plus enter esc d 7 down down down down down down '1' down '2' down down '1'");
    shop.keys("pgdn right right ctrl+s");
    assert_eq!(shop.session.state.mode(), Mode::Question, "{}", shop.screen());
    shop.keys("z");
    assert!(shop.shows("Z report, period 1"), "{}", shop.screen());
    let closure = shop.till().closures(1).unwrap().remove(0);
    assert_eq!(closure.counted_cash, Some(Money::from_minor(95)));
}

#[test]
fn foreign_money_is_counted_on_the_screen_and_what_stays_is_shown_with_the_closure_and_at_the_next_count() {
    let mut shop = Shop::managed(80, 24);
    let pieces = "down down down down down down '1' down '2' down down '1'";
    let to_foreign = "down down down down down";
    shop.keys(&format!("'10106' enter plus enter esc d 7 {pieces} pgdn right right {to_foreign}"));
    shop.keys("'EUR' ctrl+s");
    assert!(shop.shows("Write EUR 20.00"), "{}", shop.screen());
    shop.keys("' 1x20.00' down 'EUR 15.00' ctrl+s z");
    assert!(shop.shows("The drawer differs by €20.00"), "{}", shop.screen());
    shop.keys("'left by a tourist' enter");
    assert!(shop.shows("Z report, period 1"), "{}", shop.screen());
    let eur = saleflex_core::money::CurrencyCode::parse("EUR").unwrap();
    let cash = shop.till().closures(1).unwrap()[0].foreign_cash().unwrap()[&eur];
    let money = Money::from_minor;
    assert_eq!((cash.counted, cash.left, cash.moved_to_safe()), (Some(money(2000)), money(1500), money(500)));
    shop.keys("esc esc 4 c enter pgdn end");
    for line in ["Stays in the drawer EUR", "Moved to the safe EUR", "Difference EUR"] {
        assert!(shop.shows(line), "{line}: {}", shop.screen());
    }
    shop.keys("pgup pgup");
    assert!(shop.shows("Country") && shop.shows("Nothing"), "{}", shop.screen());
    shop.keys("esc esc esc d 7 pgdn");
    assert!(shop.shows("EUR 15.00"), "{}", shop.screen());
}

#[test]
fn a_closed_period_shows_the_figures_of_the_country_in_words() {
    let mut shop = Shop::open(80, 24);
    let till = shop.till();
    till.log_in("admin", "1111").unwrap();
    let mut settings = till.settings().clone();
    settings.region = Some(saleflex_core::closure::template::Region::parse("GB").unwrap());
    till.change_settings(settings).unwrap();
    till.log_out().unwrap();
    shop.keys("down '2222' enter enter '10106' enter plus enter esc 4 z enter z esc c enter pgup");
    assert!(shop.shows("COUNTRY FIGURES United Kingdom") && shop.shows("rate, net"), "{}", shop.screen());
}

#[test]
fn a_receipt_is_taken_back_as_a_whole_from_the_history() {
    let mut shop = Shop::managed(80, 24);
    shop.keys("'3*14101' enter '12402' enter plus enter esc 5 f7");
    assert_eq!(shop.session.state.mode(), Mode::Question, "{}", shop.screen());
    shop.keys("y");
    assert_eq!(shop.session.state.mode(), Mode::Payment, "{}", shop.screen());
    assert_eq!(shop.document().lines.len(), 2);
}

#[test]
fn a_receipt_with_something_that_may_not_come_back_is_not_taken_back_as_a_whole() {
    let mut shop = Shop::managed(80, 24);
    shop.keys("'14101' enter '10106' enter plus enter esc 5 f7");
    assert_eq!(shop.session.state.mode(), Mode::Return);
    assert_eq!(shop.message(), "Baguette may not be returned.");
    // Where nothing may come back, all of it is refused with the reason.
    let mut shop = Shop::managed(80, 24);
    shop.keys("'10106' enter plus enter '1' ctrl+b");
    assert!(shop.shows("not back") && !shop.shows("0.95"), "it is worth nothing here: {}", shop.screen());
    shop.keys("a");
    assert_eq!(shop.message(), "Baguette may not be returned.", "{}", shop.screen());
}

#[test]
fn a_copy_that_is_printed_is_in_the_audit_trail_and_one_that_is_only_read_is_not() {
    let paper = tempfile::tempdir().unwrap();
    let address = paper.path().join("paper.bin").display().to_string();
    let mut shop = Shop::with_devices(80, 24, &format!("[printer]\naddress = \"file:{address}\"\n"));
    shop.keys("down '2222' enter enter '10106' enter plus enter esc 5 enter");
    let copies = |shop: &mut Shop| {
        let search = AuditSearch { acts: [Act::Reprint].into(), ..AuditSearch::default() };
        shop.till().audit_trail(&search, 10).unwrap().len()
    };
    assert!(shop.shows("COPY"), "{}", shop.screen());
    assert_eq!(copies(&mut shop), 0);
    shop.keys("ctrl+p");
    assert_eq!(copies(&mut shop), 1);
    shop.keys("esc esc s 9 'copy'");
    assert!(shop.shows("Copy printed"), "{}", shop.screen());
}

#[test]
fn a_keyboard_on_the_screen_types_what_its_keys_say_and_is_off_until_asked_for() {
    let mut shop = Shop::managed(80, 24);
    assert!(!shop.shows("QWERTY"));
    shop.keys("esc p ctrl+k");
    assert!(shop.shows("QWERTY"), "{}", shop.screen());
    insta::assert_snapshot!("keyboard_80x24", shop.screen());
    // Down from q is a; t is four to the right of q.
    shop.keys("down enter up right right right right enter");
    let Place::List(list) = shop.session.state.place() else { panic!("{}", shop.screen()) };
    assert_eq!(list.filter.text(), "at", "{}", shop.screen());
    // Its Enter means what Enter means on the screen below: the product is opened.
    shop.keys("down down down left enter");
    assert!(shop.shows("Product ─") && shop.shows("QWERTY"), "{}", shop.screen());
    shop.keys("esc");
    assert!(!shop.shows("QWERTY"));
}

#[test]
fn time_clock() {
    compare!(
        "time_clock",
        Shop::managed,
        "esc t 'morgan' f5 backspace backspace backspace backspace backspace backspace",
    );
}

#[test]
fn drawer_count() {
    compare!("drawer_count", Shop::managed, "'10106' enter plus enter esc d 7 '1' down '2'");
    compare!("drawer_count_purpose", Shop::managed, "'10106' enter plus enter esc d 7 pgdn");
}

#[test]
fn the_trail_tells_which_prices_and_settings_were_changed_and_from_what() {
    let mut shop = Shop::open(120, 40);
    shop.keys("'1111' enter p 'baguette' enter down down down backspace backspace backspace backspace '1.75' ctrl+s");
    shop.keys("esc esc esc s 2 backspace backspace '15' ctrl+s esc esc s 9");
    let rows = shop.screen();
    assert!(rows.contains("10106 Baguette 0.95 -> 1.75"), "{rows}");
    assert!(rows.contains("policy.limits.line_discount \"50\" -> \"15\""), "{rows}");
    shop.keys("'line_discount' enter");
    assert!(shop.shows("policy.limits.line_discount \"50\" -> \"15\""), "{}", shop.screen());
}

#[test]
fn the_trail_names_a_screen_that_was_taken_in_and_who_logged_in() {
    let mut shop = Shop::administered(120, 40);
    let mut form = saleflex_tui::form::stored::delivered_form("PAYMENT").unwrap().clone();
    form.caption = Some("Pay here".to_owned());
    shop.till().change_form(&form).unwrap();
    shop.keys("s 9");
    let screen = shop.screen();
    assert!(screen.contains("screen PAYMENT was taken in"), "{screen}");
    let row = screen.lines().find(|line| line.contains("Logged in")).unwrap_or_else(|| panic!("{screen}"));
    assert_eq!(row.matches("Ada").count(), 2, "who it was stands under who, too: {row}");
}

#[test]
fn audit_trail() {
    compare!("audit", Shop::managed, "'3*10106' enter '10101' enter - plus enter esc s 9");
    compare!("audit_entry", Shop::managed, "'3*10106' enter '10101' enter - plus enter esc s 9 'void' enter");
}

#[test]
fn work_sessions() {
    compare!("sessions", Shop::managed, "esc s 8");
}

#[test]
fn more_than_the_drawer_holds_goes_out_only_after_a_second_look_at_the_figure() {
    let mut shop = Shop::managed(80, 24);
    shop.keys("'10106' enter plus enter esc 4 o '500' enter 'flowers' enter");
    assert_eq!(shop.session.state.mode(), Mode::Question, "{}", shop.screen());
    assert!(shop.shows("£0.95 should lie in the drawer"), "{}", shop.screen());
    shop.keys("y");
    assert_ne!(shop.session.state.mode(), Mode::Question, "{}", shop.screen());
    assert!(shop.till().drawers().unwrap()[0].expected().is_negative());
}

#[test]
fn a_slip_in_the_quantity_is_asked_for_once_more() {
    let mut shop = Shop::managed(80, 24);
    shop.keys("'1001*10106' enter");
    assert_eq!(shop.session.state.mode(), Mode::Question, "{}", shop.screen());
    assert!(shop.shows("1001 x Baguette") && shop.session.state.view.document.is_none(), "{}", shop.screen());
    shop.keys("n esc");
    assert!(shop.session.state.view.document.is_none());
    shop.keys("'1000*10106' enter");
    assert_ne!(shop.session.state.mode(), Mode::Question, "{}", shop.screen());
}

#[test]
fn a_line_that_is_voided_is_named_and_how_it_comes_back() {
    let mut shop = Shop::managed(80, 24);
    shop.keys("'14101' enter '10106' enter -");
    let said = "Line 2 voided, £0.95: 1 x Baguette. To have it back, sell it again.";
    assert_eq!(shop.message(), said, "{}", shop.screen());
}

#[test]
fn a_closed_period_is_corrected_on_its_screen_and_stays_as_it_was() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("'10106' enter plus enter esc 4 z '0.95' enter z esc c f8");
    assert!(shop.shows("Correct a closed period"), "{}", shop.screen());
    shop.keys("ctrl+s");
    assert!(shop.till().corrections(ClosureNumber(1)).unwrap().is_empty(), "no amount, no reason");
    shop.keys("backspace '1.15' down down 'found it' ctrl+s");
    assert!(shop.message().starts_with("Corrected: expected £0.95, difference £0.20."), "{}", shop.screen());
    assert_eq!(shop.till().corrections(ClosureNumber(1)).unwrap().len(), 1);
    shop.keys("enter");
    assert!(shop.shows("counted £0.95 -> £1.15") && shop.shows("found it"), "{}", shop.screen());
    assert_eq!(shop.till().closure(ClosureNumber(1)).unwrap().counted_cash.unwrap().minor(), 95);
    // So does the audit trail say what was corrected.
    shop.keys("esc esc esc s 9");
    assert!(shop.shows("period 1  counted £0.95 -> £1.15"), "{}", shop.screen());
}

#[test]
fn the_tips_of_a_period_are_shared_on_their_screen() {
    let mut shop = Shop::managed(80, 24);
    let tip = Some(Tip { amount: Money::from_minor(101), kind: TipKind::Card });
    let tender = TakeTender { tip, ..TakeTender::balance(TenderKind::CreditCard) };
    shop.till()
        .execute(Command::AddLine(AddLine::code("10106").times(Quantity::parse("2").unwrap())))
        .unwrap();
    shop.till().execute(Command::TakeTender(tender)).unwrap();
    shop.keys("esc 4 z '0' enter z esc c f7");
    assert!(shop.shows("Not yet shared") && shop.shows("£1.01"), "{}", shop.screen());
    shop.keys("down 'body' ctrl+s");
    assert!(shop.shows("morganbody: a user name"), "{}", shop.screen());
    shop.keys("backspace backspace backspace backspace ' admin=3' ctrl+s");
    assert_eq!(shop.message(), "£1.01 of tips shared; £0.00 is left.", "{}", shop.screen());
    assert!(shop.till().tips_left(ClosureNumber(1)).unwrap().is_zero());
    shop.keys("f7");
    assert!(shop.shows("everybody alike") && shop.shows("£0.51"), "{}", shop.screen());
}

#[test]
fn a_target_is_set_on_its_screen_and_seen_beside_what_was_done() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("'10106' enter plus enter esc s t insert ctrl+s");
    assert!(shop.shows("At least one goal is needed."), "{}", shop.screen());
    shop.keys("'1.90' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    assert!(shop.shows("Sales 1.90") && shop.shows("50.00 %") && shop.shows("behind"), "{}", shop.screen());
    shop.keys("enter");
    assert!(shop.shows("0.95") && shop.shows("target"), "{}", shop.screen());
}

#[test]
fn a_target_is_set_aside_or_called_off_and_pursued_again() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("esc s t insert ctrl+s '500' ctrl+s");
    for (keys, told, halted) in [
        ("right", "waits", Some(Halt::Suspended)),
        ("right", "called off", Some(Halt::Cancelled)),
        ("left left", "behind", None),
    ] {
        shop.keys(&format!("enter down down down {keys} ctrl+s"));
        assert!(shop.shows(told), "{}", shop.screen());
        let target = shop.till().targets().unwrap().remove(0).target;
        assert_eq!((target.halted, target.goals.len()), (halted, 1));
    }
}
