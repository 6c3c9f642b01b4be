//! What a source file must not hold, and how long it and its functions may be.

use std::iter;

/// The most lines of a file, its tests not counted.
pub const LONGEST_FILE: usize = 500;
/// The most lines of a function: what fits a screen.
pub const LONGEST_FUNCTION: usize = 70;

/// Words for work not done. Written in halves so that this file does not hold them.
const UNFINISHED: [&str; 5] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("to", "do!("),
    concat!("unimple", "mented!("),
];

/// Paths of somebody's machine.
const MACHINE_PATHS: [&str; 5] = [
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/wo", "rk/"),
    concat!("/Us", "ers/"),
    concat!("C:", "\\"),
];

/// Checks one Rust file; `path` is from the workspace's root.
pub fn check(path: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    if path.ends_with("/mod.rs") {
        findings.push(format!("{path}: a module file is named after its module"));
    }
    for (number, line) in (1..).zip(text.lines()) {
        let mut found = |what: &str| findings.push(format!("{path}:{number}: {what}"));
        if UNFINISHED.iter().any(|word| has_word(line, word)) {
            found("unfinished work");
        }
        if line.trim_start().starts_with(concat!("#[ig", "nore")) {
            found("an ignored test");
        }
    }
    findings.extend(check_machine_paths(path, text));
    if is_test_file(path) {
        return findings;
    }
    let lines = body(text).count();
    if lines > LONGEST_FILE {
        findings.push(format!("{path}: {lines} lines of code, more than {LONGEST_FILE}"));
    }
    for (number, line) in code_above_tests(text) {
        if line.contains(concat!(".unw", "rap()")) {
            findings.push(format!("{path}:{number}: unwrap outside tests"));
        }
    }
    for (number, name, length) in functions(text) {
        if length > LONGEST_FUNCTION {
            findings
                .push(format!("{path}:{number}: `{name}` has {length} lines, more than {LONGEST_FUNCTION}"));
        }
    }
    findings
}

/// Names the lines of any text file that hold a path of somebody's machine.
pub fn check_machine_paths(path: &str, text: &str) -> Vec<String> {
    let held = |line: &str| MACHINE_PATHS.iter().any(|machine| line.contains(machine));
    let lines = (1..).zip(text.lines()).filter(|(_, line)| held(line));
    lines.map(|(number, _)| format!("{path}:{number}: a path of one machine")).collect()
}

/// The numbered lines of code: above the tests, and no comments.
pub(super) fn code_above_tests(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(body(text)).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// The lines above the tests at the end of a file. Tests that are in a file of their own may be declared anywhere.
fn body(text: &str) -> impl Iterator<Item = &str> {
    let mut lines = text.lines().peekable();
    iter::from_fn(move || {
        let line = lines.next()?;
        let begins_tests = line.trim_start().starts_with("#[cfg(test)]")
            && !lines.peek().is_some_and(|next| next.trim_end().ends_with(';'));
        (!begins_tests).then_some(line)
    })
}

fn is_test_file(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("tests.rs")
}

/// Whether `word` stands in `line` as a word of its own.
fn has_word(line: &str, word: &str) -> bool {
    let inside = |character: char| character.is_alphanumeric() || character == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line.get(at + word.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(inside) && (word.ends_with('(') || !after.is_some_and(inside))
    })
}

/// Line number, name and length of every function with a body, found by its closing brace, which a formatted
/// file has at the indentation of `fn`.
fn functions(text: &str) -> Vec<(usize, &str, usize)> {
    let lines: Vec<&str> = body(text).collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else { continue };
        let indentation: String = line.chars().take_while(|character| *character == ' ').collect();
        let head_end = lines.iter().skip(at).position(|line| line.trim_end().ends_with(['{', ';', '}']));
        let has_body =
            head_end.and_then(|end| lines.get(at + end)).is_some_and(|line| line.trim_end().ends_with('{'));
        if !has_body {
            continue;
        }
        let closing = format!("{indentation}}}");
        if let Some(length) = lines.iter().skip(at).position(|line| line.trim_end() == closing) {
            found.push((at + 1, name, length + 1));
        }
    }
    found
}

