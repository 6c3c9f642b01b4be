//! Sheets to read, and to print: a cashier's time sheet, a work session, an act of the audit trail.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use saleflex_core::{
    cashier::{
        metrics::Metrics,
        time_clock::{ClockEntry, ClockRecord},
    },
    ids::{CashierId, DocumentId},
    money::Money,
    printout::{Align, Printout, text as plain_text},
};
use saleflex_store::{Error, Till};
use uuid::Uuid;

use super::{Paper, Reply, paper::RECEIPT_WIDTH};
use crate::{
    checkup,
    listing::{
        audit::{actor, changes, figure, subject, who},
        employees::hours,
        messages::said,
        reports::products::counted,
        sessions::ending,
    },
    message,
    record::stock::picking,
    text::{Key, Text},
};

/// The latest stays at work that a sheet lists.
const MOST_SHIFTS: usize = 31;
/// The latest records of the clock that it lists.
const MOST_RECORDS: usize = 40;

/// What the clock says of a cashier: stays, minutes by day, records with their corrections.
pub(super) fn time_sheet(till: &Till, text: &Text, cashier: CashierId) -> Result<Reply, Error> {
    let attendance = till.attendance(cashier)?;
    let mut lines = Vec::new();
    for shift in attendance.shifts.iter().rev().take(MOST_SHIFTS) {
        let from = shift.from.local.format("%Y-%m-%d %H:%M");
        let to = shift.to.map_or_else(|| "  ...".to_owned(), |to| to.local.format("%H:%M").to_string());
        let worked = shift.worked_min().map(|minutes| hours(minutes.into())).unwrap_or_default();
        let pause = hours(i64::from(shift.break_s / 60));
        lines.push(format!("{from} - {to:5} {worked:>6} {pause:>6}"));
    }
    if lines.is_empty() {
        lines.push(text.word(Key::NothingToList).to_owned());
    } else {
        let heading = [Key::ColumnWorked, Key::ColumnBreaks].map(|key| text.word(key));
        lines.insert(0, format!("{:24} {:>6} {:>6}", "", heading[0], heading[1]));
    }
    lines.push(String::new());
    for entry in till.clock_entries(cashier)?.iter().rev().take(MOST_RECORDS) {
        lines.push(record(text, entry));
    }
    for (at, out_of_turn) in &attendance.open_questions {
        let when = at.local.format("%Y-%m-%d %H:%M").to_string();
        let what = text.word(message::punch(out_of_turn.punch));
        lines.push(text.fill(Key::ClockDoubtful, &[("when", &when), ("what", what)]));
    }
    let name = who(till, Some(cashier));
    Ok(Reply::Paper(readable(text.fill(Key::TimeSheetOf, &[("name", &name)]), lines)))
}

/// A record of the clock in a line.
fn record(text: &Text, entry: &ClockEntry) -> String {
    let at = entry.at.local.format("%Y-%m-%d %H:%M");
    match &entry.record {
        ClockRecord::Punched(punch) => format!("{at} #{} {}", entry.no, text.word(message::punch(*punch))),
        ClockRecord::Added { punch, at: when, reason, .. } => {
            let (when, what) = (when.local.format("%H:%M"), text.word(message::punch(*punch)));
            format!("{at} #{} + {when} {what}: {reason}", entry.no)
        }
        ClockRecord::Corrected { punch, to, reason, .. } => {
            let to = to.map_or_else(|| "-".to_owned(), |to| to.local.format("%H:%M").to_string());
            format!("{at} #{punch} = {to}: {reason}")
        }
    }
}

