//! Receipts, quotes, orders, points and closed periods by keyboard.

use chrono::Duration;
use saleflex_core::{
    closure::{
        Closure, Declaration, DocumentMark, Level,
        drawer::{CountPurpose, DrawerNo, OverShortReason},
    },
    document::{AddLine, CashMovementKind, Command, Kind, TakeTender},
    money::{CurrencyCode, Money},
    quantity::{ExchangeRate, Points},
    tender::TenderKind,
};
use saleflex_tui::{app::Place, dialog::Dialog, input::Input, keymap::Key};

use crate::common::harness::{Shop, compare};

fn minor(amount: i64) -> Money {
    Money::from_minor(amount)
}

/// Two sales, a cancelled one, and money paid in.
const MORNING: &str = "'10106' enter plus enter '2*10101' enter f11 'C003' enter plus enter \
                       '10106' enter ctrl+x y f2 'paid in' enter '500' enter 'change' enter enter ";

#[test]
fn a_receipt_is_printed_once_more_by_its_place_and_by_its_number() {
    let mut shop = Shop::managed(120, 40);
    shop.keys(MORNING);
    shop.keys("esc 5");
    assert!(shop.shows("Receipts of period 1") && shop.shows("Receipt, cancelled"), "{}", shop.screen());
    shop.keys("'000002' enter");
    assert!(shop.shows("COPY") && shop.shows("White loaf 800g") && shop.shows("20250406-0001-000002"));
    shop.keys("esc esc 'copper' enter");
    assert!(shop.shows("The Copper Kettle") && shop.shows("COPY"), "{}", shop.screen());
    shop.keys("esc esc 'nothing like it' enter");
    assert_eq!(shop.message(), "No document of this period is like that.");
}

#[test]
fn a_receipt_says_the_day_it_was_finished_on_where_its_number_says_another() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("'20303' enter");
    shop.clock.advance(Duration::days(1));
    shop.keys("plus enter '10106' enter plus enter esc 5");
    let screen = shop.screen();
    let row = |number: &str| {
        screen.lines().find(|line| line.contains(number)).unwrap_or_else(|| panic!("{screen}"))
    };
    assert!(row("20250406-0001-000001").contains(" 04-07 "), "{screen}");
    let other = row("20250407-0001-000002");
    assert!(other.contains(" 09:3") && !other.contains("04-07"), "{screen}");
}

#[test]
fn movements_of_a_period_of_several_days_say_the_day_with_the_time() {
    let mut shop = Shop::managed(120, 40);
    let paid_in = |shop: &mut Shop| {
        let (kind, reason) = (CashMovementKind::PaidIn, "change".to_owned());
        shop.till().execute(Command::MoveCash { kind, amount: minor(500), reason }).unwrap();
    };
    paid_in(&mut shop);
    shop.keys("esc d 6");
    assert!(shop.shows(" 09:3") && !shop.shows("04-06 09:3"), "{}", shop.screen());
    shop.clock.advance(Duration::days(1));
    paid_in(&mut shop);
    shop.keys("esc 6");
    assert!(shop.shows("04-06 09:3") && shop.shows("04-07 09:3"), "{}", shop.screen());
}

#[test]
fn the_last_receipt_is_marked_as_a_copy_also_when_it_was_just_printed_or_the_period_was_closed() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("'10106' enter plus");
    assert!(!shop.shows("COPY"));
    shop.keys("enter ctrl+p");
    assert!(shop.shows("COPY") && shop.shows("Baguette"), "{}", shop.screen());
    shop.keys("esc esc 4 z enter z esc ctrl+p");
    assert!(shop.shows("COPY") && shop.shows("Baguette"), "{}", shop.screen());
}

