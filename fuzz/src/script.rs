//! Whatever stands in a script of sales: a step or a reason with its place, never a panic.

use saleflex_tui::script::{Step, parse_line};

/// Holds for any text.
///
/// # Panics
/// Where it does not: a finding.
pub fn run(text: &str) {
    for line in text.lines().take(200) {
        let read = parse_line(line);
        assert_eq!(read.is_ok(), parse_line(line).is_ok());
        match read {
            // What only blanks surround means the same.
            Ok(step) if line.len() < 3_000 => assert_eq!(parse_line(&format!("  {line} ")).ok(), Some(step)),
            Ok(_) => {}
            Err(error) => assert!(!error.to_string().is_empty()),
        }
        if line.len() < 3_000 && (line.trim().is_empty() || line.trim_start().starts_with('#')) {
            assert_eq!(parse_line(line).ok(), Some(Step::Nothing));
        }
    }
}
