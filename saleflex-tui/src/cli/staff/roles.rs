//! The shop's own roles.

use std::{collections::BTreeSet, io::Write};

use anyhow::Context;
use clap::Args;
use saleflex_core::{
    cashier::{Capability, Limits, RoleDefinition},
    money::Currency,
};
use serde_json::{Value, json};

use super::{
    super::{Call, answer, customer::logged_in, say_none},
    read,
};
use crate::entry;

/// A role as it is to be.
#[derive(Args, Clone, Debug)]
pub struct SetRole {
    /// Its code, such as `shift_leader`.
    code: String,
    /// What screens call it [default: as before; of a new one, its code].
    #[arg(long)]
    name: Option<String>,
    /// What its holders may do, such as `pos.sell` [default: as before].
    #[arg(long = "may", value_name = "CAPABILITY")]
    may: Vec<String>,
    /// How much of it they may do alone, where that is not as for everybody: `void_line=20`, `line_discount=15`, or
    /// `void_line=` for as everybody.
    #[arg(long = "limit", value_name = "LIMIT=VALUE")]
    limits: Vec<String>,
    /// Who does it.
    #[arg(long, value_name = "NAME")]
    user: String,
}

impl SetRole {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut till = logged_in(call, &self.user)?;
        let before = till.roles().iter().find(|role| role.code == self.code).cloned();
        let mut role = before.unwrap_or_else(|| RoleDefinition {
            code: self.code.clone(),
            name: self.code.clone(),
            capabilities: BTreeSet::new(),
            limits: Limits::default(),
        });
        role.name = self.name.clone().unwrap_or(role.name);
        if !self.may.is_empty() {
            role.capabilities =
                self.may.iter().map(|name| read::<Capability>(name)).collect::<anyhow::Result<_>>()?;
        }
        anyhow::ensure!(!role.capabilities.is_empty(), "--may is needed");
        for limit in &self.limits {
            set_limit(&mut role.limits, limit, till.currency())?;
        }
        till.set_role(role.clone()).map_err(|error| call.words(&error))?;
        answer(out, &shape(&role, till.currency()))
    }
}

/// Sets one limit as typed: `void_line=20`.
fn set_limit(limits: &mut Limits, typed: &str, currency: &Currency) -> anyhow::Result<()> {
    let (name, value) = typed.split_once('=').with_context(|| format!("{typed}: write limit=value"))?;
    let value = Some(value).filter(|value| !value.is_empty());
    if name == "line_discount" {
        limits.line_discount = value.map(entry::percent).transpose().with_context(|| typed.to_owned())?;
        return Ok(());
    }
    let amount = value.map(|value| currency.parse(value)).transpose().with_context(|| typed.to_owned())?;
    let limit = match name {
        "discounts" => &mut limits.discounts,
        "void_line" => &mut limits.void_line,
        "void_tender" => &mut limits.void_tender,
        "cancel" => &mut limits.cancel,
        "redemption" => &mut limits.redemption,
        "empties" => &mut limits.empties,
        _ => anyhow::bail!(
            "{name}: line_discount, discounts, void_line, void_tender, cancel, redemption or empties is needed"
        ),
    };
    *limit = amount;
    Ok(())
}

/// Lists the shop's own roles.
pub(super) fn list(call: &Call<'_>, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let till = call.reader()?;
    let roles = till.roles();
    if json {
        return answer(out, &roles.iter().map(|role| shape(role, till.currency())).collect::<Vec<_>>());
    }
    say_none(out, roles.is_empty())?;
    for role in roles {
        let may: Vec<&str> = role.capabilities.iter().map(|capability| capability.name()).collect();
        let limits = shape(role, till.currency());
        let limits = limits["limits"].as_object().into_iter().flatten();
        let limits: Vec<String> =
            limits.filter_map(|(name, value)| Some(format!("{name}={}", value.as_str()?))).collect();
        writeln!(out, "{:<16}  {}  {}  {}", role.code, role.name, may.join(" "), limits.join(" "))?;
    }
    Ok(())
}

fn shape(role: &RoleDefinition, currency: &Currency) -> Value {
    let Limits { line_discount, discounts, void_line, void_tender, cancel, redemption, empties } =
        role.limits;
    let money = |amount: Option<_>| amount.map(|amount| currency.format(amount));
    json!({
        "code": role.code,
        "name": role.name,
        "may": role.capabilities,
        "limits": {
            "line_discount": line_discount.map(|limit| limit.to_string()),
            "discounts": money(discounts),
            "void_line": money(void_line),
            "void_tender": money(void_tender),
            "cancel": money(cancel),
            "redemption": money(redemption),
            "empties": money(empties),
        },
    })
}
