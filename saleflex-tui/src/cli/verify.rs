//! `verify`: whether what is stored is what happened.

use std::io::Write;

use saleflex_store::{
    Error, Till,
    error::OpenError,
    rescue,
    verify::{Verification, Whole},
};
use serde_json::json;

use super::{Call, Ending, answer};

pub(super) fn run(call: &Call<'_>, json: bool, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let (path, shell) = call.place()?;
    let verified = match Till::read(&path, shell) {
        Ok(till) => till.verify(),
        // What does not open as a till may still be looked through.
        Err(Error::Open(
            OpenError::Missing { .. } | OpenError::NotATill { .. } | OpenError::Newer { .. },
        )) => return Err(call.reader().err().unwrap_or_else(|| anyhow::anyhow!("the file has changed"))),
        Err(_) => rescue::verify(&path),
    };
    let verification = verified.map_err(|error| call.refused(&path, &error))?;
    if json {
        answer(out, &shape(&verification))?;
    } else {
        say(&verification, out)?;
    }
    Ok(Ending::good_if(matches!(verification, Verification::Whole(_))))
}

/// The answer in JSON.
pub(super) fn shape(verification: &Verification) -> serde_json::Value {
    match verification {
        Verification::Whole(Whole { events, documents, closures, not_replayed, head }) => json!({
            "whole": true, "events": events, "documents": documents, "closures": closures,
            "not_replayed": not_replayed, "head": { "seq": head.seq, "link": head.link.to_string() },
        }),
        Verification::Tampered { seq, what } => {
            json!({ "whole": false, "seq": seq, "what": what.to_string() })
        }
    }
}

fn say(verification: &Verification, out: &mut dyn Write) -> anyhow::Result<()> {
    match verification {
        Verification::Whole(Whole { events, documents, closures, not_replayed, head }) => {
            writeln!(out, "whole: {events} events, {documents} documents, {closures} closed periods")?;
            if *not_replayed > 0 {
                writeln!(out, "not replayed, as earlier rules priced them: {not_replayed} documents")?;
            }
            writeln!(out, "the chain ends at event {} with {}", head.seq, head.link)?;
        }
        Verification::Tampered { seq, what } => writeln!(out, "TAMPERED at event {seq}: {what}")?,
    }
    Ok(())
}
