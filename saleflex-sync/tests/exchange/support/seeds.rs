//! Runs of a simulation by seed: many, or the one that failed.

use std::{
    env, panic,
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

fn number(name: &str, otherwise: u64) -> u64 {
    env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Runs that many seeds of so many steps each, or as many as `SALEFLEX_SEEDS` and `SALEFLEX_STEPS` say from `SALEFLEX_FIRST` on;
/// with `SALEFLEX_SEED` that one alone. A run that fails says how it is replayed. Each run is on one thread and the same on
/// any; two are under way at once.
pub(crate) fn each(seeds: u64, steps: u64, run: fn(u64, u64)) {
    let steps = number("SALEFLEX_STEPS", steps);
    let seeds = if let Ok(seed) = env::var("SALEFLEX_SEED") {
        seed.parse().map(|seed| seed..=seed).expect("SALEFLEX_SEED is a whole number")
    } else {
        let first = number("SALEFLEX_FIRST", 1);
        first..=first + number("SALEFLEX_SEEDS", seeds) - 1
    };
    let next = AtomicU64::new(*seeds.start());
    let work = || {
        while let Some(seed) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|seed| seeds.contains(seed))
        {
            if let Err(cause) = panic::catch_unwind(|| run(seed, steps)) {
                eprintln!("replay with SALEFLEX_SEED={seed} SALEFLEX_STEPS={steps}");
                panic::resume_unwind(cause);
            }
        }
    };
    thread::scope(|scope| {
        for worker in [scope.spawn(work), scope.spawn(work)] {
            if let Err(cause) = worker.join() {
                panic::resume_unwind(cause);
            }
        }
    });
}
