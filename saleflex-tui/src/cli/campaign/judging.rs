//! Campaigns judged before they are put in force: what is doubtful about them, and what they would have given.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::Context;
use chrono::NaiveDate;
use clap::Args;
use saleflex_core::{
    campaign::{CampaignChange, CampaignSet, Compared, ContentHash, Report, Resolution},
    money::Currency,
};
use saleflex_store::{
    Shell, Till,
    till::{Trial, TrialDays},
};
use serde_json::{Value, json};

use super::{
    super::{Call, Ending, answer},
    tables::Tables,
    taking_in,
};
use crate::{message::doubt, text::Key};

/// What is doubtful.
#[derive(Args, Clone, Debug)]
pub struct Lint {
    /// Definitions that are added to the till's, or stand in their place: a JSON list in either form.
    file: Option<PathBuf>,
    /// The original's tables beside what a hub sent: a JSON list of tender types (`id`, `type_name`), or an object of
    /// `payment_types`, `campaign_types`, `department_main_groups` and `department_sub_groups` (`id`, `code`).
    #[arg(long, visible_alias = "tables", value_name = "FILE", requires = "file")]
    payment_types: Option<PathBuf>,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// What would have been given.
#[derive(Args, Clone, Debug)]
pub struct Backtest {
    /// Definitions that are added to the till's, or stand in their place: a JSON list in either form.
    file: Option<PathBuf>,
    /// Try the definitions of the file alone.
    #[arg(long, requires = "file")]
    alone: bool,
    /// The original's tables beside what a hub sent: a JSON list of tender types (`id`, `type_name`), or an object of
    /// `payment_types`, `campaign_types`, `department_main_groups` and `department_sub_groups` (`id`, `code`).
    #[arg(long, visible_alias = "tables", value_name = "FILE", requires = "file")]
    payment_types: Option<PathBuf>,
    /// Try a set that was in force, by the digest that its sales and `campaign list --json` name it by, under the rule
    /// of choosing it had.
    #[arg(long, value_name = "HASH", conflicts_with = "file")]
    set: Option<String>,
    /// Choose what saves the customer the most, in place of the order of priorities.
    #[arg(long)]
    best: bool,
    /// The first business day.
    #[arg(long, value_name = "DAY")]
    from: Option<NaiveDate>,
    /// The last business day.
    #[arg(long, value_name = "DAY")]
    until: Option<NaiveDate>,
    /// Write a chart of the cost by campaign and day to a file.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// How many sales are tried between two looks at the till.
const STEP: u32 = 500;

impl Lint {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let till = call.reader()?;
        let set = draft(call, &till, self.file.as_ref(), self.payment_types.as_deref(), false)?;
        let findings = till.lint_campaigns(&set, call.place()?.1.now().business_date)?;
        let is_good = findings.is_empty();
        if self.json {
            let shape = |finding: &saleflex_core::campaign::Finding| {
                let code = &set.campaign(finding.campaign).code;
                json!({ "code": code, "fault": finding.fault, "words": doubt::sentence(call.text, &finding.fault) })
            };
            let found: Vec<Value> = findings.iter().map(shape).collect();
            answer(out, &json!({ "set": set.hash().to_string(), "findings": found }))?;
        } else {
            for finding in &findings {
                let doubt = doubt::sentence(call.text, &finding.fault);
                writeln!(out, "{}: {doubt}", set.campaign(finding.campaign).code)?;
            }
            let counts = (set.len().to_string(), findings.len().to_string());
            let values = [("campaigns", counts.0.as_str()), ("doubts", counts.1.as_str())];
            writeln!(out, "{}", call.text.fill(Key::DoubtsCounted, &values))?;
        }
        Ok(Ending::good_if(is_good))
    }
}

impl Backtest {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let till = call.reader()?;
        let set = match &self.set {
            Some(hash) => in_force_then(call, &till, hash)?,
            None => draft(call, &till, self.file.as_ref(), self.payment_types.as_deref(), self.alone)?,
        };
        let resolution = if self.best { Resolution::BEST } else { set.rule().resolution() };
        let days = TrialDays { from: self.from, until: self.until };
        let mut trial = till.begin_trial(set, resolution, days)?;
        while !till.advance_trial(&mut trial, STEP)? {}
        let (report, currency) = (trial.report(), till.currency());
        if let Some(file) = &self.svg {
            fs::write(file, report.svg(trial.set(), currency)).with_context(|| file.display().to_string())?;
        }
        if self.json {
            answer(out, &shape(&trial, currency))?;
        } else {
            write!(out, "{}", report.table(trial.set(), currency))?;
        }
        Ok(Ending::Good)
    }
}

/// A set that was in force.
fn in_force_then(call: &Call<'_>, till: &Till, hash: &str) -> anyhow::Result<CampaignSet> {
    let parsed = ContentHash::parse(hash);
    let set = parsed.with_context(|| format!("{hash} is no digest of a set: 64 hexadecimal digits"))?;
    till.campaign_set(set).map_err(|error| call.words(&error))
}

/// The till's campaigns, with or without those of a file.
fn draft(
    call: &Call<'_>,
    till: &Till,
    file: Option<&PathBuf>,
    payment_types: Option<&Path>,
    is_alone: bool,
) -> anyhow::Result<CampaignSet> {
    let Some(file) = file else { return Ok(till.campaigns().clone()) };
    let written = fs::read(file).with_context(|| file.display().to_string())?;
    let tables = Tables::known(till, payment_types)?;
    let read =
        taking_in::read(&written, till, call.text, tables).with_context(|| file.display().to_string())?;
    if !read.faults.is_empty() {
        let told = |fault: &taking_in::Fault| {
            let field = fault.field.as_deref().map(|field| format!("{field}: ")).unwrap_or_default();
            format!("{}: campaign {}: {field}{}", file.display(), fault.item, fault.words)
        };
        anyhow::bail!(read.faults.iter().map(told).collect::<Vec<_>>().join("\n"));
    }
    let change: CampaignChange = read.taken.into_iter().map(|(_, campaign)| campaign).collect();
    let rule = till.campaigns().rule();
    let set = if is_alone {
        CampaignSet::compile(change.saved).map(|set| set.resolved_by(rule))
    } else {
        change.applied_to(till.campaigns())
    };
    set.with_context(|| file.display().to_string())
}

fn shape(trial: &Trial, currency: &Currency) -> Value {
    let (report, set): (&Report, _) = (trial.report(), trial.set());
    let both = |compared: &Compared| {
        let side = |cost: &saleflex_core::campaign::Cost| json!({ "documents": cost.documents, "given": currency.format(cost.amount) });
        json!({
            "before": side(&compared.before),
            "after": side(&compared.after),
            "more": currency.format(compared.more()),
            "changed": compared.changed,
            "lift_percent": compared.after.lift(report),
        })
    };
    let campaigns: Vec<Value> = report
        .by_campaign
        .iter()
        .map(|(id, compared)| json!({ "id": id, "code": report.code(set, *id), "compared": both(compared) }))
        .collect();
    let days: Vec<Value> = report
        .by_day
        .iter()
        .map(|(day, compared)| json!({ "day": day, "compared": both(compared) }))
        .collect();
    json!({
        "set": set.hash().to_string(),
        "currency": currency.code().as_str(),
        "documents": report.documents,
        "changed": report.changed,
        "judged_by_it": { "documents": report.own, "changed": report.own_changed },
        "changed_documents": trial.changed(),
        "total": both(&report.total),
        "campaigns": campaigns,
        "days": days,
    })
}
