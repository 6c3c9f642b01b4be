//! `archive`: closed periods as files.
//!
//! A period that is closed never changes, so its file is written once: the period on the first line, its documents
//! after it in the order they were finished. A correction never changes either and has a file of its own beside it.
//! Nothing is deleted from the till: its chain reaches from the first event
//! to the last, and a chain with a part cut out proves nothing.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::Context;
use saleflex_core::{closure::Closure, digest::Digest};
use saleflex_store::{Till, history::Found};
use serde_json::json;

use super::{Call, Ending, Lasting, answer};

pub(super) fn run(call: &Call<'_>, folder: &Path, json: bool, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let till = call.reader()?;
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let mut closures = till.closures(u32::MAX).map_err(|error| call.words(&error))?;
    closures.reverse();
    // Whoever reads along may go away: the folder is what was asked for.
    let out = &mut Lasting(out);
    let mut files = Vec::new();
    for closure in &closures {
        for (name, lines) in contents(&till, closure)? {
            let file = folder.join(name);
            let state = keep(&file, &lines)?;
            if !json {
                writeln!(out, "{}: {}", file.display(), state.word())?;
            }
            files.push((file, state, Digest::of(&lines)));
        }
    }
    if json {
        let shape = |(file, state, digest): &(PathBuf, State, Digest)| json!({ "file": file, "state": state.word(), "sha256": digest.to_string() });
        answer(out, &files.iter().map(shape).collect::<Vec<_>>())?;
    } else if files.is_empty() {
        writeln!(out, "no period is closed yet")?;
    }
    Ok(Ending::good_if(files.iter().all(|(_, state, _)| *state != State::Differs)))
}

/// What became of a file.
#[derive(Clone, Copy, Eq, PartialEq)]
enum State {
    Written,
    ThereAlready,
    Differs,
}

impl State {
    const fn word(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::ThereAlready => "there already",
            Self::Differs => "differs from the till, left as it is",
        }
    }
}

/// The files of a period, each by its name: the period as it was closed, and its corrections.
fn contents(till: &Till, closure: &Closure) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let label = closure.label();
    let mut files = vec![(format!("{label}.jsonl"), lines(till, closure)?)];
    for correction in till.corrections(closure.number())? {
        let mut line = serde_json::to_vec(&json!({ "correction": correction }))?;
        line.push(b'\n');
        files.push((format!("{label}.correction-{}.jsonl", correction.no), line));
    }
    Ok(files)
}

fn lines(till: &Till, closure: &Closure) -> anyhow::Result<Vec<u8>> {
    let mut lines = serde_json::to_vec(&json!({ "closure": closure }))?;
    lines.push(b'\n');
    for head in till.documents(closure.number())? {
        let line = match till.find_document(head.id)? {
            Some(Found::Completed(document)) => json!({ "completed": document }),
            Some(Found::Cancelled(document)) => json!({ "cancelled": document }),
            Some(Found::Open(_) | Found::Suspended(_)) | None => continue,
        };
        serde_json::to_writer(&mut lines, &line)?;
        lines.push(b'\n');
    }
    Ok(lines)
}

fn keep(file: &Path, lines: &[u8]) -> anyhow::Result<State> {
    let named = || file.display().to_string();
    if file.exists() {
        let is_same = fs::read(file).with_context(named)? == lines;
        return Ok(if is_same { State::ThereAlready } else { State::Differs });
    }
    let beside = file.with_extension("new");
    fs::write(&beside, lines).and_then(|()| fs::rename(&beside, file)).with_context(named)?;
    Ok(State::Written)
}
