//! A till of the demonstration shop and somebody at it; it is killed, backed up and restored.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use chrono::TimeDelta;
use saleflex_core::{
    document::{AddLine, Command, TakeTender},
    tender::TenderKind,
};
use saleflex_store::{Till, demo, shell::ManualShell};
use saleflex_sync::{
    outbox::{Claim, Outbox},
    plan::{Intervals, Schedule},
    till::{TillInbox, TillOutbox, take_over},
    wire::{PushItem, Secret, Sender},
    worker::{Device, Worker},
};
use tempfile::TempDir;

use crate::{
    dice::Dice,
    node::{self, OFFICE_CODE},
};

pub(crate) type TillWorker = Worker<TillOutbox, TillInbox>;

/// To the store's hub and to the company's.
pub(crate) const WAYS: [&str; 2] = ["office", "gate"];

pub(crate) struct Station {
    // Dropped before the folder they live in.
    workers: [Option<TillWorker>; 2],
    till: Option<Till>,
    pub(crate) clock: ManualShell,
    pub(crate) store_code: &'static str,
    pub(crate) code: String,
    /// What it shows at either hub.
    secrets: [String; 2],
    generation: u32,
    backup: Option<u32>,
    pub(crate) was_restored: bool,
    /// Its backups are copies of the bare file, made by somebody who knows of no other way.
    pub(crate) is_copied_by_hand: bool,
    /// One of those was put back, and nobody knows it yet.
    is_put_back: bool,
    /// Everything it ever committed, in whatever life, with its bytes.
    pub(crate) ever: BTreeMap<String, Vec<u8>>,
    folder: TempDir,
}

fn opened(path: &Path, clock: &ManualShell) -> Till {
    let mut till = Till::open(path, clock.clone()).unwrap();
    till.log_in("admin", "1111").unwrap();
    till
}

