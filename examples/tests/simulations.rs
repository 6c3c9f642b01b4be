//! Both simulations for a few seeds, side by side: a chain for days, which `examples/simulate.rs` runs as long as somebody
//! wants, and tills that share what may be given only so often.
//!
//! `SALEFLEX_SEEDS` and `SALEFLEX_STEPS` say how many runs of how many steps, `SALEFLEX_FIRST` the first seed; a run that
//! fails names its seed, and `SALEFLEX_SEED` replays it alone.

use crate::{quotas, seeds, world};

#[test]
fn every_event_takes_effect_once_at_the_companys_hub_whatever_happens_on_the_way() {
    seeds::each(20, 1_000, world::run);
}

#[test]
fn tills_that_are_away_never_give_more_than_the_whole_company_may_and_all_of_it_can_be_given() {
    // Beginning and ending a run takes most of its time: fewer runs of more steps find more.
    seeds::each(4, 5_000, quotas::run);
}
