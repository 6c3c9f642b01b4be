//! How a cashier did: sums, rates and scores, the targets of those days, and the pace of the last documents.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use saleflex_core::{
    cashier::{
        metrics::{Metrics, PaidBy},
        rating::{Ratings, Stars},
    },
    ids::{CashierId, DocumentId},
    performance::Pace,
};
use saleflex_store::{Error, Till, till::Performance};

use super::{Reply, sheets::readable};
use crate::{
    listing::{audit::who, employees::hours, reports::performance::known},
    record::{rating::feedback_word, target::goal_word},
    text::{Key, Text},
};

/// The latest documents whose pace is told.
const MOST_DOCUMENTS: usize = 30;

/// How a cashier did in a span of business dates.
pub(super) fn sheet(
    till: &mut Till,
    text: &Text,
    cashier: CashierId,
    span: (NaiveDate, NaiveDate),
) -> Result<Reply, Error> {
    let all = till.performance(span.0, span.1)?;
    let Some(one) = all.into_iter().find(|one| one.cashier == cashier) else {
        return Ok(Reply::NotFound(text.word(Key::PerformanceNone).to_owned()));
    };
    let mut lines = vec![pair(text, Key::ColumnDay, &format!("{} - {}", span.0, span.1)), String::new()];
    lines.extend(sums(till, text, &one));
    lines.extend(ways_and_hours(till, text, &one));
    lines.extend(rates(text, &one.metrics));
    let improved = till.improvements(span.0, span.1)?.get(&cashier).map(|percent| format!("{percent} %"));
    lines.push(pair(text, Key::MetricImprovement, &improved.unwrap_or_default()));
    lines.extend(ratings(till, text, cashier, span)?);
    lines.extend(targets(till, text, cashier, span)?);
    lines.extend(paces(till, text, cashier, span)?);
    Ok(Reply::Paper(readable(who(till, Some(cashier)), lines)))
}

/// A label and a figure; nothing stands as a dash.
fn pair(text: &Text, key: Key, value: &str) -> String {
    let value = if value.is_empty() { "-" } else { value };
    format!("{:<24}{value:>23}", text.word(key))
}

fn sums(till: &Till, text: &Text, one: &Performance) -> Vec<String> {
    let (work, currency) = (&one.work, till.currency());
    let time = |seconds: u64| hours(i64::try_from(seconds / 60).unwrap_or(i64::MAX));
    [
        (Key::ColumnRank, one.rank.map(|rank| rank.to_string()).unwrap_or_default()),
        (Key::ColumnDocuments, work.documents.to_string()),
        (Key::ColumnReturns, work.returns.to_string()),
        (Key::MetricCancelled, work.cancelled.to_string()),
        (Key::ColumnItems, work.items.to_string()),
        (Key::ColumnSales, currency.format(work.sales)),
        (Key::MetricGross, currency.format(work.gross)),
        (Key::MetricAverage, currency.format(one.metrics.average_document)),
        (Key::TitleSessions, work.sessions.to_string()),
        (Key::ColumnWorked, time(work.worked_s())),
        (Key::ColumnIdle, time(work.idle_s)),
        (Key::MetricActive, time(work.active_s())),
        (Key::ColumnBreaks, time(work.break_s)),
        (Key::ColumnVoids, work.voids.to_string()),
        (Key::MetricOverrides, work.overrides.to_string()),
        (Key::MetricApprovals, work.approvals.to_string()),
        (Key::MetricPromotions, work.promotions.to_string()),
        (Key::MetricCoupons, work.coupons.to_string()),
    ]
    .into_iter()
    .map(|(key, value)| pair(text, key, &value))
    .collect()
}

/// How sales were paid for the most part, and the busiest hour.
fn ways_and_hours(till: &Till, text: &Text, one: &Performance) -> Vec<String> {
    let paid = PaidBy::ALL.into_iter().map(|means| {
        let documents = one.work.paid_by.get(&means).copied().unwrap_or_default();
        pair(text, paid_by(means), &documents.to_string())
    });
    let mut lines: Vec<String> = paid.collect();
    let peak = one.work.peak();
    let hour =
        peak.map(|peak| format!("{}-{}", peak.from.format("%Y-%m-%d %H:%M"), peak.to().format("%H:%M")));
    lines.push(pair(text, Key::MetricPeak, &hour.unwrap_or_default()));
    let sold =
        peak.map(|peak| format!("{} / {}", peak.hour.documents, till.currency().format(peak.hour.sales)));
    lines.push(pair(text, Key::MetricPeakSales, &sold.unwrap_or_default()));
    lines
}

const fn paid_by(means: PaidBy) -> Key {
    match means {
        PaidBy::Cash => Key::MetricPaidCash,
        PaidBy::Card => Key::MetricPaidCard,
        PaidBy::Mobile => Key::MetricPaidMobile,
        PaidBy::GiftCard => Key::MetricPaidGiftCard,
        PaidBy::Other => Key::MetricPaidOther,
    }
}

