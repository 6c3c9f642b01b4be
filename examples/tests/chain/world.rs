//! Two tills of a store, its hub and the company's, a till of another store that has the code of the first, and everything
//! that happens to them.

use std::{collections::BTreeSet, time::Duration};

use chrono::TimeDelta;
use saleflex_core::journal::Entry;
use saleflex_gate::{
    Delivered,
    relay::{self, RelayWorker},
    settings::{Profile, Settings, Upstream},
};
use saleflex_store::verify::Verification;
use saleflex_sync::{
    plan::Step,
    reconcile::Finding,
    till::heed,
    worker::{Done, Instant},
};
use tokio::runtime::Runtime;

use crate::{
    balance::check_balance,
    dice::Dice,
    network::{Network, Seen, Sent},
    node::{self, BRANCH_CODE, Node, STORE_CODE},
    station::Station,
};

const TILLS: u32 = 2;
/// Of a thousand requests.
const FAULTS: u32 = 250;
const OFFICE: usize = 0;
const GATE: usize = 1;
/// What the store's hub is called at the company's.
const NODE: &str = "NODE";
/// The till that is on both ways: it turns from the store's hub to the company's and back as it likes.
const TURNCOAT: usize = 1;
/// The till of another store, which has none but the company's hub. It is called as the first one.
const BRANCH: usize = 2;
/// Definitions that head office changes, and how the codes of the units begin that they are.
const UNITS: u32 = 5;
const UNIT: &str = "SIM-";

/// So many steps, then rest, then the reckoning.
///
/// # Panics
/// When an event was lost, took effect twice or out of order, or a closure does not balance.
pub(crate) fn run(seed: u64, steps: u64) {
    let mut world = World::new(seed);
    for _ in 0..steps {
        world.step();
    }
    world.settle();
    world.check();
}

struct World {
    dice: Dice,
    elapsed: Duration,
    runtime: Runtime,
    relay: Option<RelayWorker>,
    nodes: [Node; 2],
    seen: [Seen; 2],
    late: [Vec<Sent>; 2],
    stations: Vec<Station>,
    /// How many definitions were changed.
    changes: u32,
}

impl World {
    fn new(seed: u64) -> Self {
        node::set_clock("2025-04-06T08:00:00Z".parse().unwrap());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let codes: Vec<String> = (0..TILLS).map(|no| format!("T{no}")).collect();
        let of_gate = Settings { profile: Profile::Gate, ..Settings::default() };
        let gate = Node::new(&runtime, of_gate, &codes, Some(NODE));
        let upstream =
            Some(Upstream { address: "http://gate".to_owned(), token: gate.secrets[NODE].clone() });
        let office = Node::new(&runtime, Settings { upstream, ..Settings::default() }, &codes, None);
        let station = |(no, code): (u64, &String)| {
            let secrets = [office.secrets[code].clone(), gate.secrets[code].clone()];
            Station::new(seed * 10 + no, (STORE_CODE, code), secrets)
        };
        let mut stations: Vec<Station> = (0..).zip(&codes).map(station).collect();
        let secrets = [String::new(), gate.branch(&runtime, &codes[0])];
        let mut branch = Station::new(seed * 10 + u64::from(TILLS), (BRANCH_CODE, &codes[0]), secrets);
        branch.is_copied_by_hand = true;
        stations.push(branch);
        Self {
            dice: Dice::of(seed),
            elapsed: Duration::from_secs(1),
            runtime,
            relay: None,
            nodes: [office, gate],
            seen: [Seen::default(), Seen::default()],
            late: [Vec::new(), Vec::new()],
            stations,
            changes: 0,
        }
    }

    fn step(&mut self) {
        let at = self.dice.below(TILLS + 1) as usize;
        match self.dice.below(12) {
            0..4 => {
                self.stations[at].act(&mut self.dice);
                if let Some(secret) = self.stations[at].was_put_back(GATE) {
                    self.put_back(at, &secret);
                }
            }
            4..7 => {
                self.sync(at, ways(at)[0], FAULTS);
            }
            7 => {
                self.sync(TURNCOAT, GATE, FAULTS);
            }
            8..11 => {
                self.forward(FAULTS);
            }
            _ => self.hub_acts(),
        }
        let passed = self.dice.below(3_000);
        self.pass(Duration::from_millis(passed.into()));
    }

    /// A till that somebody started on an older file asks its hub first of all: what it was about to send when it ended died
    /// with it, and what it sells now would have numbers that were given out.
    fn put_back(&mut self, at: usize, secret: &str) {
        self.late[GATE].retain(|sent| !sent.is_of(secret));
        // A hub that was about to die does, and is started again.
        for _ in 0..3 {
            self.stations[at].worker(GATE).schedule_mut().force();
            self.run(at, GATE);
        }
    }

