//! Roles of the shop's own, targets, and how people do.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rusqlite::Connection;
use rust_decimal::Decimal;
use saleflex_core::{
    cashier::{
        Capability, Limits, OnDuty, RoleDefinition,
        access::Act,
        may_grant,
        metrics::{Metrics, Work, ranks, span_before},
        target::{Achievement, Goal, Target},
    },
    catalog::is_unprintable,
    document,
    ids::CashierId,
    journal::Event,
    money::Money,
    performance::actuals,
};
use uuid::Uuid;

use super::Till;
use crate::{
    books::index::{self, Topic},
    error::{Error, FieldFault},
};

/// A cashier, what they did, and the rates and scores made of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Performance {
    /// The cashier who was measured.
    pub cashier: CashierId,
    /// What they did.
    pub work: Work,
    /// Rates and scores.
    pub metrics: Metrics,
    /// The rank by productivity in the store; none without one.
    pub rank: Option<usize>,
}

/// The shop's own roles, as they are and as they were.
#[derive(Clone, Debug, Default)]
pub(super) struct Roles {
    /// As they are, by code.
    now: Vec<RoleDefinition>,
    /// What each has given, by code, the latest last: who holds a role keeps what it gave until they are given it anew.
    given: Vec<(String, BTreeSet<Capability>)>,
}

impl Roles {
    /// Those on disk.
    pub(super) fn load(connection: &Connection) -> Result<Self, Error> {
        let mut roles = Self::default();
        for entry in index::all(connection, Topic::Role)? {
            if let Event::RoleChanged(role) = entry.event {
                roles.set(*role);
            }
        }
        Ok(roles)
    }

    fn set(&mut self, role: RoleDefinition) {
        self.given.push((role.code.clone(), role.capabilities.clone()));
        match self.now.binary_search_by(|known| known.code.cmp(&role.code)) {
            Ok(at) => {
                if let Some(known) = self.now.get_mut(at) {
                    *known = role;
                }
            }
            Err(at) => self.now.insert(at, role),
        }
    }

    /// The role of somebody: the last that gives just what they may do, else the one that gave it last.
    fn of(&self, capabilities: &BTreeSet<Capability>) -> Option<&RoleDefinition> {
        let now = self.now.iter().rev().find(|role| role.capabilities == *capabilities);
        now.or_else(|| {
            let (code, _) = self.given.iter().rev().find(|(_, given)| given == capabilities)?;
            self.now.iter().find(|role| role.code == *code)
        })
    }

    /// How much somebody may do alone, where the store lets everybody do so much. Who may approve needs nobody.
    fn limits(&self, capabilities: &BTreeSet<Capability>, store: Limits) -> Limits {
        if capabilities.contains(&Capability::Override) {
            return Limits::default();
        }
        self.of(capabilities).map(|role| role.limits).unwrap_or_default().over(store)
    }
}

/// The name of a limit that is below nothing.
fn below_nothing(limits: &Limits) -> Option<&'static str> {
    let Limits { line_discount: _, discounts, void_line, void_tender, cancel, redemption, empties } = *limits;
    let named = [
        ("discounts", discounts),
        ("void_line", void_line),
        ("void_tender", void_tender),
        ("cancel", cancel),
        ("redemption", redemption),
        ("empties", empties),
    ];
    named.into_iter().find(|(_, limit)| limit.is_some_and(Money::is_negative)).map(|(name, _)| name)
}

/// What is wrong with a target.
fn fault(target: &Target) -> Option<(String, FieldFault)> {
    if target.goals.is_empty() {
        return Some(("goals".to_owned(), FieldFault::Missing));
    }
    if target.to < target.from {
        return Some(("to".to_owned(), FieldFault::EndsFirst));
    }
    target.goals.iter().find_map(|(goal, value)| {
        let fault = if *value < Decimal::ZERO {
            FieldFault::BelowNothing
        } else if goal.is_share() && *value > Decimal::ONE_HUNDRED {
            FieldFault::TooLarge
        } else {
            return None;
        };
        let name = serde_json::to_value(goal).unwrap_or_default();
        Some((name.as_str().unwrap_or_default().to_owned(), fault))
    })
}

/// A target under its identity.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetRecord {
    /// The target's id, which stays when it is changed.
    pub id: Uuid,
    /// What it is.
    pub target: Target,
}

