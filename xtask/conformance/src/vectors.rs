//! Golden cases as data: a folder an area, files of cases, one function that runs a case of an area.
//!
//! `.jsonl` files hold a case a line, `.json` files an array of cases or one case. A case that panics is a case
//! missed, and so is every case of an area this program does not know and every file that cannot be read.

use std::{
    fmt, fs,
    num::NonZero,
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
    thread::{self, ScopedJoinHandle},
};

use anyhow::{Context, ensure};
use serde_json::Value;

mod campaign;
mod documents;
mod inventory;
mod loyalty;
pub mod matching;
mod wire;

/// Runs one case of a folder; the error says what did not match.
pub type RunCase = fn(&Value, &Path) -> Result<(), String>;

/// The areas that have a runner, by the name of their folder.
pub const AREAS: [(&str, RunCase); 5] = [
    ("campaign", |case, _| campaign::run(case)),
    ("documents", |case, _| documents::run(case)),
    ("inventory", |case, _| inventory::run(case)),
    ("loyalty", |case, _| loyalty::run(case)),
    ("wire", wire::run),
];

/// A file of an area that names its fields and holds no case.
const FIELDS: &str = "fields.json";

/// What came of all cases of a folder.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Outcome {
    areas: Vec<Area>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct Area {
    name: String,
    cases: usize,
    misses: Vec<Miss>,
}

/// A case that did not hold.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Miss {
    id: String,
    reason: String,
}

impl Outcome {
    /// How many cases there were.
    pub fn cases(&self) -> usize {
        self.areas.iter().map(|area| area.cases).sum()
    }

    /// How many of them did not hold.
    pub fn missed(&self) -> usize {
        self.areas.iter().map(|area| area.misses.len()).sum()
    }

    /// Whether all of them held.
    pub fn holds(&self) -> bool {
        self.missed() == 0
    }
}

impl fmt::Display for Outcome {
    /// A line an area, then the misses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Area { name, cases, misses } in &self.areas {
            writeln!(f, "{name}: {} of {cases} cases hold", cases - misses.len())?;
        }
        for Area { name, misses, .. } in &self.areas {
            for Miss { id, reason } in misses {
                writeln!(f, "missed {name} {id}: {reason}")?;
            }
        }
        Ok(())
    }
}

/// Runs every case of the areas in `folder` with the runners of [`AREAS`].
///
/// # Errors
/// When the folder cannot be read or holds no area.
pub fn run_folder(folder: &Path) -> anyhow::Result<Outcome> {
    run_areas(folder, &AREAS)
}

fn run_areas(folder: &Path, runners: &[(&str, RunCase)]) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::default();
    for path in sorted_entries(folder)?.into_iter().filter(|path| path.is_dir()) {
        let name = path.file_name().and_then(|name| name.to_str()).context("an area's name is not UTF-8")?;
        let runner = runners.iter().find(|(known, _)| *known == name).map(|(_, runner)| *runner);
        outcome.areas.push(run_area(name, &path, runner)?);
    }
    ensure!(!outcome.areas.is_empty(), "no areas in {}", folder.display());
    Ok(outcome)
}

/// Cases know nothing of each other: as many are under way as the machine has cores.
fn run_area(name: &str, folder: &Path, runner: Option<RunCase>) -> anyhow::Result<Area> {
    let cases = cases(folder)?;
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let share = cases.len().div_ceil(threads).max(1);
    let misses = thread::scope(|scope| {
        let shares: Vec<_> =
            cases.chunks(share).map(|cases| scope.spawn(move || misses(cases, runner, folder))).collect();
        let joined = shares.into_iter().map(ScopedJoinHandle::join);
        joined.flat_map(|misses| misses.unwrap_or_else(|panicked| panic::resume_unwind(panicked))).collect()
    });
    Ok(Area { name: name.to_owned(), cases: cases.len(), misses })
}

fn misses(cases: &[(String, Result<Value, String>)], runner: Option<RunCase>, folder: &Path) -> Vec<Miss> {
    let missed = cases.iter().filter_map(|(id, case)| {
        let held = match (case, runner) {
            (Err(reason), _) => Err(reason.clone()),
            (Ok(_), None) => Err("no runner for this area".to_owned()),
            (Ok(case), Some(runner)) => run_case(runner, case, folder),
        };
        Some(Miss { id: id.clone(), reason: held.err()? })
    });
    missed.collect()
}

fn run_case(runner: RunCase, case: &Value, folder: &Path) -> Result<(), String> {
    panic::catch_unwind(AssertUnwindSafe(|| runner(case, folder))).unwrap_or_else(|panicked| {
        let said = panicked.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| panicked.downcast_ref::<&str>().copied()).unwrap_or("without a message");
        Err(format!("panicked: {said}"))
    })
}

/// The cases of one area with their ids; text that is no case stands as the reason why.
fn cases(folder: &Path) -> anyhow::Result<Vec<(String, Result<Value, String>)>> {
    let mut cases = Vec::new();
    for path in sorted_entries(folder)? {
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let kind = path.extension().and_then(|extension| extension.to_str());
        if !matches!(kind, Some("json" | "jsonl")) || file == FIELDS {
            continue;
        }
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let values: Vec<Result<Value, String>> = if kind == Some("jsonl") {
            text.lines().filter(|line| !line.trim().is_empty()).map(parse).collect()
        } else {
            match parse(&text) {
                Ok(Value::Array(values)) => values.into_iter().map(Ok).collect(),
                one => vec![one],
            }
        };
        for (number, case) in (1..).zip(values) {
            let name = case
                .as_ref()
                .ok()
                .and_then(|case| ["id", "name", "scenario"].iter().find_map(|key| case[key].as_str()));
            cases.push((name.map_or_else(|| format!("{file} {number}"), str::to_owned), case));
        }
    }
    Ok(cases)
}

fn parse(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))
}

fn sorted_entries(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests;