    fn pass(&mut self, passed: Duration) {
        self.elapsed += passed;
        let passed = TimeDelta::from_std(passed).unwrap();
        for station in &self.stations {
            station.clock.advance(passed);
        }
        let begin: chrono::DateTime<chrono::Utc> = "2025-04-06T08:00:00Z".parse().unwrap();
        node::set_clock(begin + TimeDelta::from_std(self.elapsed).unwrap());
    }

    fn hub_acts(&mut self) {
        let which = self.dice.below(2) as usize;
        match self.dice.below(40) {
            0 => self.nodes[which].back_up(),
            1 => self.restore(which),
            2..5 => {
                self.relay = None;
                self.nodes[which].restart();
            }
            5 => self.relay = None,
            6..20 => self.arrive_late(which),
            20..26 => self.define(),
            _ => self.pass(Duration::from_secs(60)),
        }
    }

    /// What was lost comes again, and what is committed before a sender finds out may overtake it.
    fn restore(&mut self, which: usize) {
        let keys = |node: &Node, runtime: &Runtime| -> BTreeSet<String> {
            node.delivered(runtime).iter().map(Delivered::key).collect()
        };
        self.relay = None;
        // Whoever looks must not find a hub that is about to die.
        self.nodes[which].restart();
        let before = keys(&self.nodes[which], &self.runtime);
        if self.nodes[which].restore() {
            let after = keys(&self.nodes[which], &self.runtime);
            let lost: Vec<String> = before.difference(&after).cloned().collect();
            for seen in &mut self.seen {
                seen.forget(lost.clone());
            }
        }
    }

    /// Head office changes a definition.
    fn define(&mut self) {
        self.changes += 1;
        let unit = self.dice.below(UNITS);
        self.nodes[GATE].define((unit, &format!("{UNIT}{unit}")), self.changes, self.dice.below(3) == 0);
        if self.nodes[GATE].life.is_over() {
            self.nodes[GATE].restart();
        }
    }

    fn arrive_late(&mut self, which: usize) {
        if self.late[which].is_empty() {
            return;
        }
        let at = self.dice.below(u32::try_from(self.late[which].len()).unwrap()) as usize;
        let sent = self.late[which].swap_remove(at);
        let mut network = self.network(which, 0);
        drop(network.deliver(&sent));
    }

