//! `loyalty`: programs, members and their points.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, anyhow};
use chrono::NaiveDate;
use clap::{Subcommand, ValueEnum};
use saleflex_core::{
    ids::CustomerId,
    loyalty::{Cause, GrantRefusal, LedgerRow, MemberStatus, Membership, Mode, Program},
    quantity::Points,
};
use saleflex_store::{Error, Till, customer::Customer, till::DayStart};
use serde_json::{Value, json};

use super::{
    Call, Ending, answer,
    customer::{self, find},
    doing::Doing,
};
use crate::{
    record::customer::{points_kind, standing},
    text::Key,
};

/// Programs, members and their points.
#[derive(Clone, Debug, Subcommand)]
pub enum Loyalty {
    /// The loyalty programs, as JSON: what `save` reads.
    Programs,
    /// Make a program or change it, or several, all or none, from a file as `programs` writes it.
    Save {
        /// The file: one program, or the list that `programs` writes.
        file: PathBuf,
        /// Who does it, and how it answers.
        #[command(flatten)]
        doing: Doing,
    },
    /// A member: tier, points, and what moved on the account of points, the latest first.
    Show {
        /// The customer's code.
        code: String,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Make a customer a member.
    Enrol {
        /// The customer's code.
        code: String,
        /// Who does it, and how it answers.
        #[command(flatten)]
        doing: Doing,
    },
    /// Give a newcomer and the member who brought them their points, once however often it is said.
    Refer {
        /// The newcomer's code.
        newcomer: String,
        /// The code of the member who brought them.
        #[arg(long, value_name = "CODE")]
        by: String,
        /// Who does it, and how it answers.
        #[command(flatten)]
        doing: Doing,
    },
    /// Give a member points; below nothing, or to correct a mistake, with `--correction`.
    Grant {
        /// The customer's code.
        code: String,
        /// How many points.
        #[arg(allow_negative_numbers = true)]
        points: i64,
        /// Why; it stays beside the journal.
        #[arg(long)]
        reason: String,
        /// The correction of a mistake, not a gift.
        #[arg(long)]
        correction: bool,
        /// Who does it, and how it answers.
        #[command(flatten)]
        doing: Doing,
    },
    /// Give a member a card, or block one for good.
    Card {
        /// The number on the card.
        number: String,
        /// The code of the customer who gets it; without one the card is blocked.
        #[arg(long, value_name = "CODE")]
        to: Option<String>,
        /// Who does it, and how it answers.
        #[command(flatten)]
        doing: Doing,
    },
    /// Suspend or end a membership, or take it up again: who is no active member neither earns nor redeems.
    Status {
        /// The customer's code.
        code: String,
        /// How the membership is to stand.
        #[arg(value_enum)]
        status: Standing,
        /// Who does it, and how it answers.
        #[command(flatten)]
        doing: Doing,
    },
    /// Do what time brings for today: points run out, birthdays are given, people join and leave segments. Logging in
    /// does the same.
    Day {
        /// Who does it, and how it answers.
        #[command(flatten)]
        doing: Doing,
    },
}

/// How a membership stands.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Standing {
    /// Earns and redeems.
    Active,
    /// Neither earns nor redeems.
    Suspended,
    /// Left; coming back continues the old membership.
    Ended,
}

impl From<Standing> for MemberStatus {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Active => Self::Active,
            Standing::Suspended => Self::Suspended,
            Standing::Ended => Self::Ended,
        }
    }
}

/// Most movements shown.
const MOST: u32 = 500;

impl Loyalty {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<Ending> {
        match self {
            Self::Programs => answer(out, &call.reader()?.programs())?,
            Self::Save { file, doing } => {
                let (programs, is_list) = read_programs(file)?;
                let mut till = doing.till(call)?;
                till.save_programs(programs.clone()).map_err(|error| call.words(&error))?;
                if doing.json && is_list {
                    answer(out, &programs)?;
                } else {
                    for program in &programs {
                        doing.say(out, program, Some(&program.name))?;
                    }
                }
                if !doing.json {
                    customer::say_clashes(call, &till, out)?;
                }
            }
            Self::Show { code, json } => show(call, code, *json, out)?,
            Self::Enrol { code, doing } => {
                let mut till = doing.till(call)?;
                let known = find(call, &till, code)?;
                till.enrol(known.id).map_err(|error| call.words(&error))?;
                balance(call, &till, &[code], doing.json, out)?;
            }
            Self::Refer { newcomer, by, doing } => {
                let mut till = doing.till(call)?;
                let (brought, bringer) = (find(call, &till, newcomer)?, find(call, &till, by)?);
                let both = [(brought.id, newcomer.as_str()), (bringer.id, by.as_str())];
                till.refer(brought.id, bringer.id).map_err(|error| of_whom(call, &till, both, &error))?;
                balance(call, &till, &[newcomer, by], doing.json, out)?;
            }
            Self::Grant { code, points, reason, correction, doing } => {
                let mut till = doing.till(call)?;
                let known = find(call, &till, code)?;
                let given = till.grant_points(known.id, Points::new(*points), *correction, reason, None);
                given.map_err(|error| call.words(&error))?;
                balance(call, &till, &[code], doing.json, out)?;
            }
            Self::Card { number, to, doing } => card(call, number, to.as_deref(), doing, out)?,
            Self::Status { code, status, doing } => {
                let mut till = doing.till(call)?;
                let known = find(call, &till, code)?;
                till.set_member_status(known.id, (*status).into()).map_err(|error| call.words(&error))?;
                balance(call, &till, &[code], doing.json, out)?;
            }
            // Logging in started it, if nobody had.
            Self::Day { doing } => {
                let till = doing.till(call)?;
                let began = till.day_begun().map_err(|error| call.words(&error))?;
                day(call, doing, began, out)?;
            }
        }
        Ok(Ending::Good)
    }
}

