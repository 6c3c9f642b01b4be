//! What becomes of a document that was open when the till stopped.

use chrono::Duration;
use saleflex_core::{
    closure::{
        Declaration, Refusal,
        drawer::{CountPurpose, DrawerNo},
        template::Region,
    },
    document::{CancelCause, Command, DocumentType, Kind, OpenDocument},
    ids::{ClosureNumber, DocumentNumber},
    money::Money,
    settings::{RecoveryRule, Settings},
    tender::TenderKind,
};
use saleflex_store::{
    Error, Till, history::Found, shell::ManualShell, till::RecoveryOutcome, verify::Verification,
};

use crate::support::shop::{ADMIN, CASHIER, MANAGER, Shop, cash, minor, morning, pay, sell, setup, suspend};

fn stopped_with_a_line(rule: RecoveryRule) -> Shop {
    let mut shop = Shop::with_rule(rule);
    shop.execute(sell("A"));
    shop.restarted()
}

#[test]
fn by_default_it_is_open_again() {
    let shop = stopped_with_a_line(RecoveryRule::Continue);
    let recovered = *shop.till.recovered().unwrap();
    assert_eq!(recovered.outcome, RecoveryOutcome::Continued);
    assert_eq!(shop.till.draft().unwrap().id, recovered.document);
}

#[test]
fn what_the_journal_ends_with_is_told_until_something_else_is_done() {
    let mut shop = Shop::open();
    shop.execute(sell("B"));
    assert_eq!(shop.till.last_done().unwrap(), None, "nobody was given anything yet");
    let sale = shop.execute(pay(TenderKind::Cash, 1000)).completed()[0].document().id;
    let mut shop = shop.restarted();
    let last = shop.till.last_done().unwrap().unwrap();
    assert_eq!((last.document, last.is_complete, last.change), (sale, true, minor(501)));
    shop.log_in(CASHIER);
    assert_eq!(shop.till.last_done().unwrap(), None);
    // Change out of a deposit, on a document that goes on.
    shop.execute(Command::Open(OpenDocument { kind: Kind::Order, ..OpenDocument::default() }));
    shop.execute(sell("B"));
    shop.execute(pay(TenderKind::Cash, 1000));
    let shop = shop.restarted();
    let last = shop.till.last_done().unwrap().unwrap();
    assert_eq!((last.is_complete, last.change), (false, minor(501)));
}

#[test]
fn parked_it_waits_in_the_list() {
    let mut shop = stopped_with_a_line(RecoveryRule::Park);
    assert_eq!(shop.till.recovered().unwrap().outcome, RecoveryOutcome::Parked);
    assert_eq!(shop.till.draft(), None);
    shop.log_in(CASHIER);
    let parked = shop.till.suspended().unwrap()[0].id;
    shop.till.resume(parked).unwrap();
    shop.execute(cash());
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)));
}

#[test]
fn cancelled_it_says_that_the_power_failed() {
    let shop = stopped_with_a_line(RecoveryRule::Cancel);
    let recovered = *shop.till.recovered().unwrap();
    assert_eq!(recovered.outcome, RecoveryOutcome::Cancelled);
    let Some(Found::Cancelled(cancelled)) = shop.till.find_document(recovered.document).unwrap() else {
        panic!("not cancelled")
    };
    assert_eq!(cancelled.cause(), CancelCause::PowerLoss);
    assert_eq!(shop.till.documents(ClosureNumber(1)).unwrap().len(), 1);
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)));
}

#[test]
fn with_money_taken_it_goes_on_whatever_the_rule() {
    for rule in [RecoveryRule::Park, RecoveryRule::Cancel] {
        let mut shop = Shop::with_rule(rule);
        shop.execute(sell("A"));
        shop.execute(pay(TenderKind::Cash, 100));
        let shop = shop.restarted();
        assert_eq!(shop.till.recovered().unwrap().outcome, RecoveryOutcome::Continued, "{rule:?}");
        assert_eq!(shop.till.draft().unwrap().totals.paid, minor(100));
    }
}

#[test]
fn nothing_is_recovered_where_nothing_was_open() {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    shop.execute(cash());
    assert_eq!(shop.restarted().till.recovered(), None);
}

