//! What was changed behind the till's back of counts, corrections, people and the audit trail is found.

use saleflex_core::{
    cashier::time_clock::Punch,
    closure::{
        Declaration,
        drawer::{CountPurpose, DrawerNo},
    },
    ids::ClosureNumber,
    journal::CopyOf,
};
use saleflex_store::{till::Amendment, verify::Tampering};

use crate::support::{
    shop::{MANAGER, Shop, cash, minor, sell},
    tampered::{found_in, run},
};

/// A till with a count, a correction, punches and a printed copy.
fn worked_day() -> Shop {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    shop.execute(cash());
    shop.till.punch(Punch::In).unwrap();
    shop.log_in(MANAGER);
    let expected = shop.till.drawers().unwrap()[0].expected();
    let counted = Declaration::amount(expected);
    shop.till.count_drawer(DrawerNo(1), CountPurpose::SpotCheck, &counted, None).unwrap();
    shop.till.close_period(Some(&counted), None).unwrap();
    let amendment = Amendment::CountedCash(minor(1));
    shop.till.correct_closure(ClosureNumber(1), amendment, "found".to_owned(), None).unwrap();
    shop.till.record_copy(CopyOf::Period(ClosureNumber(1))).unwrap();
    shop
}

#[test]
fn counts_corrections_and_punches_are_frozen_with_the_journal() {
    for what in ["drawer_counted", "closure_amended", "clock_punched", "copy_printed"] {
        let (_, found) = found_in(worked_day(), |connection| {
            let sql = "UPDATE event SET payload = CAST(replace(CAST(payload AS TEXT), ?1, upper(?1)) AS BLOB) \
                       WHERE instr(CAST(payload AS TEXT), ?1) > 0";
            assert!(connection.execute(sql, [what]).unwrap() > 0, "{what}");
        });
        assert_eq!(found, Tampering::PayloadChanged, "{what}");
    }
}

#[test]
fn an_entry_that_is_hidden_from_its_index_or_listed_for_another_is_found() {
    for change in [
        "DELETE FROM entry_index WHERE topic LIKE '%count%'",
        "DELETE FROM entry_index WHERE topic LIKE '%correction%'",
        "UPDATE entry_index SET owner = '9' WHERE topic LIKE '%count%'",
        "UPDATE entry_index SET seq = 1 WHERE topic LIKE '%punch%'",
        "INSERT INTO entry_index SELECT topic, 'x', no, seq FROM entry_index LIMIT 1",
    ] {
        assert_eq!(found_in(worked_day(), run(change)).1, Tampering::IndexChanged, "{change}");
    }
}

#[test]
fn every_part_of_the_audit_trail_is_compared_with_the_events() {
    for change in [
        "DELETE FROM audit WHERE no = (SELECT max(no) FROM audit)",
        "DELETE FROM audit WHERE record LIKE '%reprint%'",
        "UPDATE audit SET record = replace(record, 'reprint', 'log_in') WHERE record LIKE '%reprint%'",
        "UPDATE audit SET at = at + 1 WHERE no = 3",
        "UPDATE audit SET seq = 1 WHERE no = 5",
        "UPDATE audit SET document = randomblob(16) WHERE no = 3",
        "INSERT INTO audit (seq, at, record) SELECT seq, at, record FROM audit WHERE no = 1",
    ] {
        assert_eq!(found_in(worked_day(), run(change)).1, Tampering::AuditChanged, "{change}");
    }
}

#[test]
fn the_schema_itself_keeps_the_index_and_the_audit_trail_from_being_changed() {
    let (_folder, path) = worked_day().stopped();
    let connection = rusqlite::Connection::open(&path).unwrap();
    for change in [
        "UPDATE entry_index SET seq = 1",
        "DELETE FROM entry_index",
        "UPDATE audit SET at = 0",
        "DELETE FROM audit",
    ] {
        assert!(connection.execute(change, []).unwrap_err().to_string().contains("never"), "{change}");
    }
}

#[test]
fn what_waits_for_the_printer_is_no_history_and_a_job_that_is_no_printout_is_given_up() {
    let mut shop = worked_day();
    shop.till.set_printing(true).unwrap();
    let mut queue = shop.till.print_queue().unwrap();
    let job = saleflex_store::printing::NewJob {
        document: None,
        title: "one".to_owned(),
        printout: saleflex_core::printout::Printout::new(),
    };
    queue.add(&[job.clone(), job], None).unwrap();
    let disk = rusqlite::Connection::open(shop.path()).unwrap();
    disk.execute("UPDATE print_job SET printout = 'nonsense' WHERE no = 1", []).unwrap();
    assert_eq!(queue.oldest().unwrap().map(|job| job.no.0), Some(2));
    assert!(matches!(shop.till.verify().unwrap(), saleflex_store::verify::Verification::Whole(_)));
}
