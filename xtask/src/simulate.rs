//! The runs of the simulations that are too many for every test run: with a model of a hub, of tills that share what may be
//! given only so often, then with the chain of a store's hub and a company's as they are served.

use anyhow::{Context, bail};

use crate::workspace::Workspace;

/// Which runs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Runs {
    /// The seed of the first; the others follow it.
    pub first: u64,
    /// How many.
    pub seeds: u64,
    /// The steps of each.
    pub steps: u64,
}

impl Runs {
    /// Reads `--seeds N`, `--steps N`, `--first SEED` and `--seed SEED`, in any order; a million steps without.
    ///
    /// # Errors
    /// When a word is another one or its number is none.
    pub fn parse(arguments: &[&str]) -> anyhow::Result<Self> {
        let mut runs = Self { first: 1, seeds: 1_000, steps: 1_000 };
        for pair in arguments.chunks(2) {
            let [name, text] = pair else { bail!("{} takes a whole number", pair.concat()) };
            let number = text.parse().with_context(|| format!("{name} takes a whole number, not {text}"))?;
            match *name {
                "--seeds" => runs.seeds = number,
                "--steps" => runs.steps = number,
                "--first" => runs.first = number,
                "--seed" => (runs.first, runs.seeds) = (number, 1),
                _ => bail!("simulate takes --seeds, --steps, --first and --seed, not {name}"),
            }
        }
        Ok(runs)
    }
}

/// Runs them in a build made for speed.
///
/// # Errors
/// When a run fails; it has said by which seed it is replayed.
pub fn run(workspace: &Workspace, arguments: &[&str]) -> anyhow::Result<()> {
    let Runs { first, seeds, steps } = Runs::parse(arguments)?;
    let [first, seeds, steps] = [first, seeds, steps].map(|number| number.to_string());
    let model = ["test", "--release", "--package", "saleflex-sync", "--test", "exchange", "simulation::"];
    let wanted = [("SALEFLEX_FIRST", &*first), ("SALEFLEX_SEEDS", &*seeds), ("SALEFLEX_STEPS", &*steps)];
    workspace.cargo_with(&wanted, &model)?;
    let lent =
        ["test", "--release", "--package", "saleflex-examples", "--test", "examples", "tills_that_are_away"];
    workspace.cargo_with(&wanted, &lent)?;
    let chain = ["run", "--release", "--package", "saleflex-examples", "--example", "simulate", "--"];
    let wanted = ["--first", &*first, "--seeds", &*seeds, "--steps", &*steps];
    workspace.cargo(&[&chain[..], &wanted].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_steps_are_run_unless_something_else_is_asked_for() {
        assert_eq!(Runs::parse(&[]).unwrap(), Runs { first: 1, seeds: 1_000, steps: 1_000 });
        let few = Runs::parse(&["--steps", "50", "--seeds", "2"]).unwrap();
        assert_eq!(few, Runs { first: 1, seeds: 2, steps: 50 });
    }

    #[test]
    fn a_seed_that_failed_is_replayed_alone() {
        let one = Runs::parse(&["--seed", "77", "--steps", "1000"]).unwrap();
        assert_eq!(one, Runs { first: 77, seeds: 1, steps: 1_000 });
    }

    #[test]
    fn a_wrong_word_or_number_is_refused() {
        for wrong in [&["--sedes", "1"][..], &["--seeds", "many"], &["--seeds"]] {
            assert!(Runs::parse(wrong).is_err());
        }
    }
}