#[test]
fn a_z_report_is_printed_once_more_and_its_receipts_are_found() {
    let mut shop = Shop::managed(120, 40);
    shop.keys(MORNING);
    shop.keys("esc 4 z enter z esc c");
    assert!(shop.shows("Closed periods") && shop.shows("2025-04-06 09:30"), "{}", shop.screen());
    shop.keys("enter");
    assert!(
        shop.shows("Net (without tax)") && shop.shows("Gross (with tax)") && shop.shows("20250406-0001"),
        "{}",
        shop.screen()
    );
    shop.keys("pgdn");
    assert!(shop.shows("Cash") && shop.shows("taken"), "{}", shop.screen());
    shop.keys("f5");
    assert!(shop.shows("COPY") && shop.shows("END-OF-DAY CLOSURE"), "{}", shop.screen());
    shop.keys("esc esc f6");
    assert!(shop.shows("Receipts of period 1") && shop.shows("Copper"), "{}", shop.screen());
    // To the right is the open period, to the left the closed one and nothing beyond it.
    shop.keys("right");
    assert!(shop.shows("Receipts of period 2"));
    shop.keys("left left left");
    assert!(shop.shows("Receipts of period 1"), "{}", shop.screen());
    shop.keys("esc");
    assert!(shop.shows("Closed periods"));
}

/// Closes a period of two sales with a float, money in and out, and a drawer that Morgan handed to Priya: 0.50 was
/// missing then, and 0.20 more at closing.
fn closed_after_a_hand_over(shop: &mut Shop) -> Closure {
    let moves = |shop: &mut Shop, kind, amount: i64| {
        let reason = "morning".to_owned();
        shop.till().execute(Command::MoveCash { kind, amount: minor(amount), reason }).unwrap();
    };
    moves(shop, CashMovementKind::Float, 10_000);
    shop.keys("'10106' enter plus enter '10101' enter plus enter");
    for (kind, amount) in [
        (CashMovementKind::PaidIn, 2_000),
        (CashMovementKind::PaidOut, 1_500),
        (CashMovementKind::CashDrop, 5_000),
    ] {
        moves(shop, kind, amount);
    }
    let expected = shop.till().drawers().unwrap()[0].expected();
    let to = shop.till().everybody().iter().find(|one| one.user_name == "priya").unwrap().id;
    let short = |by: i64, over_short, reason: &str| Declaration {
        over_short: Some(over_short),
        reason: Some(reason.into()),
        ..Declaration::amount(expected - minor(by))
    };
    let handed = short(50, OverShortReason::WrongChange, "a busy hour");
    shop.till().count_drawer(DrawerNo(1), CountPurpose::HandOver { to }, &handed, None).unwrap();
    let closed = short(70, OverShortReason::Counterfeit, "a tenner");
    shop.till().close_period(Some(&closed), None).unwrap()
}

/// What stands behind a label on the screen.
fn value(shop: &Shop, label: &str) -> String {
    let screen = shop.screen();
    let line = screen.lines().find(|line| line.trim_start_matches(['│', ' ']).starts_with(label));
    let line = line.unwrap_or_else(|| panic!("{label}: {screen}")).trim_end_matches(['│', ' ']);
    line.split_once(label).unwrap().1.trim().to_owned()
}

#[test]
fn the_detail_of_a_closed_period_has_its_whole_head() {
    let mut shop = Shop::managed(120, 40);
    let closure = closed_after_a_hand_over(&mut shop);
    shop.keys("esc 4 c enter");
    let closed_by = shop.till().cashier(closure.closed_by.cashier).unwrap().name.clone();
    for (label, told) in [
        ("Number", closure.label().to_string()),
        ("Business date", closure.business_date.to_string()),
        ("Opened by", "-".to_owned()),
        ("Closed by", closed_by),
        ("Agreed by", "-".to_owned()),
        ("Cancelled", "0".to_owned()),
        ("Parked", "0".to_owned()),
        ("Surcharges", "0.00".to_owned()),
        ("Rounding", "0.00".to_owned()),
        ("Tips", "0.00".to_owned()),
        ("Bought from the drawer", "0.00".to_owned()),
        ("Gross (with tax)", shop.till().currency().format(closure.report.net_sales)),
    ] {
        assert_eq!(value(&shop, label), told, "{label}");
    }
    let number = |mark: Option<DocumentMark>| mark.unwrap().number.to_string();
    assert!(value(&shop, "First document").starts_with(&number(closure.first_document)));
    assert!(value(&shop, "Last document").starts_with(&number(closure.last_document)));
    assert!(shop.shows("DOCUMENT TYPES"), "{}", shop.screen());
}