#[test]
fn a_document_that_comes_to_something_else_than_was_written_is_reported() {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    let (_folder, path) = shop.stopped();
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection
        .execute_batch("DROP TRIGGER event_is_never_changed; UPDATE event SET net_due = 7 WHERE net_due > 0")
        .unwrap();
    connection.close().unwrap();
    let till = Till::open(&path, ManualShell::starting(morning(), 4)).unwrap();
    assert_eq!(till.recovered().unwrap().repriced_from, Some(Money::from_minor(7)));
    assert_eq!(till.draft().unwrap().totals.net_due, minor(250));
}

/// A shop in which sales that are put aside wait for two days.
fn impatient() -> Shop {
    let mut setup = setup();
    setup.settings.suspended_days = Some(2);
    Shop::with(setup)
}

#[test]
fn a_sale_put_aside_longer_than_the_store_allows_is_closed_at_the_next_log_in() {
    let mut shop = impatient();
    shop.execute(sell("A"));
    shop.execute(suspend());
    shop.clock.advance(Duration::days(2));
    shop.log_in(MANAGER);
    let waiting = shop.till.suspended().unwrap().remove(0);
    shop.clock.advance(Duration::days(1));
    shop.log_in(CASHIER);
    assert!(shop.till.suspended().unwrap().is_empty());
    let Some(Found::Cancelled(cancelled)) = shop.till.find_document(waiting.id).unwrap() else {
        panic!("not cancelled")
    };
    assert_eq!(cancelled.cause(), CancelCause::TooOld);
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)));
}

#[test]
fn a_log_in_that_cannot_close_what_waited_too_long_logs_nobody_in_or_out() {
    let mut shop = impatient();
    shop.execute(sell("A"));
    shop.execute(suspend());
    let waiting = shop.till.suspended().unwrap();
    shop.clock.advance(Duration::days(3));
    let disk = rusqlite::Connection::open(shop.till.path()).unwrap();
    let no_room = "CREATE TRIGGER no_room BEFORE DELETE ON draft BEGIN SELECT RAISE(ABORT, 'no room'); END";
    disk.execute_batch(no_room).unwrap();
    let head = *shop.till.chain_head();
    let failed = shop.till.log_in(MANAGER.0, MANAGER.1).map(|cashier| cashier.id);
    assert!(matches!(failed, Err(Error::Database(_))), "{failed:?}");
    assert_eq!(shop.till.on_duty().map(|cashier| cashier.user_name.as_str()), Some(CASHIER.0));
    assert_eq!((shop.till.suspended().unwrap(), *shop.till.chain_head()), (waiting, head));
    disk.execute_batch("DROP TRIGGER no_room").unwrap();
    shop.log_in(MANAGER);
    assert!(shop.till.suspended().unwrap().is_empty());
    shop.check_whole();
}

#[test]
fn a_parked_document_that_cannot_be_read_is_told_and_keeps_nobody_from_the_till() {
    let mut shop = impatient();
    shop.execute(sell("A"));
    shop.execute(suspend());
    shop.clock.advance(Duration::days(3));
    let disk = rusqlite::Connection::open(shop.till.path()).unwrap();
    assert_eq!(disk.execute("UPDATE draft SET snapshot = x'7B'", []), Ok(1));
    shop.log_in(MANAGER);
    shop.execute(sell("B"));
    shop.execute(pay(TenderKind::Cash, 1_000));
    assert!(matches!(shop.till.suspended(), Err(Error::Json(_))));
}

#[test]
fn at_a_till_that_nobody_logs_out_of_it_is_closed_with_the_day() {
    let mut shop = impatient();
    shop.log_in(MANAGER);
    shop.execute(sell("A"));
    shop.execute(suspend());
    for day in 1..=2 {
        shop.clock.advance(Duration::days(1));
        shop.execute(sell("B"));
        shop.execute(pay(TenderKind::Cash, 1_000));
        shop.till.close_period(None, None).unwrap();
        assert_eq!(shop.till.suspended().unwrap().len(), 1, "day {day}");
    }
    shop.clock.advance(Duration::days(1));
    shop.execute(sell("B"));
    shop.execute(pay(TenderKind::Cash, 1_000));
    let closure = shop.till.close_period(None, None).unwrap();
    assert!(shop.till.suspended().unwrap().is_empty());
    assert_eq!((closure.report.counts.cancelled, closure.suspended_count), (1, 0));
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)));
}

