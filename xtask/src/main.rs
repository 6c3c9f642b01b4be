//! `cargo xtask …`: one verb for each thing a developer runs.
#![expect(clippy::print_stdout, reason = "a program for people at a terminal")]

use std::{env, io, process::ExitCode};

use anyhow::{Context, bail};
use xtask::{check, fuzz, pages, paper, simulate, workspace::Workspace};

const USAGE: &str = "\
usage: cargo xtask VERB

  test                 what CI runs, but for `paper`: set-up, format, lints, tidy, tests, fuzz seeds, docs
  vectors [DIR]        run the golden cases of vectors/, or of a folder of the same layout
  bench [--quick]      measure, and print one table (docs/benchmarks.md)
  fuzz [--minutes N [TARGET]]
                       run every fuzz target, or the one named, N minutes in all (default 10)
  simulate             tills and hubs through 1,000 days of 1,000 steps; [--seeds N] [--steps N] [--first SEED],
                       or [--seed SEED] to replay the one that failed
  paper                have what printers are sent read back by a reader that is not ours (Python 3.13), and pages
                       laid out by a browser that measures them (Chromium)
  openapi              write the hub's OpenAPI document to saleflex-gate/openapi.json
  api-fuzz [URL]       let schemathesis call every route: of hubs started for it, on each database as an owner, a till's
                       device and nobody, or of a running one with the credential in SALEFLEX_TOKEN";

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
        ["vectors" | "api-fuzz"] | ["vectors" | "api-fuzz", _] => conformance(&workspace, &arguments),
        ["bench", rest @ ..] => {
            // What it starts as processes of their own lies beside it.
            workspace.cargo(&["build", "--release", "--package", "saleflex-benches"])?;
            let program =
                ["run", "--release", "--package", "saleflex-benches", "--bin", "saleflex-benches", "--"];
            workspace.cargo(&[&program, rest].concat())
        }
        ["fuzz"] => fuzz::run(&workspace, 10, None),
        ["fuzz", "--minutes", minutes] => fuzz::run(&workspace, whole(minutes)?, None),
        ["fuzz", "--minutes", minutes, target] => fuzz::run(&workspace, whole(minutes)?, Some(target)),
        ["simulate", rest @ ..] => simulate::run(&workspace, rest),
        ["paper"] => {
            let program = paper::build(&workspace)?;
            let (read, seen) = (paper::run(&workspace, &program), pages::run(&workspace, &program));
            check::tell_all([("paper", read), ("pages", seen)], &mut io::stdout())
        }
        ["openapi"] => write_openapi(&workspace),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => bail!("no such verb\n{USAGE}"),
    }
}

fn whole(minutes: &str) -> anyhow::Result<u32> {
    minutes.parse().context("--minutes takes a whole number")
}

/// Starts the program that holds the product to `arguments[0]`, in the caller's own folder.
fn conformance(workspace: &Workspace, arguments: &[&str]) -> anyhow::Result<()> {
    workspace.cargo_in_callers_folder(
        &[&["run", "--quiet", "--package", "saleflex-conformance", "--"], arguments].concat(),
    )
}

fn write_openapi(workspace: &Workspace) -> anyhow::Result<()> {
    let path = workspace.root().join("saleflex-gate/openapi.json");
    let path = path.to_str().context("the workspace's path is not UTF-8")?;
    workspace.cargo(&["run", "--quiet", "--package", "saleflex-gate", "--", "openapi", path])
}
