//! `staff`: how people did, what is expected of them, and their tips.

use std::{collections::BTreeMap, io::Write};

use anyhow::Context;
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use rust_decimal::Decimal;
use saleflex_core::{
    cashier::{
        target::{Goal, Halt, Target},
        tip_pool::{TipDistribution, TipRule},
    },
    ids::{CashierId, ClosureNumber},
};
use saleflex_store::{Shell, Till, cashier::Cashier};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Call, Ending, answer, customer::logged_in, say_none};
use crate::text::{Key, Text};

pub mod badge;
pub mod rating;
pub mod roles;

/// People at work.
#[derive(Clone, Debug, Subcommand)]
pub enum Staff {
    /// How everybody did between two days: documents, items, sales, voids, scores, rank.
    Performance {
        /// Between which days.
        #[command(flatten)]
        span: Span,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// The targets and how far each is reached today.
    Targets {
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Set a target for one cashier or for everybody together.
    SetTarget {
        /// What is to be reached: `sales=500`, `documents=40`, `void_rate=2`.
        #[arg(required = true)]
        goals: Vec<String>,
        /// Between which days.
        #[command(flatten)]
        span: Span,
        /// Whose, by user name [default: everybody's together].
        #[arg(long, value_name = "NAME")]
        cashier: Option<String>,
        /// Who sets it.
        #[arg(long, value_name = "NAME")]
        user: String,
    },
    /// Call a target off or set it aside, or pursue it again.
    HaltTarget {
        /// Its identity, as it was told when it was set and by `staff targets --json`.
        target: Uuid,
        /// `cancelled`, `suspended`, or `active` again.
        state: String,
        /// Who does it.
        #[arg(long, value_name = "NAME")]
        user: String,
    },
    /// Enter what somebody said of a cashier's service.
    Rate(rating::Rate),
    /// The shop's own roles: what their holders may do, and how much of it alone.
    Roles {
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Make a role of the shop's own, or change one. Who holds it keeps what they hold until it is given anew.
    SetRole(Box<roles::SetRole>),
    /// Give a cashier a badge that chooses them at log-in, or take it off them.
    SetBadge(badge::SetBadge),
    /// The tips of a period: what came in, how it was shared, what is left.
    Tips {
        /// The period.
        period: u32,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Share out what is left of a period's tips.
    ShareTips {
        /// The period.
        period: u32,
        /// By what: `own`, `even`, `hours`, `shares` or `shared_hours`.
        rule: String,
        /// Among whom, by user name; `NAME=4` gives points, for `shares`.
        #[arg(required = true)]
        people: Vec<String>,
        /// They are paid out in cash now: what is shared leaves the drawer with it, as paid out.
        #[arg(long)]
        in_cash: bool,
        /// Who shares them out.
        #[arg(long, value_name = "NAME")]
        user: String,
    },
}

/// Business days from one to another.
#[derive(Args, Clone, Copy, Debug)]
pub struct Span {
    /// The first day [default: today].
    #[arg(long, value_name = "DATE")]
    from: Option<NaiveDate>,
    /// The last day [default: today].
    #[arg(long, value_name = "DATE")]
    until: Option<NaiveDate>,
}

impl Span {
    fn days(self, today: NaiveDate) -> (NaiveDate, NaiveDate) {
        (self.from.unwrap_or(today), self.until.unwrap_or(today))
    }
}

impl Staff {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let today = call.place()?.1.now().business_date;
        match self {
            Self::Performance { span, json } => performance(call, span.days(today), *json, out)?,
            Self::Targets { json } => targets(call, today, *json, out)?,
            Self::SetTarget { goals, span, cashier, user } => {
                let mut till = logged_in(call, user)?;
                let cashier = cashier.as_deref().map(|name| find(&till, name)).transpose()?;
                let goals =
                    goals.iter().map(|goal| read_goal(call.text, goal)).collect::<anyhow::Result<_>>()?;
                let ((from, to), store) = (span.days(today), till.identity().store);
                let target = Target { cashier, store, from, to, goals, halted: None };
                let id = till.set_target(None, target).map_err(|error| call.words(&error))?;
                writeln!(out, "{id}")?;
            }
            Self::HaltTarget { target, state, user } => halt(call, *target, state, user)?,
            Self::Rate(rate) => rate.run(call, out)?,
            Self::Roles { json } => roles::list(call, *json, out)?,
            Self::SetRole(role) => role.run(call, out)?,
            Self::SetBadge(badge) => badge.run(call, out)?,
            Self::Tips { period, json } => {
                let till = call.reader()?;
                tips(call, &till, ClosureNumber(*period), *json, out)?;
            }
            Self::ShareTips { period, rule, people, in_cash, user } => {
                let mut till = logged_in(call, user)?;
                let (period, rule) = (ClosureNumber(*period), read::<TipRule>(rule)?);
                let people = participants(&till, people)?;
                let done = if *in_cash {
                    let reason = call.text.fill(Key::TipsPaidReason, &[("period", &period.0.to_string())]);
                    till.pay_out_tips(period, rule, &people, &reason, None).map(drop)
                } else {
                    till.distribute_tips(period, rule, &people, None).map(drop)
                };
                done.map_err(|error| call.words(&error))?;
                tips(call, &till, period, false, out)?;
            }
        }
        Ok(Ending::Good)
    }
}

fn halt(call: &Call<'_>, id: Uuid, state: &str, user: &str) -> anyhow::Result<()> {
    let halted = if state == "active" { None } else { Some(read::<Halt>(state)?) };
    let mut till = logged_in(call, user)?;
    let known = till.targets().map_err(|error| call.words(&error))?.into_iter().find(|one| one.id == id);
    let Some(known) = known else { anyhow::bail!(call.text.word(Key::NoSuchRecord).to_owned()) };
    let target = Target { halted, ..known.target };
    till.set_target(Some(id), target).map(drop).map_err(|error| call.words(&error))?;
    Ok(())
}

fn performance(
    call: &Call<'_>,
    (from, to): (NaiveDate, NaiveDate),
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let till = call.reader()?;
    let all = till.performance(from, to).map_err(|error| call.words(&error))?;
    let currency = till.currency();
    if json {
        let improved = till.improvements(from, to).map_err(|error| call.words(&error))?;
        let ratings = till.ratings(from, to).map_err(|error| call.words(&error))?;
        let shape = |one: &saleflex_store::till::Performance| {
            let peak = one.work.peak().map(|peak| {
                json!({
                    "from": peak.from, "to": peak.to(), "documents": peak.hour.documents,
                    "sales": currency.format(peak.hour.sales),
                })
            });
            let said = ratings.get(&one.cashier).copied().unwrap_or_default();
            json!({
                "ratings": said.rated, "rating": said.average().map(|stars| stars.to_string()),
                "service": said.service().map(|score| score.to_string()),
                "praise": said.praise, "complaints": said.complaints,
                "cancelled": one.work.cancelled, "paid_by": one.work.paid_by, "peak_hour": peak,
                "improvement": improved.get(&one.cashier).map(ToString::to_string),
                "cashier": user_name(&till, one.cashier),
                "documents": one.work.documents, "returns": one.work.returns, "items": one.work.items,
                "sales": currency.format(one.work.sales), "voids": one.work.voids,
                "overrides": one.work.overrides,
                "campaigns": one.work.promotions, "coupons": one.work.coupons, "working_s": one.work.working_s, "active_s": one.work.active_s(),
                "void_rate": one.metrics.void_rate.to_string(),
                "accuracy": one.metrics.accuracy.to_string(),
                "efficiency": one.metrics.efficiency.map(|score| score.to_string()),
                "productivity": one.metrics.productivity.map(|score| score.to_string()),
                "rank": one.rank,
            })
        };
        return answer(out, &all.iter().map(shape).collect::<Vec<Value>>());
    }
    say_none(out, all.is_empty())?;
    for one in &all {
        let score = |score: Option<Decimal>| score.map_or_else(|| "-".to_owned(), |score| score.to_string());
        let values = [
            ("documents", &*format!("{:>5}", one.work.documents)),
            ("items", &format!("{:>6}", one.work.items)),
            ("sales", &format!("{:>12}", currency.show(one.work.sales))),
            ("voids", &format!("{:>4}", one.work.voids)),
            ("accuracy", &one.metrics.accuracy.to_string()),
            ("productivity", &score(one.metrics.productivity)),
        ];
        let row = call.text.fill(Key::PerformanceRow, &values);
        writeln!(out, "{:<12}  {row}", user_name(&till, one.cashier))?;
    }
    Ok(())
}

fn targets(call: &Call<'_>, today: NaiveDate, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let till = call.reader()?;
    let mut rows = Vec::new();
    for record in till.targets().map_err(|error| call.words(&error))? {
        let reached = till.achievement(&record.target, &BTreeMap::new(), today);
        rows.push((record, reached.map_err(|error| call.words(&error))?));
    }
    let whose = |cashier: Option<CashierId>| {
        cashier.map_or_else(|| call.text.word(Key::Everybody).to_owned(), |id| user_name(&till, id))
    };
    if json {
        let shape = |(record, reached): &(
            saleflex_store::till::TargetRecord,
            saleflex_core::cashier::target::Achievement,
        )| {
            json!({
                "id": record.id, "cashier": record.target.cashier.map(|id| user_name(&till, id)),
                "from": record.target.from, "to": record.target.to, "goals": record.target.goals,
                "percent": reached.percent.to_string(), "on_track": reached.is_on_track, "status": reached.status,
            })
        };
        return answer(out, &rows.iter().map(shape).collect::<Vec<Value>>());
    }
    say_none(out, rows.is_empty())?;
    for (record, reached) in &rows {
        let goals = record.target.goals.iter();
        let goals = goals.map(|(goal, value)| Ok(format!("{}={value}", word(goal)?)));
        let goals = goals.collect::<anyhow::Result<Vec<String>>>()?.join(" ");
        let (from, to, status) = (record.target.from, record.target.to, word(&reached.status)?);
        let whose = whose(record.target.cashier);
        writeln!(out, "{whose:<12}  {from} {to}  {goals}  {} %  {status}", reached.percent)?;
    }
    Ok(())
}

fn tips(
    call: &Call<'_>,
    till: &Till,
    period: ClosureNumber,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let left = till.tips_left(period).map_err(|error| call.words(&error))?;
    let shared = till.tip_distributions(period).map_err(|error| call.words(&error))?;
    let currency = till.currency();
    if json {
        let shape = |one: &TipDistribution| {
            let each = one.shared.shares.iter();
            let each: BTreeMap<String, String> =
                each.map(|(id, share)| (user_name(till, *id), currency.format(*share))).collect();
            json!({ "rule": one.shared.rule, "by": user_name(till, one.authority.cashier), "shares": each })
        };
        let shared: Vec<Value> = shared.iter().map(shape).collect();
        return answer(out, &json!({ "shared": shared, "left": currency.format(left) }));
    }
    for one in &shared {
        let rule = word(&one.shared.rule)?;
        for (id, share) in &one.shared.shares {
            writeln!(out, "{:<12}  {:>12}  {rule}", user_name(till, *id), currency.show(*share))?;
        }
    }
    writeln!(out, "{:<12}  {:>12}", call.text.word(Key::TipsLeftRow), currency.show(left))?;
    Ok(())
}

/// Among whom the tips of a period are shared, with the points of each as typed: `priya` or `priya=4`.
fn participants(till: &Till, people: &[String]) -> anyhow::Result<BTreeMap<CashierId, u32>> {
    let person = |typed: &String| {
        let (name, points) = typed.split_once('=').unwrap_or((typed, "1"));
        let points = points.parse().with_context(|| format!("{typed}: points are a whole number"))?;
        Ok((find(till, name)?, points))
    };
    people.iter().map(person).collect()
}

/// A goal as typed: `sales=500`. What is none names those that a till measures.
fn read_goal(text: &Text, typed: &str) -> anyhow::Result<(Goal, Decimal)> {
    let (name, value) = typed.split_once('=').with_context(|| format!("{typed}: write goal=value"))?;
    let Ok(goal) = read(name) else {
        let goals = Goal::MEASURED.iter().map(word).collect::<anyhow::Result<Vec<_>>>()?.join(", ");
        anyhow::bail!(text.fill(Key::GoalUnknown, &[("goal", name), ("goals", &goals)]));
    };
    Ok((goal, value.parse().ok().with_context(|| format!("{value} is no number"))?))
}

/// A word as it is stored; the error names those that there are.
fn read<T: DeserializeOwned>(word: &str) -> anyhow::Result<T> {
    serde_json::from_value(Value::String(word.to_owned())).with_context(|| word.to_owned())
}

fn word(stored: &impl Serialize) -> anyhow::Result<String> {
    Ok(serde_json::to_value(stored)?.as_str().unwrap_or_default().to_owned())
}

fn find(till: &Till, name: &str) -> anyhow::Result<CashierId> {
    let is_meant = |cashier: &&Cashier| cashier.user_name.eq_ignore_ascii_case(name);
    let known = till.everybody().iter().find(is_meant);
    known.map(|cashier| cashier.id).with_context(|| format!("there is no cashier {name}"))
}

fn user_name(till: &Till, id: CashierId) -> String {
    till.cashier(id).map_or_else(|| id.to_string(), |cashier| cashier.user_name.clone())
}
