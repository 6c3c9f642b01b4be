//! The memory of a hub that nobody asks anything: in a process of its own, since the one of the table holds much else.

use std::{env, path::Path};

use anyhow::Context;
use saleflex_gate::db::{Books, Sqlite};

use super::Service;
use crate::{
    Run,
    figures::{heading, judged, median, row, show_bytes},
    process,
};

/// The program that opens a hub, beside this one.
const STARTED: &str = "start-a-hub";
const MOST_BYTES: u64 = 40_000_000;

pub(super) fn print(run: &Run, folder: &Path) -> anyhow::Result<()> {
    heading("A hub with a store and a till, a process each time");
    let mut held = Vec::new();
    for start in 0..run.sized(5, 1) {
        held.extend(process::told_by(STARTED, &folder.join(format!("idle-{start}.sqlite")))?);
    }
    match median(&mut held) {
        Some(held) => judged("memory idle", &show_bytes(held), "under 40 MB", held < MOST_BYTES),
        None => row("memory idle", "not told by this system"),
    }
    Ok(())
}

/// The process that is measured: opens a hub on the new file that is its argument, and tells what it holds.
///
/// # Errors
/// Whatever of that fails.
pub fn start_a_hub() -> anyhow::Result<()> {
    let path = env::args_os().nth(1).context("usage: start-a-hub FILE")?;
    let hub = Service::open(|| Books::open(Sqlite::open(Path::new(&path))?))?;
    if let Some((held, _)) = process::memory()? {
        println!("{held}");
    }
    drop(hub);
    Ok(())
}
