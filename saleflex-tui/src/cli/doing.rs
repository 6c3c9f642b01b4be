//! Who does something, and how the command answers.

use std::{fmt::Display, io::Write};

use clap::Args;
use saleflex_store::Till;
use serde::Serialize;

use super::{Call, answer, secret::Person};

/// Who does it, and how it answers.
#[derive(Args, Clone, Debug)]
pub struct Doing {
    /// Who does it; the secret is read from the variable `SALEFLEX_SECRET`, else asked for.
    #[arg(long, value_name = "NAME")]
    pub(super) user: String,
    /// Answer in JSON.
    #[arg(long)]
    pub(super) json: bool,
}

impl Doing {
    /// A till at which this person may change things.
    pub(super) fn till(&self, call: &Call<'_>) -> anyhow::Result<Till> {
        let mut till = call.till()?;
        Person { user: self.user.clone() }.log_in(call, &mut till)?;
        Ok(till)
    }

    /// Answers in JSON where that was asked for, else in words; with none of them nothing is said.
    pub(super) fn say(
        &self,
        out: &mut dyn Write,
        value: &impl Serialize,
        words: Option<&dyn Display>,
    ) -> anyhow::Result<()> {
        if self.json {
            return answer(out, value);
        }
        if let Some(words) = words {
            writeln!(out, "{words}")?;
        }
        Ok(())
    }
}
