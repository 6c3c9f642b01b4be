//! Every golden case of this workspace holds.

use saleflex_conformance::vectors::run_folder;
use xtask::workspace::Workspace;

#[test]
fn all_cases_of_the_vectors_folder_hold() {
    let outcome = run_folder(&Workspace::here().root().join("vectors")).unwrap();
    assert!(outcome.holds(), "\n{outcome}");
}