#[test]
fn the_detail_of_a_closed_period_has_its_cash_and_says_whose_difference_it_is() {
    let mut shop = Shop::managed(120, 40);
    let closure = closed_after_a_hand_over(&mut shop);
    shop.keys("esc 4 c enter pgdn");
    let taken = shop.till().currency().format(closure.report.cash.tendered);
    for (label, told) in [
        ("Cash at first", "100.00"),
        ("Cash taken", taken.as_str()),
        ("Deposits (1)", "20.00"),
        ("Withdrawals (1)", "-15.00"),
        ("Cash drops (1)", "-50.00"),
        ("Difference", "-0.70"),
        ("Reason:", "False note, a tenner"),
    ] {
        assert_eq!(value(&shop, label), told, "{label}: {}", shop.screen());
    }
    for words in ["Drawer 1: Morgan", "Hand-over to Priya", "(-0.50)", "Wrong change, a busy hour", "(-0.20)"]
    {
        assert!(shop.shows(words), "{words}: {}", shop.screen());
    }
    shop.keys("f5");
    let Some(Dialog::Paper(reader)) = shop.session.state.dialogs.last() else { panic!("{}", shop.screen()) };
    let paper = reader.paper.lines.join("\n");
    for words in ["HAND-OVERS", "Reason: Wrong change, a busy hour", "Reason: False note, a tenner"] {
        assert!(paper.contains(words), "{words}: {paper}");
    }
    let rollups = shop.till().rollups(closure.business_date, closure.business_date, Level::StoreDay).unwrap();
    let sums = rollups.values().next().unwrap().over_short.iter().map(|sum| sum.short.minor());
    assert_eq!(sums.collect::<Vec<_>>(), [50, 20]);
}

#[test]
fn the_detail_of_a_closed_period_says_where_nobody_declared_the_drawer() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("'10106' enter plus enter");
    for (who, pin) in [("priya", "3333"), ("morgan", "2222")] {
        shop.till().log_in(who, pin).unwrap();
        shop.till().execute(Command::AddLine(AddLine::code("10101"))).unwrap();
        shop.till().execute(Command::TakeTender(TakeTender::balance(TenderKind::Cash))).unwrap();
    }
    let counted = Declaration::amount(shop.till().drawers().unwrap()[0].expected());
    let to = shop.till().everybody().iter().find(|one| one.user_name == "priya").unwrap().id;
    shop.till().count_drawer(DrawerNo(1), CountPurpose::HandOver { to }, &counted, None).unwrap();
    shop.till().close_period(Some(&counted), None).unwrap();
    shop.keys("esc 4 c enter pgdn");
    for words in ["Drawer 1: nobody declared it", "counted by Morgan", "Hand-over to Priya"] {
        assert!(shop.shows(words), "{words}: {}", shop.screen());
    }
}

#[test]
fn receipts_of_a_period_say_what_was_paid_and_given_back_and_show_what_was_taken_off() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("'10106' enter '10101' enter '-' y enter '500' plus enter esc 5");
    let row = shop.screen().lines().find(|line| line.contains("000001")).unwrap().to_owned();
    let figures: Vec<&str> = row.trim_end_matches('│').split_whitespace().rev().take(3).collect();
    assert_eq!(figures, ["0.95", "4.05", "5.00"], "{}", shop.screen());
    shop.keys("enter");
    assert!(!shop.shows("White loaf"), "the copy has what was sold: {}", shop.screen());
    shop.keys("esc f8");
    assert!(
        shop.shows("(voided) 1 x White loaf 800g") && shop.shows("voided by Morgan"),
        "{}",
        shop.screen()
    );
    assert!(shop.shows("1 x Baguette") && shop.shows("4.05"), "{}", shop.screen());
}

