//! A role of the shop's own: a named set of what its holders may do. Nobody puts in it what they may not do.

use std::collections::BTreeSet;

use saleflex_core::{
    cashier::{Capability, Limits, Role, RoleDefinition},
    money::{Currency, Money},
};
use saleflex_store::{Error, Till, cashier::Cashier};

use super::{Entered, Fields, Model, Reader, Saved, Shape, Unsaved, Value};
use crate::{
    listing::RowId,
    message,
    text::{Key, Text},
};

/// A role; of none a new one. Its code stands.
pub(crate) struct RoleModel;

/// Longest code and name.
const LONGEST: usize = 50;

/// The capabilities with their fields, in the order the form lists them.
const RIGHTS: [(Capability, &str); 17] = [
    (Capability::Sell, "SELL"),
    (Capability::Override, "OVERRIDE"),
    (Capability::Closure, "CLOSURE"),
    (Capability::ReportView, "REPORT_VIEW"),
    (Capability::AuditRead, "AUDIT_READ"),
    (Capability::CatalogWrite, "CATALOG_WRITE"),
    (Capability::CampaignWrite, "CAMPAIGN_WRITE"),
    (Capability::FormWrite, "FORM_WRITE"),
    (Capability::SettingsWrite, "SETTINGS_WRITE"),
    (Capability::RoleAssign, "ROLE_ASSIGN"),
    (Capability::StockReceive, "STOCK_RECEIVE"),
    (Capability::StockIssue, "STOCK_ISSUE"),
    (Capability::StockAdjust, "STOCK_ADJUST"),
    (Capability::StockTransfer, "STOCK_TRANSFER"),
    (Capability::StocktakeOpen, "STOCKTAKE_OPEN"),
    (Capability::StocktakeCount, "STOCKTAKE_COUNT"),
    (Capability::StocktakeApprove, "STOCKTAKE_APPROVE"),
];

impl Model for RoleModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "ROLE",
            panel: "ROLE_PANEL",
            definition: include_str!("../../forms/role.toml"),
            event: "ROLE_ADD",
            fields: &[
                "CODE",
                "NAME",
                "APPLY",
                "SELL",
                "OVERRIDE",
                "CLOSURE",
                "REPORT_VIEW",
                "AUDIT_READ",
                "CATALOG_WRITE",
                "CAMPAIGN_WRITE",
                "FORM_WRITE",
                "SETTINGS_WRITE",
                "ROLE_ASSIGN",
                "STOCK_RECEIVE",
                "STOCK_ISSUE",
                "STOCK_ADJUST",
                "STOCK_TRANSFER",
                "STOCKTAKE_OPEN",
                "STOCKTAKE_COUNT",
                "STOCKTAKE_APPROVE",
                "LINE_DISCOUNT",
                "DISCOUNTS",
                "VOID_LINE",
                "VOID_TENDER",
                "CANCEL",
                "REDEMPTION",
                "EMPTIES",
            ],
        }
    }

    fn hint(&self) -> Key {
        Key::HintRole
    }

    fn money(&self) -> &'static [&'static str] {
        &["DISCOUNTS", "VOID_LINE", "VOID_TENDER", "CANCEL", "REDEMPTION", "EMPTIES"]
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let known = known(till, of);
        let held = known.as_ref().map(|role| role.capabilities.clone()).unwrap_or_default();
        let own = till.on_duty().map(|cashier| cashier.capabilities.clone()).unwrap_or_default();
        let code =
            known.as_ref().map_or_else(|| Value::Text(String::new()), |role| Value::Fixed(role.code.clone()));
        let mut fields = vec![("CODE", code), ("NAME", Value::text(known.as_ref().map(|role| &role.name)))];
        if known.is_some() {
            fields.push(("APPLY", Value::Flag(true)));
        }
        fields.extend(RIGHTS.map(|(capability, field)| {
            let is_held = held.contains(&capability);
            // What one may not do oneself is neither given nor taken.
            let word = text.word(if is_held { Key::Yes } else { Key::No }).to_owned();
            (field, if own.contains(&capability) { Value::Flag(is_held) } else { Value::Fixed(word) })
        }));
        let limits = known.as_ref().map(|role| role.limits).unwrap_or_default();
        let limits = shown_limits(*till.currency(), limits);
        // Limits go before those of the store: who may not set these only reads them.
        let is_settable = own.contains(&Capability::SettingsWrite);
        fields.extend(limits.into_iter().map(|(name, value)| match value {
            Value::Text(text) if !is_settable => (name, Value::Fixed(text)),
            value => (name, value),
        }));
        Ok(fields)
    }

    fn save(&self, till: &mut Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Saved {
        let before = known(till, of);
        let mut read = Reader::new(entered, text, till);
        let (code, name) = (read.needed("CODE", LONGEST), read.needed("NAME", LONGEST));
        if before.is_none() && all(till, text).iter().any(|one| one.code.eq_ignore_ascii_case(&code)) {
            read.fault("CODE", text.fill(Key::CodeTaken, &[("code", &code)]));
        }
        let own = till.on_duty().map(|cashier| cashier.capabilities.clone()).unwrap_or_default();
        let held = before.as_ref().map(|role| role.capabilities.clone()).unwrap_or_default();
        let chosen = |(capability, field): (Capability, &str)| {
            let has =
                if own.contains(&capability) { entered.flag(field) } else { held.contains(&capability) };
            has.then_some(capability)
        };
        let capabilities: BTreeSet<Capability> = RIGHTS.into_iter().filter_map(chosen).collect();
        if capabilities.is_empty() {
            read.fault("SELL", text.word(Key::RoleEmpty).to_owned());
        }
        let limits = if own.contains(&Capability::SettingsWrite) {
            entered_limits(&mut read)
        } else {
            before.as_ref().map(|role| role.limits).unwrap_or_default()
        };
        read.finish()?;
        till.set_role(RoleDefinition { code, name, capabilities: capabilities.clone(), limits })?;
        let Some(before) = before.filter(|_| entered.flag("APPLY")) else { return Ok(()) };
        give_anew(till, &before.capabilities, &capabilities)
    }
}

