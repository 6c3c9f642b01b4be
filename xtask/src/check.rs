//! `cargo xtask test`: the steps CI runs, one after another, stopping at the first that fails.

use std::{
    env,
    io::{self, Write},
    time::Instant,
};

use anyhow::bail;

use crate::{postgres, workspace::Workspace};

/// What came of a step that did not fail.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// It ran and holds.
    Held,
    /// Something it needs is missing here; the text says what.
    NotRun(String),
}

/// One step: a name to print and what it does.
pub struct Step {
    /// What the step checks, in a word or two.
    pub name: &'static str,
    /// Checks it.
    pub run: fn(&Workspace) -> anyhow::Result<Outcome>,
}

/// The steps, in order: what fails soonest comes first.
pub const STEPS: [Step; 7] = [
    Step { name: "set-up", run: set_up },
    Step { name: "format", run: format },
    Step { name: "lints", run: lints },
    Step { name: "tidy", run: tidy },
    Step { name: "tests, vectors, examples, fuzz seeds", run: tests },
    Step { name: "documentation", run: documentation },
    Step { name: "build of the programs", run: programs },
];

/// Runs [`STEPS`], printing to standard output. With the environment variable `CI` set to `true`, a step that
/// cannot run counts as failed.
///
/// # Errors
/// The first step that failed.
pub fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let strict = env::var("CI").is_ok_and(|value| value == "true");
    run_steps(&STEPS, workspace, strict, &mut io::stdout())
}

/// Runs `steps`, printing each name and duration to `out`; `strict` makes a step that could not run a failure.
///
/// # Errors
/// The first step that failed; the last line printed names it too.
pub fn run_steps(
    steps: &[Step],
    workspace: &Workspace,
    strict: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let began = now();
    let mut not_run = Vec::new();
    for step in steps {
        writeln!(out, "== {}", step.name)?;
        let step_began = now();
        let outcome = (step.run)(workspace);
        let seconds = step_began.elapsed().as_secs_f32();
        match outcome {
            Ok(Outcome::Held) => writeln!(out, "== {}: holds ({seconds:.1} s)", step.name)?,
            Ok(Outcome::NotRun(reason)) if strict => bail!("step `{}` could not run: {reason}", step.name),
            Ok(Outcome::NotRun(reason)) => {
                writeln!(out, "== {}: NOT RUN, {reason}", step.name)?;
                not_run.push(step.name);
            }
            Err(error) => return Err(error.context(format!("step `{}` failed", step.name))),
        }
    }
    let seconds = began.elapsed().as_secs_f32();
    match not_run.as_slice() {
        [] => writeln!(out, "all {} steps hold ({seconds:.1} s)", steps.len())?,
        names => writeln!(out, "what ran holds ({seconds:.1} s); NOT RUN: {}", names.join(", "))?,
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "how long a step took is part of what is printed")]
fn now() -> Instant {
    Instant::now()
}

fn set_up(workspace: &Workspace) -> anyhow::Result<Outcome> {
    workspace.cargo(&["fetch", "--locked"])?;
    if !workspace.has("cc", &["--version"]) {
        bail!("no C compiler: SQLite is built from source (on Debian: apt-get install gcc libc6-dev)");
    }
    Ok(Outcome::Held)
}

fn format(workspace: &Workspace) -> anyhow::Result<Outcome> {
    workspace.cargo(&["fmt", "--all", "--check"])?;
    workspace.cargo(&["fmt", "--manifest-path", "fuzz/libfuzzer/Cargo.toml", "--check"])?;
    Ok(Outcome::Held)
}

fn lints(workspace: &Workspace) -> anyhow::Result<Outcome> {
    workspace.cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "--deny", "warnings"])?;
    Ok(Outcome::Held)
}

fn tidy(workspace: &Workspace) -> anyhow::Result<Outcome> {
    // The whole workspace is named, as in the next step, so that what is built serves both.
    workspace.cargo(&["test", "--workspace", "--locked", "--quiet", "--test", "tidy"])?;
    Ok(Outcome::Held)
}

fn tests(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let command = ["test", "--workspace", "--locked"];
    let Some(server) = postgres::start()? else {
        workspace.cargo(&command)?;
        return Ok(Outcome::NotRun(
            "the hub on PostgreSQL: it is not installed (on Debian: postgresql-15)".into(),
        ));
    };
    workspace.cargo_with(&[("SALEFLEX_TEST_POSTGRES", &server.url)], &command)?;
    Ok(Outcome::Held)
}

fn documentation(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let variables = [("RUSTDOCFLAGS", "--deny warnings")];
    // With the examples their dependencies count, so that what the lints checked is not checked anew.
    let documented = ["doc", "--workspace", "--no-deps", "--lib", "--bins", "--examples", "--locked"];
    workspace.cargo_with(&variables, &documented)?;
    Ok(Outcome::Held)
}

fn programs(workspace: &Workspace) -> anyhow::Result<Outcome> {
    // With the features they name, as a user builds them, and not with those that tests and benchmarks turn on. Both at
    // once: each for itself would build most dependencies once more.
    workspace.cargo(&["check", "--package", "saleflex-tui", "--package", "saleflex-gate", "--locked"])?;
    Ok(Outcome::Held)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Step = Step { name: "good", run: |_| Ok(Outcome::Held) };
    const BAD: Step = Step { name: "bad", run: |_| bail!("it broke") };
    const MISSING: Step = Step { name: "missing", run: |_| Ok(Outcome::NotRun("no such program".into())) };

    fn run(steps: &[Step], strict: bool) -> (Result<(), String>, String) {
        let mut out = Vec::new();
        let outcome = run_steps(steps, &Workspace::here(), strict, &mut out);
        (outcome.map_err(|error| format!("{error:#}")), String::from_utf8(out).unwrap())
    }

    #[test]
    fn a_failing_step_stops_the_run_and_is_named() {
        let (outcome, said) = run(&[GOOD, BAD, MISSING], false);
        assert_eq!(outcome, Err("step `bad` failed: it broke".into()));
        assert!(said.contains("== good: holds") && !said.contains("missing"), "{said}");
    }

    #[test]
    fn what_could_not_run_is_said_and_fails_in_ci() {
        let (outcome, said) = run(&[GOOD, MISSING], false);
        assert_eq!(outcome, Ok(()));
        assert!(said.lines().last().unwrap().ends_with("NOT RUN: missing"), "{said}");
        let (outcome, _) = run(&[GOOD, MISSING], true);
        assert_eq!(outcome, Err("step `missing` could not run: no such program".into()));
    }

    #[test]
    fn a_run_in_which_all_holds_says_so() {
        let (outcome, said) = run(&[GOOD, GOOD], true);
        assert_eq!(outcome, Ok(()));
        assert!(said.lines().last().unwrap().starts_with("all 2 steps hold"), "{said}");
    }
}
