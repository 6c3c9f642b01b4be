//! A chain for days, on one thread: tills on real files, the store's hub and the company's as they are served, on real
//! databases; a network that loses, doubles, delays, cuts and lies on both ways; hubs that die between any two
//! statements; tills that are killed; clocks that jump; backups that come back. At the end of each run every event that
//! was committed took effect once at the company's hub.
//!
//! It is a test of `tests/simulations.rs`, for longer: `--seeds N` runs of `--steps M`, from seed `--first F` on; `--seed S`
//! replays the one that failed. `cargo xtask simulate` builds it for speed and runs a million steps.
#![expect(clippy::print_stdout, reason = "an example shows what happens")]
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a run fails the run, which is then replayed by its seed"
)]

#[path = "../saleflex-sync/tests/exchange/support/balance.rs"]
mod balance;
#[path = "../saleflex-sync/tests/exchange/support/dice.rs"]
mod dice;
#[path = "support/in_process.rs"]
mod in_process;
#[path = "tests/chain/mortal.rs"]
mod mortal;
#[path = "tests/chain/network.rs"]
mod network;
#[path = "tests/chain/node.rs"]
mod node;
#[path = "tests/chain/station.rs"]
mod station;
#[path = "tests/chain/world.rs"]
mod world;

use std::{env, panic, time::Instant};

use anyhow::{Context, bail};

const USAGE: &str = "usage: simulate [--seeds N] [--steps N] [--first SEED] [--seed SEED]";

/// A line is printed after so many runs.
const RUNS_A_LINE: u64 = 25;

/// What the arguments ask for.
struct Runs {
    first: u64,
    seeds: u64,
    steps: u64,
}

impl Runs {
    fn of(mut arguments: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let mut runs = Self { first: 1, seeds: 20, steps: 1_000 };
        while let Some(argument) = arguments.next() {
            let number = arguments.next().and_then(|text| text.parse().ok()).context(USAGE)?;
            match argument.as_str() {
                "--seeds" => runs.seeds = number,
                "--steps" => runs.steps = number,
                "--first" => runs.first = number,
                "--seed" => (runs.first, runs.seeds) = (number, 1),
                _ => bail!(USAGE),
            }
        }
        Ok(runs)
    }
}

#[expect(clippy::disallowed_methods, reason = "how fast it goes is told to a person; no run sees it")]
fn now() -> Instant {
    Instant::now()
}

fn main() -> anyhow::Result<()> {
    let Runs { first, seeds, steps } = Runs::of(env::args().skip(1))?;
    let began = now();
    for done in 1..=seeds {
        let seed = first + done - 1;
        if panic::catch_unwind(|| world::run(seed, steps)).is_err() {
            bail!("the run of seed {seed} failed; replay it with --seed {seed} --steps {steps}");
        }
        if done % RUNS_A_LINE == 0 || done == seeds {
            let taken = done * steps;
            let rate = u128::from(taken) * 1_000 / began.elapsed().as_millis().max(1);
            println!("{done} of {seeds} runs, {taken} steps, {rate} a second: nothing lost, nothing twice");
        }
    }
    Ok(())
}
