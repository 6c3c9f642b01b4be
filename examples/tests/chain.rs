//! A chain for days, for a few seeds; `examples/simulate.rs` runs it as long as somebody wants.
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

#[test]
fn every_event_takes_effect_once_at_the_companys_hub_whatever_happens_on_the_way() {
    seeds::each(world::run);
}
