//! Paper waits in the till's file until it is out, whatever happens meanwhile.

use rusqlite::Connection;
use saleflex_core::{
    document::{Command, Kind, OpenDocument, TakeTender},
    journal::Event,
    printout::Printout,
    settings::RecoveryRule,
    tender::TenderKind,
};
use saleflex_store::{
    Till,
    printing::{JobState, NewJob, PrintQueue},
    shell::ManualShell,
};

use crate::support::shop::{MANAGER, Shop, cash, minor, morning, sell};

fn job(title: &str) -> NewJob {
    let mut printout = Printout::new();
    printout.title(title);
    printout.cut();
    NewJob { document: None, title: title.to_owned(), printout }
}

fn waiting(queue: &mut PrintQueue) -> Option<(String, u32)> {
    queue.oldest().unwrap().map(|job| (job.job.title, job.begun))
}

fn counts(queue: &PrintQueue) -> [usize; 3] {
    [JobState::Queued, JobState::Printing, JobState::Failed].map(|state| queue.count(state).unwrap())
}

#[test]
fn jobs_are_printed_in_order_and_gone_once_they_are_on_paper() {
    let shop = Shop::open();
    let mut queue = shop.till.print_queue().unwrap();
    let nos = queue.add(&[job("one"), job("two")], None).unwrap();
    assert!(nos[0] < nos[1]);
    assert_eq!(queue.oldest().unwrap().unwrap().job, job("one"));
    assert!(queue.begin(nos[0]).unwrap());
    assert_eq!(counts(&queue), [1, 1, 0]);
    queue.end(nos[0], JobState::Queued).unwrap();
    assert_eq!(waiting(&mut queue), Some(("one".into(), 1)), "the older one comes first, begun once");
    queue.end(nos[0], JobState::Printed).unwrap();
    queue.end(nos[1], JobState::Failed).unwrap();
    assert_eq!((waiting(&mut queue), counts(&queue)), (None, [0, 0, 1]));
    assert!(!queue.begin(nos[0]).unwrap(), "a printed job is done with");
    queue.requeue_failed().unwrap();
    assert_eq!(waiting(&mut queue), Some(("two".into(), 1)), "it will be marked as a repeat");
    let third = queue.add(&[job("three")], None).unwrap();
    assert!(third[0] > nos[1], "numbers are never used twice");
}

#[test]
fn jobs_outlive_the_program_and_one_that_was_printing_is_queued_again() {
    let mut shop = Shop::open();
    let mut queue = shop.till.print_queue().unwrap();
    let nos = queue.add(&[job("one"), job("two")], None).unwrap();
    queue.begin(nos[0]).unwrap();
    // The power fails here.
    drop(queue);
    shop = shop.restarted();
    let mut queue = shop.till.print_queue().unwrap();
    assert_eq!((waiting(&mut queue), counts(&queue)), (Some(("one".into(), 1)), [2, 0, 0]));
}

#[test]
fn a_job_that_cannot_be_read_holds_back_no_other() {
    let shop = Shop::open();
    let mut queue = shop.till.print_queue().unwrap();
    queue.add(&[job("one"), job("two")], None).unwrap();
    let other = Connection::open(shop.path()).unwrap();
    other.execute("UPDATE print_job SET printout = '{' WHERE title = 'one'", []).unwrap();
    assert_eq!((waiting(&mut queue), counts(&queue)), (Some(("two".into(), 0)), [1, 0, 1]));
}