fn rates(text: &Text, metrics: &Metrics) -> Vec<String> {
    let percent = |rate: Decimal| format!("{rate} %");
    let seconds = |seconds: Option<u32>| seconds.map(|seconds| seconds.to_string()).unwrap_or_default();
    [
        (Key::MetricDocumentsHour, known(metrics.documents_per_hour)),
        (Key::MetricSalesHour, known(metrics.sales_per_hour)),
        (Key::MetricItemsHour, known(metrics.items_per_hour)),
        (Key::MetricItemsDocument, known(metrics.items_per_document)),
        (Key::MetricTime, known(metrics.average_s)),
        (Key::MetricFastest, seconds(metrics.fastest_s)),
        (Key::MetricMedian, known(metrics.median_s)),
        (Key::MetricSlowest, seconds(metrics.slowest_s)),
        (Key::MetricVoidRate, percent(metrics.void_rate)),
        (Key::MetricReturnRate, percent(metrics.return_rate)),
        (Key::MetricOverrideRate, percent(metrics.override_rate)),
        (Key::MetricErrorRate, percent(metrics.error_rate)),
        (Key::ColumnAccuracy, metrics.accuracy.to_string()),
        (Key::MetricEfficiency, known(metrics.efficiency)),
        (Key::MetricProductivity, known(metrics.productivity)),
    ]
    .into_iter()
    .map(|(key, value)| pair(text, key, &value))
    .collect()
}

/// What was said of a cashier on these days: stars on average, praise, complaints, and the words.
fn ratings(
    till: &Till,
    text: &Text,
    cashier: CashierId,
    span: (NaiveDate, NaiveDate),
) -> Result<Vec<String>, Error> {
    let said = till.ratings_of(cashier, span)?;
    let mut all = Ratings::default();
    for one in &said {
        all.add(one);
    }
    let stars = all.average().map(|average| format!("{average} ({})", all.rated)).unwrap_or_default();
    let service = all.service().map(|score| format!("{score} %")).unwrap_or_default();
    let mut lines = vec![
        pair(text, Key::MetricRating, &stars),
        pair(text, Key::MetricService, &service),
        pair(text, Key::MetricPraise, &all.praise.to_string()),
        pair(text, Key::MetricComplaints, &all.complaints.to_string()),
    ];
    for one in &said {
        let Some(note) = &one.note else { continue };
        let stars = one.stars.map(|stars| format!(" {}/{}", stars.count(), Stars::MOST)).unwrap_or_default();
        let word = text.word(feedback_word(one.feedback));
        lines.push(format!("  {} {word}{stars}: {note}", one.date));
    }
    Ok(lines)
}

/// The targets of a cashier on any of these days, and how far each goal is reached by their end.
fn targets(
    till: &Till,
    text: &Text,
    cashier: CashierId,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<String>, Error> {
    let mut lines = Vec::new();
    for record in till.targets()? {
        let target = record.target;
        if target.cashier != Some(cashier) || target.to < from || to < target.from {
            continue;
        }
        let reached = till.achievement(&target, &BTreeMap::new(), to)?;
        lines.push(String::new());
        lines.push(format!(
            "{} {} - {}: {} %",
            text.word(Key::ColumnTarget),
            target.from,
            target.to,
            reached.percent
        ));
        lines.extend(target.goals.iter().map(|(goal, value)| {
            let percent = reached.goals.get(goal).map(|percent| format!("{percent} %")).unwrap_or_default();
            format!("  {:<24}{value:>11}{percent:>10}", goal_word(text, *goal))
        }));
    }
    Ok(lines)
}

/// How long the last documents took: from the first line to the first payment, and from there to the end.
fn paces(
    till: &Till,
    text: &Text,
    cashier: CashierId,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<String>, Error> {
    let numbers: BTreeMap<DocumentId, String> =
        till.documents_between(from, to)?.iter().map(|head| (head.id, head.number.to_string())).collect();
    let paces = till.paces(from, to)?;
    let own: Vec<&Pace> =
        paces.iter().rev().filter(|pace| pace.cashier == cashier).take(MOST_DOCUMENTS).collect();
    if own.is_empty() {
        return Ok(Vec::new());
    }
    let row = |[number, items, lines, payment, speed]: [&str; 5]| {
        format!("{number:<21}{items:>6}{lines:>7}{payment:>7}{speed:>7}")
    };
    let heading =
        [Key::ColumnNumber, Key::ColumnItems, Key::ColumnScanning, Key::ColumnPaying, Key::ColumnSpeed];
    let heading = row(heading.map(|key| text.word(key)));
    let lines = own.into_iter().map(|pace| {
        let number = numbers.get(&pace.document).map_or("", String::as_str);
        let speed = known(pace.items_per_minute());
        let figures = [u64::from(pace.scanning_s), u64::from(pace.payment_s)].map(|s| format!("{s} s"));
        let row = row([number, &pace.items.to_string(), &figures[0], &figures[1], &speed]);
        let mark = if pace.is_cancelled { text.printout.report.cancelled } else { "" };
        format!("{row}  {mark}").trim_end().to_owned()
    });
    Ok([String::new(), heading].into_iter().chain(lines).collect())
}
