//! Which crate may use which: `core ← store ← sync ← tui` and `core ← sync (wire, push) ← gate`.

use anyhow::Context;
use serde_json::Value;

/// Each crate of the workspace and those of ours that it may name as a dependency of any kind.
const ARROWS: [(&str, &[&str]); 10] = [
    ("saleflex-core", &[]),
    ("saleflex-store", &["saleflex-core"]),
    ("saleflex-sync", &["saleflex-core", "saleflex-store"]),
    ("saleflex-tui", &["saleflex-core", "saleflex-store", "saleflex-sync"]),
    ("saleflex-gate", &["saleflex-core", "saleflex-sync"]),
    ("saleflex-examples", &WITH_SERVERS),
    ("saleflex-benches", &WITH_SERVERS),
    ("saleflex-fuzz", &LIBRARIES),
    ("saleflex-conformance", &WITH_SERVERS),
    ("xtask", &[]),
];

const LIBRARIES: [&str; 5] =
    ["saleflex-core", "saleflex-store", "saleflex-sync", "saleflex-tui", "saleflex-gate"];

/// What runs on PostgreSQL too takes the throw-away server of `xtask`.
const WITH_SERVERS: [&str; 6] =
    ["saleflex-core", "saleflex-store", "saleflex-sync", "saleflex-tui", "saleflex-gate", "xtask"];

/// The feature of `saleflex-sync` that brings the store; it is on by default.
const TILL: &str = "till";

/// Reads what `cargo metadata --no-deps` printed and names every arrow that is not allowed.
///
/// # Errors
/// When the text is not such metadata.
pub fn check(metadata: &str) -> anyhow::Result<Vec<String>> {
    let metadata: Value = serde_json::from_str(metadata)?;
    let packages = metadata["packages"].as_array().context("no packages in the metadata")?;
    let mut findings = Vec::new();
    for package in packages {
        let name = package["name"].as_str().context("a package without a name")?;
        let dependencies = package["dependencies"].as_array().context("a package without dependencies")?;
        let Some((_, allowed)) = ARROWS.iter().find(|(known, _)| *known == name) else {
            findings.push(format!("{name}: a crate the table of arrows does not know"));
            continue;
        };
        for dependency in dependencies {
            let on = dependency["name"].as_str().context("a dependency without a name")?;
            // A crate names itself to turn on features for its own tests.
            let ours = dependency["path"].is_string() && !(on == name && dependency["kind"] == "dev");
            if ours && !allowed.contains(&on) {
                findings.push(format!("{name}: must not depend on {on}"));
            }
            if ours && name == "saleflex-gate" && on == "saleflex-sync" && brings_the_store(dependency) {
                findings.push(format!("{name}: takes {on} with the feature `{TILL}`, and with it the store"));
            }
            if ours && name == "saleflex-sync" && on == "saleflex-store" && dependency["optional"] != true {
                findings.push(format!("{name}: {on} must be optional, behind the feature `{TILL}`"));
            }
        }
    }
    Ok(findings)
}

fn brings_the_store(dependency: &Value) -> bool {
    let named =
        dependency["features"].as_array().is_some_and(|features| features.iter().any(|name| name == TILL));
    named || dependency["uses_default_features"] != false
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn dependency(name: &str) -> Value {
        json!({"name": name, "path": "/x", "optional": false, "features": [], "uses_default_features": false})
    }

    fn findings(package: &str, dependency: &Value) -> Vec<String> {
        let metadata = json!({"packages": [{"name": package, "dependencies": [dependency]}]});
        check(&metadata.to_string()).unwrap()
    }

    #[test]
    fn an_arrow_that_the_table_lacks_is_found_for_every_kind_of_dependency() {
        for (package, on) in [
            ("saleflex-core", "saleflex-store"),
            ("saleflex-store", "saleflex-sync"),
            ("saleflex-sync", "saleflex-gate"),
            ("saleflex-gate", "saleflex-store"),
            ("saleflex-gate", "saleflex-tui"),
            ("saleflex-tui", "saleflex-gate"),
            ("saleflex-store", "xtask"),
        ] {
            let mut arrow = dependency(on);
            assert_eq!(findings(package, &arrow), [format!("{package}: must not depend on {on}")]);
            arrow["kind"] = json!("dev");
            assert_eq!(findings(package, &arrow), [format!("{package}: must not depend on {on}")]);
        }
        assert!(findings("saleflex-tui", &dependency("saleflex-store")).is_empty());
    }

    #[test]
    fn the_hub_takes_the_wire_without_the_store() {
        let mut arrow = dependency("saleflex-sync");
        assert!(findings("saleflex-gate", &arrow).is_empty());
        arrow["features"] = json!(["till"]);
        assert_eq!(findings("saleflex-gate", &arrow).len(), 1);
        let mut arrow = dependency("saleflex-sync");
        arrow["uses_default_features"] = json!(true);
        assert_eq!(findings("saleflex-gate", &arrow).len(), 1);
        assert_eq!(findings("saleflex-sync", &dependency("saleflex-store")).len(), 1);
    }

    #[test]
    fn a_crate_nobody_thought_of_is_found() {
        assert_eq!(findings("saleflex-extra", &dependency("serde")).len(), 1);
    }
}