#[test]
fn what_was_settled_before_anybody_prints_is_never_printed_and_all_that_comes_after_is() {
    let mut shop = Shop::open();
    let settle = |shop: &mut Shop| {
        shop.execute(sell("A"));
        shop.execute(cash());
    };
    settle(&mut shop);
    assert_eq!(shop.till.unprinted().unwrap(), []);
    shop.till.set_printing(true).unwrap();
    assert_eq!(shop.till.unprinted().unwrap(), []);
    settle(&mut shop);
    shop.execute(sell("A"));
    shop.execute(Command::Cancel { reason: None });
    settle(&mut shop);
    shop.log_in(MANAGER);
    shop.till.close_period(None, None).unwrap();
    // The power fails before any of it is queued.
    shop = shop.restarted();
    shop.till.set_printing(true).unwrap();
    let found = shop.till.unprinted().unwrap();
    let is_z = |event: &Event| matches!(event, Event::PeriodClosed(_));
    let kinds: Vec<_> =
        found.iter().map(|(_, entry)| (entry.effects.completed.len(), is_z(&entry.event))).collect();
    assert_eq!(
        kinds,
        [(1, false), (1, false), (0, true)],
        "two sales and the report, not what was cancelled"
    );

    let mut queue = shop.till.print_queue().unwrap();
    queue.add(&[job("first")], Some(found[0].0)).unwrap();
    assert_eq!(shop.till.unprinted().unwrap()[..], found[1..]);
    queue.add(&[job("third")], Some(found[2].0)).unwrap();
    queue.add(&[job("second, late")], Some(found[1].0)).unwrap();
    assert_eq!(shop.till.unprinted().unwrap(), [], "nothing is queued twice");

    shop.till.set_printing(false).unwrap();
    shop.log_in(MANAGER);
    settle(&mut shop);
    shop.till.set_printing(true).unwrap();
    assert_eq!(shop.till.unprinted().unwrap(), [], "what was sold while nobody printed stays unprinted");
}

#[test]
fn change_out_of_a_deposit_is_looked_for_until_it_is_queued_also_where_the_document_is_put_aside() {
    for rule in [RecoveryRule::Continue, RecoveryRule::Park] {
        let mut shop = Shop::with_rule(rule);
        shop.till.set_printing(true).unwrap();
        shop.execute(Command::Open(OpenDocument { kind: Kind::Layaway, ..OpenDocument::default() }));
        shop.execute(sell("A"));
        let due = shop.till.draft().unwrap().totals.net_due;
        shop.execute(Command::TakeTender(TakeTender::amount(TenderKind::Cash, due + minor(100))));
        let given = shop.till.unprinted().unwrap();
        assert_eq!(given.len(), 1, "{rule:?}");
        // The power fails before it is queued.
        shop = shop.restarted();
        shop.till.set_printing(true).unwrap();
        assert_eq!(shop.till.suspended().unwrap().len(), usize::from(rule == RecoveryRule::Park));
        assert_eq!(shop.till.unprinted().unwrap(), given, "{rule:?}");
        shop.till.print_queue().unwrap().add(&[job("change")], Some(given[0].0)).unwrap();
        assert_eq!(shop.till.unprinted().unwrap(), [], "{rule:?}");
    }
}

#[test]
fn a_copy_of_a_till_prints_nothing_that_the_original_has_to_print() {
    let mut shop = Shop::open();
    shop.till.set_printing(true).unwrap();
    shop.execute(sell("A"));
    shop.execute(cash());
    shop.till.print_queue().unwrap().add(&[job("one")], None).unwrap();
    let copy = shop.folder.path().join("copy.saleflex");
    shop.till.backup(&copy).unwrap();
    let restored = Till::open(&copy, ManualShell::starting(morning(), 5)).unwrap();
    assert_eq!(waiting(&mut restored.print_queue().unwrap()), None);
    assert_eq!(restored.unprinted().unwrap(), []);
    assert_eq!(shop.till.unprinted().unwrap().len(), 1);
}

#[test]
fn selling_and_printing_write_to_the_file_side_by_side() {
    let mut shop = Shop::open();
    let mut queue = shop.till.print_queue().unwrap();
    let printing = std::thread::spawn(move || {
        for _ in 0..20 {
            let nos = queue.add(&[job("receipt")], None).unwrap();
            queue.begin(nos[0]).unwrap();
            queue.end(nos[0], JobState::Printed).unwrap();
        }
        counts(&queue)
    });
    for _ in 0..20 {
        shop.execute(sell("B"));
        shop.execute(cash());
    }
    assert_eq!(printing.join().unwrap(), [0, 0, 0]);
    assert_eq!(shop.till.documents(shop.till.period().number).unwrap().len(), 20);
}
