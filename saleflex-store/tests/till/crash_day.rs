//! The working day stopped after every statement: counts, corrections, people, the clock, screens, paper.

use std::collections::BTreeSet;

use saleflex_core::{
    cashier::{
        Capability, Limits, Role, RoleDefinition, lock::LockCause, session::BreakKind, time_clock::Punch,
    },
    closure::{
        Declaration,
        drawer::{CountPurpose, DrawerNo},
    },
    ids::ClosureNumber,
    journal::CopyOf,
};
use saleflex_store::{
    cashier::NewCashier,
    printing::{JobState, NewJob},
    till::Amendment,
};

use crate::forms::form;
use crate::support::{
    shop::{self, ADMIN, CASHIER, MANAGER, Shop, cash, minor, sell, suspend},
    stopping::{stop_everywhere, stop_in_stages},
};

/// A shop with a sale, and a closed period with another.
fn worked() -> Shop {
    let mut shop = Shop::open();
    shop.log_in(ADMIN);
    shop.till.add_connector("gate").unwrap();
    shop.log_in(CASHIER);
    shop.execute(sell("A"));
    shop.execute(cash());
    shop.log_in(MANAGER);
    shop.till.close_period(None, None).unwrap();
    shop.execute(sell("B"));
    shop.execute(cash());
    shop
}

#[test]
fn counting_a_drawer_and_handing_it_over() {
    let expected = worked().till.drawers().unwrap()[0].expected();
    let count = move |shop: &mut Shop, purpose| {
        let counted = Declaration::amount(expected);
        drop(shop.till.count_drawer(DrawerNo(1), purpose, &counted, None).unwrap());
    };
    stop_everywhere(worked(), |shop| count(shop, CountPurpose::SpotCheck));
    let shop = worked();
    let to = shop.till.everybody().iter().find(|one| one.user_name == CASHIER.0).unwrap().id;
    stop_everywhere(shop, |shop| count(shop, CountPurpose::HandOver { to }));
}

#[test]
fn closing_a_period_that_first_cancels_what_waited_too_long() {
    let mut setup = shop::setup();
    setup.settings.suspended_days = Some(2);
    let mut shop = Shop::with(setup);
    shop.log_in(ADMIN);
    shop.till.add_connector("gate").unwrap();
    shop.execute(sell("A"));
    shop.execute(suspend());
    shop.clock.advance(chrono::Duration::days(3));
    shop.execute(sell("B"));
    shop.execute(cash());
    let stages = stop_in_stages(shop, |shop| drop(shop.till.close_period(None, None).unwrap()));
    assert_eq!(stages, 2, "it is cancelled, and then the period is closed");
}

#[test]
fn correcting_a_closed_period() {
    stop_everywhere(worked(), |shop| {
        let amendment = Amendment::CountedCash(minor(1));
        drop(shop.till.correct_closure(ClosureNumber(1), amendment, "found".to_owned(), None).unwrap());
    });
    let shop = worked();
    let sale = shop.till.documents(ClosureNumber(1)).unwrap()[0].id;
    stop_everywhere(shop, |shop| {
        let amendment = Amendment::Withdraw(sale);
        drop(shop.till.correct_closure(ClosureNumber(1), amendment, "twice".to_owned(), None).unwrap());
    });
}

#[test]
fn punching_the_clock_and_correcting_a_punch() {
    stop_everywhere(worked(), |shop| {
        shop.till.punch(Punch::In).unwrap();
    });
    let mut shop = worked();
    shop.till.punch(Punch::In).unwrap();
    let who = shop.till.on_duty().unwrap().id;
    let at = shop.till.now();
    stop_everywhere(shop, |shop| {
        drop(shop.till.correct_punch(who, 1, Some(at), "late".to_owned(), None).unwrap());
    });
    stop_everywhere(worked(), |shop| {
        let who = shop.till.on_duty().unwrap().id;
        drop(shop.till.add_punch(who, Punch::In, at, "forgotten".to_owned(), None).unwrap());
    });
}

#[test]
fn locking_unlocking_and_going_on_a_break() {
    stop_everywhere(worked(), |shop| {
        shop.till.lock(LockCause::Asked).unwrap();
    });
    stop_everywhere(worked(), |shop| {
        shop.till.start_break(BreakKind::Lunch, None, None).unwrap();
    });
    let mut shop = worked();
    shop.till.start_break(BreakKind::Lunch, None, None).unwrap();
    stop_everywhere(shop, |shop| {
        shop.till.unlock(MANAGER.0, MANAGER.1).unwrap();
    });
    stop_everywhere(worked(), |shop| shop.till.log_out().unwrap());
}

