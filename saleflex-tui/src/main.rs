//! The program `saleflex`.

use std::process::ExitCode;

use clap::Parser;
use saleflex_tui::{config::Config, message};

/// Exit codes: 0 done, 1 could not begin or go on, 2 wrong arguments (clap's own), 3 a script's step failed.
fn main() -> ExitCode {
    match saleflex_tui::run(&Config::parse()) {
        Ok(code) => code,
        Err(error) => {
            let words = message::with_causes(error.as_ref());
            // An error of the terminal cannot be told better.
            let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("saleflex: {words}\n"));
            ExitCode::FAILURE
        }
    }
}
