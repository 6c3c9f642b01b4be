//! `closure rollup`: closed periods added up to days, months and years.

use std::{collections::BTreeMap, io::Write};

use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use saleflex_core::{
    closure::{self, ForeignSums, Level, RollupKey, drawer::OverShort, view},
    money::{Currency, CurrencyCode, Money},
};
use saleflex_store::Shell;
use serde_json::{Value, json};

use super::super::{Call, Ending, answer, say_none};
use crate::listing::reports::summary::shown;

/// What is added up.
#[derive(Args, Clone, Debug)]
pub struct Rollup {
    /// How far.
    #[arg(long, value_enum, default_value_t)]
    by: By,
    /// The first business date [default: the first there is].
    #[arg(long, value_name = "DATE")]
    from: Option<NaiveDate>,
    /// The last business date [default: today].
    #[arg(long, value_name = "DATE")]
    until: Option<NaiveDate>,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// What closures are put together to.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum By {
    /// The days of this till.
    Till,
    /// The days of its store.
    #[default]
    Day,
    /// The months.
    Month,
    /// The years.
    Year,
}

impl By {
    const fn level(self) -> Level {
        match self {
            Self::Till => Level::TillDay,
            Self::Day => Level::StoreDay,
            Self::Month => Level::StoreMonth,
            Self::Year => Level::StoreYear,
        }
    }
}

impl Rollup {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let today = call.place()?.1.now().business_date;
        let till = call.reader()?;
        let (from, until) = (self.from.unwrap_or(NaiveDate::MIN), self.until.unwrap_or(today));
        anyhow::ensure!(from <= until, "{until} is before {from}");
        let all = till.rollups(from, until, self.by.level()).map_err(|error| call.words(&error))?;
        if self.json {
            say_json(&all, out)?;
        } else {
            say(&all, out)?;
        }
        Ok(Ending::Good)
    }
}

fn say(all: &BTreeMap<RollupKey, closure::Rollup>, out: &mut dyn Write) -> anyhow::Result<()> {
    say_none(out, all.is_empty())?;
    for (key, rollup) in all {
        let show = |amount| rollup.currency.show(amount);
        let (report, closures) = (&rollup.report, rollup.closures);
        writeln!(
            out,
            "{:<10}  {closures:>4} closures  {:>6} documents  {:>12} gross  {:>12} tax  {:>12} net  {:>10} over/short",
            shown(key.span),
            report.document_count(),
            show(report.net_sales),
            show(report.tax),
            show(report.net_excluding_tax()),
            show(rollup.difference()),
        )?;
    }
    Ok(())
}

fn over_short_json(sum: &OverShort, money: impl Fn(Money) -> String) -> Value {
    json!({ "reason": sum.reason, "count": sum.count, "over": money(sum.over), "short": money(sum.short) })
}

/// What was over and short of a foreign currency, in that currency.
fn foreign_json((code, sums): (&CurrencyCode, &ForeignSums)) -> Value {
    let money = |amount| Currency::of(*code).format(amount);
    json!({
        "currency": code.as_str(),
        "expected_cash": money(sums.expected),
        "counted_cash": money(sums.counted),
        "over": money(sums.over),
        "short": money(sums.short),
        "difference": money(sums.difference()),
        "over_short": sums.over_short.iter().map(|sum| over_short_json(sum, money)).collect::<Vec<_>>(),
        "moved_to_safe": money(sums.moved_to_safe),
    })
}

fn say_json(all: &BTreeMap<RollupKey, closure::Rollup>, out: &mut dyn Write) -> anyhow::Result<()> {
    let shape = |(key, rollup): (&RollupKey, &closure::Rollup)| {
        let money = |amount| rollup.currency.format(amount);
        let by_reason = |sum: &OverShort| over_short_json(sum, money);
        let foreign = rollup.foreign.iter().map(foreign_json).collect::<Vec<_>>();
        let figures = serde_json::to_value(view::report_view(&rollup.report, &rollup.currency))?;
        Ok(json!({
            "span": shown(key.span),
            "store": key.store,
            "terminal": key.terminal,
            "currency": key.currency.as_str(),
            "closures": rollup.closures,
            "corrections": rollup.corrections,
            "first_date": rollup.first_date,
            "last_date": rollup.last_date,
            "suspended": rollup.suspended_count,
            "counted_closures": rollup.counted_closures,
            "expected_cash": money(rollup.expected_cash),
            "counted_cash": money(rollup.counted_cash),
            "over": money(rollup.over),
            "short": money(rollup.short),
            "difference": money(rollup.difference()),
            "over_short": rollup.over_short.iter().map(by_reason).collect::<Vec<_>>(),
            "moved_to_safe": money(rollup.moved_to_safe),
            "foreign_cash": foreign,
            "figures": figures,
        }))
    };
    answer(out, &all.iter().map(shape).collect::<anyhow::Result<Vec<_>>>()?)
}
