//! `cargo xtask …`: one verb for each thing a developer runs.
#![expect(clippy::print_stdout, reason = "a program for people at a terminal")]

use std::{env, path::Path, process::ExitCode};

use anyhow::{Context, bail};
use xtask::{api_fuzz, check, fuzz, vectors, workspace::Workspace};

const USAGE: &str = "\
usage: cargo xtask VERB

  test                 everything CI runs: set-up, format, lints, tidy, tests, docs, fuzz seeds
  vectors [DIR]        run the golden cases of vectors/, or of a folder of the same layout
  bench [--quick]      measure, and print one table (docs/benchmarks.md)
  fuzz [--minutes N]   run every fuzz target, N minutes in all (default 10)
  simulate             tills and hubs through a thousand days of a thousand steps, twice; [--seeds N --steps M]
  openapi              write the hub's OpenAPI document to saleflex-gate/openapi.json
  api-fuzz [URL]       let schemathesis call every route of a hub, one started for it or a running one";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> anyhow::Result<()> {
    let workspace = Workspace::here();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["test"] => check::run(&workspace),
        ["vectors"] => run_vectors(&workspace.root().join("vectors")),
        ["vectors", folder] => run_vectors(Path::new(folder)),
        ["bench", rest @ ..] => {
            let program = ["run", "--release", "--package", "saleflex-benches", "--"];
            workspace.cargo(&[&program, rest].concat())
        }
        ["fuzz"] => fuzz::run(&workspace, 10),
        ["fuzz", "--minutes", minutes] => {
            fuzz::run(&workspace, minutes.parse().context("--minutes takes a whole number")?)
        }
        ["simulate"] => simulate(&workspace, 1_000, 1_000),
        ["simulate", "--seeds", seeds, "--steps", steps] => {
            let number = |text: &str| text.parse().context("--seeds and --steps take whole numbers");
            simulate(&workspace, number(seeds)?, number(steps)?)
        }
        ["openapi"] => write_openapi(&workspace),
        ["api-fuzz"] => api_fuzz::run(&workspace, None),
        ["api-fuzz", url] => api_fuzz::run(&workspace, Some(url)),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => bail!("no such verb\n{USAGE}"),
    }
}

fn run_vectors(folder: &Path) -> anyhow::Result<()> {
    let outcome = vectors::run_folder(folder)?;
    print!("{outcome}");
    if outcome.holds() { Ok(()) } else { bail!("{} of {} cases missed", outcome.missed(), outcome.cases()) }
}

/// The runs of both simulations that are too many for every test run: with a model of a hub, then with the chain of a
/// store's hub and a company's as they are served.
fn simulate(workspace: &Workspace, seeds: u32, steps: u32) -> anyhow::Result<()> {
    for (package, test) in [("saleflex-sync", "simulation"), ("saleflex-examples", "chain")] {
        let program = ["test", "--release", "--package", package, "--test", test];
        let (seeds, steps) =
            (format!("env.SALEFLEX_SEEDS='{seeds}'"), format!("env.SALEFLEX_STEPS='{steps}'"));
        let runs = ["--config", seeds.as_str(), "--config", steps.as_str()];
        workspace.cargo(&[&program[..], &runs].concat())?;
    }
    Ok(())
}

fn write_openapi(workspace: &Workspace) -> anyhow::Result<()> {
    let path = workspace.root().join("saleflex-gate/openapi.json");
    let path = path.to_str().context("the workspace's path is not UTF-8")?;
    workspace.cargo(&["run", "--quiet", "--package", "saleflex-gate", "--", "openapi", path])
}
