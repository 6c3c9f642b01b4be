//! A receipt that was withdrawn from a closed period by mistake counts again: on its screen, by command, on paper, in sums.

use saleflex_core::ids::ClosureNumber;

use crate::common::{
    harness::Shop,
    program::{ends, json, sold},
};

/// A closed period with one sale of 3.45 in cash.
const DAY: &str = "login admin 1111\nsell 10101 3\npay cash 50\nz 3.45\n";

#[test]
fn a_withdrawn_receipt_counts_again_and_the_copy_of_the_z_report_tells_both() {
    let shop = sold(DAY);
    let correct = |what: &str, code| {
        let arguments =
            ["closure", "correct", "1", what, "1", "--reason", "the camera shows it", "--user", "admin"];
        ends(&shop, &arguments, code)
    };
    let z = || ends(&shop, &["closure", "show", "1"], 0);
    let sums = || json(&shop, &["closure", "rollup", "--json"], 0).to_string();
    let (as_closed, closed_sums) = (z(), sums());
    assert!(!as_closed.contains("CORRECTED SINCE"), "{as_closed}");
    assert!(correct("--reinstate", 1).contains("was not withdrawn"));
    correct("--withdraw", 0);
    assert_ne!(sums(), closed_sums);
    correct("--reinstate", 0);
    assert!(correct("--reinstate", 1).contains("was not withdrawn"));
    let told = z();
    let (before, since) = told.split_once("CORRECTED SINCE").unwrap();
    assert!(as_closed.contains(before.trim_end().trim_end_matches('-')), "what was closed stays:\n{told}");
    for words in ["Withdrawn", "Counts again", "-£3.45", "the camera shows it", "AS IT STANDS"] {
        assert!(since.contains(words), "{words}:\n{told}");
    }
    assert!(since.contains("Difference:"), "{told}");
    let list = ends(&shop, &["closure", "corrections", "1"], 0);
    assert!(list.contains("withdrawn") && list.contains("counts"), "{list}");
    let again: String = sums();
    let plain = |sums: &str| sums.replace("\"corrections\":2", "\"corrections\":0");
    assert_eq!(plain(&again), closed_sums, "sums are those of the closure again, but for the corrections");
    assert!(ends(&shop, &["verify"], 0).starts_with("whole: "));
    let archived = json(&shop, &["archive", "old", "--json"], 0);
    let files = archived.as_array().unwrap();
    assert_eq!(files.len(), 3, "the period as it was closed, and each correction: {archived}");
    let written = std::fs::read_to_string(shop.path().join(files[2]["file"].as_str().unwrap())).unwrap();
    assert!(written.starts_with("{\"correction\":") && written.contains("the camera shows it"), "{written}");
}

#[test]
fn a_copy_of_a_z_report_tells_what_follows_of_a_correction_of_the_period_before() {
    let sales = "sell 10101 3\npay cash 50\nz\nsell 10101\npay cash 50\nz\n";
    let shop = sold(&format!("login admin 1111\n{sales}"));
    let z = || ends(&shop, &["closure", "show", "2"], 0);
    assert!(!z().contains("AS IT STANDS"), "{}", z());
    let arguments =
        ["closure", "correct", "1", "--withdraw", "1", "--reason", "the camera shows it", "--user", "admin"];
    ends(&shop, &arguments, 0);
    let told = z();
    assert!(!told.contains("CORRECTED SINCE"), "{told}");
    // Of 4.60 in the drawer the sale of 1.15 is left.
    let (closed, stands) = told.split_once("AS IT STANDS").unwrap();
    assert!(closed.contains("£4.60") && !stands.contains("£4.60") && stands.contains("£1.15"), "{told}");
}

#[test]
fn a_receipt_is_withdrawn_and_counts_again_on_the_screen() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("'10106' enter plus enter esc 4 z '0.95' enter z esc c f8");
    assert!(shop.shows("Correct a closed period"), "{}", shop.screen());
    // The third and the fourth thing that may be wrong.
    shop.keys("right right down down '1' down 'rung up twice' ctrl+s");
    assert!(shop.message().starts_with("Corrected: expected £0.00"), "{}", shop.screen());
    shop.keys("f8 right right right down down '1' down 'it was not' ctrl+s");
    assert!(shop.message().starts_with("Corrected: expected £0.95"), "{}", shop.screen());
    assert_eq!(shop.till().corrections(ClosureNumber(1)).unwrap().len(), 2);
}
