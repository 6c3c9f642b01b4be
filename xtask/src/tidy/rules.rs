//! Every test that a page names as the proof of a rule is there.

use std::collections::BTreeSet;

/// The columns of a page's tables that name tests begin with this word.
const COLUMN: &str = "test";

/// The names of functions in a source.
pub fn functions(text: &str) -> BTreeSet<String> {
    let names = text.split("fn ").skip(1).map(|rest| {
        rest.chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect()
    });
    names.collect()
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
    fn a_test_that_is_not_there_and_a_rule_without_one_are_found() {
        let tests = functions("#[test]\nfn one_adds_up() {}\n  fn two_is_paid(plans in plans()) {}");
        let page = "| rule | test | tests on screen |\n|---|---|---|\n| A | `one_adds_up` | `two_is_paid` |\n\
                    | B | `one_adds_up` | `three_is_lost` |\n| C | | `two_is_paid` |\n\n\
                    | word | means |\n|---|---|\n| D | `no_test` |\n";
        assert_eq!(
            check("rules.md", page, &tests),
            ["rules.md:4: there is no test `three_is_lost`", "rules.md:5: no test is named"]
        );
    }
}