/// Limits in the fields of a role or of the store's rules; empty where they say nothing.
pub(super) fn shown_limits(currency: Currency, limits: Limits) -> Fields {
    let money = |amount: Option<Money>| Value::text(amount.map(|amount| currency.format(amount)));
    vec![
        ("LINE_DISCOUNT", Value::text(limits.line_discount)),
        ("DISCOUNTS", money(limits.discounts)),
        ("VOID_LINE", money(limits.void_line)),
        ("VOID_TENDER", money(limits.void_tender)),
        ("CANCEL", money(limits.cancel)),
        ("REDEMPTION", money(limits.redemption)),
        ("EMPTIES", money(limits.empties)),
    ]
}

/// The limits in the fields of a role or of the store's rules.
pub(super) fn entered_limits(read: &mut Reader<'_>) -> Limits {
    Limits {
        line_discount: read.percent("LINE_DISCOUNT"),
        discounts: read.amount("DISCOUNTS"),
        void_line: read.amount("VOID_LINE"),
        void_tender: read.amount("VOID_TENDER"),
        cancel: read.amount("CANCEL"),
        redemption: read.amount("REDEMPTION"),
        empties: read.amount("EMPTIES"),
    }
}

/// Gives a changed role to those who hold it as it was.
fn give_anew(till: &mut Till, was: &BTreeSet<Capability>, became: &BTreeSet<Capability>) -> Saved {
    let holders = till.everybody().iter().filter(|cashier| cashier.capabilities == *was);
    for cashier in holders.cloned().collect::<Vec<Cashier>>() {
        till.change_cashier(Cashier { capabilities: became.clone(), ..cashier }).map_err(Unsaved::Till)?;
    }
    Ok(())
}

fn known(till: &Till, of: Option<RowId>) -> Option<RoleDefinition> {
    let Some(RowId::Role(at)) = of else { return None };
    till.roles().get(at).cloned()
}

/// The standard roles that a till gives, and what each is called.
pub(crate) const STANDARD: [(Role, &str, Key); 4] = [
    (Role::Cashier, "cashier", Key::RoleCashier),
    (Role::StockClerk, "stock_clerk", Key::RoleStockClerk),
    (Role::Manager, "manager", Key::RoleManager),
    (Role::Administrator, "administrator", Key::RoleAdministrator),
];

/// Every role there is: the standard ones, then the shop's own.
pub(crate) fn all(till: &Till, text: &Text) -> Vec<RoleDefinition> {
    let standard = STANDARD.map(|(role, code, key)| RoleDefinition {
        code: code.to_owned(),
        name: text.word(key).to_owned(),
        capabilities: role.capabilities(),
        limits: Limits::default(),
    });
    standard.into_iter().chain(till.roles().iter().cloned()).collect()
}

/// What a set of capabilities is called: the role that is just that, else something of one's own.
pub(crate) fn named<'a>(roles: &'a [RoleDefinition], text: &'a Text, of: &BTreeSet<Capability>) -> &'a str {
    let role = roles.iter().rev().find(|role| role.capabilities == *of);
    role.map_or(text.word(Key::RoleOther), |role| role.name.as_str())
}

/// What the holders of a role may do, in words.
pub(crate) fn rights(text: &Text, role: &RoleDefinition) -> String {
    let held = RIGHTS.iter().filter(|(capability, _)| role.capabilities.contains(capability));
    held.map(|(capability, _)| message::right(text, *capability)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_capability_can_be_put_into_a_role() {
        for capability in Capability::ALL {
            assert!(RIGHTS.iter().any(|(known, _)| *known == capability), "{capability}");
        }
        let fields = RoleModel.shape().fields;
        assert!(RIGHTS.iter().all(|(_, field)| fields.contains(field)));
    }
}