/// Why one of two members gets nothing, with the code of the one it is about.
fn of_whom(call: &Call<'_>, till: &Till, both: [(CustomerId, &str); 2], error: &Error) -> anyhow::Error {
    let words = call.words(error);
    let is_about = |customer: CustomerId| match error {
        Error::NoMember { customer: one } => *one == customer,
        Error::NotGranted(GrantRefusal::Inactive) => {
            till.membership(customer).ok().flatten().is_some_and(|member| !member.is_active())
        }
        _ => false,
    };
    match both.into_iter().find(|(customer, _)| is_about(*customer)) {
        Some((_, code)) => anyhow!("{code}: {words}"),
        None => words,
    }
}

/// Gives a card to a customer, or blocks it.
fn card(
    call: &Call<'_>,
    number: &str,
    to: Option<&str>,
    doing: &Doing,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let mut till = doing.till(call)?;
    let holder = match to {
        Some(code) => {
            let known = find(call, &till, code)?;
            till.issue_card(known.id, number).map(|_| known.id)
        }
        None => till.customer_of_card(number).and_then(|id| till.block_card(number).map(|()| id)),
    };
    let holder = holder.and_then(|id| till.customer(id)).map_err(|error| call.words(&error))?;
    let code = holder.map(|holder| holder.code);
    let key = if to.is_some() { Key::CardGiven } else { Key::CardGivenBack };
    let words = call.text.fill(key, &[("card", number), ("code", code.as_deref().unwrap_or_default())]);
    doing.say(out, &json!({"customer": code, "is_valid": to.is_some()}), Some(&words))
}

/// What a day began with; nothing where there is neither a program nor a segment.
fn day(
    call: &Call<'_>,
    doing: &Doing,
    began: Option<(NaiveDate, DayStart)>,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let Some((date, began)) = began else { return doing.say(out, &Value::Null, None) };
    let DayStart { expired, birthdays, tiers, segment_changes } = began;
    let words = call.text.fill(
        Key::LoyaltyDayBegan,
        &[
            ("date", &date.to_string()),
            ("expired", &expired.to_string()),
            ("birthdays", &birthdays.to_string()),
            ("tiers", &tiers.to_string()),
            ("segments", &segment_changes.to_string()),
        ],
    );
    let value = json!({
        "date": date,
        "expired": expired,
        "birthdays": birthdays,
        "tiers": tiers,
        "segment_changes": segment_changes,
    });
    doing.say(out, &value, Some(&words))
}

/// One program of a file, or all that `programs` wrote into it; and whether it has a list.
fn read_programs(file: &Path) -> anyhow::Result<(Vec<Program>, bool)> {
    let name = || file.display().to_string();
    let read = fs::read(file).with_context(name)?;
    if read.trim_ascii_start().starts_with(b"[") {
        return Ok((serde_json::from_slice(&read).with_context(name)?, true));
    }
    Ok((vec![serde_json::from_slice(&read).with_context(name)?], false))
}

/// What members have now.
fn balance(
    call: &Call<'_>,
    till: &Till,
    codes: &[&String],
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let known: Vec<Customer> =
        codes.iter().map(|code| find(call, till, code)).collect::<anyhow::Result<_>>()?;
    if json {
        let members: Vec<Value> = known.iter().map(|known| customer::shape(till, known)).collect();
        return answer(out, &members);
    }
    for known in known {
        let points = known.points.map(|points| points.to_string()).unwrap_or_default();
        writeln!(out, "{}  {}  {points}", known.code, known.tier.unwrap_or_default())?;
    }
    Ok(())
}

