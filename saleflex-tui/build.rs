//! Makes the names of all words from the English file, so that a word is added in the language files alone.

use std::{env, fs, path::Path};

const ENGLISH: &str = "src/text/en.toml";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed={ENGLISH}");
    let file = fs::read_to_string(ENGLISH)?;
    let folder = env::var("OUT_DIR")?;
    fs::write(Path::new(&folder).join("keys.rs"), format!("keys! {{ {} }}\n", names(&file).join(" ")))?;
    Ok(())
}

/// The names in the section `text`: what stands before ` = ` on a line that is not within a long text.
fn names(file: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let (mut is_text, mut is_within) = (false, false);
    for line in file.lines() {
        if !is_within {
            if line.starts_with('[') {
                is_text = line.trim() == "[text]";
            } else if let Some((name, _)) = line.split_once(" = ").filter(|_| is_text) {
                names.push(name);
            }
        }
        if line.matches("\"\"\"").count() == 1 {
            is_within = !is_within;
        }
    }
    names
}
