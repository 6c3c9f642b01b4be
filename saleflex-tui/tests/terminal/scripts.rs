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
fn every_type_of_document_from_its_paper_to_the_z() {
    compare("types", &[]);
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

/// Runs a script that is piped in.
fn sell(folder: &TempDir, lines: &str, more: &[&str]) -> String {
    let mut command = program(folder);
    command.args(["--script", "-"]).args(more).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    // A program that stops at once reads nothing.
    child.stdin.take().unwrap().write_all(lines.as_bytes()).ok();
    told(&child.wait_with_output().unwrap())
}

#[test]
fn a_script_comes_from_standard_input_and_the_till_remembers() {
    let folder = tempfile::tempdir().unwrap();
    let sell = |lines: &str, more: &[&str]| sell(&folder, lines, more);
    let without_a_till = sell("login priya 3333\n", &[]);
    assert!(
        without_a_till.contains("there is no till in till.saleflex: start `saleflex` once, or add --demo")
    );
    assert!(without_a_till.ends_with("exit code 1"), "{without_a_till}");
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none(), "nothing is left of it");
    let first = sell("login priya 3333\nsell 10101\n", &["--demo"]);
    assert_eq!(first, "1: ok: Logged in.\n2: ok: 1 x White loaf 800g  £1.15\nexit code 0");
    // What was begun is there; `\r\n` and a missing last line end do no harm.
    let second = sell("login priya 3333\r\npay cash", &[]);
    assert!(second.starts_with("1: ok: Logged in.\n2: ok:") && second.ends_with("exit code 0"), "{second}");
    // What a terminal would obey is told and not obeyed.
    let bad = sell("\u{1b}[2J\ncustomer \u{7}\u{202e}C001\n", &["--keep-going"]);
    assert!(bad.contains("\u{fffd}[2J") && bad.ends_with("exit code 3"), "{bad}");
    assert!(!bad.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{bad}");
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

#[test]
fn every_step_says_what_it_did_and_a_refused_one_what_it_needs() {
    let folder = tempfile::tempdir().unwrap();
    // A mark that some editors put before the first line is no part of it.
    let lines = "\u{feff}login priya 3333\n\
                 customer C001\n\
                 customer C001\n\
                 cancel\n\
                 open quote\n\
                 cancel\n\
                 department 241 0\n\
                 sell 10101\n\
                 price 1 0\n\
                 pay cash 99999999999999999999\n\
                 approve morgan 9999\n";
    let told = sell(&folder, lines, &["--demo", "--keep-going"]);
    let said: Vec<&str> = told.lines().collect();
    assert_eq!(
        said[..4],
        [
            "1: ok: Logged in.",
            "2: ok: Customer: Nora Field.",
            "3: ok: Customer: Nora Field.",
            "4: ok: The empty document is closed.",
        ]
    );
    assert_eq!(
        said[5..7],
        ["6: ok: The empty document is closed.", "7: error: 241 needs a price above nothing",]
    );
    assert_eq!(
        said[8..],
        [
            "9: error: 10101 needs a price above nothing",
            "10: error: `99999999999999999999` is not an amount: at most 100000000000.00",
            "11: ok: morgan is asked with the next step.",
            "exit code 3",
        ]
    );
}

#[test]
fn a_script_that_did_not_look_again_is_refused_what_the_screen_asks_about() {
    let folder = tempfile::tempdir().unwrap();
    let lines = "login morgan 2222\n\
                 sell 14101 1001\n\
                 sell 14101 1001 counted\n\
                 price 1 100000000\n\
                 cancel\n\
                 paid-out 5.00 window cleaner\n\
                 paid-out 5.00 counted window cleaner\n\
                 return-without-receipt 14101 2\n\
                 pay cash\n\
                 pay cash counted\n\
                 z\n";
    let told = sell(&folder, lines, &["--demo", "--keep-going"]);
    let said: Vec<&str> = told.lines().collect();
    let says = |line: usize, words: &str| assert!(said[line - 1].contains(words), "{line}: {words}\n{told}");
    says(2, "error: 1001 x Baked beans");
    says(2, "Add `counted` if so.");
    says(3, "ok: 1001 x");
    says(4, "error: 100000000.00 in place of 0.75");
    says(6, "error: £5.00 is to go out; £0.00 should lie in the drawer.");
    says(7, "ok:");
    says(9, "error: £1.50 is to go out; -£5.00 should lie in the drawer.");
    says(10, "is complete. PAY OUT £1.50");
    says(11, "error: Less than nothing should lie in the drawer: count it first.");
}

#[test]
fn more_of_a_line_that_comes_back_already_says_how_much_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let lines = "login morgan 2222\nsell 14101 6\npay cash\nreturn 1 1 2\nreturn 1 1 3\n";
    let told = sell(&folder, lines, &["--demo"]);
    // At 0.75 each.
    assert!(told.contains("4: ok: 2 x Baked beans 400 g  £1.50"), "{told}");
    assert!(told.contains("5: ok: 5 x Baked beans 400 g  £3.75"), "{told}");
}

#[test]
fn what_is_parked_is_named_by_its_receipt_alone_in_its_own_period_and_the_next() {
    let folder = tempfile::tempdir().unwrap();
    // Two are parked in period 1 and one in period 2, where receipt 1 is there twice.
    let first = "login morgan 2222\nsell 10101\nsuspend A\nsell 10101\nsuspend B\nsell 10106\npay card\nz\n";
    let second = "sell 10106\nsuspend C\nresume 1\npay card\nresume 1\npay card\nz\n";
    let told = sell(&folder, &format!("{first}{second}resume 2\n"), &["--demo", "--keep-going"]);
    assert!(told.contains("11: ok: Document ########-0002-000001 goes on."), "{told}");
    // That of the open period is paid: the one of the period before is meant, which moves here with it.
    assert!(told.contains("13: ok: Document ########-0002-000002 goes on."), "{told}");
    // Two periods later nobody means it by its number alone.
    assert!(told.contains("16: error: No document 2 is parked."), "{told}");
}

#[test]
fn a_script_is_answered_in_the_language_chosen_also_where_it_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let told = sell(&folder, "dance\n", &["--demo", "--language", "tr"]);
    assert_eq!(told, "1: error: `dance` diye bir adım yok\nexit code 3");
}

