//! X and Z reports.

use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    catalog::DepartmentNo,
    closure::{Closure, Corrected, Correction, Period, Report, Staff},
    ids::CashierId,
    money::Money,
    printout::{Align, Printout, words::Words},
    time::Moment,
};

mod corrected;
mod country;
mod handing;
mod plain;
mod rollup;
mod sections;
mod totals;

pub(super) use self::{country::declared_title, handing::why};
pub use self::{
    country::{CountryLine, country_lines, country_title},
    plain::{PlainClosure, PlainPayment, PlainTax, plain},
    rollup::rollup,
};
use self::{sections::Head, totals::Sheet};

/// What a report says besides its figures: the shop's texts, and names that figures do not carry.
#[derive(Clone, Copy, Debug)]
pub struct ReportFrame<'a> {
    /// The words it is written in.
    pub words: &'a Words,
    /// Texts above: name of the shop, address, tax office and number. A paragraph a line.
    pub header: &'a str,
    /// The till's number or name.
    pub register: &'a str,
    /// The till's serial number.
    pub serial: &'a str,
    /// Who closes or reads.
    pub cashier: &'a str,
    /// Names of cashiers.
    pub cashiers: &'a BTreeMap<CashierId, String>,
    /// Names of main departments.
    pub departments: &'a BTreeMap<DepartmentNo, String>,
    /// A copy, marked as one.
    pub copy: bool,
    /// What is or was in the drawer is left out of an X report, so that whoever counts it blind does not read it there.
    pub hides_cash: bool,
    /// How many documents of earlier periods wait at an X report: they are no document of this one, and are there.
    pub parked_before: u64,
    /// What the document that is open at an X report has taken so far, or paid back: its payments are among the figures,
    /// and no sale is.
    pub underway: Money,
}

/// The Z report of a closed period.
pub fn z_report(closure: &Closure, frame: &ReportFrame<'_>) -> Printout {
    let (out, _) = z_figures(closure, frame);
    finish(out, &closure.report, closure.suspended_count, frame)
}

/// The same with what became known since: the figures stay as they were closed, the corrections and what stands with them
/// come below.
pub fn corrected_z_report(
    closure: &Closure,
    (corrections, stands): (&[Correction], &Corrected),
    frame: &ReportFrame<'_>,
) -> Printout {
    let (mut out, sheet) = z_figures(closure, frame);
    sheet.corrections(&mut out, closure, (corrections, stands));
    finish(out, &closure.report, closure.suspended_count, frame)
}

fn z_figures<'a>(closure: &'a Closure, frame: &'a ReportFrame<'_>) -> (Printout, Sheet<'a>) {
    let title = frame.words.titles.z_report;
    let mut out = open(&closure.period, closure.closed_at, title, frame);
    let sheet = Sheet {
        report: &closure.report,
        currency: &closure.period.currency,
        frame,
        staff: Some(&closure.staff),
    };
    sheet.sales(&mut out);
    sheet.drawer(&mut out, &closure.begun(), closure.opening_cash);
    sheet.count(&mut out, closure);
    sheet.hand_overs(&mut out, closure);
    sheet.breakdown(&mut out, true);
    if let Some(figures) = &closure.country {
        sheet.country(&mut out, figures);
    }
    (out, sheet)
}

/// The X report: the same figures of the open period so far. Nothing is closed by it.
pub fn x_report(
    period: &Period,
    report: &Report,
    (suspended_count, staff): (u64, &Staff),
    at: Moment,
    frame: &ReportFrame<'_>,
) -> Printout {
    let mut out = open(period, at, frame.words.titles.x_report, frame);
    let sheet = Sheet { report, currency: &period.currency, frame, staff: Some(staff) };
    sheet.sales(&mut out);
    if frame.hides_cash {
        sheet.hidden(&mut out);
    } else {
        sheet.drawer(&mut out, period, period.opening_cash(report));
    }
    sheet.breakdown(&mut out, !frame.hides_cash);
    finish(out, report, suspended_count, frame)
}

fn open(period: &Period, at: Moment, title: &str, frame: &ReportFrame<'_>) -> Printout {
    let mut out = Printout::new();
    out.paragraph(frame.header, Align::Center);
    let marks: Vec<&str> = frame.copy.then_some(frame.words.titles.copy).into_iter().collect();
    let head = Head {
        title,
        marks: &marks,
        number: period.closing_number(),
        at: Some(at.local),
        id: &period.label().to_string(),
        period: Some((period.opened_at.local, at.local)),
        cashier: frame.cashier,
        register: frame.register,
        serial: frame.serial,
        currency: &period.currency,
    };
    sections::head(&mut out, &head, frame.words);
    // What ends before it began is no slip of whoever reads it.
    if at.local < period.opened_at.local {
        out.paragraph(frame.words.report.clock_back, Align::Center);
    }
    out
}

fn finish(mut out: Printout, report: &Report, suspended: u64, frame: &ReportFrame<'_>) -> Printout {
    let counts = &report.counts;
    let counts = [counts.valid, counts.cancelled, counts.returns, suspended];
    sections::counts(&mut out, counts, frame.parked_before, &frame.words.report);
    out.cut();
    out
}

/// A name with a count: `CASH (23)`.
fn counted(title: &str, count: u64) -> String {
    format!("{title} ({count})")
}
