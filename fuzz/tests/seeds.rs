//! Every committed seed passes its target, among them each input that once made one fail.
#![expect(clippy::unwrap_used, reason = "what fails in a helper fails its test")]

use std::{collections::BTreeSet, fs, panic, path::Path};

use saleflex_fuzz::TARGETS;

fn names(folder: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn every_seed_passes_its_target() {
    for (name, target) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(name);
        let mut tried = 0;
        for seed in fs::read_dir(&folder).unwrap() {
            let seed = seed.unwrap().path();
            let bytes = fs::read(&seed).unwrap();
            assert!(panic::catch_unwind(|| target(&bytes)).is_ok(), "{}", seed.display());
            tried += 1;
        }
        assert!(tried > 0, "{name} has no seeds");
    }
}

#[test]
fn every_target_has_its_seeds_and_its_program() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names("seeds"), targets);
    assert_eq!(names("libfuzzer/fuzz_targets"), targets);
    let manifest = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/libfuzzer/Cargo.toml")).unwrap();
    for target in targets {
        assert!(manifest.contains(&format!("name = \"{target}\"\n")), "{target} is no program of the fuzzer");
        let program =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("libfuzzer/fuzz_targets/{target}.rs"));
        let calls = fs::read_to_string(program).unwrap();
        assert!(
            calls.contains(&format!("saleflex_fuzz::{target}::run")),
            "{target}'s program runs something else"
        );
    }
}
