//! Telling a scanner from a typist. A scanner types faster than anyone can and ends with Enter; or it is set up to
//! send a prefix first.
//!
//! Keys that only write text are passed on at once, so that typing is never slowed; when Enter shows that they
//! were a scan, they are taken back. Where letters run functions, nothing could be taken back, so there a burst
//! is held until it is over: digits a little longer than letters, and many of them as long as a slow scanner may take,
//! since what is let go in the middle of a code runs whatever its digits stand for.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyModifiers};

use super::{BURST_GAP, Listening};
use crate::{entry::is_product, keymap::Key};

/// The shortest code recognised by speed alone: an EAN-8 has eight digits.
const SHORTEST: usize = 8;
/// Longest time between two digits of a slow scanner, one behind a radio or a busy computer: faster than a person types
/// on and on.
const DIGITS_GAP: Duration = Duration::from_millis(50);
/// So many digits at such a speed are a code.
const SURELY_A_CODE: usize = 4;
/// Longest time between two keys after a prefix or within what is surely a code, which no person types by accident.
const SURE_GAP: Duration = Duration::from_millis(250);
/// The longest: anything beyond is no barcode, nor a label of several elements.
const LONGEST: usize = 120;

/// What the keys heard so far come to.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// A key pressed by a person.
    Key(Key),
    /// A code; so many of its characters were passed on as keys before.
    Scan {
        /// The code.
        code: String,
        /// The characters of it that were taken for typing.
        typed: String,
    },
}

/// Listens to keys and their times.
#[derive(Clone, Debug, Default)]
pub struct Scanner {
    /// The character a scanner sends before a code, where it is set up so.
    prefix: Option<char>,
    burst: String,
    /// How many characters of the burst are held back.
    held: usize,
    is_prefixed: bool,
    last: Option<Duration>,
}

impl Scanner {
    /// A listener; `prefix` is the character that scanners are set up to send first.
    pub fn new(prefix: Option<char>) -> Self {
        Self { prefix, ..Self::default() }
    }

    /// Takes a key that came `at` a time of a clock that never goes back.
    pub fn hear(&mut self, key: Key, at: Duration, listening: Listening) -> Vec<Heard> {
        let mut heard = self.wait(at);
        self.last = Some(at);
        let is_prefix = self.prefix.is_some() && key.typed() == self.prefix;
        if is_prefix && matches!(listening, Listening::Lookup | Listening::Commands) {
            heard.extend(self.release());
            self.is_prefixed = true;
            return heard;
        }
        if key == Key::ENTER && self.is_scan(listening) {
            let skipped = self.burst.chars().count() - self.held;
            let typed = self.burst.chars().take(skipped).collect();
            // Where a secret or words are typed, the sign that scanners send first was a key as any other.
            let code = self.code().to_owned();
            heard.push(Heard::Scan { code, typed });
            *self = Self { prefix: self.prefix, ..Self::default() };
            return heard;
        }
        match typed(key) {
            Some(character) if listening != Listening::Typing && self.burst.len() < LONGEST * 4 => {
                self.burst.push(character);
                if self.is_prefixed || self.held > 0 || listening == Listening::Commands {
                    self.held += 1;
                } else {
                    heard.push(Heard::Key(key));
                }
            }
            _ => {
                heard.extend(self.release());
                heard.push(Heard::Key(key));
            }
        }
        heard
    }

    /// Gives up waiting where the last key is too long ago.
    pub fn wait(&mut self, now: Duration) -> Vec<Heard> {
        let patience = self.patience();
        let is_over = self.last.is_some_and(|last| now.saturating_sub(last) > patience);
        if is_over { self.release() } else { Vec::new() }
    }

    /// How long the next key of a scanner may be in coming.
    fn patience(&self) -> Duration {
        let is_held = self.held > 0 && self.burst.chars().all(|character| character.is_ascii_digit());
        if self.is_prefixed || (is_held && self.held >= SURELY_A_CODE) {
            SURE_GAP
        } else if is_held {
            DIGITS_GAP
        } else {
            BURST_GAP
        }
    }

