//! The files of a support bundle. What is personal or secret is left out where it is read, not painted over after; but
//! for the folders of the till, which any error may name.

use std::{fs, path::Path};

use anyhow::Context;
use serde_json::{Value, json};

use super::Call;
use crate::checkup::Check;

/// Of each file of the log the end is taken: what led to the call.
const MOST_LOG_BYTES: u64 = 1_024 * 1_024;

/// Writes a bundle to a new folder: what was found, figures of the file, the till's settings and those of the
/// program, its log. No names, no documents, no rows.
pub(super) fn write(
    folder: &Path,
    till: &Path,
    checks: &[Check],
    health: Option<&Value>,
    call: &Call<'_>,
) -> anyhow::Result<()> {
    let parent = folder.parent().unwrap_or(Path::new(""));
    call.made(parent, fs::create_dir_all(parent))?;
    call.made(folder, fs::create_dir(folder))?;
    // Checks name it by its whole path, whatever it was called by.
    let whole = fs::canonicalize(till).unwrap_or_else(|_| till.to_owned());
    let put = |name: &str, value: &Value| -> anyhow::Result<()> {
        let path = folder.join(name);
        fs::write(&path, without_folders(&without_folders(&format!("{value:#}\n"), &whole), till))
            .with_context(|| path.display().to_string())
    };
    let program = json!({
        "program": env!("CARGO_PKG_VERSION"),
        "system": std::env::consts::OS,
        "machine": std::env::consts::ARCH,
    });
    put("program.json", &program)?;
    put("checks.json", &json!(checks))?;
    put("health.json", &json!(health))?;
    if let Ok(reader) = call.reader() {
        put("till-settings.json", &json!(reader.settings()))?;
    }
    if let Ok(config) = crate::program::ProgramConfig::beside(till) {
        put("program-settings.json", &json!(config))?;
    }
    let logs = crate::log::files(till, MOST_LOG_BYTES)?;
    if !logs.is_empty() {
        let beside = folder.join("logs");
        fs::create_dir(&beside).with_context(|| beside.display().to_string())?;
        for (name, bytes) in logs {
            let path = beside.join(name);
            fs::write(&path, bytes).with_context(|| path.display().to_string())?;
        }
    }
    Ok(())
}

/// A text of JSON without the folders that the till lies in: whose computer it is often stands in their names. A folder at
/// the top, such as `/var/`, is nobody's.
fn without_folders(text: &str, till: &Path) -> String {
    let folders = till.ancestors().skip(1).filter(|folder| folder.components().count() > 2);
    folders.fold(text.to_owned(), |text, folder| {
        // With what is in it first, so that the rest of a path begins with a name.
        [folder.join(""), folder.to_owned()].iter().fold(text, |text, folder| {
            let named = json!(folder.display().to_string()).to_string();
            text.replace(named.trim_matches('"'), "")
        })
    })
}
