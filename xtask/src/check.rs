//! `cargo xtask test`: the steps CI runs, one after another, stopping at the first that fails.

use std::{
    env,
    io::{self, Write},
    time::Instant,
};

use anyhow::{bail, ensure};

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
    Step { name: "build and lints", run: build },
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

/// Prints to `out` what came of checks that do not depend on each other, and last what was left out. Unlike a step of
/// [`run`], one that could not run is no failure in CI either: `.ci/run` says why.
///
/// # Errors
/// Where one of them failed, once all are told.
pub fn tell_all<const COUNT: usize>(
    checks: [(&str, anyhow::Result<Outcome>); COUNT],
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let (mut failed, mut not_run) = (Vec::new(), Vec::new());
    for (name, outcome) in checks {
        match outcome {
            Ok(Outcome::Held) => writeln!(out, "{name}: holds")?,
            Ok(Outcome::NotRun(reason)) => {
                writeln!(out, "{name}: NOT RUN, {reason}")?;
                not_run.push(name);
            }
            Err(error) => {
                writeln!(out, "{name}: FAILED, {error:#}")?;
                failed.push(name);
            }
        }
    }
    if !not_run.is_empty() {
        writeln!(out, "NOT RUN: {}", not_run.join(", "))?;
    }
    ensure!(failed.is_empty(), "failed: {}", failed.join(", "));
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

/// What makes a build lint as it compiles. The lints need a front end of their own otherwise: a third of the build
/// once more. Every step that builds for tests says the same, so that what one built serves the next.
pub(crate) const LINTING: [(&str, &str); 2] = [
    ("RUSTC_WORKSPACE_WRAPPER", "clippy-driver"),
    // How `cargo clippy` hands on what follows its `--`.
    ("CLIPPY_ARGS", "--deny__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__"),
];

fn build(workspace: &Workspace) -> anyhow::Result<Outcome> {
    if !workspace.has("clippy-driver", &["--version"]) {
        bail!("clippy is missing: rustup component add clippy");
    }
    // All targets: a program is linted as such too, not only as its tests see it.
    workspace.cargo_with(&LINTING, &["build", "--workspace", "--all-targets", "--locked"])?;
    Ok(Outcome::Held)
}

fn tidy(workspace: &Workspace) -> anyhow::Result<Outcome> {
    // The whole workspace is named, as in the next step, so that what is built serves both.
    workspace.cargo_with(&LINTING, &["test", "--workspace", "--locked", "--quiet", "--test", "tidy"])?;
    Ok(Outcome::Held)
}

fn tests(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let command = ["test", "--workspace", "--locked"];
    let Some(server) = postgres::start()? else {
        workspace.cargo_with(&LINTING, &command)?;
        return Ok(Outcome::NotRun(
            "the hub on PostgreSQL: it is not installed (on Debian: postgresql-15)".into(),
        ));
    };
    let [wrapper, lints] = LINTING;
    workspace.cargo_with(&[wrapper, lints, ("SALEFLEX_TEST_POSTGRES", &server.url)], &command)?;
    Ok(Outcome::Held)
}

/// What users build and read of, with the features they get and not with those that tests and benchmarks turn on.
const PRODUCT: [&str; 10] = [
    "--package",
    "saleflex-core",
    "--package",
    "saleflex-store",
    "--package",
    "saleflex-sync",
    "--package",
    "saleflex-tui",
    "--package",
    "saleflex-gate",
];

fn documentation(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let variables = [("RUSTDOCFLAGS", "--deny warnings")];
    workspace.cargo_with(
        &variables,
        &[&["doc", "--no-deps", "--lib", "--bins", "--locked"], &PRODUCT[..]].concat(),
    )?;
    Ok(Outcome::Held)
}

fn programs(workspace: &Workspace) -> anyhow::Result<Outcome> {
    // After the documentation, which reads the same libraries: only the programs themselves are left to check.
    workspace.cargo(&[&["check", "--locked"], &PRODUCT[..]].concat())?;
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
    fn all_checks_are_told_whatever_came_of_the_first() {
        let mut out = Vec::new();
        let missing = Ok(Outcome::NotRun("no such program".into()));
        let checks =
            [("paper", Err(anyhow::anyhow!("it broke"))), ("pages", Ok(Outcome::Held)), ("third", missing)];
        let error = tell_all(checks, &mut out).unwrap_err();
        assert_eq!(error.to_string(), "failed: paper");
        let said = "paper: FAILED, it broke\npages: holds\nthird: NOT RUN, no such program\nNOT RUN: third\n";
        assert_eq!(String::from_utf8(out).unwrap(), said);
        let mut out = Vec::new();
        assert!(tell_all([("paper", Ok(Outcome::Held))], &mut out).is_ok());
        assert_eq!(String::from_utf8(out).unwrap(), "paper: holds\n");
    }

    #[test]
    fn a_check_that_may_be_left_out_is_no_failure_and_is_said_last() {
        let mut out = Vec::new();
        let missing = Ok(Outcome::NotRun("no browser".into()));
        tell_all([("pages", missing), ("paper", Ok(Outcome::Held))], &mut out).unwrap();
        let said = String::from_utf8(out).unwrap();
        assert_eq!(said.lines().last(), Some("NOT RUN: pages"), "{said}");
    }

    #[test]
    fn a_run_in_which_all_holds_says_so() {
        let (outcome, said) = run(&[GOOD, GOOD], true);
        assert_eq!(outcome, Ok(()));
        assert!(said.lines().last().unwrap().starts_with("all 2 steps hold"), "{said}");
    }
}
