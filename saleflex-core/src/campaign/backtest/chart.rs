//! A report as bar charts in SVG: what was given as recorded and with the draft, by campaign and by day.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use super::{
    Compared, Report,
    render::{name, push_line},
};
use crate::{
    campaign::compile::CampaignSet,
    catalog::is_unprintable,
    money::{Currency, Money},
};

/// Height of the highest bar, in the units of the picture.
const HEIGHT: i64 = 200;
/// From the top of a chart to the next: title, bars and the names under them.
const CHART: i64 = 310;
/// Width of two bars and a gap.
const PAIR: i64 = 24;
/// Room for the amounts beside the axis.
const AXIS: i64 = 80;
/// Room on the right, and the least width: title and legend stand in it.
const REST: i64 = 340;
/// The most campaigns that are drawn: those that gave most.
const MOST_CAMPAIGNS: usize = 40;
const BEFORE: &str = "#999";
const AFTER: &str = "#06c";

/// One pair of bars.
struct Pair<'a> {
    name: String,
    compared: &'a Compared,
}

pub(super) fn svg(report: &Report, set: &CampaignSet, currency: &Currency) -> String {
    let mut campaigns: Vec<Pair<'_>> = report
        .by_campaign
        .iter()
        .map(|(id, compared)| Pair { name: name(report, set, *id), compared })
        .collect();
    campaigns.sort_by_key(|pair| core::cmp::Reverse(most(pair.compared)));
    campaigns.truncate(MOST_CAMPAIGNS);
    let days: Vec<Pair<'_>> =
        report.by_day.iter().map(|(day, compared)| Pair { name: day.to_string(), compared }).collect();
    let pairs = i64::try_from(campaigns.len().max(days.len())).unwrap_or(i64::MAX / PAIR);
    let width = AXIS + (pairs * PAIR).max(REST) + 20;
    let mut text = String::new();
    push_line(
        &mut text,
        format_args!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {}" font-family="sans-serif" font-size="10">"#,
            2 * CHART
        ),
    );
    push_chart(&mut text, ("by campaign", 0), (&campaigns, width), currency);
    push_chart(&mut text, ("by day", CHART), (&days, width), currency);
    text.push_str("</svg>\n");
    text
}

fn push_chart(
    text: &mut String,
    (title, top): (&str, i64),
    (pairs, width): (&[Pair<'_>], i64),
    currency: &Currency,
) {
    let highest = pairs.iter().map(|pair| most(pair.compared)).max().unwrap_or_default();
    let (base, right) = (top + HEIGHT + 30, width - 20);
    push_line(text, format_args!(r#"<text x="{AXIS}" y="{}" font-weight="bold">{title}</text>"#, top + 15));
    for (x, colour, words) in [(AXIS + 120, BEFORE, "as recorded"), (AXIS + 220, AFTER, "with the draft")] {
        push_line(
            text,
            format_args!(
                r#"<circle cx="{x}" cy="{}" r="4" fill="{colour}"/><text x="{}" y="{}">{words}</text>"#,
                top + 11,
                x + 8,
                top + 15
            ),
        );
    }
    for (amount, y) in [(highest, base - HEIGHT), (Money::ZERO, base)] {
        let shown = currency.format(amount);
        push_line(
            text,
            format_args!(
                r##"<path d="M{AXIS} {y}H{right}" stroke="#ccc"/><text x="{}" y="{}" text-anchor="end">{shown}</text>"##,
                AXIS - 6,
                y + 3
            ),
        );
    }
    for (x, pair) in (AXIS + 4..).step_by(usize::try_from(PAIR).unwrap_or(1)).zip(pairs) {
        push_pair(text, (x, base), pair, highest, currency);
    }
}

fn push_pair(
    text: &mut String,
    (left, base): (i64, i64),
    Pair { name, compared }: &Pair<'_>,
    highest: Money,
    currency: &Currency,
) {
    let name = escaped(name);
    for (amount, colour, x) in
        [(compared.before.amount, BEFORE, left), (compared.after.amount, AFTER, left + 9)]
    {
        let (height, shown) = (height(amount, highest), currency.format(amount));
        push_line(
            text,
            format_args!(
                r#"<rect x="{x}" y="{}" width="8" height="{height}" fill="{colour}"><title>{name}: {shown}</title></rect>"#,
                base - height
            ),
        );
    }
    let (x, y) = (left + 10, base + 8);
    push_line(
        text,
        format_args!(r#"<text x="{x}" y="{y}" transform="rotate(60 {x} {y})" font-size="8">{name}</text>"#),
    );
}

fn most(compared: &Compared) -> Money {
    compared.before.amount.max(compared.after.amount)
}

/// A bar's height, rounded down.
fn height(amount: Money, most: Money) -> i64 {
    let whole = i128::from(most.minor().max(1));
    i64::try_from(i128::from(amount.minor().max(0)) * i128::from(HEIGHT) / whole).unwrap_or(HEIGHT)
}

/// A name as it may stand in a picture: codes are free text.
fn escaped(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars().take(20) {
        match letter {
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '&' => text.push_str("&amp;"),
            letter if is_unprintable(letter) => text.push(' '),
            letter => text.push(letter),
        }
    }
    text
}
