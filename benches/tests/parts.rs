//! The parts of the table that work the terminal till go through its screens; this holds that they still find their way.
//! How long anything takes is never asked here.
#![expect(clippy::unwrap_used, reason = "what fails in a helper fails its test")]

use std::process::Command;

fn run(part: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_saleflex-benches"))
        .args(["--quick", "--only", part, "--dir"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{part}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_till_is_started_and_somebody_logs_in() {
    assert!(run("starting").contains("to the drawn log-in screen"));
}

#[test]
fn a_scan_is_followed_to_the_drawn_frame() {
    assert!(run("responding").contains("sales of 100 lines"));
}