    fn network(&mut self, which: usize, faults: u32) -> Network<'_> {
        Network {
            node: &mut self.nodes[which],
            runtime: &self.runtime,
            seen: &mut self.seen[which],
            dice: &mut self.dice,
            faults,
            late: &mut self.late[which],
        }
    }

    /// Lets a till's worker do its next step on one of its ways; answers what it did.
    fn sync(&mut self, at: usize, way: usize, faults: u32) -> Done {
        let Self { dice, runtime, nodes, seen, late, stations, elapsed, .. } = self;
        let station = &mut stations[at];
        let instant = Instant { elapsed: *elapsed, now: station.till().now().instant, random: dice.number() };
        let mut network = Network {
            node: &mut nodes[way],
            runtime,
            seen: &mut seen[way],
            dice,
            faults,
            late: &mut late[way],
        };
        let done = station.worker(way).step(&mut network, instant).unwrap();
        let [at_office, at_gate] = seen;
        at_gate.excuse_as(at_office);
        if let Done::Step { finding, .. } = &done {
            let is_older = matches!(finding, Finding::TillIsOlder { .. });
            assert!(
                !is_older || station.is_copied_by_hand,
                "a copy that was made as one begins its own life"
            );
            let is_behind = matches!(finding, Finding::PeriodIsBehind { .. });
            if (is_older || is_behind) && station.till().is_between_documents() {
                heed(station.till(), finding).unwrap();
            }
        }
        done
    }

    /// Lets the store's hub do its next step towards the company's.
    fn forward(&mut self, faults: u32) -> Option<Done> {
        if self.nodes[OFFICE].life.is_over() {
            self.nodes[OFFICE].restart();
            self.relay = None;
        }
        if self.relay.is_none() {
            let relay = relay::worker(&self.nodes[OFFICE].hub);
            if self.nodes[OFFICE].life.is_over() {
                return None;
            }
            self.relay = Some(relay.unwrap());
        }
        if faults > 0 && self.dice.below(50) == 0 {
            self.nodes[OFFICE].life.ends_after(self.dice.below(40));
        }
        let begin: chrono::DateTime<chrono::Utc> = "2025-04-06T08:00:00Z".parse().unwrap();
        let now = begin + TimeDelta::from_std(self.elapsed).unwrap();
        let at = Instant { elapsed: self.elapsed, now, random: self.dice.number() };
        let mut relay = self.relay.take().unwrap();
        let done = relay.step(&mut self.network(GATE, faults), at);
        match done {
            Ok(done) => {
                self.relay = Some(relay);
                Some(done)
            }
            // The store's hub died in the middle of it.
            Err(_) => None,
        }
    }

    /// No more faults: what waits is delivered, what was set aside is released by somebody.
    fn settle(&mut self) {
        for which in [OFFICE, GATE] {
            self.relay = None;
            self.nodes[which].restart();
            for sent in std::mem::take(&mut self.late[which]) {
                drop(self.network(which, 0).deliver(&sent));
            }
        }
        for at in 0..self.stations.len() {
            self.stations[at].finish();
        }
        // A lease that a dead sender left runs out.
        self.pass(Duration::from_secs(20 * 60));
        let mut is_rested = false;
        for _ in 0..200 {
            let mut is_done = true;
            for at in 0..self.stations.len() {
                self.stations[at].release();
                for way in ways(at) {
                    self.stations[at].worker(*way).schedule_mut().force();
                    self.run(at, *way);
                    is_done &= self.stations[at].is_done(*way);
                }
            }
            is_done &= self.run_relay();
            is_done &= self.has_settled_definitions();
            if is_done && is_rested {
                return;
            }
            // What the company's hub lost again before it was seen there goes again after some hours.
            self.pass(Duration::from_secs(if is_done { 9 * 60 * 60 } else { 11 * 60 }));
            is_rested = is_done;
        }
        panic!("it does not come to rest");
    }

    fn run(&mut self, at: usize, way: usize) {
        for _ in 0..1_000 {
            match self.sync(at, way, 0) {
                Done::Nothing(_) | Done::Step { step: Step::Notifications, .. } => return,
                Done::Step { .. } => {}
            }
        }
    }

    fn run_relay(&mut self) -> bool {
        for (no, ..) in self.nodes[OFFICE].hub.relay_set_aside().unwrap() {
            self.nodes[OFFICE].hub.relay_again(no).unwrap();
        }
        if let Some(relay) = &mut self.relay {
            relay.schedule_mut().force();
        }
        for _ in 0..1_000 {
            if matches!(
                self.forward(0),
                Some(Done::Nothing(_) | Done::Step { step: Step::Notifications, .. })
            ) {
                break;
            }
        }
        let progress = self.nodes[OFFICE].hub.relayed().unwrap();
        progress.waiting == 0 && progress.quarantined == 0
    }

    /// Whether every till has what the company's hub defines, and nothing that it lost or took away.
    fn has_settled_definitions(&mut self) -> bool {
        let defined = self.nodes[GATE].units();
        let mut has_settled = self.nodes[OFFICE].units() == defined;
        for station in &mut self.stations {
            station.take_over();
            has_settled &= station.units(UNIT).iter().eq(defined.keys());
        }
        has_settled
    }

    fn check(&mut self) {
        for seen in &self.seen {
            assert!(seen.violations.is_empty(), "{:#?}", seen.violations);
        }
        for which in [OFFICE, GATE] {
            let delivered = self.nodes[which].delivered(&self.runtime);
            check_once(&delivered);
            // Whatever was put back, nobody of them takes a customer out of use.
            assert_eq!(self.nodes[which].people_gone(), 0, "hub {which}");
            for (at, station) in self.stations.iter_mut().enumerate() {
                if which == OFFICE && !ways(at).contains(&OFFICE) {
                    continue;
                }
                let own = station.remember();
                assert!(station.has_its_customer(), "{} of {}", station.code, station.store_code);
                assert!(matches!(station.till().verify().unwrap(), Verification::Whole(_)));
                let of = (station.store_code, station.code.as_str());
                let is_of =
                    |event: &&Delivered| (event.store_code.as_str(), event.terminal_code.as_str()) == of;
                let of_till = || delivered.iter().filter(is_of);
                let at_hub: BTreeSet<String> = of_till().map(Delivered::key).collect();
                let lost: Vec<_> = own.difference(&at_hub).collect();
                assert!(lost.is_empty(), "hub {which} lacks {lost:#?}");
                for event in of_till() {
                    let key = event.key();
                    let committed = station.ever.get(&key).map(Vec::as_slice);
                    assert_eq!(committed, Some(event.body.as_bytes()), "{key} is not what was committed");
                }
                let entry = |event: &Delivered| Entry::from_bytes(event.body.as_bytes()).unwrap();
                let entries = of_till().map(|event| (event.epoch, entry(event)));
                check_balance(&entries.collect::<Vec<_>>(), station.was_restored);
            }
        }
    }
}

/// The hubs that a till talks to, first the one that it mostly does.
const fn ways(at: usize) -> &'static [usize] {
    match at {
        TURNCOAT => &[OFFICE, GATE],
        BRANCH => &[GATE],
        _ => &[OFFICE],
    }
}

/// No document is in two events.
fn check_once(delivered: &[Delivered]) {
    let mut documents = BTreeSet::new();
    for event in delivered {
        let entry = Entry::from_bytes(event.body.as_bytes()).unwrap();
        for completed in &entry.effects.completed {
            let document = completed.document().id;
            assert!(documents.insert(document), "document {document} took effect twice");
        }
    }
}
