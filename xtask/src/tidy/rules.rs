//! Every test that a page names as the proof of a rule is there.

use std::collections::BTreeSet;

/// The columns of a page's tables that name tests begin with this word.
const COLUMN: &str = "test";

/// The names of the tests in a source: of the functions that `#[test]` stands before, `#[tokio::test]` and the like too.
pub fn tests(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut is_marked = false;
    for line in text.lines().map(str::trim_start) {
        is_marked |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
        // Other attributes may stand between.
        if let Some(name) = function(line).filter(|_| is_marked) {
            names.insert(name);
            is_marked = false;
        }
    }
    names
}

/// The name of the function that a line begins.
fn function(line: &str) -> Option<String> {
    let line = line.strip_prefix("#[test]").map_or(line, str::trim_start);
    let rest = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ")?;
    Some(rest.chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect())
}

/// Names the tests of a page's tables that no source has, and the rules whose place for a test is empty.
pub fn check(page: &str, text: &str, tests: &BTreeSet<String>) -> Vec<String> {
    let mut findings = Vec::new();
    let mut columns: Option<Vec<usize>> = None;
    for (number, line) in (1..).zip(text.lines()) {
        if !line.starts_with('|') {
            columns = None;
            continue;
        }
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let Some(columns) = &columns else {
            let is_named = |(at, cell): (usize, &&str)| cell.starts_with(COLUMN).then_some(at);
            columns = Some(cells.iter().enumerate().filter_map(is_named).collect());
            continue;
        };
        let of_tests = columns.iter().filter_map(|at| cells.get(*at));
        for cell in of_tests.filter(|cell| !cell.starts_with("---")) {
            let mut named = cell.split('`').skip(1).step_by(2).peekable();
            if named.peek().is_none() {
                findings.push(format!("{page}:{number}: no test is named"));
            }
            let missing = named.filter(|name| !tests.contains(*name));
            findings.extend(missing.map(|name| format!("{page}:{number}: there is no test `{name}`")));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_proves_a_rule_is_marked_as_a_test() {
        let source = "#[test]\nfn one_adds_up() {}\n\
                      #[test] fn two_is_paid(plans in plans()) {}\n\
                      #[tokio::test(flavor = \"multi_thread\")]\n    #[cfg(feature = \"fn why\")]\n    async fn three() {}\n\
                      fn a_helper() {}\n// #[test]\nfn in_a_comment() {}\nlet text = \"#[test] fn in_a_text() {}\";\n";
        assert_eq!(tests(source).into_iter().collect::<Vec<_>>(), ["one_adds_up", "three", "two_is_paid"]);
    }

    #[test]
    fn a_test_that_is_not_there_and_a_rule_without_one_are_found() {
        let tests = tests("#[test]\nfn one_adds_up() {}\n  #[test]\n  fn two_is_paid(plans in plans()) {}");
        let page = "| rule | test | tests on screen |\n|---|---|---|\n| A | `one_adds_up` | `two_is_paid` |\n\
                    | B | `one_adds_up` | `three_is_lost` |\n| C | | `two_is_paid` |\n\n\
                    | word | means |\n|---|---|\n| D | `no_test` |\n";
        assert_eq!(
            check("rules.md", page, &tests),
            ["rules.md:4: there is no test `three_is_lost`", "rules.md:5: no test is named"]
        );
    }
}
