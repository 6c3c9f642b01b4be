//! Fuzzing with cargo-fuzz on the stable compiler. The committed seeds are replayed by the tests of `fuzz/`.

use std::fs;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::workspace::Workspace;

/// cargo-fuzz asks for flags that stable rustc grants only with this.
const UNSTABLE: [(&str, &str); 1] = [("RUSTC_BOOTSTRAP", "1")];

/// Our crates forbid unsafe code, in which alone a sanitizer finds something: without one, and in several units, the
/// programs are built in minutes and run faster.
const BUILD: [&str; 5] = ["--release", "--sanitizer", "none", "--codegen-units", "16"];

const MANIFEST: &str = "fuzz/libfuzzer/Cargo.toml";

/// Runs every target, or the one named, for an equal part of `minutes`. Installs cargo-fuzz where it is missing.
///
/// # Errors
/// When a target fails (cargo-fuzz then says where it left the input), when there is none of that name, and when
/// cargo-fuzz or the C++ compiler that its engine needs is not there.
pub fn run(workspace: &Workspace, minutes: u32, only: Option<&str>) -> anyhow::Result<()> {
    ensure!(
        workspace.has("c++", &["--version"]),
        "there is no C++ compiler, which the fuzzer's engine needs"
    );
    if !workspace.has("cargo", &["fuzz", "--version"]) {
        workspace.cargo(&["install", "cargo-fuzz", "--locked"])?;
    }
    let mut targets = targets(workspace)?;
    targets.retain(|target| only.is_none_or(|name| name == target));
    ensure!(!targets.is_empty(), "there is no fuzz target {}", only.unwrap_or_default());
    let each = u64::from(minutes) * 60 / targets.len() as u64;
    for target in targets {
        let corpus = format!("fuzz/corpus/{target}");
        let seeds = format!("fuzz/seeds/{target}");
        fs::create_dir_all(workspace.root().join(&corpus))?;
        let limit = format!("-max_total_time={each}");
        let artifacts = format!("-artifact_prefix=fuzz/artifacts/{target}-");
        fs::create_dir_all(workspace.root().join("fuzz/artifacts"))?;
        // What is found goes to the first folder, so that the seeds stay as they were committed.
        let program = ["fuzz", "run", "--fuzz-dir", "fuzz/libfuzzer"];
        let inputs =
            [target.as_str(), corpus.as_str(), seeds.as_str(), "--", limit.as_str(), artifacts.as_str()];
        workspace.cargo_with(&UNSTABLE, &[&program[..], &BUILD, &inputs].concat())?;
    }
    Ok(())
}

/// The names of the fuzzer's programs, sorted.
fn targets(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let metadata = workspace.cargo_output(&[
        "metadata",
        "--no-deps",
        "--format-version",
        "1",
        "--manifest-path",
        MANIFEST,
    ])?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let programs = metadata["packages"][0]["targets"].as_array().context("no targets in the metadata")?;
    let mut names: Vec<String> =
        programs.iter().filter_map(|program| program["name"].as_str()).map(str::to_owned).collect();
    names.sort();
    Ok(names)
}