#[test]
fn a_closing_that_is_refused_cancels_nothing() {
    let mut setup = setup();
    setup.settings.suspended_days = Some(2);
    setup.settings.closing.declaration_required = true;
    let mut shop = Shop::with(setup);
    shop.log_in(MANAGER);
    shop.execute(sell("A"));
    shop.execute(suspend());
    shop.clock.advance(Duration::days(5));
    shop.execute(sell("B"));
    shop.execute(pay(TenderKind::Cash, 1_000));
    let before = *shop.till.chain_head();
    let refused = shop.till.close_period(None, None);
    assert!(matches!(refused, Err(Error::NotClosed(Refusal::DeclarationNeeded))), "{refused:?}");
    assert_eq!((shop.till.suspended().unwrap().len(), shop.till.chain_head()), (1, &before));
    let expected = shop.till.x_report().unwrap();
    let expected = expected.period.expected_cash(&expected.report);
    let counted = Declaration::amount(expected);
    let closure = shop.till.close_period(Some(&counted), None).unwrap();
    assert_eq!((shop.till.suspended().unwrap().len(), closure.report.counts.cancelled), (0, 1));
}

#[test]
fn a_closing_whose_template_cannot_be_read_cancels_nothing() {
    let mut setup = setup();
    setup.settings.suspended_days = Some(2);
    setup.settings.region = Some(Region::parse("GB").unwrap());
    let own = "name = \"GB own\"\nversion = 1\nregions = [\"GB\"]\n[fields]\nnote = \"free\"";
    setup.settings.templates = vec![saleflex_store::templates::read(own).unwrap()];
    let shop = Shop::with(setup);
    let clock = shop.clock.clone();
    let (_folder, path) = shop.stopped();
    let disk = rusqlite::Connection::open(&path).unwrap();
    let damaged = "UPDATE setting SET value = replace(value, '\"note\"', '\"Bad Name\"')";
    assert_eq!(disk.execute(&format!("{damaged} WHERE value LIKE '%\"note\"%'"), []), Ok(1));
    disk.close().unwrap();
    let mut till = Till::open(&path, clock.clone()).unwrap();
    till.log_in(MANAGER.0, MANAGER.1).unwrap();
    till.execute(sell("A")).unwrap();
    till.execute(suspend()).unwrap();
    clock.advance(Duration::days(5));
    till.execute(sell("B")).unwrap();
    till.execute(pay(TenderKind::Cash, 1_000)).unwrap();
    let before = *till.chain_head();
    let refused = till.close_period(None, None);
    assert!(matches!(refused, Err(Error::Template(_))), "{refused:?}");
    assert_eq!((till.suspended().unwrap().len(), till.chain_head()), (1, &before));
}

#[test]
fn a_document_begun_without_a_line_is_what_the_till_is_set_to_when_goods_come() {
    for training in [true, false] {
        let mut setup = setup();
        setup.settings.training = training;
        let mut shop = Shop::with(setup);
        shop.log_in(ADMIN);
        shop.execute(Command::Open(OpenDocument::default()));
        let settings = shop.till.settings().clone();
        shop.till.change_settings(Settings { training: !training, ..settings }).unwrap();
        shop.execute(sell("A"));
        assert_eq!(shop.till.draft().unwrap().training, !training);
        shop.execute(cash());
        assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)));
    }
}

#[test]
fn an_order_waits_as_long_as_it_takes() {
    let mut shop = impatient();
    shop.execute(Command::Open(OpenDocument { kind: Kind::Order, ..OpenDocument::default() }));
    shop.execute(sell("A"));
    shop.execute(suspend());
    shop.clock.advance(Duration::days(30));
    shop.log_in(MANAGER);
    assert_eq!(shop.till.suspended().unwrap().len(), 1);
}

#[test]
fn what_money_was_taken_for_waits_for_its_customer() {
    let mut setup = setup();
    setup.settings.suspended_days = Some(2);
    setup.settings.policy.suspend_with_payments = true;
    let mut shop = Shop::with(setup);
    shop.execute(sell("A"));
    shop.execute(pay(TenderKind::Cash, 100));
    shop.execute(suspend());
    shop.execute(sell("A"));
    shop.execute(suspend());
    shop.clock.advance(Duration::days(30));
    shop.log_in(MANAGER);
    let waiting = shop.till.suspended().unwrap();
    assert_eq!(waiting.iter().map(|aside| aside.paid).collect::<Vec<_>>(), [Money::from_minor(100)]);
}

