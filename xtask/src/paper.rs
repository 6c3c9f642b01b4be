//! `cargo xtask paper`: what our printers are sent, read back by a reader that is not ours.
//!
//! The reader is a Python package and takes Python 3.13. It is installed once, into a folder below `target`.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::ensure;

use crate::{
    check::{LINTING, Outcome},
    workspace::Workspace,
};

/// The reader, in the version that the comparison was written for.
const PACKAGE: &str = "emupos==0.4.0";
/// The oldest Python it runs on.
const NEEDED: &str = "import sys; sys.exit(sys.version_info < (3, 13))";

/// Builds the program that prints, and says where it is.
///
/// # Errors
/// When it cannot be built.
pub fn build(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    // As the tests build it: after them nothing is built anew.
    workspace.cargo_with(
        &LINTING,
        &["test", "--quiet", "--workspace", "--test", "terminal", "--no-run", "--locked"],
    )?;
    let folder = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    Ok(workspace.root().join(folder.unwrap_or_else(|| "target".into())).join("debug/saleflex"))
}

/// Reads the paper of a small day back and compares it.
///
/// # Errors
/// What was not read back as it was printed.
pub fn run(workspace: &Workspace, program: &Path) -> anyhow::Result<Outcome> {
    let folder = workspace.root().join("target/paper");
    let python = folder.join("bin/python");
    if !knows_reader(&python)
        && let Err(missing) = install(&folder, &python)
    {
        return Ok(Outcome::NotRun(missing));
    }
    let script = workspace.root().join("xtask/escpos_reader.py");
    let status = Command::new(&python).arg(script).arg(program).status()?;
    ensure!(status.success(), "what is printed is not what was read back");
    Ok(Outcome::Held)
}

/// Makes a Python of our own with the reader in it, or says what is missing for that.
fn install(folder: &Path, python: &Path) -> Result<(), String> {
    let host = pythons().into_iter().find(|one| succeeds(Command::new(one).args(["-c", NEEDED])));
    let host = host.ok_or("no Python 3.13 is installed, which the reader needs")?;
    if !succeeds(Command::new(host).args(["-m", "venv"]).arg(folder)) {
        return Err("Python cannot make an environment (on Debian: python3-venv)".into());
    }
    let mut pip = Command::new(python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE]);
    if succeeds(&mut pip) { Ok(()) } else { Err(format!("{PACKAGE} cannot be installed")) }
}

/// Where a Python may be: by name, and those that pyenv keeps.
fn pythons() -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = ["python3.14", "python3.13", "python3"].map(PathBuf::from).to_vec();
    let root = env::var_os("PYENV_ROOT").map(PathBuf::from);
    let root = root.or_else(|| Some(Path::new(&env::var_os("HOME")?).join(".pyenv")));
    let versions = root.map(|root| root.join("versions")).and_then(|folder| fs::read_dir(folder).ok());
    all.extend(versions.into_iter().flatten().flatten().map(|version| version.path().join("bin/python3")));
    all
}

fn knows_reader(python: &Path) -> bool {
    succeeds(Command::new(python).args(["-c", "import emupos"]))
}

fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}
