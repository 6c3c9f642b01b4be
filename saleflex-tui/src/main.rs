//! The program `saleflex`.

use std::process::ExitCode;

use clap::Parser;
use saleflex_tui::config::Config;

/// Exit codes: 0 done, 1 could not begin or go on, 2 wrong arguments (clap's own), 3 a script's step failed.
fn main() -> ExitCode {
    match saleflex_tui::run(&Config::parse()) {
        Ok(code) => code,
        Err(error) => {
            // An error of the terminal cannot be told better.
            let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("saleflex: {error:#}\n"));
            ExitCode::FAILURE
        }
    }
}