#[test]
fn a_document_that_moved_twice_is_found_by_every_number_it_had_and_by_none_it_had_not() {
    let mut shop = Shop::open();
    shop.log_in(MANAGER);
    shop.execute(Command::Open(OpenDocument { kind: Kind::Order, ..OpenDocument::default() }));
    shop.execute(sell("A"));
    let id = shop.till.draft().unwrap().id;
    let mut numbers = vec![shop.till.draft().unwrap().number];
    for _ in 0..2 {
        shop.execute(suspend());
        shop.till.close_period(None, None).unwrap();
        shop.till.resume(id).unwrap();
        numbers.push(shop.till.draft().unwrap().number);
    }
    let found =
        |shop: &Shop, number| shop.till.find_document(number).unwrap().map(|found| found.document().id);
    assert!(numbers.iter().all(|number| found(&shop, *number) == Some(id)), "{numbers:?}");
    shop.execute(cash());
    assert!(numbers.iter().all(|number| found(&shop, *number) == Some(id)), "{numbers:?}");
    let date = numbers[2].date.succ_opt().unwrap();
    assert_eq!(found(&shop, DocumentNumber { date, ..numbers[2] }), None, "of another day");
}

#[test]
fn practice_and_quotes_that_are_put_aside_close_no_period_and_owe_nothing() {
    let mut shop = Shop::open();
    shop.log_in(ADMIN);
    let settings = shop.till.settings().clone();
    let earnest = settings.clone();
    shop.till.change_settings(Settings { training: true, ..settings }).unwrap();
    let customer = shop.till.find_customers("", 1).unwrap()[0].id;
    shop.execute(Command::Open(OpenDocument { kind: Kind::Order, ..OpenDocument::default() }));
    shop.execute(sell("D"));
    shop.till.assign_customer(Some(customer)).unwrap();
    // As much as the account holds.
    shop.execute(pay(TenderKind::OnAccount, 10_000));
    shop.execute(suspend());
    shop.till.change_settings(earnest).unwrap();
    shop.execute(Command::Open(OpenDocument::new(DocumentType::NonFiscalReceipt, Kind::Quote)));
    shop.execute(sell("A"));
    shop.execute(suspend());
    assert_eq!(shop.till.x_report().unwrap().suspended_count, 0);
    let refused = shop.till.close_period(None, None);
    assert!(matches!(refused, Err(Error::NotClosed(Refusal::EmptyPeriod { .. }))), "{refused:?}");
    shop.execute(sell("A"));
    shop.till.assign_customer(Some(customer)).unwrap();
    shop.execute(pay(TenderKind::OnAccount, 250));
    assert_eq!(shop.till.close_period(None, None).unwrap().suspended_count, 0);
}

#[test]
fn what_was_parked_in_an_earlier_period_is_told_beside_what_was_in_the_open_one() {
    let mut shop = Shop::open();
    shop.log_in(ADMIN);
    for _ in 0..2 {
        shop.execute(sell("A"));
        shop.execute(suspend());
    }
    assert_eq!(shop.till.close_period(None, None).unwrap().suspended_count, 2);
    let x = shop.till.x_report().unwrap();
    assert_eq!((x.suspended_count, x.parked_before), (0, 2));
}

#[test]
fn in_training_no_drawer_is_counted_and_no_period_closed() {
    let mut shop = Shop::open();
    shop.log_in(ADMIN);
    shop.execute(sell("A"));
    shop.execute(pay(TenderKind::Cash, 250));
    let earnest = shop.till.settings().clone();
    shop.till.change_settings(Settings { training: true, ..earnest.clone() }).unwrap();
    let refused = shop.till.close_period(None, None);
    assert!(matches!(refused, Err(Error::NotClosed(Refusal::Training))), "{refused:?}");
    let counted = Declaration::amount(Money::from_minor(250));
    let refused = shop.till.count_drawer(DrawerNo(1), CountPurpose::SpotCheck, &counted, None);
    assert!(matches!(refused, Err(Error::NotClosed(Refusal::Training))), "{refused:?}");
    shop.till.change_settings(earnest).unwrap();
    assert_eq!(shop.till.close_period(None, None).unwrap().report.gross_sales, Money::from_minor(250));
}
