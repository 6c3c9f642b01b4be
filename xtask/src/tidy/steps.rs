//! Inside core, a module uses only modules of lower steps; modules of one step do not see each other.

use std::collections::{BTreeMap, BTreeSet};

/// The steps, lowest first.
pub const STEPS: [&[&str]; 12] = [
    &["written"],
    &["digest", "ids", "money", "time"],
    &["quantity", "authority", "scalar"],
    &["tax"],
    &["catalog", "tender", "adjustment", "cashier"],
    &["basket", "customer", "inventory"],
    &["campaign", "loyalty", "document"],
    &["checkout"],
    &["closure"],
    &["printout", "settings"],
    &["journal"],
    &["audit", "performance"],
];

/// Names the uses that go up or sideways. `files` are those of `saleflex-core/src` with paths from there.
pub fn check(files: &[(String, String)]) -> Vec<String> {
    let step_of: BTreeMap<&str, usize> = STEPS
        .iter()
        .enumerate()
        .flat_map(|(step, names)| names.iter().map(move |name| (*name, step)))
        .collect();
    let mut findings = Vec::new();
    for (path, text) in files {
        let module = path.split(['/', '.']).next().unwrap_or_default();
        if module == "lib" {
            continue;
        }
        let Some(step) = step_of.get(module) else {
            findings.push(format!("{path}: module `{module}` stands on no step"));
            continue;
        };
        let test = path.ends_with("tests.rs");
        for (line, used) in if test { Vec::new() } else { uses(text) } {
            let lower = step_of.get(used.as_str()).is_some_and(|other| other < step);
            if used != module && !lower {
                findings
                    .push(format!("{path}:{line}: `{module}` uses `{used}`, which stands on no lower step"));
            }
        }
    }
    findings
}

/// Names the modules of the steps that are not among the files.
pub fn check_names(files: &[(String, String)]) -> Vec<String> {
    let modules: BTreeSet<&str> =
        files.iter().filter_map(|(path, _)| path.split(['/', '.']).next()).collect();
    let missing = STEPS.iter().copied().flatten().filter(|name| !modules.contains(*name));
    missing.map(|name| format!("`{name}` stands on a step and is no module")).collect()
}

/// The modules named after `crate::` in code above the tests, with their line numbers.
fn uses(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    // Depth of the braces of an open `use crate::{…}`; 0 outside one.
    let mut depth = 0_usize;
    for (number, line) in super::source::code_above_tests(text) {
        let mut rest = line;
        if depth == 0 {
            for part in line.split("crate::").skip(1) {
                rest = part;
                if !part.starts_with('{') {
                    found.push((number, first_name(part)));
                }
            }
            if !rest.starts_with('{') || !line.contains("crate::{") {
                continue;
            }
        }
        let mut name = String::new();
        for character in rest.chars() {
            match character {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 1 && (character.is_alphanumeric() || character == '_' || character == ':') {
                name.push(character);
            } else if !name.is_empty() {
                found.push((number, first_name(&name)));
                name.clear();
                // Whatever follows in a nested group belongs to the module just named.
            }
            if depth == 0 {
                break;
            }
        }
        if !name.is_empty() {
            found.push((number, first_name(&name)));
        }
    }
    found.retain(|(_, name)| !name.is_empty());
    found
}

fn first_name(path: &str) -> String {
    path.chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_one(path: &str, text: &str) -> Vec<String> {
        check(&[(path.to_owned(), text.to_owned())])
    }

    #[test]
    fn a_use_of_the_same_or_a_higher_step_is_found() {
        assert_eq!(
            check_one("tax.rs", "use crate::money::Money;\nuse crate::catalog::Product;"),
            ["tax.rs:2: `tax` uses `catalog`, which stands on no lower step"],
        );
        assert_eq!(check_one("document/decide.rs", "fn f(x: crate::closure::Closure) {}").len(), 1);
        assert!(check_one("document/decide.rs", "use crate::{document::Draft, basket::Basket};").is_empty());
    }

    #[test]
    fn grouped_imports_are_read_at_their_first_level() {
        let text =
            "use crate::{\n    money::{Money, Rounding},\n    closure::{self, Closure},\n    ids,\n};\n";
        assert_eq!(
            check_one("basket.rs", text),
            ["basket.rs:3: `basket` uses `closure`, which stands on no lower step"],
        );
        assert_eq!(check_one("ids.rs", "use crate::{time::{Moment, closure}, money};").len(), 2);
    }

    #[test]
    fn tests_and_comments_may_name_anything() {
        let text = "/// See [`crate::closure`].\n// crate::closure\nfn f() {}\n#[cfg(test)]\nmod tests { use crate::closure; }";
        assert!(check_one("money.rs", text).is_empty());
        assert!(check_one("money/tests.rs", "use crate::closure;").is_empty());
    }

    #[test]
    fn a_step_of_a_module_that_is_not_there_is_found() {
        let names = STEPS.iter().copied().flatten().filter(|name| **name != "tax");
        let files: Vec<_> = names.map(|name| (format!("{name}.rs"), String::new())).collect();
        assert_eq!(check_names(&files), ["`tax` stands on a step and is no module"]);
    }

    #[test]
    fn a_module_without_a_step_is_found() {
        assert_eq!(check_one("helpers.rs", ""), ["helpers.rs: module `helpers` stands on no step"]);
    }
}