#[test]
fn a_sale_is_rung_up_again_at_todays_prices_without_what_is_sold_no_more() {
    let mut shop = Shop::administered(120, 40);
    shop.keys("1 '3*10106' enter '10101' enter '14101' enter plus enter");
    shop.keys("esc 5 f5");
    assert_eq!(shop.lines().len(), 3, "{}", shop.screen());
    assert!(shop.lines()[0].starts_with("3 Baguette"), "{:?}", shop.lines());
    assert_eq!(shop.message(), "Rung up again: 3.");
    // What asks for an age asks before anything is rung up.
    shop.keys("plus enter '10106' enter '17101' enter enter enter plus enter esc 5 f5");
    assert!(shop.shows("at least 18") && shop.lines().is_empty(), "{}", shop.screen());
    shop.keys("enter enter");
    assert_eq!(shop.lines().len(), 2, "{}", shop.screen());
    // What moved in the drawer is no sale.
    shop.keys("plus enter f2 'paid in' enter '500' enter 'change' enter enter esc 5 f5");
    assert_eq!(shop.message(), "Only a sale can be repeated.", "{}", shop.screen());
}

#[test]
fn a_return_begins_from_the_list_of_receipts() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("'3*14101' enter plus enter esc 5 f6");
    assert!(shop.shows("What comes back") && shop.shows("Baked beans"), "{}", shop.screen());
    shop.keys("a f10 plus");
    assert_eq!(shop.settled().pop().unwrap().document().kind, Kind::Return);
}

#[test]
fn an_empty_list_says_so_and_one_that_was_searched_says_that_nothing_is_like_it() {
    let mut shop = Shop::managed(80, 24);
    shop.keys("esc q");
    assert!(shop.shows("No quote was made lately."), "{}", shop.screen());
    shop.keys("enter");
    assert_eq!(shop.message(), "No quote was made lately.");
    shop.keys("'nora'");
    assert!(shop.shows("There is no quote like that."), "{}", shop.screen());
    shop.keys("esc esc 5");
    assert!(shop.shows("Nothing was finished in this period."), "{}", shop.screen());
}

#[test]
fn a_quote_becomes_a_sale_at_its_prices_once() {
    let mut shop = Shop::managed(120, 40);
    shop.keys(
        "ctrl+t 'quote' enter f11 'C001' enter '2*10104' enter '10' ctrl+d f2 'without pay' enter enter",
    );
    let quote = shop.settled().pop().unwrap();
    assert_eq!((quote.document().kind, quote.document().totals.net_due), (Kind::Quote, minor(504)));
    shop.keys("esc q");
    assert!(shop.shows("Nora Field"), "{}", shop.screen());
    shop.keys("f6");
    assert!(shop.shows("COPY") && shop.shows("QUOTE"), "{}", shop.screen());
    shop.keys("esc enter");
    let said = "Quote 20250406-0001-000001 is sale 20250406-0001-000002 now: £5.04.";
    assert_eq!(shop.message(), said);
    assert_eq!(shop.document().original, Some(quote.document().id));
    assert_eq!(shop.document().totals.net_due, minor(504));
    shop.keys("plus enter esc q");
    assert!(shop.shows("000002"), "{}", shop.screen());
    shop.keys("enter");
    assert!(shop.message().ends_with("was sold as 20250406-0001-000002 already."), "{}", shop.message());
}

#[test]
fn whoever_takes_what_was_quoted_is_asked_for_their_age() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("ctrl+t 'quote' enter '17101' enter enter enter f2 'without pay' enter enter");
    let settled = shop.settled().len();
    assert_eq!(settled, 1, "{}", shop.screen());
    shop.keys("esc q enter");
    assert!(shop.shows("at least 18"), "{}", shop.screen());
    shop.keys("right enter '2010-01-01' enter");
    assert_eq!(shop.message(), "The buyer is younger than 18: not sold. Another's date of birth sells it.");
    assert!(shop.lines().is_empty());
    shop.keys("enter right enter '1990-01-01' enter");
    let lines = shop.lines();
    assert_eq!(lines, ["1 Millrace pale ale 500 ml 2.10"], "{}", shop.screen());
}

