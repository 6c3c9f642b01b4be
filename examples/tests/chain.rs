//! A chain for days, on one thread: tills on real files, the store's hub and the company's as they are served, on real
//! databases; a network that loses, doubles, delays, cuts and lies on both ways; hubs that die between any two
//! statements; tills that are killed; clocks that jump; backups that come back. At the end every event that was committed
//! took effect once at the company's hub.
//!
//! `SALEFLEX_SEEDS` and `SALEFLEX_STEPS` say how many runs of how many steps, `SALEFLEX_FIRST` the first seed; a run that
//! fails names its seed, and `SALEFLEX_SEED` replays it alone.
#![expect(clippy::unwrap_used, reason = "what fails in a helper fails its test")]

#[path = "../../saleflex-sync/tests/support/dice.rs"]
mod dice;
#[path = "../support/in_process.rs"]
mod in_process;
#[path = "chain/mortal.rs"]
mod mortal;
#[path = "chain/network.rs"]
mod network;
#[path = "chain/node.rs"]
mod node;
#[path = "../../saleflex-sync/tests/support/seeds.rs"]
mod seeds;
#[path = "chain/station.rs"]
mod station;
#[path = "chain/world.rs"]
mod world;

use world::World;

fn run(seed: u64, steps: u64) {
    let mut world = World::new(seed);
    for _ in 0..steps {
        world.step();
    }
    world.settle();
    world.check();
}

#[test]
fn every_event_takes_effect_once_at_the_companys_hub_whatever_happens_on_the_way() {
    seeds::each(run);
}
