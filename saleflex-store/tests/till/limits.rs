//! How much a cashier may do alone, by role.

use std::collections::BTreeSet;

use saleflex_core::{
    adjustment::{AdjustmentKind, AdjustmentValue},
    cashier::{Capability, Limits, Role, RoleDefinition},
    document::{Adjust, Command, Refusal},
    ids::LineNo,
    quantity::Percent,
};
use saleflex_store::{
    Error, Request,
    cashier::{Cashier, NewCashier},
    error::FieldFault,
    request::Done,
};

use crate::support::shop::{ADMIN, CASHIER, MANAGER, Shop, minor, sell};

/// A till where nobody voids more than a pound alone, and where cashiers have limits of their own.
fn shop_with(own: Limits) -> Shop {
    let mut shop = Shop::open();
    shop.log_in(ADMIN);
    let mut settings = shop.till.settings().clone();
    settings.policy.limits.void_line = Some(minor(100));
    shop.till.change_settings(settings).unwrap();
    let role = RoleDefinition {
        code: "counter".to_owned(),
        name: "At the counter".to_owned(),
        capabilities: Role::Cashier.capabilities(),
        limits: own,
    };
    shop.till.set_role(role).unwrap();
    shop.log_in(CASHIER);
    shop
}

/// Takes the first of two lines back, for 2.50.
fn void(shop: &mut Shop) -> Result<Done, Error> {
    shop.execute(sell("A"));
    shop.execute(sell("C"));
    shop.till.execute(Command::VoidLine { line: LineNo(1), reason: None })
}

fn is_asked(done: &Result<Done, Error>) -> bool {
    matches!(done, Err(Error::Refused(Refusal::ApprovalNeeded { capability: Capability::Override })))
}

#[test]
fn a_roles_own_limit_stands_in_the_place_of_the_stores() {
    let done = void(&mut shop_with(Limits::default()));
    assert!(is_asked(&done), "as for everybody: {done:?}");
    let wider = Limits { void_line: Some(minor(250)), ..Limits::default() };
    void(&mut shop_with(wider)).unwrap();
    let narrower = Limits { void_line: Some(minor(249)), ..Limits::default() };
    let mut shop = shop_with(narrower).restarted();
    shop.log_in(CASHIER);
    assert!(is_asked(&void(&mut shop)), "after a restart too");
    let approval = shop.approval();
    let request = Request::from(Command::VoidLine { line: LineNo(1), reason: None });
    shop.till.execute(request.approved(approval)).unwrap();
    shop.check_whole();
}

#[test]
fn a_roles_own_discount_stands_in_the_place_of_the_stores_both_ways() {
    let discounted = |own: &str, percent: &str| {
        let own = Limits { line_discount: Some(Percent::parse(own).unwrap()), ..Limits::default() };
        let mut shop = shop_with(own);
        shop.execute(sell("A"));
        let adjust = Adjust {
            kind: AdjustmentKind::Discount,
            value: AdjustmentValue::Percent(Percent::parse(percent).unwrap()),
            reason: None,
        };
        shop.till.execute(Command::AdjustLine { line: Some(LineNo(1)), adjust })
    };
    discounted("99", "95").unwrap();
    assert!(is_asked(&discounted("5", "6")));
    discounted("5", "5").unwrap();
}

#[test]
fn two_roles_of_the_same_rights_have_the_same_limits() {
    let mut shop = shop_with(Limits { cancel: Some(minor(100)), ..Limits::default() });
    shop.log_in(ADMIN);
    let other = |limits| RoleDefinition {
        code: "trainee".to_owned(),
        name: "Trainee".to_owned(),
        capabilities: Role::Cashier.capabilities(),
        limits,
    };
    let refused = shop.till.set_role(other(Limits::default()));
    assert!(matches!(refused, Err(Error::SameRights { role }) if role == "counter"));
    shop.till.set_role(other(Limits { cancel: Some(minor(100)), ..Limits::default() })).unwrap();
}

#[test]
fn a_limit_below_nothing_is_none() {
    let mut shop = shop_with(Limits::default());
    shop.log_in(ADMIN);
    let role = RoleDefinition {
        limits: Limits { cancel: Some(minor(-1)), ..Limits::default() },
        ..shop.till.roles()[0].clone()
    };
    let refused = shop.till.set_role(role);
    let fault = FieldFault::BelowNothing;
    assert!(matches!(refused, Err(Error::BadField { field, fault: is }) if field == "cancel" && is == fault));
}

#[test]
fn a_manager_sets_roles_but_neither_limits_nor_what_a_manager_has_not() {
    let mut shop = shop_with(Limits { void_line: Some(minor(250)), ..Limits::default() });
    let limited = shop.till.roles()[0].clone();
    let role = |code: &str, capabilities: &[Capability]| RoleDefinition {
        code: code.to_owned(),
        name: code.to_owned(),
        capabilities: capabilities.iter().copied().collect(),
        limits: Limits::default(),
    };
    shop.log_in(ADMIN);
    shop.till.set_role(role("office", &[Capability::SettingsWrite])).unwrap();
    shop.log_in(MANAGER);
    let narrow = role("narrow", &[Capability::Sell, Capability::Closure]);
    let higher = Limits { void_line: Some(minor(100_000)), ..Limits::default() };
    let refused = [
        RoleDefinition { limits: higher, ..narrow.clone() },
        RoleDefinition { limits: higher, ..limited.clone() },
        RoleDefinition { limits: Limits::default(), ..limited.clone() },
        RoleDefinition {
            capabilities: role("", &[Capability::Sell, Capability::Override]).capabilities,
            ..limited.clone()
        },
        role("office", &[Capability::Sell]),
    ];
    for role in refused {
        let done = shop.till.set_role(role.clone());
        let needed = Refusal::ApprovalNeeded { capability: Capability::SettingsWrite };
        assert!(matches!(&done, Err(Error::Refused(why)) if *why == needed), "{role:?}: {done:?}");
    }
    shop.till.set_role(narrow).unwrap();
    shop.till.set_role(RoleDefinition { name: "Counter".to_owned(), ..limited }).unwrap();
    shop.log_in(ADMIN);
    shop.till.set_role(role("office", &[Capability::Closure])).unwrap();
}

