//! Fuzzing with cargo-fuzz on the stable compiler: replaying the committed seeds, and running for a while.

use std::{fs, path::Path};

use anyhow::{Context, ensure};

use crate::{check::Outcome, workspace::Workspace};

/// cargo-fuzz asks for flags that stable rustc grants only with this.
const UNSTABLE: [(&str, &str); 1] = [("RUSTC_BOOTSTRAP", "1")];

/// Installs cargo-fuzz where it is missing and fetches what the targets need. Failing to install is not a
/// failure here: [`replay`] says what could not run.
///
/// # Errors
/// When the crates cannot be fetched.
pub fn set_up(workspace: &Workspace) -> anyhow::Result<()> {
    // Without `--locked`: a new dependency of core is added to the fuzzer's own lock file by whoever runs this next.
    workspace.cargo(&["fetch", "--manifest-path", "fuzz/Cargo.toml"])?;
    if missing(workspace).is_some() {
        // The outcome is looked at by asking for the program again.
        drop(workspace.cargo(&["install", "cargo-fuzz", "--locked"]));
    }
    Ok(())
}

/// Runs every target over its committed seeds, which takes no time once built.
///
/// # Errors
/// When a seed makes its target fail.
pub fn replay(workspace: &Workspace) -> anyhow::Result<Outcome> {
    if let Some(reason) = missing(workspace) {
        return Ok(Outcome::NotRun(reason));
    }
    for target in targets(workspace.root())? {
        run_target(workspace, &target, Build::Quick, "-runs=0")?;
    }
    Ok(Outcome::Held)
}

/// Runs every target for an equal part of `minutes`.
///
/// # Errors
/// When a target fails; cargo-fuzz then says where it left the input.
pub fn run(workspace: &Workspace, minutes: u32) -> anyhow::Result<()> {
    set_up(workspace)?;
    let targets = targets(workspace.root())?;
    let each = u64::from(minutes) * 60 / targets.len().max(1) as u64;
    for target in targets {
        run_target(workspace, &target, Build::Fast, &format!("-max_total_time={each}"))?;
    }
    Ok(())
}

fn missing(workspace: &Workspace) -> Option<String> {
    if !workspace.has("cargo", &["fuzz", "--version"]) {
        return Some(
            "cargo-fuzz is not installed and could not be (cargo install cargo-fuzz --locked)".into(),
        );
    }
    let has_cpp = workspace.has("c++", &["--version"]);
    (!has_cpp).then(|| "there is no C++ compiler, which the fuzzer's engine needs".into())
}

/// What the build is made for.
#[derive(Clone, Copy)]
enum Build {
    /// Soon done: a few seeds run in no time at any speed.
    Quick,
    /// Soon through many inputs.
    Fast,
}

fn run_target(workspace: &Workspace, target: &str, build: Build, limit: &str) -> anyhow::Result<()> {
    let corpus = format!("fuzz/corpus/{target}");
    let seeds = format!("fuzz/seeds/{target}");
    fs::create_dir_all(workspace.root().join(&corpus))?;
    let profile = match build {
        Build::Quick => "--dev",
        Build::Fast => "--release",
    };
    // What is found goes to the first folder, so that the seeds stay as they were committed.
    workspace.cargo_with(&UNSTABLE, &["fuzz", "run", profile, target, &corpus, &seeds, "--", limit])
}

/// The names of the targets: the files of `fuzz/fuzz_targets`, each of which must have seeds.
fn targets(root: &Path) -> anyhow::Result<Vec<String>> {
    let folder = root.join("fuzz/fuzz_targets");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_stem().and_then(|name| name.to_str()).context("a target's name is not UTF-8")?;
        let seeds = root.join("fuzz/seeds").join(name);
        let seeded = fs::read_dir(&seeds).is_ok_and(|mut files| files.next().is_some());
        ensure!(seeded, "fuzz target {name} has no seeds in {}", seeds.display());
        names.push(name.to_owned());
    }
    names.sort();
    ensure!(!names.is_empty(), "no fuzz targets in {}", folder.display());
    Ok(names)
}
