//! Tills and a hub for days, on one thread: a network that loses, doubles, delays and lies, processes that are
//! killed, clocks that jump, backups that come back. At the end every event took effect once.
//!
//! `SALEFLEX_SEEDS` and `SALEFLEX_STEPS` say how many runs of how many steps; a run that fails names its seed, and
//! `SALEFLEX_SEED` replays it alone.

use std::{collections::BTreeSet, time::Duration};

use chrono::TimeDelta;
use saleflex_store::{Till, shell::ManualShell, verify::Verification};
use saleflex_sync::{
    outbox::{Claim, Outbox},
    plan::Step,
    reconcile::Finding,
    worker::{Done, Instant},
};
use tempfile::TempDir;

use crate::support::{
    balance::check_balance,
    dice::Dice,
    hub::{Hub, Sent},
    network::Network,
    seeds,
    shop::{self, TillWorker},
};

const TILLS: u32 = 2;
/// Of a thousand requests.
const FAULTS: u32 = 250;

struct Station {
    // Dropped before the folder they live in.
    worker: Option<TillWorker>,
    till: Option<Till>,
    clock: ManualShell,
    folder: TempDir,
    generation: u32,
    backup: Option<u32>,
    was_restored: bool,
    code: String,
    /// Everything it ever committed, in whatever life.
    ever: BTreeSet<String>,
}

struct World {
    dice: Dice,
    elapsed: Duration,
    hub: Hub,
    backup: Option<Hub>,
    late: Vec<(String, Sent)>,
    stations: Vec<Station>,
}

impl Station {
    fn new(seed: u64, no: u32) -> Self {
        let (clock, folder, code) =
            (shop::clock(seed * 10 + u64::from(no)), shop::folder(), format!("T{no}"));
        let till = shop::new_till(&shop::file(&folder, 0), &clock, &code);
        let worker = Some(shop::worker(&till));
        Self {
            worker,
            till: Some(till),
            clock,
            folder,
            generation: 0,
            backup: None,
            was_restored: false,
            code,
            ever: BTreeSet::new(),
        }
    }

    fn till(&mut self) -> &mut Till {
        self.till.as_mut().unwrap()
    }

    fn worker(&mut self) -> &mut TillWorker {
        self.worker.as_mut().unwrap()
    }

    /// The process is killed and started again, perhaps on an older file.
    fn restart(&mut self) {
        self.remember();
        self.worker = None;
        self.till = None;
        let till = shop::opened(&shop::file(&self.folder, self.generation), &self.clock);
        self.worker = Some(shop::worker(&till));
        self.till = Some(till);
    }

    fn remember(&mut self) {
        let committed = shop::committed(self.till.as_ref().unwrap());
        self.ever.extend(committed);
    }

    /// Looks at a document that a killed till left open.
    fn finish(&mut self) {
        let till = self.till();
        if till.draft().is_some_and(|document| !document.is_blank()) {
            shop::pay(till);
        }
    }

    fn act(&mut self, dice: &mut Dice) {
        match dice.below(20) {
            0..8 => {
                self.finish();
                shop::sell(self.till());
            }
            8..10 => {
                self.finish();
                shop::add_a_line(self.till());
                shop::cancel(self.till());
            }
            // A document that stays open for a while.
            10..12 => shop::add_a_line(self.till()),
            12 => {
                self.finish();
                // A period without documents is not closed.
                shop::sell(self.till());
                self.till().close_period(None, None).unwrap();
            }
            13 => self.worker = Some(shop::worker(self.till.as_ref().unwrap())),
            14 => {
                // The sender dies between claiming and sending.
                let now = self.till().now().instant;
                let mut outbox = shop::outbox(self.till.as_ref().unwrap());
                outbox.claim(&Claim::at(now).at_most(1 + dice.below(5))).unwrap();
            }
            15 if dice.below(8) == 0 => self.restart(),
            16 if dice.below(8) == 0 => self.back_up_or_restore(),
            17 => self.clock.advance(TimeDelta::minutes(i64::from(dice.below(5)))),
            // Somebody sets the clock.
            18 if dice.below(4) == 0 => self.clock.advance(TimeDelta::minutes(-i64::from(dice.below(240)))),
            _ => {}
        }
        self.worker().schedule_mut().wake();
    }

    fn back_up_or_restore(&mut self) {
        if let Some(backup) = self.backup.take() {
            self.generation = backup;
            self.was_restored = true;
            self.restart();
        } else {
            // A document that is open in both would be finished twice; that is for a person to look at.
            self.finish();
            let next = self.generation + 1;
            let file = shop::file(&self.folder, next);
            self.till().backup(file).unwrap();
            self.backup = Some(next);
        }
    }
}

impl World {
    fn new(seed: u64) -> Self {
        Self {
            dice: Dice::of(seed),
            elapsed: Duration::from_secs(1),
            hub: Hub::default(),
            backup: None,
            late: Vec::new(),
            stations: (0..TILLS).map(|no| Station::new(seed, no)).collect(),
        }
    }

