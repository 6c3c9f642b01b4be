use std::{fs, path::Path};

use serde_json::Value;
use tempfile::TempDir;

use super::{RunCase, run_areas};

fn holds_when_even(case: &Value, _: &Path) -> Result<(), String> {
    match case["input"].as_u64() {
        Some(13) => panic!("thirteen"),
        Some(number) if number % 2 == 0 => Ok(()),
        other => Err(format!("{other:?} is odd")),
    }
}

const RUNNERS: [(&str, RunCase); 1] = [("even", holds_when_even)];

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

#[test]
fn every_case_of_every_file_is_run_and_each_miss_is_told() {
    let folder = folder(&[
        ("even/a.jsonl", "{\"id\":\"one\",\"input\":1}\n\n{\"id\":\"two\",\"input\":2}\n"),
        ("even/b.json", "[{\"name\":\"three\",\"input\":3},{\"input\":4}]"),
        ("even/c.json", "{\"scenario\":\"six\",\"input\":6}"),
        ("even/README.md", "words"),
    ]);
    let outcome = run_areas(folder.path(), &RUNNERS).unwrap();
    assert_eq!((outcome.cases(), outcome.missed(), outcome.holds()), (5, 2, false));
    let said =
        "even: 3 of 5 cases hold\nmissed even one: Some(1) is odd\nmissed even three: Some(3) is odd\n";
    assert_eq!(outcome.to_string(), said);
}

#[test]
fn an_area_without_a_runner_is_missed_as_a_whole() {
    let folder = folder(&[("odd/a.json", "[{},{}]"), ("even/a.json", "[]")]);
    let outcome = run_areas(folder.path(), &RUNNERS).unwrap();
    assert!(
        outcome.to_string().starts_with("even: 0 of 0 cases hold\nodd: 0 of 2 cases hold\n"),
        "{outcome}"
    );
    assert!(!outcome.holds());
}

#[test]
fn a_case_that_panics_or_is_no_json_is_missed_and_the_rest_still_runs() {
    let folder =
        folder(&[("even/a.jsonl", "{\"id\":\"x\",\"input\":13}\nnonsense\n{\"id\":\"y\",\"input\":8}")]);
    let outcome = run_areas(folder.path(), &RUNNERS).unwrap();
    let said = outcome.to_string();
    assert!(said.starts_with("even: 1 of 3 cases hold\nmissed even x: panicked: thirteen\n"), "{said}");
    assert!(said.contains("missed even a.jsonl 2: not JSON"), "{said}");
}

#[test]
fn a_folder_without_areas_is_an_error_rather_than_a_success() {
    assert!(run_areas(folder(&[("a.json", "[]")]).path(), &RUNNERS).is_err());
}
