//! Runs every example and compares what it prints with `expected/`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Where cargo puts examples: beside the folder of this test's own program.
fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a running test has a path");
    let target =
        test.parent().and_then(Path::parent).expect("tests are built two folders below the profile's");
    target.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

fn check(name: &str, arguments: &[&str]) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(program(name)).args(arguments).current_dir(here).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name} failed: {errors}");
    let printed = String::from_utf8(output.stdout).unwrap();
    let expected = here.join("expected").join(format!("{name}.txt"));
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(&expected, &printed).unwrap();
    }
    let wanted = fs::read_to_string(&expected).unwrap();
    assert_eq!(printed, wanted, "{name} prints something else than {}", expected.display());
}

#[test]
fn first_sale_prints_its_receipt() {
    check("first_sale", &[]);
}

#[test]
fn backtest_tells_what_a_draft_would_have_cost() {
    check("backtest", &[]);
}

#[test]
fn loyalty_tells_a_members_year() {
    check("loyalty", &[]);
}

#[test]
fn offline_day_ends_with_three_that_agree() {
    check("offline_day", &[]);
}

#[test]
fn refund_gives_back_exactly_what_was_paid() {
    check("refund", &[]);
}

#[test]
fn replay_day_closes_each_date_of_its_table() {
    check("replay_day", &["data/two-small-days.csv"]);
}

#[test]
fn campaigns_are_priced_counted_and_printed() {
    check("campaigns", &[]);
}

#[test]
fn embed_sells_what_another_products_menu_has() {
    check("embed", &[]);
}

#[test]
fn explain_says_of_each_campaign_why() {
    check("explain", &[]);
}

#[test]
fn stock_day_moves_goods_and_the_journal_leads_to_all_of_it() {
    check("stock_day", &[]);
}
