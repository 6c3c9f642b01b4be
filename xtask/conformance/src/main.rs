//! `cargo xtask vectors` and `cargo xtask api-fuzz` start this program; its verbs and arguments are theirs.
#![expect(clippy::print_stdout, reason = "a program for people at a terminal")]

use std::{env, path::Path, process::ExitCode};

use anyhow::bail;
use saleflex_conformance::{api_fuzz, vectors};
use xtask::workspace::Workspace;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> anyhow::Result<()> {
    let workspace = Workspace::here();
    match arguments {
        ["vectors"] => run_vectors(&workspace.root().join("vectors")),
        ["vectors", folder] => run_vectors(Path::new(folder)),
        ["api-fuzz"] => fuzz_api(&workspace, None),
        ["api-fuzz", url] => fuzz_api(&workspace, Some(url)),
        _ => bail!("usage: vectors [DIR] | api-fuzz [URL]"),
    }
}

fn run_vectors(folder: &Path) -> anyhow::Result<()> {
    let outcome = vectors::run_folder(folder)?;
    print!("{outcome}");
    if outcome.holds() { Ok(()) } else { bail!("{} of {} cases missed", outcome.missed(), outcome.cases()) }
}

fn fuzz_api(workspace: &Workspace, url: Option<&str>) -> anyhow::Result<()> {
    println!("{}", api_fuzz::run(workspace, url)?);
    Ok(())
}
