//! Every golden case of this workspace holds.

use xtask::{vectors::run_folder, workspace::Workspace};

#[test]
fn all_cases_of_the_vectors_folder_hold() {
    let outcome = run_folder(&Workspace::here().root().join("vectors")).unwrap();
    assert!(outcome.holds(), "\n{outcome}");
}
