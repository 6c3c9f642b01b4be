//! A chain for days, as `examples/simulate` runs it, for a few seeds.
//!
//! `SALEFLEX_SEEDS` and `SALEFLEX_STEPS` say how many runs of how many steps, `SALEFLEX_FIRST` the first seed; a run that
//! fails names its seed, and `SALEFLEX_SEED` replays it alone.
#![expect(clippy::unwrap_used, reason = "what fails in a helper fails its test")]

#[path = "../../saleflex-sync/tests/support/dice.rs"]
mod dice;
#[path = "../support/in_process.rs"]
mod in_process;
#[path = "../simulate/mortal.rs"]
mod mortal;
#[path = "../simulate/network.rs"]
mod network;
#[path = "../simulate/node.rs"]
mod node;
#[path = "../../saleflex-sync/tests/support/seeds.rs"]
mod seeds;
#[path = "../simulate/station.rs"]
mod station;
#[path = "../simulate/world.rs"]
mod world;

#[test]
fn every_event_takes_effect_once_at_the_companys_hub_whatever_happens_on_the_way() {
    seeds::each(world::run);
}
