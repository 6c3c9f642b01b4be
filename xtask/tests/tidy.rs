//! The rules of the tree, applied to this workspace. What each rule means stands in `xtask::tidy`.

use std::fs;

use xtask::{
    tidy::{arrows, files, links, purity, rules, source, steps},
    workspace::Workspace,
};

#[track_caller]
fn assert_none(findings: &[String]) {
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}

fn read(path: &str) -> String {
    fs::read_to_string(Workspace::here().root().join(path)).expect("a file every clone has")
}

#[test]
fn crates_depend_on_each_other_only_along_the_arrows() {
    let metadata = ["metadata", "--no-deps", "--format-version", "1", "--offline"];
    assert_none(&arrows::check(&Workspace::here().cargo_output(&metadata).unwrap()).unwrap());
}

#[test]
fn the_hub_is_built_without_the_tills_store() {
    let tree =
        ["tree", "--package", "saleflex-gate", "--edges", "normal,build", "--prefix", "none", "--offline"];
    let tree = Workspace::here().cargo_output(&tree).unwrap();
    assert!(!tree.lines().any(|line| line.starts_with("saleflex-store ")), "{tree}");
}

#[test]
fn core_has_no_clock_no_files_and_no_randomness() {
    let tree = ["tree", "--package", "saleflex-core", "--edges", "normal", "--prefix", "none"];
    let tree = [&tree[..], &["--format", "{p}|{f}", "--offline"]].concat();
    assert_none(&purity::check_tree(&Workspace::here().cargo_output(&tree).unwrap()));
    assert_none(&purity::check_no_std(&read("saleflex-core/src/lib.rs")));
}

#[test]
fn modules_of_core_use_only_lower_steps() {
    let files = files(&Workspace::here().root().join("saleflex-core/src"), &["rs"]).unwrap();
    assert!(!files.is_empty());
    assert_none(&steps::check(&files));
    assert_none(&steps::check_names(&files));
}

#[test]
fn sources_are_short_and_finished() {
    let files = files(Workspace::here().root(), &["rs"]).unwrap();
    assert!(!files.is_empty());
    assert_none(&files.iter().flat_map(|(path, text)| source::check(path, text)).collect::<Vec<_>>());
}

#[test]
fn no_text_names_a_path_of_one_machine() {
    let files =
        files(Workspace::here().root(), &["md", "toml", "sql", "json", "jsonl", "yml", "sh"]).unwrap();
    assert_none(
        &files.iter().flat_map(|(path, text)| source::check_machine_paths(path, text)).collect::<Vec<_>>(),
    );
    assert_none(&source::check_machine_paths(".ci/run", &read(".ci/run")));
}

#[test]
fn links_between_pages_lead_somewhere() {
    let root = Workspace::here().root().to_path_buf();
    let exists = |path: &std::path::Path| root.join(path).exists();
    let pages = files(&root, &["md"]).unwrap();
    assert_none(&pages.iter().flat_map(|(path, text)| links::check(path, text, &exists)).collect::<Vec<_>>());
}

#[test]
fn every_test_that_a_rule_names_is_there() {
    let sources = files(Workspace::here().root(), &["rs"]).unwrap();
    let tests = sources.iter().flat_map(|(_, text)| rules::tests(text)).collect();
    assert_none(&rules::check("docs/rules.md", &read("docs/rules.md"), &tests));
}

#[test]
fn the_sale_in_the_readme_is_the_example_that_runs() {
    let readme = read("README.md");
    let sale = readme.split("```rust\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let example = read("examples/first_sale.rs");
    let body: String =
        example.lines().map(|line| line.strip_prefix("    ").unwrap_or(line).to_owned() + "\n").collect();
    assert!(body.contains(sale), "README.md shows other lines than examples/first_sale.rs");
}

#[test]
fn the_shop_of_ones_own_in_the_readme_is_the_example_that_runs() {
    let readme = read("README.md");
    let shop = readme.split("```rust\n").nth(2).and_then(|rest| rest.split("```").next()).unwrap();
    assert!(
        read("examples/own_shop.rs").contains(shop),
        "README.md shows other lines than examples/own_shop.rs"
    );
}

#[test]
fn there_is_one_sqlite() {
    assert_none(&purity::check_lock(&read("Cargo.lock")));
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    let manifests = files(Workspace::here().root(), &["toml"]).unwrap();
    let crates = manifests.iter().filter(|(path, text)| {
        path.ends_with("/Cargo.toml") && !path.starts_with("fuzz/libfuzzer/") && text.contains("[package]")
    });
    let lax: Vec<_> = crates.filter(|(_, text)| !text.contains("[lints]\nworkspace = true")).collect();
    assert!(lax.is_empty(), "{lax:?}");
}
