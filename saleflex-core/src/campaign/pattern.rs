//! Patterns over product codes and barcodes: a prefix, a shell wildcard or a regular expression.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use regex_automata::{
    meta::{BuildError, Config, Regex},
    nfa::thompson::WhichCaptures,
    util::syntax,
};
use serde::{Deserialize, Serialize};

/// A pattern as it is written: `re:` in any case before a regular expression that is searched anywhere, text with any
/// of `* ? [ ]` as a wildcard over the whole code, anything else as a prefix. Only the mark `re:` ignores case.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Pattern(String);

/// Why a pattern cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PatternError {
    /// Nothing is written.
    #[error("the pattern is empty")]
    Empty,
    /// The regular expression is no expression, or one of those that cannot run in linear time.
    #[error("the regular expression cannot be used: {0}")]
    Regex(regex::Error),
    /// With the patterns before it in the definition it takes more memory than all patterns of a till may.
    #[error("with the patterns before it more than {most} bytes of memory")]
    TogetherTooLarge {
        /// What all together may take.
        most: usize,
    },
}

/// The most memory a compiled expression may take: fifty letters of any script; a repetition of repetitions is refused,
/// not built.
pub(super) const REGEX_BYTES: usize = 4 * 1024 * 1024;
/// The deepest nesting of an expression.
const REGEX_DEPTH: u32 = 50;
/// What an expression may note while it is asked, beside itself: codes are short.
const REGEX_NOTES_BYTES: usize = 64 * 1024;

impl Pattern {
    /// A pattern as it was written, spaces around it left out.
    pub fn new(text: &str) -> Self {
        Self(text.trim().into())
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it can be used.
    ///
    /// # Errors
    /// [`PatternError`] says why not.
    pub fn check(&self) -> Result<(), PatternError> {
        self.compile().map(|_| ())
    }

    /// What it takes of memory once it is made ready, about; nothing where it cannot be used.
    pub fn bytes(&self) -> usize {
        self.compile().map_or(0, |matcher| matcher.bytes())
    }

    pub(super) fn compile(&self) -> Result<Matcher, PatternError> {
        let text = self.0.as_str();
        if text.is_empty() {
            return Err(PatternError::Empty);
        }
        if let Some((mark, expression)) = text.split_at_checked(3)
            && mark.eq_ignore_ascii_case("re:")
        {
            let built = build(&without_dialect(expression));
            return built.map(Matcher::Regex).map_err(PatternError::Regex);
        }
        if text.contains(['*', '?', '[', ']']) {
            return Ok(Matcher::Wildcard(parse_wildcard(text)));
        }
        Ok(Matcher::Prefix(text.into()))
    }
}

fn build(expression: &str) -> Result<Regex, regex::Error> {
    // Nobody asks which part matched: without that an expression needs far less memory.
    let config = Config::new()
        .nfa_size_limit(Some(REGEX_BYTES))
        .hybrid_cache_capacity(REGEX_NOTES_BYTES)
        .which_captures(WhichCaptures::Implicit);
    let depth = syntax::Config::new().nest_limit(REGEX_DEPTH);
    Regex::builder().configure(config).syntax(depth).build(expression).map_err(|error| why(&error))
}

fn why(error: &BuildError) -> regex::Error {
    if let Some(most) = error.size_limit() {
        return regex::Error::CompiledTooBig(most);
    }
    let syntax = error.syntax_error().map(ToString::to_string);
    regex::Error::Syntax(syntax.unwrap_or_else(|| error.to_string()))
}

/// An expression with what the original's dialect writes otherwise: `\Z` for the end, `{,3}` for at most three.
fn without_dialect(expression: &str) -> String {
    let mut written = String::with_capacity(expression.len());
    let mut is_set = false;
    let mut rest = expression.chars().peekable();
    while let Some(character) = rest.next() {
        written.push(character);
        match character {
            '\\' => match rest.next() {
                Some('Z') if !is_set => written.push('z'),
                escaped => written.extend(escaped),
            },
            '[' => is_set = true,
            ']' => is_set = false,
            '{' if !is_set && rest.peek() == Some(&',') => written.push('0'),
            _ => {}
        }
    }
    written
}

/// A pattern ready to be asked.
#[derive(Clone, Debug)]
pub(super) enum Matcher {
    Prefix(String),
    Wildcard(Vec<Wild>),
    Regex(Regex),
}

impl Matcher {
    /// How much memory it takes, about; an expression with its notes.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Prefix(prefix) => prefix.len(),
            Self::Wildcard(parts) => {
                let ranges = parts.iter().map(Wild::ranges).sum::<usize>();
                size_of_val(parts.as_slice()) + ranges * size_of::<(char, char)>()
            }
            Self::Regex(regex) => regex.memory_usage() + REGEX_NOTES_BYTES,
        }
    }

    pub(super) fn matches(&self, code: &str) -> bool {
        match self {
            Self::Prefix(prefix) => code.starts_with(prefix.as_str()),
            Self::Wildcard(parts) => matches_wildcard(parts, code),
            Self::Regex(regex) => regex.is_match(code),
        }
    }
}

/// A part of a shell wildcard.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Wild {
    /// Any characters or none.
    Many,
    /// One character.
    One,
    /// This character.
    Exactly(char),
    /// One character of these ranges, or one of all others.
    Among { ranges: Vec<(char, char)>, negated: bool },
}