/// Roles and targets.
impl Till {
    /// The shop's own roles, by code.
    pub fn roles(&self) -> &[RoleDefinition] {
        &self.roles.now
    }

    /// How much a cashier may do alone: as their role says, and for what it says nothing of, as the store does.
    pub(super) fn limits_of(&self, cashier: &OnDuty) -> Limits {
        let role = self.roles.of(&cashier.capabilities);
        role.map(|role| role.limits).unwrap_or_default().over(self.settings.policy.limits)
    }

    /// Limits are for whoever may change the settings: by nobody else's word do other rights give wider ones than those
    /// that somebody had, or who adds them has.
    pub(super) fn may_change_limits(
        &self,
        grantor: &OnDuty,
        before: &BTreeSet<Capability>,
        after: &BTreeSet<Capability>,
    ) -> Result<(), document::Refusal> {
        let limits = |capabilities| self.roles.limits(capabilities, self.settings.policy.limits);
        // Whether they may approve is no limit: nobody gives that without having it.
        let is_wider = !after.contains(&Capability::Override) && limits(after).is_wider_than(&limits(before));
        if is_wider && !grantor.may(Capability::SettingsWrite) {
            return Err(document::Refusal::ApprovalNeeded { capability: Capability::SettingsWrite });
        }
        Ok(())
    }

    /// Adds a role, or changes the one of the same code. Who holds it keeps what they hold until it is given anew.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability to assign roles, to give or take what one has not, or to change limits
    /// without the settings; [`Error::BadRecord`] for an empty or overlong code or name; [`Error::BadField`] for a limit
    /// below nothing; [`Error::SameRights`] for the rights of another role with other limits.
    pub fn set_role(&mut self, role: RoleDefinition) -> Result<(), Error> {
        let grantor = self.act(Act::ChangeCashier)?;
        self.may_change_role(&grantor, &role)?;
        let fits = |text: &str| {
            !text.trim().is_empty() && text.chars().count() <= 50 && !text.chars().any(is_unprintable)
        };
        if !fits(&role.code) || !fits(&role.name) {
            return Err(Error::BadRecord { record: "role" });
        }
        if let Some(limit) = below_nothing(&role.limits) {
            return Err(Error::bad_field(limit, FieldFault::BelowNothing));
        }
        let rival = |known: &&RoleDefinition| {
            known.code != role.code && known.capabilities == role.capabilities && known.limits != role.limits
        };
        if let Some(rival) = self.roles.now.iter().find(rival) {
            return Err(Error::SameRights { role: rival.code.clone() });
        }
        let terminal = self.identity.terminal.uuid();
        self.commit_event(Event::RoleChanged(Box::new(role.clone())), terminal, |_, _| Ok(()))?;
        self.roles.set(role);
        Ok(())
    }

    /// Who changes a role holds what it gave as well as what it gives. Limits go before those of the store, so they, and
    /// who they are for, are changed by whoever may change its settings.
    fn may_change_role(&self, grantor: &OnDuty, role: &RoleDefinition) -> Result<(), document::Refusal> {
        let needed = |capability| document::Refusal::ApprovalNeeded { capability };
        may_grant(grantor, &role.capabilities).map_err(needed)?;
        let known = self.roles.now.iter().find(|known| known.code == role.code);
        let before = known.map(|known| (known.limits, &known.capabilities));
        if let Some((_, capabilities)) = before {
            may_grant(grantor, capabilities).map_err(needed)?;
        }
        let is_limited = |limits: Limits| limits != Limits::default();
        let is_same = before.is_some_and(|before| before == (role.limits, &role.capabilities));
        let touches_limits = is_limited(role.limits) || before.is_some_and(|(limits, _)| is_limited(limits));
        if touches_limits && !is_same && !grantor.may(Capability::SettingsWrite) {
            return Err(needed(Capability::SettingsWrite));
        }
        // Nor does a role take the place of another that somebody holds as it was.
        let mut roles = self.roles.clone();
        roles.set(role.clone());
        let is_freed = |capabilities: &BTreeSet<Capability>| {
            let [now, then] =
                [&roles, &self.roles].map(|it| it.limits(capabilities, self.settings.policy.limits));
            now.is_wider_than(&then)
        };
        let frees = self.everybody().iter().any(|cashier| is_freed(&cashier.capabilities));
        if frees && !grantor.may(Capability::SettingsWrite) {
            return Err(needed(Capability::SettingsWrite));
        }
        Ok(())
    }