    fn step(&mut self) {
        let at = self.dice.below(TILLS) as usize;
        match self.dice.below(10) {
            0..4 => self.stations[at].act(&mut self.dice),
            4..9 => {
                self.sync(at, FAULTS);
            }
            _ => self.hub_acts(),
        }
        let passed = Duration::from_millis(u64::from(self.dice.below(3_000)));
        self.elapsed += passed;
        for station in &self.stations {
            station.clock.advance(TimeDelta::from_std(passed).unwrap());
        }
    }

    fn hub_acts(&mut self) {
        match self.dice.below(40) {
            0 => self.backup = Some(self.hub.clone()),
            1 => {
                if let Some(backup) = &self.backup {
                    // What it lost comes again, and what is committed before a till finds out may overtake it.
                    let (violations, mut excused) = (self.hub.violations.clone(), self.hub.excused.clone());
                    let lost = self.hub.ledger.keys().filter(|key| !backup.ledger.contains_key(*key));
                    excused.extend(lost.cloned());
                    self.hub = Hub { violations, excused, ..backup.clone() };
                }
            }
            2..8 => {
                // What a till is about to send is refused or put off once.
                let station = &self.stations[self.dice.below(TILLS) as usize];
                let Some(key) = shop::committed(station.till.as_ref().unwrap()).pop() else { return };
                let list =
                    if self.dice.below(3) == 0 { &mut self.hub.refused } else { &mut self.hub.put_off };
                list.insert(key);
            }
            8..20 => {
                if !self.late.is_empty() {
                    let at = self.dice.below(u32::try_from(self.late.len()).unwrap()) as usize;
                    let (terminal, sent) = self.late.swap_remove(at);
                    self.hub.handle(&sent, &terminal);
                }
            }
            _ => self.elapsed += Duration::from_secs(60),
        }
    }

    /// Lets a till's worker do its next step; answers what it did.
    fn sync(&mut self, at: usize, faults: u32) -> Done {
        let Self { dice, hub, late, stations, elapsed, .. } = self;
        let station = &mut stations[at];
        let instant = Instant { elapsed: *elapsed, now: station.till().now().instant, random: dice.number() };
        let code = station.code.clone();
        let mut network = Network { hub, dice, terminal: &code, faults, late };
        let done = station.worker().step(&mut network, instant).unwrap();
        if let Done::Step { finding: Finding::TillIsOlder { .. }, .. } = &done {
            panic!("a copy that was made as one begins its own life");
        }
        done
    }

    /// No more faults: what waits is delivered, what was set aside is released by somebody.
    fn settle(&mut self) {
        for (terminal, sent) in std::mem::take(&mut self.late) {
            self.hub.handle(&sent, &terminal);
        }
        self.hub.refused.clear();
        self.hub.put_off.clear();
        for at in 0..self.stations.len() {
            self.stations[at].finish();
            // A lease that a dead sender left runs out.
            self.elapsed += Duration::from_secs(20 * 60);
            self.stations[at].clock.advance(TimeDelta::minutes(20));
            for _ in 0..500 {
                let station = &mut self.stations[at];
                let mut outbox = station.till().outbox(shop::HUB).unwrap();
                for (no, _) in outbox.quarantined().unwrap() {
                    outbox.release(no).unwrap();
                }
                station.worker().schedule_mut().force();
                while let Done::Step { step, .. } = self.sync(at, 0) {
                    if step == Step::Notifications {
                        break;
                    }
                }
                let progress = self.stations[at].worker().progress().unwrap();
                if progress.waiting == 0 && progress.quarantined == 0 {
                    break;
                }
                self.elapsed += Duration::from_secs(11 * 60);
                self.stations[at].clock.advance(TimeDelta::minutes(11));
            }
        }
    }

    fn check(&mut self) {
        assert!(self.hub.violations.is_empty(), "{:#?}", self.hub.violations);
        for station in &mut self.stations {
            station.remember();
            let till = station.till.as_ref().unwrap();
            assert!(matches!(till.verify().unwrap(), Verification::Whole(_)));
            let own: BTreeSet<String> = shop::committed(till).into_iter().collect();
            let of_till = format!("{}/", station.code);
            let at_hub: BTreeSet<String> =
                self.hub.ledger.keys().filter(|key| key.starts_with(&of_till)).cloned().collect();
            let lost: Vec<_> = own.difference(&at_hub).collect();
            assert!(lost.is_empty(), "lost: {lost:#?}");
            let invented: Vec<_> = at_hub.difference(&station.ever).collect();
            assert!(invented.is_empty(), "nobody committed: {invented:#?}");
            check_balance(&self.hub.by_lives(&station.code), station.was_restored);
        }
    }
}

fn run(seed: u64, steps: u64) {
    let mut world = World::new(seed);
    for _ in 0..steps {
        world.step();
    }
    world.settle();
    world.check();
}

#[test]
fn every_event_takes_effect_once_and_in_order_but_for_what_was_put_off_or_set_aside() {
    // The chain of real hubs, which the examples simulate, finds more; this one runs on where those do not build.
    seeds::each(5, 1_000, run);
}
