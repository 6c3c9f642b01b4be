//! A receipt printer on the screen: listens on a TCP port as a network printer does and shows what would be on the
//! paper, line by line.
//!
//! ```sh
//! cargo run --example virtual_printer -- 127.0.0.1:9100 48
//! ```
//!
//! Set the till's printer to `tcp:127.0.0.1:9100`, or try it without a till:
//! `printf '\033@Hello\n\035VB\0' | nc -q1 127.0.0.1 9100`.

use std::{
    env,
    io::{self, Write},
    time::Duration,
};

use saleflex_tui::device::simulator::VirtualPrinter;

fn main() -> anyhow::Result<()> {
    let mut arguments = env::args().skip(1);
    let listen = arguments.next().unwrap_or_else(|| "127.0.0.1:9100".to_owned());
    let columns = arguments.next().map_or(Ok(48), |columns| columns.parse())?;
    let printer = VirtualPrinter::start(&listen, columns)?;
    let mut out = io::stdout().lock();
    writeln!(out, "A printer of {columns} columns at {}", printer.address())?;
    let edge = "-".repeat(columns);
    writeln!(out, "+{edge}+")?;
    let mut seen = 0;
    loop {
        let lines = printer.wait_for_lines(seen, Duration::from_secs(60));
        for line in &lines {
            if line == "[cut]" {
                writeln!(out, "+{edge}+\n\n+{edge}+")?;
            } else {
                writeln!(out, "|{line:<columns$}|")?;
            }
        }
        out.flush()?;
        seen += lines.len();
    }
}
