//! A report as a table of text.

use alloc::{
    format,
    string::{String, ToString},
};
use core::fmt::{self, Write as _};

use super::{Compared, Report};
use crate::{campaign::compile::CampaignSet, ids::CampaignId, money::Currency};

pub(super) fn table(report: &Report, set: &CampaignSet, currency: &Currency) -> String {
    let mut text = String::new();
    push_headings(&mut text, "campaign");
    for (campaign, compared) in &report.by_campaign {
        push_row(&mut text, &name(report, set, *campaign), compared, report, currency);
    }
    push_row(&mut text, "all", &report.total, report, currency);
    push_line(&mut text, format_args!(""));
    push_headings(&mut text, "day");
    for (day, compared) in &report.by_day {
        push_row(&mut text, &day.to_string(), compared, report, currency);
    }
    push_line(&mut text, format_args!(""));
    push_line(&mut text, format_args!("{} of {} documents change", report.changed, report.documents));
    if report.own > 0 {
        let own = format_args!("{} of {} judged by this very set do", report.own_changed, report.own);
        push_line(&mut text, own);
    }
    text
}

/// The code of a campaign; one that nobody knows is called by its identity.
pub(super) fn name(report: &Report, set: &CampaignSet, campaign: CampaignId) -> String {
    report.code(set, campaign).map_or_else(|| campaign.to_string(), ToString::to_string)
}

fn push_headings(text: &mut String, of: &str) {
    let row = format_args!(
        "{of:<20} {:>12} {:>12} {:>12} {:>9} {:>7} {:>6}",
        "before", "after", "more", "documents", "changed", "lift"
    );
    push_line(text, row);
}

fn push_row(text: &mut String, name: &str, compared: &Compared, report: &Report, currency: &Currency) {
    let name: String = name.chars().take(20).collect();
    let money = |amount| currency.format(amount);
    let lift = compared.after.lift(report);
    let lift = lift.map_or_else(|| "-".to_string(), |lift| format!("{}.{:02}", lift / 100, lift % 100));
    let (before, after) = (money(compared.before.amount), money(compared.after.amount));
    let (more, documents, changed) = (money(compared.more()), compared.after.documents, compared.changed);
    push_line(
        text,
        format_args!("{name:<20} {before:>12} {after:>12} {more:>12} {documents:>9} {changed:>7} {lift:>6}"),
    );
}

pub(super) fn push_line(text: &mut String, line: fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("a String takes any text");
}