#[test]
fn foreign_notes_that_gave_change_go_back_for_that_change() {
    let folder = tempfile::tempdir().unwrap();
    let lines = "login morgan 2222\nopen layaway\nsell 20303 4\npay foreign 20 EUR\nvoid-tender 1\n";
    let told = sell(&folder, lines, &["--demo"]);
    // 20.00 at 1.18 for a pound are 16.95, of which 7.00 were due.
    let said = "5: ok: Foreign cash €20.00 goes back to the customer, who gives back the change of £9.95. £7.00 left.";
    assert!(told.contains(said), "{told}");
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_terminal_the_program_says_so_and_makes_no_till() {
    let folder = tempfile::tempdir().unwrap();
    // In a session of its own it has no terminal to fall back to.
    let mut command = Command::new("setsid");
    command.arg("--wait").arg(env!("CARGO_BIN_EXE_saleflex")).args(["--demo", "--data", "till.saleflex"]);
    let output = command.current_dir(folder.path()).stdin(Stdio::null()).output().unwrap();
    let told = told(&output);
    assert!(told.contains("a terminal is needed; without one: saleflex sell --script FILE"), "{told}");
    assert!(told.ends_with("exit code 1"), "{told}");
    assert!(!folder.path().join("till.saleflex").exists());
}

#[test]
fn a_folder_that_is_not_there_is_named_and_not_made() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("day.sale"), "login priya 3333\n").unwrap();
    for arguments in [
        &["sell", "--script", "day.sale"][..],
        &["config", "set", "training", "true", "--user", "admin"],
        &[],
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_saleflex"));
        command.current_dir(folder.path()).args(arguments).args(["--demo", "--data", "shpo/till.saleflex"]);
        let output = command.env("SALEFLEX_SECRET", "1111").stdin(Stdio::null()).output().unwrap();
        let told = told(&output);
        assert!(
            told.contains("there is no folder shpo: make it, or name another file"),
            "{arguments:?}: {told}"
        );
        assert!(!folder.path().join("shpo").exists(), "{arguments:?}");
    }
}
