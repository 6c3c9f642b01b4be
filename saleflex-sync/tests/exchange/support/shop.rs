//! A small till in a folder of its own, in memory where the system has such a place: what a sync does to a disk is
//! the store's tests' business.

use std::path::{Path, PathBuf};

use saleflex_core::{
    document::{AddLine, CashMovementKind, Command, TakeTender},
    money::Money,
    tender::TenderKind,
};
use saleflex_store::{Till, demo, shell::ManualShell};
use saleflex_sync::{
    plan::{Intervals, Schedule},
    till::{TillInbox, TillOutbox},
    wire::Sender,
    worker::{Device, Worker},
};
use tempfile::TempDir;
use uuid::Uuid;

pub(crate) const HUB: &str = "gate";

pub(crate) type TillWorker = Worker<TillOutbox, TillInbox>;

pub(crate) fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

pub(crate) fn clock(seed: u64) -> ManualShell {
    ManualShell::starting("2025-04-06T08:00:00Z".parse().unwrap(), seed)
}

/// A till of the demonstration shop with a connector and somebody at it.
pub(crate) fn new_till(path: &Path, clock: &ManualShell, code: &str) -> Till {
    let mut setup = demo::corner_market(&mut clock.clone());
    code.clone_into(&mut setup.identity.terminal_code);
    setup.cashiers.retain(|cashier| cashier.user_name == "admin");
    setup.customers.clear();
    setup.campaigns.clear();
    setup.coupons.clear();
    let mut till = Till::create(path, setup, clock.clone()).unwrap();
    till.log_in("admin", "1111").unwrap();
    till.add_connector(HUB).unwrap();
    till
}

pub(crate) fn opened(path: &Path, clock: &ManualShell) -> Till {
    let mut till = Till::open(path, clock.clone()).unwrap();
    till.log_in("admin", "1111").unwrap();
    till
}

pub(crate) fn sender(till: &Till) -> Sender {
    let identity = till.identity();
    Sender {
        office_code: "OFFICE-1".to_owned(),
        store_code: identity.store_code.clone(),
        terminal_code: identity.terminal_code.clone(),
    }
}

pub(crate) fn outbox(till: &Till) -> TillOutbox {
    TillOutbox::new(till.outbox(HUB).unwrap(), sender(till))
}

pub(crate) fn worker(till: &Till) -> TillWorker {
    let device = Device { terminal: Uuid::from_u128(5), token: None, software_version: "0.1.0".to_owned() };
    let inbox = TillInbox::new(till.inbox(HUB).unwrap());
    Worker::new(outbox(till), inbox, Schedule::new(Intervals::GATE, false), device)
}

/// One line of the first product that may simply be sold.
pub(crate) fn add_a_line(till: &mut Till) {
    let code = till.catalog().search("milk", 1)[0].code().to_owned();
    till.execute(Command::AddLine(AddLine::code(code))).unwrap();
}

pub(crate) fn pay(till: &mut Till) {
    till.execute(Command::TakeTender(TakeTender::balance(TenderKind::Cash))).unwrap();
}

pub(crate) fn sell(till: &mut Till) {
    add_a_line(till);
    pay(till);
}

/// A receipt that takes one command.
pub(crate) fn pay_in(till: &mut Till) {
    let (kind, amount) = (CashMovementKind::PaidIn, Money::from_minor(1));
    till.execute(Command::MoveCash { kind, amount, reason: "change".to_owned() }).unwrap();
}

pub(crate) fn cancel(till: &mut Till) {
    till.execute(Command::Cancel { reason: None }).unwrap();
}

/// The keys of all that travels, in the order it was committed.
pub(crate) fn committed(till: &Till) -> Vec<String> {
    let terminal = till.identity().terminal_code.clone();
    let entries = (1..=till.chain_head().seq).map(|seq| till.entry(seq).unwrap());
    let travelling = entries.filter(|entry| entry.kind().travels());
    travelling
        .map(|entry| {
            let (kind, revision) = (entry.kind().name(), entry.revision().unwrap());
            format!("{terminal}/{kind}/{}/{revision}", entry.entity)
        })
        .collect()
}

pub(crate) fn file(folder: &TempDir, generation: u32) -> PathBuf {
    folder.path().join(format!("{generation}.saleflex"))
}
