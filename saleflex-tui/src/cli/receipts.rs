//! `receipts`: documents that were finished.

use std::io::Write;

use anyhow::Context;
use clap::{Subcommand, ValueEnum};
use saleflex_core::{document::Kind, ids::ClosureNumber, printout::Printout};
use saleflex_store::{
    Error, Till,
    history::{DocumentHead, Found, PassedNumber, parse_number},
};
use serde::Serialize;
use serde_json::json;

use super::{Call, Ending, answer, print};
use crate::{
    device::{printer::Format, settings::Forms},
    listing::receipts::worth,
};

/// Receipts.
#[derive(Clone, Debug, Subcommand)]
pub enum Receipts {
    /// The finished documents of a period.
    List {
        /// The period [default: the open one].
        #[arg(long, value_name = "NUMBER")]
        period: Option<u32>,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// One document.
    Show {
        /// Its number as printed, or the receipt number alone in the open period or the one before.
        number: String,
        /// How.
        #[arg(long, value_enum, default_value_t)]
        format: Show,
    },
}

/// How something is shown.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum Show {
    /// As it is printed.
    #[default]
    Text,
    /// The whole record.
    Json,
    /// A page for a browser.
    Html,
}

/// Letters on a line where nothing else is said.
const COLUMNS: usize = 42;

impl Show {
    /// Writes a printout; the record is written by who has it.
    pub(super) fn write(self, printout: &Printout, out: &mut dyn Write) -> anyhow::Result<()> {
        let format = match self {
            Self::Html => Format::Html { language: String::new() },
            Self::Text | Self::Json => Format::Text { columns: COLUMNS },
        };
        Ok(out.write_all(&format.bytes(printout))?)
    }
}

impl Receipts {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let till = call.reader()?;
        match self {
            Self::List { period, json } => {
                let period = period.map_or(till.period().number, ClosureNumber);
                let heads = till.documents(period).map_err(|error| call.words(&error))?;
                let passed = till.passed_numbers(period).map_err(|error| call.words(&error))?;
                if *json {
                    let heads = heads.iter().map(|head| shape(&till, head));
                    answer(out, &heads.chain(passed.iter().map(passed_on)).collect::<Vec<_>>())?;
                } else {
                    list(&till, &heads, out)?;
                    for one in &passed {
                        writeln!(out, "{}  {}  -> {}", one.number, passed_status(one), one.to.number)?;
                    }
                }
            }
            Self::Show { number, format: Show::Json } => {
                let found = find(&till, number).map_err(|error| call.words(&error))?;
                match found.with_context(|| format!("there is no document {number}"))? {
                    Found::Completed(document) => answer(out, &json!({ "completed": document }))?,
                    Found::Cancelled(document) => answer(out, &json!({ "cancelled": document }))?,
                    Found::Suspended(_) | Found::Open(_) => {
                        anyhow::bail!("document {number} is not finished")
                    }
                }
            }
            Self::Show { number, format } => {
                format.write(&print::receipt(call, &till, number, &Forms::default())?.printout, out)?;
            }
        }
        Ok(Ending::Good)
    }
}

/// A document by its number as printed, or by the receipt number alone in the open period or the one before.
pub(super) fn find(till: &Till, typed: &str) -> Result<Option<Found>, Error> {
    if let Some(number) = parse_number(typed) {
        return till.find_document(number);
    }
    let periods = [till.period_back(0)?, till.period_back(1)?];
    find_in(till, periods.into_iter().flatten(), typed)
}

/// A document by its number as printed, or by the receipt number alone in a period.
pub(super) fn find_of(till: &Till, period: ClosureNumber, typed: &str) -> Result<Option<Found>, Error> {
    match parse_number(typed) {
        Some(number) => till.find_document(number),
        None => find_in(till, [period], typed),
    }
}

fn find_in(
    till: &Till,
    periods: impl IntoIterator<Item = ClosureNumber>,
    typed: &str,
) -> Result<Option<Found>, Error> {
    let Ok(receipt) = typed.trim().parse::<u32>() else { return Ok(None) };
    for period in periods {
        let heads = match till.documents(period) {
            Err(Error::NoSuchClosure { .. }) => continue,
            heads => heads?,
        };
        if let Some(head) = heads.iter().find(|head| head.number.receipt == receipt) {
            return till.find_document(head.id);
        }
    }
    Ok(None)
}

const fn status(head: &DocumentHead) -> &'static str {
    if head.is_cancelled { "cancelled" } else { "completed" }
}

/// What became of a number that is no finished document's own.
fn passed_status(passed: &PassedNumber) -> &'static str {
    if passed.has_moved() { "moved" } else { "given_up" }
}

fn passed_on(passed: &PassedNumber) -> serde_json::Value {
    json!({
        "number": passed.number.to_string(),
        "status": passed_status(passed),
        "leads_to": passed.to.number.to_string(),
    })
}

fn shape(till: &Till, head: &DocumentHead) -> serde_json::Value {
    json!({
        "number": head.number.to_string(),
        "id": head.id,
        "document_type": head.document_type,
        "kind": head.kind,
        "status": status(head),
        "is_training": head.is_training,
        "finished_at": head.finished_at.instant,
        "closure": head.closure,
        "currency": till.currency().code().as_str(),
        "net_due": till.currency().format(head.net_due),
        "tax": till.currency().format(head.tax),
    })
}

fn list(till: &Till, heads: &[DocumentHead], out: &mut dyn Write) -> anyhow::Result<()> {
    crate::cli::say_none(out, heads.is_empty())?;
    for head in heads {
        let at = head.finished_at.local.format("%Y-%m-%d %H:%M");
        let training = if head.is_training { " training" } else { "" };
        // What moved in or out of the drawer is owed by nobody.
        let found = if head.kind == Kind::CashMovement { till.find_document(head.id)? } else { None };
        let moved = found.and_then(|found| found.document().cash_movement.clone());
        let (kind, amount) = match &moved {
            Some(moved) if moved.kind.is_in() => (word(&moved.kind)?, moved.amount),
            Some(moved) => (word(&moved.kind)?, -moved.amount),
            None => (word(&head.kind)?, worth(head)),
        };
        let amount = till.currency().show(amount);
        writeln!(
            out,
            "{}  {at}  {kind:<10}  {:<9}  {amount:>12} gross{training}",
            head.number,
            status(head)
        )?;
    }
    Ok(())
}

/// The word a kind is stored by.
fn word(kind: &impl Serialize) -> anyhow::Result<String> {
    Ok(serde_json::to_value(kind)?.as_str().unwrap_or_default().to_owned())
}
