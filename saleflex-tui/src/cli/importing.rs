//! What all imports from a file are asked with.

use std::{fs, path::PathBuf};

use anyhow::Context;
use clap::Args;
use saleflex_store::Till;

use super::{Call, secret::Person};

/// How a file is taken over.
#[derive(Args, Clone, Debug)]
pub struct Importing {
    /// The file.
    file: PathBuf,
    /// Take the good entries over although others have faults.
    #[arg(long)]
    pub(super) partial: bool,
    /// Only say what is wrong; nothing is changed, and nobody need log in.
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Who imports it; the secret is read from the variable `SALEFLEX_SECRET`, else asked for.
    #[arg(long, value_name = "NAME", required_unless_present = "dry_run")]
    user: Option<String>,
    /// Answer in JSON.
    #[arg(long)]
    pub(super) json: bool,
}

impl Importing {
    /// The file's bytes.
    pub(super) fn read(&self) -> anyhow::Result<Vec<u8>> {
        fs::read(&self.file).with_context(|| self.file.display().to_string())
    }

    /// The till that takes it over, with whoever imports logged in.
    pub(super) fn till(&self, call: &Call<'_>) -> anyhow::Result<Till> {
        let mut till = call.till()?;
        Person { user: self.user.clone().unwrap_or_default() }.log_in(call, &mut till)?;
        Ok(till)
    }

    /// `would be ` where nothing is changed.
    pub(super) const fn would(&self) -> &'static str {
        if self.dry_run { "would be " } else { "" }
    }
}