/// A till where whoever leads, and may assign roles, voids 2.49 alone, and the store says nothing: the manager leads.
fn shop_with_a_lead() -> Shop {
    let mut shop = shop_with(Limits { void_line: Some(minor(249)), ..Limits::default() });
    shop.log_in(ADMIN);
    let mut settings = shop.till.settings().clone();
    settings.policy.limits = Limits::default();
    shop.till.change_settings(settings).unwrap();
    let lead = RoleDefinition {
        code: "lead".to_owned(),
        name: "Lead".to_owned(),
        capabilities: lead_rights(),
        limits: Limits { void_line: Some(minor(249)), ..Limits::default() },
    };
    shop.till.set_role(lead).unwrap();
    let mo = shop.till.cashier(shop.manager.id).unwrap().clone();
    shop.till.change_cashier(Cashier { capabilities: lead_rights(), ..mo }).unwrap();
    shop.log_in(MANAGER);
    shop
}

fn lead_rights() -> BTreeSet<Capability> {
    [Capability::Sell, Capability::RoleAssign, Capability::StockAdjust].into()
}

fn needs_the_settings<T>(done: &Result<T, Error>) -> bool {
    matches!(done, Err(Error::Refused(Refusal::ApprovalNeeded { capability: Capability::SettingsWrite })))
}

#[test]
fn nobody_gets_rid_of_limits_by_other_rights() {
    let mut shop = shop_with_a_lead();
    let mo = shop.till.on_duty().unwrap().clone();
    let fewer: BTreeSet<Capability> = [Capability::Sell, Capability::RoleAssign].into();
    let less = Cashier { capabilities: fewer.clone(), ..mo.clone() };
    let done = shop.till.change_cashier(less.clone());
    assert!(needs_the_settings(&done), "their own: {done:?}");
    let ann = shop.till.everybody().iter().find(|cashier| cashier.user_name == "ann").unwrap().clone();
    let more: BTreeSet<Capability> = [Capability::Sell, Capability::StockAdjust].into();
    let done = shop.till.change_cashier(Cashier { capabilities: more.clone(), ..ann.clone() });
    assert!(needs_the_settings(&done), "or somebody else's: {done:?}");
    let zoe = NewCashier::with_role("zoe", "Zoe", "9999", Role::Cashier);
    let done = shop.till.add_cashier(&NewCashier { capabilities: more, ..zoe.clone() });
    assert!(needs_the_settings(&done), "or those of somebody new: {done:?}");
    // A role without limits helps nobody; what has the same limits is given as ever.
    let narrow = RoleDefinition {
        code: "narrow".to_owned(),
        name: "Narrow".to_owned(),
        capabilities: fewer,
        limits: Limits::default(),
    };
    shop.till.set_role(narrow).unwrap();
    let done = shop.till.change_cashier(less.clone());
    assert!(needs_the_settings(&done), "{done:?}");
    shop.till.add_cashier(&zoe).unwrap();
    shop.till.change_cashier(Cashier { name: "Anna".to_owned(), ..ann }).unwrap();
    shop.till.change_cashier(Cashier { name: "Moritz".to_owned(), ..mo }).unwrap();
    assert!(is_asked(&void(&mut shop)));
    shop.execute(Command::Cancel { reason: None });
    shop.log_in(ADMIN);
    shop.till.change_cashier(less).unwrap();
    shop.log_in(MANAGER);
    void(&mut shop).unwrap();
    shop.check_whole();
}

#[test]
fn who_keeps_what_a_role_gave_keeps_its_limits() {
    let mut shop = shop_with_a_lead();
    shop.log_in(ADMIN);
    let lead = shop.till.roles().iter().find(|role| role.code == "lead").unwrap().clone();
    let rights = lead.capabilities.iter().copied().chain([Capability::StockReceive]).collect();
    shop.till.set_role(RoleDefinition { capabilities: rights, ..lead.clone() }).unwrap();
    shop.log_in(MANAGER);
    assert!(is_asked(&void(&mut shop)));
    let mut shop = shop.restarted();
    shop.log_in(MANAGER);
    let again = Command::VoidLine { line: LineNo(1), reason: None };
    assert!(is_asked(&shop.till.execute(again.clone())), "after a restart too");
    // Nor does another role of the same rights take its place.
    let other = RoleDefinition { code: "other".to_owned(), limits: Limits::default(), ..lead };
    let done = shop.till.set_role(other.clone());
    assert!(needs_the_settings(&done), "{done:?}");
    shop.execute(Command::Cancel { reason: None });
    shop.log_in(ADMIN);
    shop.till.set_role(other).unwrap();
    shop.log_in(MANAGER);
    void(&mut shop).unwrap();
}