    /// All targets, whatever became of them.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn targets(&self) -> Result<Vec<TargetRecord>, Error> {
        let entries = index::latest(self.connection(), Topic::Target)?.into_iter();
        let targets = entries.filter_map(|entry| {
            let Event::TargetSet { target, goals } = entry.event else { return None };
            Some(TargetRecord { id: target, target: *goals })
        });
        Ok(targets.collect())
    }

    /// Sets a target, or changes the one of an identity.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability; [`Error::NoSuchCashier`]; [`Error::BadField`] where it ends before it
    /// begins, has no goals, one below nothing or a share above all there is; [`Error::NotMeasured`] for a goal whose actual value nobody would ever
    /// know, such as a share of what is expected of an hour where nothing is, of a target
    /// that is pursued.
    pub fn set_target(&mut self, id: Option<Uuid>, target: Target) -> Result<Uuid, Error> {
        self.act(Act::SetTarget)?;
        if let Some(cashier) = target.cashier.filter(|cashier| self.cashier(*cashier).is_none()) {
            return Err(Error::NoSuchCashier { cashier });
        }
        if let Some((field, fault)) = fault(&target) {
            return Err(Error::BadField { field, fault });
        }
        // What cannot be measured can be called off all the same.
        let unmeasured = target.goals.keys().copied().find(|goal| !self.settings.hourly.measures(*goal));
        if let Some(goal) = unmeasured.filter(|_| target.halted.is_none()) {
            return Err(Error::NotMeasured { goal });
        }
        let id = id.unwrap_or_else(|| self.shell.new_id());
        let event = Event::TargetSet { target: id, goals: Box::new(target) };
        self.commit_event(event, id, |_, _| Ok(()))?;
        Ok(id)
    }

    /// How far a target has been reached at the end of a day. What is known better than by the till is taken from `by_hand`.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn achievement(
        &self,
        target: &Target,
        by_hand: &BTreeMap<Goal, Decimal>,
        today: NaiveDate,
    ) -> Result<Achievement, Error> {
        let mut actual = self.actuals_of(target, today)?;
        actual.extend(by_hand);
        Ok(target.achievement(&actual, today))
    }

    /// What was done of what a target asks for at the end of a day, as far as the till measures it.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn actuals_of(&self, target: &Target, today: NaiveDate) -> Result<BTreeMap<Goal, Decimal>, Error> {
        let mut total = Work::default();
        for (cashier, work) in self.work(target.from, target.to.min(today))? {
            if target.cashier.is_none_or(|one| one == cashier) {
                total.merge(&work);
            }
        }
        let metrics = Metrics::of(&total, &self.settings.hourly, &self.identity.currency);
        Ok(actuals(&total, &metrics, &self.identity.currency))
    }

    /// How much more or less each cashier sold an hour than in the days or months before a span of business dates, in
    /// percent; those who sold nothing then are left out.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn improvements(
        &self,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<BTreeMap<CashierId, Decimal>, Error> {
        let Some((first, last)) = span_before(from, to) else { return Ok(BTreeMap::new()) };
        let measured = |work: &Work| Metrics::of(work, &self.settings.hourly, &self.identity.currency);
        let (now, before) = (self.work(from, to)?, self.work(first, last)?);
        let improved = now.iter().filter_map(|(cashier, work)| {
            Some((*cashier, measured(work).improvement(&measured(before.get(cashier)?))?))
        });
        Ok(improved.collect())
    }

    /// How the cashiers did in a span of business dates, with ranks.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn performance(&self, from: NaiveDate, to: NaiveDate) -> Result<Vec<Performance>, Error> {
        let work = self.work(from, to)?;
        let measured = |(cashier, work): (CashierId, Work)| {
            let metrics = Metrics::of(&work, &self.settings.hourly, &self.identity.currency);
            Performance { cashier, work, metrics, rank: None }
        };
        let mut all: Vec<Performance> = work.into_iter().map(measured).collect();
        let scored: Vec<(CashierId, Metrics)> =
            all.iter().map(|one| (one.cashier, one.metrics.clone())).collect();
        let ranks: BTreeMap<CashierId, usize> = ranks(&scored).into_iter().collect();
        for one in &mut all {
            one.rank = ranks.get(&one.cashier).copied();
        }
        Ok(all)
    }
}