#[test]
fn an_order_is_picked_up_and_what_is_left_of_it_is_paid() {
    let mut shop = Shop::selling(120, 40);
    shop.keys("ctrl+t 'layaway' enter '20303' enter f11 'C001' enter f10 '100' c ctrl+s");
    assert_eq!(shop.message(), "Document 20250406-0001-000001 is parked.");
    shop.keys("'10106' enter ctrl+s esc 6");
    assert!(shop.shows("Nora Field") && shop.shows("0.75") && !shop.shows("000002 "), "{}", shop.screen());
    shop.keys("'nora' enter");
    assert!(shop.shows("Payment") && shop.shows("BALANCE"), "{}", shop.screen());
    shop.keys("plus");
    assert!(shop.message().contains("all is paid"), "{}", shop.message());
    shop.keys("=");
    let layaway = shop.settled().pop().unwrap();
    assert_eq!((layaway.document().kind, layaway.document().totals.paid), (Kind::Layaway, minor(175)));
}

#[test]
fn points_are_offered_at_payment_as_far_as_the_rules_go() {
    let mut shop = Shop::selling(120, 40);
    shop.keys("'10*20303' enter f10 p");
    assert_eq!(shop.message(), "Points need a customer: F11.");
    // Half of 17.50 is 8.75: in steps of ten that is 870 points.
    shop.keys("f11 'C002' enter f10");
    assert!(shop.shows("1200 points: up to 870 can be"), "{}", shop.screen());
    shop.keys("p");
    assert!(shop.shows("Redeem points") && shop.shows("870"));
    // Why not all of them, with its figure.
    assert!(shop.shows("the basket: £8.75."), "{}", shop.screen());
    shop.keys("'20' enter");
    assert_eq!(shop.message(), "50 points is the least; 20 could be taken.");
    shop.keys("'100' p");
    assert_eq!(shop.document().totals.net_due, minor(1650));
    assert!(shop.shows("up to 770"), "{}", shop.screen());
    shop.keys("p enter");
    assert_eq!(shop.document().totals.net_due, minor(880));
    shop.keys("k k");
    assert_eq!(shop.settled().len(), 1);
    let id = shop.till().find_customers("C002", 1).unwrap()[0].id;
    // 870 of 1200 were redeemed; 8.80 earned 11 in a tier that earns a quarter more.
    assert_eq!(shop.till().customer(id).unwrap().unwrap().points.map(Points::get), Some(341));
}

#[test]
fn a_basket_that_points_may_pay_too_little_of_says_how_much_that_is() {
    let mut shop = Shop::selling(120, 40);
    // Half of a baguette is less than fifty points.
    shop.keys("'10106' enter f11 'C002' enter f10 p");
    let said = shop.message();
    assert!(
        said.starts_with("50 points is the least; ") && said.contains("At most 50 % of the basket: £0."),
        "{said}"
    );
}

#[test]
fn screens_of_looking_back() {
    compare!("receipts", Shop::managed, &format!("{MORNING} esc 5 down"));
    compare!(
        "quotes",
        Shop::managed,
        "ctrl+t 'quote' enter '10104' enter f2 'without pay' enter enter esc q"
    );
    compare!("pick_up", Shop::managed, "ctrl+t 'layaway' enter '20303' enter f10 '100' c ctrl+s esc 6");
    compare!("closures", Shop::managed, &format!("{MORNING} esc 4 z enter z esc c"));
    compare!("payment_points", Shop::selling, "'10*20303' enter f11 'C002' enter f10");
    compare!("points", Shop::selling, "'10*20303' enter f11 'C002' enter f10 p");
}

