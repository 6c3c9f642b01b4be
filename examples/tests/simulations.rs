//! Both simulations for a few seeds, side by side: a chain for days, which `examples/simulate.rs` runs as long as somebody
//! wants, and tills that share what may be given only so often: 20,000 steps together.
//!
//! `SALEFLEX_SEEDS` and `SALEFLEX_STEPS` say how many runs of how many steps, `SALEFLEX_FIRST` the first seed; a run that
//! fails names its seed, and `SALEFLEX_SEED` replays it alone.

use crate::{quotas, seeds, world};

#[test]
fn every_event_takes_effect_once_at_the_companys_hub_whatever_happens_on_the_way() {
    seeds::each(16, 1_000, world::run);
}

#[test]
fn tills_that_are_away_never_give_more_than_the_whole_company_may_and_all_of_it_can_be_given() {
    // A step is a whole conversation with the hub; to begin and end a run takes as long as a thousand of them.
    seeds::each(4, 1_000, quotas::run);
}
