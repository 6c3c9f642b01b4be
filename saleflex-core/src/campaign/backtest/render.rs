//! A report to be looked at: a table of text, a chart in SVG.

use alloc::{
    format,
    string::{String, ToString},
};
use core::fmt::Write as _;

use super::{Compared, Report};
use crate::{
    campaign::compile::CampaignSet,
    money::{Currency, Money},
};

pub(super) fn table(report: &Report, set: &CampaignSet, currency: &Currency) -> String {
    let mut text = format!(
        "{:<20} {:>12} {:>12} {:>12} {:>9} {:>6}\n",
        "campaign", "before", "after", "more", "documents", "lift"
    );
    for (campaign, compared) in &report.by_campaign {
        let code = set.find(*campaign).map_or_else(|| campaign.to_string(), |one| one.code.to_string());
        push_row(&mut text, &code, compared, report, currency);
    }
    push_row(&mut text, "all", &report.total, report, currency);
    push_line(&mut text, format_args!("{} of {} documents change", report.changed, report.documents));
    text
}

fn push_row(text: &mut String, name: &str, compared: &Compared, report: &Report, currency: &Currency) {
    let name: String = name.chars().take(20).collect();
    let money = |amount| currency.format(amount);
    let lift = compared.after.lift(report);
    let lift = lift.map_or_else(|| "-".to_string(), |lift| format!("{}.{:02}", lift / 100, lift % 100));
    let (before, after) = (money(compared.before.amount), money(compared.after.amount));
    let more = money(compared.more());
    let documents = compared.after.documents;
    push_line(text, format_args!("{name:<20} {before:>12} {after:>12} {more:>12} {documents:>9} {lift:>6}"));
}

fn push_line(text: &mut String, line: core::fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("a String takes any text");
}

/// Height of the bars, in the units of the picture.
const HEIGHT: i64 = 200;
/// Width of a day: two bars and a gap.
const DAY: usize = 24;

pub(super) fn svg(report: &Report, currency: &Currency) -> String {
    let of_both = |compared: &Compared| compared.before.amount.max(compared.after.amount);
    let most = report.by_day.values().map(of_both).max().unwrap_or_default();
    let width = report.by_day.len() * DAY + 20;
    let mut text = String::new();
    push_line(
        &mut text,
        format_args!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {}" font-family="sans-serif" font-size="10">"#,
            HEIGHT + 30
        ),
    );
    for (at, (day, compared)) in report.by_day.iter().enumerate() {
        let bars = [(compared.before.amount, "#999", 0), (compared.after.amount, "#06c", 9)];
        for (amount, colour, offset) in bars {
            let (x, height) = (10 + at * DAY + offset, height(amount, most));
            let (y, shown) = (HEIGHT + 15 - height, currency.format(amount));
            push_line(
                &mut text,
                format_args!(
                    r#"<rect x="{x}" y="{y}" width="8" height="{height}" fill="{colour}"><title>{day}: {shown}</title></rect>"#
                ),
            );
        }
    }
    push_line(&mut text, format_args!(r#"<text x="10" y="10">{}</text>"#, currency.format(most)));
    text.push_str("</svg>\n");
    text
}

/// A bar's height, rounded down.
fn height(amount: Money, most: Money) -> i64 {
    let whole = i128::from(most.minor().max(1));
    i64::try_from(i128::from(amount.minor().max(0)) * i128::from(HEIGHT) / whole).unwrap_or(HEIGHT)
}
