//! Both simulations for a few seeds, side by side: a chain for days, which `examples/simulate.rs` runs as long as somebody
//! wants, and tills that share what may be given only so often.
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
mod quotas;
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

#[test]
fn tills_that_are_away_never_give_more_than_the_whole_company_may_and_all_of_it_can_be_given() {
    seeds::each(quotas::run);
}
