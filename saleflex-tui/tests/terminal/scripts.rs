//! The program with scripts: each file of `scripts` is run on a till of its own, and what it says is compared.

use std::{
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

use crate::common::masked::masked;

fn program(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_saleflex"));
    command.current_dir(folder).args(["sell", "--time-zone", "UTC", "--data", "till.saleflex"]);
    command
}

fn script(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts").join(format!("{name}.sale"))
}

/// What the program said on both ways out, and how it ended.
fn told(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (said, complained) = (text(&output.stdout), text(&output.stderr));
    let complained = if complained.is_empty() { complained } else { format!("stderr: {complained}") };
    format!("{}\n{complained}exit code {}", masked(&said), output.status.code().unwrap())
}

/// Runs a script in a new demo store and compares what it says.
fn compare(name: &str, more: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let output = program(&folder).args(["--demo", "--script"]).arg(script(name)).args(more).output().unwrap();
    insta::assert_snapshot!(name, told(&output));
}

#[test]
fn a_sale() {
    compare("sale", &[]);
}

#[test]
fn goods_prices_and_discounts() {
    compare("goods", &[]);
}

#[test]
fn every_kind_of_payment() {
    compare("tenders", &[]);
}

#[test]
fn what_is_known_of_payments_and_what_providers_answer() {
    compare("providers", &["--keep-going"]);
}

#[test]
fn quotes_orders_and_parked_documents() {
    compare("documents", &[]);
}

#[test]
fn goods_that_come_back() {
    compare("returns", &[]);
}

#[test]
fn the_drawer_and_the_reason_why_it_differs() {
    compare("drawer", &["--keep-going"]);
}

#[test]
fn points() {
    compare("points", &["--keep-going"]);
}

#[test]
fn every_kind_of_line_as_it_must_not_be() {
    compare("bad", &["--keep-going"]);
}

#[test]
fn the_first_step_that_fails_is_the_last() {
    compare("stops", &[]);
}

#[test]
fn a_script_comes_from_standard_input_and_the_till_remembers() {
    let folder = tempfile::tempdir().unwrap();
    let sell = |lines: &str, more: &[&str]| {
        let mut command = program(&folder);
        command.args(["--script", "-"]).args(more).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
        told(&child.wait_with_output().unwrap())
    };
    let without_a_till = sell("login priya 3333\n", &[]);
    assert!(
        without_a_till.contains("there is no till in till.saleflex: start `saleflex` once, or add --demo")
    );
    assert!(without_a_till.ends_with("exit code 1"), "{without_a_till}");
    let first = sell("login priya 3333\nsell 10101\n", &["--demo"]);
    assert_eq!(first, "1: ok: Logged in.\n2: ok: 1 x White loaf 800g  £1.15\nexit code 0");
    // What was begun is there; `\r\n` and a missing last line end do no harm.
    let second = sell("login priya 3333\r\npay cash", &[]);
    assert!(second.starts_with("1: ok: Logged in.\n2: ok:") && second.ends_with("exit code 0"), "{second}");
}

#[test]
fn what_cannot_be_read_is_said_and_ends_with_1_and_wrong_arguments_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| told(&program(&folder).args(arguments).output().unwrap());
    let missing = run(&["--demo", "--script", "nowhere.sale"]);
    assert!(missing.contains("nowhere.sale") && missing.ends_with("exit code 1"), "{missing}");
    assert!(run(&["--demo", "--script", "x", "--day-starts-at", "24"]).ends_with("exit code 2"));
    assert!(run(&[]).ends_with("exit code 2"));
    let atlantis = run(&["--demo", "--script", "-", "--scanner-prefix", "x"]);
    assert!(atlantis.ends_with("exit code 2"), "{atlantis}");
    std::fs::write(folder.path().join("bytes.sale"), b"login priya 3333\n\xff\xfe\n").unwrap();
    let bytes = run(&["--demo", "--script", "bytes.sale"]);
    assert!(bytes.contains("1: ok") && bytes.ends_with("exit code 1"), "{bytes}");
}