impl Station {
    pub(crate) fn new(seed: u64, (store_code, code): (&'static str, &str), secrets: [String; 2]) -> Self {
        let clock = ManualShell::starting("2025-04-06T08:00:00Z".parse().unwrap(), seed);
        let folder = node::folder();
        let mut setup = demo::corner_market(&mut clock.clone());
        code.clone_into(&mut setup.identity.terminal_code);
        setup.cashiers.retain(|cashier| cashier.user_name == "admin");
        setup.customers.truncate(1);
        let mut till = Till::create(folder.path().join("0.saleflex"), setup, clock.clone()).unwrap();
        till.log_in("admin", "1111").unwrap();
        for way in WAYS {
            till.add_connector(way).unwrap();
        }
        let mut station = Self {
            workers: [None, None],
            till: Some(till),
            clock,
            store_code,
            code: code.to_owned(),
            secrets,
            generation: 0,
            backup: None,
            was_restored: false,
            is_copied_by_hand: false,
            is_put_back: false,
            ever: BTreeMap::new(),
            folder,
        };
        station.connect();
        station
    }

    fn file(&self, generation: u32) -> PathBuf {
        self.folder.path().join(format!("{generation}.saleflex"))
    }

    pub(crate) fn till(&mut self) -> &mut Till {
        self.till.as_mut().unwrap()
    }

    pub(crate) fn worker(&mut self, way: usize) -> &mut TillWorker {
        self.workers[way].as_mut().unwrap()
    }

    fn outbox(&self, way: usize) -> TillOutbox {
        let [office_code, store_code] = [OFFICE_CODE, self.store_code].map(str::to_owned);
        let sender = Sender { office_code, store_code, terminal_code: self.code.clone() };
        TillOutbox::new(self.till.as_ref().unwrap().outbox(WAYS[way]).unwrap(), sender)
    }

    fn connect(&mut self) {
        for (way, name) in WAYS.into_iter().enumerate() {
            let till = self.till.as_ref().unwrap();
            let device = Device {
                terminal: till.identity().terminal.uuid(),
                token: Some(Secret::new(&self.secrets[way])),
                software_version: "0.1.0".to_owned(),
            };
            let inbox = TillInbox::new(till.inbox(name).unwrap());
            let schedule = Schedule::new(Intervals::OFFICE, false);
            self.workers[way] = Some(Worker::new(self.outbox(way), inbox, schedule, device));
        }
    }

    /// The process is killed and started again, perhaps on an older file.
    fn restart(&mut self) {
        self.end();
        self.start();
    }

    fn end(&mut self) {
        self.remember();
        (self.workers, self.till) = ([None, None], None);
    }

    fn start(&mut self) {
        self.till = Some(opened(&self.file(self.generation), &self.clock));
        self.connect();
    }

    /// Notes what is committed now; answers the keys of all that travels.
    pub(crate) fn remember(&mut self) -> BTreeSet<String> {
        let till = self.till.as_ref().unwrap();
        let mut keys = BTreeSet::new();
        for seq in 1..=till.chain_head().seq {
            let entry = till.entry(seq).unwrap();
            if !entry.kind().travels() {
                continue;
            }
            let kind = saleflex_sync::wire::EventKind::of(entry.kind().name());
            let key = PushItem::key_of(&self.code, &kind, entry.entity, entry.revision().unwrap());
            self.ever.insert(key.clone(), entry.to_bytes().unwrap());
            keys.insert(key);
        }
        keys
    }

    fn add_a_line(&mut self) {
        let code = self.till().catalog().search("milk", 1)[0].code().to_owned();
        self.till().execute(Command::AddLine(AddLine::code(code))).unwrap();
    }

    fn pay(&mut self) {
        let cash = Command::TakeTender(TakeTender::balance(TenderKind::Cash));
        self.till().execute(cash).unwrap();
    }

    fn sell(&mut self) {
        self.add_a_line();
        self.pay();
    }

    /// Looks at a document that a killed till left open.
    pub(crate) fn finish(&mut self) {
        if self.till().draft().is_some_and(|document| !document.is_blank()) {
            self.pay();
        }
    }

    pub(crate) fn act(&mut self, dice: &mut Dice) {
        match dice.below(20) {
            0..8 => {
                self.finish();
                self.sell();
            }
            8..10 => {
                self.finish();
                self.add_a_line();
                self.till().execute(Command::Cancel { reason: None }).unwrap();
            }
            // A document that stays open for a while.
            10 => self.add_a_line(),
            // Two files that go on as one life would write two records under one version.
            11 if !self.is_copied_by_hand => self.change_a_customer(dice),
            12 => {
                self.finish();
                // A period without documents is not closed.
                self.sell();
                self.till().close_period(None, None).unwrap();
            }
            13 => self.connect(),
            14 => {
                // The sender dies between claiming and sending.
                let now = self.till().now().instant;
                let mut outbox = self.outbox(dice.below(2) as usize);
                outbox.claim(&Claim::at(now).at_most(1 + dice.below(5))).unwrap();
            }
            15 if dice.below(8) == 0 => self.restart(),
            16 if dice.below(8) == 0 => self.back_up_or_restore(),
            17 => self.clock.advance(TimeDelta::minutes(i64::from(dice.below(5)))),
            // Somebody sets the clock.
            18 if dice.below(4) == 0 => self.clock.advance(TimeDelta::minutes(-i64::from(dice.below(240)))),
            19 => self.take_over(),
            _ => {}
        }
        for way in 0..WAYS.len() {
            self.worker(way).schedule_mut().wake();
        }
    }

    /// The record of a customer that stands in every life of the file: its versions must not be taken for each other.
    fn change_a_customer(&mut self, dice: &mut Dice) {
        let Some(customer) = self.till().customer_with_code("C001").unwrap() else { return };
        let name = format!("Version {}", dice.number());
        let changed = saleflex_store::customer::NewCustomer::named(&customer.code, &name);
        self.till().change_customer(customer.id, &changed).unwrap();
    }

    /// Whether that customer is in use, where the till has one.
    pub(crate) fn has_its_customer(&mut self) -> bool {
        let customer = self.till().customer_with_code("C001").unwrap();
        customer.is_none_or(|customer| self.till().person(customer.id).unwrap().unwrap().is_live())
    }

    fn back_up_or_restore(&mut self) {
        if let Some(backup) = self.backup.take() {
            self.generation = backup;
            self.was_restored = true;
            // The copy of a bare file does not know that it is one.
            self.is_put_back = self.is_copied_by_hand;
            self.restart();
            return;
        }
        // A document that is open in both would be finished twice; that is for a person to look at.
        self.finish();
        let next = self.generation + 1;
        let file = self.file(next);
        if self.is_copied_by_hand {
            // The log is in the file when the till has ended.
            self.end();
            fs::copy(self.file(self.generation), file).unwrap();
            self.start();
        } else {
            self.till().backup(file).unwrap();
        }
        self.backup = Some(next);
    }

    /// Whether an older file was put back just now, and what the till shows at a hub.
    pub(crate) fn was_put_back(&mut self, way: usize) -> Option<String> {
        std::mem::take(&mut self.is_put_back).then(|| self.secrets[way].clone())
    }

    /// What came from either hub is taken over, where no document is open.
    pub(crate) fn take_over(&mut self) {
        for way in WAYS {
            while take_over(self.till(), way, &[], 500).unwrap().is_more {}
        }
    }

    /// The codes of the units of measure that begin as those of the hub do.
    pub(crate) fn units(&mut self, beginning: &str) -> BTreeSet<String> {
        let units = self.till().catalog().reference().units;
        units.into_iter().map(|unit| unit.code).filter(|code| code.starts_with(beginning)).collect()
    }

    /// Somebody releases what was set aside, on both ways.
    pub(crate) fn release(&mut self) {
        for way in WAYS {
            let mut outbox = self.till().outbox(way).unwrap();
            for (no, _) in outbox.quarantined().unwrap() {
                outbox.release(no).unwrap();
            }
        }
    }

    pub(crate) fn is_done(&mut self, way: usize) -> bool {
        let progress = self.worker(way).progress().unwrap();
        progress.waiting == 0 && progress.quarantined == 0
    }
}
