//! Starting a till of a large shop: how long until it is open, and how much memory it holds then. Each start is a
//! process of its own.

use std::{env, path::Path, process::Command, time::Duration};

use anyhow::{Context, ensure};
use saleflex_store::Till;

use crate::{
    Run,
    figures::{Times, grouped, heading, judged, row, show, show_bytes},
    process,
    shop::{SECRET, Shop, USER, shell},
};

/// The argument that makes this program the process that starts.
pub(crate) const CHILD: &str = "--start-a-till";

pub(crate) fn print(run: &Run) -> anyhow::Result<()> {
    let products = run.sized(100_000, 10_000);
    heading(&format!("Starting with {} products, a process each time", grouped(products)));
    let folder = run.folder()?;
    let path = folder.path().join("till.saleflex");
    drop(Shop::create(&path, products)?);
    let (mut opened, mut held, mut most) = (Times::default(), Vec::new(), Vec::new());
    for _ in 0..run.sized(11, 3) {
        let start = start(&path)?;
        opened.push(start.opened);
        held.extend(start.memory.map(|(now, _)| now));
        most.extend(start.memory.map(|(_, most)| most));
    }
    let time = opened.median();
    judged("from the file to an open till", &show(time), "under 300 ms", time < Duration::from_millis(300));
    match median(&mut held).zip(median(&mut most)) {
        Some((held, most)) => {
            judged("memory held then", &show_bytes(held), "under 60 MB", held < MOST_BYTES);
            judged("the most held, log-in included", &show_bytes(most), "under 60 MB", most < MOST_BYTES);
        }
        None => row("memory", "not told by this system"),
    }
    Ok(())
}

const MOST_BYTES: u64 = 60_000_000;

fn median(values: &mut [u64]) -> Option<u64> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}

/// What a process that opened a till told of itself.
struct Start {
    opened: Duration,
    memory: Option<(u64, u64)>,
}

fn start(path: &Path) -> anyhow::Result<Start> {
    let output = Command::new(env::current_exe()?).arg(CHILD).arg(path).output()?;
    ensure!(output.status.success(), "a start failed: {}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout)?;
    let mut numbers = said.split_whitespace().map(str::parse::<u64>);
    let opened = Duration::from_nanos(numbers.next().context("the started process said nothing")??);
    let memory = match (numbers.next(), numbers.next()) {
        (Some(held), Some(most)) => Some((held?, most?)),
        _ => None,
    };
    Ok(Start { opened, memory })
}

/// The process that starts: opens the till, logs in, and tells how long it took and what it holds.
pub(crate) fn child(path: &Path) -> anyhow::Result<()> {
    let mut times = Times::default();
    let mut till = times.measure(|| Till::open(path, shell()?).map_err(anyhow::Error::from))?;
    let held = process::memory()?;
    till.log_in(USER, SECRET)?;
    let most = process::memory()?;
    print!("{}", times.total().as_nanos());
    if let Some(((held, _), (_, most))) = held.zip(most) {
        print!(" {held} {most}");
    }
    println!();
    Ok(())
}
