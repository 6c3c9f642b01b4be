//! `segment`: groups of customers.

use std::{fs, io::Write, path::PathBuf};

use anyhow::{Context, anyhow};
use clap::Subcommand;
use saleflex_core::customer::segment::{Criterion, Segment};
use saleflex_store::{Shell, Till};
use serde_json::{Value, json};

use super::{
    Call, Ending, answer,
    customer::{find, shape},
    doing::Doing,
};
use crate::{goods_named, text::Key};

/// Groups of customers.
#[derive(Clone, Debug, Subcommand)]
pub enum Segments {
    /// The segments, and how many are in each.
    List {
        /// Answer in JSON: the segments as `save` reads them, with their sizes.
        #[arg(long)]
        json: bool,
    },
    /// The customers in a segment.
    Members {
        /// Its code.
        code: String,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// How many customers a criterion would gather today; nothing is changed.
    Preview {
        /// The criterion in JSON, such as docs/customers.md shows.
        criterion: String,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Make a segment or change it, from a file with one segment in JSON, such as docs/customers.md shows.
    Save {
        /// The file.
        file: PathBuf,
        /// Who does it, and how it answers.
        #[command(flatten)]
        doing: Doing,
    },
    /// Put a customer into a segment by hand, or keep one out: its rules do not undo it.
    Set {
        /// The segment's code.
        code: String,
        /// The customer's code.
        customer: String,
        /// Out instead of in.
        #[arg(long)]
        out: bool,
        /// Who does it, and how it answers.
        #[command(flatten)]
        doing: Doing,
    },
}

/// Most members listed.
const MOST: u32 = 100_000;

impl Segments {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<Ending> {
        match self {
            Self::List { json } => list(call, *json, out)?,
            Self::Members { code, json } => members(call, code, *json, out)?,
            Self::Preview { criterion, json } => {
                let mut written: Value = serde_json::from_str(criterion).context("the criterion")?;
                let (_, mut shell) = call.place()?;
                let today = shell.now().local.date();
                let till = call.reader()?;
                name_products(call, &mut written, &till)?;
                let criterion: Criterion = serde_json::from_value(written).context("the criterion")?;
                let count = till.preview_segment(&criterion, today);
                let count = count.map_err(|error| call.words(&error))?;
                if *json {
                    answer(out, &json!({"matching": count.matching, "of": count.of}))?;
                } else {
                    writeln!(out, "{} of {}", count.matching, count.of)?;
                }
            }
            Self::Save { file, doing } => {
                let read = fs::read(file).with_context(|| file.display().to_string())?;
                let named = || file.display().to_string();
                let written: Value = serde_json::from_slice(&read).with_context(named)?;
                let mut till = doing.till(call)?;
                let segment = defined(call, written, &mut till).with_context(named)?;
                let code = segment.code.clone();
                till.save_segment(segment).map_err(|error| call.words(&error))?;
                let saved = of_code(&till, &code)?;
                let size = till.segment_size(saved).map_err(|error| call.words(&error))?;
                let words = format!("{code}  {size}");
                doing.say(out, &json!({"segment": saved, "size": size}), Some(&words))?;
            }
            Self::Set { code, customer, out: is_out, doing } => {
                let mut till = doing.till(call)?;
                let (segment, known) = (of_code(&till, code)?.id, find(call, &till, customer)?);
                till.set_segment_member(segment, known.id, !is_out).map_err(|error| call.words(&error))?;
                let size = till.segment_size(of_code(&till, code)?).map_err(|error| call.words(&error))?;
                let value = json!({"segment": code, "customer": customer, "is_in": !is_out, "size": size});
                let key = if *is_out { Key::SegmentHasNot } else { Key::SegmentHas };
                let words = call
                    .text
                    .fill(key, &[("code", code), ("customer", customer), ("size", &size.to_string())]);
                doing.say(out, &value, Some(&words))?;
            }
        }
        Ok(Ending::Good)
    }
}

fn of_code<'a>(till: &'a Till, code: &str) -> anyhow::Result<&'a Segment> {
    let mut segments = till.segments().iter();
    segments.find(|segment| segment.code == code).with_context(|| format!("there is no segment {code}"))
}

/// The segment that a file defines. What it leaves out is as it was of the segment with its code, or as of any new one.
fn defined(call: &Call<'_>, mut written: Value, till: &mut Till) -> anyhow::Result<Segment> {
    // As `list --json` shows one, beside its size.
    if let Some(within) = written.get_mut("segment").map(Value::take) {
        written = within;
    }
    name_products(call, &mut written, till)?;
    let fields = written.as_object_mut().context("a file holds one segment")?;
    let code = fields.get("code").and_then(Value::as_str);
    let known = till.segments().iter().find(|segment| Some(segment.code.as_str()) == code).cloned();
    let (is_active, order) = known.as_ref().map_or((true, 0), |known| (known.is_active, known.display_order));
    fields.entry("is_active").or_insert(json!(is_active));
    fields.entry("display_order").or_insert(json!(order));
    if let Some(description) = known.as_ref().and_then(|known| known.description.clone()) {
        fields.entry("description").or_insert(json!(description));
    }
    let id = known.map_or_else(|| till.new_segment_id(), |known| known.id);
    fields.entry("id").or_insert(json!(id));
    Ok(serde_json::from_value(written)?)
}

fn name_products(call: &Call<'_>, written: &mut Value, till: &Till) -> anyhow::Result<()> {
    let named = goods_named::by_identity(written, till);
    named.map_err(|unknown| anyhow!("{}: {}", unknown.field, unknown.words(call.text)))
}

fn list(call: &Call<'_>, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let till = call.reader()?;
    let mut rows = Vec::new();
    for segment in till.segments() {
        rows.push((segment, till.segment_size(segment).map_err(|error| call.words(&error))?));
    }
    if json {
        let rows: Vec<Value> =
            rows.iter().map(|(segment, size)| json!({"segment": segment, "size": size})).collect();
        return answer(out, &rows);
    }
    crate::cli::say_none(out, rows.is_empty())?;
    for (segment, size) in rows {
        let off = if segment.is_active { "" } else { "  off" };
        writeln!(out, "{:<20}  {:<30}  {size:>8}  {}{off}", segment.code, segment.name, segment.id)?;
    }
    Ok(())
}

fn members(call: &Call<'_>, code: &str, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let till = call.reader()?;
    let within = till.segment_members(of_code(&till, code)?, MOST).map_err(|error| call.words(&error))?;
    if json {
        let rows: Vec<Value> = within.iter().map(|customer| shape(&till, customer)).collect();
        return answer(out, &rows);
    }
    crate::cli::say_none(out, within.is_empty())?;
    for customer in within {
        writeln!(out, "{:<12}  {}", customer.code, customer.name)?;
    }
    Ok(())
}