fn parse_wildcard(text: &str) -> Vec<Wild> {
    let characters: Vec<char> = text.chars().collect();
    let mut parts = Vec::with_capacity(characters.len());
    let mut at = 0;
    while let Some(&character) = characters.get(at) {
        at += 1;
        parts.push(match character {
            '*' => Wild::Many,
            '?' => Wild::One,
            '[' => match closing(&characters, at) {
                Some(end) => {
                    let set = parse_set(characters.get(at..end).unwrap_or_default());
                    at = end + 1;
                    set
                }
                None => Wild::Exactly('['),
            },
            other => Wild::Exactly(other),
        });
    }
    parts.dedup_by(|next, before| *next == Wild::Many && *before == Wild::Many);
    parts
}

/// Where the set that begins at `from` is closed; a `]` that stands first in it is one of its characters.
fn closing(characters: &[char], from: usize) -> Option<usize> {
    let mut at = from;
    if characters.get(at) == Some(&'!') {
        at += 1;
    }
    if characters.get(at) == Some(&']') {
        at += 1;
    }
    (at..characters.len()).find(|&at| characters.get(at) == Some(&']'))
}

fn parse_set(inside: &[char]) -> Wild {
    let (negated, mut rest) = match inside {
        ['!', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let mut ranges = Vec::new();
    loop {
        rest = match rest {
            [first, '-', last, more @ ..] => {
                ranges.push((*first, *last));
                more
            }
            [one, more @ ..] => {
                ranges.push((*one, *one));
                more
            }
            [] => return Wild::Among { ranges, negated },
        };
    }
}

impl Wild {
    const fn ranges(&self) -> usize {
        match self {
            Self::Many | Self::One | Self::Exactly(_) => 0,
            Self::Among { ranges, .. } => ranges.len(),
        }
    }

    fn takes(&self, character: char) -> bool {
        match self {
            Self::Many | Self::One => true,
            Self::Exactly(exactly) => *exactly == character,
            Self::Among { ranges, negated } => {
                ranges.iter().any(|(first, last)| (*first..=*last).contains(&character)) != *negated
            }
        }
    }
}

/// Goes back to the last `*` only, so the time is at most the product of both lengths.
fn matches_wildcard(parts: &[Wild], code: &str) -> bool {
    let mut rest = code.chars();
    let mut part = 0;
    let mut last_many = None;
    loop {
        match parts.get(part) {
            Some(Wild::Many) => {
                part += 1;
                last_many = Some((part, rest.clone()));
                continue;
            }
            None if rest.as_str().is_empty() => return true,
            here => {
                let next = rest.next();
                if let (Some(wild), Some(character)) = (here, next)
                    && wild.takes(character)
                {
                    part += 1;
                    continue;
                }
            }
        }
        let Some((after, from)) = &mut last_many else { return false };
        if from.next().is_none() {
            return false;
        }
        part = *after;
        rest = from.clone();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, code: &str) -> bool {
        Pattern::new(pattern).compile().is_ok_and(|matcher| matcher.matches(code))
    }

    #[test]
    fn a_plain_text_is_a_prefix_in_its_own_case() {
        assert!(matches(" 869 ", "8690001"));
        assert!(!matches("sku-", "SKU-1"));
        assert!(!matches("8690001", "869"));
    }

    #[test]
    fn a_wildcard_covers_the_whole_code() {
        for (pattern, code, expected) in [
            ("*00?9", "4000002000039", true),
            ("00?9", "4000002000039", false),
            ("[a-c]x*", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[!a-c]x", "dx", true),
            ("a[]]b", "a]b", true),
            ("a[b", "a[b", true),
            ("a]*", "a]", true),
            ("*a*b*c", "xxaxxbxxbcxc", true),
            ("?", "ç", true),
            ("[z-a]", "m", false),
            ("[a-]", "-", true),
            ("**", "", true),
            ("?", "", false),
        ] {
            assert_eq!(matches(pattern, code), expected, "{pattern} on {code}");
        }
    }

    #[test]
    fn a_wildcard_of_many_stars_ends_in_time() {
        let pattern = "*a".repeat(100);
        assert!(!matches(&pattern, &"a".repeat(99)));
        assert!(matches(&pattern, &"a".repeat(2_000)));
    }

    #[test]
    fn a_regular_expression_is_searched_anywhere_and_its_mark_has_any_case() {
        assert!(matches("RE:000[12]", "869000112"));
        assert!(!matches("re:^000", "869000112"));
        assert!(matches("re:\\d{3}$", "SKU-123"));
        assert!(matches("re:^\\w{50}$", &"a".repeat(50)));
        assert!(matches("re:(?i)sku-[0-9]", "SKU-123"));
    }

    #[test]
    fn the_dialect_of_the_original_is_understood() {
        assert!(matches("re:^8{,2}9\\Z", "889"));
        assert!(!matches("re:^8{,2}9\\Z", "8889"));
        assert!(!matches("re:9\\Z", "98"));
        assert!(matches("re:^[{,]\\\\Z$", ",\\Z"));
    }

    #[test]
    fn expressions_that_cannot_run_in_linear_time_or_grow_without_bound_are_refused() {
        for bad in ["re:([", "re:(?=a)b", "re:(a)\\1", "re:((a{1000}){1000}){1000}"] {
            assert!(matches!(Pattern::new(bad).check(), Err(PatternError::Regex(_))), "{bad}");
        }
        assert!(matches!(Pattern::new("  ").check(), Err(PatternError::Empty)));
    }
}
