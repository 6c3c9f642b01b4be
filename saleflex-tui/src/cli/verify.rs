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
use crate::text::{Key, Text};

pub(super) fn run(call: &Call<'_>, json: bool, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let (path, shell) = call.place()?;
    call.make_demo(&path)?;
    let verified = match Till::read(&path, shell) {
        Ok(till) => till.verify(),
        // What does not open as a till may still be looked through.
        Err(Error::Open(
            OpenError::Missing { .. }
            | OpenError::NotATill { .. }
            | OpenError::Folder { .. }
            | OpenError::Newer { .. },
        )) => return Err(call.reader().err().unwrap_or_else(|| anyhow::anyhow!("the file has changed"))),
        Err(_) => rescue::verify(&path),
    };
    let verification = verified.map_err(|error| call.refused(&path, &error))?;
    if json {
        answer(out, &shape(&verification))?;
    } else {
        say(call.text, &verification, out)?;
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

fn say(text: &Text, verification: &Verification, out: &mut dyn Write) -> anyhow::Result<()> {
    match verification {
        Verification::Whole(Whole { events, documents, closures, not_replayed, head }) => {
            let [events, documents, closures] = [events, documents, closures].map(ToString::to_string);
            let values = [("events", &*events), ("documents", &documents), ("closures", &closures)];
            writeln!(out, "{}", text.fill(Key::VerifyWhole, &values))?;
            if *not_replayed > 0 {
                let count = not_replayed.to_string();
                writeln!(out, "{}", text.fill(Key::VerifyNotReplayed, &[("count", &count)]))?;
            }
            let values = [("seq", &*head.seq.to_string()), ("link", &head.link.to_string())];
            writeln!(out, "{}", text.fill(Key::VerifyHead, &values))?;
        }
        Verification::Tampered { seq, what } => {
            let values = [("seq", &*seq.to_string()), ("what", &what.to_string())];
            writeln!(out, "{}", text.fill(Key::VerifyTampered, &values))?;
        }
    }
    Ok(())
}