/// A work session: its times, its breaks, what was sold meanwhile.
pub(super) fn session(
    till: &mut Till,
    text: &Text,
    cashier: CashierId,
    started: DateTime<Utc>,
) -> Result<Reply, Error> {
    let now = till.now();
    let Some(session) = till.work_session(cashier, started)? else {
        return Ok(Reply::NotFound(text.word(Key::SessionsNone).to_owned()));
    };
    let notes = till.session_notes(&session)?;
    let beside = |of: Option<DateTime<Utc>>| {
        let own = notes.iter().filter(move |one| one.note.of_break == of);
        own.map(|one| format!("  {}: {}", who(till, one.by), one.note.note)).collect::<Vec<_>>()
    };
    let (ended, status) = ending(text, &session, &|id| who(till, Some(id)));
    let until = ended.map_or(now.instant, |at| at.instant);
    let time = |at: saleflex_core::time::Moment| at.local.format("%Y-%m-%d %H:%M").to_string();
    let pair = |key: Key, value: &str| format!("{:<20}{value:>18}", text.word(key));
    let mut lines = vec![
        pair(Key::ColumnBegan, &time(session.started_at)),
        pair(Key::ColumnEnded, &ended.map(time).unwrap_or_default()),
        pair(Key::ColumnKind, &status),
        pair(Key::ColumnLength, &hours((until - session.started_at.instant).num_minutes())),
        pair(Key::ColumnIdle, &hours(i64::from(session.idle_s / 60))),
    ];
    let plan = |planned: Option<u32>, is_over: bool| {
        let over = if is_over { text.word(Key::OverTime) } else { "" };
        let planned = text.fill(Key::PlannedFor, &[("minutes", &planned?.to_string())]);
        Some(format!("  {planned:<18}{over:>18}"))
    };
    lines.extend(plan(session.planned_min, session.is_over_time(until)));
    for pause in &session.breaks {
        let kind = text.word(message::break_kind(pause.kind));
        let span = format!("{} {}", pause.from.local.format("%H:%M"), hours(pause.minutes(until).into()));
        lines.push(format!("{kind:<20}{span:>18}"));
        lines.extend(plan(pause.planned_min, pause.is_over_time(until)));
        let by = pause.approved_by.map(|by| who(till, Some(by)));
        lines.extend(by.map(|by| format!("  {:<18}{by:>18}", text.word(Key::ColumnApproved))));
        lines.extend(beside(Some(pause.from.instant)));
    }
    let of_whole = beside(None);
    if !of_whole.is_empty() {
        lines.push(text.word(Key::SessionNotes).to_owned());
        lines.extend(of_whole);
    }
    lines.push(String::new());
    let work = till.work_of_session(&session, now)?;
    let metrics = Metrics::of(&work, &till.settings().hourly, till.currency());
    let seconds = |time: Option<u32>| time.map_or_else(|| "-".to_owned(), |time| time.to_string());
    let figures = [
        (Key::ColumnDocuments, work.documents.to_string()),
        (Key::ColumnReturns, work.returns.to_string()),
        (Key::MetricCancelled, work.cancelled.to_string()),
        (Key::ColumnItems, work.items.to_string()),
        (Key::ColumnSales, till.currency().format(work.sales)),
        (Key::ColumnVoids, work.voids.to_string()),
        (Key::MetricOverrides, work.overrides.to_string()),
        (Key::MetricApprovals, work.approvals.to_string()),
        (Key::MetricTime, metrics.average_s.map_or_else(|| "-".to_owned(), |time| time.to_string())),
        (Key::MetricFastest, seconds(metrics.fastest_s)),
        (Key::MetricSlowest, seconds(metrics.slowest_s)),
    ];
    lines.extend(figures.iter().map(|(key, value)| pair(*key, value)));
    Ok(Reply::Paper(readable(who(till, Some(cashier)), lines)))
}

/// An entry of the audit trail: its acts, and what was said about them.
pub(super) fn audit(till: &Till, text: &Text, seq: i64) -> Result<Reply, Error> {
    let entry = till.entry(seq)?;
    let mut lines = Vec::new();
    let pair = |key: Key, value: &str| format!("{:<14}{value}", text.word(key));
    for found in till.audit_of(seq)? {
        let record = found.record;
        lines.push(text.fill(Key::AuditEntry, &[("seq", &seq.to_string())]));
        lines.push(pair(Key::ColumnTime, &record.at.local.format("%Y-%m-%d %H:%M:%S").to_string()));
        lines.push(pair(Key::ColumnAct, message::act(text, record.act)));
        for (key, value) in [
            (Key::ColumnWho, who(till, actor(&record))),
            (Key::ColumnApproved, who(till, record.approved_by)),
            (Key::ColumnWhat, subject(till, text, record.subject)?),
            (Key::AuditBefore, record.before.map(|it| figure(till, text, &it)).unwrap_or_default()),
            (Key::AuditAfter, record.after.map(|it| figure(till, text, &it)).unwrap_or_default()),
        ] {
            if !value.is_empty() {
                lines.push(pair(key, &value));
            }
        }
        lines.extend(changes::of(till, text, record.act, seq)?);
        lines.push(String::new());
    }
    let mut reasons = BTreeSet::new();
    if let Ok(value) = serde_json::to_value(&entry) {
        collect_reasons(&value, &mut reasons);
    }
    lines.extend(reasons.iter().map(|reason| pair(Key::ReasonField, reason)));
    Ok(Reply::Paper(readable(text.word(Key::TitleAudit).to_owned(), lines)))
}

