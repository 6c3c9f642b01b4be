//! The real program in a folder of its own: what it is asked, what it says, and how it ends.

use std::{
    fs,
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// A folder with a demo till that a script was played on.
pub(crate) fn sold(script: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    sell(&folder, script);
    folder
}

/// Plays a script on the till of a folder.
pub(crate) fn sell(folder: &TempDir, script: &str) {
    fs::write(folder.path().join("day.sale"), script).unwrap();
    ends(folder, &["sell", "--demo", "--script", "day.sale"], 0);
}

/// The program on the till of a folder, with the administrator's secret.
pub(crate) fn program(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_saleflex"));
    command.current_dir(folder).args(["--time-zone", "UTC", "--data", "till.saleflex"]);
    command.env("SALEFLEX_SECRET", "1111").stdin(Stdio::null());
    command
}

/// What comes of arguments.
pub(crate) fn run(folder: &TempDir, arguments: &[&str]) -> Output {
    program(folder).args(arguments).output().unwrap()
}

/// What comes of arguments with somebody else's secret.
pub(crate) fn run_as(folder: &TempDir, secret: &str, arguments: &[&str]) -> Output {
    program(folder).env("SALEFLEX_SECRET", secret).args(arguments).output().unwrap()
}

/// All it said.
pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

/// What a command says, and that it ends with a code.
pub(crate) fn ends(folder: &TempDir, arguments: &[&str], code: i32) -> String {
    let output = run(folder, arguments);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", said(&output));
    said(&output)
}

/// What it answers in JSON, and that it ends with a code.
pub(crate) fn json(folder: &TempDir, arguments: &[&str], code: i32) -> Value {
    let output = run(folder, arguments);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", said(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}