#[test]
fn points_above_the_stores_limit_need_a_manager() {
    let mut shop = Shop::open(120, 40);
    shop.keys("'1111' enter");
    let mut settings = shop.till().settings().clone();
    settings.policy.limits.redemption = Some(minor(500));
    shop.till().change_settings(settings).unwrap();
    shop.keys("ctrl+l down down '3333' enter 1 '10*20303' enter f11 'C002' enter f10 '500' p");
    assert_eq!(shop.document().totals.net_due, minor(1250), "up to the limit alone");
    shop.keys("'100' p");
    assert!(shop.shows("A manager has to agree"), "{}", shop.screen());
    shop.keys("'a' enter '2222' enter");
    assert_eq!(shop.document().totals.net_due, minor(1250), "a wrong PIN changes nothing");
    shop.keys("'1111' enter");
    assert_eq!(shop.document().totals.net_due, minor(1150));
    let by = shop.document().adjustments.last().unwrap().authority;
    assert!(by.approved_by.is_some());
}

/// Types without the pause in which a search goes on.
fn type_fast(shop: &mut Shop, words: &str) {
    for character in words.chars() {
        shop.session.handle(Input::Key(Key::parse(&character.to_string()).unwrap()));
    }
}

fn listed(shop: &Shop) -> usize {
    let Place::List(list) = shop.session.state.place() else { panic!("{}", shop.screen()) };
    list.rows.len()
}

/// A till on which four hundred and fifty times a euro was given another worth, and once a dollar.
fn with_a_long_trail() -> Shop {
    let mut shop = Shop::administered(120, 40);
    let rate = ExchangeRate::parse("1.2").unwrap();
    for code in std::iter::repeat_n("EUR", 450).chain(["USD"]) {
        shop.till().set_exchange_rate(CurrencyCode::parse(code).unwrap(), Some(rate)).unwrap();
    }
    shop.keys("s 9");
    shop
}

#[test]
fn a_long_trail_is_searched_in_parts_and_only_while_nobody_types() {
    let mut shop = with_a_long_trail();
    let whole = listed(&shop);
    assert!((452..500).contains(&whole), "{whole}");
    type_fast(&mut shop, "logged");
    assert_eq!(listed(&shop), whole, "nothing is searched between two letters");
    // Two parts of two hundred acts without such words, then the rest.
    for _ in 0..2 {
        assert!(shop.session.go_on());
        assert_eq!(listed(&shop), 0);
        assert!(shop.shows("searched back to 2025-04-06"), "{}", shop.screen());
    }
    assert!(shop.session.go_on());
    assert!(shop.shows("Logged in") && !shop.shows("searched back"), "{}", shop.screen());
    assert!(!shop.session.go_on());
    // The words are taken back amid a search: what they would still find is no part of the whole list.
    shop.keys("esc");
    type_fast(&mut shop, "ada");
    assert!(shop.session.go_on());
    assert_eq!(listed(&shop), 200);
    shop.keys("esc");
    assert_eq!(listed(&shop), whole);
}

#[test]
fn whoever_presses_enter_at_once_means_what_the_words_find() {
    let mut shop = with_a_long_trail();
    type_fast(&mut shop, "eur");
    shop.session.handle(Input::Key(Key::ENTER));
    let Some(Dialog::Paper(reader)) = shop.session.state.dialogs.last() else { panic!("{}", shop.screen()) };
    let lines = reader.paper.lines.join("\n");
    assert!(lines.contains("EUR") && !lines.contains("USD"), "{lines}");
}

#[test]
fn a_document_that_was_put_aside_on_another_day_says_which() {
    let mut shop = Shop::managed(80, 24);
    shop.keys("'10106' enter 'Table 5' ctrl+s ctrl+r");
    assert!(shop.shows("09:30  Table 5"), "{}", shop.screen());
    shop.clock.advance(chrono::Duration::days(1));
    shop.keys("esc ctrl+r");
    assert!(shop.shows("04-06  Table 5"), "{}", shop.screen());
}

#[test]
fn enter_without_the_number_of_a_receipt_says_that_it_comes_first() {
    let mut shop = Shop::managed(80, 24);
    shop.keys("ctrl+b enter");
    assert_eq!(shop.message(), "Type the receipt number first.", "{}", shop.screen());
}