/// What was sold under a code in a span of business dates: what came back and what was taken off, and what is left of
/// both.
pub(super) fn product_sold(
    till: &Till,
    text: &Text,
    code: &str,
    span: (NaiveDate, NaiveDate),
) -> Result<Reply, Error> {
    let sold = till.product_sales(span.0, span.1)?;
    let Some(totals) = sold.0.get(code) else {
        return Ok(Reply::NotFound(text.word(Key::ReportNone).to_owned()));
    };
    let pair = |key: Key, value: &str| format!("{:<24}{value:>23}", text.word(key));
    let money = |amount: Money| till.currency().format(amount);
    let mut lines = vec![pair(Key::ColumnDay, &format!("{} - {}", span.0, span.1)), String::new()];
    let figures = [
        (Key::SoldOfIt, counted(totals.sold(), totals)),
        (Key::CameBackOfIt, counted(totals.returned, totals)),
        (Key::StaysSold, counted(totals.quantity, totals)),
        (Key::AtItsPrice, money(totals.gross + totals.returns)),
        (Key::ClosureDiscounts, money(totals.discounts)),
        (Key::ClosureSurcharges, money(totals.surcharges())),
        (Key::GivenBackForIt, money(totals.returns)),
        (Key::BroughtByIt, money(totals.sales)),
        (Key::ClosureTax, money(totals.tax)),
        (Key::ClosureNetOfTax, money(totals.net)),
    ];
    lines.extend(figures.iter().map(|(key, value)| pair(*key, value)));
    Ok(Reply::Paper(readable(format!("{code} {}", totals.name), lines)))
}

/// The way along the shelves for a parked document.
pub(super) fn picking(till: &mut Till, text: &Text, document: DocumentId) -> Result<Reply, Error> {
    let lines = picking::way(till, text, document)?;
    goods_for(till, text, document, lines)
}

/// Whether what lies in a box is what a parked document wants. One row has no room for many differences: they are a sheet.
pub(super) fn packed(
    till: &mut Till,
    text: &Text,
    document: DocumentId,
    typed: &str,
) -> Result<Reply, Error> {
    match picking::differences(till, text, document, typed)? {
        Err(words) => Ok(Reply::NotFound(words)),
        Ok(lines) if lines.len() > 1 => goods_for(till, text, document, lines),
        Ok(mut lines) => Ok(match lines.pop() {
            Some(only) => Reply::NotFound(only),
            None => Reply::Said(text.word(Key::PickRight).to_owned()),
        }),
    }
}

/// A sheet about the goods for a document.
fn goods_for(till: &Till, text: &Text, document: DocumentId, lines: Vec<String>) -> Result<Reply, Error> {
    let found = till.find_document(document)?;
    let number = found.map(|found| found.document().number.to_string()).unwrap_or_default();
    Ok(Reply::Paper(readable(text.fill(Key::PickingOf, &[("number", &number)]), lines)))
}

/// A message of the hub in full: a list has a line for it at most.
pub(super) fn hub_message(till: &mut Till, text: &Text, id: Uuid) -> Result<Reply, Error> {
    let now = till.now().instant;
    let found = till.messages(now)?.into_iter().find(|message| message.id == id);
    let Some(found) = found else {
        return Ok(Reply::NotFound(text.word(Key::MessagesNone).to_owned()));
    };
    let (title, body) = said(text, &found);
    let mut printout = Printout::new();
    for paragraph in [title.as_str()].into_iter().chain(body.lines()) {
        printout.paragraph(paragraph, Align::Left);
    }
    printout.cut();
    let lines = plain_text::render(&printout, RECEIPT_WIDTH);
    Ok(Reply::Paper(Paper { title: text.word(Key::TitleMessages).to_owned(), lines, printout, of: None }))
}

/// What is wrong with the till, a line for each thing that was looked at.
pub(super) fn check_up(till: &mut Till, text: &Text) -> Reply {
    let checks = checkup::at_the_till(text, till);
    let lines = checks.iter().map(|check| check.line(text)).collect();
    Reply::Paper(readable(text.word(Key::TitleCheckUp).to_owned(), lines))
}

/// Copies the till beside itself.
pub(super) fn back_up(till: &mut Till, text: &Text) -> Result<Reply, Error> {
    let said = checkup::back_up(text, till)?;
    Ok(Reply::Paper(readable(text.word(Key::TitleBackup).to_owned(), vec![said])))
}

/// What was said about an act, wherever it stands in an entry.
fn collect_reasons(value: &serde_json::Value, reasons: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    serde_json::Value::String(words) if name == "reason" => {
                        reasons.insert(words.clone());
                    }
                    value => collect_reasons(value, reasons),
                }
            }
        }
        serde_json::Value::Array(values) => values.iter().for_each(|value| collect_reasons(value, reasons)),
        _ => {}
    }
}

/// Lines to read and to print.
pub(super) fn readable(title: String, lines: Vec<String>) -> Paper {
    let mut printout = Printout::new();
    printout.title(&title);
    printout.rule('=');
    for line in &lines {
        printout.line(line);
    }
    printout.cut();
    Paper { title, lines, printout, of: None }
}
