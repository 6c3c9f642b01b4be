//! `closure`: periods that were closed.

use std::io::Write;

use clap::Subcommand;
use saleflex_core::{
    closure::{
        Closure,
        view::{Opened, x_view},
    },
    ids::ClosureNumber,
};
use saleflex_store::Shell;
use serde_json::{Value, json};

use super::{Call, Ending, answer, print, receipts::Show, say_none};

pub mod correcting;
mod people;
pub mod rollup;

pub use self::correcting::Correct;

/// Closed periods.
#[derive(Clone, Debug, Subcommand)]
pub enum Closures {
    /// The closed periods, the latest first.
    List {
        /// At most so many.
        #[arg(long, default_value_t = 30)]
        limit: u32,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// The figures of the open period so far, in JSON: its X report for other programs. Nothing is closed.
    Open,
    /// Correct one: the closure stays as it is, the correction is a record beside it.
    Correct(Correct),
    /// The corrections of one.
    Corrections {
        /// Its number.
        number: u32,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// What several come to together, with their corrections: the days of a till or its store, the months, the years.
    Rollup(rollup::Rollup),
    /// The Z report of one, marked as a copy.
    Show {
        /// Its number.
        number: u32,
        /// How.
        #[arg(long, value_enum, default_value_t)]
        format: Show,
    },
}

/// What the cash in the drawer follows from. Whoever counts is not to know what should be there, as on the X report.
const OF_CASH: [&str; 12] = [
    "opening_cash_amount",
    "expected_cash_amount",
    "paid_in_count",
    "paid_in_total",
    "paid_out_count",
    "paid_out_total",
    "cash_drop_count",
    "cash_drop_total",
    "payment_types",
    "currencies",
    "tips",
    "deposits",
];

fn hide_cash(told: &mut Value) {
    for name in OF_CASH {
        told[name] = Value::Null;
    }
}

impl Closures {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<Ending> {
        match self {
            Self::List { limit, json } => list(call, *limit, *json, out)?,
            Self::Open => {
                let (till, now) = (call.reader()?, call.place()?.1.now());
                let x = till.x_report().map_err(|error| call.words(&error))?;
                let staff = till.x_staff(now).map_err(|error| call.words(&error))?;
                let mut told = serde_json::to_value(x_view(&Opened {
                    period: &x.period,
                    report: &x.report,
                    first_document: x.first_document,
                    last_document: x.last_document,
                    suspended_count: x.suspended_count,
                    parked_before: Some(x.parked_before),
                    staff: &staff,
                }))?;
                if !till.settings().closing.shows_expected(false) {
                    hide_cash(&mut told);
                }
                answer(out, &told)?;
            }
            Self::Show { number, format: Show::Json } => {
                let till = call.reader()?;
                let closure = till.closure(ClosureNumber(*number)).map_err(|error| call.words(&error))?;
                let mut whole = serde_json::to_value(&closure)?;
                whole["foreign_left"] = json!(closure.foreign_left()?);
                whole["clock"] = json!(people::clock(&till, &closure).map_err(|error| call.words(&error))?);
                whole["tips"] = people::tips(&till, &closure).map_err(|error| call.words(&error))?;
                answer(out, &whole)?;
            }
            Self::Show { number, format } => {
                format.write(&print::closure(call, &*call.reader()?, *number)?, out)?;
            }
            Self::Rollup(rollup) => return rollup.run(call, out),
            Self::Correct(correct) => correct.run(call, out)?,
            Self::Corrections { number, json } => correcting::list(call, *number, *json, out)?,
        }
        Ok(Ending::Good)
    }
}

fn list(call: &Call<'_>, limit: u32, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let till = call.reader()?;
    let currency = till.currency();
    let closures = till.closures(limit).map_err(|error| call.words(&error))?;
    if json {
        let shape = |closure: &Closure| {
            json!({
                "number": closure.period.closing_number(),
                "label": closure.label().to_string(),
                "business_date": closure.business_date,
                "closed_at": closure.closed_at.instant,
                "documents": closure.report.document_count(),
                "currency": currency.code().as_str(),
                "expected_cash": currency.format(closure.expected_cash),
                "counted_cash": closure.counted_cash.map(|cash| currency.format(cash)),
            })
        };
        return answer(out, &closures.iter().map(shape).collect::<Vec<_>>());
    }
    say_none(out, closures.is_empty())?;
    for closure in &closures {
        let (at, documents) = (closure.closed_at.local, closure.report.document_count());
        let (at, expected) = (at.format("%Y-%m-%d %H:%M"), currency.show(closure.expected_cash));
        let counted = closure.counted_cash.map_or_else(|| "-".to_owned(), |cash| currency.show(cash));
        let label = closure.label();
        writeln!(
            out,
            "{label}  closed {at}  {documents:>6} documents  {expected:>12} expected  {counted:>12} counted"
        )?;
    }
    Ok(())
}