fn show(call: &Call<'_>, code: &str, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let till = call.reader()?;
    let known = find(call, &till, code)?;
    let member = till.membership(known.id).map_err(|error| call.words(&error))?;
    let rows = till.point_movements(known.id, MOST).map_err(|error| call.words(&error))?;
    let elsewhere = till.points_elsewhere(known.id).map_err(|error| call.words(&error))?;
    // Where somebody else keeps them, what that one says is what there is; what stands here is what was booked here.
    let said = elsewhere.and_then(|(_, said)| said);
    let own = member.as_ref().map(|member| (member.balance(), member.available()));
    let points = said.map(|kept| (kept.balance, kept.spendable)).or(own);
    // The points of a membership that is not active wait.
    let is_active = member.as_ref().is_none_or(Membership::is_active);
    let to_spend = |points: Points| if is_active { points } else { Points::ZERO };
    let while_away = till.points_while_away(known.id).map_err(|error| call.words(&error))?.map(to_spend);
    // Where there is nobody to ask, no more is spent than while nobody answers.
    let is_asked = call.program().is_ok_and(|program| program.sync.asks_for_points());
    let now = points
        .map(|(balance, all)| (balance, while_away.filter(|_| !is_asked).unwrap_or_else(|| to_spend(all))));
    if json {
        let shape = |row: &LedgerRow| Ok(shape(row, &why(call, &till, row)?));
        let rows: Vec<Value> = rows.iter().map(shape).collect::<anyhow::Result<_>>()?;
        let keeper = elsewhere.map_or(Mode::Local, |(mode, _)| mode).code();
        let points = now.map(|(balance, available)| {
            json!({
                "balance": balance,
                "available": available.or_zero(),
                "available_offline": while_away,
                "kept_by": keeper,
                "as_said": said.is_some(),
            })
        });
        return answer(out, &json!({"code": code, "member": member, "points": points, "movements": rows}));
    }
    let Some(member) = member else {
        writeln!(out, "{}", call.text.fill(Key::LoyaltyNoMember, &[("code", code)]))?;
        return Ok(());
    };
    let tier = member.tier.as_deref().unwrap_or_default();
    let (balance, available) = now.unwrap_or_default();
    let (balance, available) = (balance.to_string(), available.or_zero().to_string());
    let values = [("code", code), ("tier", tier), ("points", &*balance), ("available", &*available)];
    writeln!(out, "{}", call.text.fill(Key::LoyaltyBalance, &values))?;
    let is_less = |most: &Points| is_active && points.is_some_and(|(_, all)| *most < all);
    if let Some(most) = while_away.filter(is_less) {
        writeln!(out, "{}", call.text.fill(Key::LoyaltyWhileAway, &[("points", &most.to_string())]))?;
    }
    for line in standing(&till, call.text, known.id).map_err(|error| call.words(&error))? {
        writeln!(out, "{line}")?;
    }
    for row in &rows {
        let at = row.occasion.at.local.format("%Y-%m-%d %H:%M");
        let receipt = row.receipt.map(|receipt| receipt.to_string()).unwrap_or_default();
        let why = if receipt.is_empty() { why(call, &till, row)? } else { receipt };
        writeln!(
            out,
            "{at}  {}  {why}",
            columns(call.text.word(points_kind(row.kind)), row.points, row.balance_after)
        )?;
    }
    Ok(())
}

/// What moved, how much, and what was there after it: with a blank between them however large they are.
fn columns(kind: &str, points: Points, after: Points) -> String {
    let [points, after] = [points, after].map(|points| points.to_string());
    format!("{kind:<12} {points:>10} {after:>9}")
}

/// Why points moved, where it was given by hand or for bringing somebody.
fn why(call: &Call<'_>, till: &Till, row: &LedgerRow) -> anyhow::Result<String> {
    if let Cause::Manual { grant } = row.cause {
        let reason = till.grant_reason(grant).map_err(|error| call.words(&error))?;
        return Ok(reason.unwrap_or_default());
    }
    let Cause::Referral { referred } = row.cause else { return Ok(String::new()) };
    if referred == row.customer {
        return Ok(call.text.word(Key::PointsForComing).to_owned());
    }
    let known = till.customer(referred).map_err(|error| call.words(&error))?;
    let code = known.map(|known| known.code).unwrap_or_default();
    Ok(call.text.fill(Key::PointsForBringing, &[("code", &code)]))
}

fn shape(row: &LedgerRow, why: &str) -> Value {
    json!({
        "at": row.occasion.at.instant,
        "kind": row.kind.code(),
        "points": row.points,
        "balance_after": row.balance_after,
        "receipt": row.receipt.map(|receipt| receipt.to_string()),
        "expires": row.expires,
        "cause": row.cause,
        "reason": Some(why).filter(|why| !why.is_empty()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_and_what_is_there_after_them_never_run_into_each_other() {
        let line = |points, after| columns("BONUS", Points::new(points), Points::new(after));
        assert_eq!(line(5, 1_205), "BONUS                 5      1205");
        assert_eq!(line(999_999_999_999, 999_999_999_619), "BONUS        999999999999 999999999619");
    }
}