    /// Whether keys are held back, so that [`Scanner::wait`] must be asked soon.
    pub const fn is_holding(&self) -> bool {
        self.held > 0 || self.is_prefixed
    }

    fn is_scan(&self, listening: Listening) -> bool {
        if listening == Listening::Secret {
            return is_product(self.code());
        }
        if listening == Listening::Words {
            let code = self.code();
            let is_prefixed = code.len() < self.burst.len() && !code.is_empty();
            let is_code = code.contains(|c: char| c.is_ascii_digit()) && !code.contains(char::is_whitespace);
            return is_code && (is_prefixed || (SHORTEST..=LONGEST).contains(&code.chars().count()));
        }
        let length = self.burst.chars().count();
        let by_speed = (SHORTEST..=LONGEST).contains(&length);
        listening != Listening::Typing && length > 0 && (self.is_prefixed || by_speed)
    }

    /// The burst without the sign that scanners send first.
    fn code(&self) -> &str {
        self.prefix.and_then(|prefix| self.burst.strip_prefix(prefix)).unwrap_or(&self.burst)
    }

    /// The keys held back, as keys.
    fn release(&mut self) -> Vec<Heard> {
        let skipped = self.burst.chars().count() - self.held;
        let keys = self.burst.chars().skip(skipped);
        let heard = keys
            .map(|character| Heard::Key(Key::new(KeyCode::Char(character), KeyModifiers::NONE)))
            .collect();
        *self = Self { prefix: self.prefix, last: self.last, ..Self::default() };
        heard
    }
}

/// The character that a key writes.
fn typed(key: Key) -> Option<char> {
    if is_separator(key) { Some('\u{1d}') } else { key.typed() }
}