fn function_name(line: &str) -> Option<&str> {
    let mut words = line.trim_start().split(' ');
    let modifier =
        |word: &&str| matches!(*word, "const" | "async" | "unsafe" | "extern") || word.starts_with("pub");
    let word = words.find(|word| !modifier(word))?;
    if word != "fn" {
        return None;
    }
    words.next()?.split(['(', '<']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_one(text: &str) -> Vec<String> {
        check("crate/src/file.rs", text)
    }

    fn function(lines: usize) -> String {
        format!(
            "impl X {{\n    pub(crate) fn long(\n        &self,\n    ) {{\n{}    }}\n}}\n",
            "        x();\n".repeat(lines - 4)
        )
    }

    #[test]
    fn a_function_longer_than_a_screen_is_found() {
        assert!(check_one(&function(70)).is_empty());
        assert_eq!(check_one(&function(71)), ["crate/src/file.rs:2: `long` has 71 lines, more than 70"]);
    }

    #[test]
    fn a_function_without_a_body_has_no_length() {
        let text = format!(
            "trait X {{\n    fn a(\n        &self,\n    ) -> u8;\n{}    fn b() {{\n    }}\n}}\n",
            "    // long\n".repeat(80)
        );
        assert_eq!(functions(&text), [(85, "b", 2)]);
    }

    #[test]
    fn a_file_of_more_than_five_hundred_lines_is_found_and_its_tests_do_not_count() {
        let long = "struct X;\n".repeat(501);
        assert_eq!(check_one(&long), ["crate/src/file.rs: 501 lines of code, more than 500"]);
        assert!(check("crate/src/file/tests.rs", &long).is_empty());
        let tested = format!("{}#[cfg(test)]\nmod tests {{\n{long}}}", "struct X;\n".repeat(500));
        assert!(check_one(&tested).is_empty());
    }

    #[test]
    fn unwrap_is_found_in_code_and_left_alone_in_tests() {
        let line = concat!("x.unw", "rap();");
        assert_eq!(check_one(line), ["crate/src/file.rs:1: unwrap outside tests"]);
        assert!(check_one(&format!("/// {line}\n#[cfg(test)]\nmod tests {{ {line} }}")).is_empty());
        assert!(check("crate/tests/story.rs", line).is_empty());
        assert_eq!(check("examples/first_sale.rs", line).len(), 1);
    }

    #[test]
    fn unfinished_work_is_found_in_code_comments_and_tests() {
        for word in UNFINISHED {
            assert_eq!(check_one(&format!("fn f() {{ }} // {word}")).len(), 1, "{word}");
            assert_eq!(check("crate/tests/a.rs", &format!("  {word}")).len(), 1, "{word}");
        }
        assert!(check_one(concat!("const A: &str = \"XX", "XX\";")).is_empty());
    }

    #[test]
    fn an_ignored_test_is_found() {
        assert_eq!(check_one(concat!("#[cfg(test)]\n    #[ig", "nore = \"slow\"]")).len(), 1);
    }

    #[test]
    fn a_module_file_named_mod_is_found() {
        assert_eq!(check("crate/src/money/mod.rs", "").len(), 1);
    }

    #[test]
    fn a_path_of_one_machine_is_found_in_any_text() {
        for path in MACHINE_PATHS {
            assert_eq!(check_machine_paths("README.md", &format!("see\n{path}somebody")).len(), 1, "{path}");
        }
    }

    #[test]
    fn tests_of_a_file_of_their_own_end_nothing() {
        let declared = "#[cfg(test)]\nmod tests;\n";
        let inline = "#[cfg(test)]\nmod tests {\n";
        let long = function(LONGEST_FUNCTION + 1);
        assert_eq!(check_one(&format!("{declared}{long}")).len(), 1);
        assert_eq!(check_one(&format!("{inline}{long}")), [""; 0]);
    }
}
