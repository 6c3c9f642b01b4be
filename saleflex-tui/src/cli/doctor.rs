//! `doctor`: what is wrong with a till, and a bundle of files for those who are to help.

use std::{io::Write, path::PathBuf};

use clap::Args;
use saleflex_store::{Error, Shell, Till, error::OpenError, health::Health};
use serde_json::json;

use super::{Call, Ending, answer, bundle};
use crate::{
    checkup::{self, Check, State},
    start,
    text::{Key, Text},
};

/// Look for trouble.
#[derive(Args, Clone, Debug)]
pub struct Doctor {
    /// A new folder for a support bundle: figures, settings and logs, nothing personal and no secret.
    #[arg(long, value_name = "FOLDER")]
    bundle: Option<PathBuf>,
    /// Do not look through the journal, which takes as long as it is.
    #[arg(long)]
    quick: bool,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let (path, mut shell) = call.place()?;
        call.make_demo(&path)?;
        let now = shell.now().instant;
        let mut health = None;
        let mut checks = match Till::read(&path, shell) {
            Ok(till) => {
                let (mut checks, found) = checkup::of_till(call.text, &till, now);
                health = found;
                if !self.quick {
                    checks.push(checkup::journal(call.text, &till));
                }
                checks
            }
            Err(Error::Open(OpenError::Missing { .. })) => {
                let words = call.text.fill(Key::CheckNoTill, &[("file", &path.display().to_string())]);
                vec![checkup::unopened(words)]
            }
            Err(error) => vec![checkup::unopened(start::words(call.text, &path, &error))],
        };
        checks.extend(checkup::of_zone(call.text, start::lacks_zone(call.options)));
        checks.extend(checkup::of_place(call.text, &path));
        if let Some(folder) = &self.bundle {
            bundle::write(folder, &path, &checks, health.as_ref().map(shape).as_ref(), call)?;
        }
        self.say(call.text, &checks, health.as_ref(), out)?;
        Ok(Ending::good_if(checks.iter().all(|check| check.state != State::Trouble)))
    }

    fn say(
        &self,
        text: &Text,
        checks: &[Check],
        health: Option<&Health>,
        out: &mut dyn Write,
    ) -> anyhow::Result<()> {
        if self.json {
            let version = env!("CARGO_PKG_VERSION");
            return answer(
                out,
                &json!({ "program": version, "checks": checks, "health": health.map(shape), "bundle": self.bundle }),
            );
        }
        for check in checks {
            writeln!(out, "{}", check.line(text))?;
        }
        if let Some(bundle) = &self.bundle {
            writeln!(out, "{}", text.fill(Key::BundleIs, &[("folder", &bundle.display().to_string())]))?;
        }
        Ok(())
    }
}

/// The figures in JSON.
fn shape(health: &Health) -> serde_json::Value {
    json!({
        "schema": health.schema,
        "newest_schema": health.newest_schema,
        "sqlite": health.sqlite,
        "journal_mode": health.journal_mode,
        "bytes": health.bytes,
        "free_bytes": health.free_bytes,
        "log_bytes": health.log_bytes,
        "findings": health.findings,
        "rows": health.rows,
        "last_event": health.last_event,
        "last_event_at": health.last_event_at,
        "deliveries": health.deliveries,
        "waiting_bytes": health.waiting_bytes,
        "not_queued": health.defects.not_queued.len(),
        "not_listed": health.defects.not_listed.len(),
    })
}