#[test]
fn people_roles_and_secrets() {
    let admin = || {
        let mut shop = worked();
        shop.log_in(ADMIN);
        shop
    };
    stop_everywhere(admin(), |shop| {
        let new = NewCashier::with_role("zoe", "Zoe", "7788", Role::Cashier);
        shop.till.add_cashier(&new).unwrap();
    });
    stop_everywhere(admin(), |shop| {
        let mut ann = shop.till.everybody().iter().find(|one| one.user_name == CASHIER.0).unwrap().clone();
        ann.is_active = false;
        shop.till.change_cashier(ann).unwrap();
    });
    stop_everywhere(admin(), |shop| {
        let capabilities: BTreeSet<Capability> = [Capability::Sell].into();
        let role = RoleDefinition {
            code: "helper".to_owned(),
            name: "Helper".to_owned(),
            capabilities,
            limits: Limits::default(),
        };
        shop.till.set_role(role).unwrap();
    });
    stop_everywhere(admin(), |shop| shop.till.change_secret(ADMIN.1, "another-1").unwrap());
}

#[test]
fn screens_are_delivered_changed_and_restored_whole() {
    stop_everywhere(worked(), |shop| drop(shop.till.deliver_forms(&[form("old")]).unwrap()));
    let delivered = || {
        let mut shop = worked();
        shop.log_in(ADMIN);
        shop.till.deliver_forms(&[form("old")]).unwrap();
        shop
    };
    stop_everywhere(delivered(), |shop| shop.till.change_form(&form("ours")).unwrap());
    let mut shop = delivered();
    shop.till.change_form(&form("ours")).unwrap();
    stop_everywhere(shop, |shop| shop.till.restore_form(&form("old")).unwrap());
    stop_everywhere(delivered(), |shop| shop.till.remove_form(form("old").form_no).unwrap());
}

#[test]
fn a_copy_is_written_down_whole_or_not_at_all() {
    let shop = worked();
    let sale = shop.till.documents(ClosureNumber(1)).unwrap()[0].id;
    stop_everywhere(shop, |shop| shop.till.record_copy(CopyOf::Document(sale)).unwrap());
    stop_everywhere(worked(), |shop| shop.till.record_copy(CopyOf::Period(ClosureNumber(1))).unwrap());
    let mut shop = worked();
    shop.till.record_copy(CopyOf::Period(ClosureNumber(9))).unwrap_err();
}

#[test]
fn a_sale_that_is_settled_waits_for_its_paper_from_the_same_moment_on() {
    let mut shop = worked();
    shop.till.set_printing(true).unwrap();
    shop.execute(sell("A"));
    stop_everywhere(shop, |shop| {
        shop.execute(cash());
        assert_eq!(shop.till.unprinted().unwrap().len(), 1);
    });
}

#[test]
fn a_job_that_was_queued_begun_or_printed_is_so_after_the_power_failed() {
    let mut shop = worked();
    shop.till.set_printing(true).unwrap();
    shop.execute(sell("A"));
    shop.execute(cash());
    let (seq, _) = shop.till.unprinted().unwrap().remove(0);
    let mut queue = shop.till.print_queue().unwrap();
    let mut paper = saleflex_core::printout::Printout::new();
    paper.line("paper");
    let job = NewJob { document: None, title: "one".to_owned(), printout: paper };
    let no = queue.add(&[job.clone(), job], Some(seq)).unwrap().remove(0);
    assert!(shop.till.unprinted().unwrap().is_empty(), "queued and no longer looked for, in one step");
    // Each time the files are what the disk held when the power failed.
    let folder = tempfile::tempdir().unwrap();
    let mut copies = 0;
    let mut after_a_power_cut = |shop: &Shop| {
        copies += 1;
        let copy = folder.path().join(format!("{copies}.saleflex"));
        std::fs::copy(shop.path(), &copy).unwrap();
        let log = |path: &std::path::Path| std::path::PathBuf::from(format!("{}-wal", path.display()));
        std::fs::copy(log(&shop.path()), log(&copy)).unwrap();
        let disk = rusqlite::Connection::open(&copy).unwrap();
        let mut select = disk.prepare("SELECT state, begun FROM print_job ORDER BY no").unwrap();
        let rows = select.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?))).unwrap();
        rows.collect::<Result<Vec<_>, _>>().unwrap()
    };
    let state = |state: &str, begun| (state.to_owned(), begun);
    assert_eq!(after_a_power_cut(&shop), [state("queued", 0), state("queued", 0)]);
    assert!(queue.begin(no).unwrap());
    assert_eq!(after_a_power_cut(&shop), [state("printing", 1), state("queued", 0)]);
    assert!(queue.end(no, JobState::Printed).unwrap());
    assert_eq!(after_a_power_cut(&shop), [state("queued", 0)]);
}