/// Whether a key is the separator between GS1 elements: a terminal tells it as Ctrl and 5.
pub(crate) fn is_separator(key: Key) -> bool {
    key == Key::new(KeyCode::Char('5'), KeyModifiers::CONTROL)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(character: char) -> Key {
        Key::new(KeyCode::Char(character), KeyModifiers::NONE)
    }

    /// Types `text` and Enter with so many milliseconds between keys; what came of it, in one line.
    fn hear(scanner: &mut Scanner, text: &str, gap_ms: u64, listening: Listening) -> String {
        let mut at = Duration::from_secs(10);
        let mut heard = Vec::new();
        for key in text.chars().map(key).chain([Key::ENTER]) {
            at += Duration::from_millis(gap_ms);
            heard.extend(scanner.hear(key, at, listening));
        }
        heard.extend(scanner.wait(at + Duration::from_secs(1)));
        let show = |heard: &Heard| match heard {
            Heard::Key(key) => key.to_string(),
            Heard::Scan { code, typed } => format!("<{code}, typed {typed}>"),
        };
        heard.iter().map(show).collect()
    }

    #[test]
    fn a_fast_burst_is_a_scan_and_its_keys_are_taken_back() {
        let mut scanner = Scanner::new(None);
        let heard = hear(&mut scanner, "40063813", 2, Listening::Lookup);
        assert_eq!(heard, "40063813<40063813, typed 40063813>");
        assert_eq!(hear(&mut scanner, "12", 2, Listening::Lookup), "12Enter");
    }

    #[test]
    fn a_person_is_never_taken_for_a_scanner() {
        let mut scanner = Scanner::new(None);
        assert_eq!(hear(&mut scanner, "40063813", 60, Listening::Lookup), "40063813Enter");
        assert_eq!(hear(&mut scanner, "ddd", 60, Listening::Commands), "dddEnter");
    }

    #[test]
    fn where_letters_run_functions_none_of_a_scan_gets_through() {
        let mut scanner = Scanner::new(None);
        assert_eq!(hear(&mut scanner, "dqrp1234", 2, Listening::Commands), "<dqrp1234, typed >");
        assert!(!scanner.is_holding());
        let at = Duration::from_secs(100);
        assert!(scanner.hear(key('d'), at, Listening::Commands).is_empty());
        assert!(scanner.is_holding());
        assert!(scanner.wait(at + Duration::from_millis(10)).is_empty());
        assert_eq!(scanner.wait(at + Duration::from_millis(30)), [Heard::Key(key('d'))]);
    }

    #[test]
    fn where_digits_run_functions_a_slow_or_halting_scanner_is_told_from_a_person() {
        let mut scanner = Scanner::new(None);
        for gap_ms in [2, 30, 50] {
            let heard = hear(&mut scanner, "9781234567897", gap_ms, Listening::Commands);
            assert_eq!(heard, "<9781234567897, typed >", "{gap_ms} ms");
        }
        // Four digits came at once, then the computer was busy.
        let mut at = Duration::from_secs(100);
        let mut heard = Vec::new();
        for (sent, digit) in "97812345678".chars().enumerate() {
            at += Duration::from_millis(if sent == 4 { 200 } else { 5 });
            heard.extend(scanner.hear(key(digit), at, Listening::Commands));
        }
        heard.extend(scanner.hear(Key::ENTER, at + Duration::from_millis(200), Listening::Commands));
        assert_eq!(heard, [Heard::Scan { code: "97812345678".to_owned(), typed: String::new() }]);
        assert_eq!(hear(&mut scanner, "9781234567897", 60, Listening::Commands), "9781234567897Enter");
    }

    #[test]
    fn a_prefix_tells_a_slow_scanner_and_a_short_code() {
        let mut scanner = Scanner::new(Some('~'));
        for gap_ms in [2, 100] {
            assert_eq!(hear(&mut scanner, "~A7", gap_ms, Listening::Lookup), "<A7, typed >");
        }
        assert_eq!(hear(&mut scanner, "A7", 2, Listening::Lookup), "A7Enter");
    }

    #[test]
    fn where_text_is_typed_everything_is_a_key() {
        let mut scanner = Scanner::new(Some('~'));
        assert_eq!(hear(&mut scanner, "~05321234567", 1, Listening::Typing), "~05321234567Enter");
    }

    #[test]
    fn where_a_secret_is_typed_the_barcode_of_a_product_alone_is_a_scan() {
        let mut scanner = Scanner::new(Some('~'));
        for (text, heard) in [
            ("40063812", "40063812<40063812, typed 40063812>"),
            ("~40063812", "~40063812<40063812, typed ~40063812>"),
            ("40063813", "40063813Enter"),
            ("long~2222", "long~2222Enter"),
        ] {
            assert_eq!(hear(&mut scanner, text, 2, Listening::Secret), heard);
        }
        assert_eq!(hear(&mut scanner, "40063812", 60, Listening::Secret), "40063812Enter");
    }

    #[test]
    fn where_words_are_typed_what_is_as_fast_as_a_scan_and_looks_like_a_code_is_one() {
        let mut scanner = Scanner::new(Some('~'));
        for (text, heard) in [
            ("5098101000017", "5098101000017<5098101000017, typed 5098101000017>"),
            ("AB-123456", "AB-123456<AB-123456, typed AB-123456>"),
            ("~A7", "~A7<A7, typed ~A7>"),
            ("bank bag 12", "bank bag 12Enter"),
            ("wholesale", "wholesaleEnter"),
            ("12", "12Enter"),
        ] {
            // A blank is told as a word.
            let heard_now = hear(&mut scanner, text, 2, Listening::Words).replace("Space", " ");
            assert_eq!(heard_now, heard);
        }
        assert_eq!(hear(&mut scanner, "5098101000017", 60, Listening::Words), "5098101000017Enter");
    }

    #[test]
    fn ten_thousand_characters_are_no_barcode() {
        let mut scanner = Scanner::new(None);
        let text = "7".repeat(10_000);
        assert_eq!(hear(&mut scanner, &text, 1, Listening::Commands), format!("{text}Enter"));
    }
}
