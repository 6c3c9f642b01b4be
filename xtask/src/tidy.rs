//! The rules of the tree that a compiler does not keep, each a function from text to findings.
//!
//! A finding is one line, place first, as a compiler would print it. `tests/tidy.rs` applies the rules to this
//! workspace; the tests beside each rule prove that it can fail.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;

pub mod arrows;
pub mod links;
pub mod purity;
pub mod rules;
pub mod source;
pub mod steps;

/// Folders that hold nothing of ours.
const SKIPPED: [&str; 4] = ["target", ".git", "corpus", "artifacts"];

/// The files under `root` with one of the extensions given, each with its path from `root` and its text, sorted.
///
/// # Errors
/// When something cannot be read.
pub fn files(root: &Path, extensions: &[&str]) -> anyhow::Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder)? {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if path.is_dir() {
                if !SKIPPED.contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|given| extensions.iter().any(|wanted| given == *wanted)) {
                let text =
                    fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
                found.push((path.strip_prefix(root)?.to_string_lossy().replace('\\', "/"), text));
            }
        }
    }
    found.sort();
    Ok(found)
}

fn entries(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    entries.map(|entry| Ok(entry?.path())).collect()
}
