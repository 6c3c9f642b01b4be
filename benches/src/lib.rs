//! What a till costs: `cargo xtask bench` prints one table. Ratios are measured side by side in one run, since
//! machines differ and drift; nothing here fails because something is slow.
//!
//! `--quick` does a small part in half a minute. `--only WORD` does the parts whose name contains the word.
//! `--dir FOLDER` says where the files lie; without, in the system's folder for temporary files, which must be on a
//! real disk for the figures to mean anything. `--groceries FILE` tries campaigns on recorded baskets too, articles with
//! commas between, and `--vectors FILE` times each case of a file of campaign vectors and does nothing else.
#![allow(clippy::print_stdout, reason = "the table is what this program is for")]

mod bare;
mod campaigns;
mod closing;
mod copies;
mod deciding;
mod delivering;
mod figures;
mod members;
mod process;
mod responding;
mod selling;
mod shop;
mod starting;
mod stocking;
mod storing;

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};

pub use delivering::start_a_hub;
pub use starting::start_a_till;

/// How a run is to be.
pub(crate) struct Run {
    /// Only a small part.
    pub(crate) is_quick: bool,
    /// Where the files lie.
    pub(crate) folder: PathBuf,
    /// Recorded baskets, one a line.
    pub(crate) groceries: Option<PathBuf>,
}

impl Run {
    /// Of two sizes the one for this run.
    pub(crate) const fn sized(&self, full: usize, quick: usize) -> usize {
        if self.is_quick { quick } else { full }
    }

    /// A folder of its own for a measurement.
    pub(crate) fn folder(&self) -> anyhow::Result<tempfile::TempDir> {
        let made = tempfile::tempdir_in(&self.folder);
        made.with_context(|| format!("cannot make a folder in {}", self.folder.display()))
    }
}

/// A part of the table.
type Part = (&'static str, fn(&Run) -> anyhow::Result<()>);

const PARTS: [Part; 10] = [
    ("deciding", |_| deciding::print()),
    ("campaigns", campaigns::print),
    ("selling", selling::print),
    ("storing", storing::print),
    ("responding", responding::print),
    ("starting", starting::print),
    ("closing", closing::print),
    ("stocking", stocking::print),
    ("members", members::print),
    ("delivering", delivering::print),
];

const USAGE: &str =
    "usage: saleflex-benches [--quick] [--only WORD] [--dir FOLDER] [--groceries FILE] [--vectors FILE]";

/// Prints the table, or what the arguments ask for of it.
///
/// # Errors
/// What is wrong with the arguments, and whatever fails of what is measured.
pub fn run() -> anyhow::Result<()> {
    let mut run = Run { is_quick: false, folder: env::temp_dir(), groceries: None };
    let mut only = String::new();
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().context(USAGE);
        match argument.as_str() {
            "--quick" => run.is_quick = true,
            "--only" => only = value()?,
            "--dir" => run.folder = value()?.into(),
            "--groceries" => run.groceries = Some(value()?.into()),
            "--vectors" => return campaigns::vectors::print(Path::new(&value()?)),
            _ => bail!(USAGE),
        }
    }
    for (_, print) in PARTS.iter().filter(|(name, _)| name.contains(&only)) {
        print(&run)?;
    }
    Ok(())
}
