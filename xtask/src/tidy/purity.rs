//! What core is made of: nothing that reads a clock, a file, a socket or a source of randomness.

/// Crates that would bring one of these into core.
const FORBIDDEN_CRATES: [&str; 12] = [
    "chrono-tz",
    "getrandom",
    "iana-time-zone",
    "libc",
    "rand",
    "rand_core",
    "reqwest",
    "rusqlite",
    "socket2",
    "tokio",
    "ureq",
    "windows-sys",
];

/// Features that would do it within a crate core does use.
const FORBIDDEN_FEATURES: [&str; 9] = ["clock", "fast-rng", "now", "rand", "rng", "std", "v1", "v4", "v7"];

/// Reads what `cargo tree --edges normal --prefix none --format '{p}|{f}'` printed for core.
pub fn check_tree(tree: &str) -> Vec<String> {
    let mut findings = Vec::new();
    for line in tree.lines() {
        let (package, features) = line.split_once('|').unwrap_or((line, ""));
        // A procedural macro runs in the compiler and is no part of what it compiles.
        if package.contains("(proc-macro)") || BUILD_ONLY.iter().any(|name| name_of(package) == *name) {
            continue;
        }
        let name = name_of(package);
        if FORBIDDEN_CRATES.contains(&name) {
            findings.push(format!("saleflex-core: {name} is among its dependencies"));
        }
        let features = features.trim_end_matches(" (*)").split(',');
        for feature in features.filter(|feature| FORBIDDEN_FEATURES.contains(feature)) {
            findings.push(format!("saleflex-core: {name} has the feature `{feature}`"));
        }
    }
    findings
}

/// What procedural macros are made of.
const BUILD_ONLY: [&str; 4] = ["proc-macro2", "quote", "syn", "unicode-ident"];

fn name_of(package: &str) -> &str {
    package.split(' ').next().unwrap_or(package)
}

/// Whether the crate page of core declares it free of the standard library outside tests.
pub fn check_no_std(lib: &str) -> Vec<String> {
    let declared = lib.lines().any(|line| line.trim() == "#![cfg_attr(not(test), no_std)]");
    let mut findings = Vec::new();
    if !declared {
        findings.push("saleflex-core/src/lib.rs: not declared no_std outside tests".to_owned());
    }
    findings
}

/// Packages that the lock file must hold once: two copies of SQLite cannot be linked together.
pub fn check_lock(lock: &str) -> Vec<String> {
    let copies = lock.lines().filter(|line| line.trim() == "name = \"libsqlite3-sys\"").count();
    let mut findings = Vec::new();
    if copies > 1 {
        findings.push(format!("Cargo.lock: {copies} versions of libsqlite3-sys"));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_or_a_random_source_in_core_is_found() {
        assert_eq!(check_tree("chrono v0.4.45|alloc,clock,serde").len(), 1);
        assert_eq!(check_tree("uuid v1.29.1|serde,v7 (*)").len(), 1);
        assert_eq!(check_tree("getrandom v0.3.1|").len(), 1);
        assert_eq!(check_tree("serde v1.0.229|alloc,std").len(), 1);
        assert!(
            check_tree("serde v1.0.229|alloc\nsyn v3.0.9|std\nserde_derive v1.0.229 (proc-macro)|std")
                .is_empty()
        );
    }

    #[test]
    fn core_with_the_standard_library_is_found() {
        assert_eq!(check_no_std("//! Core.\npub mod money;").len(), 1);
        assert_eq!(check_no_std("//! #![cfg_attr(not(test), no_std)]").len(), 1);
        assert!(check_no_std("//! Core.\n#![cfg_attr(not(test), no_std)]").is_empty());
    }

    #[test]
    fn a_second_sqlite_is_found() {
        let one = "[[package]]\nname = \"libsqlite3-sys\"\nversion = \"0.38.0\"\n";
        assert!(check_lock(one).is_empty());
        assert_eq!(check_lock(&one.repeat(2)).len(), 1);
    }
}
